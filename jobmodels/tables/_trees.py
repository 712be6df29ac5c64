"""JSON text as a tree of places, each with where it begins and ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import attrs

from jobmodels._json import escaped

# Where text is JSON, commas and colons say nothing that its values do not say.
_TOKEN = re.compile(r'[ \t\r\n,:]*([{}\[\]]|"(?:[^"\\]|\\.)*"|[^ \t\r\n{}\[\],:"]+)', re.DOTALL)
_KINDS = {"{": "object", "[": "array", '"': "text", "t": "flag", "f": "flag", "n": "null"}
DEEPEST = 50
"""How many levels a tree has at most."""


class Unfit(Exception):
    """Text that no tree is made of, or nothing is learned from."""


@attrs.define(eq=False)
class Node:
    """One value in JSON text.

    Attributes:
        path: where it stands, as a JSON Pointer.
        kind: `object`, `array`, `text`, `number`, `flag` or `null`.
        start: where it begins.
        end: where it ends.
        named: whether it is a member of an object.
        inside: the values in it, in order.
    """

    path: str
    kind: str
    start: int
    end: int = 0
    named: bool = False
    inside: list[Node] = attrs.field(factory=list)


def tree_of(text: str, path: str = "") -> Node:
    """Make the tree of one JSON document.

    Raises:
        Unfit: a member is given twice, or the text has too many levels.
    """
    tokens = _TOKEN.finditer(text)
    return _node(next(tokens), tokens, path, 0)


def _node(found: re.Match[str], tokens: Iterator[re.Match[str]], path: str, level: int, *, named: bool = False) -> Node:
    """Make the node of the value that begins with a token, and take the others of it."""
    if level > DEEPEST:
        raise Unfit
    start, end = found.span(1)
    node = Node(path, _KINDS.get(found[1][0], "number"), start, end, named)
    if node.kind == "object":
        names: set[str] = set()
        while (found := next(tokens))[1] != "}":
            name = json.loads(found[1]) if "\\" in found[1] else found[1][1:-1]
            if name in names:
                raise Unfit
            names.add(name)
            node.inside.append(_node(next(tokens), tokens, f"{path}/{escaped(name)}", level + 1, named=True))
        node.end = found.end(1)
    elif node.kind == "array":
        while (found := next(tokens))[1] != "]":
            node.inside.append(_node(found, tokens, f"{path}/{len(node.inside)}", level + 1))
        node.end = found.end(1)
    return node
