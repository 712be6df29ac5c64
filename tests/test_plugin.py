from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CASE: dict[str, Any] = {
    "about": "Still at work.",
    "source": "contracts 4.1",
    "given": {"operation": "status", "body": {"status": "running", "msg": "", "result": None}},
    "expect": {"state": "running"},
}
WRONG: dict[str, Any] = {**CASE, "expect": {"state": "failed", "/nothing": 1}}
OWN = """
import jobmodels

own = jobmodels.System(name="own", states={"on": jobmodels.Meaning(jobmodels.JobState.RUNNING, finished=False)})


@own("lamp/GET")
class Lamp(jobmodels.Record):
    status: str
"""


def write(folder: Path, content: object, name: str = "alation/document/POST/claim.json") -> Path:
    """Write the file of a case."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_path_is_the_node_id(pytester: pytest.Pytester) -> None:
    """Each file below `fixtures` is a test under its own path, and can be asked for by it."""
    write(pytester.path / "fixtures", CASE)
    write(pytester.path / "fixtures", CASE, "alation/job/GET/other.json")
    ran = pytester.runpytest("--collect-only", "-q")
    ran.stdout.fnmatch_lines(
        ["fixtures/alation/document/POST/claim.json", "fixtures/alation/job/GET/other.json"], consecutive=True
    )
    pytester.runpytest("fixtures/alation/job").assert_outcomes(passed=1)
    ran = pytester.runpytest("-v", "fixtures/alation/document/POST/claim.json")
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines(["fixtures/alation/document/POST/claim.json PASSED*"])


def test_what_an_extra_would_have_read_is_skipped(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library a case in another format says nothing."""
    monkeypatch.setitem(sys.modules, "fastavro", None)
    avro = {"status": 200, "headers": {"content-type": "application/octet-stream"}, "base64": "BE9L"}
    write(pytester.path / "fixtures", {**CASE, "given": avro}, "kinetica/get-job/POST/avro.json")
    ran = pytester.runpytest_inprocess("-rs")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(["*pip install 'jobmodels[[]kinetica]'*"])


def test_a_case_that_does_not_hold_is_shown(pytester: pytest.Pytester) -> None:
    """A failure prints expected and got side by side, and no traceback; it can be asked for again."""
    write(pytester.path / "fixtures", WRONG)
    write(pytester.path / "fixtures", CASE, "alation/job/GET/other.json")
    ran = pytester.runpytest()
    ran.assert_outcomes(failed=1, passed=1)
    ran.stdout.fnmatch_lines(
        [
            "*_ alation/document/POST: claim _*",
            "Still at work.",
            "          expected  got",
            '/state    "failed"  "running"',
            "/nothing  1         absent",
            "FAILED fixtures/alation/document/POST/claim.json*",
        ]
    )
    assert "Traceback" not in ran.stdout.str()
    pytester.runpytest("--last-failed").assert_outcomes(failed=1)


def test_a_file_that_is_no_case_fails_alone(pytester: pytest.Pytester) -> None:
    """A bad file is one failing test; all others are played."""
    write(pytester.path / "fixtures", "{")
    write(pytester.path / "fixtures", CASE, "alation/job/GET/other.json")
    ran = pytester.runpytest()
    ran.assert_outcomes(failed=1, passed=1)
    ran.stdout.fnmatch_lines(["*claim.json is not a case: not one JSON document:*"])


def test_what_only_is_called_fixtures_is_left_alone(pytester: pytest.Pytester) -> None:
    """Unasked, JSON files that do not stand where cases stand belong to somebody else."""
    for name in ("users.json", "a/b/c/users.json", "alation/document/POST/README.md"):
        write(pytester.path / "fixtures", "[]", name)
    write(pytester.path, CASE, "other/alation/document/POST/claim.json")
    assert pytester.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_folders_are_named_in_the_ini_file(pytester: pytest.Pytester) -> None:
    """Named folders hold nothing but cases; there may be several, and they take the place of `fixtures`."""
    pytester.makeini("[pytest]\njobmodels_fixtures = answers tests/more")
    write(pytester.path / "answers", CASE)
    write(pytester.path / "tests/more", CASE)
    write(pytester.path / "fixtures", WRONG)
    pytester.runpytest().assert_outcomes(passed=2)
    write(pytester.path / "answers", CASE, "alation/document/post/claim.json")
    ran = pytester.runpytest()
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.fnmatch_lines(["*'alation/document/post' is not a key*"])


def test_a_registry_is_named_in_the_ini_file(pytester: pytest.Pytester) -> None:
    """The endpoints of named modules join those that are installed, which may be the same."""
    pytester.makeini("[pytest]\npythonpath = .\njobmodels_registry = own_lamps jobmodels.systems")
    pytester.makepyfile(own_lamps=OWN)
    write(pytester.path / "fixtures", CASE)
    on = {**CASE, "given": {"body": {"status": "on"}}}
    write(pytester.path / "fixtures", on, "own/lamp/GET/on.json")
    pytester.runpytest().assert_outcomes(passed=2)


def test_a_registry_that_cannot_be_imported(pytester: pytest.Pytester) -> None:
    """A module that is not there fails the cases, and says so."""
    pytester.makeini("[pytest]\njobmodels_registry = nowhere_to_be_found")
    write(pytester.path / "fixtures", CASE)
    ran = pytester.runpytest()
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*No module named 'nowhere_to_be_found'*"])


def test_claims_are_rewritten_only_when_asked(pytester: pytest.Pytester) -> None:
    """With `--jobmodels-update` failing cases claim what was read, and are named; others keep every byte."""
    wrong = write(pytester.path / "fixtures", WRONG)
    right = write(pytester.path / "fixtures", CASE, "alation/job/GET/right.json")
    bad = write(pytester.path / "fixtures", "[]", "alation/job/GET/bad.json")
    before = right.read_bytes()
    pytester.runpytest().assert_outcomes(passed=1, failed=2)
    assert json.loads(wrong.read_text(encoding="utf-8")) == WRONG
    ran = pytester.runpytest("--jobmodels-update")
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.fnmatch_lines(["jobmodels: rewrote expect in fixtures/alation/document/POST/claim.json"])
    assert json.loads(wrong.read_text(encoding="utf-8")) == CASE
    assert right.read_bytes() == before
    assert bad.read_text(encoding="utf-8") == "[]"


def test_others_pay_nothing(tmp_path: Path) -> None:
    """A run without cases imports none of the engine."""
    (tmp_path / "data.json").touch()
    (tmp_path / "test_it.py").write_text(
        "import sys\n\ndef test_it():\n"
        "    assert {name for name in sys.modules if name.partition('.')[0] == 'jobmodels'} == "
        "{'jobmodels', 'jobmodels.pytest_plugin'}\n"
        "    assert 'jsonschema' not in sys.modules\n",
        encoding="utf-8",
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
