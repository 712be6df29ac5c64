"""Lines from whatever holds them, jobs for whoever takes them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from jobmodels import normalize, normalize_all
from jobmodels._lines import read_line
from jobmodels.errors import AlreadyRead, MissingExtra, NoSuchColumn, NoSuchEndpoint
from jobmodels.tables import (
    DEAD_SCHEMA,
    JOB_SCHEMA,
    LINE_SCHEMA,
    ROW_SCHEMA,
    JobBatches,
    Options,
    _frames,
    _intake,
    normalize_batch,
    normalize_batches,
    normalize_rows,
    spark,
    to_arrow,
    typed_schema,
)
from jobmodels.tables._columns import JOBS, RAW, REJECT, arrow_schema
from tests.tables import envelope, lines_of, read

DONE = b'{"status": "successful", "result": {"created_term_count": 0, "created_terms": []}}'
LINES = (envelope(DONE), b"oops", envelope(b'{"jobIdentifier": "7", "status": "COMPLETED"}', "modzy/job/GET"))


def batch(*raws: bytes, name: str = "value", kind: pa.DataType | None = None) -> pa.RecordBatch:
    """Make a batch with nothing but a column of lines."""
    return pa.record_batch({name: pa.array(raws, pa.binary()).cast(kind or pa.binary())})


# Lines in.


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.string(), pa.large_string(), pa.string_view()),
        *(pa.binary(), pa.large_binary(), pa.binary_view()),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    ids=str,
)
def test_lines_are_text_or_bytes_of_any_kind(kind: pa.DataType) -> None:
    """The jobs in them are the same."""
    column = pa.array([line.decode() for line in LINES]) if "string" in str(kind) else pa.array(LINES)
    made = column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
    jobs = normalize_batches([pa.record_batch({"value": made})])

    assert jobs.read_all().column("system").to_pylist() == ["alation", "modzy"]
    assert jobs.dead_letters.column("reject_raw").to_pylist() == [b"oops"]


def test_lines_that_are_not_utf_8_stay_what_they_are() -> None:
    """A column of text may hold them all the same, as those of Spark do."""
    column = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"], pa.binary()).buffers())
    jobs = normalize_batches([pa.record_batch({"value": column})])

    assert jobs.read_all().num_rows == 0
    assert jobs.dead_letters.to_pylist()[0]["reject_raw"] == b"\xff"


@pytest.mark.parametrize("name", ["raw", "value", "anything", "line"])
def test_a_column_of_lines_is_known_by_its_name_or_stands_alone(name: str) -> None:
    """Whatever it is called, if there is no other."""
    assert normalize_batches([batch(*LINES, name=name)]).read_all().num_rows == 2


def test_a_column_of_lines_can_be_named() -> None:
    """Where several could be meant."""
    table = pa.table({"value": ["1", "2"], "answer": [line.decode() for line in LINES[:2]]})

    assert normalize_batches(table, column="answer").read_all().num_rows == 1


@pytest.mark.parametrize(("names", "column"), [(("a", "b"), None), ((), None), (("raw",), "value")])
def test_a_table_without_lines_is_refused(names: tuple[str, ...], column: str | None) -> None:
    """The error names the columns that are there."""
    given = pa.RecordBatch.from_arrays([pa.array(["x"])] * len(names), names=names)

    with pytest.raises(NoSuchColumn) as caught:
        normalize_batches([given], column=column).read_all()
    assert caught.value.known == names


@pytest.mark.parametrize("values", [[1, 2], [{"a": "x"}], [["x"]]])
def test_a_column_that_is_neither_text_nor_bytes_holds_no_lines(values: list[Any]) -> None:
    """The error names its type."""
    given = pa.table({"value": values})

    with pytest.raises(NoSuchColumn, match=r"expected text or bytes, got value of type (int64|struct|list)"):
        normalize_batches(given).read_all()


def test_what_is_no_batch_is_refused() -> None:
    """As the lines of a file themselves are."""
    with pytest.raises(TypeError, match="expected record batches, got bytes"):
        normalize_batches(LINES).read_all()


def test_lines_are_numbered_over_all_batches() -> None:
    """From 1; where they come from can be said for all of them."""
    given = normalize_batches([batch(*LINES), batch(*LINES)], source="answers").read_all()

    assert given.column("line").to_pylist() == [1, 3, 4, 6]
    assert set(given.column("source").to_pylist()) == {"answers"}
    assert given.column("offset").null_count == 4


def test_places_that_columns_tell_are_kept() -> None:
    """With them nothing is counted."""
    told = lines_of(*LINES, source="x.jsonl").slice(1)
    given = normalize_batches([told.set_column(1, "line", pa.array([20, 30], pa.int32()))], source="y").read_all()
    (row,) = given.select(["source", "line", "offset"]).to_pylist()

    assert row == {"source": "x.jsonl", "line": 30, "offset": len(LINES[0]) + len(LINES[1]) + 2}


@pytest.mark.parametrize(("rows", "size", "counts"), [(2, 1000, [1, 2, 1, 2]), (10, 20, [1] * 6), (10, 1000, [6])])
def test_large_batches_are_read_in_parts(
    rows: int, size: int, counts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rows and by bytes, so that memory does not grow with them; no line is cut."""
    monkeypatch.setattr(_intake, "_MOST_ROWS", rows)
    monkeypatch.setattr(_intake, "_MOST_BYTES", size)
    parts = list(_intake.lines_of([batch(*LINES, *LINES)]))

    assert [part.num_rows for part in parts] == counts
    assert [row["raw"] for part in parts for row in part.to_pylist()] == [*LINES, *LINES]
    assert [row["line"] for part in parts for row in part.to_pylist()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "given",
    [
        pa.table({"value": [line.decode() for line in LINES]}),
        pa.RecordBatchReader.from_batches(batch(*LINES).schema, [batch(*LINES)]),
        pl.DataFrame({"value": [line.decode() for line in LINES]}),
        batch(*LINES),
    ],
    ids=lambda given: type(given).__name__,
)
def test_whatever_gives_an_arrow_stream_gives_lines(given: Any) -> None:
    """Tables, readers, and the frames of other libraries."""
    assert normalize_batches(given).read_all().num_rows == 2


