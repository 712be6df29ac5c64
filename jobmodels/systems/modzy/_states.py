"""The words of Modzy, and what they mean. Source: contracts page, 4.4."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._told import Meaning

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


def known(word: object) -> Meaning | None:
    """Look a word up, in any letter case; None for what is not in the table."""
    return STATES.get(word.strip().lower()) if isinstance(word, str) else None


def deciding(failed: object, completed: object) -> tuple[str, ...]:
    """Name the counts that decide how a completed job ended: more than one only once an input has failed."""
    if not failed:
        return ("/failed",)
    return ("/failed", "/completed", "/total") if completed is None else ("/failed", "/completed")
