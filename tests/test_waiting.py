"""Waiting that survives: events, what is kept in a store, and what an interruption leaves behind."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import stat
import threading
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jobmodels
from jobmodels import JobState, Request, Response, Ticket
from jobmodels._job import Operation
from jobmodels._kept import MARK, pack, unpack
from jobmodels.clients import AsyncClient, Client, Event, EventKind, FileStore, InstantClock, Policy, replay
from jobmodels.errors import (
    JobGone,
    JobModelsError,
    NotAllowed,
    NotAskable,
    StillRunning,
    UnknownStateError,
    Unreachable,
)
from tests.strategies import LAWS

JSON = Response.json
BASE = "https://service.example"
ONCE = Ticket("arangodb/job/GET", "300000001")
JOB = Ticket("alation/document/POST", "7")
MANAGER_404 = {"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}
READY, NOT_YET, UNKNOWN = Response(200, {}, b""), Response(204, {}, b""), JSON(MANAGER_404, 404)
RESULT = JSON({"_key": "1"}, 201, {"X-Arango-Async-Id": ONCE.id})
BUSY = JSON({"status": "running", "msg": "", "result": None})
DONE = JSON({"status": "successful", "msg": "", "result": {"created_term_count": 0, "created_terms": []}})
NO = JSON({"detail": "no"}, 401)


class Died(BaseException):
    """The process is no more."""


class Wire:
    """A sender that gives answers in order, the last one again and again, and remembers what was asked."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.next = replay(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Answer."""
        self.asked.append(request)
        return self.next(request)


def client(system: str, *answers: Response | Exception, **options: Any) -> tuple[Client, Wire]:
    """Make a client whose time flies, and what it is connected to."""
    wire = Wire(*answers)
    options = {"clock": InstantClock(), "chance": lambda: 1.0, **options}
    return Client(system, BASE, sender=wire, **options), wire


def modzy(status: str, **told: Any) -> Response:
    """Make a job document of Modzy."""
    return JSON({"jobIdentifier": "a-b", "status": status, **told})


# Events.


def test_what_happens_is_told() -> None:
    """Changes of state and of progress, answers that did not come, and the end."""
    asking, _ = client(
        "modzy",
        modzy("SUBMITTED"),
        modzy("SUBMITTED"),
        ConnectionResetError("https://user:secret@x/ was reset"),
        modzy("IN_PROGRESS", total=4, pending=3, completed=1, failed=0),
        modzy("IN_PROGRESS", total=4, pending=1, completed=3, failed=0),
        Response(502, {"content-type": "text/html"}, b"<title>Bad gateway</title>"),
        modzy("CANCELED"),
    )
    events = list(asking.watch(Ticket("modzy/job/GET", "a-b")))

    assert [event.kind.value for event in events] == ["state", "lost", "state", "progress", "lost", "ended"]
    assert [event.job and event.job.state.value for event in events] == [
        "pending", "pending", "running", "running", "unknown", "cancelled",
    ]  # fmt: skip
    assert [event.previous and event.previous.state.value for event in events] == [
        None, "pending", "pending", "running", "running", "running",
    ]  # fmt: skip
    assert events[0].at == datetime(1970, 1, 1, tzinfo=UTC)
    assert all(before.at <= after.at for before, after in pairwise(events))
    assert "secret" not in repr(events) + "".join(map(str, events))
    assert str(events[1]).endswith("modzy/job/GET a-b: no answer (ConnectionResetError: https://***@x/ was reset)")
    assert str(events[3]).endswith("a-b: running 75%")
    assert "Bad gateway" in str(events[4])


