from __future__ import annotations

import csv
import errno
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobmodels.errors import OutputRefused
from jobmodels.tables import JOB_SCHEMA, _disk, _sinks
from jobmodels.tables._database import Database, check_ours, log_of
from jobmodels.tables._pump import Pump
from jobmodels.tables._sinks import Files, place_of
from jobmodels.tables._stage import Stage
from jobmodels.tables._tally import Tally

MOMENT = datetime(2024, 9, 17, 12, 50, 42, 653908, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {
        "system": "acme",
        "message": 'two\nlines, "quoted"',
        "finished": True,
        "total": 7,
        "progress": 0.25,
        "submitted_at": MOMENT,
        "errors": [{"message": "bad", "code": "404", "transient": False, "index": 3}],
        "findings": [],
        "result_json": '{"a": 1}',
        "source": "log.jsonl",
        "line": 1,
        "offset": 0,
    },
    {"system": "acme", "message": "", "finished": False, "source": "log.jsonl", "line": 2, "offset": 9},
]
DICTIONARIES = {"system": True, "state": True, "errors.list.element.code": True, "job_id": False, "result_json": False}
CLIMBING = {"received_at", "line", "offset"}
UNSOUGHT = {"message", "error_message", "result_json", "extra_json"}


def reader(*batches: list[dict[str, Any]], schema: pa.Schema = JOB_SCHEMA) -> pa.RecordBatchReader:
    """Give rows as batches."""
    return pa.RecordBatchReader.from_batches(
        schema, (pa.RecordBatch.from_pylist(rows, schema=schema) for rows in batches)
    )


def write(folder: Path, name: str, *batches: list[dict[str, Any]], private: bool = False) -> Path:
    """Write rows as the table of jobs, and put the file in its place."""
    kind = Database if name.endswith(".duckdb") else Files
    output = kind(folder / name, folder, private=private)
    output.write("jobs", reader(*batches))
    ((new, place),) = output.close().items()
    new.replace(place)
    return place


