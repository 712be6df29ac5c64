"""Batches from one thread to another, which writes them: while one part is read, the part before is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread, main_thread
from typing import TYPE_CHECKING, Any

from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa

_WAITING = 1
_PATIENCE = 0.2
"""Seconds after which a thread looks whether the other one is still there."""


class Pump:
    """A reader of record batches on one side, a thread that gives it to a writer on the other.

    Use it as a context: leaving it waits until all is written; an error on the way ends the writer, whose own error
    comes out of `put` or of the context.
    """

    def __init__(self, schema: pa.Schema, write: Callable[[pa.RecordBatchReader], object]) -> None:
        """Take the columns, and what writes."""
        self._schema = schema
        self._write = write
        self._batches: Queue[Any] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._ended = Event()
        self._given_up = Event()
        # Not a daemon: it is inside of Arrow, which a process must not leave by force.
        self._thread = Thread(target=self._run, name="writer")

    def put(self, batch: pa.RecordBatch | None) -> None:
        """Hand on a batch; None is the end of them.

        Raises:
            OSError: the writer could not write; what other errors it had come out too.
        """
        while not self._ended.is_set():
            try:
                self._batches.put(batch, timeout=_PATIENCE)
            except Full:
                continue
            return
        self._raise()

    def __enter__(self) -> Pump:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the writer, or end it."""
        if kind is None:
            self.put(None)
        else:
            self._given_up.set()
        self._thread.join()
        if kind is None:
            self._raise()
        self._error = None

    def _raise(self) -> None:
        """Raise what the writer raised, and forget it: with the reader in Arrow it is a cycle that nobody sees."""
        error, self._error = self._error, None
        if error is not None:
            try:
                raise error
            finally:
                del error

    def _run(self) -> None:
        try:
            self._write(need("pyarrow").RecordBatchReader.from_batches(self._schema, self._taken()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where batches are put
            self._error = error
        finally:
            self._ended.set()

    def _taken(self) -> Iterator[pa.RecordBatch]:
        while not self._given_up.is_set() and main_thread().is_alive():
            try:
                batch = self._batches.get(timeout=_PATIENCE)
            except Empty:
                continue
            if batch is None:
                return
            yield batch
        raise _GivenUp


class _GivenUp(Exception):
    """The other side had an error of its own."""
