"""An answer as an HTTP message: received, written down as an object, or only the bare body of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from jobmodels._convert import holds
from jobmodels._job import Finding, JobError, Origin
from jobmodels._json import decode, escaped, looks_embedded
from jobmodels._numbers import Numerals
from jobmodels._system import JSON_MEDIA, Asked
from jobmodels._told import Opened
from jobmodels._wire import Headers, Response
from jobmodels.errors import DecodeError
from jobmodels.systems.arangodb._headers import ASYNC_IDS, ERROR_CODES, headers_in, is_id, named
from jobmodels.systems.arangodb.answers import ArangoAnswer

_NO_CONTENT = frozenset({204, 205, 304})
_DECISIVE = frozenset({*ASYNC_IDS, ERROR_CODES, "content-type"})


@attrs.frozen(kw_only=True)
class Message:
    """As much of an HTTP message as is known.

    Attributes:
        status: None where it is not known, or is none.
        headers: None where they are not known, which is not the same as none.
        body: decoded; text where there is no JSON; None where there is nothing, or null, which says as little.
        document: what is to be typed; None for the answer itself.
        base: where the body stands in the answer, as a JSON Pointer.
        around: where the message stands in the answer.
        places: where its decisive headers stand in the answer, by their names in lower case.
        hinges: the places that the meaning hangs on, but for those inside the body.
        native: the status as it came.
        foreign: whether it has a body of another content type than that of the API.
        broken: code and reason where the body should be JSON and is not.
        errors: what is wrong with the message itself.
        findings: what the contract does not foresee in it.
        unread: the finding that says why the body is not read, where the engine has none.
        several: whether there are several that were written down, where one was due.
    """

    status: int | None = None
    headers: Headers | None = None
    body: Any = None
    document: dict[str, Any] | None = None
    base: str = ""
    around: str = ""
    places: Mapping[str, str] = attrs.field(factory=dict)
    hinges: tuple[str, ...] = ()
    native: str | None = None
    foreign: bool = False
    broken: tuple[str, str] | None = None
    errors: tuple[JobError, ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: Finding | None = None
    several: bool = False

    @property
    def is_own(self) -> bool:
        """Whether a header names a job: the answer to a PUT is then that job's own."""
        return named(self.headers) is not None

    @property
    def id(self) -> str | None:
        """The id in the header, where it has the form of one."""
        told = named(self.headers)
        return told if told is not None and is_id(told) else None

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_refused(self) -> bool:
        """Whether the status is that of an error."""
        return self.status is not None and self.status >= 400


def message_of(asked: Asked, opened: Opened) -> Message:
    """Find the message in an answer; where the class has not the members of one, only the body is typed."""
    cls, expected = asked.endpoint.cls, asked.endpoint.media
    response, around = opened.response, ""
    whole = issubclass(cls, ArangoAnswer)
    document: Any = opened.document
    if type(document) is list and len(document) == 1:
        document, around = document[0], "/0"
    items = document if type(document) is list else [document]
    written = whole and any(type(item) is dict and holds(cls, item) for item in items)
    if response is not None and (response.status is not None or _tells(response.headers, written=written)):
        return _received(opened, response, expected, whole=whole)
    if written and type(document) is dict:
        return _recorded(document, around, expected)
    bare = Message(body=None if opened.empty else opened.document, several=written)
    return _finished(bare, opened, response.content_type if response is not None else None, expected)


def _tells(headers: Headers | None, *, written: bool) -> bool:
    """Tell whether headers without a status are those of the answer, and not around one that was written down."""
    return named(headers) is not None or (headers is not None and not written)


def _received(opened: Opened, response: Response, expected: str, *, whole: bool) -> Message:
    """Make the message of a response."""
    status, headers = response.status, response.headers
    body = opened.document if opened.readable else _text(response.body)
    body = None if opened.empty else body
    document = {"status": status, "headers": None if headers is None else dict(headers), "body": body}
    message = Message(
        status=status,
        headers=headers,
        body=body,
        document=document if whole else None,
        native=None if status is None else str(status),
    )
    return _finished(message, opened, response.content_type, expected)


def _recorded(document: dict[str, Any], around: str, expected: str) -> Message:
    """Read a message that was written down as an object, as the response that it was."""
    numerals = Numerals()
    given, headers = document["status"], headers_in(document["headers"])
    number = numerals.whole(given, f"{around}/status")
    status = number if number is not None and 100 <= number < 1000 else None
    odd = JobError(
        message="the status is none of HTTP", code="unknown-state", origin=Origin.DECODE, path=f"{around}/status"
    )
    names = {name.strip().lower(): name for name in document["headers"]} if headers is not None else {}
    places = {lower: f"{around}/headers/{escaped(name)}" for lower, name in names.items() if lower in _DECISIVE}
    message = Message(
        status=status,
        headers=headers,
        body=None if status in _NO_CONTENT else document["body"],
        document=document,
        base=f"{around}/body",
        around=around,
        places=places,
        hinges=(*(f"{around}/{name}" for name in ("status", "headers", "body")), *places.values()),
        native=str(given) if type(given) in (str, int) else None,
        errors=() if given is None or status is not None else (odd,),
        findings=tuple(numerals.findings),
    )
    return _finished(message, None, Response(headers=headers).content_type, expected)


def _finished(message: Message, opened: Opened | None, media: str | None, expected: str) -> Message:
    """Tell whether the body can be read, and look into text that holds JSON."""
    body, is_json = message.body, media in (None, JSON_MEDIA, expected) or str(media).endswith("+json")
    if type(body) is str and not body.strip():
        body = None
    body, broken = _decoded(body)
    if opened is not None and not opened.readable:
        (found,) = opened.findings
        code = "too-deep" if found.rule == "too-deep" else "invalid-json"
        return attrs.evolve(message, body=body, foreign=not is_json, broken=(code, found.message) if is_json else None)
    unread: Finding | None = None
    if opened is None and body is not None and not is_json:
        unread = Finding("wrong-type", message.base, f"expected {expected}, got another content type")
        return attrs.evolve(message, body=body, foreign=True, unread=unread)
    if broken is not None:
        code, reason = broken
        unread = Finding("too-deep" if code == "too-deep" else "wrong-type", message.base, reason)
    return attrs.evolve(message, body=body, broken=broken, unread=unread)


def _decoded(body: Any) -> tuple[Any, tuple[str, str] | None]:
    """Decode text that begins as JSON; text stays where it is none."""
    if type(body) is not str or not looks_embedded(body):
        return body, None
    try:
        return decode(body)[0], None
    except DecodeError as error:
        return body, (error.code, error.where)


def _text(body: bytes | str | None) -> str | None:
    """Give the text of a body; None for bytes that are none in UTF-8, which stay in the answer."""
    if not isinstance(body, bytes):
        return body
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
