from __future__ import annotations

import base64
import csv
import errno
import gzip
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import jobmodels
from jobmodels._cli import bulk, main
from jobmodels._cli.gauge import Progress
from jobmodels.errors import InputRefused, WorkerLost
from jobmodels.tables import Options
from jobmodels.tables._copies import held, let_go
from jobmodels.tables._crew import Work, _uninterrupted, work_off
from jobmodels.tables._pieces import Piece, Pieces
from jobmodels.tables._run import Run
from jobmodels.tables._shares import _cores, crew_size, stretches_of
from jobmodels.tables._sources import describe
from jobmodels.tables._steps import Reader, Stretch
from tests.tables import envelope

KEY = "alation/document/POST"
DONE = b'{"status": "successful", "msg": "", "result": {"created_term_count": 0, "created_terms": []}}'
GOOD = envelope(DONE, operation="result")
BAD = [b"not JSON", b'{"key": "a/b/GET", "body": 1}', b'\xff\xfe{"a"', b'{"key": "', b"7"]
LINES = [
    GOOD, b"", envelope(b"[%b, %b]" % (DONE, DONE), operation="result"), BAD[0], GOOD, b"  \r", BAD[1],
    envelope(b'{"status": "failed", "msg": 7, "result": "no"}', operation="result"), BAD[2], GOOD, BAD[3], BAD[4],
    envelope(b'{"detail": "Not found.", "code": "404000"}', operation="submit", status=404), GOOD,
]  # fmt: skip
LOG = b"\n".join(LINES)
DEAD = [4, 7, 9, 11, 12]
ROWS = [(1, 0), (3, 0), (3, 1), (5, 0), (8, 0), (10, 0), (13, 0), (14, 0)]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Works in a folder of its own, without a terminal; workers begin anew, and do not import the test runner."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    for module in ("_crew", "_shares"):
        monkeypatch.setattr(f"jobmodels.tables.{module}.is_safe", lambda: False)
    for variable in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)


def put(name: str, data: bytes = LOG) -> str:
    """Write a log."""
    Path(name).write_bytes(data)
    return name


def normalize(*arguments: str, code: int = 1, to: str = "out.jsonl") -> None:
    """Run the command."""
    assert main(["normalize", *arguments, "--to", to]) == code


def read_in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take so little at once that a line can be longer."""
    for name in (
        "_cut.BLOCK",
        "_unpack.BLOCK",
        "_unpack.RANGE",
        "_unpack.LONG_RANGE",
        "_unpack._BEHIND",
        "_unpack._SMALL_BLOCK",
    ):
        monkeypatch.setattr(f"jobmodels.tables.{name}", 1000)


def full(*_: object) -> None:
    """Have no room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def rows(name: str = "out.jsonl") -> list[dict[str, Any]]:
    """Read the rows that were written."""
    path = Path(name)
    found: list[dict[str, Any]] = []
    if path.suffix == ".duckdb":
        with duckdb.connect(name, read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            found = connection.sql("FROM jobs").to_arrow_table().to_pylist()
    elif path.suffix == ".parquet":
        found = pq.read_table(name).to_pylist()
    elif path.suffix == ".arrow":
        with pa.OSFile(name) as file:
            found = pa.ipc.open_file(file).read_all().to_pylist()
    else:
        found = text_rows(path)
    return found


def text_rows(path: Path) -> list[dict[str, Any]]:
    """Read the rows of a file of text."""
    text = path.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text))) if path.suffix == ".csv" else [*map(json.loads, text.splitlines())]


def letters(name: str = "out.jsonl.dead.jsonl") -> list[dict[str, Any]]:
    """Read the dead letters that were written."""
    return [json.loads(line) for line in Path(name).read_bytes().splitlines()]


def offset_of(number: int, lines: list[bytes] = LINES) -> int:
    """Tell where a line begins."""
    return sum(len(line) + 1 for line in lines[: number - 1])


