from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import jobmodels
from jobmodels._cli import main, table
from jobmodels._cli.arguments import printable
from jobmodels._cli.normalize import amount_text, counts_text, duration_text, error_text
from jobmodels._cli.show import type_text
from jobmodels._folders import find_folder

ROOT = Path(__file__).parents[1]
KEY = "alation/document/POST"
DONE = {
    "status": "successful",
    "msg": "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00",
    "result": {"created_term_count": 1, "created_terms": [{"id": 1325, "title": "My KPI 1"}]},
}
CASE: dict[str, Any] = {
    "about": "One document created.",
    "source": "contracts 2.4",
    "given": {"operation": "result", "body": DONE},
    "expect": {"state": "succeeded"},
}
OWN = """
import jobmodels

own = jobmodels.System(name="own")


@own("lamp/GET")
class Lamp(jobmodels.Record):
    status: str
    brightness: float | None = None
"""


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgets the terminal in which the tests run."""
    for variable in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)


def line(body: object = DONE, **members: Any) -> str:
    """Write an envelope of a polled answer."""
    return json.dumps({"key": KEY, "operation": "result", "body": body, **members})


def log(folder: Path, *lines: str | bytes) -> str:
    """Write a log."""
    path = folder / "log.jsonl"
    path.write_bytes(b"".join((text.encode() if isinstance(text, str) else text) + b"\n" for text in lines))
    return str(path)


def case(folder: Path, content: object = CASE, name: str = f"{KEY}/claim.json") -> Path:
    """Write a case."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    program = [sys.executable, "-m", "jobmodels", *arguments]
    return subprocess.run(program, capture_output=True, check=False, **options)


@contextlib.contextmanager
def started(*program: str, env: dict[str, str] | None = None) -> Generator[subprocess.Popen[bytes]]:
    """Start a process with its streams in pipes; it ends with the block, whatever happens in it."""
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, stderr=pipe, env=env) as running:
        try:
            yield running
        finally:
            running.kill()


