"""What is kept of a job in a store, so that a process that died loses nothing: a mark, or the raw answer."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from types import NoneType
from typing import Any

import attrs

from jobmodels._job import Operation
from jobmodels._wire import Request, Response, Ticket

MARK = b'{"jobmodels-asked": 1}'
"""Says that a result that is given once was asked for; its answer comes in the place of this."""

_VERSION_OF, _VERSION = "jobmodels-answer", 1


@attrs.frozen
class Kept:
    """An answer that was kept, the question that it belongs to, and whether an earlier answer may have been lost."""

    operation: Operation
    response: Response
    doubt: bool = False


def name_for(ticket: Ticket, request: Request) -> str:
    """Name what is kept of a job: the same for the same question to the same service, and good as a file name."""
    from hashlib import sha256  # It takes long to import, and few need it.

    said = [ticket.origin, request.method, request.path, sorted(request.query.items()), _text(request.body)]
    return sha256(json.dumps(said).encode()).hexdigest()[:40]


def pack(operation: Operation, response: Response, *, doubt: bool = False) -> bytes:
    """Write an answer down, whole and unread, and whether an earlier one may have been lost."""
    body = response.body
    told: dict[str, Any] = {
        _VERSION_OF: _VERSION,
        "operation": operation.value,
        "status": response.status,
        "headers": None if response.headers is None else dict(response.headers),
        **({"doubt": True} if doubt else {}),
    }
    told["base64" if isinstance(body, bytes) else "text"] = _text(body) if isinstance(body, bytes) else body
    return json.dumps(told).encode()


def unpack(content: bytes | None) -> Kept | None:
    """Read what `pack` wrote; None for anything else, a mark or what a crash left half written among it."""
    try:
        told = json.loads(content or b"")
        if told.get(_VERSION_OF) != _VERSION:
            return None
        body = b64decode(told["base64"]) if "base64" in told else told["text"]
        if not isinstance(body, (bytes, str, NoneType)):
            return None
        return Kept(Operation(told["operation"]), Response(told["status"], told["headers"], body), "doubt" in told)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None


def _text(body: bytes | None) -> str | None:
    return None if body is None else b64encode(body).decode()
