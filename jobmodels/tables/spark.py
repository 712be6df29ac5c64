"""The same tables on Spark: `df.mapInArrow(normalize, SCHEMA)`, with PySpark 4.

The frame has a column of lines, text or bytes, as `spark.read.text` gives it: `raw`, `value`, or the only one. Columns
`source`, `line` and `offset` beside it say where a line stands. Dictionaries are plain text here. A line that cannot be
read is a row whose `reject_code`, `reject_message` and `reject_raw` say so; these are null for all other rows.

The workers need `jobmodels[spark]` too. Set `spark.sql.session.timeZone` to `UTC`, and moments are shown as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from jobmodels.tables._columns import rows_columns, spark_schema
from jobmodels.tables._options import KEEP, Options

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SCHEMA", "normalize", "normalizer", "schema"]


def schema(*, keep_raw: bool = False) -> str:
    """Give the columns in Spark's SQL, with the line itself where it is kept."""
    return spark_schema(rows_columns(keep_raw=keep_raw))


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

    Raises:
        ImportError: one of the modules cannot be imported here; nor, then, by a worker.
        NoSuchEndpoint: the registry does not hold the key; it is looked for here, and not by each worker alone.
    """
    options = Options(key=key, modules=modules, on_finding=on_finding, keep_raw=keep_raw).checked()
    told: dict[str, Any] = {
        "key": key, "column": column, "modules": options.modules, "on_finding": on_finding, "keep_raw": keep_raw,
    }  # fmt: skip

    # It is defined in here so that Spark sends it to its workers whole: one that lacks the package can then say so.
    def normalize(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Read batches of lines as batches of jobs and of what could not be read."""
        try:
            from jobmodels.tables import normalize_rows
        except ImportError as error:
            raise ImportError(
                f"a worker of Spark cannot import jobmodels ({error}); mend it with: pip install 'jobmodels[spark]' "
                "in the Python of the workers, which PYSPARK_PYTHON names"
            ) from None
        yield from normalize_rows(batches, **told)

    return normalize


SCHEMA = schema()
"""The columns of what `normalize` gives, in Spark's SQL."""

normalize = normalizer()
"""Reads batches of lines; for `mapInArrow`."""
