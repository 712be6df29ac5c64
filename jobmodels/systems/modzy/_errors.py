"""Modzy's own error envelope. Source: contracts page, 4.3."""

from __future__ import annotations

from typing import Any

from jobmodels._job import JobError, Origin
from jobmodels._numbers import whole
from jobmodels._system import Asked

_KNOWN = frozenset({"statusCode", "status", "message"})


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read an error envelope; empty for anything else.

    A job document has a `status` too, so that `statusCode` and `message` tell the envelope. Its `status` is a word,
    as NOT_FOUND, and the code; without one the number is.
    A number below 400 refuses nothing, unless the status line does.
    """
    if type(document) is not dict or "message" not in document:
        return ()
    number = whole(document.get("statusCode"))
    refused = asked.status is not None and asked.status >= 400
    if number is None or (100 <= number < 400 and not refused):
        return ()
    word = document.get("status")
    return (
        JobError(
            message=document["message"],
            code=word if isinstance(word, str) and word else str(number),
            origin=Origin.MANAGER,
            http_status=number if 100 <= number < 1000 else None,
            details={name: said for name, said in document.items() if name not in _KNOWN} or None,
        ),
    )
