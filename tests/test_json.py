"""Strict JSON, and the walk that every value from outside passes."""

from __future__ import annotations

import inspect
import json
import sys
from collections import OrderedDict, UserDict
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobmodels import loads
from jobmodels._json import MAX_DEPTH, admit, decode, looks_embedded, pointer, resolve, same
from jobmodels.errors import ContractError, DecodeError
from tests.strategies import JSON, LAWS


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    """Write that many arrays inside each other."""
    return opening * depth + closing * depth


# Decoding.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18446744073709551617", 2**64 + 1),
        ("1" * 4300, int("1" * 4300)),
        ("1.0", 1.0),
        ("1", 1),
        ("true", True),
        ("null", None),
        ('"\\ud800"', "\ud800"),
        (' {"a": [1, "b"]} ', {"a": [1, "b"]}),
        ("\ufeff[1]", [1]),
        (b"\xef\xbb\xbf[1]", [1]),
        (bytearray(b"[1]"), [1]),
        (memoryview(b"[1]"), [1]),
        ('"café"'.encode(), "café"),
        ("1e308", 1e308),
        ("-0.0", -0.0),
    ],
    ids=repr,
)
def test_a_document_is_decoded_exactly(text: Any, value: object) -> None:
    """Integers lose no digit, a byte order mark is passed over, a lone surrogate stays."""
    assert same(loads(text), value)


@pytest.mark.parametrize(
    ("text", "code", "offset"),
    [
        ("", "empty-body", None),
        (" \r\n\t", "empty-body", None),
        ("\ufeff", "empty-body", None),
        (b"", "empty-body", None),
        ("{", "invalid-json", 1),
        ('{"a": 1', "invalid-json", 7),
        ("[1] 2", "invalid-json", 4),
        (" [1] 2", "invalid-json", 5),
        ("{'a': 1}", "invalid-json", 1),
        ('"a\nb"', "invalid-json", 2),
        ("<html>", "invalid-json", 0),
        ("\ufeff<html>", "invalid-json", 1),
        (b"\xef\xbb\xbf<html>", "invalid-json", 3),
        ('["é", x]', "invalid-json", 6),
        ('["é", x]'.encode(), "invalid-json", 7),
        ("NaN", "invalid-json", 0),
        ('["NaN", Infinity]', "invalid-json", 8),
        ("-Infinity", "invalid-json", 0),
        ('{"a": 1e400}', "invalid-json", 6),
        ("[1.5, -1e400]", "invalid-json", 6),
        (b"[1, 1e4000]", "invalid-json", 4),
        ("[7, " + "1" * 5000 + "]", "invalid-json", 4),
        ("-" + "1" * 5000, "invalid-json", 0),
        (b'"caf\xe9"', "invalid-json", 4),
        ('"café"'.encode("utf-16"), "invalid-json", 0),
        (nested(MAX_DEPTH + 1), "too-deep", MAX_DEPTH),
        ('["[]]", ' + nested(MAX_DEPTH) + "]", "too-deep", MAX_DEPTH + 7),
        ("[[1], {}, " + nested(MAX_DEPTH) + "]", "too-deep", MAX_DEPTH + 9),
        (nested(100_000), "too-deep", MAX_DEPTH),
        ("[" * 100_000, "too-deep", MAX_DEPTH),
        ('{"a":' * 100_000, "too-deep", MAX_DEPTH * 5),
        (7, "invalid-json", None),
        (None, "invalid-json", None),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_not_one_document_is_refused_with_a_code_and_a_place(text: Any, code: str, offset: int | None) -> None:
    """A reader learns what is wrong and where: in characters of text, in bytes of bytes, marks included."""
    with pytest.raises(DecodeError) as refused:
        loads(text)

    assert (refused.value.code, refused.value.offset) == (code, offset)


def test_a_stack_that_is_nearly_used_up_is_too_deep() -> None:
    """Where the interpreter counts levels of JSON as calls, nothing but our own error is raised; there is no place."""

    def deeper(frames: int) -> Any:
        return deeper(frames - 1) if frames else loads(nested(MAX_DEPTH))

    try:
        value = deeper(sys.getrecursionlimit() - len(inspect.stack()) - 120)
    except DecodeError as error:
        value = error.code, error.offset
    assert value in (("too-deep", None), loads(nested(MAX_DEPTH)))


def test_brackets_in_text_are_no_levels() -> None:
    """A string may hold as many as it likes."""
    text = "[" * 300

    assert loads(json.dumps(text)) == text
    assert loads(json.dumps([text, {"a": text}])) == [text, {"a": text}]


def test_200_levels_are_allowed() -> None:
    """The bound is the same for text and for objects."""
    text = nested(MAX_DEPTH)
    objects = '{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH

    assert json.dumps(loads(text)) == text
    assert json.dumps(loads(objects), separators=(",", ":")) == objects
    assert admit(loads(text)) == loads(text)
    with pytest.raises(DecodeError, match="200 levels"):
        loads(f'{{"a": {objects}}}')


def test_text_of_20_megabytes_is_text() -> None:
    """Length alone is no fault."""
    assert len(loads(json.dumps("x" * 20_000_000))) == 20_000_000


def test_of_members_given_twice_the_last_one_counts() -> None:
    """As everywhere in Python; the others are reported where they differ."""
    value, findings = decode('{"a": 1, "a": 2, "b": 3, "b": 3}')

    assert value == {"a": 2, "b": 3}
    assert [(finding.rule, finding.path) for finding in findings] == [("duplicate-key", "/a")]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"a": 1, "a": 1.0}', ["/a"]),
        ('{"a": 1, "a": true}', ["/a"]),
        ('{"a": {"b": [1]}, "a": {"b": [1]}}', []),
        ('{"a": {"b": 1}, "a": {"c": 1}}', ["/a"]),
        ('{"a": [1], "a": [1, 2]}', ["/a"]),
        ('{"a": 1, "a": 2, "a": 3}', ["/a"]),
        ('{"a/b": [0, {"~": 1, "~": 2}]}', ["/a~1b/1/~0"]),
        ('{"a": {"x": 1, "x": 2}, "a": 3}', ["/a"]),
        ('[{"a": 1, "a": 2}, {"b": 1, "b": 2}]', ["/0/a", "/1/b"]),
    ],
)
def test_a_member_given_twice_is_reported_at_its_place(text: str, paths: list[str]) -> None:
    """The place is where the surviving member stands; equal ones are no news."""
    assert sorted(finding.path for finding in decode(text)[1]) == paths


