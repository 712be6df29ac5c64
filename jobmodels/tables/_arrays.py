"""Rows as record batches, and the three that a batch of lines gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._columns import WORD, Column, arrow_schema, arrow_type
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._rows import Dead, Row

if TYPE_CHECKING:
    import pyarrow as pa


@attrs.frozen(kw_only=True)
class Tables:
    """What a batch of lines gives, each in the order of the lines.

    Attributes:
        jobs: one row a job.
        dead: one row a line that could not be read; every line is in one of the two.
        typed: rows of the table of one endpoint; None where none was asked for.
        missed: how many answers, or items of one, are not, or not wholly, of the class of that endpoint.
    """

    jobs: pa.RecordBatch
    dead: pa.RecordBatch
    typed: pa.RecordBatch | None = None
    missed: int = 0


def letter(refused: Dead, raw: bytes | None) -> Row:
    """Give what a dead letter says besides its place."""
    return {"reject_code": refused.code, "reject_message": refused.message, "reject_raw": raw}


def batch_of(rows: Sequence[Row], columns: tuple[Column, ...], options: Options | None = None) -> pa.RecordBatch:
    """Make a record batch of rows; of a row that lacks a column that column is null."""
    arrow = need("pyarrow")
    arrays = [array_of([row.get(column.name) for row in rows], column, options) for column in columns]
    return arrow.RecordBatch.from_arrays(arrays, schema=arrow_schema(columns))


def array_of(values: Sequence[Any], column: Column, options: Options | None = None) -> pa.Array:
    """Make the array of a column; its dictionary, if it has one, is the same in all batches of the same options."""
    arrow = need("pyarrow")
    if column.type is not WORD:
        return arrow.array(values, arrow_type(column.type))
    if options is None:
        return arrow.array(values, arrow.string()).dictionary_encode()
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
