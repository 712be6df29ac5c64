"""Stencils as numbers, so that many lines are laid under one at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from jobmodels.tables._need import need
from jobmodels.tables._stencils import Items, Literal, Spot, Stencil, pattern_of

_WORD = 8


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
        return table[self.rows] + self.shifts


@attrs.frozen(eq=False)
class Gaps:
    """Where something begins and ends."""

    begins: Rows
    ends: Rows

    @classmethod
    def of(cls, spots: Iterable[tuple[Spot, Spot]], marks: Marks) -> Gaps:
        """Take pairs of spots."""
        told = list(spots)
        return cls(marks.rows(begin for begin, _ in told), marks.rows(end for _, end in told))


@attrs.frozen(eq=False)
class Words:
    """Literals as words of eight bytes: where each begins and ends, and what stands there."""

    begins: Rows
    ends: Rows
    sizes: Any
    rows: Any
    shifts: Any
    masks: Any
    told: Any

    @classmethod
    def of(cls, literals: Sequence[Literal], marks: Marks) -> Words:
        """Cut literals into words; the last of each overlaps the one before."""
        np = need("numpy")
        cut: list[tuple[int, int, int, int]] = []
        for literal in literals:
            row, shift = marks.row(literal.begin)
            size = len(literal.text)
            for at in {*range(0, size - _WORD + 1, _WORD), max(size - _WORD, 0)} if size else ():
                part = literal.text[at : at + _WORD]
                mask = (1 << 8 * len(part)) - 1
                cut.append((row, shift + at, mask, int.from_bytes(part, "little")))
        rows, shifts, masks, told = zip(*cut, strict=True) if cut else ((), (), (), ())
        return cls(
            marks.rows(literal.begin for literal in literals),
            marks.rows(literal.end for literal in literals),
            np.array([len(literal.text) for literal in literals], np.int64)[:, None],
            np.array(rows, np.int64),
            np.array(shifts, np.int64)[:, None],
            np.array(masks, np.uint64)[:, None],
            np.array(told, np.uint64)[:, None],
        )

    def are(self, table: Any, data: Any) -> Any:
        """Tell in which lines they stand.

        Args:
            table: where the marks are.
            data: all words of eight bytes that there are in the text.
        """
        np = need("numpy")
        at = table[self.rows]
        at += self.shifts
        found = data[at].view(np.uint64)
        found ^= self.told
        found &= self.masks
        return np.bitwise_or.reduce(found, axis=0) == 0

    def fit(self, table: Any) -> Any:
        """Tell in which lines there is as much room as they need."""
        return (self.ends.at(table) - self.begins.at(table) == self.sizes).all(axis=0)


class Rule:
    """A stencil, or what it says of items, as numbers."""

    def __init__(self, stencil: Stencil) -> None:
        """Take a stencil."""
        marks = Marks({"begin": 0, "end": 1})
        items = stencil.items
        self.gaps = Gaps.of(((gap.begin, gap.end) for gap in stencil.gaps), marks)
        self.deciding = Gaps.of(stencil.deciding, marks)
        self.words = Words.of(stencil.literals, marks)
        self.edges = {
            path: (marks.row(begin), marks.row(end)) for path, (begin, end) in stencil.edges.items()
        }
        self.around = () if items is None else (marks.row(items.begin), marks.row(items.end))
        self.marks = _numbers(marks)[2:]
        self.patterns = tuple(pattern_of(gap.inside) for gap in stencil.gaps)
        self.items = None if items is None else _ItemsRule(items)


class _ItemsRule:
    def __init__(self, items: Items) -> None:
        marks = Marks()
        self.gaps = Gaps.of(((gap.begin, gap.end) for gap in items.gaps), marks)
        self.words = Words.of(items.literals, marks)
        self.between = Words.of([items.between], marks)
        self.patterns = tuple(pattern_of(gap.inside) for gap in items.gaps)
        self.marks = _numbers(marks)


def _numbers(marks: Marks) -> Any:
    """Give the numbers of quotation marks, in the order of rows."""
    return need("numpy").array([mark if isinstance(mark, int) else 0 for mark in marks.known], need("numpy").int64)
