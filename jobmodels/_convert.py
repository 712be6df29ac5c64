"""Level 1: the cattrs converter, and the small functions that teach it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

import attrs
import cattrs

from jobmodels._job import Finding
from jobmodels._json import MAX_DEPTH, admit, decode
from jobmodels._moments import written
from jobmodels._notes import Noting
from jobmodels._plan import Plan
from jobmodels._quick import Odd
from jobmodels._record import NOTHING, Record, hide
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
    """Teach attrs classes: the plan of a class is its hook."""
    made.register_structure_hook_factory(attrs.has, _plan)


def teach_writing(made: cattrs.Converter) -> None:
    """Teach the way back to the wire."""
    made.register_unstructure_hook_func(lambda cls: isinstance(cls, type) and issubclass(cls, Record), to_wire)
    made.register_unstructure_hook(datetime, to_wire)


@cache
def _plan(cls: Any) -> Plan:
    if not (isinstance(cls, type) and attrs.has(cls)):
        raise UnsupportedClass(getattr(cls, "__qualname__", repr(cls)), "not an attrs class")
    return Plan(cls, converter())


@cache
def plan_of(cls: Any) -> Plan:
    """Plan how a class is read.

    Raises:
        UnsupportedClass: it is not an attrs class, or one of its fields cannot be read from the wire.
    """
    plan = _plan(cls)
    _ = plan.entries  # Each field is looked at now.
    return plan


def settle(record: Record) -> None:
    """Type the nested values of a record that was made by hand, in place."""
    kept: dict[str, Any] = {}
    with Noting():
        for entry in plan_of(type(record)).entries:
            given = getattr(record, entry.name)
            if type(given) not in entry.exact:
                new = entry.hook(given) if given is not None else None
                if new is not given:
                    entry.put(record, new)
                    if entry.respelled(given, new):
                        kept[entry.wire] = to_wire(given)
    if kept:
        hide(record, None, kept)


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
    if type(payload) is dict:
        try:
            read: T = plan_of(cast("Any", cls)).quick(payload, MAX_DEPTH)
            if read is not NOTHING:
                return read
        except (Odd, RecursionError):
            pass  # Here a `suppress` would take a good part of the time.
    value, findings = read_as(payload, cls)
    if not isinstance(value, cls):
        serious = tuple(finding for finding in findings if finding.rule in {"missing-key", "wrong-type", "too-deep"})
        raise ContractError(f"a {cls.__name__}", serious or findings)
    return value


def read_as(payload: object, cls: Any, *, admitted: bool = False) -> tuple[Any, tuple[Finding, ...]]:
    """Structure with findings; gives the value itself where it does not fit, which may have been admitted before."""
    plan = plan_of(cls)
    if isinstance(payload, cls):
        return payload, ()
    twice: tuple[Finding, ...] = ()
    if isinstance(payload, (bytes, bytearray, memoryview)):
        payload, twice = decode(payload)
    document = payload if admitted else admit(payload)
    if type(document) is dict:
        with suppress(Odd, RecursionError):
            read = plan.quick(document, MAX_DEPTH)
            if read is not NOTHING:
                return read, twice
    try:
        with Noting() as notes:
            value = plan.read(document)
    except RecursionError:  # Classes of users may hold themselves, and be read where the stack is nearly full.
        return document, (*twice, Finding("too-deep", "", "more levels than can be read here"))
    return value, (*twice, *[made.finding() for made in notes]) if notes else twice


def hollow(value: Any, cls: Any) -> Any:
    """Make an instance of a class for a value that cannot be read as one: fields None, what was there kept."""
    with Noting():
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
        return written(value)
    if attrs.has(type(value)):
        return converter().unstructure(value)
    return value


def _record_to_wire(record: Record) -> Any:
    extra, kept, whole = record._unseen
    if whole is not NOTHING:
        return whole
    kept = kept or {}
    told: dict[str, Any] = {}
    for entry in plan_of(type(record)).entries:
        value = getattr(record, entry.name)
        if entry.wire in kept:
            told[entry.wire] = kept[entry.wire]
        elif value is not None or entry.required:
            told[entry.wire] = to_wire(value)
    return told | (extra or {})
