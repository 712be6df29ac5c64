"""Logs as tables: a row means what the Job of its line means."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Finding, Job, JobError, Origin, Raw, Record, Response, System, Ticket, registry, unstructure
from jobmodels._cases import Case, find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._lines import read_line
from jobmodels._secrets import redact
from jobmodels.errors import JobModelsError
from jobmodels.tables import DEAD_SCHEMA, JOB_SCHEMA, LINE_SCHEMA, Options, normalize_batch, to_arrow
from jobmodels.tables._columns import (
    JOBS,
    Many,
    Members,
    Scalar,
    Type,
    arrow_type,
    duckdb_columns,
    duckdb_type,
    spark_type,
)
from jobmodels.tables._exact import masked
from jobmodels.tables._rows import Dead, read_rows
from tests.strategies import ANSWERS, JSON, KEYS, LAWS, documents
from tests.tables import envelope, lines_of, read, row_of

ENVELOPE = ("body", "text", "base64", "status", "headers", "request", "operation", "job_id")
ROOT = find_folder("jobmodels", "fixtures") or Path()
CASES = tuple(load_case(path, ROOT) for path in find_cases(ROOT))


def line_of(case: Case) -> bytes:
    """Write the answer of a case as a line of a log; the text of its body stays as it is."""
    members = {name: value for name, value in case.given.items() if name in ENVELOPE}
    return json.dumps({"key": case.key, **members} if members.keys() & {"body", "text", "base64"} else {
        "key": case.key, "text": None, **members}).encode()  # fmt: skip


# The oracle: what a row must say, from what `to_dict` says.


def written(text: str | None) -> str | None:
    """Spell a lone surrogate as JSON does."""
    return None if text is None else "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)


def sixty_four(number: int | None) -> int | None:
    """Give a number that 64 bits hold."""
    return number if number is not None and -(2**63) <= number < 2**63 else None


def instant(text: str | None) -> datetime | None:
    """Read a moment of `to_dict`."""
    return None if text is None else datetime.fromisoformat(text)


def expected(job: Job[Any]) -> dict[str, Any]:
    """Say what the row of a job holds, but for what only its line knows."""
    told = job.to_dict()
    counts = told["counts"] or dict.fromkeys(("total", "succeeded", "failed", "pending"))
    first = told["errors"][0] if told["errors"] else {"code": None, "message": None}
    system, endpoint, method = told["key"].split("/")
    return {
        "system": system,
        "endpoint": endpoint,
        "method": method,
        "operation": told["operation"],
        "job_id": written(told["id"]),
        "state": told["state"],
        "finished": told["finished"],
        "native_state": written(told["native_state"]),
        "message": written(told["message"]),
        "progress": told["progress"],
        **{name: sixty_four(count) for name, count in counts.items()},
        "submitted_at": instant(told["submitted_at"]),
        "started_at": instant(told["started_at"]),
        "finished_at": instant(told["finished_at"]),
        "duration_seconds": told["duration"],
        "http_status": job.response.status if job.response else None,
        "error_count": len(told["errors"]),
        "error_code": written(first["code"]),
        "error_message": written(first["message"]),
        "accepted": told["accepted"],
        "consumed": told["consumed"],
        "retry_after": told["retry_after"],
    }


def texts(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of an error, a finding or a ticket as cells, but for those that are JSON text."""
    return {
        name: written(value) if isinstance(value, str) else sixty_four(value) if type(value) is int else value
        for name, value in told.items()
        if name not in ("details", "links")
    }


def assert_row(row: Mapping[str, Any], job: Job[Any]) -> None:
    """Fail unless a row says what its job says."""
    told = job.to_dict()
    for name, value in expected(job).items():
        assert row[name] == value, name
    for name, inner in (("errors", "details"), ("follow_ups", "links")):
        for cell, value in zip(row[name], told[name], strict=True):
            assert {each: cell[each] for each in cell if each != inner} == texts(value)
            assert (None if cell[inner] is None else json.loads(cell[inner])) == value[inner]
    count = len(told["findings"])
    assert row["findings"][:count] == [texts(finding) for finding in told["findings"]]
    beyond = [name for name, count in (told["counts"] or {}).items() if sixty_four(count) != count]
    own = [finding["message"].split()[0] for finding in row["findings"][count:]]
    assert [name for name in own if not name.startswith("/errors/")] == [f"/{name}" for name in beyond]
    assert_json(row["result_json"], job)
    extra = redact(dict(getattr(job.details, "extra", {})), job._secrets)
    numbers = {f"/{name}": told["counts"][name] for name in beyond}
    cell = json.loads(row["extra_json"]) if row["extra_json"] else {}
    assert {name: value for name, value in cell.items() if not name.startswith("/errors/")} == {**extra, **numbers}


