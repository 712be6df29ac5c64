"""Level 1: what is typed, what stays raw, what is reported, and the way back."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Generic

import attrs
import pytest
from typing_extensions import TypeVar

import jobmodels
from jobmodels import ContractError, DecodeError, Raw, Record, converter, structure, unstructure, wire
from jobmodels._convert import body_of, holds, hollow, plan_of, read_as
from jobmodels._json import same
from jobmodels._notes import running
from jobmodels._record import values_of
from jobmodels._types import fields_of
from jobmodels.errors import UnsupportedClass

R = TypeVar("R", default=Any, covariant=True)
AT = datetime(2024, 9, 17, 12, 50, 42, tzinfo=UTC)


class Part(Record):
    """Told by its id."""

    id: int
    title: str | None = None


class Whole(Record):
    """Told by its count and its parts."""

    count: int
    parts: Sequence[Part | Raw]


class Answer(Record, Generic[R]):
    """What a service says of a job."""

    status: str | None
    msg: str | None = None
    result: R | Raw = wire(default=None, body=True)


class OneWhole(Answer[Whole]):
    """An answer about one whole."""


class Wholes(Answer[Sequence[Whole | Raw]]):
    """An answer about several."""


class Places(Record):
    """One place of each kind."""

    text: str | None = None
    number: int | None = None
    real: float | None = None
    flag: bool | None = None
    mixed: int | str | None = None
    at: datetime | None = None
    naive: datetime | None = wire(default=None, naive_is_utc=True)
    ats: Sequence[datetime] | None = None
    names: Sequence[str] | None = None
    tuples: tuple[int, ...] | None = None
    grid: Sequence[Sequence[datetime | Raw]] | None = None
    counts: Mapping[str, int] | None = None
    at_by_name: Mapping[str, datetime] | None = None
    ats_by_name: Mapping[str, Sequence[datetime]] | None = None
    part: Part | None = None
    parts: Sequence[Part] | None = None
    sifted: Part | Raw = None
    either: Part | Whole | Raw = None
    lists: Sequence[Part | Raw] | Raw = None
    raw: Raw = None
    anything: Sequence[Raw] | None = None


def read(payload: object, cls: Any) -> tuple[Any, list[str]]:
    """Read as a class; give the value and the findings in short."""
    value, findings = read_as(payload, cls)
    return value, sorted(f"{finding.rule} {finding.path}" for finding in findings)


# Scalars.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "5"),
        ("text", ""),
        ("number", 5),
        ("number", 2**64 + 1),
        ("number", 0),
        ("real", 1.5),
        ("real", 1),
        ("flag", False),
        ("mixed", 7),
        ("mixed", "seven"),
    ],
)
def test_a_scalar_of_its_type_is_taken_as_it_is(name: str, value: object) -> None:
    """A number place takes integers, since JSON has one kind of number."""
    told, findings = read({name: value}, Places)

    assert same(getattr(told, name), value)
    assert findings == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("number", "5", "an integer or null"),
        ("number", True, "an integer or null"),
        ("number", 1.0, "an integer or null"),
        ("real", "1.5", "a number or null"),
        ("real", True, "a number or null"),
        ("flag", "false", "true or false or null"),
        ("flag", 0, "true or false or null"),
        ("text", 5, "text or null"),
        ("text", ["a"], "text or null"),
        ("mixed", 1.0, "text or an integer or null"),
        ("at", 1726577442, "null or a moment with its zone"),
        ("at", "2024-09-17T12:50:42", "null or a moment with its zone"),
        ("names", "abc", "null or an array"),
        ("names", {"a": 1}, "null or an array"),
        ("counts", [1], "null or an object"),
        ("part", 7, "null or an object"),
        ("part", "id", "null or an object"),
        ("parts", {"id": 1}, "null or an array"),
    ],
)
def test_a_value_of_another_type_stays_and_is_reported(name: str, value: object, expected: str) -> None:
    """Nothing is converted: `"5"` is not 5, `True` is not 1, `"abc"` is not three letters."""
    told, findings = read_as({name: value}, Places)

    assert same(getattr(told, name), value)
    assert [(found.rule, found.path, found.message) for found in findings] == [
        ("wrong-type", f"/{name}", f"expected {expected}")
    ]
    assert same(unstructure(told), {name: value})


def test_what_was_absent_is_none_and_stays_absent() -> None:
    """Absent is not null: neither becomes the other on the way back."""
    assert set(values_of(structure({}, Places))) == {None}
    assert unstructure(structure({}, Places)) == {}
    assert unstructure(structure({"text": None, "part": None}, Places)) == {"text": None, "part": None}
    assert unstructure(structure({"status": None}, Answer)) == {"status": None}


# Moments.


def test_a_moment_is_read_and_keeps_its_spelling() -> None:
    """The typed value is UTC; the text comes back as it was."""
    payload = {"at": "2024-09-17 14:50:42.0+0200", "naive": "2024-09-17T12:50:42"}
    told, findings = read(payload, Places)

    assert (told.at, told.naive, findings) == (AT, AT, [])
    assert unstructure(told) == payload


def test_moments_inside_sequences_keep_their_spelling() -> None:
    """However deep they stand."""
    text = "2024-09-17T14:50:42+02:00"
    payload = {
        "ats": [text, text],
        "at_by_name": {"a": text},
        "grid": [[text, "soon"], [], ["soon"]],
        "ats_by_name": {"a": [text]},
    }
    told, findings = read(payload, Places)

    assert (told.ats, told.at_by_name, told.ats_by_name) == ((AT, AT), {"a": AT}, {"a": (AT,)})
    assert told.grid == ((AT, "soon"), (), ["soon"])
    assert findings == []
    assert unstructure(told) == payload
    assert unstructure(Places(**payload)) == payload  # type: ignore[arg-type]


# Sequences and mappings.


def test_items_that_do_not_fit_stay_in_place() -> None:
    """Positions do not shift, and each misfit is reported at its own."""
    payload = {"names": ["a", 1, None, "b"], "tuples": [1, "2"], "parts": [{"id": 1}, 7, {}, {"id": "x"}]}
    told, findings = read(payload, Places)

    assert told.names == ("a", 1, None, "b")
    assert told.tuples == (1, "2")
    assert told.parts == (Part(id=1), 7, {}, structure({"id": "x"}, Part))
    assert findings == [
        "missing-key /parts/2/id",
        "wrong-type /names/1",
        "wrong-type /names/2",
        "wrong-type /parts/1",
        "wrong-type /parts/3/id",
        "wrong-type /tuples/1",
    ]
    assert unstructure(told) == payload


def test_a_sequence_of_which_nothing_fits_stays_the_raw_list() -> None:
    """A tuple says that at least one item is typed."""
    payload: dict[str, Any] = {"names": [1, 2], "parts": [7], "lists": ["a"], "tuples": [None]}
    told, _ = read(payload, Places)

    assert [type(getattr(told, name)) for name in payload] == [list] * 4
    assert unstructure(told) == payload


def test_an_empty_sequence_is_empty_and_fits() -> None:
    """`[]` where a sequence is declared is `()`; it is not None."""
    payload: dict[str, Any] = {"names": [], "parts": [], "ats": [], "anything": []}
    told, findings = read(payload, Places)

    assert [getattr(told, name) for name in payload] == [()] * 4
    assert findings == []
    assert unstructure(told) == payload


def test_a_sequence_of_raw_values_takes_any_array() -> None:
    """Its items are looked at by nobody."""
    payload = {"anything": [1, {"id": 2}, "[1]", None]}
    told, findings = read(payload, Places)

    assert told.anything == (1, {"id": 2}, "[1]", None)
    assert findings == []
    assert unstructure(told) == payload


def test_members_whose_names_are_data() -> None:
    """An object may be a table; a member that does not fit is reported under its name."""
    payload = {"counts": {"GOOD": 1, "BAD/UGLY": "2"}}
    told, findings = read(payload, Places)

    assert told.counts == payload["counts"]
    assert findings == ["wrong-type /counts/BAD~1UGLY"]
    assert unstructure(told) == payload


# The sieve.


@pytest.mark.parametrize(
    "given",
    [
        {"count": 1, "parts": [{"id": 1}, "raw"]},
        '{"count": 1, "parts": [{"id": 1}, "raw"]}',
        ' {"parts": ["{\\"id\\": 1}", "raw"], "count": 1}',
    ],
)
def test_a_result_is_typed_whatever_its_encoding(given: object) -> None:
    """An object, JSON text of it, and text inside the text give the same."""
    whole = Whole(count=1, parts=[Part(id=1), "raw"])

    for cls in (OneWhole, Wholes):
        payload = {"status": "done", "result": given}
        assert structure(payload, cls).result == whole
        assert same(unstructure(structure(payload, cls)), payload)


@pytest.mark.parametrize("cls", [OneWhole, Wholes])
@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("items_as_text", [False, True])
def test_a_list_of_results_is_typed_whatever_its_encoding(cls: Any, as_text: bool, items_as_text: bool) -> None:
    """A list of objects, of texts, a text of either: told by keys, in place and in order."""
    items: list[Any] = [{"count": 1, "parts": []}, {"error": "x"}, "plain", None, 7, {"count": 2, "parts": [], "b": 1}]
    listed: Any = [json.dumps(item) for item in items] if items_as_text else items
    result = json.dumps(listed) if as_text else listed
    payload = {"status": "done", "result": result}

    told = structure(payload, cls)

    assert isinstance(told.result, tuple)
    assert told.result[0] == Whole(count=1, parts=[])
    assert told.result[5].extra == {"b": 1}
    assert list(told.result[1:5]) == listed[1:5]
    assert same(unstructure(told), payload)


@pytest.mark.parametrize(
    "result",
    [
        {},
        [],
        "",
        None,
        7,
        True,
        1.5,
        "text",
        "[Succeeded: 1]",
        {"count": 1},
        {"parts": []},
        ["a", "b"],
        [{}, []],
        '{"a": 1}',
        "[1, 2]",
        "[]",
        "{}",
        ["[1, 2]", "null", "123", '"text"', "true"],
        [["a"]],
    ],
    ids=repr,
)
@pytest.mark.parametrize("cls", [OneWhole, Wholes])
def test_what_no_key_tells_stays_raw(cls: Any, result: Any) -> None:
    """The very value, not a copy of another type; an empty object is no result of zeros."""
    told, findings = read({"status": "done", "result": result}, cls)

    assert told.result is result
    assert findings == []
    assert same(unstructure(told), {"status": "done", "result": result})


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ('{"count": 1', "embedded-json-invalid /result"),
        ('{"count": 1e999}', "embedded-json-invalid /result"),
        ("[" * 100_000, "too-deep /result"),
        ('{"a": ' * 201 + "1" + "}" * 201, "too-deep /result"),
    ],
    ids=lambda value: value[:20],
)
def test_text_that_begins_as_json_and_is_none_is_reported(text: str, finding: str) -> None:
    """The text stays, and a reader learns that there might be more in it."""
    told, findings = read({"status": "done", "result": text}, OneWhole)

    assert told.result is text
    assert findings == [finding]


def test_members_given_twice_inside_text_are_reported_at_their_place() -> None:
    """The path leads through the text as if it were decoded."""
    text = '{"count": 1, "count": 2, "parts": []}'
    told, findings = read({"status": "done", "result": text}, OneWhole)

    assert told.result == Whole(count=2, parts=[])
    assert findings == ["duplicate-key /result/count"]
    assert unstructure(told)["result"] == text


def test_an_added_key_never_hurts() -> None:
    """It becomes an extra, and a finding that is an addition."""
    payload = {"status": "done", "result": {"count": 1, "parts": [{"id": 1, "a": 2}], "b": 3}, "c": 4}
    told, findings = read(payload, OneWhole)

    assert (told.extra, told.result.extra, told.result.parts[0].extra) == ({"c": 4}, {"b": 3}, {"a": 2})
    assert findings == ["unknown-key /c", "unknown-key /result/b", "unknown-key /result/parts/0/a"]
    assert unstructure(told) == payload


def test_of_several_classes_the_first_that_keys_tell_is_taken() -> None:
    """They are tried in the order of the annotation."""
    assert structure({"either": {"id": 1}}, Places).either == Part(id=1)
    assert structure({"either": {"count": 1, "parts": []}}, Places).either == Whole(count=1, parts=[])
    assert structure({"either": {"id": 1, "count": 1, "parts": []}}, Places).either.extra.keys() == {"count", "parts"}
    assert structure({"either": {"x": 1}}, Places).either == {"x": 1}


def test_json_text_is_typed_where_a_class_is_declared() -> None:
    """In a field and in an array; a text that holds something else stays, and is reported."""
    payload = {"part": '{"id": 1}', "parts": ['{"id": 2}'], "sifted": ' {"id": 3, "x": 1}', "lists": ['{"id": 4}']}
    told, findings = read(payload, Places)

    assert (told.part, told.parts, told.lists) == (Part(id=1), (Part(id=2),), (Part(id=4),))
    assert told.sifted.extra == {"x": 1}
    assert findings == ["unknown-key /sifted/x"]
    assert same(unstructure(told), payload)

    payload = {"part": "[1]", "parts": ["{}", '{"id": 1}'], "sifted": "{}"}
    told, findings = read(payload, Places)
    assert (told.part, told.parts, told.sifted) == ("[1]", ("{}", Part(id=1)), "{}")
    assert findings == ["missing-key /parts/0/id", "wrong-type /part"]
    assert same(unstructure(told), payload)


# Lifting.


@pytest.mark.parametrize(
    "payload", [None, "", "text", 7, [], {}, ["a"], {"id": 1}, {"detail": "no"}, [{"id": 1}, 2], "<html>", '{"a"']
)
def test_an_answer_of_another_kind_is_lifted_into_the_body(payload: Any) -> None:
    """An error body, a receipt, a list or text stands whole in the result."""
    told = structure(payload, OneWhole)

    assert (told.status, told.msg, told.result, told.extra) == (None, None, payload, {})
    assert unstructure(told) is payload


def test_a_lifted_body_is_typed() -> None:
    """A synchronous answer is the result itself, also when it has a status of its own."""
    bare = {"count": 1, "parts": [{"id": 1}]}

    for payload in (bare, json.dumps(bare), [bare], {**bare, "status": "done"}):
        told = structure(payload, OneWhole)
        assert told.status is None
        assert isinstance(told.result, (Whole, tuple))
        assert unstructure(told) is payload


def test_the_whole_answer_may_be_json_text() -> None:
    """Text of a document is read as the document; text of anything else is lifted."""
    text = '{"status": "done", "result": {"count": 1, "parts": []}, "x": 1}'
    told, findings = read(text, OneWhole)

    assert (told.status, told.result, told.extra) == ("done", Whole(count=1, parts=[]), {"x": 1})
    assert findings == ["unknown-key /x"]
    assert unstructure(told) is text
    assert structure('{"id": 1}', Part) == Part(id=1)
    assert unstructure(structure('{"id": 1}', Part)) == '{"id": 1}'


def test_bytes_are_decoded() -> None:
    """Bytes can only be JSON text; what comes back is the decoded document."""
    told, findings = read(b'{"status": "done", "status": "gone"}', OneWhole)

    assert told.status == "gone"
    assert findings == ["duplicate-key /status"]
    assert unstructure(told) == {"status": "gone"}
    with pytest.raises(DecodeError):
        structure(b"text", OneWhole)


# What cannot be read.


@pytest.mark.parametrize(
    ("payload", "findings"),
    [
        ({}, ["missing-key /count", "missing-key /parts"]),
        ({"count": 1, "x": 2}, ["missing-key /parts"]),
        ("{}", ["missing-key /count", "missing-key /parts", "wrong-type "]),
        ([], ["wrong-type "]),
        (None, ["wrong-type "]),
        ("text", ["wrong-type "]),
        ("[1]", ["wrong-type "]),
        ('{"a"', ["embedded-json-invalid ", "wrong-type "]),
        ({"a": {1}}, ["wrong-type /a"]),
    ],
)
def test_what_cannot_be_read_raises_with_places(payload: Any, findings: list[str]) -> None:
    """A class without a body has nowhere to lift to."""
    with pytest.raises(ContractError) as refused:
        structure(payload, Whole)

    told = sorted(f"{finding.rule} {finding.path}" for finding in refused.value.findings)
    assert set(told) <= set(findings)
    assert told


def test_details_are_taken_as_they_are() -> None:
    """Structuring twice is structuring once."""
    told = structure({"status": "done"}, OneWhole)

    assert structure(told, OneWhole) is told


def test_a_value_that_does_not_fit_can_be_held_by_an_empty_instance() -> None:
    """Every Job has details of its class, whatever came; the value is kept for the way back."""
    empty = hollow({"x": 1}, Whole)

    assert (empty.count, empty.parts, empty.extra) == (None, None, {"x": 1})
    assert unstructure(empty) == {"x": 1}
    assert unstructure(hollow([1], Whole)) == [1]
    assert hollow([1], Whole).extra == {}
    assert hollow([1], OneWhole).result == [1]
    assert hollow("x", Foreign).name is None


def test_a_body_can_be_asked_for() -> None:
    """Its wire name, its value, and whether keys could tell it."""
    assert body_of(structure(7, OneWhole)) == ("result", 7, True)
    assert body_of(structure(7, Answer)) == ("result", 7, False)
    assert body_of(Part(id=1)) is None


def test_a_document_of_the_kind_can_be_told() -> None:
    """It has the required keys, and is not the body alone."""
    assert holds(OneWhole, {"status": None})
    assert not holds(OneWhole, {"status": None, "count": 1, "parts": 2})
    assert not holds(OneWhole, {"msg": "a"})
    assert not holds(OneWhole, [{"status": None}])


# Foreign classes.


@attrs.frozen
class Foreign:
    """An attrs class that knows nothing of this package."""

    name: str
    count: int = 0
    _hidden: int | None = None
    made: datetime = attrs.field(factory=lambda: AT, init=False)


def as_tuple(given: Sequence[Part]) -> Sequence[Part]:
    """Take items as a tuple."""
    return tuple(given)


@attrs.define
class Checked:
    """One that checks what it is given."""

    number: int = attrs.field(validator=attrs.validators.instance_of(int))
    parts: Sequence[Part] = attrs.field(factory=tuple, converter=as_tuple)


class Holder(Record):
    """A record around them."""

    foreign: Foreign | None = None
    checked: Sequence[Checked | Raw] | None = None


def test_any_attrs_class_can_be_read() -> None:
    """Its own defaults, converters and hidden fields hold."""
    told = structure({"name": "a", "_hidden": 7, "more": 1}, Foreign)

    assert told == Foreign("a", 0, 7)
    assert told.made == AT
    assert structure({"number": 1, "parts": [{"id": 1}]}, Checked).parts == (Part(id=1),)
    assert structure('{"name": "a"}', Foreign) == Foreign("a")
    assert structure({"name": "a", "_hidden": None}, Foreign) == Foreign("a")
    assert [field.wire for field in fields_of(Foreign)] == ["name", "count", "_hidden"]


def test_a_foreign_class_is_written_back() -> None:
    """By its fields, with its defaults; only a record knows what was absent."""
    assert unstructure(Foreign("a")) == {"name": "a", "count": 0, "_hidden": None}
    assert unstructure(Holder(foreign=Foreign("a")))["foreign"]["name"] == "a"


def test_a_record_gives_back_what_was_read_into_a_foreign_class() -> None:
    """The foreign one does not know what was absent, nor what it did not know; the record around it does."""
    for payload in (
        {"foreign": {"name": "a"}},
        {"foreign": '{"name": "a"}'},
        {"foreign": {"name": "a", "more": 1}, "checked": [{"number": 1, "parts": [{"id": 1, "x": 2}]}, "raw"]},
    ):
        told = structure(payload, Holder)

        assert told.foreign == Foreign("a")
        assert same(unstructure(told), payload)


def test_a_class_that_refuses_leaves_the_value_raw() -> None:
    """Its own exception becomes a finding without the value."""
    payload = {"checked": [{"number": "x"}, {"number": 1}], "foreign": {"count": 1}}
    told, findings = read(payload, Holder)

    assert told.checked == ({"number": "x"}, Checked(1))
    assert told.foreign == {"count": 1}
    assert findings == ["missing-key /foreign/name", "wrong-type /checked/0", "wrong-type /checked/0/number"]
    with pytest.raises(ContractError, match="Checked refused it with TypeError"):
        structure({"number": "x"}, Checked)


# Classes that cannot be read.


def unsupported(cls: Any) -> str:
    """Give the reason why a class is refused."""
    with pytest.raises(UnsupportedClass) as refused:
        plan_of(cls)
    return str(refused.value)


@pytest.mark.parametrize(
    "annotation",
    [complex, set[int], dict[str, int], list[int], Mapping[int, str], tuple[int, str], tuple[int], bytes, "Sequence"],
    ids=str,
)
def test_an_annotation_of_another_form_is_refused(annotation: Any) -> None:
    """The class and the field are named."""
    cls = attrs.make_class("Odd", {"value": attrs.field(type=annotation)})

    assert "Odd.value" in unsupported(cls)
    assert "is not a form that can be read from the wire" in unsupported(cls)


@pytest.mark.parametrize(
    "annotation",
    [
        Part | Whole,
        Sequence[int] | Sequence[str],
        Mapping[str, int] | Mapping[str, str],
        Mapping[str, int] | Part,
    ],
    ids=str,
)
def test_alternatives_that_no_key_tells_apart_are_refused(annotation: Any) -> None:
    """Only beside raw values do keys decide."""
    cls = attrs.make_class("Odd", {"value": attrs.field(type=annotation)})

    assert "alternatives that no key tells apart" in unsupported(cls)


def test_a_class_beside_raw_needs_a_key_that_tells_it() -> None:
    """A class of optional fields only is a declared type, never one among others."""
    beside: Any = Places | Raw
    cls = attrs.make_class("Odd", {"value": attrs.field(type=beside)})

    assert "Places stands beside raw values and no key tells it" in unsupported(cls)


def test_names_must_be_found_at_run_time() -> None:
    """A name that only a type checker imports is of no use here."""

    class Odd(Record):
        """A class with such a name."""

        value: Nowhere | None = None  # type: ignore[name-defined]  # noqa: F821

    assert "Nowhere is not a name that can be found at run time" in unsupported(Odd)


@pytest.mark.parametrize("cls", [int, dict, Part(id=1), None, Answer[int]], ids=str)
def test_only_attrs_classes_can_be_read(cls: Any) -> None:
    """Anything else is the caller's mistake, and is named."""
    assert "not an attrs class" in unsupported(cls)
    with pytest.raises(UnsupportedClass):
        structure({}, cls)


