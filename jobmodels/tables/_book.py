"""What was learned of lines: forms, and what lines of a form mean by the values that decide.

Learning costs as much as reading some lines by the general path, so it is paid for: kinds of lines begin with a credit
out of one purse, and lines that are read by what was learned earn more. A log of which no line is like another is soon
left to the general path.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from itertools import product
from typing import Any

import attrs

from jobmodels._job import Key
from jobmodels._json import decode
from jobmodels._lines import is_envelope
from jobmodels.tables._compiled import Native
from jobmodels.tables._flows import Copy, Flow, Members, Share, Value, Woven, flows_of, is_mute, way_of
from jobmodels.tables._forms import Hole, Part, parts_of, words_of
from jobmodels.tables._kinds import NAMED
from jobmodels.tables._laid import Plate, plate_of
from jobmodels.tables._loose import loose_in
from jobmodels.tables._measures import stencil_of
from jobmodels.tables._options import Options
from jobmodels.tables._outlines import Outline, outline_of
from jobmodels.tables._programs import Program, program_of
from jobmodels.tables._rows import Row, read_rows
from jobmodels.tables._rules import Rule
from jobmodels.tables._samples import samples_of
from jobmodels.tables._stencils import Stencil
from jobmodels.tables._trees import Unfit, tree_of

LONGEST = 64 * 1024
"""The longest line that is learned from, in bytes."""

_PURSE = 1500.0
_CREDIT, _PORTION = 80.0, 8.0
_EARNED = 0.02
_FORM, _DECISION = 1.0, 0.25
_MOST = 20_000
_UNKNOWN = "unknown-key"


@attrs.frozen(eq=False)
class Decision:
    """What lines of one form mean whose deciding values are the same: the place of their row, and what is copied.

    Decisions of one form that have one `kind` copy the same; flows that have one way, of whatever form, copy in one way
    from places of their own. Of columns that are `mute` no copy holds a credential.
    """

    place: int
    kind: int
    flows: Mapping[str, Flow]
    ways: Mapping[str, object]
    mute: frozenset[str]


@attrs.define(eq=False, slots=False)
class Form:
    """One form of lines, with what they may mean by the values that decide.

    Attributes:
        stencil: what they look like.
        outline: the outline of the line that it was learned from.
        decisions: what they mean, by what stands where values decide.
        kinds: the decisions, one of each kind.
        words: what stands in them and is not copied; an id that is one of these may be compared with it somewhere.
    """

    stencil: Stencil
    outline: Outline
    decisions: dict[tuple[bytes, ...], Decision] = attrs.field(factory=dict)
    kinds: list[Decision] = attrs.field(factory=list)
    words: set[bytes] = attrs.field(factory=set)

    _program: tuple[int, Program] | None = attrs.field(default=None, init=False, repr=False)
    _plate: tuple[object, Plate] | None = attrs.field(default=None, init=False, repr=False)

    @cached_property
    def rule(self) -> Rule:
        """The stencil as numbers."""
        return Rule(self.stencil)

    def plate(self, native: Native) -> Plate:
        """Give what the compiled part takes for it; it is made anew where something was learned."""
        if self._program is None or self._program[0] != len(self.kinds):
            wanted = set().union(*(_needed(kind.flows) for kind in self.kinds))
            paths = [path for path in wanted if isinstance(path, str)]
            self._program = len(self.kinds), program_of(self.outline, paths)
        told = (len(self.kinds), len(self.decisions), len(self.words))
        if self._plate is None or self._plate[0] != told:
            self._plate = told, plate_of(native, self.stencil, self._program[1], self.decisions, self.words)
        return self._plate[1]


@attrs.define(eq=False)
class Book:
    """All that was learned of lines that are read with the same options; a group is of lines that begin alike."""

    options: Options
    rows: list[Row] = attrs.field(factory=list)
    groups: dict[int, list[Form]] = attrs.field(factory=dict)
    known: dict[object, Form] = attrs.field(factory=dict)
    credit: dict[int, float] = attrs.field(factory=dict)
    drawn: dict[int, float] = attrs.field(factory=dict)
    purse: float = _PURSE

    def earn(self, group: int, lines: int) -> None:
        """Note that lines of a group were read by what was learned."""
        if lines:
            self.credit[group] = min(self.credit.get(group, 0.0) + lines * _EARNED, 2 * _CREDIT)

    def learn(self, group: int, raw: bytes, row: Row) -> Form | None:
        """Learn from a line that the general path has read; give its form, where there was something to learn."""
        if self.credit.get(group, 0.0) < _FORM:
            self._draw(group)
        if self.credit[group] < _FORM or len(raw) > LONGEST or len(self.rows) >= _MOST:
            return None
        known = len(self.known)
        try:
            return self._learn(group, raw, row)
        except Unfit:
            return None
        finally:
            self.credit[group] -= _DECISION if len(self.known) == known else _FORM

    def _draw(self, group: int) -> None:
        """Take some more out of the purse, which is that of all groups."""
        drawn = self.drawn.get(group, 0.0)
        more = min(_PORTION, _CREDIT - drawn, self.purse)
        self.drawn[group] = drawn + more
        self.credit[group] = self.credit.get(group, 0.0) + more
        self.purse -= more

    def _learn(self, group: int, raw: bytes, row: Row) -> Form:
        if self.options.typed == f"{row['system']}/{row['endpoint']}/{row['method']}":
            raise Unfit  # The table of the endpoint is made of jobs.
        lesson = self._explained(raw, row)
        parts, form, deciding, flows, mute = (
            lesson.parts,
            lesson.form,
            lesson.outline.deciding,
            lesson.flows,
            lesson.mute,
        )
        words = words_of(parts)
        if any(isinstance(part, Hole) and part.kind.family in NAMED and part.text.encode() in words for part in parts):
            raise Unfit
        forms = self.groups.setdefault(group, [])
        if deciding in form.decisions and form in forms:
            raise Unfit  # It is known, and not taken for what else the line holds.
        if form not in forms:
            forms.append(self.known.setdefault(lesson.outline.alike, form))
        if deciding in form.decisions:
            return form
        form.words |= words
        known = [(decision.flows, decision.mute) for decision in form.kinds]
        kind = known.index((flows, mute)) if (flows, mute) in known else len(known)
        ways = form.kinds[kind].ways if kind < len(known) else {name: way_of(flow) for name, flow in flows.items()}
        decision = Decision(len(self.rows), kind, flows, ways, mute)
        if kind == len(known):
            form.kinds.append(decision)
        form.decisions[deciding] = decision
        self.rows.append(row)
        return form

    def _explained(self, raw: bytes, row: Row) -> _Lesson:
        """Part a line, and explain its row; without sums where they do not add up, and runs whose items mean much."""
        tried: list[tuple[Part, ...]] = []
        for sums, runs in product((True, False), repeat=2):
            with suppress(Unfit):
                parts = _parts(raw, row, self.options, runs=runs, sums=sums)
                if parts not in tried:
                    tried.append(parts)
                    return self._laid(parts, row)
        raise Unfit

    def _laid(self, parts: tuple[Part, ...], row: Row) -> _Lesson:
        outline = outline_of(parts)
        form = self.known.get(outline.alike) or Form(stencil_of(outline), outline)
        if known := form.decisions.get(outline.deciding):
            return _Lesson(parts, outline, form, known.flows, known.mute)
        flows, mute = self._flows(parts, row)
        if not _needed(flows) <= form.stencil.values:
            raise Unfit
        return _Lesson(parts, outline, form, flows, mute)

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


@attrs.frozen(eq=False)
class _Lesson:
    """What a line and its row say: the form of the line, and what of it is copied where."""

    parts: tuple[Part, ...]
    outline: Outline
    form: Form
    flows: Mapping[str, Flow]
    mute: frozenset[str]


def _parts(raw: bytes, row: Row, options: Options, *, runs: bool, sums: bool) -> tuple[Part, ...]:
    text = raw.decode()
    document, _ = decode(raw)
    enveloped = is_envelope(document, options.key)
    endpoint = options.endpoints[Key(f"{row['system']}/{row['endpoint']}/{row['method']}")]
    additions = [found["path"] for found in row["findings"] if found["rule"] == _UNKNOWN]
    doubted = [found["path"] for found in row["findings"] if found["rule"] != _UNKNOWN]
    loose = loose_in(endpoint, enveloped=enveloped, additions=additions, doubted=doubted)
    return parts_of(text, tree_of(text), loose, runs=runs, sums=sums)


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
            if isinstance(cell, Share):
                told |= {*cell.of, cell.whole}
            else:
                told |= {number for number, _ in cell.of} if isinstance(cell, Woven) else {cell.of}
    return told
