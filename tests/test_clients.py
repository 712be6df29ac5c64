"""Asking and waiting: every system's life cycle, patience, faults, credentials, and that nothing goes elsewhere."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jobmodels
from jobmodels import JobState, Request, Response, Ticket
from jobmodels.clients import AsyncClient, Client, InstantClock, Policy, SystemClock, replay, send, send_async
from jobmodels.errors import (
    InvalidTicket,
    JobFailed,
    JobGone,
    JobModelsError,
    NoJob,
    NoSuchEndpoint,
    NotAllowed,
    NotAskable,
    StillRunning,
    SubmitRefused,
    UnknownStateError,
    Unreachable,
)
from tests.strategies import LAWS

BASE = "https://service.example/prefix"
ARANGO = "265413601"
MANAGER_404 = {"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}
NOT_YET = {"data": [{"id": "1", "type": "api_error", "attributes": {"code": "NOT_FOUND"}}]}
JSON = Response.json
BUSY = JSON({"status": "running", "msg": "", "result": None})
DONE = JSON({"status": "successful", "msg": "", "result": []})
FAILED = JSON({"status": "failed", "msg": "", "result": "no"})
PAGE = Response(502, {"content-type": "text/html"}, b"<html><title>Bad gateway</title></html>")
NEVER = 10**9


def arango(status: int, body: Any = None, name: str | None = None) -> Response:
    """Make an answer of ArangoDB, about the job or the job's own."""
    headers = {"content-type": "application/json"} if body is not None else {}
    headers |= {"x-arango-async-id": name} if name else {}
    return Response(status, headers, None if body is None else json.dumps(body))


def dato(status: int, **attributes: Any) -> Response:
    """Make a job result of DatoCMS."""
    told = {"data": {"id": "x", "type": "job_result", "attributes": {"status": status, **attributes}}}
    return JSON(told)


def kinetica(**told: Any) -> Response:
    """Make an answer of Kinetica."""
    wrapper = {"status": "OK", "message": "", "data_type": "get_job_response", "data": "", "data_str": json.dumps(told)}
    return JSON(wrapper)


def modzy(status: str, **told: Any) -> Response:
    """Make a job document of Modzy."""
    return JSON({"jobIdentifier": "a-b", "status": status, **told})


RESULTS = JSON({"jobIdentifier": "a-b", "finished": True, "total": 1, "completed": 1, "failed": 0,
                "results": {"a": {"results.json": 7}}})  # fmt: skip


class Wire:
    """A sender that gives answers in order, the last one again and again, and remembers what was asked."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.next = replay(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Answer."""
        self.asked.append(request)
        return self.next(request)

    @property
    def lines(self) -> list[str]:
        """The request lines."""
        return [f"{request.method} {request.url.removeprefix(BASE)}" for request in self.asked]


def client(system: str, *answers: Response | Exception, **options: Any) -> Client:
    """Make a client whose time flies."""
    options = {"clock": InstantClock(), "chance": lambda: 1.0, **options}
    return Client(system, BASE, sender=Wire(*answers), **options)


def wire_of(asking: Client) -> Wire:
    """Give what the client was connected to."""
    assert isinstance(asking.sender, Wire)
    return asking.sender


LIVES: dict[str, tuple[Ticket, list[Response], list[str], JobState]] = {
    "alation": (
        Ticket("alation/document/POST", "7"),
        [BUSY, BUSY, DONE],
        ["GET /api/v1/bulk_metadata/job/?id=7"] * 3,
        JobState.SUCCEEDED,
    ),
    "arangodb": (
        Ticket("arangodb/job/GET", ARANGO),
        [arango(204), arango(200), arango(201, {"_key": "1"}, ARANGO)],
        [f"GET /_api/job/{ARANGO}", f"GET /_api/job/{ARANGO}", f"PUT /_api/job/{ARANGO}"],
        JobState.SUCCEEDED,
    ),
    "datocms": (
        Ticket("datocms/job-result/GET", "x"),
        [JSON(NOT_YET, 404), dato(200, payload=None)],
        ["GET /job-results/x"] * 2,
        JobState.SUCCEEDED,
    ),
    "kinetica": (
        Ticket("kinetica/get-job/POST", "58426"),
        [kinetica(job_status="RUNNING"), kinetica(job_status="DONE", successful=True)],
        ["POST /get/job"] * 2,
        JobState.SUCCEEDED,
    ),
    "modzy": (
        Ticket("modzy/job/GET", "a-b"),
        [modzy("SUBMITTED"), modzy("COMPLETED"), RESULTS],
        ["GET /api/jobs/a-b", "GET /api/jobs/a-b", "GET /api/results/a-b"],
        JobState.SUCCEEDED,
    ),
}