def test_an_event_without_an_answer_has_no_job() -> None:
    """And says that the state is not known."""
    asking, _ = client("alation", OSError("lost"), DONE)
    lost, ended = asking.watch(JOB)

    assert (lost.job, lost.previous, lost.kind) == (None, None, EventKind.LOST)
    assert str(ended).endswith("alation/document/POST 7: succeeded")
    odd = Event(kind=EventKind.STATE, ticket=JOB, job=None, previous=None, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert str(odd) == "2026-01-01T00:00:00Z alation/document/POST 7: not known"


def test_whoever_waits_may_listen() -> None:
    """Both clients tell the same; in an event loop a listener may be awaited."""
    told: list[Event] = []
    assert client("alation", BUSY, DONE)[0].wait(JOB, on_event=told.append).state is JobState.SUCCEEDED

    async def sender(request: Request) -> Response:
        return wire(request)

    heard: list[Event] = []

    async def listen(event: Event) -> None:
        heard.append(event)

    for listener in (listen, heard.append):
        heard.clear()
        wire = Wire(BUSY, DONE)
        asking = AsyncClient("alation", BASE, sender=sender, clock=InstantClock(), chance=lambda: 1.0)
        asyncio.run(asking.wait(JOB, on_event=listener))
        assert heard == told

    async def watched() -> list[Event]:
        return [event async for event in asking.watch(JOB)]

    wire = Wire(BUSY, DONE)
    asking = AsyncClient("alation", BASE, sender=sender, clock=InstantClock(), chance=lambda: 1.0)
    assert asyncio.run(watched()) == told


# The store.


def test_a_result_that_is_given_once_is_kept_before_it_is_read() -> None:
    """The next process reads it, and asks for nothing."""
    store: dict[str, bytes] = {}
    asking, wire = client("arangodb", READY, RESULT, store=store)
    job = asking.wait(ONCE)
    again, unasked = client("arangodb", UNKNOWN, store=store)

    assert [request.method for request in wire.asked] == ["GET", "PUT"]
    assert again.wait(ONCE) == job
    assert again.result(ONCE) == job
    assert unasked.asked == []
    (content,) = store.values()
    assert unpack(content) is not None


@pytest.mark.parametrize("lost", [ConnectionResetError("reset"), Died()], ids=["no answer", "no process"])
def test_a_mark_says_that_a_result_may_have_been_given(lost: Any) -> None:
    """Then a service that does not know the job says that the answer was lost."""

    class Dying(Wire):
        def __call__(self, request: Request) -> Response:
            if request.method == "PUT":
                raise lost
            return super().__call__(request)

    store: dict[str, bytes] = {}
    wire = Dying(READY)
    with pytest.raises((Died, JobModelsError)):
        Client("arangodb", BASE, sender=wire, clock=InstantClock(), store=store).wait(ONCE)
    assert list(store.values()) == [MARK]
    with pytest.raises(JobGone) as raised:
        client("arangodb", UNKNOWN, store=store)[0].wait(ONCE)
    assert raised.value.maybe_consumed
    assert client("arangodb", READY, RESULT, store=store)[0].wait(ONCE).state is JobState.SUCCEEDED


def test_a_mark_goes_when_the_service_still_has_the_job() -> None:
    """What it says of the job proves that nothing was given away."""
    store: dict[str, bytes] = {}
    with pytest.raises(StillRunning):
        client("arangodb", READY, NOT_YET, store=store)[0].wait(ONCE, timeout=5)
    assert store == {}
    asking, _ = client("arangodb", NOT_YET, store=store)
    assert asking.result(ONCE).state is JobState.PENDING
    assert store == {}
    with pytest.raises(JobGone) as raised:
        client("arangodb", READY, NOT_YET, UNKNOWN, store=store)[0].wait(ONCE)
    assert not raised.value.maybe_consumed


def test_a_mark_stays_when_only_the_service_forgot() -> None:
    """That it does not know the job, or says nothing of it, is no proof that the result was not given before."""
    store: dict[str, bytes] = {}
    with pytest.raises(JobGone) as raised:
        client("arangodb", READY, ConnectionResetError("reset"), UNKNOWN, store=store)[0].wait(ONCE)
    for answer in (UNKNOWN, NO):
        assert raised.value.maybe_consumed
        assert list(store.values()) == [MARK]
        client("arangodb", answer, store=store)[0].result(ONCE)
        assert list(store.values()) == [MARK]
        with pytest.raises(JobGone) as raised:
            client("arangodb", UNKNOWN, store=store)[0].wait(ONCE)
    other: dict[str, bytes] = {}
    for answers in ([READY, UNKNOWN], [UNKNOWN]):
        with pytest.raises(JobGone) as raised:
            client("arangodb", *answers, store=other)[0].wait(ONCE)
        assert raised.value.maybe_consumed
    (name,) = store
    # A process that died between the two: the answer is there, and was not read.
    for answer, doubt in ((UNKNOWN, True), (NO, True), (NOT_YET, False)):
        for ask in (Client.wait, Client.result):
            store[name] = pack(Operation.RESULT, answer, doubt=True)
            asking, _ = client("arangodb", UNKNOWN, store=store)
            if ask is Client.wait:
                with pytest.raises(JobGone) as raised:
                    ask(asking, ONCE)
                assert raised.value.maybe_consumed is doubt
            else:
                assert ask(asking, ONCE).state is JobState.NOT_FOUND
                assert list(store.values()) == ([MARK] if doubt else [])
    store.clear()
    client("arangodb", UNKNOWN, store=store)[0].result(ONCE)
    assert store == {}


def test_an_answer_of_a_gateway_leaves_the_mark() -> None:
    """Whether it hides the result cannot be known."""
    store: dict[str, bytes] = {}
    gateway = Response(502, {"content-type": "text/html"}, b"<title>Bad gateway</title>")
    asking, _ = client("arangodb", gateway, store=store)
    assert asking.result(ONCE).consumed is None
    assert list(store.values()) == [MARK]
    name = next(iter(store))
    store[name] = pack(Operation.RESULT, gateway)  # A process that died between the two.
    with pytest.raises(JobGone) as raised:
        client("arangodb", UNKNOWN, store=store)[0].wait(ONCE)
    assert raised.value.maybe_consumed


@pytest.mark.parametrize("lost", [ConnectionResetError("reset"), Response(502, {}, b"<title>Bad gateway</title>")])
def test_a_result_in_doubt_is_asked_for_again_only_where_the_service_still_has_it(lost: Any) -> None:
    """How the job stands is asked first, which costs nothing; faults are counted all the same."""
    asking, wire = client("arangodb", READY, lost, READY, RESULT)
    assert asking.wait(ONCE).state is JobState.SUCCEEDED
    assert [request.method for request in wire.asked] == ["GET", "PUT", "GET", "PUT"]
    asking, wire = client("arangodb", READY, lost, UNKNOWN)
    with pytest.raises(JobGone) as raised:
        asking.wait(ONCE)
    assert raised.value.maybe_consumed
    assert [request.method for request in wire.asked] == ["GET", "PUT", "GET"]
    asking, wire = client("arangodb", *[READY, lost] * 10)
    with pytest.raises(Unreachable):
        asking.wait(ONCE)
    assert [request.method for request in wire.asked] == ["GET", "PUT"] * 6


def test_an_answer_about_another_job_stays_what_it_was() -> None:
    """It was given away; whoever resumes is told the same."""
    store: dict[str, bytes] = {}
    other = JSON({}, 200, {"X-Arango-Async-Id": "5"})
    for answers in ([READY, other], [UNKNOWN]):
        with pytest.raises(UnknownStateError):
            client("arangodb", *answers, store=store)[0].wait(ONCE)


def test_every_last_answer_is_kept() -> None:
    """Also of a service that would give it again."""
    store: dict[str, bytes] = {}
    job = client("alation", BUSY, DONE, store=store)[0].wait(JOB)
    asking, wire = client("alation", BUSY, store=store)
    (event,) = asking.watch(JOB)
    assert (event.kind, event.job) == (EventKind.ENDED, job)
    assert wire.asked == []
    assert client("alation", BUSY, store=store)[0].status(JOB).state is JobState.RUNNING
    other = Ticket("alation/document/POST", "8")
    assert client("alation", DONE, store=store)[0].wait(other).state is JobState.SUCCEEDED
    assert len(store) == 2


class Broken(dict[str, bytes]):
    """A store that cannot be written to, from some time on."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.writes = writes

    def __setitem__(self, name: str, content: bytes) -> None:
        self.writes -= 1
        if self.writes < 0:
            raise OSError("the disk is full")
        super().__setitem__(name, content)


def test_services_behind_one_gateway_may_share_a_store() -> None:
    """What one of them said of a job is not what the other says of its own of the same id."""
    store: dict[str, bytes] = {}
    answers = {"one": DONE, "other": JSON({"status": "failed", "msg": "", "result": "no"})}
    for _ in range(2):
        for path, answer in answers.items():
            base = f"https://gateway.example/{path}/"
            job = Client("alation", base, sender=replay([answer]), clock=InstantClock(), store=store).wait(JOB)
            assert job.response == answer
    assert len(store) == 2


def test_a_store_that_fails_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    """Without a mark nothing is asked for; an answer in hand is read all the same, and the log says so."""
    asking, wire = client("arangodb", READY, RESULT, store=Broken(0))
    with pytest.raises(OSError, match="the disk is full"):
        asking.wait(ONCE)
    assert [request.method for request in wire.asked] == ["GET"]
    with caplog.at_level(logging.WARNING, logger="jobmodels"):
        assert client("arangodb", READY, RESULT, store=Broken(1))[0].wait(ONCE).state is JobState.SUCCEEDED
    assert caplog.messages == ["an answer could not be kept: OSError: the disk is full"] * 2


def test_what_is_kept_comes_back_as_it_was() -> None:
    """Bytes, text, and nothing; with headers and without. What is no kept answer is none."""
    for response in (Response(), Response(200, {}, "text"), Response(503, {"a": "b"}, b"\xff"), Response(204, None)):
        kept = unpack(pack(Operation.RESULT, response))
        assert kept is not None
        assert (kept.operation, kept.response, kept.doubt) == (Operation.RESULT, response, False)
    for content in (None, b"", MARK, b"[]", b'"x"', b"\xff", b"[" * 100_000, b'{"jobmodels-answer": 2}'):
        assert unpack(content) is None
    for content in (b'{"jobmodels-answer": 1}', b'{"jobmodels-answer": 1, "text": "", "operation": "fly"}'):
        assert unpack(content) is None
    told = b'{"jobmodels-answer": 1, "operation": "result", "status": 200, "headers": null, "text": 5}'
    assert unpack(told) is None


# Resuming, at any moment.


class Dying(MutableMapping[str, bytes]):
    """A store and a sender of a process that dies after so many deeds."""

    def __init__(self, server: Server, store: dict[str, bytes], deeds: int) -> None:
        self.server, self.store, self.deeds = server, store, deeds

    def live(self) -> None:
        """Do one thing more, or die."""
        self.deeds -= 1
        if self.deeds < 0:
            raise Died

    def __call__(self, request: Request) -> Response:
        """Answer, and maybe die before or after."""
        self.live()
        answer = self.server(request)
        self.live()
        return answer

    def __getitem__(self, name: str) -> bytes:
        self.live()
        return self.store[name]

    def __setitem__(self, name: str, content: bytes) -> None:
        self.live()
        self.store[name] = content
        self.live()

    def __delitem__(self, name: str) -> None:
        self.live()
        del self.store[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.store)

    def __len__(self) -> int:
        return len(self.store)


class Server:
    """ArangoDB with one job: it is pending for some looks, then gives its result once."""

    def __init__(self, looks: int) -> None:
        self.looks, self.given = looks, False

    def __call__(self, request: Request) -> Response:
        """Answer."""
        if self.given:
            return UNKNOWN
        self.looks -= 1
        if self.looks >= 0:
            return NOT_YET
        self.given = request.method == "PUT"
        return RESULT if self.given else READY


@settings(LAWS)
@given(st.integers(0, 3), st.lists(st.integers(0, 12), max_size=4))
def test_resuming_at_any_point_gives_the_same_job_or_says_what_was_lost(looks: int, deaths: list[int]) -> None:
    """A process may die before and after each deed; the only loss is an answer that died with it, and that is told."""
    server, store = Server(looks), dict[str, bytes]()
    expected = Client("arangodb", BASE, sender=Server(looks), clock=InstantClock()).wait(ONCE)
    lost_on_the_way = False
    for deeds in [*deaths, 10**9]:
        process = Dying(server, store, deeds)
        given_before = server.given
        try:
            job = Client("arangodb", BASE, sender=process, store=process, clock=InstantClock()).wait(ONCE)
        except Died:
            lost_on_the_way |= server.given and not given_before and MARK in store.values()
        except JobGone as gone:
            told = (lost_on_the_way, gone.maybe_consumed)
            assert told == (True, True)
        else:
            assert job == expected
            assert not lost_on_the_way


# The store on disk.


def test_a_folder_is_a_store(tmp_path: Path) -> None:
    """A mapping like any other, whatever the names; its files are for their owner."""
    store = FileStore(tmp_path / "answers")
    assert (len(store), list(store), store.get("a")) == (0, [], None)
    names = ["a", "../b", ".", "..", "ä/ö", "con", "x" * 40, "A%2E"]
    for name in names:
        store[name] = name.encode()
    store["a"] = b"again"

    assert sorted(store) == sorted(names)
    assert store["../b"] == b"../b"
    assert FileStore(str(store.folder))["a"] == b"again"
    assert len(list(store.folder.iterdir())) == len(names)
    if os.name != "nt":
        modes = {stat.S_IMODE(path.stat().st_mode) for path in store.folder.iterdir()}
        assert modes == {0o600}
    del store["a"]
    for name in ("a", "b"):
        with pytest.raises(KeyError):
            del store[name]
        with pytest.raises(KeyError):
            store[name]
    assert repr(store).startswith("FileStore(")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no half file."""
    store = FileStore(tmp_path)
    store["a"] = b"old"

    def full(handle: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            store["a"] = b"new"
    assert store["a"] == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_by_itself_is_left_to_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    store = FileStore(tmp_path)
    opened: list[Any] = []
    original = os.open

    def noting(path: Any, *told: Any) -> int:
        opened.append(path)
        return original(path, *told)

    monkeypatch.setattr("jobmodels.clients._store.SYSTEM", "nt")
    monkeypatch.setattr(os, "open", noting)
    store["a"] = b""
    assert tmp_path not in opened


def test_a_job_survives_in_a_folder(tmp_path: Path) -> None:
    """From one client to the next."""
    job = client("arangodb", READY, RESULT, store=FileStore(tmp_path))[0].wait(ONCE)
    assert client("arangodb", UNKNOWN, store=FileStore(tmp_path))[0].wait(ONCE) == job


# Ends that are not those of the job.


def test_a_job_may_be_cancelled_when_the_time_is_over() -> None:
    """What the service says to that is in the error; that it cannot be cancelled too."""
    accepted = JSON({"result": True})
    asking, wire = client("arangodb", NOT_YET, NOT_YET, accepted)
    with pytest.raises(StillRunning, match="; it was cancelled") as raised:
        asking.wait(ONCE, timeout=1, cancel_on=["timeout"])
    assert isinstance(raised.value.cancelled, jobmodels.Job)
    assert [request.path for request in wire.asked][-1].endswith("/cancel")
    with pytest.raises(StillRunning, match="not cancelled") as raised:
        client("alation", BUSY)[0].wait(JOB, timeout=1, cancel_on=("timeout", "interrupt"))
    assert isinstance(raised.value.cancelled, NotAskable)
    with pytest.raises(StillRunning) as raised:
        client("arangodb", NOT_YET)[0].wait(ONCE, timeout=1)
    assert raised.value.cancelled is None
    for wrong in ("timeout", ["never"]):
        with pytest.raises(ValueError, match="cancel_on holds"):
            asking.wait(ONCE, cancel_on=wrong)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - so


def test_a_cancel_that_ends_a_wait_is_about_the_same_job() -> None:
    """With the options of the wait, and in a time of its own; what goes wrong with it does not hide why one waits."""
    asking, wire = client("arangodb", NOT_YET, NOT_YET, JSON({"result": True}))
    with pytest.raises(StillRunning, match="; it was cancelled"):
        asking.wait(ONCE, timeout=1, cancel_on=["timeout"], database="db")
    assert wire.asked[-1].path == f"/_db/db/_api/job/{ONCE.id}/cancel"
    assert wire.asked[-1].timeout == 10

    given: list[dict[str, str]] = [{}, {}]
    asking, _ = client("arangodb", NOT_YET, auth=lambda: given.pop())
    with pytest.raises(StillRunning, match="not cancelled") as raised:
        asking.wait(ONCE, timeout=1, cancel_on=["timeout"])
    assert isinstance(raised.value.cancelled, IndexError)


def test_an_interruption_leaves_the_job_and_prints_its_ticket(capsys: pytest.CaptureFixture[str]) -> None:
    """With it, the next process goes on."""

    def interrupted(request: Request) -> Response:
        raise KeyboardInterrupt

    asking = Client("alation", BASE, sender=interrupted, auth={"Token": "t0ken"})
    with pytest.raises(KeyboardInterrupt):
        asking.wait(JOB)
    told = capsys.readouterr().err.splitlines()
    assert Ticket.from_json(told[-1]).id == "7"
    assert "t0ken" not in "".join(told)


def test_an_interruption_may_cancel_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    """If that was asked for; then nobody is told that it goes on."""
    asked: list[str] = []

    def interrupted(request: Request) -> Response:
        asked.append(request.path)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return JSON({"result": True})

    with pytest.raises(KeyboardInterrupt):
        Client("arangodb", BASE, sender=interrupted).wait(ONCE, cancel_on={"interrupt"})
    assert [path.endswith("/cancel") for path in asked] == [False, True]
    assert "goes on" not in capsys.readouterr().err


@pytest.mark.parametrize("many", [False, True], ids=["wait", "wait_all"])
def test_an_interruption_of_an_event_loop_prints_tickets_too(many: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A cancel by the program itself does not."""

    async def interrupted(request: Request) -> Response:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(30)
        return DONE

    async def everything() -> None:
        asking = AsyncClient("alation", BASE, sender=interrupted)
        if not many:
            await asking.wait(JOB)
        async for _ in asking.wait_all([JOB]):
            pass

    kept = signal.signal(signal.SIGINT, signal.default_int_handler)  # Where tests run in the background, it is ignored.
    try:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(everything())
    finally:
        signal.signal(signal.SIGINT, kept)
    assert Ticket.from_json(capsys.readouterr().err.splitlines()[-1]).id == "7"
    in_a_loop("alation", JOB)
    assert capsys.readouterr().err == ""


def in_a_loop(system: str, ticket: Ticket, *answers: Response, **how: Any) -> list[str]:
    """Wait in an event loop; None as the answer is one that never comes, and whoever waits is cancelled."""
    asked: list[str] = []
    told = list(answers)

    async def sender(request: Request) -> Response:
        asked.append(request.path)
        if not told:
            await asyncio.sleep(3600)
        return told.pop(0)

    async def everything() -> None:
        asking = AsyncClient(system, BASE, sender=sender, clock=InstantClock(), store={})
        task = asyncio.create_task(asking.wait(ticket, **how))
        while not asked:
            await asyncio.sleep(0)
        told.append(JSON({"result": True}))
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(everything())
    return asked


def test_whoever_is_cancelled_in_an_event_loop_may_cancel_the_job() -> None:
    """Or leaves it alone."""
    assert len(in_a_loop("arangodb", ONCE)) == 1
    assert [path.endswith("/cancel") for path in in_a_loop("arangodb", ONCE, cancel_on=["interrupt"])] == [False, True]
    assert len(in_a_loop("alation", JOB, cancel_on=["interrupt"])) == 1


def test_an_answer_is_kept_though_whoever_waits_is_cancelled() -> None:
    """Also where the threads that keep it are busy with others, as it may not come again."""
    store: dict[str, bytes] = {}
    free = threading.Event()
    told = [READY, RESULT]

    async def everything() -> None:
        async def sender(request: Request) -> Response:
            answer = told.pop(0)
            if answer is RESULT:
                loop.run_in_executor(None, free.wait)
                loop.call_later(0.01, task.cancel)
            return answer

        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        task = asyncio.create_task(AsyncClient("arangodb", BASE, sender=sender, store=store).wait(ONCE))
        with pytest.raises(asyncio.CancelledError):
            await task
        free.set()
        await loop.shutdown_default_executor()

    asyncio.run(everything())
    assert client("arangodb", UNKNOWN, store=store)[0].wait(ONCE).state is JobState.SUCCEEDED


def test_an_event_loop_keeps_and_resumes() -> None:
    """As the blocking client does."""
    store: dict[str, bytes] = {}
    wire = Wire(READY, RESULT)

    async def sender(request: Request) -> Response:
        return wire(request)

    async def everything() -> None:
        asking = AsyncClient("arangodb", BASE, sender=sender, clock=InstantClock(), store=store)
        job = await asking.wait(ONCE, cancel_on=["timeout"])
        wire.next = replay([UNKNOWN])
        assert await asking.wait(ONCE) == job
        wire.next = replay([NOT_YET, NOT_YET, JSON({"result": True})])
        with pytest.raises(StillRunning) as raised:
            await asking.wait(Ticket(ONCE.key, "5"), timeout=1, cancel_on=["timeout"])
        assert isinstance(raised.value.cancelled, jobmodels.Job)
        wire.next = replay([NOT_YET])
        with pytest.raises(StillRunning) as raised:
            await asking.wait(Ticket(ONCE.key, "5"), timeout=1)

    asyncio.run(everything())


# How much is sent, and for how long.


def test_no_request_at_all_may_be_allowed() -> None:
    """Then nothing is sent; what a store has is read all the same."""
    store: dict[str, bytes] = {}
    client("alation", DONE, store=store)[0].wait(JOB)
    asking, wire = client("alation", DONE, policy=Policy(max_requests=0))
    with pytest.raises(StillRunning) as raised:
        asking.wait(JOB)
    assert (raised.value.requests, raised.value.job, wire.asked) == (0, None, [])
    assert client("alation", DONE, policy=Policy(max_requests=0), store=store)[0].wait(JOB).finished


def test_credentials_that_are_renewed_count_as_requests() -> None:
    """Never more than the policy allows; a service that takes them gives a new chance later."""
    asking, wire = client("alation", NO, BUSY, NO, DONE, auth=lambda: {"Token": "t"})
    assert asking.wait(JOB).state is JobState.SUCCEEDED
    asking, wire = client("alation", NO, auth=lambda: {"Token": "t"}, policy=Policy(max_requests=1))
    with pytest.raises(NotAllowed):
        asking.wait(JOB)
    assert len(wire.asked) == 1
    asking, wire = client("alation", NO, auth=lambda: {"Token": "t"})
    assert asking.status(JOB).state is JobState.UNKNOWN
    assert len(wire.asked) == 2


def test_a_job_that_was_refused_itself_is_not_asked_for_again() -> None:
    """Its own 401 is its result, which is given once."""
    own = JSON({"error": True, "code": 401, "errorNum": 11, "errorMessage": "no"}, 401, {"X-Arango-Async-Id": ONCE.id})
    for ask in (Client.wait, Client.result):
        asking, wire = client("arangodb", READY, own, UNKNOWN, auth=lambda: {"Authorization": "x"})
        wire.next = replay([READY, own, UNKNOWN] if ask is Client.wait else [own, UNKNOWN])
        assert ask(asking, ONCE).state is JobState.FAILED


def test_no_time_at_all_is_not_asked_for() -> None:
    """A service that asks to be asked again at once is asked at our own pace."""
    at_once = JSON({"status": "running", "msg": "", "result": None}, headers={"Retry-After": "0"})
    asking, wire = client("alation", at_once)
    with pytest.raises(StillRunning):
        asking.wait(JOB, timeout=10)
    assert len(wire.asked) == 11


def test_a_request_takes_no_longer_than_there_is_time() -> None:
    """At the deadline, as long as the shortest pause; for ever leaves it to the sender."""
    asking, wire = client("alation", BUSY)
    with pytest.raises(StillRunning):
        asking.wait(JOB, timeout=5)
    assert [request.timeout for request in wire.asked] == [5, 3, 2]
    asking, wire = client("alation", DONE)
    asking.wait(JOB, timeout=None)
    assert wire.asked[0].timeout is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": -1},
        {"timeout": "60"},
        {"base": float("nan")},
        {"cap": None},
        {"max_requests": -1},
        {"transport_errors": None},
        {"grace": -0.1},
    ],
)
def test_a_policy_has_no_negative_number(wrong: dict[str, Any]) -> None:
    """It says which."""
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is a number from 0 upward"):
        Policy(**wrong)
