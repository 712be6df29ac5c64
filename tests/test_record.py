"""`Record`: the base of classes that give a document back exactly as it came."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic

import attrs
import pytest
from typing_extensions import TypeVar

from jobmodels import Raw, Record, camel_case, structure, unstructure, wire
from jobmodels._json import same
from jobmodels._record import NOTHING, verbatim
from jobmodels._types import fields_of, required_keys
from jobmodels.errors import ContractError, UnsupportedClass


def as_any(value: Any) -> Any:
    """Hide a value from the type checker, which does not see what the metaclass makes."""
    return value


class Item(Record):
    """A part, told by its id."""

    id: int
    title: str | None = None


class Document(Record):
    """A whole with parts of all kinds."""

    items: Sequence[Item | Raw]
    name: str | None = None
    first: Item | None = None
    by_name: Mapping[str, Item] | None = None
    made_at: datetime | None = None
    server_ids: Sequence[int] | None = wire("Server IDs", default=None)
    extra_: int | None = wire("extra", default=None)


PAYLOAD: dict[str, Any] = {
    "items": [{"id": 1, "title": "a"}, "raw", '{"id": 2}', {"id": 3, "more": [1]}],
    "name": None,
    "first": {"id": 4},
    "by_name": {"b": {"id": 5}},
    "made_at": "2024-09-17T14:50:42+0200",
    "Server IDs": [7, 8],
    "extra": 9,
    "unknown": {"x": 1.0},
}


@pytest.fixture
def document() -> Document:
    """Read the payload that has everything."""
    return structure(PAYLOAD, Document)


# The class.


def test_annotating_fields_is_all_that_a_class_does() -> None:
    """A subclass is an attrs class: frozen, slotted, keyword-only, without a decorator."""
    fields = attrs.fields(as_any(Item))
    item: Any = Item(id=1)

    assert [field.name for field in fields] == ["id", "title"]
    assert all(field.kw_only for field in fields)
    with pytest.raises(TypeError):
        as_any(Item)(1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        item.id = 2
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del item.id
    assert not hasattr(item, "__dict__")


def test_a_field_without_a_default_is_required_and_tells_the_class() -> None:
    """Its wire name is what a document must have."""
    assert required_keys(Document) == {"items"}
    with pytest.raises(TypeError):
        as_any(Item)(title="a")


def test_a_class_keeps_its_name_and_its_docstring() -> None:
    """The slotted twin that attrs makes is the same to readers."""
    assert Item.__qualname__ == "Item"
    assert Item.__module__ == __name__
    assert inspect.getdoc(Item) == "A part, told by its id."
    assert list(inspect.signature(Item).parameters) == ["id", "title"]


def test_a_subclass_adds_fields() -> None:
    """Fields of the base stay, and come first."""

    class Longer(Item):
        """An item with a length."""

        length: int | None = None

    assert [field.name for field in attrs.fields(as_any(Longer))] == ["id", "title", "length"]
    assert structure({"id": 1, "length": 2}, Longer) == Longer(id=1, length=2)
    assert Longer(id=1) != Item(id=1)


def test_methods_with_super_work() -> None:
    """A class that attrs builds anew still finds its base."""

    class Loud(Item):
        """An item that says more."""

        def __eq__(self, other: object) -> bool:
            return super().__eq__(other)

        __hash__ = Item.__hash__

    assert Loud(id=1) == Loud(id=1)
    assert len({Loud(id=1), Loud(id=1)}) == 1


def test_vendor_names_that_python_cannot_spell_are_declared() -> None:
    """On the wire a field has the vendor's name, in Python its own."""
    read = structure({"items": [], "Server IDs": [1], "extra": 2}, Document)

    assert read.server_ids == (1,)
    assert read.extra_ == 2
    assert read.extra == {}
    assert unstructure(read) == {"items": [], "Server IDs": [1], "extra": 2}
    assert unstructure(Document(items=(), server_ids=[1], extra_=2)) == unstructure(read)


