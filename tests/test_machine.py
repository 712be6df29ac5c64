"""Adversarial servers: whatever they do, and whenever a process dies, waiting keeps its promises.

One service with a few jobs, one store, and processes that come, wait for some of the jobs, and may die between any two
deeds. Each system is played by as much of its service as waiting needs.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from functools import lru_cache
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jobmodels import Job, JobState, Request, Response, Ticket, registry
from jobmodels._job import Operation
from jobmodels._kept import name_for
from jobmodels.clients import AsyncClient, Client, InstantClock, Outcome, Policy
from jobmodels.errors import (
    JobGone,
    NotAllowed,
    StillRunning,
    UnknownStateError,
    Unreachable,
    WaitError,
)
from tests.strategies import LAWS

BASE = "https://service.example"
JSON = Response.json
PAGE = Response(502, {"content-type": "text/html"}, b"<title>Bad gateway</title>")


class Died(BaseException):
    """The process is no more."""


@attrs.define(eq=False)
class Remote:
    """A job at its service.

    Attributes:
        looks: how often it is busy yet when somebody looks.
        good: whether it ends well.
        wanted: how often its result was asked for by itself.
        given: whether its result was given away, where that happens once.
        forgotten: whether the service knows it no longer.
    """

    name: str
    looks: int
    good: bool
    wanted: int = 0
    given: bool = False
    forgotten: bool = False

    def is_busy(self) -> bool:
        """Look."""
        self.looks -= 1
        return self.looks >= 0


def alation(job: Remote, request: Request) -> Response:
    """One request for all; results are objects or a text."""
    if job.forgotten:
        return JSON({"detail": "Not found."}, 404)
    if job.is_busy():
        return JSON({"status": "running", "msg": "", "result": None})
    made = {"created_term_count": 1, "created_terms": [{"id": int(job.name), "title": "x"}]}
    return JSON({"status": "successful" if job.good else "failed", "msg": "", "result": made if job.good else "no"})


def arangodb(job: Remote, request: Request) -> Response:
    """A look, and a result that is given once."""
    wanted = request.method == "PUT"
    job.wanted += wanted
    if job.given or job.forgotten:
        return JSON({"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}, 404)
    if job.is_busy():
        return Response(204, {}, b"")
    if not wanted:
        return Response(200, {}, b"")
    job.given = True
    told = {"_key": job.name} if job.good else {"error": True, "code": 409, "errorNum": 1210, "errorMessage": "twice"}
    return JSON(told, 201 if job.good else 409, {"X-Arango-Async-Id": job.name})


def datocms(job: Remote, request: Request) -> Response:
    """What is not there yet and what is there no longer is the same."""
    if job.forgotten or job.is_busy():
        return JSON({"data": [{"id": "1", "type": "api_error", "attributes": {"code": "NOT_FOUND"}}]}, 404)
    told: dict[str, Any] = {"status": 200 if job.good else 422, "payload": None if job.good else {"data": []}}
    return JSON({"data": {"id": job.name, "type": "job_result", "attributes": told}})


def kinetica(job: Remote, request: Request) -> Response:
    """Everything in text."""
    told: dict[str, Any] = {"job_status": "RUNNING"}
    if job.forgotten:
        return JSON({"status": "ERROR", "message": "no such job", "data_type": "none", "data": "", "data_str": ""}, 400)
    if not job.is_busy():
        told = {"job_status": "DONE", "successful": True} if job.good else {"job_status": "ERROR", "successful": False}
    text = json.dumps(told)
    return JSON({"status": "OK", "message": "", "data_type": "get_job_response", "data": "", "data_str": text})


def modzy(job: Remote, request: Request) -> Response:
    """A look, and results by themselves."""
    if job.forgotten:
        return JSON({"statusCode": 404, "status": "NOT_FOUND", "message": "no job"}, 404)
    told = {"jobIdentifier": job.name, "status": "SUBMITTED"}
    if request.path.startswith("/api/results"):
        results = {"finished": True, "total": 1, "completed": 1, "failed": 0, "results": {"a": {"results.json": 7}}}
        return JSON({"jobIdentifier": job.name, **results})
    if not job.is_busy():
        told["status"] = "COMPLETED" if job.good else "FAILED"
    return JSON(told)


def _last_step(request: Request) -> str:
    return request.path.rpartition("/")[2]


@attrs.frozen
class Played:
    """A system: under which key its jobs are read, how it answers, and whose name is in a request."""

    key: str
    answer: Callable[[Remote, Request], Response]
    name: Callable[[Request], str] = _last_step


SYSTEMS = {
    "alation": Played("alation/document/POST", alation, lambda request: request.query["id"]),
    "arangodb": Played("arangodb/job/GET", arangodb),
    "datocms": Played("datocms/job-result/GET", datocms),
    "kinetica": Played(
        "kinetica/get-job/POST", kinetica, lambda request: str(json.loads(request.body or b"")["job_id"])
    ),
    "modzy": Played("modzy/job/GET", modzy),
}


def _before(answer: Callable[[], Response], job: Remote) -> Response:
    raise ConnectionResetError("reset before anything was done")


def _after(answer: Callable[[], Response], job: Remote) -> Response:
    answer()
    raise ConnectionResetError("reset on the way back")


def _hidden(answer: Callable[[], Response], job: Remote) -> Response:
    answer()
    return PAGE


def _forgetting(answer: Callable[[], Response], job: Remote) -> Response:
    told = answer()
    job.forgotten = True
    return told


def _well(answer: Callable[[], Response], job: Remote) -> Response:
    return answer()


Fault = Callable[[Callable[[], Response], Remote], Response]
FAULTS: tuple[Fault, ...] = (
    _well,
    _well,
    _before,
    _after,
    _hidden,
    _forgetting,
    lambda answer, job: PAGE,
    lambda answer, job: JSON(None, 429, {"Retry-After": "7"}),
    lambda answer, job: JSON({"detail": "no"}, 401),
    lambda answer, job: JSON({}),
    lambda answer, job: Response(200, {"content-type": "application/json"}, b'{"status": "succ'),
)


class Process(MutableMapping[str, bytes]):
    """A process with its wire and its store, which dies after so many deeds."""

    def __init__(self, world: World, deeds: int | None) -> None:
        self.world, self.deeds = world, deeds
        self.clock = InstantClock()
        self.known: dict[str, Any] = {"store": self, "clock": self.clock, "chance": lambda: 1.0}
        self.asked: Counter[str] = Counter()
        self.faults = 0

    def live(self) -> None:
        """Do one thing more, or die."""
        if self.deeds is not None:
            self.deeds -= 1
            if self.deeds < 0:
                raise Died

    def send(self, request: Request) -> Response:
        """Send, and die before or after, if it is time."""
        self.live()
        played = SYSTEMS[self.world.system]
        job = self.world.jobs[played.name(request)]
        self.asked[job.name] += 1
        fault = self.world.faults.pop(0) if self.world.faults else _well
        self.faults += fault is not _well
        told = fault(lambda: played.answer(job, request), job)
        self.live()
        return told

    async def send_async(self, request: Request) -> Response:
        """Send, in an event loop."""
        return self.send(request)

    def __getitem__(self, name: str) -> bytes:
        self.live()
        return self.world.store[name]

    def __setitem__(self, name: str, content: bytes) -> None:
        self.live()
        self.world.store[name] = content
        self.live()

    def __delitem__(self, name: str) -> None:
        self.live()
        del self.world.store[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.world.store)

    def __len__(self) -> int:
        return len(self.world.store)


class Straight(asyncio.SelectorEventLoop):
    """An event loop in which what is for a thread is done at once: a process dies at the same deed each time."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
        """Do it."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except BaseException as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future


T = TypeVar("T")


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end."""
    with asyncio.Runner(loop_factory=Straight) as runner:
        return runner.run(work)


