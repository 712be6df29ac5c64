"""Senders: what carries a request to the service and brings the response; any callable of that form is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeAlias, cast

from jobmodels._wire import Request, Response
from jobmodels.clients._httpx import AsyncHttpxSender, HttpxSender
from jobmodels.clients._requests import RequestsSender

Sender: TypeAlias = Callable[[Request], Response]
"""Carries a request and brings the answer, whatever its status, or raises; follows no redirect, and tries once."""
AsyncSender: TypeAlias = Callable[[Request], Awaitable[Response]]
"""The same, awaited."""


class Answered(Protocol):
    """What a client of another library gives."""

    @property
    def status_code(self) -> int:
        """The code of the status line."""
        ...


class LibraryClient(Protocol):
    """A client of another library that blocks: a `requests.Session`, `httpx2.Client` or `httpx.Client`."""

    def request(self, method: str, url: str) -> Answered:
        """Send a request."""
        ...


class AsyncLibraryClient(Protocol):
    """A client of another library that is awaited: an `httpx2.AsyncClient` or `httpx.AsyncClient`."""

    def request(self, method: str, url: str) -> Awaitable[Answered]:
        """Send a request."""
        ...


Carrier: TypeAlias = Sender | LibraryClient
AsyncCarrier: TypeAlias = "AsyncSender | AsyncLibraryClient | Replay"

_SENDERS: dict[tuple[str, str], Callable[[Any], Sender]] = {
    ("requests", "Session"): RequestsSender,
    ("httpx", "Client"): HttpxSender,
    ("httpx2", "Client"): HttpxSender,
}
_ASYNC_SENDERS: dict[tuple[str, str], Callable[[Any], AsyncSender]] = {
    ("httpx", "AsyncClient"): AsyncHttpxSender,
    ("httpx2", "AsyncClient"): AsyncHttpxSender,
}


class Replay:
    """A sender that gives answers in order, whatever is asked; either client takes it."""

    def __init__(self, answers: Iterable[Response | Exception]) -> None:
        """Take the answers."""
        self._told = list(answers)

    def __call__(self, request: Request) -> Response:
        """Give the next answer, or raise it."""
        if not self._told:
            raise ConnectionError("there is no answer to replay")
        answer = self._told.pop(0) if len(self._told) > 1 else self._told[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def awaited(self, request: Request) -> Response:
        """Give the next answer in an event loop."""
        return self(request)


def sender_of(given: Carrier) -> Sender:
    """Make a sender of what a client was given; a callable is one.

    Raises:
        TypeError: it is none, and no client of a library that is known here.
    """
    made = _found(given, _SENDERS)
    if made is None:
        raise TypeError(
            "a sender is a callable that takes a Request and gives a Response, or a requests.Session, httpx2.Client or "
            f"httpx.Client, not {_name_of(given)}"
        )
    return cast(Sender, made)


def async_sender_of(given: AsyncCarrier) -> AsyncSender:
    """Make a sender of what a client was given that is awaited; a callable is one.

    Raises:
        TypeError: it is none, and no client of a library that is known here.
    """
    made = given.awaited if isinstance(given, Replay) else _found(given, _ASYNC_SENDERS)
    if made is None:
        raise TypeError(
            "a sender is a callable that takes a Request and is awaited for a Response, or an httpx2.AsyncClient or "
            f"httpx.AsyncClient, not {_name_of(given)}"
        )
    return cast(AsyncSender, made)


def _found(given: object, senders: dict[tuple[str, str], Callable[[Any], Any]]) -> object:
    """Find what sends with an object, by its classes; their library is not imported for it."""
    if isinstance(given, type):
        return None
    if callable(given):
        return given
    for cls in type(given).__mro__:
        if make := senders.get((cls.__module__.partition(".")[0], cls.__name__)):
            return make(given)
    return None


def _name_of(given: object) -> str:
    return f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__


def replay(answers: Iterable[Response | Exception]) -> Replay:
    """Make a sender that gives these answers in order, whatever is asked; an exception is raised. For tests.

    The last answer is given again and again. Either client takes it.
    """
    return Replay(answers)
