"""Files that are whole or absent: written elsewhere, brought to the disk, put in place in one step."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
"""What a disk says that has no locks."""

WINDOWS = os.name == "nt"

PRIVATE = 0o600
"""Permissions of a file that holds unredacted lines: its owner alone may read it."""


def created(path: Path, *, private: bool = False) -> BinaryIO:
    """Create a file, or empty the one that is there."""
    mode = PRIVATE if private else 0o666
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    stream = open(os.open(path, flags, mode), "wb")  # noqa: PTH123, SIM115 - a descriptor, which its caller closes
    if private:
        path.chmod(PRIVATE)
    return stream


def sync(path: Path) -> None:
    """Bring a file to the disk."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Bring to the disk which files a folder has; Windows does so by itself."""
    if not WINDOWS:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def put(content: bytes, path: Path) -> None:
    """Write a small file so that it is there whole or not at all, whatever happens."""
    new = path.with_name(f"{path.name}.new")
    with created(new) as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    new.replace(path)
    sync_folder(path.parent)


class Lock:
    """A file that one process at a time holds, and that no process holds any more when it ends, however it does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def take(self) -> bool:
        """Take it; tell whether nobody else has it, as far as the disk knows."""
        file = self._path.open("ab")
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                file.close()
                return False
        self._file = file
        return True

    def release(self) -> None:
        """Let others take it."""
        if self._file is not None:
            self._file.close()


def _lock(file: BinaryIO) -> None:
    try:
        posix: Any = import_module("fcntl")
    except ImportError:
        windows: Any = import_module("msvcrt")
        windows.locking(file.fileno(), windows.LK_NBLCK, 1)
    else:
        posix.flock(file, posix.LOCK_EX | posix.LOCK_NB)
