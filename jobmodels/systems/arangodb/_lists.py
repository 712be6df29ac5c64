"""The two lists of jobs: their ids, and what it says of a job to stand in one.

Source: contracts page of ArangoDB, 1.1 and 1.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobmodels._job import Finding, JobError, JobState, Origin
from jobmodels._system import Asked
from jobmodels._told import OPEN, Listed, Meaning, Reading
from jobmodels.systems.arangodb._headers import is_id
from jobmodels.systems.arangodb._message import Message

PENDING = Meaning(JobState.PENDING, finished=False)
READY = Meaning(JobState.UNKNOWN, finished=True)

LISTED: Mapping[str, Meaning] = {"pending": PENDING, "done": READY}
"""What it means for a job to stand in a list, by the word that asks for the list."""


def listing(asked: Asked, message: Message) -> Reading:
    """Read the ids, each as a job; what is no id is reported and left out. Duplicates stay."""
    # Where the classes stand, the system is needed first.
    from jobmodels.systems.arangodb.jobs import ArangoStatus

    word = _word(asked)
    meaning = LISTED.get(word, OPEN)
    entries: list[Listed] = []
    errors: list[JobError] = []
    findings: list[Finding] = []
    for index, item in enumerate(message.body):
        told, place = _id(item), f"{message.base}/{index}"
        if told is None:
            said = "an entry of the list is no id of a job"
            errors.append(JobError(message=said, code="invalid-job-id", origin=Origin.DECODE, path=place))
            continue
        if told != item:
            findings.append(Finding("wrong-type", place, "an id that is a number, where text is due"))
        known = Reading(document=item, meaning=meaning, native_state=word if word in LISTED else None, id=told)
        entries.append(Listed(document=item, cls=ArangoStatus, reading=known))
    return Reading(document=None, meaning=OPEN, listed=tuple(entries), errors=tuple(errors), findings=tuple(findings))


def _word(asked: Asked) -> str:
    """Give the word that asked for the list, the last part of its path."""
    path = asked.request.path.partition("?")[0] if asked.request else ""
    return path.rstrip("/").rpartition("/")[2]


def _id(item: Any) -> str | None:
    """Give an id; a number goes by its digits."""
    text = str(item) if type(item) is int else item
    return text if type(text) is str and is_id(text) else None
