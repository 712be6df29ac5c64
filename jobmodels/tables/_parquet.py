"""How the columns of a Parquet file are encoded: what costs time or space and serves no reader is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jobmodels.tables._columns import RAW
from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa

_UNLIKE = frozenset(
    {
        "job_id",
        "message",
        "submitted_at",
        "started_at",
        "finished_at",
        "duration_seconds",
        "result_json",
        "extra_json",
        RAW.name,
    }
)
"""Columns in which hardly a value comes twice, so that a dictionary would be made in vain."""

_CLIMBING = frozenset({"received_at", "line", "offset"})
"""Columns of numbers that grow from row to row: the differences are short."""

_UNSOUGHT = frozenset({"message", "error_message", "result_json", "extra_json", RAW.name})
"""Columns that nobody asks for a range of; nobody can ask the members of lists for one."""

_VALUES_AT_ONCE = 1 << 14


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """Give the options of a Parquet writer for a table.

    Args:
        schema: the columns, by whose names and types it is decided.
    """
    types = need("pyarrow").types
    climbing = {
        field.name: "DELTA_BINARY_PACKED"
        for field in schema
        if field.name in _CLIMBING and (types.is_int64(field.type) or types.is_timestamp(field.type))
    }
    nested = {field.name for field in schema if types.is_nested(field.type)}
    return {
        "compression": "zstd",
        "write_batch_size": _VALUES_AT_ONCE,
        "column_encoding": climbing,
        "use_dictionary": [
            path for field in schema if field.name not in _UNLIKE | climbing.keys() for path in _leaves(field)
        ],
        "write_statistics": [name for name in schema.names if name not in _UNSOUGHT | nested],
    }


def _leaves(field: pa.Field, path: str = "") -> Iterator[str]:
    """Give the paths of the columns that Parquet makes of one."""
    types, path = need("pyarrow").types, path + field.name
    if types.is_struct(field.type):
        for member in field.type:
            yield from _leaves(member, f"{path}.")
    elif types.is_list(field.type):
        yield from _leaves(field.type.value_field.with_name("element"), f"{path}.list.")
    else:
        yield path
