"""What the seeds write down as examples: callbacks, events, monitors, trying again; blocking and in an event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from functools import partial
from typing import Any

import attrs
import pytest

from jobmodels import Job, JobError, JobState, Request, Response, Ticket
from jobmodels.clients import (
    AsyncClient,
    Client,
    InstantClock,
    JobEvent,
    JobEventEmitter,
    JobMonitor,
    Policy,
    datocms,
    replay,
    retry,
    track,
)
from jobmodels.errors import (
    InvalidTicket,
    JobFailed,
    NoJob,
    NotAllowed,
    StillRunning,
    SubmitRefused,
    Unreachable,
)

JSON = Response.json
BASE = "https://service.example"
ID = "job-id-123"
TICKET = Ticket("datocms/job-result/GET", ID)
ALATION = Ticket("alation/document/POST", "7")
ONCE = Ticket("arangodb/job/GET", "300000001")
RESULT = {"imported_records": 10, "skipped_records": 1, "errors": []}
FAULT = {"message": "Import validation failed", "details": {"row": 3}}


def told(status: str | int, progress: int | None = None, name: str = ID, **more: Any) -> Response:
    """Make a job result."""
    attributes = {"status": status, **({} if progress is None else {"progress_percentage": progress}), **more}
    return JSON({"data": {"id": name, "type": "job_result", "attributes": attributes}})


NOT_YET = JSON({"data": [{"id": "1", "type": "api_error", "attributes": {"code": "NOT_FOUND"}}]}, 404)
REFUSED = JSON({"data": [{"id": "1", "type": "api_error", "attributes": {"code": "INSUFFICIENT_PERMISSIONS"}}]}, 403)
PENDING, DONE, FAILED = told("pending", 0), told("success", 100, result=RESULT), told("error", 60, error=FAULT)
PARTLY = told(200, payload={"data": [], "meta": {"successful": 1, "failed": 1}})


@attrs.define
class Side:
    """One of the two clients, connected to answers that come in order, the last one again and again."""

    awaited: bool
    asked: list[Request] = attrs.field(factory=list)

    def client(self, *answers: Response | Exception, system: str = "datocms", **known: Any) -> Any:
        """Make a client whose time flies."""
        self.asked.clear()
        following = replay(answers)

        def sender(request: Request) -> Response:
            self.asked.append(request)
            return following(request)

        async def awaited(request: Request) -> Response:
            return sender(request)

        known = {"clock": InstantClock(), "chance": lambda: 1.0, **known}
        if self.awaited:
            return AsyncClient(system, BASE, sender=awaited, **known)
        return Client(system, BASE, sender=sender, **known)

    def run(self, work: Callable[[], Any]) -> Any:
        """Call a function; in an event loop, and await what it gives, where the client is awaited."""

        async def await_it() -> Any:
            return await work()

        return asyncio.run(await_it()) if self.awaited else work()

    def called(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give a callback; one that is awaited where the client is."""

        async def awaited(*given: Any) -> None:
            await asyncio.sleep(0)
            function(*given)

        return awaited if self.awaited else function


@pytest.fixture(params=[False, True], ids=["blocking", "awaited"])
def side(request: pytest.FixtureRequest) -> Side:
    """Gives each of the two clients."""
    return Side(request.param)


# Callbacks.


class Calls:
    """Whom to call, and what was told."""

    def __init__(self, side: Side) -> None:
        self.told: list[tuple[str, Any]] = []
        self.callbacks: dict[str, Any] = {
            name: side.called(lambda fact, name=name: self.told.append((name, fact)))
            for name in ("on_progress", "on_complete", "on_error")
        }


def test_progress_is_told_when_it_changed(side: Side) -> None:
    """Seed, "Real-time Progress Updates": percentages between the ends, then the result; the job comes back."""
    calls = Calls(side)
    client = side.client(
        NOT_YET, PENDING, told("in_progress", 10), told("in_progress", 10), ConnectionResetError("reset"),
        told("in_progress", 10), told("in_progress", 40), DONE,
    )  # fmt: skip
    job = side.run(lambda: datocms.track_job_progress(client, ID, **calls.callbacks))

    assert job.state is JobState.SUCCEEDED
    (complete,) = [fact for name, fact in calls.told if name == "on_complete"]
    assert (complete.imported_records, complete.skipped_records) == (10, 1)
    assert calls.told[:-1] == [("on_progress", 10), ("on_progress", 40)]
    assert f"{calls.told[0][1]}%" == "10%"


