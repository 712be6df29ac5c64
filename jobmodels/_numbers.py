"""Numbers that a vendor may write as text: read at level 2 only, each with a finding."""

from __future__ import annotations

import re
from typing import Any

_DIGITS = re.compile(r"-?\d{1,18}", re.ASCII)


def whole(value: Any) -> int | None:
    """Read a whole number: an integer, or its digits as text; None for anything else, flags included."""
    if type(value) is int:
        return value
    return int(value) if is_number_text(value) else None


def is_number_text(value: Any) -> bool:
    """Tell whether a value is text that `whole` reads as a number."""
    return type(value) is str and _DIGITS.fullmatch(value) is not None


def count(value: Any) -> int | None:
    """Read a count: a whole number that is not negative."""
    number = whole(value)
    return number if number is not None and number >= 0 else None


def share(part: Any, whole: Any) -> float | None:
    """Divide two counts: 0.0 to 1.0; None unless both are integers and there is something to share.

    Text is not read here, and no size of number is too much.
    """
    if type(part) is not int or type(whole) is not int or part < 0 or whole <= 0:
        return None
    return 1.0 if part >= whole else part / whole
