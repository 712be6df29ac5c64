"""Lists in columns: `/admin/alter/jobs` and `/admin/show/jobs` answer with arrays that pair by position.

Source: contracts page, 3.1 and 3.4.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from jobmodels._convert import unstructure
from jobmodels._job import Finding, JobError
from jobmodels._numbers import Numerals
from jobmodels._told import OPEN, Facts, Listed, Reading
from jobmodels._types import fields_of
from jobmodels.systems.kinetica._inside import lacking, number_of, wrong
from jobmodels.systems.kinetica._wrapper import word_of
from jobmodels.systems.kinetica.records import AlteredJob, DecodedShowJobs, ShownJob

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Table:
    """The rows of columns, and what is wrong with the columns.

    Attributes:
        rows: one entry a job, in order; None where it cannot be told which jobs there are.
        ids: the ids of the rows.
        errors: columns that cannot be read, or are of another length than that of the ids.
        findings: the same, for those who look after the contract.
    """

    rows: tuple[Listed, ...] | None = None
    ids: tuple[str | None, ...] = ()
    errors: tuple[JobError, ...] = ()
    findings: tuple[Finding, ...] = ()


def table_of(response: Any, base: str) -> Table:
    """Turn the columns of a typed response into rows."""
    named, cls = ("job_id", ShownJob) if isinstance(response, DecodedShowJobs) else ("job_ids", AlteredJob)
    ids = getattr(response, named)
    path = f"{base}/{named}"
    if ids is None:
        message = "the answer does not say which jobs there are"
        found = (Finding("missing-key", path, message),)
        return Table(errors=(wrong("missing-key", path, message),), findings=found)
    if not isinstance(ids, (list, tuple)):
        return Table(errors=(wrong("unexpected-shape", path, "no column of jobs"),))
    told = {field.name: getattr(response, field.name) for field in fields_of(cls) if not field.required}
    columns = {name: column for name, column in told.items() if isinstance(column, (list, tuple))}
    errors = [
        wrong("unexpected-shape", f"{base}/{name}", "no column of values")
        for name, column in told.items()
        if column is not None and name not in columns
    ]
    ragged = [name for name, column in columns.items() if len(column) != len(ids)]
    if ragged:
        errors.append(wrong("ragged-columns", base, f"not as many values as jobs: {', '.join(ragged)}"))
    rows = [
        {"job_id": number, **{name: column[index] for name, column in columns.items() if index < len(column)}}
        for index, number in enumerate(ids)
    ]
    return Table(
        rows=tuple(Listed(document=row, cls=cls, reading=Reading(document=row)) for row in rows),
        ids=tuple(number_of(number, "", Numerals()) for number in ids),
        errors=tuple(errors),
        findings=tuple(Finding("contradiction", f"{base}/{name}", "not as many values as jobs") for name in ragged),
    )


def altered(job: AlteredJob) -> Facts:
    """Read a row of a cancel: which words there are the vendor does not say."""
    numerals = Numerals()
    number = number_of(job.job_id, "/job_id", numerals)
    return Facts(native_state=job.status, state_path="/status", meaning=OPEN, id=number, findings=(*numerals.findings,))


def shown(job: ShownJob) -> Facts:
    """Read a row of a list. One without a status has lost it with its column, which is the error of the list."""
    numerals = Numerals()
    number = number_of(job.job_id, "/job_id", numerals)
    received = job.time_received
    at = moment_of(received)
    if type(received) is int and at is None:
        numerals.findings.append(Finding("wrong-type", "/time_received", "a moment that no calendar has"))
    told = Facts(native_state=job.status, state_path="/status")
    if "status" not in unstructure(job):
        told = Facts(meaning=OPEN)
    elif job.status is None or word_of(job.status) == "":
        told = lacking("/status", "the list does not say how this job stands")
    return attrs.evolve(told, id=number, submitted_at=at, findings=(*told.findings, *numerals.findings))


def moment_of(milliseconds: Any) -> datetime | None:
    """Read milliseconds since 1970; None for what is no integer, or beyond the calendar."""
    if type(milliseconds) is not int:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
