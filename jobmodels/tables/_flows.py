"""What becomes of the holes of a form: which cells of its row are the same in all lines, and which are copies of what.

Nothing is assumed. The general path reads the line a form is learned from, and two more in which every hole holds
something else that occurs nowhere else. What differs in a cell has to be explained by the holes, in all three alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, TypeAlias

import attrs

from jobmodels._moments import moment
from jobmodels.tables._forms import Edge, Hole, Part, Run, Words, spelled
from jobmodels.tables._samples import Sample
from jobmodels.tables._sums import shares
from jobmodels.tables._trees import Unfit

# What may stand in or before a credential; text without any of it is shown as it is. A blank may be an escape, and any
# letter beyond ASCII, as some of these are blanks.
_BLANK = r"[^!-\[\]-~]"
SUSPECT = rf"""(?i)(?:bearer|basic|token|apikey){_BLANK}|[?&;][\w.\-]+=|://[^/\s"'<>]*[@:]|'(?:{_BLANK}|[nrt])*:"""
_SUSPECT = re.compile(SUSPECT)
_SHORTEST = 5
_FLAG = re.compile("true|false")

Value: TypeAlias = "int | str"
"""What a cell is a copy of: a hole or a run by its number, a place by its path."""


@attrs.frozen
class Copy:
    """The cell is what a hole or a place holds.

    Attributes:
        of: the hole or place.
        quote: how quotation marks are spelled there, if otherwise.
        percent: whether the cell is the hundredth of the number there.
    """

    of: Value
    quote: str = ""
    percent: bool = False


@attrs.frozen
class Length:
    """The cell is the number of items of a run."""

    of: int


@attrs.frozen
class Share:
    """The cell is the share that some holes have of another."""

    of: tuple[int, ...]
    whole: int


@attrs.frozen
class Woven:
    """The cell is text with the values of holes in it.

    Attributes:
        words: what stands before, between and behind them.
        of: the holes, and whether their values are as they stand; else they are in canonical form.
    """

    words: tuple[str, ...]
    of: tuple[tuple[int, bool], ...]


@attrs.frozen
class Members:
    """The cell is a list of values with members, and `cells` are those in it that differ, by position and name."""

    given: tuple[Mapping[str, Any], ...]
    cells: tuple[tuple[int, str, Copy | Woven], ...]


Flow: TypeAlias = Copy | Length | Share | Woven | Members


def way_of(flow: Flow) -> object:
    """Say how a flow makes a cell, wherever it takes its values from; equal for flows that make theirs in one way."""
    if isinstance(flow, Members):
        given = tuple(tuple(told.items()) for told in flow.given)
        return given, tuple((at, name, way_of(cell)) for at, name, cell in flow.cells)
    if isinstance(flow, Woven):
        return flow.words, tuple(plain for _, plain in flow.of)
    if isinstance(flow, Share):
        return Share, len(flow.of)
    return (flow.quote, flow.percent) if isinstance(flow, Copy) else Length


def is_mute(flow: Flow, parts: Sequence[Part], cells: Sequence[Any]) -> bool:
    """Tell whether text that flows into a cell can hold no credential, whatever the holes hold."""
    if isinstance(flow, Members):
        return all(is_mute(cell, parts, [told[at][name] for told in cells]) for at, name, cell in flow.cells)
    if isinstance(flow, (Length, Share)) or type(cells[0]) is not str:
        return True
    if isinstance(flow, Copy) and isinstance(flow.of, int):
        # A word that stands alone has no blanks, colons, or equality signs.
        return _hole(flow.of, parts).kind.compact
    if isinstance(flow, Woven):
        quiet = all(_hole(number, parts).kind.mute for number, _ in flow.of)
    else:
        ends = [place for place, part in enumerate(parts) if isinstance(part, Edge) and part.path == flow.of]
        quiet = _is_quiet(parts[ends[0] : ends[1]])
    return quiet and not any(_SUSPECT.search(cell) for cell in cells)


def _is_quiet(inside: Iterable[Part]) -> bool:
    """Tell whether no value in a document can be part of a credential: numbers, and words that are all of a text."""
    nothing = Words("")
    parts = [nothing, *(part for part in inside if not isinstance(part, Edge)), nothing]
    for before, part, behind in zip(parts, parts[1:], parts[2:], strict=False):
        if isinstance(part, Run) and not _is_quiet(part.items[0]):
            return False
        if isinstance(part, Hole) and not part.kind.mute:
            is_all = _text_of(before).endswith('"') and _text_of(behind).startswith('"')
            if part.depth or not part.kind.compact or not is_all:
                return False
    return True


def _text_of(part: Part) -> str:
    return part.text if isinstance(part, Words) else ""


def flows_of(parts: Sequence[Part], samples: Sequence[Sample]) -> dict[str, Flow]:
    """Explain the cells that differ, by the names of their columns.

    Raises:
        Unfit: one of them cannot be explained.
    """
    weaver = _Weaver(parts, samples)
    first = samples[0].row
    told = {}
    for name, cell in first.items():
        cells = [sample.row[name] for sample in samples]
        if any(other != cell or type(other) is not type(cell) for other in cells):
            told[name] = weaver.cell(cells)
    return told


