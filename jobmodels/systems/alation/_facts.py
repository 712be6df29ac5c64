"""What the details of an Alation job say in common terms. Source: contracts page of Alation, 4.2 to 4.5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs

from jobmodels._job import Counts, Finding, JobError
from jobmodels._json import escaped
from jobmodels._moments import moment
from jobmodels._numbers import is_number_text
from jobmodels._record import Record
from jobmodels._system import TASK, Asked, Facts
from jobmodels._types import fields_of
from jobmodels._wire import Ticket
from jobmodels.systems.alation._errors import is_error_body, job_errors

_BEGIN, _BETWEEN = "Job finished in ", " seconds at "
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_SUMMARY = re.compile(r"\[Succeeded: (\d{1,18}), Failed: (\d{1,18}), Total: (\d{1,18})\]", re.ASCII)
_UPSERT = re.compile(r"Updated objects: (\d{1,18}), created objects: (\d{1,18})", re.ASCII)
_VALUES = re.compile(r"Updated values count: (\d{1,18})\. Error count: (\d{1,18})\.", re.ASCII)
_SECOND = re.compile(r"job_id \(can be tracked using jobs API\): *(\d{1,40})", re.ASCII)


def facts(asked: Asked, details: Any) -> Facts:
    """Read what typed details say."""
    result = details.result
    if asked.endpoint.answers is TASK and hasattr(result, "ts_created"):
        return _task(result)
    texts = tuple(_texts(result))
    lifted = details.status is None and details.msg is None
    word, path = (_said_state(result), "/status") if lifted else (details.status, "/status")
    base = "" if lifted else "/result"
    finished_at, duration, odd = timing(details.msg)
    return Facts(
        native_state=word,
        state_path=path,
        message=_message(details, result, lifted),
        finished_at=finished_at,
        duration=duration,
        counts=_typed_counts(result) or _told_counts(texts),
        follow_ups=tuple(_follow_ups(asked, texts)),
        errors=tuple(_errors(details, result, word, base, lifted)),
        findings=(*odd, *_numbers(result, base), *_contradictions(word, result, lifted)),
    )


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


def _told_counts(texts: tuple[str, ...]) -> Counts | None:
    """Read the counts of prose, from the last text that has any."""
    for text in reversed(texts):
        if found := _SUMMARY.search(text):
            return Counts(succeeded=int(found[1]), failed=int(found[2]), total=int(found[3]))
        if found := _UPSERT.search(text):
            return Counts(succeeded=int(found[1]) + int(found[2]))
        if found := _VALUES.search(text):
            return Counts(succeeded=int(found[1]), failed=int(found[2]))
    return None


def _follow_ups(asked: Asked, texts: tuple[str, ...]) -> Iterator[Ticket]:
    """The second job of a custom field value job, whichever text names it. Source: contracts 4.3."""
    numbers = (found[1] for text in texts for found in _SECOND.finditer(text))
    return (Ticket(asked.endpoint.key, number) for number in dict.fromkeys(numbers))


def _errors(details: Any, result: Any, word: Any, base: str, lifted: bool) -> Iterator[JobError]:
    """What went wrong: with items of the work, whatever the job calls itself; with the job, where it says so."""
    for path, item in _items(result):
        if hasattr(item, "item_errors"):
            yield from _below(base + path, item.item_errors())
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
    counts = task.result.counted() if hasattr(task.result, "counted") else None
    errors = job_errors(dict(task.extra)) if _failed(word) else ()
    return Facts(
        native_state=word,
        state_path=path,
        id=task.id if type(task.id) is str else None,
        progress=_progress(task.progress),
        submitted_at=_aware(task.ts_created),
        finished_at=_aware(task.ts_completed),
        counts=counts,
        errors=errors,
        findings=(Finding("contradiction", "/status", "a status before the state says completed"),) if odd else (),
    )


def _progress(progress: Any) -> float | None:
    done, total = getattr(progress, "batches_completed", None), getattr(progress, "total_batches", None)
    return done / total if type(done) is int and type(total) is int and total > 0 else None


def _aware(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None
