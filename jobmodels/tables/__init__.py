"""Logs of answers as tables: lines in, jobs out, with the same columns for Arrow, DuckDB, Polars, pandas and Spark.

`normalize_batches` reads record batches of lines, `normalize_batch` one of them, and `normalize_rows` gives jobs and
lines that could not be read in one table; `to_arrow` makes a table of jobs that were read otherwise. Their columns are
those of `JOB_SCHEMA`, whatever the lines hold; `typed_schema` has those of one endpoint. All of it needs pyarrow:
`pip install 'jobmodels[bulk]'`. `is_compiled` tells whether lines are read by the compiled part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobmodels.tables._batches import normalize_batch
from jobmodels.tables._columns import DEAD, JOBS, LINES, arrow_schema, rows_columns
from jobmodels.tables._compiled import is_compiled
from jobmodels.tables._frames import JobBatches, normalize_batches, normalize_rows, to_arrow, typed_schema
from jobmodels.tables._options import Options

if TYPE_CHECKING:
    import pyarrow as pa

    JOB_SCHEMA: pa.Schema
    """The columns of the table of jobs."""
    DEAD_SCHEMA: pa.Schema
    """The columns of dead letters."""
    LINE_SCHEMA: pa.Schema
    """The columns of a batch of lines."""
    ROW_SCHEMA: pa.Schema
    """The columns of jobs and dead letters in one table, text for dictionaries."""

__all__ = [
    "DEAD_SCHEMA",
    "JOB_SCHEMA",
    "LINE_SCHEMA",
    "ROW_SCHEMA",
    "JobBatches",
    "Options",
    "is_compiled",
    "normalize_batch",
    "normalize_batches",
    "normalize_rows",
    "to_arrow",
    "typed_schema",
]

_SCHEMAS = {"JOB_SCHEMA": JOBS, "DEAD_SCHEMA": DEAD, "LINE_SCHEMA": LINES, "ROW_SCHEMA": rows_columns()}


def __getattr__(name: str) -> Any:
    """Derive a schema when it is first asked for, which takes pyarrow."""
    if name not in _SCHEMAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    schema = globals()[name] = arrow_schema(_SCHEMAS[name], dictionaries=name != "ROW_SCHEMA")
    return schema


def __dir__() -> list[str]:
    """List the public names."""
    return sorted({*globals(), *_SCHEMAS})
