"""Lines, from whatever holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from jobmodels.errors import NoSuchColumn
from jobmodels.tables._columns import LINES, PLACE, RAW, arrow_schema
from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa

NAMES = (RAW.name, "value")
"""How columns of lines are called: by us, and by Spark."""

_MOST_ROWS, _MOST_BYTES = 1 << 16, 1 << 26
_STREAM = "__arrow_c_stream__"


def batches_of(reader: Any) -> Iterator[pa.RecordBatch]:
    """Give the record batches of whatever has some."""
    return iter(need("pyarrow").RecordBatchReader.from_stream(reader) if hasattr(reader, _STREAM) else reader)


def lines_of(
    batches: Iterable[pa.RecordBatch], column: str | None = None, source: str | None = None, *, numbered: bool = True
) -> Iterator[pa.RecordBatch]:
    """Give batches with the columns of lines, none of them larger than is good for memory.

    Args:
        batches: record batches with a column of lines.
        column: its name; None is `raw`, `value`, or the only one.
        source: where the lines come from, if no column says it.
        numbered: whether lines are numbered from 1, if no column has their numbers.

    Raises:
        NoSuchColumn: a batch has no column of lines, or one that is neither text nor bytes.
        TypeError: what is read are no record batches.
    """
    arrow = need("pyarrow")
    schema = arrow_schema(LINES)
    wide = schema.set(schema.get_field_index(RAW.name), arrow.field(RAW.name, arrow.large_binary()))
    number = 1
    for batch in batches:
        if not isinstance(batch, arrow.RecordBatch):
            raise TypeError(f"expected record batches, got {type(batch).__name__}; see pyarrow.record_batch")
        name = _column(batch.schema.names, column)
        count = batch.num_rows
        given = {
            "source": arrow.repeat(arrow.scalar(source, arrow.string()), count),
            "line": arrow.array(range(number, number + count)) if numbered else arrow.nulls(count),
            "offset": arrow.nulls(count),
            **{place.name: batch.column(place.name) for place in PLACE if place.name in {*batch.schema.names} - {name}},
            RAW.name: _bytes(name, batch.column(name)),
        }
        number += count
        arrays = [_plain(given[field.name]).cast(field.type) for field in wide]
        for part in _portions(arrow.RecordBatch.from_arrays(arrays, schema=wide)):
            yield part.cast(schema)


def _column(names: Sequence[str], asked: str | None) -> str:
    wanted = NAMES if asked is None else (asked,)
    found = [name for name in wanted if name in names] or (list(names) if asked is None and len(names) == 1 else [])
    if not found:
        raise NoSuchColumn(wanted, tuple(names))
    return found[0]


def _portions(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Halve a batch until its parts are small."""
    if batch.num_rows <= _MOST_ROWS and (batch.nbytes <= _MOST_BYTES or batch.num_rows < 2):
        yield batch
    else:
        middle = batch.num_rows // 2
        yield from _portions(batch.slice(0, middle))
        yield from _portions(batch.slice(middle))


def _bytes(name: str, array: pa.Array) -> pa.Array:
    """Take text as the bytes that it is."""
    arrow = need("pyarrow")
    array = _plain(array)
    try:
        return (array.cast(arrow.large_string()) if "string" in str(array.type) else array).cast(arrow.large_binary())
    except arrow.ArrowNotImplementedError:
        raise NoSuchColumn(("text or bytes",), (f"{name} of type {array.type}",)) from None


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if need("pyarrow").types.is_dictionary(array.type) else array
