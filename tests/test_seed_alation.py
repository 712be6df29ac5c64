"""The job of Alation's own SDK: code written after the seed's page runs when it changes an import, and ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response as Answer

import jobmodels
from jobmodels import JobState, Origin, Request, Response
from jobmodels.clients import InstantClock, Policy, replay
from jobmodels.clients import alation as page
from jobmodels.clients.alation import AlationJob
from jobmodels.errors import JobGone, NotAllowed, NotAskable, StillRunning, SubmitRefused, UnknownStateError
from jobmodels.systems.alation import JobDetails, JobDetailsCustomFieldPost, JobDetailsDocumentPost, JobDetailsRdbms

JSON = Response.json
HOST = "https://alation.example/"
BUSY: dict[str, Any] = {"status": "running", "msg": "", "result": None}
# Seed, "Design Decisions": what a custom field POST gave.
VANILLA: dict[str, Any] = {
    "status": "successful",
    "msg": "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00",
    "result": [
        '{"msg": "Starting bulk creation of Custom Fields...", "data": {}}',
        '{"msg": "Finished bulk creation of Custom Fields", "data": {"field_ids": [10323]}}',
    ],
}
LINKS = [{"rel": "status", "href": "/api/v1/bulk_metadata/job/?id=5"}]
RECEIPTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a number": ({"job_id": 5}, {"id": "5"}),
    "text": ({"job_id": "5"}, {"id": "5"}),
    "a link beside": ({"job_id": 5, "href": "/api/v1/bulk_metadata/job/?id=5"}, {"id": "5"}),
    "a name": ({"job_name": "MetadataExtraction#1"}, {"name": "MetadataExtraction#1"}),
    "a task": ({"task": {"id": 5, "type": "X", "state": "QUEUED", "status": "NA", "links": LINKS}}, {"id": "5"}),
    "a job": ({"job": {"id": 5, "url": "/api/job/5/", "errors_url": "/api/job_error/?job_id=5"}}, {"id": "5"}),
    "inside of a task": ({"id": 5, "type": "X", "state": "QUEUED", "status": "NA", "links": LINKS}, {"id": "5"}),
    "an id alone": ({"id": 5}, {"id": "5"}),
    "a null beside": ({"job_id": 5, "job_name": None}, {"id": "5"}),
}
INVALID = {"job_id": None, "invalid_terms": [{"index": 0, "errors": [{"title": ["This field is required."]}]}]}
# Seed, "Errors".
LISTED = [{"options": ['Expected a list of items but got type "str".']}]
TITLED = {
    "code": "400000",
    "detail": "Please check the API documentation for more details on the spec.",
    "errors": [{"non_field_errors": ["No support for updating `description` field for `data`."]}],
    "title": "Invalid Payload",
}


class Wire:
    """A sender that gives documents in order, and remembers what was asked."""

    def __init__(self, *documents: Any) -> None:
        self.next = replay([one if isinstance(one, (Response, Exception)) else JSON(one) for one in documents])
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Answer."""
        self.asked.append(request)
        return self.next(request)


def job(receipt: Any, *documents: Any, **known: Any) -> tuple[AlationJob, Wire]:
    """Make a job whose time flies, and what it is connected to."""
    wire = Wire(*documents)
    known.setdefault("clock", InstantClock())
    return AlationJob("t0ken", wire, HOST, receipt, **known), wire


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Gives a session, and closes it."""
    with requests.Session() as made:
        yield made


def serve(server: HTTPServer, *documents: Any) -> list[Asked]:
    """Have jobs answered with documents in order, and remember what was asked."""
    asked: list[Asked] = []
    told = list(documents)

    def answer(request: Asked) -> Answer:
        asked.append(request)
        document = told.pop(0) if len(told) > 1 else told[0]
        return document if isinstance(document, Answer) else Answer(json.dumps(document), mimetype="application/json")

    server.expect_request("/api/v1/bulk_metadata/job/").respond_with_handler(answer)
    return asked


# The job.


def test_the_seeds_example_runs(httpserver: HTTPServer, session: requests.Session) -> None:
    """Plain details come back in a list, and the caller maps them to the class of the endpoint."""
    asked = serve(httpserver, VANILLA)
    made = AlationJob(access_token="t0ken", session=session, host=httpserver.url_for("/"), job_response={"job_id": 5})
    vanilla = made.check_job_status()

    assert vanilla == [VANILLA]
    (details,) = [JobDetailsCustomFieldPost.from_api_response(item) for item in vanilla]
    assert details.result[1].data.field_ids == (10323,)
    (request,) = asked
    assert (request.method, request.path, dict(request.args)) == ("GET", "/api/v1/bulk_metadata/job/", {"id": "5"})
    assert request.headers["Token"] == "t0ken"


def test_how_the_job_stands_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Until it has ended, as the seed says; without a credential."""
    caplog.set_level(logging.INFO, "jobmodels")
    made, _ = job({"job_id": 5}, BUSY, BUSY, VANILLA)
    made.check_job_status()
    assert [line.rpartition("alation/job/GET ")[2] for line in caplog.messages] == ["5: running", "5: succeeded"]
    assert "t0ken" not in caplog.text


