"""Tables of one endpoint: what its class says, as columns with the types of its fields.

Numbers, text, flags and moments are columns of their own, records are values with members, sequences are lists. Where
a record may stand raw, the value has one member more, `raw`, the JSON text of what is no such record. What has no type,
or several, is JSON text as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import NoneType
from typing import Any, TypeAlias

import attrs

from jobmodels._convert import body_of, holds, plan_of, to_wire
from jobmodels._job import Job
from jobmodels._json import decode
from jobmodels._secrets import MASK, hides, scrub
from jobmodels._system import Endpoint
from jobmodels._types import Shape, fields_of
from jobmodels.errors import DecodeError
from jobmodels.tables._columns import (
    FLAG,
    INTEGER,
    ITEM,
    JSON,
    MOMENT,
    NUMBER,
    PLACE,
    TEXT,
    Column,
    Many,
    Members,
    Scalar,
    Type,
)
from jobmodels.tables._exact import compact, legal, secrets_of

_KINDS: Mapping[frozenset[type], Scalar] = {
    frozenset({str}): TEXT,
    frozenset({bool}): FLAG,
    frozenset({int}): INTEGER,
    frozenset({int, float}): NUMBER,
}
_LARGEST = 2**63
_RAW = "raw"

Cell: TypeAlias = "Callable[[Any, list[Any]], Any]"
"""Makes a cell of a value that is not None; one that does not fit joins the list, and its cell is null."""


@attrs.frozen
class Part:
    """How one field becomes a column: where it is read, and what is made of it."""

    name: str
    column: Column
    cell: Cell


@attrs.frozen(kw_only=True)
class Typed:
    """The table of one endpoint.

    Attributes:
        endpoint: whose answers stand in it.
        parts: for each class whose instances are rows, its fields.
        columns: where a row comes from, then the fields by their names on the wire.
    """

    endpoint: Endpoint
    parts: Mapping[type, tuple[Part, ...]] = attrs.field(repr=False, hash=False)
    columns: tuple[Column, ...] = attrs.field(repr=False)

    @property
    def name(self) -> str:
        """The name of the table."""
        return f"{self.endpoint.key.endpoint}_{self.endpoint.key.method}".lower().replace("-", "_")

    def rows(self, jobs: Iterable[Job[Any]]) -> tuple[list[dict[str, Any]], int]:
        """Make the rows of the jobs of one line: one an item, where the answer is a list.

        Returns:
            The rows, without where they come from but for `item`, which counts on over the jobs of the line; and how
            many answers, or items of one, are not of the class, or not in every cell.
        """
        rows: list[dict[str, Any]] = []
        missed = 0
        values = (value for job in jobs if job.key == self.endpoint.key for value in self._values(job))
        for item, value in enumerate(values):
            misfits: list[Any] = []
            if parts := self.parts.get(type(value)):
                rows.append({**_row(value, parts, misfits), ITEM.name: item})
            missed += not parts or bool(misfits)
        return rows, missed

    def _values(self, job: Job[Any]) -> Sequence[Any]:
        """Give what may be of the class: the body of the details, or they themselves where they have none."""
        details: Any = job.details
        if type(details) in self.parts:
            return (details if type(job.raw) is not bytes and _is_whole(details) else None,)
        body = body_of(details)
        value = body and body[1]
        if isinstance(value, (tuple, list)):
            return value
        return () if value is None else (value,)


def typed_of(endpoint: Endpoint) -> Typed:
    """Derive the table of an endpoint: of the classes that are told in the body of its details, or of the details."""
    body = plan_of(endpoint.cls).body
    told = body.field.shape.sifted if body else ()
    classes = tuple(dict.fromkeys(told)) or (endpoint.cls,)
    fields = [field.wire for cls in classes for field in fields_of(cls)]
    names = _names(fields, (column.name for column in (*PLACE, ITEM)))
    maker = _Maker(secrets_of(endpoint.cls, endpoint.system.secrets))
    made = {cls: maker.parts(cls, names, (cls,)) for cls in classes}
    kinds: dict[str, set[Type]] = {}
    for part in (part for parts in made.values() for part in parts):
        kinds.setdefault(part.column.name, set()).add(part.column.type)
    agreed = {
        cls: tuple(part if len(kinds[part.column.name]) == 1 else maker.as_text(part) for part in parts)
        for cls, parts in made.items()
    }
    columns = dict.fromkeys(part.column for parts in agreed.values() for part in parts)
    return Typed(endpoint=endpoint, parts=agreed, columns=(*PLACE, ITEM, *columns))


@attrs.frozen
class _Maker:
    """Makes columns of fields; `secrets` are names of secret members."""

    secrets: frozenset[str]

    def parts(self, cls: Any, names: Mapping[str, str], outer: tuple[type, ...]) -> tuple[Part, ...]:
        attributes = attrs.fields_dict(cls)
        told = []
        for field in fields_of(cls):
            secret = hides(cls, attributes[field.name], self.secrets)
            kind, cell = (TEXT, _hidden) if secret else self.place(field.shape, outer)
            told.append(Part(field.name, Column(names[field.wire], kind), cell))
        return tuple(told)

    def place(self, shape: Shape, outer: tuple[type, ...]) -> tuple[Type, Cell]:
        kinds = shape.exact - {NoneType}
        if len(shape.classes) == 1 and not (shape.items or shape.members or shape.moment):
            return self.record(shape.classes[0], outer, may_be_raw=shape.raw or bool(kinds))
        if not (shape.raw or shape.classes or shape.members):
            if shape.items and not (kinds or shape.moment):
                return self.many(shape.items, outer)
            if shape.moment and not (kinds or shape.items):
                return MOMENT, _moment
            if kinds in _KINDS and not (shape.items or shape.moment):
                kind = _KINDS[kinds]
                return kind, self.text if kind is TEXT else _CELLS[kind]
        return JSON, self.json

    def record(self, cls: type, outer: tuple[type, ...], *, may_be_raw: bool) -> tuple[Type, Cell]:
        """Make a value with members; a class that holds itself is JSON text where it does."""
        fields = fields_of(cls)
        if cls in outer or not fields:
            return JSON, self.json
        taken = (_RAW,) if may_be_raw else ()
        parts = self.parts(cls, _names((field.wire for field in fields), taken), (*outer, cls))

        def cell(value: Any, misfits: list[Any]) -> Any:
            if isinstance(value, cls):
                return _row(value, parts, misfits)
            return {_RAW: self.json(value, misfits)} if may_be_raw else _misfit(value, misfits)

        return Members((*(part.column for part in parts), *(Column(name, JSON) for name in taken))), cell

    def many(self, shape: Shape, outer: tuple[type, ...]) -> tuple[Type, Cell]:
        kind, item = self.place(shape, outer)

        def cell(value: Any, misfits: list[Any]) -> Any:
            if not isinstance(value, (tuple, list)):
                return _misfit(value, misfits)
            return [None if inner is None else item(inner, misfits) for inner in value]

        return Many(kind), cell

    def as_text(self, part: Part) -> Part:
        return attrs.evolve(part, column=Column(part.column.name, JSON), cell=self.json)

    def json(self, value: Any, misfits: list[Any]) -> str:
        return compact(to_wire(value), self.secrets)

    def text(self, value: Any, misfits: list[Any]) -> str | None:
        return legal(scrub(value, self.secrets)) if isinstance(value, str) else _misfit(value, misfits)


def _names(wires: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Name columns as the wire does; databases take letter case for nothing, so that some need another name."""
    names: dict[str, str] = {}
    known = {name.lower() for name in taken}
    for wire in dict.fromkeys(wires):
        name = wire
        while name.lower() in known:
            name += "_"
        known.add(name.lower())
        names[wire] = name
    return names


