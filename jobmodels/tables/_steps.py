"""A stretch of a log, read step by step: jobs, dead letters, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._batches import read_batch
from jobmodels.tables._cut import DAMAGED, LONGEST, Cutter, Long, Refused, Slab, line_behind
from jobmodels.tables._documents import Element, elements
from jobmodels.tables._fast import reader
from jobmodels.tables._letters import Letter, read_letter
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._slabs import Numbered, dead_batch, lines_batch, numbered
from jobmodels.tables._sources import DOCUMENT, LETTERS, Source
from jobmodels.tables._unpack import BLOCK, Meter, read_blocks

if TYPE_CHECKING:
    import pyarrow as pa

_ELEMENTS = 10_000
_ROOM = 2
"""How many times its length a line may have as a dead letter."""

_MOST = 1 << 30
"""Bytes of the longest line that can be read at all: Arrow has no batch of more than twice as many."""

_NO_LETTER = ("not-a-letter", "it is no dead letter")
_HOPELESS = (DAMAGED, _NO_LETTER[0])
"""Codes of letters that hold less than a line, or no line, so that no fix makes it one."""


@attrs.frozen(kw_only=True)
class Stretch:
    """What one process reads of a log: the lines that begin in a range of its bytes.

    Attributes:
        source: the log.
        start: the first byte of the range.
        until: the first byte behind it; None: there is none.
    """

    source: Source
    start: int = 0
    until: int | None = None


@attrs.frozen
class LongLetter:
    """A dead letter that is too long to be held.

    Attributes:
        told: source, line, offset, code and message.
        pieces: the raw bytes, in pieces that must be taken before the next step is.
        whole: whether the bytes are a letter themselves, since dead letters were read.
    """

    told: tuple[str, int, int, str, str]
    pieces: Iterator[bytes] = attrs.field(repr=False)
    whole: bool


@attrs.frozen(kw_only=True)
class Step:
    """What came of some lines.

    Attributes:
        lines: how many line numbers they take.
        blank: how many of them are blank.
        size: bytes of the lines.
        jobs: rows; None for none, as all that follow.
        dead: dead letters.
        typed: rows of the table of one endpoint.
        missed: how many answers do not fit that table.
        long: a dead letter that is too long to be held.
        offset: where the next line begins; None where reading could not go on from here alone.
    """

    lines: int = 0
    blank: int = 0
    size: int = 0
    jobs: pa.RecordBatch | None = attrs.field(default=None, repr=False)
    dead: pa.RecordBatch | pa.Table | None = attrs.field(default=None, repr=False)
    typed: pa.RecordBatch | None = attrs.field(default=None, repr=False)
    missed: int = 0
    long: LongLetter | None = None
    offset: int | None = None


@attrs.frozen(kw_only=True)
class Reader:
    """How stretches are read.

    Attributes:
        options: how lines are.
        longest: bytes of the longest line that is.
    """

    options: Options
    longest: int = LONGEST

    def steps(
        self, stretch: Stretch, offset: int | None = None, lines: int = 0, meter: Meter | None = None
    ) -> Iterator[Step]:
        """Read a stretch.

        Args:
            stretch: what is read.
            offset: where the first line begins that was not read before; None where none was.
            lines: how many lines of the stretch were read before.
            meter: is told how far the log was read.

        Raises:
            OSError: the log cannot be read.
            InputRefused: it is not packed as its name says, or grows beyond what is allowed.
        """
        if stretch.source.holds == DOCUMENT:
            return self._elements(stretch.source, meter)
        return self._lines(stretch, offset, lines, meter)

    def _lines(self, stretch: Stretch, offset: int | None, lines: int, meter: Meter | None) -> Iterator[Step]:
        source, until = stretch.source, stretch.until
        begin = stretch.start if offset is None else offset
        if begin and offset is None:
            # A line belongs to the stretch in which it begins: one may begin here only behind the end of another.
            begin = line_behind(read_blocks(source, begin - 1, begin - 1), begin - 1, until)
            meter = meter or Meter()
            meter.taken += (begin if until is None else min(begin, until)) - stretch.start
        longest = min(_ROOM * self.longest if source.holds == LETTERS else self.longest, _MOST)
        cutter = Cutter(read_blocks(source, begin, until, meter), begin, until, longest)
        for part in cutter.parts():
            if isinstance(part, Slab):
                batches = numbered(part, source.name, lines + 1, longest)
                del part
                for batch in batches:
                    lines += batch.count
                    yield from [self._letters(batch)] if source.holds == LETTERS else self._numbered(batch)
            else:
                lines += 1
                yield _refused(part, source, lines)
            yield Step(size=cutter.offset - begin, offset=cutter.offset)
            begin = cutter.offset

    def _numbered(self, batch: Numbered) -> Iterator[Step]:
        if batch.dead is not None:
            step = self._read(batch.lines, batch)
            yield attrs.evolve(step, dead=_joined(step.dead, batch.dead).sort_by("line"))
            return
        fast, at, left = reader(self.options), 0, True
        while left:
            # What was read before decides how many lines are read at once.
            lines = batch.lines.slice(at, fast.portion)
            at += lines.num_rows
            left = at < batch.lines.num_rows
            blank = 0 if left else batch.blank
            yield self._read(lines, Numbered(lines, None, lines.num_rows + blank, blank))

    def _letters(self, batch: Numbered) -> Step:
        """Read the lines that are in dead letters; what cannot be read is in its place again."""
        letters: list[Letter] = []
        dead: list[Letter] = []
        for source, line, offset, raw in zip(*(column.to_pylist() for column in batch.lines.columns), strict=True):
            letter = read_letter(raw) or (source, line, offset, *_NO_LETTER, raw)
            (dead if letter[3] in _HOPELESS else letters).append(letter)
        step = self._read(lines_batch([(*place, raw) for *place, _, _, raw in letters]), batch)
        return attrs.evolve(step, dead=_joined(step.dead, dead_batch(dead))) if dead else step

    def _read(self, lines: pa.RecordBatch, batch: Numbered | None = None) -> Step:
        told = read_batch(lines, self.options)
        count, blank = (batch.count, batch.blank) if batch else (lines.num_rows, 0)
        return Step(lines=count, blank=blank, jobs=told.jobs, dead=told.dead, typed=told.typed, missed=told.missed)

    def _elements(self, source: Source, meter: Meter | None) -> Iterator[Step]:
        """Read the elements of an array, or one document; they are numbered like lines."""
        held: list[tuple[str, int, int, bytes]] = []
        size = 0
        for number, found in enumerate(elements(read_blocks(source, meter=meter), self.longest), 1):
            if isinstance(found, Element):
                held.append((source.name, number, found.offset, found.data))
                size += len(found.data)
            if held and (not isinstance(found, Element) or len(held) >= _ELEMENTS or size >= BLOCK):
                yield attrs.evolve(self._read(lines_batch(held)), size=size)
                held, size = [], 0
            if not isinstance(found, Element):
                yield _refused(found, source, number)
        if held:
            yield attrs.evolve(self._read(lines_batch(held)), size=size)


def _refused(part: Long | Refused, source: Source, line: int) -> Step:
    told = (source.name, line, part.offset, part.code, part.message)
    if isinstance(part, Long):
        return Step(lines=1, long=LongLetter(told, part.pieces, source.holds == LETTERS))
    return Step(lines=1, dead=dead_batch([(*told, part.raw)]))


def _joined(dead: Any, more: pa.RecordBatch) -> pa.Table:
    return need("pyarrow").Table.from_batches([dead, more])
