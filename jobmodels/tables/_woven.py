"""The columns of a batch: rows of decisions and of the general path, with what is copied put in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels.tables._columns import PLACE, RAW, Column, arrow_schema, arrow_type, jobs_columns
from jobmodels.tables._compiled import Native
from jobmodels.tables._flows import SUSPECT, Copy, Flow, Length, Share, Woven, canonical
from jobmodels.tables._flows import Members as Several
from jobmodels.tables._known import Known
from jobmodels.tables._need import need
from jobmodels.tables._options import Options
from jobmodels.tables._text import order_of

if TYPE_CHECKING:
    import pyarrow as pa


@attrs.define(eq=False)
class Part:
    """Lines of one form that copy into one column in one way.

    Attributes:
        flow: how.
        lines: the lines.
        which: which of them; None for all.
        places: their positions in the batch.
        is_loud: whether a credential may be copied.
    """

    flow: Flow
    lines: Known
    which: Any
    places: Any
    is_loud: bool

    def lengths(self) -> Any:
        """Give how many items the runs have."""
        lengths = self.lines.match.lengths
        return lengths if self.which is None else lengths[self.which]


class Parts:
    """All lines that copy into one column in one way, in their order in the batch.

    Attributes:
        parts: by forms.
        places: their positions in the batch.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        """Take parts."""
        self.parts = parts
        places = need("numpy").concatenate([part.places for part in parts])
        self._order = order_of(places) if len(parts) > 1 else slice(None)
        self.places = places[self._order]

    def ordered(self, values: Iterable[Any]) -> Any:
        """Put numbers, one for each line of each part, in the order of the lines."""
        return need("numpy").concatenate(list(values))[self._order]

    def texts(self, of: Iterable[int | str]) -> pa.Array:
        """Give what holes or places hold, of which one is given for each part."""
        spans = [part.lines.span(one, part.which) for part, one in zip(self.parts, of, strict=True)]
        begins, ends = (self.ordered(span[side] for span in spans) for side in (0, 1))
        return self.parts[0].lines.match.text.values(begins, ends).view(need("pyarrow").string())


