"""The face of tables: streams of lines as streams of jobs, and tables of jobs that were read otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from jobmodels._job import Job
from jobmodels.errors import AlreadyRead
from jobmodels.tables._arrays import batch_of
from jobmodels.tables._batches import normalize_batch
from jobmodels.tables._columns import DEAD, JOBS, arrow_schema, jobs_columns, rows_columns
from jobmodels.tables._exact import source_of
from jobmodels.tables._intake import batches_of, lines_of
from jobmodels.tables._need import need
from jobmodels.tables._options import KEEP, Options
from jobmodels.tables._rows import row_of
from jobmodels.tables._typed import typed_of

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 10_000


class JobBatches:
    """Record batches of jobs, made while they are read, once, in the order of the lines.

    Iterate over the batches, take all of them with `read_all`, or give the stream as it is to whatever takes Arrow's
    streams: DuckDB, Polars, `pyarrow.RecordBatchReader.from_stream`. Who asks again at its end gets `AlreadyRead`, and
    not an empty table.

    Attributes:
        schema: the columns.
    """

    def __init__(
        self,
        tables: Iterator[tuple[pa.RecordBatch, pa.RecordBatch]],
        schema: pa.Schema,
        on_dead: Callable[[pa.RecordBatch], object] | None = None,
    ) -> None:
        """Take pairs of jobs and dead letters."""
        self.schema = schema
        self._dead: list[pa.RecordBatch] = []
        self._batches = self._jobs(tables, on_dead or self._dead.append)
        self._ended = False

    def _jobs(self, tables: Iterator[Any], on_dead: Callable[[Any], object]) -> Iterator[Any]:
        try:
            for jobs, dead in tables:
                if dead.num_rows:
                    on_dead(dead)
                if jobs.num_rows:
                    yield jobs
        finally:
            self._ended = True

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Give the batches that are still to come.

        Raises:
            AlreadyRead: the stream has come to its end, or broke.
        """
        if self._ended:
            raise AlreadyRead("jobs")
        return self._batches

    @property
    def dead_letters(self) -> pa.Table:
        """The lines that could not be read, as far as the batches were; none where they were handed on."""
        return need("pyarrow").Table.from_batches(self._dead, arrow_schema(DEAD))

    def read_all(self) -> pa.Table:
        """Give the batches that are still to come as one table.

        Raises:
            AlreadyRead: the stream has come to its end, or broke.
        """
        return need("pyarrow").Table.from_batches(iter(self), self.schema)

    def to_reader(self) -> pa.RecordBatchReader:
        """Give the batches that are still to come as a reader of Arrow's own.

        Raises:
            AlreadyRead: the stream has come to its end, or broke.
        """
        return need("pyarrow").RecordBatchReader.from_batches(self.schema, iter(self))

    def __arrow_c_schema__(self) -> object:
        """Give the columns to another library."""
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give the stream to another library."""
        return self.to_reader().__arrow_c_stream__(requested_schema)


def normalize_batches(
    reader: Any,
    key: str | None = None,
    *,
    column: str | None = None,
    source: str | None = None,
    modules: Iterable[str] = (),
    on_finding: str = KEEP,
    keep_raw: bool = False,
    on_dead: Callable[[pa.RecordBatch], object] | None = None,
) -> JobBatches:
    """Read record batches of lines.

    Args:
        reader: a record batch reader, a table, any iterable of record batches, or what else gives an Arrow stream, as
            a frame of Polars or a relation of DuckDB.
        key: the endpoint of lines that do not name their own.
        column: the column of lines, text or bytes; None is `raw`, `value`, or the only one. Columns `source`, `line`
            and `offset` beside it say where a line stands.
        source: where the lines come from, if no column says it; they are then numbered from 1.
        modules: modules, dotted, whose endpoints join those that are installed.
        on_finding: `keep` lines with findings, or `reject` those with one from severity `change` upward.
        keep_raw: whether each row holds its line, unredacted.
        on_dead: takes each batch of dead letters; without it they are kept in memory, in `dead_letters`.

    Returns:
        The jobs, one row each, with the columns of `JOB_SCHEMA`.

    Raises:
        MissingExtra: pyarrow is not installed.
        ImportError: one of the modules cannot be imported.
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchColumn: while it is read, if a batch has no column of lines.
    """
    options = Options(key=key, modules=modules, on_finding=on_finding, keep_raw=keep_raw).checked()
    schema = arrow_schema(jobs_columns(keep_raw=keep_raw))
    lines = lines_of(batches_of(reader), column, source)
    return JobBatches((normalize_batch(batch, options) for batch in lines), schema, on_dead)


def normalize_rows(
    reader: Any,
    key: str | None = None,
    *,
    column: str | None = None,
    modules: Iterable[str] = (),
    on_finding: str = KEEP,
    keep_raw: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Read record batches of lines, each alone, as workers of a cluster do.

    The arguments are those of `normalize_batches`.

    Returns:
        Batches of jobs and of lines that could not be read, with the columns of `ROW_SCHEMA`: those of jobs, with text
        for dictionaries, then `reject_code`, `reject_message` and `reject_raw`, which are null for jobs. Lines that
        have no number have none here, since no worker knows how many stand before its own.

    Raises:
        MissingExtra: pyarrow is not installed.
        ImportError: one of the modules cannot be imported.
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchColumn: a batch has no column of lines.
    """
    arrow = need("pyarrow")
    options = Options(key=key, modules=modules, on_finding=on_finding, keep_raw=keep_raw).checked()
    wanted = arrow_schema(rows_columns(keep_raw=keep_raw), dictionaries=False)
    for lines in lines_of(batches_of(reader), column, numbered=False):
        for batch in normalize_batch(lines, options):
            if batch.num_rows:
                given = dict(zip(batch.schema.names, batch.columns, strict=True))
                arrays = [
                    given[field.name].cast(field.type) if field.name in given else arrow.nulls(len(batch), field.type)
                    for field in wanted
                ]
                yield arrow.RecordBatch.from_arrays(arrays, schema=wanted)