def _row(value: Any, parts: Iterable[Part], misfits: list[Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for part in parts:
        given = getattr(value, part.name)
        row[part.column.name] = None if given is None else part.cell(given, misfits)
    return row


def _is_whole(details: Any) -> bool:
    """Tell whether details were read from a document of their class, and not put around something else."""
    wire = to_wire(details)
    with suppress(DecodeError):
        return holds(type(details), decode(wire)[0] if isinstance(wire, str) else wire)
    return False


def _misfit(value: Any, misfits: list[Any]) -> Any:
    misfits.append(value)
    return None


def _hidden(value: Any, misfits: list[Any]) -> str:
    return MASK


def _moment(value: Any, misfits: list[Any]) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo else _misfit(value, misfits)


def _flag(value: Any, misfits: list[Any]) -> bool | None:
    return value if isinstance(value, bool) else _misfit(value, misfits)


def _integer(value: Any, misfits: list[Any]) -> int | None:
    if type(value) is int and -_LARGEST <= value < _LARGEST:
        return value
    misfits.append(value)
    return None


def _number(value: Any, misfits: list[Any]) -> float | None:
    if type(value) in (int, float):
        with suppress(OverflowError):
            return float(value)
    misfits.append(value)
    return None


_CELLS: Mapping[Scalar, Cell] = {FLAG: _flag, INTEGER: _integer, NUMBER: _number}
