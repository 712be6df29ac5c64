"""Lines laid under a form by the compiled part: what it notes of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

import attrs

from jobmodels.tables import _compiled
from jobmodels.tables._compiled import Native, address
from jobmodels.tables._need import need
from jobmodels.tables._programs import Program
from jobmodels.tables._stencils import Stencil
from jobmodels.tables._sums import Balance
from jobmodels.tables._text import Text


@attrs.frozen(eq=False)
class Plate:
    """A form as the compiled part takes it, with what that points to.

    Attributes:
        stencil: what lines of the form look like.
        program: the form.
        form: the same for the compiled part.
    """

    stencil: Stencil
    program: Program
    form: _compiled.Form
    _held: tuple[Any, ...] = attrs.field(repr=False)


def plate_of(
    native: Native,
    stencil: Stencil,
    program: Program,
    decisions: Collection[Sequence[bytes]],
    words: Collection[bytes],
) -> Plate:
    """Make a form what the compiled part takes.

    Args:
        native: the compiled part.
        stencil: what lines of the form look like.
        program: the form.
        decisions: what may stand where values decide.
        words: those that no id may be.
    """
    np, items = need("numpy"), stencil.items
    steps = np.array(program.steps, np.int32)
    pairs = [(one, other, same) for told, same in ((stencil.alike, 1), (stencil.unlike, 0)) for one, other in told]
    pairs = np.array([(2 * one, 2 * other, same) for one, other, same in pairs], np.int32)
    ids = np.array([2 * place for place in stencil.ids], np.int32)
    balance = stencil.balance or Balance()
    adds = np.array([2 * place for place in (*balance.parts, *balance.sums)], np.int32)
    told, *of_decisions = _table(native, decisions)
    names, *of_names = _table(native, [(word,) for word in words])
    form = _compiled.Form(
        steps=address(steps),
        words=program.words,
        quotes=stencil.quotes,
        escapes=stencil.escapes,
        item_quotes=0 if items is None else items.quotes,
        item_escapes=0 if items is None else items.escapes,
        pairs=address(pairs),
        ids=address(ids),
        adds=address(adds),
        paired=len(pairs),
        named=len(ids),
        parts=len(balance.parts),
        sums=len(balance.sums),
        is_less=balance.is_less,
        decides=program.deciding,
        deciding=program.stretches,
        decision=program.decision,
        decisions=told,
        names=names,
    )
    return Plate(stencil, program, form, (steps, pairs, ids, adds, told, *of_decisions, names, *of_names))


def _table(native: Native, entries: Collection[Sequence[bytes]]) -> tuple[Any, ...]:
    """Make entries what they are found in; give with it what that points to."""
    np = need("numpy")
    parts = list(chain.from_iterable(entries))
    told = b"".join(parts)
    edges = np.concatenate(([0], np.cumsum([*map(len, parts)]))).astype(np.int32)
    slots = native.slots(told, edges, len(entries))
    return _compiled.Table(told=told, edges=address(edges), slots=address(slots), mask=len(slots) - 1), edges, slots


class Laid:
    """The lines that are of a form, of which nothing is left to be asked; it has what a `Match` has.

    Attributes:
        text: that of the batch.
        stencil: what it says of them.
        places: which lines, in order.
    """

    def __init__(self, text: Text, plate: Plate, places: Any) -> None:
        """Lay lines under a form."""
        assert text.native is not None
        self.text, self.stencil, self._program = text, plate.stencil, plate.program
        self.places, self._noted = text.native.lay(text.lines, plate.form, places, plate.program.decision + 1)

    def keep(self, kept: Any) -> None:
        """Let go of the other lines."""
        self.places, self._noted = self.places[kept], self._noted[:, kept]

    @property
    def numbers(self) -> Any:
        """The decision of each line; -1 where there is none."""
        return self._noted[self._program.decision]

    @property
    def lengths(self) -> Any:
        """How many items the run of each line has; None where there is no run."""
        return None if self._program.length is None else self._noted[self._program.length]

    @property
    def spans(self) -> list[tuple[Any, Any]]:
        """Where holes begin and end."""
        return [(self._noted[row], self._noted[row + 1]) for row in range(0, self._program.deciding, 2)]

    def deciding(self) -> tuple[Any, Any]:
        """Give where the values begin and end that decide."""
        first = self._program.deciding
        behind = first + 2 * self._program.stretches
        return self._noted[first:behind:2], self._noted[first + 1 : behind : 2]

    def edges(self, path: str) -> tuple[Any, Any]:
        """Give where a value begins and ends, by its path."""
        row = self._program.edges[path]
        return self._noted[row], self._noted[row + 1]