def test_an_error_is_told_with_its_message(side: Side) -> None:
    """The job failed; that is data, and nothing is raised."""
    calls = Calls(side)
    job = side.run(lambda: datocms.track_job_progress(side.client(PENDING, FAILED), ID, **calls.callbacks))

    assert job.state is JobState.FAILED
    ((name, error),) = calls.told
    assert (name, error.message, error.details) == ("on_error", FAULT["message"], FAULT["details"])


def test_what_is_raised_is_told_first(side: Side) -> None:
    """Then it is raised, be it of waiting or of a callback."""
    calls = Calls(side)
    with pytest.raises(NotAllowed) as raised:
        side.run(lambda: track(side.client(REFUSED), TICKET, **calls.callbacks))
    assert calls.told == [("on_error", raised.value)]

    def broken(percentage: float) -> None:
        raise ZeroDivisionError

    calls.told.clear()
    with pytest.raises(ZeroDivisionError):
        side.run(
            lambda: track(
                side.client(told("in_progress", 5)), TICKET, on_progress=broken, on_error=calls.callbacks["on_error"]
            )
        )
    assert [(name, type(error)) for name, error in calls.told] == [("on_error", ZeroDivisionError)]
    with pytest.raises(NotAllowed):
        side.run(lambda: track(side.client(REFUSED), TICKET))


def test_a_job_that_was_cancelled_gave_no_result(side: Side) -> None:
    """Every system has the same callbacks; where it says no reason, the error is that of a job that did not go well."""
    calls = Calls(side)
    states = [
        {"jobIdentifier": "a-b", "status": "IN_PROGRESS", "total": 3, "pending": 2, "completed": 1, "failed": 0},
        {"jobIdentifier": "a-b", "status": "CANCELED"},
    ]
    client = side.client(*map(JSON, states), system="modzy")
    job = side.run(lambda: track(client, Ticket("modzy/job/GET", "a-b"), **calls.callbacks))

    assert job.state is JobState.CANCELLED
    (progress, error) = calls.told
    assert progress == ("on_progress", 33.333333)
    assert isinstance(error[1], JobFailed)


def test_callbacks_may_be_left_out(side: Side) -> None:
    """Each of them; a partial success is complete."""
    client = side.client(told("in_progress", 5), PARTLY)
    assert side.run(lambda: track(client, TICKET)).state is JobState.PARTIALLY_SUCCEEDED
    assert side.run(lambda: track(side.client(FAILED), TICKET)).state is JobState.FAILED
    complete: list[Any] = []
    side.run(lambda: track(side.client(PARTLY), TICKET, on_complete=complete.append))
    assert complete[0].meta.failed == 1


def test_waiting_stays_bounded(side: Side) -> None:
    """By the policy, or by what is said for this job."""
    with pytest.raises(StillRunning):
        side.run(lambda: track(side.client(PENDING), TICKET, timeout=5))
    assert len(side.asked) == 3


def test_a_blocking_client_awaits_nothing_but_itself() -> None:
    """A callback that is awaited works if it waits for nothing; else the mistake is named."""
    heard: list[Any] = []

    async def at_once(result: Any) -> None:
        heard.append(result)

    class Never:
        def __await__(self) -> Any:
            yield

    async def never(result: Any) -> None:
        await Never()

    track(Side(False).client(DONE), TICKET, on_complete=at_once)
    assert len(heard) == 1
    with pytest.raises(TypeError, match="use an AsyncClient"):
        track(Side(False).client(DONE), TICKET, on_complete=never)


# Trying again.


def test_a_job_that_did_not_fail_comes_back(side: Side) -> None:
    """Seed, "Error Handling Examples": whether it goes on or went well, nothing is submitted."""

    def submit() -> str:
        raise AssertionError("it was submitted")

    for answer, state in (
        (DONE, JobState.SUCCEEDED),
        (PENDING, JobState.PENDING),
        (NOT_YET, JobState.PENDING),
        (PARTLY, JobState.PARTIALLY_SUCCEEDED),
        (REFUSED, JobState.UNKNOWN),
    ):
        assert side.run(partial(retry, side.client(answer), TICKET, submit)).state is state
        assert len(side.asked) == 1


NEW = JSON({"data": {"id": "new", "type": "job"}}, 202)


