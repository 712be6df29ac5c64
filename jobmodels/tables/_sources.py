"""Logs by name: which files are meant, how each is packed, and what stands in it."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Set
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO

import attrs

from jobmodels.errors import InputRefused

STDIN = "-"
"""The name of standard input among the names of logs."""

LINES, DOCUMENT, LETTERS = "lines", "document", "letters"
"""What stands in a log: JSON Lines; one document or an array of them; dead letters."""

_PACKED = {".gz": "gzip", ".zst": "zstd"}


@attrs.frozen(kw_only=True)
class Source:
    """One log.

    Attributes:
        name: as it stands in the rows and in messages; what of it is no UTF-8 is escaped.
        path: where it is; None is standard input.
        packed: `gzip` or `zstd`; None is plain.
        holds: what stands in it, one of `LINES`, `DOCUMENT`, `LETTERS`.
        size: in bytes, as it lies on the disk; None where nothing is known before the end, as of a pipe.
    """

    name: str
    path: str | None = None
    packed: str | None = None
    holds: str = LINES
    size: int | None = None

    @property
    def splits(self) -> bool:
        """Whether it can be begun in its middle: a plain file of lines."""
        return self.holds == LINES and self.packed is None and self.size is not None

    def opened(self, start: int = 0, *, buffered: bool = False) -> BinaryIO:
        """Open it as the bytes that lie on the disk.

        Args:
            start: where to begin, in bytes.
            buffered: whether it will be read in small portions.

        Raises:
            OSError: as `open` does.
        """
        if self.path is None:
            return _standard_input()
        stream = Path(self.path).open("rb", buffering=-1 if buffered else 0)  # noqa: SIM115 - whoever asked closes it
        if start:
            stream.seek(start)
        return stream


def _standard_input() -> BinaryIO:
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return stream


def find_sources(names: Iterable[str], *, letters: bool = False, besides: Iterable[Path] = ()) -> Iterator[Source]:
    """Find the logs that are meant, in the order of the names, each once; those of one pattern sorted.

    Args:
        names: paths, patterns as `logs/**/*.jsonl`, or `-`. A path that is there is never taken for a pattern.
        letters: whether the logs hold dead letters.
        besides: files, and folders with all in them, that no pattern means, as those that the run itself writes.

    Raises:
        InputRefused: nothing matches a pattern.
    """
    others = {path.resolve() for path in besides}
    for name in dict.fromkeys(found for given in names for found in _matching(given, others)):
        yield describe(name, letters=letters)


def _matching(name: str, others: Set[Path]) -> list[str]:
    if name == STDIN or not has_magic(name) or os.path.lexists(name):
        return [name]
    # A pattern may be absolute, or lead upward, as no pattern of `Path.glob` may.
    found = sorted(path for path in glob(name, recursive=True) if not Path(path).is_dir())  # noqa: PTH207
    found = [path for path in found if not others or others.isdisjoint(_with_folders(Path(path).resolve()))]
    if not found:
        raise InputRefused(name, "nothing matches")
    return found


def _with_folders(path: Path) -> tuple[Path, ...]:
    return (path, *path.parents)


def describe(name: str, *, letters: bool = False) -> Source:
    """Tell from its name how a log is packed and what stands in it, and from the disk how large it is."""
    if name == STDIN:
        return Source(name="<stdin>", holds=LETTERS if letters else LINES)
    path = Path(name)
    packed = _PACKED.get(path.suffix.lower())
    inner = Path(path.stem).suffix if packed else path.suffix
    holds = LETTERS if letters else DOCUMENT if inner.lower() == ".json" else LINES
    shown = name.encode("utf-8", "backslashreplace").decode()
    return Source(name=shown, path=name, packed=packed, holds=holds, size=_size(path))


def _size(path: Path) -> int | None:
    """Give the size of a file; None for pipes, and for what is not there, of which opening it will tell."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def check(sources: Iterable[Source]) -> None:
    """Open each file once, so that nothing is begun that could not be read to its end.

    Raises:
        InputRefused: a file that is missing, is a folder, or may not be read; standard input that is closed; the first
            of them.
    """
    for source in sources:
        try:
            if source.path is None:
                source.opened()
            elif source.size is not None or not _is_pipe(source.path):
                source.opened().close()
        except OSError as error:
            raise InputRefused(source.name, reason_of(error)) from None


def reason_of(error: OSError) -> str:
    """Say why a log cannot be opened or read."""
    hint = "; a pattern, as 'logs/*.jsonl', means the logs in it" if isinstance(error, IsADirectoryError) else ""
    return f"{error.strerror or error}{hint}"


def _is_pipe(path: str) -> bool:
    """Tell a pipe, which is read once and so opened once."""
    try:
        return stat.S_ISFIFO(Path(path).stat().st_mode)
    except OSError:
        return False
