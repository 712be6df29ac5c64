"""Senders: what carries a request to the service and brings the response; any callable of that form is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TypeAlias
from urllib.parse import urlsplit

from jobmodels._wire import Request, Response

Sender: TypeAlias = Callable[[Request], Response]
AsyncSender: TypeAlias = Callable[[Request], Awaitable[Response]]

TIMEOUT = 60.0
"""How long a connection may be silent, in seconds."""


def send(request: Request, timeout: float = TIMEOUT) -> Response:
    """Send a request with the standard library, over a connection of its own.

    Redirects are not followed: they come back as what they are.

    Args:
        request: with the `base` URL.
        timeout: how long the connection may be silent, in seconds.

    Raises:
        OSError: there was no answer; a `ConnectionError` also for one that is not HTTP.
        ValueError: the address is not one of HTTP.
    """
    address = urlsplit(request.url)
    kinds = {"http": HTTPConnection, "https": HTTPSConnection}
    if address.scheme not in kinds or not address.hostname:
        raise ValueError(f"not an address of HTTP: the scheme is {address.scheme!r}")
    connection = kinds[address.scheme](address.hostname, address.port, timeout=timeout)
    try:
        target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
        connection.request(request.method, target, request.body, dict(request.headers))
        answer = connection.getresponse()
        return Response(answer.status, answer.getheaders(), answer.read())
    except HTTPException as error:
        raise ConnectionError(f"the answer is not HTTP: {type(error).__name__}") from None
    finally:
        connection.close()


async def send_async(request: Request, timeout: float = TIMEOUT) -> Response:
    """Send a request with the standard library, in a thread of its own.

    Raises:
        OSError: as for `send`.
        ValueError: as for `send`.
    """
    return await asyncio.to_thread(send, request, timeout)


def replay(answers: Iterable[Response | Exception]) -> Sender:
    """Make a sender that gives these answers in order, whatever is asked; an exception is raised. For tests.

    The last answer is given again and again.
    """
    told = list(answers)

    def sender(request: Request) -> Response:
        answer = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return sender
