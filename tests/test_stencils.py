"""Stencils: which lines are of the form that was learned from one of them, and what their holes hold."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmodels.loose import INSIDE, PART, RUN, SUM
from jobmodels.tables import Options
from jobmodels.tables._book import Decision, Form
from jobmodels.tables._checks import Checks, values_of
from jobmodels.tables._compiled import Native, native
from jobmodels.tables._fast import Reader
from jobmodels.tables._forms import Fixed, Hole, Part, Run, Words, parts_of
from jobmodels.tables._kinds import KINDS, NAMED, Kind, takes
from jobmodels.tables._known import Known, known_of
from jobmodels.tables._laid import Laid, plate_of
from jobmodels.tables._matches import Match, likely
from jobmodels.tables._measures import stencil_of
from jobmodels.tables._outlines import outline_of
from jobmodels.tables._programs import program_of
from jobmodels.tables._text import Text
from jobmodels.tables._trees import Node, Unfit, tree_of
from tests.strategies import LAWS
from tests.tables import lines_of

NATIVE = native()
Loose = Callable[[Node], "tuple[str, ...] | None"]
Held = dict[int, tuple[bytes, ...]]
COUNTS = frozenset({KINDS["part"], KINDS["sum"]})


def loosely(**told: str) -> Loose:
    """Say what is loose: for types of JSON a sentence; arrays may be runs, and text may be a document."""
    return lambda node: {"run": RUN, "json": INSIDE, "": None}.get(told.get(node.kind, ""), (told.get(node.kind, ""),))


def learned(text: str, loose: Loose) -> tuple[Form, tuple[Part, ...]]:
    """Learn a form from a line that means something."""
    parts = parts_of(text, tree_of(text), loose)
    outline = outline_of(parts)
    return Form(stencil_of(outline), outline, {outline.deciding: Decision(0, 0, {}, {}, frozenset())}), parts


def text_of(lines: Iterable[bytes | None], compiled: Native | None = None) -> tuple[Text, Any]:
    """Put lines into one batch; give it with the positions of those that may have a form."""
    text = Text(pa.array(lines, pa.binary()), compiled)
    return text, np.setdiff1d(np.arange(len(text.starts)), text.odd())


def held(form: Form, lines: Iterable[bytes | None], words: Iterable[bytes] = ()) -> Held:
    """Give the lines that are of a form, by their positions, with what is in their holes: in both ways the same."""
    lines, words = [*lines] if not isinstance(lines, pa.Array) else lines, [*words]
    text, places = text_of(lines)
    match = Match(text, form.stencil, form.rule, likely(form.stencil, text, places))
    known, _ = known_of(match, form)
    if len(match.places):
        checks = Checks(text, [match])
        checks.answer([words])
        known.keep(checks.fits[0], checks.spans[0])
    told = values_in(known)
    if NATIVE is not None:
        text, places = text_of(lines, NATIVE)
        plate = plate_of(NATIVE, form.stencil, program_of(form.outline, ()), form.decisions, words)
        known, _ = known_of(Laid(text, plate, places), form)
        assert values_in(known) == told
    return told


def values_in(known: Known) -> Held:
    """Give what is in the holes of lines, by their positions."""
    if not len(known.match.places):
        return {}
    text = known.match.text
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
            counts = [
                (hole.kind, int(value))
                for hole, value in zip(holes, found.groups(), strict=True)
                if hole.kind in COUNTS
            ]
            if counts:
                consistent = consistent and stands(counts) == stands(
                    [(hole.kind, int(hole.text)) for hole in holes if hole.kind in COUNTS]
                )
            if consistent and not any(family in NAMED and value in words for family, _, value in values):
                told[place] = tuple(value for _, _, value in values)
    return told


def stands(counts: Iterable[tuple[Kind, int]]) -> str | None:
    """Say how parts stand to their sums; None for what no form has."""
    told = [*counts]
    sums = {value for kind, value in told if kind is KINDS["sum"]}
    parts = sum(value for kind, value in told if kind is KINDS["part"])
    if len(sums) != 1 or max(sums) >= 2**53 or parts > max(sums):
        return None
    return "all" if parts in sums else "less"


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


COUNTED = {"/total": SUM, "/inputs": SUM, "/done": PART, "/failed": PART, "/left": PART}


def counts_in(node: Node) -> tuple[str, ...] | None:
    """Say which places are counts."""
    return COUNTED.get(node.path)


def counts_of(rng: random.Random) -> str:
    """Write counts, that mostly add up, in the places for them."""
    largest = rng.choice((0, 1, 3, 3, 40, 10**6, 2**53, 10**17))
    parts = [rng.choice((0, rng.randint(0, largest))) for _ in range(3)]
    whole = max(0, sum(parts) + rng.choice((0, 0, 0, 0, 1, largest, -1)))
    told: list[object] = [*parts, whole, whole]
    if rng.random() < 0.3:
        told[rng.randrange(5)] = rng.choice((None, "2", -1, 1.5, 10**18, 0, 7, []))
    return json.dumps(dict(zip(("done", "failed", "left", "total", "inputs"), told, strict=True)))


@LAWS
@given(seed=st.integers(0, 2**64))
def test_counts_are_of_a_form_as_long_as_they_stand_to_one_another_as_they_did(seed: int) -> None:
    """Whether parts are all of their sums or less, and which of them are nothing."""
    rng = random.Random(seed)
    lines = [counts_of(rng) for _ in range(20)]
    for line in lines[:5]:
        try:
            form, parts = learned(line, counts_in)
        except Unfit:
            continue
        raws = [line.encode() for line in lines]
        assert held(form, raws) == expected(parts, raws, ())


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ([3, 2, 1], {(9, 4, 5): True, (9, 4, 4): False, (4, 4, 0): False, (0, 0, 0): False}),
        ([3, 0, 3], {(4, 0, 4): True, (4, 1, 3): False}),
        ([4, 2, 1], {(90, 89, 0): False, (90, 8, 7): True, (3, 2, 1): False, (2, 2, 1): False}),
        ([3, None, 3], {(4, None, 4): True, (4, None, 3): False, (4, 0, 4): False}),
        ([3, None, None], {(12, None, None): True, (0, None, None): False, (2**53 - 1, None, None): True}),
        ([3, None, None], {(2**53, None, None): False, (10**18 - 1, None, None): False}),
        ([0, None, 0], {(0, None, 0): True, (0, None, None): False}),
        ([3, 1, 2, 3], {(4, 1, 3, 4): True, (4, 1, 3, 5): False, (5, 1, 3, 4): False, (5, 1, 3, 5): False}),
        ([4, 1, 2, 4], {(9, 1, 3, 9): True, (9, 1, 3, 8): False, (4, 1, 3, 4): False}),
    ],
)
def test_counts_that_stand_to_one_another_otherwise_are_of_another_form(
    line: Sequence[int | None], others: dict[tuple[int | None, ...], bool]
) -> None:
    """So are others that are nothing, and sums that a float has no room for."""
    texts = {json.dumps(dict(zip(("total", "done", "left", "inputs"), one, strict=False))): one for one in others}
    first = json.dumps(dict(zip(("total", "done", "left", "inputs"), line, strict=False)))
    assert [texts[other] for other in taken(first, counts_in, *texts)] == [one for one, fits in others.items() if fits]


@pytest.mark.parametrize(
    "line",
    [
        '{"total":2,"done":3}',
        '{"done":3}',
        '{"total":0,"done":3}',
        '{"total":3,"inputs":4,"done":3}',
        '{"total":"3","done":3}',
        '{"total":3,"done":3,"left":-1}',
        '{"total":3,"done":3,"left":"0"}',
        '{"total":3,"done":3,"left":[]}',
        '{"total":3,"done":3.0}',
        '{"total":9007199254740992,"done":3}',
        '{"total":1000000000000000000}',
    ],
)
def test_counts_that_do_not_add_up_are_of_no_form(line: str) -> None:
    """What they mean depends on how many they are; they decide then."""
    with pytest.raises(Unfit):
        learned(line, counts_in)
    parts = parts_of(line, tree_of(line), counts_in, sums=False)
    assert not any(isinstance(part, Hole) for part in parts)


def test_a_count_among_items_is_none() -> None:
    """Nobody knows which of them belong together."""
    line = '{"total":3,"l":[{"n":1},{"n":2}]}'
    told = {"/total": SUM, "/l": RUN, "/l/0/n": PART, "/l/1/n": PART}
    form, parts = learned(line, lambda node: told.get(node.path))
    assert not any(isinstance(part, Run) for part in parts)
    lines = [line.encode(), b'{"total":7,"l":[{"n":5},{"n":2}]}', b'{"total":7,"l":[{"n":7}]}']
    assert list(held(form, lines)) == [0, 1]


def test_too_many_counts_are_not_added_up() -> None:
    """Few of them are, so that each choice can be tried."""
    line = json.dumps({"total": 9, **{f"p{number}": 1 for number in range(9)}})
    with pytest.raises(Unfit):
        learned(line, lambda node: {"number": SUM if node.path == "/total" else PART}.get(node.kind))


def test_a_line_that_is_shorter_than_what_stands_between_two_holes_is_of_no_form() -> None:
    """Not even the last of a batch, behind which nothing stands."""
    line = '{"a":"12, and many things that are said between two numbers, and 345"}'
    form, _ = learned(line, loosely(text="{digits}, and many things that are said between two numbers, and {digits}"))
    assert held(form, [line.encode(), b'{"a":"x"}']) == {0: (b"12", b"345")}
    assert held(form, [b'{"a":"x"}']) == {}


NUMBERS = loosely(number="{integer}")
TEXTS = loosely(text="{text}")
RUNS = loosely(number="{integer}", text="{text}", array="run")
LONG = "a literal that is longer than sixteen bytes"


@pytest.mark.parametrize(
    ("line", "loose", "other", "is_taken"),
    [
        ("7", NUMBERS, "-12", True),
        ("7", NUMBERS, "-", False),
        ("7", NUMBERS, "7 ", False),
        ("[1, 2]", NUMBERS, "[30, -4]", True),
        ("[1, 2]", NUMBERS, "[30, 04]", False),
        ("[1, 2]", NUMBERS, "[30,4]", False),
        ("[1, 2]", NUMBERS, "[30, 4, 5]", False),
        ("[1, true, 2]", NUMBERS, "[30, true, 4]", True),
        ("[1, true, 2]", NUMBERS, "[30, false, 4]", False),
        ("[1, true]", loosely(), "[1, true]", True),
        ("[1, true]", loosely(), "[1, false]", False),
        ("{}", loosely(), "{}", True),
        ("{}", loosely(), "{}{}", False),
        ("{}", loosely(), "{", False),
        ('{"a": []}', loosely(), '{"a": []}', True),
        ('{"a": []}', loosely(), '{"a": []} ', False),
        ('{"a": []}', loosely(), ' {"a": []}', False),
        ('{"a": ""}', loosely(), '{"a": ""}', True),
        ('{"a": ""}', loosely(), '{"a": "x"}', False),
        ('{"a": "x"}', loosely(), '{"a": "xy"}', False),
        ('{"a": "x"}', TEXTS, '{"a": "a longer text"}', True),
        ('{"a": "x"}', TEXTS, '{"a": ""}', False),
        ('{"a": "x"}', TEXTS, '{"b": "x"}', False),
        ('{"a": "x"}', TEXTS, '{"a": "\\\\"}', False),
        ('{"a": "x"}', TEXTS, '{"a": "x"]', False),
        ('{"a": "x"}', TEXTS, '{"a": "x\\\\y"}', False),
        ('["x"]', RUNS, '["x\\\\y"]', False),
        ('["x"]', RUNS, '["x","z\\\\y"]', False),
        (f'{{"{LONG}": "x"}}', TEXTS, f'{{"{LONG}": "yz"}}', True),
        (f'{{"{LONG}": "x"}}', TEXTS, f'{{"{LONG.upper()}": "yz"}}', False),
        (f'{{"{LONG}": "x"}}', TEXTS, f'{{"{LONG[:-1]}x": "yz"}}', False),
        (f'{{"{LONG}": "x"}}', TEXTS, f'{{"{LONG[:16]}x{LONG[17:]}": "yz"}}', False),
        (f'{{"{LONG} in all": "x"}}', TEXTS, f'{{"{LONG} in alx": "yz"}}', False),
        (f'{{"a": "x", "b": "{LONG}"}}', TEXTS, f'{{"a": "{LONG}", "b": "x"}}', True),
        ('{"a": "75"}', loosely(text="{percent}5"), '{"a": "1005"}', True),
        ('{"a": "75"}', loosely(text="{percent}5"), '{"a": "1015"}', False),
        ('{"a": "75"}', loosely(text="{percent}5"), '{"a": "5"}', False),
        ('{"a": "5 of 12"}', loosely(text="{count} of {digits}"), '{"a": "0 of 345"}', True),
        ('{"a": "5 of 12"}', loosely(text="{count} of {digits}"), '{"a": "0 of 045"}', False),
        ('{"a": "5 of 12"}', loosely(text="{count} of {digits}"), '{"a": "0 in 345"}', False),
        ('{"a": "5 of 12"}', loosely(text="{count} of {digits}"), '{"a": "5 of 12 "}', False),
        ("[1, 2, 3]", RUNS, "[4]", True),
        ("[1, 2, 3]", RUNS, "[4, 5, 6, 7]", True),
        ("[1, 2, 3]", RUNS, "[]", False),
        ("[1, 2, 3]", RUNS, "[4, x]", False),
        ("[null, null]", RUNS, "[null]", True),
        ("[null, null]", RUNS, "[null, nul]", False),
        ('["a", "b"]', RUNS, '["c"]', True),
        ('["a", "b"]', RUNS, '["c", "d", "e"]', True),
        ('["a", "b"]', RUNS, '["c", ""]', False),
        ('["a", "b"]', RUNS, '["c","d"]', False),
        ('["a", "b"]', RUNS, "[]", False),
        ('["a", "b"]', RUNS, '["c", "d", "e]', False),
        ('["a", ["b", "c"]]', RUNS, '["x", ["b"]]', True),
        ('[{"a": 1}, {"a": 2}]', RUNS, '[{"a": 3}]', True),
        ('[{"a": 1}, {"a": 2}]', RUNS, '[{"a": 3}, {"a": 4}, {"a": 5}]', True),
        ('[{"a": 1}, {"a": 2}]', RUNS, '[{"a": 3}, {"b": 4}]', False),
        ('[{"a": 1}, {"a": 2}]', RUNS, '[{"a": 3}, {"a": x}]', False),
        ('[{"a": 1}, {"a": 2}]', RUNS, '[{"a": 3}, {"a": }]', False),
        ('[{"a": 1}, {"a": 2}]', RUNS, '[{"a": 3}; {"a": 4}]', False),
        ('[{"a": "x", "b": 1}]', RUNS, '[{"a": "yz", "b": 2},{"a": "w", "b": 3}]', True),
        ('[{"a": "x", "b": 1}]', RUNS, '[{"a": "yz", "b": 2},{"a": "w", "c": 3}]', False),
        ('{"a": "x", "l": ["b", "c"], "n": 1}', RUNS, '{"a": "y", "l": ["d"], "n": 20}', True),
        ('{"a": "x", "l": ["b", "c"], "n": 1}', RUNS, '{"a": "y", "l": ["d"], "m": 20}', False),
        ('{"a": [1, 2], "b": [3, 4]}', RUNS, '{"a": [5], "b": [6, 7, 8]}', True),
        ('{"a": [1, 2], "b": ["x", "y"]}', RUNS, '{"a": [5, 6, 7], "b": ["z"]}', True),
        ('{"a": [1, 2], "b": ["x", "y"]}', RUNS, '{"a": [5,6], "b": ["z"]}', False),
        ('{"a": ' * 9 + '["x"]' + "}" * 9, RUNS, '{"a": ' * 9 + '["y","z"]' + "}" * 9, True),
    ],
)  # fmt: skip
def test_a_line_is_of_a_form_as_far_as_it_has_its_words(line: str, loose: Loose, other: str, is_taken: bool) -> None:
    """All of them, where they belong, and values of the kinds between them; before a line and behind it is nothing."""
    form, _ = learned(line, loose)
    for lines in ([other], [line, other, line], [other, line], [line, other]):
        places = [place for place, one in enumerate(lines) if is_taken or one != other]
        assert list(held(form, [one.encode() for one in lines])) == places


@pytest.mark.parametrize(
    ("line", "loose"),
    [
        ('{"a": ["x"], "b": ["y"]}', RUNS),
        ('{"a": [1, [2, 3], 4]}', loosely(number="{integer}", array="run")),
        ('["x", "x"]', loosely(array="run")),
        ('[[1, {"a": 2}], [3, {"a": 4}]]', loosely(number="{integer}", array="run")),
        ('[1, [[2, "x"], [3, "y"]]]', RUNS),
        ('{"a": "75 of 5"}', loosely(text="{percent}5 of {count}")),
    ],
)
def test_of_some_parts_no_stencil_is_made(line: str, loose: Loose) -> None:
    """Of those where nobody knows where a value ends, or which run has how many items."""
    with pytest.raises(Unfit):
        learned(line, loose)


def test_two_values_may_stand_together_where_the_first_ends_in_one_way() -> None:
    """What stands behind it cannot be in it."""
    assert taken('{"a": "7%5"}', loosely(text="{percent}%{count}"), '{"a": "100%0"}', '{"a": "101%0"}') == [
        '{"a": "100%0"}'
    ]


NUMERALS = [
    sign + zeros + "1234567890123456789"[:size] + behind
    for sign in ("", "-", "+", "--")
    for zeros in ("", "0")
    for size in (0, 1, 2, 7, 8, 9, 15, 16, 17, 18, 19)
    for behind in ("", "/", ":", "x", ".5", " ", "\u0661")
]


@pytest.mark.parametrize("kind", ["digits", "positive", "count", "integer", "percent", "fraction", "seconds"])
def test_numbers_are_those_of_their_kind(kind: str) -> None:
    """However long they are, with signs, zeros before them, and what is next to digits behind them."""
    one = "1.5" if kind == "fraction" else "5"
    lines = [f'{{"a": {given}}}' for given in NUMERALS]
    wanted = [place for place, given in enumerate(NUMERALS) if takes(KINDS[kind], given.encode())]
    slots = {"text" if kind == "seconds" else "number": f"{{{kind}}}"}
    if kind == "seconds":
        one, lines = f'"{one}"', [f'{{"a": "{given}"}}' for given in NUMERALS]
    form, _ = learned(f'{{"a": {one}}}', loosely(**slots))
    assert list(held(form, map(str.encode, lines))) == wanted
    assert len(wanted) < len(lines)


def test_more_quotation_marks_than_a_byte_counts_are_counted() -> None:
    """A line that has 256 more is of no form of a line without them."""
    many = json.dumps([f"x{number}" for number in range(300)])
    assert taken(many, TEXTS, many.replace("x", "y"), "[]", json.dumps(["x"] * 172)) == [many.replace("x", "y")]
    (more,) = taken('["a"]', loosely(text="{text}", array="run"), many.replace(" ", ""))
    assert len(json.loads(more)) == 300


def test_ids_are_alike_where_they_were_and_unlike_where_they_were_not() -> None:
    """And are no words of any form, which they may be compared with."""
    line, loose = '{"a": "x1", "b": "x1", "c": "x2"}', loosely(text="{id}")
    others = [line.replace("x1", one).replace("x2", two) for one, two in (("y", "z"), ("yz", "y"), ("y", "y"))]
    mixed = line.replace("x1", "y", 1)
    assert taken(line, loose, *others, mixed) == others[:2]
    assert taken(line, loose, *others, words=[b"yz", b"q"]) == others[:1]
    assert taken(line, loose, *others, words=[b"z"]) == [others[1]]


def test_holes_hold_what_stands_between_the_words() -> None:
    """Each in its order, also where several stand in one text, and without those in items of a run."""
    line = '{"n": 5, "t": "took 12 of 345", "l": [{"a": "x"}, {"a": "y"}], "j": "{\\"k\\": -7}"}'

    def loose(node: Node) -> tuple[str, ...] | None:
        told = {"number": ("{integer}",), "array": RUN, "text": INSIDE if node.path == "/j" else ("{text}",)}
        return ("took {count} of {digits}",) if node.path == "/t" else told.get(node.kind)

    form, _ = learned(line, loose)
    other = line.replace("5", "-1", 1).replace("12", "0").replace("345", "6789").replace("-7", "123")
    other = other.replace('{"a": "y"}', '{"a": "z"}, {"a": "\u00e9"}')
    assert held(form, [line.encode(), b"{}", other.encode()]) == {
        0: (b"5", b"12", b"345", b"-7"),
        2: (b"-1", b"0", b"6789", b"123"),
    }


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r", b"\n\n"])
def test_line_ends_are_no_part_of_a_line(end: bytes) -> None:
    """Of whatever sort; a control character before them makes a line odd."""
    form, _ = learned('{"a": 5}', NUMBERS)
    lines = [b'{"a": 7}' + end, None, b"", end, b'{"a": "\x01"}' + end, b"\xff", b'\n{"a": 7}', b'{"a": 8}' + end]
    assert held(form, lines) == {0: (b"7",), 7: (b"8",)}
    assert text_of(lines)[0].odd() == [1, 4, 5, 6]
    assert held(form, [None, None]) == held(form, [b"", None, b"\xff"]) == held(form, []) == {}


def test_a_line_is_not_completed_by_the_next() -> None:
    """Nor by what stands in memory behind the batch, or before it."""
    form, _ = learned("[true]", loosely())
    lines = [b"[tr", b"ue]", b"[true]", b"[true", b"]", b"[true]"]
    assert list(held(form, lines)) == [2, 5]
    whole = pa.array([b'{"a": "x"}', b'{"a": "y"}', b'{"a": "z"}', b'{"a": "', b'w"}'], pa.binary())
    form, _ = learned('{"a": "x"}', TEXTS)
    for begin, size, wanted in ((1, 2, {0: (b"y",), 1: (b"z",)}), (2, 2, {0: (b"z",)}), (4, 1, {}), (5, 0, {})):
        assert held(form, whole.slice(begin, size)) == wanted


def test_a_word_that_would_begin_behind_the_last_line_is_not_there() -> None:
    """Whatever stands at the end of the batch."""
    line = json.dumps({"a" * 50: "x", "b": "y"})
    assert taken(line, TEXTS, json.dumps({"a": "x", "b": "y"})) == []


def test_lines_are_of_one_group_that_have_one_key() -> None:
    """It may stand elsewhere than first, with blanks around; lines without a key are of one group."""
    behind = b'","status":200,"body":{"a":"more than two words"}}'
    lines = [
        b'{"key":"alation/job/GET' + behind,
        b'{"key":"modzy/job/GET' + behind,
        b'{"n":1,"key" : "alation/job/GET' + behind,
        b'{"key": "alation/job/GET' + behind,
        b'{"body":{"a":"more than two words"}}',
        b'{"other":{"a":"more than two words"}}',
        b'{"key":"alation/job/GET' + behind + b" " * 40,
    ]
    text, _ = text_of(lines)
    assert sorted(places.tolist() for _, places in text.groups({})) == [[0, 2, 3, 6], [1], [4, 5]]
    assert [places.tolist() for _, places in text_of([b'{"key":"a"}'])[0].groups({})] == [[0]]
    assert sorted(places.tolist() for _, places in text.groups({3: 0, 4: 0})) == [[0, 2, 6], [1], [5]]


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ([], []),
        ([0, 2, 5], [1, 4, 6]),
        ([5, 0, 2], [6, 1, 4]),
        ([0, 0, 2], [1, 1, 4]),
        ([2, 0, 2, 5, 0], [4, 1, 4, 6, 1]),
        ([3, 3], [3, 3]),
    ],
)
def test_stretches_of_a_text_are_given_in_any_order(begins: list[int], ends: list[int]) -> None:
    """And as often as they are asked for."""
    text, _ = text_of([b"abcd", b"efg"])
    told = [b"abcdefg"[begin:end] for begin, end in zip(begins, ends, strict=True)]
    assert values_of(text, np.array(begins, np.int64), np.array(ends, np.int64)).to_pylist() == told


def test_lines_that_mean_something_unknown_are_told_one_for_each_meaning() -> None:
    """The others are kept."""
    form, _ = learned('{"a": true, "b": 5}', NUMBERS)
    lines = [b'{"a": %b, "b": 7}' % word for word in (b"false", b"true", b"null", b"false", b"null", b"true")]
    text, places = text_of(lines)
    known, unknown = known_of(Match(text, form.stencil, form.rule, likely(form.stencil, text, places)), form)
    assert known.match.places.tolist() == [1, 5]
    assert [lines[place][6:-9] for place in sorted(unknown)] == [b"false", b"null"]


def test_two_threads_may_read_at_once() -> None:
    """With one reader, which learns from the lines of both."""
    line = '{"key": "alation/job/GET", "body": {"status": "successful", "zz": "%s"}}'
    lines = [lines_of(*((line % f"{about}{number}").encode() for number in range(40))) for about in "abcd"]
    fast = Reader(Options())
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(fast.read, lines * 3))
    expected = [Reader(Options(), learns=False).read(batch).jobs for batch in lines]
    assert all(one.jobs == other for one, other in zip(told, expected * 3, strict=True))
    assert fast.generally < 6