def assert_json(cell: str | None, job: Job[Any]) -> None:
    """Fail unless the text is that of what `job.result` reads."""
    wire = unstructure(job.result)
    if isinstance(wire, str) and not isinstance(job.result, str):
        wire = decoded(wire)
    if isinstance(wire, bytes):
        wire = wire.decode("utf-8", "replace")
    shown = redact(wire, job._secrets)
    assert (None if cell is None else json.loads(cell)) == shown


def decoded(text: str) -> Any:
    """Decode JSON text, or give it back."""
    try:
        return jobmodels.loads(text) if text.strip()[:1] in "{[" else text
    except JobModelsError:
        return text


def check(*raws: bytes, key: str | None = None) -> None:
    """Fail unless each line is rows as its jobs say, or one dead letter."""
    rows, dead = read(*raws, key=key)
    places = dict(enumerate(raws, 1))
    accepted: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        accepted.setdefault(row["line"], []).append(row)
    for letter in dead:
        raw = places.pop(letter["line"])
        assert letter["reject_raw"] == raw
        with pytest.raises(JobModelsError):
            read_line(raw, key)
    assert accepted.keys() == places.keys()
    for number, raw in places.items():
        jobs = read_line(raw, key)
        assert [row["item"] for row in accepted[number]] == list(range(len(jobs)))
        for row, job in zip(accepted[number], jobs, strict=True):
            assert_row(row, job)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.key}/{case.path.stem}")
def test_each_recorded_answer_is_the_same_in_a_table(case: Case) -> None:
    """Law 7: the row of a line says what the job of the line says."""
    check(line_of(case))


@st.composite
def envelopes(draw: st.DrawFn) -> bytes:
    """Give lines with an answer of a class, or of words that vendors use."""
    key = draw(st.sampled_from(KEYS))
    cls = registry()[key].cls
    body = draw(documents(cls) | ANSWERS | st.lists(documents(cls), max_size=3))
    told: dict[str, Any] = {"key": key}
    told |= draw(st.sampled_from([{"body": body}, {"text": json.dumps(body)}, {"text": str(body)}]))
    told |= draw(st.sampled_from([{}, {"status": 200}, {"status": 404}, {"headers": {"x-request-id": "\ud800"}}]))
    told |= draw(st.sampled_from([{}, {"job_id": 2**70}, {"operation": "delete"}, {"received_at": None}]))
    return json.dumps(told, ensure_ascii=draw(st.booleans())).encode("utf-8", "backslashreplace")


@LAWS
@given(st.lists(envelopes() | JSON.map(json.dumps).map(str.encode) | st.binary(max_size=20), max_size=4))
def test_each_line_is_in_exactly_one_of_jobs_and_dead_letters(raws: list[bytes]) -> None:
    """Whatever it holds; and nothing is raised."""
    check(*raws)


@LAWS
@given(st.sampled_from(KEYS), JSON | ANSWERS)
def test_a_bare_payload_is_read_under_the_key_that_is_given_beside(key: str, payload: Any) -> None:
    """Where the line is no envelope."""
    check(json.dumps(payload).encode(), key=key)


# Columns.


