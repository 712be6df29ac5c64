"""How the stencil of a form is made of the parts of a line: where everything in it stands, by its quotation marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations

import attrs

from jobmodels.tables._forms import Hole, Run
from jobmodels.tables._kinds import NAMED
from jobmodels.tables._outlines import QUOTE, Outline, Text, Token, bytes_of, gaps_of, is_copied, item_of, spelled_item
from jobmodels.tables._stencils import Gap, Items, Literal, Spot, Stencil, Value
from jobmodels.tables._trees import Unfit

_ESCAPE = b"\\"
_MOST = 7
"""How many values of one family are compared with one another."""


@attrs.define
class _Side:
    """What is found in one side of a line, or in an item of a run; it ends with `end`."""

    literals: list[Literal] = attrs.field(factory=list)
    gaps: list[Gap] = attrs.field(factory=list)
    deciding: list[tuple[Spot, Spot]] = attrs.field(factory=list)
    edges: dict[tuple[str, bool], Spot] = attrs.field(factory=dict)
    end: Spot | None = None

    @classmethod
    def measured(cls, tokens: Sequence[Token], mark: int, *, begins: bool = False, ends: bool = False) -> _Side:
        """Say where everything stands.

        Args:
            tokens: texts and values in turn.
            mark: the number of the first quotation mark.
            begins: whether the line begins with them.
            ends: whether the line ends with them.

        Raises:
            Unfit: nobody knows where they begin, or end.
        """
        side = cls()
        gaps = gaps_of(tokens)
        for place, (gap, token) in enumerate(gaps):
            first, last = begins and not place, ends and place == len(gaps) - 1
            assert isinstance(token, Text)
            if not (first or last or QUOTE in token.text):
                raise Unfit
            spots = _Spots(token.text, mark, begins=first)
            side.edges |= {(edge.path, edge.opens): spots.at(at) for at, edge in token.edges}
            begin = Spot(None, 0) if first else Spot(None, -len(token.text), ends=True) if last else spots.at(0)
            if gap:
                side.close(gap, begin)
            side.end = Spot(None, 0, ends=True) if last else spots.at(len(token.text))
            side.literals.append(Literal(begin, side.end, token.text))
            mark += len(spots.quotes)
        return side

    def close(self, gap: Sequence[Token], at: Spot) -> None:
        """End a gap."""
        assert self.end is not None
        if is_copied(gap):
            self.gaps.append(Gap(self.end, at, tuple(map(_bare, gap))))
        elif self.deciding and self.deciding[-1][1] == self.literals[-1].begin:
            # One stretch of the line decides, with the words in it, which all lines have too.
            self.deciding[-1] = (self.deciding[-1][0], at)
        else:
            self.deciding.append((self.end, at))


class _Spots:
    """The places in a text, of which the first quotation mark has a number."""

    def __init__(self, text: bytes, mark: int, *, begins: bool) -> None:
        self.size, self.mark, self.begins = len(text), mark, begins
        self.quotes = [place for place, byte in enumerate(text) if byte == QUOTE[0]]

    def at(self, place: int) -> Spot:
        """Give one: by the quotation mark before it, or the first."""
        if not self.quotes:
            return Spot(None, place) if self.begins else Spot(None, place - self.size, ends=True)
        before = max(bisect_left(self.quotes, place) - 1, 0)
        return Spot(self.mark + before, place - self.quotes[before])


def _bare(value: Token) -> Value:
    """Leave out what a hole held; what decides is a word of the form where it stands in a gap with a hole."""
    if isinstance(value, Hole):
        return Hole("", value.kind, value.number, value.depth)
    return value if isinstance(value, Run) else bytes_of(value)


def stencil_of(outline: Outline) -> Stencil:
    """Make the stencil of a form from the outline of a line.

    Raises:
        Unfit: there is none.
    """
    tokens, items = outline.tokens, None
    if outline.run is not None:
        sides, items = _with_run(tokens, outline.run)
    else:
        sides = [_Side.measured(tokens, 0, begins=True, ends=True)]
    if len(tokens) == 1:
        # All lines are the same: nothing follows.
        sides[0].deciding.append((Spot(None, len(bytes_of(tokens[0]))), Spot(None, 0, ends=True)))
    gaps = tuple(chain.from_iterable(side.gaps for side in sides))
    holes = tuple(value for gap in gaps for value in gap.inside if isinstance(value, Hole))
    edges = dict(chain.from_iterable(side.edges.items() for side in sides))
    return Stencil(
        quotes=_quotes_in(tokens),
        escapes=sum(bytes_of(token).count(_ESCAPE) for token in tokens),
        literals=tuple(chain.from_iterable(side.literals for side in sides)),
        gaps=gaps,
        deciding=tuple(chain.from_iterable(side.deciding for side in sides)),
        edges={
            path: (spot, edges[path, False])
            for (path, opens), spot in edges.items()
            if opens and (path, False) in edges
        },
        items=items,
        holes=holes,
        alike=tuple(_alike(holes)),
        unlike=tuple(_unlike(holes)),
        ids=tuple(place for place, hole in enumerate(holes) if hole.kind.family in NAMED),
        balance=outline.balance,
    )


def _with_run(tokens: Sequence[Token], place: int) -> tuple[list[_Side], Items]:
    """Measure both sides of a run, and its items."""
    before, run, behind = tokens[:place], tokens[place], tokens[place + 1 :]
    begin, *inside = item_of(run)
    assert isinstance(run, Run)
    if not inside:
        raise Unfit
    end = inside.pop()
    last, following = before[-1], behind[0]
    assert isinstance(begin, Text)
    assert isinstance(end, Text)
    assert isinstance(last, Text)
    assert isinstance(following, Text)
    between = Text(end.text + run.separator.encode() + begin.text)
    head = _Side.measured([*before[:-1], last.joined(begin)], 0, begins=True)
    rest = [end.joined(following), *behind[1:]]
    tail = _Side.measured(rest, -_quotes_in(rest), ends=True)
    item = _Side.measured([between, *inside, between], -end.text.count(QUOTE))
    assert head.end is not None
    items = Items(
        number=run.number,
        first=_quotes_in(before),
        quotes=_quotes_in([begin, *inside, end]),
        escapes=spelled_item(run).count(_ESCAPE),
        between=item.literals[0],
        literals=tuple(item.literals[1:-1]),
        gaps=tuple(item.gaps),
        begin=head.end,
        end=tail.literals[0].begin,
    )
    return [head, tail], items


def _quotes_in(tokens: Iterable[Token]) -> int:
    return sum(bytes_of(token).count(QUOTE) for token in tokens)


def _alike(holes: Sequence[Hole]) -> Iterator[tuple[int, int]]:
    """Pair each hole with the first that holds the same."""
    first: dict[int, int] = {}
    for place, hole in enumerate(holes):
        if hole.number in first:
            yield first[hole.number], place
        else:
            first[hole.number] = place


def _unlike(holes: Sequence[Hole]) -> Iterator[tuple[int, int]]:
    """Pair the holes of one family that do not hold the same."""
    families: dict[str, dict[int, int]] = {}
    for place, hole in enumerate(holes):
        if hole.kind.family is not None:
            families.setdefault(hole.kind.family, {}).setdefault(hole.number, place)
    for places in families.values():
        if len(places) > _MOST:
            raise Unfit
        yield from combinations(places.values(), 2)
