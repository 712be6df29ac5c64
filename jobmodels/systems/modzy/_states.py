"""The words of Modzy, and what they mean. Source: contracts page, 4.4."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._told import OPEN, Meaning

PENDING = Meaning(JobState.PENDING, finished=False)
RUNNING = Meaning(JobState.RUNNING, finished=False)
SUCCEEDED = Meaning(JobState.SUCCEEDED, finished=True)
PARTLY = Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True)
FAILED = Meaning(JobState.FAILED, finished=True)
CANCELLED = Meaning(JobState.CANCELLED, finished=True)

# An open job waits for inputs and never moves by itself. UNKNOWN, a word of the edge flavour, says nothing.
STATES = {
    "submitted": PENDING,
    "open": PENDING,
    "in_progress": RUNNING,
    "completed": SUCCEEDED,
    "complete": SUCCEEDED,
    "timedout": FAILED,
    "error": FAILED,
    "failed": FAILED,
    "canceled": CANCELLED,
    "cancelled": CANCELLED,
}

EVIDENCE = {
    "a receipt without a status": PENDING,
    "COMPLETED, and some inputs failed": PARTLY,
    "COMPLETED, and all inputs failed": FAILED,
    "results, finished is false or missing": RUNNING,
    "results, finished is true": SUCCEEDED,
    "results, finished, and some inputs failed": PARTLY,
    "results, finished, and all inputs failed": FAILED,
    "404 when a job is asked for": Meaning(JobState.NOT_FOUND, finished=None),
    "404 when results are asked for": OPEN,
}


def known(word: object) -> Meaning | None:
    """Look a word up, in any letter case; None for what is not in the table."""
    return STATES.get(word.strip().lower()) if isinstance(word, str) else None


def deciding(failed: object, completed: object) -> tuple[str, ...]:
    """Name the counts that decide how a completed job ended: more than one only once an input has failed."""
    if not failed:
        return ("/failed",)
    return ("/failed", "/completed", "/total") if completed is None else ("/failed", "/completed")