@pytest.mark.parametrize("system", LIVES)
def test_a_job_is_waited_for(system: str) -> None:
    """From the first look to the result, at the addresses that the vendor's own client uses."""
    ticket, answers, lines, state = LIVES[system]
    asking = client(system, *answers)

    job = asking.wait(ticket)

    assert (job.state, job.finished) == (state, True)
    assert wire_of(asking).lines == lines


def test_pauses_double_up_to_the_cap() -> None:
    """Between half and all of them, by chance."""
    asking = client("alation", *[BUSY] * 7, DONE)
    asking.wait(LIVES["alation"][0])
    policy = Policy(base=1, cap=4)

    assert isinstance(asking.clock, InstantClock)
    assert asking.clock.pauses == [2, 4, 8, 16, 30, 30, 30]
    assert [policy.pause(number, 0.0) for number in (0, 1, 2, 3, NEVER)] == [0.5, 1, 2, 2, 2]


def test_the_deadline_holds_and_there_is_one_last_look() -> None:
    """No pause goes beyond it, not even one that the service asks for."""
    late = JSON({"status": "running", "msg": "", "result": None}, headers={"Retry-After": "500"})
    asking = client("alation", BUSY, BUSY, late)
    with pytest.raises(StillRunning) as raised:
        asking.wait(LIVES["alation"][0], timeout=10)

    assert isinstance(raised.value, TimeoutError)
    assert (raised.value.elapsed, raised.value.requests) == (10, 4)
    assert raised.value.job is not None
    assert raised.value.job.state is JobState.RUNNING
    assert "wait for the same ticket again" in str(raised.value)


def test_the_service_may_ask_for_patience() -> None:
    """Its own pause comes in place of ours."""
    asking = client("datocms", JSON(NOT_YET, 429, {"x-ratelimit-reset": "3"}), dato(201, payload={"data": []}))
    asking.wait(LIVES["datocms"][0])

    assert isinstance(asking.clock, InstantClock)
    assert asking.clock.pauses == [3.0]


def test_the_number_of_requests_is_bounded() -> None:
    """Also when the job has ended and only its result is to be asked for."""
    with pytest.raises(StillRunning) as raised:
        client("alation", BUSY, policy=Policy(max_requests=3)).wait(LIVES["alation"][0])
    assert raised.value.requests == 3
    with pytest.raises(StillRunning) as raised:
        client("modzy", modzy("COMPLETED"), policy=Policy(max_requests=1)).wait(LIVES["modzy"][0])
    assert "its result was not fetched in time" in str(raised.value)


def test_for_ever_has_to_be_written() -> None:
    """Then there is no deadline."""
    asking = client("alation", *[BUSY] * 200, DONE)
    assert asking.wait(LIVES["alation"][0], timeout=None).state is JobState.SUCCEEDED


def test_what_may_mean_two_things_means_gone_at_the_deadline() -> None:
    """A job result that never came."""
    with pytest.raises(StillRunning) as raised:
        client("datocms", JSON(NOT_YET, 404)).wait(LIVES["datocms"][0], timeout=60)
    assert raised.value.job is not None
    assert (raised.value.job.state, raised.value.job.finished) == (JobState.NOT_FOUND, None)