def test_the_columns_are_those_that_are_promised() -> None:
    """Names, order and types, whatever the lines hold."""
    word, moment = pa.dictionary(pa.int32(), pa.string()), pa.timestamp("us", tz="UTC")
    many = {name: JOB_SCHEMA.field(name).type for name in ("errors", "findings", "follow_ups")}
    told: dict[str, pa.DataType] = {
        **dict.fromkeys(("system", "endpoint", "method"), word),
        **dict.fromkeys(("operation", "job_id", "state"), pa.string()),
        "finished": pa.bool_(),
        **dict.fromkeys(("native_state", "message"), pa.string()),
        "progress": pa.float64(),
        **dict.fromkeys(("total", "succeeded", "failed", "pending"), pa.int64()),
        **dict.fromkeys(("submitted_at", "started_at", "finished_at", "received_at"), moment),
        "duration_seconds": pa.float64(),
        **dict.fromkeys(("http_status", "error_count"), pa.int64()),
        **dict.fromkeys(("error_code", "error_message"), pa.string()),
        **many,
        **dict.fromkeys(("accepted", "consumed"), pa.bool_()),
        "retry_after": pa.float64(),
        **dict.fromkeys(("result_json", "extra_json", "source"), pa.string()),
        **dict.fromkeys(("line", "offset", "item"), pa.int64()),
    }

    assert pa.schema(told) == JOB_SCHEMA
    assert all(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type) for kind in many.values())
    assert DEAD_SCHEMA.names == ["source", "line", "offset", "reject_code", "reject_message", "reject_raw"]
    assert LINE_SCHEMA.names == ["source", "line", "offset", "raw"]


@pytest.mark.parametrize(("column", "cls"), [("errors", JobError), ("findings", Finding), ("follow_ups", Ticket)])
def test_a_value_in_a_list_has_every_member_of_its_class(column: str, cls: Any) -> None:
    """None is left out, and none is added."""
    shown = [field.name for field in attrs.fields(cls) if field.metadata.get("plain", True)]

    assert [field.name for field in JOB_SCHEMA.field(column).type.value_type] == shown


def told(kind: Type) -> str:
    """Say a type as the docs do."""
    if isinstance(kind, Many):
        return f"list of {told(kind.of)}"
    if isinstance(kind, Members):
        return f"({', '.join(f'`{column.name}`' for column in kind.columns)})"
    return kind.value


def test_the_docs_have_every_column_and_every_type() -> None:
    """In order, with what stands there, and what each library makes of it."""
    page = (Path(__file__).parents[1] / "docs" / "tables.md").read_text(encoding="utf-8")
    for kind in Scalar:
        assert f"| {kind.value} | `{arrow_type(kind)}` | `{duckdb_type(kind)}` | `{spark_type(kind)}` |\n" in page

    assert "".join(f"| `{column.name}` | {told(column.type)} | {column.about} |\n" for column in JOBS) in page


def test_duckdb_takes_the_columns_as_they_are_declared_for_it() -> None:
    """A table that is made of the batches is the table that the declaration makes."""
    with duckdb.connect() as database:
        database.register("jobs", normalize_batch(lines_of(envelope(DONE)), Options())[0])
        database.execute("CREATE TABLE made AS FROM jobs")
        database.execute(f"CREATE TABLE declared ({duckdb_columns(JOBS)})")

        assert database.execute("DESCRIBE made").fetchall() == database.execute("DESCRIBE declared").fetchall()


def test_all_batches_of_the_same_options_have_the_same_dictionaries() -> None:
    """A file of Arrow's takes batches only if they do."""
    batches = [
        normalize_batch(lines_of(line), Options())[0] for line in (envelope(DONE), envelope(b"{}", "modzy/job/GET"))
    ]
    file = pa.BufferOutputStream()
    with pa.ipc.new_file(file, JOB_SCHEMA) as writer:
        for batch in batches:
            writer.write_batch(batch)

    assert pa.ipc.open_file(file.getvalue()).read_all().column("system").to_pylist() == ["alation", "modzy"]


def test_options_travel_to_other_processes() -> None:
    """They are plain values, and mean the same there."""
    options = Options(key="alation/job/GET", on_finding="reject", modules=["jobmodels.systems.modzy"], keep_raw=True)

    assert pickle.loads(pickle.dumps(options)) == options
    assert options.endpoints.keys() == registry().keys()


def test_one_module_is_named_alone() -> None:
    """And not taken for one module a letter."""
    assert Options(modules="jobmodels.systems.modzy").modules == ("jobmodels.systems.modzy",)


def test_there_is_no_third_way_with_findings() -> None:
    """Lines that have some are kept or rejected."""
    with pytest.raises(ValueError, match=r"^on_finding: expected 'keep' or 'reject', got 'ignore'$"):
        Options(on_finding="ignore")


# Rows.

