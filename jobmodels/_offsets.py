"""Where JSON text goes beyond what is read; looked for only once it is known that it does."""

from __future__ import annotations

import math
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]|[^\s\[\]{}",:]+', re.DOTALL)
_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})


def excess(text: str, depth: int, digits: int) -> int | None:
    """Find the first token that is too much.

    Args:
        text: JSON text.
        depth: how many objects and arrays may stand inside each other.
        digits: how many digits an integer may have.

    Returns:
        Where it begins, in characters: one bracket too many, NaN or an infinity, or a number that is too long or that
        no float can hold. None where nothing is too much.
    """
    level = 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in "[{":
            level += 1
        elif token in "]}":
            level -= 1
        if level > depth or token in _CONSTANTS or (token[0] in "-0123456789" and _is_excessive(token, digits)):
            return found.start()
    return None


def _is_excessive(number: str, digits: int) -> bool:
    if number.lstrip("-").isdigit():
        return len(number.lstrip("-")) > digits
    try:
        return math.isinf(float(number))
    except ValueError:
        return False


def counted_in(given: object, text: str, offset: int) -> int:
    """Count an offset into decoded text as its giver does: in bytes of bytes, in characters of text, marks included."""
    if isinstance(given, str):
        return offset + len(given) - len(text)
    marked = 3 if bytes(given[:3]) == b"\xef\xbb\xbf" else 0  # type: ignore[index]
    return marked + len(text[:offset].encode())
