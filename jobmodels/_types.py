"""What a field's annotation says, as data."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Union

import attrs

from jobmodels._record import Raw, Record
from jobmodels.errors import UnsupportedClass

_SCALARS: dict[Any, frozenset[type]] = {
    str: frozenset({str}),
    bool: frozenset({bool}),
    int: frozenset({int}),
    float: frozenset({float, int}),
    types.NoneType: frozenset({types.NoneType}),
}
_WORDS = {
    str: "text", int: "an integer", float: "a number", bool: "true or false", types.NoneType: "null",
    dict: "an object", list: "an array",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Shape:
    """What may stand in one place.

    Attributes:
        exact: Python types whose values are taken as they are; a float place also takes integers.
        raw: whether anything may stand here, so that only telling keys make a value typed.
        moment: whether text may be a moment.
        classes: attrs classes, in the order in which they are tried.
        items: the shape of the items of an array.
        members: the shape of the members of an object whose names are data.
    """

    exact: frozenset[type] = frozenset()
    raw: bool = False
    moment: bool = False
    classes: tuple[type, ...] = ()
    items: Shape | None = None
    members: Shape | None = None

    @property
    def embeds(self) -> bool:
        """Whether text may stand here that is the JSON of an object that is declared here as well."""
        return str in self.exact and bool(self.classes or self.members)

    @property
    def sifted(self) -> tuple[type, ...]:
        """The classes that are told from raw values by their keys, alone or in a list."""
        own = self.classes if self.raw else ()
        return own + (self.items.sifted if self.raw and self.items else ())

    @property
    def has_moments(self) -> bool:
        """Whether moments may stand here, or at any depth inside arrays and objects that are no classes."""
        return self.moment or any(part.has_moments for part in (self.items, self.members) if part)

    @property
    def has_foreign(self) -> bool:
        """Whether classes that are no records may stand here, which do not give a document back exactly."""
        own = any(not issubclass(cls, Record) for cls in self.classes)
        return own or any(part.has_foreign for part in (self.items, self.members) if part)

    def __str__(self) -> str:
        """Say what is expected, for findings."""
        words = [_WORDS[kind] for kind in _WORDS if kind in self.exact and not (kind is int and float in self.exact)]
        words += ["a moment with its zone"] if self.moment else []
        words += ["an object"] if self.classes or self.members else []
        words += ["an array"] if self.items else []
        return " or ".join(words) or "anything"


@attrs.frozen(kw_only=True)
class Field:
    """One field of a class, as the wire has it."""

    name: str
    alias: str
    wire: str
    required: bool
    body: bool
    naive_is_utc: bool
    shape: Shape
    annotation: Any


@cache
def required_keys(cls: type) -> frozenset[str]:
    """The wire names of the fields without a default: the keys that tell this class."""
    return frozenset(field.wire for field in fields_of(cls) if field.required)


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """Read the fields of an attrs class, type variables replaced by what the class says of them.

    Raises:
        UnsupportedClass: an annotation is not of the forms that this package reads, a class that may stand beside
            raw values has nothing that tells it, or a record has a field that would lose something.
    """
    try:
        hints = typing.get_type_hints(cls)
    except NameError as error:
        raise UnsupportedClass(cls.__qualname__, f"{error.name} is not a name that can be found at run time") from None
    variables = _variables(cls)
    spelling = getattr(cls, "__spelling__", str)
    told = []
    for field in attrs.fields(cls):
        where = f"{cls.__qualname__}.{field.name}"
        if objection := _objection(cls, field):
            raise UnsupportedClass(where, objection)
        if field.init:
            annotation = _bound(hints.get(field.name, Any), variables)
            told.append(
                Field(
                    name=field.name,
                    alias=field.alias or field.name,
                    wire=field.metadata.get("wire") or spelling(field.name),
                    required=field.default is attrs.NOTHING,
                    body=field.metadata.get("body", False),
                    naive_is_utc=field.metadata.get("naive_is_utc", False),
                    shape=_shape(annotation, where),
                    annotation=annotation,
                )
            )
    if len({field.wire for field in told}) < len(told):
        raise UnsupportedClass(cls.__qualname__, "two of its fields have one name on the wire")
    return tuple(told)


def _objection(cls: type, field: attrs.Attribute[Any]) -> str | None:
    """Say what is wrong with a field, whatever its annotation."""
    if not issubclass(cls, Record):
        return "only a record can hold an answer of another kind" if field.metadata.get("body") else None
    if field.name in vars(Record):
        return "every record has a member of that name; call it otherwise, and give its name on the wire"
    if not field.init or not (field.default is attrs.NOTHING or field.default is None):
        return "what may be absent from a record is None by default, and all else is required"
    return None


@cache
def classes_of(cls: type) -> tuple[type, ...]:
    """Give a class and all that are nested in it, outermost first, each once.

    Raises:
        UnsupportedClass: one of them cannot be read from the wire.
    """
    found = [cls]
    for outer in found:
        nested = (inner for field in fields_of(outer) for inner in _named(field.shape))
        found += [inner for inner in dict.fromkeys(nested) if inner not in found]
    return tuple(found)


def _named(shape: Shape | None) -> Iterator[type]:
    if shape is not None:
        yield from shape.classes
        yield from _named(shape.items)
        yield from _named(shape.members)


def _variables(cls: type) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for base in getattr(cls, "__orig_bases__", ()):
        origin = typing.get_origin(base)
        if isinstance(origin, type) and origin is not typing.Generic:
            found |= {variable: found.get(said, said) for variable, said in _arguments(origin, base)}
            found |= {variable: _bound(said, found) for variable, said in _variables(origin).items()}
    for base in cls.__bases__:
        for variable, said in _variables(base).items():
            found.setdefault(variable, said)
    return found


def _arguments(origin: type, alias: Any) -> Iterator[tuple[Any, Any]]:
    parameters = getattr(origin, "__parameters__", ())
    return zip(parameters, typing.get_args(alias), strict=False)


def _bound(annotation: Any, variables: Mapping[Any, Any]) -> Any:
    if isinstance(annotation, typing.TypeVar):
        said = variables.get(annotation, Any)
        return Any if said is annotation else said
    free = getattr(annotation, "__parameters__", ())
    return annotation[tuple(_bound(variable, variables) for variable in free)] if free else annotation


def _shape(annotation: Any, where: str) -> Shape:
    parts = [_part(part, where) for part in _alternatives(annotation)]
    items = [part.items for part in parts if part.items]
    members = [part.members for part in parts if part.members]
    shape = Shape(
        exact=frozenset().union(*(part.exact for part in parts)),
        raw=any(part.raw for part in parts),
        moment=any(part.moment for part in parts),
        classes=tuple(cls for part in parts for cls in part.classes),
        items=items[0] if items else None,
        members=members[0] if members else None,
    )
    if len(items) > 1 or len(members) > 1 or (members and shape.classes) or (len(shape.classes) > 1 and not shape.raw):
        raise UnsupportedClass(where, "alternatives that no key tells apart")
    if shape.raw:
        for cls in shape.classes:
            if not any(field.default is attrs.NOTHING for field in attrs.fields(cls)):
                raise UnsupportedClass(where, f"{cls.__qualname__} stands beside raw values and no key tells it")
    return shape


def _alternatives(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) in (Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from _alternatives(part)
    else:
        yield annotation


def _part(annotation: Any, where: str) -> Shape:
    if annotation in (Raw, Any):
        return Shape(raw=True)
    if annotation in _SCALARS:
        return Shape(exact=_SCALARS[annotation])
    if annotation is datetime:
        return Shape(moment=True)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Sequence or (origin is tuple and len(arguments) == 2 and arguments[1] is ...):
        return Shape(items=_shape(arguments[0], where))
    if origin is Mapping and arguments[0] is str:
        return Shape(members=_shape(arguments[1], where))
    cls = origin or annotation
    if isinstance(cls, type) and attrs.has(cls) and not (origin and not issubclass(cls, Record)):
        return Shape(classes=(cls,))
    raise UnsupportedClass(where, f"{annotation!r} is not a form that can be read from the wire")
