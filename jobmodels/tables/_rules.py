"""Stencils as numbers, so that many lines are laid under one at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from jobmodels.tables._need import need
from jobmodels.tables._stencils import Gap, Items, Literal, Spot, Stencil, pattern_of

_WORD, _ANY = 8, 1 << 62


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
    """Literals as words of eight bytes: where each stands, and what it is."""

    at: Rows
    masks: Any
    told: Any

    @classmethod
    def of(cls, literals: Sequence[Literal], marks: Marks) -> Words:
        """Cut literals into words; the last of each overlaps the one before."""
        np = need("numpy")
        spots: list[Spot] = []
        told: list[tuple[int, int]] = []
        for literal in literals:
            size, begin = len(literal.text), literal.begin
            for at in {*range(0, size - _WORD + 1, _WORD), max(size - _WORD, 0)} if size else ():
                part = literal.text[at : at + _WORD]
                spots.append(attrs.evolve(begin, shift=begin.shift + at))
                told.append(((1 << 8 * len(part)) - 1, int.from_bytes(part, "little")))
        masks, words = np.array(told, np.uint64).reshape(-1, 2).T
        return cls(marks.rows(spots), masks[:, None], words[:, None])

    def are(self, table: Any, data: Any) -> Any:
        """Tell in which lines they stand.

        Args:
            table: where the marks are.
            data: all words of eight bytes that there are in the text.
        """
        np = need("numpy")
        found = data[self.at.at(table)].view(np.uint64)
        found ^= self.told
        found &= self.masks
        return np.bitwise_or.reduce(found, axis=0) == 0


@attrs.frozen(eq=False)
class Places:
    """Where gaps, what decides and literals begin and end, and how long they may be."""

    begins: Rows
    ends: Rows
    least: Any
    most: Any

    @classmethod
    def of(
        cls, gaps: Sequence[Gap], deciding: Sequence[tuple[Spot, Spot]], literals: Sequence[Literal], marks: Marks
    ) -> Places:
        """Take them in this order."""
        np = need("numpy")
        told = [(gap.begin, gap.end) for gap in gaps]
        told += [*deciding, *((literal.begin, literal.end) for literal in literals)]
        sizes = [len(literal.text) for literal in literals]
        least = np.array([*[1] * len(gaps), *[0] * len(deciding), *sizes], np.int64)[:, None]
        most = np.array([*[_ANY] * (len(told) - len(sizes)), *sizes], np.int64)[:, None]
        return cls(marks.rows(begin for begin, _ in told), marks.rows(end for _, end in told), least, most)

    def at(self, table: Any) -> tuple[Any, Any]:
        """Give where they begin and end, from the table of marks."""
        return self.begins.at(table), self.ends.at(table)

    def fit(self, begins: Any, ends: Any) -> Any:
        """Tell in which lines they are as long as they may be."""
        sizes = ends - begins
        return ((sizes >= self.least) & (sizes <= self.most)).all(axis=0)


class Rule:
    """A stencil as numbers."""

    def __init__(self, stencil: Stencil) -> None:
        """Take a stencil."""
        np = need("numpy")
        marks = Marks({"begin": 0, "end": 1})
        items = stencil.items
        self.gaps, self.decides = len(stencil.gaps), len(stencil.gaps) + len(stencil.deciding)
        self.places = Places.of(stencil.gaps, stencil.deciding, stencil.literals, marks)
        self.words = Words.of(stencil.literals, marks)
        self.edges = {path: (marks.row(begin), marks.row(end)) for path, (begin, end) in stencil.edges.items()}
        self.around = () if items is None else (marks.row(items.begin), marks.row(items.end))
        self.patterns = tuple(pattern_of(gap.inside) for gap in stencil.gaps)
        self.marks = marks.numbers()[2:]
        # Those that are counted from the end of a line are counted from the begin of the next.
        self.later = (self.marks < 0).astype(np.int64)
        self.items = None if items is None else ItemsRule(items)


class ItemsRule:
    """What is said of items, as numbers."""

    def __init__(self, items: Items) -> None:
        """Take what is said of them."""
        marks = Marks()
        self.gaps = len(items.gaps)
        self.places = Places.of(items.gaps, (), items.literals, marks)
        self.words = Words.of(items.literals, marks)
        self.between = Places.of((), (), [items.between], marks)
        self.between_words = Words.of([items.between], marks)
        self.patterns = tuple(pattern_of(gap.inside) for gap in items.gaps)
        self.marks = marks.numbers()
