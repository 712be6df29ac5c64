"""The lines of a log, one by one, with nothing but the standard library."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TypeAlias

from jobmodels.tables._cut import Cutter, Slab
from jobmodels.tables._documents import Element, elements
from jobmodels.tables._letters import read_letter
from jobmodels.tables._sources import DOCUMENT, LETTERS, Source
from jobmodels.tables._unpack import read_blocks

PlainLine: TypeAlias = tuple[str, bytes, str | None]
"""Where it stands, as LOG:LINE; the line; and why it is none, if so."""


def plain_lines(source: Source) -> Iterator[PlainLine]:
    """Give the lines of a log that are not blank, in order.

    Raises:
        OSError: it cannot be opened or read.
        InputRefused: it is not packed as its name says, or grows beyond what is allowed.
        MissingExtra: it is packed as zstd, and pyarrow is not installed.
    """
    if source.holds == DOCUMENT:
        numbered = _elements(source)
    elif source.packed is None:
        numbered = _lines(source)
    else:
        numbered = _unpacked(source)
    for number, line, refused in numbered:
        where = f"{source.name}:{number}"
        if source.holds != LETTERS or refused is not None:
            yield where, line, refused
        elif (letter := read_letter(line)) is None:
            yield where, line, "it is no dead letter"
        else:
            yield f"{letter[0]}:{letter[1]}", letter[-1], None


def _lines(source: Source) -> Iterator[tuple[int, bytes, str | None]]:
    """Give lines as they come, also from a pipe that stays open."""
    stream = source.opened(buffered=True)
    try:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line, None
    finally:
        if source.path is not None:
            stream.close()


def _unpacked(source: Source) -> Iterator[tuple[int, bytes, str | None]]:
    number = 0
    for part in Cutter(read_blocks(source), longest=sys.maxsize).parts():
        if isinstance(part, Slab):
            lines = part.lines.split(b"\n")
            for number, line in enumerate(lines, number + 1):  # noqa: B020 - it goes on counting
                if line.strip():
                    yield number, line, None
            number -= not lines[-1]
        else:
            yield number + 1, b"", part.message


def _elements(source: Source) -> Iterator[tuple[int, bytes, str | None]]:
    for number, found in enumerate(elements(read_blocks(source), longest=sys.maxsize), 1):
        if isinstance(found, Element):
            yield number, found.data, None
        else:
            yield number, b"", found.message
