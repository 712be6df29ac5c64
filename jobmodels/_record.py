"""`Record`: the base of classes that give a document back exactly as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias

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


class Unseen(NamedTuple):
    """What a record holds besides its fields.

    Attributes:
        extra: unknown members.
        kept: wire values of known members that the typed values do not give back.
        whole: the wire value of the record itself, where it was not a plain object; else `NOTHING`.
    """

    extra: dict[str, Any] | None
    kept: dict[str, Any] | None
    whole: Any


ALL_SEEN = Unseen(None, None, NOTHING)


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

    Spell the members of all fields of a class and its subclasses with `class Base(Record, spelling=camel_case)`, and
    name members that are never shown, also where no field knows them, with `secrets={"vendorKey"}`.
    """

    __slots__ = ("_unseen",)
    __spelling__: ClassVar[Callable[[str], str]] = staticmethod(verbatim)
    __secrets__: ClassVar[frozenset[str]] = frozenset()

    if TYPE_CHECKING:
        # Only a ClassVar is no field to type checkers, which would want the hidden slot in every constructor.
        _unseen: ClassVar[Unseen]

    def __init_subclass__(
        cls, *, spelling: Callable[[str], str] | None = None, secrets: Iterable[str] | None = None, **options: Any
    ) -> None:
        """Take the spelling of members, and the names of those that carry credentials."""
        super().__init_subclass__(**options)
        if spelling is not None:
            cls.__spelling__ = staticmethod(spelling)
        if secrets is not None:
            cls.__secrets__ = frozenset(secrets)

    def __attrs_post_init__(self) -> None:
        """Type the nested values of a record that was made by hand."""
        from jobmodels._convert import settle

        hide(self)
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
        return self._unseen.extra or _NO_EXTRA

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
        return _again, (type(self), values_of(self), tuple(self._unseen))


set_unseen = Record.__dict__["_unseen"].__set__


def hide(
    record: Record, extra: dict[str, Any] | None = None, kept: dict[str, Any] | None = None, whole: Any = NOTHING
) -> None:
    """Set what a record holds besides its fields; see `Unseen`."""
    nothing = extra is None and kept is None and whole is NOTHING
    set_unseen(record, ALL_SEEN if nothing else Unseen(extra, kept, whole))


def is_lifted(record: Record) -> bool:
    """Tell whether what a record was read from was no object of its members: another answer, or JSON text."""
    return record._unseen.whole is not NOTHING


def values_of(record: Any) -> tuple[Any, ...]:
    """Give the values of an attrs instance's fields, in order."""
    return tuple(getattr(record, field.name) for field in attrs.fields(type(record)))


def _again(cls: type[Record], values: tuple[Any, ...], unseen: tuple[Any, Any, Any]) -> Record:
    record: Record = object.__new__(cls)
    for field, value in zip(attrs.fields(cls), values, strict=True):  # type: ignore[arg-type]
        object.__setattr__(record, field.name, value)
    hide(record, *unseen)
    return record
