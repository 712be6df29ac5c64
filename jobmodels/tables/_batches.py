"""Record batches of lines as record batches of jobs: one pure function, for whoever has lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from jobmodels.tables._columns import (
    DEAD,
    JOBS,
    PLACE,
    RAW,
    WORD,
    Column,
    arrow_schema,
    arrow_type,
    jobs_columns,
)
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._rows import Dead, Row, read_rows

if TYPE_CHECKING:
    import pyarrow as pa

_WORDS = tuple(column.name for column in JOBS if column.type is WORD)


def normalize_batch(lines: pa.RecordBatch, options: Options) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Read lines.

    Args:
        lines: the columns `source`, `line`, `offset` and `raw`.
        options: how.

    Returns:
        The jobs and the dead letters, each in the order of the lines, each line in exactly one of them.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    places = [lines.column(column.name).to_pylist() for column in PLACE]
    rows: list[Row] = []
    dead: list[Row] = []
    for *place, raw in zip(*places, lines.column(RAW.name).to_pylist(), strict=True):
        told = dict(zip((column.name for column in PLACE), place, strict=True))
        read, refused = read_rows(raw, options)
        rows += [row | told | {RAW.name: raw} for row in read or ()]
        dead += [told | letter(refused, raw)] if refused else []
    return batch_of(rows, jobs_columns(keep_raw=options.keep_raw), options), batch_of(dead, DEAD, options)


def letter(refused: Dead, raw: bytes) -> Row:
    """Give what a dead letter says besides its place."""
    return {"reject_code": refused.code, "reject_message": refused.message, "reject_raw": raw}


def batch_of(rows: Sequence[Row], columns: tuple[Column, ...], options: Options) -> pa.RecordBatch:
    """Make a record batch of rows; of a row that lacks a column that column is null."""
    arrow = need("pyarrow")
    arrays = [array_of([row.get(column.name) for row in rows], column, options) for column in columns]
    return arrow.RecordBatch.from_arrays(arrays, schema=arrow_schema(columns))


def array_of(values: Sequence[Any], column: Column, options: Options) -> pa.Array:
    """Make the array of a column; the dictionary of a column is the same in all batches of the same options."""
    arrow = need("pyarrow")
    if column.type is not WORD:
        return arrow.array(values, arrow_type(column.type))
    places = places_of(column.name, options)
    indices = arrow.array([None if value is None else places[value] for value in values], arrow.int32())
    return arrow.DictionaryArray.from_arrays(indices, words_of(column.name, options))


@cache
def words_of(column: str, options: Options) -> pa.Array:
    """Give the dictionary of a column, `system`, `endpoint` or `method`: those of all endpoints, in order."""
    return need("pyarrow").array(list(places_of(column, options)), need("pyarrow").string())


@cache
def places_of(column: str, options: Options) -> Mapping[str, int]:
    """Give the index of each word in the dictionary of a column."""
    words = sorted({getattr(key, column) for key in options.endpoints})
    return {word: place for place, word in enumerate(words)}
