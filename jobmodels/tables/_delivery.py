"""What comes of logs, brought to its files: jobs to a writer of their own, dead letters and typed rows beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from jobmodels.tables import _disk
from jobmodels.tables._batches import table_of
from jobmodels.tables._columns import arrow_schema, jobs_columns
from jobmodels.tables._database import Database
from jobmodels.tables._letters import spool, write_letters
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._pieces import DEAD_TABLE, JOBS_TABLE, TYPED_TABLE, Piece, Pieces
from jobmodels.tables._pump import Pump
from jobmodels.tables._sinks import JOBS, Files
from jobmodels.tables._slabs import dead_batch
from jobmodels.tables._stage import Stage
from jobmodels.tables._steps import Step

if TYPE_CHECKING:
    import pyarrow as pa


_NONE: Iterator[Path] = iter(())


Output: TypeAlias = Database | Files
"""What writes tables into a file, or into one file each."""


class Delivery:
    """Takes steps or pieces in order, and writes what is in them.

    Use it as a context: leaving it ends all writing, and after an error leaves nothing open.

    Attributes:
        files: where it was left without an error, what was written, on the disk, and where it belongs.
    """

    def __init__(self, stage: Stage, output: Output, letters: Path, options: Options) -> None:
        """Take where to.

        Args:
            stage: the folder of the run.
            output: takes the tables.
            letters: where dead letters belong.
            options: how lines are read, which decides the columns.
        """
        self.files: dict[Path, Path] = {}
        self._stage = stage
        self._output = output
        self._letters = letters
        self._options = options
        self._open = ExitStack()
        self._dead: BinaryIO | None = None
        self._dead_place = letters
        self._typed: Any = None
        self._typed_place = stage.folder / "typed.arrow"

    def __enter__(self) -> Delivery:
        """Begin the table of jobs."""
        schema = arrow_schema(jobs_columns(keep_raw=self._options.keep_raw))
        self._jobs = Pump(schema, lambda reader: self._output.write(JOBS, reader))
        self._jobs.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        """End the writing."""
        with ExitStack() as stack:
            stack.callback(self._output.drop)
            stack.enter_context(self._open)
            self._jobs.__exit__(kind, error, trace)
            if kind is None:
                self._end()

    def _end(self) -> None:
        self._open.close()
        if self._options.typed is not None:
            self._write_typed()
        if self._dead is not None:
            _disk.sync(self._dead_place)
            self.files[self._dead_place] = self._letters
        # The jobs come last: where they are, all is.
        self.files |= dict(reversed(list(self._output.close().items())))

    def step(self, step: Step) -> None:
        """Take a step."""
        self._jobs_of(step.jobs)
        self._dead_of(step.dead)
        self._typed_of(step.typed)
        if step.long is not None:
            path = spool(step.long.pieces, self._stage.folder / "spool", whole=step.long.whole)
            self._dead_of(dead_batch([(*step.long.told, None)]), spooled=iter((path,)))

    def piece(self, piece: Piece, pieces: Pieces, more: int) -> None:
        """Take a piece; `more` is added to the numbers of lines."""
        for batch in pieces.batches(piece, JOBS_TABLE, more):
            self._jobs_of(batch)
        spooled = pieces.spooled(piece)
        for batch in pieces.batches(piece, DEAD_TABLE):
            self._dead_of(batch, more, spooled)
        for batch in pieces.batches(piece, TYPED_TABLE, more):
            self._typed_of(batch)

    def _jobs_of(self, jobs: pa.RecordBatch | None) -> None:
        if jobs is not None and jobs.num_rows:
            self._jobs.put(jobs)

    def _dead_of(self, dead: Any, more: int = 0, spooled: Iterator[Path] = _NONE) -> None:
        if dead is not None and dead.num_rows:
            if self._dead is None:
                self._dead_place = self._stage.place_for(self._letters)
                self._dead = self._open.enter_context(_disk.created(self._dead_place, private=True))
            write_letters(self._dead, dead, more, spooled)

    def _typed_of(self, typed: pa.RecordBatch | None) -> None:
        """Keep typed rows: a database takes one table after the other."""
        if typed is not None and typed.num_rows:
            if self._typed is None:
                file = self._open.enter_context(_disk.created(self._typed_place))
                self._typed = self._open.enter_context(need("pyarrow").ipc.new_stream(file, typed.schema))
            self._typed.write(typed)

    def _write_typed(self) -> None:
        arrow = need("pyarrow")
        table = table_of(self._options)
        if self._typed is None:
            self._output.write(table.name, arrow.RecordBatchReader.from_batches(arrow_schema(table.columns), iter(())))
            return
        with arrow.OSFile(str(self._typed_place)) as file, arrow.ipc.open_stream(file) as reader:
            self._output.write(table.name, reader)
