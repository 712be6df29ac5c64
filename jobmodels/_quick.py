"""The straight way: documents that fit their class exactly, read by code that is made for it.

`jobmodels._plan` decides how a document is read, notes what does not fit, and keeps what nobody knows. Most documents
give it nothing to note. For these the fields of a class are written out as one function, which lets values in and types
them in one go. Whatever it was not made for makes it give up, and the plan reads the document from its start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import NoneType
from typing import Any, TypeAlias

from jobmodels._json import LONGEST, MAX_DEPTH, is_plain, looks_embedded, scan
from jobmodels._moments import moment
from jobmodels._record import ALL_SEEN, NOTHING, Record, Unseen, set_unseen
from jobmodels._types import Field, Shape, fields_of, required_keys

Reader: TypeAlias = Callable[..., Any]
"""Takes a value, how many levels it may have, and the text it was decoded from, if it was; gives what is typed, or the
value where it stays as it came."""

Readers: TypeAlias = dict[type, list[Reader]]
"""The readers of classes, each in a box of its own, since classes may hold one another."""

_MADE: Readers = {}
"""Made once for each class, at the first document; the plans are kept as long."""

_TESTS = {
    str: "kind is str",
    bool: "kind is bool",
    float: "kind is float",
    int: "kind is int and -LONGEST < given < LONGEST",
    NoneType: "given is None",
}
_SMALL = frozenset({bool, float, NoneType})


class Odd(Exception):
    """Something that the plan has to look at."""


def reader_of(cls: Any) -> Reader:
    """Make what reads an object as a class: a record, or `NOTHING` where it lacks a required key.

    It raises `Odd` for what the plan has to look at. Nothing that it was given has to be let in before.
    """
    return _boxed(cls, _MADE)[0]


def _give_up(value: Any, left: int, text: Any = NOTHING) -> Any:
    raise Odd


def _boxed(cls: Any, made: Readers) -> list[Reader]:
    if cls not in made:
        made[cls] = [_give_up]
        if issubclass(cls, Record):
            made[cls][0] = _written(cls, made)
    return made[cls]


def _written(cls: Any, made: Readers) -> Reader:
    """Write the function of a class: it gives a record, or `NOTHING` for an object that lacks a required key."""
    fields = fields_of(cls)
    names: dict[str, Any] = {
        "new": object.__new__, "cls": cls, "Odd": Odd, "NOTHING": NOTHING, "ALL_SEEN": ALL_SEEN, "LONGEST": LONGEST,
        "unseen": partial(tuple.__new__, Unseen), "set_unseen": set_unseen, "Record": Record,
    }  # fmt: skip
    lines = ["def read(value, left, text=NOTHING):", "    get = value.get"]
    for number, field in enumerate(fields):
        lines += [f"    given{number} = get({field.wire!r}, NOTHING)"]
        lines += [f"    if given{number} is NOTHING:", "        return NOTHING"] if field.required else []
    lines += ["    if left < 1:", "        raise Odd"]
    # An object with the keys of a bare body has members that no field knows, unless the fields have them all.
    bare = [required_keys(part) for field in fields if field.body for part in field.shape.sifted]
    for number, keys in enumerate(keys for keys in bare if keys <= {field.wire for field in fields}):
        names[f"bare{number}"] = keys
        lines += [f"    if bare{number} <= value.keys():", "        raise Odd"]
    lines += ["    record = new(cls)", f"    known = {len(fields)}", "    kept = None"]
    for number, field in enumerate(fields):
        names[f"put{number}"] = getattr(cls, field.name).__set__
        names[f"place{number}"] = _body(field, made) if field.body else _place(field.shape, made, field)
        lines += _field(number, field)
    lines += [
        "    if known != len(value):",
        "        raise Odd",
        "    set_unseen(record, ALL_SEEN if kept is None and text is NOTHING else unseen((None, kept, text)))",
        "    return record",
    ]
    exec("\n".join(lines), names)
    read: Reader = names["read"]
    return read


def _field(number: int, field: Field) -> list[str]:
    """Write out how one field is read: what is taken as it is, what is absent, what is null, all else."""
    exact = set() if field.body else field.shape.exact - ({str} if field.shape.embeds else set())
    taken = [_TESTS[kind] for kind in _TESTS if kind in exact and (field.required or kind is not NoneType)]
    keep = f"        kept = {{**(kept or {{}}), {field.wire!r}: given}}"
    lines = [f"    given = given{number}", "    kind = type(given)"]
    lines += [f"    if {' or '.join(taken) or False}:", f"        put{number}(record, given)"]
    if not field.required:
        lines += ["    elif given is NOTHING:", f"        put{number}(record, None)", "        known -= 1"]
    lines += ["    else:", f"        typed = place{number}(given, left - 1)", f"        put{number}(record, typed)"]
    if not field.required:
        lines += ["        if given is None:", f"    {keep}"]
    lines += ["        if kind is str and typed is not given and not isinstance(typed, Record):", f"    {keep}"]
    return lines


def _body(field: Field, made: Readers) -> Reader:
    """Make what reads a body: classes told by their keys, alone, in a list, or in JSON text of either."""
    told = Shape(raw=True, classes=field.shape.sifted)
    if not told.classes:
        return _place(field.shape, made, field)
    return _place(Shape(raw=True, classes=told.classes, items=told), made, field)


def _place(shape: Shape, made: Readers, field: Field | None = None) -> Reader:
    """Make what reads one place."""
    inner = [part for part in (shape.items, shape.members) if part]
    if any(part.has_moments or part.has_foreign for part in inner):
        return _give_up
    boxes = [_boxed(cls, made) for cls in shape.classes]
    is_body = bool(field and field.body)
    array = _array(shape.items, made, keeps_empty=is_body) if shape.items else None
    members = _members(shape.members, made) if shape.members else None
    exact, raw, has_moment = shape.exact, shape.raw, shape.moment
    naive_is_utc = bool(field and field.naive_is_utc)
    may_be_text, has_inside = raw or str in exact, bool(boxes) or shape.embeds

    def read(value: Any, left: int, text: Any = NOTHING) -> Any:
        kind = type(value)
        if kind is dict:
            for box in boxes:
                typed = box[0](value, left, text)
                if typed is not NOTHING:
                    return typed
            if members:
                return members(value, left) if text is NOTHING else dict(members(value, left))
        elif kind is str:  # Where any text will do, nobody asks.
            if has_moment and (at := moment(value, naive_is_utc=naive_is_utc)):
                return at
            if has_inside and looks_embedded(value):
                try:
                    inside, end = scan(value, 0)
                except (StopIteration, ValueError):
                    raise Odd from None
                typed = read(inside, MAX_DEPTH, value)
                if end != len(value):
                    raise Odd
                if typed is not inside:
                    return typed
            if may_be_text:
                return value
        elif kind is list and array and (is_body or text is NOTHING):
            return array(value, left)
        if (raw or kind in exact) and (kind in _SMALL or is_plain(value, left)):
            return value
        raise Odd

    return read


def _array(shape: Shape, made: Readers, *, keeps_empty: bool) -> Reader:
    """Make what reads an array; one of which nothing fits stays as it is."""
    exact = shape.exact - {int}
    place = _place(shape, made)
    first = _boxed(shape.classes[0], made) if shape.classes else None
    anything, takes_integers = shape == Shape(raw=True), int in shape.exact

    def read(value: list[Any], left: int) -> Any:
        if left < 1:
            raise Odd
        if not value:
            return value if keeps_empty else ()
        if anything:
            return tuple(place(value, left))
        typed: list[Any] = []
        add, below = typed.append, left - 1
        fits = not shape.raw
        leader = first[0] if first else None
        for given in value:
            kind = type(given)
            # Most items are of the first class.
            if kind is dict and leader and (new := leader(given, below)) is not NOTHING:
                fits = True
            elif kind in exact or (takes_integers and kind is int and -LONGEST < given < LONGEST):
                new, fits = given, True
            else:
                new = place(given, below)
                fits = fits or new is not given
            add(new)
        return tuple(typed) if fits else value

    return read


def _members(shape: Shape, made: Readers) -> Reader:
    """Make what reads an object whose names are data."""
    exact = shape.exact - {int}
    place = _place(shape, made)

    def read(value: dict[Any, Any], left: int) -> Any:
        if left < 1:
            raise Odd
        changed: dict[str, Any] = {}
        for name, given in value.items():
            if type(name) is not str:
                raise Odd
            if type(given) not in exact:
                new = place(given, left - 1)
                if new is not given:
                    changed[name] = new
        return {**value, **changed} if changed else value

    return read