@pytest.mark.parametrize(
    "new",
    ["new", Ticket(TICKET.key, "new"), NEW, {"data": {"id": "new", "type": "job"}}],
    ids=["id", "ticket", "response", "document"],
)
def test_work_that_failed_is_submitted_once_more(side: Side, new: Any) -> None:
    """And the new job is waited for, however the submit names it."""
    submitted: list[Any] = []

    def submit() -> Any:
        submitted.append(new)
        return new

    async def submit_awaited() -> Any:
        return submit()

    client = side.client(FAILED, told("in_progress", 5, "new"), told("error", 60, "new", error=FAULT))
    job = side.run(lambda: datocms.retry_failed_job(client, ID, submit_awaited if side.awaited else submit, timeout=60))

    assert (job.id, job.state, len(submitted)) == ("new", JobState.FAILED, 1)
    assert [request.path for request in side.asked] == ["/job-results/job-id-123"] + ["/job-results/new"] * 2


@pytest.mark.parametrize("flat", [{"id": "new"}, {"id": "new", "type": "job"}, {"data": {"id": "new", "type": "job"}}])
def test_a_new_job_may_be_given_as_the_vendors_client_gives_it(side: Side, flat: Any) -> None:
    """Flat, with its id. What was made at once is no job, though it has an id."""
    client = side.client(FAILED, told("in_progress", 5, "new"), told("success", 100, "new"))
    assert side.run(lambda: datocms.retry_failed_job(client, ID, lambda: flat)).id == "new"
    with pytest.raises(SubmitRefused):
        side.run(lambda: datocms.wait_for_job_completion(client, {"id": "123", "type": "item"}))


def test_a_submit_may_do_the_work_at_once(side: Side) -> None:
    """Then its answer is the job; one that was refused, or that says nothing, is an error."""
    client = side.client(JSON({"status": "failed", "msg": "", "result": "no"}), system="alation")
    job = side.run(lambda: retry(client, ALATION, lambda: JSON({"status": "successful", "msg": "", "result": None})))
    assert job.state is JobState.SUCCEEDED
    running = {"status": "running", "msg": "", "result": None}
    for answer, error in (({"detail": "no"}, SubmitRefused), ({"job_id": None}, SubmitRefused), (running, NoJob)):
        with pytest.raises(error):
            side.run(partial(retry, client, ALATION, partial(JSON, answer)))


def test_a_result_is_fetched_where_only_it_tells(side: Side) -> None:
    """ArangoDB says that a job has ended, but not how, until its result is read."""
    own = {"error": True, "code": 400, "errorNum": 600, "errorMessage": "no"}
    ready, headers, new = Response(200, {}, b""), {"X-Arango-Async-Id": ONCE.id}, {"X-Arango-Async-Id": "5"}
    client = side.client(ready, JSON({"ok": 1}, 200, headers), system="arangodb")
    assert side.run(lambda: retry(client, ONCE, lambda: "1")).state is JobState.SUCCEEDED
    client = side.client(ready, JSON(own, 400, headers), ready, JSON({}, 200, new), system="arangodb")
    job = side.run(lambda: retry(client, ONCE, lambda: 5))
    assert (job.id, job.state) == ("5", JobState.SUCCEEDED)
    assert [request.method for request in side.asked] == ["GET", "PUT", "GET", "PUT"]


# Completion events.


def emitter(side: Side, client: Any) -> tuple[Any, list[tuple[Any, ...]]]:
    """Make an emitter, with a listener for each kind of event."""
    made, heard = datocms.JobEventEmitter(client), list[tuple[Any, ...]]()

    def hear(event: JobEvent) -> None:
        told = event.detail
        facts = {"progress": told.progress, "status_change": told.status, "success": told.result, "error": told.error}
        heard.append((event.kind, facts[event.kind]))

    for kind in ("progress", "status_change", "success", "error"):
        made.add_event_listener(kind, side.called(hear))
    return made, heard


def test_events_tell_what_happens(side: Side) -> None:
    """Seed, "Job Completion Callbacks": progress, changes of the state, and how it ended, once."""
    made, heard = emitter(
        side,
        side.client(
            PENDING, told("in_progress", 10), told("in_progress", 10), OSError("lost"), told("in_progress", 40), DONE
        ),
    )
    job = side.run(lambda: made.monitor_job(ID))

    assert job.state is JobState.SUCCEEDED
    assert heard == [
        ("progress", 0),
        ("progress", 10),
        ("status_change", JobState.RUNNING),
        ("progress", 40),
        ("status_change", JobState.SUCCEEDED),
        ("success", job.result),
    ]


