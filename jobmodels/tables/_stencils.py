"""Stencils of forms: what stands where in each line of a form, from one quotation mark to the next.

What stands in a gap of a line has no quotation marks, so those that are there say where everything is: so many bytes
before or behind one of them. What all lines have is compared there; what is between is copied, or decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

import attrs

from jobmodels.tables._forms import Edge, Hole, Part, Run
from jobmodels.tables._sums import Balance


@attrs.frozen
class Spot:
    """A place in a line: so many bytes behind a mark, or before it.

    Attributes:
        mark: a quotation mark, from 0, or from -1 backwards; None: the begin of the line, or its end.
        shift: bytes.
        ends: whether it is counted from the end of the line.
    """

    mark: int | None
    shift: int
    ends: bool = False


@attrs.frozen
class Literal:
    """Bytes that all lines have in a place."""

    begin: Spot
    end: Spot
    text: bytes


@attrs.frozen
class Gap:
    """What stands between two literals: one value, or several with bytes between them that have no quotation mark."""

    begin: Spot
    end: Spot
    inside: tuple[Value, ...]


Value: TypeAlias = "Hole | Run | bytes"


@attrs.frozen
class Items:
    """The items of a run; their spots are counted from the first quotation mark of each item.

    Attributes:
        number: that of the run.
        first: how many quotation marks stand before the first item.
        quotes: how many an item has.
        escapes: how many escapes an item has.
        between: what stands between the last gap of an item and the first of the next, from which it is counted.
        literals: what each has.
        gaps: in order.
        begin: where the first gap of the first item begins.
        end: where the last gap of the last item ends.
    """

    number: int
    first: int
    quotes: int
    escapes: int
    between: Literal
    literals: tuple[Literal, ...]
    gaps: tuple[Gap, ...]
    begin: Spot
    end: Spot


@attrs.frozen(slots=False)
class Stencil:
    """What lines of a form look like.

    Attributes:
        quotes: how many quotation marks they have, without those in items of a run.
        escapes: how many escapes, likewise.
        literals: what they have.
        gaps: what is copied, in order.
        deciding: where values stand that decide.
        edges: where values begin and end, by path.
        items: what the items of a run are like.
        holes: those in gaps, in order.
        alike: pairs of holes that hold the same, by position.
        unlike: pairs of holes that do not.
        ids: holes that hold ids.
        balance: holes that hold numbers which are added up; None where none do.
    """

    quotes: int
    escapes: int
    literals: tuple[Literal, ...]
    gaps: tuple[Gap, ...]
    deciding: tuple[tuple[Spot, Spot], ...]
    edges: Mapping[str, tuple[Spot, Spot]]
    items: Items | None
    holes: tuple[Hole, ...]
    alike: tuple[tuple[int, int], ...]
    unlike: tuple[tuple[int, int], ...]
    ids: tuple[int, ...]
    balance: Balance | None

    @cached_property
    def numbers(self) -> Mapping[int, int]:
        """The positions of holes, by their numbers."""
        return {hole.number: place for place, hole in reversed(list(enumerate(self.holes)))}

    @cached_property
    def values(self) -> frozenset[int | str]:
        """What can be taken from a line: holes and the length of the run by number, places by path."""
        runs = () if self.items is None else (self.items.number,)
        return frozenset((*self.edges, *runs, *(hole.number for hole in self.holes)))


def pattern_of(inside: tuple[Value, ...]) -> bytes:
    """Write the pattern of what stands in a gap; where there are several values, each hole is a group."""
    if len(inside) == 1:
        return b"".join(_patterns(inside))
    parts = (
        b"(?P<h%d>%b)" % (place, pattern) if isinstance(value, Hole) else pattern
        for place, (value, pattern) in enumerate(zip(inside, _patterns(inside), strict=True))
    )
    return b"^%b$" % b"".join(parts)


def _patterns(inside: Iterable[Value | Part]) -> Iterator[bytes]:
    for value in inside:
        if isinstance(value, Hole):
            yield value.kind.plain
        elif isinstance(value, Run):
            item = b"".join(_patterns(value.items[0]))
            yield b"%b(?:%b%b)*" % (item, re.escape(value.separator.encode()), item)
        elif isinstance(value, Edge):
            yield b""
        else:
            yield re.escape(value if isinstance(value, bytes) else value.text.encode())