def test_a_failed_job_is_data_unless_one_checks() -> None:
    """How it ended is in the job; a result that failed is not asked for."""
    ticket = LIVES["modzy"][0]
    asking = client("modzy", modzy("FAILED"))
    assert asking.wait(ticket).state is JobState.FAILED
    assert wire_of(asking).lines == ["GET /api/jobs/a-b"]
    with pytest.raises(JobFailed) as raised:
        client("modzy", modzy("FAILED")).wait(ticket, check=True)
    assert str(raised.value) == "the job a-b of modzy/job/GET is failed: FAILED"
    assert client("alation", DONE).wait(LIVES["alation"][0], check=True).state is JobState.SUCCEEDED
    unnamed = jobmodels.normalize({"status": "failed"}, "alation/job/GET")
    with pytest.raises(JobFailed, match="the job without an id of alation/job/GET is failed: not-successful"):
        unnamed.raise_for_state()


def test_a_job_that_is_new_may_not_be_known_yet() -> None:
    """For a while; after that, or once it was seen, it is gone."""
    gone = JSON({"statusCode": 404, "status": "NOT_FOUND", "message": "no job"}, 404)
    ticket = LIVES["modzy"][0]
    assert client("modzy", gone, gone, modzy("COMPLETED"), RESULTS).wait(ticket).state is JobState.SUCCEEDED
    with pytest.raises(JobGone) as raised:
        client("modzy", gone).wait(ticket)
    assert isinstance(raised.value, LookupError)
    assert (raised.value.elapsed >= 10, raised.value.maybe_consumed) == (True, False)
    assert "submit it again" in str(raised.value)
    with pytest.raises(JobGone) as raised:
        client("modzy", modzy("IN_PROGRESS"), gone).wait(ticket)
    assert raised.value.requests == 2


@pytest.mark.parametrize("lost", [ConnectionResetError("reset"), PAGE], ids=["reset", "gateway"])
def test_a_result_that_is_given_once_may_be_lost_on_the_way(lost: Response | Exception) -> None:
    """Then that the service does not know the job says so."""
    with pytest.raises(JobGone) as raised:
        client("arangodb", arango(200), lost, arango(404, MANAGER_404)).wait(LIVES["arangodb"][0])
    assert raised.value.maybe_consumed
    assert "may have been given in an answer that was lost" in str(raised.value)
    with pytest.raises(JobGone) as raised:
        client("arangodb", arango(200), arango(204), arango(404, MANAGER_404)).wait(LIVES["arangodb"][0])
    assert not raised.value.maybe_consumed


def test_a_result_that_is_given_once_may_be_given_to_somebody_else() -> None:
    """It was there, and is gone when one asks for it: that is an answer, and nobody asks again or submits again."""
    asking = client("arangodb", arango(200), arango(404, MANAGER_404))
    with pytest.raises(JobGone, match="or to somebody else") as raised:
        asking.wait(LIVES["arangodb"][0])
    assert raised.value.maybe_consumed
    assert [line.split()[0] for line in wire_of(asking).lines] == ["GET", "PUT"]


def test_a_result_that_is_given_once_is_not_asked_for_again() -> None:
    """Whatever the answer is: the job's own failure, or an answer about another job."""
    own = arango(503, {"error": True, "code": 503, "errorNum": 503, "errorMessage": "later"}, ARANGO)
    asking = client("arangodb", arango(200), own)
    assert asking.wait(LIVES["arangodb"][0]).state is JobState.FAILED
    assert len(wire_of(asking).lines) == 2
    asking = client("arangodb", arango(200), arango(200, {}, "5"))
    with pytest.raises(UnknownStateError):
        asking.wait(LIVES["arangodb"][0])
    assert len(wire_of(asking).lines) == 2


def test_faults_are_borne_up_to_a_number_in_a_row() -> None:
    """An answer of the service in between makes all good."""
    reset = ConnectionResetError("https://user:secret@x/ was reset")
    answers: list[Response | Exception] = [reset, PAGE, BUSY] * 4
    assert client("alation", *answers, DONE).wait(LIVES["alation"][0]).state is JobState.SUCCEEDED
    with pytest.raises(Unreachable) as raised:
        client("alation", reset).wait(LIVES["alation"][0])
    assert isinstance(raised.value, ConnectionError)
    assert (raised.value.requests, raised.value.job) == (6, None)
    assert "was reset" in str(raised.value)
    assert "secret" not in str(raised.value)
    with pytest.raises(Unreachable, match="Bad gateway"):
        client("alation", PAGE).wait(LIVES["alation"][0])


