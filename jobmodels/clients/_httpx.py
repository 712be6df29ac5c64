"""The senders for clients of `httpx2`, and of `httpx`, which came before it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import attrs

from jobmodels._wire import Request, Response
from jobmodels.clients._bounds import TIMEOUT, Bounds, Deadline, plain
from jobmodels.clients._guard import guarded

_UNCHANGED = {5.0}
"""The seconds that both libraries allow where a client was made without a timeout."""


@attrs.frozen
class HttpxSender(Bounds):
    """Sends with an `httpx2.Client` or `httpx.Client`: its certificates, proxies, headers, cookies, `auth` and timeout.

    Where the client was made without a timeout, it is 60 seconds. Redirects come back as what they are. A hook of the
    client that raises for a status takes the answer away, and with it what it says of the job. Each exchange has a
    thread of its own, which is left alone when time is up.

    Attributes:
        client: what carries the requests.
    """

    client: Any = attrs.field(kw_only=False, repr=False)

    def __call__(self, request: Request) -> Response:
        """Send a request.

        Raises:
            OSError: there was no whole answer; a `TimeoutError` where it was not in time.
            UnsafeRequest: the request cannot be sent as it is.
        """
        deadline = self.deadline(guarded(request))
        try:
            return self.in_time(partial(self._exchange, request, deadline), request)
        except Exception as error:  # noqa: BLE001 - hooks, transports and authentication may raise anything
            raise plain(error, request) from None

    def close(self) -> None:
        """Close the client."""
        self.client.close()

    def _exchange(self, request: Request, deadline: Deadline) -> Response:
        with self.client.stream(**_asked(self, request, deadline)) as answer:
            body = self.body(answer.iter_bytes(), deadline)
            return Response(answer.status_code, answer.headers.raw, body)


@attrs.frozen
class AsyncHttpxSender(Bounds):
    """Sends with an `httpx2.AsyncClient` or `httpx.AsyncClient`, in an event loop of `asyncio`; else as `HttpxSender`.

    Attributes:
        client: what carries the requests.
    """

    client: Any = attrs.field(kw_only=False, repr=False)

    async def __call__(self, request: Request) -> Response:
        """Send a request.

        Raises:
            OSError: there was no whole answer; a `TimeoutError` where it was not in time.
            UnsafeRequest: the request cannot be sent as it is.
        """
        deadline = self.deadline(guarded(request))
        try:
            async with asyncio.timeout(self.seconds(request)):
                return await self._exchange(request, deadline)
        except Exception as error:  # noqa: BLE001 - hooks, transports and authentication may raise anything
            raise plain(error, request) from None

    async def aclose(self) -> None:
        """Close the client."""
        await self.client.aclose()

    async def _exchange(self, request: Request, deadline: Deadline) -> Response:
        async with self.client.stream(**_asked(self, request, deadline)) as answer:
            body = bytearray()
            async for piece in answer.aiter_bytes():
                self.add(body, piece, deadline)
            return Response(answer.status_code, answer.headers.raw, body)


def _asked(sender: HttpxSender | AsyncHttpxSender, request: Request, deadline: Deadline) -> dict[str, Any]:
    """Give the arguments of a request; each of the four timeouts is that of the client where it has one of its own."""
    own: dict[str, float | None] = sender.client.timeout.as_dict()
    if sender.timeout is not None or set(own.values()) == _UNCHANGED:
        own = dict.fromkeys(own, sender.timeout or TIMEOUT)
    left = deadline.left()
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "content": request.body,
        "timeout": tuple(min(own[part] or left, left) for part in ("connect", "read", "write", "pool")),
        "follow_redirects": False,
    }
