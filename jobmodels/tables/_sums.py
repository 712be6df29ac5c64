"""Numbers in a line that are parts of a sum: they are copied, as long as they stand to one another as they did.

What a system asks of counts is which of them are zero, and whether they add up. Zeros are words of a form, and a form
says of the other parts whether they are the sum, or less. Parts that are more than the sum, and whatever is no count,
decide by their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations

import attrs

from jobmodels.loose import PART, SUM
from jobmodels.tables._forms import Hole
from jobmodels.tables._kinds import KINDS
from jobmodels.tables._trees import Unfit

LARGEST = 2**53 - 1
"""The largest sum: floats have each number up to it, so that a share of it is the same by whatever it is divided."""

_MOST = 8
_BEGIN = 7_400_000
"""Where the numbers of samples begin; those of other kinds are smaller."""

_PART, _SUM = (KINDS[told[0].strip("{}")] for told in (PART, SUM))


@attrs.frozen
class Balance:
    """How the numbers of a line stand to one another.

    Attributes:
        parts: holes that are parts, by their positions.
        sums: those that are the sum of these, all of them the same.
        is_less: whether the parts are less than the sum.
    """

    parts: tuple[int, ...] = ()
    sums: tuple[int, ...] = ()
    is_less: bool = False


def balance_of(holes: Sequence[Hole]) -> Balance | None:
    """Say how the numbers of a line stand to one another; None where none of them are added up.

    Raises:
        Unfit: they do not add up, so that it depends on their values what the line means.
    """
    parts, sums = (tuple(place for place, hole in enumerate(holes) if hole.kind is kind) for kind in (_PART, _SUM))
    if not (parts or sums):
        return None
    whole, told = {int(holes[place].text) for place in sums}, sum(int(holes[place].text) for place in parts)
    if len(whole) != 1 or len(parts) > _MOST or not told <= max(whole) <= LARGEST:
        raise Unfit
    return Balance(parts, sums, told not in whole)


def others(holes: Mapping[int, Hole], turn: int) -> Mapping[int, str]:
    """Give other numbers that stand to one another as those of a line: no two of them have one ratio in two turns.

    Args:
        holes: all of the line, by their numbers.
        turn: a number for each sample.
    """
    balance = balance_of([*holes.values()])
    if balance is None:
        return {}
    numbers = [*holes]
    # No two choices of parts have one sum.
    parts = [(_BEGIN << at) + turn * (1009 * at * at + 137) for at in range(len(balance.parts))]
    whole = sum(parts) + balance.is_less * (_BEGIN + 5_003_003 * turn)
    told = dict.fromkeys(balance.sums, whole) | dict(zip(balance.parts, parts, strict=True))
    return {numbers[place]: str(number) for place, number in told.items()}


def shares(holes: Iterable[Hole]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Give what may be divided: some parts, and the sum, by the numbers of holes."""
    holes = list(holes)
    parts = [hole.number for hole in holes if hole.kind is _PART]
    for whole in [hole.number for hole in holes if hole.kind is _SUM][:1]:
        for chosen in chain.from_iterable(combinations(parts, many) for many in range(1, len(parts) + 1)):
            yield chosen, whole
