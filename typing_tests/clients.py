"""What a client gives: a job where it blocks, the promise of one where it is awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any, assert_type

import httpx
import httpx2
import requests

from jobmodels import Job, JobState, Request, Response, Ticket
from jobmodels.clients import (
    AsyncClient,
    AsyncHttpxSender,
    AsyncSender,
    Client,
    Handle,
    HttpxSender,
    InstantClock,
    Outcome,
    Policy,
    RequestsSender,
    Sender,
    download,
    replay,
)
from jobmodels.errors import JobFailed, JobModelsError

ticket = Ticket("alation/document/POST", 7)

client = Client("alation", "https://x.example", sender=replay([Response(200)]), clock=InstantClock())
assert_type(client.wait(ticket, timeout=None, check=True), Job[Any])
assert_type(client.status(ticket), Job[Any])
assert_type(client.list(state="done"), Job[Any])
assert_type(client.list(JobState.FAILED, 5, page=2), Job[Any])
assert_type(client.jobs("pending"), Iterator[Job[Any]])
assert_type(client.ticket(id="7", key="alation/document/POST"), Ticket)
assert_type(client.ticket({"job_id": 7}, key="alation/document/POST"), Ticket)
assert_type([client.ticket(job) for job in client.jobs()], list[Ticket])
client.ticket(id="7")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
client.ticket(Response(202))  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]
assert_type(client.cancel(ticket, missing_ok=False), Job[Any])
assert_type(client.receive(b"{}"), Job[Any])
assert_type(client.policy, Policy)


def send(request: Request) -> Response:
    """Any function of this form is a sender."""
    return Response(200)


sender: Sender = send
Client("alation", "https://x.example", sender=send, auth={"Token": "t"})
Client("alation", "https://x.example", auth=lambda: {"Token": "t"}, policy=Policy(timeout=1))
Client("alation", "https://x.example", timeout=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
for outcome in client.wait_all([ticket, client.wait(ticket)], concurrency=2, ordered=True):
    assert_type(outcome, Outcome)
    assert_type(outcome.job, Job[Any] | None)
    assert_type(outcome.error, JobModelsError | None)
    assert_type(outcome.ticket, Ticket | None)
client.wait_all(client.list(state="pending"))
client.wait_all(client.jobs(state="pending"))
assert_type(client.wait_chain(ticket, limit=2), tuple[Job[Any], ...])
queue = client.queue(concurrency=3)
queue.add(ticket, client.status(ticket))
assert_type(list(queue), list[Outcome])
handle = client.handle(ticket)
assert_type(handle, Handle)
assert_type(handle.done(), bool)
assert_type(handle.status(), Job[Any])
assert_type(handle.job, Job[Any] | None)
assert_type(handle.exception(timeout=5), JobFailed | None)
assert_type(handle.cancel(missing_ok=True), Job[Any])
handle.add_done_callback(lambda ended: ended.result())
client.wait_all(["7"])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
client.wait("7")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


Client("alation", "https://x.example", sender=requests.Session())
Client("alation", "https://x.example", sender=httpx2.Client())
Client("alation", "https://x.example", sender=httpx.Client())
sender = RequestsSender(requests.Session(), total=30, largest=2**20)
sender = HttpxSender(httpx2.Client(), timeout=5)
Client("alation", "https://x.example", sender=httpx2.AsyncClient())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
assert_type(download("https://x.example/f.zip"), Response)
assert_type(download("https://x.example/f.zip", sender), Response)
download("https://x.example/f.zip", requests.Session())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

async_sender: AsyncSender = AsyncHttpxSender(httpx2.AsyncClient())
AsyncClient("alation", "https://x.example", sender=async_sender)
AsyncClient("alation", "https://x.example", sender=httpx2.AsyncClient())
AsyncClient("alation", "https://x.example", sender=httpx.AsyncClient())
AsyncClient("alation", "https://x.example", sender=httpx2.Client())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
AsyncClient("alation", "https://x.example", sender=requests.Session())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def awaited() -> None:
    """All of it, in an event loop."""
    asking = AsyncClient("alation", "https://x.example")
    assert_type(await asking.wait(ticket), Job[Any])
    assert_type(await asking.cancel(ticket), Job[Any])
    assert_type(await asking.receive({"jobId": "7"}), Job[Any])
    async for outcome in asking.wait_all(asking.list(state="pending"), concurrency=500):
        assert_type(outcome, Outcome)
    asking.wait_all(asking.jobs())
    async with aclosing(asking.wait_all([ticket])) as outcomes:
        assert_type(await anext(outcomes), Outcome)
    first, *_ = await asking.wait_chain(ticket)
    assert_type(first, Job[Any])
    async with asking.queue(keep_open=True) as queue:
        queue.add(ticket)
        assert_type([outcome async for outcome in queue], list[Outcome])
    handle = asking.handle(ticket)
    assert_type(await handle, Job[Any])
    assert_type(await handle.done(), bool)
    assert_type(await handle.exception(), JobFailed | None)
    await handle.add_done_callback(lambda ended: ended.result())
    assert_type(asking.jobs(limit=5), AsyncIterator[Job[Any]])
    AsyncClient("alation", "https://x.example", sender=send)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