def test_a_spelling_holds_for_a_class_and_its_subclasses() -> None:
    """It is said once, at the base; a field may say otherwise."""

    class Base(Record, spelling=camel_case):
        """The base of a system that writes camelCase."""

    class Job(Base):
        """One of its records."""

        job_id: int
        access_key_id: str | None = None
        url: str | None = wire("URL", default=None)

    assert [field.wire for field in fields_of(Job)] == ["jobId", "accessKeyId", "URL"]
    assert structure({"jobId": 1, "URL": "a"}, Job) == Job(job_id=1, url="a")
    assert unstructure(Job(job_id=1, access_key_id="b")) == {"jobId": 1, "accessKeyId": "b"}


@pytest.mark.parametrize(
    ("name", "camel"), [("id", "id"), ("job_id", "jobId"), ("a_b_c", "aBC"), ("job2_id", "job2Id")]
)
def test_spellings_of_names(name: str, camel: str) -> None:
    """One writes the name as it is, one in camelCase."""
    assert verbatim(name) == name
    assert camel_case(name) == camel


T = TypeVar("T", default=Any)
U = TypeVar("U", default=Any)


class Envelope(Record, Generic[T]):
    """A record whose content has any type."""

    content: T | Raw = None
    contents: Sequence[T | Raw] | None = None


class Pair(Envelope[T], Generic[U, T]):
    """A record with two types, the second handed on."""

    other: Mapping[str, U] | None = None


class Items(Envelope[Item]):
    """An envelope of items."""


class Mixed(Pair[int, Item]):
    """A pair whose types are said."""


class Plain(Envelope):  # type: ignore[type-arg, unused-ignore]
    """An envelope of which nothing is said."""


def test_a_type_variable_stands_for_what_a_class_says() -> None:
    """Also through several generic bases; what nobody says is raw."""
    payload = {"content": {"id": 1}, "contents": [{"id": 2}]}

    assert structure(payload, Items).content == Item(id=1)
    assert structure(payload, Items).contents == (Item(id=2),)
    assert structure({**payload, "other": {"a": 1}}, Mixed) == Mixed(
        content=Item(id=1), contents=[Item(id=2)], other={"a": 1}
    )
    assert structure(payload, Plain).content == {"id": 1}
    assert structure(payload, Envelope).contents == ({"id": 2},)


# Values.


def test_what_no_field_knows_is_in_extra(document: Document) -> None:
    """Unknown members stay with the record in which they stood, by their wire names."""
    assert document.extra == {"unknown": {"x": 1.0}}
    assert document.items[3].extra == {"more": [1]}
    assert document.items[0].extra == {}


def test_extra_cannot_be_written_where_there_is_none() -> None:
    """The empty one is shared."""
    with pytest.raises(TypeError):
        Item(id=1).extra["a"] = 1  # type: ignore[index]


def test_records_are_equal_by_class_fields_and_extras() -> None:
    """How the document was spelled does not count."""
    assert structure({"id": 1}, Item) == Item(id=1)
    assert structure({"id": 1, "title": None}, Item) == Item(id=1)
    assert structure('{"id": 1}', Item) == Item(id=1)
    assert structure({"id": 1, "a": 2}, Item) != Item(id=1)
    assert structure({"id": 1, "a": 2}, Item) == structure({"a": 2, "id": 1}, Item)
    assert Item(id=1) != Item(id=2)
    assert Item(id=1) != {"id": 1}
    assert Item(id=1) != 1


def test_records_of_hashable_values_are_hashable() -> None:
    """Equal ones have one hash; a raw object inside makes a record unhashable, as it does a tuple."""
    assert hash(structure({"id": 1, "a": 2}, Item)) == hash(Item(id=1))
    assert len({Item(id=1), structure('{"id": 1}', Item)}) == 1
    with pytest.raises(TypeError):
        hash(Document(items=[{"a": 1}]))


