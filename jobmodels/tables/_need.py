"""Optional libraries: imported where they are used, and named with the line that mends it where they are missing."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from jobmodels.errors import MissingExtra

_BULK = ("pyarrow", "numpy", "duckdb", "msgspec", "orjson")
_EXTRA_OF = {**dict.fromkeys(_BULK, "bulk"), "pyspark": "spark"}
"""From a library to the extra that brings it."""

_TRIM, _MAP = -1, -3
"""Options of `mallopt` of glibc: from which size free memory is given back, and is asked for apart."""

_KEPT, _APART = 64 << 20, 32 << 20

_RARELY = (100_000, 50, 100)
"""After how many new values Python looks for cycles, and how much more seldom among older ones."""

_SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "NUMPY_MADVISE_HUGEPAGE": "0",
}
"""What libraries are told before they are imported: to start no threads, which are of no use here and in the way of
copies, and to ask for no huge pages, of which the first ones may take long to be found."""


def need(library: str) -> Any:
    """Import an optional library.

    Raises:
        MissingExtra: it is not installed; the message has the line that mends it.
    """
    found = sys.modules.get(library)
    # Another thread may be in the midst of importing it; what is there of it then is not all of it.
    if found is not None and not getattr(getattr(found, "__spec__", None), "_initializing", False):
        return found
    try:
        return import_module(library)
    except ImportError:
        name = library.partition(".")[0]
        raise MissingExtra(name, _EXTRA_OF[name]) from None


def be_lean() -> None:
    """Make Python and pyarrow take less time and memory, in a process that does nothing but write tables.

    Python looks for cycles among the values that lines are read into, which are many and have none: a tenth of the
    time; and several times when the process ends, among all that was imported and learned. glibc gives free memory back
    and asks for it again, and a new page costs more time than what is written to it. Of the allocators of pyarrow
    mimalloc takes least memory for the time. And pyarrow imports pandas to look whether a list is one of its series:
    half a second and 50 MB. It looks once, and does without it from then on.
    """
    gc.set_threshold(*_RARELY)
    atexit.register(_look_no_more)
    _tell_glibc({_TRIM: _KEPT, _MAP: _APART})
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    arrow = need("pyarrow")
    with suppress(NotImplementedError):
        arrow.set_memory_pool(arrow.mimalloc_memory_pool())
    # One that is imported already is found without asking.
    sys.meta_path.insert(0, _NoPandas)
    try:
        arrow.array([None])
    finally:
        sys.meta_path.remove(_NoPandas)
    gc.freeze()


def _look_no_more() -> None:
    """Let Python end without a look for cycles; DuckDB would take what it is never rid of for an error of ours."""
    if "duckdb" not in sys.modules:
        gc.freeze()


def be_frugal() -> None:
    """Give large blocks back at once: slower by a tenth, where a writer in the same process needs memory too."""
    arrow = need("pyarrow")
    arrow.set_memory_pool(arrow.system_memory_pool())
    _tell_glibc({_TRIM: _KEPT // 16, _MAP: _APART // 32})


def _tell_glibc(options: Mapping[int, int]) -> None:
    """Set options of the allocator of glibc; others are left as they are."""
    import ctypes

    # Windows has no library of the process itself, and no other library than glibc has this function.
    with suppress(TypeError, OSError, AttributeError):
        for option, size in options.items():
            ctypes.CDLL(None).mallopt(option, size)


class _NoPandas:
    """Finds no pandas, and leaves all others to others."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        """Say what is to be said of a module."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
