r"""The columns of all tables: the one place from which the schemas of Arrow, DuckDB and Spark are derived.

A column has a name and an abstract type. Every value may be null: what an answer does not say is null, and no list is
null but one that was not read. Text is UTF-8; a lone surrogate, which JSON can spell and UTF-8 cannot, is written as
its JSON escape, as `\ud800`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from jobmodels.tables._need import need

if TYPE_CHECKING:
    import pyarrow as pa


class Scalar(Enum):
    """The types of single values."""

    TEXT = "text"
    WORD = "word"
    """Text of which there are few: a dictionary where that is known, else plain text."""
    JSON = "json"
    """The JSON text of a value."""
    INTEGER = "integer"
    """64 bits, with a sign."""
    NUMBER = "number"
    """A float of 64 bits."""
    FLAG = "flag"
    MOMENT = "moment"
    """Microseconds since 1970, UTC."""
    BYTES = "bytes"


@attrs.frozen
class Members:
    """A value with named members, each a column of its own."""

    columns: tuple[Column, ...]


@attrs.frozen
class Many:
    """A list of values of one type, in order."""

    of: Scalar | Members | Many


Type: TypeAlias = Scalar | Members | Many


@attrs.frozen
class Column:
    """One column, or one member of a value in it; `about` says what stands there."""

    name: str
    type: Type
    about: str = attrs.field(default="", eq=False)


TEXT, WORD, JSON, INTEGER, NUMBER, FLAG, MOMENT, BYTES = Scalar

ERROR = Members(
    (
        Column("message", TEXT),
        Column("code", TEXT),
        Column("origin", TEXT),
        Column("field", TEXT),
        Column("index", INTEGER),
        Column("item", TEXT),
        Column("path", TEXT),
        Column("http_status", INTEGER),
        Column("transient", FLAG),
        Column("request_id", TEXT),
        Column("details", JSON),
    )
)
"""One error: every member of `JobError`."""

FINDING = Members((Column("rule", TEXT), Column("path", TEXT), Column("message", TEXT), Column("severity", TEXT)))
"""One finding: every member of `Finding`."""

TICKET = Members(
    (
        Column("key", TEXT),
        Column("id", TEXT),
        Column("by", TEXT),
        Column("links", JSON),
        Column("origin", TEXT),
    )
)
"""One ticket of a further job: every member of `Ticket`."""

PLACE = (
    Column("source", TEXT, "name of the file, or of what else the line came from"),
    Column("line", INTEGER, "number of the line in it, from 1"),
    Column("offset", INTEGER, "where the line begins, in bytes from 0; of compressed files, decompressed"),
)
"""Where a line stands."""

ITEM = Column("item", INTEGER, "position of the job in a line that holds several, from 0")

JOBS: tuple[Column, ...] = (
    Column("system", WORD, "first part of the key"),
    Column("endpoint", WORD, "second part of the key"),
    Column("method", WORD, "third part of the key"),
    Column("operation", TEXT, "what was asked"),
    Column("job_id", TEXT, "the job's id, whatever its type was"),
    Column("state", TEXT, "one of eight words, the same for all systems"),
    Column("finished", FLAG, "whether the job has ended; null: not known"),
    Column("native_state", TEXT, "the vendor's own word; a number as its digits"),
    Column("message", TEXT, "the vendor's own sentence"),
    Column("progress", NUMBER, "0.0 to 1.0"),
    Column("total", INTEGER, "how many items; never computed, as the next three"),
    Column("succeeded", INTEGER, "how many went well"),
    Column("failed", INTEGER, "how many did not"),
    Column("pending", INTEGER, "how many are still to be done"),
    Column("submitted_at", MOMENT, "as the vendor says it, as the next two"),
    Column("started_at", MOMENT, "when the work began"),
    Column("finished_at", MOMENT, "when it ended"),
    Column("received_at", MOMENT, "as the envelope of the line says it"),
    Column("duration_seconds", NUMBER, "of the execution, not of the waiting"),
    Column("http_status", INTEGER, "as the envelope of the line says it"),
    Column("error_count", INTEGER, "how many errors"),
    Column("error_code", TEXT, "of the first error"),
    Column("error_message", TEXT, "of the first error"),
    Column("errors", Many(ERROR), "what went wrong, in order"),
    Column("findings", Many(FINDING), "what the contract does not foresee"),
    Column("follow_ups", Many(TICKET), "further jobs that this one started"),
    Column("accepted", FLAG, "for receipts, cancels and deletes: whether the service said yes"),
    Column("consumed", FLAG, "whether this read removed the result on the server"),
    Column("retry_after", NUMBER, "seconds that the service asked to wait"),
    Column("result_json", JSON, "what `job.result` reads, as its exact JSON text, secrets masked"),
    Column("extra_json", JSON, "members of the details that no field knows, and what no 64 bits hold"),
    *PLACE,
    ITEM,
)
"""The columns of the table of jobs, in order."""

RAW = Column("raw", BYTES, "the line as it came, without its end; secrets are in it")
LINES = (*PLACE, RAW)
"""The columns of a batch of lines."""

REJECT = (
    Column("reject_code", TEXT, "stable code of the reason"),
    Column("reject_message", TEXT, "the reason, for people"),
    Column("reject_raw", BYTES, "the line as it came, without its end; secrets are in it"),
)
DEAD = (*PLACE, *REJECT)
"""The columns of dead letters."""

_ARROW = {
    TEXT: "string", WORD: "string", JSON: "string", INTEGER: "int64", NUMBER: "float64", FLAG: "bool_", BYTES: "binary",
}  # fmt: skip
_DUCKDB = {
    TEXT: "VARCHAR", WORD: "VARCHAR", JSON: "VARCHAR", INTEGER: "BIGINT", NUMBER: "DOUBLE", FLAG: "BOOLEAN",
    BYTES: "BLOB", MOMENT: "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip
_SPARK = {
    TEXT: "STRING", WORD: "STRING", JSON: "STRING", INTEGER: "BIGINT", NUMBER: "DOUBLE", FLAG: "BOOLEAN",
    BYTES: "BINARY", MOMENT: "TIMESTAMP",
}  # fmt: skip


def jobs_columns(*, keep_raw: bool = False) -> tuple[Column, ...]:
    """Give the columns of the table of jobs, with the line itself where it is kept."""
    return (*JOBS, RAW) if keep_raw else JOBS


def rows_columns(*, keep_raw: bool = False) -> tuple[Column, ...]:
    """Give the columns of a table of jobs and dead letters together; a row is one of the two."""
    return (*jobs_columns(keep_raw=keep_raw), *REJECT)


@cache
def arrow_schema(columns: tuple[Column, ...], *, dictionaries: bool = True) -> pa.Schema:
    """Derive the Arrow schema.

    Args:
        columns: what stands in the table.
        dictionaries: whether text of which there are few is a dictionary.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    return need("pyarrow").schema(_arrow_fields(columns, dictionaries))


