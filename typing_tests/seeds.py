"""What the seeds' interfaces give: values where the client blocks, promises where it is awaited."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, assert_type

import requests

from jobmodels import Job, JobError, Ticket
from jobmodels.clients import (
    AlationJob,
    AsyncClient,
    Client,
    JobEvent,
    JobEventEmitter,
    JobMonitor,
    Policy,
    retry,
    track,
)
from jobmodels.clients import alation as page
from jobmodels.clients.datocms import (
    Fetched,
    Handled,
    backoff,
    handle_job_errors,
    job_results_fetcher,
    monitor_multiple_jobs,
)
from jobmodels.systems.alation import JobDetails

client = Client("datocms", "https://x.example")
ticket = Ticket("datocms/job-result/GET", "x")

assert_type(track(client, ticket, on_progress=print, on_complete=print), Job[Any])
assert_type(retry(client, ticket, lambda: "y", timeout=60), Job[Any])
assert_type(handle_job_errors(client, "x"), Handled)
assert_type(job_results_fetcher("x", api_token="t"), Fetched)
assert_type(monitor_multiple_jobs(client, ["x", ticket]), list[Job[Any]])
assert_type(backoff(), Policy)
assert_type(JobMonitor(client).monitor_job(ticket, print), Future[Job[Any]])
assert_type(JobEventEmitter(client).monitor_job(ticket), Job[Any] | None)


def failed(error: JobError | Exception) -> None:
    """The job's own error, or what was raised."""


def happened(event: JobEvent) -> None:
    """What a listener is told."""


track(client, ticket, on_error=failed)
JobEventEmitter(client).on("success", happened)
JobEventEmitter(client).on("succes", happened)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
track(client, "x")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

job = AlationJob("t", requests.Session(), "https://x.example", {"job_id": 1}, policy=Policy(timeout=60))
assert_type(job.check_job_status(), list[dict[str, Any]])
assert_type(job._get_job(), JobDetails[Any])  # pyright: ignore[reportPrivateUsage] - the seed's own name
assert_type(page.Job("t", requests.Session(), "https://x.example", {"job_id": 1}), AlationJob)


async def awaited() -> None:
    """All of it, in an event loop."""
    asking = AsyncClient("datocms", "https://x.example")
    assert_type(await track(asking, ticket, on_progress=print), Job[Any])
    assert_type(await retry(asking, ticket, lambda: "y"), Job[Any])
    assert_type(await handle_job_errors(asking, "x"), Handled)
    assert_type(await job_results_fetcher("x", client=asking), Fetched)
    assert_type(await monitor_multiple_jobs(asking, ["x", ticket]), list[Job[Any]])
    assert_type(JobMonitor(asking).monitor_job(ticket, print), asyncio.Task[Job[Any]])
    assert_type(await JobEventEmitter(asking).monitor_job(ticket), Job[Any] | None)
