"""What the seed of DatoCMS writes down as examples, ready to use. Source: seed of DatoCMS.

Functions take a client for `datocms` first, one that blocks or one that is awaited. A job is named by its id, its
ticket, or the answer to its submit. All of this is in `jobmodels.clients` for every system; the names are the seed's.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar, overload

from jobmodels._job import Job
from jobmodels._steps import Policy
from jobmodels.clients import _emitter, _monitor, _track
from jobmodels.clients._both import C, finish, given
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._desk import Desk
from jobmodels.clients._senders import Sender
from jobmodels.clients._standard import send
from jobmodels.clients._track import Fault, Submitted, fault_of, ticket_of, worked
from jobmodels.errors import WaitError
from jobmodels.systems.datocms import JobResultDetails

__all__ = [
    "Fetched",
    "Handled",
    "JobEventEmitter",
    "JobMonitor",
    "backoff",
    "handle_job_errors",
    "job_results_fetcher",
    "monitor_multiple_jobs",
    "retry_failed_job",
    "track_job_progress",
    "wait_for_job_completion",
    "wait_for_job_with_backoff",
]

J = TypeVar("J")

KEY = "datocms/job-result/GET"
_ticket_of = partial(ticket_of, key=KEY, flat=("job", "job_result"))
BASE_URL = "https://site-api.datocms.com"


class Fetched(NamedTuple):
    """What `job_results_fetcher` gives: one of the two.

    Attributes:
        data: the job result, with `status`, `payload` and `result`.
        error: the first error of the job, or what came of waiting.
    """

    data: JobResultDetails | None = None
    error: Fault | None = None


class Handled(NamedTuple):
    """What `handle_job_errors` gives.

    Attributes:
        success: whether the job ended with a result.
        result: what it gave.
        error: its first error, where it did not.
    """

    success: bool
    result: Any = None
    error: Fault | None = None


def backoff(max_retries: int = 10) -> Policy:
    """Make the policy of the seed: pauses of about 1 s, twice as long each time up to 30 s, and so many looks."""
    return Policy(base=1.0, cap=30.0, max_requests=max_retries)


def wait_for_job_completion(client: Desk[J], job: Submitted, **how: Any) -> J:
    """Wait until a job has ended, as `wait` of the client does."""
    return client.wait(_ticket_of(client, job), **how)


def wait_for_job_with_backoff(client: Desk[J], job: Submitted, max_retries: int = 10, **how: Any) -> J:
    """Wait until a job has ended, with the policy that `backoff` gives.

    Raises:
        StillRunning: after so many looks it has not ended.
        WaitError: as for `wait` of the client.
    """
    patient = copy.copy(client)
    patient.policy = backoff(max_retries)
    return wait_for_job_completion(patient, job, **how)


def track_job_progress(
    client: Desk[J],
    job: Submitted,
    on_progress: Callable[[float], object] | None = None,
    on_complete: Callable[[Any], object] | None = None,
    on_error: Callable[[Fault], object] | None = None,
    **how: Any,
) -> J:
    """Wait for a job and call back, as `jobmodels.clients.track` does."""
    ticket = _ticket_of(client, job)
    return _track.track(client, ticket, on_progress=on_progress, on_complete=on_complete, on_error=on_error, **how)


def retry_failed_job(
    client: Desk[J], job: Submitted, retry_operation: Callable[[], Submitted | Awaitable[Submitted]], **how: Any
) -> J:
    """Submit again what failed, and wait for it, as `jobmodels.clients.retry` does."""

    async def submitted() -> Any:
        return _ticket_of(client, await given(retry_operation()))

    return _track.retry(client, _ticket_of(client, job), submitted, **how)


@overload
def monitor_multiple_jobs(client: Client, jobs: Iterable[Submitted], **how: Any) -> list[Job[Any]]: ...
@overload
def monitor_multiple_jobs(
    client: AsyncClient, jobs: Iterable[Submitted], **how: Any
) -> Coroutine[Any, Any, list[Job[Any]]]: ...
def monitor_multiple_jobs(client: Any, jobs: Iterable[Submitted], **how: Any) -> Any:
    """Wait for several jobs at once, as `jobmodels.clients.gather` does."""
    return _track.gather(client, [_ticket_of(client, job) for job in jobs], **how)


@overload
def handle_job_errors(client: Client, job: Submitted, **how: Any) -> Handled: ...
@overload
def handle_job_errors(client: AsyncClient, job: Submitted, **how: Any) -> Coroutine[Any, Any, Handled]: ...
def handle_job_errors(client: Any, job: Submitted, **how: Any) -> Any:
    """Wait for a job, and tell success from failure.

    Returns:
        `(True, result, None)` or `(False, None, error)`.

    Raises:
        WaitError: as for `wait` of the client.
    """

    async def handled() -> Handled:
        ended: Job[Any] = await given(wait_for_job_completion(client, job, **how))
        return Handled(True, ended.result) if worked(ended) else Handled(False, error=fault_of(ended))

    return finish(client, handled())


@overload
def job_results_fetcher(job_id: Submitted, *, client: AsyncClient, **how: Any) -> Coroutine[Any, Any, Fetched]: ...
@overload
def job_results_fetcher(
    job_id: Submitted, *, client: Client | None = None, api_token: str = "", sender: Sender = send, **how: Any
) -> Fetched: ...
def job_results_fetcher(
    job_id: Submitted, *, client: Any = None, api_token: str = "", sender: Sender = send, **how: Any
) -> Any:
    """Wait for a job by asking for it, where the vendor's function of this name opens a socket and listens.

    Args:
        job_id: the job.
        client: what asks; without one, a client that blocks is made of token and sender.
        api_token: what such a client shows to the service.
        sender: what carries its requests.
        how: what `wait` takes besides, as `timeout` or `environment`.

    Returns:
        `(data, None)` of a job that ended with a result, `(None, error)` of one that did not, or where waiting came to
        no end.

    Raises:
        TypeError: there is neither a client nor a token.
    """
    if client is None and not api_token:
        raise TypeError("a client is needed, or an api_token to make one with")
    asking = client or Client("datocms", BASE_URL, sender=sender, auth={"Authorization": f"Bearer {api_token}"})

    async def fetched() -> Fetched:
        try:
            ended: Job[Any] = await given(wait_for_job_completion(asking, job_id, **how))
        except WaitError as error:
            return Fetched(error=error)
        return Fetched(ended.details) if worked(ended) else Fetched(error=fault_of(ended))

    return finish(asking, fetched())


class JobEventEmitter(_emitter.JobEventEmitter[C]):
    """Waits for jobs, and tells listeners what happens, as `jobmodels.clients.JobEventEmitter` does."""

    key = KEY


class JobMonitor(_monitor.JobMonitor[C]):
    """Watches jobs beside other work, as `jobmodels.clients.JobMonitor` does."""

    key = KEY