def test_it_has_three_names() -> None:
    """The package of clients finds it in the module of its vendor, where the seed's own name is too."""
    from jobmodels import clients

    assert clients.AlationJob is page.Job is AlationJob
    for name in ("Alationjob", "_sender", "__path_hooks__"):
        with pytest.raises(AttributeError, match=f"has no attribute {name!r}"):
            getattr(clients, name)


@pytest.mark.parametrize("shape", RECEIPTS)
def test_every_receipt_names_its_job(shape: str) -> None:
    """Whichever of the shapes of the vendor it has, in its wrapper or without."""
    receipt, query = RECEIPTS[shape]
    made, wire = job(receipt, VANILLA)

    assert made.check_job_status() == [VANILLA]
    assert [request.query for request in wire.asked] == [query]
    assert "t0ken" not in repr(made)


def test_a_look_gives_typed_details() -> None:
    """One request each, whatever the job does."""
    made, wire = job({"job_id": 5}, BUSY, VANILLA)

    assert made._get_job() == JobDetails(**BUSY)
    assert made._get_job().status == "successful"
    assert len(wire.asked) == 2


def test_a_look_that_is_refused_keeps_the_answer() -> None:
    """What is no job stands whole in the result, and its state is not made up."""
    made, _ = job({"job_id": 5}, JSON({"detail": "Not found."}, 404))
    assert made._get_job() == JobDetails(status=None, msg=None, result={"detail": "Not found."})


def test_it_waits_until_the_job_has_ended() -> None:
    """The last details are given, and none of those before."""
    made, wire = job({"job_id": 5}, BUSY, ConnectionResetError("reset"), BUSY, {**VANILLA, "status": "failed"})

    assert made.check_job_status() == [{**VANILLA, "status": "failed"}]
    assert len(wire.asked) == 4


@pytest.mark.parametrize("word", ["partially_successful", "PARTIALLY_SUCCESSFUL", "succeeded", "COMPLETED", "skipped"])
def test_it_knows_more_ends_than_two(word: str) -> None:
    """Source: contracts page of Alation, 5.4, where the SDK's own job waits for ever."""
    assert job({"job_id": 5}, {**BUSY, "status": word})[0].check_job_status() == [{**BUSY, "status": word}]


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (BUSY, StillRunning),
        ({**BUSY, "status": "queued"}, StillRunning),
        ({**BUSY, "status": "cancelled"}, UnknownStateError),
        ({**BUSY, "status": ""}, UnknownStateError),
        (JSON({"detail": "no"}, 401), NotAllowed),
        (JSON({"detail": "Not found."}, 404), JobGone),
    ],
)
def test_it_never_waits_for_ever(document: Any, error: type[Exception]) -> None:
    """The policy says how long; what cannot be known is an error that has the ticket."""
    made, _ = job({"job_id": 5}, document, policy=Policy(timeout=60))
    with pytest.raises(error) as raised:
        made.check_job_status()
    assert getattr(raised.value, "ticket", None) == made.ticket


