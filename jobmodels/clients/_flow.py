"""Flows: the steps of one ticket, driven beside those of others, in a task or in turns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context, copy_context
from types import coroutine
from typing import Any

import attrs

from jobmodels._job import Job
from jobmodels._steps import Answer, Pause, Step, Steps
from jobmodels._wire import Ticket
from jobmodels.clients._telemetry import whole
from jobmodels.errors import JobModelsError


@attrs.define(eq=False)
class Flow:
    """The steps of one ticket, and how they ended: with a job or with an error.

    What goes wrong outside of the steps is no end of theirs, and comes out.
    """

    ticket: Ticket
    steps: Steps
    job: Job[Any] | None = None
    error: JobModelsError | None = None
    _context: Context = attrs.field(factory=copy_context, repr=False)
    _turns: Coroutine[Any, Any, None] | None = attrs.field(default=None, repr=False)

    async def run(self, act: Callable[[Step], Awaitable[Answer]]) -> None:
        """Go on to the end; `act` does what each step says."""
        try:
            with whole(self.ticket) as ended:
                step = self._next(None)
                while step is not None:
                    step = self._next(await act(step))
                if self.error is not None:
                    raise self.error
                if self.job is not None:
                    ended(self.job)
        except JobModelsError as error:
            if error is not self.error:
                raise

    def turn(self, act: Callable[[Step], Answer]) -> Pause | None:
        """Go on to the next pause, which whoever calls has to let pass; None at the end.

        Turns have a context of their own, so that the spans of several tickets do not get mixed up.
        """
        if self._turns is None:
            self._turns = self.run(_in_turns(act))
        try:
            pause: Pause = self._context.run(self._turns.send, None)
        except StopIteration:
            return None
        return pause

    def close(self) -> None:
        """Leave the steps where they are; a turn that is being taken ends by itself."""
        self.steps.close()
        if self._turns is not None and not self._turns.cr_running:  # type: ignore[attr-defined]
            self._context.run(self._turns.close)

    def _next(self, answer: Answer) -> Step | None:
        """Take what came of the last step; give the next one, or None at the end."""
        try:
            return self.steps.send(answer)
        except StopIteration as ended:
            self.job = ended.value
        except JobModelsError as error:
            self.error = error
        return None


def _in_turns(act: Callable[[Step], Answer]) -> Callable[[Step], Awaitable[Answer]]:
    async def acting(step: Step) -> Answer:
        if isinstance(step, Pause):
            await _passed(step)
            return None
        return act(step)

    return acting


@coroutine
def _passed(pause: Pause) -> Generator[Pause, None, None]:
    """Give the pause to whoever takes turns."""
    yield pause
