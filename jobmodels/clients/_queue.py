"""Queues: tickets are added while others are waited for, so many at once; one blocks, the other is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import TYPE_CHECKING, Any, Self

from jobmodels.clients._flow import Flow
from jobmodels.clients._line import Line, Plan
from jobmodels.clients._outcome import (
    AsyncSources,
    Outcome,
    Source,
    Sources,
    is_interrupted,
    one_by_one,
    one_by_one_async,
    tell_interrupted,
)
from jobmodels.errors import StillRunning

if TYPE_CHECKING:
    from jobmodels.clients._many import AsyncMany, Many


class Queue(Line):
    """Waits for several tickets in one thread: whoever is due is asked, and nobody sleeps while somebody is.

    Iterate over it to have the outcomes; jobs can be added meanwhile. It ends when nothing is left, and can be iterated
    again when more was added. Between two outcomes nothing happens.
    """

    def __init__(self, client: Many, plan: Plan, sources: Sources = ()) -> None:
        """Take whom to ask, how, and what is drawn from when nothing is left that was added."""
        super().__init__(client, plan)
        self._client = client
        self._drawn = one_by_one(sources)
        self._flows: list[tuple[float, int, Flow]] = []
        self._turns = count()
        self._act = client._telling(plan.how.on_event) if plan.how.on_event else client.act

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome:
        """Wait for the next outcome.

        Raises:
            StopIteration: nothing is left.
        """
        try:
            while not self._docket.ready and self._fill():
                self._turn()
        except KeyboardInterrupt:
            self._interrupted()
            raise
        except BaseException:
            self.stop()
            raise
        if not self._docket.ready:
            raise StopIteration
        return self._docket.ready.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Wait no longer; the remote jobs are left alone, and `tickets` finds them again."""
        self._open, self._stopped = False, True
        while self._flows:
            heappop(self._flows)[-1].close()

    def _fill(self) -> bool:
        """Begin with as many as there is room for; tell whether anybody is under way."""
        while not self._stopped and self._docket.under_way < self._plan.concurrency and self._draw():
            flow = self._started(*self._added.popleft())
            if flow is not None:
                heappush(self._flows, (self._client.clock.now(), next(self._turns), flow))
        return bool(self._flows)

    def _draw(self) -> bool:
        """Draw one where nobody waits in line; tell whether anybody does now."""
        if not self._added and self._has_room():
            for source in self._drawn:
                self.add(source)
                if self._added or not self._has_room():
                    break
        return bool(self._added)

    def _turn(self) -> None:
        """Go on with whoever is due first, up to the next pause."""
        due, _, flow = self._flows[0]
        clock = self._client.clock
        early = due - clock.now()
        if early > 0:
            clock.sleep(early)
        pause = flow.turn(self._act)
        if self._stopped:
            return
        if pause is not None:
            heapreplace(self._flows, (clock.now() + pause.seconds, next(self._turns), flow))
            return
        if isinstance(flow.error, StillRunning) and "timeout" in self._plan.how.cancel_on:
            flow.error.cancelled = self._client._cancelled(flow.ticket, self._plan.options)
        heappop(self._flows)
        self._ended(flow)

    def _interrupted(self) -> None:
        tickets, going, cancelling = self.tickets, self._not_ended, "interrupt" in self._plan.how.cancel_on
        self.stop()
        tell_interrupted(*tickets, cancelling=cancelling)
        if cancelling:
            for ticket in going:
                self._client._cancelled(ticket, self._plan.options)


class AsyncQueue(Line):
    """Waits for several tickets in an event loop, each in a task of its own, as soon as it is added.

    Iterate over it to have the outcomes. Iterating ends when nothing is left; where the queue is kept open, when it is
    closed besides. Use it as a context manager, so that nothing runs on when the block is left.
    """

    def __init__(self, client: AsyncMany, plan: Plan, *, keep_open: bool = False) -> None:
        """Take whom to ask, how, and whether to wait for more when nothing is left."""
        super().__init__(client, plan)
        self._client, self._kept_open = client, keep_open
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None
        self._act = client._telling(plan.how.on_event) if plan.how.on_event else client.act

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome:
        """Wait for the next outcome.

        Raises:
            StopAsyncIteration: nothing is left.
        """
        try:
            while not self._docket.ready and (self._tasks or self._kept_open):
                await self._change()
        except asyncio.CancelledError:
            await self._interrupted()
            raise
        if self._docket.ready:
            self._changed.set()  # There may be room for one more.
            return self._docket.ready.popleft()
        if self._broken is not None:
            raise self._broken
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.stop()

    def add(self, *sources: Source) -> None:
        """Add to the queue, and begin to wait where there is room.

        Raises:
            RuntimeError: the queue was closed, or stopped; or no event loop runs.
            TypeError: it is neither a ticket nor a job.
        """
        asyncio.get_running_loop()
        super().add(*sources)
        self._fill()

    def draw(self, sources: AsyncSources) -> None:
        """Draw from this whenever there is room; what is drawn is waited for."""
        self._run(self._drawn(sources))

    def close(self) -> None:
        """Say that nothing more will be added; what was added is still waited for."""
        self._open = self._kept_open = False
        self._changed.set()

    async def join(self) -> None:
        """Wait until all that was added has ended; the outcomes are there for whoever iterates.

        A mistake of the caller, which stops the queue, comes out.
        """
        while self._tasks:
            await self._change()
        if self._broken is not None:
            raise self._broken

    async def stop(self) -> None:
        """Wait no longer; the remote jobs are left alone, and `tickets` finds them again."""
        self._cancel()
        others = self._tasks - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)

    def _cancel(self) -> None:
        self._stopped = True
        self.close()
        for task in self._tasks:
            task.cancel()

    def _fill(self) -> None:
        """Begin with as many as there is room for."""
        while not self._stopped and self._added and self._docket.under_way < self._plan.concurrency:
            flow = self._started(*self._added.popleft())
            if flow is not None:
                self._run(self._flow(flow))
        self._changed.set()

    async def _drawn(self, sources: AsyncSources) -> None:
        async with aclosing(one_by_one_async(sources)) as drawn:
            async for source in drawn:
                self.add(source)
                while not self._has_room():
                    await self._change()

    async def _flow(self, flow: Flow) -> None:
        await flow.run(self._act)
        if isinstance(flow.error, StillRunning) and "timeout" in self._plan.how.cancel_on:
            flow.error.cancelled = await self._client._cancelled(flow.ticket, self._plan.options)
        self._ended(flow)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        """Take that a task is over; what went wrong in it is told to whoever iterates, when the others are over too."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken = self._broken or error
            self._cancel()
        self._fill()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _interrupted(self) -> None:
        """Tell a person what to go on with; cancel the remote jobs if that was asked for, and wait no longer."""
        cancelling = "interrupt" in self._plan.how.cancel_on
        if is_interrupted():
            tell_interrupted(*self.tickets, cancelling=cancelling)
        if cancelling:
            going = self._not_ended
            await self.stop()
            cancels = [self._client._cancelled(ticket, self._plan.options) for ticket in going]
            asked: asyncio.Future[Any] = asyncio.gather(*cancels, return_exceptions=True)
            await asyncio.shield(asked)