def arrow_type(kind: Type, *, dictionaries: bool = True) -> pa.DataType:
    """Derive the Arrow type.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    arrow = need("pyarrow")
    if isinstance(kind, Many):
        return arrow.list_(arrow_type(kind.of, dictionaries=dictionaries))
    if isinstance(kind, Members):
        return arrow.struct(_arrow_fields(kind.columns, dictionaries))
    if kind is MOMENT:
        return arrow.timestamp("us", tz="UTC")
    if kind is WORD and dictionaries:
        return arrow.dictionary(arrow.int32(), arrow.string())
    return getattr(arrow, _ARROW[kind])()


def _arrow_fields(columns: Iterable[Column], dictionaries: bool) -> list[Any]:
    field = need("pyarrow").field
    return [field(column.name, arrow_type(column.type, dictionaries=dictionaries)) for column in columns]


def duckdb_type(kind: Type) -> str:
    """Derive the type in DuckDB's SQL."""
    if isinstance(kind, Many):
        return f"{duckdb_type(kind.of)}[]"
    if isinstance(kind, Members):
        return f"STRUCT({', '.join(_declared(column) for column in kind.columns)})"
    return _DUCKDB[kind]


def duckdb_columns(columns: Iterable[Column]) -> str:
    """Derive what stands between the brackets of a `CREATE TABLE` in DuckDB's SQL."""
    return ", ".join(_declared(column) for column in columns)


def _declared(column: Column) -> str:
    name = column.name.replace('"', '""')
    return f'"{name}" {duckdb_type(column.type)}'


def spark_type(kind: Type) -> str:
    """Derive the type in Spark's SQL."""
    if isinstance(kind, Many):
        return f"ARRAY<{spark_type(kind.of)}>"
    if isinstance(kind, Members):
        return f"STRUCT<{', '.join(f'{_quoted(column)}: {spark_type(column.type)}' for column in kind.columns)}>"
    return _SPARK[kind]


def spark_schema(columns: Iterable[Column]) -> str:
    """Derive the schema as text, which every function of Spark takes for one."""
    return ", ".join(f"{_quoted(column)} {spark_type(column.type)}" for column in columns)


def _quoted(column: Column) -> str:
    name = column.name.replace("`", "``")
    return f"`{name}`"
