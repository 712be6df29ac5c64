"""Forms as programs of numbers, which the compiled part follows through one line after the other; see `_native.c`.

A line is read from its begin to its end. Where a hole ends is told by its kind, which takes as much as it can: what
follows is none of it. Where that could be of its kind too, the hole ends so many bytes before the next quotation mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from jobmodels.tables._forms import Hole, Run
from jobmodels.tables._kinds import KINDS, takes
from jobmodels.tables._outlines import QUOTE, Outline, Text, Token, bytes_of, gaps_of, is_copied, item_of

END, WORDS, HOLE, UNTIL, DECIDE, RUN = range(6)
NOWHERE = -1

ORDER = (
    *("text", "prose", "quoted", "word", "id", "positive", "count", "integer", "percent", "fraction", "seconds"),
    *("moment", "flag"),
)
"""The kinds, as the compiled part numbers them; those of one pattern are one."""

_NUMBERS = {KINDS[name].pattern: number for number, name in enumerate(ORDER)}


@attrs.frozen
class Ahead:
    """What follows a value: bytes up to the next value, and whether the line ends with them."""

    text: bytes
    is_last: bool = False

    def back(self) -> tuple[int, int]:
        """Say how far what follows begins before the next quotation mark; where there is none, before the end."""
        at = self.text.find(QUOTE)
        return (len(self.text), 1) if at < 0 else (at, 0)


@attrs.frozen(eq=False)
class Program:
    """A form as a program.

    What it notes of a line are places, by rows: of each hole the begin and the end, then of each stretch that decides,
    then of each place that is asked for. Behind these is the number of items of the run, and the decision.

    Attributes:
        steps: numbers, with the operands of each step behind it.
        words: the bytes of all texts.
        deciding: the row of the first stretch that decides.
        stretches: how many of these there are.
        edges: the rows of places, by path.
        length: the row of the number of items; None where there is no run.
        decision: the row of the decision, the last.
    """

    steps: tuple[int, ...]
    words: bytes
    deciding: int
    stretches: int
    edges: Mapping[str, int]
    length: int | None
    decision: int


def program_of(outline: Outline, wanted: Iterable[str]) -> Program:
    """Write a form as a program.

    Args:
        outline: that of a line of the form.
        wanted: the paths of places that are asked for.
    """
    holes = sum(isinstance(token, Hole) for token in outline.tokens)
    writer = _Writer(outline, holes, wanted)
    writer.write()
    return Program(
        steps=(*writer.steps, END),
        words=bytes(writer.words),
        deciding=2 * holes,
        stretches=len(outline.deciding),
        edges=writer.edges,
        length=None if outline.run is None else writer.rows,
        decision=writer.rows + (outline.run is not None),
    )


class _Writer:
    """Writes the steps of one form."""

    def __init__(self, outline: Outline, holes: int, wanted: Iterable[str]) -> None:
        self.outline = outline
        self.steps: list[int] = []
        self.words = bytearray()
        self.holes = 0
        self.decides = 2 * holes
        behind = self.decides + 2 * len(outline.deciding)
        self.edges = {path: behind + 2 * place for place, path in enumerate(sorted(wanted))}
        self.rows = behind + 2 * len(self.edges)

    def write(self) -> None:
        tokens, run = self.outline.tokens, self.outline.run
        place, goes_on = 0, False
        for gap, behind in gaps_of(tokens, () if run is None else (run - 1, run, run + 1)):
            ahead = [_ahead(tokens[at + 1 :]) for at in range(place, place + len(gap))]
            place += len(gap) + 1
            decides = bool(gap) and not is_copied(gap)
            if decides:
                self.decide(ahead[-1], goes_on=goes_on)
            else:
                for value, follows in zip(gap, ahead, strict=True):
                    self.value(value, [follows], is_noted=True)
            # What decides goes on where words and more that decides follow.
            goes_on = decides and isinstance(behind, Text)
            if isinstance(behind, Run):
                self.run(behind, [_ahead(tokens[place:])], self.rows)
            else:
                self.text(behind)
        if len(tokens) == 1:
            # All lines are the same: nothing follows.
            self.decide(Ahead(b"", is_last=True), goes_on=False)

    def text(self, token: Token) -> None:
        """Write bytes that all lines have."""
        edges = token.edges if isinstance(token, Text) else ()
        notes = [(at, self.edges[edge.path] + (not edge.opens)) for at, edge in edges if edge.path in self.edges]
        text = bytes_of(token)
        self.steps += [WORDS, len(self.words), len(text), len(notes), *(number for note in notes for number in note)]
        self.words += text

    def decide(self, ahead: Ahead, *, goes_on: bool) -> None:
        """Write a stretch that decides, or more of one."""
        if not goes_on:
            self.decides += 2
        row = self.decides - 2
        self.steps += [DECIDE, NOWHERE if goes_on else row, row + 1, *ahead.back()]

    def value(self, value: Token, ahead: Sequence[Ahead], *, is_noted: bool) -> None:
        """Write a value that is copied; `ahead` is all that may follow."""
        if isinstance(value, Run):
            self.run(value, ahead, NOWHERE)
        elif isinstance(value, Hole):
            kind = _NUMBERS[value.kind.pattern]
            row = 2 * self.holes if is_noted else NOWHERE
            self.holes += is_noted
            if all(_is_closed(value, follows.text) for follows in ahead):
                self.steps += [HOLE, kind, row]
            else:
                self.steps += [UNTIL, kind, row, *ahead[0].back()]
        else:
            self.text(value)

    def run(self, run: Run, ahead: Sequence[Ahead], row: int) -> None:
        """Write the items of a run."""
        separator, item = run.separator.encode(), item_of(run)
        begin = len(self.steps)
        self.steps += [RUN, row, len(self.words), len(separator), 0]
        self.words += separator
        for place, token in enumerate(item, 1):
            inner = _ahead(item[place:])
            behind = [attrs.evolve(after, text=inner.text + after.text) for after in (Ahead(separator), *ahead)]
            self.value(token, behind if inner.is_last else [inner], is_noted=False)
        self.steps.append(END)
        self.steps[begin + 4] = len(self.steps) - begin


def _ahead(tokens: Iterable[Token]) -> Ahead:
    """Say what follows before the next value."""
    text = b""
    for token in tokens:
        if isinstance(token, Run):
            return Ahead(text + _ahead(item_of(token)).text)
        if not isinstance(token, Text):
            return Ahead(text)
        text += token.text
    return Ahead(text, is_last=True)


def _is_closed(hole: Hole, behind: bytes) -> bool:
    """Tell whether what stands behind a hole is none of it; no kind takes quotation marks or backslashes."""
    return not behind or not takes(hole.kind, hole.text.encode() + behind[:1])
