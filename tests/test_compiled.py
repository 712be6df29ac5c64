"""The compiled part of the fast path: each of its functions says what numpy, Arrow or a pattern says."""

from __future__ import annotations

import ctypes
import os
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmodels.tables import Options, _compiled, is_compiled
from jobmodels.tables._compiled import Native, native
from jobmodels.tables._cut import Slab
from jobmodels.tables._fast import Reader
from jobmodels.tables._flows import SUSPECT
from jobmodels.tables._kinds import KINDS
from jobmodels.tables._need import need
from jobmodels.tables._programs import ORDER
from jobmodels.tables._slabs import numbered
from jobmodels.tables._text import Text
from tests.strategies import LAWS
from tests.tables import lines_of

# Where everything is to be compiled, nothing of this may be skipped.
NATIVE = native()
if NATIVE is None and os.environ.get(_compiled.SWITCH) != "1":
    pytest.skip("The compiled part is not here.", allow_module_level=True)

# Pieces of values, most of which are of some kind, or nearly.
PIECES = (
    *(
        "0",
        "00",
        "7",
        "10",
        "99",
        "100",
        "101",
        "1" * 9,
        "1" * 10,
        "1" * 17,
        "1" * 18,
        "1" * 19,
        "-",
        ".",
        ".5",
        ".123456",
    ),
    *(".1234567", "e5", "+", "a", "Z", "_", "a" * 99, "a" * 100, "1" * 100, "a" * 200, "true", "false", "True", "null"),
    *(
        "400068",
        "400068:",
        "40006:",
        "4000680:",
        "'",
        "'a'",
        "[",
        "]",
        "{",
        "}",
        ":",
        " ",
        "\t",
        "\x1f",
        "\x7f",
        "|",
        "~",
    ),
    *(
        "2024-02-28T00:00:00",
        "2024-02-29 23:59:59",
        "1999-12-31T12:30:00",
        "2100-13-01T00:00:00",
        "2024-04-31T00:00:00",
    ),
    *("2024-01-01T24:00:00", "2024-01-01t00:00:00", "2024-1-01T00:00:00", "+00:00", "+0000", "+01:00", "-00:00", "z"),
    *("\\", '"', '\\"', "é", "€", "𝄞", "\u2028", "\u00a0", "\ufeff", "plain text", "text of more than sixteen bytes "),
)
# What stands in and around credentials, or nearly.
SIGNS = (
    *(
        "bearer",
        "Bearer",
        "bearex",
        "basic",
        "BASIC",
        "ba\u017fic",
        "token",
        "to\u212aen",
        "apikey",
        "apiKey",
        "xapikey",
    ),
    *(
        " ",
        "\t",
        "\\n",
        "\\",
        "\u00a0",
        "\u2028",
        "é",
        "?",
        "&",
        ";",
        "a",
        "_",
        ".",
        "-",
        "=",
        "?a=",
        "&a-b.c=",
        "?=",
        "? a=",
    ),
    *(
        "://",
        ":/",
        "https://",
        "https://h/",
        "@",
        ":",
        "u:p@h",
        "'",
        "'a'",
        "' :",
        "'n:",
        "'\\n:",
        "'x:",
        "/",
        "<",
        ">",
        '"',
    ),
    *("plain text of some length", "0123456789abcdef", "\x7f", "\x01"),
)


def compiled() -> Native:
    """Give the compiled part, which is here."""
    assert NATIVE is not None
    return NATIVE