def test_a_body_needs_a_record() -> None:
    """Only a record can hold an answer that is not of its kind."""
    cls = attrs.make_class("Odd", {"value": wire(default=None, body=True)})

    assert "Odd.value" in unsupported(cls)


def test_a_record_has_no_default_that_would_be_invented() -> None:
    """What is absent is None; and every field of a record is on the wire."""

    class Counted(Record):
        """A class with a default that lies."""

        count: int = 0

    class Derived(Record):
        """A class with a field that is not read."""

        count: int | None = attrs.field(init=False, default=None)

    for cls in (Counted, Derived):
        assert f"{cls.__qualname__}.count" in unsupported(cls)
        assert "None by default" in unsupported(cls)


def test_the_own_names_of_a_record_are_taken() -> None:
    """A vendor's `extra` is declared as `extra_`."""

    class Odd(Record):
        """A class whose extras could not be asked for."""

        extra: str | None = None  # type: ignore[assignment]

    assert "Odd.extra" in unsupported(Odd)


def test_two_fields_cannot_have_one_name_on_the_wire() -> None:
    """One of them would hide the other."""

    class Odd(Record, spelling=jobmodels.camel_case):
        """A class with such fields."""

        job_id: int | None = None
        number: int | None = wire("jobId", default=None)

    assert "two of its fields have one name on the wire" in unsupported(Odd)


