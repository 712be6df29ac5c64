"""Offsets of what is too much in JSON text."""

from __future__ import annotations

import pytest

from jobmodels import DecodeError, loads
from jobmodels._offsets import excess


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ('{"status": NaN}', 11),
        ("[1, -Infinity]", 4),
        ('{"NaN": Infinity}', 8),
        ('{"a": ' + "9" * 5000 + "}", 6),
        ('{"a": [1, -' + "9" * 5000 + "]}", 10),
        ("[1e400]", 1),
        ('["1e400", -1e400]', 10),
        ("[" * 100_000 + "]" * 100_000, 200),
        ('["[[[", ' + "[" * 201 + "]" * 201 + "]", 207),
        ('{"a": tru}', 6),
        ('{"a": "\\"}', 6),
    ],
)
def test_an_error_tells_where(text: str, offset: int) -> None:
    """In characters of text, in bytes of bytes; a byte order mark counts in both."""
    for given, first in ((text, 0), ("\ufeff" + text, 1), (text.encode(), 0), (b"\xef\xbb\xbf" + text.encode(), 3)):
        with pytest.raises(DecodeError) as refused:
            loads(given)
        assert refused.value.offset == first + offset


def test_bytes_are_counted_as_bytes() -> None:
    """A letter of two bytes moves the offset by two, in what is invalid and in what is too much."""
    for text in ('["é", x]', '["é", NaN]'):
        with pytest.raises(DecodeError) as refused:
            loads(text.encode())
        assert refused.value.offset == 7


@pytest.mark.parametrize("text", ["[1, 2.5, -3e2]", "[--1e5, 1.2.3]", '"NaN"', ""])
def test_nothing_is_too_much(text: str) -> None:
    """What is merely wrong is not too much."""
    assert excess(text, 200, 4300) is None
