"""`examples/own_sdk` as its users get it: installed, away from the checkout, and joined to our own endpoints."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

import jobmodels

SOURCE = Path(__file__).parents[1] / "examples" / "own_sdk"
KEYS = ["acme/export/GET", "acme/report/POST"]
CASES = sorted((SOURCE / "fixtures").rglob("*.json"))
COMMAND = "import sys; from jobmodels._cli import main; sys.exit(main(sys.argv[1:]))"
ONCE = ["--registry", "acme_sdk"]
ANYTHING: list[Any] = [
    None,
    True,
    -1,
    10**400,
    0.5,
    "",
    "x",
    [],
    [None],
    [5, "x"],
    {},
    {"row": 1},
    {"fault": {"text": 1}},
]


@attrs.frozen
class Installed:
    """A folder of installed packages, and what is left of the source: its tests and its cases."""

    site: Path
    source: Path

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python where the package is installed, and not beside its source."""
        return subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=self.source,
            env={**os.environ, "PYTHONPATH": str(self.site), "PYTHONUTF8": "1"},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command line of jobmodels."""
        return self.run("-c", COMMAND, *arguments, stdin=stdin)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Installs the package from its own files alone, then takes its source away."""
    away = tmp_path_factory.mktemp("own-sdk")
    site, source = away / "site", away / "source"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", str(site), str(source)], check=True)
    shutil.rmtree(source / "acme_sdk")
    shutil.rmtree(source / "schemas")
    return Installed(site, source)


@pytest.fixture
def acme_sdk(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Imports the package from the checkout, and forgets it again."""
    monkeypatch.syspath_prepend(str(SOURCE))
    yield import_module("acme_sdk")
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_sdk"]:
        del sys.modules[name]


def test_the_wheel_holds_schemas_and_cases(installed: Installed) -> None:
    """What stands beside the package is inside it once it is installed."""
    package = installed.site / "acme_sdk"
    for key in KEYS:
        assert (package / "schemas" / f"{key}.json").is_file()
    assert sorted(path.name for path in (package / "fixtures").rglob("*.json")) == sorted(path.name for path in CASES)


def test_its_contract_tests_pass(installed: Installed) -> None:
    """Its own pytest run holds: each case is a test by our plugin, its README is one too."""
    ran = installed.run("-m", "pytest", "-rA", "-p", "no:cacheprovider", "-p", "no:anyio")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for path in CASES:
        assert f"PASSED {path.relative_to(SOURCE).as_posix()}\n" in ran.stdout
    assert "PASSED README.md::README.md\n" in ran.stdout


def test_a_case_that_does_not_hold_fails_its_run(installed: Installed, tmp_path: Path) -> None:
    """A claim that is wrong is shown with what was read instead."""
    case = json.loads(CASES[0].read_text(encoding="utf-8")) | {"expect": {"state": "pending"}}
    path = tmp_path / "acme" / "export" / "GET" / "wrong-claim.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(case), encoding="utf-8")
    ran = installed.command("check", str(tmp_path), *ONCE)
    assert ran.returncode == 1
    assert "wrong-claim.json" in ran.stdout
    assert "pending" in ran.stdout


@pytest.mark.parametrize("named", [[], ONCE, ONCE * 2])
def test_its_keys_are_known(installed: Installed, named: list[str]) -> None:
    """Its entry point tells them; naming the module too, even twice, is no duplicate."""
    ran = installed.command("endpoints", "--format", "json", *named)
    assert ran.returncode == 0, ran.stderr
    told = [row for row in json.loads(ran.stdout) if row["key"].startswith("acme/")]
    assert [row["key"] for row in told] == KEYS
    assert all(row["schema"].startswith(str(installed.site)) for row in told)


def test_its_cases_are_played(installed: Installed) -> None:
    """`jobmodels check` finds the cases inside the installed package."""
    ran = installed.command("check", *ONCE)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(CASES)} cases held" in ran.stdout


@pytest.mark.parametrize("named", [[], ONCE])
def test_its_answers_are_read(installed: Installed, named: list[str]) -> None:
    """`jobmodels normalize` reads a log in which its answers stand beside ours."""
    lines = [
        {"key": "acme/report/POST", "operation": "result", "body": {"reportId": "r-1", "phase": "ready"}},
        {"key": "alation/document/POST", "operation": "result", "body": {"status": "running"}},
        {"key": "acme/export/GET", "body": {"exportID": "x-1", "phase": "broken"}},
    ]
    ran = installed.command("normalize", "-", "--format", "jsonl", *named, stdin="\n".join(map(json.dumps, lines)))
    assert [json.loads(line)["state"] for line in ran.stdout.splitlines()] == ["succeeded", "running", "failed"]


def test_a_registry_can_be_joined_with_it_twice(acme_sdk: ModuleType) -> None:
    """The same endpoint under the same key is no duplicate; our own endpoints stay."""
    once = jobmodels.registry() | jobmodels.collect(acme_sdk)
    assert once | jobmodels.collect(acme_sdk) == once
    assert set(once) >= {*jobmodels.registry(), *KEYS}


def test_another_endpoint_under_one_of_its_keys_is_a_duplicate(acme_sdk: ModuleType) -> None:
    """The error names the key and both classes."""
    other = acme_sdk.acme.endpoint("export/GET", acme_sdk.AcmeReport)
    with pytest.raises(jobmodels.DuplicateEndpoint, match=r"acme/export/GET .*AcmeExport .*AcmeReport"):
        _ = jobmodels.collect(acme_sdk) | {other.key: other}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_loses_nothing(acme_sdk: ModuleType, path: Path) -> None:
    """Members that are added to any object of an answer come back, and change neither state nor counts nor errors."""
    answer = json.loads(path.read_text(encoding="utf-8"))["given"]["body"]
    key, known = "/".join(path.parts[-4:-1]), jobmodels.collect(acme_sdk)
    plain = jobmodels.normalize(answer, key, "result", registry=known)
    drifted = jobmodels.normalize(with_additions(answer), key, "result", registry=known)
    assert jobmodels.unstructure(plain.details) == answer
    assert jobmodels.unstructure(drifted.details) == with_additions(answer)
    assert (plain.state, plain.counts, plain.errors) == (drifted.state, drifted.counts, drifted.errors)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_reads_whatever_is_sent(acme_sdk: ModuleType, path: Path) -> None:
    """A member of any other type raises nothing, is kept, and gives a job that its schema describes."""
    answer = json.loads(path.read_text(encoding="utf-8"))["given"]["body"]
    key, known = "/".join(path.parts[-4:-1]), jobmodels.collect(acme_sdk)
    holds = Draft202012Validator(jobmodels.json_schema(jobmodels.Job)).is_valid
    for other in ANYTHING:
        for bent in (other, *({**answer, name: other} for name in answer)):
            for operation in ("submit", "result"):
                job = jobmodels.normalize(bent, key, operation, registry=known)
                assert jobmodels.unstructure(job.details) == bent
                assert holds(job.to_dict())


def with_additions(value: Any) -> Any:
    """Add a member that nobody knows to each object."""
    if isinstance(value, dict):
        return {**{name: with_additions(member) for name, member in value.items()}, "added": {"by": None}}
    return [with_additions(item) for item in value] if isinstance(value, list) else value
