"""The build: where a compiler is, a wheel and an editable install have the compiled part; where none is, they work."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import attrs
import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from jobmodels.tables._compiled import checksum

ROOT = Path(__file__).parents[1]
LIBRARY = "_native.dll" if sys.platform == "win32" else "_native.so"
PLACE = f"jobmodels/tables/{LIBRARY}"

pytestmark = pytest.mark.skipif(not (ROOT / "hatch_build.py").is_file(), reason="The build hook is not here.")

has_compiler = os.environ.get("CC") or any(map(shutil.which, ("cc", "gcc", "clang")))
needs_compiler = pytest.mark.skipif(not has_compiler, reason="No C compiler is here.")

# Compilers: what each does with its arguments, as a program.
WRITES = "pathlib.Path(args[args.index('-o') + 1]).write_text('library of ' + pathlib.Path(args[-3]).read_text())"
REFUSES = "sys.exit('_native.c:1: note: see below\\n_native.c:7: error: no such thing\\nStopped.')"
SILENT = "sys.exit(3)"
IDLE = "pass"


@attrs.frozen
class Tree:
    """A checkout that holds what is built and little else."""

    root: Path

    def build(self, version: str = "standard", into: str = "dist") -> Path:
        """Build a wheel, or what an editable install is made by."""
        (built,) = WheelBuilder(str(self.root)).build(directory=str(self.root / into), versions=[version])
        return Path(built)

    def files(self) -> list[Path]:
        """Give all that is in it, without what Python keeps."""
        return sorted(path for path in self.root.rglob("*") if "__pycache__" not in path.parts)

    @property
    def library(self) -> Path:
        """Where an editable install has its library."""
        return self.root / PLACE


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A checkout of the real hook and the real source, built in an environment that does not ask for anything."""
    monkeypatch.delenv("JOBMODELS_COMPILE", raising=False)
    return plant(tmp_path / "tree")


def plant(root: Path) -> Tree:
    """Make a checkout."""
    tables = root / "jobmodels" / "tables"
    tables.mkdir(parents=True)
    (root / "jobmodels" / "__init__.py").write_text('__version__ = "1.2.3"\n', encoding="utf-8")
    for name in ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root)
    for source in files("jobmodels.tables").iterdir():
        if source.name.endswith((".c", ".h")):
            (tables / source.name).write_bytes(source.read_bytes())
    return Tree(root)


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A compiler that writes what its source says; its file may be written anew."""
    program = tmp_path / "a compiler.py"
    become(program, WRITES)
    monkeypatch.setenv("CC", f'"{sys.executable}" "{program}" -c')
    return program


def become(compiler: Path, what: str) -> None:
    """Have a compiler do something else."""
    compiler.write_text(f"import pathlib, sys\nargs = sys.argv\n{what}\n", encoding="utf-8")


def held(wheel: Path) -> dict[str, bytes]:
    """Read all files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def is_pure(wheel: Path) -> bool:
    """Tell a wheel for every machine, which must hold nothing for one."""
    has_library = any(name.endswith((".so", ".dll")) for name in held(wheel))
    says_so = b"Root-Is-Purelib: true" in held(wheel)["jobmodels-1.2.3.dist-info/WHEEL"]
    pure = wheel.name == "jobmodels-1.2.3-py3-none-any.whl"
    assert pure == says_so == (not has_library)
    return pure


# A compiler is there.


