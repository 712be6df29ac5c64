"""The lines of a batch, as the one piece of memory in which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from jobmodels.tables._compiled import Lines, Native, address
from jobmodels.tables._need import need
from jobmodels.tables._rules import WORD

if TYPE_CHECKING:
    import pyarrow as pa

_CONTROL = re.compile(rb"[\x00-\x1f]").search
_KEY = b'{"key":"'
_NAMED = re.compile(rb'"key"[ ]?:[ ]?"')
_STRETCH = 1 << 18
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


class Text:
    """The lines of a batch; positions are those of bytes in `data`.

    Attributes:
        raws: the lines.
        data: all bytes, with room for a word behind them.
        words: the bytes that begin at each position, as many as are compared at once.
        starts: where each line begins.
        ends: where it ends, without its line end.
        marks: how many quotation marks each line has.
        escapes: how many escapes it has.
        native: the compiled part, where it is used.
        lines: what it takes of all this.
    """

    def __init__(self, raws: pa.Array, native: Native | None = None) -> None:
        np = need("numpy")
        self.raws, self.native = raws, native
        _, offsets, data = raws.buffers()
        offsets = np.frombuffer(offsets, np.int32)[raws.offset : raws.offset + len(raws) + 1].astype(np.int64)
        begin, end = (int(offsets[0]), int(offsets[-1])) if len(raws) else (0, 0)
        # Behind the last line there is room for a word.
        given = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
        self.data = given[begin : end + WORD]
        if len(given) < end + WORD:
            self.data = np.concatenate((given[begin:end], np.zeros(WORD, np.uint8)))
        self.words = np.ndarray((end - begin + 1,), f"V{WORD}", self.data, strides=(1,))
        self.starts, self.ends = offsets[:-1] - begin, offsets[1:] - begin
        self.memory = memoryview(self.data)
        self._offsets = offsets - begin
        if native is None:
            self._controls = self._hashed = None
            self.marks = np.diff(self.first)
            self.escapes = np.diff(np.searchsorted(self._found(b"\\"), self._offsets))
        else:
            found = native.look(self.data, self.starts, self.ends, _KEY)
            self.marks, self.escapes, self._controls, self._hashed = found

    @cached_property
    def quotes(self) -> Any:
        """Where quotation marks are."""
        return self._found(b'"')

    @cached_property
    def first(self) -> Any:
        """For each line, and behind the last, how many quotation marks stand before it."""
        return need("numpy").searchsorted(self.quotes, self._offsets)

    @cached_property
    def lines(self) -> Lines:
        """What the compiled part takes of it."""
        told = (self.data, self.starts, self.ends, self.marks, self.escapes)
        return Lines(*map(address, told))

    def _found(self, sign: bytes) -> Any:
        """Give the positions of a byte, looked for in stretches that stay in the cache."""
        np = need("numpy")
        text = self.data[:-WORD]
        found = [
            np.flatnonzero(text[begin : begin + _STRETCH] == sign[0]).astype(np.int32) + np.int32(begin)
            for begin in range(0, len(text), _STRETCH)
        ]
        return np.concatenate(found) if found else np.zeros(0, np.int32)

    def line(self, place: int) -> bytes:
        """Give one line, without its end; of one that is null, nothing."""
        return bytes(self.memory[self.starts[place] : self.ends[place]])

    def odd(self) -> list[int]:
        """Give the lines that are null, no UTF-8, or have control characters before their end; cut off the ends."""
        odd = set(_no_text(self.raws, 0))
        for place in self._controlled():
            line = self.line(place)
            kept = line.rstrip(b"\r\n")
            self.ends[place] -= len(line) - len(kept)
            if _CONTROL(kept):
                odd.add(place)
        return sorted(odd)

    def _controlled(self) -> list[int]:
        """Give the lines that have control characters."""
        np = need("numpy")
        if self._controls is not None:
            found = np.flatnonzero(self._controls)
        elif self.data[:-WORD].min(initial=255) < ord(" "):
            controls = np.flatnonzero(self.data[:-WORD] < ord(" "))
            found = np.unique(np.searchsorted(self.starts, controls, side="right") - 1)
        else:
            return []
        told: list[int] = found.tolist()
        return told

    def groups(self, without: Mapping[int, object]) -> Iterator[tuple[int, Any]]:
        """Sort lines by a hash of their keys; give the positions of the lines of each."""
        np = need("numpy")
        hashes = self._hashes()
        order = order_of(hashes)
        ends = np.flatnonzero(np.diff(hashes[order])) + 1
        for places in np.split(order, ends) if len(order) else ():
            kept = places
            if without:
                kept = places[[place not in without for place in places.tolist()]]
            yield int(hashes[places[0]]), kept

    def _hashes(self) -> Any:
        np = need("numpy")
        if self._hashed is not None:
            hashes, others = self._hashed, np.flatnonzero(self._hashed == 0)
        else:
            hashes, others = np.zeros(len(self.starts), np.uint64), np.arange(len(self.starts))
        at = self.starts[others] + len(_KEY)
        usual = self._words(self.starts[others])[:, 0] == int.from_bytes(_KEY, "little")
        for number in np.flatnonzero(~usual).tolist():
            place = others[number]
            found = _NAMED.search(self.memory[self.starts[place] : self.ends[place]])
            at[number] = self.starts[place] + found.end() if found else len(self.words)
        known = np.flatnonzero(at + WORD < len(self.words))
        words = np.concatenate((self._words(at[known]), self._words(at[known] + WORD)), axis=1)
        hashes[others[known]] = (words[:, : len(_FACTORS)] * np.array(_FACTORS, np.uint64)).sum(axis=1)
        # Groups of different keys that happen to be one cost some time, and nothing else.
        return hashes >> np.uint64(48)

    def _words(self, at: Any) -> Any:
        """Give what stands in some positions, as numbers of eight bytes each."""
        return self.words[at].view("<u8").reshape(len(at), WORD // 8)

    def are(self, begins: Any, ends: Any, told: bytes) -> bool:
        """Tell whether all of some stretches are a text."""
        np, size = need("numpy"), len(told)
        if not (ends - begins == size).all():
            return False
        if not size:
            return True
        windows = np.ndarray((len(self.data) - size + 1,), f"V{size}", self.data, strides=(1,))
        return bool(windows[begins].tobytes() == told * len(begins))

    def values(self, begins: Any, ends: Any, order: Any = None) -> pa.Array:
        """Give stretches of the text, none of which begins before the one before it ends, as bytes.

        Args:
            begins: where they begin.
            ends: where they end.
            order: which of them are given; None is all.
        """
        arrow, np = need("pyarrow"), need("numpy")
        if not len(begins):
            return arrow.array([], arrow.binary())
        if self.native is not None:
            held = self.native.taken(self.data, *((begins, ends) if order is None else (begins[order], ends[order])))
            return arrow.Array.from_buffers(arrow.binary(), len(held[0]) - 1, [None, *map(arrow.py_buffer, held)])
        offsets = np.empty(2 * len(begins), np.int32)
        offsets[::2], offsets[1::2] = begins, ends
        buffers = [None, arrow.py_buffer(offsets), arrow.py_buffer(self.data)]
        whole = arrow.Array.from_buffers(arrow.binary(), len(offsets) - 1, buffers)
        return whole.take(_evens(len(begins)) if order is None else arrow.array(2 * order))


def order_of(numbers: Any) -> Any:
    """Give the order in which numbers grow; small ones are sorted in a tenth of the time."""
    np = need("numpy")
    small = len(numbers) and numbers.max() < 1 << 16
    return np.argsort(numbers.astype(np.uint16) if small else numbers, kind="stable")


def _evens(many: int) -> pa.Array:
    """Give the first even numbers."""
    size = 1 << max(many, 1 << 16).bit_length()
    return _even(size).slice(0, many)


@lru_cache(maxsize=2)
def _even(many: int) -> pa.Array:
    return need("pyarrow").array(need("numpy").arange(0, 2 * many, 2))


def _no_text(raws: pa.Array, begin: int) -> Iterator[int]:
    """Give the lines that are null or no UTF-8, looked for in halves; the first has a number."""
    if _is_text(raws):
        return
    if len(raws) == 1:
        yield begin
        return
    half = len(raws) // 2
    yield from _no_text(raws.slice(0, half), begin)
    yield from _no_text(raws.slice(half), begin + half)


def _is_text(raws: pa.Array) -> bool:
    """Tell whether all lines are UTF-8."""
    arrow = need("pyarrow")
    try:
        raws.cast(arrow.string())
    except arrow.ArrowInvalid:
        return False
    return not raws.null_count
