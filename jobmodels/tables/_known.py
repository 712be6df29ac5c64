"""Lines of known forms: what they mean, by the values in them that decide."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels.tables._book import Decision, Form
from jobmodels.tables._checks import Span
from jobmodels.tables._matches import Match
from jobmodels.tables._need import need


@attrs.define(eq=False)
class Known:
    """Lines of a form of which it is known what they mean, as far as they hold what they may hold.

    Attributes:
        form: which.
        match: where everything stands in them.
        decisions: what each of them means.
        spans: where their holes begin and end.
    """

    form: Form
    match: Match
    decisions: list[Decision]
    spans: list[Span] = attrs.field(factory=list)

    def keep(self, kept: Any, spans: list[Span]) -> None:
        """Let go of the other lines; take where holes begin and end in all."""
        self.spans = spans
        if not kept.all():
            self.match.keep(kept)
            self.decisions = [decision for decision, is_kept in zip(self.decisions, kept, strict=True) if is_kept]
            self.spans = [(begins[kept], ends[kept]) for begins, ends in spans]

    def span(self, of: int | str, which: Any) -> Span:
        """Give where a hole, by its number, or a place, by its path, begins and ends in some lines; None for all."""
        if isinstance(of, str):
            begins, ends = self.match.edges(of)
        else:
            begins, ends = self.spans[self.form.stencil.numbers[of]]
        return (begins, ends) if which is None else (begins[which], ends[which])

    def sorts(self) -> list[tuple[Decision, Any]]:
        """Sort them by what is copied where: for each a decision, and which lines; None for all of them."""
        kinds = {decision.kind: decision for decision in self.decisions}
        if len(kinds) == 1:
            return [(self.decisions[0], None)]
        np = need("numpy")
        told = np.array([decision.kind for decision in self.decisions])
        return [(decision, np.flatnonzero(told == kind)) for kind, decision in kinds.items()]


def known_of(match: Match, form: Form) -> tuple[Known, list[int]]:
    """Take the lines of a form of which it is known what they mean; the match lets go of the others.

    Returns:
        The lines, and one line for each meaning that is not known.
    """
    decisions, unknown = _decisions(match, form) if len(match.places) else ([], [])
    if unknown:
        match.keep(need("numpy").array([decision is not None for decision in decisions], bool))
    return Known(form, match, [decision for decision in decisions if decision is not None]), unknown


def _decisions(match: Match, form: Form) -> tuple[list[Decision | None], list[int]]:
    """Look up what lines mean: all that are like the first at once."""
    begins, ends = match.deciding()
    memory, many = match.text.memory, len(match.places)
    first = tuple(bytes(memory[begin:end]) for begin, end in zip(begins[:, 0], ends[:, 0], strict=True))
    found = form.decisions.get(first)
    if found is not None and all(map(match.text.are, begins, ends, first)):
        return [found] * many, []
    np = need("numpy")
    # What decides is looked at once for all lines in which it is the same.
    same = np.zeros(many, np.int64)
    for values in map(match.text.values, begins, ends):
        indices = values.dictionary_encode().indices.to_numpy()
        _, same = np.unique(same * (indices.max() + 1) + indices, return_inverse=True)
    _, examples, same = np.unique(same, return_index=True, return_inverse=True)
    told = [
        tuple(bytes(memory[begin:end]) for begin, end in zip(begins[:, at], ends[:, at], strict=True))
        for at in examples
    ]
    sorts = [form.decisions.get(one) for one in told]
    unknown = [int(match.places[at]) for at, decision in zip(examples, sorts, strict=True) if decision is None]
    return [sorts[one] for one in same.tolist()], unknown
