"""Following a job with callbacks, submitting again what failed, and waiting for several at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Coroutine, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, overload

import attrs

from jobmodels._job import Job, JobError, JobState
from jobmodels._steps import Event, EventKind
from jobmodels._wire import Response, Ticket
from jobmodels.clients._both import finish, given
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._desk import Desk
from jobmodels.errors import JobFailed, NoJob

J = TypeVar("J")

Fault: TypeAlias = JobError | Exception
"""Why a job gave nothing: what the service says of it, or what was raised."""

Submitted: TypeAlias = Ticket | Response | Job[Any] | Mapping[str, Any] | str | int
"""What a submit gives: a ticket, the answer to it, or the id of the job."""

_WORKED = frozenset({JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED})


def worked(job: Job[Any]) -> bool:
    """Tell whether a job ended with a result; some of its items may have failed."""
    return job.state in _WORKED


def fault_of(job: Job[Any]) -> Fault:
    """Say why a job ended without a result."""
    return job.errors[0] if job.errors else JobFailed(job)


def percentage(job: Job[Any] | None) -> float | None:
    """Give how far a job is, 0 to 100; None where that is not known."""
    if job is None or job.progress is None:
        return None
    told = round(job.progress * 100, 6)
    return int(told) if told.is_integer() else told


@attrs.define
class _Calls:
    """Whom to call while a job is followed, and the progress that was told last."""

    on_progress: Callable[[float], object] | None
    on_complete: Callable[[Any], object] | None
    on_error: Callable[[Fault], object] | None
    told: float = 0

    async def hear(self, event: Event) -> None:
        """Tell progress that changed."""
        now = percentage(event.job)
        if event.kind is EventKind.ENDED or now is None or now == self.told:
            return
        self.told = now
        if self.on_progress:
            await given(self.on_progress(now))

    async def end(self, job: Job[Any]) -> None:
        """Tell how the job ended."""
        if not worked(job):
            await self.fail(fault_of(job))
        elif self.on_complete:
            await given(self.on_complete(job.result))

    async def fail(self, fault: Fault) -> None:
        """Tell why there is no result."""
        if self.on_error:
            await given(self.on_error(fault))


def track(
    client: Desk[J],
    ticket: Ticket,
    *,
    on_progress: Callable[[float], object] | None = None,
    on_complete: Callable[[Any], object] | None = None,
    on_error: Callable[[Fault], object] | None = None,
    **how: Any,
) -> J:
    """Wait for a job, and call back: while it makes progress, and once it has ended.

    Args:
        client: what asks; where it is awaited, this is too, and callbacks may be.
        ticket: the job.
        on_progress: is called with 0 to 100 when that has changed; nothing is told before the first step from 0, nor of
            a job that has ended.
        on_complete: is called with the result, also where some items of the work failed.
        on_error: is called with the first error of a job that ended otherwise, or with what waiting raises.
        how: what `wait` takes besides.

    Returns:
        The job, however it ended.

    Raises:
        Exception: whatever `wait` or a callback raises.
    """
    return finish(client, _track(client, ticket, _Calls(on_progress, on_complete, on_error), how))  # type: ignore[no-any-return]


async def _track(client: Desk[Any], ticket: Ticket, calls: _Calls, how: Mapping[str, Any]) -> Job[Any]:
    def listen(event: Event) -> Awaitable[None] | None:
        return finish(client, calls.hear(event))  # type: ignore[no-any-return]

    try:
        job: Job[Any] = await given(client.wait(ticket, on_event=listen, **how))
    except Exception as error:
        await calls.fail(error)
        raise
    await calls.end(job)
    return job


def retry(client: Desk[J], ticket: Ticket, submit: Callable[[], Submitted | Awaitable[Submitted]], **how: Any) -> J:
    """Do work again whose job failed, once, and wait for the new job.

    Args:
        client: what asks; where it is awaited, this is too, and the submit may be.
        ticket: the job that may have failed.
        submit: is called without arguments, if it did.
        how: what `wait` takes besides.

    Returns:
        The new job, however it ended; or the old one as a look at it shows it, if it did not fail.

    Raises:
        SubmitRefused: there is no new job, or that is left open.
        Exception: whatever `status`, `wait` or the submit raises.
    """
    return finish(client, _retry(client, ticket, submit, how))  # type: ignore[no-any-return]


async def _retry(client: Desk[Any], ticket: Ticket, submit: Callable[[], Any], how: Mapping[str, Any]) -> Job[Any]:
    job: Job[Any] = await given(client.status(ticket))
    if job.finished and job.state is JobState.UNKNOWN:
        job = await given(client.result(ticket))
    if job.state is not JobState.FAILED:
        return job
    try:
        again = ticket_of(client, await given(submit()), ticket.key)
    except NoJob as answered:
        if not answered.job.finished:
            raise
        return answered.job
    job = await given(client.wait(again, **how))
    return job


@overload
def gather(client: Client, tickets: Iterable[Ticket], **how: Any) -> list[Job[Any]]: ...
@overload
def gather(client: AsyncClient, tickets: Iterable[Ticket], **how: Any) -> Coroutine[Any, Any, list[Job[Any]]]: ...
def gather(client: Any, tickets: Iterable[Ticket], **how: Any) -> Any:
    """Wait for several jobs at once.

    Args:
        client: what asks; where it is awaited, this is too.
        tickets: the jobs; all are looked at from the beginning, unless `concurrency` says how many at once.
        how: what `wait_all` takes besides.

    Returns:
        The jobs in the order of the tickets, however they ended.

    Raises:
        JobModelsError: waiting for one of them came to no end: the first one in order, once the others have ended.
    """
    return finish(client, _gather(client, tuple(tickets), how))


async def _gather(client: Any, tickets: tuple[Ticket, ...], how: Mapping[str, Any]) -> list[Job[Any]]:
    told = client.wait_all(tickets, **{"concurrency": max(1, len(tickets)), **how, "ordered": True})
    outcomes = [one async for one in told] if isinstance(client, AsyncClient) else list(told)
    for outcome in outcomes:
        if outcome.error:
            raise outcome.error
    return [outcome.job for outcome in outcomes]


def ticket_of(client: Desk[Any], source: Submitted, key: str | None, flat: Container[str] = ()) -> Ticket:
    """Give the ticket for what a submit gave; `flat` has the types of resources that stand for a job, by their `id`.

    Raises:
        SubmitRefused: as for `ticket` of a client.
        NoJob: as for `ticket` of a client.
        TypeError: it is no ticket, and there is no key to read it under.
    """
    if isinstance(source, Ticket):
        return source
    if isinstance(source, Job):
        return client.ticket(source)
    if key is None:
        raise TypeError(f"without a key, a job is named by its ticket, not by {type(source).__name__}")
    if isinstance(source, Mapping) and "id" in source and source.get("type", "job") in flat:
        return client.ticket(id=source["id"], key=key)
    if isinstance(source, (str, int)):
        return client.ticket(id=source, key=key)
    return client.ticket(source, key=key)
