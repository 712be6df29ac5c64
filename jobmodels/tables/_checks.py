"""What stands in the gaps of lines: whether it is what may stand there. All lines of a batch are looked at at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from jobmodels.tables._kinds import KINDS
from jobmodels.tables._matches import Match
from jobmodels.tables._need import need
from jobmodels.tables._scans import scans
from jobmodels.tables._sums import LARGEST
from jobmodels.tables._text import Text

if TYPE_CHECKING:
    import pyarrow as pa

Span = tuple[Any, Any]
"""Where something begins and ends, in several lines."""


class Checks:
    """The questions that are asked of a batch.

    Attributes:
        spans: for each match where its holes begin and end.
    """

    def __init__(self, text: Text, matches: Sequence[Match]) -> None:
        """Take the lines that are looked at."""
        self.text, self.matches = text, matches
        self.fits = [need("numpy").ones(len(match.places), bool) for match in matches]
        self.spans: list[list[Span]] = [[] for _ in matches]
        # By patterns: positions of matches, what is to be of the pattern, and whether that stands in items.
        self._asked: dict[bytes, list[tuple[int, Span, bool]]] = {}

    def answer(self, words: Sequence[Collection[bytes]]) -> None:
        """Ask all; `words` are, for each match, those that no id in it may be."""
        parted = self._parted()
        for place, match in enumerate(self.matches):
            rule, begins, ends = match.rule, match.begins, match.ends
            self._ask(place, (begins, ends), rule.alone)
            told = ([(begins[at], ends[at])] if (place, at) not in parted else parted[place, at] for at in rule.holes)
            self.spans[place] = list(chain.from_iterable(told))
            if match.items is not None and rule.items is not None:
                self._ask(place, match.items, rule.items.alone, items=True)
        for pattern, asked in self._asked.items():
            begins, ends = joined([spans for _, spans, _ in asked])
            fits = are(self.text, pattern, begins, ends)
            self._note(fits, [(place, len(spans[0]), items) for place, spans, items in asked])
        self._compare()
        self._add_up()
        self._look_up(words)

    def _ask(self, place: int, spans: Span, alone: Mapping[bytes, Any], *, items: bool = False) -> None:
        begins, ends = spans
        for pattern, gaps in alone.items():
            self._asked.setdefault(pattern, []).append((place, (begins[gaps].ravel(), ends[gaps].ravel()), items))

    def _note(self, fits: Any, asked: Iterable[tuple[int, int, bool]]) -> None:
        """Take an answer: which stretches are as they should be; None for all.

        Args:
            fits: the answer.
            asked: the match of some stretches, how many they are, and whether they are those of items; a stretch for
                each line or item, then the next for each.
        """
        if fits is None or fits.all():
            return
        np = need("numpy")
        at = 0
        for place, size, items in asked:
            bad = np.flatnonzero(~fits[at : at + size])
            if len(bad):
                match = self.matches[place]
                lines = np.arange(len(match.places))
                if items:
                    lines = np.repeat(lines, match.lengths)
                self.fits[place][lines[bad % len(lines)]] = False
            at += size

    def _lines(self, matches: Iterable[int]) -> Iterator[tuple[int, int, bool]]:
        """Say that one stretch was asked of each line of some matches."""
        for place in matches:
            yield place, len(self.matches[place].places), False

    def _parted(self) -> Mapping[tuple[int, int], list[Span]]:
        """Find the holes of gaps that have several, by positions of match and gap."""
        compute, np = need("pyarrow.compute"), need("numpy")
        several: dict[bytes, list[tuple[int, int]]] = {}
        for place, match in enumerate(self.matches):
            for at, pattern in match.rule.parted:
                several.setdefault(pattern, []).append((place, at))
        found: dict[tuple[int, int], list[Span]] = {}
        for pattern, where in several.items():
            inside = self.matches[where[0][0]].stencil.gaps[where[0][1]].inside
            matches = [self.matches[place] for place, _ in where]
            begins, ends = joined(
                [(match.begins[at], match.ends[at]) for match, (_, at) in zip(matches, where, strict=True)]
            )
            parted = compute.extract_regex(values_of(self.text, begins, ends), pattern=pattern)
            fits = parted.is_valid().to_numpy(zero_copy_only=False)
            spans: list[Span] = []
            for number, value in enumerate(inside):
                if isinstance(value, bytes):
                    # What is not of the pattern may be shorter, and has nothing in its holes.
                    begins = begins + len(value) * fits
                    continue
                sizes = compute.binary_length(compute.struct_field(parted, f"h{number}"))
                ends = begins + compute.fill_null(sizes, 0).to_numpy()
                spans.append((begins, ends))
                begins = ends
            self._note(fits, self._lines(place for place, _ in where))
            parts = np.cumsum([len(match.places) for match in matches])[:-1]
            split = [zip(np.split(one, parts), np.split(other, parts), strict=True) for one, other in spans]
            found |= dict(zip(where, map(list, zip(*split, strict=True)), strict=True))
        return found

    def _compare(self) -> None:
        """Compare holes that hold the same, and those that do not."""
        asked = [
            (place, one, other, alike)
            for place, match in enumerate(self.matches)
            for pairs, alike in ((match.stencil.alike, True), (match.stencil.unlike, False))
            for one, other in pairs
        ]
        if not asked:
            return
        np = need("numpy")
        (begins, ends), (begins_too, ends_too) = (
            joined([self.spans[told[0]][told[side]] for told in asked]) for side in (1, 2)
        )
        same = ends - begins == ends_too - begins_too
        told = values_of(self.text, begins[same], ends[same])
        also = values_of(self.text, begins_too[same], ends_too[same])
        same[same] = need("pyarrow.compute").equal(told, also).to_numpy(zero_copy_only=False)
        wanted = np.repeat([alike for *_, alike in asked], [len(self.matches[place].places) for place, *_ in asked])
        self._note(same == wanted, self._lines(place for place, *_ in asked))

    def _add_up(self) -> None:
        """Add numbers up, and compare them with their sums."""
        np = need("numpy")
        for place, match in enumerate(self.matches):
            lines = np.flatnonzero(self.fits[place])
            if match.stencil.balance is None or not len(lines):
                continue
            balance = match.stencil.balance
            sums = [self._numbers(place, at, lines) for at in balance.sums]
            parts = sum(self._numbers(place, at, lines) for at in balance.parts)
            fits = (parts < sums[0]) if balance.is_less else (parts == sums[0])
            for other in sums:
                fits &= (other == sums[0]) & (other <= LARGEST)
            self.fits[place][lines[~fits]] = False

    def _numbers(self, place: int, at: int, lines: Any) -> Any:
        """Give the numbers in a hole of some lines."""
        begins, ends = self.spans[place][at]
        told = self.text.values(begins[lines], ends[lines])
        return told.cast(need("pyarrow").int64()).to_numpy()

    def _look_up(self, words: Sequence[Collection[bytes]]) -> None:
        """Look for ids that are words of their form: first among the words of all, since few are any."""
        arrow, compute, np = need("pyarrow"), need("pyarrow.compute"), need("numpy")
        asked = [(place, at) for place, match in enumerate(self.matches) for at in match.stencil.ids]
        if asked:
            ids = values_of(self.text, *joined([self.spans[place][at] for place, at in asked]))
            known = {word for place, _ in asked for word in words[place]}
            found = compute.is_in(ids, value_set=arrow.array(list(known), arrow.binary()))
            fits = ~found.to_numpy(zero_copy_only=False)
            owners = np.repeat([place for place, _ in asked], [len(self.matches[place].places) for place, _ in asked])
            for at in np.flatnonzero(~fits).tolist():
                fits[at] = ids[at].as_py() not in words[owners[at]]
            self._note(fits, self._lines(place for place, _ in asked))


def joined(spans: Sequence[Span]) -> Span:
    """Put one behind the other."""
    np = need("numpy")
    return np.concatenate([begins for begins, _ in spans]), np.concatenate([ends for _, ends in spans])


def values_of(text: Text, begins: Any, ends: Any) -> pa.Array:
    """Give stretches of the text, in any order, some of them more than once."""
    np = need("numpy")
    if (begins[1:] >= ends[:-1]).all():
        return text.values(begins, ends)
    order = np.argsort(begins, kind="stable")
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    begins, ends = begins[order], ends[order]
    if (begins[1:] < ends[:-1]).any():
        begins, first, again = np.unique(begins, return_index=True, return_inverse=True)
        ends, back = ends[first], again[back]
    return text.values(begins, ends, back)


def are(text: Text, pattern: bytes, begins: Any, ends: Any) -> Any:
    """Tell which stretches are all of a pattern; None: all of them."""
    np = need("numpy")
    if (firsts := _firsts().get(pattern)) is not None:
        found = firsts[text.data[begins]]
        return None if found.all() else found
    scan = scans().get(pattern)
    fits = scan(text, begins, ends - begins) if scan else np.zeros(len(begins), bool)
    asked = np.flatnonzero(~fits)
    if len(asked):
        values = values_of(text, begins[asked], ends[asked])
        told = need("pyarrow.compute").match_substring_regex(values, pattern=b"^(?:%b)$" % pattern)
        fits[asked] = told.to_numpy(zero_copy_only=False)
    return None if fits.all() else fits


@cache
def _firsts() -> Mapping[bytes, Any]:
    """Give the bytes with which text of a kind begins, of kinds where all may follow, by patterns."""
    np = need("numpy")
    kinds = [(kind.plain, re.compile(kind.begins).match) for kind in KINDS.values() if kind.begins]
    return {plain: np.array([match(bytes([byte])) is not None for byte in range(256)]) for plain, match in kinds}