def test_an_event_names_its_job(side: Side) -> None:
    """And shows no secret."""
    events: list[JobEvent] = []
    made = datocms.JobEventEmitter(side.client(FAILED))
    made.on("error", events.append)
    side.run(lambda: made.monitor_job({"data": {"id": ID, "type": "job"}}))

    (event,) = events
    assert (event.job_id, event.status, event.detail) == (ID, JobState.FAILED, event)
    assert isinstance(event.error, JobError)
    assert event.error.message == FAULT["message"]
    nothing = JobEvent(kind="error", ticket=TICKET, job=None)
    assert (nothing.status, nothing.progress, nothing.result) == (None, None, None)


def test_waiting_without_an_end_is_an_error(side: Side) -> None:
    """It is told; where nobody listens, it is raised."""
    made, heard = emitter(side, side.client(OSError("https://user:secret@x/")))
    assert side.run(lambda: made.monitor_job(ID, timeout=3600)) is None
    ((kind, error),) = heard
    assert kind == "error"
    assert isinstance(error, Unreachable)
    made = datocms.JobEventEmitter(side.client(REFUSED))
    with pytest.raises(NotAllowed):
        side.run(lambda: made.monitor_job(TICKET))


def test_a_listener_can_be_taken_away(side: Side) -> None:
    """Also while it is called; each event has the listeners of its moment."""
    client = side.client(told("in_progress", 1), told("in_progress", 2), told("in_progress", 3), DONE)
    made, heard = datocms.JobEventEmitter(client), list[Any]()

    def once(event: JobEvent) -> None:
        heard.append(event.progress)
        made.off("progress", once)

    made.on("progress", once)
    made.add_event_listener("progress", lambda event: heard.append(event.progress))
    side.run(lambda: made.monitor_job(ID))
    assert heard == [1, 1, 2, 3]
    with pytest.raises(ValueError, match="not in list"):
        made.remove_event_listener("progress", once)
    with pytest.raises(ValueError, match="progress, status_change, success, error"):
        made.on("statusChange", once)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - no such kind


def test_what_a_listener_raises_comes_out(side: Side) -> None:
    """It is a mistake of its author, and no error of the job."""

    def broken(event: JobEvent) -> None:
        raise ZeroDivisionError

    made, heard = emitter(side, side.client(DONE))
    made.on("status_change", broken)
    with pytest.raises(ZeroDivisionError):
        side.run(lambda: made.monitor_job(ID))
    assert heard == [("status_change", JobState.SUCCEEDED)]


def test_an_id_needs_a_key(side: Side) -> None:
    """Without one, only a ticket says which job is meant; with one, any system has ids."""
    client = side.client(JSON({"status": "successful", "msg": "", "result": None}), system="alation")
    job = side.run(lambda: JobEventEmitter(client).monitor_job(ALATION))
    assert side.run(lambda: JobEventEmitter(client).monitor_job(job)).id == "7"
    assert side.run(lambda: JobEventEmitter(client, "alation/job/GET").monitor_job(8)).id == "8"
    with pytest.raises(TypeError, match="named by its ticket, not by str"):
        JobEventEmitter(client).monitor_job("7")
    with pytest.raises(TypeError, match="named by its ticket, not by int"):
        JobMonitor(client).monitor_job(7, print)


def test_any_system_has_a_monitor() -> None:
    """With a key, the id is enough."""
    client = blocking(JSON({"status": "successful", "msg": "", "result": None}), system="alation")
    with JobMonitor(client, "alation/job/GET") as monitor:
        assert monitor.monitor_job(7, lambda job: None).result(60).id == "7"


# Many jobs.


def each(side: Side, **lives: list[Response]) -> Any:
    """Make a client whose jobs have each its own life, by their ids."""
    client, senders = side.client(NOT_YET), {name: replay(answers) for name, answers in lives.items()}

    def sender(request: Request) -> Response:
        side.asked.append(request)
        return senders[request.path.rpartition("/")[2]](request)

    async def awaited(request: Request) -> Response:
        return sender(request)

    client.sender = awaited if side.awaited else sender
    return client


