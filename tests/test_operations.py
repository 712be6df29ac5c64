"""What one asks besides how a job stands: every operation of the five systems, lists, tickets, and pushed events."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import attrs
import httpx
import httpx2
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Job, JobState, Request, Response, Ticket
from jobmodels._cases import Case, find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._job import Operation
from jobmodels.clients import AsyncClient, Client, InstantClock, replay
from jobmodels.errors import (
    InvalidTicket,
    JobGone,
    JobModelsError,
    NoJob,
    NoListing,
    NoSuchEndpoint,
    NotAskable,
    SubmitRefused,
    Unreachable,
    UnsafeRequest,
)
from tests.loopback import serving
from tests.strategies import JSON as ANY_JSON
from tests.strategies import LAWS

BASE = "https://service.example/prefix"
ORIGIN = "https://service.example:443"
JSON = Response.json
ARANGO = "265413601"
BEFORE = datetime(2014, 5, 29, 15, 9, 44, tzinfo=UTC)
MANAGER_404 = JSON({"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}, 404)
NO_LIST = JSON({"data": [{"id": "232b48", "type": "api_error", "attributes": {"code": "NOT_FOUND"}}]}, 404)
DONE = JSON({"status": "successful", "msg": "", "result": []})

_root = find_folder("jobmodels", "fixtures")
assert _root is not None
CASES = [load_case(path, _root) for path in find_cases(_root)]


def recorded(name: str) -> Response:
    """Give a recorded answer: key and claim."""
    case = next(case for case in CASES if f"{case.key}/{case.path.stem}" == name)
    assert case.answer.response is not None
    return case.answer.response


class Wire:
    """A sender that gives answers in order, the last one again and again, and remembers what was asked."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.next: Callable[[Request], Response] = replay(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Answer."""
        self.asked.append(request)
        return self.next(request)

    @property
    def lines(self) -> list[str]:
        """The request lines; all that is sent goes to one origin."""
        assert all(request.url.startswith(BASE + "/") for request in self.asked)
        return [f"{request.method} {request.url.removeprefix(BASE)}" for request in self.asked]


def client(system: str, *answers: Response | Exception, **options: Any) -> tuple[Client, Wire]:
    """Make a client whose time flies, and what it is connected to."""
    wire = Wire(*answers)
    return Client(system, BASE, sender=wire, clock=InstantClock(), chance=lambda: 1.0, **options), wire


def awaiting(system: str, *answers: Response | Exception, **options: Any) -> tuple[AsyncClient, Wire]:
    """Make the same for an event loop."""
    wire = Wire(*answers)

    async def sender(request: Request) -> Response:
        return wire(request)

    return AsyncClient(system, BASE, sender=sender, clock=InstantClock(), chance=lambda: 1.0, **options), wire


def arango(status: int, body: Any = None, name: str | None = None) -> Response:
    """Make an answer of ArangoDB, about the job or the job's own."""
    headers = {"content-type": "application/json"} if body is not None else {}
    headers |= {"x-arango-async-id": name} if name else {}
    return Response(status, headers, None if body is None else json.dumps(body))


def kinetica(kind: str = "get_job", **told: Any) -> Response:
    """Make an answer of Kinetica."""
    named = {"data_type": f"{kind}_response", "data": "", "data_str": json.dumps(told)}
    return JSON({"status": "OK", "message": "", **named})


def shown(**words: str) -> Response:
    """Make a list of Kinetica: of each job its word."""
    return kinetica("admin_show_jobs", job_id=[int(name[1:]) for name in words], status=list(words.values()))


def result(name: str, status: int | str) -> dict[str, Any]:
    """Make a job result of DatoCMS."""
    return {"id": name, "type": "job_result", "attributes": {"status": status, "payload": None}}


def page(*results: dict[str, Any], total: int | None = None) -> Response:
    """Make a page of DatoCMS."""
    return JSON({"data": list(results), "meta": {"total_count": total}})


def history(*jobs: Any, following: str | None = None) -> Response:
    """Make a page of Modzy: id and word of each job."""
    told = [{"jobIdentifier": job[0], "status": job[1]} if isinstance(job, tuple) else job for job in jobs]
    return JSON(told, headers={} if following is None else {"Link": f'<{following}>; rel="next"'})


def names(job: Job[Any]) -> list[str | None]:
    """Give the ids in a list."""
    assert job.listing is not None
    return [one.id for one in job.listing.jobs]


# Every operation.

TICKETS = {
    "alation": Ticket("alation/job/GET", 7),
    "arangodb": Ticket("arangodb/job/GET", ARANGO),
    "datocms": Ticket("datocms/job-result/GET", "x"),
    "kinetica": Ticket("kinetica/get-job/POST", 58426),
    "modzy": Ticket("modzy/job/GET", "a-b"),
}
OPERATIONS: dict[str, dict[str, str]] = {
    "alation": {
        "status": "GET /api/v1/bulk_metadata/job/?id=7",
        "result": "GET /api/v1/bulk_metadata/job/?id=7",
        "cancel": "alation cannot be asked for cancel: its jobs can only be read",
        "delete": "alation cannot be asked for delete: its jobs can only be read",
        "delete_all": "alation cannot be asked for delete_all: its jobs can only be read",
        "delete_expired": "alation cannot be asked for delete_expired: its jobs can only be read",
        "list": "alation cannot be asked for list: its jobs can only be read",
    },
    "arangodb": {
        "status": f"GET /_api/job/{ARANGO}",
        "result": f"PUT /_api/job/{ARANGO}",
        "cancel": f"PUT /_api/job/{ARANGO}/cancel",
        "delete": f"DELETE /_api/job/{ARANGO}",
        "delete_all": "DELETE /_api/job/all",
        "delete_expired": "DELETE /_api/job/expired?stamp=1401376184",
        "list": "GET /_api/job/pending?count=10",
    },
    "datocms": {
        "status": "GET /job-results/x",
        "result": "GET /job-results/x",
        "cancel": "datocms cannot be asked for cancel: its jobs cannot be cancelled",
        "delete": "datocms cannot be asked for delete: its jobs cannot be deleted",
        "delete_all": "datocms cannot be asked for delete_all: its jobs cannot be deleted",
        "delete_expired": "datocms cannot be asked for delete_expired: its jobs cannot be deleted",
        "list": "GET /job-results",
    },
    "kinetica": {
        "status": "POST /get/job",
        "result": "POST /get/job",
        "cancel": "POST /admin/alter/jobs",
        "delete": "kinetica cannot be asked for delete: jobs cannot be deleted",
        "delete_all": "kinetica cannot be asked for delete_all: jobs cannot be deleted",
        "delete_expired": "kinetica cannot be asked for delete_expired: jobs cannot be deleted",
        "list": "POST /admin/show/jobs",
    },
    "modzy": {
        "status": "GET /api/jobs/a-b",
        "result": "GET /api/results/a-b",
        "cancel": "DELETE /api/jobs/a-b",
        "delete": "modzy cannot be asked for delete: results cannot be deleted",
        "delete_all": "modzy cannot be asked for delete_all: results cannot be deleted",
        "delete_expired": "modzy cannot be asked for delete_expired: results cannot be deleted",
        "list": "GET /api/jobs/history?status=pending&per-page=10",
    },
}
ARGUMENTS: Mapping[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "delete_all": ((), {}),
    "delete_expired": ((BEFORE,), {}),
    "list": ((), {"state": "pending", "limit": 10}),
}
each_operation = pytest.mark.parametrize(
    ("system", "operation"), [(system, operation) for system, told in OPERATIONS.items() for operation in told]
)


