"""Record batches of lines as record batches of jobs: one pure function, for whoever has lines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jobmodels.tables._arrays import Tables
from jobmodels.tables._fast import reader
from jobmodels.tables._options import Options
from jobmodels.tables._typed import Typed, typed_of

if TYPE_CHECKING:
    import pyarrow as pa


def normalize_batch(lines: pa.RecordBatch, options: Options) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Read a batch of lines as a batch of jobs; pure, so that it runs wherever batches are.

    Args:
        lines: the columns of `LINE_SCHEMA`.
        options: how.

    Returns:
        The jobs and the dead letters, each in the order of the lines, each line in exactly one of them.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    tables = read_batch(lines, options)
    return tables.jobs, tables.dead


def read_batch(lines: pa.RecordBatch, options: Options) -> Tables:
    """Read a batch of lines as `normalize_batch` does, with the table of one endpoint where that is asked for.

    Raises:
        MissingExtra: pyarrow is not installed.
        NoSuchEndpoint: there is none with the key of that table.
    """
    return reader(options).read(lines)


@cache
def table_of(options: Options) -> Typed:
    """Give the table of the one endpoint that has its own.

    Raises:
        NoSuchEndpoint: there is none with this key.
    """
    return typed_of(options.endpoints[options.typed])
