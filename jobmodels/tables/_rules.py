"""Stencils as numbers, so that many lines are laid under one at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from jobmodels.tables._forms import Hole
from jobmodels.tables._need import need
from jobmodels.tables._stencils import Gap, Items, Literal, Spot, Stencil, pattern_of

WORD = 16
"""Bytes that are compared at once."""


@attrs.define(eq=False)
class Marks:
    """The marks of spots, each a row in a table of where they are in each line.

    Attributes:
        known: the row of each: quotation marks by their numbers, the begin of the line as `begin`, the end as `end`.
    """

    known: dict[int | str, int] = attrs.field(factory=dict)

    def row(self, spot: Spot) -> tuple[int, int]:
        """Give the row and the shift of a spot."""
        mark: int | str = ("end" if spot.ends else "begin") if spot.mark is None else spot.mark
        return self.known.setdefault(mark, len(self.known)), spot.shift

    def numbers(self) -> Any:
        """Give the numbers of quotation marks, in the order of rows, one a row."""
        np = need("numpy")
        return np.array([mark if isinstance(mark, int) else 0 for mark in self.known], np.int64)[:, None]

    def rows(self, spots: Iterable[Spot]) -> Rows:
        """Give those of several spots."""
        np = need("numpy")
        told = [self.row(spot) for spot in spots]
        rows, shifts = zip(*told, strict=True) if told else ((), ())
        return Rows(np.array(rows, np.int64), np.array(shifts, np.int64)[:, None])


@attrs.frozen(eq=False)
class Rows:
    """Spots as rows of a table of marks, and what is added to them."""

    rows: Any
    shifts: Any

    def at(self, table: Any) -> Any:
        """Give where they are, one row each, from the table of marks."""
        at = table[self.rows]
        at += self.shifts
        return at


@attrs.frozen(eq=False)
class Words:
    """Literals as words of sixteen bytes: where each stands, and what it is.

    Attributes:
        at: where they stand, short ones first.
        told: what they are, as numbers of eight bytes.
        masks: which bytes of the short ones count.
    """

    at: Rows
    told: Any
    masks: Any

    @classmethod
    def of(cls, literals: Sequence[Literal], marks: Marks) -> Words:
        """Cut literals into words; the last of each overlaps the one before."""
        np = need("numpy")
        short: list[tuple[Spot, bytes]] = []
        full: list[tuple[Spot, bytes]] = []
        for literal in literals:
            size, begin = len(literal.text), literal.begin
            for at in {*range(0, size - WORD + 1, WORD), max(size - WORD, 0)} if size else ():
                word = attrs.evolve(begin, shift=begin.shift + at), literal.text[at : at + WORD]
                (short if size < WORD else full).append(word)
        told = b"".join(text.ljust(WORD, b"\0") for _, text in (*short, *full))
        masks = b"".join((b"\xff" * len(text)).ljust(WORD, b"\0") for _, text in short)
        halves = [np.frombuffer(given, np.uint64).reshape(-1, WORD // 8).T[:, :, None] for given in (told, masks)]
        return cls(marks.rows(spot for spot, _ in (*short, *full)), *halves)

    def are(self, table: Any, data: Any) -> Any:
        """Tell in which lines they stand; None: in all.

        Args:
            table: where the marks are, in lines one behind the other.
            data: all words that there are in the text.
        """
        np = need("numpy")
        at, most, fits = self.at.at(table), len(data) - 1, None
        if at[:, -1:].max(initial=0) > most:
            # A word that begins behind the text is not there, whatever stands at its end.
            fits = (at <= most).all(axis=0)
            at = np.minimum(at, most)
        found, short = data[at].view(np.uint64).reshape(*at.shape, WORD // 8), self.masks.shape[1]
        first, second = found[:, :, 0] ^ self.told[0], found[:, :, 1] ^ self.told[1]
        first[:short] &= self.masks[0]
        second[:short] &= self.masks[1]
        first |= second
        if first.any():
            same = np.bitwise_or.reduce(first, axis=0) == 0
            fits = same if fits is None else fits & same
        return fits


@attrs.frozen(eq=False)
class Places:
    """Where gaps, and what decides, begin and end, and how long they are at least."""

    begins: Rows
    ends: Rows
    least: Any

    @classmethod
    def of(cls, gaps: Sequence[Gap], deciding: Sequence[tuple[Spot, Spot]], marks: Marks) -> Places:
        """Take them in this order."""
        told = [*((gap.begin, gap.end) for gap in gaps), *deciding]
        least = need("numpy").array([*[1] * len(gaps), *[0] * len(deciding)])[:, None]
        return cls(marks.rows(begin for begin, _ in told), marks.rows(end for _, end in told), least)

    def at(self, table: Any) -> tuple[Any, Any]:
        """Give where they begin and end, from the table of marks."""
        return self.begins.at(table), self.ends.at(table)

    def fit(self, begins: Any, ends: Any) -> Any:
        """Tell in which lines they are as long as they have to be; None: in all."""
        fits = ends - begins >= self.least
        return None if fits.all() else fits.all(axis=0)


class Rule:
    """A stencil as numbers.

    Attributes:
        gaps: how many there are.
        alone: those that hold one value, by the pattern of what may stand there.
        parted: those that hold several, with their patterns.
        holes: those that hold what is copied.
    """

    def __init__(self, stencil: Stencil) -> None:
        """Take a stencil."""
        marks = Marks({"begin": 0, "end": 1})
        items = stencil.items
        self.gaps = len(stencil.gaps)
        self.places = Places.of(stencil.gaps, stencil.deciding, marks)
        self.words = Words.of(stencil.literals, marks)
        self.edges = {path: (marks.row(begin), marks.row(end)) for path, (begin, end) in stencil.edges.items()}
        self.around = [] if items is None else [marks.row(items.begin), marks.row(items.end)]
        patterns = [pattern_of(gap.inside) for gap in stencil.gaps]
        self.alone = _sorted((pattern, at) for at, pattern in enumerate(patterns) if len(stencil.gaps[at].inside) == 1)
        self.parted = [(at, pattern) for at, pattern in enumerate(patterns) if len(stencil.gaps[at].inside) > 1]
        self.holes = [at for at, gap in enumerate(stencil.gaps) if any(isinstance(value, Hole) for value in gap.inside)]
        self.marks = marks.numbers()[2:]
        # Those that are counted from the end of a line are counted from the begin of the next.
        self.later = self.marks < 0
        self.items = None if items is None else ItemsRule(items)


class ItemsRule:
    """What is said of items, as numbers."""

    def __init__(self, items: Items) -> None:
        """Take what is said of them."""
        marks = Marks()
        self.places = Places.of(items.gaps, (), marks)
        self.words = Words.of(items.literals, marks)
        self.between = Words.of([items.between], marks)
        self.alone = _sorted((pattern_of(gap.inside), at) for at, gap in enumerate(items.gaps))
        self.marks = marks.numbers()


def _sorted(asked: Iterable[tuple[bytes, int]]) -> Mapping[bytes, Any]:
    """Sort gaps by their patterns."""
    told: dict[bytes, list[int]] = {}
    for pattern, at in asked:
        told.setdefault(pattern, []).append(at)
    return {pattern: need("numpy").array(gaps) for pattern, gaps in told.items()}
