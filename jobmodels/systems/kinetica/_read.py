"""What an answer of Kinetica is as a whole: a call that failed, a receipt, a list. Source: contracts page, 3.3, 3.4."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._convert import holds
from jobmodels._job import Finding, JobError, Key, Operation, Origin
from jobmodels._numbers import Numerals
from jobmodels._system import Asked
from jobmodels._told import OPEN, Opened, Reading, Receipt
from jobmodels._wire import Ticket
from jobmodels.systems.kinetica._columns import table_of
from jobmodels.systems.kinetica._inside import look, number_of, stands_over, typed, wrong
from jobmodels.systems.kinetica._wrapper import ERROR, envelope, said, word_of

JOB = Key("kinetica/get-job/POST")
_ASKING = frozenset({Operation.STATUS, Operation.RESULT, Operation.LIST})
_PASSING = ("connection refused", "kinetica is exiting", "system shutting down")
"""What the official client takes as a reason to ask elsewhere. Source: contracts page, 3.3."""


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read a wrapper that says that the call failed; empty for anything else.

    At 400 and above a gateway may speak of its own error in such words: there the wrapper has to say what it holds.
    """
    told, base = envelope(document)
    refused = asked.status is not None and asked.status >= 400
    if word_of(told.get("status")) != ERROR or (refused and not told.keys() & {"data_type", "data_str"}):
        return ()
    message = said(told.get("message"))
    error = JobError(
        message=message or "the call failed, and the service gave no reason",
        origin=Origin.MANAGER,
        path=f"{base}/message" if message else f"{base}/status",
    )
    if any(words in (message or "").lower() for words in _PASSING):
        error = attrs.evolve(error, transient=True)
    return (error,)


def read(asked: Asked, opened: Opened) -> Reading:
    """Find what the answer proves whatever is inside: that the call failed, or that it lists jobs."""
    reading = Reading(document=opened.document)
    refused = asked.status is not None and asked.status >= 400
    submit = asked.operation is Operation.SUBMIT
    if submit and not refused and opened.readable and (opened.empty or opened.document in ("", {})):
        return _nothing(reading, opened)
    if opened.empty or not opened.readable:
        return reading
    failed = errors(asked, opened.document if _alone(asked, opened) is None else opened.document[0])
    if failed and not (submit and refused):
        accepted = None if asked.operation in _ASKING else False
        known = tuple(_with_status(error, asked.status) for error in failed)
        return attrs.evolve(reading, meaning=OPEN, accepted=accepted, errors=known, hangs_on=("/status",))
    if refused or failed or asked.endpoint.key == JOB:
        return reading
    return _inside(asked, opened, reading)


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read the receipt of a job."""
    if asked.endpoint.key.endpoint != "create-job":
        return None
    details, _ = typed(asked, document)
    created = look(asked, details).document
    if created is None:
        return None
    number = number_of(created.job_id, "", Numerals())
    return Receipt(ticket=None if number is None else Ticket(JOB, number))


def _nothing(reading: Reading, opened: Opened) -> Reading:
    """A submit is answered with a receipt: without one nobody knows what became of it."""
    if opened.empty:
        error = wrong("empty-body", "", "an empty answer, where a receipt is due")
        return attrs.evolve(
            reading, meaning=OPEN, errors=(error,), findings=(Finding("wrong-type", "", error.message),)
        )
    error = wrong("missing-key", "/status", "the answer does not say how the call went")
    found = Finding("missing-key", "/status", error.message)
    return attrs.evolve(reading, meaning=OPEN, errors=(error,), findings=(found,))


def _alone(asked: Asked, opened: Opened) -> Any:
    """Give the one wrapper of a list that holds nothing else; None for any other answer."""
    document = opened.document
    one = type(document) is list and len(document) == 1 and holds(asked.endpoint.cls, document[0])
    return document[0] if one else None


def _inside(asked: Asked, opened: Opened, reading: Reading) -> Reading:
    """Read receipts and lists, which the engine would not take apart."""
    alone = _alone(asked, opened)
    start = "" if alone is None else "/0"
    details, noticed = typed(asked, opened.document if alone is None else alone)
    inside = look(asked, details)
    if inside.document is None:
        return reading
    ids = "job_ids" if hasattr(inside.document, "job_ids") else "job_id"
    places = tuple(f"{inside.base}/{name}" for name in (ids, "status")) + ("/status", "/data_type")
    found = [attrs.evolve(one, path=one.path.removeprefix(start)) for one in opened.findings] + list(noticed)
    twice = [one for one in found if one.rule == "duplicate-key" and stands_over(one.path, places)]
    if twice:
        doubts = tuple(wrong(one.rule, one.path, one.message) for one in twice)
        return attrs.evolve(reading, meaning=OPEN, errors=doubts)
    if asked.endpoint.key.endpoint == "create-job":
        return reading
    table = table_of(inside.document, inside.base)
    reading = attrs.evolve(
        reading,
        meaning=OPEN,
        listed=table.rows,
        errors=table.errors,
        findings=tuple(attrs.evolve(one, path=start + one.path) for one in table.findings),
    )
    return reading if asked.endpoint.key.endpoint == "show-jobs" else _confirmed(asked, inside, table, reading)


def _confirmed(asked: Asked, inside: Any, table: Any, reading: Reading) -> Reading:
    """Tell whether a cancel is the one that was asked for."""
    action = word_of(inside.document.action)
    missed = table.rows is not None and asked.job_id is not None and asked.job_id not in table.ids
    if action in {"cancel", None} and not missed:
        return attrs.evolve(reading, accepted=True)
    path = f"{inside.base}/job_ids" if missed else f"{inside.base}/action"
    error = JobError(
        message="the answer does not confirm that this job is cancelled",
        code="cancel-not-confirmed",
        origin=Origin.PROTOCOL,
        path=path,
    )
    return attrs.evolve(reading, errors=(*reading.errors, error))


def _with_status(error: JobError, status: int | None) -> JobError:
    passing = None if status is None else status in (408, 429) or status >= 500
    return attrs.evolve(error, http_status=status, transient=error.transient or passing)
