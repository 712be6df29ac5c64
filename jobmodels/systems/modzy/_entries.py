"""What results documents hold for each input, as it came. Source: contracts page, 4.2."""

from __future__ import annotations

import re
from typing import Any

_FILE = re.compile(r"(?:https?://|/)[^\s\"'<>]*")
_BELOW = "/api/results/"


def unnested(name: str, entry: Any) -> Any:
    """Give the entry of an input; servers of old nested it once more, under the name of the input."""
    alone = type(entry) is dict and entry.keys() == {name}
    return entry[name] if alone and type(entry[name]) is dict else entry


def reason(name: str, entry: Any) -> Any:
    """Give what the entry of a failure says; None where it says nothing, or is no object, and may be anything."""
    entry = unnested(name, entry)
    return entry.get("error") if type(entry) is dict else None


def file_address(value: Any) -> str | None:
    """Give the address that stands for an output which is a file; None for any other output.

    It is that of the output below the results; the line feed behind it is the vendor's, and is left out.
    """
    told = value.strip() if isinstance(value, str) else ""
    return told if _BELOW in told and _FILE.fullmatch(told) else None
