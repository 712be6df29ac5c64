"""A service on loopback that plays what it is told, over real sockets, and all that can carry a request to it."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import struct
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, TypeAlias

import attrs
import httpx
import httpx2
import pytest
import requests
import werkzeug
from pytest_httpserver import HTTPServer

from jobmodels import Job, Request, Response, Ticket
from jobmodels.clients import (
    AsyncClient,
    AsyncHttpxSender,
    Client,
    HttpxSender,
    RequestsSender,
    send,
    send_async,
)

Act: TypeAlias = Response | Callable[[werkzeug.Request], werkzeug.Response]
"""What a service does with a request: it answers, or takes the socket into its own hands."""


@attrs.frozen
class Asked:
    """What came over the line."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """Method and target."""
        return f"{self.method} {self.target}"


class Stage:
    """A service that plays acts, one for each request, the last one again and again; and remembers what was asked."""

    def __init__(self, server: HTTPServer) -> None:
        """Play on a server."""
        self.url = server.url_for("").rstrip("/")
        self.acts: list[Act] = []
        self.asked: list[Asked] = []

    def play(self, *acts: Act) -> Stage:
        """Begin anew."""
        self.acts, self.asked = list(acts), []
        return self

    @property
    def lines(self) -> list[str]:
        """The request lines, without the version."""
        return [asked.line for asked in self.asked]

    def answer(self, request: werkzeug.Request) -> werkzeug.Response:
        """Play the next act."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.environ["RAW_URI"], headers, request.get_data()))
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        if not isinstance(act, Response):
            return act(request)
        body = act.body.encode() if isinstance(act.body, str) else act.body
        return werkzeug.Response(body, act.status, dict(act.headers or {}))


@contextmanager
def serving(**options: Any) -> Generator[Stage, None, None]:
    """Serve on a free port of loopback."""
    with HTTPServer(threaded=True, **options) as server:
        # Connections are closed without a word, as by a service that dies; else none would ever be reset.
        running: Any = server.server
        running.shutdown_request = running.close_request
        stage = Stage(server)
        server.expect_request(re.compile("")).respond_with_handler(stage.answer)
        yield stage


def saying(*pieces: bytes, pause: float = 0.0, reset: bool = False) -> Act:
    """Write these bytes as they are, with pauses, and close the connection, or reset it."""

    def act(request: werkzeug.Request) -> werkzeug.Response:
        line: socket.socket = request.environ["werkzeug.socket"]
        for piece in pieces:
            line.sendall(piece)
            time.sleep(pause)
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
        raise ConnectionAbortedError("there is nothing more to say")

    return act


def head(status: int = 200, **fields: str | int) -> bytes:
    """Write the head of an answer; underscores in names stand for hyphens."""
    lines = [f"HTTP/1.1 {status} What Is Said", *(f"{name.replace('_', '-')}: {told}" for name, told in fields.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


RESET = saying(reset=True)
CLOSED = saying()


@attrs.frozen
class Carrier:
    """A way in which requests go.

    Attributes:
        library: the client of another library, if there is one.
        sender: makes a sender of it, within bounds.
        awaited: whether it is for an event loop.
    """

    library: Callable[..., Any] | None
    sender: Callable[..., Any]
    awaited: bool

    def send(self, request: Request, library: Any = None, **bounds: Any) -> Response:
        """Send a request once."""

        async def sending() -> Response:
            async with library or self._library() as client:
                answer: Response = await self._sender(client, bounds)(request)
                return answer

        if self.awaited:
            return asyncio.run(sending())
        with library or self._library() as client:
            answer: Response = self._sender(client, bounds)(request)
            return answer

    def wait(self, system: str, url: str, ticket: Ticket, **options: Any) -> Job[Any]:
        """Wait for a job, as a user would who gives a client of the library."""

        async def waiting() -> Job[Any]:
            async with self._library() as client:
                given = {"sender": client} if self.library else {}
                return await AsyncClient(system, url, **given, **options).wait(ticket)

        if self.awaited:
            return asyncio.run(waiting())
        with self._library() as client:
            given = {"sender": client} if self.library else {}
            return Client(system, url, **given, **options).wait(ticket)

    def _library(self) -> Any:
        return nullcontext() if self.library is None else self.library()

    def _sender(self, client: Any, bounds: Any) -> Any:
        return self.sender(client, **bounds) if self.library else partial(self.sender, **bounds)


# Made once, since it takes long.
_TRUST = ssl.create_default_context()

CARRIERS = {
    "send": Carrier(None, send, awaited=False),
    "requests": Carrier(requests.Session, RequestsSender, awaited=False),
    "httpx": Carrier(partial(httpx.Client, verify=_TRUST), HttpxSender, awaited=False),
    "httpx2": Carrier(partial(httpx2.Client, verify=_TRUST), HttpxSender, awaited=False),
    "send-async": Carrier(None, send_async, awaited=True),
    "httpx-async": Carrier(partial(httpx.AsyncClient, verify=_TRUST), AsyncHttpxSender, awaited=True),
    "httpx2-async": Carrier(partial(httpx2.AsyncClient, verify=_TRUST), AsyncHttpxSender, awaited=True),
}
each_carrier = pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