DONE = b'{"status": "successful", "msg": "ok", "result": {"created_term_count": 0, "created_terms": []}}'
HUGE = 2**63


def test_a_row_says_where_its_line_stands() -> None:
    """Source, number, offset in bytes, and the position of the job in it."""
    rows, dead = read(b"\xff", b"[%s, %s]" % (DONE, DONE), DONE, key="alation/document/POST")
    places = [(row["source"], row["line"], row["offset"], row["item"]) for row in rows]

    assert places == [("log.jsonl", 2, 2, 0), ("log.jsonl", 2, 2, 1), ("log.jsonl", 3, 2 * len(DONE) + 7, 0)]
    assert [(one["source"], one["line"], one["offset"]) for one in dead] == [("log.jsonl", 1, 0)]


def test_an_empty_list_is_none_and_no_list_is_not_read() -> None:
    """The lists of a job that was read are never null."""
    row = row_of(envelope(DONE))

    assert (row["errors"], row["findings"], row["follow_ups"]) == ([], [], [])


def test_the_line_itself_is_kept_when_it_is_asked_for() -> None:
    """With its secrets, in a column of its own behind all others."""
    line = envelope(b'{"jobIdentifier": "7", "accessKey": "hush"}', "modzy/job/GET")
    row = row_of(line, keep_raw=True)

    assert row.popitem() == ("raw", line)
    assert "hush" not in repr(row)
    assert "raw" not in row_of(line)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-01-02T03:04:05.6789+01:00", datetime(2026, 1, 2, 2, 4, 5, 678900, UTC)),
        ("2026-01-02 03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (None, None),
    ],
)
def test_when_an_answer_came_is_read_from_its_envelope(told: str | None, moment: datetime | None) -> None:
    """In UTC."""
    row = row_of(envelope(DONE, received_at=told))

    assert row["received_at"] == moment
    assert row["findings"] == []


@pytest.mark.parametrize("told", ["yesterday", "2026-01-02T03:04:05", 1767323045, {}])
def test_when_an_answer_came_is_not_guessed(told: object) -> None:
    """What is no moment with its zone is null, and a finding says so."""
    row = row_of(envelope(DONE, received_at=told))

    assert row["received_at"] is None
    assert [finding["rule"] for finding in row["findings"]] == ["wrong-type"]
    assert read(envelope(DONE, received_at=told), on_finding="reject")[1][0]["reject_code"] == "finding"


@pytest.mark.parametrize("count", [HUGE, 10**400])
def test_a_number_beyond_64_bits_is_null_with_a_finding_and_exact_in_text(count: int) -> None:
    """No digit is lost, and no other number is put in its place."""
    body = b'{"jobIdentifier": "7", "total": %d, "completed": %d, "new": 1.50}' % (count, HUGE - 1)
    row = row_of(envelope(body, "modzy/results/GET"))

    assert (row["total"], row["succeeded"]) == (None, HUGE - 1)
    assert row["extra_json"] == f'{{"new":1.50,"/total":{count}}}'
    assert (
        row_of(envelope(body.replace(b', "new": 1.50', b""), "modzy/results/GET"))["extra_json"]
        == f'{{"/total":{count}}}'
    )
    assert row["findings"][-1] == {
        "rule": "number-as-text",
        "path": "",
        "message": "/total is beyond 64 bits, and stands in extra_json",
        "severity": "change",
    }
    assert read(envelope(body, "modzy/results/GET"), on_finding="reject")[1][0]["reject_code"] == "finding"


def test_a_number_beyond_64_bits_is_told_in_the_row_of_its_job_alone() -> None:
    """Of a line with several jobs; as is whatever else the columns cannot hold."""
    body = b'{"created_term_count": %d, "created_terms": []}'
    jobs = [b'{"status": "successful", "result": %s}' % (body % count) for count in (HUGE, 1)]
    rows, _ = read(envelope(b"[%s, %s]" % tuple(jobs), received_at="x"))

    assert [row["succeeded"] for row in rows] == [None, 1]
    assert [[finding["rule"] for finding in row["findings"]] for row in rows] == [
        ["wrong-type", "number-as-text"],
        ["wrong-type"],
    ]


