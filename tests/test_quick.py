"""The straight way gives what the plan gives, or gives up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Raw, Record, wire
from jobmodels._convert import holds, is_told, plan_of
from jobmodels._json import MAX_DEPTH, admit, same
from jobmodels._notes import Noting
from jobmodels._quick import Odd
from jobmodels._record import NOTHING
from jobmodels.errors import ContractError
from tests.strategies import ANSWERS, CLASSES, FEW, RECORDED, documents

each_class = pytest.mark.parametrize("cls", CLASSES, ids=[cls.__name__ for cls in CLASSES])
NULLS: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", [], {}, 0, "[1, 2]", '{"a": 1, "a": 2}', '{"a": 1e999}', '{"a": 1} x', 10**4300]
)


def straight(document: Any, cls: Any) -> Any:
    """Read the straight way; `NOTHING` where it gives up."""
    try:
        return plan_of(cls).quick(document, MAX_DEPTH)
    except Odd:
        return NOTHING


def agrees(document: Any, cls: Any) -> bool:
    """Tell whether the straight way was taken; what it gave is then what the plan gives, which noted nothing."""
    read = straight(document, cls)
    if read is NOTHING:
        return False
    with Noting() as notes:
        planned = plan_of(cls).read(admit(document))
    assert notes == []
    assert read == planned
    assert repr(read) == repr(planned)
    assert same(jobmodels.unstructure(read), document)
    return True


class Inner(Record):
    """A class that keys tell."""

    id: int
    name: str | None = None


class Loose(Record):
    """A class that no key tells."""

    size: float | None = None


@attrs.define
class Foreign:
    """No record."""

    id: int


class Outer(Record):
    """One field of each kind of place."""

    status: str
    flag: bool | None = None
    at: datetime | None = None
    count: int | str | None = None
    inner: Inner | Raw = None
    loose: Loose | None = None
    text: Loose | str | None = None
    named: Mapping[str, Raw] | str | None = None
    several: Sequence[Inner | Raw] | None = None
    exact: Sequence[int | None] | None = None
    anything: Sequence[Raw] | None = None
    by_name: Mapping[str, Inner] | None = None
    words: Mapping[str, str] | None = None
    moments: Sequence[datetime] | None = None
    foreign: Foreign | None = None


class Lifting(Record):
    """A document whose body may stand alone, and has the keys of one of its own members."""

    id: int
    body: Inner | Raw = wire(default=None, body=True)


FITTING: dict[str, list[Any]] = {
    "flag": [True],
    "at": ["2024-09-17T12:50:42+01:00"],
    "count": [7, "7"],
    "inner": [{"id": 1}, '{"id": 1, "name": "a"}', {"nom": 2}, '{"nom": 2}', [{"id": 1}], "[prose]", 2.5, None],
    "loose": [{}, {"size": 1}, {"size": 1.5}, '{"size": 2}'],
    "text": [{"size": 1}, '{"size": 1}', "words", ""],
    "named": [{"a": [1]}, '{"a": {"b": null}}', "words", {}],
    "several": [[], [{"id": 1}, "a", {"nom": 2}, 3, None, '{"id": 2}'], ["a"]],
    "exact": [[1, None, 2], []],
    "anything": [[{"a": [None, 1.5, "b"]}], []],
    "by_name": [{"a": {"id": 1}, "b": {"id": 2}}, {}],
    "words": [{"a": "b"}],
}
ODD: dict[str, list[Any]] = {
    "flag": ["true", 1],
    "at": ["yesterday", "2024-09-17T12:50:42", 5],
    "count": [10**4300, -(10**4300), 1.5],
    "inner": [
        "[{",
        {"id": "1"},
        '{"id": 1, "id": 2}',
        '{"id": 1',
        '{"a": 1} ',
        {"id": 1, "more": 2},
        {"a": {1}},
        {1: 2},
    ],
    "loose": ["size", 5, [], {"more": 1}, '["size"]'],
    "text": ["{}{", "[1]", 5],
    "named": [{1: "a"}, ["a"], 5, {"a": {"b": {1}}}],
    "several": [{"id": 1}, [{1: 2}], [10**4300]],
    "exact": [["1"], [True], [10**4300]],
    "anything": ["a", [{1}], [[10**4300]]],
    "words": [{"a": 1}],
    "by_name": [{"a": {}}, {"a": 5}, {1: {"id": 1}}],
    "moments": [["2024-09-17T12:50:42+01:00"]],
    "foreign": [{"id": 1}],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in FITTING for value in FITTING[name]])
def test_what_fits_is_read_the_straight_way(name: str, value: Any) -> None:
    """Every kind of place, with every kind of value that it holds."""
    assert agrees({"status": "done", name: value}, Outer)


@pytest.mark.parametrize(("name", "index"), [(name, index) for name in ODD for index in range(len(ODD[name]))])
def test_what_does_not_fit_is_left_to_the_plan(name: str, index: int) -> None:
    """It notes what is wrong, or refuses what is no JSON value."""
    assert straight({"status": "done", name: ODD[name][index]}, Outer) is NOTHING


def test_what_lacks_a_key_is_not_of_the_class() -> None:
    """Nor is an object with members that no field knows read here, nor the bare body of a document."""
    assert straight({"flag": True}, Outer) is NOTHING
    assert straight({"status": "done", "more": 1}, Outer) is NOTHING
    assert straight({"status": None}, Outer) is NOTHING
    assert straight({"id": 1}, Lifting) is NOTHING
    assert jobmodels.structure({"id": 1}, Lifting).body == Inner(id=1)


def test_classes_that_are_no_records_are_left_to_the_plan() -> None:
    """They are made by their constructors."""
    assert straight({"id": 1}, Foreign) is NOTHING
    assert jobmodels.structure({"id": 1}, Foreign) == Foreign(1)


@pytest.mark.parametrize("name", ["inner", "several", "by_name", "anything", "loose", "named"])
@pytest.mark.parametrize("depth", [190, 197, 198, 199, 200, 201, 300])
def test_depth_is_bounded_alike(name: str, depth: int) -> None:
    """Both ways let in the same number of levels, and the straight way never more."""
    inner: Any = None
    for _ in range(depth - 2):
        inner = [inner]
    document = {"status": "done", name: [inner] if name in {"several", "anything"} else {"id": inner}}
    try:
        admit(document)
    except ContractError:
        assert straight(document, Outer) is NOTHING
    else:
        agrees(document, Outer)
        assert jobmodels.structure(document, Outer).status == "done"


def test_levels_of_places_count() -> None:
    """An object or array that stands one level too deep is not let in, even when it is empty."""
    quick = plan_of(Outer).quick
    values: tuple[Any, ...] = ({"id": 1}, [{}], [], {})
    for value in values:
        for name in ("inner", "several", "named", "by_name"):
            for left in range(1, 4):
                try:
                    quick({"status": "done", name: value}, left)
                except Odd:
                    continue
                assert left >= levels({"status": "done", name: value})


def levels(value: Any) -> int:
    """Count the levels of a value."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if items is None else 1 + max(map(levels, items), default=0)


@each_class
@FEW
@given(st.data())
def test_both_ways_agree_on_documents(cls: Any, data: st.DataObject) -> None:
    """Of every class, with nulls and oddities put in."""
    document = data.draw(documents(cls) | documents(cls, extras=False))
    for name in list(document):
        if data.draw(st.integers(0, 9)) == 0:
            document[name] = data.draw(NULLS | ANSWERS)

    if not any(value == 10**4300 for value in document.values() if isinstance(value, int)):
        agrees(document, cls)


def test_most_recorded_answers_go_the_straight_way() -> None:
    """Those without a finding, but for what is no document of its class."""
    taken = [
        agrees(body, cls)
        for cls, key, body in ((jobmodels.registry()[key].cls, key, body) for _, key, body in RECORDED)
        if is_told(cls) and holds(cls, body) and "status" in body and not jobmodels.normalize(body, key).findings
    ]

    assert sum(taken) > 0.9 * len(taken)
