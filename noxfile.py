"""What CI runs, one session for each question; `nox -l` lists them, `nox` asks them all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.10.14"
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI"))
nox.options.sessions = ["lint", "types", "tests", "oldest", "coverage", "development", "wheel", "spark"]

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
REQUIREMENTS: list[str] = PROJECT["project"]["dependencies"]
OPTIONAL: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
BOUNDED = [*REQUIREMENTS, *(each for name in ("async", "bulk", "http", "polars") for each in OPTIONAL[name])]
FLOORS = [requirement.replace(">=", "==") + ".*" for requirement in BOUNDED if ">=" in requirement]
PACKAGE = "jobmodels"
DATA = ("schemas", "fixtures")
# What is compiled into the package, what says whether it is, and the tests of what does its work where it is not.
LIBRARY = f"{PACKAGE}/tables/_native.{'dll' if sys.platform == 'win32' else 'so'}"
COMPILE = "JOBMODELS_COMPILE"
UNCOMPILED = ("fast", "tables", "tables_typed", "stencils", "bulk_sinks")
# The vendors' own clients, and the names under which they are imported.
OFFICIAL = {"python-arango": "arango", "gpudb": "gpudb", "modzy-sdk": "modzy", "allie-sdk": "allie_sdk"}
# How many examples each property gets: many once, and a few wherever else the suite runs. Where `.ci/run` asks, many
# is what the README's command gives, unmeasured, since a measured example takes twice as long.
EXAMPLES = "JOBMODELS_EXAMPLES"
MANY, FEW = os.environ.get(EXAMPLES, "60"), "12"

# Fails unless the package lies in the given folder, finds its schemas, and plays all its cases.
PROBE = """
import pathlib, sys
import jobmodels
from jobmodels._cli import main

package = pathlib.Path(jobmodels.__file__).resolve()
assert package.is_relative_to(sys.argv[1]), f"{package} is not in {sys.argv[1]}"
assert jobmodels.json_schema("alation/document/POST"), "no schema"
sys.exit(main(["check"]))
"""


def show_shims_every_python() -> None:
    """Sets PYENV_VERSION, where pyenv keeps the Pythons, so that its shims find each supported one.

    The Python in use stays the first.
    """
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return

    def ask(*question: str) -> str:
        return subprocess.run([pyenv, *question], capture_output=True, text=True, check=False).stdout.strip()

    kept = [version for version in ask("versions", "--bare").split() if re.fullmatch(r"3\.\d+\.\d+", version)]
    kept.sort(key=lambda version: [int(part) for part in version.split(".")])
    newest = {version.rpartition(".")[0]: version for version in kept}
    in_use = ask("version-name").split(":")
    wanted = [*in_use, *(newest[python] for python in PYTHONS if python in newest)]
    os.environ["PYENV_VERSION"] = ":".join(dict.fromkeys(filter(None, wanted)))


show_shims_every_python()


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The whole suite with the newest of everything; measured on the first Python, since no line is for a later one."""
    session.install("-e", ".[test]")
    if session.python == PYTHONS[0]:
        measure(session, MANY)
    else:
        session.run("python", "-m", "pytest", *session.posargs, env={EXAMPLES: FEW})


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """The whole suite with the oldest of everything, python-dateutil 2.9 among it, measured."""
    session.install("-e", ".[test]", *FLOORS)
    measure(session, FEW)


@nox.session(python=PYTHONS[0])
def development(session: nox.Session) -> None:
    """The whole suite in Python's development mode, where leaks and missing encodings show."""
    session.install("-e", ".[test]")
    command = ("python", "-X", "dev", "-X", "warn_default_encoding", "-m", "pytest")
    session.run(*command, *session.posargs, env={EXAMPLES: FEW})


@nox.session(python=PYTHONS[0])
def official(session: nox.Session) -> None:
    """What the vendors' own clients send, beside what ours sends; asked by name only, since they change at any time."""
    session.install("-e", ".[test]", *OFFICIAL)
    session.run("python", "-W", "ignore", "-c", f"import {', '.join(OFFICIAL.values())}")
    session.run("python", "-m", "pytest", "tests/test_official.py", "tests/test_seed_alation.py", *session.posargs)


