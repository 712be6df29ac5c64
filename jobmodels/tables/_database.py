"""Tables in a DuckDB database: written whole, and never over tables that are not ours."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobmodels.errors import OutputRefused
from jobmodels.tables import _disk
from jobmodels.tables._columns import RAW
from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa

DATABASE = ".duckdb"
"""The ending of its name."""

MARK = "Written by jobmodels; --overwrite replaces it."
"""The comment on each table of ours."""

_LONG, _TEXT = frozenset({"result_json", "extra_json", RAW.name}), ("VARCHAR", "BLOB")
_PACKED = " USING COMPRESSION zstd"
"""How long texts are packed: smaller than by what the database tries first, and in less time."""

_PACKS_SINCE = 2
"""The first major version whose files have zstd without being asked to; others would not pack at all."""

_MEMORY = "400MB"
_THREADS = 1
"""More would not write in parallel, as rows keep their order; they would only hand them to each other."""

_SHOWN = 5
_OTHERS = """
    SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal AND comment IS DISTINCT FROM $mark
    UNION ALL SELECT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'
    UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT schema_name || '.' || sequence_name FROM duckdb_sequences()
    UNION ALL SELECT schema_name || '.' || function_name FROM duckdb_functions() WHERE NOT internal
    UNION ALL SELECT schema_name || '.' || type_name FROM duckdb_types() WHERE NOT internal
    ORDER BY 1
"""


class Database:
    """An output that is one database.

    Args:
        out: where it belongs.
        folder: where it is written.
        private: whether only its owner may read it.
    """

    def __init__(self, out: Path, folder: Path, *, private: bool) -> None:
        self._out = out
        self._new = folder / "new.duckdb"
        self._private = private
        settings = {"memory_limit": _MEMORY, "threads": _THREADS, "temp_directory": str(folder / "spill")}
        duckdb = need("duckdb")
        self._packs = int(duckdb.__version__.partition(".")[0]) >= _PACKS_SINCE
        # A run that was ended, and is resumed, has left one that is not whole.
        for path in (self._new, log_of(self._new)):
            path.unlink(missing_ok=True)
        self._connection = duckdb.connect(str(self._new), config=settings)

    def write(self, table: str, reader: pa.RecordBatchReader) -> None:
        """Write a table, in the order of the rows."""
        with _refusing(self._out):
            self._connection.execute(f'CREATE TABLE "{table}" ({self._declared(reader.schema)})')
            self._connection.register("incoming", reader)
            self._connection.execute(f'INSERT INTO "{table}" SELECT * FROM incoming')
            self._connection.unregister("incoming")
            self._connection.execute(f"COMMENT ON TABLE \"{table}\" IS '{MARK}'")

    def _declared(self, schema: pa.Schema) -> str:
        """Give the columns with the types that the database finds for them, and how their values are packed."""
        self._connection.register("shape", schema.empty_table())
        columns = self._connection.execute("DESCRIBE SELECT * FROM shape").fetchall()
        self._connection.unregister("shape")
        declared = []
        for name, kind, *_ in columns:
            packed = _PACKED if self._packs and name in _LONG and kind in _TEXT else ""
            declared.append('"{}" {}{}'.format(name.replace('"', '""'), kind, packed))
        return ", ".join(declared)

    def close(self) -> Mapping[Path, Path]:
        """End; give the file that was written, on the disk, and where it belongs."""
        with _refusing(self._out):
            self._connection.execute("CHECKPOINT")
            self._connection.close()
        if self._private:
            self._new.chmod(_disk.PRIVATE)
        _disk.sync(self._new)
        return {self._new: self._out}

    def drop(self) -> None:
        """End without a file."""
        self._connection.close()


@contextmanager
def _refusing(out: Path) -> Generator[None]:
    """Raise what the database raises as an error of ours."""
    try:
        yield
    except need("duckdb").Error as error:
        raise OutputRefused(str(out), str(error)) from error


def check_path(path: Path) -> None:
    """Make sure that DuckDB can be told where the database is.

    Raises:
        OutputRefused: it cannot.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise OutputRefused(str(path), "DuckDB takes no path that is not UTF-8") from None


def check_ours(path: Path) -> None:
    """Make sure that a database may be replaced, and has no log of changes beside it.

    Raises:
        OutputRefused: it has tables, or anything else, that are not ours, or cannot be opened.
    """
    if path.stat().st_size == 0:
        return
    with _opened(path, read_only=True) as connection:
        others = [name for (name,) in connection.execute(_OTHERS, {"mark": MARK}).fetchall()]
    if others:
        raise OutputRefused(str(path), f"it has what is not ours: {', '.join(others[:_SHOWN])}")
    if log_of(path).exists():
        with _opened(path, read_only=False) as connection:
            connection.execute("CHECKPOINT")


@contextmanager
def _opened(path: Path, *, read_only: bool) -> Generator[Any]:
    duckdb = need("duckdb")
    try:
        with closing(duckdb.connect(str(path), read_only=read_only)) as connection:
            yield connection
    except duckdb.Error as error:
        raise OutputRefused(str(path), f"it cannot be opened, so nobody knows what is in it: {error}") from error


def log_of(path: Path) -> Path:
    """Give the log of changes that belongs to a database, and is read with it."""
    return path.with_name(f"{path.name}.wal")
