"""Law 8: schema and class agree. Documents are drawn from the classes, then bent; both witnesses judge them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import jobmodels
from jobmodels._convert import read_as
from jobmodels._types import Shape, fields_of
from tests.strategies import EXAMPLES, LAWS

KEYS = sorted(jobmodels.registry())
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
names = st.sampled_from(["status", "msg", "id", "error", "errors", "zz"])
# Strategies are made once: making them takes longer than drawing from them.
flags = st.booleans()
bends = st.integers(0, 2)
ways = st.sampled_from(["another", "spelled", "listed", "cut", "more", "less"])
forms = st.sampled_from(["as it is"] * 4 + ["in a list", "as text", "in a list as text"])
OF_TYPE = {str: texts, int: st.integers(), float: numbers, bool: st.booleans(), type(None): st.none()}


@cache
def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw what fits a place."""
    fitting = [OF_TYPE[kind] for kind in OF_TYPE if kind in shape.exact]
    if shape.moment:
        fitting = [moments, *fitting]
    if shape.items:
        fitting = [st.lists(values(shape.items), max_size=3), *fitting]
    if shape.members:
        fitting = [st.dictionaries(texts, values(shape.members), max_size=2), *fitting]
    for cls in shape.classes:
        typed = documents(cls)
        fitting = [typed, typed, typed.map(json.dumps), *fitting]
    return st.one_of(fitting or [anything])


@cache
@st.composite
def documents(draw: st.DrawFn, cls: type) -> dict[str, Any]:
    """Draw an object of a class; what may be absent is absent now and then."""
    told: dict[str, Any] = {}
    for field in fields_of(cls):
        if field.required or draw(flags):
            told[field.wire] = draw(bodies(field.shape.sifted) if field.body else values(field.shape))
    return told


@cache
def bodies(classes: tuple[type, ...]) -> st.SearchStrategy[Any]:
    """Draw what a body may be: typed, alone or in a list with what is not, or JSON text of either."""
    one: st.SearchStrategy[Any] = st.one_of([documents(cls) for cls in classes]) if classes else anything
    part = st.one_of(one, one.map(json.dumps), anything)
    whole = st.one_of(one, one, st.lists(part, max_size=3))
    return st.one_of(whole, whole, whole.map(json.dumps))


@st.composite
def answers(draw: st.DrawFn, cls: type) -> Any:
    """Draw a document of a class, or a bare body, or JSON text of either; bend it in up to two places."""
    root = [draw(roots(cls))]
    for _ in range(draw(bends)):
        found = list(places(root))
        bend(draw, *found[draw(st.integers(0, len(found) - 1))])
    form = draw(forms)
    whole: Any = root if "list" in form else root[0]
    return json.dumps(whole) if "text" in form else whole


@cache
def roots(cls: type) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a document of a class, or a bare body."""
    return st.one_of(
        [documents(cls), *(documents(part) for field in fields_of(cls) if field.body for part in field.shape.sifted)]
    )


def places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """List all places of a document."""
    for name, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
        yield holder, name
        if isinstance(value, (dict, list)):
            yield from places(value)


def bend(draw: st.DrawFn, holder: Any, name: Any) -> None:
    """Change one place: another value, another spelling, a list around it, a cut, a member more or less."""
    value = holder[name]
    how = draw(ways)
    if how == "spelled":
        holder[name] = json.dumps(value)
    elif how == "listed":
        holder[name] = [value]
    elif how == "cut" and isinstance(value, str):
        holder[name] = value[: draw(st.integers(0, len(value)))]
    elif how == "more" and isinstance(value, dict):
        value[draw(names)] = draw(anything)
    elif how == "less" and isinstance(holder, dict):
        del holder[name]
    else:
        holder[name] = draw(anything)


def agree(payload: Any, key: str) -> None:
    """Hear both witnesses."""
    _, findings = read_as(payload, jobmodels.registry()[key].cls)
    serious = [finding for finding in findings if finding.severity is not jobmodels.Severity.ADDITION]
    assert bool(jobmodels.validate(payload, key)) == bool(serious), (serious, jobmodels.validate(payload, key))


@pytest.mark.parametrize("key", HOMES)
def test_the_schema_accepts_what_the_class_types_without_findings(key: str) -> None:
    """Whatever is sent, both witnesses say the same."""

    @settings(LAWS, max_examples=EXAMPLES * 5 // 2)
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
