"""The two clients: one blocks, the other is awaited. All that they do alike is in `Desk`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from typing_extensions import Unpack

from jobmodels._job import Job, Operation
from jobmodels._steps import (
    Answer,
    Event,
    Keep,
    Pause,
    Recall,
    Send,
    Step,
    Steps,
    Tell,
    run,
    run_async,
    watch,
    watch_async,
)
from jobmodels._wire import Request, Response, Ticket
from jobmodels.clients._desk import Listener, Waiting
from jobmodels.clients._lists import Walk
from jobmodels.clients._many import AsyncMany, Many
from jobmodels.clients._outcome import is_interrupted, tell_interrupted
from jobmodels.clients._scope import AsyncScope, Scope
from jobmodels.clients._senders import AsyncCarrier, Carrier, async_sender_of, sender_of
from jobmodels.clients._service import Known, Timeout, response_of
from jobmodels.clients._shown import fault
from jobmodels.clients._standard import send, send_async
from jobmodels.clients._telemetry import observe, observe_async, whole
from jobmodels.errors import StillRunning

PARTING = 10.0
"""How long the cancel that ends a wait may take, in seconds."""


class Client(Many, Scope):
    """Asks one service about jobs, and waits for them.

    Nothing is sent to another origin than that of the base URL; redirects are not followed. As a context, it closes the
    session or the client of another library that it was given.
    """

    def __init__(self, system: str, base_url: str, *, sender: Carrier = send, **known: Unpack[Known]) -> None:
        """Take what is known of a service, and what carries requests: the standard library if nothing else is given.

        The sender is a callable, or a client of another library; the other arguments are those of `Known`.

        Raises:
            NoSuchEndpoint: the registry holds no endpoint of the system.
            ValueError: the base URL is no absolute address of HTTP.
            TypeError: the sender is none.
        """
        super().__init__(system, base_url, **known)
        self.sender = sender_of(sender)

    def watch(self, ticket: Ticket, *, timeout: Timeout = ..., **options: Any) -> Iterator[Event]:
        """Wait for a job, and give what happens; the last event has the job that ended.

        Args:
            ticket: the job.
            timeout: as for `wait`.
            options: what the system's `ask` takes besides.

        Raises:
            WaitError: as for `wait`.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot be asked with this ticket.
        """
        return watch(self.flow(self.admit(ticket), timeout, options), self.act)

    def jobs(self, state: str | None = None, limit: int | None = None, **filters: Any) -> Iterator[Job[Any]]:
        """Give all jobs, page after page; each page is asked for when it is needed.

        Args:
            state: as for `list`.
            limit: how many jobs at most, on all pages.
            filters: as for `list`.

        Raises:
            NotAskable: the system has no list, or not with these options.
            NoListing: a page has no list of jobs.
            Unreachable: no answer came.
        """
        return self._jobs(self.walk(state, limit, filters))

    def _jobs(self, walk: Walk) -> Iterator[Job[Any]]:
        for steps in walk:
            yield from walk.read(self._do(steps))

    def act(self, step: Step) -> Answer:
        """Do what a step says; what is told goes nowhere."""
        match step:
            case Send():
                return self._carry(self.addressed(step.request, self.credentials()))
            case Pause():
                self.clock.sleep(step.seconds)
            case Recall():
                return self.recall(step.name)
            case Keep():
                return self.keep(step)
            case _:
                pass
        return None

    def _do(self, steps: Steps) -> Job[Any]:
        return run(steps, self.act)

    def _wait(self, steps: Steps, ticket: Ticket, how: Waiting) -> Job[Any]:
        try:
            with whole(ticket) as ended:
                job = ended(run(steps, self._telling(how.on_event) if how.on_event else self.act))
        except StillRunning as error:
            if "timeout" in how.cancel_on:
                error.cancelled = self._cancelled(ticket, how.options)
            raise
        except KeyboardInterrupt:
            cancelling = "interrupt" in how.cancel_on
            tell_interrupted(ticket, cancelling=cancelling)
            if cancelling:
                self._cancelled(ticket, how.options)
            raise
        if how.check:
            job.raise_for_state()
        return job

    def _telling(self, listener: Listener) -> Any:
        def act(step: Step) -> Answer:
            if isinstance(step, Tell):
                listener(step.event)
                return None
            return self.act(step)

        return act

    def _cancelled(self, ticket: Ticket, options: Mapping[str, Any]) -> Job[Any] | Exception:
        try:
            return self._do(self.question(Operation.CANCEL, ticket, options, within=PARTING))
        except Exception as error:  # noqa: BLE001 - why the waiting ended is what is raised
            return error

    def _carry(self, request: Request) -> Response | Exception:
        try:
            answer = observe(self.sender, request, self.system.secrets)
        except Exception as error:  # noqa: BLE001 - whatever a sender raises, no answer came
            return fault(error, request)
        return response_of(answer)


class AsyncClient(AsyncMany, AsyncScope):
    """Asks one service about jobs, and waits for them, in an event loop: every operation is awaited.

    Nothing is sent to another origin than that of the base URL; redirects are not followed. As a context, it closes the
    session or the client of another library that it was given.
    """

    def __init__(
        self, system: str, base_url: str, *, sender: AsyncCarrier = send_async, **known: Unpack[Known]
    ) -> None:
        """Take what is known of a service, and what carries requests: the standard library if nothing else is given.

        The sender is a callable, or a client of another library; the other arguments are those of `Known`.

        Raises:
            NoSuchEndpoint: the registry holds no endpoint of the system.
            ValueError: the base URL is no absolute address of HTTP.
            TypeError: the sender is none.
        """
        super().__init__(system, base_url, **known)
        self.sender = async_sender_of(sender)

    def watch(self, ticket: Ticket, *, timeout: Timeout = ..., **options: Any) -> AsyncIterator[Event]:
        """Wait for a job, and give what happens; the last event has the job that ended.

        Args:
            ticket: the job.
            timeout: as for `wait`.
            options: what the system's `ask` takes besides.

        Raises:
            WaitError: as for `wait`.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot be asked with this ticket.
        """
        return watch_async(self.flow(self.admit(ticket), timeout, options), self.act)

    def jobs(self, state: str | None = None, limit: int | None = None, **filters: Any) -> AsyncIterator[Job[Any]]:
        """Give all jobs, page after page; each page is asked for when it is needed.

        Args:
            state: as for `list`.
            limit: how many jobs at most, on all pages.
            filters: as for `list`.

        Raises:
            NotAskable: the system has no list, or not with these options.
            NoListing: a page has no list of jobs.
            Unreachable: no answer came.
        """
        return self._jobs(self.walk(state, limit, filters))

    async def _jobs(self, walk: Walk) -> AsyncIterator[Job[Any]]:
        for steps in walk:
            for job in walk.read(await self._do(steps)):
                yield job

    async def act(self, step: Step) -> Answer:
        """Do what a step says; what is told goes nowhere. The store is asked in a thread of its own."""
        match step:
            case Send():
                told = self.credentials()
                return await self._carry(
                    self.addressed(step.request, await told if inspect.isawaitable(told) else told)
                )
            case Pause():
                await self.clock.sleep_async(step.seconds)
            case Recall():
                return await asyncio.to_thread(self.recall, step.name)
            case Keep():
                # Whoever is cancelled here has an answer that may not come again.
                return await asyncio.shield(asyncio.to_thread(self.keep, step))
            case _:
                pass
        return None

    async def _do(self, steps: Steps) -> Job[Any]:
        return await run_async(steps, self.act)

    async def _wait(self, steps: Steps, ticket: Ticket, how: Waiting) -> Job[Any]:
        try:
            with whole(ticket) as ended:
                job = ended(await run_async(steps, self._telling(how.on_event) if how.on_event else self.act))
        except StillRunning as error:
            if "timeout" in how.cancel_on:
                error.cancelled = await self._cancelled(ticket, how.options)
            raise
        except asyncio.CancelledError:
            cancelling = "interrupt" in how.cancel_on
            if is_interrupted():
                tell_interrupted(ticket, cancelling=cancelling)
            if cancelling:
                await asyncio.shield(self._cancelled(ticket, how.options))
            raise
        if how.check:
            job.raise_for_state()
        return job

    def _telling(self, listener: Listener) -> Any:
        async def act(step: Step) -> Answer:
            if isinstance(step, Tell):
                told = listener(step.event)
                if inspect.isawaitable(told):
                    await told
                return None
            return await self.act(step)

        return act

    async def _cancelled(self, ticket: Ticket, options: Mapping[str, Any]) -> Job[Any] | Exception:
        try:
            return await self._do(self.question(Operation.CANCEL, ticket, options, within=PARTING))
        except Exception as error:  # noqa: BLE001 - why the waiting ended is what is raised
            return error

    async def _carry(self, request: Request) -> Response | Exception:
        try:
            answer = await observe_async(self.sender, request, self.system.secrets)
        except Exception as error:  # noqa: BLE001 - whatever a sender raises, no answer came
            return fault(error, request)
        return response_of(answer)
