"""The work of a run, shared out: logs in stretches, stretches among processes, and what is done already."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain

import attrs

from jobmodels.tables._copies import is_safe
from jobmodels.tables._crew import Crew, Work
from jobmodels.tables._pieces import Piece, Pieces
from jobmodels.tables._sources import DOCUMENT, Source
from jobmodels.tables._steps import Reader, Stretch

_ALONE = 64 << 20
"""Bytes of all logs up to which a second process is not worth its start."""

_LESSON = 2 << 20
"""Bytes of a log from which most of what there is to be learned of it is learned."""

_MOST = 8
"""Processes that are started without being asked for; one thread writes what they read."""


def stretches_of(sources: Iterable[Source], size: int, *, teaches: bool = False) -> list[Stretch]:
    """Part logs into stretches, in order: plain files by their bytes, all others whole.

    Args:
        sources: the logs.
        size: bytes of a stretch.
        teaches: whether the first of a log is no longer than what is to be learned from it.
    """
    first = min(size, _LESSON) if teaches else size
    parted: list[Stretch] = []
    for source in map(_resolved, sources):
        starts = (0, *range(first, source.size or 1, size)) if source.splits else (0,)
        ends = [*starts[1:], None]
        parted += [Stretch(source=source, start=start, until=end) for start, end in zip(starts, ends, strict=True)]
    return parted


def _resolved(source: Source) -> Source:
    """Find the file itself: names as `/dev/stdin` mean another one in each process."""
    return source if source.size is None else attrs.evolve(source, path=os.path.realpath(source.path or ""))


def crew_size(asked: int | None, sources: Sequence[Source], stretches: Sequence[Stretch]) -> int:
    """Say how many processes read beside this one, which writes; 0: this one does both.

    Args:
        asked: how many are wanted; None is as many as are of use.
        sources: the logs.
        stretches: the work, which is not shared further.
    """
    if any(source.size is None for source in sources):
        # Standard input and other pipes belong to this process, whatever others find under their names.
        return 0
    small = sum(source.size or 0 for source in sources) <= _ALONE
    if small and (asked is None or asked == 1):
        return 0
    return min(min(_cores(), _MOST) if asked is None else asked, len(stretches))


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@attrs.frozen(kw_only=True)
class Shares:
    """The stretches of a run, with the pieces that an earlier run has left.

    Attributes:
        stretches: all of them, in order.
        reader: how they are read.
        pieces: where pieces are left.
        crew: how many processes read; 0: this one does.
    """

    stretches: Sequence[Stretch]
    reader: Reader
    pieces: Pieces
    crew: int

    @contextmanager
    def begun(self) -> Generator[Iterator[tuple[Piece, int]]]:
        """Begin to read, and go on as long as the context lasts.

        Processes start here, before this one has other threads than its first.

        Yields:
            All pieces in order, those that were there and those that are made now. Each comes with what is to be added
            to its numbers of lines: those of its stretch begin with 1.
        """
        known = [self.pieces.known(place) for place in range(len(self.stretches))]
        self.pieces.sweep(chain.from_iterable(known))
        work = [self._work(place, pieces) for place, pieces in enumerate(known) if not (pieces and pieces[-1].last)]
        with ExitStack() as stack:
            if self.crew:
                first = list(self._first(work)) if is_safe() else []
                crew = stack.enter_context(Crew(min(self.crew, len(work)), work, self.reader, self.pieces))
                new = chain(first, crew.pieces())
            else:
                new = chain.from_iterable(each.pieces(self.reader, self.pieces) for each in work)
            yield self._joined(known, new)

    def _work(self, place: int, known: Sequence[Piece]) -> Work:
        offset = known[-1].offset if known else None
        lines = sum(piece.tally.lines for piece in known)
        return Work(stretch=self.stretches[place], place=place, number=len(known), offset=offset, lines=lines)

    def _first(self, work: list[Work]) -> Iterator[Piece]:
        """Read the first lines, and take them from the work: copies of this process have learned from them."""
        left = _LESSON
        while left > 0 and work and work[0].stretch.source.holds != DOCUMENT:
            piece = next(work[0].pieces(self.reader, attrs.evolve(self.pieces, size=left)))
            left -= piece.taken
            work[:1] = [] if piece.last else [work[0].after(piece)]
            yield piece

    def _joined(self, known: Sequence[Sequence[Piece]], new: Iterator[Piece]) -> Iterator[tuple[Piece, int]]:
        before = 0
        for stretch, pieces in zip(self.stretches, known, strict=True):
            before = before if stretch.start else 0
            lines = 0
            for piece in _until_last(pieces, new):
                yield piece, before
                lines += piece.tally.lines
            before += lines


def _until_last(known: Sequence[Piece], new: Iterator[Piece]) -> Iterator[Piece]:
    """Give the pieces of one stretch: those that are known, then new ones up to the last."""
    for piece in chain(known, new):
        yield piece
        if piece.last:
            return