def test_a_number_beyond_64_bits_of_an_error_says_where_it_is_missing() -> None:
    """By its place in the row."""
    job = jobmodels.normalize(json.loads(DONE), "alation/document/POST")
    errors = [JobError(message="no", origin=Origin.ITEM), JobError(message="no", origin=Origin.ITEM, index=HUGE)]
    (row,) = to_arrow([attrs.evolve(job, errors=tuple(errors))]).to_pylist()

    assert [error["index"] for error in row["errors"]] == [None, None]
    assert row["extra_json"] == f'{{"/errors/1/index":{HUGE}}}'


@pytest.mark.parametrize(
    ("result", "cell"),
    [
        (b'{"created_term_count": 1.0, "created_terms": [ 1.10, 1e2 ]}', None),
        (b'{"created_term_count": 12345678901234567890123, "created_terms": []}', None),
        (b'{"created_term_count": 1, "created_term_count": 2, "created_terms": []}', None),
        (b'{"created_term_count": 1, "created_terms": ["\\ud800 \\u00e4 \xc3\xa4"]}', None),
        (
            b'"{\\"created_term_count\\": 1.0, \\"created_terms\\": []}"',
            b'{"created_term_count": 1.0, "created_terms": []}',
        ),
        (b'["{\\"created_term_count\\": 1,\\"created_terms\\":[]}"]', None),
        (b'" prose \\u00e4"', None),
        (b"1.50", None),
        (b"[1.50]", None),
        (b"false", None),
        (b"{}", None),
    ],
)
def test_the_text_of_a_result_is_that_of_the_answer(result: bytes, cell: bytes | None) -> None:
    """Byte for byte, spelling and repeated members included; text that holds a document is that document."""
    body = b'{"msg":"", "result" :  %s , "status":"successful", "result2": 1}' % result
    wanted = (result if cell is None else cell).decode()

    assert row_of(envelope(body))["result_json"] == wanted
    assert row_of(envelope(body, status=200, headers={"content-type": "application/json"}))["result_json"] == wanted
    assert row_of(body, key="alation/document/POST")["result_json"] == wanted
    assert [row["result_json"] for row in read(b"[%s, %s]" % (body, body), key="alation/document/POST")[0]] == [
        wanted
    ] * 2


@LAWS
@given(st.sampled_from([key for key in KEYS if key.system == "alation"]), st.data())
def test_the_text_of_a_result_is_a_part_of_the_answer(key: str, data: st.DataObject) -> None:
    """However that is spelled, unless there is a secret in it."""
    body = data.draw(documents(registry()[key].cls) | ANSWERS)
    text = json.dumps(body, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=data.draw(st.booleans()))
    line = envelope(text.encode("utf-8", "backslashreplace"), key)
    rows, _ = read(line)
    known = inner_texts(line.decode())

    for row in rows:
        if row["result_json"] is not None and "***" not in row["result_json"]:
            assert any(row["result_json"] in each for each in known)


def inner_texts(text: str) -> list[str]:
    """Give a text, and all texts of JSON inside of it."""
    found = [text]
    for each in found:
        document = decoded(each)
        inside = texts_in(document) if isinstance(document, (dict, list)) else set()
        found += [written(inner) or "" for inner in inside if inner.strip("\ufeff \n")[:1] in ("{", "[")]
    return found


@pytest.mark.parametrize(
    ("results", "cell"),
    [
        (
            '{"a": {"status": "SUCCESSFUL", "r": {"x": 1.50 }, "elapsedTime": 1.0}, "\u00e4": {"x": 1, "x": 1e1}}',
            '{"a":{"r":{"x": 1.50 }},"\u00e4":{"x": 1, "x": 1e1}}',
        ),
        ('{"a": {"a": {"status": "SUCCESSFUL", "r": [1.10]}}, "b": {"r": 1.20}}', '{"a":{"r":[1.10]},"b":{"r": 1.20}}'),
        ('{"a": {"status": "SUCCESSFUL", "accessKey": 1.50}}', '{"a":{"accessKey":"***"}}'),
        ('{"a": {"status": "SUCCESSFUL", "r": 1.50}, "b": "no"}', '{"a":{"r":1.50}}'),
        ('{"a": {"status": "SUCCESSFUL"}}', '{"a":{}}'),
    ],
)
def test_a_result_that_is_picked_from_the_answer_has_the_text_of_its_parts(results: str, cell: str) -> None:
    """As the outputs of a model, which stand among what the service says of them: no digit is lost."""
    body = f'{{"jobIdentifier": "7", "finished": true, "results": {results}}}'

    assert row_of(envelope(body.encode(), "modzy/results/GET"))["result_json"] == cell


