"""Stencils: which lines are of the form that was learned from one of them, and what their holes hold."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jobmodels._system import INSIDE, RUN
from jobmodels.tables._book import Decision, Form
from jobmodels.tables._checks import Checks
from jobmodels.tables._forms import Fixed, Hole, Part, Run, Words, parts_of
from jobmodels.tables._kinds import IDS
from jobmodels.tables._known import known_of
from jobmodels.tables._matches import Match, likely
from jobmodels.tables._measures import stencil_of
from jobmodels.tables._text import Text
from jobmodels.tables._trees import Node, Unfit, tree_of
from tests.strategies import LAWS

Loose = Callable[[Node], "tuple[str, ...] | None"]
Held = dict[int, tuple[bytes, ...]]


def loosely(**told: str) -> Loose:
    """Say what is loose: for types of JSON a sentence; arrays may be runs, and text may be a document."""
    return lambda node: {"run": RUN, "json": INSIDE, "": None}.get(told.get(node.kind, ""), (told.get(node.kind, ""),))


def learned(text: str, loose: Loose) -> tuple[Form, tuple[Part, ...]]:
    """Learn a form from a line that means something."""
    parts = parts_of(text, tree_of(text), loose)
    stencil, told, _ = stencil_of(parts)
    return Form(stencil, {told: Decision(0, 0, {}, {}, frozenset())}), parts


def text_of(lines: Iterable[bytes | None]) -> tuple[Text, Any]:
    """Put lines into one batch; give it with the positions of those that may have a form."""
    text = Text(pa.array(lines, pa.binary()))
    return text, np.setdiff1d(np.arange(len(text.starts)), text.odd())


def held(form: Form, lines: Iterable[bytes | None], words: Iterable[bytes] = ()) -> Held:
    """Give the lines that are of a form, by their positions, with what is in their holes."""
    text, places = text_of(lines)
    known, _ = known_of(Match(text, form.stencil, form.rule, likely(form.stencil, text, places)), form)
    checks = Checks(text, [known.match])
    checks.answer(words)
    known.keep(checks.fits[0], checks.spans[0])
    spans = [[bytes(text.memory[begin:end]) for begin, end in zip(*span, strict=True)] for span in known.spans]
    values = zip(*spans, strict=True) if spans else ((),) * len(known.match.places)
    return dict(zip(known.match.places.tolist(), values, strict=True))


def taken(line: str, loose: Loose, *others: str, words: Iterable[bytes] = ()) -> list[str]:
    """Give those of other lines that are of the form of a line."""
    return [others[place] for place in held(learned(line, loose)[0], map(str.encode, others), words)]


def pattern_of(parts: Iterable[Part], *, top: bool = True) -> bytes:
    """Write parts as one pattern, with a group for each hole that stands in no run."""
    told = b""
    for part in parts:
        if isinstance(part, (Words, Fixed)):
            told += re.escape(part.text.encode())
        elif isinstance(part, Run):
            item = pattern_of(part.items[0], top=False)
            told += b"%b(?:%b%b)*+" % (item, re.escape(part.separator.encode()), item)
        elif isinstance(part, Hole):
            told += b"(%b)" % part.kind.pattern if top else part.kind.pattern
    return told


def expected(parts: Sequence[Part], lines: Sequence[bytes], words: Iterable[bytes]) -> Held:
    """Say line by line what `held` has to say."""
    matcher = re.compile(pattern_of(parts))
    holes = [part for part in parts if isinstance(part, Hole)]
    told: Held = {}
    for place, line in enumerate(lines):
        if found := matcher.fullmatch(line):
            values = [(hole.kind.family, hole.number, value) for hole, value in zip(holes, found.groups(), strict=True)]
            families = [one for one in values if one[0] is not None]
            consistent = all(
                (number == number_too) == (value == value_too)
                for family, number, value in families
                for family_too, number_too, value_too in families
                if family == family_too or number == number_too
            )
            if consistent and not any(family == IDS and value in words for family, _, value in values):
                told[place] = tuple(value for _, _, value in values)
    return told


def document(rng: random.Random, level: int = 0) -> Any:
    """Make a document, with many values alike."""
    turn = rng.uniform(0 if level else 0.5, 1 if level < 4 else 0.5)
    if turn < 0.25:
        return rng.choice((0, 7, -7, 12, 345, 10**15, 10**17, 1.5, True, None))
    if turn < 0.5:
        return rng.choice(
            ("", "a", "b-7", "x y", "12", "345", "more than sixteen bytes of text", "ä", "took 12 of 345")
        )
    if turn < 0.6:
        return json.dumps(document(rng, level + 2))
    if turn < 0.8:
        names = rng.sample(("a", "b", "a name of more than thirty-two bytes in all"), rng.randrange(1, 4))
        return {name: document(rng, level + 1) for name in names}
    if turn < 0.9:
        return [document(rng, level + 1) for _ in range(rng.randrange(4))]
    item = document(rng, level + 1)
    return [another(item, rng) for _ in range(rng.randrange(1, 4))]


def another(value: Any, rng: random.Random) -> Any:
    """Make a document of the same form, mostly."""
    if isinstance(value, dict):
        return {name: another(inner, rng) for name, inner in value.items()}
    if isinstance(value, list):
        told = [another(inner, rng) for inner in value]
        return told + [another(rng.choice(value), rng)] * rng.randrange(3) if told and rng.random() < 0.5 else told
    if isinstance(value, str):
        if value[:1] in ("{", "["):
            return json.dumps(another(json.loads(value), rng))
        return re.sub("[0-9]+", lambda found: rng.choice((found[0], "9", "12", "345")), value) + rng.choice(
            ("", "", "z")
        )
    if isinstance(value, bool) or value is None:
        return value
    return rng.choice((value, value, 0, 8, -1, 10**16, 10**18, 2.25))


def broken(line: bytes, rng: random.Random) -> bytes:
    """Change a line somewhere, or leave it."""
    at, size, turn = rng.randrange(len(line)), rng.randrange(1, 20), rng.random()
    if turn < 0.4:
        return line
    if turn < 0.6:
        return line[:at] + bytes([rng.choice(b'0"\\,}] xa')]) + line[at + 1 :]
    if turn < 0.7:
        return line[:at] + line[at + size :]
    if turn < 0.8:
        return line[:at] + line[at : at + size] * 2 + line[at + size :]
    return rng.choice((line[:at], line[at:], line + line[at:], line[:at] + b"0" + line[at:], b""))


SLOTS = ("{text}", "{id}", "{digits}", "{word}", "{prose}", "took {count} of {digits}", "json", "")
AMOUNTS = ("{integer}", "{count}", "{positive}", "{digits}", "{fraction}", "")


@LAWS
@given(seed=st.integers(0, 2**64), words=st.sampled_from(((), (b"12", b"a"))))
def test_a_stencil_takes_the_lines_that_its_parts_say(seed: int, words: Sequence[bytes]) -> None:
    """Those and no others, whatever else stands in the batch."""
    rng = random.Random(seed)
    given = document(rng)
    loose = [
        loosely(text=rng.choice(SLOTS), number=rng.choice(AMOUNTS), array=rng.choice(("run", ""))) for _ in range(3)
    ]
    line = json.dumps(given, ensure_ascii=False)
    try:
        form, parts = learned(line, lambda node: loose[len(node.path) % 3](node))
    except Unfit:
        return
    raws = [json.dumps(another(given, rng), ensure_ascii=False).encode() for _ in range(12)]
    lines = [line.encode(), *(broken(raw, rng).decode("utf-8", "ignore").encode() for raw in raws), *raws]
    rng.shuffle(lines)
    assert held(form, lines, words) == expected(parts, lines, words)


NUMBERS = loosely(number="{integer}")
TEXTS = loosely(text="{text}")
RUNS = loosely(number="{integer}", text="{text}", array="run", object="run")


def test_a_line_that_is_shorter_than_what_stands_between_two_holes_is_of_no_form() -> None:
    """Not even the last of a batch, behind which nothing stands."""
    line = '{"a":"12, and many things that are said between two numbers, and 345"}'
    form, _ = learned(line, loosely(text="{digits}, and many things that are said between two numbers, and {digits}"))
    assert held(form, [line.encode(), b'{"a":"x"}']) == {0: (b"12", b"345")}
    assert held(form, [b'{"a":"x"}']) == {}