@needs_compiler
def test_a_wheel_holds_a_library_for_its_machine(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be loaded, and the tag fits this Python and every other one on the same machine."""
    monkeypatch.setenv("JOBMODELS_COMPILE", "1")
    wheel = tree.build()

    assert not is_pure(wheel)
    (tag,) = parse_wheel_filename(wheel.name)[3]
    assert (tag.interpreter, tag.abi) == ("py3", "none")
    assert tag in set(sys_tags())
    library = tree.root / LIBRARY
    library.write_bytes(held(wheel)[PLACE])
    assert ctypes.c_uint32(ctypes.CDLL(str(library)).version()).value == checksum()


@needs_compiler
def test_the_same_source_gives_the_same_bytes(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it stands; no path and no time is in what was compiled, nor where it was."""
    monkeypatch.setenv("JOBMODELS_COMPILE", "1")
    first, second = tree.build(), plant(tmp_path / "elsewhere" / "deeper").build()

    assert first.read_bytes() == second.read_bytes()
    assert os.fsencode(tmp_path) not in held(first)[PLACE]


def test_a_wheel_leaves_the_checkout_alone(tree: Tree, compiler: Path) -> None:
    """The library is made elsewhere, and nothing of it is left; the checkout may be read-only."""
    before = tree.files()
    wheel = tree.build(into="../dist")

    assert held(wheel)[PLACE].startswith(b"library of /*")
    assert tree.files() == before


def test_an_editable_install_has_the_library_beside_its_source(tree: Tree, compiler: Path) -> None:
    """Nothing else is left there, and what stood there before is replaced."""
    tree.library.write_text("of an older source", encoding="utf-8")
    before = sorted(tree.library.parent.iterdir())
    tree.build("editable")

    assert tree.library.read_bytes().startswith(b"library of /*")
    assert sorted(tree.library.parent.iterdir()) == before


def test_a_library_that_is_the_same_stays_untouched(tree: Tree, compiler: Path) -> None:
    """Another process may be using it."""
    tree.build("editable")
    os.utime(tree.library, ns=(1, 1))
    tree.build("editable")

    assert tree.library.stat().st_mtime_ns == 1


def test_what_an_editable_install_left_is_in_no_wheel(tree: Tree, compiler: Path) -> None:
    """A wheel has what was compiled for it, or nothing."""
    tree.library.write_text("stale", encoding="utf-8")
    assert held(tree.build())[PLACE].startswith(b"library of /*")

    become(compiler, SILENT)
    assert is_pure(tree.build())


def test_flags_of_the_environment_are_given(tree: Tree, compiler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As elsewhere: `CFLAGS` before the source, `LDFLAGS` last."""
    monkeypatch.setenv("CFLAGS", "-O1 '-D A'")
    monkeypatch.setenv("LDFLAGS", "-lm")
    become(compiler, "pathlib.Path(args[args.index('-o') + 1]).write_text('|'.join(args))")
    words = held(tree.build())[PLACE].decode().split("|")

    assert words.index("-O3") < words.index("-O1") < words.index("-D A") < words.index("-o") < words.index("-lm")


# No compiler is there, or it is not to be used.


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (REFUSES, "failed (_native.c:7: error: no such thing)"),
        (SILENT, "failed (it ended with 3, and said nothing)"),
        (IDLE, "failed (it ended with 0, and said nothing)"),
    ],
)
def test_a_compiler_that_fails(
    tree: Tree, compiler: Path, what: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Leaves a wheel for every machine; why is said in one line."""
    become(compiler, what)

    assert is_pure(tree.build())
    said = capsys.readouterr().err
    assert said == f"Built without the compiled part, which is optional: {sys.executable} {why}.\n"


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("no-such-compiler --fast", "no-such-compiler cannot be run ("),
        ("cc 'a", "CC cannot be split into words (No closing quotation)."),
        ("", "there is no C compiler (CC names none, and none of cc, gcc, clang is there)."),
    ],
)
def test_a_compiler_that_is_not_there(
    tree: Tree, named: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Leaves a wheel for every machine, too, and is an error where compiling was asked for."""
    monkeypatch.setenv("CC", named)
    monkeypatch.setenv("PATH", str(tree.root))

    assert is_pure(tree.build())
    assert capsys.readouterr().err.startswith(f"Built without the compiled part, which is optional: {why}")

    monkeypatch.setenv("JOBMODELS_COMPILE", "1")
    with pytest.raises(SystemExit):
        tree.build()
    assert capsys.readouterr().err.startswith(f"JOBMODELS_COMPILE is 1, but {why}")


def test_what_must_be_compiled_fails_with_all_that_the_compiler_said(
    tree: Tree, compiler: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And how it was called."""
    monkeypatch.setenv("JOBMODELS_COMPILE", "1")
    become(compiler, REFUSES)
    with pytest.raises(SystemExit) as failed:
        tree.build()

    assert failed.value.code == 1
    first, call, *told = capsys.readouterr().err.splitlines()
    assert first.endswith("failed (_native.c:7: error: no such thing).")
    assert "a compiler.py" in call
    assert told == ["_native.c:1: note: see below", "_native.c:7: error: no such thing", "Stopped."]


def test_nothing_is_compiled_where_the_environment_says_so(
    tree: Tree, compiler: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The compiler is not even asked."""
    monkeypatch.setenv("JOBMODELS_COMPILE", "0")
    become(compiler, f"pathlib.Path({str(tree.root / 'asked')!r}).touch()")

    assert is_pure(tree.build())
    assert not (tree.root / "asked").exists()
    assert "JOBMODELS_COMPILE is 0" in capsys.readouterr().err


@pytest.mark.parametrize("switch", ["0", "1", ""])
def test_an_editable_install_that_compiles_nothing_keeps_no_library(
    tree: Tree, compiler: Path, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier one left may be of another source."""
    monkeypatch.setenv("JOBMODELS_COMPILE", switch)
    become(compiler, SILENT)
    tree.library.write_text("stale", encoding="utf-8")
    if switch == "1":
        with pytest.raises(SystemExit):
            tree.build("editable")
    else:
        tree.build("editable")

    assert not tree.library.exists()


def test_another_word_in_the_environment_is_an_error(
    tree: Tree, compiler: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not guessed what was meant."""
    monkeypatch.setenv("JOBMODELS_COMPILE", "no")
    with pytest.raises(SystemExit):
        tree.build()

    assert capsys.readouterr().err == "JOBMODELS_COMPILE is `0`, `1` or not set, not `no`.\n"