def test_words_that_nobody_knows_are_borne_up_to_a_number_in_a_row() -> None:
    """Never as the end, and never for ever."""
    odd = JSON({"status": "pondering", "msg": "", "result": None})
    assert client("alation", *[odd] * 5, BUSY, *[odd] * 5, DONE).wait(LIVES["alation"][0]).state is JobState.SUCCEEDED
    with pytest.raises(UnknownStateError) as raised:
        client("alation", odd).wait(LIVES["alation"][0])
    assert raised.value.requests == 6
    assert "see the errors of the last one" in str(raised.value)


def test_credentials_are_renewed_once() -> None:
    """Those that a callable gives; then the service has the last word."""
    no = JSON({"detail": "no", "code": "403000"}, 403)
    given_out: list[int] = []

    def auth() -> dict[str, str]:
        given_out.append(len(given_out))
        return {"Token": f"t{len(given_out)}"}

    asking = client("alation", no, DONE, auth=auth)
    assert asking.wait(LIVES["alation"][0]).state is JobState.SUCCEEDED
    assert [request.headers["token"] for request in wire_of(asking).asked] == ["t1", "t2"]
    assert "t1" not in repr(wire_of(asking).asked)
    for fixed in (auth, {"Token": "t"}, None):
        with pytest.raises(NotAllowed) as raised:
            client("alation", no, auth=fixed).wait(LIVES["alation"][0])
        assert isinstance(raised.value, PermissionError)
        assert raised.value.requests == (2 if fixed is auth else 1)
        assert "in 0.0 s" in str(raised.value)


def test_credentials_may_be_awaited() -> None:
    """In an event loop; whoever blocks is told so."""

    async def auth() -> dict[str, str]:
        return {"Token": "t0ken"}

    async def sender(request: Request) -> Response:
        asked.append(request.headers["token"])
        return DONE

    asked: list[str] = []
    asking = AsyncClient("alation", BASE, sender=sender, auth=auth)
    assert asyncio.run(asking.wait(LIVES["alation"][0])).state is JobState.SUCCEEDED
    assert asked == ["t0ken"]
    with pytest.raises(TypeError, match="gives one, not coroutine"):
        client("alation", DONE, auth=auth).wait(LIVES["alation"][0])


@pytest.mark.parametrize(
    "auth", ["t0ken", ("user", "t0ken"), {"Token": None}, 5], ids=["text", "pair", "unset", "number"]
)
def test_credentials_are_header_fields(auth: Any) -> None:
    """What is none says so at once, and does not show; a variable that is not set is not sent as `None`."""
    with pytest.raises(TypeError, match="auth") as raised:
        client("alation", DONE, auth=auth)
    assert "t0ken" not in str(raised.value)
    with pytest.raises(TypeError, match="auth"):
        client("alation", DONE, auth=lambda: auth).wait(LIVES["alation"][0])


def test_credentials_of_any_name_do_not_show(caplog: pytest.LogCaptureFixture) -> None:
    """Though a sender may say what it sent: not in a request, an error, or an event."""
    told: list[object] = []

    def careless(request: Request) -> Response:
        told.append(request)
        raise RuntimeError(f"could not send {dict(request.headers)}")

    async def careless_too(request: Request) -> Response:
        return careless(request)

    caplog.set_level("DEBUG", "jobmodels")
    options: dict[str, Any] = {"auth": {"X-Own": "s3cr3t-w0rd"}, "clock": InstantClock()}
    with pytest.raises(Unreachable) as raised:
        Client("alation", BASE, sender=careless, **options).wait(LIVES["alation"][0], on_event=told.append)
    with pytest.raises(Unreachable) as again:
        asyncio.run(AsyncClient("alation", BASE, sender=careless_too, **options).status(LIVES["alation"][0]))
    told += [raised.value, again.value]
    assert "s3cr3t" not in repr(told) + "".join(map(str, told)) + caplog.text
    assert "could not send" in str(raised.value)


def test_a_client_takes_no_other_arguments() -> None:
    """A slip of the hand is told, not passed over."""
    with pytest.raises(TypeError, match=r"takes no polcy, timeout; .*it takes auth, chance, clock, policy"):
        client("alation", DONE, polcy=Policy(), timeout=5)


