"""What went wrong, in the words of ArangoDB: its error envelope, alone or among the items of a batch.

Source: contracts page of ArangoDB, 1.2 and 1.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from jobmodels._job import Finding, JobError, Origin
from jobmodels._json import loads
from jobmodels._numbers import Numerals
from jobmodels._secrets import gist
from jobmodels._told import OPEN, Reading
from jobmodels.errors import DecodeError
from jobmodels.systems.arangodb._headers import ERROR_CODES
from jobmodels.systems.arangodb._message import Message

_FULL = frozenset({"error", "code", "errorNum", "errorMessage"})
_ITEM = _FULL - {"code"}
_UNREADABLE = "an answer of a form that is not known here"
# What a job may answer that another try may not.
_BUSY = frozenset({408, 429, 503})


@attrs.frozen(kw_only=True)
class Envelope:
    """An object that says `error: true`.

    Attributes:
        full: whether it has all the members of the envelope.
        number: the stable number of the error.
        code: the HTTP status that it names.
        said: what it says, of whatever type.
        path: where it says so, or where it stands, in the answer.
        item: the key or the id of the document that it is about.
        rest: its other members.
        findings: numbers and flags that are written as text.
    """

    full: bool
    number: int | None
    code: int | None
    said: Any
    path: str
    item: Any
    rest: dict[str, Any] | None
    findings: tuple[Finding, ...]

    def error(self, origin: Origin, **told: Any) -> JobError:
        """Make the error that it tells."""
        number = None if self.number is None else str(self.number)
        return JobError(message=self.said, code=number, origin=origin, path=self.path, details=self.rest, **told)


def envelope_in(value: Any, path: str) -> Envelope | None:
    """Read an error envelope; None for anything else."""
    if type(value) is not dict or not value.get("error"):
        return None
    numerals = Numerals()
    if not numerals.flag(value["error"], f"{path}/error"):
        return None
    return Envelope(
        full=value.keys() >= _FULL,
        number=numerals.whole(value.get("errorNum"), f"{path}/errorNum"),
        code=numerals.whole(value.get("code"), f"{path}/code"),
        said=value.get("errorMessage"),
        path=f"{path}/errorMessage" if "errorMessage" in value else path,
        item=value.get("_key", value.get("_id")),
        rest={name: member for name, member in value.items() if name not in _FULL} or None,
        findings=tuple(numerals.findings),
    )


def is_transient(status: int | None) -> bool | None:
    """Tell whether a status of the manager says that asking again may help."""
    return None if status is None else status in (408, 429) or status >= 500


def job_error(message: Message, told: Envelope | None) -> JobError:
    """Say why a job failed, as its own answer says it, with whatever status and body."""
    status = message.status
    if told is not None and (told.number is not None or type(told.said) is str):
        error = told.error(Origin.JOB)
    else:
        said = gist(message.body) if type(message.body) is str else "the job failed, and the service gave no reason"
        error = JobError(message=said, origin=Origin.JOB, path=message.base)
    return attrs.evolve(
        error,
        code=error.code or "not-successful",
        http_status=status,
        transient=True if status in _BUSY else None,
    )


def unread(message: Message) -> JobError | None:
    """Say why the body of an answer that is no job's cannot be read; None where it can."""
    if message.is_refused and (message.foreign or message.broken):
        return transport(message)
    if message.foreign:
        return attrs.evolve(transport(message), code="unexpected-content-type", transient=None)
    return broken(message) if message.broken else None


def broken(message: Message) -> JobError:
    """Say that a body which should be JSON is none."""
    code, reason = message.broken or ("invalid-json", "")
    said = f"the answer is not a JSON document: {reason}"
    return JobError(message=said, code=code, origin=Origin.DECODE, path=message.base)


def transport(message: Message) -> JobError:
    """Say that not ArangoDB answered but something on the way to it."""
    said = gist(message.body) if type(message.body) is str else _UNREADABLE
    return JobError(
        message=said if message.body is not None or message.foreign else gist(""),
        code=str(message.status),
        origin=Origin.TRANSPORT,
        path=message.base,
        http_status=message.status,
        transient=is_transient(message.status),
    )


def item_errors(message: Message) -> Iterator[tuple[JobError, tuple[Finding, ...]]]:
    """Read the errors among the items of a batch. A document may have a member `error` too, but no number with it.

    An item with all that an error has is one, also where its number cannot be read.
    """
    for index, item in enumerate(message.body if type(message.body) is list else ()):
        told = envelope_in(item, f"{message.base}/{index}")
        if told is not None and (told.number is not None or item.keys() >= _ITEM):
            yield told.error(Origin.ITEM, index=index, item=told.item), told.findings


def counted_errors(message: Message, numerals: Numerals) -> dict[str, int] | None:
    """Read the header that counts items by the number of their error; None where it is of another form.

    Empty where there is none, or none failed.
    """
    text = message.headers.get(ERROR_CODES) if message.headers else None
    if text is None:
        return {}
    try:
        told = loads(text)
    except DecodeError:
        return None
    if type(told) is not dict:
        return None
    place = message.places.get(ERROR_CODES, "")
    counts = {number: numerals.count(given, place) for number, given in told.items()}
    known = {number: many for number, many in counts.items() if many is not None}
    return {number: many for number, many in known.items() if many} if len(known) == len(counts) else None


_REPORTED = {
    "unknown-state": ("unknown-state", "an HTTP status that the contract does not know here"),
    "empty-body": ("wrong-type", "an empty answer, where a document is due"),
    "unexpected-shape": ("wrong-type", "not a document of the form that this endpoint answers"),
}


def unforeseen(message: Message, code: str) -> Reading:
    """Report what cost the reader the meaning of an answer, by its code."""
    rule, said = _REPORTED[code]
    path = f"{message.around}/status" if code == "unknown-state" and message.base else message.base
    return Reading(
        document=None,
        meaning=OPEN,
        errors=(JobError(message=said, code=code, origin=Origin.DECODE, path=path),),
        findings=(Finding(rule, path, said),),
    )
