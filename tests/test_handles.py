"""Handles: one job and what became of it, for one thread or for many tasks."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

import jobmodels
from jobmodels import Job, JobState, Request, Response, Ticket
from jobmodels.clients import AsyncClient, AsyncHandle, Client, Handle, InstantClock, Policy, replay
from jobmodels.errors import (
    InvalidTicket,
    JobFailed,
    JobGone,
    NoJob,
    NotAllowed,
    StillRunning,
    UnknownStateError,
    Unreachable,
)

JSON = Response.json
BASE = "https://service.example"
JOB = Ticket("alation/document/POST", "7")
ONCE = Ticket("arangodb/job/GET", "300000001")
BUSY = JSON({"status": "running", "msg": "", "result": None})
DONE = JSON({"status": "successful", "msg": "", "result": {"created_term_count": 0, "created_terms": []}})
FAILED = JSON({"status": "failed", "msg": "", "result": "no"})
ODD = JSON({"status": "pondering", "msg": "", "result": None})
PAGE = Response(502, {"content-type": "text/html"}, b"<title>Bad gateway</title>")
NO = JSON({"detail": "no"}, 401)
READY, NOT_YET = Response(200, {}, b""), Response(204, {}, b"")
UNKNOWN = JSON({"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}, 404)
RESULT = JSON({"_key": "1"}, 201, {"X-Arango-Async-Id": ONCE.id})
Given = Response | Exception


class Wire:
    """A sender that gives answers in order, the last one again and again, and remembers what was asked."""

    def __init__(self, *answers: Given) -> None:
        self.next = replay(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Answer."""
        self.asked.append(request)
        return self.next(request)

    async def awaited(self, request: Request) -> Response:
        """Answer in an event loop, after a while."""
        await asyncio.sleep(0)
        return self(request)