def test_answers_are_replayed_to_either_client() -> None:
    """The last one again and again; where there is none, none comes."""
    asking = AsyncClient("alation", BASE, sender=replay([OSError("lost"), BUSY, DONE]), clock=InstantClock())
    assert asyncio.run(asking.wait(LIVES["alation"][0])).state is JobState.SUCCEEDED
    with pytest.raises(Unreachable, match="no answer to replay"):
        Client("alation", BASE, sender=replay([]), clock=InstantClock()).wait(LIVES["alation"][0])


def test_mistakes_of_the_caller_are_not_taken_for_faults_of_the_service() -> None:
    """They come out at once: credentials that cannot be had, a sender that gives no response."""

    def broken() -> dict[str, str]:
        raise KeyError("TOKEN")

    nothing: Any = lambda request: None  # noqa: E731 - a sender whose author forgot to return

    asking = client("alation", DONE, auth=broken)
    for ask in (asking.wait, asking.status):
        with pytest.raises(KeyError, match="TOKEN"):
            ask(LIVES["alation"][0])
    assert wire_of(asking).lines == []
    careless = Client("alation", BASE, sender=nothing, clock=InstantClock())
    for ask in (careless.wait, careless.status):
        with pytest.raises(TypeError, match="a sender gives a Response, not NoneType"):
            ask(LIVES["alation"][0])


def test_each_operation_is_asked_once() -> None:
    """And its answer is read under the endpoint that it belongs to."""
    ticket = LIVES["arangodb"][0]
    ack, ids = arango(200, {"result": True}), arango(200, ["1", "2"])
    asking = client("arangodb", arango(204), arango(200, 7, ARANGO), ack, ack, ack, ack, ids)

    before = datetime(2014, 5, 29, tzinfo=UTC)
    jobs = [
        asking.status(ticket), asking.result(ticket), asking.cancel(ticket), asking.delete(ticket),
        asking.delete_all(), asking.delete_expired(before), asking.list(state="done", limit=2),
    ]  # fmt: skip

    assert [str(job.key).partition("/")[2] for job in jobs] == [
        "job/GET", "job/PUT", "job-cancel/PUT", "job/DELETE", "job/DELETE", "job/DELETE", "job-list/GET",
    ]  # fmt: skip
    assert [job.accepted for job in jobs[2:6]] == [True] * 4
    assert jobs[-1].listing is not None
    assert len(jobs[-1].listing.jobs) == 2
    assert wire_of(asking).lines[-1] == "GET /_api/job/done?count=2"
    assert client("kinetica", kinetica()).cancel(LIVES["kinetica"][0]).key == "kinetica/alter-jobs/POST"
    assert client("alation", DONE).status(LIVES["alation"][0]).key == "alation/document/POST"
    with pytest.raises(NotAskable):
        client("alation", DONE).list()
    with pytest.raises(Unreachable, match="all jobs: 1 request"):
        client("arangodb", OSError("no route")).list()


def test_tickets_are_those_of_one_service() -> None:
    """A ticket of another origin or system is refused, before anything is sent."""
    asking = client("alation", DONE)
    ticket = asking.ticket(id=7, key="alation/document/POST")
    assert ticket == Ticket("alation/document/POST", "7", origin="https://service.example:443")
    assert asking.wait(Ticket.from_json(ticket.to_json())).state is JobState.SUCCEEDED
    for foreign in (Ticket(ticket.key, "7", origin="https://evil.example:443"), LIVES["modzy"][0]):
        with pytest.raises(InvalidTicket):
            asking.wait(foreign)
        with pytest.raises(InvalidTicket):
            asking.status(foreign)
    assert len(wire_of(asking).lines) == 1


def test_tickets_are_made_of_answers() -> None:
    """Of a response, of what was decoded, of a job; what holds none says why."""
    asking = client("alation", DONE)
    receipt = {"job_id": 27809}
    job = jobmodels.normalize(receipt, "alation/document/POST")
    for source in (JSON(receipt, 202), receipt, job):
        assert asking.ticket(source, key="alation/document/POST").id == "27809"
    with pytest.raises(SubmitRefused) as refused:
        asking.ticket(JSON({"detail": "no", "code": "400000"}, 400), key="alation/document/POST")
    assert str(refused.value) == "alation/document/POST did not accept the work: 400000"
    with pytest.raises(NoJob) as done:
        asking.ticket(Response(204), key="alation/tag/DELETE")
    assert str(done.value) == "alation/tag/DELETE answered without a job; what it answered is succeeded"


