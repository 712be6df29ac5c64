"""Hooks for places: exact scalars, moments, arrays, objects whose names are data, and the sieve.

A hook takes a wire value and gives a typed one, or the value itself where it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

import cattrs

from jobmodels._json import decode, looks_embedded
from jobmodels._moments import moment
from jobmodels._notes import note, prefix, running
from jobmodels._record import Record, hide
from jobmodels._types import Field, Shape, required_keys
from jobmodels.errors import DecodeError

Hook: TypeAlias = Callable[[Any], Any]

_UNTOLD: tuple[Any, Any, Any] = (None, None, None)


def place(shape: Shape, made: cattrs.Converter, *, naive_is_utc: bool = False) -> Hook:
    """Make the hook of one place.

    Args:
        shape: what may stand there.
        made: the converter that knows the classes.
        naive_is_utc: whether a moment without a zone is UTC there.
    """
    told = _by_keys(shape, made)
    items = _array(shape.items, made, naive_is_utc=naive_is_utc) if shape.items else None
    members = _members(shape.members, made) if shape.members else None
    made_by_hand = (*shape.classes, datetime) if shape.moment else shape.classes
    exact, embeds = shape.exact, shape.embeds
    inside = told or (lambda inner: dict(members(inner)) if members and type(inner) is dict else inner)

    def hook(value: Any) -> Any:
        kind = type(value)
        if kind in exact and not (embeds and kind is str):
            return value
        if kind is dict:
            if told:
                return told(value)
            if members:
                return members(value)
        elif kind is list or kind is tuple:
            if items:
                return items(value)
        elif kind is str:
            if shape.moment and (read := moment(value, naive_is_utc=naive_is_utc)):
                return read
            if (told or embeds) and looks_embedded(value):
                since = len(running())
                new = embedded(value, inside)
                if new is not value or len(running()) != since:
                    return new
            if embeds:
                return value
        if not shape.raw and not isinstance(value, made_by_hand):
            note("wrong-type", f"expected {shape}")
        return value

    return hook


def sieve(field: Field, made: cattrs.Converter) -> Hook:
    """Make the hook of a body: classes told by their keys, whether alone, in a list, or in JSON text of either."""
    told = Shape(raw=True, classes=field.shape.sifted)
    one = _by_keys(told, made)
    many = _array(told, made)
    if one is None:
        return place(field.shape, made, naive_is_utc=field.naive_is_utc)

    def decoded(value: Any) -> Any:
        return many(value) if value and type(value) in (list, tuple) else one(value)

    def hook(value: Any) -> Any:
        kind = type(value)
        if kind is dict:
            return one(value)
        return embedded(value, decoded) if kind is str and looks_embedded(value) else decoded(value)

    return hook


def embedded(text: str, read: Hook) -> Any:
    """Read JSON text; what it holds is typed, or the text stays."""
    try:
        inner, twice = decode(text)
    except DecodeError as error:
        rule = "too-deep" if error.code == "too-deep" else "embedded-json-invalid"
        note(rule, f"text that begins as JSON: {error.reason}")
        return text
    for finding in twice:
        note(finding.rule, finding.message, finding.path)
    typed = read(inner)
    if typed is inner:
        return text
    if isinstance(typed, Record):
        hide(typed, typed._unseen.extra, typed._unseen.kept, text)
    return typed


class _Teller:
    """Tells classes by their keys, in the order in which they are declared; anything else it gives back."""

    __slots__ = ("_hooks", "_known")

    def __init__(self, classes: tuple[type, ...], made: cattrs.Converter) -> None:
        self._hooks = [(cls, made.get_structure_hook(cls)) for cls in classes]
        self._known: list[tuple[frozenset[str], Any, type]] = []

    def __call__(self, value: Any, _: Any = None) -> Any:
        if type(value) is dict:
            names = value.keys()
            for required, typed, cls in self.known:
                if required <= names:
                    return typed(value, cls)
        return value

    @property
    def known(self) -> list[tuple[frozenset[str], Any, type]]:
        """The keys that tell a class, and what reads it; looked up at the first value, since classes may be nested."""
        if not self._known:
            self._known = [(required_keys(cls), getattr(hook, "told", hook), cls) for cls, hook in self._hooks]
        return self._known


def _by_keys(shape: Shape, made: cattrs.Converter) -> Hook | None:
    if not shape.classes:
        return None
    if shape.raw:
        return _Teller(shape.classes, made)
    cls = shape.classes[0]
    hook = made.get_structure_hook(cls)
    read: Hook | None = getattr(hook, "read", None)
    return read or (lambda value: hook(value, cls))


def _array(shape: Shape, made: cattrs.Converter, *, naive_is_utc: bool = False) -> Hook:
    item = place(shape, made, naive_is_utc=naive_is_utc)
    teller = _Teller(shape.classes, made) if shape.raw and shape.classes else None
    anything = shape == Shape(raw=True)

    def array(value: Any) -> Any:
        if anything or not value:
            return tuple(value)
        notes = running()
        typed: list[Any] = []
        fits = False
        since = len(notes)
        # Most items are of the first class; that they are is asked here, without a call for each.
        required, first, cls = teller.known[0] if teller else _UNTOLD
        for given in value:
            if required is not None and type(given) is dict and required <= given.keys():
                new = first(given, cls)
            else:
                new = item(given)
            if not fits:
                taken = (len(notes) == since and not shape.raw) or type(new) in shape.exact
                fits = taken or new is not given or isinstance(new, shape.classes)
            if len(notes) != since:
                prefix(since, len(typed))
                since = len(notes)
            typed.append(new)
        return tuple(typed) if fits else value

    return array


def _members(shape: Shape, made: cattrs.Converter) -> Hook:
    member = place(shape, made)

    def members(value: dict[str, Any]) -> Any:
        typed: dict[str, Any] = {}
        changed = False
        for name, given in value.items():
            since = len(running())
            new = typed[name] = member(given)
            if len(running()) != since:
                prefix(since, name)
            changed = changed or new is not given
        return typed if changed else value

    return members
