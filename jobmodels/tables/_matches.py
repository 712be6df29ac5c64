"""Lines laid under a stencil, many at once: which of them have its words, and where everything stands in them."""

from __future__ import annotations

from typing import Any

from jobmodels.tables._need import need
from jobmodels.tables._rules import ItemsRule, Rule
from jobmodels.tables._stencils import Stencil
from jobmodels.tables._text import Text


def likely(stencil: Stencil, text: Text, places: Any) -> Any:
    """Give the lines that have as many quotation marks and escapes as a stencil says."""
    quotes = text.marks[places] - stencil.quotes
    escapes = text.escapes[places] - stencil.escapes
    if stencil.items is None:
        return places[(quotes == 0) & (escapes == 0)]
    many = quotes // stencil.items.quotes
    fits = (many > 0) & (many * stencil.items.quotes == quotes) & (many * stencil.items.escapes == escapes)
    return places[fits]


class Match:
    """The lines that have all words of a stencil where they belong, and something between them.

    What stands between is looked at later: many lines of many forms at once.

    Attributes:
        text: that of the batch.
        stencil: what it says of them.
        places: which lines, in order.
        begins: where each gap begins, in each line.
        ends: where it ends.
        lengths: how many items the run of each line has; None where there is no run.
        items: where the gaps of all their items begin and end.
    """

    def __init__(self, text: Text, stencil: Stencil, rule: Rule, places: Any) -> None:
        """Lay lines under a stencil, all of which are likely to fit."""
        np = need("numpy")
        self.text, self.stencil, self.rule, self.places = text, stencil, rule, places
        self.lengths: Any = None
        self.items: tuple[Any, Any] | None = None
        if stencil.items is not None:
            self.lengths = (text.marks[places] - stencil.quotes) // stencil.items.quotes
        self.table = np.empty((len(rule.marks) + 2, len(places)), np.int64)
        self.table[0], self.table[1] = text.starts[places], text.ends[places]
        first = np.where(rule.later, text.first[places + 1], text.first[places])
        self.table[2:] = text.quotes[first + rule.marks]
        self.begins, self.ends = rule.places.at(self.table)
        self._only(rule.places.fit(self.begins, self.ends))
        if len(self.places):
            self._only(rule.words.are(self.table, text.words))
        if rule.items is not None and len(self.places):
            self._go_through(rule.items)

    def keep(self, kept: Any) -> None:
        """Let go of the other lines."""
        self.places = self.places[kept]
        self.table, self.begins, self.ends = self.table[:, kept], self.begins[:, kept], self.ends[:, kept]
        if self.lengths is not None:
            if self.items is not None:
                which = need("numpy").repeat(kept, self.lengths)
                self.items = self.items[0][:, which], self.items[1][:, which]
            self.lengths = self.lengths[kept]

    def deciding(self) -> tuple[Any, Any]:
        """Give where the values begin and end that decide."""
        return self.begins[self.rule.gaps :], self.ends[self.rule.gaps :]

    def edges(self, path: str) -> tuple[Any, Any]:
        """Give where a value begins and ends, by its path."""
        (begin, before), (end, behind) = self.rule.edges[path]
        return self.table[begin] + before, self.table[end] + behind

    def _only(self, fits: Any) -> None:
        if fits is not None:
            self.keep(fits)

    def _go_through(self, rule: ItemsRule) -> None:
        """Keep the lines all of whose items have the words of one, and nothing else between them."""
        np, items = need("numpy"), self.stencil.items
        assert items is not None
        last = np.cumsum(self.lengths) - 1
        first = last + 1 - self.lengths
        marks = np.repeat(self.text.first[self.places] + items.first - first * items.quotes, self.lengths)
        marks += np.arange(len(marks)) * items.quotes
        # Behind the last item there is none, and where it ends is told otherwise.
        table = self.text.quotes[np.minimum(marks + rule.marks, len(self.text.quotes) - 1)]
        begins, ends = rule.places.at(table)
        (begin, before), (end, behind) = self.rule.around
        begins[0, first] = self.table[begin] + before
        ends[-1, last] = self.table[end] + behind
        follows = np.ones(len(marks), bool)
        follows[first] = False
        fits = rule.places.fit(begins, ends)
        if fits is None:
            self.items = begins, ends
            fits = rule.words.are(table, self.text.words)
            between = rule.between.are(table[:, follows], self.text.words)
            if between is not None:
                fits = np.ones(len(marks), bool) if fits is None else fits
                fits[follows] &= between
        if fits is not None:
            is_done = self.items is not None
            self.keep(np.logical_and.reduceat(fits, first))
            if len(self.places) and not is_done:
                self._go_through(rule)