class Picked(Record):
    """Details whose result has members of one object and others that stand nowhere."""

    held: Raw = None
    more: Raw = None

    @property
    def result(self) -> Any:
        """Give what was asked for, made new."""
        return self.more


@pytest.mark.parametrize(
    ("body", "result", "cell"),
    [
        ('{"held": {"a": 1.50, "b": 2}}', {"a": 1.5}, '{"a":1.50}'),
        ('{"held": {"a": 1.50, "b": 2}}', {"a": 1}, '{"a":1}'),
        ('{"held": {"a": {"c": [1.50], "d": 1}, "b": 2}}', {"a": {"c": [1]}}, '{"a":{"c":[1]}}'),
        ('{"held": {"a": [1.50], "b": 2}}', {"a": {"c": 1}}, '{"a":{"c":1}}'),
        ('{"held": {"a": {}, "b": 2}}', {"a": {"c": 1}}, '{"a":{"c":1}}'),
        ('{"token": {"a": 1.50, "b": 2}, "held": {"a": 1.50, "c": 3}}', {"a": 1.5}, '{"a":1.50}'),
        ('{"token": {"a": 1.50, "b": 2}}', {"a": 1.5}, '{"a":1.5}'),
        ('{"held": 1}', {}, "{}"),
    ],
)
def test_a_result_is_picked_where_all_of_it_stands(body: str, result: Any, cell: str) -> None:
    """In one place, which is no secret; any other is written."""
    endpoint = System(name="own").endpoint("picked/GET", Picked)
    job = jobmodels.normalize_response(Response(200, {}, body), endpoint.key, registry=jobmodels.collect(endpoint))
    made = attrs.evolve(job, details=Picked(more=result))

    assert to_arrow([made]).column("result_json").to_pylist() == [cell]


def test_a_result_that_is_null_is_null() -> None:
    """As is one that is not there."""
    assert row_of(envelope(b'{"status": "running", "result": null}'))["result_json"] is None
    assert row_of(envelope(b'{"status": "running"}'))["result_json"] is None


@pytest.mark.parametrize(
    ("members", "cell"),
    [
        ({"text": "<h1>no</h1>", "status": 500}, '"<h1>no</h1>"'),
        ({"text": '"no" ', "status": 500}, '"no"'),
        ({"text": " [1.50] "}, "[1.50]"),
        ({"text": '{"a": "\ud800"}'}, '{"a": "\\ud800"}'),
        ({"text": "\ud800"}, '"\\ud800"'),
        ({"base64": base64.b64encode(b"\xef\xbb\xbf[1.50]").decode()}, "[1.50]"),
        ({"base64": base64.b64encode(b"\xff\xfe").decode()}, '"\ufffd\ufffd"'),
        ({"text": None}, None),
    ],
)
def test_the_text_of_an_answer_that_is_no_json_is_written(members: dict[str, Any], cell: str | None) -> None:
    """As JSON, since the column has nothing else."""
    line = json.dumps({"key": "alation/document/POST", **members}).encode()

    assert row_of(line)["result_json"] == cell


def test_members_that_no_field_knows_are_kept_as_they_are_spelled() -> None:
    """Those of the details; those further inside stand in the result."""
    body = b'{"status": "successful", "a b": 1.50, "\\u00e4": {"x": [1 , 2]}, "a b": 2.50, "token": "hush"}'

    assert row_of(envelope(body))["extra_json"] == '{"a b":2.50,"\u00e4":{"x": [1 , 2]},"token":"***"}'
    assert row_of(envelope(DONE))["extra_json"] is None


def test_unknown_members_of_an_answer_in_text_are_kept_too() -> None:
    """Where the answer is text in which the document stands, they are taken out of that."""
    body = json.dumps(DONE.decode().replace("{", '{"new": 1.50, ', 1)).encode()

    assert row_of(envelope(body))["extra_json"] == '{"new":1.50}'