class Sheet:
    """The columns of one batch while they are filled."""

    def __init__(
        self,
        gallery: pa.RecordBatch,
        lines: pa.RecordBatch,
        options: Options,
        given: dict[Any, pa.StructArray],
        native: Native | None,
    ) -> None:
        """Begin with none; `given` keeps, by column and way, the lists of which some members are copied."""
        self.gallery, self.lines, self.options, self.given, self.native = gallery, lines, options, given, native
        self.np = need("numpy")
        self.columns = jobs_columns(keep_raw=options.keep_raw)
        # For each line the row of the gallery that says what it means.
        self.shown = self.np.full(lines.num_rows, -1, self.np.int64)
        # For each column what was copied into it: which lines, and their cells.
        self.copied: dict[str, tuple[Any, pa.Array]] = {}
        # For each column of text what is copied into it as it stands: which lines, and where it begins and ends.
        self.stretches: dict[str, tuple[Any, Any, Any]] = {}
        self.data: Any = None
        self.doubted: list[Any] = []

    def fill(self, known: Sequence[Known]) -> list[int]:
        """Put the lines of known forms in; give those that may show a credential, to be read once more."""
        told: dict[str, dict[object, list[Part]]] = {}
        for lines in known:
            places = lines.match.places
            self.shown[places] = lines.rows()
            for decision, which in lines.sorts():
                at = places if which is None else places[which]
                for name, flow in decision.flows.items():
                    part = Part(flow, lines, which, at, name not in decision.mute)
                    told.setdefault(name, {}).setdefault(decision.ways[name], []).append(part)
        for column in self.columns:
            done = []
            lists: dict[object, Parts] = {}
            for way, parts in told.get(column.name, {}).items():
                if isinstance(parts[0].flow, Several):
                    lists[way] = Parts(parts)
                elif self.native is not None and is_plain(column, parts[0].flow):
                    self._stretch(column.name, parts, self.native)
                else:
                    done.append(self._cells(column, Parts(parts)))
            if lists:
                done.append(self._lists(column, lists))
            if done:
                places = self.np.concatenate([places for places, _ in done])
                self.copied[column.name] = places, need("pyarrow").concat_arrays([array for _, array in done])
        found: list[int] = self.np.unique(self.np.concatenate([*self.doubted, self.np.zeros(0, int)])).tolist()
        return found

    def _stretch(self, name: str, parts: Sequence[Part], native: Native) -> None:
        """Note what is copied as it stands."""
        np, text = self.np, parts[0].lines.match.text
        spans = [part.lines.span(part.flow.of, part.which) for part in parts if isinstance(part.flow, Copy)]
        begins, ends = (np.concatenate([span[side] for span in spans]).astype(np.int32) for side in (0, 1))
        places = np.concatenate([part.places for part in parts])
        self.data, self.stretches[name] = text.data, (places, begins, ends)
        loud = np.flatnonzero(np.repeat([part.is_loud for part in parts], [len(part.places) for part in parts]))
        asked = loud[native.suspect(text.data, begins[loud], ends[loud])]
        self._doubt(places[asked], text.values(begins[asked], ends[asked]).view(need("pyarrow").string()))

    def _hear(self, places: Any, texts: pa.Array) -> None:
        """Look for credentials in texts, of which few are suspected."""
        _, offsets, data = texts.buffers()
        if self.native is not None and data is not None and data.size:
            edges = self.np.frombuffer(offsets, self.np.int32)[texts.offset : texts.offset + len(texts) + 1]
            suspected = self.native.suspect(self.np.frombuffer(data, self.np.uint8), edges[:-1], edges[1:])
            places, texts = places[suspected], texts.filter(need("pyarrow").array(suspected))
        self._doubt(places, texts)

    def _doubt(self, places: Any, texts: pa.Array) -> None:
        """Note the lines in which text may show a credential."""
        if len(texts):
            found = need("pyarrow.compute").match_substring_regex(texts, SUSPECT)
            self.doubted.append(places[found.to_numpy(zero_copy_only=False)])

    def _cells(self, column: Column, parts: Parts) -> tuple[Any, pa.Array]:
        """Make the cells of lines that copy in one way: which lines, and their cells."""
        array, kind = self._copied(parts, [part.flow for part in parts.parts]), arrow_type(column.type)
        return parts.places, array if array.type == kind else array.cast(kind)

    def _copied(self, parts: Parts, flows: Sequence[Any]) -> pa.Array:
        """Make single values; all flows are of one way."""
        arrow, compute = need("pyarrow"), need("pyarrow.compute")
        flow = flows[0]
        if isinstance(flow, Length):
            return arrow.array(parts.ordered(part.lengths() for part in parts.parts))
        if isinstance(flow, Share):
            told = [parts.texts(one.of[at] for one in flows).cast(arrow.int64()) for at in range(len(flow.of))]
            whole = parts.texts(one.whole for one in flows).cast(arrow.float64())
            return compute.divide(reduce(compute.add, told).cast(arrow.float64()), whole)
        if isinstance(flow, Woven):
            held = [
                _spelled(parts.texts(one.of[at][0] for one in flows), plain=plain)
                for at, (_, plain) in enumerate(flow.of)
            ]
            words = [arrow.scalar(word) for word in flow.words]
            woven = [part for pair in zip(words, held, strict=False) for part in pair]
            array = compute.binary_join_element_wise(*woven, words[-1], "")
        else:
            array = parts.texts(one.of for one in flows)
            if flow.percent:
                return compute.divide(array.cast(arrow.float64()), 100.0)
            if flow.quote:
                array = compute.replace_substring(array, flow.quote, '"')
        self._listen(parts, array)
        return array

    def _listen(self, parts: Parts, array: pa.Array) -> None:
        """Look at text that may show a credential."""
        loud = [part.is_loud for part in parts.parts]
        if all(loud):
            self._hear(parts.places, array)
        elif any(loud):
            chosen = parts.ordered(self.np.full(len(part.places), part.is_loud) for part in parts.parts)
            self._hear(parts.places[chosen], array.filter(need("pyarrow").array(chosen)))

    def _lists(self, column: Column, ways: Mapping[object, Parts]) -> tuple[Any, pa.Array]:
        """Make lists of values with members, of which some are copied: which lines, and their lists.

        All values are taken as they are given, at once; then the members that are copied are put in their places.
        """
        arrow, np = need("pyarrow"), self.np
        kind = arrow_type(column.type)
        given: list[pa.StructArray] = []
        order: list[Any] = []
        sizes: list[Any] = []
        copies: dict[str, list[tuple[Any, pa.Array]]] = {}
        known = values = 0
        for way, parts in ways.items():
            flows: list[Any] = [part.flow for part in parts.parts]
            first, many = flows[0], len(parts.places)
            size = len(first.given)
            if (column.name, way) not in self.given:
                self.given[column.name, way] = arrow.array(first.given, kind.value_type)
            given.append(self.given[column.name, way])
            order.append(np.tile(np.arange(known, known + size), many))
            sizes.append(np.full(many, size))
            for number, (at, name, _) in enumerate(first.cells):
                copied = self._copied(parts, [flow.cells[number][2] for flow in flows])
                copies.setdefault(name, []).append((np.arange(values + at, values + size * many, size), copied))
            known, values = known + size, values + size * many
        taken = arrow.concat_arrays(given).take(arrow.array(np.concatenate(order)))
        members = dict(zip(kind.value_type.names, taken.flatten(), strict=True))
        for name, told in copies.items():
            index, behind = np.arange(values), values
            for at, copied in told:
                index[at] = np.arange(behind, behind + len(copied))
                behind += len(copied)
            whole = arrow.concat_arrays([members[name], *(copied for _, copied in told)])
            members[name] = whole.take(arrow.array(index))
        edges = np.concatenate(([0], np.cumsum(np.concatenate(sizes))))
        structs = arrow.StructArray.from_arrays([*members.values()], fields=list(kind.value_type))
        places = np.concatenate([parts.places for parts in ways.values()])
        return places, arrow.ListArray.from_arrays(arrow.array(edges, arrow.int32()), structs)

    def jobs(self, own: pa.RecordBatch, spans: Mapping[int, tuple[int, int]]) -> pa.RecordBatch:
        """Make the batch of jobs.

        Args:
            own: rows of the general path.
            spans: for each line that it read, where its rows begin, and how many they are.
        """
        arrow, np = need("pyarrow"), self.np
        base = self.gallery.num_rows
        many = np.ones(self.lines.num_rows, np.int64)
        many[list(spans)] = [number for _, number in spans.values()]
        starts = np.concatenate(([0], np.cumsum(many)))
        chosen = np.repeat(self.shown, many)
        line_of = np.repeat(np.arange(len(many)), many)
        read = np.zeros(len(many), bool)
        read[list(spans)] = True
        for place, (first, number) in spans.items():
            chosen[starts[place] : starts[place] + number] = np.arange(base + first, base + first + number)
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
            if name in self.copied:
                places, array = self.copied[name]
                kept = np.flatnonzero(~read[places])
                index = chosen.copy()
                index[starts[places[kept]]] = base + own.num_rows + kept
                parts.append(array)
            if name in self.stretches and self.native is not None:
                places, begins, ends = self.stretches[name]
                kept = np.flatnonzero(~read[places])
                at = starts[places[kept]]
                firsts, lasts = np.full(len(index), -1, np.int32), np.zeros(len(index), np.int32)
                firsts[at], lasts[at] = begins[kept], ends[kept]
                arrays.append(self._text(arrow.concat_arrays(parts), index, firsts, lasts, self.native))
            elif all(part.null_count == len(part) for part in parts):
                arrays.append(arrow.nulls(len(index), parts[0].type))
            else:
                arrays.append(arrow.concat_arrays(parts).take(arrow.array(index)))
        return arrow.RecordBatch.from_arrays(arrays, schema=arrow_schema(self.columns))

    def _text(self, column: pa.Array, index: Any, begins: Any, ends: Any, native: Native) -> pa.Array:
        """Make a column of text: of stretches, and where none begins of entries of a column."""
        arrow, np = need("pyarrow"), self.np
        valid, *held = native.cells(self.data, begins, ends, column, index)
        valid = None if valid.all() else arrow.py_buffer(np.packbits(valid, bitorder="little"))
        return arrow.Array.from_buffers(arrow.string(), len(index), [valid, *map(arrow.py_buffer, held)])


def is_plain(column: Column, flow: Flow) -> bool:
    """Tell whether text is copied as it stands."""
    return isinstance(flow, Copy) and not flow.quote and arrow_type(column.type) == need("pyarrow").string()


def _spelled(texts: pa.Array, *, plain: bool) -> pa.Array:
    return texts if plain else need("pyarrow").array([canonical(text) for text in texts.to_pylist()])