@each_operation
def test_every_operation_is_asked_or_says_that_there_is_none(system: str, operation: str) -> None:
    """One request goes out, or none at all; whatever the answer, what comes of it is a job."""
    told = OPERATIONS[system][operation]
    given, named = ARGUMENTS.get(operation, ((TICKETS[system],), {}))
    for answer in (MANAGER_404, Response(502, {"content-type": "text/html"}, b"<title>Bad gateway</title>"), JSON([])):
        asking, wire = client(system, answer)
        loop, other = awaiting(system, answer)
        if told.startswith(system):
            for ask in (asking, loop):
                with pytest.raises(NotAskable, match=re.escape(told)):
                    getattr(ask, operation)(*given, **named)
            assert wire.lines == other.lines == []
        else:
            job = getattr(asking, operation)(*given, **named)
            assert isinstance(job, Job)
            assert job.operation == operation
            assert wire.lines == [told]
            assert asyncio.run(getattr(loop, operation)(*given, **named)) == job
            assert other.asked == wire.asked


def test_a_moment_goes_by_the_vendors_name_too() -> None:
    """And is needed."""
    asking, wire = client("arangodb", JSON({"result": True}))
    jobs = [asking.delete_expired(BEFORE), asking.delete_expired(1401376184), asking.delete_expired(stamp=1401376184)]

    assert [job.accepted for job in jobs] == [True] * 3
    assert wire.lines == ["DELETE /_api/job/expired?stamp=1401376184"] * 3
    bad: list[dict[str, Any]] = [{}, {"before": BEFORE.replace(tzinfo=None)}, {"stamp": 1.5}, {"before": 1, "stamp": 1}]
    for options in bad:
        with pytest.raises(NotAskable):
            asking.delete_expired(**options)
    assert len(wire.lines) == 3


def test_options_that_nobody_knows_are_refused() -> None:
    """Before anything is sent."""
    for system in ("arangodb", "datocms", "kinetica", "modzy"):
        asking, wire = client(system, JSON([]))
        with pytest.raises(NotAskable, match="colour"):
            asking.list(colour="blue")
        assert wire.asked == []


MISSING: dict[str, Response] = {
    "arangodb": MANAGER_404,
    "modzy": JSON({"statusCode": 404, "status": "NOT_FOUND", "message": "The job was not found"}, 404),
}


@pytest.mark.parametrize("system", MISSING)
@pytest.mark.parametrize("operation", ["cancel", "delete"])
def test_a_job_that_is_not_known_is_data_unless_one_minds(system: str, operation: str) -> None:
    """It says so, and what the service said is with it."""
    ticket = TICKETS[system]
    if OPERATIONS[system][operation].startswith(system):
        return
    for options in ({}, {"missing_ok": True}):
        job = getattr(client(system, MISSING[system])[0], operation)(ticket, **options)
        assert (job.state, job.accepted, job.id) == (JobState.NOT_FOUND, False, ticket.id)
        assert job.errors[0].origin == "manager"
    with pytest.raises(JobGone) as gone:
        getattr(client(system, MISSING[system])[0], operation)(ticket, missing_ok=False)
    assert gone.value.job is not None
    assert (gone.value.ticket, gone.value.job.state, gone.value.requests) == (ticket, JobState.NOT_FOUND, 1)
    with pytest.raises(JobGone):
        asyncio.run(getattr(awaiting(system, MISSING[system])[0], operation)(ticket, missing_ok=False))


def test_only_the_service_itself_says_that_a_job_is_missing() -> None:
    """A page of a proxy says nothing; and what a service does not tell apart is no missing job."""
    elsewhere = Response(404, {"content-type": "text/html"}, b"<title>Not Found</title>")
    assert client("arangodb", elsewhere)[0].cancel(TICKETS["arangodb"], missing_ok=False).state is JobState.UNKNOWN
    refused = JSON(
        {"status": "ERROR", "message": "Job ID 1 not found", "data_type": "none", "data": "", "data_str": ""}, 400
    )
    job = client("kinetica", refused)[0].cancel(TICKETS["kinetica"], missing_ok=False)
    assert (job.state, job.accepted, job.errors[0].message) == (JobState.UNKNOWN, False, "Job ID 1 not found")
    ended = client("arangodb", JSON({"result": True}))[0].delete(TICKETS["arangodb"], missing_ok=False)
    assert ended.accepted


# Lists.