@LAWS
@given(JSON)
def test_what_json_writes_is_decoded_to_the_same(value: Any) -> None:
    """Decoding undoes encoding, types included."""
    assert same(loads(json.dumps(value)), value)


@LAWS
@given(st.text() | st.binary())
def test_decoding_raises_nothing_else(text: Any) -> None:
    """Whatever the text, the answer is a value or a `DecodeError`."""
    with suppress(DecodeError):
        loads(text)


# Comparing.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0, False),
        ("1", 1),
        ([1], [1.0]),
        ([1], [1, 2]),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"b": 1}),
        ({"a": None}, {}),
        ([], {}),
        ([1], (1,)),
    ],
)
def test_values_of_different_types_differ(one: object, other: object) -> None:
    """Python calls 1, 1.0 and True equal; on the wire they are not."""
    assert not same(one, other)
    assert not same(other, one)
    assert same(one, one)
    assert same(other, other)


def test_the_order_of_members_does_not_count() -> None:
    """An object is a set of members."""
    assert same({"a": 1, "b": [{}]}, {"b": [{}], "a": 1})


# Admitting.


class Word(StrEnum):
    """Text with a class of its own."""

    GO = "go"


class Number(IntEnum):
    """An integer with a class of its own."""

    TWO = 2


class Real(float):
    """A float with a class of its own."""


class Items(list[Any]):
    """A list with a class of its own."""


@given(JSON)
@settings(parent=LAWS)
def test_a_plain_value_comes_in_as_it_is(value: Any) -> None:
    """Nothing is copied that need not be."""
    assert admit(value) is value


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (OrderedDict(a=1), {"a": 1}),
        (UserDict({"a": [1]}), {"a": [1]}),
        (MappingProxyType({"a": MappingProxyType({})}), {"a": {}}),
        ((1, (2,)), [1, [2]]),
        ({"a": [b"\xf4{", bytearray(b"")]}, {"a": ["\xf4{", ""]}),
        (Items([Items([1])]), [[1]]),
        ([Word.GO, Number.TWO, Real(1.5)], ["go", 2, 1.5]),
        ({Word.GO: 1}, {"go": 1}),
        ({"a": (None, True)}, {"a": [None, True]}),
    ],
    ids=repr,
)
def test_what_stands_for_json_becomes_plain_json(given: object, plain: object) -> None:
    """Subclasses, mappings and tuples are converted, so that everything behind the door sees exact types."""
    told = admit(given)

    assert same(told, plain)
    assert not isinstance(told, dict) or all(type(name) is str for name in told)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (object(), ""),
        ({"a": [1, {2}]}, "/a/1"),
        ([Decimal(1)], "/0"),
        ({"a/b": datetime(2024, 1, 1, tzinfo=UTC)}, "/a~1b"),
        ({1: 2}, ""),
        ([{"a": 1, None: 2}], "/0"),
        (pytest.param({"a": 10**4300}, "/a", id="a number of 4,301 digits")),
        (pytest.param([-(10**4300)], "/0", id="a negative one")),
    ],
)
def test_what_json_has_no_word_for_is_refused_with_its_place(given: object, path: str) -> None:
    """The caller learns where it stands, and its kind, not its value."""
    with pytest.raises(ContractError) as refused:
        admit(given)

    (finding,) = refused.value.findings
    assert (finding.rule, finding.path) == ("wrong-type", path)