def test_many_jobs_come_back_in_order(side: Side) -> None:
    """Seed, "Batch Job Monitoring": each is looked at from the beginning, and failed ones are data."""
    client = each(
        side,
        a=[told("in_progress", 5, "a"), told("in_progress", 6, "a"), told("success", 100, "a", result=RESULT)],
        b=[told("error", 60, "b", error=FAULT)],
        c=[NOT_YET, told(200, name="c", payload=None)],
    )
    jobs = side.run(lambda: datocms.monitor_multiple_jobs(client, ["a", Ticket(TICKET.key, "b"), "c", "a"]))

    assert [job.id for job in jobs] == ["a", "b", "c", "a"]
    assert [job.state.value for job in jobs] == ["succeeded", "failed", "succeeded", "succeeded"]
    assert [request.path[-1] for request in side.asked[:3]] == ["a", "b", "c"]
    assert side.run(lambda: datocms.monitor_multiple_jobs(client, [])) == []


def test_an_error_of_one_of_many_comes_when_all_have_ended(side: Side) -> None:
    """The first in their order; how many at once can be said."""
    well, badly = told(200, name="a", payload=None), told(422, name="c", payload=None)
    client = each(side, a=[NOT_YET, well], b=[REFUSED], c=[NOT_YET, badly])
    with pytest.raises(NotAllowed) as raised:
        side.run(lambda: datocms.monitor_multiple_jobs(client, ["a", "b", "c"], concurrency=1, check=True))
    assert raised.value.ticket == Ticket(TICKET.key, "b", origin="https://service.example:443")
    assert [request.path[-1] for request in side.asked] == ["a", "a", "b", "c", "c"]


def test_jobs_are_added_to_a_queue_that_runs(side: Side) -> None:
    """Seed, "Job Queue Management": three at once, the others in line, and one that failed stops nobody."""
    lives = {name: [NOT_YET, told(200, name=name, payload=None)] for name in "abcdf"}
    client = each(side, **lives, e=[REFUSED])
    ended: list[str] = []

    def more(outcome: Any, queue: Any) -> None:
        ended.append(outcome.ticket.id if outcome.job else f"not {outcome.ticket.id}")
        if len(ended) == 2:
            queue.add(Ticket(TICKET.key, "f"))

    async def awaited() -> None:
        queue = client.queue()
        queue.add(*(Ticket(TICKET.key, name) for name in "abcde"))
        async for outcome in queue:
            more(outcome, queue)

    def blocking() -> None:
        queue = client.queue()
        queue.add(*(Ticket(TICKET.key, name) for name in "abcde"))
        for outcome in queue:
            more(outcome, queue)

    side.run(awaited if side.awaited else blocking)
    assert sorted(ended) == ["a", "b", "c", "d", "f", "not e"]
    assert [request.path[-1] for request in side.asked[:3]] == ["a", "b", "c"]
    assert len(side.asked) == 11


# A monitor that cleans up.


def monitors() -> list[threading.Thread]:
    """Give the threads of monitors that live."""
    return [thread for thread in threading.enumerate() if thread.name == "jobmodels-monitor"]


def blocking(*answers: Response | Exception, **known: Any) -> Client:
    """Make a client that blocks."""
    client: Client = Side(False).client(*answers, **known)
    return client


def test_a_monitor_tells_updates_beside_other_work() -> None:
    """Seed, "Resource Cleanup": what changed, then the end; its thread ends with the job."""
    told_to: list[tuple[JobState, float | None]] = []
    running = told("in_progress", 10)
    monitor = datocms.JobMonitor(blocking(PENDING, running, OSError("lost"), running, DONE))
    watched = monitor.monitor_job(ID, lambda job: told_to.append((job.state, job.progress)))

    assert watched.result(60).state is JobState.SUCCEEDED
    assert told_to == [(JobState.PENDING, 0.0), (JobState.RUNNING, 0.1), (JobState.SUCCEEDED, 1.0)]
    for thread in monitors():
        thread.join(60)
    monitor.cleanup()
    assert monitors() == []


class Gate:
    """A sender that says when it is asked, and answers when it is let."""

    def __init__(self, answer: Response) -> None:
        self.answer, self.asked, self.open = answer, threading.Semaphore(0), threading.Event()

    def __call__(self, request: Request) -> Response:
        """Answer."""
        self.asked.release()
        self.open.wait(60)
        return self.answer


