"""A progress bar for each job that is waited for, on a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import attrs

from jobmodels._cli.arguments import printable
from jobmodels._cli.normalize import COLOURS, counts_text
from jobmodels._cli.report import JsonLines, Lines, Report
from jobmodels._cli.table import fitted, width_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from jobmodels._cli.credentials import Credentials
    from jobmodels._cli.together import News, Watched
    from jobmodels._steps import Event

_BAR = 20
"""Columns of a bar."""

_NAME = 16
"""Columns of a name that go before all else."""

_LEAST = 8
"""Columns below which a text is not worth being cut to."""

_LINES_LEFT = 2
"""Lines of the terminal for the sum and for the cursor."""

_MARK = 2
"""Columns of what moves at the beginning of a line."""

_SPINNER = "dots"
_PER_SECOND = 10


def report_for(jobs: Sequence[Watched], form: str, credentials: Credentials) -> Report:
    """Give what tells about these jobs: with bars where there is a terminal that nothing else is written to."""
    as_json = form == "json"
    plain = JsonLines(credentials) if as_json else Lines(credentials)
    if not _is_screen(sys.stderr if as_json else sys.stdout) or (as_json and _is_screen(sys.stdout)):
        return plain
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return plain
    console = Console(stderr=as_json, highlight=False)

    def put(line: str, state: str) -> None:
        console.print(Text(line, COLOURS.get(state, "")), soft_wrap=True)

    told = plain if as_json else Lines(credentials, put, events=False)
    return Bars(jobs, console, told, credentials)


@attrs.define
class Row:
    """What is shown of a job that has not ended; `said` is its counts, or why no answer came."""

    key: str
    id: str
    began: float
    state: str = ""
    progress: float | None = None
    said: str = ""

    def note(self, event: Event, credentials: Credentials) -> None:
        from jobmodels._plain import plain

        if event.job is None or event.reason is not None:
            self.state, self.said = "no answer", printable(credentials.hide(event.reason or ""))
        else:
            self.state, self.progress = event.job.state.value, event.job.progress
            self.said = counts_text(plain(event.job.counts))

    def cells(self, now: float) -> dict[str, str]:
        """Write it down, by columns."""
        return {
            "name": f"{self.key} {self.id}",
            "state": self.state,
            "bar": " " * _BAR,
            "percent": "" if self.progress is None else f"{self.progress:.0%}",
            "time": clock_text(now - self.began),
            "said": self.said,
        }


class Bars:
    """Shows the jobs that have not ended, below what is told of those that have."""

    def __init__(self, jobs: Sequence[Watched], console: Console, told: Report, credentials: Credentials) -> None:
        """Take the jobs, the terminal, and what tells the rest."""
        from rich.live import Live
        from rich.spinner import Spinner

        now = time.monotonic()
        self._rows = {job: Row(job.ticket.key, printable(job.ticket.id), now) for job in jobs}
        self._spinner = Spinner(_SPINNER)
        self._all, self._told, self._credentials, self._console = len(jobs), told, credentials, console
        self._live = Live(
            console=console,
            get_renderable=self._drawn,
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=_is_screen(sys.stderr),
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._live.stop()

    def hear(self, job: Watched, news: News) -> None:
        """Draw it, and tell it."""
        from jobmodels._steps import Event

        if isinstance(news, Event):
            self._rows[job].note(news, self._credentials)
            self._live.refresh()
        else:
            del self._rows[job]
        self._told.hear(job, news)

    def _drawn(self) -> RenderableType:
        size = self._console.size
        return drawing(list(self._rows.values()), self._all, size.width, size.height, self._spinner)


def drawing(rows: Sequence[Row], all: int, width: int, height: int, mark: RenderableType = "") -> RenderableType:
    """Draw as many rows as a terminal has room for, and how many of all have ended."""
    from rich.console import Group
    from rich.text import Text

    shown = rows[: max(1, height - _LINES_LEFT)]
    more = f", {len(rows) - len(shown)} more not shown" if len(shown) < len(rows) else ""
    parts: list[RenderableType] = [_table(shown, width, mark)] if shown else []
    if all > 1:
        parts.append(Text(f"{all - len(rows)} of {all} ended{more}", "dim", no_wrap=True))
    return Group(*parts)


def _table(rows: Sequence[Row], width: int, mark: RenderableType) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    now = time.monotonic()
    written = [row.cells(now) for row in rows]
    wanted = {name: max(width_of(cells[name]) for cells in written) for name in written[0]}
    widths = _widths(width - _MARK, wanted)
    table = Table.grid(padding=(0, 1, 0, 0))
    for row, cells in zip(rows, written, strict=True):
        told: Mapping[str, RenderableType] = {
            "name": Text(shortened(row.key, row.id, widths["name"])),
            "state": Text(row.state, COLOURS.get(row.state, "yellow")),
            "bar": ProgressBar(1.0, row.progress or 0.0, width=_BAR, pulse=row.progress is None),
            "percent": Text(cells["percent"], justify="right"),
            "time": Text(cells["time"], "dim", justify="right"),
            "said": Text(fitted(row.said, widths["said"]), "dim"),
        }
        table.add_row(mark, *(cell for name, cell in told.items() if widths[name]))
    return table


def _widths(room: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """Give each column its width, or 0 where it has no room.

    A piece of the name goes first; then state, time, percentage and bar, as long as there is room; then the rest of the
    name, and what else is said.
    """
    widths = dict.fromkeys(wanted, 0)
    left = room - _NAME
    for name in ("state", "time", "percent", "bar"):
        if 0 < wanted[name] < left:
            widths[name] = wanted[name]
            left -= wanted[name] + 1
    widths["name"] = min(wanted["name"], max(_LEAST, left + _NAME))
    left += _NAME - widths["name"] - 1
    widths["said"] = min(wanted["said"], left) if left >= _LEAST else 0
    return widths


def shortened(key: str, id: str, width: int) -> str:
    """Cut the name of a job to a width; the id stays whole as long as it can."""
    left = width - width_of(id) - 1
    return f"{fitted(key, left)} {id}" if left >= _LEAST else fitted(id, width)


def clock_text(seconds: float) -> str:
    """Write how long something has taken, as a clock does."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _is_screen(stream: Any) -> bool:
    """Tell whether a stream is a terminal that can be drawn on; it is None where it was closed before the start."""
    return bool(getattr(stream, "isatty", bool)()) and os.environ.get("TERM") != "dumb"