STATES: list[tuple[str, Response, Any, list[str]]] = [
    ("arangodb", JSON(["1", "2"]), "pending", ["1", "2"]),
    ("arangodb", JSON(["1", "2"]), "done", ["1", "2"]),
    ("arangodb", JSON(["1", "2"]), JobState.PENDING, ["1", "2"]),
    ("datocms", page(result("a", "pending"), result("b", "in_progress"), result("c", 422)), "pending", ["a", "b"]),
    ("datocms", page(result("a", "pending"), result("b", "in_progress"), result("c", 422)), "done", ["c"]),
    ("datocms", page(result("a", "pending"), result("b", "in_progress")), JobState.PENDING, ["a"]),
    ("datocms", page(result("a", "pending"), result("b", "in_progress")), "in_progress", ["b"]),
    ("datocms", page(result("a", 200), result("b", 422), result("c", "422")), "422", ["b", "c"]),
    ("datocms", page(result("a", "pondering"), result("b", 200)), "pending", ["a"]),
    ("kinetica", shown(j1="RUNNING", j2="DONE", j3="ERROR", j4="CANCELLED"), "pending", ["1"]),
    ("kinetica", shown(j1="RUNNING", j2="DONE", j3="ERROR", j4="CANCELLED"), "done", ["2", "3", "4"]),
    ("kinetica", shown(j1="RUNNING", j2="DONE", j3="ERROR", j4="CANCELLED"), "DONE", ["2"]),
    ("kinetica", shown(j1="RUNNING", j2="DONE", j3="ERROR"), "failed", ["3"]),
    ("kinetica", shown(j1="RUNNING", j2="DONE", j3="ERROR"), JobState.FAILED, ["3"]),
    ("kinetica", shown(j1="RUNNING", j2="DONE", j3="ERROR"), " error ", ["3"]),
    ("kinetica", recorded("kinetica/show-jobs/POST/columns-of-unequal-length"), "pending", ["2"]),
    ("modzy", history(("a", "SUBMITTED"), ("b", "IN_PROGRESS"), ("c", "TIMEDOUT")), "pending", ["a", "b"]),
    ("modzy", history(("a", "SUBMITTED"), ("b", "IN_PROGRESS"), ("c", "TIMEDOUT")), "done", ["c"]),
    ("modzy", history(("a", "ERROR"), ("b", "COMPLETED"), ("c", "TIMEDOUT")), "failed", ["a", "c"]),
    ("modzy", history(("a", "ERROR"), ("b", "COMPLETED"), ("c", "TIMEDOUT")), "TIMEDOUT", ["c"]),
    ("modzy", history(("a", "ERROR"), ("b", "COMPLETED"), ("c", "TIMEDOUT")), None, ["a", "b", "c"]),
]  # fmt: skip


@pytest.mark.parametrize(("system", "answer", "state", "wanted"), STATES)
def test_a_state_means_the_same_everywhere(system: str, answer: Response, state: Any, wanted: list[str]) -> None:
    """Whether the service filters or not; what it said stays."""
    asking, wire = client(system, answer)
    whole = asking.list() if state is None else asking.list(state=state)
    cut = asking.list(state, 1)
    raw = jobmodels.normalize_response(answer, whole.key, request=wire.asked[0])

    assert names(whole) == wanted
    assert names(cut) == wanted[:1]
    assert (whole.raw, whole.details, whole.errors) == (raw.raw, raw.details, raw.errors)
    assert raw.listing is not None
    assert whole.listing is not None
    assert (whole.listing.total, whole.listing.next) == (raw.listing.total, raw.listing.next)


def test_pending_and_done_are_all_there_is() -> None:
    """What does not say whether it has ended is not known to have; nothing is in both, nothing in none."""
    for case in CASES:
        if case.answer.response is None or "list" not in (case.answer.operation, case.key.endpoint):
            continue
        asking, _ = client(case.key.system, case.answer.response)
        if case.key.system == "arangodb":
            continue  # There the request decides which of the two it is.
        every, pending, done = asking.list(), asking.list("pending"), asking.list("done")
        if every.listing is None:
            assert every.errors
            assert (pending.listing, done.listing) == (None, None)
        else:
            assert sorted(map(str, names(pending) + names(done))) == sorted(map(str, names(every)))


@pytest.mark.parametrize(
    ("system", "options", "line"),
    [
        ("arangodb", {}, "GET /_api/job/done"),
        ("arangodb", {"type": "pending", "count": 2}, "GET /_api/job/pending?count=2"),
        ("arangodb", {"state": "done", "count": 2, "limit": 1}, "GET /_api/job/done?count=2"),
        ("arangodb", {"state": JobState.PENDING, "limit": 2, "database": "a b"},
         "GET /_db/a%20b/_api/job/pending?count=2147483647"),
        ("datocms", {"page": {"offset": 20, "limit": 10}}, "GET /job-results?page%5Boffset%5D=20&page%5Blimit%5D=10"),
        ("datocms", {"offset": 20, "limit": 10}, "GET /job-results?page%5Boffset%5D=20&page%5Blimit%5D=10"),
        ("datocms", {"page": {"offset": 20}, "limit": 10}, "GET /job-results?page%5Boffset%5D=20&page%5Blimit%5D=10"),
        ("datocms", {"page": {"limit": None}}, "GET /job-results"),
        ("datocms", {"state": "error", "limit": 10}, "GET /job-results"),
        ("modzy", {}, "GET /api/jobs/history?status=all"),
        ("modzy", {"state": "done"}, "GET /api/jobs/history?status=terminated"),
        ("modzy", {"state": JobState.RUNNING}, "GET /api/jobs/history?status=pending"),
        ("modzy", {"state": "unknown"}, "GET /api/jobs/history?status=all"),
        ("modzy", {"state": "in_progress", "limit": 3}, "GET /api/jobs/history?status=IN_PROGRESS&per-page=3"),
        ("modzy", {"state": "cancelled", "limit": 3}, "GET /api/jobs/history?status=terminated&per-page=100"),
        ("modzy", {"state": "failed", "limit": 3, "per_page": 7}, "GET /api/jobs/history?status=terminated&per-page=7"),
        ("modzy", {"status": "TERMINATED_WITH_ERROR"}, "GET /api/jobs/history?status=TERMINATED_WITH_ERROR"),
        (
            "modzy",
            {"accessKey": "P", "startDate": "2021-07-20", "endDate": "2021-07-21", "sort-by": "user", "page": 2},
            "GET /api/jobs/history?accessKey=P&startDate=2021-07-20&endDate=2021-07-21&status=all&sort-by=user&page=2",
        ),
        ("modzy", {"short": True, "state": "pending", "limit": 1}, "GET /api/jobs"),
    ],
)  # fmt: skip
def test_filters_go_by_the_vendors_names(system: str, options: dict[str, Any], line: str) -> None:
    """Where the service does not filter by a state, a limit would cut off what nobody has seen, and is not sent."""
    asking, wire = client(system, JSON([]))
    asking.list(**options)

    assert wire.lines == [line]


