"""Waiting for many jobs: at once, in a queue, one after the other."""

from __future__ import annotations

import asyncio
import gc
import pickle
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any

import pytest

import jobmodels
from jobmodels import JobState, Request, Response, Ticket
from jobmodels.clients import (
    AsyncClient,
    AsyncQueue,
    Client,
    Event,
    InstantClock,
    Outcome,
    Policy,
    Queue,
)
from jobmodels.errors import (
    InvalidTicket,
    JobFailed,
    JobGone,
    JobModelsError,
    NoListing,
    NotAskable,
    StillRunning,
    SubmitRefused,
)

JSON = Response.json
BASE = "https://service.example"
KEY = "alation/document/POST"
BUSY = JSON({"status": "running", "msg": "", "result": None})
DONE = JSON({"status": "successful", "msg": "", "result": {"created_term_count": 0, "created_terms": []}})
FAILED = JSON({"status": "failed", "msg": "", "result": "no"})
Answers = Sequence[Response | BaseException]
NEVER: Answers = [BUSY]
GONE = JSON({"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}, 404)
FOREIGN = Ticket(KEY, "1", origin="https://elsewhere.example:443")


def job(*numbers: int) -> list[Ticket]:
    """Make tickets."""
    return [Ticket(KEY, number) for number in numbers]


def ids(outcomes: Iterable[Outcome]) -> list[str | None]:
    """Give the ids of tickets."""
    return [outcome.ticket.id if outcome.ticket else None for outcome in outcomes]


def after(looks: int, last: Response = DONE) -> Answers:
    """Make the answers about a job that is busy for some looks."""
    return [*[BUSY] * looks, last]


class Service:
    """A sender that answers for each job by itself, and remembers which was asked for."""

    def __init__(self, lives: Mapping[int, Answers] | None = None) -> None:
        self.lives = {str(number): iter(answers) for number, answers in (lives or {}).items()}
        self.last: dict[str, Response | BaseException] = {}
        self.asked: list[str] = []
        self.clock = InstantClock()

    def __call__(self, request: Request) -> Response:
        """Answer; the last answer of a job is given again and again."""
        name = request.query["id"]
        self.asked.append(name)
        answer = self.last[name] = next(self.lives.get(name, iter(())), self.last.get(name, DONE))
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def awaited(self, request: Request) -> Response:
        """Answer in an event loop."""
        return self(request)

    def options(self, **options: Any) -> dict[str, Any]:
        """Give what a client is to know."""
        return {"clock": self.clock, "chance": lambda: 1.0, **options}


def client(service: Service, **options: Any) -> Client:
    """Make a client whose time flies."""
    return Client("alation", BASE, sender=service, **service.options(**options))


def async_client(service: Service, **options: Any) -> AsyncClient:
    """Make a client of an event loop whose time flies."""
    return AsyncClient("alation", BASE, sender=service.awaited, **service.options(**options))


Gather = Callable[..., list[Outcome]]


def blocking(service: Service, tickets: Any, *, known: dict[str, Any] | None = None, **how: Any) -> list[Outcome]:
    """Wait for all, in this thread."""
    return list(client(service, **(known or {})).wait_all(tickets, **how))


def awaited(service: Service, tickets: Any, *, known: dict[str, Any] | None = None, **how: Any) -> list[Outcome]:
    """Wait for all, in an event loop; nothing runs on afterwards."""

    async def everything() -> list[Outcome]:
        told = [outcome async for outcome in async_client(service, **(known or {})).wait_all(tickets, **how)]
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return told

    return asyncio.run(everything())


both = pytest.mark.parametrize("gather", [blocking, awaited])


# Many at once.


@both
def test_each_ticket_has_an_outcome(gather: Gather) -> None:
    """As soon as it is known; failed jobs are data, and what is wrong with one ticket stops no other."""
    service = Service({1: after(3), 2: after(0), 3: after(1, FAILED), 4: [OSError("lost")]})
    outcomes = gather(service, [*job(1, 2), FOREIGN, *job(3, 4)], known={"policy": Policy(transport_errors=2)})

    assert [outcome.index for outcome in outcomes][:3] == [2, 1, 3]
    by_place = sorted(outcomes, key=lambda outcome: outcome.index)
    assert [outcome.index for outcome in by_place] == [0, 1, 2, 3, 4]
    assert [outcome.job and outcome.job.state.value for outcome in by_place] == [
        "succeeded", "succeeded", None, "failed", None,
    ]  # fmt: skip
    assert [type(outcome.error).__name__ for outcome in by_place] == [
        "NoneType", "NoneType", "InvalidTicket", "NoneType", "Unreachable",
    ]  # fmt: skip
    assert by_place[2].ticket is FOREIGN
    assert by_place[0].ticket == Ticket(KEY, 1, origin="https://service.example:443")
    assert gather(Service(), []) == []


@both
def test_no_more_are_under_way_than_was_said(gather: Gather) -> None:
    """Whoever comes next begins when another one has ended, and its time begins then."""
    service = Service({number: after(number % 3) for number in range(20)})
    running: set[str] = set()
    most: list[int] = []

    def note(event: Event) -> None:
        running.add(event.ticket.id)
        most.append(len(running))
        if event.kind == "ended":
            running.remove(event.ticket.id)

    outcomes = gather(service, job(*range(20)), concurrency=4, timeout=7, on_event=note)
    assert sorted(ids(outcomes), key=lambda name: int(name or "")) == [str(number) for number in range(20)]
    assert max(most) == 4
    assert all(outcome.error is None for outcome in outcomes)
    assert service.clock.now() > 7


@both
def test_outcomes_come_in_the_order_of_the_tickets_if_wanted(gather: Gather) -> None:
    """Those that are wrong among them."""
    service = Service({1: after(5), 2: after(0), 3: after(2), 4: after(0)})
    tickets = [*job(1, 2), FOREIGN, *job(3, 4)]
    assert [outcome.index for outcome in gather(service, tickets, ordered=True, concurrency=2)] == [0, 1, 2, 3, 4]


def endless(drawn: list[int]) -> Iterator[Ticket]:
    """Give tickets without end, and note how many were drawn."""
    for number in count():
        drawn.append(number)
        yield Ticket(KEY, number)


async def endless_async(drawn: list[int]) -> AsyncIterator[Ticket]:
    """Give tickets without end, in an event loop."""
    for ticket in endless(drawn):
        await asyncio.sleep(0)
        yield ticket


@pytest.mark.parametrize("ordered", [False, True])
def test_tickets_are_drawn_when_there_is_room(ordered: bool) -> None:
    """There may be any number of them."""
    drawn: list[int] = []
    service = Service({0: NEVER})
    outcomes = client(service).wait_all(endless(drawn), concurrency=3, ordered=ordered)
    assert drawn == []
    for taken, _ in enumerate(islice(outcomes, 10), 1):
        assert len(drawn) <= taken + 3 + (3 if ordered else 0)
    assert len(drawn) < 20


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("draw", [endless, endless_async])
def test_tickets_are_drawn_when_there_is_room_in_an_event_loop(draw: Any, ordered: bool) -> None:
    """Also when nobody takes the outcomes for a while."""

    async def everything() -> None:
        drawn: list[int] = []
        taken = 0
        async for _ in async_client(Service({0: NEVER})).wait_all(draw(drawn), concurrency=3, ordered=ordered):
            taken += 1
            for _ in range(20):
                await asyncio.sleep(0)
            assert len(drawn) <= taken + 3 + (3 if ordered else 0)
            if taken == 10:
                break
        for _ in range(5):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(everything())


@both
@pytest.mark.parametrize("ordered", [False, True])
def test_who_comes_twice_is_asked_for_once_at_a_time(gather: Gather, ordered: bool) -> None:
    """And has two outcomes."""
    service = Service({1: after(2)})
    outcomes = gather(service, job(1, 1, 2, 1), concurrency=3, ordered=ordered)
    assert sorted((outcome.index, outcome.ticket and outcome.ticket.id) for outcome in outcomes) == [
        (0, "1"), (1, "1"), (2, "2"), (3, "1"),
    ]  # fmt: skip
    first, again = (outcome.job for outcome in outcomes if outcome.index in (0, 1))
    assert first is again
    assert service.asked.count("1") in (3, 4)


@both
def test_jobs_are_waited_for_as_tickets_are(gather: Gather) -> None:
    """Receipts and what was done at once; what was refused is an outcome."""
    receipt = jobmodels.normalize({"job_id": 5}, KEY)
    at_once = jobmodels.normalize_response(Response(204), "alation/tag/DELETE")
    refused = jobmodels.normalize_response(JSON({"detail": "no", "code": "400000"}, 400), KEY)
    outcomes = gather(Service(), [receipt, at_once, refused], check=True, ordered=True)

    assert ids(outcomes) == ["5", None, None]
    assert outcomes[1].job is at_once
    assert outcomes[1].error is None
    assert isinstance(outcomes[2].error, SubmitRefused)
    assert ids(gather(Service(), receipt)) == ["5"]


@both
def test_what_is_neither_a_ticket_nor_a_job_is_a_mistake(gather: Gather) -> None:
    """It comes out at once."""
    for wrong in ("7", None, 7):
        with pytest.raises(TypeError, match="one waits for tickets and jobs, not for"):
            gather(Service(), [*job(1), wrong])
    for concurrency in (0, -1, True, "3", 2.0):
        with pytest.raises(ValueError, match="concurrency is a whole number from 1 upward"):
            gather(Service(), [], concurrency=concurrency)
    with pytest.raises(ValueError, match="cancel_on holds"):
        gather(Service(), [], cancel_on="timeout")


@both
def test_one_may_check(gather: Gather) -> None:
    """Then a job that did not go well is an error too."""
    outcomes = gather(Service({1: [FAILED]}), job(1, 2), check=True, ordered=True)
    failed, succeeded = outcomes
    assert isinstance(failed.error, JobFailed)
    assert failed.job is failed.error.job
    assert (succeeded.error, succeeded.job and succeeded.job.state) == (None, JobState.SUCCEEDED)


@both
def test_each_has_its_own_time(gather: Gather) -> None:
    """And may be cancelled when that is over."""
    service = Service(dict.fromkeys(range(6), NEVER) | {6: after(3)})
    outcomes = gather(service, job(*range(7)), concurrency=3, timeout=10, cancel_on=["timeout"], ordered=True)
    for outcome in outcomes[:-1]:
        assert isinstance(outcome.error, StillRunning)
        assert outcome.error.elapsed == 10
        assert isinstance(outcome.error.cancelled, NotAskable)
    assert outcomes[-1].error is None
    assert service.clock.now() == 30
    (left,) = gather(Service({1: NEVER}), job(1), timeout=1)
    assert isinstance(left.error, StillRunning)
    assert left.error.cancelled is None


@both
def test_mistakes_of_the_caller_come_out(gather: Gather) -> None:
    """Credentials that cannot be had, a sender without a response, a listener that fails, tickets without a source."""

    def broken() -> dict[str, str]:
        raise KeyError("TOKEN")

    def listen(event: Event) -> None:
        raise JobModelsError("my own")

    def drawn() -> Iterator[Ticket]:
        yield from job(1, 2)
        raise JobModelsError("no further page")

    nothing: Any = None
    service = Service({1: after(2)})
    with pytest.raises(KeyError, match="TOKEN"):
        gather(service, job(1, 2, 3), known={"auth": broken})
    assert service.asked == []
    with pytest.raises(TypeError, match="a sender gives a Response"):
        gather(Service({1: NEVER, 2: NEVER, 3: [BUSY, nothing]}), job(1, 2, 3))
    with pytest.raises(JobModelsError, match="my own"):
        gather(Service({1: NEVER}), job(1, 2, 3), on_event=listen)
    with pytest.raises(JobModelsError, match="no further page"):
        gather(Service({1: NEVER}), drawn())


def test_an_outcome_gives_its_result() -> None:
    """Or raises what stands in its place."""
    (good, failed, wrong) = blocking(Service({2: [FAILED]}), [*job(1, 2), FOREIGN], ordered=True)
    assert good.result().created_term_count == 0
    with pytest.raises(JobFailed):
        failed.result()
    with pytest.raises(InvalidTicket):
        wrong.result()
    with pytest.raises(LookupError, match="without a job and without an error"):
        Outcome(None).result()
    assert pickle.loads(pickle.dumps(wrong)).ticket == wrong.ticket
    assert repr(wrong).startswith("Outcome(ticket=Ticket(")


def test_the_one_thread_takes_turns() -> None:
    """Whoever is due is asked; one sleeps only when nobody is."""
    service = Service({1: after(2), 2: after(1), 3: after(3)})
    outcomes = list(client(service).wait_all(job(1, 2, 3)))

    assert service.asked == ["1", "2", "3", "1", "2", "3", "1", "3", "3"]
    assert ids(outcomes) == ["2", "1", "3"]
    assert service.clock.pauses == [2, 4, 8]


def test_whoever_comes_later_is_asked_at_once() -> None:
    """While the others sleep."""
    service = Service({1: after(1), 2: after(0), 3: after(0)})
    assert ids(client(service).wait_all(job(1, 2, 3), concurrency=2)) == ["2", "3", "1"]
    assert service.asked == ["1", "2", "3", "1"]
    assert service.clock.pauses == [2]


def test_lists_of_jobs_are_waited_for() -> None:
    """All that is pending is resumed."""
    asked: list[str] = []

    def sender(request: Request) -> Response:
        asked.append(f"{request.method} {request.path}")
        if request.path.endswith("/pending"):
            return JSON(["11", "12"])
        if request.method == "GET":
            return Response(200, {}, b"")
        return JSON({}, 200, {"x-arango-async-id": request.path.rpartition("/")[2]})

    asking = Client("arangodb", BASE, sender=sender, clock=InstantClock())
    assert ids(asking.wait_all(asking.list(state="pending"))) == ["11", "12"]
    assert asked[0] == "GET /_api/job/pending"
    assert sorted(asked[1:]) == ["GET /_api/job/11", "GET /_api/job/12", "PUT /_api/job/11", "PUT /_api/job/12"]

    async def sender_async(request: Request) -> Response:
        return sender(request)

    async def everything() -> None:
        asking = AsyncClient("arangodb", BASE, sender=sender_async, clock=InstantClock())
        for listed in (asking.list(state="pending"), await asking.list(state="pending"), asking.jobs(state="pending")):
            assert ids([outcome async for outcome in asking.wait_all(listed)]) == ["11", "12"]

    asyncio.run(everything())
    (outcome,) = asking.wait_all(asking.jobs(state="pending", limit=1))
    assert outcome.result() == {}
    refused = Client("arangodb", BASE, sender=lambda request: GONE).list()
    (outcome,) = asking.wait_all([refused])
    assert isinstance(outcome.error, NoListing)


# Leaving early.


def test_an_interruption_prints_every_ticket_that_is_not_done_with(capsys: pytest.CaptureFixture[str]) -> None:
    """What was told already is not among them; the remote jobs go on, unless one wants them cancelled."""
    service = Service({1: after(0), 2: NEVER, 3: [BUSY, BUSY, KeyboardInterrupt()]})
    outcomes = client(service, auth={"Token": "t0ken"}).wait_all(job(1, 2, 3))
    assert ids([next(outcomes)]) == ["1"]
    with pytest.raises(KeyboardInterrupt):
        next(outcomes)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "interrupted; the remote jobs go on, and these tickets find them again:"
    assert [Ticket.from_json(line).id for line in told[1:]] == ["2", "3"]
    assert "t0ken" not in "".join(told)
    assert list(outcomes) == []

    def drawn() -> Iterator[Ticket]:
        yield from map(_interrupt, [1.0])

    with pytest.raises(KeyboardInterrupt):
        list(client(service).wait_all(drawn()))
    assert capsys.readouterr().err == ""


def cancelled_by(*answers: Response | BaseException) -> tuple[Client, list[str]]:
    """Make a client of a service whose jobs can be cancelled."""
    asked: list[str] = []
    told = list(answers)

    def sender(request: Request) -> Response:
        asked.append(request.path.removeprefix("/_api/job/"))
        if request.path.endswith("/cancel"):
            return JSON({"result": True})
        answer = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return Client("arangodb", BASE, sender=sender, clock=InstantClock()), asked


def test_an_interruption_may_cancel_all() -> None:
    """If that was asked for, those that have not ended."""
    tickets = [Ticket("arangodb/job/GET", number) for number in (1, 2, 3)]
    asking, asked = cancelled_by(Response(204), KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        list(asking.wait_all(tickets, concurrency=2, cancel_on=["interrupt"]))
    assert asked == ["1", "2", "1/cancel", "2/cancel"]
    asking, asked = cancelled_by(Response(204))
    queue = asking.queue(concurrency=1, cancel_on=["interrupt"])
    queue.add(*tickets)
    asking.clock.sleep = _interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        next(queue)
    assert asked == ["1", "1/cancel", "2/cancel", "3/cancel"]
    assert [ticket.id for ticket in queue.tickets] == ["1", "2", "3"]


def test_a_cancel_that_ends_a_wait_has_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Each job is cancelled where it is; whoever interrupts is not told that the jobs go on."""
    paths: list[str] = []

    def sender(request: Request) -> Response:
        paths.append(request.path)
        if interrupting and len(paths) == 2:
            raise KeyboardInterrupt
        return Response(204, {})

    async def sender_too(request: Request) -> Response:
        return sender(request)

    async def awaited() -> None:
        async for _ in AsyncClient("arangodb", BASE, sender=sender_too, clock=InstantClock()).wait_all(*told, **how):
            pass

    told, interrupting = ([Ticket("arangodb/job/GET", 1)],), False
    how: Any = {"timeout": 0, "cancel_on": ["timeout", "interrupt"], "database": "db"}
    asking = Client("arangodb", BASE, sender=sender, clock=InstantClock())
    list(asking.wait_all(*told, **how))
    asyncio.run(awaited())
    assert paths == ["/_db/db/_api/job/1", "/_db/db/_api/job/1", "/_db/db/_api/job/1/cancel"] * 2
    interrupting = True
    paths.clear()
    with pytest.raises(KeyboardInterrupt):
        list(asking.wait_all(*told, **how))
    assert paths[-1] == "/_db/db/_api/job/1/cancel"
    assert "the remote job is cancelled if it can be, and" in capsys.readouterr().err


def _interrupt(seconds: float) -> Any:
    raise KeyboardInterrupt


def test_leaving_the_loop_ends_all() -> None:
    """The steps of those that were under way are closed, and nothing is asked any more."""
    service = Service(dict.fromkeys(range(5), NEVER) | {0: after(0)})
    asking = client(service)
    queue = asking.queue()
    queue.add(*job(*range(5)))
    for outcome in queue:
        assert outcome.job
        break
    flows = [flow for _, _, flow in queue._flows]
    assert len(flows) == 2
    queue.stop()
    assert [flow.steps.gi_frame for flow in flows] == [None, None]  # type: ignore[attr-defined]
    assert list(queue) == []
    assert [ticket.id for ticket in queue.tickets] == ["1", "2", "3", "4"]
    with pytest.raises(RuntimeError, match="the queue is closed"):
        queue.add(*job(9))


def leave(how: str) -> Callable[[AsyncClient], Any]:
    """Make somebody who leaves a loop early."""

    async def leaving(asking: AsyncClient) -> None:
        async for _ in asking.wait_all(endless([]), concurrency=50):
            if how == "break":
                break
            if how == "return":
                return
            if how == "exception":
                raise LookupError
            await asyncio.sleep(3600)

    return leaving


@pytest.mark.parametrize("how", ["break", "return", "exception", "cancellation"])
def test_leaving_the_loop_early_leaves_no_task(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nor an exception that nobody has seen."""
    service = Service(dict.fromkeys(range(60), NEVER) | {0: after(0)})
    service.clock.sleep_async = lambda seconds: asyncio.sleep(3600)  # type: ignore[method-assign]

    async def everything() -> None:
        asking = async_client(service)
        task = asyncio.create_task(leave(how)(asking))
        for _ in range(10):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
        assert task.cancelled() or isinstance(task.exception(), (LookupError, type(None)))
        for _ in range(5):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        asked = len(service.asked)
        await asyncio.sleep(0.01)
        assert len(service.asked) == asked

    asyncio.run(everything())
    gc.collect()
    assert caplog.messages == []


def test_whoever_is_cancelled_while_waiting_for_many_may_cancel_them() -> None:
    """Or leaves them alone."""

    async def cancelled(**how: Any) -> list[str]:
        asked: list[str] = []

        async def sender(request: Request) -> Response:
            asked.append(request.path.removeprefix("/_api/job/"))
            if request.path.endswith("/cancel"):
                return JSON({"result": True})
            if request.path.endswith("/1"):
                return GONE
            await asyncio.sleep(3600)
            raise AssertionError

        asking = AsyncClient("arangodb", BASE, sender=sender, policy=Policy(grace=0))
        tickets = [Ticket("arangodb/job/GET", number) for number in (1, 2, 3)]

        async def waiting() -> None:
            async for outcome in asking.wait_all(tickets, **how):
                assert isinstance(outcome.error, JobGone)

        task = asyncio.create_task(waiting())
        while len(asked) < 3:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return asked

    assert asyncio.run(cancelled()) == ["1", "2", "3"]
    assert asyncio.run(cancelled(cancel_on=["interrupt"])) == ["1", "2", "3", "2/cancel", "3/cancel"]


# Queues.


def test_jobs_are_added_to_a_queue_while_it_runs() -> None:
    """It ends when nothing is left, and begins again with what comes then."""
    service = Service({1: after(3), 2: after(0), 3: after(1)})
    queue = client(service).queue(concurrency=2, ordered=True)
    queue.add(*job(1, 2))
    told = []
    for outcome in queue:
        told.append(outcome)
        if outcome.index == 1:
            queue.add(*job(3), FOREIGN)
            assert len(queue) == 2
    assert ids(told) == ["1", "2", "3", "1"]
    assert isinstance(told[-1].error, InvalidTicket)
    assert (len(queue), queue.tickets, list(queue)) == (0, (), [])
    queue.add(jobmodels.normalize({"job_id": 4}, KEY))
    with queue:
        assert ids(queue) == ["4"]
    assert isinstance(queue, Queue)


def test_a_listener_may_stop_a_queue() -> None:
    """In the middle of a turn."""
    service = Service({1: NEVER})

    def stop(event: Event) -> None:
        queue.stop()

    queue = client(service).queue(on_event=stop)
    queue.add(*job(1, 2))
    assert list(queue) == []
    assert [ticket.id for ticket in queue.tickets] == ["1", "2"]


def test_a_queue_takes_jobs_from_other_tasks() -> None:
    """As long as it is kept open; then all that was added is given, and it ends."""
    service = Service({number: after(number % 3) for number in range(10)})

    async def adding(queue: AsyncQueue) -> None:
        for number in range(10):
            queue.add(*job(number))
            for _ in range(number):
                await asyncio.sleep(0)
        queue.close()
        with pytest.raises(RuntimeError, match="the queue is closed"):
            queue.add(*job(1))

    async def everything() -> None:
        async with async_client(service).queue(concurrency=2, keep_open=True) as queue:
            task = asyncio.create_task(adding(queue))
            outcomes = [outcome async for outcome in queue]
            await task
        assert sorted(ids(outcomes), key=str) == [str(number) for number in range(10)]
        assert len(queue) == 0

    asyncio.run(everything())


def test_a_queue_of_an_event_loop_ends_when_nothing_is_left() -> None:
    """As the other one does; jobs can be added between outcomes."""
    service = Service({1: after(3), 2: after(0), 3: after(1)})

    async def everything() -> None:
        queue = async_client(service).queue(concurrency=2, ordered=True)
        queue.add(*job(1, 2))
        told = []
        async for outcome in queue:
            told.append(outcome)
            if outcome.index == 1:
                queue.add(*job(3), FOREIGN)
        assert ids(told) == ["1", "2", "3", "1"]
        queue.add(*job(4))
        await queue.join()
        await queue.join()
        assert len(queue) == 1
        queue.close()
        assert ids([outcome async for outcome in queue]) == ["4"]

    asyncio.run(everything())


def test_a_queue_of_an_event_loop_may_be_stopped() -> None:
    """From outside, from one of its own listeners, and by leaving its block."""
    service = Service(dict.fromkeys(range(5), NEVER))

    async def everything() -> None:
        asking = async_client(service, policy=Policy(timeout=None))
        async with asking.queue(concurrency=2) as queue:
            queue.add(*job(*range(5)))
            await asyncio.sleep(0)
        assert [ticket.id for ticket in queue.tickets] == ["0", "1", "2", "3", "4"]
        assert [outcome async for outcome in queue] == []

        async def stop(event: Event) -> None:
            await own.stop()

        own = asking.queue(on_event=stop)
        own.add(*job(1, 2))
        assert [outcome async for outcome in own] == []
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(everything())


def test_a_mistake_of_the_caller_stops_a_queue() -> None:
    """Whoever joins or iterates is told, after the outcomes that there are."""

    def listen(event: Event) -> None:
        if event.ticket.id == "2" and event.kind == "state":
            raise ZeroDivisionError

    async def everything() -> None:
        queue = async_client(Service({2: NEVER, 3: NEVER})).queue(on_event=listen)
        queue.add(*job(1, 2, 3))
        with pytest.raises(ZeroDivisionError):
            await queue.join()
        assert ids([await anext(queue)]) == ["1"]
        with pytest.raises(ZeroDivisionError):
            await anext(queue)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(everything())


def test_a_queue_of_an_event_loop_needs_one() -> None:
    """To begin at once."""
    queue = async_client(Service()).queue()
    with pytest.raises(RuntimeError, match="no running event loop"):
        queue.add(*job(1))
    assert len(queue) == 0


# Chains.

FIRST = Ticket("alation/custom-field-value/PUT", 1)


def starts(*numbers: int) -> Answers:
    """Make the answer about a job that started others."""
    text = [f"Legacy(Rosemeta) write job_id (can be tracked using jobs API): {number}" for number in numbers]
    return [JSON({"status": "successful", "msg": "", "result": [" ".join(text)]})]


Chained = Callable[..., tuple[jobmodels.Job, ...]]


def chained(service: Service, *, known: dict[str, Any] | None = None, **how: Any) -> tuple[jobmodels.Job, ...]:
    """Wait for a chain, in this thread."""
    return client(service, **(known or {})).wait_chain(FIRST, **how)


def chained_async(service: Service, *, known: dict[str, Any] | None = None, **how: Any) -> tuple[jobmodels.Job, ...]:
    """Wait for a chain, in an event loop."""
    return asyncio.run(async_client(service, **(known or {})).wait_chain(FIRST, **how))


both_chains = pytest.mark.parametrize("chain", [chained, chained_async])


@both_chains
def test_a_chain_is_followed(chain: Chained) -> None:
    """The second job of the first, at the same service."""
    first, second = chain(Service({1: [BUSY, *starts(2)], 2: [BUSY, DONE]}))
    assert [first.id, second.id] == ["1", "2"]
    assert first.follow_ups[0].origin is None
    assert second.key == first.key
    (alone,) = chain(Service())
    assert alone.follow_ups == ()


@both_chains
def test_a_chain_has_an_end(chain: Chained) -> None:
    """No ticket comes twice, and there are so many jobs at most."""
    service = Service({1: starts(2, 3), 2: starts(4, 1, 2), 3: starts(5), 4: starts(3)})
    assert [job.id for job in chain(service)] == ["1", "2", "3", "4", "5"]
    assert service.asked == ["1", "2", "3", "4", "5"]
    lives = {number: starts(number + 1) for number in range(50)}
    assert len(chain(Service(lives))) == 10
    jobs = chain(Service(lives), limit=3)
    assert [job.id for job in jobs] == ["1", "2", "3"]
    assert jobs[-1].follow_ups[0].id == "4"
    for limit in (0, True, 1.5):
        with pytest.raises(ValueError, match="limit is a whole number from 1 upward"):
            chain(Service(), limit=limit)


@both_chains
def test_a_chain_that_breaks_loses_no_job(chain: Chained) -> None:
    """The error has those that had ended, and tells which ticket was next."""
    with pytest.raises(StillRunning) as raised:
        chain(Service({1: [BUSY, BUSY, *starts(2)], 2: NEVER}), timeout=10)
    error = raised.value
    assert [job.id for job in error.earlier] == ["1"]
    assert error.ticket is not None
    assert (error.ticket.id, error.elapsed) == ("2", 4)
    assert error.__notes__ == ["in a chain of jobs, at alation/custom-field-value/PUT 2; before it, 1 had ended"]
    with pytest.raises(JobFailed) as failed:
        chain(Service({1: starts(2), 2: [FAILED]}), check=True, timeout=None)
    assert [job.id for job in failed.value.earlier] == ["1"]
    with pytest.raises(StillRunning) as first:
        chain(Service({1: NEVER}), known={"policy": Policy(timeout=5)})
    assert (first.value.earlier, first.value.elapsed) == ((), 5)
    assert pickle.loads(pickle.dumps(failed.value)).earlier == failed.value.earlier
