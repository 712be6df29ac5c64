"""Handles: one job, and what became of it, in the manner of `concurrent.futures.Future`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jobmodels._job import Job
from jobmodels._look import come_to, is_last
from jobmodels._steps import reason_of
from jobmodels._wait import Tally
from jobmodels._wire import Ticket
from jobmodels.clients._service import Timeout
from jobmodels.errors import JobFailed, JobGone, WaitError

if TYPE_CHECKING:
    from jobmodels.clients._desk import Desk
    from jobmodels.clients._many import Many

logger = logging.getLogger("jobmodels")
C = TypeVar("C")
"""What is called when the job has ended."""


class Held(Generic[C]):
    """What is known of one job; nothing is asked here.

    Attributes:
        ticket: the job.
        job: what was last read of it; None where nothing was.
    """

    def __init__(self, client: Desk[Any], ticket: Ticket, options: dict[str, Any]) -> None:
        """Take whom to ask for which job, and what the system's `ask` takes besides."""
        self.ticket = client.admit(ticket)
        self.job: Job[Any] | None = None
        self._desk, self._options = client, options
        self._tally = Tally(began=client.clock.now())
        self._last: Job[Any] | None = None
        self._lost: JobGone | None = None
        self._callbacks: list[C] = []

    def __repr__(self) -> str:
        """Show which job it is, and how it stands."""
        state = "not known" if self.job is None else self.job.state.value
        return f"<{type(self).__name__} {self.ticket.key} {self.ticket.id}: {state}>"

    @property
    def _has_ended(self) -> bool:
        return self.job is not None and bool(self.job.finished)

    def _ready(self) -> Job[Any] | None:
        """Give the last answer if there was one; a result that was lost is not asked for again."""
        if self._lost is not None:
            raise self._lost
        return self._last

    def _learn(self, job: Job[Any]) -> list[C]:
        """Take what was read; give what is to be called now."""
        self.job = job
        if is_last(job):
            self._last = job
        if not job.finished:
            return []
        told, self._callbacks = self._callbacks, []
        return told

    def _go_without(self, error: WaitError) -> None:
        """Take that waiting came to no end of the job."""
        self.job = error.job or self.job
        if isinstance(error, JobGone) and error.maybe_consumed:
            self._lost = error

    def _come_to(self, job: Job[Any]) -> None:
        """Decide, after a look, whether another one is of use.

        Raises:
            WaitError: it is not.
        """
        try:
            come_to(job, self.ticket, self._desk.policy, self._tally, self._desk.clock.now)
        except WaitError as error:
            self._go_without(error)
            raise


def failure_of(job: Job[Any]) -> JobFailed | None:
    """Give the error of a job that did not go well, or None."""
    try:
        job.raise_for_state()
    except JobFailed as error:
        return error
    return None


def note(error: Exception) -> None:
    """Log what was raised by something that was called."""
    logger.error("what was to be called at the end of a job failed: %s", reason_of(error))


class Handle(Held[Callable[["Handle"], object]]):
    """One job, and what became of it.

    The job is asked for when a method needs it, by the thread that calls; nothing happens in between. What was read
    once the job had ended is remembered. A handle is not made to be used by several threads at a time.
    """

    def __init__(self, client: Many, ticket: Ticket, options: dict[str, Any]) -> None:
        """Take whom to ask for which job."""
        super().__init__(client, ticket, options)
        self._client = client

    def done(self) -> bool:
        """Look whether the job has ended, with one request at most.

        Raises:
            JobGone: the service does not know the job, or no longer.
            UnknownStateError: several looks in a row did not say how the job stands.
            Unreachable: the service does not answer.
            NotAllowed: the service refuses the credentials.
        """
        if self._ready() is None and not self._has_ended:
            self._come_to(self.status())
        return self._has_ended

    def status(self) -> Job[Any]:
        """Look how the job stands, with one request at most.

        Raises:
            Unreachable: no answer came.
        """
        if (last := self._ready()) is not None:
            return last
        job = self._client._do(self._client.look(self.ticket, self._tally, self._options))
        self._call(self._learn(job))
        return job

    def wait(self, timeout: Timeout = ...) -> Job[Any]:
        """Wait until the job has ended; give it, however it did.

        Args:
            timeout: seconds; None for ever; what the policy says if not given.

        Raises:
            WaitError: as for `Client.wait`.
        """
        if (last := self._ready()) is not None:
            return last
        try:
            self._last = self._client.wait(self.ticket, timeout=timeout, **self._options)
        except WaitError as error:
            self._go_without(error)
            raise
        self._call(self._learn(self._last))
        return self._last

    def result(self, timeout: Timeout = ...) -> Any:
        """Wait until the job has ended; give its result, typed.

        Args:
            timeout: as for `wait`.

        Raises:
            JobFailed: the job did not go well.
            WaitError: as for `Client.wait`.
        """
        job = self.wait(timeout)
        job.raise_for_state()
        return job.result

    def exception(self, timeout: Timeout = ...) -> JobFailed | None:
        """Wait until the job has ended; give the error of a job that did not go well, or None.

        Args:
            timeout: as for `wait`.

        Raises:
            WaitError: as for `Client.wait`.
        """
        return failure_of(self.wait(timeout))

    def cancel(self, *, missing_ok: bool = False, **options: Any) -> Job[Any]:
        """Cancel the job; `accepted` says whether the service said yes.

        Args:
            missing_ok: whether a job that the service does not know is data; else it raises.
            options: what the system's `ask` takes besides.

        Raises:
            JobGone: the service does not know the job.
            Unreachable: no answer came.
            NotAskable: the system cannot cancel jobs, or not this one.
        """
        return self._client.cancel(self.ticket, missing_ok=missing_ok, **{**self._options, **options})

    def delete(self, *, missing_ok: bool = False, **options: Any) -> Job[Any]:
        """Have the job forgotten; `accepted` says whether the service said yes.

        Args:
            missing_ok: as for `cancel`.
            options: what the system's `ask` takes besides.

        Raises:
            JobGone: the service does not know the job.
            Unreachable: no answer came.
            NotAskable: the system cannot delete jobs.
        """
        return self._client.delete(self.ticket, missing_ok=missing_ok, **{**self._options, **options})

    def add_done_callback(self, call: Callable[[Handle], object]) -> None:
        """Have something called with this handle once the job has ended; at once, if that is known.

        No thread waits for that: it is called by the method that learns of the end, before that returns. What it raises
        is logged, and goes no further.
        """
        if self._has_ended:
            self._call([call])
        else:
            self._callbacks.append(call)

    def _call(self, callbacks: list[Callable[[Handle], object]]) -> None:
        for call in callbacks:
            try:
                call(self)
            except Exception as error:  # noqa: BLE001 - whatever is raised there, the answer is not lost for it
                note(error)
