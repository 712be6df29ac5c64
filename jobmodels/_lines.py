"""Recorded answers: what one line of a log holds, and the jobs in it.

A line is an envelope, an object with exactly one of `body`, `text` and `base64`, a key (its own, or one given beside),
and no members but those below; every other line is a bare payload. A case holds the same members.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from jobmodels._job import Job, Key, Operation
from jobmodels._json import decode
from jobmodels._open import open_payload, open_response
from jobmodels._read import ask_for, read_all, read_one
from jobmodels._spans import span
from jobmodels._system import Asked, Endpoint
from jobmodels._told import Opened
from jobmodels._wire import Headers, Request, Response
from jobmodels.errors import LineError, NoSuchOperation

BODIES = frozenset({"body", "text", "base64"})
"""The members that hold an answer: decoded, as text, as bytes."""

ASKED = frozenset({"status", "headers", "request", "operation", "job_id"})
"""The members that may stand beside it in a line and in a case."""

_ENVELOPE = BODIES | ASKED | {"key", "received_at"}
_DEAD = frozenset({"source", "line", "offset", "reject_code", "reject_message"})
_LONGEST = 60
_REQUEST = frozenset({"method", "path", "query", "headers", "body"})


def read_line(
    line: str | bytes | bytearray | memoryview,
    key: str | None = None,
    registry: Mapping[Key, Endpoint] | None = None,
    strict: bool = False,
) -> tuple[Job[Any], ...]:
    """Read one line of a log of answers.

    Args:
        line: the line, with or without its end.
        key: the endpoint of lines that do not name their own.
        registry: the endpoints to look in; None for all that are installed.
        strict: whether findings from severity `change` upward refuse the line.

    Returns:
        One job; of an answer that is a list with several job documents, one job an item.

    Raises:
        DecodeError: the line is not one JSON document, or is blank.
        LineError: it names no endpoint, or a member of the envelope is not what its name says.
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: with `strict`, the findings.
    """
    return take_line(line, key).answer.jobs(strict=strict, registry=registry)


def take_line(line: str | bytes | bytearray | memoryview, key: str | None = None) -> Taken:
    """Take one line of a log apart, without reading the answer in it.

    Args:
        line: the line, with or without its end.
        key: the endpoint of lines that do not name their own.

    Raises:
        DecodeError: the line is not one JSON document, or is blank.
        LineError: it names no endpoint, or a member of the envelope is not what its name says.
        NoSuchOperation: the operation is not one of the words of `Operation`.
    """
    document, twice = decode(line)
    text = (line if isinstance(line, str) else bytes(line).decode()).removeprefix("\ufeff")
    if is_envelope(document, key):
        for finding in twice:
            if finding.path[1:] in _ENVELOPE:
                raise LineError("bad-member", f"its {finding.path[1:]} is given twice, with different values")
        own = document.get("key")
        return Taken(answer_of(text, document, key if own is None else own), document.get("received_at"))
    if key is None:
        raise LineError("no-key", _why_bare(document))
    return Taken(Answer(key=key, payload=_exact(text)))


def is_envelope(document: object, key: str | None) -> bool:
    """Tell an envelope from a bare payload, by the names of its members."""
    if not isinstance(document, dict) or not document.keys() <= _ENVELOPE:
        return False
    return len(document.keys() & BODIES) == 1 and (key is not None or document.get("key") is not None)


def _why_bare(document: object) -> str:
    """Say why a line that no key is given for is no envelope: what is wrong with it where it has a key."""
    if isinstance(document, dict) and document.keys() >= _DEAD:
        return "it is a dead letter, as `jobmodels replay` reads them"
    if not isinstance(document, dict) or document.get("key") is None:
        return "it names no endpoint, and none is given beside it"
    if others := sorted(document.keys() - _ENVELOPE):
        return f"it has the member {others[0][:_LONGEST]!r}, which no envelope has, and no key is given beside it"
    bodies = " and ".join(sorted(document.keys() & BODIES)) or "no body"
    return f"it has {bodies}, and an envelope has one of body, text and base64"


@attrs.frozen(kw_only=True)
class Answer:
    """One recorded answer, ready to be read.

    Attributes:
        key: the endpoint that answered.
        payload: the body as JSON in UTF-8, where neither status nor headers are known.
        response: the response, where they are.
        request: what was sent.
        operation: what was asked; None is the endpoint's own.
        job_id: the job that was asked for.
    """

    key: str
    payload: bytes = attrs.field(default=b"", repr=False)
    response: Response | None = None
    request: Request | None = None
    operation: Operation | None = None
    job_id: str | None = None

    def job(self, *, strict: bool = False, registry: Mapping[Key, Endpoint] | None = None) -> Job[Any]:
        """Read it as one job, as `normalize` and `normalize_response` do."""
        return read_one(*self._opened(registry), strict=strict)

    def jobs(self, *, strict: bool = False, registry: Mapping[Key, Endpoint] | None = None) -> tuple[Job[Any], ...]:
        """Read it as one job or, where it is a list that holds a job document, as one job an item."""
        return read_all(*self._opened(registry), strict=strict)

    @property
    def source(self) -> bytes | str | None:
        """The body as it came: bytes or text, None for no body."""
        return self.payload if self.response is None else self.response.body

    def _opened(self, registry: Mapping[Key, Endpoint] | None) -> tuple[Opened, Asked]:
        status = self.response.status if self.response else None
        asked = ask_for(self.key, self.operation, self.job_id, request=self.request, status=status, registry=registry)
        return open_payload(self.payload) if self.response is None else open_response(self.response, asked), asked


@attrs.frozen
class Taken:
    """One line of a log: the answer in it, and when that came, as the envelope says it."""

    answer: Answer
    received_at: Any = None


def answer_of(text: str, members: Mapping[str, Any], key: Any) -> Answer:
    """Take a recorded answer from the members of an envelope or of a case.

    Args:
        text: the JSON text of the object that has these members.
        members: the same, decoded.
        key: the endpoint that answered.

    Raises:
        LineError: a member is not what its name says.
        NoSuchOperation: the operation is not one of the words of `Operation`.
    """
    status, headers = _status(members.get("status")), _headers(members.get("headers"))
    told: dict[str, Any] = {
        "key": _of(str, key, "key"),
        "request": _request(_optional(dict, members.get("request"), "request")),
        "operation": _operation(_optional(str, members.get("operation"), "operation")),
        "job_id": _job_id(members.get("job_id")),
    }
    if "body" in members:
        source = text[slice(*span(text, "body"))]
        if status is None and headers is None:
            return Answer(payload=_exact(source), **told)
        body: str | bytes | None = source
    elif members.get("base64") is not None:
        body = _bytes(_of(str, members["base64"], "base64"))
    else:
        body = _optional(str, members.get("text"), "text")
    return Answer(response=Response(status, headers, body), **told)


def _exact(text: str) -> bytes:
    """Encode JSON text; a lone surrogate becomes the escape that means the same."""
    return text.encode("utf-8", "backslashreplace")


def _of(kind: type, value: Any, name: str) -> Any:
    if not isinstance(value, kind):
        raise LineError("bad-member", f"its {name} is not {_WORDS[kind]}")
    return value


def _optional(kind: type, value: Any, name: str) -> Any:
    return None if value is None else _of(kind, value, name)


_WORDS: Mapping[type, str] = {str: "text", dict: "an object"}


def _status(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if value is not None and type(value) is not int:
        raise LineError("bad-member", "its status is not an integer")
    return value


def _headers(value: Any) -> Headers | None:
    if value is None:
        return None
    pairs = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(pairs, list) or not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs):
        raise LineError("bad-member", "its headers are neither an object nor pairs")
    return Headers(
        (_of(str, name, "header name"), _scalar(item, "header"))
        for name, given in pairs
        for item in (given if isinstance(given, list) else [given])
    )


def _operation(value: str | None) -> Operation | None:
    if value is not None and value not in tuple(Operation):
        raise NoSuchOperation(value, tuple(Operation))
    return None if value is None else Operation(value)


def _job_id(value: Any) -> str | None:
    if value is not None and type(value) not in (str, int):
        raise LineError("bad-member", "its job_id is neither text nor an integer")
    return None if value is None else str(value)


def _request(told: dict[str, Any] | None) -> Request | None:
    if told is None:
        return None
    if unknown := sorted(told.keys() - _REQUEST):
        raise LineError("bad-member", f"its request has the member {unknown[0]!r}, which is not one of a request")
    return Request(
        _of(str, told.get("method", ""), "method of the request"),
        _of(str, told.get("path", ""), "path of the request"),
        dict(_query(told.get("query") or {})),
        _headers(told.get("headers")) or Headers(),
        _request_body(told.get("body")),
    )


def _query(value: Any) -> Iterator[tuple[str, str]]:
    for name, item in _of(dict, value, "query").items():
        yield name, _scalar(item, "query")


def _scalar(value: Any, name: str) -> str:
    if isinstance(value, (dict, list)):
        raise LineError("bad-member", f"a value of its {name} is an object or an array")
    return value if isinstance(value, str) else json.dumps(value)


def _request_body(value: Any) -> bytes | None:
    if value is None:
        return None
    return _exact(value if isinstance(value, str) else json.dumps(value))


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise LineError("bad-base64", "its base64 is not base64") from None