def test_repr_shows_fields_and_extras() -> None:
    """What a developer sees is what there is."""
    assert repr(structure({"id": 1, "b": 2}, Item)) == "Item(id=1, title=None, extra={'b': 2})"
    assert repr(Item(id=1, title="a")) == "Item(id=1, title='a')"


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, *(lambda value, n=n: pickle.loads(pickle.dumps(value, n)) for n in range(2, 6))],
)
def test_a_copy_gives_the_same_document_back(document: Document, again: Any) -> None:
    """Copies and pickles keep what is unseen, too."""
    copied = again(document)

    assert copied == document
    assert copied is not document
    assert same(unstructure(copied), PAYLOAD)
    assert same(unstructure(again(structure(json.dumps(PAYLOAD), Document))), json.dumps(PAYLOAD))


def test_a_deep_copy_shares_nothing(document: Document) -> None:
    """A change of raw values inside one does not reach the other."""
    copied = copy.deepcopy(document)

    copied.extra["unknown"]["x"] = 2.0
    assert document.extra["unknown"]["x"] == 1.0


def test_a_record_changes_by_evolving() -> None:
    """`attrs.evolve` makes another one, whose wire form is its own."""
    read = structure({"id": 1, "title": None}, Item)

    assert unstructure(attrs.evolve(as_any(read), title="b")) == {"id": 1, "title": "b"}


# Made by hand.

WITHOUT_EXTRAS: dict[str, Any] = {
    "items": [{"id": 1, "title": "a"}, "raw", '{"id": 2}', 7, None],
    "name": "n",
    "first": {"id": 4},
    "by_name": {"b": {"id": 5}},
    "made_at": "2024-09-17T14:50:42+0200",
}


def test_the_constructor_equals_structure() -> None:
    """Nested values are typed by the constructor, too, so that plain payloads can be handed to it."""
    made = Document(**WITHOUT_EXTRAS)

    assert made == structure(WITHOUT_EXTRAS, Document)
    assert made.items == (Item(id=1, title="a"), "raw", Item(id=2), 7, None)
    assert made.made_at == datetime(2024, 9, 17, 12, 50, 42, tzinfo=UTC)
    assert same(unstructure(made), WITHOUT_EXTRAS)


def test_typed_values_can_be_given() -> None:
    """Lists of records become tuples; what is typed already is taken as it is."""
    item = Item(id=1)
    made = Document(items=[item, item], first=item, by_name={"a": item}, made_at=datetime(2024, 9, 17, tzinfo=UTC))

    assert made.items == (item, item)
    assert made.first is item
    assert unstructure(made) == {
        "items": [{"id": 1}, {"id": 1}],
        "first": {"id": 1},
        "by_name": {"a": {"id": 1}},
        "made_at": "2024-09-17T00:00:00Z",
    }


def test_the_constructor_checks_nothing_else() -> None:
    """A wrong type stays where it is, as it does in a document."""
    odd: Any = {"items": "none", "name": 7, "first": [1], "by_name": {"a": 1}, "made_at": "soon"}

    made = Document(**odd)

    assert made == structure(odd, Document)
    assert (made.items, made.name, made.first, made.by_name, made.made_at) == tuple(odd.values())


def test_a_missing_required_member_is_the_constructors_own_error() -> None:
    """`structure` says where it is missing, in our words."""
    with pytest.raises(TypeError):
        as_any(Document)()
    with pytest.raises(ContractError, match="missing-key at /items"):
        Document.from_api_response({})


def test_from_api_response_reads_a_decoded_answer() -> None:
    """The same as `structure`, under the name that Alation's own SDK uses."""
    assert Document.from_api_response(PAYLOAD) == structure(PAYLOAD, Document)
    assert type(Items.from_api_response({})) is Items


def test_a_record_that_was_made_by_hand_has_nothing_unseen() -> None:
    """Only documents have a spelling."""
    made = Item(id=1)

    assert made._unseen == (None, None, NOTHING)


def test_a_class_that_cannot_be_read_cannot_be_made_either() -> None:
    """The reason is the same as for reading."""

    class Odd(Record):
        """A class with a field that no wire value fills."""

        value: complex | None = None

    with pytest.raises(UnsupportedClass, match=r"Odd\.value"):
        Odd()
