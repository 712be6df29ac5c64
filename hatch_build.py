"""Compiles the part of the fast path that may be compiled; where no compiler is, numpy does the same work.

hatchling runs this hook for wheels and for editable installs. `CC`, `CFLAGS` and `LDFLAGS` mean what they mean
elsewhere; `JOBMODELS_COMPILE` is `0` to compile nothing, and `1` to fail where nothing can be compiled.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast
from zlib import crc32

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilder, WheelBuilderConfig

SWITCH = "JOBMODELS_COMPILE"
COMPILERS = ("cc", "gcc", "clang")
SOURCE = Path("jobmodels", "tables", "_native.c")
LIBRARY = SOURCE.with_suffix(".dll" if sys.platform == "win32" else ".so")

# Neither the machine nor the moment shows in the library: the same source gives the same bytes.
FLAGS = ("-O3", "-std=c11", "-shared", "-fvisibility=hidden")
OTHERWISE = ("-fPIC", "-s", "-Wl,--build-id=none")
FLAGS_OF = {
    "darwin": ("-fPIC", "-Wl,-S", f"-Wl,-install_name,@rpath/{LIBRARY.name}"),
    "win32": ("-s",),
}


class Uncompiled(Exception):
    """There is no library.

    Args:
        why: the reason, in one line.
        told: all that the compiler said.
    """

    def __init__(self, why: str, told: str = "") -> None:
        super().__init__(why)
        self.told = told


class CompiledPart(BuildHookInterface[WheelBuilderConfig]):
    """Puts the library into the wheel; for an editable install, beside its source."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile. A wheel that is built writes nothing into the checkout, which may be read-only."""
        asked = os.environ.get(SWITCH, "")
        if asked not in ("", "0", "1"):
            self.app.abort(f"{SWITCH} is `0`, `1` or not set, not `{asked}`.")
        source, place = Path(self.root, SOURCE), Path(self.root, LIBRARY)
        self.folder = tempfile.TemporaryDirectory(prefix="jobmodels-", ignore_cleanup_errors=True)
        built = Path(self.folder.name, LIBRARY.name)
        try:
            if asked == "0":
                raise Uncompiled(f"{SWITCH} is 0")
            compile_library(source, built)
            if version == "editable":
                put(built, place)
            else:
                build_data["force_include"][str(built)] = LIBRARY.as_posix()
                build_data["pure_python"] = False
                build_data["tag"] = self.tag()
        except Uncompiled as error:
            self.folder.cleanup()
            if version == "editable":
                # What an earlier install left need not be of this source.
                drop(place)
            if asked == "1":
                self.app.abort(f"{SWITCH} is 1, but {error}.\n{error.told}".rstrip())
            self.app.display_warning(f"Built without the compiled part, which is optional: {error}.")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Drop what was compiled, which the wheel holds by now."""
        self.folder.cleanup()

    def tag(self) -> str:
        """Give the tag of a wheel for every Python, on machines as this one only."""
        builder = cast("WheelBuilder", self.build_config.builder)
        platform = builder.get_best_matching_tag().rpartition("-")[2]
        return f"{builder.get_default_tag().removesuffix('any')}{platform}"


def compile_library(source: Path, library: Path) -> None:
    """Compile one source.

    Raises:
        Uncompiled: there is no compiler, or it fails.
    """
    command = compiler()
    if any("zig" in Path(word).stem for word in command):
        # Otherwise it compiles for the processor that is there, and for no other.
        command.append("-mcpu=baseline")
    if sys.platform == "darwin":
        command += words_of("ARCHFLAGS")
    command += [*FLAGS, *FLAGS_OF.get(sys.platform, OTHERWISE), *words_of("CFLAGS")]
    # By its version a library is known to be of the source that lies beside it.
    sources = sorted(source.parent.glob(f"{source.stem}*.[ch]"))
    command.append(f"-DSOURCE={crc32(b''.join(path.read_bytes() for path in sources))}u")
    command += [str(source), "-o", str(library), *words_of("LDFLAGS")]
    # In an isolated build that variable hides the packages of other Pythons, and a compiler may be such a package.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env.setdefault("SOURCE_DATE_EPOCH", "0")
    try:
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise Uncompiled(f"{command[0]} cannot be run ({error.strerror})") from error
    if done.returncode or not library.is_file():
        told = done.stderr.decode(errors="replace").strip()
        lines = told.splitlines() or [f"it ended with {done.returncode}, and said nothing"]
        first = next((line for line in lines if "error" in line), lines[0])
        raise Uncompiled(f"{command[0]} failed ({first.strip()})", f"{shlex.join(command)}\n{told}")


def compiler() -> list[str]:
    """Give the compiler, in words: the one that `CC` names, else the first that is found.

    Raises:
        Uncompiled: there is none.
    """
    found = words_of("CC") or [path for path in map(shutil.which, COMPILERS) if path][:1]
    if not found:
        raise Uncompiled(f"there is no C compiler (CC names none, and none of {', '.join(COMPILERS)} is there)")
    return found


def words_of(name: str) -> list[str]:
    """Split a variable of the environment as the shell does.

    Raises:
        Uncompiled: it cannot be split.
    """
    windows = os.name == "nt"
    try:
        words = shlex.split(os.environ.get(name, ""), posix=not windows)
    except ValueError as error:
        raise Uncompiled(f"{name} cannot be split into words ({error})") from error
    return [word.strip('"') for word in words] if windows else words


def put(library: Path, place: Path) -> None:
    """Put a library in its place, at once; the same one stays untouched, since it may be in use.

    Raises:
        Uncompiled: the place cannot be written.
    """
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        if not place.is_file() or place.read_bytes() != library.read_bytes():
            shutil.copyfile(library, fresh)
            fresh.replace(place)
    except OSError as error:
        raise Uncompiled(f"{place} cannot be written ({error.strerror})") from error
    finally:
        drop(fresh)


def drop(library: Path) -> None:
    """Remove a library, if it is there; where nothing may be written, asking is already an error."""
    if library.exists():
        library.unlink()
