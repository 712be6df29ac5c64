"""The fast path: lines of known forms, read by patterns, with the general path for all others.

What a line of a form means was found by the general path, so both mean the same; see `jobmodels.tables._book`.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache
from itertools import compress, repeat
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._arrays import Tables, batch_of, letter
from jobmodels.tables._book import Book, Decision, Form, Kind
from jobmodels.tables._columns import DEAD, PLACE, RAW, jobs_columns
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._patterns import Pattern
from jobmodels.tables._rows import Dead, Row, accept
from jobmodels.tables._typed import Typed, typed_of
from jobmodels.tables._woven import Sheet

if TYPE_CHECKING:
    import pyarrow as pa

# Which bytes of a line tell its kind: those behind `{"key":`, as far as the shortest of keys.
_BEGIN, _END = 8, 32
_CONTROL = re.compile(rb"[\x00-\x1f]").search
_GROUPS = re.Match.groups
_AT_ONCE = 2048
_ESCAPES = 1 << 48
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


@attrs.define(eq=False)
class Reader:
    """Reads batches of lines, and learns from them; one for each way of reading.

    Attributes:
        options: how lines are read.
        learns: whether forms are learned; else all lines take the general path.
        generally: how many lines have taken the general path.
    """

    options: Options
    learns: bool = True
    generally: int = attrs.field(default=0, init=False)
    book: Book = attrs.field(init=False)
    _table: Typed | None = attrs.field(init=False)
    _lock: Lock = attrs.field(factory=Lock, init=False)
    _gallery: pa.RecordBatch | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.book = Book(self.options)
        self._table = None if self.options.typed is None else typed_of(self.options.endpoints[self.options.typed])

    def read(self, lines: pa.RecordBatch) -> Tables:
        """Read a batch; see `jobmodels.tables.normalize_batch`."""
        with self._lock:
            return _Batch(self, lines).read()

    def gallery(self) -> pa.RecordBatch:
        """Give the rows of all decisions."""
        known = self._gallery or batch_of([], jobs_columns(), self.options)
        if len(self.book.rows) > known.num_rows:
            new = batch_of(self.book.rows[known.num_rows :], jobs_columns(), self.options)
            known = need("pyarrow").concat_batches([known, new])
        self._gallery = known
        return known


@cache
def reader(options: Options) -> Reader:
    """Give the reader for a way of reading.

    Raises:
        NoSuchEndpoint: there is none with the key of the table of one endpoint.
    """
    return Reader(options)


@attrs.define(eq=False)
class Taken:
    """Lines of one form: their positions, what the pattern captured, what they mean."""

    pattern: Pattern
    places: list[int] = attrs.field(factory=list)
    groups: list[tuple[bytes, ...]] = attrs.field(factory=list)
    decisions: list[Decision] = attrs.field(factory=list)


class _Batch:
    """One batch of lines while it is read."""

    def __init__(self, owner: Reader, lines: pa.RecordBatch) -> None:
        self.owner, self.book, self.options, self.table = owner, owner.book, owner.options, owner._table
        self.lines = lines
        self.text = Text(lines.column(RAW.name))
        self.taken: dict[int, Taken] = {}
        self.rows: list[Row] = []
        self.spans: dict[int, tuple[int, int]] = {}
        self.dead: list[tuple[int, Row]] = []
        self.typed: list[tuple[int, Row]] = []
        self.missed = 0

    def read(self) -> Tables:
        for place in self.text.odd() if self.owner.learns else range(self.lines.num_rows):
            self.generally(place)
        for kind, places in self.text.kinds(self.spans).items():
            self.take(kind, places)
        sheet = Sheet(self.owner.gallery(), self.lines, self.options)
        for place in sheet.fill(self.taken.values()):
            self.generally(place)
        return Tables(
            jobs=sheet.jobs(self.rows, self.spans),
            dead=batch_of(self.placed(self.dead), DEAD, self.options),
            typed=self.table and batch_of(self.placed(self.typed), self.table.columns, self.options),
            missed=self.missed,
        )

    def placed(self, rows: list[tuple[int, Row]]) -> list[Row]:
        """Put rows in the order of their lines, and say where these stand."""
        columns = {column.name: self.lines.column(column.name) for column in PLACE}
        order = sorted(rows, key=itemgetter(0))
        return [{name: values[place].as_py() for name, values in columns.items()} | row for place, row in order]

    def take(self, kind: Kind, places: list[int]) -> None:
        """Read lines of one kind: by the forms that are known of it, then by the general path, which teaches others."""
        many = len(places)
        for form in self.book.forms_of(kind):
            if not places:
                break
            left = self.by(form, places)
            if len(left) < len(places):
                self.book.add(kind, form)
            places = left
        self.book.earn(kind[0], many - len(places))
        learned: list[Form] = []
        for place in places:
            if any(not self.by(form, [place]) for form in learned):
                self.book.earn(kind[0], 1)
                continue
            row = self.generally(place)
            taught = None if row is None else self.book.learn(kind, self.text.line(place), row)
            if taught is not None and taught not in learned:
                learned.append(taught)

    def by(self, form: Form, places: list[int]) -> list[int]:
        """Take the lines of a form; give those that are not, or mean something that is not known."""
        match, whole, starts, ends = form.match, self.text.whole, self.text.starts, self.text.ends
        taken = self.taken.setdefault(id(form.pattern), Taken(form.pattern))
        found = list(map(match, repeat(whole), map(starts.__getitem__, places), map(ends.__getitem__, places)))
        left: list[int] = []
        if None in found:
            left = [place for place, one in zip(places, found, strict=True) if one is None]
            places = [place for place, one in zip(places, found, strict=True) if one is not None]
        groups = list(map(_GROUPS, filter(None, found)))
        decisions = list(map(form.decisions.get, map(form.deciding, groups)))
        for group in form.pattern.ids:
            told = zip(map(itemgetter(group - 1), groups), decisions, strict=True)
            for at in [at for at, (value, one) in enumerate(told) if one is not None and value in one.words]:
                decisions[at] = None
        if None in decisions:
            left += [place for place, one in zip(places, decisions, strict=True) if one is None]
            known = [one is not None for one in decisions]
            places, groups = list(compress(places, known)), list(compress(groups, known))
        taken.places += places
        taken.groups += groups
        taken.decisions += filter(None, decisions)
        return left

    def generally(self, place: int) -> Row | None:
        """Read a line by the general path; give its row where it has one."""
        raw: bytes | None = self.text.raws[place].as_py()
        read = accept(raw, self.options)
        self.owner.generally += 1
        if isinstance(read, Dead):
            self.dead.append((place, letter(read, raw)))
            self.spans[place] = (0, 0)
            return None
        if self.table is not None:
            typed, missed = self.table.rows(read.jobs)
            self.typed += [(place, row) for row in typed]
            self.missed += missed
        self.spans[place] = (len(self.rows), len(read.rows))
        self.rows += read.rows
        return read.rows[0] if len(read.rows) == 1 else None


class Text:
    """The lines of a batch, as the one piece of memory in which they stand."""

    def __init__(self, raws: pa.Array) -> None:
        np = need("numpy")
        self.raws = raws
        _, offsets, data = raws.buffers()
        self.offsets = np.frombuffer(offsets, np.int32)[raws.offset : raws.offset + len(raws) + 1]
        self.starts: list[int] = self.offsets.tolist()
        self.ends = self.starts[1:]
        self.whole: bytes = b"" if data is None else data.to_pybytes()

    def line(self, place: int) -> bytes:
        """Give one line; of one that is null, nothing."""
        return self.whole[self.starts[place] : self.ends[place]]

    def odd(self) -> list[int]:
        """Give the lines that are null, no UTF-8, or have control characters before their end."""
        np = need("numpy")
        if _is_text(self.raws):
            odd: set[int] = set()
        else:
            odd = {place for place in range(len(self.raws)) if not _is_text(self.raws.slice(place, 1))}
        text = np.frombuffer(self.whole, np.uint8)
        if len(text) and text.min() < ord(" "):
            controls = np.flatnonzero(text < ord(" "))
            for place in set((np.searchsorted(self.offsets, controls, side="right") - 1).tolist()):
                if 0 <= place < len(self.raws) and _CONTROL(self.line(place).rstrip(b"\r\n")):
                    odd.add(place)
        return sorted(odd)

    def kinds(self, without: Container[int]) -> dict[Kind, list[int]]:
        """Sort lines by a hash of how they begin, by how many members they have, and by how many escapes."""
        np = need("numpy")
        parts = [
            self._shapes(first, min(first + _AT_ONCE, len(self.raws))) for first in range(0, len(self.raws), _AT_ONCE)
        ]
        if not parts:
            return {}
        hashes, shapes = (np.concatenate(several) for several in zip(*parts, strict=True))
        order = np.lexsort((shapes, hashes))
        ends = np.flatnonzero((np.diff(hashes[order]) != 0) | (np.diff(shapes[order]) != 0)) + 1
        kinds: dict[Kind, list[int]] = {}
        for places in np.split(order, ends):
            first = places[0]
            kind = int(hashes[first]), *divmod(int(shapes[first]), _ESCAPES)
            kinds[kind] = [place for place in places.tolist() if place not in without]
        return kinds

    def _shapes(self, first: int, last: int) -> tuple[Any, Any]:
        """Give the hashes of some lines, and their members and escapes; few lines at a time stay in the cache."""
        np = need("numpy")
        begin = self.starts[first]
        text = np.frombuffer(self.whole[begin : self.starts[last]] + bytes(_END), np.uint8)
        offsets = self.offsets[first : last + 1] - begin
        members = ((text[:-1] == ord('"')) & (text[1:] == ord(":"))).view(np.int8)
        escapes = np.diff(np.searchsorted(np.flatnonzero(text == ord("\\")), offsets))
        beginnings = np.lib.stride_tricks.sliding_window_view(text, _END - _BEGIN)[offsets[:-1] + _BEGIN]
        # Members are counted modulo 256, which tells enough; escapes exactly, which forms rely on.
        shapes = (np.add.reduceat(members, offsets[:-1], dtype=np.int8).astype(np.int64) * _ESCAPES) + escapes
        return (beginnings.view(np.uint64) * np.array(_FACTORS, np.uint64)).sum(axis=1), shapes


def _is_text(raws: pa.Array) -> bool:
    """Tell whether all lines are UTF-8."""
    arrow = need("pyarrow")
    try:
        raws.cast(arrow.string())
    except arrow.ArrowInvalid:
        return False
    return not raws.null_count
