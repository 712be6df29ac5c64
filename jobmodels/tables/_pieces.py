"""What came of a part of a log, as files: one process writes them, another takes them up."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from jobmodels.tables import _disk
from jobmodels.tables._columns import DEAD, arrow_schema
from jobmodels.tables._letters import spool
from jobmodels.tables._need import need
from jobmodels.tables._slabs import dead_batch
from jobmodels.tables._steps import Step
from jobmodels.tables._tally import Tally
from jobmodels.tables._unpack import Meter

if TYPE_CHECKING:
    import pyarrow as pa

JOBS_TABLE, DEAD_TABLE, TYPED_TABLE = "jobs", "dead", "typed"
_TABLES = (JOBS_TABLE, DEAD_TABLE, TYPED_TABLE)
_NOTE = ".piece.json"
_ROWS = 1 << 14
"""Rows of a batch in a piece: the process that writes holds few of them at once."""

_SPARE = "spare"


@attrs.frozen(kw_only=True)
class Piece:
    """A part of what came of a stretch.

    Attributes:
        stretch: position of the stretch.
        number: position of the piece in the stretch.
        token: tells the run that wrote it from others.
        tables: which tables it has.
        spooled: how many of its dead letters are too long to be held, and have a file each.
        tally: its counts.
        taken: bytes of the log that it took, as they lie on the disk.
        offset: where the next line begins; None where reading cannot go on from here.
        last: whether the stretch ends with it.
    """

    stretch: int
    number: int
    token: str
    tables: tuple[str, ...]
    spooled: int
    tally: Tally
    taken: int
    offset: int | None
    last: bool

    @property
    def name(self) -> str:
        """How its files are called, before what they hold."""
        return f"{_place(self.stretch, self.number)}-{self.token}"

    def note(self) -> bytes:
        """Write the note that makes the files count; it is written last."""
        return json.dumps(attrs.asdict(self, recurse=False) | {"tally": self.tally.to_dict()}).encode()

    @classmethod
    def from_note(cls, text: bytes) -> Piece:
        """Take what `note` gave."""
        told: dict[str, Any] = json.loads(text)
        told["tables"] = tuple(told["tables"])
        told["tally"] = Tally.from_dict(told["tally"])
        return cls(**told)


@attrs.frozen(kw_only=True)
class Pieces:
    """A folder of pieces.

    Attributes:
        folder: where the files lie.
        size: bytes of a log after which a piece ends.
        durable: whether pieces outlive the process, and what follows one can be read without it.
        token: tells this run from others: the workers of one that was killed may still be writing.
    """

    folder: Path
    size: int
    durable: bool = False
    token: str = attrs.field(factory=lambda: os.urandom(4).hex())

    def written(self, steps: Iterable[Step], stretch: int, number: int, meter: Meter) -> Iterator[Piece]:
        """Write what comes of a stretch as pieces, each given when its files are whole.

        Args:
            steps: what comes of the stretch.
            stretch: its position.
            number: position of the first piece.
            meter: says how far the log was read.
        """
        writer = _Writer(self, stretch, number)
        taken = size = 0
        try:
            for step in steps:
                writer.add(step)
                size += step.size
                if size >= self.size and (step.offset is not None or not self.durable):
                    yield writer.ended(meter.taken - taken, step.offset)
                    taken, size, number = meter.taken, 0, number + 1
                    writer = _Writer(self, stretch, number)
            yield writer.ended(meter.taken - taken, None, last=True)
        finally:
            writer.close()

    def known(self, stretch: int) -> list[Piece]:
        """Give the pieces of a stretch that were written whole, as far as they follow each other."""
        found: list[Piece] = []
        while (note := self.folder / f"{_place(stretch, len(found))}{_NOTE}").exists():
            found.append(Piece.from_note(note.read_bytes()))
        return found

    def sweep(self, kept: Iterable[Piece]) -> None:
        """Remove what a run that was killed has left of other pieces than these."""
        names = {piece.name for piece in kept}
        for path in self.folder.glob("*-*-*.*"):
            if path.name.partition(".")[0] not in names:
                path.unlink()

    def batches(self, piece: Piece, table: str, more: int = 0) -> Iterator[pa.RecordBatch]:
        """Read one table of a piece.

        Args:
            piece: the piece.
            table: which.
            more: what is added to the numbers of lines.
        """
        if table in piece.tables:
            arrow = need("pyarrow")
            with arrow.OSFile(str(self._path(piece.name, table))) as file, arrow.ipc.open_stream(file) as reader:
                for batch in reader:
                    yield renumbered(batch, more) if more and table != DEAD_TABLE else batch

    def spooled(self, piece: Piece) -> Iterator[Path]:
        """Give the files of dead letters that are too long to be held, in order."""
        # A folder that has pieces of many logs takes long to look through.
        return iter(sorted(self.folder.glob(f"{piece.name}.spool-*")) if piece.spooled else ())

    def remove(self, piece: Piece) -> None:
        """Remove the files of a piece; pieces that are written later take over those of its tables."""
        for path in self.spooled(piece):
            path.unlink()
        for table in piece.tables:
            path = self._path(piece.name, table)
            path.rename(path.with_name(f"{_SPARE}-{path.name}"))

    def opened(self, name: str, table: str) -> BinaryIO:
        """Open the file of a table of a piece: one that is there already, since to write over it costs half."""
        path = self._path(name, table)
        for spare in () if self.durable else self.folder.glob(f"{_SPARE}-*"):
            # Another process may have taken it.
            with suppress(OSError):
                spare.rename(path)
                return path.open("r+b")
        return _disk.created(path, private=True)

    def _path(self, name: str, table: str) -> Path:
        return self.folder / f"{name}.{table}.arrow"

    def _note(self, piece: Piece) -> None:
        """Bring a piece to the disk; from then on it counts."""
        paths = [self._path(piece.name, table) for table in piece.tables]
        for path in (*paths, *self.spooled(piece)):
            _disk.sync(path)
        _disk.put(piece.note(), self.folder / f"{_place(piece.stretch, piece.number)}{_NOTE}")


def _place(stretch: int, number: int) -> str:
    return f"{stretch:06}-{number:06}"


def renumbered(batch: pa.RecordBatch, more: int) -> pa.RecordBatch:
    """Add to the numbers of lines."""
    place = batch.schema.get_field_index("line")
    return batch.set_column(place, batch.schema.field(place), need("pyarrow.compute").add(batch.column(place), more))


class _Writer:
    """Writes one piece."""

    def __init__(self, pieces: Pieces, stretch: int, number: int) -> None:
        self._pieces = pieces
        self._place = (stretch, number)
        self._name = f"{_place(stretch, number)}-{pieces.token}"
        self._files = ExitStack()
        self._tables: dict[str, Any] = {}
        self._tally = Tally()
        self._spooled = 0

    def add(self, step: Step) -> None:
        self._tally.add(step)
        for table, batch in ((JOBS_TABLE, step.jobs), (DEAD_TABLE, step.dead), (TYPED_TABLE, step.typed)):
            if batch is not None and batch.num_rows:
                for begin in range(0, batch.num_rows, _ROWS):
                    self._table(table, batch.schema).write(batch.slice(begin, _ROWS))
        if step.long is not None:
            path = self._pieces.folder / f"{self._name}.spool-{self._spooled:06}"
            spool(step.long.pieces, path, whole=step.long.whole)
            self._spooled += 1
            self._table(DEAD_TABLE, arrow_schema(DEAD)).write(dead_batch([(*step.long.told, None)]))

    def _table(self, table: str, schema: pa.Schema) -> Any:
        if table not in self._tables:
            arrow = need("pyarrow")
            file = self._files.enter_context(self._pieces.opened(self._name, table))
            self._tables[table] = self._files.enter_context(arrow.ipc.new_stream(file, schema))
        return self._tables[table]

    def close(self) -> None:
        self._files.close()

    def ended(self, taken: int, offset: int | None, *, last: bool = False) -> Piece:
        self.close()
        stretch, number = self._place
        tables = tuple(name for name in _TABLES if name in self._tables)
        piece = Piece(
            stretch=stretch,
            number=number,
            token=self._pieces.token,
            tables=tables,
            spooled=self._spooled,
            tally=self._tally,
            taken=taken,
            offset=offset,
            last=last,
        )
        if self._pieces.durable:
            self._pieces._note(piece)
        return piece