def test_unknown_members_are_written_where_there_is_no_text() -> None:
    """As of a payload that a caller decoded."""
    job = jobmodels.normalize({**json.loads(DONE), "new": 1.50}, "alation/document/POST")

    assert to_arrow([job]).column("extra_json").to_pylist() == ['{"new":1.5}']


class Deep(Record):
    """Details with a result inside a list, inside text, and below a secret name."""

    things: Sequence[Raw] | None = None
    text: str | None = None
    token: Raw = None

    @property
    def result(self) -> Any:
        """Give what is there."""
        if self.token is not None:
            return self.token["a"]
        return self.things[1] if self.things else json.loads(self.text or "")["a"]


@pytest.mark.parametrize(
    ("body", "cell"),
    [
        ('{"things": [1, {"b": 1.50} ]}', '{"b": 1.50}'),
        ('{"text": "{\\"a\\": {\\"b\\": 1.50}}"}', '{"b": 1.50}'),
        ('{"token": {"a": {"b": 1}}}', '"***"'),
        ('{"text": "{\\"a\\": {\\"b\\": 1}}", "things": [1, 2.0]}', "2.0"),
    ],
)
def test_a_result_is_found_wherever_it_stands(body: str, cell: str) -> None:
    """But not shown below a secret name."""
    endpoint = System(name="own").endpoint("deep/GET", Deep)
    told = Response(200, {}, body)
    job = jobmodels.normalize_response(told, endpoint.key, registry=jobmodels.collect(endpoint))

    assert to_arrow([job]).column("result_json").to_pylist() == [cell]


def test_a_line_can_be_read_without_arrow() -> None:
    """As rows, or as why there are none."""
    rows, no = read_rows(DONE, Options(key="alation/document/POST"))
    none, dead = read_rows(b"oops", Options())

    assert no is None
    assert rows is not None
    assert rows[0]["state"] == "succeeded"
    assert none is None
    assert dead == Dead("invalid-json", "not one JSON document: expecting value at offset 0")


# Secrets.


@pytest.mark.parametrize("case", [case for case in CASES if "hush" in case.text or "accessKey" in case.text], ids=str)
def test_no_cell_shows_a_secret_that_to_dict_hides(case: Case) -> None:
    """But those of the raw line, for who asked for it."""
    for row, job in zip(read(line_of(case))[0], case.answer.jobs(), strict=True):
        cells = json.dumps(row, default=str)
        for secret in secrets_in(job.raw, job._secrets):
            assert secret not in cells


def secrets_in(value: Any, names: frozenset[str]) -> set[str]:
    """Find the texts that are hidden in a value: those that are in it, and not in what is shown of it."""
    shown = json.dumps(redact(value, names)) if not isinstance(value, bytes) else value.decode("latin-1")
    return {text for text in texts_in(value) if len(text) > 3 and text not in shown}


def texts_in(value: Any) -> set[str]:
    """Give all text in a value."""
    if isinstance(value, dict):
        return {text for member in value.values() for text in texts_in(member)}
    if isinstance(value, list):
        return {text for item in value for text in texts_in(item)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"accessKey" : "a", "b":1.50}', '{"accessKey" : "***", "b":1.50}'),
        ('{"access\\u004bey":{"a": [1]}}', '{"access\\u004bey":"***"}'),
        ('{"token": null, "token": "x"}', '{"token": null, "token": "***"}'),
        ('["https://a:b@c/d?sig=e"]', '["https://***@c/d?sig=***"]'),
        ('["{\\"token\\": \\"x\\"}", 1.50]', '["{\\"token\\": \\"***\\"}", 1.50]'),
        ('{"own": 1, "b\\n": "Bearer abcdefgh1"}', '{"own": "***", "b\\n": "Bearer ***"}'),
        ('{"a": "\\ud800 token=1"}', '{"a": "\\ud800 token=1"}'),
        ('"plain"', '"plain"'),
    ],
)
def test_secrets_are_masked_in_place(text: str, shown: str) -> None:
    """All else stays as it was spelled."""
    assert masked(text, frozenset({"own"})) == shown