@pytest.mark.parametrize("wrap", [list, json.dumps], ids=["in a list", "as text"])
def test_details_come_without_what_they_are_wrapped_in(wrap: Callable[[Any], Any]) -> None:
    """A list of one job, and JSON inside JSON."""
    assert job({"job_id": 5}, wrap([VANILLA]) if wrap is list else wrap(VANILLA))[0].check_job_status() == [VANILLA]


def test_an_answer_is_kept_in_a_store() -> None:
    """The next process asks for nothing."""
    store: dict[str, bytes] = {}
    job({"job_id": 5}, VANILLA, store=store)[0].check_job_status()
    again, wire = job({"job_id": 5}, BUSY, store=store)
    assert (again.check_job_status(), wire.asked) == ([VANILLA], [])


def test_a_task_of_a_data_dictionary_is_asked_for_in_its_own_place() -> None:
    """Which the SDK's own job does not know."""
    task = {"id": "a-b", "type": "COMMIT_TO_CATALOG", "state": "COMPLETED", "status": "SUCCEEDED"}
    link = {"rel": "info and status", "href": "/integration/v1/data_dictionary/tasks/a-b"}
    made, wire = job({"task": {"id": "a-b", "state": "QUEUED", "links": [link]}}, task)

    assert made.check_job_status() == [task]
    assert made._get_job().status == "SUCCEEDED"
    assert {request.path for request in wire.asked} == {"/integration/v1/data_dictionary/tasks/a-b"}


# Receipts that are none.


@pytest.mark.parametrize(
    ("answer", "details"),
    [
        (INVALID, {"status": "failed", "msg": None, "result": INVALID}),
        (TITLED, {"status": "failed", "msg": "Invalid Payload", "result": TITLED}),
        (LISTED, {"status": "failed", "msg": "", "result": LISTED}),
        ({}, {"status": "successful", "msg": "", "result": {}}),
        ("", {"status": "successful", "msg": "", "result": ""}),
        (VANILLA, VANILLA),
        ({**VANILLA, "status": "failed"}, {**VANILLA, "status": "failed"}),
    ],
)
def test_an_answer_without_a_job_is_its_result(answer: Any, details: dict[str, Any]) -> None:
    """Nothing is asked for; an error body stands whole in the result. Source: contracts page of Alation, D15 to D17."""
    made, wire = job(answer, BUSY)

    assert (made.ticket, made.check_job_status(), wire.asked) == (None, [details], [])
    assert made._get_job() == JobDetails.from_api_response(details)


@pytest.mark.parametrize("answer", [{"job_id": None}, {"id": 179, "oid": [21], "otype": "x"}, "<html>"])
def test_an_answer_that_leaves_it_open_is_refused(answer: Any) -> None:
    """There may be a job, and nobody could find it."""
    with pytest.raises(SubmitRefused):
        job(answer, BUSY)


def test_an_id_that_cannot_be_one_is_not_sent() -> None:
    """It might be another place."""
    with pytest.raises(NotAskable):
        job({"job_id": "../1"}, BUSY)[0].check_job_status()


# The session.


def test_nothing_goes_elsewhere(httpserver: HTTPServer, session: requests.Session) -> None:
    """A redirect to another port is no answer; neither the token nor anything else is sent there."""
    with HTTPServer() as foreign:
        serve(httpserver, Answer(status=302, headers={"Location": foreign.url_for("/api/v1/bulk_metadata/job/")}))
        serve(foreign, VANILLA)
        made = AlationJob(
            "t0ken", session, httpserver.url_for(""), {"job_id": 5, "href": foreign.url_for("/")}, clock=InstantClock()
        )
        with pytest.raises(UnknownStateError):
            made.check_job_status()
        assert foreign.log == []


def test_the_session_stays_as_it_was(httpserver: HTTPServer, session: requests.Session) -> None:
    """Its adapters and headers are its owner's."""
    serve(httpserver, VANILLA)
    before = (dict(session.adapters), dict(session.headers))
    AlationJob("t0ken", session, httpserver.url_for(""), {"job_id": 5}).check_job_status()
    assert (dict(session.adapters), dict(session.headers)) == before


