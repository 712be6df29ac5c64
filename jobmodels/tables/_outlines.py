"""What a line looks like: texts and values in turn, what decides among them, and what all lines of its form share."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import TypeAlias

import attrs

from jobmodels.tables._forms import Edge, Fixed, Hole, Part, Run, Words, rendered, spelled
from jobmodels.tables._kinds import takes
from jobmodels.tables._sums import Balance, balance_of
from jobmodels.tables._trees import Unfit

QUOTE = b'"'


@attrs.define
class Text:
    """Bytes that all lines have, and the edges in them by their places."""

    text: bytes = b""
    edges: list[tuple[int, Edge]] = attrs.field(factory=list)

    def joined(self, other: Text) -> Text:
        moved = [(len(self.text) + at, edge) for at, edge in other.edges]
        return Text(self.text + other.text, self.edges + moved)


Token: TypeAlias = "Text | Hole | Fixed | Run"


def tokens_of(parts: Iterable[Part]) -> list[Token]:
    """Make texts and values in turn, the first and the last of them texts."""
    tokens: list[Token] = [Text()]
    for part in parts:
        last = tokens[-1]
        assert isinstance(last, Text)
        if isinstance(part, Words):
            last.text += part.text.encode()
        elif isinstance(part, Edge):
            last.edges.append((len(last.text), part))
        elif isinstance(part, Fixed):
            quote = spelled('"', part.depth)
            mark = quote.encode() if part.text.startswith(quote) else b""
            last.text += mark
            inner = part.text[len(mark) : len(part.text) - len(mark)]
            tokens += [Fixed(inner, part.depth), Text(mark)]
        else:
            tokens += [part, Text()]
    return tokens


@attrs.frozen(eq=False)
class Outline:
    """A line as texts and values in turn.

    Attributes:
        tokens: the texts and values, the first and the last of them texts.
        run: the position of a run whose items have quotation marks; None where there is none.
        deciding: what stands where values decide.
        balance: how its numbers stand to one another; None where none are added up.
        alike: what is the same for all lines of its form.
    """

    tokens: Sequence[Token]
    run: int | None
    deciding: tuple[bytes, ...]
    balance: Balance | None
    alike: object


def outline_of(parts: Iterable[Part]) -> Outline:
    """Draw the outline of a line.

    Raises:
        Unfit: it has several long runs, nobody knows where a value in it ends, or its numbers do not add up.
    """
    tokens = tokens_of(parts)
    balance = balance_of([token for token in tokens if isinstance(token, Hole)])
    long = [place for place, token in enumerate(tokens) if isinstance(token, Run) and QUOTE in spelled_item(token)]
    if len(long) > 1:
        raise Unfit
    for place in long:
        gaps_of(item_of(tokens[place]))  # Of its items the ends of values are known too.
    told: list[object] = [balance]
    deciding: list[bytes] = []
    # What stands behind a stretch that decides; it is of the same one where what follows decides too.
    words: bytes | None = None
    for gap, behind in gaps_of(tokens, {place + side for place in long for side in (-1, 0, 1)}):
        copies = is_copied(gap)
        told.append((tuple(map(_told, gap)), tuple(map(bytes_of, gap)) if copies else (), _told(behind)))
        if gap and not copies:
            stretch = b"".join(map(bytes_of, gap))
            if words is None:
                deciding.append(stretch)
            else:
                deciding[-1] += words + stretch
        words = behind.text if isinstance(behind, Text) and gap and not copies else None
    # Where all lines are the same, nothing follows.
    return Outline(
        tokens=tokens,
        run=long[0] if long else None,
        deciding=tuple(deciding) if len(tokens) > 1 else (b"",),
        balance=balance,
        alike=tuple(told),
    )


def gaps_of(tokens: Sequence[Token], marked: Container[int] = ()) -> list[tuple[list[Token], Token]]:
    """Give what stands before each text with quotation marks, and the text; so for the first, the last, and others.

    Raises:
        Unfit: nobody knows where a value ends.
    """
    gaps: list[tuple[list[Token], Token]] = []
    gap: list[Token] = []
    for place, token in enumerate(tokens):
        if place in marked or place in (0, len(tokens) - 1) or (isinstance(token, Text) and QUOTE in token.text):
            if len(gap) > 1 and (any(map(_is_open, gap, gap[1:])) or any(isinstance(value, Run) for value in gap)):
                raise Unfit
            gaps.append((gap, token))
            gap = []
        else:
            gap.append(token)
    return gaps


def _is_open(value: Token, behind: Token) -> bool:
    """Tell whether a hole may end elsewhere: where what stands behind it could be in it."""
    return isinstance(value, Hole) and takes(value.kind, value.text.encode() + (bytes_of(behind)[:1] or b"0"))


def bytes_of(value: Token) -> bytes:
    return value.text if isinstance(value, Text) else value.text.encode() if isinstance(value, Fixed) else b""


def is_copied(gap: Iterable[Token]) -> bool:
    """Tell whether what stands in a gap is copied; else it decides."""
    return any(isinstance(value, (Hole, Run)) for value in gap)


def spelled_item(run: Run) -> bytes:
    """Give an item of a run."""
    return rendered(run.items[0], lambda hole: hole.text, lambda run: 1)[0].encode()


def item_of(run: Token) -> list[Token]:
    """Give the texts and values of an item of a run."""
    assert isinstance(run, Run)
    return tokens_of(part for part in run.items[0] if not isinstance(part, Edge))


def _told(token: Token) -> object:
    """Say what a text or value is in all lines of a form."""
    if isinstance(token, Hole):
        return token.kind, token.number, token.depth
    if isinstance(token, Run):
        return token.number, token.separator, tuple(map(_told, tokens_of(token.items[0])))
    return token.text if isinstance(token, Text) else token.depth
