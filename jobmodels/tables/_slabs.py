"""Parts of a log as record batches of lines, numbered and with their offsets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._columns import DEAD, LINES, Column, arrow_schema
from jobmodels.tables._compiled import native
from jobmodels.tables._cut import TOO_LONG, Long, Slab
from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 1 << 16
_BLANK = b" \t\r\v\f"
_LINE_END, _RETURN, _SPACE = b"\n\r "


@attrs.frozen
class Numbered:
    """Lines of a log.

    Attributes:
        lines: those to be read.
        dead: dead letters among them, that are not read; None for none.
        count: how many line numbers they take, blank lines included.
        blank: how many lines are blank, and passed over.
    """

    lines: pa.RecordBatch
    dead: pa.RecordBatch | None
    count: int
    blank: int


def numbered(slab: Slab, source: str, first: int, longest: int) -> Iterator[Numbered]:
    """Give the lines of a slab, in batches of 65,536 rows at most.

    Args:
        slab: whole lines.
        source: the name of the log.
        first: the number of the first line.
        longest: bytes of the longest line that is read.
    """
    np = need("numpy")
    offset = slab.offset
    starts, sizes, text = _parted(slab.data, slab.size)
    # While lines are read, nobody holds the bytes that they came in.
    del slab
    places = np.flatnonzero(sizes)
    edges = np.concatenate(([0], np.cumsum(sizes[places]))).astype(np.int32)
    for begin in range(0, len(starts), _ROWS):
        count = min(_ROWS, len(starts) - begin)
        low, high = np.searchsorted(places, (begin, begin + count)).tolist()
        these = places[low:high]
        lines = _lines(source, first + these, offset + starts[these], _texts(edges[low : high + 1], text))
        yield _sifted(lines, sizes[these] <= longest, count)


def lines_batch(rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Make a batch of lines; a row has source, line, offset and raw."""
    return _batch(rows, LINES)


def dead_batch(rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Make a batch of dead letters; a row has source, line, offset, code, message and raw."""
    return _batch(rows, DEAD)


def _batch(rows: Sequence[Sequence[Any]], columns: tuple[Column, ...]) -> pa.RecordBatch:
    arrow = need("pyarrow")
    schema = arrow_schema(columns)
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [arrow.array(column, field.type) for column, field in zip(values, schema, strict=True)]
    return arrow.RecordBatch.from_arrays(arrays, schema=schema)


def _parted(data: bytes, size: int) -> tuple[Any, Any, Any]:
    """Part bytes at their line ends: where each line begins, how long it is, nothing if it is blank, and all of them.

    Args:
        data: whole lines.
        size: how many of the bytes.
    """
    np, compiled = need("numpy"), native()
    text = np.frombuffer(data, np.uint8, size)
    if compiled is not None:
        starts, sizes, joined = compiled.part(data, size)
        ends = starts + sizes
    else:
        ends = np.flatnonzero(text == _LINE_END)
        if size and text[-1] != _LINE_END:
            ends = np.append(ends, size)
        starts = np.concatenate(([0], ends + 1))[:-1]
        sizes, joined = ends - starts, None
    # Lines that end in returns, or are blank but not empty, are few, or are those of a log with other line ends.
    odd = (text[ends - 1] == _RETURN) | (text[starts] <= _SPACE)
    if not (odd & (sizes > 0)).any():
        return starts, sizes, data.replace(b"\n", b"") if joined is None else joined
    lines = [line.rstrip(b"\r") if line.strip(_BLANK) else b"" for line in data[:size].split(b"\n")[: len(ends)]]
    return starts, np.fromiter(map(len, lines), np.int64, len(lines)), b"".join(lines)


def _texts(edges: Any, text: Any) -> pa.Array:
    """Give an array of lines that stand one behind the other, without a copy."""
    arrow = need("pyarrow")
    buffers = [None, arrow.py_buffer(edges), arrow.py_buffer(text)]
    return arrow.Array.from_buffers(arrow.binary(), len(edges) - 1, buffers, 0)


def _lines(source: str, numbers: Any, offsets: Any, raw: pa.Array) -> pa.RecordBatch:
    arrow = need("pyarrow")
    schema = arrow_schema(LINES)
    names = arrow.repeat(arrow.scalar(source, schema.field("source").type), len(raw))
    return arrow.RecordBatch.from_arrays([names, arrow.array(numbers), arrow.array(offsets), raw], schema=schema)


def _sifted(lines: pa.RecordBatch, held: Any, count: int) -> Numbered:
    """Part lines that are too long from those that are to be read."""
    arrow = need("pyarrow")
    blank = count - len(lines)
    if held.all():
        return Numbered(lines, None, count, blank)
    return Numbered(lines.filter(arrow.array(held)), _too_long(lines.filter(arrow.array(~held))), count, blank)


def _too_long(lines: pa.RecordBatch) -> pa.RecordBatch:
    said = Long(0, iter(()))
    places = zip(*(lines.column(name).to_pylist() for name in ("source", "line", "offset", "raw")), strict=True)
    return dead_batch([(*place, TOO_LONG, said.message, raw) for *place, raw in places])
