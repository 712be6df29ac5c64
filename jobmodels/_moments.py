"""Moments: the one grammar of dates that the converter and the format checker share."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime

_MOMENT = re.compile(
    r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?)"
    r"(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?",
    re.ASCII,
)
_UTC = (None, "Z", "+00:00", "+0000")


def moment(text: str, *, naive_is_utc: bool = False) -> datetime | None:
    """Read a moment.

    The grammar: date, `T` or a blank, time with seconds, any fraction (what is below a microsecond is cut off), then
    `Z`, `±hh:mm` or `±hhmm`.

    Args:
        text: the text of the vendor.
        naive_is_utc: whether the contract says that a moment without a zone is UTC.

    Returns:
        An aware moment in UTC, or None for any other text, days that no calendar has and years out of range included.
    """
    found = _MOMENT.fullmatch(text)
    if not found or not (found[3] or naive_is_utc):
        return None
    try:
        if found[3] in _UTC:  # The usual case, at a tenth of the time of the general parser.
            return datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
        from dateutil.parser import isoparse

        return isoparse(f"{found[1]}T{found[2]}{found[3]}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(value: datetime) -> str:
    """Write a moment that was made by hand: in UTC, but one without a zone without one."""
    if value.tzinfo is None:
        return value.isoformat()
    with suppress(OverflowError):  # At the ends of the calendar a moment keeps its own zone.
        value = value.astimezone(UTC)
    return value.isoformat().replace("+00:00", "Z")
