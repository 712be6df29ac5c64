"""Level 1: the cattrs converter, and the small functions that teach it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

import attrs
import cattrs

from jobmodels._job import Finding
from jobmodels._json import admit, decode, looks_embedded
from jobmodels._notes import is_running, note, noting, prefix, running
from jobmodels._places import embedded, place, sieve
from jobmodels._record import NOTHING, Record, hide
from jobmodels._types import Field, fields_of
from jobmodels.errors import ContractError, UnsupportedClass

T = TypeVar("T")


@cache
def converter() -> cattrs.Converter:
    """Give the converter that this package reads and writes with, taught once."""
    made = cattrs.Converter(detailed_validation=False)
    teach_classes(made)
    teach_writing(made)
    return made


def teach_classes(made: cattrs.Converter) -> None:
    """Teach attrs classes: required keys, extras, nested values, and the lifting of answers of another kind."""

    def hook_for(cls: Any) -> Any:
        plan: list[_Plan] = []

        def structure_class(value: Any, _: Any = None) -> Any:
            if not plan:
                plan.append(plan_of(cls))
            return plan[0].read(value) if is_running() else structure(value, cls)

        return structure_class

    made.register_structure_hook_factory(attrs.has, hook_for)


def teach_writing(made: cattrs.Converter) -> None:
    """Teach the way back to the wire."""
    made.register_unstructure_hook_func(lambda cls: isinstance(cls, type) and issubclass(cls, Record), to_wire)
    made.register_unstructure_hook(datetime, to_wire)


class _Entry:
    """How one field is read."""

    __slots__ = ("exact", "field", "hook", "name", "required", "respells", "setter", "wire")

    def __init__(self, field: Field, cls: Any, made: cattrs.Converter) -> None:
        self.field = field
        self.name, self.wire, self.required = field.name, field.wire, field.required
        self.exact = field.shape.exact if not field.body else frozenset()
        self.hook = sieve(field, made) if field.body else place(field.shape, made, naive_is_utc=field.naive_is_utc)
        self.respells = any(part and part.has_moments for part in (field.shape.items, field.shape.members))
        self.setter = getattr(cls.__dict__.get(field.name), "__set__", None) or _setter(field.name)

    def respelled(self, given: Any, new: Any) -> bool:
        """Tell whether the typed value does not give back the spelling of the given one."""
        return new is not given and ((type(given) is str and not isinstance(new, Record)) or self.respells)


def _setter(name: str) -> Any:
    return lambda record, value: object.__setattr__(record, name, value)


class _Plan:
    """How one attrs class is read: made once for each class, at its first value."""

    def __init__(self, cls: Any, made: cattrs.Converter) -> None:
        self.cls = cls
        self.fields = fields_of(cls)
        self.required = frozenset(field.wire for field in self.fields if field.required)
        self.wires = frozenset(field.wire for field in self.fields)
        self.entries = tuple(_Entry(field, cls, made) for field in self.fields)
        self.body = next((entry for entry in self.entries if entry.field.body), None)
        sifted = self.body.field.shape.sifted if self.body else ()
        self.bare = tuple(frozenset(field.wire for field in fields_of(part) if field.required) for part in sifted)

    def read(self, value: Any) -> Any:
        """Type a value, or note why not and give it back."""
        kind = type(value)
        if kind is dict:
            if self.holds(value):
                return self.build(value)
        elif kind is str and looks_embedded(value):
            since = len(running())
            typed = embedded(value, self.decoded)
            if typed is not value:
                return typed
            if self.bare:
                del running()[since:]  # The sieve of the body says it again.
        if self.body is not None:
            return self.lift(value)
        if kind is not dict:
            note("wrong-type", "expected an object")
            return value
        for name in sorted(self.required - value.keys()):
            note("missing-key", f"{self.cls.__name__} requires it")
            prefix(len(running()) - 1, name)
        return value

    def decoded(self, value: Any) -> Any:
        return self.build(value) if type(value) is dict and self.holds(value) else value

    def holds(self, value: dict[str, Any]) -> bool:
        """Tell whether an object is a document of this class, and not the bare body of one."""
        return self.required <= value.keys() and not any(keys <= value.keys() for keys in self.bare)

    def build(self, value: dict[str, Any]) -> Any:
        """Make an instance of an object that has the required keys."""
        notes = running()
        values: list[Any] = []
        kept: dict[str, Any] = {}
        known = 0
        for entry in self.entries:
            wire = entry.wire
            if wire not in value:
                values.append(None)
                continue
            known += 1
            given = value[wire]
            if type(given) in entry.exact:
                new = given
            else:
                since = len(notes)
                new = entry.hook(given)
                if len(notes) != since:
                    prefix(since, wire)
                if entry.respelled(given, new):
                    kept[wire] = given
            if given is None and not entry.required:
                kept[wire] = None
            values.append(new)
        extra: dict[str, Any] | None = None
        if known != len(value):
            extra = {name: member for name, member in value.items() if name not in self.wires}
            for name in extra:
                note("unknown-key", f"{self.cls.__name__} does not know it")
                prefix(len(notes) - 1, name)
        if issubclass(self.cls, Record):
            return self.make(values, extra, kept or None, NOTHING)
        return self.call(value, values)

    def make(self, values: list[Any], extra: Any, kept: Any, whole: Any) -> Any:
        """Make a record past its constructor, which would type the nested values once more."""
        record = object.__new__(self.cls)
        for entry, value in zip(self.entries, values, strict=True):
            entry.setter(record, value)
        hide(record, extra, kept, whole)
        return record

    def call(self, value: Any, values: list[Any]) -> Any:
        """Make an instance of a foreign attrs class; its own checks may refuse."""
        told = {entry.field.alias: new for entry, new in zip(self.entries, values, strict=True) if entry.wire in value}
        try:
            return self.cls(**told)
        except Exception as error:  # noqa: BLE001 - whatever a foreign class raises, its document is refused
            note("wrong-type", f"{self.cls.__name__} refused it with {type(error).__name__}")
            return value

    def lift(self, value: Any) -> Any:
        """Make the instance whose body is the whole value, all else None."""
        body = cast("_Entry", self.body)
        new = body.hook(value)
        return self.make([new if entry is body else None for entry in self.entries], None, None, value)

    def hollow(self, value: Any) -> Any:
        """Make an instance of a value that does not fit: fields None, members of an object as extras."""
        if self.body is not None:
            return self.lift(value)
        extra = value if type(value) is dict and value else None
        if issubclass(self.cls, Record):
            return self.make([None] * len(self.entries), extra, None, value)
        record = object.__new__(self.cls)
        for field in attrs.fields(self.cls):
            object.__setattr__(record, field.name, None)
        return record


@cache
def plan_of(cls: Any) -> _Plan:
    """Plan how a class is read.

    Raises:
        UnsupportedClass: it is not an attrs class, or one of its fields cannot be read from the wire.
    """
    if not (isinstance(cls, type) and attrs.has(cls)):
        raise UnsupportedClass(getattr(cls, "__qualname__", repr(cls)), "not an attrs class")
    return _Plan(cls, converter())


def settle(record: Record) -> None:
    """Type the nested values of a record that was made by hand, in place."""
    kept: dict[str, Any] = {}
    with noting():
        for entry in plan_of(type(record)).entries:
            given = getattr(record, entry.name)
            if type(given) not in entry.exact:
                new = entry.hook(given) if given is not None else None
                if new is not given:
                    entry.setter(record, new)
                    if entry.respelled(given, new):
                        kept[entry.wire] = to_wire(given)
    if kept:
        hide(record, None, kept, NOTHING)


def structure(payload: object, cls: type[T]) -> T:
    """Read a decoded answer as a class: level 1.

    Args:
        payload: a decoded JSON value, or JSON text or bytes. An answer of another kind is lifted into the body of a
            class that has one (`status=None`, `msg=None`, `result=payload`).
        cls: an attrs class.

    Returns:
        An instance; values that do not fit stay raw in their places.

    Raises:
        ContractError: the payload is not a JSON value, is too deep, or lacks what the class requires; with findings.
        DecodeError: bytes that hold no JSON document.
        UnsupportedClass: the class cannot be read from the wire.
    """
    value, findings = read_as(payload, cls)
    if not isinstance(value, cls):
        serious = tuple(finding for finding in findings if finding.rule in {"missing-key", "wrong-type"})
        raise ContractError(f"a {cls.__name__}", serious or findings)
    return value


def read_as(payload: object, cls: Any) -> tuple[Any, tuple[Finding, ...]]:
    """Structure with findings; gives the value itself where it does not fit."""
    plan = plan_of(cls)
    if isinstance(payload, cls):
        return payload, ()
    twice: tuple[Finding, ...] = ()
    if isinstance(payload, (bytes, bytearray, memoryview)):
        payload, twice = decode(payload)
    admitted = admit(payload)
    with noting() as notes:
        value = plan.read(admitted)
    return value, twice + tuple(made.finding() for made in notes)


def hollow(value: Any, cls: Any) -> Any:
    """Make an instance of a class for a value that cannot be read as one: fields None, what was there kept."""
    with noting():
        return plan_of(cls).hollow(value)


def holds(cls: Any, value: Any) -> bool:
    """Tell whether a decoded value is an object of the class's own kind: it has the required keys, and is no body."""
    return type(value) is dict and plan_of(cls).holds(value)


