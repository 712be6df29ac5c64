"""How long an exchange may take and how large an answer may be, whatever library carries it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

import attrs

from jobmodels._wire import Request
from jobmodels.clients._shown import fault_of

T = TypeVar("T")

TIMEOUT = 60.0
"""How long a connection may be silent, in seconds."""
TOTAL = 300.0
"""How long an exchange may take in all, in seconds."""
LARGEST = 256 * 2**20
"""How large the body of an answer may be: 256 MiB."""
PIECE = 64 * 2**10
"""How much of a body is read at once, in bytes."""

LATE = "there was no whole answer in time"


@attrs.frozen
class Deadline:
    """When an exchange is over, on the clock of the machine."""

    timeout: float
    until: float

    def left(self) -> float:
        """Give the seconds that are left.

        Raises:
            TimeoutError: there are none.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError(LATE)
        return left

    def silence(self) -> float:
        """Give the seconds for which one may still wait in silence; raises as `left` does."""
        return min(self.timeout, self.left())


@attrs.frozen(kw_only=True)
class Bounds:
    """What an exchange may take.

    Attributes:
        timeout: how long a connection may be silent, in seconds; None for what the library's client was made with, else
            60.
        total: how long the exchange may take in all, in seconds; less where the request says so.
        largest: how large the body of the answer may be, in bytes, unpacked.
    """

    timeout: float | None = None
    total: float = TOTAL
    largest: int = LARGEST

    def seconds(self, request: Request) -> float:
        """Give how long the exchange of a request may take in all."""
        return self.total if request.timeout is None else min(self.total, request.timeout)

    def deadline(self, request: Request) -> Deadline:
        """Give when the exchange of a request, which begins now, is over."""
        return Deadline(self.timeout or TIMEOUT, time.monotonic() + self.seconds(request))

    def body(self, pieces: Iterable[bytes], deadline: Deadline) -> bytes:
        """Put a body together.

        Raises:
            ConnectionError: it is too large.
            TimeoutError: it takes too long.
        """
        body = bytearray()
        for piece in pieces:
            self.add(body, piece, deadline)
        return bytes(body)

    def add(self, body: bytearray, piece: bytes, deadline: Deadline) -> None:
        """Add a piece to a body; raises as `body` does."""
        body += piece
        if len(body) > self.largest:
            raise ConnectionError(f"the answer is larger than {self.largest} bytes")
        deadline.left()

    def in_time(self, call: Callable[[], T], request: Request) -> T:
        """Call in a thread of its own, and leave it alone when the exchange of the request is over.

        Raises:
            TimeoutError: it is over; what else the call raises comes out too.
        """
        return aside(call).result(self.seconds(request))


def plain(error: Exception, request: Request) -> OSError:
    """Give the builtin error that says the same as the one of a library, and shows no credential."""
    if isinstance(error, TimeoutError) and not str(error):
        return TimeoutError(LATE)
    late = isinstance(error, TimeoutError) or "Timeout" in type(error).__name__
    return (TimeoutError if late else ConnectionError)(fault_of(error, request))


def aside(call: Callable[[], T]) -> Future[T]:
    """Call in a thread of its own, which does not keep the program from ending; for what cannot be stopped."""
    future: Future[T] = Future()
    context = copy_context()

    def run() -> None:
        try:
            future.set_result(context.run(call))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            future.set_exception(error)

    future.set_running_or_notify_cancel()
    Thread(target=run, name="jobmodels", daemon=True).start()
    return future
