"""The same tables on Spark: `df.mapInArrow(normalize, SCHEMA)`, with PySpark 4.

The frame has a column of lines, text or bytes, as `spark.read.text` gives it: `raw`, `value`, or the only one. Columns
`source`, `line` and `offset` beside it say where a line stands. Dictionaries are plain text here. A line that cannot be
read is a row whose `reject_code`, `reject_message` and `reject_raw` say so; these are null for all other rows.

The workers need `jobmodels[spark]` too. Set `spark.sql.session.timeZone` to `UTC`, and moments are shown as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from jobmodels.tables._columns import REJECT, arrow_schema, jobs_columns, spark_schema
from jobmodels.tables._frames import lines_of
from jobmodels.tables._need import need
from jobmodels.tables._options import KEEP, Options

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SCHEMA", "normalize", "normalizer", "schema"]


def schema(*, keep_raw: bool = False) -> str:
    """Give the columns in Spark's SQL, with the line itself where it is kept."""
    return spark_schema((*jobs_columns(keep_raw=keep_raw), *REJECT))


def normalizer(
    key: str | None = None,
    *,
    column: str | None = None,
    modules: Iterable[str] = (),
    on_finding: str = KEEP,
    keep_raw: bool = False,
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Make a function for `mapInArrow`; `normalize` is the one without options.

    Args:
        key: the endpoint of lines that do not name their own.
        column: the column of lines; None is `raw`, `value`, or the only one.
        modules: modules, dotted, whose endpoints join those that are installed; the workers need them too.
        on_finding: `keep` lines with findings, or `reject` those with one from severity `change` upward.
        keep_raw: whether each row holds its line, unredacted; the schema is then `schema(keep_raw=True)`.
    """
    told: dict[str, Any] = {"key": key, "modules": tuple(modules), "on_finding": on_finding, "keep_raw": keep_raw}

    # It is defined in here so that Spark sends it to its workers whole: one that lacks the package can then say so.
    def normalize(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Read batches of lines as batches of jobs and of what could not be read."""
        try:
            from jobmodels.tables.spark import read_batches
        except ImportError as error:
            raise ImportError(
                f"a worker of Spark cannot import jobmodels ({error}); mend it with: pip install 'jobmodels[spark]' "
                "in the Python of the workers, which PYSPARK_PYTHON names"
            ) from None
        yield from read_batches(batches, column, told)

    return normalize


def read_batches(
    batches: Iterable[pa.RecordBatch], column: str | None, told: dict[str, Any]
) -> Iterator[pa.RecordBatch]:
    """Read batches on a worker.

    Args:
        batches: what Spark gives.
        column: the column of lines.
        told: the fields of `Options`.
    """
    from jobmodels.tables._batches import normalize_batch

    arrow = need("pyarrow")
    options = Options(**told)
    columns = (*jobs_columns(keep_raw=options.keep_raw), *REJECT)
    wanted = arrow_schema(columns, dictionaries=False)
    for lines in lines_of(batches, column, numbered=False):
        for batch in normalize_batch(lines, options):
            if batch.num_rows:
                given = dict(zip(batch.schema.names, batch.columns, strict=True))
                arrays = [
                    given[field.name].cast(field.type) if field.name in given else arrow.nulls(len(batch), field.type)
                    for field in wanted
                ]
                yield arrow.RecordBatch.from_arrays(arrays, schema=wanted)


SCHEMA = schema()
"""The columns of what `normalize` gives, in Spark's SQL."""

normalize = normalizer()
"""Reads batches of lines; for `mapInArrow`."""
