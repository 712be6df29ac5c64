"""Parts of a log as record batches of lines, numbered and with their offsets."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._columns import DEAD, LINES, Column, arrow_schema
from jobmodels.tables._cut import TOO_LONG, Long, Slab
from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 1 << 16
_BLANK = [b"", b" ", b"\t", b"\r", b"\v", b"\f"]
_ALL_BLANK = r"^[ \t\r\v\f]*$"


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
    arrow, compute = need("pyarrow"), need("pyarrow.compute")
    schema = arrow_schema(LINES)
    texts = compute.list_flatten(compute.split_pattern(_as_array(slab), pattern=b"\n"))
    if slab.data[slab.size - 1 : slab.size] == b"\n":
        texts = texts.slice(0, len(texts) - 1)
    returns = b"\r" in slab.data
    offset = slab.offset
    for begin in range(0, len(texts), _ROWS):
        part = texts.slice(begin, _ROWS)
        sizes = compute.add(compute.cast(compute.binary_length(part), "int64"), 1)
        ends = compute.cumulative_sum(sizes, start=offset)
        raw = _without_returns(part) if returns else part
        names = arrow.repeat(arrow.scalar(source, schema.field("source").type), len(part))
        numbers = _counted(first + begin, len(part))
        lines = arrow.RecordBatch.from_arrays([names, numbers, compute.subtract(ends, sizes), raw], schema=schema)
        offset = ends[-1].as_py()
        yield _sifted(lines, longest)


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


def _as_array(slab: Slab) -> pa.Array:
    """Give an array of which the lines together are the only value, without a copy."""
    arrow = need("pyarrow")
    buffers = [None, arrow.py_buffer(struct.pack("=ii", 0, slab.size)), arrow.py_buffer(slab.data)]
    return arrow.Array.from_buffers(arrow.binary(), 1, buffers)


def _counted(first: int, size: int) -> pa.Array:
    arrow, compute = need("pyarrow"), need("pyarrow.compute")
    return compute.cumulative_sum(arrow.repeat(arrow.scalar(1, arrow.int64()), size), start=first - 1)


def _without_returns(raw: pa.Array) -> pa.Array:
    arrow, compute = need("pyarrow"), need("pyarrow.compute")
    # Trimming looks at bytes alone, and is offered for text alone.
    return compute.ascii_rtrim(raw.view(arrow.string()), characters="\r").view(arrow.binary())


def _sifted(lines: pa.RecordBatch, longest: int) -> Numbered:
    """Part lines that are blank and lines that are too long from those that are to be read."""
    arrow, compute = need("pyarrow"), need("pyarrow.compute")
    count, blank = len(lines), 0
    raw = lines.column("raw")
    doubtful = compute.is_in(compute.binary_slice(raw, 0, 1), value_set=arrow.array(_BLANK, arrow.binary()))
    if doubtful.true_count:
        blanks = compute.match_substring_regex(raw, pattern=_ALL_BLANK)
        blank = blanks.true_count
        lines = lines.filter(compute.invert(blanks)) if blank else lines
    sizes = compute.binary_length(lines.column("raw"))
    if (compute.max(sizes).as_py() or 0) <= longest:
        return Numbered(lines, None, count, blank)
    held = compute.less_equal(sizes, longest)
    return Numbered(lines.filter(held), _too_long(lines.filter(compute.invert(held))), count, blank)


def _too_long(lines: pa.RecordBatch) -> pa.RecordBatch:
    said = Long(0, iter(()))
    places = zip(*(lines.column(name).to_pylist() for name in ("source", "line", "offset", "raw")), strict=True)
    return dead_batch([(*place, TOO_LONG, said.message, raw) for *place, raw in places])
