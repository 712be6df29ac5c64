"""How one attrs class is read: the plan that the converter makes for it once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import NoneType
from typing import Any, cast

import attrs
import cattrs

from jobmodels._json import looks_embedded
from jobmodels._notes import Note, is_running, note, prefix, running
from jobmodels._places import Hook, embedded, place, sieve
from jobmodels._quick import reader_of
from jobmodels._record import ALL_SEEN, NOTHING, Record, hide, set_unseen
from jobmodels._types import Field, fields_of, required_keys

_ONE_SPELLING: frozenset[type] = frozenset({dict, list, int, float, bool})
"""Types whose values a typed value gives back, unless moments stand inside."""


class Entry:
    """How one field is read."""

    __slots__ = ("exact", "field", "hook", "name", "plain", "put", "required", "respells", "wire")

    def __init__(self, field: Field, cls: Any, made: cattrs.Converter) -> None:
        self.field = field
        self.name, self.wire, self.required = field.name, field.wire, field.required
        # What is taken as it is. A null that may be absent is not: the typed value alone would not give it back.
        not_so = field.shape.exact if field.body else set() if field.required else {NoneType}
        self.exact = field.shape.exact - not_so - ({str} if field.shape.embeds else set())
        self.hook = sieve(field, made) if field.body else place(field.shape, made, naive_is_utc=field.naive_is_utc)
        parts = (part for part in (field.shape.items, field.shape.members) if part)
        self.respells = field.shape.has_foreign or any(part.has_moments for part in parts)
        self.plain: frozenset[type] = frozenset() if self.respells else _ONE_SPELLING
        # A record is frozen, but its slots are not; a foreign class is only made by its constructor.
        self.put: Any = getattr(getattr(cls, field.name, None), "__set__", None)

    def read(self, given: Any) -> Any:
        """Type a value, and put the field's name before what was noted."""
        notes = running()
        since = len(notes)
        new = self.hook(given)
        if len(notes) != since:
            prefix(since, self.wire)
        return new

    def loses(self, given: Any, new: Any) -> bool:
        """Tell whether the typed value does not give back the given one: its spelling, or that it is null."""
        return (given is None and not self.required) or self.respelled(given, new)

    def respelled(self, given: Any, new: Any) -> bool:
        """Tell whether the typed value does not give back the spelling of the given one."""
        return new is not given and ((type(given) is str and not isinstance(new, Record)) or self.respells)


class Plan:
    """How one attrs class is read: required keys, extras, nested values, the lifting of answers of another kind."""

    def __init__(self, cls: Any, made: cattrs.Converter) -> None:
        self.cls, self.made = cls, made
        self.is_record = issubclass(cls, Record)
        self.fields = fields_of(cls)
        self.required = frozenset(field.wire for field in self.fields if field.required)
        self.wires = frozenset(field.wire for field in self.fields)
        bodies = (field for field in self.fields if field.body)
        self.bare = tuple(required_keys(part) for field in bodies for part in field.shape.sifted)

    @cached_property
    def quick(self) -> Callable[[Any, int], Any]:
        """What reads a document that fits exactly; see `jobmodels._quick`."""
        return reader_of(self.cls)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """How the fields are read; made at the first value, since classes may hold one another."""
        return tuple(Entry(field, self.cls, self.made) for field in self.fields)

    @cached_property
    def body(self) -> Entry | None:
        """The field that takes an answer of another kind."""
        return next((entry for entry in self.entries if entry.field.body), None)

    def __call__(self, value: Any, _: Any = None) -> Any:
        """Read as a hook of cattrs; a value that comes from outside passes the door first."""
        from jobmodels._convert import structure

        return self.read(value) if is_running() else structure(value, self.cls)

    def read(self, value: Any, _: Any = None) -> Any:
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
        names = value.keys()
        for keys in self.bare:
            if keys <= names:
                return False
        return self.required <= names

    @property
    def told(self) -> Hook:
        """What reads an object of which its keys have told already that it is of this class."""
        return self.read if self.bare else self.build

    @cached_property
    def build(self) -> Hook:
        """What makes an instance of an object that has the required keys."""
        return _builder(self) if self.is_record else self.call

    def unknown(self, value: dict[str, Any]) -> dict[str, Any]:
        """Give the members that no field knows, and note them."""
        extra = {name: member for name, member in value.items() if name not in self.wires}
        for name in extra:
            note("unknown-key", f"{self.cls.__name__} does not know it")
            prefix(len(running()) - 1, name)
        return extra

    def make(self, values: list[Any], extra: Any, kept: Any, whole: Any) -> Any:
        """Make a record past its constructor, which would type the nested values once more."""
        record = object.__new__(self.cls)
        for entry, value in zip(self.entries, values, strict=True):
            entry.put(record, value)
        hide(record, extra, kept, whole)
        return record

    def call(self, value: dict[str, Any], _: Any = None) -> Any:
        """Make an instance of a foreign attrs class; its own checks may refuse."""
        told = {
            entry.field.alias: entry.read(given)
            for entry in self.entries
            if (given := value.get(entry.wire, NOTHING)) is not NOTHING
        }
        self.unknown(value)
        try:
            return self.cls(**told)
        except Exception as error:  # noqa: BLE001 - whatever a foreign class raises, its document is refused
            note("wrong-type", f"{self.cls.__name__} refused it with {type(error).__name__}")
            return value

    def lift(self, value: Any) -> Any:
        """Make the instance whose body is the whole value, all else None."""
        body = cast("Entry", self.body)
        new = body.hook(value)
        return self.make([new if entry is body else None for entry in self.entries], None, None, value)

    def hollow(self, value: Any) -> Any:
        """Make an instance of a value that does not fit: fields None, members of an object as extras."""
        if self.body is not None:
            return self.lift(value)
        extra = value if type(value) is dict and value else None
        if self.is_record:
            return self.make([None] * len(self.entries), extra, None, value)
        record = object.__new__(self.cls)
        for field in attrs.fields(self.cls):
            object.__setattr__(record, field.name, None)
        return record


def _builder(plan: Plan) -> Hook:
    """Make what makes a record of an object that has the required keys; what it needs is at hand in its closure."""
    new, cls, unknown = object.__new__, plan.cls, plan.unknown
    rows = tuple((entry.wire, entry.exact, entry.put, entry) for entry in plan.entries)
    width = len(rows)

    def build(value: dict[str, Any], _: Any = None) -> Any:
        record = new(cls)
        kept: dict[str, Any] | None = None
        known = width
        notes: list[Note] | None = None
        for wire, exact, put, entry in rows:
            given = value.get(wire, NOTHING)
            if type(given) in exact:
                put(record, given)
                continue
            if given is NOTHING:
                put(record, None)
                known -= 1
                continue
            if notes is None:
                notes = running()
            since = len(notes)
            typed = entry.hook(given)
            put(record, typed)
            if len(notes) != since:
                prefix(since, wire)
            if type(given) not in entry.plain and entry.loses(given, typed):
                kept = kept or {}
                kept[wire] = given
        if kept is None and known == len(value):
            set_unseen(record, ALL_SEEN)
        else:
            hide(record, None if known == len(value) else unknown(value), kept)
        return record

    return build
