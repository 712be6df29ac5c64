"""Typed values as plain JSON: Python names, ISO dates, seconds, secrets masked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import attrs

from jobmodels._secrets import MASK, hides, is_secret, scrub


def plain(value: Any, more: frozenset[str] = frozenset()) -> Any:
    """Give what `json.dumps` takes.

    Args:
        value: an attrs value, or anything that can stand in a field of one.
        more: names of further secret members, as the system spells them.

    Returns:
        Objects for attrs values (one member a field, `extra` where there is any) and for mappings; lists for
        sequences; ISO 8601 text for moments; seconds for durations; text for what JSON has no word for.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return scrub(str(value), more)
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(name): _member(str(name), item, more) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, more) for item in value]
    if isinstance(value, bytes):
        return scrub(value.decode("utf-8", "replace"), more)
    if isinstance(value, BaseException):
        return scrub(f"{type(value).__name__}: {value}", more)
    if attrs.has(type(value)):
        return _fields(value, more)
    return f"<{type(value).__name__}>"


def _member(name: str, value: Any, more: frozenset[str]) -> Any:
    return MASK if value is not None and is_secret(name, more) else plain(value, more)


def _fields(value: Any, more: frozenset[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in attrs.fields(type(value)):
        if field.metadata.get("plain", True):
            item = getattr(value, field.name)
            secret = item is not None and hides(type(value), field, more)
            told[field.name] = MASK if secret else plain(item, more)
    extra = getattr(value, "extra", None)
    if extra and isinstance(extra, Mapping):
        told["extra"] = plain(extra, more)
    return told
