"""The wrapper around every answer of Kinetica: its words, and what tells it.

Source: contracts page, 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobmodels._json import decode, looks_embedded
from jobmodels.errors import DecodeError

OK = "ok"
ERROR = "error"
NONE = "none"
KEPT = "status_info"
"""What the official client keeps of a wrapper stands under this name."""
TOLD = frozenset({"status", "data_type"})


def word_of(value: Any) -> str | None:
    """Give a status word for comparison: words count in any letter case."""
    return value.strip().lower() if type(value) is str else None


def said(value: Any) -> str | None:
    """Give a sentence; an empty one is none."""
    return value if type(value) is str and value.strip() else None


def is_wrapper(value: Any) -> bool:
    """Tell a wrapper inside of a job's response from the bare response."""
    return isinstance(value, Mapping) and value.keys() >= TOLD


def is_latin(text: str) -> bool:
    """Tell whether each character of a text stands for one byte."""
    return not text or max(text) <= "\u00ff"


def contents(wrapper: Mapping[str, Any]) -> Any:
    """Give what a wrapper holds, decoded where it is JSON text; None where it is empty."""
    told = unpacked(wrapper.get("data_str"))
    return unpacked(wrapper.get("data")) if told is None else told


def unpacked(value: Any) -> Any:
    """Give what JSON text holds, and other text as it is; None for empty text."""
    if type(value) is not str:
        return value
    if not value.strip():
        return None
    try:
        return decode(value)[0]
    except DecodeError:
        return value


def envelope(document: Any) -> tuple[Mapping[str, Any], str]:
    """Find what says how the call went, and where it stands: the wrapper, or what the official client keeps of it.

    The client hands out decoded documents, with all of the wrapper but its contents as `status_info`.
    """
    if type(document) is str and looks_embedded(document):
        document = unpacked(document)
    document, base = alone(document)
    if not isinstance(document, dict):
        return {}, ""
    kept = document.get(KEPT)
    if isinstance(kept, dict) and type(document.get("status")) is not str:
        return kept, f"{base}/{KEPT}"
    return document, base


def alone(value: Any) -> tuple[Any, str]:
    """Take what stands alone in a list out of it; with the place where it stands, as a JSON Pointer."""
    return (value[0], "/0") if type(value) in (list, tuple) and len(value) == 1 else (value, "")
