"""Files for tables: Parquet, Arrow, JSON Lines and CSV, each written batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jobmodels.tables import _disk
from jobmodels.tables._need import need
from jobmodels.tables._parquet import parquet_options

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP_ROWS, _GROUP_BYTES = 1 << 17, 8 << 20
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How cells begin that a spreadsheet takes for a formula."""


def write_parquet(reader: pa.RecordBatchReader, output: BinaryIO) -> None:
    """Write Parquet, packed by zstd, in groups of 131,072 rows or 8 MiB."""
    parquet = need("pyarrow.parquet")
    with parquet.ParquetWriter(output, reader.schema, **parquet_options(reader.schema)) as writer:
        for group in _groups(reader):
            writer.write_table(group, row_group_size=_GROUP_ROWS)


def _groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    arrow = need("pyarrow")
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in reader:
        held.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield arrow.Table.from_batches(held)
            held, rows, size = [], 0, 0
    if held:
        yield arrow.Table.from_batches(held)


def write_arrow(reader: pa.RecordBatchReader, output: BinaryIO) -> None:
    """Write an Arrow file, which has batches that may be read in any order."""
    with need("pyarrow").ipc.new_file(output, reader.schema) as writer:
        for batch in reader:
            writer.write(batch)


def write_jsonl(reader: pa.RecordBatchReader, output: BinaryIO) -> None:
    """Write an object a row: times in RFC 3339, lists and structs as they are."""
    json = need("orjson")
    names = reader.schema.names
    for batch in reader:
        rows = zip(*_columns(batch), strict=True)
        output.write(
            b"".join(
                json.dumps(dict(zip(names, row, strict=True)), _as_text, json.OPT_UTC_Z | json.OPT_APPEND_NEWLINE)
                for row in rows
            )
        )


def write_csv(reader: pa.RecordBatchReader, output: BinaryIO) -> None:
    """Write CSV: text in quotes, lists and structs as JSON text, nothing for null.

    A cell that a spreadsheet would run begins with an apostrophe, which spreadsheets take for the mark of text.
    """
    output.write(",".join(_quoted(name) for name in reader.schema.names).encode() + b"\n")
    for batch in reader:
        cells = (map(_cell, column) for column in _columns(batch))
        output.write("".join(",".join(row) + "\n" for row in zip(*cells, strict=True)).encode())


def _columns(batch: pa.RecordBatch) -> list[list[Any]]:
    """Give the values of each column; those of dictionaries are looked up in Arrow, which is faster."""
    arrow = need("pyarrow")
    plain = (
        column.dictionary_decode() if arrow.types.is_dictionary(column.type) else column for column in batch.columns
    )
    return [column.to_pylist() for column in plain]


def _as_text(value: Any) -> str:
    """Give bytes as the text that they are: a line that was read is UTF-8."""
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    raise TypeError(type(value).__name__)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, bytes):
        return _quoted(_as_text(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    json = need("orjson")
    return _quoted(json.dumps(value, _as_text, json.OPT_UTC_Z).decode())


def _quoted(text: str) -> str:
    text = text.replace('"', '""')
    return f'"\'{text}"' if text.startswith(_RUN) else f'"{text}"'


WRITERS: Mapping[str, Callable[[Any, BinaryIO], None]] = {
    ".parquet": write_parquet,
    ".arrow": write_arrow,
    ".jsonl": write_jsonl,
    ".csv": write_csv,
}
"""What writes a table, by the ending of the file's name."""


class Files:
    """An output that is one file a table.

    Args:
        out: the name of the file of jobs; those of other tables have theirs before the ending.
        folder: where the files are written.
        private: whether only their owner may read them.
    """

    def __init__(self, out: Path, folder: Path, *, private: bool) -> None:
        self._out = out
        self._folder = folder
        self._private = private
        self._tables: list[str] = []

    def write(self, table: str, reader: pa.RecordBatchReader) -> None:
        """Write a table."""
        path = self._new(table)
        with _disk.created(path, private=self._private) as output:
            WRITERS[self._out.suffix](reader, output)
        self._tables.append(table)

    def close(self) -> Mapping[Path, Path]:
        """End; give the files that were written, on the disk, and where they belong."""
        for table in self._tables:
            _disk.sync(self._new(table))
        return {self._new(table): place_of(self._out, table) for table in self._tables}

    def drop(self) -> None:
        """End without a file."""

    def _new(self, table: str) -> Path:
        return self._folder / f"new-{table}{self._out.suffix}"


JOBS = "jobs"
"""The name of the table of jobs."""


def place_of(out: Path, table: str) -> Path:
    """Tell where a table belongs, where each has a file of its own."""
    return out if table == JOBS else out.with_name(f"{out.stem}.{table}{out.suffix}")
