"""The patterns of forms: what their lines look like, and which groups capture what is copied and what decides."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

import attrs

from jobmodels.tables._forms import Edge, Fixed, Hole, Part, Run, Words, rendered, spelled
from jobmodels.tables._kinds import IDS
from jobmodels.tables._trees import Unfit

_NUMBER, _FLAG = rb"[-+.0-9Ee]++", rb"[a-z]++"
_WORD, _DIGITS = re.compile(r"[0-9A-Za-z_-]+"), re.compile(r"[0-9]+")
_MOST = 6
"""How many values of one family are compared with one another."""


@attrs.frozen
class Pattern:
    """The pattern of a form.

    Attributes:
        pattern: what its lines look like.
        groups: which group is which hole, run or place.
        fixed: the groups of values that decide.
        ids: the groups of ids.
    """

    pattern: bytes
    groups: Mapping[int | str, int]
    fixed: tuple[int, ...]
    ids: tuple[int, ...]


def words_of(parts: Iterable[Part]) -> frozenset[bytes]:
    """Give the words and numbers of a line that stand in no hole."""
    told = " ".join(part.text for part in parts if isinstance(part, (Words, Fixed)))
    return frozenset(word.encode() for word in _WORD.findall(told) + _DIGITS.findall(told))


def is_quick(parts: Iterable[Part]) -> bool:
    """Tell whether all lines of a form have as many escapes as its words."""
    runs = (part for part in parts if isinstance(part, Run))
    return not any("\\" in rendered(run.items[0], lambda hole: hole.text, lambda run: 1)[0] for run in runs)


def pattern_of(parts: Iterable[Part], needed: Iterable[int | str], *, quick: bool = False) -> Pattern:
    """Write the pattern of a form.

    Args:
        parts: of the form.
        needed: the holes and runs, by number, and the places, by path, whose text is needed.
        quick: whether lines are known to have no control characters, and as many escapes as the form.
    """
    parts, needed = tuple(parts), {*needed}
    families: dict[str, list[int]] = {}
    for part in parts:
        if isinstance(part, Hole) and part.kind.family is not None:
            families.setdefault(part.kind.family, []).append(part.number)
    ids = dict.fromkeys(families.get(IDS, ()))
    compared = {*ids, *(number for numbers in families.values() if len(numbers) > 1 for number in numbers)}
    written: list[bytes] = []
    groups: dict[int | str, int] = {}
    fixed: list[int] = []
    many = 0
    for place, part in enumerate(parts):
        if isinstance(part, Words):
            written.append(re.escape(part.text.encode()))
        elif isinstance(part, Fixed):
            # Values that decide are one group where only words stand between them.
            if not _follows(parts, place, -1, needed):
                many += 1
                fixed.append(many)
                written.append(b"(")
            written.append(_scalar(part, quick=quick))
            if not _follows(parts, place, 1, needed):
                written.append(b")")
        elif isinstance(part, Edge):
            if part.path in needed:
                written.append(b"(" if part.opens else b")")
                if part.opens:
                    many += 1
                    groups[part.path] = many
        elif isinstance(part, Run):
            item, separator = pattern_of(part.items[0], (), quick=quick).pattern, re.escape(part.separator.encode())
            run = b"%b(?:%b%b)*+" % (item, separator, item)
            if part.number in needed:
                many += 1
                groups[part.number] = many
                run = b"(%b)" % run
            written.append(run)
        elif part.number in groups:
            written.append(b"(?P=h%d)" % part.number)
        elif part.number in compared or part.number in needed:
            others = [number for number in families.get(part.kind.family or "", ()) if number in groups]
            if len(others) > _MOST:
                raise Unfit
            written += [b"(?!(?P=h%d)(?![0-9A-Za-z_.-]))" % number for number in dict.fromkeys(others)]
            many += 1
            groups[part.number] = many
            written.append(b"(?P<h%d>%b)" % (part.number, _pattern(part, quick=quick)))
        else:
            written.append(_pattern(part, quick=quick))
    return Pattern(b"".join(written), groups, tuple(fixed), tuple(groups[number] for number in ids))


def _follows(parts: Sequence[Part], place: int, step: int, needed: Container[int | str]) -> bool:
    """Tell whether the next part to one side that is more than words decides too."""
    beside = parts[place + step :: step] if step > 0 else parts[:place][::-1]
    for part in beside:
        if isinstance(part, (Hole, Run)) or (isinstance(part, Edge) and part.path in needed):
            return False
        if isinstance(part, Fixed):
            return True
    return False


def _pattern(hole: Hole, *, quick: bool) -> bytes:
    return hole.kind.quick if quick and not hole.depth else hole.kind.pattern


def _scalar(part: Fixed, *, quick: bool) -> bytes:
    """Write the pattern of a value that decides: any of its type, since what it is is compared later."""
    quote = spelled('"', part.depth)
    if part.text.startswith(quote):
        end = re.escape(quote.encode())
        return rb'%b[^"%b]*+%b' % (end, b"" if quick and not part.depth else rb"\\", end)
    return _FLAG if part.text[0].isalpha() else _NUMBER
