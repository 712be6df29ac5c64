"""The same rows on Spark, in local mode; skipped where PySpark or Java is not installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobmodels.tables import Options, normalize_batch, spark
from jobmodels.tables._columns import JOBS, REJECT, arrow_schema
from tests.strategies import RECORDED
from tests.tables import envelope, lines_of

sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed")
cloudpickle = pytest.importorskip("pyspark.cloudpickle")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java", allow_module_level=True)

DONE = b'{"status": "successful", "msg": "ok", "result": {"created_term_count": 1, "created_terms": [{"id": 1}]}}'
LINES = (
    *(envelope(json.dumps(body).encode(), key, received_at="2026-01-02T03:04:05.6Z") for _, key, body in RECORDED),
    b'{"half": ',
    b"\xff\xfe",
    b"",
    b"[%s, %s]" % (DONE, DONE),
)
KEY = "alation/document/POST"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start Spark once, with the Python that runs the tests."""
    kept = os.environ.get("PYSPARK_PYTHON")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    started = sql.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    started.sparkContext.setLogLevel("OFF")
    yield started
    started.stop()
    del os.environ["PYSPARK_PYTHON"]
    os.environ.update({} if kept is None else {"PYSPARK_PYTHON": kept})


def expected(lines: pa.RecordBatch, **options: Any) -> list[dict[str, Any]]:
    """Give the rows that are due: those of the jobs, and those of the dead letters, by the places of their lines."""
    rows = [row for batch in normalize_batch(lines, Options(**options)) for row in batch.to_pylist()]
    names = [column.name for column in (*JOBS, *REJECT)]
    return sorted(({name: row.get(name) for name in names} for row in rows), key=place)


def place(row: dict[str, Any]) -> tuple[int, int]:
    """Say where a row comes from."""
    return row["line"], row["item"] or 0


def test_the_rows_are_those_of_a_batch(session: Any) -> None:
    """Of every recorded answer, of broken lines, and of a line with two jobs: nulls, lists and moments alike."""
    lines = lines_of(*LINES)
    given = session.createDataFrame(pa.Table.from_batches([lines])).repartition(3)
    table = given.mapInArrow(spark.normalizer(KEY), spark.SCHEMA).toArrow()
    rows = sorted(table.to_pylist(), key=place)

    assert rows == expected(lines, key=KEY)
    assert {row["reject_code"] for row in rows} == {None, "invalid-json", "empty-body"}
    assert table.schema.names == arrow_schema((*JOBS, *REJECT)).names
    assert table.schema.field("finished_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("system").type == pa.string()


def test_lines_are_read_from_text_files_as_spark_reads_them(session: Any, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 stay what they are."""
    (tmp_path / "answers.jsonl").write_bytes(b"".join(line + b"\n" for line in LINES))
    given = session.read.text(str(tmp_path / "answers.jsonl"), lineSep="\n")
    rows = given.mapInArrow(spark.normalize, spark.SCHEMA).toArrow().to_pylist()
    due = expected(lines_of(*LINES))

    def told(row: dict[str, Any]) -> str:
        return repr({name: value for name, value in row.items() if name not in ("source", "line", "offset")})

    assert sorted(map(told, rows)) == sorted(map(told, due))


def test_options_travel_to_the_workers(session: Any) -> None:
    """With the schema that fits them."""
    odd = b'{"status": "successful", "result": {"created_term_count": "1", "created_terms": []}}'
    given = session.createDataFrame([(DONE,), (odd,)], "answer BINARY")
    function = spark.normalizer(KEY, keep_raw=True, on_finding="reject")
    rows = given.mapInArrow(function, spark.schema(keep_raw=True)).toArrow().to_pylist()

    assert [(row["raw"], row["reject_code"], row["reject_raw"]) for row in rows] == [
        (DONE, None, None),
        (None, "finding", odd),
    ]


def test_a_frame_without_lines_is_refused(session: Any) -> None:
    """The error of the worker says which columns were looked for."""
    given = session.createDataFrame([("a", "b")], "one STRING, other STRING")

    with pytest.raises(Exception, match="no column of lines: expected raw or value, got one, other"):
        given.mapInArrow(spark.normalize, spark.SCHEMA).toArrow()


def test_a_worker_without_the_package_can_still_load_the_function(tmp_path: Path) -> None:
    """It was sent whole, so that it is the function that says what is missing."""
    sent = tmp_path / "function"
    sent.write_bytes(cloudpickle.dumps(spark.normalize))
    code = (
        "import pathlib, pickle, sys\n"
        "sys.modules['jobmodels'] = None\n"
        "try: next(pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())([]))\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, sent], capture_output=True, text=True, check=True)

    assert "a worker of Spark cannot import jobmodels" in done.stdout
    assert "pip install 'jobmodels[spark]'" in done.stdout
