"""The notes of one structuring pass: findings while they are made.

Nothing is written on the way through a document that fits. A note begins with the path below the place where it was
made; whoever called puts its own token in front.
"""

from __future__ import annotations

import threading

from jobmodels._job import Finding
from jobmodels._json import escaped


class Note:
    """A finding whose path still grows."""

    __slots__ = ("message", "path", "rule")

    def __init__(self, rule: str, message: str, path: str) -> None:
        """Begin with the path below the present place."""
        self.rule, self.message, self.path = rule, message, path

    def finding(self) -> Finding:
        """Make it final."""
        return Finding(self.rule, self.path, self.message)


class _Pass(threading.local):
    notes: list[Note] | None = None


_PASS = _Pass()


class Noting:
    """Runs a pass with notes of its own."""

    __slots__ = ("before",)

    def __enter__(self) -> list[Note]:
        """Begin, and give the notes that the pass will make."""
        notes: list[Note] = []
        self.before, _PASS.notes = _PASS.notes, notes
        return notes

    def __exit__(self, *_: object) -> None:
        """End, and go on with the notes of the pass around this one."""
        _PASS.notes = self.before


def is_running() -> bool:
    """Tell whether there is a pass, in this thread."""
    return _PASS.notes is not None


def running() -> list[Note]:
    """Give the notes of the running pass; outside of one, none are kept."""
    return [] if _PASS.notes is None else _PASS.notes


def note(rule: str, message: str, path: str = "") -> None:
    """Write a note about the value at hand, or about a place below it."""
    running().append(Note(rule, message, path))


def prefix(since: int, token: str | int) -> None:
    """Put a token before the paths of all notes that were made since."""
    step = f"/{token}" if isinstance(token, int) else f"/{escaped(token)}"
    for made in running()[since:]:
        made.path = step + made.path