# Jobs out.


def test_batches_come_as_they_are_asked_for() -> None:
    """None is read before, and none is held."""
    taken: list[int] = []

    def given() -> Iterator[pa.RecordBatch]:
        for number in range(3):
            taken.append(number)
            yield batch(*LINES)

    jobs = normalize_batches(given())

    assert taken == []
    assert next(iter(jobs)).schema == JOB_SCHEMA
    assert taken == [0]
    assert jobs.read_all().num_rows == 4
    assert jobs.dead_letters.num_rows == 3
    assert jobs.dead_letters.schema == DEAD_SCHEMA


@pytest.mark.parametrize("take", [list, JobBatches.read_all, JobBatches.to_reader, pl.DataFrame])
def test_a_stream_that_was_read_is_no_empty_table(take: Any) -> None:
    """Who asks again is told; a second query that finds nothing would be believed."""
    jobs = normalize_batches([batch(*LINES)])
    jobs.read_all()

    with pytest.raises(AlreadyRead, match="the jobs have been read, and can be read once"):
        take(jobs)


def test_a_stream_that_broke_is_no_shorter_table() -> None:
    """What was lost is not passed over by asking again."""

    def given() -> Iterator[pa.RecordBatch]:
        yield batch(*LINES)
        raise OSError("gone")

    jobs = normalize_batches(given())

    with pytest.raises(OSError, match="gone"):
        jobs.read_all()
    with pytest.raises(AlreadyRead):
        jobs.read_all()
    assert jobs.dead_letters.num_rows == 1