def to_arrow(jobs: Iterable[Job[Any]], typed: str | None = None, *, modules: Iterable[str] = ()) -> pa.Table:
    """Make a table of jobs that were read otherwise.

    Args:
        jobs: as `normalize` and its like give them.
        typed: the endpoint whose own columns are wanted, as `typed_schema` gives them; the jobs of others are left out.
        modules: modules, dotted, whose endpoints join those that are installed.

    Returns:
        A table with the columns of `JOB_SCHEMA`, one row each; where a job came from is null. `result_json` is the text
        of the response where there was one, and else written from the payload.

    Raises:
        MissingExtra: pyarrow is not installed.
        NoSuchEndpoint: there is none with the key that was asked for.
    """
    table = None if typed is None else typed_of(Options(modules=modules).endpoints[typed])
    columns = table.columns if table else JOBS
    given = iter(jobs)
    batches = []
    while portion := list(islice(given, _AT_ONCE)):
        rows = [row for job in portion for row in (table.rows((job,))[0] if table else (row_of(source_of(job))[0],))]
        batches.append(batch_of(rows, columns))
    return need("pyarrow").Table.from_batches(batches, arrow_schema(columns)).unify_dictionaries()


def typed_schema(key: str, *, modules: Iterable[str] = ()) -> pa.Schema:
    """Derive the columns of the table of one endpoint.

    Args:
        key: the endpoint.
        modules: modules, dotted, whose endpoints join those that are installed.

    Returns:
        `source`, `line`, `offset` and `item`, then the fields of its class by their names on the wire: of the class
        that its result holds, or of its details where that is none.

    Raises:
        MissingExtra: pyarrow is not installed.
        NoSuchEndpoint: there is none with this key.
    """
    return arrow_schema(typed_of(Options(modules=modules).endpoints[key]).columns)
