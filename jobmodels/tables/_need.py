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
    try:
        return import_module(library)
    except ImportError:
        name = library.partition(".")[0]
        raise MissingExtra(name, _EXTRA_OF[name]) from None


def spare_pandas() -> None:
    """Keep pyarrow from importing pandas in this process, as it does to look whether a list is one of its series.

    That takes half a second and 50 MB. It is for processes that do nothing else: none can convert to pandas afterwards.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas)
        try:
            # It looks once, and remembers.
            need("pyarrow").array([None])
        finally:
            sys.meta_path.remove(_NoPandas)


class _NoPandas:
    """Finds no pandas, and leaves all others to others."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        """Say what is to be said of a module."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
