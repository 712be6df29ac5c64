"""The one grammar of moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from dateutil.parser import isoparse
from hypothesis import given
from hypothesis import strategies as st

from jobmodels._moments import moment, written
from tests.strategies import LAWS

AT = datetime(2024, 9, 17, 12, 50, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024-09-17T12:50:42Z", AT),
        ("2024-09-17 12:50:42+00:00", AT),
        ("2024-09-17T12:50:42-00:00", AT),
        ("2024-09-17T14:50:42+0200", AT),
        ("2024-09-17T07:20:42-05:30", AT),
        ("2024-09-17T12:50:42.6Z", AT + timedelta(milliseconds=600)),
        ("2024-09-17T12:50:42.653908Z", AT + timedelta(microseconds=653908)),
        ("2024-09-17T12:50:42.6539089999Z", AT + timedelta(microseconds=653908)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_utc(text: str, read: datetime) -> None:
    """Date, `T` or a blank, time, any fraction, and a zone in one of three spellings."""
    told = moment(text)

    assert told == read
    assert told is not None
    assert told.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-09-17",
        "2024-09-17T12:50:42",
        "2024-09-17T12:50Z",
        "2024-09-17T12:50:42.Z",
        "2024-09-17t12:50:42z",
        "2024-09-17  12:50:42Z",
        "2024-09-17T12:50:42 Z",
        "2024-09-17T12:50:42,6Z",
        "2024-09-17T12:50:42+02",
        "2024-09-17T12:50:42+24:00",
        "2024-09-17T24:00:00Z",
        "2024-09-17T12:60:00Z",
        "2024-09-17T12:50:60Z",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2024-W38-2T12:50:42Z",
        "20240917T125042Z",
        "2024-09-17T12:50:42Z\n",
        " 2024-09-17T12:50:42Z",
        "٢٠٢٤-09-17T12:50:42Z",
        "1726577442",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_other_text_is_no_moment(text: str) -> None:
    """Text without a zone, of another grammar, or of a moment that UTC cannot hold stays text."""
    assert moment(text) is None


def test_a_moment_without_a_zone_is_utc_only_where_the_contract_says_so() -> None:
    """A zone is never guessed."""
    assert moment("2024-09-17T12:50:42") is None
    assert moment("2024-09-17T12:50:42", naive_is_utc=True) == AT
    assert moment("2024-09-17T14:50:42+02:00", naive_is_utc=True) == AT


ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@LAWS
@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES),  # noqa: DTZ001
    st.sampled_from("T "),
    st.text("0123456789", max_size=9),
    st.booleans(),
)
def test_a_moment_is_what_isoparse_reads(at: datetime, between: str, fraction: str, colon: bool) -> None:
    """The grammar is narrower than that of `dateutil`; what it holds is read in the same way."""
    dot = f".{fraction}" if fraction else ""
    zone = at.strftime("%z")[:5]
    text = f"{at.replace(tzinfo=None, microsecond=0).isoformat()}{dot}"
    told = moment(f"{text.replace('T', between)}{zone[:3]}{':' if colon else ''}{zone[3:]}")

    assert told == isoparse(text + zone)
    assert told is not None
    assert told.tzinfo is UTC


@LAWS
@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?"), st.booleans())
def test_no_text_raises(text: str, naive_is_utc: bool) -> None:
    """Whatever the text, the answer is a moment in UTC or None."""
    told = moment(text, naive_is_utc=naive_is_utc)

    assert told is None or told.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (AT.astimezone(timezone(timedelta(hours=2))), "2024-09-17T12:50:42Z"),
        (datetime(2024, 9, 17, 12, 50, 42), "2024-09-17T12:50:42"),  # noqa: DTZ001 - that is the point
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), "0001-01-01T00:00:00+05:00"),
    ],
)
def test_a_moment_made_by_hand_is_written_in_utc_and_gets_no_zone_that_it_lacks(value: datetime, text: str) -> None:
    """At the ends of the calendar, where UTC has no such moment, it keeps its own zone."""
    assert written(value) == text