@pytest.mark.parametrize("url", ["", "service.example", "ftp://x/", "https://", "https://u:p@x/", "https://x:port/"])
def test_a_base_url_is_an_absolute_address(url: str) -> None:
    """Without a user in it."""
    with pytest.raises(ValueError, match=r".+"):
        Client("alation", url)


def test_a_system_is_one_of_the_registry() -> None:
    """An own registry will do."""
    with pytest.raises(NoSuchEndpoint):
        Client("nobody", BASE)
    known = dict(jobmodels.registry())
    assert Client("modzy", BASE, registry=known).system.name == "modzy"


# Whatever a server answers.

ANSWERS = st.sampled_from(
    [
        BUSY, DONE, FAILED, PAGE, Response(204), Response(None), JSON({}), JSON([]), JSON(MANAGER_404, 404),
        JSON(NOT_YET, 404), arango(200), arango(200, {}, ARANGO), arango(410, MANAGER_404, ARANGO), dato(422),
        kinetica(job_status="RUNNING"), kinetica(job_status="ERROR"), modzy("OPEN"), modzy("COMPLETED"), RESULTS,
        JSON({"detail": "no"}, 401), JSON(None, 429, {"Retry-After": "7"}), OSError("lost"), ValueError("odd"),
    ]
)  # fmt: skip


@settings(LAWS)
@given(
    st.sampled_from(sorted(LIVES)),
    st.lists(ANSWERS, min_size=1, max_size=12),
    st.sampled_from([0.0, 1.0, 45.0, 900.0]),
    st.sampled_from([None, 1, 2, 7]),
)
def test_no_server_holds_a_client_up(
    system: str, answers: list[Response | Exception], timeout: float, most: int | None
) -> None:
    """Never past the deadline, never more requests than allowed, nothing raised but our errors; both clients alike."""
    policy = Policy(timeout=timeout, max_requests=most)
    blocking = client(system, *answers, policy=policy)
    wire = Wire(*answers)

    async def sender(request: Request) -> Response:
        return wire(request)

    awaited = AsyncClient(system, BASE, sender=sender, policy=policy, clock=InstantClock(), chance=lambda: 1.0)
    ended = outcome(lambda: blocking.wait(LIVES[system][0]))

    assert outcome(lambda: asyncio.run(awaited.wait(LIVES[system][0]))) == ended
    assert blocking.clock.now() <= timeout
    assert wire_of(blocking).lines == wire.lines
    assert most is None or len(wire.asked) <= most


def outcome(wait: Callable[[], Any]) -> tuple[str, Any]:
    """Give how waiting ended: with a job that has, or with an error of ours."""
    try:
        job = wait()
    except JobModelsError as error:
        return type(error).__name__, str(error)
    assert job.finished
    return job.state.value, job.to_dict()


def test_an_event_loop_may_check_and_ask() -> None:
    """All of the blocking client, awaited."""

    async def sender(request: Request) -> Response:
        return FAILED

    async def broken(request: Request) -> Response:
        raise ConnectionResetError("reset")

    async def everything() -> None:
        asking = AsyncClient("alation", BASE, sender=sender, auth=lambda: {"Token": "t"})
        ticket = LIVES["alation"][0]
        assert (await asking.status(ticket)).state is JobState.FAILED
        assert (await asking.wait(ticket)).state is JobState.FAILED
        with pytest.raises(JobFailed):
            await asking.wait(ticket, check=True)
        with pytest.raises(Unreachable):
            await AsyncClient("alation", BASE, sender=broken).status(ticket)

        async def refusing(request: Request) -> Response:
            return JSON({"detail": "no"}, 401)

        with pytest.raises(NotAllowed):
            await AsyncClient("alation", BASE, sender=refusing, auth=dict).wait(ticket)

    asyncio.run(everything())


