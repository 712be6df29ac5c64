"""The general path: one line of a log as rows, or as a dead letter.

Whatever the bytes are, a line is accepted or dead as a whole, and nothing is raised. A row means what the `Job` means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import attrs

from jobmodels._job import Counts, Finding, Job
from jobmodels._lines import take_line
from jobmodels._moments import moment
from jobmodels._secrets import scrub
from jobmodels.errors import ContractError, DecodeError, JobModelsError, LineError, NoSuchEndpoint, NoSuchOperation
from jobmodels.tables._columns import ERROR, FINDING, FLAG, INTEGER, JSON, TICKET, Members
from jobmodels.tables._exact import Source, compact, legal, sources_of
from jobmodels.tables._options import Options

Row: TypeAlias = dict[str, Any]
"""A row of the table of jobs by the names of its columns, without those of the line's place."""

_CODES: Mapping[type, str] = {
    NoSuchEndpoint: "no-such-endpoint",
    NoSuchOperation: "no-such-operation",
    ContractError: "finding",
}
"""Codes of errors that bring none of their own."""

_LARGEST = 2**63
_LONGEST = 500
_NO_COUNTS = Counts()


@attrs.frozen
class Dead:
    """Why a line gives no rows.

    Attributes:
        code: stable, in kebab-case.
        message: for people; holds no value of the answer.
    """

    code: str
    message: str


@attrs.frozen
class Accepted:
    """A line that was read: its jobs, and for each of them a row, in order."""

    jobs: tuple[Job[Any], ...]
    rows: tuple[Row, ...]


def read_rows(raw: bytes, options: Options) -> tuple[tuple[Row, ...], None] | tuple[None, Dead]:
    """Read one line as rows.

    Args:
        raw: the line, with or without its end.
        options: how.

    Returns:
        One row a job in it, in order, and None; or None, and why there are no rows.
    """
    read = accept(raw, options)
    return (None, read) if isinstance(read, Dead) else (read.rows, None)


def accept(raw: bytes | None, options: Options) -> Accepted | Dead:
    """Read one line as jobs and rows; None is no line."""
    if raw is None:
        return Dead("no-line", "there is no line")
    try:
        taken = take_line(raw, options.key)
        if options.endpoints.get(taken.answer.key) is None:
            return _unknown(taken.answer.key[:_LONGEST], options)
        jobs = taken.answer.jobs(strict=options.strict, registry=options.endpoints)
    except JobModelsError as error:
        return dead_of(error)
    received_at, odd = _received(taken.received_at)
    rows: list[Row] = []
    beyond: list[Finding] = []
    for item, source in enumerate(sources_of(jobs, taken.answer.source)):
        row, own = row_of(source, odd, received_at=received_at, item=item)
        rows.append(row)
        beyond += own
    if options.strict and (odd or beyond):
        return dead_of(ContractError("what the columns hold", (*odd, *beyond)))
    return Accepted(jobs, tuple(rows))


def dead_of(error: JobModelsError) -> Dead:
    """Say why a line cannot be read."""
    code = error.code if isinstance(error, (DecodeError, LineError)) else _CODES[type(error)]
    return Dead(code, legal(scrub(str(error)))[:_LONGEST])


@lru_cache(maxsize=1000)
def _unknown(key: str, options: Options) -> Dead:
    """Say that there is no such endpoint; to look for those of nearly that name takes long, and is done once."""
    return dead_of(NoSuchEndpoint(key, options.endpoints.near(key)))


def row_of(
    source: Source, odd: tuple[Finding, ...] = (), *, received_at: datetime | None = None, item: int | None = None
) -> tuple[Row, list[Finding]]:
    """Make the row of one job.

    Args:
        source: the job, with the answer it was read from.
        odd: what was noticed in the line; the row has it among its findings.
        received_at: when the answer came.
        item: the position of the job in its line.

    Returns:
        The row, and what its columns cannot hold, which is among its findings too.
    """
    job = source.job
    cells = _Cells(job._secrets)
    counts, first = job.counts or _NO_COUNTS, job.errors[0] if job.errors else None
    row = {
        "system": job.key.system,
        "endpoint": job.key.endpoint,
        "method": job.key.method,
        "operation": job.operation.value,
        "job_id": cells.text(job.id),
        "state": job.state.value,
        "finished": job.finished,
        "native_state": cells.text(job.native_state),
        "message": cells.text(job.message),
        "progress": None if job.progress is None else float(job.progress),
        "total": cells.integer(counts.total, "/total"),
        "succeeded": cells.integer(counts.succeeded, "/succeeded"),
        "failed": cells.integer(counts.failed, "/failed"),
        "pending": cells.integer(counts.pending, "/pending"),
        "submitted_at": job.submitted_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "received_at": received_at,
        "duration_seconds": None if job.duration is None else job.duration.total_seconds(),
        "http_status": job.response.status if job.response else None,
        "error_count": len(job.errors),
        "error_code": first and cells.text(first.code),
        "error_message": first and cells.text(first.message),
        "errors": [
            cells.members(error, ERROR, f"/errors/{index}", error.path) for index, error in enumerate(job.errors)
        ],
        "follow_ups": [cells.members(ticket, TICKET) for ticket in job.follow_ups],
        "accepted": job.accepted,
        "consumed": job.consumed,
        "retry_after": job.retry_after,
        "result_json": source.result(),
        "extra_json": cells.extra(source.extra()),
        "item": item,
    }
    row["findings"] = [cells.members(finding, FINDING) for finding in (*job.findings, *odd, *cells.odd)]
    return row, cells.odd


@attrs.define
class _Cells:
    """Makes the cells of one row: text with its secrets masked, numbers of 64 bits.

    `beyond` takes numbers that are larger, by the places in the row where they are missing.
    """

    secrets: frozenset[str]
    odd: list[Finding] = attrs.field(factory=list)
    beyond: dict[str, int] = attrs.field(factory=dict)

    def text(self, value: str | None) -> str | None:
        return None if value is None else legal(scrub(str(value), self.secrets))

    def integer(self, value: int | None, place: str, path: str = "") -> int | None:
        if value is None or -_LARGEST <= value < _LARGEST:
            return value
        self.beyond[place] = value
        self.odd.append(Finding("number-as-text", path, f"{place} is beyond 64 bits, and stands in extra_json"))
        return None

    def members(self, value: Any, kind: Members, place: str = "", path: str = "") -> Row:
        row: Row = {}
        for column in kind.columns:
            cell = getattr(value, column.name)
            if column.type is INTEGER:
                row[column.name] = self.integer(cell, f"{place}/{column.name}", path)
            elif column.type is JSON:
                row[column.name] = None if cell is None else compact(cell, self.secrets)
            else:
                row[column.name] = cell if cell is None or column.type is FLAG else self.text(cell)
        return row

    def extra(self, text: str | None) -> str | None:
        """Put the numbers that are too large behind the members that no field knows."""
        if not self.beyond:
            return text
        told = json.dumps(self.beyond, separators=(",", ":"))
        return told if text is None else f"{text[:-1]},{told[1:]}"


def _received(told: Any) -> tuple[datetime | None, tuple[Finding, ...]]:
    """Read when an answer came, as its envelope says it."""
    received_at = moment(told) if isinstance(told, str) else None
    if told is None or received_at is not None:
        return received_at, ()
    return None, (Finding("wrong-type", "", "received_at of the envelope is not a moment with its zone"),)