def test_the_list_of_kinetica_takes_its_flags() -> None:
    """They are text there."""
    asking, wire = client("kinetica", shown())
    asking.list(show_async_jobs=False, show_worker_info=True)

    assert json.loads(wire.asked[0].body or b"") == {
        "options": {"show_async_jobs": "false", "show_worker_info": "true"}
    }
    for operation, options in (("list", {"show_worker_info": "yes"}), ("cancel", {"show_async_jobs": True})):
        with pytest.raises(NotAskable, match=r"true or false|for a list"):
            asking.system.request(operation, None if operation == "list" else TICKETS["kinetica"], **options)


@pytest.mark.parametrize(
    ("system", "options", "reason"),
    [
        ("kinetica", {"state": "pendign"}, "there is no such state; there are pending, done, running"),
        ("kinetica", {"state": ""}, "no such state"),
        ("kinetica", {"state": 5}, "no such state"),
        ("kinetica", {"state": ["pending"]}, "no such state"),
        ("kinetica", {"limit": 0}, "the limit is no number above 0"),
        ("kinetica", {"limit": True}, "the limit is no number above 0"),
        ("datocms", {"limit": "10"}, "the limit is no number above 0"),
        ("datocms", {"page": {"offset": 1}, "offset": 2}, "given twice"),
        ("datocms", {"page": {"number": 1}}, "a mapping with offset and limit"),
        ("datocms", {"page": 2}, "a mapping with offset and limit"),
        ("datocms", {"page": {"offset": -1}}, "whole number"),
        ("arangodb", {"state": "failed"}, "there is a list of jobs that are done"),
        ("arangodb", {"state": JobState.RUNNING}, "there is a list of jobs that are done"),
        ("arangodb", {"state": "done", "type": "pending"}, "state is given by two names"),
        ("modzy", {"per_page": 5, "per-page": 5}, "limit is given by two names, per-page among them"),
        ("modzy", {"state": "done", "status": "pending"}, "give one of them"),
        ("modzy", {"short": True, "page": 2}, "neither filters nor pages"),
        ("modzy", {"everything": True}, "`everything` is for cancels"),
    ],
)  # fmt: skip
def test_what_cannot_be_listed_says_why(system: str, options: dict[str, Any], reason: str) -> None:
    """Before anything is sent, and when it is asked for, not when the first job is taken."""
    asking, wire = client(system, JSON([]))
    loop, other = awaiting(system, JSON([]))
    for ask in (asking.list, asking.jobs, loop.list, loop.jobs):
        with pytest.raises(NotAskable, match=re.escape(reason)):
            ask(**options)

    assert wire.asked == other.asked == []


def test_only_lists_take_what_is_for_lists() -> None:
    """A state or a page of one job is a mistake."""
    for system, options in (
        ("modzy", {"state": "done"}),
        ("datocms", {"page": {"offset": 1}}),
        ("datocms", {"limit": 1}),
    ):
        with pytest.raises(NotAskable, match=r"only lists take|only a list has pages"):
            client(system, DONE)[0].status(TICKETS[system], **options)


def test_a_list_that_does_not_exist_says_so() -> None:
    """The 404 of DatoCMS is no job that is pending."""
    job = client("datocms", NO_LIST)[0].list(state="pending", limit=3)

    assert (job.state, job.finished, job.ambiguous, job.listing) == (JobState.UNKNOWN, None, False, None)
    assert [(error.origin, error.code, error.http_status) for error in job.errors] == [("manager", "NOT_FOUND", 404)]


# All pages.


def both(system: str, *answers: Response | Exception, **options: Any) -> tuple[list[Job[Any]], list[str]]:
    """Go through all jobs, blocking and in an event loop."""
    asking, wire = client(system, *answers)
    loop, other = awaiting(system, *answers)

    async def gathered() -> list[Job[Any]]:
        return [job async for job in loop.jobs(**options)]

    jobs = list(asking.jobs(**options))
    assert asyncio.run(gathered()) == jobs
    assert wire.asked == other.asked
    return jobs, wire.lines


def test_pages_follow_each_other() -> None:
    """Filters stay, and only the number of the next page is taken from a link, wherever it leads."""
    jobs, lines = both(
        "modzy",
        history(("a", "SUBMITTED"), following="https://evil.example/api/jobs/history?page=2&status=all&user=eve"),
        history(("b", "IN_PROGRESS"), ("c", "COMPLETED"), following="/elsewhere?per-page=9&page=3#page=9"),
        history(("d", "OPEN")),
        state="pending",
        user="jane",
    )

    assert [job.id for job in jobs] == ["a", "b", "d"]
    assert lines == [
        "GET /api/jobs/history?user=jane&status=pending&per-page=100",
        "GET /api/jobs/history?user=jane&status=pending&per-page=100&page=2",
        "GET /api/jobs/history?user=jane&status=pending&per-page=100&page=3",
    ]


@pytest.mark.parametrize(
    "link",
    ["?page=2", "?page=1", "?page=0", "?page=-7", "?page=x", "?page=", "?pages=3", "", "?page=\u0663", "http://[?page=2",
     "?page=" + "9" * 5000, "?" + "&" * 300 + "page=2", "?page=%32", "?page=3&page=2"],
)  # fmt: skip
def test_no_server_leads_around_in_circles(link: str) -> None:
    """A next page that is not a later one ends it."""
    jobs, lines = both(
        "modzy", history(("a", "OPEN")), history(("b", "OPEN"), following=link), history(("c", "OPEN"), following=link),
        page=2,
    )  # fmt: skip
    assert ([job.id for job in jobs], len(lines)) == (["a"], 1)
    jobs, lines = both("modzy", *[history(("a", "OPEN"), following="?page=2"), history(("b", "OPEN"), following=link)])
    assert ([job.id for job in jobs], len(lines)) == (["a", "b"], 2)