class Blocking:
    """A handle of the blocking client, whose methods are awaited all the same, so that one test serves both."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle

    def __getattr__(self, name: str) -> Any:
        """Give an attribute, or a method that is awaited."""
        told = getattr(self.handle, name)
        if not callable(told):
            return told

        async def method(*args: Any, **options: Any) -> Any:
            return told(*args, **options)

        return method


Made = tuple[Any, Wire]


def blocking(ticket: Any, *answers: Given, known: dict[str, Any] | None = None, **options: Any) -> Made:
    """Make a handle of the blocking client."""
    wire = Wire(*answers)
    told: dict[str, Any] = {"clock": InstantClock(), "chance": lambda: 1.0, **(known or {})}
    return Blocking(Client(_system(ticket), BASE, sender=wire, **told).handle(ticket, **options)), wire


def awaited(ticket: Any, *answers: Given, known: dict[str, Any] | None = None, **options: Any) -> Made:
    """Make a handle of the client that is awaited."""
    wire = Wire(*answers)
    told: dict[str, Any] = {"clock": InstantClock(), "chance": lambda: 1.0, **(known or {})}
    return AsyncClient(_system(ticket), BASE, sender=wire.awaited, **told).handle(ticket, **options), wire


def _system(ticket: Any) -> str:
    return str(ticket.key.system)


Make = Callable[..., Made]
both = pytest.mark.parametrize("make", [blocking, awaited])


@both
def test_a_handle_gives_the_result(make: Make) -> None:
    """Typed, and asked for once."""

    async def everything() -> None:
        handle, wire = make(JOB, BUSY, DONE)
        assert (handle.ticket.origin, handle.job) == ("https://service.example:443", None)
        result = await handle.result()
        assert type(result).__name__ == "JobDetailsDocumentPostResult"
        assert await handle.result(timeout=None) is result
        assert await handle.exception() is None
        assert await handle.done() is True
        assert (await handle.status()) is handle.job is await handle.wait()
        assert handle.job.state is JobState.SUCCEEDED
        assert len(wire.asked) == 2

    asyncio.run(everything())


@both
def test_a_job_that_failed_is_an_exception(make: Make) -> None:
    """Raised by what gives the result."""

    async def everything() -> None:
        handle, wire = make(JOB, FAILED)
        with pytest.raises(JobFailed):
            await handle.result()
        assert isinstance(await handle.exception(), JobFailed)
        assert len(wire.asked) == 1

    asyncio.run(everything())


@both
def test_a_handle_looks_when_it_is_asked_to(make: Make) -> None:
    """Once each time, until the job has ended; the last look has the result where one request has both."""

    async def everything() -> None:
        handle, wire = make(JOB, BUSY, BUSY, BUSY, DONE)
        assert await handle.done() is False
        assert (await handle.status()).state is JobState.RUNNING
        assert handle.job.state is JobState.RUNNING
        assert [await handle.done(), await handle.done(), await handle.done()] == [False, True, True]
        assert (await handle.result()).created_term_count == 0
        assert len(wire.asked) == 4

    asyncio.run(everything())


@both
def test_looking_takes_no_result_that_is_given_once(make: Make) -> None:
    """It is fetched when it is wanted, and then remembered."""

    async def everything() -> None:
        handle, wire = make(ONCE, NOT_YET, READY, READY, RESULT, UNKNOWN)
        assert [await handle.done(), await handle.done(), await handle.done()] == [False, True, True]
        assert [request.method for request in wire.asked] == ["GET", "GET"]
        assert await handle.result() == await handle.result()
        assert [request.method for request in wire.asked] == ["GET", "GET", "GET", "PUT"]
        assert (await handle.status()).state is JobState.SUCCEEDED

    asyncio.run(everything())


@both
def test_a_handle_goes_on_with_what_an_earlier_process_kept(make: Make) -> None:
    """It reads the answer in the store, and asks for nothing; a result that was lost is not asked for twice."""

    async def everything() -> None:
        store: dict[str, bytes] = {}
        known = {"store": store}
        first, _ = make(ONCE, READY, RESULT, known=known)
        result = await first.result()
        second, wire = make(ONCE, UNKNOWN, known=known)
        assert await second.done() is True
        assert await second.result() == result
        assert wire.asked == []
        lost, wire = make(ONCE, READY, ConnectionResetError("reset"), UNKNOWN)
        for ask in (lost.result, lost.done, lost.status, lost.result):
            with pytest.raises(JobGone) as raised:
                await ask()
            assert raised.value.maybe_consumed
        assert len(wire.asked) == 3

    asyncio.run(everything())


@both
def test_looking_again_and_again_comes_to_an_end(make: Make) -> None:
    """When no look will tell any more; a single look is data."""

    async def looks(*answers: Given, known: dict[str, Any] | None = None) -> int:
        handle, wire = make(JOB, *answers, known=known)
        while not await handle.done():
            handle._client.clock.sleep(1)
        return len(wire.asked)

    async def everything() -> None:
        for answer, error, number in ((NO, NotAllowed, 1), (ODD, UnknownStateError, 6), (PAGE, Unreachable, 6)):
            with pytest.raises(error) as raised:
                await looks(answer)
            assert raised.value.requests == number
        with pytest.raises(Unreachable):
            await looks(OSError("lost"))
        assert await looks(*[ODD] * 5, BUSY, *[PAGE] * 5, BUSY, NO, DONE, known={"auth": lambda: {"Token": "t"}}) == 14
        handle, _ = make(ONCE, NOT_YET, UNKNOWN)
        assert await handle.done() is False
        with pytest.raises(JobGone) as gone:
            await handle.done()
        assert not gone.value.maybe_consumed
        handle, _ = make(JOB, NO)
        assert (await handle.status()).state is JobState.UNKNOWN

    asyncio.run(everything())


@both
def test_patience_is_that_of_the_policy_or_of_the_call(make: Make) -> None:
    """And the ticket stays good."""

    async def everything() -> None:
        handle, wire = make(JOB, BUSY, known={"policy": Policy(timeout=5)})
        with pytest.raises(StillRunning) as raised:
            await handle.result()
        assert raised.value.elapsed == 5
        with pytest.raises(StillRunning) as raised:
            await handle.exception(timeout=1)
        assert raised.value.elapsed == 1
        assert handle.job.state is JobState.RUNNING
        wire.next = replay([*[BUSY] * 40, DONE])
        assert (await handle.wait(timeout=None)).state is JobState.SUCCEEDED
        other, _ = make(JOB, OSError("lost"))
        with pytest.raises(Unreachable):
            await other.wait()
        assert other.job is None

    asyncio.run(everything())


@both
def test_who_wants_to_be_called_is_called_by_who_learns_of_the_end(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, with the handle; what goes wrong there is logged, and goes no further."""

    async def everything() -> None:
        handle, _ = make(ONCE, NOT_YET, READY, READY, RESULT)
        told: list[Any] = []

        def wrong(handle: Any) -> None:
            raise ValueError("https://user:secret@x/")

        await handle.add_done_callback(wrong)
        await handle.add_done_callback(told.append)
        await handle.done()
        assert told == []
        await handle.done()
        assert [one.ticket for one in told] == [handle.ticket]
        await handle.result()
        assert len(told) == 1
        await handle.add_done_callback(told.append)
        assert len(told) == 2

    with caplog.at_level(logging.ERROR, logger="jobmodels"):
        asyncio.run(everything())
    assert caplog.messages == ["what was to be called at the end of a job failed: ValueError: https://***@x/"]