def _hole(number: Value, parts: Sequence[Part]) -> Hole:
    return next(part for part in parts if isinstance(part, Hole) and part.number == number)


class _Weaver:
    def __init__(self, parts: Sequence[Part], samples: Sequence[Sample]) -> None:
        self.runs = [part.number for part in parts if isinstance(part, Run)]
        self.shares = [*shares(part for part in parts if isinstance(part, Hole))]
        self.samples = samples
        self.spellings = _known(samples[1])

    def cell(self, cells: list[Any]) -> Flow:
        kinds = {type(cell) for cell in cells}
        if kinds == {str}:
            return self.text(cells)
        if kinds == {list}:
            return self.members(cells)
        read = _READ.get(next(iter(kinds)), _unread) if len(kinds) == 1 else _unread
        for number in self.samples[0].holes:
            if all(read(sample.holes[number]) == cell for sample, cell in zip(self.samples, cells, strict=True)):
                return Copy(number)
            if all(_hundredth(sample.holes[number]) == cell for sample, cell in zip(self.samples, cells, strict=True)):
                return Copy(number, percent=True)
        for number in self.runs:
            if all(sample.runs[number] == cell for sample, cell in zip(self.samples, cells, strict=True)):
                return Length(number)
        for of, whole in self.shares:
            if all(_share(sample.holes, of, whole) == cell for sample, cell in zip(self.samples, cells, strict=True)):
                return Share(of, whole)
        raise Unfit

    def text(self, cells: list[str]) -> Copy | Woven:
        found = [*self.holes(cells)] or [*self.places(cells)]
        if len(found) > 1 and _FLAG.search(cells[0]):
            raise Unfit  # Flags that are the same are so in all samples.
        return found[0] if found else self.woven(cells)

    def holes(self, cells: list[str]) -> Iterator[Copy]:
        for number in self.samples[0].holes:
            if all(sample.holes[number] == cell for sample, cell in zip(self.samples, cells, strict=True)):
                yield Copy(number)

    def places(self, cells: list[str]) -> Iterator[Copy]:
        for path, (_, depth) in self.samples[0].nodes.items():
            quote = spelled('"', depth)
            texts = [sample.nodes[path][0] for sample in self.samples]
            if [text.replace(quote, '"') for text in texts] == cells:
                yield Copy(path, quote if depth else "")

    def woven(self, cells: list[str]) -> Woven:
        """Find what the holes hold in a text."""
        known = [text for text in self.spellings if text in cells[1]]
        finder = re.compile("|".join(re.escape(text) for text in sorted(known, key=len, reverse=True)) or r"\b\B")
        at = 0
        words: list[str] = []
        of = []
        for found in finder.finditer(cells[1]):
            words.append(cells[1][at : found.start()])
            of.append(self.spellings[found[0]])
            at = found.end()
        words.append(cells[1][at:])
        for sample, cell in zip(self.samples, cells, strict=True):
            held = (sample.holes[number] if plain else canonical(sample.holes[number]) for number, plain in of)
            if words[0] + "".join(chain(*zip(held, words[1:], strict=True))) != cell:
                raise Unfit
        return Woven(tuple(words), tuple(of))

    def members(self, cells: list[list[dict[str, Any]]]) -> Members:
        if len({len(cell) for cell in cells}) > 1:
            raise Unfit
        told = []
        for place, values in enumerate(zip(*cells, strict=True)):
            for name in values[0]:
                several = [value[name] for value in values]
                if any(other != several[0] for other in several):
                    if any(type(one) is not str for one in several):
                        raise Unfit
                    told.append((place, name, self.text(several)))
        return Members(tuple(cells[0]), tuple(told))


def _known(sample: Sample) -> dict[str, tuple[int, bool]]:
    """Give the holes of a sample by what they hold, and whether it is as it stands; flags hold what others hold."""
    told = [(text, number, plain) for number, given in sample.holes.items() for text, plain in _spellings(given)]
    many = Counter(text for text, _, _ in told)
    return {text: (number, plain) for text, number, plain in told if many[text] == 1}


def _spellings(given: str) -> Iterator[tuple[str, bool]]:
    if len(given) < _SHORTEST:
        return  # It may stand anywhere.
    yield given, True
    if (plain := canonical(given)) != given:
        yield plain, False


def canonical(given: str) -> str:
    """Spell a number as it is spelled when it is written anew; other text stays."""
    try:
        return repr(float(given)) if "." in given else given
    except ValueError:
        return given


def _unread(text: str) -> None:
    return None


def _hundredth(text: str) -> float | None:
    return int(text) / 100 if text.isdigit() else None


def _share(holes: Mapping[int, str], of: Iterable[int], whole: int) -> float:
    return sum(int(holes[number]) for number in of) / int(holes[whole])


def _moment(text: str) -> datetime | None:
    return moment(text) if len(text) > 18 else None


_READ: Mapping[type, Callable[[str], Any]] = {
    int: lambda text: int(text) if text.lstrip("-").isdigit() else None,
    float: lambda text: float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None,
    datetime: _moment,
}