def test_a_page_that_comes_again_is_the_last() -> None:
    """As an empty one is, though the header may name a page behind it."""
    asking, wire = client("modzy")
    wire.next = lambda request: history(("a", "OPEN"), following=f"?page={int(request.query.get('page', '1')) + 1}")
    assert [job.id for job in islice(asking.jobs(), 50)] == ["a"]
    assert len(wire.lines) == 2
    jobs, lines = both("modzy", history(("a", "OPEN"), following="?page=2"), history(following="?page=3"))
    assert (len(jobs), len(lines)) == (1, 2)


def test_a_page_is_asked_for_when_it_is_needed() -> None:
    """And none after the last job that is wanted."""
    asking, wire = client(
        "modzy", history(("a", "OPEN"), ("b", "OPEN"), following="?page=2"), history(("c", "OPEN"), ("d", "OPEN"))
    )
    jobs = asking.jobs("pending")
    assert wire.lines == []
    assert next(jobs).id == "a"
    assert len(wire.lines) == 1
    assert [job.id for job in jobs] == ["b", "c", "d"]
    told, lines = both("modzy", history(("a", "OPEN"), ("b", "OPEN"), following="?page=2"), limit=2)
    assert ([job.id for job in told], lines) == (["a", "b"], ["GET /api/jobs/history?status=all&per-page=2"])


def test_pages_go_by_offset_where_they_do() -> None:
    """Up to the total, or up to a page with nothing new."""
    first, second = page(result("a", 200), result("b", "pending"), total=3), page(result("c", "pending"), total=3)
    jobs, lines = both("datocms", first, second, state="pending", limit=5, environment="main")
    assert [job.id for job in jobs] == ["b", "c"]
    assert lines == ["GET /job-results", "GET /job-results?page%5Boffset%5D=2"]
    jobs, lines = both("datocms", first, second, page={"offset": 7, "limit": 2})
    assert ([job.id for job in jobs], len(lines)) == (["a", "b"], 1)
    jobs, lines = both("datocms", page(result("a", 200)), page(result("b", 200)), page())
    assert ([job.id for job in jobs], len(lines)) == (["a", "b"], 3)
    jobs, lines = both("datocms", page(result("a", 200)))
    assert ([job.id for job in jobs], len(lines)) == (["a"], 2)


def test_all_jobs_may_be_in_two_lists() -> None:
    """ArangoDB has no pages: as many ids as there are, or as are wanted."""
    jobs, lines = both("arangodb", JSON(["1", "2"]), JSON(["3"]))
    assert [(job.id, job.finished) for job in jobs] == [("1", False), ("2", False), ("3", True)]
    assert lines == ["GET /_api/job/pending?count=2147483647", "GET /_api/job/done?count=2147483647"]
    jobs, lines = both("arangodb", JSON(["1", "2"]), JSON(["3", "4"]), limit=3)
    assert [job.id for job in jobs] == ["1", "2", "3"]
    assert lines == ["GET /_api/job/pending?count=3", "GET /_api/job/done?count=3"]
    for options in ({"state": "pending"}, {"type": "pending"}):
        assert both("arangodb", JSON([]), **options)[1] == ["GET /_api/job/pending?count=2147483647"]
    assert both("arangodb", JSON(["1"]), state="pending", count=1)[1] == ["GET /_api/job/pending?count=1"]
    jobs, lines = both("kinetica", shown(j1="RUNNING", j2="DONE"), state="pending", limit=7)
    assert ([job.id for job in jobs], lines) == (["1"], ["POST /admin/show/jobs"])


@pytest.mark.parametrize(
    ("system", "answers", "text"),
    [
        ("datocms", [NO_LIST], "datocms/job-result-list/GET gave no list of jobs: NOT_FOUND"),
        ("modzy", [history(("a", "OPEN"), following="?page=2"), JSON({}, 503)], "job-history/GET gave no list of jobs"),
        ("kinetica", [JSON({"status": "ERROR", "message": "no", "data_type": "none"})], "gave no list of jobs"),
        ("arangodb", [JSON(["1"]), JSON({"error": True, "code": 401, "errorNum": 11, "errorMessage": "no"}, 401)],
         "arangodb/job-list/GET gave no list of jobs: 11"),
    ],
)  # fmt: skip
def test_a_page_without_a_list_raises(system: str, answers: list[Response], text: str) -> None:
    """What came before it was given; why is in the job."""
    asking, _ = client(system, *answers)
    given_out: list[Job[Any]] = []
    with pytest.raises(NoListing, match=re.escape(text)) as raised:
        given_out.extend(asking.jobs())

    assert raised.value.job.errors
    assert raised.value.job.listing is None
    assert isinstance(raised.value, LookupError)
    with pytest.raises(Unreachable, match="all jobs: 1 request"):
        list(client(system, OSError("lost"))[0].jobs())


def test_credentials_are_renewed_on_the_way() -> None:
    """As for any other question."""
    no = JSON({"statusCode": 401, "message": "no"}, 401)
    asking, wire = client("modzy", no, history(("a", "OPEN")), auth=lambda: {"Authorization": "ApiKey x"})

    assert [job.id for job in asking.jobs()] == ["a"]
    assert len(wire.lines) == 2


# Tickets.


def is_submit(case: Case) -> bool:
    """Tell the cases of submits."""
    endpoint = jobmodels.registry()[case.key]
    return "raises" not in case.expect and (case.answer.operation or endpoint.operation) is Operation.SUBMIT


SUBMITS = [case for case in CASES if is_submit(case)]


