"""Numbers that a vendor may write as text: read at level 2 only, each with a finding."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import attrs

from jobmodels._job import Finding

T = TypeVar("T")

_FLAGS = {"true": True, "false": False}
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


@attrs.define
class Numerals:
    """Reads numbers and flags of one document, and notes each that was written as text.

    `findings` are those notes; a path says where a value stands.
    """

    findings: list[Finding] = attrs.field(factory=list)

    def whole(self, value: Any, path: str) -> int | None:
        """Read a whole number; None for anything else."""
        return self._noted(whole(value), value, path)

    def count(self, value: Any, path: str) -> int | None:
        """Read a whole number that is not negative; None for anything else."""
        return self._noted(count(value), value, path)

    def flag(self, value: Any, path: str) -> bool | None:
        """Read a flag: true or false, or these words as text, in any letter case; None for anything else."""
        if type(value) is str:
            return self._noted(_FLAGS.get(value.strip().lower()), value, path)
        return value if type(value) is bool else None

    def percentage(self, value: Any, path: str) -> float | None:
        """Read a percentage as a share of 1; beyond 0 and 100 it is noted and clamped. None for anything else."""
        number = value if type(value) is float else self.whole(value, path)
        if number is None or number != number:
            return None
        if not 0 <= number <= 100:
            self.findings.append(Finding("contradiction", path, "a percentage beyond 0 and 100"))
        return min(1.0, max(0.0, number / 100)) if -1000 < number < 1000 else float(number > 0)

    def _noted(self, read: T | None, value: Any, path: str) -> T | None:
        if read is not None and type(value) is str:
            self.findings.append(Finding("number-as-text", path, "a number or a flag written as text"))
        return read
