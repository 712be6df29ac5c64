"""Trust check flags: set, changed, removed."""

from __future__ import annotations

from datetime import datetime

from jobmodels._record import Record
from jobmodels._system import BODY, EMPTY
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsTrustCheck", "TrustCheckFlag", "TrustCheckFlagSubject", "TrustCheckFlagUser"]


class TrustCheckFlagSubject(Record):
    """The object that a flag stands on. Source: Allie-SDK, tests/methods/test_trust_checks.py."""

    id: int | None = None
    otype: str | None = None
    url: str | None = None


class TrustCheckFlagUser(Record):
    """Who set a flag. Source: Allie-SDK, tests/methods/test_trust_checks.py."""

    id: int | None = None
    url: str | None = None
    display_name: str | None = None


class TrustCheckFlag(Record):
    """One flag: `ENDORSEMENT`, `WARNING` or `DEPRECATION`. Source: Allie-SDK, tests/methods/test_trust_checks.py."""

    id: int
    flag_type: str
    subject: TrustCheckFlagSubject
    flag_reason: str | None = None
    ts_created: datetime | None = None
    ts_updated: datetime | None = None
    user: TrustCheckFlagUser | None = None


@alation("trust-check/POST", answers=BODY)
@alation("trust-check/PUT", answers=BODY)
class JobDetailsTrustCheck(JobDetails[TrustCheckFlag]):
    """A flag set or changed, at once. Source: contracts page of Alation, 1.3."""


trust_check_delete = alation.endpoint("trust-check/DELETE", JobDetails, answers=EMPTY)
