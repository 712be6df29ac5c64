"""What an answer of Kinetica is as a whole: a call that failed, a receipt, a list. Source: contracts page, 3.4."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._convert import holds
from jobmodels._job import Finding, JobError, Key, Operation, Origin
from jobmodels._json import decode
from jobmodels._numbers import Numerals
from jobmodels._system import Asked
from jobmodels._told import OPEN, Opened, Reading, Receipt
from jobmodels._wire import Ticket
from jobmodels.errors import DecodeError
from jobmodels.systems.kinetica._columns import table_of
from jobmodels.systems.kinetica._errors import errors, is_refused, with_status
from jobmodels.systems.kinetica._inside import Inside, look, number_of, typed, wrong
from jobmodels.systems.kinetica._wrapper import envelope, word_of

JOB = Key("kinetica/get-job/POST")
_TELLING = {"create-job": ("job_id",), "alter-jobs": ("job_ids", "action", "status"), "show-jobs": ("job_id", "status")}
_ASKING = frozenset({Operation.STATUS, Operation.RESULT, Operation.LIST})


def read(asked: Asked, opened: Opened) -> Reading:
    """Find what the answer proves before anything inside is read: that the call failed, or which jobs it is about."""
    reading = Reading(document=opened.document)
    submit = asked.operation is Operation.SUBMIT and not is_refused(asked)
    if submit and opened.readable and (opened.empty or opened.document in ("", {})):
        return _no_receipt(reading, opened)
    if opened.empty or not opened.readable:
        return reading
    document, start = _alone(asked, opened.document)
    noticed = tuple(attrs.evolve(found, path=found.path.removeprefix(start)) for found in opened.findings)
    failed = errors(asked, document)
    doubts = _doubts(Inside(at=envelope(document)[1]), noticed)
    proven = submit or doubts or asked.operation is not Operation.SUBMIT
    if failed and failed[0].origin is Origin.MANAGER and proven:
        known = tuple(with_status(error, asked.status) for error in failed)
        accepted = None if asked.operation in _ASKING else False
        return attrs.evolve(reading, meaning=OPEN, accepted=accepted, errors=known + doubts)
    if failed or is_refused(asked) or asked.endpoint.key == JOB:
        return reading
    details, more = typed(asked, document)
    inside = look(asked, details)
    if doubts := _doubts(inside, noticed + more, _TELLING[asked.endpoint.key.endpoint]):
        return attrs.evolve(reading, meaning=OPEN, errors=doubts)
    return reading if asked.endpoint.key.endpoint == "create-job" else _listed(asked, reading, inside, start)


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read the receipt of a job."""
    if asked.endpoint.key.endpoint != "create-job":
        return None
    details, noticed = typed(asked, document)
    inside = look(asked, details)
    if inside.document is None or _doubts(inside, noticed, _TELLING[asked.endpoint.key.endpoint]):
        return None
    number = number_of(inside.document.job_id, "", Numerals())
    return Receipt(ticket=None if number is None else Ticket(JOB, number))


def _no_receipt(reading: Reading, opened: Opened) -> Reading:
    """A submit is answered with a receipt: without one nobody knows what became of it."""
    error = wrong("missing-key", "/status", "the answer does not say how the call went")
    if opened.empty:
        error = wrong("empty-body", "", "an empty answer, where a receipt is due")
    found = Finding("wrong-type" if opened.empty else "missing-key", error.path, error.message)
    return attrs.evolve(reading, meaning=OPEN, errors=(error,), findings=(found,))


def _alone(asked: Asked, document: Any) -> tuple[Any, str]:
    """Take the one wrapper out of a list that holds nothing else; it stands at the place that is given too."""
    one = type(document) is list and len(document) == 1 and holds(asked.endpoint.cls, document[0])
    return (document[0], "/0") if one else (document, "")


def _doubts(inside: Inside, findings: tuple[Finding, ...], telling: tuple[str, ...] = ()) -> tuple[JobError, ...]:
    """Find members given twice that say how the call went, or what the answer is about."""
    places = (*inside.hangs_on, inside.at, inside.base, *(f"{inside.base}/{name}" for name in telling))
    twice = [one for one in findings if one.rule == "duplicate-key" and one.path in places]
    return tuple(wrong(one.rule, one.path, one.message) for one in twice)


def _listed(asked: Asked, reading: Reading, inside: Inside, start: str) -> Reading:
    """Read the columns of a list, or of a cancel: whether it is the one that was asked for."""
    cancel = asked.endpoint.key.endpoint == "alter-jobs"
    if inside.document is None:
        return attrs.evolve(reading, accepted=True) if cancel and inside.well else reading
    table = table_of(inside.document, inside.base)
    findings = tuple(attrs.evolve(found, path=start + found.path) for found in table.findings)
    reading = attrs.evolve(reading, meaning=OPEN, listed=table.rows, errors=table.errors, findings=findings)
    if not cancel:
        return reading
    number = _number_asked(asked)
    missed = table.rows is not None and number is not None and number not in table.ids
    if word_of(inside.document.action) in {"cancel", None} and not missed:
        return attrs.evolve(reading, accepted=True)
    error = JobError(
        message="the answer does not confirm that this job is cancelled",
        code="cancel-not-confirmed",
        origin=Origin.PROTOCOL,
        path=f"{inside.base}/{'job_ids' if missed else 'action'}",
    )
    return attrs.evolve(reading, errors=(*table.errors, error))


def _number_asked(asked: Asked) -> str | None:
    """Give the number of the job that was asked for; None where it was asked for by its tag."""
    try:
        told = decode((asked.request and asked.request.body) or "{}")[0]
    except DecodeError:
        told = None
    options = told.get("options") if isinstance(told, dict) else None
    by_tag = isinstance(options, dict) and "job_tag" in options
    return None if by_tag else number_of(asked.job_id, "", Numerals())
