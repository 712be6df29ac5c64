"""Waiting for more than one job: many at once, one after the other, or each by a handle."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Mapping
from typing import Any, TypeAlias

from jobmodels._job import Job
from jobmodels._steps import Answer, Step
from jobmodels._wire import Ticket
from jobmodels.clients._chain import Chain
from jobmodels.clients._desk import CancelOn, Desk, Listener, Waiting
from jobmodels.clients._handle import Handle
from jobmodels.clients._handle_async import AsyncHandle
from jobmodels.clients._line import Plan
from jobmodels.clients._outcome import AsyncSources, Outcome, Source, Sources
from jobmodels.clients._queue import AsyncQueue, Queue
from jobmodels.clients._service import Timeout
from jobmodels.errors import JobModelsError

Promise: TypeAlias = Coroutine[Any, Any, Job[Any]]


class Many(Desk[Job[Any]]):
    """Waits for more than one job, in one thread."""

    def wait_all(
        self,
        tickets: Sources,
        *,
        concurrency: int = 3,
        ordered: bool = False,
        timeout: Timeout = ...,
        check: bool = False,
        cancel_on: CancelOn = (),
        on_event: Listener | None = None,
        **options: Any,
    ) -> Generator[Outcome, None, None]:
        """Wait for many jobs, so many at once, and give what became of each, as soon as it is known.

        All is done by the thread that iterates: whoever is due is asked, and nobody sleeps while somebody is due.
        Between two outcomes nothing happens. Tickets are drawn when there is room for them, so that there may be any
        number; one that comes twice while it is waited for is asked for once, and has two outcomes. What is wrong with
        one ticket is in its outcome; mistakes of the caller come out at once.

        Args:
            tickets: tickets, jobs of which tickets can be made, or a list of jobs, as `list` gives it.
            concurrency: how many at once.
            ordered: whether outcomes come in the order of the tickets; then up to as many again wait for their turn.
            timeout: seconds for each, from when its waiting began; None for ever; what the policy says if not given.
            check: whether an outcome of a job that did not go well has an error too.
            cancel_on: "timeout" and "interrupt": when a remote job is cancelled instead of left alone.
            on_event: is called with each event.
            options: what the system's `ask` takes besides.

        Raises:
            ValueError: the concurrency is no whole number from 1 upward.
            TypeError: something is neither a ticket nor a job.
        """
        how = Waiting(check=check, cancel_on=cancel_on, on_event=on_event)
        plan = Plan(concurrency=concurrency, ordered=ordered, timeout=timeout, how=how, options=options)
        return self._outcomes(Queue(self, plan, tickets))

    def queue(
        self,
        *,
        concurrency: int = 3,
        ordered: bool = False,
        timeout: Timeout = ...,
        check: bool = False,
        cancel_on: CancelOn = (),
        on_event: Listener | None = None,
        **options: Any,
    ) -> Queue:
        """Make a queue to which jobs can be added while others are waited for; iterate over it to wait.

        Args:
            concurrency: as for `wait_all`, like all else.
            ordered: whether outcomes come in the order in which jobs were added.
            timeout: for each, from when its waiting began.
            check: whether an outcome of a job that did not go well has an error too.
            cancel_on: "timeout" and "interrupt".
            on_event: is called with each event.
            options: what the system's `ask` takes besides.

        Raises:
            ValueError: the concurrency is no whole number from 1 upward.
        """
        how = Waiting(check=check, cancel_on=cancel_on, on_event=on_event)
        return Queue(self, Plan(concurrency=concurrency, ordered=ordered, timeout=timeout, how=how, options=options))

    def wait_chain(
        self, ticket: Ticket, *, limit: int = 10, timeout: Timeout = ..., **how: Any
    ) -> tuple[Job[Any], ...]:
        """Wait for a job, then for those that it started, and for those that they started.

        Args:
            ticket: the first job.
            limit: how many jobs at most; `follow_ups` of the last ones have the tickets that are left over.
            timeout: seconds for all together; None for ever; what the policy says if not given.
            how: what `wait` takes besides.

        Returns:
            The jobs in the order in which they were named, each once, however they ended.

        Raises:
            ValueError: the limit is no whole number from 1 upward.
            JobModelsError: as for `wait`; `earlier` has the jobs of the chain that had ended before.
        """
        chain = Chain(self.admit, self.clock.now, limit)
        chain.follow(ticket)
        for one in chain:
            try:
                chain.add(self.wait(one, timeout=chain.left(timeout, self.policy.timeout), **how))
            except JobModelsError as error:
                chain.broken(one, error)
                raise
        return chain.jobs

    def handle(self, source: Source, **options: Any) -> Handle:
        """Give a handle for a job: it looks, waits, and remembers what became of it.

        Args:
            source: its ticket, or a job of which one can be made.
            options: what the system's `ask` takes besides.

        Raises:
            InvalidTicket: the ticket belongs to another service.
            SubmitRefused: the job is the answer to a submit that made none.
            NoJob: no ticket can be made of the job.
        """
        return Handle(self, source if isinstance(source, Ticket) else self.ticket(source), options)

    def _outcomes(self, queue: Queue) -> Generator[Outcome, None, None]:
        with queue:
            yield from queue

    @abstractmethod
    def act(self, step: Step) -> Answer:
        """Do what a step says."""

    @abstractmethod
    def _telling(self, listener: Listener) -> Callable[[Step], Answer]:
        """Do what a step says; a listener is told."""

    @abstractmethod
    def _cancelled(self, ticket: Ticket, options: Mapping[str, Any]) -> Job[Any] | Exception:
        """Cancel a job; give what the service says, or why it could not be asked."""


class AsyncMany(Desk[Promise]):
    """Waits for more than one job, in an event loop."""

    def wait_all(
        self,
        tickets: AsyncSources,
        *,
        concurrency: int = 3,
        ordered: bool = False,
        timeout: Timeout = ...,
        check: bool = False,
        cancel_on: CancelOn = (),
        on_event: Listener | None = None,
        **options: Any,
    ) -> AsyncGenerator[Outcome, None]:
        """Wait for many jobs, so many at once, and give what became of each, as soon as it is known.

        Each is waited for in a task of its own, and goes on between two outcomes. Tickets are drawn when there is room
        for them, so that there may be any number; outcomes that nobody takes hold that up. One that comes twice while
        it is waited for is asked for once, and has two outcomes. What is wrong with one ticket is in its outcome;
        mistakes of the caller stop all and come out. Whoever leaves the loop early stops all; `contextlib.aclosing`
        does so before the next statement.

        Args:
            tickets: tickets, jobs of which tickets can be made, or a list of jobs, as `list` gives it, awaited or not;
                any iterable, asynchronous ones too.
            concurrency: how many at once.
            ordered: whether outcomes come in the order of the tickets; then up to as many again wait for their turn.
            timeout: seconds for each, from when its waiting began; None for ever; what the policy says if not given.
            check: whether an outcome of a job that did not go well has an error too.
            cancel_on: "timeout" and "interrupt": when a remote job is cancelled instead of left alone.
            on_event: is called with each event, and awaited where it can be.
            options: what the system's `ask` takes besides.

        Raises:
            ValueError: the concurrency is no whole number from 1 upward.
            TypeError: something is neither a ticket nor a job.
        """
        how = Waiting(check=check, cancel_on=cancel_on, on_event=on_event)
        plan = Plan(concurrency=concurrency, ordered=ordered, timeout=timeout, how=how, options=options)
        return self._outcomes(plan, tickets)

    def queue(
        self,
        *,
        concurrency: int = 3,
        ordered: bool = False,
        keep_open: bool = False,
        timeout: Timeout = ...,
        check: bool = False,
        cancel_on: CancelOn = (),
        on_event: Listener | None = None,
        **options: Any,
    ) -> AsyncQueue:
        """Make a queue to which jobs can be added while others are waited for, also by other tasks.

        Args:
            concurrency: as for `wait_all`, like all else.
            ordered: whether outcomes come in the order in which jobs were added.
            keep_open: whether who iterates waits for more when nothing is left, until `close` is called.
            timeout: for each, from when its waiting began.
            check: whether an outcome of a job that did not go well has an error too.
            cancel_on: "timeout" and "interrupt".
            on_event: is called with each event, and awaited where it can be.
            options: what the system's `ask` takes besides.

        Raises:
            ValueError: the concurrency is no whole number from 1 upward.
        """
        how = Waiting(check=check, cancel_on=cancel_on, on_event=on_event)
        plan = Plan(concurrency=concurrency, ordered=ordered, timeout=timeout, how=how, options=options)
        return AsyncQueue(self, plan, keep_open=keep_open)

    async def wait_chain(
        self, ticket: Ticket, *, limit: int = 10, timeout: Timeout = ..., **how: Any
    ) -> tuple[Job[Any], ...]:
        """Wait for a job, then for those that it started, and for those that they started.

        Args:
            ticket: the first job.
            limit: how many jobs at most; `follow_ups` of the last ones have the tickets that are left over.
            timeout: seconds for all together; None for ever; what the policy says if not given.
            how: what `wait` takes besides.

        Returns:
            The jobs in the order in which they were named, each once, however they ended.

        Raises:
            ValueError: the limit is no whole number from 1 upward.
            JobModelsError: as for `wait`; `earlier` has the jobs of the chain that had ended before.
        """
        chain = Chain(self.admit, self.clock.now, limit)
        chain.follow(ticket)
        for one in chain:
            try:
                chain.add(await self.wait(one, timeout=chain.left(timeout, self.policy.timeout), **how))
            except JobModelsError as error:
                chain.broken(one, error)
                raise
        return chain.jobs

    def handle(self, source: Source, **options: Any) -> AsyncHandle:
        """Give a handle for a job: it looks, waits, and remembers what became of it.

        Args:
            source: its ticket, or a job of which one can be made.
            options: what the system's `ask` takes besides.

        Raises:
            InvalidTicket: the ticket belongs to another service.
            SubmitRefused: the job is the answer to a submit that made none.
            NoJob: no ticket can be made of the job.
        """
        return AsyncHandle(self, source if isinstance(source, Ticket) else self.ticket(source), options)

    async def _outcomes(self, plan: Plan, tickets: AsyncSources) -> AsyncGenerator[Outcome, None]:
        async with AsyncQueue(self, plan) as queue:
            queue.draw(tickets)
            async for outcome in queue:
                yield outcome

    @abstractmethod
    async def act(self, step: Step) -> Answer:
        """Do what a step says."""

    @abstractmethod
    def _telling(self, listener: Listener) -> Callable[[Step], Awaitable[Answer]]:
        """Do what a step says; a listener is told, and awaited where it can be."""

    @abstractmethod
    async def _cancelled(self, ticket: Ticket, options: Mapping[str, Any]) -> Job[Any] | Exception:
        """Cancel a job; give what the service says, or why it could not be asked."""