@both
def test_a_job_can_be_cancelled_and_forgotten(make: Make) -> None:
    """One that the service does not know raises, unless that is all right; options go along."""

    async def everything() -> None:
        handle, wire = make(ONCE, JSON({"result": True}), database="mine")
        assert (await handle.cancel()).accepted is True
        assert (await handle.delete()).accepted is True
        assert [f"{request.method} {request.path}" for request in wire.asked] == [
            f"PUT /_db/mine/_api/job/{ONCE.id}/cancel",
            f"DELETE /_db/mine/_api/job/{ONCE.id}",
        ]
        wire.next = replay([UNKNOWN])
        for ask in (handle.cancel, handle.delete):
            with pytest.raises(JobGone):
                await ask()
            assert (await ask(missing_ok=True)).state is JobState.NOT_FOUND
        assert handle.job is None

    asyncio.run(everything())


@both
def test_handles_are_made_of_tickets_and_jobs(make: Make) -> None:
    """Those of this service."""
    receipt = jobmodels.normalize({"job_id": 5}, JOB.key)
    handle, _ = make(receipt)
    assert handle.ticket.id == "5"
    with pytest.raises(NoJob):
        make(jobmodels.normalize_response(Response(204), "alation/tag/DELETE"))
    with pytest.raises(InvalidTicket):
        make(Ticket(JOB.key, "7", origin="https://elsewhere.example:443"))


def test_a_handle_shows_what_it_knows() -> None:
    """Which job it is, and how it stood."""
    handle = Client("alation", BASE, sender=replay([BUSY])).handle(JOB)
    assert repr(handle) == "<Handle alation/document/POST 7: not known>"
    handle.status()
    assert repr(handle) == "<Handle alation/document/POST 7: running>"
    asked = AsyncClient("alation", BASE).handle(JOB)
    assert repr(asked) == "<AsyncHandle alation/document/POST 7: not known>"
    assert isinstance(asked, AsyncHandle)


# Several tasks and one handle.


def test_a_handle_can_be_awaited_by_several() -> None:
    """They share the requests of one, and a listener may be awaited."""

    async def everything() -> None:
        handle, wire = awaited(ONCE, NOT_YET, READY, RESULT, UNKNOWN)
        told: list[Job[Any]] = []

        async def listen(handle: AsyncHandle) -> None:
            told.append(await handle)

        await handle.add_done_callback(listen)

        async def one() -> Any:
            return await handle

        jobs = await asyncio.gather(one(), one(), handle.wait(), one())
        assert all(job is jobs[0] for job in jobs)
        assert [request.method for request in wire.asked] == ["GET", "GET", "PUT"]
        assert told == [jobs[0]]
        assert await handle is jobs[0]

    asyncio.run(everything())