# Over loopback.


class Handler(BaseHTTPRequestHandler):
    """Answers as its server says, and remembers what was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Give the next answer; None closes the connection, bytes are sent as they are."""
        server: Any = self.server
        length = int(self.headers.get("content-length", 0))
        server.asked.append((self.command, self.path, dict(self.headers.items()), self.rfile.read(length)))
        told = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.close_connection = True
        if isinstance(told, bytes):
            self.wfile.write(told)
        elif told is not None:
            self.send_response(told.status)
            for name, value in (told.headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(told.body or b"")))
            self.end_headers()
            self.wfile.write(told.body or b"")

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the base class looks them up by these names

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Any]:
    """Serve on loopback."""
    serving: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.answers, serving.asked = [], []
    serving.url = f"http://127.0.0.1:{serving.server_port}"
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serving
    serving.shutdown()
    thread.join()
    serving.server_close()


def test_the_standard_library_is_a_sender(server: Any) -> None:
    """A whole life over a socket: method, path, query, headers and body as they were built."""
    server.answers = [None, kinetica(job_status="RUNNING"), kinetica(job_status="DONE")]
    asking = Client("kinetica", server.url, auth={"Authorization": "Basic x"}, clock=InstantClock())
    assert asking.wait(asking.ticket(id=58426, key="kinetica/get-job/POST")).state is JobState.SUCCEEDED
    assert [line[:2] for line in server.asked] == [("POST", "/get/job")] * 3
    headers = {name.lower(): value for name, value in server.asked[0][2].items()}
    assert headers["authorization"] == "Basic x"
    assert json.loads(server.asked[0][3]) == {"job_id": 58426, "options": {}}


def test_redirects_are_not_followed(server: Any) -> None:
    """Neither the request nor its credentials go elsewhere."""
    other = f"{server.url.replace('127.0.0.1', 'localhost')}/stolen"
    server.answers = [Response(302, {"Location": other})]
    asking = Client("alation", server.url, auth={"Token": "t"}, policy=Policy(max_requests=1), clock=InstantClock())
    with pytest.raises(StillRunning):
        asking.wait(LIVES["alation"][0])
    assert [line[1] for line in server.asked] == ["/api/v1/bulk_metadata/job/?id=7"]


def test_the_standard_library_in_an_event_loop(server: Any) -> None:
    """In a thread of its own."""
    server.answers = [DONE]
    response = asyncio.run(send_async(Request("GET", "", base=server.url)))
    assert response.status == 200
    assert server.asked[0][:2] == ("GET", "/")


def test_what_is_no_answer_is_an_error(server: Any) -> None:
    """Of the kind that connections have; an address of another kind is none."""
    server.answers = [b"what?\r\n\r\n"]
    with pytest.raises(ConnectionError):
        send(Request("GET", "/", base=server.url))
    for base in ("file:///etc/passwd", None):
        with pytest.raises(ValueError, match="not an address of HTTP"):
            send(Request("GET", "/", base=base))


def test_the_clock_of_the_machine() -> None:
    """It goes forward, and pauses are real."""
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0.001)
    asyncio.run(clock.sleep_async(0.001))
    assert clock.now() - before >= 0.002


def test_time_that_flies_flies_for_all_who_sleep() -> None:
    """In an event loop the one who sleeps for the shortest time goes on first; who is woken before is forgotten."""
    clock = InstantClock(100.0)
    told: list[tuple[str, float]] = []

    async def sleeper(name: str, *pauses: float) -> None:
        for seconds in pauses:
            await clock.sleep_async(seconds)
            told.append((name, clock.now()))

    async def everything() -> None:
        pauses: dict[str, list[float]] = {"a": [9], "b": [2, 4, 6], "c": [3, 3], "d": [5]}
        tasks = [asyncio.create_task(sleeper(name, *told)) for name, told in pauses.items()]
        await asyncio.sleep(0)
        tasks.pop().cancel()
        await asyncio.gather(*tasks)

    asyncio.run(everything())
    assert told == [("b", 102), ("c", 103), ("b", 106), ("c", 106), ("a", 109), ("b", 112)]
    assert clock.pauses == [9, 2, 3, 5, 4, 3, 6]
