"""Worker processes: each reads one stretch of a log after the other, and leaves what came of it in a folder."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Condition, Thread, current_thread, main_thread
from typing import Any

import attrs

from jobmodels.errors import JobModelsError, WorkerLost
from jobmodels.tables._copies import held, is_safe, let_go
from jobmodels.tables._need import be_lean
from jobmodels.tables._pieces import Piece, Pieces
from jobmodels.tables._steps import Reader, Stretch
from jobmodels.tables._unpack import Meter

_AHEAD = 2
"""How many stretches a worker may be ahead of what is taken up."""

_GIVEN = 2
"""How many stretches a worker has at once."""

_PATIENCE = 0.5
"""Seconds after which a wait looks whether it was interrupted."""


_FAREWELL = 10
"""Seconds that a process has to end when there is no more work."""


@attrs.frozen(kw_only=True)
class Work:
    """A stretch to be read, or what is left of it.

    Attributes:
        stretch: the stretch.
        place: its position.
        number: position of the first piece that is to be written.
        offset: where the first line begins that is not in a piece; None where none is.
        lines: how many lines are in pieces.
    """

    stretch: Stretch
    place: int
    number: int = 0
    offset: int | None = None
    lines: int = 0

    def after(self, piece: Piece) -> Work:
        """Give what is left behind a piece of it."""
        lines = self.lines + piece.tally.lines
        return attrs.evolve(self, number=piece.number + 1, offset=piece.offset, lines=lines)

    def pieces(self, reader: Reader, pieces: Pieces) -> Iterator[Piece]:
        """Do it."""
        meter = Meter()
        return pieces.written(
            reader.steps(self.stretch, self.offset, self.lines, meter), self.place, self.number, meter
        )


class Crew:
    """Worker processes that share work.

    Use it as a context: leaving it ends the processes.
    """

    def __init__(self, size: int, work: Sequence[Work], reader: Reader, pieces: Pieces) -> None:
        """Take what is to be done.

        Args:
            size: how many processes.
            work: the stretches.
            reader: how they are read.
            pieces: where the pieces are left.
        """
        self._size = size
        self._work = work
        self._setup = (reader, pieces)
        self._answers: list[deque[Piece | None]] = [deque() for _ in work]
        self._begun = self._taken_up = 0
        self._changed = Condition()
        self._error: Exception | None = None
        self._over = False
        self._processes: list[Any] = []
        self._threads: list[Thread] = []

    def __enter__(self) -> Crew:
        """Start the processes, and beside each a thread that gives it work."""
        copied = is_safe()
        context: Any = get_context("fork" if copied else "spawn")
        with _uninterrupted():
            for number in range(self._size):
                ours, theirs = context.Pipe()
                begin = partial(let_go, held() - {theirs.fileno()}) if copied else be_lean
                process = context.Process(target=serve, args=(begin, theirs, *self._setup), daemon=True)
                process.start()
                theirs.close()
                self._processes.append(process)
                told = (process, ours)
                self._threads.append(Thread(target=self._drive, args=told, name=f"worker-{number}", daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the processes: those that have nothing more to do by themselves, after an error whatever they do."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        for process in self._processes:
            process.join(_FAREWELL if kind is None else 0)
            process.kill()
        for thread in self._threads:
            thread.join()

    def pieces(self) -> Iterator[Piece]:
        """Give the pieces in the order of the work.

        Raises:
            WorkerLost: a process ended before its work was done.
            OSError: a log could not be read, or a piece not be written.
            JobModelsError: a log is refused.
        """
        return chain.from_iterable(map(self._pieces_of, range(len(self._work))))

    def _pieces_of(self, place: int) -> Iterator[Piece]:
        while (piece := self._next(self._answers[place])) is not None:
            yield piece
        with self._changed:
            self._taken_up = place + 1
            self._changed.notify_all()

    def _next(self, answers: deque[Piece | None]) -> Piece | None:
        with self._changed:
            while not answers:
                if self._error is not None:
                    raise self._error
                self._changed.wait(_PATIENCE)
            return answers.popleft()

    def _drive(self, process: Any, connection: Connection) -> None:
        """Give one process its work."""
        given: deque[int] = deque()
        with connection:
            try:
                while self._gave(given, connection) and self._took(given[0], connection):
                    given.popleft()
            except (EOFError, OSError):
                process.join()
                self._fail(WorkerLost(self._work[given[0]].stretch.source.name, process.exitcode))

    def _gave(self, given: deque[int], connection: Connection) -> bool:
        """Give a process a stretch more than it is at, so that it never waits for one; tell whether it has any."""
        while len(given) < _GIVEN and (place := self._choose(wait=not given)) is not None:
            given.append(place)
            connection.send(self._work[place])
        return bool(given)

    def _choose(self, *, wait: bool) -> int | None:
        """Choose the next stretch; None where there is none, or it is too far ahead for now."""
        with self._changed:
            while wait and not self._over and self._is_far():
                self._changed.wait()
            if self._over or self._is_far() or self._begun == len(self._work):
                return None
            self._begun += 1
            return self._begun - 1

    def _is_far(self) -> bool:
        return self._begun >= self._taken_up + self._size * _AHEAD

    def _took(self, place: int, connection: Connection) -> bool:
        """Take what comes of a stretch; tell whether it went well."""
        answer: Piece | Exception | None
        while not isinstance(answer := connection.recv(), Exception):
            self._put(place, answer)
            if answer is None:
                return True
        self._fail(answer)
        return False

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def _put(self, place: int, answer: Piece | None) -> None:
        with self._changed:
            self._answers[place].append(answer)
            self._changed.notify_all()


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Let signals wait while processes start: one that is half started complains, and Ctrl-C is not for them."""
    if current_thread() is not main_thread():
        yield
        return
    waiting: list[int] = []
    before = {number: signal.signal(number, lambda came, _: waiting.append(came)) for number in _SIGNALS}
    # Processes begin with the mask of the thread that starts them.
    mask = _masked("SIG_BLOCK", {signal.SIGINT})
    try:
        yield
    finally:
        _masked("SIG_SETMASK", mask)
        for number, handler in before.items():
            signal.signal(number, handler)
        for came in waiting:
            signal.raise_signal(came)


def _masked(how: str, signals: Any) -> Any:
    """Change which signals wait, on systems where they can."""
    mask = getattr(signal, "pthread_sigmask", None)
    return mask and mask(getattr(signal, how), signals)


def serve(begin: Callable[[], object], connection: Connection, reader: Reader, pieces: Pieces) -> None:
    """Do the work that comes, in a process of its own, until none comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A copy has the original's handler.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    begin()
    work_off(connection, reader, pieces)


def work_off(connection: Connection, reader: Reader, pieces: Pieces) -> None:
    """Do the work that comes, and answer with each piece, and with what ends it: None, or an error."""
    with suppress(EOFError, ConnectionError), connection:
        while True:
            work: Work = connection.recv()
            try:
                for piece in work.pieces(reader, pieces):
                    connection.send(piece)
            except (JobModelsError, OSError) as error:
                connection.send(error)
            else:
                connection.send(None)