class TestRun:
    @pytest.mark.parametrize("ending", ["duckdb", "parquet", "arrow", "jsonl", "csv"])
    def test_every_line_is_a_row_or_a_dead_letter(self, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
        """In order, with its number and its offset; the summary says how many of what there are."""
        put("log.jsonl")
        normalize("log.jsonl", to=f"out.{ending}")
        found = [(int(row["line"]), int(row["item"] or 0)) for row in rows(f"out.{ending}")]
        assert found == ROWS
        assert [int(row["offset"]) for row in rows(f"out.{ending}")] == [offset_of(line) for line, _ in ROWS]
        dead = letters(f"out.{ending}.dead.jsonl")
        assert [(letter["source"], letter["line"]) for letter in dead] == [("log.jsonl", line) for line in DEAD]
        assert [letter["offset"] for letter in dead] == [offset_of(line) for line in DEAD]
        assert [letter.get("raw") for letter in dead] == ["not JSON", BAD[1].decode(), None, '{"key": "', "7"]
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.splitlines()[1:] == [
            f"rows      8 in out.{ending}",
            "states    succeeded 6, failed 2",
            "errors    404000 1, not-successful 1",
            "findings  breaking 1",
            f"dead      5 in out.{ending}.dead.jsonl, unredacted, readable for you alone: "
            "invalid-json 3, no-key 1, no-such-endpoint 1",
        ]
        assert told.err.startswith("lines     14, 2 of them blank, in ")
        assert sorted(path.name for path in Path().iterdir()) == sorted(
            ["log.jsonl", f"out.{ending}", f"out.{ending}.dead.jsonl"]
        )

    def test_the_rows_are_those_of_the_jobs(self) -> None:
        """What a row says is what `normalize` prints of the same line."""
        put("log.jsonl")
        normalize("log.jsonl")
        (failed,) = [row for row in rows() if row["line"] == 13]
        assert (failed["state"], failed["http_status"], failed["error_code"]) == ("failed", 404, "404000")
        assert (failed["system"], failed["endpoint"], failed["method"]) == tuple(KEY.split("/"))

    @pytest.mark.skipif(os.name == "nt", reason="needs permissions")
    def test_dead_letters_are_private(self) -> None:
        """Their owner alone may read them; the output is for all, unless it holds lines too."""
        put("log.jsonl")
        before = os.umask(0o022)
        try:
            normalize("log.jsonl", "--dead-letters", "dead.jsonl")
            normalize("log.jsonl", "--dead-letters", "dead2.jsonl", "--keep-raw", to="raw.jsonl")
        finally:
            os.umask(before)
        modes = {name: Path(name).stat().st_mode & 0o777 for name in ("dead.jsonl", "out.jsonl", "raw.jsonl")}
        assert modes == {"dead.jsonl": 0o600, "out.jsonl": 0o644, "raw.jsonl": 0o600}

    def test_lines_are_kept_where_that_is_asked_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Each row has its line, and the summary says that nothing in it is masked."""
        put("log.jsonl", GOOD)
        normalize("log.jsonl", "--keep-raw", code=0)
        assert rows()[0]["raw"] == GOOD.decode()
        told = capsys.readouterr().err
        assert "dead      none\nraw       out.jsonl holds lines unredacted, and is readable for you alone\n" in told

    def test_a_clean_log_leaves_no_dead_letters(self) -> None:
        """Nor the ones of a run before, when those are overwritten."""
        put("log.jsonl")
        normalize("log.jsonl")
        put("log.jsonl", GOOD)
        normalize("log.jsonl", "--overwrite", code=0)
        assert sorted(path.name for path in Path().iterdir()) == ["log.jsonl", "out.jsonl"]

    def test_dead_letters_of_any_name(self) -> None:
        """Also of one that a table has while it is written."""
        put("log.jsonl")
        normalize("log.jsonl", "--dead-letters", "jobs.jsonl")
        assert (len(rows()), len(letters("jobs.jsonl"))) == (len(ROWS), len(DEAD))
        Path("elsewhere").mkdir()
        normalize("log.jsonl", "--dead-letters", str(Path("elsewhere", "dead")), "--overwrite")
        assert [path.name for path in Path("elsewhere").iterdir()] == ["dead"]

    def test_nothing_in_nothing_out(self) -> None:
        """An empty log is a table without rows."""
        put("log.jsonl", b"")
        put("other.json", b" \n")
        normalize("log.jsonl", "other.json", code=0, to="out.parquet")
        assert pq.read_metadata("out.parquet").num_rows == 0

    def test_findings_can_refuse_lines(self) -> None:
        """Those are dead letters then; unknown keys alone are not refused."""
        new = DONE.replace(b"}}", b'}, "new": 1}')
        odd = DONE.replace(b'"msg": ""', b'"msg": 7')
        put("log.jsonl", b"\n".join(envelope(body, operation="result") for body in (DONE, new, odd)))
        normalize("log.jsonl", code=1)
        assert len(rows()) == 3
        for option in (("--on-finding", "reject"), ("--strict",)):
            normalize("log.jsonl", *option, "--overwrite")
            assert [row["line"] for row in rows()] == [1, 2]
            assert [(letter["line"], letter["reject_code"]) for letter in letters()] == [(3, "finding")]

    def test_bare_lines_have_the_key_that_is_given(self) -> None:
        """As without an output."""
        put("log.jsonl", DONE)
        normalize("log.jsonl", "--key", KEY, code=0)
        assert rows()[0]["endpoint"] == "document"

    def test_a_table_of_one_endpoint(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It stands beside that of jobs: in the database, or in a file of its own."""
        terms = [{"id": number, "title": "a", "otype": "term"} for number in (1, 2)]
        done = {"status": "successful", "msg": "", "result": {"created_term_count": 2, "created_terms": terms}}
        other = envelope(b'{"status": "running"}', key="alation/job/GET")
        put("log.jsonl", b"\n".join([envelope(json.dumps(done).encode(), operation="result"), other, GOOD]))
        for name in ("out.duckdb", "out.parquet"):
            normalize("log.jsonl", "--typed", KEY, to=name, code=0)
        typed = pq.read_table("out.document_post.parquet")
        assert typed.column_names[:5] == ["source", "line", "offset", "item", "created_term_count"]
        assert typed.column("line").to_pylist() == [1, 3]
        with duckdb.connect("out.duckdb", read_only=True) as connection:
            assert connection.execute("SELECT line FROM document_post").fetchall() == [(1,), (3,)]
        assert f"typed     2 rows of {KEY} in out.duckdb" in capsys.readouterr().err
        put("log.jsonl", other)
        normalize("log.jsonl", "--typed", KEY, "--overwrite", to="out.parquet", code=0)
        assert pq.read_table("out.document_post.parquet").num_rows == 0

    def test_endpoints_of_ones_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Modules of `--registry` are known to all processes that read."""
        put("lamps_for_bulk.py", OWN.encode())
        monkeypatch.syspath_prepend("")
        put("log.jsonl", envelope(b'{"status": "on"}', key="own/lamp/GET") + b"\n" + GOOD)
        for workers in ("1", "2"):
            options = ("--registry", "lamps_for_bulk", "--workers", workers, "--part-size", "40", "--overwrite")
            normalize("log.jsonl", *options, to="out.arrow")
            assert [row["system"] for row in rows("out.arrow")] == ["own", "alation"]


OWN = """
import jobmodels

own = jobmodels.System(name="own")


@own("lamp/GET")
class Lamp(jobmodels.Record):
    status: str
"""
FORMS = {
    "log.jsonl": LOG,
    "crlf.jsonl": b"\xef\xbb\xbf" + LOG.replace(b"\n", b"\r\n") + b"\r\n",
    "log.jsonl.gz": gzip.compress(LOG[:200]) + gzip.compress(LOG[200:]),
    "log.zst": pa.Codec("zstd").compress(LOG, asbytes=True),
    "array.json": b"[\n" + b",\n".join(line for line in LINES if b'"' in line and line not in BAD) + b"\n]",
    "one.json": GOOD.replace(b", ", b",\n "),
}


class TestLogs:
    @pytest.mark.parametrize("name", FORMS)
    def test_every_form_of_a_log(self, name: str) -> None:
        """Lines however they end, packed, an array of documents, one document: the same rows."""
        put("log.jsonl")
        normalize("log.jsonl", "--overwrite", to="wanted.jsonl")
        put(name, FORMS[name])
        normalize(name, code=0 if name == "one.json" else 1)
        places = {"source", "line", "offset"}
        wanted = [{key: row[key] for key in row.keys() - places} for row in rows("wanted.jsonl")]
        found = [{key: row[key] for key in row.keys() - places} for row in rows()]
        if name == "one.json":
            assert len(found) == 1
            assert found[0] | {"result_json": None} == wanted[0] | {"result_json": None}
        else:
            assert found == wanted

    def test_a_document_is_numbered_by_its_elements(self) -> None:
        """An offset is where an element begins; what is wrong with one is a dead letter, the others are rows."""
        data = b"[\n " + GOOD + b",\n {]},\n " + GOOD + b"] and more"
        put("log.json", data)
        normalize("log.json")
        assert [(row["line"], row["offset"]) for row in rows()] == [(1, 3), (3, data.rindex(GOOD))]
        assert [(letter["line"], letter["offset"], letter["raw"]) for letter in letters()] == [
            (2, data.index(b"{]}"), "{]}"),
            (4, len(data) - 8, "and more"),
        ]

    def test_a_large_document_comes_in_portions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither its elements nor its rows are held all at once."""
        monkeypatch.setattr("jobmodels.tables._steps._ELEMENTS", 3)
        put("log.json", b"[" + b",".join([GOOD] * 7) + b"]")
        normalize("log.json", code=0)
        assert [row["line"] for row in rows()] == [1, 2, 3, 4, 5, 6, 7]

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Under a name of its own."""
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOG)))
        normalize("-")
        assert [row["line"] for row in rows()] == [line for line, _ in ROWS]
        assert rows()[0]["source"] == "<stdin>"

    def test_standard_input_beside_other_logs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is read in this process, which alone has it, whatever number of workers is asked for."""
        put("log.jsonl")
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOG)))
        normalize("-", "log.jsonl", "--workers", "2")
        found = [(row["source"], row["line"], row["item"]) for row in rows()]
        assert found == [(source, *place) for source in ("<stdin>", "log.jsonl") for place in ROWS]

    @pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs names of what is open")
    def test_a_file_that_is_open_here_alone(self) -> None:
        """A name that means another file in each process means the one that it means here."""
        put("log.jsonl")
        with Path("log.jsonl").open("rb") as log:
            name = f"/dev/fd/{log.fileno()}"
            normalize(name, "--workers", "2", "--part-size", "200")
        assert [(row["source"], row["line"], row["item"]) for row in rows()] == [(name, *place) for place in ROWS]

    def test_patterns_and_several_logs(self) -> None:
        """In the order in which they are named, those of a pattern sorted; each has its own numbers."""
        Path("logs").mkdir()
        for name in ("logs/b.jsonl", "logs/a.jsonl", "z.jsonl"):
            put(name, GOOD + b"\n" + GOOD)
        normalize("z.jsonl", str(Path("logs", "*.jsonl")), code=0)
        found = [(Path(row["source"]).name, row["line"]) for row in rows()]
        assert found == [(name, line) for name in ("z.jsonl", "a.jsonl", "b.jsonl") for line in (1, 2)]

    def test_a_pattern_does_not_mean_what_a_run_has_begun(self) -> None:
        """The same command goes on, though the folder of the run holds files that look like logs."""
        put("log.jsonl")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobmodels.tables._stage.Stage.end", full)
            normalize("**/*.jsonl", "--resume", code=2)
        assert list(Path("out.jsonl.partial").glob("*.jsonl"))
        normalize("**/*.jsonl", "--resume")
        assert {row["source"] for row in rows()} == {"log.jsonl"}

    def test_a_pattern_of_letters_means_those_that_would_be_overwritten_too(self) -> None:
        """Or they would be passed over, and gone: they have to be named otherwise."""
        put("log.jsonl")
        normalize("log.jsonl")
        normalize("log.jsonl", to="other.jsonl")
        before = letters("out.jsonl.dead.jsonl")
        assert main(["replay", "*.dead.jsonl", "--to", "out.jsonl", "--overwrite"]) == 2
        assert letters("out.jsonl.dead.jsonl") == before

    def test_dead_letters_that_are_read_as_lines(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Each is told to be one."""
        put("log.jsonl")
        normalize("log.jsonl")
        assert main(["normalize", "out.jsonl.dead.jsonl"]) == 1
        assert capsys.readouterr().err.count("it is a dead letter, as `jobmodels replay` reads them") == len(DEAD)

    def test_a_pattern_does_not_mean_the_dead_letters_of_the_run(self) -> None:
        """The same command can be given again; a file that is named is meant all the same."""
        put("log.jsonl")
        for again in ([], ["--overwrite"]):
            normalize("*.jsonl", *again, to="out.parquet")
            assert {row["source"] for row in rows("out.parquet")} == {"log.jsonl"}
        assert len(letters("out.parquet.dead.jsonl")) == len(DEAD)
        normalize("*.jsonl", "out.parquet.dead.jsonl", "--overwrite", code=2, to="out.parquet")
        normalize("out.parquet.dead*", "--overwrite", code=2, to="out.parquet")

    def test_a_pattern_means_all_else_that_would_be_overwritten(self) -> None:
        """It may be a log, and is refused, not passed over: nothing of it is lost."""
        for name in ("a.jsonl", "b.jsonl"):
            put(name)
        normalize("*.jsonl", "--overwrite", code=2, to="b.jsonl")
        normalize("*.jsonl", "--overwrite", "--dead-letters", "b.jsonl", code=2, to="out.parquet")
        assert Path("b.jsonl").read_bytes() == LOG

    def test_without_an_output_all_forms_are_read_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        """And printed; what is wrong is told with its place."""
        for name, data in FORMS.items():
            put(name, data)
        assert main(["normalize", *FORMS]) == 1
        told = capsys.readouterr()
        assert len(told.out.splitlines()) == 1 + 8 * 5 + 1
        for name in ("log.jsonl", "crlf.jsonl", "log.jsonl.gz", "log.zst"):
            refused = [line for line in told.err.splitlines() if line.startswith(f"{name}:") and ": refused: " in line]
            assert [int(line.split(":")[1]) for line in refused] == DEAD
        assert (
            main(["normalize", put("cut.gz", gzip.compress(GOOD + b"\n" + os.urandom(99).hex().encode())[:-20])]) == 1
        )
        assert "cut.gz:2: refused: its packed data breaks off" in capsys.readouterr().err
        assert main(["normalize", put("none.gz", b"no"), "log.jsonl"]) == 2
        assert "none.gz: cannot be read: it is not packed by gzip" in capsys.readouterr().err
        assert main(["normalize", "nothing*"]) == 2
        assert "jobmodels: nothing*: cannot be read: nothing matches" in capsys.readouterr().err


class TestWorkers:
    @pytest.mark.parametrize("resumed", [[], ["--resume"]])
    def test_any_number_of_workers_writes_the_same(self, resumed: list[str]) -> None:
        """Byte by byte: rows and dead letters, their order, numbers and offsets; lines too long for a range too."""
        put("a.jsonl", b"\n".join([*LINES * 3, envelope(b'"%b"' % (b"x" * 3000)), b"y" * 5000, *LINES * 2]))
        put("b.jsonl.gz", gzip.compress(LOG))
        put("c.json", FORMS["array.json"])
        options = ("--longest-line", "4000", "--part-size", "700", "--typed", KEY)
        normalize("?.json*", *options, "--workers", "1", to="one.jsonl")
        normalize("?.json*", *options, *resumed, "--workers", "3", to="many.jsonl")
        for ending in ("jsonl", "jsonl.dead.jsonl", "document_post.jsonl"):
            assert Path(f"one.{ending}").read_bytes() == Path(f"many.{ending}").read_bytes()
        (long,) = [letter for letter in letters("one.jsonl.dead.jsonl") if letter["reject_code"] == "too-long"]
        assert (long["line"], long["raw"]) == (len(LINES) * 3 + 2, "y" * 5000)
        assert not Path("many.jsonl.partial").exists()

    def test_lines_that_are_longer_than_a_block(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """They come to the same dead letters, whether they wait in a part of a run or not."""
        read_in_small_blocks(monkeypatch)
        long = [b"y" * 9000, b"\xff" * 9000]
        put("log.jsonl", b"\n".join([GOOD, long[0], GOOD, long[1], GOOD]))
        options = ("--longest-line", "2000", "--part-size", "3000", "--workers", "1")
        normalize("log.jsonl", *options, to="one.jsonl")
        normalize("log.jsonl", *options, "--resume", to="many.jsonl")
        assert [row["line"] for row in rows("one.jsonl")] == [1, 3, 5]
        assert [base64.b64decode(letters("one.jsonl.dead.jsonl")[1]["base64"])] == long[1:]
        assert letters("one.jsonl.dead.jsonl")[0]["raw"].encode() == long[0]
        for ending in ("jsonl", "jsonl.dead.jsonl"):
            assert Path(f"one.{ending}").read_bytes() == Path(f"many.{ending}").read_bytes()

    def test_how_many_there_are(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Small logs need none beside this one; large ones one for each core, but no more than can be of use."""
        small = describe(put("log.jsonl"))
        large = Run(sources=(small,), out=tmp_path, letters=tmp_path, options=Options()).sources[0]
        object.__setattr__(large, "size", 1 << 30)
        stretches = stretches_of([large], 16 << 20)
        assert len(stretches) == 64
        taught = stretches_of([large], 16 << 20, teaches=True)
        assert [(one.start >> 20, one.until and one.until >> 20) for one in taught[:2]] == [(0, 2), (2, 18)]
        assert (taught[-1].start >> 20, taught[-1].until) == (1010, None)
        monkeypatch.setattr("jobmodels.tables._shares._cores", lambda: 4)
        assert crew_size(None, [large], stretches) == 4
        assert crew_size(None, [large], stretches[:2]) == 2
        assert crew_size(16, [large], stretches) == 16
        assert crew_size(1, [large], stretches) == 1
        monkeypatch.setattr("jobmodels.tables._shares._cores", lambda: 99)
        assert crew_size(None, [large], stretches) == 8
        object.__setattr__(large, "size", 1 << 20)
        assert crew_size(None, [large], stretches) == 0
        assert crew_size(1, [large], stretches) == 0
        assert crew_size(2, [large], stretches) == 2
        monkeypatch.undo()
        assert _cores() >= 1

    @pytest.mark.skipif(os.name == "nt", reason="needs signals")
    def test_a_worker_that_is_killed(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """As where memory is short: a clear error, no half output, and no waiting."""
        text = (
            "import multiprocessing, os, signal\n"
            "if multiprocessing.parent_process():\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        put("deadly_for_bulk.py", text.encode())
        monkeypatch.syspath_prepend("")
        put("log.jsonl")
        normalize("log.jsonl", "--registry", "deadly_for_bulk", "--workers", "2", "--part-size", "99", code=2)
        assert "log.jsonl: the worker that read it was ended by signal 9" in capsys.readouterr().err
        assert sorted(path.name for path in Path().glob("*out*")) == []

    def test_an_error_in_a_worker_is_an_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It is the same as without workers."""
        for name in ("a.gz", "b.gz"):
            put(name, b"not packed")
        normalize("a.gz", "b.gz", "--workers", "2", code=2)
        assert ".gz: cannot be read: it is not packed by gzip" in capsys.readouterr().err

    def test_a_worker_answers_with_what_went_wrong(self, tmp_path: Path) -> None:
        """And goes on with the next stretch, until nobody asks any more."""
        ours, theirs = multiprocessing.Pipe()
        logs = [describe(put("a.gz", b"not packed")), describe(str(tmp_path / "none")), describe(put("log.jsonl"))]
        for place, source in enumerate(logs):
            ours.send(Work(stretch=Stretch(source=source), place=place))
        told = (theirs, Reader(options=Options()), Pieces(folder=tmp_path, size=1 << 20))
        thread = threading.Thread(target=work_off, args=told)
        thread.start()
        answers = [ours.recv() for _ in range(4)]
        ours.close()
        thread.join()
        assert [type(answer) for answer in answers] == [InputRefused, FileNotFoundError, Piece, type(None)]
        assert answers[2].tally.rows == len(ROWS)


COPYING = """
import os, signal, sys, time

mood, *sys.argv[1:] = sys.argv[1:]
from jobmodels._cli import main
from jobmodels.tables import _crew, _delivery, _shares

_shares._LESSON = 2000


def mark():
    with open("copies", "a") as marks:
        marks.write("+")


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def begun(*_):
    mark()
    time.sleep(60)


os.register_at_fork(after_in_child=mark)
if mood == "killed":
    _crew.work_off = die
if mood == "slow":
    _crew.work_off = begun
    signal.signal(signal.SIGINT, signal.default_int_handler)
if mood == "lost":
    _delivery.Delivery.__enter__ = die
sys.exit(main())
"""


def copying(mood: str, *arguments: str) -> list[str]:
    """Give a command that runs in a process of one thread, with workers that begin as copies of it."""
    return [sys.executable, "-c", COPYING, mood, *arguments]


@pytest.mark.skipif(sys.platform != "linux", reason="needs to know the threads of a process")
class TestCopies:
    OPTIONS = ("--workers", "2", "--part-size", "3000", "--to", "out.jsonl")

    @pytest.mark.parametrize("resumed", [[], ["--resume"]])
    @pytest.mark.parametrize(
        ("logs", "copies"),
        [
            (["a.jsonl", "b.jsonl.gz", "c.json"], "+++"),
            (["b.jsonl.gz", "a.jsonl"], "+++"),
            (["c.json", "a.jsonl"], "+++"),
            (["d.jsonl", "e.jsonl", "c.json"], "+"),
            (["d.jsonl", "e.jsonl"], ""),
        ],
    )
    def test_they_write_the_same(self, logs: list[str], copies: str, resumed: list[str]) -> None:
        """Whatever is read before they begin: the first lines, several logs, all of them, or nothing."""
        put("a.jsonl", b"\n".join([*LINES * 40, b"y" * 9000, *LINES]))
        put("b.jsonl.gz", gzip.compress(LOG * 40))
        put("c.json", FORMS["array.json"])
        put("d.jsonl")
        put("e.jsonl", GOOD)
        options = ["--longest-line", "4000", "--part-size", "3000", "--typed", KEY]
        normalize(*logs, *options, "--workers", "1", to="one.jsonl")
        program = copying("", "normalize", *logs, *options, *resumed, "--workers", "3", "--to", "many.jsonl")
        ran = subprocess.run(program, capture_output=True, text=True, check=False)
        assert ran.returncode == 1, ran.stderr
        for ending in ("jsonl", "jsonl.dead.jsonl", "document_post.jsonl"):
            assert Path(f"one.{ending}").read_bytes() == Path(f"many.{ending}").read_bytes()
        assert (Path("copies").read_text(encoding="utf-8") if copies else "") == copies

    def test_one_that_is_killed(self) -> None:
        """It is noticed at once, as of any worker."""
        put("log.jsonl", LOG * 99)
        program = copying("killed", "normalize", "log.jsonl", *self.OPTIONS)
        ran = subprocess.run(program, capture_output=True, text=True, check=False, env=unmeasured())
        assert "log.jsonl: the worker that read it was ended by signal 9" in ran.stderr
        assert (ran.returncode, list(Path().glob("out*"))) == (2, [])

    def test_the_original_is_killed(self) -> None:
        """They end too, since none of them holds what the others wait for; another run may begin at once."""
        put("log.jsonl", LOG * 99)
        program = copying("lost", "normalize", "log.jsonl", *self.OPTIONS)
        ran = subprocess.run(program, capture_output=True, check=False, env=unmeasured(), timeout=60)
        assert (ran.stderr, ran.returncode) == (b"", -signal.SIGKILL)
        assert Path("copies").read_text(encoding="utf-8") == "++"
        normalize("log.jsonl")

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    @pytest.mark.parametrize("to_all", [False, True])
    def test_a_run_that_is_ended_leaves_nothing(self, number: int, code: int, to_all: bool) -> None:
        """Also where all its processes are asked to end, as a terminal does."""
        put("log.jsonl", LOG * 99)
        program = copying("slow", "normalize", "log.jsonl", *self.OPTIONS)
        env = unmeasured()
        with subprocess.Popen(program, stderr=subprocess.PIPE, env=env, start_new_session=True) as running:
            try:
                until(lambda: running.poll() is not None or Path("out.jsonl.partial", "new-jobs.jsonl").exists())
                until(lambda: running.poll() is not None or Path("copies").read_bytes() == b"++++")
                (os.killpg if to_all else os.kill)(running.pid, number)
                told = running.communicate(timeout=60)[1]
            finally:
                running.kill()
        assert code == running.returncode or (to_all and number == signal.SIGTERM)
        assert told == b"" or (to_all and b"was ended by signal 15" in told)
        assert not list(Path().glob("out*"))

    def test_what_a_copy_lets_go_of(self) -> None:
        """Nothing is in its place, until what it belonged to closes it; what was open is known exactly."""
        put("log.jsonl")
        with Path("log.jsonl").open("rb", buffering=0) as log:
            descriptor = log.fileno()
            assert descriptor in held()
            assert not held() & {1, 2}
            assert all(os.fstat(each) for each in held())
            let_go([descriptor])
            assert log.read() == b""
            assert os.path.samestat(os.fstat(descriptor), Path(os.devnull).stat())
        assert descriptor not in held()

    def test_other_threads_forbid_them(self) -> None:
        """Those of libraries too."""
        program = (
            "import threading\n"
            "from jobmodels.tables._copies import is_safe\n"
            "assert is_safe()\n"
            "ended = threading.Event()\n"
            "thread = threading.Thread(target=ended.wait)\n"
            "thread.start()\n"
            "assert not is_safe()\n"
            "ended.set()\n"
        )
        subprocess.run([sys.executable, "-c", program], check=True)


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["missing.jsonl", "--to", "out.csv"], "missing.jsonl: cannot be read: No such file or directory"),
            (
                [".", "--to", "out.csv"],
                "Is a directory; a pattern, as 'logs/*.jsonl', means the logs in it",
            ),
            (["none*", "--to", "out.csv"], "none*: cannot be read: nothing matches"),
            (["log.jsonl", "--to", "out.txt"], "its name ends in none of .duckdb, .parquet, .arrow, .jsonl, .csv"),
            (["log.jsonl", "--to", "no/out.csv"], "out.csv: not written: its folder does not exist"),
            (
                ["log.jsonl", "--to", "a.csv", "--dead-letters", "no/dead"],
                "dead: not written: its folder does not exist",
            ),
            (["log.jsonl", "--to", "b.csv", "--dead-letters", "b.csv.partial/dead"], "its folder is that of the run"),
            (["log.jsonl", "--to", "file.csv"], "file.csv.partial is in the way, and is not ours"),
            (["log.jsonl", "--to", "log.jsonl"], "log.jsonl: cannot be read: it would be overwritten"),
            (["log.jsonl", "--to", "a.csv", "--dead-letters", "log.jsonl"], "it would be overwritten by what is read"),
            (
                ["log.jsonl", "--to", "a.csv", "--dead-letters", "a.gz"],
                "a.gz: not written: dead letters are not packed",
            ),
            (["log.jsonl", "--to", "a.csv", "--dead-letters", "a.csv"], "a.csv: not written: it is an output already"),
            (["log.jsonl", "--to", "folder.csv", "--overwrite"], "folder.csv: not written: it is no file"),
            (["log.jsonl", "--to", "there.csv"], "there.csv: not written: it exists; --overwrite replaces it"),
            (["log.jsonl", "--to", "a.csv", "--dead-letters", "there.csv"], "there.csv: not written: it exists"),
            (["log.jsonl", "--to", "text.duckdb", "--overwrite"], "text.duckdb: not written: it cannot be opened"),
            (["-", "--to", "out.csv", "--resume"], "<stdin>: cannot be read: it is no file"),
            (["log.jsonl", "--to", "out.csv", "--format", "jsonl"], "--format is for what is printed"),
            (["log.jsonl", "--resume"], "--resume needs --to"),
            (["log.jsonl", "--dead-letters", "x"], "--dead-letters needs --to"),
            (["log.jsonl", "--workers", "2"], "--workers needs --to"),
            (["log.jsonl", "--to", "out.csv", "--key", "alation/documents/POST"], "did you mean alation/document/POST"),
            (["log.jsonl", "--to", "out.csv", "--typed", "alation/documents/POST"], "did you mean"),
        ],
    )
    def test_wrong_use(self, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Whatever cannot be done is told before anything is, and nothing is touched."""
        put("log.jsonl")
        put("there.csv", b"mine")
        put("text.duckdb", b"text" * 4000)
        put("file.csv.partial", b"mine")
        Path("folder.csv").mkdir()
        Path("b.csv.partial").mkdir()
        before = {path.name: path.stat().st_mtime_ns for path in Path().iterdir()}
        assert main(["normalize", *arguments]) == 2
        assert told in capsys.readouterr().err
        assert {path.name: path.stat().st_mtime_ns for path in Path().iterdir()} == before

    @pytest.mark.parametrize("count", ["0", "-1", "x"])
    def test_a_number_of_workers(self, count: str, capsys: pytest.CaptureFixture[str]) -> None:
        """It is a number, and not none."""
        with pytest.raises(SystemExit) as ended:
            main(["normalize", "log.jsonl", "--to", "out.csv", "--workers", count])
        assert ended.value.code == 2
        assert f"argument --workers: {count!r} is no whole number above 0" in capsys.readouterr().err

    @pytest.mark.skipif(os.name == "nt", reason="needs permissions")
    @pytest.mark.parametrize("place", [["--to", "locked/a.csv"], ["--to", "a.csv", "--dead-letters", "locked/dead"]])
    def test_a_folder_that_nobody_may_write(
        self, place: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is told before anything is read, also where it would be needed for the last line of all alone."""
        put("log.jsonl", GOOD)
        Path("locked").mkdir()
        monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "locked")
        assert main(["normalize", "log.jsonl", *place]) == 2
        assert "not written: nothing may be written into its folder" in capsys.readouterr().err

    @pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")
    def test_names_that_are_no_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Logs may have them, and files, but no database; rows and dead letters have them escaped."""
        name = os.fsdecode(b"odd\xff")
        put(f"{name}.jsonl")
        normalize(f"{name}.jsonl", to=f"{name}.out.jsonl")
        assert {row["source"] for row in rows(f"{name}.out.jsonl")} == {"odd\\udcff.jsonl"}
        assert {letter["source"] for letter in letters(f"{name}.out.jsonl.dead.jsonl")} == {"odd\\udcff.jsonl"}
        normalize(f"{name}.jsonl", to=f"{name}.duckdb", code=2)
        assert "odd\\udcff.duckdb: not written: DuckDB takes no path that is not UTF-8" in capsys.readouterr().err

    def test_standard_input_that_is_closed(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is told by its name, and nothing is begun."""
        monkeypatch.setattr(sys, "stdin", None)
        normalize("-", code=2)
        assert capsys.readouterr().err.startswith("jobmodels: <stdin>: cannot be read: ")

    def test_a_file_of_dead_letters_that_several_runs_share(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each writes its own; the later one is refused, and does not take the place of the other's letters."""
        put("log.jsonl")
        Path("dead").mkdir()
        options = ["log.jsonl", "--dead-letters", "dead/all.jsonl"]
        deliver, first = Run._deliver, list[int]()

        def also(run: Run, *arguments: Any) -> Any:
            files = deliver(run, *arguments)
            if not first:
                first.append(1)
                normalize(*options, to="first.jsonl")
            return files

        monkeypatch.setattr(Run, "_deliver", also)
        normalize(*options, code=2)
        assert "all.jsonl: not written: it exists; --overwrite replaces it" in capsys.readouterr().err
        assert len(letters("dead/all.jsonl")) == len(DEAD)
        assert sorted(path.name for path in Path().rglob("*.*")) == ["all.jsonl", "first.jsonl", "log.jsonl"]

    def test_tables_of_others_are_not_overwritten(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A database may hold more than what was written here; ours may be written again."""
        put("log.jsonl")
        normalize("log.jsonl", to="out.duckdb")
        put("log.jsonl", GOOD)
        normalize("log.jsonl", "--overwrite", to="out.duckdb", code=0)
        assert len(rows("out.duckdb")) == 1
        with duckdb.connect("out.duckdb") as connection:
            connection.execute("CREATE TABLE mine (a INT)")
        normalize("log.jsonl", "--overwrite", to="out.duckdb", code=2)
        assert "out.duckdb: not written: it has what is not ours: main.mine" in capsys.readouterr().err

    @pytest.mark.parametrize("library", ["pyarrow", "duckdb"])
    def test_a_library_that_is_missing(
        self, library: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is named with the line that installs it; what is printed needs neither."""
        put("log.jsonl")
        monkeypatch.setitem(sys.modules, library, None)
        normalize("log.jsonl", to="out.duckdb", code=2)
        assert f"jobmodels: {library} is not installed; mend it with: pip install 'jobmodels[bulk]'" in (
            capsys.readouterr().err
        )
        assert main(["normalize", "log.jsonl"]) == 1


class TestBadInput:
    def test_a_log_that_breaks_off(self) -> None:
        """The lines before are rows; what is left of the last one is a dead letter that no replay takes for whole."""
        packed = gzip.compress(b"\n".join([GOOD, GOOD, envelope(b'"%b"' % os.urandom(999).hex().encode())]))
        put("log.gz", packed[:-300])
        normalize("log.gz")
        assert [row["line"] for row in rows()] == [1, 2]
        (letter,) = letters()
        assert (letter["line"], letter["reject_code"]) == (3, "damaged-file")
        assert letter["raw"].startswith('{"key": ')
        assert main(["replay", "out.jsonl.dead.jsonl", "--to", "more.jsonl"]) == 1
        assert letters("more.jsonl.dead.jsonl") == [letter]

    def test_a_long_line(self) -> None:
        """It is a dead letter, read from the disk and written to it piece by piece; the lines around it are rows."""
        long = envelope(b'"' + b"x" * (17 << 20) + b'"')
        put("log.jsonl", b"\n".join([GOOD, long, GOOD]))
        normalize("log.jsonl")
        assert [row["line"] for row in rows()] == [1, 3]
        (letter,) = letters()
        assert (letter["line"], letter["offset"], letter["reject_code"]) == (2, len(GOOD) + 1, "too-long")
        assert letter["raw"].encode() == long
        assert main(["replay", "out.jsonl.dead.jsonl", "--to", "more.jsonl", "--longest-line", "1000"]) == 1
        assert letters("more.jsonl.dead.jsonl") == [letter]
        arguments = ["out.jsonl.dead.jsonl", "--to", "long.jsonl", "--longest-line", str(18 << 20)]
        assert main(["replay", *arguments]) == 1
        assert [row["line"] for row in rows("long.jsonl")] == [2]

    def test_brackets_without_end(self) -> None:
        """A dead letter each, however deep."""
        put("log.jsonl", b"[" * 100_000 + b"\n" + b'{"a":' * 100_000 + b"\n" + GOOD)
        normalize("log.jsonl")
        assert [letter["reject_code"] for letter in letters()] == ["too-deep", "too-deep"]
        assert [row["line"] for row in rows()] == [3]

    def test_a_log_that_unpacks_without_end(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It is refused, and nothing of the others is written either."""
        put("bomb.gz", gzip.compress(bytes(80 << 20)))
        put("log.jsonl")
        normalize("log.jsonl", "bomb.gz", code=2)
        assert "bomb.gz: cannot be read: it unpacks to more than 250 times its size" in capsys.readouterr().err
        assert sorted(path.name for path in Path().iterdir()) == ["bomb.gz", "log.jsonl"]

    def test_nothing_but_line_ends(self) -> None:
        """They are counted, and are nothing."""
        put("log.jsonl", b"\n" * 300_000 + GOOD)
        normalize("log.jsonl", code=0)
        assert rows()[0]["line"] == 300_001


def unmeasured() -> dict[str, str]:
    """Give the environment of a process that could not write down its measurements."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}


@contextmanager
def limited(size: int) -> Generator[None]:
    """Have no file of this process, and of those that it starts, grow beyond a size."""
    resource: Any = import_module("resource")  # Windows has none.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestBadOutput:
    @pytest.mark.skipif(os.name == "nt", reason="needs limits of a process")
    @pytest.mark.parametrize("ending", ["duckdb", "parquet", "arrow", "jsonl", "csv"])
    @pytest.mark.parametrize("options", [[], ["--workers", "2", "--part-size", "20000"]])
    def test_a_full_disk(
        self, ending: str, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One line says so; the old output is as it was, and nothing else is left."""
        for name in os.environ.keys() - unmeasured().keys():
            monkeypatch.delenv(name)
        put("log.jsonl", b"\n".join(envelope(b'{"msg": "%b"}' % os.urandom(900).hex().encode()) for _ in range(40)))
        put("old.jsonl", GOOD)
        out = f"out.{ending}"
        normalize("old.jsonl", to=out, code=0)
        before = Path(out).read_bytes()
        capsys.readouterr()
        with limited(30_000):
            normalize("log.jsonl", "--overwrite", *options, to=out, code=2)
        told = capsys.readouterr().err
        assert told.startswith("jobmodels: ")
        assert f"{out}: not written: " in told
        assert told.count("\n") == 1
        assert Path(out).read_bytes() == before
        assert sorted(path.name for path in Path().iterdir()) == ["log.jsonl", "old.jsonl", out]

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
    def test_nowhere_to_say_it(self) -> None:
        """A summary that cannot be written does not undo what was."""
        put("log.jsonl")
        with Path("/dev/full").open("wb") as full:
            program = [sys.executable, "-m", "jobmodels", "normalize", "log.jsonl", "--to", "out.jsonl"]
            assert subprocess.run(program, stderr=full, check=False).returncode == 2
        assert len(rows()) == len(ROWS)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
    def test_a_device_is_no_output(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Also where a link gives it the name of a file."""
        put("log.jsonl")
        Path("out.jsonl").symlink_to("/dev/full")
        normalize("log.jsonl", "--overwrite", code=2)
        assert "/dev/full: not written: its name ends in none of" in capsys.readouterr().err

    @pytest.mark.skipif(os.name == "nt", reason="needs links")
    def test_a_link_stays_a_link(self) -> None:
        """What it leads to is written."""
        put("log.jsonl", GOOD)
        Path("real").mkdir()
        Path("out.jsonl").symlink_to("real/jobs.jsonl")
        normalize("log.jsonl", code=0)
        assert Path("out.jsonl").is_symlink()
        assert len(rows("real/jobs.jsonl")) == 1


SLOW = """
import multiprocessing, os, time
if multiprocessing.parent_process():
    time.sleep(60)
os.register_at_fork(after_in_child=lambda: time.sleep(60))
"""
INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, "")
from jobmodels._cli import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
class TestInterruptions:
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_a_run_that_is_ended_leaves_nothing(self, number: int, code: int, workers: str) -> None:
        """Neither files nor processes nor words, by Ctrl-C or by a scheduler.

        It is not measured: an interruption can leave the measurement's own lock taken.
        """
        put("slow_for_bulk.py", SLOW.encode())
        put("main.py", INTERRUPTIBLE.encode())
        # The first two MiB are read before there are workers; these never begin.
        put("log.jsonl", (GOOD + b"\n") * (1 + (3 << 20) // len(GOOD)))
        logs = ["log.jsonl", "--registry", "slow_for_bulk"] if workers == "2" else ["-"]
        program = [sys.executable, "main.py", "normalize", *logs, "--workers", workers, "--to", "out.jsonl"]
        pipe = subprocess.PIPE
        with subprocess.Popen(program, stdin=pipe, stderr=pipe, env=unmeasured()) as running:
            try:
                until(lambda: running.poll() is not None or Path("out.jsonl.partial", "new-jobs.jsonl").exists())
                running.send_signal(number)
                assert (running.communicate(timeout=60)[1], running.returncode) == (b"", code)
            finally:
                running.kill()
        assert not list(Path().glob("out*"))


def test_a_signal_waits_while_processes_start() -> None:
    """It comes when they have."""
    seen: list[str] = []

    def start() -> None:
        with _uninterrupted():
            signal.raise_signal(signal.SIGINT)
            seen.append("started")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert seen == ["started"]


def test_a_scheduler_that_ends_a_run() -> None:
    """It is told so by the exit code."""
    with pytest.raises(SystemExit) as ended, bulk._terminable():
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == 143


def test_a_thread_may_run_the_command() -> None:
    """Signals are for the main thread; the work is the same."""
    put("log.jsonl")
    codes: list[int] = []
    arguments = ["normalize", "log.jsonl", "--to", "out.jsonl", "--workers", "2", "--part-size", "400"]
    thread = threading.Thread(target=lambda: codes.append(main(arguments)))
    thread.start()
    thread.join()
    assert codes == [1]
    assert [row["line"] for row in rows()] == [line for line, _ in ROWS]


def until(done: Any) -> None:
    """Wait for something to be so."""
    for _ in range(6000):
        if done():
            return
        time.sleep(0.01)
    raise TimeoutError


class TestResume:
    def test_what_was_done_is_not_done_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A run goes on behind the last part that was whole: of plain logs, of packed ones, of dead letters."""
        for name, data in (("a.jsonl", LOG * 2), ("b.gz", gzip.compress(LOG * 2)), ("c.json", FORMS["array.json"])):
            put(name, data)
        logs = ["a.jsonl", "b.gz", "c.json"]
        options = ["--resume", "--part-size", "500", "--workers", "1"]
        normalize(*logs, to="whole.jsonl")
        note = Pieces._note
        for stop in range(1, 12):

            def ending(*arguments: Any, left: list[int] = [stop]) -> None:  # noqa: B006 - it counts
                note(*arguments)
                left[0] -= 1
                if not left[0]:
                    raise KeyboardInterrupt

            with monkeypatch.context() as patch:
                patch.setattr(Pieces, "_note", ending)
                if main(["normalize", *logs, *options, "--to", "out.jsonl"]) != 130:
                    break
            assert Path("out.jsonl.partial", "plan.json").exists()
        else:
            normalize(*logs, *options)
        for ending_ in ("jsonl", "jsonl.dead.jsonl"):
            assert Path(f"out.{ending_}").read_bytes() == Path(f"whole.{ending_}").read_bytes()
        assert not Path("out.jsonl.partial").exists()

    def test_what_a_killed_worker_was_writing_goes(self, tmp_path: Path) -> None:
        """Files of pieces that have no note, of whichever run."""
        for name in ("000000-000000-aaaa.jobs.arrow", "000000-000000.piece.json", "plan.json"):
            put(name, b"")
        Pieces(folder=tmp_path, size=1).sweep([])
        assert sorted(path.name for path in tmp_path.iterdir()) == ["000000-000000.piece.json", "plan.json"]

    def test_files_of_pieces_are_used_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was longer in them before is not read any more; one that another worker took is let be."""
        pieces = Pieces(folder=tmp_path, size=1 << 20)
        reader = Reader(options=Options(), longest=2000)
        read_in_small_blocks(monkeypatch)
        found: list[list[int]] = []
        for place, data in enumerate([b"y" * 9000 + b"\n" + LOG * 9, LOG, GOOD]):
            source = describe(put(f"{place}.log", data))
            (piece,) = Work(stretch=Stretch(source=source), place=place).pieces(reader, pieces)
            found += [[line for batch in pieces.batches(piece, "jobs") for line in batch.column("line").to_pylist()]]
            pieces.remove(piece)
            assert (len(list(tmp_path.glob("*.arrow"))), len(list(tmp_path.glob("*.spool*")))) == (2, 0)
        assert found[1:] == [[line for line, _ in ROWS], [1]]
        rename = Path.rename
        monkeypatch.setattr(Path, "rename", lambda path, target: path.unlink() or rename(path, target))
        with pieces.opened("a", "jobs") as file:
            assert os.fstat(file.fileno()).st_size == 0

    def test_many_logs_take_time_by_their_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No piece is looked for among those of all the others."""
        looks: list[str] = []
        glob = Path.glob

        def looked(path: Path, pattern: str) -> Any:
            looks.append(pattern)
            return glob(path, pattern)

        monkeypatch.setattr(Path, "glob", looked)
        for number in range(6):
            put(f"{number}.log")
        normalize("[0-1].log", "--resume", to="few.jsonl")
        few = len(looks)
        normalize("[0-5].log", "--resume", to="many.jsonl")
        assert len(looks) == 2 * few

    def interrupted(self, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
        """Begin a run, and end it when its parts are there."""
        with monkeypatch.context() as patch:
            patch.setattr("jobmodels.tables._stage.Stage.end", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            normalize(*arguments, "--resume", "--part-size", "300", code=130)

    def test_an_interrupted_run_says_how_to_go_on(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """By the same command."""
        put("log.jsonl")
        self.interrupted(monkeypatch, "log.jsonl")
        assert capsys.readouterr().err == "jobmodels: the same command goes on from here\n"
        normalize("log.jsonl", "--resume", "--part-size", "300")
        assert len(rows()) == len(ROWS)

    def test_a_full_disk_says_how_to_go_on(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As a lost worker does, where something may be done about it."""
        put("log.jsonl")
        full = OSError(errno.ENOSPC, "No space left on device", "out.jsonl.partial")
        lost = WorkerLost("log.jsonl", -9)
        for error, told in (
            (full, "out.jsonl: not written: No space left on device: out.jsonl.partial; the same command goes on"),
            (lost, "the same command goes on from here\njobmodels: log.jsonl: the worker that read it was ended"),
        ):
            with monkeypatch.context() as patch:
                patch.setattr("jobmodels.tables._stage.Stage.end", lambda *_, given=error: (_ for _ in ()).throw(given))
                normalize("log.jsonl", "--resume", code=2)
            assert capsys.readouterr().err.startswith(f"jobmodels: {told}")
        normalize("log.jsonl", "--resume")

    def test_a_database_begins_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a run that was ended had put into it is put into the next one again, and no row is there twice."""
        put("log.jsonl")
        with monkeypatch.context() as patch:
            patch.setattr("jobmodels.tables._stage.Stage.end", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            normalize("log.jsonl", "--resume", "--typed", KEY, to="out.duckdb", code=130)
        Path("out.duckdb.partial", "new.duckdb.wal").touch()
        normalize("log.jsonl", "--resume", "--typed", KEY, to="out.duckdb")
        assert [(row["line"], row["item"]) for row in rows("out.duckdb")] == ROWS

    def test_what_changed_is_refused(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """A log or an option that is not what it was would give another table."""
        put("log.jsonl")
        self.interrupted(monkeypatch, "log.jsonl")
        normalize("log.jsonl", "--resume", "--part-size", "300", "--key", KEY, code=2)
        assert "cannot be resumed, since the option key changed; remove " in capsys.readouterr().err
        normalize("log.jsonl", "--resume", code=2)
        assert "since the option part changed" in capsys.readouterr().err
        put("log.jsonl", LOG + b"\n" + GOOD)
        normalize("log.jsonl", "--resume", "--part-size", "300", code=2)
        assert "since the log log.jsonl changed" in capsys.readouterr().err
        put("log.jsonl", LOG)
        os.utime("log.jsonl", ns=(0, 0))
        normalize("log.jsonl", "--resume", "--part-size", "300", code=2)
        assert not Path("out.jsonl").exists()

    def test_a_run_that_was_begun_is_not_thrown_away(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Unless that is asked for."""
        put("log.jsonl")
        self.interrupted(monkeypatch, "log.jsonl")
        normalize("log.jsonl", code=2)
        assert "a run is begun in " in capsys.readouterr().err
        assert Path("out.jsonl.partial", "plan.json").exists()
        normalize("log.jsonl", "--overwrite")
        assert len(rows()) == len(ROWS)
        assert not Path("out.jsonl.partial").exists()

    def test_a_run_that_had_only_to_put_its_files_in_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is ended by the next one, which says what the first one would have said."""
        put("log.jsonl")
        replace = Path.replace

        def killed(path: Path, target: Path) -> Path:
            if Path(target).name == "out.jsonl":
                raise KeyboardInterrupt
            return replace(path, target)

        for options in (["--resume"], []):
            with monkeypatch.context() as patch:
                patch.setattr(Path, "replace", killed)
                normalize("log.jsonl", *options, code=130)
            assert Path("out.jsonl.dead.jsonl").exists()
            assert not Path("out.jsonl").exists()
            normalize("log.jsonl", *options, code=1 if options else 2)
            assert len(rows()) == len(ROWS)
            assert len(letters()) == len(DEAD)
            assert not Path("out.jsonl.partial").exists()
            Path("out.jsonl").unlink()
            Path("out.jsonl.dead.jsonl").unlink()


class TestReplay:
    def test_dead_letters_are_read_again(self, capsys: pytest.CaptureFixture[str]) -> None:
        """After a fix; each row has the place that its line had, and what is dead still is in its place."""
        bare = [DONE, b"nothing", DONE]
        put("log.jsonl", b"\n".join(bare))
        normalize("log.jsonl")
        assert rows() == []
        assert main(["replay", "out.jsonl.dead.jsonl", "--key", KEY, "--to", "more.jsonl"]) == 1
        places = [(row["source"], row["line"], row["offset"]) for row in rows("more.jsonl")]
        assert places == [("log.jsonl", line, offset_of(line, bare)) for line in (1, 3)]
        (letter,) = letters("more.jsonl.dead.jsonl")
        assert (letter["source"], letter["line"], letter["raw"]) == ("log.jsonl", 2, "nothing")
        capsys.readouterr()
        assert main(["replay", "out.jsonl.dead.jsonl", "--key", KEY]) == 1
        told = capsys.readouterr()
        assert len(told.out.splitlines()) == 3
        assert "log.jsonl:2: refused: " in told.err

    def test_bytes_that_are_no_text_come_back(self) -> None:
        """And are dead letters again."""
        put("log.jsonl", b"\xff\xfe\0{")
        normalize("log.jsonl")
        assert letters()[0]["base64"] == "//4Aew=="
        assert main(["replay", "out.jsonl.dead.jsonl", "--to", "more.jsonl"]) == 1
        assert letters("more.jsonl.dead.jsonl") == letters()

    def test_what_is_no_dead_letter(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A line of another file is not read as if it were one."""
        put("log.jsonl", GOOD)
        assert main(["replay", "log.jsonl", "--to", "out.jsonl"]) == 1
        (letter,) = letters()
        assert (letter["source"], letter["line"], letter["reject_code"]) == ("log.jsonl", 1, "not-a-letter")
        assert main(["replay", "log.jsonl"]) == 1
        assert "log.jsonl:1: refused: it is no dead letter" in capsys.readouterr().err


class TestProgress:
    def shown(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        total: int | None = 4,
        pause: float = -1,
    ) -> str:
        """Go through a run, and give what was shown meanwhile."""
        monkeypatch.setattr("jobmodels._cli.gauge._PAUSE", pause)
        with Progress(total) as progress:
            for taken in (1_000_000, 3_000_000):
                progress.reach(taken)
        return capsys.readouterr().err

    def test_a_terminal_sees_a_bar(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Of rich where that is installed, else a line of text; it goes when the run ends."""
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")
        assert "━" in self.shown(monkeypatch, capsys, 3_000_000)
        monkeypatch.setitem(sys.modules, "rich", None)
        text = self.shown(monkeypatch, capsys, 4_000_000)
        assert text == "\r1 MB of 4 MB\r3 MB of 4 MB\r            \r"
        assert self.shown(monkeypatch, capsys, None) == "\r1 MB\r3 MB\r    \r"
        assert self.shown(monkeypatch, capsys, None, float("inf")) == ""

    @pytest.mark.parametrize("rich", [True, False])
    def test_a_terminal_that_has_gone_away(self, rich: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """It does not end the run, and what it would have shown is no reason to call the run failed."""
        tried: list[str] = []

        class Gone(io.StringIO):
            def isatty(self) -> bool:
                return True

            def write(self, text: str) -> int:
                tried.append(text)
                raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("jobmodels._cli.gauge._PAUSE", -1)
        monkeypatch.setattr(sys, "stderr", Gone())
        if not rich:
            monkeypatch.setitem(sys.modules, "rich", None)
        with Progress(4) as progress:
            progress.reach(1)
            progress.reach(3)
        assert tried

    def test_a_file_sees_none(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Nor does a terminal that cannot."""
        assert self.shown(monkeypatch, capsys) == ""
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "dumb")
        assert self.shown(monkeypatch, capsys) == ""


def test_counts_are_listed_by_size() -> None:
    """The largest first; those beyond ten together."""
    assert bulk.counted(Counter()) == "none"
    assert bulk.counted(Counter({"": 1, "b": 2000, "a": 1})) == "b 2,000, (no code) 1, a 1"
    assert bulk.counted(Counter({f"c{number:02}": 1 for number in range(12)})).endswith("c09 1, others 2")


def test_paths_are_shown_as_short_as_can_be(tmp_path: Path) -> None:
    """As they are seen from here."""
    assert bulk.shown(tmp_path / "a" / "b.csv") == str(Path("a", "b.csv"))
    assert bulk.shown(tmp_path.parent / "b.csv") == str(tmp_path.parent / "b.csv")


KILLED = r"""
import gc, io, json, os, signal, sys
from collections import Counter
from pathlib import Path

# So that no process after this one has to.
import numpy.ma, orjson, pyarrow, pyarrow.compute, pyarrow.ipc
import jobmodels
import jobmodels.tables._run
from jobmodels._cli import main
from jobmodels.tables import LINE_SCHEMA, Options, _disk, normalize_batch
from jobmodels.tables._need import be_lean

folder, points, *arguments = sys.argv[1:]
be_lean()
raws = Path(folder, "log.jsonl").read_bytes().splitlines()
told = [{"source": "", "line": line, "offset": 0, "raw": raw} for line, raw in enumerate(raws, 1)]
normalize_batch(pyarrow.RecordBatch.from_pylist(told, schema=LINE_SCHEMA), Options())
gc.freeze()
lines = sum(bool(line.strip()) for line in Path(folder, "log.jsonl").read_bytes().splitlines())
old = Path(folder, "old.jsonl").read_bytes()


def begin(work, left=None):
    '''Run the command in a process of its own, which kills itself at the step that is given.'''
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.chdir(work)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # What a process has written outlives it, as long as the machine does.
    os.fsync = lambda _: None
    if left is not None:
        steps = [0]

        def counted(call):
            def counting(*told, **more):
                steps[0] += 1
                if steps[0] == left:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*told, **more)

            return counting

        class Raw(io.FileIO):
            write = counted(io.FileIO.write)

        for name in ("open", "fsync", "replace", "unlink", "mkdir", "rmdir"):
            setattr(os, name, counted(getattr(os, name)))
        _disk.open = lambda descriptor, mode: io.BufferedWriter(Raw(descriptor, mode), 1)
        code = main(arguments)
        Path("steps").write_text(str(steps[0]))
    else:
        code = main(arguments)
    os._exit(code)


def fresh(name):
    work = Path(folder, name)
    work.mkdir()
    for log in ("log.jsonl", "log.gz"):
        (work / log).symlink_to(Path(folder, log))
    if "--overwrite" in arguments:
        (work / "out.jsonl").write_bytes(old)
    return work


def places(work):
    '''Give the lines that are in the output, and those that are in the dead letters.'''
    rows = [json.loads(line) for line in (work / "out.jsonl").read_bytes().splitlines()]
    dead = [json.loads(line) for line in (work / "out.jsonl.dead.jsonl").read_bytes().splitlines()]
    told = [Counter((row["source"], row["line"]) for row in each) for each in (rows, dead)]
    assert not told[0].keys() & told[1].keys(), "a line is in both"
    assert told[0].total() + told[1].total() == 2 * lines, "a line is missing, or there twice"
    return told


work = fresh("whole")
assert begin(work, 0) == 1
steps = int((work / "steps").read_text())
wanted = places(work)
killed = 0
for point in sorted({1 + at * (steps - 1) // (int(points) - 1) for at in range(int(points))}):
    work = fresh(f"at-{point}")
    assert begin(work, point) == -signal.SIGKILL, point
    killed += 1
    out = work / "out.jsonl"
    if out.exists() and out.read_bytes() != old:
        places(work)
    code = begin(work)
    assert code == 1 or (code == 2 and "--overwrite" not in arguments), (point, code)
    assert places(work) == wanted, point
    left = sorted(path.name for path in work.iterdir())
    assert left == ["log.gz", "log.jsonl", "out.jsonl", "out.jsonl.dead.jsonl"], (point, left)
print(killed, "of", steps)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs to be killed as POSIX does it")
@pytest.mark.parametrize(("points", "options"), [(50, []), (12, ["--overwrite"])])
def test_a_run_may_be_killed_anywhere(tmp_path: Path, points: int, options: list[str]) -> None:
    """At fifty steps of its way to the disk; the next run goes on, and each line is in one of output and dead letters.

    Before that, the output is the old one, or absent, or whole. The steps are all that reach the disk: files that are
    opened, written, synced, replaced and removed.
    """
    body = envelope(b'{"status": "running"}', key="alation/job/GET")
    lines = [body, b"no", body, b"", b'{"a": 1}', body, body]
    put("log.jsonl", b"\n".join(lines * 4))
    put("log.gz", gzip.compress(b"\n".join(lines * 4)))
    put("old.jsonl", b'{"old": true}\n')
    arguments = ["normalize", "log.jsonl", "log.gz", "--to", "out.jsonl", "--resume", "--part-size", "500", *options]
    program = [sys.executable, "-c", KILLED, str(tmp_path), str(points), *arguments, "--workers", "1"]
    ran = subprocess.run(program, capture_output=True, text=True, check=False, env=unmeasured())
    assert ran.returncode == 0, ran.stderr
    killed, _, steps = ran.stdout.partition(" of ")
    assert int(killed) == points < int(steps)


def test_the_first_command_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """Its log holds answers of all five systems and every state, and its query gives what is shown there."""
    root = Path(__file__).parents[1]
    text = (root / "README.md").read_text(encoding="utf-8")
    assert " jobmodels normalize examples/jobs.jsonl --to jobs.duckdb" in text.replace(".venv/bin/", "")
    normalize(str(root / "examples" / "jobs.jsonl"), to="jobs.duckdb", code=0)
    found = rows("jobs.duckdb")
    assert {row["system"] for row in found} == {key.system for key in jobmodels.registry()}
    assert {row["state"] for row in found} == set(jobmodels.JobState)
    query, _, after = text.partition("sql('''")[2].partition("'''")
    with duckdb.connect("jobs.duckdb", read_only=True) as connection:
        wanted = connection.sql(query).fetchall()
    shown = [line.strip("│").split("│") for line in after.partition("```text\n")[2].partition("```")[0].splitlines()]
    told = [tuple(cell.strip() for cell in cells) for cells in shown if len(cells) == len(wanted[0])][2:]
    assert told == [tuple("NULL" if cell is None else str(cell) for cell in row) for row in wanted]
