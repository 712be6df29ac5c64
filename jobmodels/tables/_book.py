"""What was learned of lines: forms, and what lines of a form mean by the values that decide.

Learning costs as much as reading some lines by the general path, so it is paid for: kinds of lines begin with a credit
out of one purse, and lines that are read by what was learned earn more. A log of which no line is like another is soon
left to the general path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, TypeAlias

import attrs

from jobmodels._job import Key
from jobmodels._json import decode
from jobmodels._lines import is_envelope
from jobmodels.tables._flows import Copy, Flow, Members, Value, Woven, flows_of, is_mute, samples_of
from jobmodels.tables._forms import Hole, Part, Run, parts_of
from jobmodels.tables._loose import loose_in
from jobmodels.tables._options import Options
from jobmodels.tables._patterns import Pattern, is_quick, pattern_of, words_of
from jobmodels.tables._rows import Row, read_rows
from jobmodels.tables._trees import Unfit, tree_of

Kind: TypeAlias = tuple[int, int, int]
"""How lines begin, as a hash, and how many members and escapes they have: lines of one form have one kind."""

LONGEST = 64 * 1024
"""The longest line that is learned from, in bytes."""

_PURSE = 1500.0
_CREDIT = 80.0
_EARNED = 0.02
_FORM, _DECISION = 1.0, 0.25
_MOST = 20_000
_UNKNOWN = "unknown-key"


@attrs.frozen(eq=False)
class Decision:
    """What lines of one form mean whose deciding values are the same: the place of their row, and what is copied.

    Decisions of one form that have one `kind` copy the same. Of columns that are `mute` no copy holds a credential.
    An id that is one of the `words` of such lines may be compared with it somewhere, and is looked at again.
    """

    place: int
    kind: int
    flows: Mapping[str, Flow]
    mute: frozenset[str]
    words: frozenset[bytes] = attrs.field(repr=False)


def _shortened(kind: Kind) -> Kind:
    """Leave out how many members there are."""
    begun, _, escapes = kind
    return begun, 0, escapes


def _nothing(groups: tuple[bytes, ...]) -> tuple[()]:
    return ()


@attrs.define(eq=False)
class Form:
    """One form of lines, as a compiled pattern, with what they may mean by the values that decide."""

    parts: tuple[Part, ...]
    needed: set[Value] = attrs.field(factory=set)
    decisions: dict[Any, Decision] = attrs.field(factory=dict)
    kinds: list[Decision] = attrs.field(factory=list)
    has_runs: bool = attrs.field(init=False)
    pattern: Pattern = attrs.field(init=False)
    match: Callable[[bytes, int, int], re.Match[bytes] | None] = attrs.field(init=False)
    deciding: Callable[[tuple[bytes, ...]], Any] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.has_runs = any(isinstance(part, Run) for part in self.parts)

    def need(self, values: set[Value]) -> None:
        """Compile the pattern so that it captures what is copied."""
        self.needed |= values
        self.pattern = pattern_of(self.parts, self.needed, quick=is_quick(self.parts))
        self.match = re.compile(self.pattern.pattern + rb"[\r\n]*+").fullmatch
        fixed = [group - 1 for group in self.pattern.fixed]
        self.deciding = itemgetter(*fixed) if fixed else _nothing


@attrs.define(eq=False)
class Book:
    """All that was learned of lines that are read with the same options."""

    options: Options
    rows: list[Row] = attrs.field(factory=list)
    forms: dict[Kind, list[Form]] = attrs.field(factory=dict)
    long: dict[Kind, list[Form]] = attrs.field(factory=dict)
    credit: dict[int, float] = attrs.field(factory=dict)
    purse: float = _PURSE
    known: dict[bytes, Form] = attrs.field(factory=dict)

    def earn(self, kind: int, lines: int) -> None:
        """Note that lines of a kind were read by what was learned."""
        if lines:
            self.credit[kind] = min(self.credit.get(kind, 0.0) + lines * _EARNED, 2 * _CREDIT)

    def forms_of(self, kind: Kind) -> list[Form]:
        """Give the forms that lines of a kind may have: those that such lines had, then those with runs."""
        known = self.forms.get(kind, [])
        return [*known, *(form for form in self.long.get(_shortened(kind), ()) if form not in known)]

    def add(self, kind: Kind, form: Form) -> None:
        """Note that lines of a kind may have a form."""
        for forms in (
            self.forms.setdefault(kind, []),
            self.long.setdefault(_shortened(kind), []) if form.has_runs else self.forms[kind],
        ):
            if form not in forms:
                forms.append(form)

    def learn(self, kind: Kind, raw: bytes, row: Row) -> Form | None:
        """Learn from a line that the general path has read; give its form, where there was something to learn."""
        begun = kind[0]
        if begun not in self.credit:
            self.credit[begun] = min(_CREDIT, self.purse)
            self.purse -= self.credit[begun]
        if self.credit[begun] < _FORM or len(raw) > LONGEST or len(self.rows) >= _MOST:
            return None
        known = len(self.known)
        try:
            return self._learn(kind, raw, row)
        except Unfit:
            return None
        finally:
            self.credit[begun] -= _DECISION if len(self.known) == known else _FORM

    def _learn(self, kind: Kind, raw: bytes, row: Row) -> Form:
        if self.options.typed == f"{row['system']}/{row['endpoint']}/{row['method']}":
            raise Unfit  # The table of the endpoint is made of jobs.
        parts, flows, mute = self._explained(raw, row)
        bare = pattern_of(parts, ()).pattern
        form = self.known.get(bare)
        if form is None:
            form = self.known[bare] = Form(parts)
        self.add(kind, form)
        needed = _needed(flows) - form.needed
        if needed or not form.decisions:
            form.need(needed)
        found = form.match(raw, 0, len(raw))
        words = words_of(parts)
        if found is None or any(found[group] in words for group in form.pattern.ids):
            raise Unfit
        known = [(decision.flows, decision.mute) for decision in form.kinds]
        alike = known.index((flows, mute)) if (flows, mute) in known else len(known)
        decision = Decision(len(self.rows), alike, flows, mute, words)
        if alike == len(known):
            form.kinds.append(decision)
        form.decisions[form.deciding(found.groups())] = decision
        self.rows.append(row)
        return form

    def _explained(self, raw: bytes, row: Row) -> tuple[tuple[Part, ...], dict[str, Flow], frozenset[str]]:
        """Part a line, and explain its row; without runs where their items mean something."""
        parts = _parts(raw, row, self.options, runs=True)
        try:
            return parts, *self._flows(parts, row)
        except Unfit:
            if not any(isinstance(part, Run) for part in parts):
                raise
            parts = _parts(raw, row, self.options, runs=False)
            return parts, *self._flows(parts, row)

    def _flows(self, parts: tuple[Part, ...], row: Row) -> tuple[dict[str, Flow], frozenset[str]]:
        samples = samples_of(parts, row, self._read)
        flows = flows_of(parts, samples)
        asked = _hole_at("/job_id", parts)
        # The id that was asked for is compared with the one in the answer: it is that, or there is none.
        alone = sum(isinstance(part, Hole) and part.number == asked for part in parts) == 1
        if asked is not None and alone and flows.get("job_id") != Copy(asked):
            raise Unfit
        told = {name: [sample.row[name] for sample in samples] for name in flows}
        return flows, frozenset(name for name, flow in flows.items() if is_mute(flow, parts, told[name]))

    def _read(self, raw: bytes) -> Row:
        rows, _ = read_rows(raw, self.options)
        if rows is None or len(rows) != 1:
            raise Unfit
        return rows[0]


def _parts(raw: bytes, row: Row, options: Options, *, runs: bool) -> tuple[Part, ...]:
    text = raw.decode()
    document, _ = decode(raw)
    enveloped = is_envelope(document, options.key)
    endpoint = options.endpoints[Key(f"{row['system']}/{row['endpoint']}/{row['method']}")]
    additions = [found["path"] for found in row["findings"] if found["rule"] == _UNKNOWN]
    loose = loose_in(endpoint, enveloped=enveloped, additions=additions)
    return parts_of(text, tree_of(text), loose, runs=runs)


def _hole_at(path: str, parts: tuple[Part, ...]) -> int | None:
    """Give the number of the hole that is all of what stands in a place."""
    for place, part in enumerate(parts):
        if getattr(part, "path", None) == path:
            inner = parts[place + 1]
            return inner.number if isinstance(inner, Hole) else None
    return None


def _needed(flows: Mapping[str, Flow]) -> set[Value]:
    told: set[Any] = set()
    for flow in flows.values():
        cells = [cell for _, _, cell in flow.cells] if isinstance(flow, Members) else [flow]
        for cell in cells:
            told |= {number for number, _ in cell.of} if isinstance(cell, Woven) else {cell.of}
    return told
