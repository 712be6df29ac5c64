"""What the sentences of Alation say: times, counts, and the id of a second job.

Source: contracts page of Alation, 4.2 to 4.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from jobmodels._job import Counts, Finding, JobError, Origin
from jobmodels._moments import moment

_BEGIN, _BETWEEN = "Job finished in ", " seconds at "
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_SUMMARY = re.compile(r"\[Succeeded: (\d{1,18}), Failed: (\d{1,18}), Total: (\d{1,18})\]", re.ASCII)
_UPSERT = re.compile(r"Updated objects: (\d{1,18}), created objects: (\d{1,18})", re.ASCII)
_VALUES = re.compile(r"Updated values count: (\d{1,18})\. Error count: (\d{1,18})\.", re.ASCII)
_FAULTS = re.compile(r"Error count: 0*[1-9]\d{0,17}\. Errors: (\[.+\])", re.ASCII | re.DOTALL)
_SECOND = re.compile(r"job_id \(can be tracked using jobs API\): *(\d{1,40})", re.ASCII)


def timing(msg: Any) -> tuple[datetime | None, timedelta | None, tuple[Finding, ...]]:
    """Read the timing sentence of `msg`: execution time in seconds, and the moment of the end.

    Any other text gives nothing; a sentence whose numbers are out of range gives a finding.
    """
    if type(msg) is not str or not msg.startswith(_BEGIN):
        return None, None, ()
    seconds, between, at = msg[len(_BEGIN) :].partition(_BETWEEN)
    if not between:
        return None, None, ()
    duration = timedelta(seconds=float(seconds)) if _SECONDS.fullmatch(seconds) else None
    finished_at = moment(at)
    if duration is None or finished_at is None:
        return (
            finished_at,
            duration,
            (Finding("wrong-type", "/msg", "a time or duration that cannot be read"),),
        )
    return finished_at, duration, ()


def told_counts(texts: tuple[str, ...]) -> Counts | None:
    """Read the counts of prose, from the last text that has any."""
    for text in reversed(texts):
        if found := _SUMMARY.search(text):
            return Counts(succeeded=int(found[1]), failed=int(found[2]), total=int(found[3]))
        if found := _UPSERT.search(text):
            return Counts(succeeded=int(found[1]) + int(found[2]))
        if found := _VALUES.search(text):
            return Counts(succeeded=int(found[1]), failed=int(found[2]))
    return None


def second_jobs(texts: Iterable[str]) -> tuple[str, ...]:
    """Find the ids of jobs that a text tells to track, in any of the texts, each once. Source: contracts 4.3."""
    return tuple(dict.fromkeys(found[1] for text in texts for found in _SECOND.finditer(text)))


def told_errors(text: str) -> tuple[JobError, ...]:
    """Read the errors that a text counts and lists; the list is the vendor's text and stays one."""
    found = _FAULTS.search(text)
    return (JobError(message=found[1], origin=Origin.ITEM),) if found else ()
