"""Tables of one endpoint: the fields of its class, with their types."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given

from jobmodels import Raw, Record, System, collect, loads, normalize_all, registry, unstructure, wire
from jobmodels._convert import body_of
from jobmodels._lines import read_line
from jobmodels._moments import moment
from jobmodels._secrets import redact, scrub
from jobmodels.errors import NoSuchEndpoint
from jobmodels.tables import Options, typed_schema
from jobmodels.tables._arrays import batch_of
from jobmodels.tables._batches import read_batch
from jobmodels.tables._columns import Column, Many, Members, Scalar, Type, arrow_schema, duckdb_columns
from jobmodels.tables._exact import legal
from jobmodels.tables._typed import typed_of
from tests.strategies import ANSWERS, FEW, KEYS, documents
from tests.tables import envelope, lines_of

TEXT, INTEGER, NUMBER, FLAG, MOMENT, JSON = (
    pa.string(),
    pa.int64(),
    pa.float64(),
    pa.bool_(),
    pa.timestamp("us", tz="UTC"),
    pa.string(),
)
PLACE = ["source", "line", "offset", "item"]


def typed(*lines: bytes, key: str) -> tuple[list[dict[str, Any]], int]:
    """Read lines as the rows of one endpoint, through Arrow and back."""
    tables = read_batch(lines_of(*lines), Options(key=key, typed=key))
    assert tables.typed is not None
    tables.typed.validate(full=True)
    return tables.typed.to_pylist(), tables.missed


# Columns.


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        (
            "alation/document/POST",
            {
                "created_term_count": INTEGER,
                "created_terms": pa.list_(pa.struct({"id": INTEGER, "title": TEXT, "raw": JSON})),
            },
        ),
        ("alation/document/DELETE", {"deleted_document_count": INTEGER, "deleted_document_ids": pa.list_(INTEGER)}),
        ("alation/job/GET", {"status": TEXT, "msg": TEXT, "result": JSON}),
        (
            "alation/custom-field/POST",
            {"msg": TEXT, "data": pa.struct({"field_ids": pa.list_(INTEGER), "raw": JSON})},
        ),
        ("arangodb/job/PUT", {"error": FLAG, "errorNum": INTEGER, "errorMessage": TEXT, "code": INTEGER}),
    ],
)
def test_the_columns_are_the_fields_of_the_class(key: str, fields: dict[str, pa.DataType]) -> None:
    """With the names of the wire; what may be raw is JSON text, beside the record or as a whole."""
    schema = typed_schema(key)

    assert schema.names[:4] == PLACE
    assert {field.name: field.type for field in list(schema)[4:]} == fields


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens one database for all endpoints, since that takes longer than a table."""
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize("key", KEYS)
def test_every_endpoint_has_a_table_that_duckdb_takes(key: str, database: duckdb.DuckDBPyConnection) -> None:
    """With a name that needs no quotation marks."""
    table = typed_of(registry()[key])
    database.register("given", pa.Table.from_batches([], arrow_schema(table.columns)))
    database.execute(f"CREATE OR REPLACE TABLE {table.name} AS FROM given")
    database.execute(f"CREATE OR REPLACE TABLE declared ({duckdb_columns(table.columns)})")

    made = database.execute(f"DESCRIBE {table.name}").fetchall()
    assert made == database.execute("DESCRIBE declared").fetchall()


def test_the_name_of_a_table_is_that_of_the_endpoint() -> None:
    """And of the method."""
    assert typed_of(registry()["alation/custom-field-value/PUT"]).name == "custom_field_value_put"


def test_a_table_of_an_endpoint_that_is_not_known_is_refused() -> None:
    """With the names that are near."""
    with pytest.raises(NoSuchEndpoint):
        typed_schema("alation/dokument/POST")


own = System(name="own", secrets={"hush"})


class Leaf(Record):
    """A record with a moment."""

    at: datetime
    size: float | None = None


class Nothing(Record):
    """A record without fields."""


class Node(Record):
    """A record with all that a column can be, and with names that are taken."""

    item: int
    line: str | None = wire("Line", default=None)
    ok: bool | None = None
    also_ok: bool | None = wire("OK", default=None)
    leaf: Leaf | None = None
    leaves: Sequence[Leaf | Raw] | None = None
    raw: str | None = None
    node: Node | None = None
    nothing: Nothing | None = None
    either: int | str | None = None
    when: datetime | str | None = None
    pairs: Mapping[str, int] | None = None
    rows: Sequence[Sequence[int]] | None = None
    several: Sequence[int] | str | None = None
    password: Sequence[int] | None = None
    number: int | None = None


class Other(Record):
    """A record that has one name in common, and not its type."""

    code: str
    number: str | None = None


@own("thing/GET")
class Answer(Record):
    """Details with a body of either class."""

    result: Node | Other | Raw = wire(default=None, body=True)


