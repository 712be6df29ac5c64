"""What `System.loose` says of the places of answers: what may stand there without that an answer means something else.

A log is read fast as far as its lines differ in loose places only. A place is a JSON Pointer into the answer, with `*`
for any token and `**` for any number of them; `headers/name` for a header of the envelope; `ADDED`; with the name of an
endpoint before it, as `job:/total`, in answers of that endpoint alone. The first that fits counts, and what none fits
decides.

What may stand there is one or more sentences, with kinds of values in braces, as `Took {seconds} seconds`:
`text` (any, in part of a text or all of it), `word`, `id` (letters and digits), `digits` (an id of digits), `count`,
`positive`, `integer`, `percent`, `fraction`, `seconds`, `moment`, `flag`, `quoted`. Or it is one of the names below.

    loose = {"/note": ANY, "/message": ("Took {seconds} seconds",), "/items": RUN, "/items/*/id": ("{integer}",)}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from jobmodels.errors import InvalidPlace

__all__ = ["ADDED", "ANY", "FIXED", "INSIDE", "PART", "RUN", "SUM"]

ANY: Final = ("{any}",)
"""Any text, number, or true and false means the same there."""
RUN: Final = ("[...]",)
"""An array of which only the length means something, and which has at least one item."""
INSIDE: Final = ("{json}",)
"""Text that holds a JSON document, whose own places stand below it."""
PART: Final = ("{part}",)
"""A count that is a part of each `SUM`, as the inputs that are done of all inputs. Only which parts are zero, and
whether they are together the sum or less, means something. Where they are more, or one is no count, each decides."""
SUM: Final = ("{sum}",)
"""A count of all; see `PART`."""
FIXED: Final = ()
"""What stands there decides, among places that are loose."""
ADDED: Final = "/+"
"""The places of members that have no class's name, nor one that stands in the code of the system: those at the top, and
those that typing reports as unknown."""

KINDS = frozenset({
    "text", "prose", "quoted", "word", "id", "digits", "count", "positive", "integer", "percent", "fraction", "seconds",
    "moment", "flag",
})  # fmt: skip
"""The kinds of values that sentences may name."""

_ALONE = frozenset({ANY, RUN, INSIDE, PART, SUM, FIXED})
_PLACE = re.compile(r"(?:[^/:]+:)?/.*|headers/.+", re.DOTALL)
_KIND = re.compile(r"\{(\w+)\}")


def checked(given: Mapping[Any, Any]) -> Mapping[str, tuple[str, ...]]:
    """Take what a system says of places.

    Raises:
        InvalidPlace: a place is no place, or what is said of one is neither a name of this module nor sentences.
    """
    told = {place: tuple(said) if isinstance(said, list) else said for place, said in given.items()}
    for place, said in told.items():
        if not isinstance(place, str) or not _PLACE.fullmatch(place):
            raise InvalidPlace(str(place), "neither a JSON Pointer nor headers/name")
        if not isinstance(said, tuple) or not all(isinstance(sentence, str) for sentence in said):
            raise InvalidPlace(place, "what may stand there is a tuple of sentences")
        unknown = sorted({kind for sentence in said for kind in _KIND.findall(sentence)}.difference(KINDS))
        if unknown and said not in _ALONE:
            raise InvalidPlace(place, f"{unknown[0]!r} is no kind of value in a sentence")
    return told
