"""What may stand in a loose place of an answer: kinds of values, and the sentences that a vendor makes of them.

A place is loose where any value of its kind means the same, so that a reading of one answer holds for all that differ
only there. A kind is narrow on purpose: what does not match it is read by the general path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import attrs

IDS, PROSE = "id", "prose"
"""The families of ids, and of text that is left out where another text says the same."""
NAMED = frozenset({IDS, PROSE})
"""Families whose values are compared with the words of a line too."""

# None of these begins as a JSON document does, or with what Python counts as a blank.
_FIRST = rb"[!#-Z\]-z|}~\xc3-\xdf\xe4-\xee\xf0-\xf4]"
_TEXT = rb'[^"\\\x00-\x1f]'
# Text that does not begin with six digits and a colon.
_PROSE = (
    rb"(?:[!#-/:-Z\]-z|}~\xc3-\xdf\xe4-\xee\xf0-\xf4]" + _TEXT + rb"*+"
    rb'|[0-9]{1,5}+(?:[^0-9"\\\x00-\x1f]' + _TEXT + rb"*+)?+"
    rb'|[0-9]{6}(?:[^:"\\\x00-\x1f]' + _TEXT + rb"*+)?+)"
)
# Each day that there is in any year.
_DAY = (
    rb"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    rb"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = rb"(?:19|20)[0-9][0-9]-" + _DAY
_TIME = rb"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}+)?+"
_WHOLE = rb"[1-9][0-9]{0,17}+"
# No number, which may be compared as one.
_NAME = rb"[0-9_-]{0,100}+[A-Za-z][0-9A-Za-z_-]{0,100}+"


_POSSESSIVE = re.compile(rb"([*+?}])\+")


def _plain(kind: Kind) -> bytes:
    return _POSSESSIVE.sub(rb"\1", kind.pattern)


@attrs.frozen(eq=False)
class Kind:
    """One kind of value.

    Attributes:
        pattern: what it looks like in the bytes of JSON text, text without its quotation marks.
        plain: the same for a matcher that looks at all ways at once.
        begins: how a value begins, where anything but quotation marks, escapes and control characters may follow.
        another: makes another value of the kind, like a given one; one for each number.
        family: values of one family are compared somewhere, so that which of them are equal matters too.
        mute: whether no value of it can be part of a credential, as numbers cannot.
        compact: whether none of it is where it is all of a text, since it has no blanks, and of signs dots and dashes.
        nodes: the types of JSON that a place has which holds nothing else.
    """

    pattern: bytes
    another: Callable[[str, int], str]
    plain: bytes = attrs.field(init=False, default=attrs.Factory(_plain, takes_self=True))
    begins: bytes | None = None
    family: str | None = None
    mute: bool = False
    compact: bool = False
    nodes: frozenset[str] = frozenset({"text"})


def _word(given: str, number: int) -> str:
    return f"zq{number:05d}x"


def _quoted(given: str, number: int) -> str:
    return f"'zq{number:05d}x'"


def _number(given: str, number: int) -> str:
    return f"73{number:05d}"


def _percent(given: str, number: int) -> str:
    return str(11 + 7 * number % 83)


def _fraction(given: str, number: int) -> str:
    return f"73{number:05d}.06250"


def _moment(given: str, number: int) -> str:
    year, month, day = 2030 + number // 336, 1 + number // 28 % 12, 1 + number % 28
    return f"{year}-{month:02d}-{day:02d}{given[10:]}"


def _flag(given: str, number: int) -> str:
    return "false" if given == "true" else "true"


_TEXTS, _NUMBERS, _FLAGS = frozenset({"text"}), frozenset({"number"}), frozenset({"flag"})

KINDS: Mapping[str, Kind] = {
    "text": Kind(_FIRST + _TEXT + rb"*+", _word, begins=_FIRST),
    "prose": Kind(_PROSE, _word, family=PROSE),
    "quoted": Kind(rb"'[^\"\\\[\]\x00-\x1f]*+", _quoted),
    "word": Kind(rb"[0-9A-Za-z_.-]{1,200}+", _word, compact=True),
    "id": Kind(_NAME, _word, family=IDS, compact=True),
    "digits": Kind(_WHOLE, _number, family=IDS, mute=True, compact=True, nodes=_TEXTS | _NUMBERS),
    "positive": Kind(_WHOLE, _number, family="count", mute=True, compact=True, nodes=_NUMBERS),
    "count": Kind(rb"(?:0|" + _WHOLE + rb")", _number, mute=True, compact=True, nodes=_NUMBERS),
    "part": Kind(_WHOLE, _number, mute=True, compact=True, nodes=_NUMBERS),
    "sum": Kind(_WHOLE, _number, mute=True, compact=True, nodes=_NUMBERS),
    "integer": Kind(rb"(?:0|-?" + _WHOLE + rb")", _number, mute=True, compact=True, nodes=_NUMBERS),
    "percent": Kind(rb"(?:[1-9]?[0-9]|100)", _percent, mute=True, compact=True, nodes=_NUMBERS),
    "fraction": Kind(rb"-?(?:0|[1-9][0-9]{0,9}+)\.[0-9]{1,6}+", _fraction, mute=True, compact=True, nodes=_NUMBERS),
    "seconds": Kind(rb"[0-9]{1,7}+(?:\.[0-9]{1,6}+)?+", _fraction, mute=True, compact=True),
    "moment": Kind(_DATE + rb"[T ]" + _TIME + rb"(?:Z|\+00:?00)", _moment, mute=True, compact=True),
    "flag": Kind(rb"(?:true|false)", _flag, mute=True, compact=True, nodes=_FLAGS),
}
"""The kinds by the names that stand in the sentences of systems."""


@attrs.frozen(eq=False)
class Slot:
    """Where a value of a kind stands in a sentence."""

    kind: Kind


Sentence = tuple[str | Slot, ...]

_SLOT = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=1000)
def sentence(written: str) -> Sentence:
    """Read a sentence: words, with the names of kinds in braces."""
    parts = _SLOT.split(written)
    return tuple(Slot(KINDS[part]) if place % 2 else part for place, part in enumerate(parts) if place % 2 or part)


@lru_cache(maxsize=1000)
def _pattern(told: Sentence) -> re.Pattern[bytes]:
    return re.compile(
        b"".join(b"(%b)" % part.kind.pattern if isinstance(part, Slot) else re.escape(part.encode()) for part in told)
    )


def fits(told: Sentence, node: str) -> bool:
    """Tell whether a sentence may be all of a value of a type of JSON: text, or one number or flag."""
    alone = told[0] if len(told) == 1 else None
    return node in alone.kind.nodes if isinstance(alone, Slot) else node == "text"


def values_in(told: Sentence, text: str) -> tuple[str, ...] | None:
    """Give what stands in the slots of a sentence; None where a text is not that sentence."""
    first, last = (told[0], told[-1]) if told else ("", "")
    if (isinstance(first, str) and not text.startswith(first)) or (isinstance(last, str) and not text.endswith(last)):
        return None
    found = _pattern(told).fullmatch(text.encode())
    return tuple(value.decode() for value in found.groups()) if found else None


def takes(kind: Kind, text: bytes) -> bool:
    """Tell whether text is a value of a kind."""
    return re.fullmatch(kind.pattern, text) is not None


def any_of(kind: str) -> Iterator[str]:
    """Give the sentences that any value of a type of JSON is: text, number, or flag."""
    if kind == "text":
        yield "{text}"
    elif kind == "number":
        yield from ("{integer}", "{fraction}")
    elif kind == "flag":
        yield "{flag}"