def test_a_host_is_an_address() -> None:
    """One without a scheme is not guessed."""
    with pytest.raises(ValueError, match="base URL"):
        AlationJob("t0ken", replay([JSON(BUSY)]), "alation.example", {"job_id": 5})


# Errors as details.


@pytest.mark.parametrize(
    ("body", "msg"),
    [
        (TITLED, "Invalid Payload"),
        ({"detail": "Not found."}, None),
        (INVALID, None),
        ({}, None),
        (LISTED, ""),
        ([], ""),
        ("The Refresh Token is expired!", ""),
        ("<html><title>Not Found</title></html>", ""),
        ("", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_an_error_body_becomes_plain_details(body: Any, msg: str | None) -> None:
    """As the SDK makes them; every class of details reads them, and keeps the body whole."""
    details = page._map_request_error_to_job_details(body)

    assert details == {"status": "failed", "msg": msg, "result": body}
    assert AlationJob._map_request_error_to_job_details(body) == details
    for cls in (JobDetails, JobDetailsDocumentPost, JobDetailsRdbms, JobDetailsCustomFieldPost):
        typed = cls.from_api_response(details)
        assert (typed.status, typed.msg, typed.result) == ("failed", msg, body)
        assert jobmodels.normalize(details, cls, "result").state is JobState.FAILED


def test_an_exception_becomes_plain_details() -> None:
    """It stands in the result, as in the SDK; its message is the error of the job."""
    error = requests.ConnectTimeout("timed out")
    details = page._map_batch_error_to_job_details(error)

    assert details == {"status": "failed", "msg": "", "result": error}
    assert AlationJob._map_batch_error_to_job_details(error) == details
    assert JobDetailsRdbms.from_api_response(details).result is error
    (told,) = jobmodels.normalize(details, JobDetailsRdbms, "result").errors
    assert (told.origin, told.message) == (Origin.TRANSPORT, "ConnectTimeout: timed out")


@pytest.mark.parametrize(
    ("body", "result", "msg"),
    [
        (json.dumps(TITLED).encode(), TITLED, "Invalid Payload"),
        (json.dumps(LISTED).encode(), LISTED, ""),
        (b"<html>no</html>", "<html>no</html>", ""),
        (b"\xff", "\\xff", ""),
    ],
)
def test_an_exception_with_an_answer_becomes_that_answer(body: bytes, result: Any, msg: str) -> None:
    """What the service said is not lost. Source: contracts page of Alation, D18."""
    answer = requests.Response()
    answer.status_code, answer._content = 400, body
    with pytest.raises(requests.HTTPError) as raised:
        answer.raise_for_status()
    details = page._map_batch_error_to_job_details(raised.value)
    assert details == {"status": "failed", "msg": msg, "result": result}


def test_an_exception_with_an_empty_answer_stays() -> None:
    """It says more than nothing."""
    answer = requests.Response()
    answer.status_code, answer._content = 502, b""
    error = requests.HTTPError("502 Server Error", response=answer)
    assert page._map_batch_error_to_job_details(error)["result"] is error


def test_a_refused_submit_becomes_what_was_said() -> None:
    """Its job has the body."""
    with pytest.raises(SubmitRefused) as raised:
        job({}, BUSY)[0].client.ticket(TITLED, key="alation/document/POST")
    assert page._map_batch_error_to_job_details(raised.value)["result"] == TITLED


# In the SDK's place.


def submit_all(session: requests.Session, host: str, path: str, batches: list[Any], make: Any) -> list[dict[str, Any]]:
    """Do as the SDK's methods do: a job for each batch, and whatever happens, a list of plain details."""
    results: list[dict[str, Any]] = []
    for batch in batches:
        try:
            receipt = session.post(host + path, json=batch).json()
            if any(name in receipt for name in ("task", "job", "job_id", "job_name")):
                results.extend(make("t0ken", session, host, receipt).check_job_status())
            else:
                results.append(receipt)
        except Exception as error:  # noqa: BLE001 - as the SDK does
            results.append(page._map_batch_error_to_job_details(error))
    return results


PATH = "/integration/v2/custom_field/"
BATCHES = [[{"name_singular": "a"}], [{"name_singular": "b"}], [{"name_singular": "c"}]]


def test_a_caller_that_batches_gets_one_list(httpserver: HTTPServer, session: requests.Session) -> None:
    """Of a job that ended, one that did not, and a batch that was refused, in order."""
    refused = {"job_id": None, "invalid_documents": [{"index": 0, "errors": ["no"]}]}
    life: list[tuple[dict[str, Any], list[Any]]] = [
        ({"job_id": 1}, [BUSY, VANILLA]),
        ({"job_id": 2}, [BUSY, BUSY, BUSY]),
        (refused, []),
    ]
    for receipt, documents in life:
        httpserver.expect_ordered_request(PATH, "POST").respond_with_json(receipt)
        for document in documents:
            httpserver.expect_ordered_request("/api/v1/bulk_metadata/job/").respond_with_json(document)
    make = partial(AlationJob, clock=InstantClock(), policy=Policy(max_requests=3))
    results = submit_all(session, httpserver.url_for("").rstrip("/"), PATH, BATCHES, make)

    assert [JobDetails.from_api_response(item).status for item in results] == ["successful", "failed", "failed"]
    assert results[0] == VANILLA
    assert isinstance(results[1]["result"], StillRunning)
    assert results[2]["result"] == refused


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the SDK's own handler of batches, without its pauses; skipped where it is not installed."""
    handler = pytest.importorskip("allie_sdk.core.async_handler")
    monkeypatch.setattr("allie_sdk.methods.job.sleep", lambda seconds: None)
    logging.getLogger("allie_sdk_logger").setLevel(logging.CRITICAL)
    return handler


@pytest.mark.parametrize("receipt", [shape for shape in RECEIPTS if "id" not in RECEIPTS[shape][0]])
@pytest.mark.parametrize("end", [VANILLA, {"status": "FAILED", "msg": None, "result": "no"}])
def test_the_sdks_own_callers_cannot_tell(
    httpserver: HTTPServer, session: requests.Session, sdk: Any, monkeypatch: pytest.MonkeyPatch, receipt: str, end: Any
) -> None:
    """With our job in the place of theirs they ask for the same, and give the same."""
    told: list[Any] = []
    for ours in (False, True):
        httpserver.clear()
        httpserver.expect_request(PATH, "POST").respond_with_json(RECEIPTS[receipt][0])
        asked = serve(httpserver, BUSY, BUSY, end)
        if ours:
            monkeypatch.setattr(sdk, "AlationJob", partial(AlationJob, clock=InstantClock()))
        handler = sdk.AsyncHandler("t0ken", session, httpserver.url_for("/"))
        results = handler.async_post(PATH, [{"name_singular": "a"}], 1)
        told.append((results, [(one.method, one.path, dict(one.args), one.headers["Token"]) for one in asked]))
    assert told[0] == told[1]
    assert told[0][0] == [end]


def test_the_sdks_second_job_is_followed_by_its_caller(
    httpserver: HTTPServer, session: requests.Session, sdk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which makes a job of the id in a message, as text."""
    first = {**VANILLA, "result": ["Start ... write job_id (can be tracked using jobs API): 7637"]}
    httpserver.expect_request(PATH, "PUT").respond_with_json({"job_id": 5})
    asked = serve(httpserver, first, VANILLA)
    monkeypatch.setattr(sdk, "AlationJob", AlationJob)
    handler = sdk.AsyncHandler("t0ken", session, httpserver.url_for("/"))

    assert handler.async_put(PATH, [{}], 1) == [first, VANILLA]
    assert [one.args["id"] for one in asked] == ["5", "7637"]


@pytest.mark.parametrize("body", [TITLED, INVALID, {}, LISTED, [], "text", "", None, 5, b"\xff"])
def test_the_sdk_makes_the_same_details(sdk: Any, body: Any) -> None:
    """Of an error body, and of an exception that has none."""
    theirs = sdk.AsyncHandler
    error = KeyError("result")
    assert page._map_request_error_to_job_details(body) == theirs._map_request_error_to_job_details(body)
    assert page._map_batch_error_to_job_details(error) == theirs._map_batch_error_to_job_details(error)
