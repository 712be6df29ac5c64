"""Events of a job, for listeners that are added by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Generic, Literal, Self, TypeAlias, get_args, overload

import attrs

from jobmodels._job import Job, JobState
from jobmodels._secrets import shown
from jobmodels._steps import Event, EventKind
from jobmodels._wire import Ticket
from jobmodels.clients._both import C, finish, given
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._track import Fault, Submitted, fault_of, percentage, ticket_of, worked
from jobmodels.errors import WaitError

Kind: TypeAlias = Literal["progress", "status_change", "success", "error"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@attrs.frozen(kw_only=True)
class JobEvent:
    """What a listener is told.

    Attributes:
        kind: `progress`, `status_change`, `success` or `error`.
        ticket: the job.
        job: what is known of it; None where nothing is.
        error: for `error`, the first error of the job, or what waiting raised.
    """

    kind: Kind
    ticket: Ticket
    job: Job[Any] | None
    error: Fault | None = None

    __repr__ = shown

    @property
    def detail(self) -> Self:
        """The event itself, for code that looks for its facts there."""
        return self

    @property
    def job_id(self) -> str:
        """The id of the job."""
        return self.ticket.id

    @property
    def status(self) -> JobState | None:
        """How the job stands."""
        return self.job.state if self.job else None

    @property
    def progress(self) -> float | None:
        """How far the job is, 0 to 100."""
        return percentage(self.job)

    @property
    def result(self) -> Any:
        """What the job gave."""
        return self.job.result if self.job else None


JobListener: TypeAlias = Callable[[JobEvent], object]


class JobEventEmitter(Generic[C]):
    """Waits for jobs, and tells listeners what happens.

    `progress` is told when it changed, `status_change` when the state did, then `success` or `error` once. A job is
    taken to be pending at first. Some items of a `success` may have failed: see the state and the errors of the job.

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
        self._listeners: dict[Kind, list[JobListener]] = {kind: [] for kind in KINDS}

    def on(self, kind: Kind, listener: JobListener) -> None:
        """Have a listener called with each event of a kind; in an event loop, it may be awaited.

        Raises:
            ValueError: there is no such kind.
        """
        self._of(kind).append(listener)

    def off(self, kind: Kind, listener: JobListener) -> None:
        """Have it called no longer.

        Raises:
            ValueError: there is no such kind, or it was not called.
        """
        self._of(kind).remove(listener)

    add_event_listener = on
    remove_event_listener = off

    @overload
    def monitor_job(self: JobEventEmitter[Client], job: Submitted, **how: Any) -> Job[Any] | None: ...
    @overload
    def monitor_job(
        self: JobEventEmitter[AsyncClient], job: Submitted, **how: Any
    ) -> Coroutine[Any, Any, Job[Any] | None]: ...
    def monitor_job(self, job: Submitted, **how: Any) -> Any:
        """Wait for a job, and tell what happens.

        Args:
            job: its ticket; with a key, its id or the answer to its submit too.
            how: what `wait` takes besides, but for `check`.

        Returns:
            The job, however it ended; None where waiting came to no end, and a listener for errors was told so.

        Raises:
            WaitError: waiting came to no end, and nobody listens for errors.
            Exception: whatever a listener raises.
        """
        return finish(self.client, self._monitor(ticket_of(self.client, job, self.key), how))

    def _of(self, kind: Kind) -> list[JobListener]:
        if kind not in self._listeners:
            raise ValueError(f"there are events {', '.join(KINDS)}")
        return self._listeners[kind]

    async def _monitor(self, ticket: Ticket, how: Mapping[str, Any]) -> Job[Any] | None:
        def listen(event: Event) -> Awaitable[None] | None:
            return finish(self.client, self._hear(event))  # type: ignore[no-any-return]

        try:
            job: Job[Any] = await given(self.client.wait(ticket, on_event=listen, check=False, **how))
        except WaitError as error:
            if not self._listeners["error"]:
                raise
            await self._tell(JobEvent(kind="error", ticket=ticket, job=error.job, error=error))
            return None
        if worked(job):
            await self._tell(JobEvent(kind="success", ticket=ticket, job=job))
        else:
            await self._tell(JobEvent(kind="error", ticket=ticket, job=job, error=fault_of(job)))
        return job

    async def _hear(self, event: Event) -> None:
        """Tell what changed; that the job has ended is told once waiting has."""
        job, before = event.job, event.previous
        if job is None or event.kind is EventKind.LOST:
            return
        if event.kind is not EventKind.ENDED and percentage(job) not in (None, percentage(before)):
            await self._tell(JobEvent(kind="progress", ticket=event.ticket, job=job))
        if job.state is not (before.state if before else JobState.PENDING):
            await self._tell(JobEvent(kind="status_change", ticket=event.ticket, job=job))

    async def _tell(self, event: JobEvent) -> None:
        for listener in tuple(self._listeners[event.kind]):
            await given(listener(event))