@own("rawness/GET")
class Rawness(Record):
    """Details whose record may be raw, and has a member of that name."""

    id: str
    leaf: Named | Raw = None


class Named(Record):
    """A record with the name of what is raw."""

    RAW: int


OWN = collect(Answer, Rawness)


def rows_of(payload: object, key: str = "own/thing/GET") -> tuple[list[dict[str, Any]], int]:
    """Make the rows of an answer of our own endpoints."""
    table = typed_of(OWN[key])
    rows, missed = table.rows(normalize_all(payload, key, registry=OWN))
    batch_of(rows, table.columns).validate(full=True)
    return rows, missed


def test_a_name_that_is_taken_gets_another_one() -> None:
    """Letter case does not tell names apart in a database."""
    assert [column.name for column in typed_of(OWN["own/thing/GET"]).columns] == [
        *PLACE,
        *("item_", "Line_", "ok", "OK_", "leaf", "leaves", "raw", "node", "nothing", "either", "when", "pairs", "rows"),
        *("several", "password", "number", "code"),
    ]
    assert typed_of(OWN["own/rawness/GET"]).columns[-1].type == Members(
        (Column("RAW_", Scalar.INTEGER), Column("raw", Scalar.JSON))
    )


def test_the_types_follow_from_the_annotations() -> None:
    """What has several types, or none that a column can have, is JSON text; so is a class where it holds itself."""
    leaf = (Column("at", Scalar.MOMENT), Column("size", Scalar.NUMBER))
    told: dict[str, Type] = {column.name: column.type for column in typed_of(OWN["own/thing/GET"]).columns}

    assert told["ok"] is Scalar.FLAG
    assert told["leaf"] == Members(leaf)
    assert told["leaves"] == Many(Members((*leaf, Column("raw", Scalar.JSON))))
    assert told["rows"] == Many(Many(Scalar.INTEGER))
    assert told["password"] is Scalar.TEXT
    assert {name for name, kind in told.items() if kind is Scalar.JSON} == {
        *("node", "nothing", "either", "when", "pairs", "several", "number"),
    }


# Rows.


def test_one_row_an_item() -> None:
    """Where the answer is a list; what is no item of the class is counted, and its number is not given again."""
    rows, missed = rows_of([{"item": 7}, "no", {"code": "a", "number": "1"}, None, {"item": 8, "number": 1}])

    assert [(row["item"], row.get("item_"), row.get("code"), row["number"]) for row in rows] == [
        (0, 7, None, None),
        (2, None, "a", '"1"'),
        (4, 8, None, "1"),
    ]
    assert missed == 2


def test_a_cell_that_does_not_fit_is_null_and_counted() -> None:
    """Once a row, however many cells there are; a list keeps its length."""
    odd = {"item": 2**63, "ok": 1, "leaf": {"at": "no", "size": 10**400}, "rows": [[1, "x", None], 5], "Line": ["x"]}
    rows, missed = rows_of({**odd, "leaves": {}, "raw": "kept"})
    (row,) = rows

    assert missed == 1
    assert (row["item_"], row["raw"], row["leaf"]) == (None, "kept", {"at": None, "size": None})
    assert row["rows"] == [[1, None, None], None]
    assert rows_of({"item": 1, "leaf": {"at": "2026-01-02T03:04:05Z", "size": "1"}})[0][0]["leaf"]["size"] is None
    assert {row[name] for name in ("ok", "Line_", "leaves")} == {None}