def test_a_pause_ends_with_the_context() -> None:
    """Nobody waits for the clock; the future says that it was cancelled."""
    gate = Gate(told("in_progress", 5))
    gate.open.set()
    updates: list[Any] = []
    with datocms.JobMonitor(Client("datocms", BASE, sender=gate, policy=Policy(base=3600, cap=3600))) as monitor:
        watched = [monitor.monitor_job(name, updates.append) for name in ("a", "b")]
        for _ in watched:
            assert gate.asked.acquire(timeout=60)
    assert monitors() == []
    assert all(one.cancelled() for one in watched)
    with pytest.raises(CancelledError):
        watched[0].result()


def test_no_update_comes_after_the_cleanup() -> None:
    """Not even of a request that is under way, whose answer still goes to the store."""
    gate, store, updates = Gate(DONE), dict[str, bytes](), list[Any]()
    monitor = datocms.JobMonitor(Client("datocms", BASE, sender=gate, store=store))
    watched = monitor.monitor_job(ID, updates.append)
    assert gate.asked.acquire(timeout=60)
    threads = monitors()
    monitor.cleanup()
    gate.open.set()
    for thread in threads:
        thread.join(60)

    assert (monitors(), updates, watched.cancelled()) == ([], [], True)
    assert blocking(PENDING, store=store).wait(TICKET).state is JobState.SUCCEEDED


def test_an_error_ends_the_watching(caplog: pytest.LogCaptureFixture) -> None:
    """Of waiting or of the callback; the future has it, the log names it, and no thread is left."""

    def broken(job: Job[Any]) -> None:
        raise ZeroDivisionError("no https://user:secret@x/")

    def leaving(job: Job[Any]) -> None:
        raise SystemExit

    with caplog.at_level(logging.WARNING, logger="jobmodels"), datocms.JobMonitor(blocking(REFUSED)) as monitor:
        assert isinstance(monitor.monitor_job(ID, print).exception(60), NotAllowed)
        monitor.client = blocking(DONE)
        assert isinstance(monitor.monitor_job(ID, broken).exception(60), ZeroDivisionError)
        assert isinstance(monitor.monitor_job(ID, leaving).exception(60), SystemExit)
        with pytest.raises(InvalidTicket):
            monitor.monitor_job(Ticket(TICKET.key, ID, origin="https://other.example:443"), print)
    assert monitors() == []
    assert [message.partition(": ")[0] for message in caplog.messages] == ["a job is watched no longer"] * 2
    assert "secret" not in caplog.text


def test_a_callback_may_clean_up() -> None:
    """From within its own thread; the others end too."""
    gate = Gate(told("in_progress", 5))
    ended = threading.Event()
    with datocms.JobMonitor(Client("datocms", BASE, sender=gate, policy=Policy(base=3600, cap=3600))) as monitor:

        def on_update(job: Job[Any]) -> None:
            monitor.cleanup()
            ended.set()

        watched = [monitor.monitor_job(TICKET, on_update) for _ in range(2)]
        gate.open.set()
        assert ended.wait(60)
        for thread in monitors():
            thread.join(60)
        assert all(one.cancelled() for one in watched)
    assert monitors() == []


def test_one_job_of_many_is_watched_no_longer() -> None:
    """By cancelling its future; the other goes on."""
    gate = Gate(DONE)
    with JobMonitor(Client("datocms", BASE, sender=gate)) as monitor:
        first, second = (monitor.monitor_job(TICKET, lambda job: None) for _ in range(2))
        assert first.cancel()
        gate.open.set()
        assert second.result(60).state is JobState.SUCCEEDED


def test_a_program_ends_whatever_is_watched() -> None:
    """A monitor that nobody cleans up keeps no program alive."""
    gate = Gate(DONE)
    watched = JobMonitor(Client("datocms", BASE, sender=gate)).monitor_job(TICKET, lambda job: None)
    assert all(thread.daemon for thread in monitors())
    gate.open.set()
    assert watched.result(60).state is JobState.SUCCEEDED


