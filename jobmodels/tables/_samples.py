"""Lines of one form with their rows: one that came, and others in which every hole holds something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import attrs

from jobmodels.tables._forms import Hole, Part, Run, rendered
from jobmodels.tables._sums import others


@attrs.frozen
class Sample:
    """One line of a form with its row: what its holes hold, how many items its runs have, the text of its places."""

    row: Mapping[str, Any]
    holes: Mapping[int, str]
    runs: Mapping[int, int]
    nodes: Mapping[str, tuple[str, int]]


def samples_of(
    parts: Sequence[Part], row: Mapping[str, Any], read: Callable[[bytes], Mapping[str, Any]]
) -> tuple[Sample, ...]:
    """Take a line with its row, and read two like it.

    Raises:
        Unfit: one of them gives no row.
    """
    holes = {part.number: part for part in parts if isinstance(part, Hole)}
    runs = {part.number: part for part in parts if isinstance(part, Run)}
    fresh = count(2 * len(holes))
    samples = []
    for turn in range(3):
        texts = {
            number: hole.kind.another(hole.text, 2 * place + turn - 1) if turn else hole.text
            for place, (number, hole) in enumerate(holes.items())
        }
        if turn:
            texts |= others(holes, turn)
        lengths = {
            number: 2 * place + 2 + turn if turn else len(run.items) for place, (number, run) in enumerate(runs.items())
        }

        def fill(hole: Hole, texts: Mapping[int, str] = texts, turn: int = turn) -> str:
            return texts.get(hole.number) or (hole.kind.another(hole.text, next(fresh)) if turn else hole.text)

        def many(run: Run, lengths: Mapping[int, int] = lengths) -> int:
            return lengths[run.number]

        line, nodes = rendered(parts, fill, many)
        samples.append(Sample(read(line.encode()) if turn else row, texts, lengths, nodes))
    return tuple(samples)
