"""DatoCMS as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._system import System
from jobmodels._told import Meaning
from jobmodels.systems.datocms._ask import ask, next_page
from jobmodels.systems.datocms._errors import errors
from jobmodels.systems.datocms._facts import DONE, FAILED, TOO_BIG, facts
from jobmodels.systems.datocms._loose import LOOSE
from jobmodels.systems.datocms._read import PENDING, read, receipt
from jobmodels.systems.datocms._record import SECRETS

__all__ = ["datocms"]

# The words of the second shape; what a number means follows from its range. Source: contracts page of DatoCMS, 2.4.
STATES = {
    "pending": PENDING,
    "in_progress": Meaning(JobState.RUNNING, finished=False),
    "success": DONE,
    "error": FAILED,
}

EVIDENCE = {
    "HTTP 202 to a submit": PENDING,
    "any other 2xx to a submit": DONE,
    "HTTP 404 with NOT_FOUND to a poll": PENDING,
    "status 200 to 299": DONE,
    "status 200 to 299, some items failed": Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True),
    "status 200 to 299, all items failed": FAILED,
    "status 400 to 599": FAILED,
    "status 413 in an event": Meaning(JobState.UNKNOWN, finished=True),
}

datocms = System(
    name="datocms",
    states=STATES,
    evidence=EVIDENCE,
    secrets=SECRETS,
    read=read,
    receipt=receipt,
    ask=ask,
    facts=facts,
    errors=errors,
    loose=LOOSE,
    own_refusals=True,
    next_page=next_page,
    push="job-result-event/POST",
    fetch={str(TOO_BIG)},
)