SECRETS = st.sampled_from(
    ["accessKey", "to-ken", "PASSWORD", "own", "a", "\u00e4", "https://u:p@h/?key=1", "Bearer 123456789"]
)
HIDING = st.recursive(
    SECRETS | st.none() | st.integers() | st.text(max_size=3) | st.sampled_from(['{"token": "x"}', "password: x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SECRETS | st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@LAWS
@given(HIDING, st.booleans(), st.sampled_from([None, 1]))
def test_text_is_masked_as_values_are(value: Any, ascii_only: bool, indent: int | None) -> None:
    """Whichever way it is spelled; and what holds no secret is not touched."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    shown = redact(value, frozenset({"own"}))

    assert json.loads(masked(text, frozenset({"own"}))) == shown
    assert shown != value or masked(text, frozenset({"own"})) == text


# Dead letters.


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "empty-body"),
        (b" \t", "empty-body"),
        (b'{"a": ', "invalid-json"),
        (b"\xff{}", "invalid-json"),
        (b'{"a": NaN}', "invalid-json"),
        (b"[" * 300 + b"]" * 300, "too-deep"),
        (b"1" * 5000, "invalid-json"),
        (b'{"body": {}}', "no-key"),
        (b'{"key": 7, "body": {}}', "bad-member"),
        (b'{"key": "alation/job/GET", "body": {}, "status": "x"}', "bad-member"),
        (b'{"key": "alation/job/GET", "base64": "*"}', "bad-base64"),
        (b'{"key": "alation/job/GET", "body": {"a": 1}, "body": {}}', "bad-member"),
        (b'{"key": "alation/job/PUT", "body": {}}', "no-such-endpoint"),
        (b'{"key": "%s", "body": {}}' % (b"x" * 2000), "no-such-endpoint"),
        (b'{"key": "alation/job/GET", "body": {}, "operation": "poll"}', "no-such-operation"),
        (None, "no-line"),
    ],
)
def test_a_line_that_cannot_be_read_is_a_dead_letter(line: bytes | None, code: str) -> None:
    """With a stable code, a sentence, and the line as it came."""
    rows, (letter,) = read(line)

    assert rows == []
    assert (letter["reject_code"], letter["reject_raw"]) == (code, line)
    assert 0 < len(letter["reject_message"]) <= 500


def test_a_dead_letter_names_endpoints_that_are_spelled_nearly_so() -> None:
    """For whom a slip of the pen cost a line."""
    _, (letter,) = read(envelope(DONE, "alation/dokument/POST"))

    assert "did you mean alation/document/POST" in letter["reject_message"]


def test_the_key_of_a_line_may_hold_anything() -> None:
    """Its dead letter is legal text without secrets."""
    line = json.dumps({"key": "\ud800 Bearer abcdefgh12", "body": 1}).encode()
    _, (letter,) = read(line)

    assert letter["reject_code"] == "no-such-endpoint"
    assert "\\ud800 Bearer ***" in letter["reject_message"]


def test_lines_with_findings_are_rejected_where_that_is_asked_for() -> None:
    """From severity change upward; additions never are, and a line is rejected as a whole."""
    odd = b'{"status": "successful", "result": {"created_term_count": "1", "created_terms": []}}'
    added = DONE.replace(b"{", b'{"new": 1, ', 1)
    rows, dead = read(odd, added, b"[%s, %s]" % (DONE, odd), key="alation/document/POST", on_finding="reject")

    assert [row["line"] for row in rows] == [2]
    assert [(letter["line"], letter["reject_code"]) for letter in dead] == [(1, "finding"), (3, "finding")]


def test_a_batch_may_be_empty() -> None:
    """Then so are its tables."""
    assert read() == ([], [])


def test_many_jobs_in_one_line_are_read_in_time_that_grows_with_the_line() -> None:
    """The text of each is found once, and not from the start of the line again."""
    rows, _ = read(b"[%s]" % b",".join([DONE] * 3000), key="alation/document/POST")

    assert len(rows) == 3000
    assert {row["result_json"] for row in rows} == {'{"created_term_count": 0, "created_terms": []}'}


def test_a_list_of_one_that_is_text_to_its_sender_stays_text() -> None:
    """Its content type is not that of JSON, so that what looks like an item is none."""
    headers = {"content-type": "text/csv", "x-arango-async-id": "300000001"}
    row = row_of(envelope(b'[{"error":true,"errorNum":1210}]', "arangodb/job/PUT", status=202, headers=headers))
    assert json.loads(row["result_json"]) == '[{"error":true,"errorNum":1210}]'
