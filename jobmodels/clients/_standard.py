"""The senders of the standard library: a connection of its own for each request, read until a deadline."""

from __future__ import annotations

import ssl
import zlib
from asyncio import wrap_future
from collections.abc import Iterator
from functools import cache, partial
from gzip import BadGzipFile, GzipFile
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from io import BufferedReader, BytesIO, RawIOBase
from socket import SOCK_STREAM, create_connection, getaddrinfo, socket
from typing import Any
from urllib.parse import urlsplit

from jobmodels import __version__
from jobmodels._wire import Request, Response
from jobmodels.clients._bounds import LARGEST, PIECE, TIMEOUT, TOTAL, Bounds, Deadline, aside
from jobmodels.clients._guard import PORTS, guarded


def send(request: Request, timeout: float = TIMEOUT, *, total: float = TOTAL, largest: int = LARGEST) -> Response:
    """Send a request with the standard library, over a connection of its own, straight to the service.

    Redirects are not followed: they come back as what they are. Neither `.netrc` nor the proxies of the environment are
    used. The certificate of the service is verified.

    Args:
        request: with the `base` URL.
        timeout: how long the connection may be silent, in seconds.
        total: how long it may take in all, in seconds; less where the request says so.
        largest: how large the body of the answer may be, in bytes, unpacked.

    Raises:
        OSError: there was no whole answer; a `TimeoutError` where it was not in time, a `ConnectionError` where it was
            too large, cut off or not HTTP.
        UnsafeRequest: the request cannot be sent as it is; a `ValueError`.
    """
    address = urlsplit(guarded(request).url)
    host, port = str(address.hostname), address.port or PORTS[address.scheme]
    bounds = Bounds(timeout=timeout, total=total, largest=largest)
    deadline = bounds.deadline(request)
    with _connected(host, port, deadline) as plain:
        secure = address.scheme == "https"
        connection = HTTPSConnection(host, port, context=_trust()) if secure else HTTPConnection(host, port)
        with _trust().wrap_socket(plain, server_hostname=host) if secure else plain as line:
            connection.sock = reading = _Line(line, deadline)
            try:
                _ask(connection, request)
                with connection.getresponse() as answer:
                    # The library takes the end of the line for the end of the head.
                    if reading.ended:
                        raise IncompleteRead(b"")
                    return _response(answer, bounds, deadline)
            except (HTTPException, BadGzipFile, EOFError, zlib.error) as error:
                raise ConnectionError(f"the answer is not HTTP, or was cut off: {type(error).__name__}") from None


async def send_async(
    request: Request, timeout: float = TIMEOUT, *, total: float = TOTAL, largest: int = LARGEST
) -> Response:
    """Send a request with the standard library, in a thread of its own; all else is as for `send`.

    Raises:
        OSError: as for `send`.
        UnsafeRequest: as for `send`.
    """
    return await wrap_future(aside(partial(send, request, timeout, total=total, largest=largest)))


class _Line(RawIOBase):
    """A socket that is silent for only so long, and over at a deadline; as much of one as a connection uses.

    Attributes:
        ended: whether the other side has nothing more to say.
    """

    def __init__(self, line: socket, deadline: Deadline) -> None:
        self._line, self._deadline = line, deadline
        self.ended = False

    def sendall(self, data: Any) -> None:
        self._line.settimeout(self._deadline.silence())
        self._line.sendall(data)

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(self._deadline.silence())
        count = self._line.recv_into(buffer)
        self.ended = count == 0
        return count

    def close(self) -> None:
        """Leave it open: a connection closes what it reads from before it has read; the socket has an owner."""


def _connected(host: str, port: int, deadline: Deadline) -> socket:
    """Connect to the first address that lets one in, all of them together in time."""
    fault: OSError = ConnectionError("the host has no address")
    for *_, address in getaddrinfo(host, port, type=SOCK_STREAM):
        try:
            return create_connection((str(address[0]), port), timeout=deadline.silence())
        except OSError as error:
            fault = error
    raise fault


@cache
def _trust() -> ssl.SSLContext:
    """Give whom to trust: the certificates of the machine."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _ask(connection: HTTPConnection, request: Request) -> None:
    address = urlsplit(request.url)
    target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    headers = {"user-agent": f"jobmodels/{__version__}", **request.headers}
    connection.request(request.method, target, request.body, headers)


def _response(answer: HTTPResponse, bounds: Bounds, deadline: Deadline) -> Response:
    if answer.length is not None and answer.length > bounds.largest:
        raise ConnectionError(f"the answer is larger than {bounds.largest} bytes")
    body = bounds.body(_pieces(answer), deadline)
    if answer.length:
        raise IncompleteRead(b"", answer.length)
    if (answer.getheader("content-encoding") or "").strip().lower() in {"gzip", "x-gzip"}:
        # It was not asked for, but some servers give nothing else.
        body = bounds.body(_pieces(GzipFile(fileobj=BytesIO(body))), deadline)
    return Response(answer.status, answer.getheaders(), body)


def _pieces(source: HTTPResponse | GzipFile) -> Iterator[bytes]:
    return iter(partial(source.read, PIECE), b"")
