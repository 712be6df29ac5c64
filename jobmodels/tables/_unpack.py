"""The bytes of a log, unpacked, in blocks: bounded in memory, and bounded in what a packed file may grow to."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any, BinaryIO

import attrs

from jobmodels.errors import InputRefused
from jobmodels.tables._compiled import native
from jobmodels.tables._need import need
from jobmodels.tables._sources import Source

BLOCK = 9 << 20
"""Bytes that are taken at once."""

RANGE, LONG_RANGE = 11 << 20, 24 << 20
"""Bytes of a plain log that are taken at once where others read what follows: more by the compiled part, which needs
less memory for them."""

RATIO = 250
"""How many times its size a packed log may grow to; logs grow ten to forty times."""

FREE = 64 << 20
"""Bytes up to which a packed log may grow, however small it is."""

_BEHIND = 1 << 16
"""Bytes that are read beyond those that are wanted at once: the last line of a range mostly ends in them."""

_SMALL_BLOCK = 1 << 18
_GZIP = 31
_CUT_OFF = "its packed data breaks off"


class Damaged(Exception):
    """A packed log that breaks off, or is broken from here on; what came before is sound."""


def range_size() -> int:
    """Say how many bytes of a plain log are taken at once where others read what follows."""
    return RANGE if native() is None else LONG_RANGE


@attrs.define
class Meter:
    """How far a log was read: `taken` counts its bytes as they lie on the disk, those of each range once."""

    taken: int = 0


def read_blocks(
    source: Source, start: int = 0, until: int | None = None, meter: Meter | None = None
) -> Iterator[bytes]:
    """Give the bytes of a log in blocks of little more than 9 MiB at most, of a range `range_size()`, none empty.

    Args:
        source: the log.
        start: where to begin, in bytes of what is given.
        until: where what is wanted ends, but for its last line; the reader of a plain file goes on in small blocks.
        meter: is told how far the log was read.

    Raises:
        OSError: it cannot be opened or read.
        Damaged: it is packed, and ends too early or in something else; all that is sound was given before.
        InputRefused: it is not packed as its name says, or grows beyond what is allowed.
        MissingExtra: it is packed as zstd, and pyarrow is not installed.
    """
    meter = meter or Meter()
    if source.packed is None:
        yield from _plain(source, start, until, meter)
        return
    unpacked = (_gzip if source.packed == "gzip" else _zstd)(source, meter)
    for block in _bounded(source, unpacked, meter):
        if start < len(block):
            yield block[start:] if start else block
        start = max(0, start - len(block))


def _plain(source: Source, start: int, until: int | None, meter: Meter) -> Iterator[bytes]:
    left, most = (sys.maxsize, BLOCK) if until is None else (until - start, range_size())
    with ExitStack() as stack:
        stream = _opened(source, stack, start)
        while block := stream.read(min(most, left) + _BEHIND if left > 0 else _SMALL_BLOCK):
            meter.taken += max(0, min(len(block), left))
            left -= len(block)
            given = [block]
            # Whoever takes it decides how long it is held.
            del block
            yield given.pop()


def _opened(source: Source, stack: ExitStack, start: int = 0) -> BinaryIO:
    """Open a log; standard input is not ours to close."""
    stream = source.opened(start)
    return stream if source.path is None else stack.enter_context(stream)


def _bounded(source: Source, blocks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    """Let blocks through while they are in proportion to what was read."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > FREE and total > RATIO * meter.taken:
            raise InputRefused(
                source.name, f"it unpacks to more than {RATIO} times its size; if it is meant to, unpack it into a pipe"
            )
        yield block


def _gzip(source: Source, meter: Meter) -> Iterator[bytes]:
    """Unpack the members of a gzip file, one behind the other; zeros behind a member are padding."""
    decoder = None
    begun = False
    with ExitStack() as stack:
        stream = _opened(source, stack)
        while packed := stream.read(_SMALL_BLOCK):
            meter.taken += len(packed)
            while packed:
                if decoder is None:
                    packed = packed.lstrip(b"\0") if begun else packed
                    if not packed:
                        break
                    decoder = zlib.decompressobj(_GZIP)
                before = decoder.copy()
                try:
                    block = decoder.decompress(packed, BLOCK)
                except zlib.error as error:
                    sound = _sound(before, packed)
                    if not begun and not sound:
                        raise InputRefused(source.name, f"it is not packed by gzip: {_said(error)}") from None
                    if sound:
                        yield sound
                    raise Damaged(f"its packed data is broken: {_said(error)}") from None
                packed = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
                begun = begun or bool(block) or decoder.eof
                if decoder.eof:
                    decoder = None
                if block:
                    yield block
    if decoder is not None:
        raise Damaged(_CUT_OFF)


def _sound(decoder: Any, packed: bytes) -> bytes:
    """Unpack byte by byte, to have all that stands before the break."""
    sound = bytearray()
    left = iter(packed)
    with suppress(zlib.error):
        while True:
            sound += decoder.decompress(bytes((next(left),)))
    return bytes(sound)


def _said(error: Exception) -> str:
    """Give the last words of a library's message: the reason."""
    return str(error).rpartition(": ")[2]


class _Counted:
    """A stream that counts what is read from it, as Arrow reads it."""

    closed = False

    def __init__(self, stream: BinaryIO, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self._meter.taken += len(block)
        return block

    def close(self) -> None:
        self.closed = True


def _zstd(source: Source, meter: Meter) -> Iterator[bytes]:
    """Unpack the frames of a zstd file, one behind the other."""
    given = 0
    try:
        for block in _frames(source, meter, 0, _SMALL_BLOCK):
            given += len(block)
            yield block
    except Damaged as error:
        # The reader drops what it had unpacked for the block in which it failed; byte by byte it drops nothing.
        if source.size is not None:
            with suppress(Damaged):
                for block in _frames(source, Meter(), given, 1):
                    given += len(block)
                    yield block
        if not given and _CUT_OFF not in str(error):
            raise InputRefused(source.name, f"it is not packed by zstd: {_said(error)}") from None
        raise


def _frames(source: Source, meter: Meter, start: int, size: int) -> Iterator[bytes]:
    arrow = need("pyarrow")
    with ExitStack() as stack:
        raw = arrow.PythonFile(_Counted(_opened(source, stack), meter), mode="r")
        try:
            stream = stack.enter_context(arrow.CompressedInputStream(raw, "zstd"))
            while start > 0 and (block := stream.read(min(start, _SMALL_BLOCK))):
                start -= len(block)
            while block := stream.read(size):
                yield block
        except OSError as error:
            if error.errno is not None:
                raise
            cut = "runcated" in str(error)
            raise Damaged(_CUT_OFF if cut else f"its packed data is broken: {_said(error)}") from None
