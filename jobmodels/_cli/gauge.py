"""How far a run is, on a terminal: a bar of rich where that is installed, else a line of text."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, suppress
from typing import Any, Self

_PAUSE = 0.2
"""Seconds between two signs of life."""


class Progress:
    """Shows bytes read of bytes in all; nothing where standard error is no terminal, or one that has gone away.

    Use it as a context: leaving it removes what was shown. Before something was read nothing is shown, and no thread
    runs that shows it: until then processes may begin as copies of this one.
    """

    def __init__(self, total: int | None) -> None:
        """Take the bytes in all; None where nobody knows."""
        self._total = total
        self._shown = 0.0
        self._width = 0
        self._begun = False
        self._bar: Any = None
        self._stack = ExitStack()
        self._wanted = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        with suppress(OSError):
            self._stack.close()
            if self._width:
                print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)

    def reach(self, taken: int) -> None:
        """Say how many bytes were read so far."""
        if self._wanted:
            with suppress(OSError):
                self._show(taken)

    def _show(self, taken: int) -> None:
        if not self._begun:
            self._begun = True
            self._bar = _rich_bar(self._total)
            if self._bar is not None:
                self._stack.enter_context(self._bar)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=taken)
        elif time.monotonic() - self._shown > _PAUSE:
            self._shown = time.monotonic()
            text = f"{taken / 1e6:,.0f} MB" + (f" of {self._total / 1e6:,.0f} MB" if self._total else "")
            self._width = max(self._width, len(text))
            print("\r" + text.ljust(self._width), end="", file=sys.stderr, flush=True)


def _rich_bar(total: int | None) -> Any:
    try:
        from rich import progress
        from rich.console import Console
    except ImportError:
        return None
    columns = (
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.DownloadColumn(),
        progress.TimeRemainingColumn(),
    )
    bar = progress.Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=total)
    return bar