class TestCommand:
    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`--version` names the package and its version."""
        with pytest.raises(SystemExit) as ended:
            main(["--version"])
        assert ended.value.code == 0
        assert capsys.readouterr().out == f"jobmodels {jobmodels.__version__}\n"

    def test_any_stream_will_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A caller may put streams of its own in place of the process's; importing the command runs nothing."""
        assert import_module("jobmodels.__main__").main is main
        output = io.StringIO()
        monkeypatch.setattr("sys.stdout", output)
        assert main(["endpoints"]) == 0
        assert KEY in output.getvalue()

    @pytest.mark.parametrize("arguments", [[], ["normalise"], ["normalize"], ["show"], ["check", "--format", "yaml"]])
    def test_arguments_that_cannot_be_followed(
        self, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Wrong use ends with 2 and a line of usage."""
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        assert "usage: jobmodels" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["normalize", "check", "endpoints", "show", "ticket", "watch"])
    def test_each_command_explains_itself(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        """`--help` says what a command does, each option, and gives examples."""
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        told = capsys.readouterr().out
        assert "examples:" in told
        assert f"jobmodels {name}" in told.partition("examples:")[2]

    @pytest.mark.parametrize("name", ["nowhere_to_be_found", ".relative", ""])
    def test_a_registry_that_cannot_be_imported(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        """A module that is not there is wrong use."""
        assert main(["endpoints", "--registry", name]) == 2
        assert capsys.readouterr().err.startswith(f"jobmodels: --registry {name}: ")

    def test_a_registry_that_claims_taken_keys(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Another class under a known key is wrong use."""
        text = OWN.replace('"own"', '"alation"').replace("lamp/GET", "job/GET")
        (tmp_path / "taken_keys.py").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        assert main(["endpoints", "--registry", "taken_keys"]) == 2
        assert "alation/job/GET is claimed by" in capsys.readouterr().err

    def test_nobody_reads_on(self) -> None:
        """A reader that goes away ends the command quietly."""
        text = (line() + "\n").encode() * 2000
        with started(sys.executable, "-m", "jobmodels", "normalize", "-", "--format", "jsonl") as running:
            assert running.stdin
            assert running.stdout
            assert running.stderr
            running.stdin.write(text[: len(text) // 100])
            running.stdin.flush()
            running.stdout.close()
            try:
                running.stdin.write(text)
                running.stdin.close()
            except BrokenPipeError:
                pass
            assert running.wait(60) == 141
            assert running.stderr.read() == b""

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
    def test_nowhere_to_write(self) -> None:
        """A full disk is told in one line."""
        with Path("/dev/full").open("wb") as full:
            ran = subprocess.run(
                [sys.executable, "-m", "jobmodels", "endpoints"], stdout=full, stderr=subprocess.PIPE, check=False
            )
        assert ran.returncode == 2
        assert ran.stderr.startswith(b"jobmodels: ")
        assert ran.stderr.count(b"\n") == 1

    def test_a_defect(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """It has an exit code of its own, and a traceback; who calls the function gets the error."""

        def fall(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("jobmodels._cli.endpoints.run", fall)
        monkeypatch.setattr(sys, "argv", ["jobmodels", "endpoints"])
        assert main() == 70
        assert capsys.readouterr().err.splitlines()[-1] == "ZeroDivisionError"
        with pytest.raises(ZeroDivisionError):
            main(["endpoints"])

    @pytest.mark.skipif(os.name == "nt", reason="needs signals")
    def test_interrupted(self) -> None:
        """Ctrl-C ends the command quietly.

        A shell that runs this in the background has the signal ignored, so the process takes it up again. It is not
        measured: an interruption can leave the measurement's own lock taken, and the process would wait for it forever.
        """
        unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}
        begin = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        call = "from jobmodels._cli import main; sys.exit(main(['normalize', '-', '--format', 'jsonl']))"
        with started(sys.executable, "-c", begin + call, env=unmeasured) as running:
            assert running.stdin
            assert running.stdout
            assert running.stderr
            # As soon as there is output the command is at work.
            running.stdin.write((line() + "\n").encode() * 100)
            running.stdin.flush()
            assert running.stdout.read(1)
            running.send_signal(signal.SIGINT)
            assert running.wait(60) == 130
            assert running.stderr.read() == b""

    def test_errors_of_the_streams(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A broken pipe, an interruption and a full disk have their exit codes."""
        name = log(tmp_path, line())
        for error, code in ((BrokenPipeError(), 141), (KeyboardInterrupt(), 130), (OSError(28, "No space"), 2)):

            def raising(*_: object, error: BaseException = error, **__: object) -> None:
                raise error

            monkeypatch.setattr("jobmodels._cli.normalize.json.dumps", raising)
            assert main(["normalize", name, "--format", "jsonl"]) == code
        assert capsys.readouterr().err == "jobmodels: [Errno 28] No space\n"


class TestNormalize:
    def test_the_examples(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The log of the README is read whole, as a table."""
        name = str(ROOT / "examples" / "alation.jsonl")
        assert main(["normalize", name]) == 1
        told = capsys.readouterr()
        rows = told.out.splitlines()
        assert rows[0].split() == ["KEY", "STATE", "COUNTS", "DURATION", "FIRST", "ERROR"]
        assert len(rows) == 1 + len(Path(name).read_text(encoding="utf-8").splitlines()) > 30
        assert "refused" not in told.err
        states = {row.split()[1] for row in rows[1:]}
        assert states >= {"pending", "running", "succeeded", "partially_succeeded", "failed", "not_found", "unknown"}

    def test_the_log_of_all_systems(self, capsys: pytest.CaptureFixture[str]) -> None:
        """One log may mix them all; every line comes out, every system and every state."""
        name = ROOT / "examples" / "mixed.jsonl"
        assert main(["normalize", str(name), "--format", "jsonl"]) == 1
        told = capsys.readouterr()
        jobs = [json.loads(text) for text in told.out.splitlines()]
        keys = [json.loads(text)["key"] for text in name.read_text(encoding="utf-8").splitlines()]
        assert "refused" not in told.err
        assert list(dict.fromkeys(job["key"] for job in jobs)) == list(dict.fromkeys(keys))
        assert {key.partition("/")[0] for key in keys} == {key.system for key in jobmodels.registry()}
        assert {job["state"] for job in jobs} == set(jobmodels.JobState)

    def test_one_job_a_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`--format jsonl` prints `to_dict()`, in ASCII; several jobs of one line are several lines."""
        odd = {**DONE, "msg": "Größe \ud800"}
        name = log(tmp_path, line(), "", "  \r", line([DONE, DONE]), line(odd))
        assert main(["normalize", name, "--format", "jsonl"]) == 0
        told = capsys.readouterr()
        assert told.err == ""
        assert told.out.isascii()
        jobs = [json.loads(text) for text in told.out.splitlines()]
        assert jobs[:3] == [jobmodels.normalize(DONE, KEY, "result").to_dict()] * 3
        assert jobs[3]["message"] == odd["msg"]

    def test_a_key_for_bare_payloads(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """`--key` reads lines that name no endpoint."""
        assert main(["normalize", log(tmp_path, json.dumps(DONE)), "--key", KEY]) == 0
        assert capsys.readouterr().out.splitlines()[1].split() == [KEY, "succeeded", "1", "ok", "0.026", "s"]

    def test_a_key_that_is_not_known(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """An unknown `--key` is wrong use, and names what is near."""
        assert main(["normalize", log(tmp_path, line()), "--key", "alation/documents/POST"]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert f"did you mean {KEY}" in told.err

    def test_refused_lines_are_told_and_the_others_come_out(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What cannot be read is told with file, line and reason; all other lines come out."""
        name = log(
            tmp_path, line(), "not JSON", b"\xff\xfe{", line(key="alation/nothing/GET"), json.dumps(DONE),
            line(operation="poll"), '{"text": "a", "base64": "b"}', line(status="x"), line(),
        )  # fmt: skip
        assert main(["normalize", name, "--format", "jsonl"]) == 1
        told = capsys.readouterr()
        assert len(told.out.splitlines()) == 2
        refused = told.err.splitlines()
        assert [text.removeprefix(f"{name}:").partition(":")[0] for text in refused] == list("2345678")
        assert all(": refused: " in text for text in refused)
        assert "not one JSON document: expecting value at offset 0" in refused[0]
        assert "not UTF-8" in refused[1]

    def test_findings_are_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Findings come with file and line; only those above unknown keys change the exit code."""
        name = log(tmp_path, line({**DONE, "new": 1}))
        assert main(["normalize", name]) == 0
        assert capsys.readouterr().err.startswith(f"{name}:1: addition unknown-key at /new: ")
        name = log(tmp_path, line(), line({**DONE, "msg": 7}))
        assert main(["normalize", name]) == 1
        assert capsys.readouterr().err.startswith(f"{name}:2: breaking wrong-type at /msg: ")

    def test_strictly_findings_refuse(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With `--strict` a line with findings is told and not printed; unknown keys are let through."""
        name = log(tmp_path, line({**DONE, "new": 1}), line({**DONE, "msg": 7}))
        assert main(["normalize", name, "--strict", "--format", "jsonl"]) == 1
        told = capsys.readouterr()
        assert len(told.out.splitlines()) == 1
        assert f"{name}:2: breaking wrong-type at /msg: " in told.err
        assert f"{name}:2: refused: " in told.err
        assert main(["normalize", log(tmp_path, line({**DONE, "new": 1})), "--strict"]) == 0

    def test_files_that_cannot_be_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file that is missing, or is none, is wrong use; the others are read."""
        name = log(tmp_path, line())
        missing = str(tmp_path / "missing.jsonl")
        assert main(["normalize", missing, str(tmp_path), name]) == 2
        told = capsys.readouterr()
        assert told.err.splitlines() == [
            f"{missing}: cannot be read: No such file or directory",
            f"{tmp_path}: cannot be read: Is a directory; a pattern, as 'logs/*.jsonl', means the logs in it",
        ]
        assert len(told.out.splitlines()) == 2

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """`-` is standard input, under a name of its own."""
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{line()}\nx\n".encode())))
        assert main(["normalize", "-"]) == 1
        told = capsys.readouterr()
        assert told.err.startswith("<stdin>:2: refused: ")
        assert KEY in told.out

    def test_closed_streams(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Standard input that was closed cannot be read; closed standard output is written to in vain."""
        monkeypatch.setattr("sys.stdin", None)
        assert main(["normalize", "-"]) == 2
        assert capsys.readouterr().err == "-: cannot be read: Bad file descriptor\n"
        monkeypatch.setattr("sys.stdout", None)
        assert main(["normalize", str(ROOT / "examples" / "alation.jsonl")]) == 1
        assert main(["show", KEY]) == 0

    def test_in_a_pipe(self) -> None:
        """Bytes of any encoding and lines of any length go through a pipe."""
        text = line({**DONE, "msg": "x" * 1_000_000}).encode() + b"\n\xff\n" + line().encode()
        ran = command("normalize", "-", "--format", "jsonl", input=text)
        assert ran.returncode == 1
        assert [len(json.loads(told)["message"]) for told in ran.stdout.splitlines()] == [1_000_000, 68]
        assert ran.stderr.count(b"\n") == 1

    def test_a_terminal_without_letters(self, tmp_path: Path) -> None:
        """What the encoding of the terminal does not have is escaped, in the table and in messages."""
        name = log(tmp_path, line({"status": "failed", "msg": "", "result": {"error": "Größe \u202e\x1b[31m"}}))
        environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
        ran = command("normalize", name, env=environment)
        assert b"Gr\\xf6\\xdfe \\u202e\\x1b[31m" in ran.stdout

    def test_secrets_stay_in(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """No format shows a credential."""
        body = {"detail": "Bad", "code": "403000", "token": "hunter2", "url": "https://a.b/?access_token=hunter2"}
        name = log(tmp_path, line(body, headers={"Authorization": "Bearer hunter2"}, operation="submit"))
        for form in ("table", "jsonl"):
            main(["normalize", name, "--format", form])
            told = capsys.readouterr()
            assert "hunter2" not in told.out + told.err

    def test_further_endpoints(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """`--registry` adds the endpoints of a module in the working directory."""
        (tmp_path / "lamps_for_normalize.py").write_text(OWN, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        name = log(tmp_path, json.dumps({"key": "own/lamp/GET", "body": {"status": "on"}}))
        assert main(["normalize", name]) == 1
        assert main(["normalize", name, "--registry", "lamps_for_normalize", "--format", "jsonl"]) == 1
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["native_state"] == "on"


class TestTable:
    def test_rows_come_out_before_the_end(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The first rows decide the widths; from then on each row is printed at once, and pushes where it is wider."""
        with table.Table("A", "B") as rows:
            for number in range(99):
                rows.add(str(number), "x")
            assert capsys.readouterr().out == ""
            rows.add("99", "x")
            assert len(capsys.readouterr().out.splitlines()) == 101
            rows.add("long", "x")
            assert capsys.readouterr().out == "long  x\n"
        assert capsys.readouterr().out == ""

    def test_the_last_column_is_cut(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """A row is no wider than the terminal, unless that is too narrow for anything."""
        for columns, width in (("60", 60), ("10", 24)):
            monkeypatch.setenv("COLUMNS", columns)
            with table.Table("A", "B", cut=True) as rows:
                rows.add("ab", "word " * 40)
            assert [len(text) for text in capsys.readouterr().out.splitlines()] == [5, width]
        with table.Table("A", "B") as rows:
            rows.add("ab", "x" * 400)
        assert capsys.readouterr().out == f"A   B\nab  {'x' * 400}\n"

    def test_letters_have_widths(self) -> None:
        """Wide letters take two columns, combining ones none; a cut never splits one."""
        assert [table.width_of(text) for text in ("abc", "日本", "e\u0301", "ä")] == [3, 4, 1, 1]
        assert table.fitted("日本日本日本", 8) == "日本..."
        assert table.fitted("日本", 4) == "日本"
        assert [table.fitted("日本", width) for width in (3, 2, 0, -1)] == ["...", "..", "", ""]

    def test_colours_are_for_terminals(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """States have colours on a terminal that wants them, and where rich is installed."""
        name = log(tmp_path, line(), "not JSON")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm-256color")
        main(["normalize", name])
        coloured = capsys.readouterr().out
        assert "\x1b[32msucceeded" in coloured
        plain = []
        for variable, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
            with monkeypatch.context() as patch:
                patch.setenv(variable, value)
                main(["normalize", name])
                plain.append(capsys.readouterr().out)
        monkeypatch.setitem(sys.modules, "rich.console", None)
        main(["normalize", name])
        plain.append(capsys.readouterr().out)
        assert len(set(plain)) == 1
        assert "\x1b" not in plain[0]
        unstyled = "".join(part.partition("m")[2] if at else part for at, part in enumerate(coloured.split("\x1b[")))
        assert unstyled == plain[0]

    @pytest.mark.parametrize(
        ("told", "text"),
        [
            ((None, None, None, None), ""),
            ((2, 1, 1, None), "1 ok, 1 failed of 2"),
            ((5, None, None, None), "5 in all"),
            ((None, 0, None, 3), "0 ok, 3 pending"),
        ],
    )
    def test_counts(self, told: tuple[int | None, ...], text: str) -> None:
        """Only what the service said is said."""
        assert counts_text(dict(zip(("total", "succeeded", "failed", "pending"), told, strict=True))) == text
        assert counts_text(None) == ""

    @pytest.mark.parametrize(
        ("told", "text"),
        [
            ({"operation": "cancel", "accepted": True}, "accepted"),
            ({"operation": "delete_all", "accepted": False}, "not accepted"),
            ({"operation": "delete", "accepted": None}, ""),
            ({"operation": "submit", "accepted": True}, ""),
            ({"operation": "list", "listing": {"jobs": [1, 2], "total": None}}, "2 listed"),
            ({"operation": "list", "listing": {"jobs": [1], "total": 7}}, "1 listed of 7"),
            ({"counts": {"total": 3, "succeeded": None, "failed": None, "pending": None}}, "3 in all"),
        ],
    )
    def test_amounts(self, told: dict[str, Any], text: str) -> None:
        """Answers that are not about one job say what they are about."""
        assert amount_text({"counts": None, "listing": None, "accepted": None, **told}) == text

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(None, ""), (0.0, "0.000 s"), (59.5, "59.500 s"), (61.6, "1 min 02 s"), (7325, "2 h 02 min")],
    )
    def test_durations(self, seconds: float | None, text: str) -> None:
        """Durations have the units that people use."""
        assert duration_text(seconds) == text

    def test_errors(self) -> None:
        """The first error is said with code and field, and how many there are."""
        error = {"code": "400068", "field": "key", "message": "is required"}
        assert error_text([]) == ""
        assert error_text([error]) == "400068: key: is required"
        assert error_text([{**error, "code": None, "field": None}] * 2) == "(1 of 2) is required"

    def test_printable(self) -> None:
        """What no terminal should print is escaped."""
        assert printable("Größe 日本") == "Größe 日本"
        assert printable("a\nb\x1b\u202e\ud800") == "a\\nb\\x1b\\u202e\\ud800"


class TestCheck:
    def test_our_own_cases(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a path the cases of the package are played."""
        assert main(["check"]) == 0, capsys.readouterr().out
        assert capsys.readouterr().out.endswith(" cases held\n")

    def test_paths(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Folders and files are played, each file once."""
        path = case(tmp_path)
        case(tmp_path, name="alation/job/GET/other.json")
        assert main(["check", str(tmp_path), str(tmp_path / "alation"), str(path)]) == 0
        assert capsys.readouterr().out == "2 cases held\n"

    def test_what_does_not_hold(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A failing case is a line and its rows; a bad file is a failing case."""
        path = case(tmp_path, {**CASE, "expect": {"state": "failed"}})
        case(tmp_path, [], "alation/job/GET/bad.json")
        case(tmp_path, name="alation/job/GET/good.json")
        assert main(["check", str(tmp_path)]) == 1
        told = capsys.readouterr().out
        assert f'FAILED {path}\n  One document created.\n          expected  got\n  /state  "failed"' in told
        assert "bad.json is not a case: the file is not an object" in told
        assert told.endswith("2 failed, 1 held\n")

    def test_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """For machines every case is an object; a member that is left out says that nothing was there."""
        path = case(tmp_path, {**CASE, "expect": {"state": "failed", "/nothing": None}})
        bad = case(tmp_path, [], "alation/job/GET/bad.json")
        good = case(tmp_path, name="alation/job/GET/good.json")
        assert main(["check", str(tmp_path), "--format", "json"]) == 1
        told = {row["path"]: row for row in json.loads(capsys.readouterr().out)}
        assert told[str(path)] == {
            "path": str(path),
            "key": KEY,
            "about": "One document created.",
            "ok": False,
            "skipped": None,
            "error": None,
            "mismatches": [
                {"pointer": "/state", "expected": "failed", "got": "succeeded", "about": ""},
                {"pointer": "/nothing", "expected": None, "about": ""},
            ],
        }
        assert (told[str(bad)]["key"], told[str(bad)]["error"]) == (None, "CaseError")
        assert told[str(good)]["ok"] is True

    def test_junit(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """JUnit XML is well formed, whatever a service said."""
        case(tmp_path, {**CASE, "expect": {"message": "\x00\x1b\ud800\uffff<&\U0001f600"}})
        case(tmp_path, {**CASE, "\x00": 1}, "alation/job/GET/bad.json")
        case(tmp_path, name="alation/job/GET/good.json")
        assert main(["check", str(tmp_path), "--format", "junit"]) == 1
        suites = ElementTree.fromstring(capsys.readouterr().out)
        assert (suites.get("tests"), suites.get("failures")) == ("3", "2")
        cases = suites.findall("testsuite/testcase")
        assert [(one.get("classname"), one.get("name")) for one in cases] == [
            ("alation.document.POST", "claim"),
            ("alation.job.GET", "bad"),
            ("alation.job.GET", "good"),
        ]
        failure = cases[0].find("failure")
        assert failure is not None
        assert failure.get("message") == "/message"
        assert "\\u0000\\u001b" in (failure.text or "")
        assert cases[2].find("failure") is None

    @pytest.mark.parametrize("name", ["missing", "."])
    def test_nothing_to_play(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A path that is not there, and a folder without cases, are wrong use."""
        monkeypatch.chdir(tmp_path)
        assert main(["check", name]) == 2
        assert capsys.readouterr().err.startswith("jobmodels: ")

    def test_what_an_extra_would_have_read_is_skipped(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without the library nothing can be said about such a case; how to get it is."""
        monkeypatch.setitem(sys.modules, "fastavro", None)
        folder = str((find_folder("jobmodels", "fixtures") or ROOT) / "kinetica" / "get-job")
        assert main(["check", folder]) == 0
        told = capsys.readouterr().out
        held, _, reason = told.strip().partition(" skipped: ")
        assert re.fullmatch(r"\d+ cases held, \d+", held)
        assert reason == "fastavro is not installed; mend it with: pip install 'jobmodels[kinetica]'"
        assert main(["check", folder, "--format", "junit"]) == 0
        suites = ElementTree.fromstring(capsys.readouterr().out)
        assert int(suites.attrib["skipped"]) == len(suites.findall(".//skipped")) > 0
        assert main(["check", folder, "--format", "json"]) == 0
        assert reason in {case["skipped"] for case in json.loads(capsys.readouterr().out)}

    def test_cases_of_a_registry(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With `--registry` alone the cases beside its package are played; where there are none, that is wrong use."""
        (tmp_path / "lamps_for_check.py").write_text(OWN, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        assert main(["check", "--registry", "lamps_for_check"]) == 2
        on = {**CASE, "given": {"body": {"status": "on"}}, "expect": {"native_state": "on"}}
        case(tmp_path / "fixtures", on, "own/lamp/GET/on.json")
        capsys.readouterr()
        assert main(["check", "--registry", "lamps_for_check"]) == 0
        assert capsys.readouterr().out == "1 cases held\n"


class TestEndpoints:
    def test_the_list(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every key is a row with its kind of answer, its class and its schema."""
        assert main(["endpoints"]) == 0
        rows = [text.split() for text in capsys.readouterr().out.splitlines()]
        assert rows[0] == ["KEY", "ANSWERS", "CLASS", "SCHEMA"]
        assert [row[0] for row in rows[1:]] == list(jobmodels.registry())
        assert [KEY, "job", "JobDetailsDocumentPost", f"{KEY}.json"] in rows

    def test_json(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """For machines all names are whole; an endpoint without a schema says so."""
        (tmp_path / "lamps_for_endpoints.py").write_text(OWN, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        arguments = ["endpoints", "--registry", "lamps_for_endpoints"]
        assert main([*arguments, "--format", "json"]) == 0
        told = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
        assert told["own/lamp/GET"] == {
            "key": "own/lamp/GET",
            "answers": "job",
            "operation": "result",
            "media": "application/json",
            "class": "lamps_for_endpoints.Lamp",
            "schema": None,
        }
        assert Path(told[KEY]["schema"]).is_file()
        assert main(arguments) == 0
        assert "own/lamp/GET                            job      Lamp" in capsys.readouterr().out


class TestShow:
    def test_all_that_is_known(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Fields, wire names, telling keys, nested records, states, schema and one example are shown."""
        assert main(["show", "alation/bi-server/POST"]) == 0
        told = capsys.readouterr().out
        assert told.startswith("alation/bi-server/POST\n")
        for text in (
            "jobmodels.systems.alation.bi.JobDetailsBIServerPost",
            "schemas/alation/bi-server/POST.json",
            "JobDetailsBIServerPostResult: told by ",
            "Server IDs",
            "States of alation",
            "Example: ",
        ):
            assert text in told
        assert "\n  ServerIDs  Server IDs   yes    " in told

    def test_nested_records(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Records stand below the one that holds them, each once; those that no key tells say so."""
        assert main(["show", "alation/data-quality-value/POST"]) == 0
        told = capsys.readouterr().out
        assert told.count("\nJobDetailsDataQualityResultActionStats: told by count, sample\n") == 1
        assert "JobDetailsDataQualityResultAction: no key tells it" in told

    @pytest.mark.parametrize("key", list(jobmodels.registry()))
    def test_every_endpoint(self, key: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Every endpoint can be explained, and has an example."""
        assert main(["show", key]) == 0
        assert "Example: " in capsys.readouterr().out

    def test_an_endpoint_that_is_not_known(self, capsys: pytest.CaptureFixture[str]) -> None:
        """An unknown key is wrong use, and names what is near."""
        assert main(["show", "alation/documents/POST"]) == 2
        assert f"did you mean {KEY}" in capsys.readouterr().err

    def test_examples(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without cases there is no example; what is no case is passed over; secrets are masked."""
        (tmp_path / "lamps_for_show.py").write_text(OWN, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        arguments = ["show", "own/lamp/GET", "--registry", "lamps_for_show"]
        assert main(arguments) == 0
        told = capsys.readouterr().out
        assert "\n  Nothing is said about it.\n" in told
        assert "schema   none" in told
        assert told.endswith("\nNo example\n")
        case(tmp_path / "fixtures", [], "own/lamp/GET/bad.json")
        assert main(arguments) == 0
        assert capsys.readouterr().out.endswith("\nNo example\n")
        given = {"body": {"status": "on \x1b", "password": "hunter2"}}
        case(tmp_path / "fixtures", {**CASE, "given": given}, "own/lamp/GET/on.json")
        case(tmp_path / "fixtures", {**CASE, "given": {"status": 204}}, "own/lamp/GET/without-body.json")
        assert main(arguments) == 0
        told = capsys.readouterr().out
        assert told.endswith('Example: on.json\n  {\n    "status": "on \\u001b",\n    "password": "***"\n  }\n')

    @pytest.mark.parametrize(
        ("annotation", "text"),
        [
            (int | None, "int | None"),
            (jobmodels.Record | jobmodels.Raw, "Record | Raw"),
            (tuple[int, ...] | None, "tuple[int, ...] | None"),
            (Sequence[jobmodels.Record | None], "Sequence[Record | None]"),
            (Any, "Any"),
        ],
    )
    def test_types_are_written_as_their_author_did(self, annotation: Any, text: str) -> None:
        """Module names are left out."""
        assert type_text(annotation) == text