@nox.session(python=PYTHONS[0])
def spark(session: nox.Session) -> None:
    """Spark gives the same rows, in local mode on the Java that is installed."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        session.skip("Spark needs Java 17 or newer.")
    session.install("-e", ".[test,spark]")
    session.run("python", "-m", "pytest", "tests/test_spark.py", *session.posargs, env={EXAMPLES: FEW})


def measure(session: nox.Session, examples: str) -> None:
    """Runs pytest under coverage; the plugin is imported before any plugin could measure it."""
    env = {"COVERAGE_FILE": str(ROOT / f".coverage.{session.name}")}
    session.run("coverage", "erase", env=env)
    session.run("coverage", "run", "-m", "pytest", *session.posargs, env={**env, EXAMPLES: examples})


@nox.session
def coverage(session: nox.Session) -> None:
    """All measured runs together reach every line and branch."""
    session.install("coverage>=7.10")
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def types(session: nox.Session) -> None:
    """Both type checkers, strict."""
    session.install("-e", ".[types]")
    session.run("mypy")
    session.run("basedpyright")


@nox.session
def lint(session: nox.Session) -> None:
    """Rules and layout."""
    session.install(*OPTIONAL["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def wheel(session: nox.Session) -> None:
    """What users install: the built files hold everything, and pass the suite away from the checkout.

    The wheel without the compiled part passes the tests of what it leaves to numpy.
    """
    played = OPTIONAL["kinetica"]  # Some cases are in Avro.
    session.install("build", *PROJECT["build-system"]["requires"], *REQUIREMENTS, *played)
    with tempfile.TemporaryDirectory(prefix=f"{PACKAGE}-") as folder:
        away = Path(folder).resolve()
        session.log("From the checkout, not installed.")
        probe(session, "python", ROOT, away, PYTHONPATH=str(ROOT))

        session.log("From an editable install.")
        session.install("--no-build-isolation", "-e", ".")
        probe(session, "python", ROOT, away)

        built, pure, source = build(session, away)
        session.log("From the wheel.")
        session.run("python", "-m", "venv", str(away / "env"))
        python = str(away / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        session.run(python, "-m", "pip", "install", "-q", f"{built}[test]", external=True)
        probe(session, python, away / "env", away)
        session.chdir(source)
        session.run(python, "-m", "pytest", *session.posargs, env={EXAMPLES: FEW}, external=True)

        session.log("From the wheel without the compiled part.")
        session.run(python, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", str(pure), external=True)
        probe(session, python, away / "env", away)
        alone = [f"tests/test_{name}.py" for name in UNCOMPILED]
        session.run(python, "-m", "pytest", *alone, env={EXAMPLES: FEW, COMPILE: "0"}, external=True)


def probe(session: nox.Session, python: str, within: Path, cwd: Path, **env: str) -> None:
    """Fails unless jobmodels is imported from `within`, finds its schemas, and all its cases hold."""
    with session.chdir(cwd):
        session.run(python, "-c", PROBE, str(within), env=env, external=True, silent=True, log=False)


def build(session: nox.Session, away: Path) -> tuple[Path, Path, Path]:
    """Builds sdist and wheels, and compares them.

    Returns:
        The wheel, the one without the compiled part, and a folder with all of the sdist but the package and what the
        package finds.
    """

    def make(folder: str, compiled: str, *arguments: str) -> Path:
        command = ("python", "-m", "build", "--no-isolation", "--outdir", str(away / folder), *arguments)
        session.run(*command, env={COMPILE: compiled}, silent=True)
        (wheel,) = (away / folder).glob("*.whl")
        return wheel

    built, direct, pure = make("dist", "1"), make("direct", "1", "--wheel"), make("pure", "0", "--wheel")
    if built.read_bytes() != direct.read_bytes():
        session.error("The wheel built from the sdist is not the wheel built from the checkout.")

    held, uncompiled = (set(zipfile.ZipFile(wheel).namelist()) for wheel in (built, pure))
    if held - uncompiled != {LIBRARY}:
        session.error(f"{built.name} and {pure.name} differ in more, or in less, than {LIBRARY}.")
    if built.name.endswith("-any.whl") or not pure.name.endswith("-py3-none-any.whl"):
        session.error(f"{built.name} must be for machines as this one, {pure.name} for every machine.")

    wanted = {f"{PACKAGE}/py.typed"}
    for name in DATA:
        found = {f"{PACKAGE}/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / name).rglob("*.json")}
        if not found:
            session.error(f"{name}/ is empty.")
        wanted |= found
    if missing := sorted(wanted - held):
        session.error(f"The wheel lacks {', '.join(missing)}.")

    (sdist,) = (away / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        if any(name.endswith(LIBRARY) for name in archive.getnames()):
            session.error(f"{sdist.name} holds {LIBRARY}.")
        archive.extractall(away / "source", filter="data")
    (source,) = (away / "source").iterdir()
    for name in (PACKAGE, *DATA):
        shutil.rmtree(source / name)
    return built, pure, source
