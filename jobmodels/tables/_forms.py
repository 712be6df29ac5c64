"""Forms of lines: what lines of one form have in common, and where they may differ.

A form is learned from one line. It is a sequence of parts: words that each line of the form has, values that decide
what the line means, and holes, whose values are only copied. Joined, the parts are the line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count, pairwise

import attrs

from jobmodels._json import decode
from jobmodels.errors import DecodeError
from jobmodels.loose import FIXED, INSIDE, RUN
from jobmodels.tables._kinds import Kind, Slot, fits, sentence, values_in
from jobmodels.tables._loose import COUNTED, Loose
from jobmodels.tables._trees import Node, Unfit, tree_of

_WORD, _DIGITS = re.compile(r"[0-9A-Za-z_-]+"), re.compile(r"[0-9]+")
_TEXT = re.compile(r'"([^"\\]*)(?=\\*")')
_COUNT = re.compile(r"null|0|[1-9][0-9]{0,17}")
INNER = -1
"""The number of all holes in the items of a run."""


@attrs.frozen
class Words:
    """What all lines of a form have."""

    text: str


@attrs.frozen
class Fixed:
    """A value that decides; `depth` says in how many texts it stands."""

    text: str
    depth: int


@attrs.frozen
class Hole:
    """A value that is copied; equal values of one family have one number."""

    text: str
    kind: Kind
    number: int
    depth: int


@attrs.frozen
class Run:
    """The items of an array, which are all alike but for what is in their holes."""

    number: int
    items: tuple[Sequence[Part], ...]
    separator: str


@attrs.frozen
class Edge:
    """Where a value begins or ends, of text behind and before its quotation marks; `depth` as for `Fixed`."""

    path: str
    depth: int
    opens: bool


Part = Words | Fixed | Hole | Run | Edge


def spelled(text: str, depth: int) -> str:
    """Spell text as it stands in JSON text that stands in JSON text, so many times."""
    for _ in range(depth):
        text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text


class _Maker:
    """Makes the parts of one line.

    Attributes:
        parts: those that are made.
        words: what stands behind them, up to the next that is no words.
    """

    def __init__(self, loose: Loose, *, runs: bool, sums: bool) -> None:
        self.loose, self.runs, self.sums = loose, runs, sums
        self.parts: list[Part] = []
        self.words: list[str] = []
        self.numbers = count()
        self.families: dict[tuple[str, str], int] = {}
        self.running = False

    def made(self) -> list[Part]:
        """Give all parts, the words behind them too."""
        if self.words and (words := "".join(self.words)):
            self.parts.append(Words(words))
        self.words = []
        return self.parts

    def apart(self, node: Node, text: str, depth: int) -> tuple[Part, ...]:
        """Make the parts of a value, apart from those around it."""
        around = self.parts, self.words
        self.parts, self.words = [], []
        try:
            self.put(node, text, depth)
            return tuple(self.made())
        finally:
            self.parts, self.words = around

    def put(self, node: Node, text: str, depth: int) -> None:
        """Put the parts of a value behind the others."""
        told = self.loose(node) or ()
        if told in COUNTED and not self.sums:
            told = FIXED
        if told in COUNTED and (self.running or not _COUNT.fullmatch(text, node.start, node.end)):
            raise Unfit
        if node.kind in ("object", "array"):
            self.made().append(Edge(node.path, depth, opens=True))
            if not (told == RUN and self.runs and self.run(node, text, depth)):
                self.holder(node, text, depth)
            self.made().append(Edge(node.path, depth, opens=False))
            return
        is_text = node.kind == "text"
        given = text[node.start + is_text : node.end - is_text]
        inner = self.inside(node, given, depth) if is_text and told == INSIDE else self.filled(node, told, given, depth)
        if inner is None:
            raw = spelled(text[node.start : node.end], depth)
            if told in ((), INSIDE) and not self.running and "\\" not in given:
                self.made().append(Fixed(raw, depth))
            else:
                self.words.append(raw)
            return
        quote = spelled('"', depth) if is_text else ""
        self.words.append(quote)
        self.made().extend((Edge(node.path, depth, opens=True), *inner, Edge(node.path, depth, opens=False)))
        self.words.append(quote)

    def holder(self, node: Node, text: str, depth: int) -> None:
        at = node.start
        for inner in node.inside:
            self.words.append(spelled(text[at : inner.start], depth))
            self.put(inner, text, depth)
            at = inner.end
        self.words.append(spelled(text[at : node.end], depth))

    def inside(self, node: Node, given: str, depth: int) -> Iterable[Part] | None:
        """Make the parts of a document in text, where its text can be spelled in one way only."""
        inner = json.loads(f'"{given}"')
        if inner[:1] not in ("{", "[") or spelled(inner, 1) != given:
            return None
        try:
            decode(inner)
        except DecodeError:
            return None
        return self.apart(tree_of(inner, node.path), inner, depth + 1)

    def filled(self, node: Node, told: tuple[str, ...], given: str, depth: int) -> Iterable[Part] | None:
        """Make the parts of a value that is one of the sentences."""
        for written in told if told not in (INSIDE, RUN) else ():
            parts = sentence(written)
            values = values_in(parts, given) if fits(parts, node.kind) else None
            if values is not None:
                rest = iter(values)
                return [
                    self.hole(part.kind, next(rest), depth) if isinstance(part, Slot) else Words(spelled(part, depth))
                    for part in parts
                ]
        return None

    def hole(self, kind: Kind, text: str, depth: int) -> Hole:
        if self.running and kind.family is not None:
            raise Unfit
        if kind.family is None:
            return Hole(text, kind, INNER if self.running else next(self.numbers), depth)
        if (kind.family, text) not in self.families:
            self.families[kind.family, text] = next(self.numbers)
        return Hole(text, kind, self.families[kind.family, text], depth)

    def run(self, node: Node, text: str, depth: int) -> bool:
        """Put one part of all items, where they are alike; tell whether they are."""
        gaps = {text[one.end : other.start] for one, other in pairwise(node.inside)}
        if not node.inside or len(gaps) > 1 or self.running:
            return False
        self.running = True
        try:
            items = tuple(self.apart(item, text, depth) for item in node.inside)
        except Unfit:
            return False
        finally:
            self.running = False
        if len(set(map(_alike, items))) > 1:
            return False
        before, behind = text[node.start : node.inside[0].start], text[node.inside[-1].end : node.end]
        separator = spelled(gaps.pop() if gaps else ",", depth)
        self.words.append(spelled(before, depth))
        self.made().append(Run(next(self.numbers), items, separator))
        self.words.append(spelled(behind, depth))
        return True


def _alike(item: Iterable[Part]) -> tuple[object, ...]:
    """Give what items that are alike have in common."""
    return tuple(part.kind if isinstance(part, Hole) else part for part in item if not isinstance(part, Edge))


def parts_of(text: str, tree: Node, loose: Loose, *, runs: bool = True, sums: bool = True) -> tuple[Part, ...]:
    """Make the parts of a line.

    Args:
        text: the line.
        tree: the same as a tree.
        loose: says which of its places are.
        runs: whether it has runs; else the items of all arrays stand for themselves.
        sums: whether it has numbers that are added up; else these decide.

    Raises:
        Unfit: nothing is learned from it.
    """
    maker = _Maker(loose, runs=runs, sums=sums)
    maker.words.append(text[: tree.start])
    maker.put(tree, text, 0)
    maker.words.append(text[tree.end :].rstrip("\r\n"))
    return tuple(maker.made())


def rendered(
    parts: Iterable[Part], fill: Callable[[Hole], str], many: Callable[[Run], int]
) -> tuple[str, Mapping[str, tuple[str, int]]]:
    """Write a line of a form.

    Args:
        parts: of the form.
        fill: gives what stands in a hole.
        many: gives how many items a run has.

    Returns:
        The line, and the text of each value that has edges, by its path; with its depth.
    """
    written: list[str] = []
    open_at: dict[str, int] = {}
    nodes: dict[str, tuple[str, int]] = {}
    for part in parts:
        if isinstance(part, Words):
            written.append(part.text)
        elif isinstance(part, Edge):
            if part.opens:
                open_at[part.path] = len(written)
            else:
                nodes[part.path] = "".join(written[open_at[part.path] :]), part.depth
        elif isinstance(part, Run):
            given = part.items if many(part) == len(part.items) else (part.items[0],) * many(part)
            written.append(part.separator.join(rendered(item, fill, many)[0] for item in given))
        else:
            written.append(fill(part) if isinstance(part, Hole) else part.text)
    return "".join(written), nodes


def words_of(parts: Iterable[Part]) -> frozenset[bytes]:
    """Give the words, numbers and texts of a line that stand in no hole."""
    told = " ".join(part.text for part in parts if isinstance(part, (Words, Fixed)))
    return frozenset(word.encode() for kind in (_WORD, _DIGITS, _TEXT) for word in kind.findall(told))