def test_a_monitor_in_an_event_loop_is_a_task(caplog: pytest.LogCaptureFixture) -> None:
    """It tells the same; the end of the context, an error and a cancel leave no task behind."""
    side = Side(True)
    updates: list[JobState] = []

    async def broken(job: Job[Any]) -> None:
        raise ZeroDivisionError

    async def everything() -> None:
        told_to = side.called(lambda job: updates.append(job.state))
        client: AsyncClient = side.client(PENDING, told("in_progress", 5), DONE)
        monitor = datocms.JobMonitor(client)
        assert (await monitor.monitor_job(ID, told_to)).state is JobState.SUCCEEDED
        async with monitor:
            with pytest.raises(ZeroDivisionError):
                await monitor.monitor_job(ID, broken)
            client.clock = SlowClock()
            client.sender = awaited(told("in_progress", 5))
            task = monitor.monitor_job(ID, told_to)
            while len(updates) < 4:
                await asyncio.sleep(0)
        assert task.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with caplog.at_level(logging.WARNING, logger="jobmodels"):
        asyncio.run(everything())
    assert updates == [JobState.PENDING, JobState.RUNNING, JobState.SUCCEEDED, JobState.RUNNING]
    assert caplog.messages == ["a job is watched no longer: ZeroDivisionError:"]


class SlowClock(InstantClock):
    """A clock that stands still."""

    async def sleep_async(self, seconds: float) -> None:
        """Never go on."""
        await asyncio.Event().wait()


def awaited(*answers: Response) -> Callable[[Request], Awaitable[Response]]:
    """Make a sender that is awaited."""
    following = replay(answers)

    async def sender(request: Request) -> Response:
        return following(request)

    return sender


# Results and errors as values.


def test_a_result_is_fetched_without_a_socket_of_its_own(side: Side) -> None:
    """Seed, "Advanced": data, or an error, and never both."""
    client = side.client(NOT_YET, told(201, payload={"data": {"id": "1", "type": "item"}}))
    data, error = side.run(lambda: datocms.job_results_fetcher(ID, client=client))
    assert (data.status, data.payload.data.id, error) == (201, "1", None)
    fetched = side.run(lambda: datocms.job_results_fetcher(ID, client=side.client(told(204, payload=None))))
    assert fetched.data
    fetched = side.run(lambda: datocms.job_results_fetcher(job_id=ID, client=side.client(FAILED)))
    assert (fetched.data, fetched.error.message) == (None, FAULT["message"])
    fetched = side.run(lambda: datocms.job_results_fetcher(ID, client=side.client(NOT_YET), timeout=5))
    assert isinstance(fetched.error, StillRunning)
    assert fetched.error.ticket is not None


def test_a_token_is_enough_to_fetch() -> None:
    """Then a client that blocks is made for the one job."""
    asked: list[Request] = []

    def sender(request: Request) -> Response:
        asked.append(request)
        return DONE

    data, error = datocms.job_results_fetcher(api_token="t0ken", job_id=ID, sender=sender, environment="sandbox")
    assert data is not None
    assert error is None
    (request,) = asked
    assert request.url == "https://site-api.datocms.com/job-results/job-id-123"
    assert (request.headers["authorization"], request.headers["x-environment"]) == ("Bearer t0ken", "sandbox")
    with pytest.raises(TypeError, match="a client is needed, or an api_token"):
        datocms.job_results_fetcher(ID)


def test_errors_are_handled_as_values(side: Side) -> None:
    """Seed, "Error Handling Examples": success with the result, or the error; what no job said is raised."""
    success, result, error = side.run(lambda: datocms.handle_job_errors(side.client(PENDING, DONE), ID))
    assert (success, result.imported_records, error) == (True, 10, None)
    handled = side.run(lambda: datocms.handle_job_errors(side.client(FAILED), ID))
    assert (handled.success, handled.result, handled.error.details) == (False, None, FAULT["details"])
    with pytest.raises(NotAllowed):
        side.run(lambda: datocms.handle_job_errors(side.client(REFUSED), ID))


# Patience.


def test_pauses_grow_from_a_second_to_thirty(side: Side) -> None:
    """Seed, "Implement Exponential Backoff": ten looks at most, then it says so."""
    client = side.client(NOT_YET)
    before = client.policy
    with pytest.raises(StillRunning, match="10 requests"):
        side.run(lambda: datocms.wait_for_job_with_backoff(client, ID))
    assert client.clock.pauses == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert len(side.asked) == 10
    assert client.policy == before
    client = side.client(NOT_YET, NOT_YET, DONE, chance=lambda: 0.0, policy=datocms.backoff(max_retries=3))
    assert side.run(lambda: datocms.wait_for_job_completion(client, ID)).state is JobState.SUCCEEDED
    assert client.clock.pauses == [0.5, 1]
