"""The compiled part of the fast path, where it was built: a library of functions over memory, `_native.c`.

All that it does is done with numpy where it was not built; both mean the same, and tests hold them together.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import attrs

from jobmodels.tables._need import need

SOURCES = tuple(sorted(Path(__file__).parent.glob("_native*.[ch]")))
"""What it is compiled from, by `hatch_build.py`."""

LIBRARIES = tuple(Path(__file__).with_name(f"_native{suffix}") for suffix in (".so", ".dll"))
"""Where it is, if it is anywhere."""

SWITCH = "JOBMODELS_COMPILE"
"""The variable of the environment by which it is not built, and not used, if it is `0`."""

_ADDRESS, _SIZE, _NUMBER = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32
_FUNCTIONS: dict[str, tuple[list[Any], Any]] = {
    "version": ([], ctypes.c_uint32),
    "value": ([_NUMBER, ctypes.c_char_p, _SIZE], _SIZE),
    "line_ends": ([ctypes.c_char_p, _SIZE], _SIZE),
    "part": ([ctypes.c_char_p, _SIZE, _ADDRESS, _ADDRESS, _ADDRESS], _SIZE),
    "look": ([*[_ADDRESS] * 3, _SIZE, ctypes.c_char_p, *[_ADDRESS] * 4], None),
    "suspect": ([_ADDRESS, _ADDRESS, _ADDRESS, _SIZE, _ADDRESS], None),
    "lay": ([_ADDRESS, _ADDRESS, _ADDRESS, _SIZE, _ADDRESS, _ADDRESS], _SIZE),
    "enter": ([ctypes.c_char_p, _ADDRESS, _SIZE, _SIZE, _ADDRESS, ctypes.c_uint64], None),
    "sizes": ([_ADDRESS, _ADDRESS, _SIZE, _ADDRESS], _SIZE),
    "gather": ([_ADDRESS, _ADDRESS, _SIZE, _ADDRESS, _ADDRESS], None),
    "cell_sizes": ([*[_ADDRESS] * 5, _SIZE, _ADDRESS, _ADDRESS], _SIZE),
    "cells": ([*[_ADDRESS] * 5, _SIZE, _ADDRESS, _ADDRESS], None),
}


class Lines(ctypes.Structure):
    """The lines of a batch, as the library takes them."""

    _fields_ = [(name, _ADDRESS) for name in ("data", "starts", "ends", "quotes", "escapes")]


class Table(ctypes.Structure):
    """Entries to be found, as the library takes them."""

    _fields_ = [("told", ctypes.c_char_p), ("edges", _ADDRESS), ("slots", _ADDRESS), ("mask", ctypes.c_uint64)]


class Form(ctypes.Structure):
    """A form, as the library takes it."""

    _fields_ = [
        ("steps", _ADDRESS),
        ("words", ctypes.c_char_p),
        *((name, _NUMBER) for name in ("quotes", "escapes", "item_quotes", "item_escapes")),
        *((name, _ADDRESS) for name in ("pairs", "ids", "adds")),
        *((name, _NUMBER) for name in ("paired", "named", "parts", "sums", "is_less")),
        *((name, _NUMBER) for name in ("decides", "deciding", "decision")),
        ("decisions", Table),
        ("names", Table),
    ]


@attrs.frozen
class Native:
    """The library."""

    library: Any = attrs.field(repr=False)

    def value(self, kind: int, text: bytes) -> int:
        """Say how many bytes a value of a kind takes from the begin of a text; -1 where there is none."""
        size: int = self.library.value(kind, text, len(text))
        return size

    def part(self, data: bytes, size: int) -> tuple[Any, Any, Any]:
        """Part bytes at their line ends: where each line begins, how long it is, and all of them without line ends."""
        np = need("numpy")
        most = self.library.line_ends(data, size) + 1
        starts, lengths = np.empty(most, np.int64), np.empty(most, np.int64)
        text = np.empty(size, np.uint8)
        many = self.library.part(data, size, *map(address, (starts, lengths, text)))
        return starts[:many], lengths[:many], text

    def look(self, data: Any, starts: Any, ends: Any, prefix: bytes) -> tuple[Any, Any, Any, Any]:
        """Look at lines.

        Args:
            data: what they stand in.
            starts: where each begins.
            ends: where each ends.
            prefix: eight bytes.

        Returns:
            How many quotation marks and escapes each has, whether it has control characters, and of those that begin
            with the prefix a hash of what follows; of others 0.
        """
        np, many = need("numpy"), len(starts)
        told = tuple(np.empty(many, kind) for kind in (np.int32, np.int32, bool, np.uint64))
        self.library.look(*map(address, (data, starts, ends)), many, prefix, *map(address, told))
        return told

    def suspect(self, data: Any, begins: Any, ends: Any) -> Any:
        """Say which stretches may show a credential."""
        np, many = need("numpy"), len(begins)
        begins, ends, found = *_numbers(begins, ends), np.empty(many, bool)
        self.library.suspect(*map(address, (data, begins, ends)), many, address(found))
        return found

    def lay(self, lines: Lines, form: Form, places: Any, rows: int) -> tuple[Any, Any]:
        """Lay lines under a form; give those that are of it, and what is noted of each: a row a note."""
        np, many = need("numpy"), len(places)
        kept, noted = np.empty(many, np.int64), np.empty((rows, many), np.int32)
        found = self.library.lay(
            ctypes.addressof(lines), ctypes.addressof(form), address(places), many, address(kept), address(noted)
        )
        return kept[:found], noted[:, :found]

    def slots(self, told: bytes, edges: Any, many: int) -> Any:
        """Give slots in which so many entries are found; the number of slots is a power of two."""
        np = need("numpy")
        each = (len(edges) - 1) // max(many, 1)
        slots = np.full(1 << (2 * many + 1).bit_length(), -1, np.int32)
        self.library.enter(told, address(edges), many, each, address(slots), len(slots) - 1)
        return slots

    def taken(self, data: Any, begins: Any, ends: Any) -> tuple[Any, Any]:
        """Put stretches one behind the other; give where each begins, and the bytes."""
        np, many = need("numpy"), len(begins)
        begins, ends = _numbers(begins, ends)
        offsets = np.empty(many + 1, np.int32)
        held = np.empty(self.library.sizes(address(begins), address(ends), many, address(offsets)), np.uint8)
        self.library.gather(address(data), address(begins), many, address(offsets), address(held))
        return offsets, held

    def cells(self, data: Any, begins: Any, ends: Any, column: Any, chosen: Any) -> tuple[Any, Any, Any]:
        """Put cells one behind the other.

        Args:
            data: what stretches stand in.
            begins: where the stretch of each cell begins; -1 where it is an entry of the column.
            ends: where it ends.
            column: an array of text.
            chosen: the entry of each cell.

        Returns:
            Which cells are not null, where each begins, and the bytes.
        """
        np, many = need("numpy"), len(begins)
        held, entries, text = (0 if buffer is None else buffer.address for buffer in column.buffers())
        offsets, valid = np.empty(many + 1, np.int32), np.empty(many, bool)
        told = (*map(address, (begins, ends, chosen)), entries, held)
        out = np.empty(self.library.cell_sizes(*told, many, address(offsets), address(valid)), np.uint8)
        told = (*map(address, (data, begins, chosen)), text, entries)
        self.library.cells(*told, many, address(offsets), address(out))
        return valid, offsets, out


def _numbers(*arrays: Any) -> list[Any]:
    """Give numbers as the library takes places."""
    np = need("numpy")
    return [np.ascontiguousarray(array, np.int32) for array in arrays]


def address(array: Any) -> int:
    """Give where an array begins in memory, by the library that is quickest to say so."""
    begin: int = _buffer()(array).address
    return begin


@cache
def _buffer() -> Any:
    return need("pyarrow").py_buffer


def checksum() -> int:
    """Give the number that a library of this source gives as its version."""
    return crc32(b"".join(source.read_bytes() for source in SOURCES))


@cache
def native() -> Native | None:
    """Give the library; None where there is none that can be loaded, or one of another source, or none is wanted."""
    for place in () if os.environ.get(SWITCH) == "0" else LIBRARIES:
        # It may be missing, of another machine, or of a time when it had other functions.
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(str(place))
            for name, (given, found) in _FUNCTIONS.items():
                function = getattr(library, name)
                function.argtypes, function.restype = given, found
            if library.version() == checksum():
                return Native(library)
    return None


def is_compiled() -> bool:
    """Tell whether lines are read by the compiled part, which is built where there is a C compiler.

    Without it they are read with numpy: the same rows, in about twice the time.
    """
    return native() is not None
