"""What the details of an Alation job say in common terms. Source: contracts page of Alation, 4.2 to 4.5."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from jobmodels._job import Counts, Finding, JobError, Origin
from jobmodels._json import escaped
from jobmodels._numbers import is_number_text, share
from jobmodels._record import Record, is_lifted
from jobmodels._system import TASK, Asked
from jobmodels._told import Facts
from jobmodels._types import fields_of
from jobmodels._wire import Ticket
from jobmodels.systems.alation._errors import is_error_body, job_errors
from jobmodels.systems.alation._messages import second_jobs, timing, told_counts, told_errors


def facts(asked: Asked, details: Any) -> Facts:
    """Read what typed details say; a receipt says nothing of these."""
    result = getattr(details, "result", None)
    task = next((part for part in (details, result) if hasattr(part, "ts_completed")), None)
    if asked.endpoint.answers is TASK and task is not None:
        return _task(task)
    if not hasattr(details, "msg"):
        return Facts(state_path="/status")
    texts = tuple(_texts(result))
    lifted = details.status is None and details.msg is None and is_lifted(details)
    word, path = (_said_state(result), "/status") if lifted else (details.status, "/status")
    base = "" if lifted else "/result"
    finished_at, duration, odd = timing(details.msg)
    return Facts(
        native_state=word,
        state_path=path,
        message=_message(details, result, lifted),
        finished_at=finished_at,
        duration=duration,
        counts=_typed_counts(result) or told_counts(texts),
        follow_ups=tuple(Ticket(asked.endpoint.key, number) for number in second_jobs(texts)),
        errors=tuple(_errors(details, result, word, base, lifted)),
        findings=(*odd, *_numbers(result, base), *_contradictions(word, result, lifted)),
    )


def _message(details: Any, result: Any, lifted: bool) -> str | None:
    if type(details.msg) is str:
        return details.msg
    if lifted and type(result) is dict:
        told = [result.get(name) for name in ("Success", "title", "Status", "detail", "error_description", "error")]
        return next((text for text in told if type(text) is str and text), None)
    said = getattr(result, "Status", None) if lifted else None
    return said if type(said) is str else None


def _said_state(result: Any) -> Any:
    """The state word of a synchronous result that has one."""
    return result.said_state() if hasattr(result, "said_state") else None


def _items(result: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a result with their paths: the result itself, or the items of a list."""
    if isinstance(result, (tuple, list)):
        yield from ((f"/{index}", item) for index, item in enumerate(result))
    else:
        yield "", result


def _texts(result: Any) -> Iterator[str]:
    for _, item in _items(result):
        if type(item) is str:
            yield item


def _typed_counts(result: Any) -> Counts | None:
    told = [item.counted() for _, item in _items(result) if hasattr(item, "counted")]
    known = [counts for counts in told if counts is not None]
    if len(known) < 2:
        return known[0] if known else None
    return Counts(**{field.name: _sum(known, field.name) for field in attrs.fields(Counts)})


def _sum(told: list[Counts], name: str) -> int | None:
    """Add up what the parts of one result say; what no part says stays unknown."""
    values = [value for value in (getattr(counts, name) for counts in told) if value is not None]
    return sum(values) if values else None


def _errors(details: Any, result: Any, word: Any, base: str, lifted: bool) -> Iterator[JobError]:
    """What went wrong: with items of the work, whatever the job calls itself; with the job, where it says so."""
    for path, item in _items(result):
        if hasattr(item, "item_errors"):
            yield from _below(base + path, item.item_errors())
        elif type(item) is str:
            yield from _below(base + path, told_errors(item))
        elif isinstance(result, tuple) and is_error_body(item):
            yield from (attrs.evolve(error, origin=Origin.ITEM) for error in _below(base + path, job_errors(item)))
    if lifted:
        return
    if isinstance(result, BaseException) or _failed(word) or is_error_body(result):
        yield from _below(base, job_errors(result) if not isinstance(result, (Record, tuple)) else ())
    if _failed(word):
        yield from _below("", job_errors(dict(details.extra)))


def _failed(word: Any) -> bool:
    return type(word) is str and word.strip().lower() == "failed"


def _below(base: str, errors: tuple[JobError, ...]) -> Iterator[JobError]:
    return (attrs.evolve(error, path=base + error.path) for error in errors)


def _contradictions(word: Any, result: Any, lifted: bool) -> Iterator[Finding]:
    if not lifted and type(word) is str and word.strip().lower() == "successful" and is_error_body(result):
        yield Finding("contradiction", "/status", "called successful, with an error body as its result")


def _numbers(result: Any, base: str) -> Iterator[Finding]:
    """Name the numbers that were read from text."""
    for path, item in _items(result):
        if isinstance(item, Record) and hasattr(item, "counted"):
            yield from _number_texts(item, base + path)


def _number_texts(record: Record, path: str) -> Iterator[Finding]:
    for field in fields_of(type(record)):
        value = getattr(record, field.name)
        below = f"{path}/{escaped(field.wire)}"
        if int in field.shape.exact and is_number_text(value):
            yield Finding("number-as-text", below, "a number written as text")
        elif isinstance(value, Record):
            yield from _number_texts(value, below)


def _task(task: Any) -> Facts:
    """Read a data dictionary task: `status` says how it ended, once `state` says that it has. Source: 2.12, 4.1."""
    ended = type(task.state) is str and task.state.strip().lower() in {"completed", "finished"}
    has_status = type(task.status) is str and task.status.strip().lower() not in {"", "na"}
    word, path = (task.status, "/status") if ended and has_status else (task.state, "/state")
    odd = not ended and has_status and type(task.state) is str and task.state.lower() != task.status.lower()
    doubts = (Finding("contradiction", "/status", "a status before the state says completed"),) if odd else ()
    errors = job_errors(dict(task.extra)) if _failed(word) else ()
    return Facts(
        native_state=word,
        state_path=path,
        id=task.id if type(task.id) is str else None,
        progress=_progress(task.progress),
        submitted_at=_aware(task.ts_created),
        finished_at=_aware(task.ts_completed),
        counts=task.counted(),
        errors=errors,
        findings=(*doubts, *_numbers(task, "")),
    )


def _progress(progress: Any) -> float | None:
    return share(getattr(progress, "batches_completed", None), getattr(progress, "total_batches", None))


def _aware(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None
