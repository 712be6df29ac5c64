"""What the details of a DatoCMS job say in common terms. Source: contracts page of DatoCMS, 2.4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jobmodels._job import Counts, Finding, JobError, JobState, Key, Origin
from jobmodels._numbers import Numerals
from jobmodels._record import Record
from jobmodels._system import Asked
from jobmodels._told import OPEN, Facts, Meaning
from jobmodels._wire import Ticket
from jobmodels.systems.datocms._errors import entities, status_error, told_errors, word_error
from jobmodels.systems.datocms._forms import API_ERROR, Found, JobResultForm, name_of
from jobmodels.systems.datocms.payloads import BulkMeta, BulkResult, Entity, ImportResult, whole_of
from jobmodels.systems.datocms.results import JobResultAttributes, JobResultEvent

RESULT_KEY = Key("datocms/job-result/GET")
DONE = Meaning(JobState.SUCCEEDED, finished=True)
FAILED = Meaning(JobState.FAILED, finished=True)
SUCCESS, ERROR = "success", "error"
# The status of a pushed result that does not fit into an event. Source: contracts page of DatoCMS, 2.1.
TOO_BIG = 413
# The members of a result that the state of a job hangs on, by the class of the result.
DECIDING: dict[Any, tuple[str, ...]] = {
    BulkResult: ("/meta/successful", "/meta/failed"),
    ImportResult: ("/imported_records", "/errors"),
}


def facts(asked: Asked, details: Any) -> Facts:
    """Read what typed details say; of a synchronous answer these are the counts."""
    if isinstance(details, JobResultForm):
        found = details.found()
        return _facts(found) if found else Facts(state_path=details.due, id=name_of(details.named))
    numerals = Numerals()
    meta = getattr(details, "meta", None)
    counts = meta.counted(numerals, "/meta") if isinstance(meta, BulkMeta) else None
    return Facts(state_path="/data", counts=counts, findings=tuple(numerals.findings))


def _facts(found: Found) -> Facts:
    told, at = found.told, found.at
    if told is None or found.misfit:
        return _nothing(found)
    numerals = Numerals()
    status = _status(told.status, numerals, f"{at}/status")
    if status == TOO_BIG and isinstance(told, JobResultEvent):
        return _too_big(found, numerals)
    good = _went_well(status)
    name, result = ("result", told.result) if told.payload is None else ("payload", told.payload)
    place = f"{at}/{name}"
    counts = result.counted(numerals, place) if isinstance(result, (BulkResult, ImportResult)) else None
    errors = tuple(_errors(told, status, at, numerals) if not good else _item_errors(result, place))
    odd = tuple(_oddities(told, result, at, place) if good else _unknown(errors))
    return Facts(
        native_state=status,
        state_path=f"{at}/status",
        meaning=_meaning(status, result, counts, errors),
        hangs_on=(*found.hangs_on, *(_deciding(result, at, place) if good else ())),
        message=_message(told),
        id=name_of(found.id),
        progress=numerals.percentage(told.progress_percentage, f"{at}/progress_percentage"),
        counts=counts,
        submitted_at=told.created_at,
        errors=errors,
        findings=(*numerals.findings, *odd),
    )


def _deciding(result: Any, at: str, place: str) -> tuple[str, ...]:
    """Name what the state of a job that went well hangs on besides."""
    return (f"{at}/payload", place, *(place + member for member in DECIDING.get(type(result), ())))


def _status(value: Any, numerals: Numerals, path: str) -> Any:
    """Read a status: a number, also one written as text or as a float, by its digits; anything else as it came."""
    value = whole_of(value)
    number = numerals.whole(value, path)
    return value if number is None else number


def _went_well(status: Any) -> bool:
    if type(status) is int:
        return 200 <= status < 300
    return type(status) is str and status.strip().lower() == SUCCESS


def _meaning(status: Any, result: Any, counts: Counts | None, errors: tuple[JobError, ...]) -> Meaning | None:
    """Say what a number means, or an import that imported nothing; what words mean is in the table."""
    if isinstance(result, ImportResult) and errors and _went_well(status) and counts and counts.succeeded == 0:
        return FAILED
    if type(status) is str:
        return None
    if type(status) is not int or not (200 <= status < 300 or 400 <= status < 600):
        return OPEN
    return DONE if status < 300 else FAILED


def _errors(told: JobResultAttributes, status: Any, at: str, numerals: Numerals) -> Iterator[JobError]:
    """Say why a job did not go well."""
    if type(status) is str:
        if status.strip().lower() == ERROR and told.error is not None:
            yield word_error(told.error, f"{at}/error")
    elif type(status) is int and 400 <= status < 600:
        own = tuple(told_errors(told.payload, f"{at}/payload", status, numerals))
        yield from own or (status_error(told, at, status),)
    else:
        said = "a status that the contract does not know"
        yield JobError(message=said, code="unknown-state", origin=Origin.DECODE, path=f"{at}/status")


def _nothing(found: Found) -> Facts:
    """What is no job result says nothing but perhaps an id."""
    return Facts(
        meaning=OPEN,
        hangs_on=found.hangs_on,
        id=name_of(found.id),
        errors=(found.misfit,) if found.misfit else (),
        findings=found.findings,
    )


def _unknown(errors: tuple[JobError, ...]) -> Iterator[Finding]:
    """Make the finding of a status that is not known."""
    return (Finding("unknown-state", error.path, error.message) for error in errors if error.origin is Origin.DECODE)


def _item_errors(result: Any, path: str) -> Iterator[JobError]:
    return result.item_errors(path) if isinstance(result, ImportResult) else iter(())


def _oddities(told: JobResultAttributes, result: Any, at: str, place: str) -> Iterator[Finding]:
    """Name what stands against the status of a job that went well, and a result that nothing tells."""
    if told.error is not None:
        yield Finding("contradiction", f"{at}/error", "an error of a job that went well")
    for path, entity in entities(result, f"{place}/data"):
        if isinstance(entity, Entity) and entity.type == API_ERROR:
            yield Finding("contradiction", path, "an error among the results of a job that went well")
    if not isinstance(result, Record) and result not in (None, "", [], {}):
        yield Finding("untyped-result", place, "no key tells the class of this result")


def _message(told: JobResultAttributes) -> Any:
    """Give the sentence of a job: why it failed, or the reason phrase of its status."""
    error: Any = told.error
    return error if type(error) is str else getattr(error, "message", told.status_text)


def _too_big(found: Found, numerals: Numerals) -> Facts:
    """An event whose result is to be fetched: the job has ended, nobody says yet how."""
    name = name_of(found.id)
    lost = JobError(message="an event that names no job", code="missing-job-id", origin=Origin.PROTOCOL)
    return Facts(
        native_state=TOO_BIG,
        state_path=f"{found.at}/status",
        meaning=Meaning(JobState.UNKNOWN, finished=True),
        hangs_on=found.hangs_on,
        id=name,
        follow_ups=(Ticket(RESULT_KEY, name),) if name else (),
        errors=() if name else (lost,),
        findings=tuple(numerals.findings),
    )