@pytest.mark.parametrize("case", SUBMITS, ids=lambda case: f"{case.key}/{case.path.stem}")
def test_every_recorded_answer_to_a_submit_is_a_ticket_or_says_why_not(case: Case) -> None:
    """A yes is never a refusal: what was done at once is in the job that the error carries."""
    asking, _ = client(case.key.system, DONE)
    job = case.answer.job()
    if job.ticket is not None:
        ticket = asking.ticket(job)
        assert ticket == attrs.evolve(job.ticket, origin=ORIGIN)
        assert Ticket.from_json(ticket.to_json()) == ticket
        return
    with pytest.raises((NoJob, SubmitRefused)) as raised:
        asking.ticket(job)
    error = raised.value
    assert isinstance(error, (NoJob, SubmitRefused))
    assert error.job is job
    if isinstance(error, SubmitRefused):
        assert job.errors
        assert not job.accepted
        assert job.state in {JobState.FAILED, JobState.UNKNOWN}
    else:
        assert job.accepted or job.finished or not job.errors


def test_what_was_done_at_once_is_no_refusal() -> None:
    """Though a part of it failed, or all of it."""
    for key, name in (
        ("datocms/submit/POST", "bulk-done-at-once-failed"),
        ("datocms/submit/POST", "bulk-done-at-once-in-part"),
        ("arangodb/submit/POST", "done-at-once-in-part"),
        ("alation/bi-server/POST", "second-server-failed"),
        ("alation/bi-server/POST", "all-servers-failed"),
    ):
        case = next(case for case in CASES if (case.key, case.path.stem) == (key, name))
        with pytest.raises(NoJob) as done:
            client(case.key.system, DONE)[0].ticket(case.answer.job())
        assert done.value.job.finished


RECEIPTS: list[tuple[str, Response, Mapping[str, Any] | None, Ticket]] = [
    ("alation/document/POST", JSON({"job_id": 7}, 202), {"job_id": 7}, Ticket("alation/document/POST", 7)),
    ("alation/submit/POST", JSON({"job_id": 7}, 202), {"job_id": 7}, Ticket("alation/job/GET", 7)),
    ("alation/virtual-datasource/POST", JSON({"job_name": "a#b"}), {"job_name": "a#b"},
     Ticket("alation/virtual-datasource/POST", "a#b", "name")),
    ("arangodb/submit/POST", arango(202, None, ARANGO), None, Ticket("arangodb/job/GET", ARANGO)),
    ("datocms/submit/POST", JSON({"data": {"type": "job", "id": "x"}}, 202), {"data": {"type": "job", "id": "x"}},
     Ticket("datocms/job-result/GET", "x")),
    ("kinetica/create-job/POST", kinetica("create_job", job_id=58426), {"job_id": 58426, "info": {}},
     Ticket("kinetica/get-job/POST", 58426)),
    ("modzy/job/POST", JSON({"jobIdentifier": "a-b", "accountIdentifier": "acct"}, 202),
     {"jobIdentifier": "a-b", "accountIdentifier": "acct"}, Ticket("modzy/job/GET", "a-b")),
]  # fmt: skip


@pytest.mark.parametrize(("key", "response", "decoded", "ticket"), RECEIPTS, ids=[told[0] for told in RECEIPTS])
def test_a_receipt_is_a_ticket_however_it_came(
    key: str, response: Response, decoded: Mapping[str, Any] | None, ticket: Ticket
) -> None:
    """Bound to the client's origin, under the key where the job is read; and so is a plain id."""
    asking, _ = client(key.partition("/")[0], DONE)
    bound = attrs.evolve(ticket, origin=ORIGIN)

    assert asking.ticket(response, key=key) == bound
    if decoded is not None:
        assert asking.ticket(decoded, key=key) == bound
        assert asking.ticket(json.dumps(decoded), key=key) == bound
    assert asking.ticket(id=ticket.id, key=key, by=ticket.by).key == bound.key
    assert asking.ticket(id=ticket.id, key=ticket.key, by=ticket.by) == bound


LIVES: dict[str, list[Response]] = {
    "alation": [JSON({"status": "running", "msg": "", "result": None}), DONE],
    "arangodb": [arango(204), arango(200), arango(201, {"_key": "1"}, ARANGO)],
    "datocms": [NO_LIST, JSON({"data": result("x", 200)})],
    "kinetica": [kinetica(job_status="RUNNING"), kinetica(job_status="DONE")],
    "modzy": [
        JSON({"jobIdentifier": "a-b", "status": "OPEN"}),
        JSON({"jobIdentifier": "a-b", "status": "COMPLETED"}),
        JSON({"jobIdentifier": "a-b", "finished": True, "total": 1, "completed": 1, "failed": 0, "results": {}}),
    ],
}


@pytest.mark.parametrize("key", [key for key in jobmodels.registry() if key.system in LIVES])
def test_a_ticket_under_any_key_is_waited_for(key: jobmodels.Key) -> None:
    """Its answers are read under the endpoint where jobs are read, whatever the job came by."""
    if key.endpoint in {"data-dictionary-task", "data-dictionary-task-error"}:
        return  # A task has another document than a job.
    written = Ticket(key, TICKETS[key.system].id)
    for made in (written, client(key.system, DONE)[0].ticket(id=written.id, key=key)):
        job = client(key.system, *LIVES[key.system])[0].wait(made)
        assert (job.state, job.finished, job.errors) == (JobState.SUCCEEDED, True, ())


LISTED: list[tuple[str, str, list[Response], dict[str, Any]]] = [
    ("arangodb", "pending", [JSON([ARANGO]), *LIVES["arangodb"]], {}),
    ("arangodb", "done", [JSON([ARANGO]), *LIVES["arangodb"][1:]], {}),
    ("datocms", "pending", [page(result("x", "pending")), *LIVES["datocms"]], {}),
    ("kinetica", "pending", [shown(j58426="RUNNING"), *LIVES["kinetica"]], {}),
    ("modzy", "pending", [history(("a-b", "OPEN")), *LIVES["modzy"]], {}),
    ("modzy", "pending", [history(("a-b", "OPEN")), *LIVES["modzy"]], {"short": True}),
]


@pytest.mark.parametrize(("system", "state", "answers", "options"), LISTED)
def test_each_job_of_a_list_is_a_ticket(
    system: str, state: str, answers: list[Response], options: dict[str, Any]
) -> None:
    """Without a key; so is the job that was waited for, and both are the same ticket."""
    asking, _ = client(system, *answers)
    listing = asking.list(state, **options).listing
    assert listing is not None
    ticket = asking.ticket(listing.jobs[0])

    assert ticket == attrs.evolve(TICKETS[system], origin=ORIGIN)
    job = asking.wait(ticket)
    assert (job.state, job.finished) == (JobState.SUCCEEDED, True)
    assert asking.ticket(job) == ticket