class TestFormats:
    def test_parquet(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It keeps the columns with their types, packed by zstd, in groups that readers like."""
        monkeypatch.setattr(_sinks, "_GROUP_ROWS", 3)
        path = write(tmp_path, "jobs.parquet", ROWS, ROWS, ROWS)
        table = pq.read_table(path)
        assert table.schema.equals(JOB_SCHEMA)
        assert table.to_pylist() == reader(ROWS, ROWS, ROWS).read_all().to_pylist()
        told = pq.read_metadata(path)
        assert [told.row_group(group).num_rows for group in range(told.num_row_groups)] == [3, 1, 2]
        assert told.row_group(0).column(0).compression == "ZSTD"
        assert pq.read_table(write(tmp_path, "none.parquet")).num_rows == 0

    def test_parquet_holds_no_more_than_serves(self, tmp_path: Path) -> None:
        """Dictionaries where values come again, differences where they climb, ranges where somebody asks for them."""
        path = write(tmp_path, "jobs.parquet", [{**ROWS[0], "line": number} for number in range(999)])
        group = pq.read_metadata(path).row_group(0)
        told = {column.path_in_schema: column for column in map(group.column, range(group.num_columns))}
        assert all(("RLE_DICTIONARY" in told[name].encodings) == alike for name, alike in DICTIONARIES.items())
        assert {name for name, column in told.items() if "DELTA_BINARY_PACKED" in column.encodings} == CLIMBING
        assert told["line"].statistics.max == 998
        assert {name for name, column in told.items() if column.statistics is None and "." not in name} == UNSOUGHT
        assert not any(column.statistics for name, column in told.items() if "." in name)
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT sum(line), any_value(errors[1].code) FROM '{path}'").fetchone()
        assert found == (998 * 999 // 2, "404")
        assert polars.read_parquet(path)["line"].to_list() == pq.read_table(path)["line"].to_pylist()

    def test_columns_of_other_tables_may_have_the_same_names(self, tmp_path: Path) -> None:
        """What is no number has no differences."""
        table = pa.table({"line": ["a", "b"], "job_id": [{"offset": [1.5]}, None]})
        output = Files(tmp_path / "jobs.parquet", tmp_path, private=False)
        output.write("jobs", table.to_reader())
        assert pq.read_table(tmp_path / "new-jobs.parquet").equals(table)

    def test_arrow(self, tmp_path: Path) -> None:
        """It keeps the columns with their types, as a file whose batches are read in any order."""
        path = write(tmp_path, "jobs.arrow", ROWS, ROWS)
        with pa.OSFile(str(path)) as file:
            found = pa.ipc.open_file(file)
            assert found.num_record_batches == 2
            assert found.schema.equals(JOB_SCHEMA)
            assert found.read_all().to_pylist() == reader(ROWS, ROWS).read_all().to_pylist()

    def test_jsonl(self, tmp_path: Path) -> None:
        """Each row is an object with every column: moments as RFC 3339 in UTC, lists as lists."""
        schema = JOB_SCHEMA.append(pa.field("raw", pa.binary()))
        output = Files(tmp_path / "jobs.jsonl", tmp_path, private=False)
        output.write("jobs", reader([{**ROWS[0], "raw": b'{"key": "\xc3\xb6"}'}], [ROWS[1]], schema=schema))
        output.close()
        first, second = map(json.loads, (tmp_path / "new-jobs.jsonl").read_text(encoding="utf-8").splitlines())
        assert list(first) == schema.names
        assert first["submitted_at"] == "2024-09-17T12:50:42.653908Z"
        assert first["errors"][0]["code"] == "404"
        assert first["raw"] == '{"key": "ö"}'
        assert (second["message"], second["errors"], second["finished"]) == ("", None, False)

    def test_csv(self, tmp_path: Path) -> None:
        """Lists are JSON text, null is nothing, the empty text is a pair of quotes."""
        path = write(tmp_path, "jobs.csv", ROWS)
        with path.open(encoding="utf-8", newline="") as file:
            first, second = csv.DictReader(file)
        assert list(first) == JOB_SCHEMA.names
        assert first["message"] == ROWS[0]["message"]
        assert json.loads(first["errors"])[0]["index"] == 3
        assert (first["findings"], second["findings"]) == ("[]", "")
        assert (first["finished"], second["finished"]) == ("true", "false")
        assert (first["total"], first["progress"]) == ("7", "0.25")
        assert first["submitted_at"] == "2024-09-17T12:50:42.653908Z"
        assert '"acme","",' not in path.read_text(encoding="utf-8")
        assert ',"",false' not in path.read_text(encoding="utf-8")
        assert second["message"] == ""

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1"])
    def test_a_spreadsheet_runs_no_cell(self, tmp_path: Path, text: str) -> None:
        """What it would take for a formula begins with an apostrophe; numbers do not."""
        path = write(tmp_path, "jobs.csv", [{"message": text, "job_id": "a=1", "total": -5}])
        with path.open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        assert (row["message"], row["job_id"], row["total"]) == ("'" + text, "a=1", "-5")

    def test_bytes_in_csv(self, tmp_path: Path) -> None:
        """The line, where it is kept, is the text that it was."""
        schema = pa.schema([("raw", pa.binary())])
        output = Files(tmp_path / "jobs.csv", tmp_path, private=False)
        output.write("jobs", reader([{"raw": b'{"a": 1}'}], schema=schema))
        assert (tmp_path / "new-jobs.csv").read_bytes() == b'"raw"\n"{""a"": 1}"\n'

    def test_what_json_has_no_word_for(self) -> None:
        """A type that no column has is a mistake of ours, and not hidden."""
        with pytest.raises(TypeError, match="set"):
            _sinks._as_text(set())

    def test_duckdb(self, tmp_path: Path) -> None:
        """One table, in the order of the rows, with the columns of DuckDB's own types."""
        path = write(tmp_path, "jobs.duckdb", *([{**ROWS[0], "line": number}] for number in range(99)))
        with duckdb.connect(str(path), read_only=True) as connection:
            assert [line for (line,) in connection.execute("SELECT line FROM jobs").fetchall()] == list(range(99))
            types = {name: kind for name, kind, *_ in connection.execute("DESCRIBE jobs").fetchall()}
            columns = "submitted_at, errors[1].code, result_json->>'a'"
            row = connection.execute(f"SELECT {columns} FROM jobs LIMIT 1").fetchone()
        assert list(types) == JOB_SCHEMA.names
        assert (types["system"], types["submitted_at"]) == ("VARCHAR", "TIMESTAMP WITH TIME ZONE")
        assert row == (MOMENT, "404", "1")

    @pytest.mark.parametrize("version", ["1.2.0", "2.0.0"])
    def test_duckdb_packs_long_texts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
        """By zstd, where its files have it without being asked to; others would hold them as they are."""
        own, packs = int(duckdb.__version__.partition(".")[0]) >= 2, version == "2.0.0"
        if packs and not own:
            pytest.skip("needs DuckDB 2")
        monkeypatch.setattr(duckdb, "__version__", version)
        schema = JOB_SCHEMA.append(pa.field("raw", pa.binary())).append(pa.field('the "odd" one', pa.int64()))
        text = {number: json.dumps([number, "text" * 99, number**9]) for number in range(9999)}
        rows = [{"line": number, "result_json": told, "raw": told.encode()} for number, told in text.items()]
        output = Database(tmp_path / "jobs.duckdb", tmp_path, private=False)
        output.write("jobs", reader(rows, schema=schema))
        ((new, _),) = output.close().items()
        with duckdb.connect(str(new), read_only=True) as connection:
            told = connection.execute("SELECT column_name, compression FROM pragma_storage_info('jobs')").fetchall()
            found = connection.execute("SELECT line, result_json, raw FROM jobs").fetchall()
            names = [name for name, *_ in connection.execute("DESCRIBE jobs").fetchall()]
        assert {name for name, kind in told if kind == "ZSTD"} == (
            {"result_json", "extra_json", "raw"} if packs else set()
        )
        assert found == [(number, told, told.encode()) for number, told in text.items()]
        assert names == schema.names

    def test_tables_of_their_own(self, tmp_path: Path) -> None:
        """A file holds one table, so that the second one is a second file; a database holds both."""
        output: Files | Database = Files(tmp_path / "jobs.parquet", tmp_path, private=False)
        output.write("jobs", reader(ROWS))
        output.write("document_post", reader(ROWS[:1]))
        assert set(output.close().values()) == {tmp_path / "jobs.parquet", tmp_path / "jobs.document_post.parquet"}
        output = Database(tmp_path / "jobs.duckdb", tmp_path, private=False)
        output.write("jobs", reader(ROWS))
        output.write("document_post", reader(ROWS[:1]))
        ((new, _),) = output.close().items()
        with duckdb.connect(str(new), read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM document_post").fetchall() == [(1,)]
        assert place_of(tmp_path / "a.b.csv", "x") == tmp_path / "a.b.x.csv"

    @pytest.mark.skipif(os.name == "nt", reason="needs permissions")
    @pytest.mark.parametrize("name", ["jobs.parquet", "jobs.csv", "jobs.duckdb"])
    def test_lines_that_are_kept_are_private(self, tmp_path: Path, name: str) -> None:
        """Their owner alone may read them."""
        assert write(tmp_path, name, ROWS, private=True).stat().st_mode & 0o777 == 0o600


class TestDatabase:
    def test_ours_may_be_replaced(self, tmp_path: Path) -> None:
        """Tables that were written here, and a file with nothing in it."""
        check_ours(write(tmp_path, "jobs.duckdb", ROWS))
        (tmp_path / "empty.duckdb").touch()
        check_ours(tmp_path / "empty.duckdb")

    @pytest.mark.parametrize(
        ("made", "named"),
        [
            ("CREATE TABLE mine (a INT)", "main.mine"),
            ("CREATE VIEW seen AS SELECT 1", "main.seen"),
            ("CREATE SEQUENCE counted", "main.counted"),
            ("CREATE MACRO added(a) AS a + 1", "main.added"),
            ("CREATE TYPE kind AS ENUM ('a')", "main.kind"),
            ("CREATE SCHEMA other", "other"),
            ("CREATE SCHEMA other; CREATE TABLE other.jobs (a INT)", "other, other.jobs"),
            ("DROP TABLE jobs; CREATE TABLE jobs (a INT)", "main.jobs"),
        ],
    )
    def test_what_others_made_is_never_replaced(self, tmp_path: Path, made: str, named: str) -> None:
        """Whatever it is, and though it is called as ours is."""
        path = write(tmp_path, "jobs.duckdb", ROWS)
        with duckdb.connect(str(path)) as connection:
            connection.execute(made)
        with pytest.raises(OutputRefused, match=f"it has what is not ours: {named}"):
            check_ours(path)

    def test_what_is_no_database(self, tmp_path: Path) -> None:
        """It is not replaced either, since nobody knows what it is."""
        path = tmp_path / "jobs.duckdb"
        path.write_bytes(b"text" * 5000)
        with pytest.raises(OutputRefused, match="nobody knows"):
            check_ours(path)

    def test_changes_that_are_only_in_the_log(self, tmp_path: Path) -> None:
        """They are folded in first, so that the old database is whole for as long as it is there."""
        path = write(tmp_path, "jobs.duckdb", ROWS)
        code = f"import duckdb, os; it = duckdb.connect({str(path)!r}); it.execute('INSERT INTO jobs FROM jobs'); "
        code += "os._exit(0)"
        subprocess.run([sys.executable, "-c", code], check=True)
        assert log_of(path).exists()
        check_ours(path)
        assert not log_of(path).exists()
        with duckdb.connect(str(path), read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM jobs").fetchall() == [(4,)]

    def test_what_the_database_says_is_an_error_of_ours(self, tmp_path: Path) -> None:
        """With its reason; nothing is left open."""
        output = Database(tmp_path / "jobs.duckdb", tmp_path, private=False)
        output.write("jobs", reader(ROWS))
        with pytest.raises(OutputRefused, match="already exists"):
            output.write("jobs", reader(ROWS))
        output.drop()


def pumped(write: Callable[[pa.RecordBatchReader], object], batches: list[pa.RecordBatch]) -> None:
    """Put batches through a pump."""
    with Pump(JOB_SCHEMA, write) as pump:
        for batch in batches:
            pump.put(batch)


class TestPump:
    def test_batches_arrive_in_order(self) -> None:
        """Each one, in the thread that writes."""
        taken: list[int] = []

        def writing(batches: pa.RecordBatchReader) -> None:
            assert threading.current_thread().name == "writer"
            taken.extend(batch.column("line")[0].as_py() for batch in batches)

        pumped(writing, [pa.RecordBatch.from_pylist([{"line": number}], schema=JOB_SCHEMA) for number in range(20)])
        assert taken == list(range(20))

    def test_an_error_of_the_writer_comes_out(self) -> None:
        """Where batches are put, though nobody takes them any more, or at the end."""

        def failing(batches: pa.RecordBatchReader) -> None:
            next(iter(batches))
            raise OSError(28, "No space left on device")

        batch = pa.RecordBatch.from_pylist(ROWS, schema=JOB_SCHEMA)
        for count in (1, 20):
            with pytest.raises(OSError, match="No space"):
                pumped(failing, [batch] * count)

    def test_an_error_of_the_reader_ends_the_writer(self) -> None:
        """It never sees an end, so that it cannot take the half for the whole."""
        seen: list[str] = []

        def writing(batches: pa.RecordBatchReader) -> None:
            try:
                for _ in batches:
                    ...
                seen.append("the end")
            finally:
                seen.append("over")

        with pytest.raises(KeyError), Pump(JOB_SCHEMA, writing):
            raise KeyError
        assert seen == ["over"]

    @pytest.mark.parametrize("reason", [None, ValueError()])
    def test_nothing_is_held_after_an_error(self, reason: Exception | None) -> None:
        """Of whichever side: what is held for ever keeps a database open, which complains when the process ends."""

        def writing(batches: pa.RecordBatchReader) -> None:
            raise OSError(28, f"no room for {batches.schema.names[0]}")

        def run() -> weakref.ref[Pump]:
            pump = Pump(JOB_SCHEMA, writing).__enter__()
            with suppress(OSError):
                pump.__exit__(None if reason is None else type(reason), reason)
            return weakref.ref(pump)

        pump = run()
        gc.collect()
        assert pump() is None

    def test_a_slow_reader_is_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And a slow writer too, however often either looks."""
        monkeypatch.setattr("jobmodels.tables._pump._PATIENCE", 0.001)
        go = threading.Event()
        taken: list[pa.RecordBatch] = []

        def writing(batches: pa.RecordBatchReader) -> None:
            go.wait(10)
            taken.extend(batches)

        batch = pa.RecordBatch.from_pylist(ROWS, schema=JOB_SCHEMA)
        with Pump(JOB_SCHEMA, writing) as pump:
            threading.Timer(0.05, go.set).start()
            for _ in range(9):
                pump.put(batch)
            threading.Event().wait(0.05)
        assert len(taken) == 9


def begun(out: Path, plan: dict[str, Any] | None) -> Path:
    """Begin a run, and end it before its end; what is left is in the folder that is given."""
    with Stage(out) as stage:
        stage.begin(plan)
        assert stage.is_begun == (plan is not None)
    return stage.folder


def ended(out: Path) -> None:
    """Put a file in place."""
    with Stage(out) as stage:
        stage.begin(None)
        new = stage.place_for(out)
        new.write_text("new", encoding="utf-8")
        stage.end({new: out}, [], {})


class TestStage:
    def test_one_run_at_a_time(self, tmp_path: Path) -> None:
        """Another one over the same output is refused while the first goes on, and leaves it alone."""
        out = tmp_path / "jobs.csv"
        with Stage(out) as stage:
            stage.begin(None)
            code = (
                "import sys; from pathlib import Path\n"
                "from jobmodels.tables._stage import Stage\n"
                "from jobmodels.errors import OutputRefused\n"
                "try:\n    Stage(Path(sys.argv[1])).__enter__()\n"
                "except OutputRefused as error:\n    print(error)"
            )
            told = subprocess.run([sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=True)
            assert "another run is writing it" in told.stdout
            assert stage.folder.is_dir()
        assert list(tmp_path.iterdir()) == []

    def test_what_a_killed_run_left_is_removed(self, tmp_path: Path) -> None:
        """Folders within too."""
        out = tmp_path / "jobs.csv"
        left = Stage(out).folder
        (left / "spill").mkdir(parents=True)
        (left / "spill" / "x").touch()
        (left / "new-jobs.csv").touch()
        (left / "lock").touch()
        with Stage(out) as stage:
            stage.begin(None)
            assert [path.name for path in left.iterdir()] == ["lock"]
        assert not left.exists()

    def test_a_run_that_can_be_resumed(self, tmp_path: Path) -> None:
        """What it left stays, as long as its plan does; another plan is refused, and what is different named."""
        out = tmp_path / "jobs.csv"
        plan = {f"the option {name}": 1 for name in "abcde"}
        piece = begun(out, plan) / "piece"
        piece.touch()
        assert begun(out, plan) == piece.parent
        with pytest.raises(OutputRefused, match="since the option a changed; remove"):
            begun(out, {**plan, "the option a": 2})
        with (
            pytest.raises(OutputRefused, match="the option a, the option b, the option c and 2 more"),
            Stage(out) as stage,
        ):
            stage.begin({})
        assert piece.exists()
        assert not begun(out, None).exists()

    def test_files_are_put_in_place(self, tmp_path: Path) -> None:
        """From the folder, and from beside where they belong; what is to go goes, a stale log of a database too."""
        (tmp_path / "elsewhere").mkdir()
        out, letters, old = tmp_path / "jobs.duckdb", tmp_path / "elsewhere" / "dead.jsonl", tmp_path / "old.jsonl"
        for path in (out, log_of(out), old):
            path.write_text("old")
        with Stage(out) as stage:
            stage.begin({})
            beside, new = stage.place_for(letters), stage.place_for(out)
            assert (beside.parent, new.parent) == (letters.parent, stage.folder)
            beside.write_text("dead")
            new.write_text("new")
            stage.end({beside: letters, new: out}, [old], {"rows": 3})
        assert (out.read_text(), letters.read_text()) == ("new", "dead")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "jobs.duckdb"]
        assert stage.ended == {"rows": 3}

    def test_a_folder_of_others_is_left_alone(self, tmp_path: Path) -> None:
        """Though it is called as ours would be."""
        folder = tmp_path / "jobs.csv.partial"
        folder.mkdir()
        (folder / "mine").touch()
        with pytest.raises(OutputRefused, match="is in the way, and is not ours"):
            begun(tmp_path / "jobs.csv", None)
        assert (folder / "mine").exists()

    def test_a_place_that_cannot_be_taken(self, tmp_path: Path) -> None:
        """What was to be put there is kept for the next run, which can when it is free."""
        out = tmp_path / "jobs.csv"
        out.mkdir()
        for _ in range(2):
            with pytest.raises(OSError, match=r"jobs\.csv"):
                ended(out)
        out.rmdir()
        begun(out, None)
        assert out.read_text() == "new"
        assert [path.name for path in tmp_path.iterdir()] == ["jobs.csv"]

    def test_windows_removes_nothing_that_is_open(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The lock is let go of first there."""
        monkeypatch.setattr(_disk, "WINDOWS", True)
        assert not begun(tmp_path / "jobs.csv", None).exists()

    def test_what_was_written_beside_goes_with_the_run(self, tmp_path: Path) -> None:
        """Where the run did not come to its end."""
        (tmp_path / "elsewhere").mkdir()
        with Stage(tmp_path / "jobs.csv") as stage:
            stage.place_for(tmp_path / "elsewhere" / "dead.jsonl").touch()
        assert [path.name for path in tmp_path.rglob("*")] == ["elsewhere"]


def hold(path: str, ready: Any, done: Any) -> None:
    """Hold a lock in another process."""
    lock = _disk.Lock(Path(path))
    assert lock.take()
    ready.set()
    done.wait(30)


class TestDisk:
    def test_a_lock_ends_with_its_process(self, tmp_path: Path) -> None:
        """Another process cannot take it, until the first one has ended."""
        context = multiprocessing.get_context("spawn")
        ready, done = context.Event(), context.Event()
        process = context.Process(target=hold, args=(str(tmp_path / "lock"), ready, done))
        process.start()
        assert ready.wait(60)
        lock = _disk.Lock(tmp_path / "lock")
        assert not lock.take()
        process.kill()
        process.join()
        assert lock.take()
        lock.release()

    def test_a_disk_without_locks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is known there of others, and a run goes on."""

        def failing(_: object) -> None:
            raise OSError(errno.ENOSYS, "Function not implemented")

        monkeypatch.setattr(_disk, "_lock", failing)
        lock = _disk.Lock(tmp_path / "lock")
        assert lock.take()
        lock.release()

    def test_locks_of_windows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are of one byte, and fail at once, as the others do."""
        called: list[tuple[int, ...]] = []
        monkeypatch.setitem(sys.modules, "fcntl", None)
        windows: Any = SimpleNamespace(LK_NBLCK=2, locking=lambda *told: called.append(told[1:]))
        monkeypatch.setitem(sys.modules, "msvcrt", windows)
        lock = _disk.Lock(tmp_path / "lock")
        assert lock.take()
        lock.release()
        assert called == [(2, 1)]

    def test_windows_keeps_its_folders_itself(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A folder cannot be brought to the disk there, and need not be."""
        called: list[int] = []
        monkeypatch.setattr(os, "fsync", called.append)
        monkeypatch.setattr(_disk, "WINDOWS", True)
        _disk.sync_folder(tmp_path)
        assert called == []


def test_codes_without_end_are_bounded() -> None:
    """A service that makes up its codes does not make the summary grow."""
    one, other = Tally(), Tally(errors=Counter({f"code {number}": 1 for number in range(2000)}))
    one.errors["often"] = 5
    one.join(other)
    assert len(one.errors) == 1000
    assert one.errors["often"] == 5
    assert one.errors.total() == 2005
    one.join(other)
    assert len(one.errors) <= 1000
    assert one.errors.total() == 4005
    assert Tally.from_dict(json.loads(json.dumps(one.to_dict()))) == one


def test_a_lock_that_was_not_taken_is_let_go_of_all_the_same(tmp_path: Path) -> None:
    """Nothing is to be done."""
    lock = _disk.Lock(tmp_path / "lock")
    lock.release()
    assert lock.take()
    lock.release()
