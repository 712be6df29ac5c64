"""Optional libraries: imported where they are used, and named with the line that mends it where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from jobmodels.errors import MissingExtra

_BULK = ("pyarrow", "numpy", "duckdb", "msgspec", "orjson")
_EXTRA_OF = {**dict.fromkeys(_BULK, "bulk"), "pyspark": "spark"}
"""From a library to the extra that brings it."""


def need(library: str) -> Any:
    """Import an optional library.

    Raises:
        MissingExtra: it is not installed; the message has the line that mends it.
    """
    try:
        return import_module(library)
    except ImportError:
        name = library.partition(".")[0]
        raise MissingExtra(name, _EXTRA_OF[name]) from None
