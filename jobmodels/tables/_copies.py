"""Processes that begin as copies of this one, where that is safe: they know at once all that it has learned.

A copy has but the thread that made it, and the locks that all others held; so there must be no others, those that
libraries have started counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_OPEN, _THREADS = Path("/proc/self/fd"), Path("/proc/self/task")
_STANDARD = range(1, 3)


def is_safe() -> bool:
    """Tell whether this process may be copied: on Linux, while it has one thread."""
    return _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1


def held() -> set[int]:
    """Give the descriptors that are open in this process, without standard output and standard error."""
    found: set[int] = set()
    for name in [path.name for path in _OPEN.iterdir()]:
        # The one that was open to find them is not any more.
        with suppress(OSError):
            os.fstat(int(name))
            found.add(int(name))
    return found.difference(_STANDARD)


def let_go(descriptors: Iterable[int]) -> None:
    """Let go, in a copy, of what is the original's alone to hold: pipes, logs, locks.

    In the place of each is nothing from then on, since what they belong to is copied too and may close them yet.

    Args:
        descriptors: those that were open in the original.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)
