"""Numbers, looked at many at once: what is surely one of a kind is accepted; all else is asked of its pattern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jobmodels.tables._kinds import KINDS
from jobmodels.tables._need import need
from jobmodels.tables._rules import WORD
from jobmodels.tables._text import Text

_ZEROS, _SIXES, _HIGH = 0x3030303030303030, 0x0606060606060606, 0xF0F0F0F0F0F0F0F0

Scan = Callable[[Text, Any, Any], Any]


@cache
def scans() -> Mapping[bytes, Scan]:
    """Give the scans of kinds of numbers, by their patterns; each takes a text, where values begin, and their sizes."""
    return {
        KINDS["digits"].plain: _positive,
        KINDS["positive"].plain: _positive,
        KINDS["count"].plain: _count,
        KINDS["integer"].plain: _integer,
    }


@cache
def _masks() -> Any:
    """Give what covers the first bytes of a word, by how many they are."""
    np = need("numpy")
    covered = np.arange(WORD)[None, :] < np.arange(WORD + 1)[:, None]
    return (covered * np.uint8(255)).astype(np.uint8).view(np.uint64)


def _numeral(text: Text, begins: Any, sizes: Any) -> Any:
    """Tell where digits stand, no more than a word of them."""
    np = need("numpy")
    words = text.words[begins].view(np.uint64).reshape(len(begins), -1) ^ np.uint64(_ZEROS)
    # Numbers below ten have no high bits, and with six more neither.
    words |= words + np.uint64(_SIXES)
    words &= np.uint64(_HIGH)
    words &= _masks()[np.minimum(sizes, WORD)]
    return (sizes > 0) & (sizes <= WORD) & ((words[:, 0] | words[:, 1]) == 0)


def _positive(text: Text, begins: Any, sizes: Any) -> Any:
    return _numeral(text, begins, sizes) & (text.data[begins] != ord("0"))


def _count(text: Text, begins: Any, sizes: Any) -> Any:
    return _numeral(text, begins, sizes) & ((text.data[begins] != ord("0")) | (sizes == 1))


def _integer(text: Text, begins: Any, sizes: Any) -> Any:
    signed = text.data[begins] == ord("-")
    begins, sizes = begins + signed, sizes - signed
    return _numeral(text, begins, sizes) & ((text.data[begins] != ord("0")) | ((sizes == 1) & ~signed))