def test_what_may_be_raw_stands_beside_the_record() -> None:
    """As JSON text; secrets are masked in it, and in text of their own."""
    leaves = [{"at": "2026-01-02T03:04:05Z", "size": 1}, {"token": "x", "hush": 1}, None, "2"]
    others = {"password": [1], "Line": "https://a:b@c", "pairs": {"hush": 1}}
    (row,), missed = rows_of({"item": 1, "leaves": leaves, **others})

    assert missed == 0
    assert row["leaves"] == [
        {"at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "size": 1.0},
        {"raw": '{"token":"***","hush":"***"}'},
        None,
        {"raw": '"2"'},
    ]
    assert (row["password"], row["Line_"], row["pairs"]) == ("***", "https://***@c", '{"hush":"***"}')


def test_an_answer_without_a_body_is_no_row() -> None:
    """And is not counted; one that is no answer of the endpoint is."""
    assert rows_of(None) == ([], 0)
    assert rows_of("no") == ([], 1)
    assert rows_of({"id": "1"}, "own/rawness/GET") == ([{"id": "1", "leaf": None, "item": 0}], 0)
    assert rows_of('{"id": "1", "leaf": {"RAW": 1}}', "own/rawness/GET")[0][0]["leaf"] == {"RAW_": 1}
    assert rows_of({"number": 1}, "own/rawness/GET") == ([], 1)
    assert rows_of("no", "own/rawness/GET") == ([], 1)


def test_bytes_that_are_no_text_are_no_row() -> None:
    """Even where they would be a document if what is no text were left out."""
    broken = base64.b64encode(b'{"status": "successful", "msg": "\xff", "result": null}').decode()

    assert typed(json.dumps({"base64": broken}).encode(), key="alation/job/GET") == ([], 1)


def test_only_answers_of_the_endpoint_are_rows() -> None:
    """Lines of others are in the table of jobs alone, and dead letters in neither."""
    done = b'{"status": "successful", "result": {"created_term_count": 1, "created_terms": [{"id": 1, "title": "a"}]}}'
    lines = (envelope(done), envelope(done, "alation/document/PUT"), b"oops", envelope(b'{"job_id": 1}'))
    rows, missed = typed(*lines, key="alation/document/POST")

    assert rows == [
        {
            "source": "log.jsonl",
            "line": 1,
            "offset": 0,
            "item": 0,
            "created_term_count": 1,
            "created_terms": [{"id": 1, "title": "a", "raw": None}],
        }
    ]
    assert missed == 1


def test_items_are_counted_over_all_jobs_of_a_line() -> None:
    """So that no two rows have one place."""
    job = b'{"status": "successful", "result": [{"response": "a", "mapping": []}, {"response": "b", "mapping": []}]}'
    rows, missed = typed(b"[%s, %s]" % (job, job), key="alation/rdbms-schema/POST")

    assert [(row["line"], row["item"], row["response"]) for row in rows] == [
        (1, 0, "a"),
        (1, 1, "b"),
        (1, 2, "a"),
        (1, 3, "b"),
    ]
    assert missed == 0


def test_without_the_option_there_is_no_such_table() -> None:
    """Which is not the same as an empty one."""
    assert read_batch(lines_of(), Options()).typed is None


# The oracle: a cell says what the wire says, as far as its type can.


def agrees(cell: Any, kind: Type, value: Any, secrets: frozenset[str]) -> bool:
    """Tell whether a cell says what stands on the wire."""
    if value is None or kind is Scalar.JSON:
        return cell is None if value is None else json.loads(cell) == redact(value, secrets)
    if isinstance(kind, Members):
        return record_agrees(cell, kind, value, secrets)
    if isinstance(kind, Many):
        items = loads(value) if isinstance(value, str) and cell is not None else value
        return cell is None or all(agrees(one, kind.of, item, secrets) for one, item in zip(cell, items, strict=True))
    if kind is Scalar.TEXT:
        return cell in ("***", legal(scrub(value, secrets)) if isinstance(value, str) else None)
    if kind is Scalar.MOMENT:
        told = moment(value) or moment(value, naive_is_utc=True) if isinstance(value, str) else None
        return cell is None or cell == told
    numeric = type(value) is int or (kind is Scalar.NUMBER and type(value) is float)
    if kind is Scalar.FLAG or not numeric:
        return cell is (value if kind is Scalar.FLAG and type(value) is bool else None)
    if kind is Scalar.INTEGER:
        return cell in (value if -(2**63) <= value < 2**63 else None,)
    return abs(value) > 10**308 if cell is None else math.isclose(cell, value)


def record_agrees(cell: Any, kind: Members, value: Any, secrets: frozenset[str]) -> bool:
    """Tell whether a value with members says what an object on the wire says."""
    if cell is None:
        return not isinstance(value, dict) or any(column.name not in value for column in kind.columns)
    if cell.get("raw") is not None:
        return bool(json.loads(cell["raw"]) == redact(value, secrets))
    members = loads(value) if isinstance(value, str) else value
    return all(
        agrees(cell[column.name], column.type, members.get(column.name), secrets)
        for column in kind.columns
        if column.name != "raw"
    )


@pytest.mark.parametrize("key", KEYS)
def test_each_row_says_what_the_answer_says(key: str) -> None:
    """Whatever the answer holds."""
    endpoint = registry()[key]
    columns = typed_of(endpoint).columns[4:]
    secrets = endpoint.system.secrets

    @FEW
    @given(documents(endpoint.cls) | ANSWERS)
    def check(payload: Any) -> None:
        line = json.dumps({"key": key, "body": payload}).encode()
        rows, missed = typed(line, key=key)
        values = [value for job in read_line(line) for value in bodies_of(job.details)]
        assert len(rows) + missed >= sum(value is not None for value in values)
        for row in rows:
            value = values[row["item"]]
            shown = unstructure(value)
            shown = loads(shown) if isinstance(shown, str) else shown
            for column in columns:
                assert agrees(row[column.name], column.type, shown.get(column.name), secrets), (column.name, shown)

    check()


def bodies_of(details: Any) -> Sequence[Any]:
    """Give what may be a row of an answer."""
    body = body_of(details)
    if body is None or not body[2]:
        return [details]
    return body[1] if isinstance(body[1], (tuple, list)) else [body[1]]
