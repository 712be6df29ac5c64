"""How the stencil of a form is made of the parts of a line: where everything in it stands, by its quotation marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from typing import TypeAlias

import attrs

from jobmodels.tables._forms import Edge, Fixed, Hole, Part, Run, Words, rendered, spelled
from jobmodels.tables._kinds import NAMED, takes
from jobmodels.tables._stencils import Gap, Items, Literal, Spot, Stencil, Value
from jobmodels.tables._trees import Unfit

_QUOTE, _ESCAPE = b'"', b"\\"
_MOST = 7
"""How many values of one family are compared with one another."""


@attrs.define
class _Text:
    """Bytes that all lines have, and the edges in them by their places."""

    text: bytes = b""
    edges: list[tuple[int, Edge]] = attrs.field(factory=list)

    def joined(self, other: _Text) -> _Text:
        moved = [(len(self.text) + at, edge) for at, edge in other.edges]
        return _Text(self.text + other.text, self.edges + moved)


_Token: TypeAlias = "_Text | Hole | Fixed | Run"


def _tokens(parts: Iterable[Part]) -> list[_Token]:
    """Make texts and values in turn, the first and the last of them texts."""
    tokens: list[_Token] = [_Text()]
    for part in parts:
        last = tokens[-1]
        assert isinstance(last, _Text)
        if isinstance(part, Words):
            last.text += part.text.encode()
        elif isinstance(part, Edge):
            last.edges.append((len(last.text), part))
        elif isinstance(part, Fixed):
            quote = spelled('"', part.depth)
            mark = quote.encode() if part.text.startswith(quote) else b""
            last.text += mark
            inner = part.text[len(mark) : len(part.text) - len(mark)]
            tokens += [Fixed(inner, part.depth), _Text(mark)]
        else:
            tokens += [part, _Text()]
    return tokens


@attrs.define
class _Side:
    """What is found in one side of a line, or in an item of a run; it ends with `end`."""

    literals: list[Literal] = attrs.field(factory=list)
    gaps: list[Gap] = attrs.field(factory=list)
    deciding: list[tuple[Spot, Spot]] = attrs.field(factory=list)
    told: list[bytes] = attrs.field(factory=list)
    edges: dict[tuple[str, bool], Spot] = attrs.field(factory=dict)
    end: Spot | None = None

    @classmethod
    def measured(cls, tokens: Sequence[_Token], mark: int, *, begins: bool = False, ends: bool = False) -> _Side:
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
        gap: list[_Token] = []
        for place, token in enumerate(tokens):
            first, last = begins and not place, ends and place == len(tokens) - 1
            if not isinstance(token, _Text) or not (first or last or _QUOTE in token.text):
                gap.append(token)
                continue
            spots = _Spots(token.text, mark, begins=first)
            side.edges |= {(edge.path, edge.opens): spots.at(at) for at, edge in token.edges}
            begin = Spot(None, 0) if first else Spot(None, -len(token.text), ends=True) if last else spots.at(0)
            if gap:
                side.close(gap, begin)
            side.end, gap = Spot(None, 0, ends=True) if last else spots.at(len(token.text)), []
            side.literals.append(Literal(begin, side.end, token.text))
            mark += token.text.count(_QUOTE)
        if gap:
            raise Unfit
        return side

    def close(self, gap: Sequence[_Token], at: Spot) -> None:
        """End a gap."""
        is_mixed = len(gap) > 1 and any(isinstance(value, Run) for value in gap)
        if self.end is None or is_mixed or any(map(_is_open, gap, gap[1:])):
            raise Unfit
        if any(isinstance(value, (Hole, Run)) for value in gap):
            self.gaps.append(Gap(self.end, at, tuple(map(_bare, gap))))
            return
        told = b"".join(map(_bytes_of, gap))
        if self.deciding and self.deciding[-1][1] == self.literals[-1].begin:
            # One stretch of the line decides, with the words in it.
            self.told[-1] += self.literals.pop().text + told
            self.deciding[-1] = (self.deciding[-1][0], at)
        else:
            self.told.append(told)
            self.deciding.append((self.end, at))


@attrs.frozen
class _Spots:
    """The places in a text, of which the first quotation mark has a number."""

    text: bytes
    mark: int
    begins: bool

    def at(self, place: int) -> Spot:
        """Give one: by the quotation mark before it, or the first."""
        if _QUOTE not in self.text:
            return Spot(None, place) if self.begins else Spot(None, place - len(self.text), ends=True)
        before = max(self.text.count(_QUOTE, 0, place) - 1, 0)
        quote = self.text.rfind(_QUOTE, 0, place) if before else self.text.index(_QUOTE)
        return Spot(self.mark + before, place - quote)


def _is_open(value: _Token, behind: _Token) -> bool:
    """Tell whether a hole may end elsewhere: where what stands behind it could be in it."""
    return isinstance(value, Hole) and takes(value.kind, value.text.encode() + (_bytes_of(behind)[:1] or b"0"))


def _bytes_of(value: _Token) -> bytes:
    return value.text if isinstance(value, _Text) else value.text.encode() if isinstance(value, Fixed) else b""


def _bare(value: _Token) -> Value:
    """Leave out what a hole held; what decides is a word of the form where it stands in a gap with a hole."""
    if isinstance(value, Hole):
        return attrs.evolve(value, text="")
    return value if isinstance(value, Run) else _bytes_of(value)


def stencil_of(parts: Iterable[Part]) -> tuple[Stencil, tuple[bytes, ...], object]:
    """Make the stencil of a form from the parts of a line.

    Returns:
        The stencil, what stands in the line where values decide, and what is the same for all lines of the form.

    Raises:
        Unfit: there is none.
    """
    tokens = _tokens(parts)
    long = [place for place, token in enumerate(tokens) if isinstance(token, Run) and _QUOTE in _spelled(token)]
    items = None
    if len(long) > 1:
        raise Unfit
    if long:
        sides, items = _with_run(tokens, long[0])
    else:
        sides = [_Side.measured(tokens, 0, begins=True, ends=True)]
    if len(tokens) == 1:
        # All lines are the same: nothing follows.
        sides[0].told.append(b"")
        sides[0].deciding.append((Spot(None, len(_bytes_of(tokens[0]))), Spot(None, 0, ends=True)))
    gaps = tuple(chain.from_iterable(side.gaps for side in sides))
    holes = tuple(value for gap in gaps for value in gap.inside if isinstance(value, Hole))
    edges = dict(chain.from_iterable(side.edges.items() for side in sides))
    stencil = Stencil(
        quotes=_quotes_in(tokens),
        escapes=sum(_bytes_of(token).count(_ESCAPE) for token in tokens),
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
    )
    told = tuple(chain.from_iterable(side.told for side in sides))
    return stencil, told, (tuple(map(_told, tokens)), tuple(gap.inside for gap in gaps))


def _spelled(run: Run) -> bytes:
    """Give an item of a run."""
    return rendered(run.items[0], lambda hole: hole.text, lambda run: 1)[0].encode()


def _with_run(tokens: Sequence[_Token], place: int) -> tuple[list[_Side], Items]:
    """Measure both sides of a run, and its items."""
    before, run, behind = tokens[:place], tokens[place], tokens[place + 1 :]
    assert isinstance(run, Run)
    begin, *inside = _tokens(part for part in run.items[0] if not isinstance(part, Edge))
    if not inside:
        raise Unfit
    end = inside.pop()
    last, following = before[-1], behind[0]
    assert isinstance(begin, _Text)
    assert isinstance(end, _Text)
    assert isinstance(last, _Text)
    assert isinstance(following, _Text)
    between = _Text(end.text + run.separator.encode() + begin.text)
    head = _Side.measured([*before[:-1], last.joined(begin)], 0, begins=True)
    rest = [end.joined(following), *behind[1:]]
    tail = _Side.measured(rest, -_quotes_in(rest), ends=True)
    item = _Side.measured([between, *inside, between], -end.text.count(_QUOTE))
    assert head.end is not None
    items = Items(
        number=run.number,
        first=_quotes_in(before),
        quotes=_quotes_in([begin, *inside, end]),
        escapes=_spelled(run).count(_ESCAPE),
        between=item.literals[0],
        literals=tuple(item.literals[1:-1]),
        gaps=tuple(item.gaps),
        begin=head.end,
        end=tail.literals[0].begin,
    )
    return [head, tail], items


def _quotes_in(tokens: Iterable[_Token]) -> int:
    return sum(_bytes_of(token).count(_QUOTE) for token in tokens)


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


def _told(token: _Token) -> object:
    """Say what a text or value is in all lines of a form."""
    if isinstance(token, Hole):
        return token.kind, token.number, token.depth
    if isinstance(token, Run):
        return token.number, token.separator, tuple(map(_told, _tokens(token.items[0])))
    return token.text if isinstance(token, _Text) else token.depth
