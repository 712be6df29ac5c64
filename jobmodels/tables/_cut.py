"""Blocks of bytes cut at line ends: whole lines, lines too long to be held, and what a damaged log leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import attrs

from jobmodels.tables._unpack import BLOCK, Damaged

LONGEST = 16 << 20
"""Bytes of the longest line that is read."""

BOM = b"\xef\xbb\xbf"
DAMAGED, TOO_LONG = "damaged-file", "too-long"
"""Codes of dead letters that no reader of lines gives."""


@attrs.frozen
class Slab:
    """Whole lines as they lie in the log, line ends included: the first `size` bytes of `data`.

    `offset` is that of the first line. What stands behind is of no concern, and is not copied to be rid of it.
    """

    data: bytes = attrs.field(repr=False)
    offset: int
    size: int

    @property
    def lines(self) -> bytes:
        """The lines alone."""
        return self.data[: self.size]


@attrs.frozen
class Long:
    """What is too long to be held, a dead letter too; its pieces must be taken before the next part is asked for."""

    offset: int
    pieces: Iterator[bytes] = attrs.field(repr=False)
    code: str = TOO_LONG
    message: str = "it is longer than a line may be; --longest-line says how long"


@attrs.frozen
class Refused:
    """A line, or the rest of a log, that is a dead letter before anything is read from it.

    `code` is the stable code of the reason.
    """

    offset: int
    code: str
    message: str
    raw: bytes = attrs.field(repr=False)


Part: TypeAlias = Slab | Long | Refused


def line_behind(blocks: Iterable[bytes], offset: int, until: int | None) -> int:
    """Say where the first line begins behind another one.

    Args:
        blocks: bytes, of which no more are taken than it needs.
        offset: where they begin in the log.
        until: lines that begin here or later are not looked for; None: all are.
    """
    for block in blocks:
        at = block.find(b"\n") + 1
        offset += at or len(block)
        if at or (until is not None and offset >= until):
            break
    return offset


class Cutter:
    """Blocks of bytes, cut at line ends.

    Args:
        blocks: the bytes, none of them empty.
        offset: where they begin in the log.
        until: lines that begin here or later are not ours; None: all are.
        longest: bytes of the longest line that is held.

    Attributes:
        offset: the place behind all parts that were given.
    """

    def __init__(
        self, blocks: Iterator[bytes], offset: int = 0, until: int | None = None, longest: int = LONGEST
    ) -> None:
        self._blocks = blocks
        self.offset = offset
        self._until = until
        # The line end may be two bytes, of which only the last has not been seen.
        self._longest = longest + 1
        self._rest = b""
        self._searched = 0
        self._ended = False
        self._damage: str | None = None

    def parts(self) -> Iterator[Part]:
        """Give the parts in order."""
        while not self._is_over():
            data = self._taken()
            at = self._end_of_lines(data)
            if at:
                self._keep(data[at:])
                slab = [self._slab(data, at)]
                # Whoever takes it decides how long it is held.
                del data
                yield slab.pop()
            elif len(data) > self._longest and self._damage is None:
                yield Long(self.offset, self._pieces(data))
            elif not self._ended:
                self._keep(data)
            else:
                if self._damage is not None:
                    yield Refused(self.offset, DAMAGED, self._damage, data)
                elif data:
                    yield self._slab(data, len(data))
                return

    def _is_over(self) -> bool:
        return self._reaches(0)

    def _slab(self, data: bytes, size: int) -> Slab:
        self.offset += size
        return Slab(data, self.offset - size, size)

    def _keep(self, rest: bytes) -> None:
        self._rest = rest
        self._searched = len(rest)

    def _taken(self) -> bytes:
        """Take bytes until there is a block of them, or enough, or no more come."""
        # One block alone is not copied.
        taken = [self._rest] if self._rest else []
        fresh = len(self._rest) - self._searched
        while fresh < BLOCK and not (fresh and self._reaches(self._searched + fresh)):
            block = self._next()
            if not block:
                break
            taken.append(block)
            fresh += len(block)
        data = b"".join(taken)
        if self.offset == 0 and data.startswith(BOM):
            self.offset = len(BOM)
            return data[len(BOM) :]
        return data

    def _reaches(self, size: int) -> bool:
        return self._until is not None and self.offset + size >= self._until

    def _next(self) -> bytes:
        try:
            block = next(self._blocks, b"")
        except Damaged as error:
            self._damage = str(error)
            block = b""
        self._ended = not block
        return block

    def _end_of_lines(self, data: bytes) -> int:
        """Find the end of the last whole line that is ours; 0 where there is none."""
        if self._until is not None:
            ours = self._until - 1 - self.offset
            at = data.find(b"\n", max(ours, self._searched)) + 1
            if at:
                return at
        return data.rfind(b"\n", self._searched) + 1

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """Give a line piece by piece, up to its end; carriage returns wait, since they may belong to that."""
        returns = b""
        at = 0
        while data and not at:
            at = data.find(b"\n") + 1
            piece = returns + (data[: at - 1] if at else data)
            self.offset += at or len(data)
            self._rest, self._searched = data[at:] if at else b"", 0
            kept = piece.rstrip(b"\r")
            returns = piece[len(kept) :]
            if kept:
                yield kept
            if not at:
                data = self._next()
