"""How Kinetica says that a call failed, whatever the HTTP status. Source: contracts page, 3.3."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._job import JobError, Origin
from jobmodels._secrets import scrub
from jobmodels._system import Asked
from jobmodels.systems.kinetica._wrapper import ERROR, envelope, said, word_of

_PASSING = ("connection refused", "kinetica is exiting", "system shutting down")
"""What the official client takes as a reason to ask elsewhere."""


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read a wrapper that says that the call failed, or an exception that stands for an answer; else empty.

    At 400 and above a gateway may speak of its own error in such words: there the wrapper has to say what it holds.
    """
    if isinstance(document, BaseException):
        return (_lost(document),)
    told, base = envelope(document)
    foreign = is_refused(asked) and not told.keys() & {"data_type", "data_str"}
    if word_of(told.get("status")) != ERROR or foreign:
        return ()
    message = said(told.get("message"))
    error = JobError(
        message=message or "the call failed, and the service gave no reason",
        origin=Origin.MANAGER,
        path=f"{base}/message" if message else f"{base}/status",
    )
    passing = any(words in error.message.lower() for words in _PASSING)
    return (attrs.evolve(error, transient=True) if passing else error,)


def _lost(error: BaseException) -> JobError:
    name = type(error).__name__
    passing = isinstance(error, OSError) or "Timeout" in name or "Connection" in name
    said_so = scrub(f"{name}: {error}".removesuffix(": "))
    return JobError(message=said_so, origin=Origin.TRANSPORT, transient=True if passing else None)


def is_refused(asked: Asked) -> bool:
    """Tell whether the status line says that the call failed."""
    return asked.status is not None and asked.status >= 400


def with_status(error: JobError, status: int | None) -> JobError:
    """Name the HTTP status under which an error came; it may say that asking again may help."""
    passing = None if status is None else status in (408, 429) or status >= 500
    return attrs.evolve(error, http_status=status, transient=error.transient or passing)