def test_dead_letters_can_be_handed_on() -> None:
    """Then none are held in memory."""
    dead: list[pa.RecordBatch] = []
    jobs = normalize_batches([batch(*LINES), batch(LINES[0]), batch(LINES[1])], on_dead=dead.append)

    assert [each.num_rows for each in jobs] == [2, 1]
    assert [each.to_pylist()[0]["line"] for each in dead] == [2, 5]
    assert jobs.dead_letters.num_rows == 0


def test_duckdb_reads_a_stream_of_jobs() -> None:
    """By the name of the variable, in one pass."""
    with duckdb.connect() as database:
        database.register("jobs", normalize_batches([batch(*LINES)]))
        told = database.execute("SELECT system, result_json->>'created_term_count' FROM jobs ORDER BY 1").fetchall()

    assert told == [("alation", "0"), ("modzy", None)]


def test_polars_reads_a_stream_of_jobs() -> None:
    """Dictionaries become categories."""
    frame = pl.DataFrame(normalize_batches([batch(*LINES)]))

    assert frame["system"].to_list() == ["alation", "modzy"]
    assert frame.schema["system"] == pl.Categorical


def test_an_option_of_the_face_is_the_one_of_options() -> None:
    """A key for lines that name none, what to do with findings, and whether to keep the line."""
    odd = b'{"status": "successful", "result": {"created_term_count": "1", "created_terms": []}}'
    jobs = normalize_batches(
        [batch(DONE, odd)],
        "alation/document/POST",
        modules=["jobmodels.systems.modzy"],
        on_finding="reject",
        keep_raw=True,
    )

    assert jobs.schema == arrow_schema((*JOBS, RAW))
    assert jobs.read_all().column("raw").to_pylist() == [DONE]
    assert jobs.dead_letters.column("reject_code").to_pylist() == ["finding"]


def test_a_key_that_is_not_known_is_refused_at_once() -> None:
    """Before a line is read; each line of the log would be a dead letter."""
    key = "alation/dokument/POST"
    with pytest.raises(NoSuchEndpoint):
        normalize_batches([], key)
    with pytest.raises(NoSuchEndpoint):
        next(normalize_rows([], key))
    with pytest.raises(NoSuchEndpoint):
        spark.normalizer(key)
    with pytest.raises(ValueError, match="on_finding: expected 'keep' or 'reject', got 'ignore'"):
        spark.normalizer(on_finding="ignore")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        normalize_batches([], modules=["no_such_module"])
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        spark.normalizer(modules=["no_such_module"])


# Jobs that were read otherwise.


def test_a_table_of_jobs_has_the_same_columns() -> None:
    """Where they came from is not known."""
    jobs = [*normalize_all(json.loads(DONE), "alation/document/POST"), normalize({}, "modzy/job/GET")]
    table = to_arrow(jobs)

    assert table.schema == JOB_SCHEMA
    assert table.column("system").to_pylist() == ["alation", "modzy"]
    assert table.column("result_json").to_pylist() == ['{"created_term_count":0,"created_terms":[]}', None]
    assert {table.column(name).null_count for name in ("source", "line", "offset", "item", "received_at")} == {2}
    assert to_arrow([]).schema == JOB_SCHEMA


def test_a_table_of_jobs_takes_text_from_their_responses() -> None:
    """Unless the response holds more than the one job."""
    body = DONE.replace(b"0", b"0.0")
    (job,) = read_line(envelope(body, status=200))
    one, _ = read_line(envelope(b"[%s, %s]" % (body, DONE), status=200))

    assert to_arrow([job, one]).column("result_json").to_pylist() == [
        '{"created_term_count": 0.0, "created_terms": []}',
        '{"created_term_count":0.0,"created_terms":[]}',
    ]


