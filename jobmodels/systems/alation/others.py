"""Endpoints that answer with a plain job document, with prose, or with nothing. Source: contracts page, 1.2 and 1.3."""

from __future__ import annotations

from jobmodels._job import Operation
from jobmodels._system import BODY, EMPTY
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

business_policy_post = alation.endpoint("business-policy/POST", JobDetails)
business_policy_put = alation.endpoint("business-policy/PUT", JobDetails)
business_policy_delete = alation.endpoint("business-policy/DELETE", JobDetails, answers=EMPTY)

tag_delete = alation.endpoint("tag/DELETE", JobDetails, answers=EMPTY)
datasource_delete = alation.endpoint("datasource/DELETE", JobDetails, answers=EMPTY)

# `{"Success": ...}`, also where a table of accounts was asked for and there is none.
duplicate_user_post = alation.endpoint("duplicate-user/POST", JobDetails, answers=BODY)
duplicate_user_get = alation.endpoint(
    "duplicate-user/GET", JobDetails, answers=BODY, operation=Operation.SUBMIT, media="text/csv"
)

# `{"detail": ...}` although it went well.
token_post = alation.endpoint("token/POST", JobDetails, answers=BODY)