def joined(pieces: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Put some pieces one behind the other."""
    return st.lists(st.sampled_from(pieces), max_size=5).map(lambda parts: "".join(parts).encode())


@pytest.mark.parametrize("name", sorted(KINDS))
@LAWS
@given(text=joined(PIECES))
def test_a_value_is_of_a_kind_as_its_pattern_says(name: str, text: bytes) -> None:
    """All of it; what is taken of longer text is a value of the kind too."""
    kind = KINDS[name]
    number = next(place for place, known in enumerate(ORDER) if KINDS[known].pattern == kind.pattern)
    size = compiled().value(number, text)
    assert (size == len(text)) == (re.fullmatch(kind.pattern, text) is not None)
    assert size == -1 or re.fullmatch(kind.pattern, text[:size])


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_value_that_a_kind_makes_is_of_the_kind(name: str) -> None:
    """Whatever follows that is none of it."""
    kind = KINDS[name]
    number = next(place for place, known in enumerate(ORDER) if KINDS[known].pattern == kind.pattern)
    for many in range(400):
        value = kind.another("2024-05-06T07:08:09.123Z", many).encode()
        assert compiled().value(number, value) == compiled().value(number, value + b'"') == len(value)


def test_each_kind_has_a_number() -> None:
    """By its pattern."""
    assert {kind.pattern for kind in KINDS.values()} == {KINDS[name].pattern for name in ORDER}


def test_it_is_here() -> None:
    """As users are told."""
    assert is_compiled()


def test_there_is_no_other_kind() -> None:
    """A number that stands for none takes nothing."""
    assert compiled().value(len(ORDER), b"1") == compiled().value(-1, b"1") == -1


def found_by_pattern(texts: pa.Array) -> list[bool]:
    """Say which texts may show a credential, as RE2 says it."""
    told: list[bool] = need("pyarrow.compute").match_substring_regex(texts, SUSPECT).to_pylist()
    return told


def suspected(texts: Sequence[bytes]) -> list[bool]:
    """Say which texts may show a credential, as the compiled part says it."""
    edges = np.cumsum([0, *map(len, texts)])
    data = np.frombuffer(b"".join(texts) + b"?x=", np.uint8)
    told: list[bool] = compiled().suspect(data, edges[:-1], edges[1:]).tolist()
    return told


@LAWS
@given(texts=st.lists(joined(SIGNS), max_size=8))
def test_all_that_may_show_a_credential_is_suspected(texts: list[bytes]) -> None:
    """By pattern it is decided; so nothing that the pattern finds may be missing here."""
    array = pa.array([text.decode() for text in texts], pa.string())
    for pattern, suspect in zip(found_by_pattern(array), suspected(texts), strict=True):
        assert suspect or not pattern


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("a text that shows nothing, of many words: more than sixteen bytes of it", False),
        ('{"a":"b","c":[1,2,3],"d":"https://host.example/path?x"}', False),
        ("Object 'a b' not found; it's gone: none & nothing = nothing", False),
        ("0123456789abcdef" * 4 + "Bearer abc", True),
        ("https://host.example/?token=abc", True),
        ("https://user:secret@host.example", True),
        ("https://user@host.example", True),
        ("'password': 'abc'", True),
        ("'password\\n': 'abc'", True),
        ("'password' 'abc'", False),
        ("'\\n: x", True),
        ("APIKEY\tx", True),
        ("xtoken x", True),
        ("token-x", False),
        ("en", False),
    ],
)
def test_what_is_suspected_is_what_the_pattern_finds(text: str, expected: bool) -> None:
    """In ordinary text exactly, so that little of it is looked at twice."""
    assert suspected([text.encode()]) == [expected] == found_by_pattern(pa.array([text]))


@LAWS
@given(
    data=st.lists(st.sampled_from((b"", b"{}", b" ", b"\r", b"\t x", b'{"a":1}', b"\n", b"\n\n", b"\r\n")), max_size=12)
)
def test_lines_are_parted_as_numpy_parts_them(data: list[bytes]) -> None:
    """With whatever line ends, and blank lines."""
    text = b"".join(data)
    told: list[list[pa.RecordBatch]] = []
    for part in (lambda: NATIVE, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobmodels.tables._slabs.native", part)
            told.append([batch.lines for batch in numbered(Slab(text + b"behind", 7, len(text)), "log", 1, 1 << 20)])
    assert told[0] == told[1]


@LAWS
@given(rng=st.randoms(use_true_random=False), many=st.integers(0, 12))
def test_lines_are_looked_at_as_numpy_looks_at_them(rng: random.Random, many: int) -> None:
    """Signs, control characters, and groups of lines with one key."""
    lines = [line_of(rng) for _ in range(many)]
    first, second = (Text(pa.array(lines, pa.binary()), part) for part in (NATIVE, None))
    assert first.marks.tolist() == second.marks.tolist()
    assert first.escapes.tolist() == second.escapes.tolist()
    assert first.odd() == second.odd()
    assert first.ends.tolist() == second.ends.tolist()
    for text in (first, second):
        group_of = {place: group for group, places in text.groups({}) for place in places.tolist()}
        assert sorted(group_of) == list(range(many))
        # Lines that begin alike are in one group; others may be too, since few numbers stand for all groups.
        begun: dict[bytes, set[int]] = {}
        for place, group in group_of.items():
            if len(text.line(place)) >= 40:
                begun.setdefault(text.line(place)[:40], set()).add(group)
        assert all(len(groups) == 1 for groups in begun.values())


def line_of(rng: random.Random) -> bytes | None:
    """Make a line, most of which begin with one of few keys."""
    if rng.random() < 0.1:
        return None
    key = rng.choice((b"a/b/GET", b"system/endpoint/POST", b"system/another-endpoint/POST"))
    blank = rng.choice((b"", b"", b"", b" "))
    rest = b"".join(rng.choice((b'"', b"\\", b"\x01", b"\n", b"x" * 20, b"\xc3\xa9", b"\xff", b"}")) for _ in range(5))
    return b'{"key":%b"%b",%b' % (blank, key, rest) + rng.choice((b"", b"\n", b"\r\n"))


@LAWS
@given(rng=st.randoms(use_true_random=False), many=st.integers(0, 60))
def test_stretches_are_taken_as_arrow_takes_them(rng: random.Random, many: int) -> None:
    """In their order, or in another."""
    edges = sorted(rng.randrange(200) for _ in range(2 * many))
    begins, ends = np.array(edges[::2], np.int64), np.array(edges[1::2], np.int64)
    order = np.array([rng.randrange(many) for _ in range(many)], np.int64) if rng.random() < 0.5 else None
    data = pa.array([bytes(rng.randrange(256) for _ in range(200))])
    first, second = (Text(data, part).values(begins, ends, order) for part in (NATIVE, None))
    first.validate(full=True)
    assert first.equals(second)


def test_entries_are_found_among_many() -> None:
    """A log whose lines mean many things by what decides takes the fast path for all of them."""
    bodies = [f'{{"status": "{word}", "msg": {msg}, "result": null}}' for word in words() for msg in ("null", '"0"')]
    lines = lines_of(*(b'{"key": "alation/job/GET", "body": %b}' % body.encode() for body in bodies * 2))
    fast = Reader(Options(), native=NATIVE)
    fast.read(lines)
    before = fast.generally
    assert fast.read(lines).jobs == Reader(Options(), learns=False).read(lines).jobs
    assert fast.generally - before < len(bodies)


def words() -> Iterator[str]:
    """Give words that a status may be."""
    yield from ("successful", "failed", "started", "skipped")
    yield from (f"word-{number}" for number in range(20))


@pytest.mark.parametrize("place", ["nowhere.so", "no-library.so"])
def test_without_a_library_all_is_done_with_numpy(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, or something that is none."""
    (tmp_path / "no-library.so").write_bytes(b"no library")
    monkeypatch.setattr(_compiled, "LIBRARIES", (tmp_path / place,))
    assert native.__wrapped__() is None


def test_a_library_of_something_else_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its functions are others."""
    monkeypatch.setattr(_compiled, "LIBRARIES", (Path(pa.lib.__file__),))
    assert native.__wrapped__() is None


def test_a_library_that_is_not_wanted_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the build takes that variable, so it is taken here."""
    monkeypatch.setenv(_compiled.SWITCH, "0")
    assert native.__wrapped__() is None
    monkeypatch.setenv(_compiled.SWITCH, "1")
    assert native.__wrapped__() is not None


def test_a_library_of_another_source_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a change in it, until it is compiled anew."""
    (tmp_path / "_native.c").write_bytes(b"another")
    monkeypatch.setattr(_compiled, "SOURCES", (tmp_path / "_native.c",))
    assert native.__wrapped__() is None


def test_what_python_says_of_memory_is_what_the_compiler_says() -> None:
    """All that a form points to stands where the compiled part looks for it: its size is that of its members."""
    pointers, numbers = 5 + 2 * 4, 4 + 5 + 3
    size = 8 * pointers + 4 * numbers
    assert ctypes.sizeof(_compiled.Form) == size + size % 8
    assert ctypes.sizeof(_compiled.Lines) == 5 * 8