POLICIES = st.builds(
    Policy,
    timeout=st.sampled_from([0.0, 1.0, 20.0, 900.0]),
    max_requests=st.sampled_from([None, None, 1, 2, 9]),
    transport_errors=st.sampled_from([1, 5]),
    unknown_answers=st.sampled_from([0, 5]),
    grace=st.sampled_from([0.0, 10.0]),
)
DEEDS = st.none() | st.integers(0, 20)
NUMBERS = st.integers(0, 2)


@lru_cache(maxsize=1000)
def kept_in(entries: frozenset[tuple[str, bytes]], system: str, name: str) -> Job[Any] | None:
    """Give what a store has of a job that ended; to look changes nothing, so that the same store need be asked once."""

    def no_wire(request: Request) -> Response:
        raise ConnectionError("no wire")

    store = dict(entries)
    offline = Client(system, BASE, sender=no_wire, store=store, clock=InstantClock(), policy=Policy(transport_errors=0))
    try:
        return offline.wait(Ticket(SYSTEMS[system].key, name))
    except (Unreachable, UnknownStateError):
        return None
    finally:
        assert store == dict(entries)


class World(RuleBasedStateMachine):
    """A service with three jobs, a store, and what was ever told of each job."""

    system: str

    @initialize(lives=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=3, max_size=3))
    def begin(self, lives: list[tuple[int, bool]]) -> None:
        """Submit three jobs."""
        named = (Remote(str(300_000_001 + number), *life) for number, life in enumerate(lives))
        self.jobs = {job.name: job for job in named}
        self.faults: list[Fault] = []
        self.store: dict[str, bytes] = {}
        self.told: dict[str, Job[Any]] = {}

    def chosen(self, number: int) -> tuple[Ticket, Remote]:
        """Give a ticket and its job."""
        job = list(self.jobs.values())[number]
        return Ticket(SYSTEMS[self.system].key, job.name), job

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=8))
    def go_wrong(self, faults: list[Fault]) -> None:
        """What comes next goes wrong."""
        self.faults = list(faults)

    @rule()
    def go_well(self) -> None:
        """What comes next goes well."""
        self.faults = []

    @rule(number=NUMBERS)
    def forget(self, number: int) -> None:
        """The service forgets a job."""
        self.chosen(number)[1].forgotten = True

    @rule(number=NUMBERS, policy=POLICIES, deeds=DEEDS, awaited=st.booleans())
    def wait(self, number: int, policy: Policy, deeds: int | None, awaited: bool) -> None:
        """A process waits for one job."""
        ticket, job = self.chosen(number)
        process, expects = Process(self, deeds), self.expects(job, policy)
        try:
            outcome = Outcome(ticket, self.waited(process, policy, awaited, ticket))
        except WaitError as error:
            outcome = Outcome(ticket, None, error)
        except Died:
            return
        assert policy.timeout is not None
        assert process.clock.now() <= policy.timeout
        self.check(outcome, job, process, policy, expects)

    def waited(self, process: Process, policy: Policy, awaited: bool, ticket: Ticket) -> Job[Any]:
        """Wait with one client or the other."""
        if awaited:
            return in_a_loop(self.async_client(process, policy).wait(ticket))
        return self.client(process, policy).wait(ticket)

    @rule(
        numbers=st.lists(NUMBERS, max_size=5), policy=POLICIES, deeds=DEEDS, awaited=st.booleans(),
        concurrency=st.integers(1, 4), ordered=st.booleans(),
    )  # fmt: skip
    def wait_all(
        self, numbers: list[int], policy: Policy, deeds: int | None, awaited: bool, concurrency: int, ordered: bool
    ) -> None:
        """A process waits for many jobs, some of them twice."""
        chosen = [self.chosen(number) for number in numbers]
        process = Process(self, deeds)
        expects = [self.expects(job, policy) for _, job in chosen]
        tickets = [ticket for ticket, _ in chosen]
        outcomes: list[Outcome] = []
        how: dict[str, Any] = {"concurrency": concurrency, "ordered": ordered}
        try:
            if awaited:
                in_a_loop(self.gather(self.async_client(process, policy), tickets, outcomes, how))
            else:
                outcomes.extend(self.client(process, policy).wait_all(tickets, **how))
        except Died:
            return
        places = [outcome.index for outcome in outcomes]
        assert (places if ordered else sorted(places)) == list(range(len(tickets)))
        for outcome in outcomes:
            self.check(outcome, chosen[outcome.index][1], process, policy, expects[outcome.index], numbers)

    async def gather(
        self, client: AsyncClient, tickets: list[Ticket], outcomes: list[Outcome], how: dict[str, Any]
    ) -> None:
        """Wait for many in an event loop; nothing runs on."""
        outcomes.extend([outcome async for outcome in client.wait_all(tickets, **how)])
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    @rule(number=NUMBERS, policy=POLICIES, deeds=DEEDS, awaited=st.booleans(), looks=st.integers(1, 3))
    def look(self, number: int, policy: Policy, deeds: int | None, awaited: bool, looks: int) -> None:
        """A process looks at a job by its handle; that takes no result away."""
        ticket, job = self.chosen(number)
        process, kept, wanted = Process(self, deeds), self.kept(job), job.wanted

        async def looking() -> bool:
            handle = self.async_client(process, policy).handle(ticket)
            return [await handle.done() for _ in range(looks)][-1]

        def looked() -> bool:
            handle = self.client(process, policy).handle(ticket)
            return [handle.done() for _ in range(looks)][-1]

        try:
            done = in_a_loop(looking()) if awaited else looked()
        except WaitError:
            assert kept is None
        except Died:
            return
        else:
            assert done or kept is None
        assert job.wanted == wanted
        assert process.asked[job.name] <= looks

    @precondition(lambda self: self.system == "arangodb")
    @rule(number=NUMBERS, deeds=DEEDS, awaited=st.booleans())
    def ask(self, number: int, deeds: int | None, awaited: bool) -> None:
        """A process asks once for a result that is given once."""
        ticket, job = self.chosen(number)
        process, kept = Process(self, deeds), self.kept(job)
        try:
            if awaited:
                told = in_a_loop(self.async_client(process, Policy()).result(ticket))
            else:
                told = self.client(process, Policy()).result(ticket)
        except Unreachable:
            assert process.faults
        except Died:
            return
        else:
            assert process.asked[job.name] == (kept is None)
            assert not told.finished or self.told.setdefault(job.name, told) == told

    def client(self, process: Process, policy: Policy) -> Client:
        """Start a process."""
        return Client(self.system, BASE, sender=process.send, **process.known, policy=policy)

    def async_client(self, process: Process, policy: Policy) -> AsyncClient:
        """Start a process with an event loop."""
        return AsyncClient(self.system, BASE, sender=process.send_async, **process.known, policy=policy)

    def entry(self, job: Remote) -> str:
        """Give the name in the store under which an answer about a job is kept."""
        ticket = Ticket(SYSTEMS[self.system].key, job.name, origin=f"{BASE}:443")
        return name_for(ticket, registry()[ticket.key].system.request(Operation.RESULT, ticket))

    def kept(self, job: Remote) -> Job[Any] | None:
        """Give what the store has of a job that ended: what one gets without a wire."""
        return kept_in(frozenset(self.store.items()), self.system, job.name)

    def expects(self, job: Remote, policy: Policy) -> bool:
        """Tell whether a process that lives gets the job, if all goes well: it is kept, or it is there to be had."""
        most = policy.max_requests
        there = job.looks <= 0 and not job.forgotten and not job.given and (most is None or most >= 2)
        return self.kept(job) is not None or (there and not self.faults)

    def check(
        self,
        outcome: Outcome,
        job: Remote,
        process: Process,
        policy: Policy,
        expects: bool,
        numbers: list[int] | None = None,
    ) -> None:
        """See that what a process was told can be."""
        times = 1 if numbers is None else numbers.count(list(self.jobs).index(job.name))
        most = policy.max_requests
        assert most is None or process.asked[job.name] <= most * times
        if outcome.job is not None:
            assert outcome.job.state is (JobState.SUCCEEDED if job.good else JobState.FAILED)
            assert self.told.setdefault(job.name, outcome.job) == outcome.job
            return
        error = outcome.error
        assert isinstance(error, WaitError)
        assert not expects
        assert policy.timeout is not None
        assert error.elapsed <= policy.timeout
        assert most is None or error.requests <= most
        match error:
            case StillRunning():
                assert error.elapsed == policy.timeout or error.requests == most
            case JobGone():
                assert job.forgotten or job.given
                assert error.maybe_consumed or not job.given
                assert not error.maybe_consumed or self.entry(job) in self.store
            case Unreachable():
                assert process.faults > policy.transport_errors
            case NotAllowed():
                assert process.faults
            case _:
                assert process.faults > policy.unknown_answers or job.forgotten

    @invariant()
    def nothing_that_was_given_is_lost(self) -> None:
        """What was told once stays; what was given away is in the store, or the store says that it may have been."""
        for job in self.jobs.values():
            kept = self.kept(job)
            if kept is not None:
                assert self.told.setdefault(job.name, kept) == kept
            elif job.name in self.told:
                raise AssertionError("a job that was told is kept")
            elif job.given:
                assert self.entry(job) in self.store


@pytest.mark.parametrize("system", SYSTEMS)
def test_waiting_keeps_its_promises(system: str) -> None:
    """Never past the deadline, never more requests than allowed, no end is lost, and resuming gives the same."""
    machine: type[World] = type(f"World of {system}", (World,), {"system": system})
    run_state_machine_as_test(machine, settings=settings(LAWS, stateful_step_count=15))
