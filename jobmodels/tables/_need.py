"""Optional libraries: imported where they are used, and named with the line that mends it where they are missing."""

from __future__ import annotations

import sys
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
    found = sys.modules.get(library)
    if found is not None:
        return found
    try:
        return import_module(library)
    except ImportError:
        name = library.partition(".")[0]
        raise MissingExtra(name, _EXTRA_OF[name]) from None


def be_lean() -> None:
    """Make pyarrow take less time and memory, in a process that does nothing but write tables.

    It imports pandas to look whether a list is one of its series: half a second and 50 MB. It looks once, and does
    without it from then on. Its own allocator keeps what was given back; that of the system does not.
    """
    arrow = need("pyarrow")
    arrow.set_memory_pool(arrow.system_memory_pool())
    # One that is imported already is found without asking.
    sys.meta_path.insert(0, _NoPandas)
    try:
        arrow.array([None])
    finally:
        sys.meta_path.remove(_NoPandas)


class _NoPandas:
    """Finds no pandas, and leaves all others to others."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        """Say what is to be said of a module."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