def test_an_exception_may_stand_for_an_answer_that_never_came() -> None:
    """Clients put the exception where the result belongs."""
    error = TimeoutError("too long")

    assert admit(error) is error
    assert admit({"result": error}) == {"result": error}


def cycle() -> object:
    """Give a list that holds itself."""
    value: list[Any] = []
    value.append(value)
    return value


def bushy_cycle() -> object:
    """Give a list that holds itself many times over."""
    value: list[Any] = [{}]
    value.extend([value] * 9)
    value[0]["a"] = value
    return value


def deep(depth: int, kind: type = list) -> object:
    """Give that many arrays, or objects, inside each other, without recursion."""
    value: Any = kind()
    for _ in range(depth - 1):
        value = [value] if kind is list else {"a": value}
    return value


@pytest.mark.parametrize(
    "make",
    [
        cycle,
        bushy_cycle,
        lambda: deep(MAX_DEPTH + 1),
        lambda: deep(MAX_DEPTH + 1, dict),
        lambda: deep(100_000),
        lambda: deep(100_000, dict),
        lambda: (deep(MAX_DEPTH),),
    ],
)
def test_what_is_too_deep_is_refused(make: Any) -> None:
    """A value that holds itself has no end; it is refused like one of 100,000 levels, and as fast."""
    with pytest.raises(ContractError) as refused:
        admit(make())

    assert refused.value.findings[0].rule == "too-deep"


@pytest.mark.parametrize("kind", [list, dict])
def test_200_levels_of_objects_come_in(kind: type) -> None:
    """The bound counts objects and arrays, not leaves."""
    value = deep(MAX_DEPTH, kind)

    assert admit(value) is value
    assert admit((deep(MAX_DEPTH - 1, kind),)) == [deep(MAX_DEPTH - 1, kind)]


# Text that holds JSON.


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', "{}", "[]", " [\n{", '["a"]', "[1, 2]", "[-1.5e3]", "[null]", "[true,", "[[1]]", '\ufeff{"a"'],
)
def test_text_that_begins_as_json_must_is_looked_into(text: str) -> None:
    """The beginning decides, so that broken JSON is reported and not taken for prose."""
    assert looks_embedded(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "null",
        '"text"',
        "[Succeeded: 2]",
        "['Uploaded 3 directories and files.']",
        "{id}",
        "[12 items]",
        "[0-9]",
        "(a)",
        "text {}",
    ],
)
def test_prose_in_brackets_is_prose(text: str) -> None:
    """Vendors write brackets in sentences too."""
    assert not looks_embedded(text)


# Pointers.


@pytest.mark.parametrize(
    ("tokens", "text"),
    [((), ""), (("a", 0), "/a/0"), (("a/b", "~", ""), "/a~1b/~0/"), (("Server IDs",), "/Server IDs")],
)
def test_a_pointer_is_written_as_rfc_6901_says(tokens: Any, text: str) -> None:
    """Tilde and slash are escaped, nothing else."""
    assert pointer(tokens) == text


@LAWS
@given(JSON)
def test_a_pointer_leads_to_what_it_was_written_for(value: Any) -> None:
    """Whatever the names, following a pointer undoes writing it."""
    members = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for token, member in members:
        assert resolve(value, pointer([token])) is member


@pytest.mark.parametrize("path", ["/b", "/a/2", "/a/x", "/a/-1", "/a/0/0", "/a/٣"])
def test_a_pointer_to_nothing_is_a_lookup_error(path: str) -> None:
    """Missing member, position out of range, and a step into a leaf are all nothing there."""
    with pytest.raises(LookupError):
        resolve({"a": [1, 2]}, path)
