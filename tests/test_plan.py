"""How a class is read: what the fast way must not lose."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

import jobmodels
from jobmodels import ContractError, Raw, Record


class Node(Record):
    """A class that holds itself, told by its keys, declared, and by name."""

    name: str
    children: Sequence[Node | Raw] | None = None
    parent: Node | None = None
    others: Mapping[str, Node] | None = None


def nested(depth: int) -> dict[str, Any]:
    """Make a document in which each node has a parent."""
    document: dict[str, Any] = {"name": "0"}
    for number in range(1, depth):
        document = {"name": str(number), "parent": document}
    return document


def test_a_class_may_hold_itself() -> None:
    """Its plan is made once, and is complete before the first value needs it."""
    document = {
        "name": "a",
        "children": [{"name": "b", "children": [{"name": "c"}, 3]}, {"nom": "d"}],
        "parent": {"name": "e", "parent": None},
        "others": {"f": {"name": "f", "added": 1}},
    }

    node = jobmodels.structure(document, Node)

    assert node.children is not None
    assert node.children[0].children == (Node(name="c"), 3)
    assert node.children[1] == {"nom": "d"}
    assert node.parent == Node(name="e")
    assert node.others is not None
    assert node.others["f"].extra == {"added": 1}
    assert jobmodels.unstructure(node) == document


def test_a_class_that_holds_itself_is_read_to_the_depth_that_is_let_in() -> None:
    """Python's own limit is not reached before ours."""
    document = nested(200)

    node = jobmodels.structure(document, Node)

    assert jobmodels.unstructure(node) == document


def test_a_null_that_may_be_absent_comes_back() -> None:
    """The typed value is None for both, and each is written as it came."""
    for document in ({"name": "a", "parent": None}, {"name": "a"}):
        node = jobmodels.structure(document, Node)
        assert node.parent is None
        assert jobmodels.unstructure(node) == document


def test_the_hook_of_a_class_that_cattrs_was_taught_otherwise_is_used() -> None:
    """A converter with another hook for a nested class reads its values with it."""
    import cattrs

    from jobmodels._places import place
    from jobmodels._types import Shape

    made = cattrs.Converter()
    made.register_structure_hook(Node, lambda value, _: Node(name=value["name"].upper()))

    assert place(Shape(classes=(Node,), raw=True), made)({"name": "a"}) == Node(name="A")
    assert place(Shape(classes=(Node,)), made)({"name": "a"}) == Node(name="A")


def test_where_the_stack_is_nearly_full_a_document_is_too_deep() -> None:
    """A class that holds itself asks for a few frames a level; that they are not there is said as for any depth."""
    system = jobmodels.System(name="acme")
    system("node/GET", answers=jobmodels.BODY)(Node)
    document = nested(190)

    def deeper(frames: int) -> jobmodels.Job[Node]:
        return deeper(frames - 1) if frames else jobmodels.normalize(document, Node)

    job = deeper(sys.getrecursionlimit() - 400)

    assert "too-deep" in {finding.rule for finding in job.findings}
    assert job.raw is document


def test_the_same_at_level_1() -> None:
    """It is refused with our own error."""

    def deeper(frames: int) -> Node:
        return deeper(frames - 1) if frames else jobmodels.structure(nested(190), Node)

    with pytest.raises(ContractError) as refused:
        deeper(sys.getrecursionlimit() - 400)
    assert refused.value.findings[0].rule == "too-deep"
