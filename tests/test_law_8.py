"""Law 8: schema and class agree. Documents are drawn from the classes, then bent; both witnesses judge them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import jobmodels
from jobmodels._convert import read_as
from jobmodels._job import Severity
from jobmodels._types import Shape, fields_of

KEYS = sorted(key for key in jobmodels.registry() if key.system == "alation")
HOMES = [key for key in KEYS if jobmodels.registry().home(jobmodels.registry()[key].cls).key == key]

# An integral float is the one named exception of the law.
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: number % 1 != 0)
texts = st.sampled_from(
    ["", "a", "1", "{", "{bad", '{"bad', '{"a": 1}', '{"a": 1, "a": 2}', "[]", "[1, 2]", '["{\\"a"]', " {} ", "\f{}",
     "\u00a0{}", "[prose]", "null", "2023-08-17T11:23:19.766425Z", "2023-08-17 11:23:19+0000", "2023-08-17T11:23:19",
     "2023-02-30T11:23:19Z", "[" * 300]
)  # fmt: skip
leaves = st.none() | st.booleans() | numbers | texts
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2))
moments = st.sampled_from(["2023-08-17T11:23:19.766425Z", "2023-08-17 11:23:19+00:00", "2025-04-25T03:28:26-0130"])
OF_TYPE = {str: texts, int: st.integers(), float: numbers, bool: st.booleans(), type(None): st.none()}


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw what fits a place, and now and then what does not."""
    fitting = [OF_TYPE[kind] for kind in OF_TYPE if kind in shape.exact]
    if shape.moment:
        fitting.append(moments)
    for cls in shape.classes:
        fitting += [st.deferred(lambda cls=cls: documents(cls))] * 3
    if shape.items:
        fitting.append(st.lists(values(shape.items), max_size=3))
    if shape.members:
        fitting.append(st.dictionaries(texts, values(shape.members), max_size=2))
    if shape.raw:
        fitting.append(anything)
    return bent(st.one_of(fitting))


def bent(fitting: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a value as it is, or in a list, or as JSON text, or quite another one."""
    return st.one_of(
        *[fitting] * 12,
        fitting.map(spelled),
        st.lists(fitting | fitting.map(spelled), max_size=2),
        st.lists(fitting | fitting.map(spelled), max_size=2).map(spelled),
        anything,
    )


def spelled(value: Any) -> str:
    """Write JSON text."""
    return json.dumps(value)


@st.composite
def documents(draw: st.DrawFn, cls: type) -> dict[str, Any]:
    """Draw an object of a class: members left out, members added."""
    told: dict[str, Any] = {}
    for field in fields_of(cls):
        if draw(st.integers(0, 9)) > (0 if field.required else 4):
            told[field.wire] = draw(values(field.shape))
    if draw(st.integers(0, 4)) == 0:
        told |= draw(st.dictionaries(st.sampled_from(["status", "msg", "id", "error", "zz"]), anything, max_size=2))
    return told


def answers(cls: type) -> st.SearchStrategy[Any]:
    """Draw answers under a class: documents, bare bodies, and what is neither."""
    bodies = [part for field in fields_of(cls) if field.body for part in field.shape.sifted]
    return bent(st.one_of(*[documents(cls)] * 3, *(documents(body) for body in bodies)))


def agree(payload: Any, key: str) -> None:
    """Hear both witnesses."""
    _, findings = read_as(payload, jobmodels.registry()[key].cls)
    serious = [finding for finding in findings if finding.severity is not Severity.ADDITION]
    assert bool(jobmodels.validate(payload, key)) == bool(serious), (serious, jobmodels.validate(payload, key))


@pytest.mark.parametrize("key", HOMES)
def test_the_schema_accepts_what_the_class_types_without_findings(key: str) -> None:
    """Whatever is sent, both witnesses say the same."""

    @settings(max_examples=150, deadline=None)
    @given(answers(jobmodels.registry()[key].cls))
    @example({"status": "successful", "msg": "", "result": ["[1, 2]", "null", "123", '"text"', "true", "{}", "{}x"]})
    @example('{"status": "successful", "result": "[\\"{\\\\\\"a\\"]"}')
    @example({"status": None, "msg": 1})
    @example([[{"id": "x"}]])
    @example(None)
    def law(payload: Any) -> None:
        agree(payload, key)

    law()


@pytest.mark.parametrize("key", [key for key in KEYS if key not in HOMES])
def test_a_key_that_shares_a_class_shares_its_schema(key: str) -> None:
    """Its schema says nothing of its own but what it is about."""
    home = jobmodels.registry().home(jobmodels.registry()[key].cls)
    told = jobmodels.json_schema(key)
    assert told["$ref"] == jobmodels.json_schema(home.key)["$id"]
    assert set(told) == {"$schema", "$id", "title", "description", "$ref", "$defs"}
