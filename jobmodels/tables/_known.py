"""Lines of known forms: what they mean, by the values in them that decide."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels.tables._book import Decision, Form
from jobmodels.tables._checks import Span
from jobmodels.tables._laid import Laid
from jobmodels.tables._matches import Match
from jobmodels.tables._need import need


@attrs.define(eq=False)
class Known:
    """Lines of a form of which it is known what they mean, as far as they hold what they may hold.

    Attributes:
        form: which.
        match: where everything stands in them.
        numbers: the decision of each, by its number.
        spans: where their holes begin and end.
    """

    form: Form
    match: Match | Laid
    numbers: Any
    spans: list[Span] = attrs.field(factory=list)

    def keep(self, kept: Any, spans: list[Span]) -> None:
        """Let go of the other lines; take where holes begin and end in all."""
        self.spans = spans
        if not kept.all():
            self.match.keep(kept)
            self.numbers = self.numbers[kept]
            self.spans = [(begins[kept], ends[kept]) for begins, ends in spans]

    def span(self, of: int | str, which: Any) -> Span:
        """Give where a hole, by its number, or a place, by its path, begins and ends in some lines; None for all."""
        if isinstance(of, str):
            begins, ends = self.match.edges(of)
        else:
            begins, ends = self.spans[self.form.stencil.numbers[of]]
        return (begins, ends) if which is None else (begins[which], ends[which])

    def rows(self) -> Any:
        """Give the place of the row of each."""
        np = need("numpy")
        return np.array([decision.place for decision in self.form.decisions.values()])[self.numbers]

    def sorts(self) -> list[tuple[Decision, Any]]:
        """Sort them by what is copied where: for each a decision, and which lines; None for all of them."""
        np, kinds = need("numpy"), self.form.kinds
        if len(kinds) == 1:
            return [(kinds[0], None)]
        told = np.array([decision.kind for decision in self.form.decisions.values()])[self.numbers]
        found = np.unique(told).tolist()
        return [(kinds[kind], None if len(found) == 1 else np.flatnonzero(told == kind)) for kind in found]


def known_of(match: Match | Laid, form: Form) -> tuple[Known, list[int]]:
    """Take the lines of a form of which it is known what they mean; the match lets go of the others.

    Returns:
        The lines, and one line for each meaning that is not known.
    """
    np = need("numpy")
    numbers = match.numbers if isinstance(match, Laid) else _numbers(match, form)
    unknown: dict[tuple[bytes, ...], int] = {}
    if (numbers < 0).any():
        begins, ends = match.deciding()
        for at in np.flatnonzero(numbers < 0).tolist():
            unknown.setdefault(_told(match, begins[:, at], ends[:, at]), int(match.places[at]))
        match.keep(numbers >= 0)
        numbers = numbers[numbers >= 0]
    return Known(form, match, numbers, match.spans if isinstance(match, Laid) else []), list(unknown.values())


def _told(match: Match | Laid, begins: Any, ends: Any) -> tuple[bytes, ...]:
    """Give what stands where values decide."""
    return tuple(bytes(match.text.memory[begin:end]) for begin, end in zip(begins, ends, strict=True))


def _numbers(match: Match, form: Form) -> Any:
    """Look up what lines mean, by the numbers of decisions: all that are like the first at once."""
    np, many = need("numpy"), len(match.places)
    if not many:
        return np.zeros(0, np.int64)
    begins, ends = match.deciding()
    numbers = {deciding: number for number, deciding in enumerate(form.decisions)}
    first = _told(match, begins[:, 0], ends[:, 0])
    if first in numbers and all(map(match.text.are, begins, ends, first)):
        return np.full(many, numbers[first])
    # What decides is looked at once for all lines in which it is the same.
    same = np.zeros(many, np.int64)
    for values in map(match.text.values, begins, ends):
        indices = values.dictionary_encode().indices.to_numpy()
        _, same = np.unique(same * (indices.max() + 1) + indices, return_inverse=True)
    _, examples, same = np.unique(same, return_index=True, return_inverse=True)
    return np.array([numbers.get(_told(match, begins[:, at], ends[:, at]), -1) for at in examples])[same]
