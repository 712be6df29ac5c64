"""`Record`: the base of classes that give a document back exactly as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import attrs
from typing_extensions import TypeAliasType, dataclass_transform

from jobmodels._secrets import shown

if TYPE_CHECKING:
    Raw: TypeAlias = Any
    """A wire value, kept as it came."""
else:
    Raw = TypeAliasType("Raw", Any)

NOTHING: Any = attrs.NOTHING
_NO_EXTRA: Mapping[str, Any] = MappingProxyType({})
_HIDDEN = ("_extra", "_kept", "_whole")


def wire(
    name: str | None = None,
    *,
    default: Any = NOTHING,
    body: bool = False,
    secret: bool = False,
    naive_is_utc: bool = False,
) -> Any:
    """Declare what a field is on the wire, where its annotation does not say it all.

    Args:
        name: the vendor's spelling, where it is not the field's own name.
        default: None for a field that may be absent; without it the field is required, and tells the class.
        body: the field takes the whole answer when that is not a document of this class.
        secret: the value is a credential and is never shown.
        naive_is_utc: the contract says that a moment without a zone is UTC.
    """
    told = {"wire": name, "body": body, "secret": secret, "naive_is_utc": naive_is_utc}
    return attrs.field(default=default, metadata={name: value for name, value in told.items() if value})


def verbatim(name: str) -> str:
    """Spell a field on the wire as it is spelled in Python."""
    return name


def camel_case(name: str) -> str:
    """Spell `job_id` as `jobId`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field, wire))
class RecordType(type):
    """Makes every subclass of `Record` a frozen, slotted, keyword-only attrs class."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **options: Any) -> RecordType:
        """Build the class, then let attrs build its slotted twin, which comes through here a second time."""
        cls = super().__new__(mcs, name, bases, namespace, **options)
        if not bases or "__attrs_attrs__" in namespace:
            return cls
        define = attrs.frozen(kw_only=True, eq=False, repr=False, getstate_setstate=False)
        return define(cls)


class Record(metaclass=RecordType):
    """A frozen, slotted, keyword-only attrs class that loses nothing of the document it was read from.

    Subclasses only annotate their fields; a field without a default is required and tells the class. Besides its
    fields a record holds the members that no field knows (`extra`) and, unseen, what typed values do not give back:
    null members, the spelling of JSON text and of dates.

    Spell the members of all fields of a class and its subclasses with `class Base(Record, spelling=camel_case)`.
    """

    __slots__ = _HIDDEN
    __spelling__: ClassVar[Callable[[str], str]] = staticmethod(verbatim)

    if TYPE_CHECKING:
        # Only a ClassVar is no field to type checkers, which would want the hidden slots in every constructor.
        _extra: ClassVar[dict[str, Any] | None]
        _kept: ClassVar[dict[str, Any] | None]
        _whole: ClassVar[Any]

    def __init_subclass__(cls, *, spelling: Callable[[str], str] | None = None, **options: Any) -> None:
        """Take the spelling of members."""
        super().__init_subclass__(**options)
        if spelling is not None:
            cls.__spelling__ = staticmethod(spelling)

    def __attrs_post_init__(self) -> None:
        """Type the nested values of a record that was made by hand."""
        from jobmodels._convert import settle

        hide(self, None, None, NOTHING)
        settle(self)

    @classmethod
    def from_api_response(cls, payload: object) -> Self:
        """Read a decoded answer; the same as `jobmodels.structure(payload, cls)`.

        Raises:
            ContractError: the answer is not a JSON value, is too deep, or lacks what this class requires.
        """
        from jobmodels._convert import structure

        return structure(payload, cls)

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of the object that no field knows, by their wire names."""
        return self._extra or _NO_EXTRA

    def __eq__(self, other: object) -> bool:
        """Compare class, fields and extras; how the document was spelled does not count."""
        if not isinstance(other, Record) or type(self) is not type(other):
            return NotImplemented
        return values_of(self) == values_of(other) and self.extra == other.extra

    def __hash__(self) -> int:
        """Hash by class and fields; raw objects and arrays inside make a record unhashable."""
        return hash((type(self), values_of(self)))

    __repr__ = shown

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy with what is unseen."""
        hidden = tuple(None if part is NOTHING else (part,) for part in (self._extra, self._kept, self._whole))
        return _again, (type(self), values_of(self), hidden)


_SETTERS = tuple(Record.__dict__[name].__set__ for name in _HIDDEN)


def hide(record: Record, extra: dict[str, Any] | None, kept: dict[str, Any] | None, whole: Any) -> None:
    """Set what a record holds besides its fields.

    Args:
        record: the record.
        extra: unknown members.
        kept: wire values of known members that the typed values do not give back.
        whole: the wire value of the record itself, where it was not a plain object; else `NOTHING`.
    """
    _SETTERS[0](record, extra)
    _SETTERS[1](record, kept)
    _SETTERS[2](record, whole)


def values_of(record: Any) -> tuple[Any, ...]:
    """Give the values of an attrs instance's fields, in order."""
    return tuple(getattr(record, field.name) for field in attrs.fields(type(record)))


def _again(cls: type[Record], values: tuple[Any, ...], hidden: tuple[tuple[Any] | None, ...]) -> Record:
    record: Record = object.__new__(cls)
    for field, value in zip(attrs.fields(cls), values, strict=True):  # type: ignore[arg-type]
        object.__setattr__(record, field.name, value)
    extra, kept, whole = (NOTHING if part is None else part[0] for part in hidden)
    hide(record, extra, kept, whole)
    return record
