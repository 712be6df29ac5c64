"""A table that is printed while its rows come."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import Self
from unicodedata import combining, east_asian_width

from jobmodels._cli.arguments import printable

_FIRST = 100
"""The rows whose widths decide; later ones that are wider push their line."""

_UNBOUNDED = 200
"""Columns of a line where no terminal bounds it."""

_LEAST = 20
"""Columns that the last cell gets on the narrowest terminal."""

_GAP = "  "


class Table:
    """Rows in columns.

    Use it as a context: leaving it prints the rows that still wait for the widths to be known.
    """

    def __init__(
        self, *titles: str, cut: bool = False, styles: Callable[[Sequence[str]], Sequence[str]] | None = None
    ) -> None:
        """Take the titles.

        Args:
            titles: of the columns.
            cut: whether the last cell ends where the terminal ends.
            styles: gives the style of each cell of a row, for terminals that have any.
        """
        self._waiting: list[tuple[str, ...]] = [titles]
        self._widths: list[int] = []
        self._line = line_width() if cut else 0
        self._print = _painter(styles)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Print what waits."""
        self._settle()

    def add(self, *cells: str) -> None:
        """Add a row."""
        row = tuple(map(printable, cells))
        if self._widths:
            self._print(self._laid_out(row), heading=False)
            return
        self._waiting.append(row)
        if len(self._waiting) > _FIRST:
            self._settle()

    def _settle(self) -> None:
        if self._widths:
            return
        self._widths = [max(map(width_of, column)) for column in zip(*self._waiting, strict=True)]
        for number, row in enumerate(self._waiting):
            self._print(self._laid_out(row), heading=number == 0)
        self._waiting.clear()

    def _laid_out(self, row: Sequence[str]) -> list[str]:
        cells = [cell + " " * (width - width_of(cell)) for cell, width in zip(row[:-1], self._widths[:-1], strict=True)]
        used = sum(width_of(cell) + len(_GAP) for cell in cells)
        return [*cells, fitted(row[-1], max(_LEAST, self._line - used)) if self._line else row[-1]]


def width_of(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in ("W", "F") else 1 for letter in text)


def fitted(text: str, width: int) -> str:
    """Cut a text to a width, and show that it was cut."""
    if width_of(text) <= width:
        return text
    kept = text[: max(0, width - 3)]
    while kept and width_of(kept) > width - 3:
        kept = kept[:-1]
    return f"{kept}..."[: max(0, width)]


def line_width() -> int:
    """Give the columns of the terminal; where there is none, `COLUMNS` or a width that leaves sentences whole."""
    fallback = (_UNBOUNDED, 24)
    if _is_terminal() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size(fallback).columns
    return _UNBOUNDED


def is_colourful() -> bool:
    """Tell whether standard output is a terminal that wants colours."""
    dumb = os.environ.get("TERM") == "dumb"
    return _is_terminal() and not dumb and not os.environ.get("NO_COLOR")


def _is_terminal() -> bool:
    """Tell whether standard output is a terminal; it is None where it was closed before the start."""
    ask = getattr(sys.stdout, "isatty", bool)
    return bool(ask())


def _painter(styles: Callable[[Sequence[str]], Sequence[str]] | None) -> Callable[..., None]:
    if styles is not None and is_colourful():
        try:
            from rich.console import Console
            from rich.text import Text
        except ImportError:
            return _print_plainly
        console = Console(highlight=False)

        def paint(cells: Sequence[str], *, heading: bool) -> None:
            told = ["bold"] * len(cells) if heading else styles(cells)
            line = Text(_GAP).join(Text(cell, style) for cell, style in zip(cells, told, strict=True))
            line.rstrip()
            console.print(line, soft_wrap=True)

        return paint
    return _print_plainly


def _print_plainly(cells: Sequence[str], *, heading: bool) -> None:
    print(_GAP.join(cells).rstrip())