def test_each_who_waits_has_its_own_time() -> None:
    """Whoever has less leaves, whoever has more goes on."""

    async def everything(first: float | None, *others: float | None) -> list[Any]:
        handle, _ = awaited(JOB, *[BUSY] * 3, DONE)
        waits = [handle.wait(timeout=timeout) for timeout in (first, *others)]
        told: list[Any] = await asyncio.gather(*waits, return_exceptions=True)
        assert len(asyncio.all_tasks()) == 1
        assert handle._task is None
        return [one.elapsed if isinstance(one, StillRunning) else one.state.value for one in told]

    assert asyncio.run(everything(None, 5, None)) == ["succeeded", 5, "succeeded"]
    assert asyncio.run(everything(100, 5, 3)) == ["succeeded", 5, 3]
    assert asyncio.run(everything(5, 100, None)) == [5, "succeeded", "succeeded"]
    assert asyncio.run(everything(1, 1)) == [1, 1]


def test_whoever_leaves_last_puts_out_the_light(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits on for those who were cancelled, and whoever comes then begins anew."""

    async def everything() -> None:
        handle, wire = awaited(JOB, BUSY, known={"clock": None})
        tasks = [asyncio.create_task(handle.wait()) for _ in range(3)]
        while not wire.asked:
            await asyncio.sleep(0)
        tasks.pop().cancel()
        await asyncio.sleep(0.01)
        shared = handle._task
        assert shared is not None
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)
        wire.next = replay([DONE])
        assert handle._task is shared  # It was told to end, and has not yet.
        assert (await handle.wait()).state is JobState.SUCCEEDED
        assert shared.cancelled()
        assert len(asyncio.all_tasks()) == 1
        failing, _ = awaited(JOB, NO, known={"clock": None})
        task = asyncio.create_task(failing.wait())
        while failing._task is None or not failing._task.done():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(everything())
    gc.collect()
    assert caplog.messages == []


def in_a_loop(*answers: Given, ask: Callable[[AsyncHandle, Wire], Coroutine[Any, Any, Any]]) -> Sequence[Any]:
    """Look while somebody else waits."""

    async def everything() -> Sequence[Any]:
        handle, wire = awaited(ONCE, *answers)
        return await asyncio.gather(handle.wait(), ask(handle, wire), return_exceptions=True)

    return asyncio.run(everything())


def test_no_question_is_put_twice_at_a_time() -> None:
    """Who looks while somebody waits sees what was read last, and is not told that a job is gone that was fetched."""

    async def look(handle: AsyncHandle, wire: Wire) -> list[Any]:
        told = [(await handle.status()).state.value, await handle.done()]
        while handle._task is not None:
            told.append(await handle.done())
            await asyncio.sleep(0)
        assert [request.method for request in wire.asked] == ["GET", "GET", "GET", "PUT"]
        return [*told[:3], await handle.done()]

    job, told = in_a_loop(OSError("lost"), NOT_YET, READY, RESULT, UNKNOWN, ask=look)
    assert job.state is JobState.SUCCEEDED
    assert told == ["pending", False, False, True]

    async def look_once(handle: AsyncHandle, wire: Wire) -> Any:
        return await handle.status()

    error, again = in_a_loop(OSError("lost"), ask=look_once)
    assert isinstance(error, Unreachable)
    assert isinstance(again, Unreachable)
    assert (error.requests, again.requests) == (6, 1)


def test_who_waits_lets_a_look_come_to_its_end() -> None:
    """And a look takes what the one before it has fetched."""

    async def everything() -> None:
        handle, wire = awaited(ONCE, READY, READY, RESULT, UNKNOWN)
        look = asyncio.create_task(handle.status())
        await asyncio.sleep(0)
        job, looked = await asyncio.gather(handle.wait(), look)
        assert [request.method for request in wire.asked] == ["GET", "GET", "PUT"]
        assert (job.state, looked.state) == (JobState.SUCCEEDED, JobState.UNKNOWN)
        assert handle.job is job
        handle, wire = awaited(JOB, DONE)
        one, other = await asyncio.gather(handle.status(), handle.status())
        assert one is other
        assert len(wire.asked) == 1

    asyncio.run(everything())