def test_many_jobs_are_one_table_with_one_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many batches they came in."""
    monkeypatch.setattr(_frames, "_AT_ONCE", 1)
    table = to_arrow(normalize({}, key) for key in ("modzy/job/GET", "alation/job/GET", "modzy/results/GET"))

    assert [chunk.dictionary.to_pylist() for chunk in table.column("system").chunks] == [["modzy", "alation"]] * 3
    assert table.column("endpoint").to_pylist() == ["job", "job", "results"]


def test_a_table_of_jobs_of_one_endpoint_has_its_columns() -> None:
    """The jobs of others are left out."""
    jobs = [normalize(json.loads(DONE), "alation/document/POST"), normalize({}, "modzy/job/GET")]
    table = to_arrow(jobs, typed="alation/document/POST")

    assert table.schema == typed_schema("alation/document/POST")
    assert table.select(["item", "created_term_count", "created_terms"]).to_pylist() == [
        {"item": 0, "created_term_count": 0, "created_terms": []}
    ]


# Spark, as far as it needs no Spark.


def test_a_function_for_spark_gives_jobs_and_dead_letters_as_rows_of_one_table() -> None:
    """Text for dictionaries; a row is a job or says why it is none."""
    given = pa.Table.from_batches(spark.normalize(iter([batch(*LINES), batch(LINES[1])])), ROW_SCHEMA).to_pylist()
    jobs, _ = read(*LINES)

    assert [(row["system"], row["reject_code"], row["reject_raw"]) for row in given] == [
        ("alation", None, None),
        ("modzy", None, None),
        (None, "invalid-json", b"oops"),
        (None, "invalid-json", b"oops"),
    ]
    assert [row["errors"] for row in given] == [[], [], None, None]
    assert {row["line"] for row in given} == {None}
    for row, job in zip(given, jobs, strict=False):
        assert {**row, "source": "log.jsonl", "line": job["line"], "offset": job["offset"]} == {
            **job,
            **dict.fromkeys(column.name for column in REJECT),
        }


def test_a_function_for_spark_takes_options() -> None:
    """Those of the face, with a schema that fits them."""
    function = spark.normalizer("alation/document/POST", column="a", keep_raw=True, on_finding="reject")
    (made,) = function([pa.record_batch({"a": [DONE], "value": ["x"]})])

    assert made.column("raw").to_pylist() == [DONE]
    assert spark.schema(keep_raw=True) == spark.SCHEMA.replace("`item` BIGINT,", "`item` BIGINT, `raw` BINARY,")


def test_a_worker_without_the_package_says_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function is sent to it whole, and looks for the package there."""
    monkeypatch.setitem(sys.modules, "jobmodels.tables", None)

    with pytest.raises(
        ImportError, match=r"a worker of Spark cannot import jobmodels .* pip install 'jobmodels\[spark\]'"
    ):
        next(spark.normalize([]))


# What is not installed.


def run(code: str) -> str:
    """Run a program in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_needs_no_other_library() -> None:
    """Using it does, and then the error has the line that mends it."""
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import jobmodels.tables, jobmodels.tables.spark\n"
        "for ask in ('JOB_SCHEMA', 'normalize_batches([])', 'to_arrow([])', 'typed_schema(\"modzy/job/GET\")'):\n"
        "    try: eval(f'jobmodels.tables.{ask}')\n"
        "    except jobmodels.errors.MissingExtra as error: print(error)"
    )

    assert run(code).splitlines() == ["pyarrow is not installed; mend it with: pip install 'jobmodels[bulk]'"] * 4


def test_importing_the_package_imports_no_other_library() -> None:
    """Not even where it is installed."""
    code = (
        "import sys, jobmodels.tables, jobmodels.tables.spark; print({'pyarrow', 'duckdb', 'pyspark'} & {*sys.modules})"
    )

    assert run(code) == "set()"


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for one batch."""
    lines = lines_of(*LINES)
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(MissingExtra, match="pip install 'jobmodels"):
        normalize_batch(lines, Options())


def test_names_of_the_face_are_listed() -> None:
    """Those that are derived at their first use among them."""
    import jobmodels.tables as face

    assert set(face.__all__) <= set(dir(face))
    assert face.LINE_SCHEMA is LINE_SCHEMA
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        face.nothing  # noqa: B018