def test_every_recorded_entry_of_a_list_is_a_ticket_or_names_no_job() -> None:
    """What has an id can be asked for, or says why it cannot be."""
    for case in CASES:
        job = None if "raises" in case.expect else case.answer.job()
        for entry in job.listing.jobs if job and job.listing else ():
            asking, _ = client(case.key.system, DONE)
            if entry.id is None:
                with pytest.raises(NoJob):
                    asking.ticket(entry)
            else:
                ticket = asking.ticket(entry)
                assert (ticket.id, ticket.origin) == (entry.id, ORIGIN)
                assert asking.known[ticket.key].operation in {Operation.STATUS, Operation.RESULT}


ODD = st.text(max_size=8) | st.sampled_from(
    [".", "..", "a/b", "a/../b", "?x=1", "#", "%2e%2e", "all", "1/cancel", "\ud800"]
)


@LAWS
@given(
    st.sampled_from([key for key in jobmodels.registry() if key.system in TICKETS]),
    st.sampled_from(["status", "result", "cancel", "delete"]),
    ODD | st.integers().map(str),
    st.sampled_from(["id", "name", "job_tag"]) | ODD,
)
def test_whatever_an_id_is_it_hits_no_other_operation(key: jobmodels.Key, operation: str, name: str, by: str) -> None:
    """It is refused, or the request has the path and the query of any other job, and can be sent."""
    asking, wire = client(key.system, JSON([]))
    try:
        getattr(asking, operation)(Ticket(key, name, by))
    except (NotAskable, UnsafeRequest):
        assert wire.asked == []
        return
    (request,) = wire.asked
    (usual, other) = client(key.system, JSON([]))
    getattr(usual, operation)(attrs.evolve(TICKETS[key.system], key=key))
    steps, usual_steps = request.path.split("/"), other.asked[0].path.split("/")
    assert wire.lines[0].isascii()
    assert len(steps) == len(usual_steps)
    assert not {".", "..", ""} & set(steps[1:-1] if steps[-1] == "" else steps[1:])
    assert len(request.query) == len(other.asked[0].query)


@pytest.mark.parametrize("name", ["", " ", ".", "..", "history", "a/../b", "?x", "a b", "\u00e9"])
def test_a_listed_id_leads_nowhere_else(name: str) -> None:
    """It is quoted, or refused, when it is asked for."""
    asking, wire = client("modzy", history((name, "OPEN")), JSON({}))
    (entry,) = asking.jobs()
    try:
        asking.status(asking.ticket(entry))
    except (NoJob, NotAskable, UnsafeRequest):
        assert len(wire.lines) == 1
    else:
        assert re.fullmatch(r"GET /api/jobs/[^/?#]+", wire.lines[1])


def test_a_ticket_is_made_for_this_service_only() -> None:
    """Not of what another service gave, nor of nothing."""
    asking, _ = client("modzy", DONE)
    job = jobmodels.normalize({"job_id": 7}, "alation/document/POST")
    with pytest.raises(InvalidTicket, match="another system"):
        asking.ticket(job)
    with pytest.raises(InvalidTicket, match="another system"):
        asking.ticket(id=7, key="alation/document/POST")
    alation, _ = client("alation", DONE)
    assert job.ticket is not None
    foreign = attrs.evolve(job, ticket=attrs.evolve(job.ticket, origin="https://evil.example:443"))
    with pytest.raises(InvalidTicket, match="another service"):
        alation.ticket(foreign)
    with pytest.raises(NoSuchEndpoint):
        alation.ticket(id=7, key="alation/documents/POST")
    nothing: Any = {}
    with pytest.raises(TypeError, match="say which endpoint it is"):
        alation.ticket(id=7, **nothing)
    with pytest.raises(InvalidTicket, match="text, or a number"):
        alation.ticket(key="alation/job/GET", **nothing)
    listing = client("kinetica", shown(j1="DONE"))[0].list()
    with pytest.raises(NoJob, match="what it answered is unknown"):
        client("kinetica", DONE)[0].ticket(listing)


def test_an_answer_of_another_library_is_one() -> None:
    """Whoever submits with a session has no other; an id has a name of its own, and goes with nothing else."""
    asking, _ = client("alation", DONE)
    with serving() as stage:
        stage.play(*[JSON({"job_id": 27809}, 202)] * 3)
        for answer in (requests.post(stage.url, timeout=60), httpx2.post(stage.url), httpx.post(stage.url)):
            assert asking.ticket(answer, key="alation/document/POST").id == "27809"
    one: Any = asking.ticket
    for source, name in ((5, None), (Ticket("alation/job/GET", 5), None), ({"job_id": 5}, 6)):
        with pytest.raises(TypeError, match="goes by `id`"):
            one(source, id=name, key="alation/document/POST")
    for none in ("7", None, asking.list):
        with pytest.raises(InvalidTicket, match="it is of the type"):
            asking.wait(none)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - so


def test_a_job_may_go_under_another_key() -> None:
    """That of the endpoint whose result it has."""
    polled = jobmodels.normalize({"status": "running", "msg": "", "result": None}, "alation/job/GET")
    asking, _ = client("alation", DONE)

    assert asking.ticket(attrs.evolve(polled, id="7"), key="alation/document/POST").key == "alation/document/POST"
    assert asking.ticket(attrs.evolve(polled, id="a#b"), by="name").by == "name"


# Events.

EVENT = "datocms/job-result-event/POST"
TOO_BIG = {"jobId": "34", "status": 413, "payload": None}
FETCHED = JSON({"data": result("34", 201)})
EVENTS = [case for case in CASES if case.key == EVENT]


