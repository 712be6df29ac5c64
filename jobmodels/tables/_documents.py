"""A file that holds one JSON document, or an array of which each element counts as a line.

Only strings and brackets are looked at here, to find where an element ends; whether it is JSON, its reader says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any, TypeAlias

import attrs

from jobmodels.tables._cut import BOM, DAMAGED, LONGEST, Long, Refused
from jobmodels.tables._unpack import Damaged

_NOT_JSON = "invalid-json"
_BLANKS = b" \t\r\n"
_ENDS = (b",", b"]")
_SCAN: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]
_LETTERS = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_TEXT = re.compile(_LETTERS, re.DOTALL)
_INSIDE = re.compile(rb'(?:[^"\[\]{}]++|"' + _LETTERS + rb'")*+', re.DOTALL)
_OUTSIDE = re.compile(rb'(?:[^"\[\]{},]++|"' + _LETTERS + rb'")*+', re.DOTALL)
_GAP = re.compile(rb"[ \t\r\n]*+")


@attrs.frozen
class Element:
    """One element of an array, or a whole document; `offset` is that of its first byte."""

    data: bytes = attrs.field(repr=False)
    offset: int


Found: TypeAlias = Element | Long | Refused


def elements(blocks: Iterator[bytes], longest: int = LONGEST) -> Iterator[Found]:
    """Find the elements of a file, in order.

    Args:
        blocks: the bytes of the file, none of them empty.
        longest: bytes of the longest element that is held.
    """
    return _Scanner(blocks, longest).elements()


class _Scanner:
    """A place in the bytes of a file."""

    def __init__(self, blocks: Iterator[bytes], longest: int) -> None:
        self._blocks = blocks
        self._longest = longest
        self._block = b""
        self._text: str | None = None
        self._at = 0
        self._base = 0
        self._open = False
        self._damage: str | None = None

    def elements(self) -> Iterator[Found]:
        """Give the whole document, or each element of the array that it is."""
        self._fill()
        if self._block.startswith(BOM):
            self._at = len(BOM)
        if self._ahead() == b"[":
            self._at += 1
            yield from self._array()
        elif self._ahead():
            yield from self._element(self._remaining())
        yield from self._damaged()

    def _array(self) -> Iterator[Found]:
        if self._ahead() != b"]":
            while (yield from self._next()) and self._ahead() == b",":
                self._at += 1
        if self._ahead() == b"]":
            self._at += 1
            if self._ahead():
                yield Long(self._offset, self._remaining(), _NOT_JSON, "it stands behind the end of the array")
        elif not self._open and self._damage is None:
            yield Refused(self._offset, _NOT_JSON, "the array does not end", b"")

    def _next(self) -> Generator[Found, None, bool]:
        """Give an element at once where it is well formed and ends in this block, as nearly all do."""
        end = self._plain_end() if self._ahead() else 0
        if not self._at < end <= self._at + self._longest:
            return (yield from self._element(self._pieces()))
        found = Element(self._block[self._at : end], self._offset)
        self._at = end
        yield found
        return True

    def _plain_end(self) -> int:
        """Find the end of a well-formed element by decoding it; 0 where it is none, or goes on behind the block."""
        if self._text is None:
            # Every byte is one letter, so places in the text are places in the block.
            self._text = self._block.decode("latin-1")
        with suppress(StopIteration, ValueError, RecursionError):
            _, end = _SCAN(self._text, self._at)
            behind = _GAP.match(self._block, end)
            if behind and self._block[behind.end() : behind.end() + 1] in _ENDS:
                return end
        return 0

    def _element(self, pieces: Iterator[bytes]) -> Generator[Found, None, bool]:
        """Give what stands between two commas; tell whether it does."""
        ended = not self._ahead()
        offset, size, held = self._offset, 0, list[bytes]()
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size > self._longest:
                yield Long(offset, chain(held, pieces))
                return True
        data = b"".join(held).rstrip(_BLANKS)
        if self._damage is not None:
            yield from self._damaged(offset, data)
        elif self._open:
            yield Refused(offset, _NOT_JSON, "the file ends within it", data)
        elif not ended:
            yield Element(data, offset)
            return True
        return False

    def _damaged(self, offset: int | None = None, data: bytes = b"") -> Iterator[Refused]:
        if self._damage is not None:
            yield Refused(self._offset if offset is None else offset, DAMAGED, self._damage, data)
            self._open, self._damage = True, None

    @property
    def _offset(self) -> int:
        return self._base + self._at

    def _fill(self) -> bool:
        """Take the next block, where this one is at its end; tell whether there is anything left."""
        if self._at < len(self._block):
            return True
        self._base += len(self._block)
        self._at, self._text = 0, None
        try:
            self._block = next(self._blocks, b"")
        except Damaged as error:
            self._block = b""
            self._damage = str(error)
        return bool(self._block)

    def _ahead(self) -> bytes:
        """Pass over blanks, and give the byte behind them without taking it; none at the end."""
        while self._fill():
            left = self._block[self._at : self._at + 1]
            if left not in _BLANKS:
                return left
            self._at = _GAP.match(self._block, self._at).end()  # type: ignore[union-attr]
        return b""

    def _remaining(self) -> Iterator[bytes]:
        while self._fill():
            piece = self._block[self._at :]
            self._at = len(self._block)
            yield piece

    def _pieces(self) -> Iterator[bytes]:
        """Give the bytes up to the comma or bracket that ends the element, as they come."""
        depth, quoted, escaped, ended = 0, False, False, False
        while not ended and self._fill():
            block, at = self._block, self._at
            while at < len(block) and not ended:
                if quoted:
                    at, quoted, escaped = _text_end(block, at, escaped)
                    continue
                found = (_INSIDE if depth else _OUTSIDE).match(block, at)
                at = found.end() if found else at
                mark = block[at : at + 1]
                if mark == b'"':
                    quoted = True
                elif mark and mark in b"[{":
                    depth += 1
                elif depth and mark:
                    depth -= 1
                elif mark in _ENDS:
                    ended = True
                    break
                at += 1
            piece, self._at = block[self._at : at], min(at, len(block))
            yield piece
        self._open = not ended and (quoted or depth > 0)


def _text_end(block: bytes, at: int, escaped: bool) -> tuple[int, bool, bool]:
    """Find the end of a text: where it is, whether the text goes on behind the block, whether it does in an escape."""
    at += escaped
    found = _TEXT.match(block, at)
    at = found.end() if found else at
    mark = block[at : at + 1]
    return at + 1, mark != b'"', mark == b"\\"
