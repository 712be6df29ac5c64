"""The lines of a batch, as the one piece of memory in which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

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
        quotes: where quotation marks are.
        first: for each line, and behind the last, how many quotation marks stand before it.
        escapes: how many escapes each line has.
    """

    def __init__(self, raws: pa.Array) -> None:
        np = need("numpy")
        self.raws = raws
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
        self.quotes = self._found(b'"')
        self.first = np.searchsorted(self.quotes, offsets - begin)
        self.escapes = np.diff(np.searchsorted(self._found(b"\\"), offsets - begin))

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
        np = need("numpy")
        odd = set(_no_text(self.raws, 0))
        if self.data[:-WORD].min(initial=255) < ord(" "):
            controls = np.flatnonzero(self.data[:-WORD] < ord(" "))
            for place in np.unique(np.searchsorted(self.starts, controls, side="right") - 1).tolist():
                line = self.line(place)
                kept = line.rstrip(b"\r\n")
                self.ends[place] -= len(line) - len(kept)
                if _CONTROL(kept):
                    odd.add(place)
        return sorted(odd)

    def groups(self, without: Mapping[int, object]) -> Iterator[tuple[int, Any]]:
        """Sort lines by a hash of their keys; give the positions of the lines of each."""
        np = need("numpy")
        hashes = self._hashes()
        order = np.argsort(hashes, kind="stable")
        ends = np.flatnonzero(np.diff(hashes[order])) + 1
        for places in np.split(order, ends) if len(order) else ():
            kept = places
            if without:
                kept = places[[place not in without for place in places.tolist()]]
            yield int(hashes[places[0]]), kept

    def _hashes(self) -> Any:
        np = need("numpy")
        at = self.starts + len(_KEY)
        usual = self._words(self.starts)[:, 0] == int.from_bytes(_KEY, "little")
        for place in np.flatnonzero(~usual).tolist():
            found = _NAMED.search(self.memory[self.starts[place] : self.ends[place]])
            at[place] = self.starts[place] + found.end() if found else len(self.words)
        hashes = np.zeros(len(at), np.uint64)
        known = np.flatnonzero(at + WORD < len(self.words))
        words = np.concatenate((self._words(at[known]), self._words(at[known] + WORD)), axis=1)
        hashes[known] = (words[:, : len(_FACTORS)] * np.array(_FACTORS, np.uint64)).sum(axis=1)
        return hashes

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
        offsets = np.empty(2 * len(begins), np.int32)
        offsets[::2], offsets[1::2] = begins, ends
        buffers = [None, arrow.py_buffer(offsets), arrow.py_buffer(self.data)]
        whole = arrow.Array.from_buffers(arrow.binary(), len(offsets) - 1, buffers)
        return whole.take(_evens(len(begins)) if order is None else arrow.array(2 * order))


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