@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case.path.stem)
def test_an_event_is_the_job(case: Case) -> None:
    """Read as any answer is, in whatever form it came; only what was too big is asked for, once."""
    body = json.loads(case.text)["given"]["body"] if "body" in case.given else case.given["text"]
    job = case.answer.job()
    for form in (body, json.dumps(body), json.dumps(body).encode(), JSON(body)):
        asking, wire = client("datocms", FETCHED)
        got = asking.receive(form)
        assert asyncio.run(awaiting("datocms", FETCHED)[0].receive(form)) == got
        if job.native_state == "413" and job.id:
            assert wire.lines == ["GET /job-results/34"]
            assert (got.key, got.state, got.operation) == ("datocms/job-result/GET", JobState.SUCCEEDED, "result")
        else:
            assert wire.lines == []
            assert (got.key, got.state, got.id, len(got.errors)) == (EVENT, job.state, job.id, len(job.errors))


def test_what_was_too_big_is_asked_for_where_it_was_made() -> None:
    """In the same sandbox; what the service says then is the job, also where it has nothing."""
    asking, wire = client("datocms", FETCHED)
    asking.receive(TOO_BIG, environment="sandbox")
    assert wire.asked[0].headers["x-environment"] == "sandbox"
    early = client("datocms", NO_LIST)[0].receive(TOO_BIG)
    assert (early.state, early.ambiguous, early.id) == (JobState.PENDING, True, "34")
    other = client("datocms", JSON({"data": result("35", 200)}))[0].receive(TOO_BIG)
    assert (other.state, other.errors[0].code) == (JobState.UNKNOWN, "job-id-mismatch")
    with pytest.raises(Unreachable):
        client("datocms", OSError("lost"))[0].receive(TOO_BIG)


@pytest.mark.parametrize("name", ["https://evil.example/x", "a/b", "a?b", "34#", "%2e%2e", "a\\b", "\u00e9"])
def test_an_event_leads_nowhere_else(name: str) -> None:
    """The id that it brings is one step of a path of ours."""
    asking, wire = client("datocms", FETCHED, auth={"Authorization": "Bearer T"})
    asking.receive({**TOO_BIG, "jobId": name, "href": "https://evil.example/", "url": "https://evil.example/"})

    assert re.fullmatch(r"GET /job-results/[^/?#\\]+", wire.lines[0])


@pytest.mark.parametrize("name", ["../../account", "a/../b", "..\\account"])
def test_an_event_does_not_lead_upward(name: str) -> None:
    """Not even quoted, since there are servers before a service that undo that; nothing is sent."""
    asking, wire = client("datocms", FETCHED)
    with pytest.raises(UnsafeRequest):
        asking.receive({**TOO_BIG, "jobId": name})

    assert wire.asked == []


@pytest.mark.parametrize("name", [".", "..", "a\nb", "\ud800"])
def test_an_event_that_names_what_cannot_be_asked_for_says_so(name: str) -> None:
    """Nothing is sent."""
    asking, wire = client("datocms", FETCHED)
    with pytest.raises(NotAskable, match="the id of a job cannot be this"):
        asking.receive({**TOO_BIG, "jobId": name})

    assert wire.asked == []


@LAWS
@given(ANY_JSON | st.binary(max_size=40) | st.text(max_size=40))
def test_nothing_pushed_raises(event: Any) -> None:
    """Whatever it is, it is a job, and nothing is sent for it."""
    asking, wire = client("datocms", FETCHED)

    assert isinstance(asking.receive(event), Job)
    assert wire.asked == []


@pytest.mark.parametrize("system", ["alation", "arangodb", "kinetica", "modzy"])
def test_a_system_that_pushes_nothing_says_so(system: str) -> None:
    """Whatever the event."""
    for asking in (client(system, DONE)[0], awaiting(system, DONE)[0]):
        with pytest.raises(NotAskable, match="it pushes no events"):
            asking.receive({})


# What the facts of a system must hold.


@pytest.mark.parametrize("system", sorted(OPERATIONS))
def test_the_facts_of_a_system_fit_each_other(system: str) -> None:
    """Every option has its place in `ask`, every list can be asked for, and jobs are read where that is possible."""
    known = {key: endpoint for key, endpoint in jobmodels.registry().items() if key.system == system}
    told = next(iter(known.values())).system
    assert told.ask is not None
    options = set(inspect.signature(told.ask).parameters)

    assert set(told.options.values()) <= options
    assert not told.options.keys() & options
    for endpoint in known.values():
        assert endpoint.job is None or known[endpoint.job].operation in {Operation.STATUS, Operation.RESULT}
        assert endpoint.job is None or known[endpoint.job].job is None
        assert endpoint.job or endpoint.operation not in {Operation.LIST, Operation.CANCEL, Operation.DELETE}
    assert told.push is None or f"{system}/{told.push}" in known
    assert bool(told.fetch) is (told.push is not None)


def test_a_system_of_ones_own_needs_no_more_than_a_request() -> None:
    """Its entries are sifted by state and limit without a word of it."""

    def ask(operation: Operation, ticket: Ticket | None, **options: Any) -> Request:
        if operation is not Operation.LIST:
            raise NotAskable("acme", operation, "it has a list, and nothing else")
        return Request("GET", "/jobs", {name: str(value) for name, value in options.items()})

    acme = jobmodels.System(name="acme", ask=ask, options={"max": "limit"})

    @acme("jobs/GET", operation=Operation.LIST)
    class Jobs(jobmodels.Record):
        """Whatever it is."""

        jobs: Any

    known = jobmodels.registry() | jobmodels.collect(Jobs)
    wire = Wire(JSON({"jobs": []}))
    asking = Client("acme", BASE, sender=wire, registry=known)
    asking.list("pending", 3)
    asking.list(max=5)
    with pytest.raises(NotAskable, match="it has a list, and nothing else"):
        asking.delete_expired(BEFORE + timedelta(days=1))
    with pytest.raises(NoListing):
        list(asking.jobs(limit=2))

    assert wire.lines == ["GET /jobs?limit=3&state=pending", "GET /jobs?limit=5", "GET /jobs?limit=2"]
    mute = jobmodels.System(name="mute")
    assert not mute.takes("limit")


def test_a_refused_list_is_not_our_error_to_raise() -> None:
    """Only who goes through all pages is told by an exception; it is one of ours."""
    assert issubclass(NoListing, JobModelsError)
    assert client("modzy", JSON({}, 500))[0].list().errors