def test_a_generic_class_that_is_no_record_is_refused_as_a_field() -> None:
    """What its variables stand for would be lost."""

    @attrs.frozen
    class Box(Generic[R]):
        content: R

    cls = attrs.make_class("Odd", {"value": attrs.field(type=Box[int])})

    assert "is not a form" in unsupported(cls)


# The way back.


def test_values_made_by_hand_are_written_without_what_is_absent() -> None:
    """None is absent, unless the field is required."""
    made = OneWhole(status=None, result=Whole(count=1, parts=[Part(id=1), {"a": 2}]))

    assert unstructure(made) == {"status": None, "result": {"count": 1, "parts": [{"id": 1}, {"a": 2}]}}
    assert unstructure((Part(id=1), Part(id=2))) == [{"id": 1}, {"id": 2}]
    assert unstructure(Places(ats=[AT], at_by_name={"a": AT})) == {
        "ats": ["2024-09-17T12:50:42Z"],
        "at_by_name": {"a": "2024-09-17T12:50:42Z"},
    }


def test_moments_made_by_hand_are_written_in_utc() -> None:
    """With a `Z`, whatever zone they were made in."""
    there = AT.astimezone(timezone(timedelta(hours=2)))

    assert unstructure(Places(at=there)) == {"at": "2024-09-17T12:50:42Z"}


# The converter.


def test_there_is_one_converter() -> None:
    """It is taught once; other classes of a program can be read and written with it."""
    assert converter() is jobmodels.converter()
    assert converter().structure({"id": 1}, Part) == Part(id=1)
    assert converter().unstructure(structure({"id": 1, "x": 2}, Part)) == {"id": 1, "x": 2}


def test_the_converter_refuses_as_structure_does() -> None:
    """What cannot be read raises, and nothing is kept of it."""
    with pytest.raises(ContractError, match="missing-key at /id"):
        converter().structure({"x": 1}, Part)
    assert running() == []


def test_reading_keeps_nothing_alive() -> None:
    """No cache holds payloads or findings."""
    structure({"id": 1, "x": 2}, Part)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(1000):
        structure({"id": 1, "x": 2}, Part)
        converter().structure({"id": 1, "x": 2}, Part)
    gc.collect()

    assert len(gc.get_objects()) - before < 500
