"""What a run counts: lines, rows, states, errors, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    import pyarrow as pa

    from jobmodels.tables._steps import Step

_MOST = 1000
"""How many codes are told apart; a service that makes them up has more."""

_OTHERS = "(others)"


@attrs.define
class Tally:
    """Counts of a run, or of a part of one.

    Attributes:
        lines: blank ones too.
        blank: lines that were passed over.
        rows: of the table of jobs.
        dead: dead letters.
        typed: rows of the table of the one endpoint.
        missed: answers, or items of them, that do not fit the table of the one endpoint.
        states: rows by state.
        errors: errors by code; the empty text stands for none.
        findings: by severity.
        refusals: dead letters by code.
    """

    lines: int = 0
    blank: int = 0
    rows: int = 0
    dead: int = 0
    typed: int = 0
    missed: int = 0
    states: Counter[str] = attrs.field(factory=Counter)
    errors: Counter[str] = attrs.field(factory=Counter)
    findings: Counter[str] = attrs.field(factory=Counter)
    refusals: Counter[str] = attrs.field(factory=Counter)

    def add(self, step: Step) -> None:
        """Count what came of some lines."""
        self.lines += step.lines
        self.blank += step.blank
        self.missed += step.missed
        if step.jobs is not None:
            self.rows += step.jobs.num_rows
            self.states += _counted(step.jobs.column("state"))
            self.errors += _counted(_members(step.jobs.column("errors"), "code"))
            self.findings += _counted(_members(step.jobs.column("findings"), "severity"))
        if step.typed is not None:
            self.typed += step.typed.num_rows
        if step.dead is not None:
            self.dead += step.dead.num_rows
            self.refusals += _counted(step.dead.column("reject_code"))
        if step.long is not None:
            self.dead += 1
            self.refusals[step.long.told[3]] += 1
        self._bound()

    def join(self, other: Tally) -> None:
        """Add the counts of another part."""
        for field in attrs.fields(Tally):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        self._bound()

    def _bound(self) -> None:
        for counter in (self.errors, self.refusals):
            if len(counter) > _MOST:
                kept = Counter(dict(counter.most_common(_MOST - 1)))
                kept[_OTHERS] += counter.total() - kept.total()
                counter.clear()
                counter.update(kept)

    def to_dict(self) -> dict[str, Any]:
        """Give plain values, for JSON."""
        return attrs.asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Tally:
        """Take what `to_dict` gave."""
        counts: dict[str, Any] = {}
        for name, value in told.items():
            counts[name] = Counter(value) if isinstance(value, dict) else value
        return cls(**counts)


def _members(lists: pa.Array, name: str) -> pa.Array:
    return lists.flatten().field(name)


def _counted(values: pa.Array) -> Counter[str]:
    return Counter({pair["values"] or "": pair["counts"] for pair in values.value_counts().to_pylist()})
