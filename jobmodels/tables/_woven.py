"""The columns of a batch: rows of decisions and of the general path, with what is copied put in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from jobmodels.tables._arrays import batch_of
from jobmodels.tables._book import Decision
from jobmodels.tables._columns import PLACE, RAW, Column, Many, Scalar, arrow_schema, arrow_type, jobs_columns
from jobmodels.tables._flows import SUSPECT, Copy, Flow, Length, Woven, canonical
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._patterns import Pattern
from jobmodels.tables._rows import Row

if TYPE_CHECKING:
    import pyarrow as pa

_IS_SUSPECT = re.compile(SUSPECT.encode()).search
_KIND = attrgetter("kind")
_NOT_TEXT = frozenset({Scalar.INTEGER, Scalar.NUMBER, Scalar.FLAG, Scalar.MOMENT})

Groups = Sequence[Sequence[bytes]]
"""What a pattern captured: for each group what it captured in each line."""


class Lines(Protocol):
    """Lines of one form: their positions, what the pattern captured, what they mean."""

    pattern: Pattern
    places: list[int]
    groups: list[tuple[bytes, ...]]
    decisions: list[Decision]


@attrs.define(eq=False)
class Cells:
    """What was copied into one column: where it belongs, and which of it may show a credential, as ranges."""

    places: list[Any] = attrs.field(factory=list)
    values: list[Any] = attrs.field(factory=list)
    loud: list[tuple[int, int, Any]] = attrs.field(factory=list)


class Sheet:
    """The columns of one batch while they are filled."""

    def __init__(self, gallery: pa.RecordBatch, lines: pa.RecordBatch, options: Options) -> None:
        self.gallery, self.lines, self.options = gallery, lines, options
        self.np = need("numpy")
        self.columns = jobs_columns(keep_raw=options.keep_raw)
        # For each line the row of the gallery that says what it means.
        self.shown = self.np.full(lines.num_rows, -1, self.np.int64)
        self.copied: dict[str, Cells] = {}
        self.arrays: dict[str, pa.Array] = {}
        self.loud: list[tuple[pa.Array, Any]] = []

    def fill(self, taken: Iterable[Lines]) -> list[int]:
        """Put the lines that were read by forms in; give those that may show a credential, to be read once more."""
        doubted: set[int] = set()
        for lines in taken:
            if lines.places:
                self._form(lines, doubted)
        for column in self.columns:
            if column.name in self.copied:
                self._array(column)
        return sorted(doubted.union(self._doubted()))

    def _form(self, lines: Lines, doubted: set[int]) -> None:
        places = self.np.array(lines.places)
        self.shown[places] = [decision.place for decision in lines.decisions]
        groups = tuple(zip(*lines.groups, strict=True))
        for decision, which in _alike(lines.decisions):
            if which is not None:
                at, chosen = places[which], tuple(tuple(map(group.__getitem__, which)) for group in groups)
            else:
                at, chosen = places, groups
            for name, flow in decision.flows.items():
                column = self.copied.setdefault(name, Cells())
                is_loud = name not in decision.mute
                if is_loud:
                    column.loud.append((len(column.values), len(at), at))
                column.places.append(at)
                column.values += _values(flow, lines.pattern, chosen, at, doubted if is_loud else None)

    def _array(self, column: Column) -> None:
        arrow, cells = need("pyarrow"), self.copied[column.name]
        kind = arrow_type(column.type)
        if isinstance(column.type, Many):
            self.arrays[column.name] = arrow.array(cells.values, kind)
            return
        array = arrow.array(cells.values, arrow.binary()).cast(arrow.string())
        self.arrays[column.name] = array.cast(kind) if column.type in _NOT_TEXT else array
        self.loud += [(array.slice(first, many), at) for first, many, at in cells.loud]

    def _doubted(self) -> Iterator[int]:
        """Give the lines in which text may show a credential."""
        if self.loud:
            texts = need("pyarrow").concat_arrays([text for text, _ in self.loud])
            places = self.np.concatenate([at for _, at in self.loud])
            found = need("pyarrow.compute").match_substring_regex(texts, SUSPECT)
            yield from places[found.to_numpy(zero_copy_only=False)].tolist()

    def jobs(self, rows: Sequence[Row], spans: Mapping[int, tuple[int, int]]) -> pa.RecordBatch:
        """Make the batch of jobs.

        Args:
            rows: those of the general path.
            spans: for each line that it read, where its rows begin, and how many they are.
        """
        arrow, np = need("pyarrow"), self.np
        base = self.gallery.num_rows
        many = np.ones(self.lines.num_rows, np.int64)
        many[list(spans)] = [number for _, number in spans.values()]
        starts = np.concatenate(([0], np.cumsum(many)))
        chosen = np.repeat(self.shown, many)
        line_of = np.repeat(np.arange(len(many)), many)
        read = np.zeros(len(chosen), bool)
        for place, (first, number) in spans.items():
            chosen[starts[place] : starts[place] + number] = np.arange(base + first, base + first + number)
            read[starts[place] : starts[place] + number] = True
        own = batch_of(rows, jobs_columns(), self.options)
        whole = len(line_of) == len(many) and not (many != 1).any()
        arrays = []
        for column in self.columns:
            name = column.name
            if column in PLACE or column == RAW:
                given = self.lines.column(name)
                arrays.append(given if whole else given.take(arrow.array(line_of)))
                continue
            parts = [self.gallery.column(name), own.column(name)]
            index = chosen
            if name in self.arrays:
                index = chosen.copy()
                at = starts[np.concatenate(self.copied[name].places)]
                index[at] = np.where(read[at], index[at], base + own.num_rows + np.arange(len(at)))
                parts.append(self.arrays[name])
            arrays.append(arrow.concat_arrays(parts).take(arrow.array(index)))
        return arrow.RecordBatch.from_arrays(arrays, schema=arrow_schema(self.columns))


def _alike(decisions: Sequence[Decision]) -> list[tuple[Decision, list[int] | None]]:
    """Sort lines by what is copied where; None for all of them."""
    kinds = list(map(_KIND, decisions))
    if len(first := {*kinds}) == 1:
        return [(decisions[0], None)]
    which: dict[int, list[int]] = {kind: [] for kind in first}
    for place, kind in enumerate(kinds):
        which[kind].append(place)
    return [(decisions[places[0]], places) for places in which.values()]


def _values(flow: Flow, pattern: Pattern, groups: Groups, places: Any, doubted: set[int] | None) -> Sequence[Any]:
    """Make the cells of one column, as bytes of text, or as lists."""
    if isinstance(flow, Copy):
        values = groups[pattern.groups[flow.of] - 1]
        if flow.percent:
            return [repr(int(value) / 100).encode() for value in values]
        if not flow.quote:
            return values
        quote = flow.quote.encode()
        return [value.replace(quote, b'"') for value in values]
    if isinstance(flow, Length):
        return [b"%d" % value.count(flow.mark) for value in groups[pattern.groups[flow.of] - 1]]
    if isinstance(flow, Woven):
        held = []
        for of, plain in flow.of:
            given = groups[pattern.groups[of] - 1]
            held.append(given if plain else [canonical(one.decode()).encode() for one in given])
        return [flow.form % values for values in zip(*held, strict=True)]
    cells = [(at, name, _values(cell, pattern, groups, places, doubted)) for at, name, cell in flow.cells]
    lists = [[dict(given) for given in flow.given] for _ in range(len(places))]
    for at, name, values in cells:
        for told, value in zip(lists, values, strict=True):
            told[at][name] = value.decode()
        if doubted is not None:
            doubted.update(place for place, value in zip(places.tolist(), values, strict=True) if _IS_SUSPECT(value))
    return lists
