"""Where values begin and end in JSON text: what is exact is taken from there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_GAP = re.compile(r"[ \t\n\r]*[{\[,:]?[ \t\n\r]*")
_SCAN = json.JSONDecoder().raw_decode


def span(text: str, name: str) -> tuple[int, int]:
    """Find where the value of a member begins and ends in the text of a JSON object; the last one counts.

    A value is taken from its own text where decoding loses something, as members given twice.

    Raises:
        KeyError: the object has no such member.
    """
    return member_spans(text)[name]


def member_spans(text: str) -> dict[str, tuple[int, int]]:
    """Find where the values of all members begin and end in the text of a JSON object."""
    found: dict[str, tuple[int, int]] = {}
    at = gap(text, 0)
    while text[at] != "}":
        name, at = _SCAN(text, at)
        start = gap(text, at)
        end = value_end(text, start)
        found[name] = (start, end)
        at = gap(text, end)
    return found


def item_spans(text: str) -> Iterator[tuple[int, int]]:
    """Find where the items begin and end in the text of a JSON array, in order."""
    at = gap(text, 0)
    while text[at] != "]":
        end = value_end(text, at)
        yield at, end
        at = gap(text, end)


def value_end(text: str, start: int) -> int:
    """Find where the value ends that begins at a place of a JSON text."""
    end: int = _SCAN(text, start)[1]
    return end


def gap(text: str, at: int) -> int:
    """Pass over blanks, and one opening bracket, comma or colon among them."""
    found = _GAP.match(text, at)
    return found.end() if found else at
