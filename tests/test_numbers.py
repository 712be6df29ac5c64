"""Numbers that a vendor may write as text, and shares of them."""

from __future__ import annotations

from typing import Any

import pytest

from jobmodels import Ticket
from jobmodels._numbers import count, share, whole


@pytest.mark.parametrize(
    ("value", "number"),
    [(7, 7), ("7", 7), ("-7", -7), (True, None), (7.0, None), ("7.0", None), ("٧", None), ("", None), (None, None)],
)
def test_a_whole_number_is_an_integer_or_its_digits(value: Any, number: int | None) -> None:
    """Flags, fractions and digits of other scripts are none."""
    assert whole(value) == number


def test_a_count_is_not_negative() -> None:
    """Less than nothing is no count."""
    assert count("-1") is None
    assert count(0) == 0


@pytest.mark.parametrize(
    ("part", "of", "expected"),
    [
        (1, 4, 0.25), (0, 4, 0.0), (4, 4, 1.0), (5, 4, 1.0), (10**400, 3, 1.0), (3, 10**400, 0.0),
        (-1, 4, None), (1, 0, None), ("1", 4, None), (1, None, None), (True, 4, None),
    ],
)  # fmt: skip
def test_a_share_is_between_nothing_and_all(part: Any, of: Any, expected: float | None) -> None:
    """Whatever the size of the numbers; None where there is nothing to share."""
    assert share(part, of) == expected


def test_a_ticket_takes_digits_as_text() -> None:
    """A number as vendors send it is the same ticket."""
    assert Ticket("alation/job/GET", 18446744073709551617) == Ticket("alation/job/GET", "18446744073709551617")
