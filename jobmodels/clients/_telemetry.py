"""What is told of each exchange: a line on the logger `jobmodels`, and a span where OpenTelemetry is installed.

Neither holds a body, a credential, or a header field that is not known to be harmless. Where the logger is quiet and
OpenTelemetry is missing, nothing is done at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Any

from jobmodels import __version__
from jobmodels._job import Job
from jobmodels._wire import Request, Response, Ticket
from jobmodels.clients._guard import origin_of
from jobmodels.clients._senders import AsyncSender, Sender
from jobmodels.clients._shown import fault_of, fields_of, line_of

logger = logging.getLogger("jobmodels")

_SCHEMA = "https://opentelemetry.io/schemas/1.23.1"
"""Where the names of attributes are fixed: the first version in which those of HTTP are stable."""
_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})


def observe(sender: Sender, request: Request, secrets: frozenset[str] = frozenset()) -> Response:
    """Send a request, and tell of it; `secrets` are a system's own names of secret members."""
    if not _anyone_listens():
        return sender(request)
    with _exchange(request, secrets) as heard:
        return heard(sender(request))


async def observe_async(sender: AsyncSender, request: Request, secrets: frozenset[str] = frozenset()) -> Response:
    """Send a request in an event loop, and tell of it."""
    if not _anyone_listens():
        return await sender(request)
    with _exchange(request, secrets) as heard:
        return heard(await sender(request))


@contextmanager
def whole(ticket: Ticket) -> Generator[Callable[[Job[Any]], Job[Any]], None, None]:
    """Put the exchanges of a whole wait below one span; what is given takes the job that ended, and gives it back."""
    with _span(f"wait {ticket.key}", "INTERNAL", {"jobmodels.key": ticket.key, "jobmodels.job.id": ticket.id}) as span:

        def ended(job: Job[Any]) -> Job[Any]:
            if span is not None:
                span.set_attribute("jobmodels.job.state", job.state.value)
            return job

        yield ended


@contextmanager
def _exchange(request: Request, secrets: frozenset[str]) -> Generator[Callable[[Response], Response], None, None]:
    """Tell of an exchange; what is given takes the answer, and gives it back."""
    line = line_of(request, secrets)
    name = request.method if request.method in _METHODS else "HTTP"
    with _span(name, "CLIENT", _attributes(request, line)) as span:
        began = perf_counter()

        def heard(answer: Any) -> Response:
            """Tell of an answer, if it is one; a sender may have given anything."""
            told: Response = answer
            if isinstance(answer, Response):
                seconds = perf_counter() - began
                if logger.isEnabledFor(logging.DEBUG):
                    fields = dict(fields_of(answer, request))
                    logger.debug("%s %s: %s in %.3f s %s", request.method, line, answer.status, seconds, fields)
                _tell_status(span, answer.status)
            return told

        try:
            yield heard
        except Exception as error:
            seconds, reason = perf_counter() - began, fault_of(error, request)
            logger.debug("%s %s: no answer in %.3f s: %s", request.method, line, seconds, reason)
            raise


def _attributes(request: Request, line: str) -> Mapping[str, str | int]:
    base = request.base or ""
    host, _, port = origin_of(base).partition("://")[2].rpartition(":")
    return {
        "http.request.method": request.method if request.method in _METHODS else "_OTHER",
        "server.address": host.strip("[]"),
        "server.port": int(port),
        "url.full": f"{base.rstrip('/')}{line}",
    }


def _tell_status(span: Any, status: int | None) -> None:
    if span is not None and status is not None:
        span.set_attribute("http.response.status_code", status)
        if status >= 400:
            _fail(span, str(status))


def _fail(span: Any, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(_tracing().StatusCode.ERROR)


@contextmanager
def _span(name: str, kind: str, attributes: Mapping[str, str | int]) -> Generator[Any, None, None]:
    """Open a span, or none; what is raised inside ends it as an error, of which its class alone is told."""
    tracing = _tracing()
    if tracing is None:
        yield None
        return
    tracer = tracing.get_tracer("jobmodels", __version__, schema_url=_SCHEMA)
    opened = tracer.start_as_current_span(
        name,
        kind=tracing.SpanKind[kind],
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    )
    with opened as span:
        try:
            yield span
        except BaseException as error:
            cls = type(error)
            _fail(span, cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}")
            raise


@cache
def _tracing() -> Any:
    """Give the interface of OpenTelemetry; None where it is not installed."""
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace


def _anyone_listens() -> bool:
    return logger.isEnabledFor(logging.DEBUG) or _tracing() is not None
