"""JSON text as a tree of places, each with where it begins and ends."""

from __future__ import annotations

import json
import re

import attrs

from jobmodels._json import escaped

_TOKEN = re.compile(r'[ \t\r\n]*([{}\[\],:]|"(?:[^"\\]|\\.)*"|[^ \t\r\n{}\[\],:"]+)', re.DOTALL)
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
    return _Reader(text).value(path, 0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = list(_TOKEN.finditer(text))
        self.at = 0

    def take(self) -> re.Match[str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def value(self, path: str, level: int) -> Node:
        found = self.take()
        if level > DEEPEST:
            raise Unfit
        node = Node(path, _KINDS.get(found[1][0], "number"), found.start(1), found.end(1))
        if node.kind == "object":
            self.members(node, level)
        elif node.kind == "array":
            self.items(node, level)
        return node

    def members(self, node: Node, level: int) -> None:
        names: set[str] = set()
        found = self.take()
        while found[1] != "}":
            if found[1] == ",":
                found = self.take()
            name = json.loads(found[1])
            if name in names:
                raise Unfit
            names.add(name)
            self.take()
            member = self.value(f"{node.path}/{escaped(name)}", level + 1)
            member.named = True
            node.inside.append(member)
            found = self.take()
        node.end = found.end(1)

    def items(self, node: Node, level: int) -> None:
        while self.tokens[self.at][1] != "]":
            if self.tokens[self.at][1] == ",":
                self.take()
            node.inside.append(self.value(f"{node.path}/{len(node.inside)}", level + 1))
        node.end = self.take().end(1)
