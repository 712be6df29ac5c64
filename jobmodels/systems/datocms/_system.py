"""DatoCMS as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._system import System
from jobmodels._told import Meaning
from jobmodels.systems.datocms._ask import ask
from jobmodels.systems.datocms._errors import errors
from jobmodels.systems.datocms._facts import facts
from jobmodels.systems.datocms._read import read, receipt

__all__ = ["datocms"]

# The words of the second shape; what a number means follows from its range. Source: contracts page of DatoCMS, 2.4.
STATES = {
    "pending": Meaning(JobState.PENDING, finished=False),
    "in_progress": Meaning(JobState.RUNNING, finished=False),
    "success": Meaning(JobState.SUCCEEDED, finished=True),
    "error": Meaning(JobState.FAILED, finished=True),
}

datocms = System(
    name="datocms",
    states=STATES,
    read=read,
    receipt=receipt,
    ask=ask,
    facts=facts,
    errors=errors,
    own_refusals=True,
)