def is_told(cls: Any) -> bool:
    """Tell whether a class has required keys; without any, every object is one of it, which proves nothing."""
    return bool(plan_of(cls).required)


def body_of(details: Any) -> tuple[str, Any, bool] | None:
    """Give the body field of details: its wire name, its value, and whether keys can tell a class there.

    None for a class without a body.
    """
    cls: Any = type(details)
    body = plan_of(cls).body
    return None if body is None else (body.wire, getattr(details, body.name), bool(body.field.shape.sifted))


def unstructure(details: object) -> Any:
    """Give the wire value back, exactly as it came; of a value made by hand, absent fields are left out.

    Args:
        details: an instance of a class that `structure` reads, or a tuple of such.
    """
    return converter().unstructure(details)


def to_wire(value: Any) -> Any:
    """Write any typed value in wire form."""
    if isinstance(value, Record):
        return _record_to_wire(value)
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    if isinstance(value, dict):
        return {name: to_wire(member) for name, member in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if attrs.has(type(value)):
        return converter().unstructure(value)
    return value


def _record_to_wire(record: Record) -> Any:
    if record._whole is not NOTHING:
        return record._whole
    kept = record._kept or {}
    told: dict[str, Any] = {}
    for entry in plan_of(type(record)).entries:
        value = getattr(record, entry.name)
        if entry.wire in kept:
            told[entry.wire] = kept[entry.wire]
        elif value is not None or entry.required:
            told[entry.wire] = to_wire(value)
    return told | (record._extra or {})
