"""Watching jobs beside other work, and leaving nothing behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from threading import Event as Flag
from threading import RLock, Thread, current_thread
from types import TracebackType
from typing import Any, Generic, Self, TypeAlias, overload
from weakref import WeakSet

from jobmodels._job import Job
from jobmodels._steps import Answer, Event, EventKind, Pause, Send, Step, Steps, Tell, reason_of, run
from jobmodels._wire import Ticket
from jobmodels.clients._both import C, finish, given
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._clock import SystemClock
from jobmodels.clients._service import Timeout
from jobmodels.clients._telemetry import whole
from jobmodels.clients._track import Submitted, ticket_of

logger = logging.getLogger("jobmodels")

OnUpdate: TypeAlias = Callable[[Job[Any]], object]
"""Is told the job; in an event loop, it may be awaited."""

LINGER = 5.0
"""How long the end of a context waits for requests that are under way, in seconds."""


class _Stopped(Exception):
    """Nobody wants to know any more."""


class JobMonitor(Generic[C]):
    """Watches jobs beside other work, each until it has ended, as long as the client waits, or until `cleanup`.

    With a client that blocks, each job has a thread, which keeps no program from ending, and updates come one at a
    time; with a client that is awaited, each has a task. Use it as a context, or call `cleanup`.

    Attributes:
        client: what asks.
        key: under which jobs are read that come without a ticket.
    """

    key: str | None = None

    def __init__(self, client: C, key: str | None = None) -> None:
        """Take what asks, and the key under which jobs are read that come without a ticket, by their ids alone."""
        self.client: C = client
        if key is not None:
            self.key = key
        self._watched: set[Future[Job[Any]] | asyncio.Task[Job[Any]]] = set()
        self._threads: WeakSet[Thread] = WeakSet()
        self._one_at_a_time = RLock()

    @overload
    def monitor_job(
        self: JobMonitor[Client], job: Submitted, on_update: OnUpdate, *, timeout: Timeout = ..., **options: Any
    ) -> Future[Job[Any]]: ...
    @overload
    def monitor_job(
        self: JobMonitor[AsyncClient], job: Submitted, on_update: OnUpdate, *, timeout: Timeout = ..., **options: Any
    ) -> asyncio.Task[Job[Any]]: ...
    def monitor_job(self, job: Submitted, on_update: OnUpdate, *, timeout: Timeout = ..., **options: Any) -> Any:
        """Begin to watch a job.

        Args:
            job: its ticket; with a key, its id or the answer to its submit too.
            on_update: is called with the job each time that its state, progress or counts changed, and when it has
                ended.
            timeout: as for `wait`.
            options: what the system's `ask` takes besides.

        Returns:
            A future, in an event loop a task. Its result is the job, its exception what waiting or `on_update` raised,
            which is logged too; to cancel it is to watch this job no longer.

        Raises:
            InvalidTicket: the ticket belongs to another service.
        """
        client: Client | AsyncClient = self.client
        ticket = client.admit(ticket_of(client, job, self.key))
        watched: Future[Job[Any]] | asyncio.Task[Job[Any]]
        if isinstance(client, AsyncClient):
            watched = asyncio.create_task(self._follow(client, ticket, on_update, timeout, options))
        else:
            watched = self._begin(client, ticket, client.flow(ticket, timeout, options), on_update)
        self._watched.add(watched)
        watched.add_done_callback(self._forget)
        return watched

    def cleanup(self) -> None:
        """Watch no job any longer: no update comes after this. A request that is under way is left to its end."""
        with self._one_at_a_time:
            for watched in tuple(self._watched):
                watched.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        threads = [thread for thread in self._threads if thread is not current_thread()]
        self.cleanup()
        for thread in threads:
            thread.join(LINGER)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [task for task in self._watched if isinstance(task, asyncio.Task)]
        self.cleanup()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, client: Client, ticket: Ticket, steps: Steps, on_update: OnUpdate) -> Future[Job[Any]]:
        """Begin a thread that drives the steps of waiting until its future is cancelled."""
        told, stopped = Future[Job[Any]](), Flag()
        told.add_done_callback(lambda _: stopped.set())

        def act(step: Step) -> Answer:
            if isinstance(step, Tell):
                with self._one_at_a_time:
                    if not stopped.is_set():
                        finish(client, self._update(step.event, on_update))
            elif isinstance(step, (Send, Pause)) and stopped.is_set():
                raise _Stopped
            elif isinstance(step, Pause) and isinstance(client.clock, SystemClock):
                stopped.wait(step.seconds)
            else:
                return client.act(step)
            return None

        def work() -> None:
            with suppress(_Stopped, InvalidStateError):
                try:
                    with whole(ticket) as ended:
                        job = ended(run(steps, act))
                except _Stopped:
                    raise
                except BaseException as error:  # noqa: BLE001 - whoever asks the future is told
                    told.set_exception(error)
                else:
                    told.set_result(job)

        thread = Thread(target=work, name="jobmodels-monitor", daemon=True)
        self._threads.add(thread)
        thread.start()
        return told

    async def _follow(
        self, client: AsyncClient, ticket: Ticket, on_update: OnUpdate, timeout: Timeout, options: Mapping[str, Any]
    ) -> Job[Any]:
        def listen(event: Event) -> Any:
            return self._update(event, on_update)

        return await client.wait(ticket, timeout=timeout, on_event=listen, **options)

    async def _update(self, event: Event, on_update: OnUpdate) -> None:
        if event.job is not None and event.kind is not EventKind.LOST:
            await given(on_update(event.job))

    def _forget(self, watched: Future[Job[Any]] | asyncio.Task[Job[Any]]) -> None:
        with self._one_at_a_time:
            self._watched.discard(watched)
        error = None if watched.cancelled() else watched.exception()
        if isinstance(error, Exception):
            logger.warning("a job is watched no longer: %s", reason_of(error))
