"""Alation as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._system import System
from jobmodels._told import Meaning
from jobmodels.systems.alation._ask import ask
from jobmodels.systems.alation._errors import errors
from jobmodels.systems.alation._facts import facts
from jobmodels.systems.alation._loose import LOOSE
from jobmodels.systems.alation._receipts import receipt

__all__ = ["alation"]

# Source: contracts page of Alation, 4.1. The words of jobs, then those of tasks, then the second-hand ones; a word
# that says only that the work has ended leaves the state unknown.
STATES = {
    "running": Meaning(JobState.RUNNING, finished=False),
    "successful": Meaning(JobState.SUCCEEDED, finished=True),
    "partially_successful": Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True),
    "failed": Meaning(JobState.FAILED, finished=True),
    "unexpected status - check result for details": Meaning(JobState.UNKNOWN, finished=True),
    "queued": Meaning(JobState.PENDING, finished=False),
    "processing": Meaning(JobState.RUNNING, finished=False),
    "completed": Meaning(JobState.UNKNOWN, finished=True),
    "succeeded": Meaning(JobState.SUCCEEDED, finished=True),
    "partially_succeeded": Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True),
    "started": Meaning(JobState.RUNNING, finished=False),
    "finished": Meaning(JobState.UNKNOWN, finished=True),
    "na": Meaning(JobState.PENDING, finished=False),
    "partial_success": Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True),
    "skipped": Meaning(JobState.UNKNOWN, finished=True),
}

alation = System(
    name="alation",
    states=STATES,
    ask=ask,
    receipt=receipt,
    facts=facts,
    errors=errors,
    loose=LOOSE,
)
