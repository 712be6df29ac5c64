"""The fast path: lines of known forms, read many at once, with the general path for all others.

What a line of a form means was found by the general path, so both mean the same; see `jobmodels.tables._book`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._arrays import Tables, batch_of, letter
from jobmodels.tables._book import Book, Form
from jobmodels.tables._checks import Checks
from jobmodels.tables._columns import DEAD, PLACE, RAW, jobs_columns
from jobmodels.tables._compiled import Native, native
from jobmodels.tables._known import Known, known_of
from jobmodels.tables._laid import Laid
from jobmodels.tables._matches import Match, likely
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._rows import Dead, Row, accept
from jobmodels.tables._text import Text
from jobmodels.tables._typed import Typed, typed_of
from jobmodels.tables._woven import Sheet

if TYPE_CHECKING:
    import pyarrow as pa


_FEW = 1024
"""Lines that are read at once where most take the general path, which takes memory for each."""


@attrs.define(eq=False)
class Reader:
    """Reads batches of lines, and learns from them; one for each way of reading.

    Attributes:
        options: how lines are read.
        learns: whether forms are learned; else all lines take the general path.
        native: the compiled part; None: all is done with numpy.
        generally: how many lines have taken the general path.
        book: what was learned.
        given: lists of values that decisions give, as arrays.
        portion: how many lines are better read at once; None for any number.
    """

    options: Options
    learns: bool = True
    native: Native | None = attrs.field(factory=native)
    generally: int = attrs.field(default=0, init=False)
    book: Book = attrs.field(init=False)
    given: dict[Any, pa.StructArray] = attrs.field(factory=dict, init=False)
    portion: int | None = attrs.field(default=None, init=False)
    _table: Typed | None = attrs.field(init=False)
    _lock: Lock = attrs.field(factory=Lock, init=False)
    _gallery: pa.RecordBatch | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.book = Book(self.options)
        self._table = None if self.options.typed is None else typed_of(self.options.endpoints[self.options.typed])

    def read(self, lines: pa.RecordBatch) -> Tables:
        """Read a batch; see `jobmodels.tables.normalize_batch`."""
        with self._lock:
            before = self.generally
            told = _Batch(self, lines).read()
            self.portion = _FEW if 2 * (self.generally - before) > lines.num_rows else None
            return told

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


class _Batch:
    """One batch of lines while it is read."""

    def __init__(self, owner: Reader, lines: pa.RecordBatch) -> None:
        self.owner, self.book, self.options, self.table = owner, owner.book, owner.options, owner._table
        self.lines = lines
        self.text = Text(lines.column(RAW.name), owner.native) if owner.learns else None
        self.known: list[Known] = []
        self.rows: list[Row] = []
        self.spans: dict[int, tuple[int, int]] = {}
        self.dead: list[tuple[int, Row]] = []
        self.typed: list[tuple[int, Row]] = []
        self.missed = 0

    def read(self) -> Tables:
        if self.text is None:
            for place in range(self.lines.num_rows):
                self.generally(place)
        else:
            for place in self.text.odd():
                self.generally(place)
            self.learn(self.text, dict(self.text.groups(self.spans)))
        sheet = Sheet(self.owner.gallery(), self.lines, self.options, self.owner.given, self.owner.native)
        for place in sheet.fill(self.known):
            self.generally(place)
        return Tables(
            jobs=sheet.jobs(batch_of(self.rows, jobs_columns(), self.options), self.spans),
            dead=batch_of(self.placed(self.dead), DEAD, self.options),
            typed=self.table and batch_of(self.placed(self.typed), self.table.columns, self.options),
            missed=self.missed,
        )

    def placed(self, rows: list[tuple[int, Row]]) -> list[Row]:
        """Put rows in the order of their lines, and say where these stand."""
        order = sorted(rows, key=itemgetter(0))
        places = need("pyarrow").array([place for place, _ in order], "int64")
        told = self.lines.select([column.name for column in PLACE]).take(places).to_pylist()
        return [stand | row for stand, (_, row) in zip(told, order, strict=True)]

    def learn(self, text: Text, left: dict[int, Any]) -> None:
        """Read lines by the forms that are known of their groups, and learn others, until nothing comes of it."""
        forms: Mapping[int, Sequence[Form]] = self.book.groups
        while left:
            many = {group: len(places) for group, places in left.items()}
            left, samples = self.take(text, left, forms)
            taught: dict[int, list[Form]] = {}
            for group, places in list(left.items()):
                self.book.earn(group, many[group] - len(places))
                taught[group], left[group] = self.teach(text, group, places, samples.get(group, ()))
                if not taught[group]:
                    for place in left.pop(group).tolist():
                        self.generally(place)
            forms = taught

    def take(
        self, text: Text, groups: Mapping[int, Any], forms: Mapping[int, Sequence[Form]]
    ) -> tuple[dict[int, Any], dict[int, list[int]]]:
        """Take lines that have a form.

        Args:
            text: that of the batch.
            groups: the positions of lines.
            forms: those that are looked for.

        Returns:
            The other lines, and of those that have a form one for each meaning that is not known.
        """
        np = need("numpy")
        left: dict[int, Any] = dict.fromkeys(groups, np.zeros(0, np.int64))
        free = np.ones(len(text.starts), bool)
        samples: dict[int, list[int]] = {}
        waiting = [(group, places, 0) for group, places in groups.items()]
        while waiting:
            found: list[tuple[Known, int, int]] = []
            for group, places, begin in waiting:
                free[places] = True
                for number, form in enumerate(forms.get(group, ())[begin:], begin + 1):
                    match = _laid(text, form, places)
                    if match is None or not len(match.places):
                        continue
                    known, unknown = known_of(match, form)
                    samples.setdefault(group, []).extend(unknown)
                    if len(known.match.places):
                        if isinstance(match, Match):
                            found.append((known, group, number))
                        else:
                            self.known.append(known)
                        free[known.match.places] = False
                        places = places[free[places]]
                left[group] = np.sort(np.concatenate((left[group], places)))
            waiting = list(self.check(text, found))
        return left, samples

    def check(self, text: Text, found: Sequence[tuple[Known, int, int]]) -> Iterator[tuple[int, Any, int]]:
        """Look at what stands in the gaps of lines; give those that are not of the form, with their groups."""
        if not found:
            return
        checks = Checks(text, [known.match for known, _, _ in found if isinstance(known.match, Match)])
        checks.answer([known.form.words for known, _, _ in found])
        for (known, group, number), fits, spans in zip(found, checks.fits, checks.spans, strict=True):
            others = known.match.places[~fits]
            known.keep(fits, spans)
            if len(known.match.places):
                self.known.append(known)
            if len(others):
                yield group, others, number

    def teach(self, text: Text, group: int, places: Any, samples: Sequence[int]) -> tuple[list[Form], Any]:
        """Learn from some lines: one for each meaning of a known form, or one for each number of marks."""
        np, given = need("numpy"), places.tolist()
        wanted = sorted(set(given).intersection(samples))
        if not wanted:
            signs = zip(text.marks[places].tolist(), text.escapes[places].tolist(), given, strict=True)
            wanted = sorted({(marks, escapes): place for marks, escapes, place in reversed([*signs])}.values())
        taught: list[Form] = []
        read: set[int] = set()
        for place in wanted:
            if len(samples) == 0 and any(len(likely(form.stencil, text, np.array([place]))) for form in taught):
                continue
            row = self.generally(place)
            read.add(place)
            form = None if row is None else self.book.learn(group, text.line(place), row)
            if form is not None and form not in taught:
                taught.append(form)
        return taught, np.array([place for place in given if place not in read], np.int64)

    def generally(self, place: int) -> Row | None:
        """Read a line by the general path; give its row where it has one."""
        raw: bytes | None = self.lines.column(RAW.name)[place].as_py()
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


def _laid(text: Text, form: Form, places: Any) -> Match | Laid | None:
    """Lay lines under a form; None where none is likely to be of it."""
    if text.native is not None:
        return Laid(text, form.plate(text.native), places)
    chosen = likely(form.stencil, text, places)
    return Match(text, form.stencil, form.rule, chosen) if len(chosen) else None
