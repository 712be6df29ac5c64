"""What the answer of a job itself means: the outcome of the work. Source: contracts page of ArangoDB, 1.4."""

from __future__ import annotations

from functools import partial

import attrs

from jobmodels._job import Counts, Finding, JobError, JobState, Origin
from jobmodels._numbers import Numerals
from jobmodels._told import Meaning, Reading
from jobmodels.systems.arangodb._errors import (
    Envelope,
    broken,
    counted_errors,
    envelope_in,
    item_errors,
    job_error,
    unforeseen,
)
from jobmodels.systems.arangodb._headers import ERROR_CODES
from jobmodels.systems.arangodb._message import Message

SUCCEEDED = Meaning(JobState.SUCCEEDED, finished=True)
PARTLY = Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True)
FAILED = Meaning(JobState.FAILED, finished=True)
CANCELLED = Meaning(JobState.CANCELLED, finished=True)
ENDED = Meaning(JobState.UNKNOWN, finished=True)

# 410 is the status of a cancelled request and of a killed query, but of an aborted transaction too.
_GONE = 410
_STOPPED = frozenset({21, 1500})

_read = partial(Reading, document=None)


def outcome(message: Message) -> Reading:
    """Read the answer of the work, of whatever content type: its status, then what stands inside."""
    told = envelope_in(message.body, message.base)
    ended_badly = message.is_refused or (told is not None and told.full)
    reading = _failed(message, told) if ended_badly else _done(message)
    undecoded = (broken(message),) if message.broken else ()
    return attrs.evolve(
        reading,
        message=told.said if told and type(told.said) is str else None,
        errors=reading.errors + undecoded,
        findings=reading.findings + (told.findings if told else ()),
        any_type=message.foreign,
    )


def _failed(message: Message, told: Envelope | None) -> Reading:
    """Work that failed, or was stopped from outside."""
    status = message.status if message.status is not None else (told and told.code)
    stopped = status == _GONE and told is not None and told.number in _STOPPED
    deciding = ["error"] if status == _GONE or not message.is_refused else []
    deciding += (["errorNum"] if status == _GONE else []) + (["code"] if message.status is None else [])
    return _read(
        meaning=CANCELLED if stopped else FAILED,
        errors=(job_error(message, told),),
        hangs_on=tuple(f"{message.base}/{name}" for name in deciding),
    )


def _done(message: Message) -> Reading:
    """Work that was done, all of it or a part."""
    if message.status is None:
        return _read(meaning=ENDED)
    if not message.is_success:
        return attrs.evolve(unforeseen(message, "unknown-state"), meaning=ENDED)
    found, numerals = tuple(item_errors(message)), Numerals()
    counted = counted_errors(message, numerals)
    errors = tuple(error for error, _ in found) or tuple(_counted(message, counted))
    counts = None
    if found:
        total = len(message.body)
        counts = Counts(total=total, succeeded=total - len(found), failed=len(found))
    elif counted:
        counts = Counts(failed=sum(counted.values()))
    return _read(
        meaning=(FAILED if counts and counts.succeeded == 0 else PARTLY) if errors else SUCCEEDED,
        counts=counts,
        errors=errors,
        findings=(
            *(finding for _, odd in found for finding in odd),
            *numerals.findings,
            *_odd(message, counted, len(found)),
        ),
        hangs_on=_hinges(message),
    )


def _counted(message: Message, counted: dict[str, int] | None) -> tuple[JobError, ...]:
    """Make errors of the header that counts them, where the body holds none."""
    place = message.places.get(ERROR_CODES, "")
    if counted is None:
        return (JobError(message="items failed; how many cannot be read", origin=Origin.ITEM, path=place),)
    return tuple(
        JobError(message=f"{many} of the items failed", code=number, origin=Origin.ITEM, path=place)
        for number, many in counted.items()
    )


def _odd(message: Message, counted: dict[str, int] | None, found: int) -> tuple[Finding, ...]:
    """Compare what the header counts with what the body holds."""
    place = message.places.get(ERROR_CODES, "")
    if counted is None:
        return (Finding("wrong-type", place, f"{ERROR_CODES} is no object from error number to count"),)
    if found and counted and sum(counted.values()) != found:
        return (Finding("contradiction", place, f"{ERROR_CODES} counts other errors than the body holds"),)
    return ()


def _hinges(message: Message) -> tuple[str, ...]:
    """Give the members that tell an error from a result."""
    if type(message.body) is list:
        held = (index for index, item in enumerate(message.body) if type(item) is dict and "error" in item)
        return tuple(f"{message.base}/{index}/error" for index in held)
    return (f"{message.base}/error",)
