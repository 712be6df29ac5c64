"""Level 2: the one path of every answer, on a system that is made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic

import pytest
from typing_extensions import TypeVar

import jobmodels
from jobmodels import (
    BODY,
    EMPTY,
    ERRORS,
    TASK,
    Asked,
    ContractError,
    Counts,
    Facts,
    Finding,
    Job,
    JobError,
    JobState,
    Key,
    Listed,
    Listing,
    Meaning,
    Opened,
    Operation,
    Origin,
    Raw,
    Reading,
    Receipt,
    Record,
    Registry,
    Request,
    Response,
    System,
    Ticket,
    collect,
    normalize_response,
    wire,
)
from jobmodels._read import ask_for
from jobmodels._secrets import gist
from jobmodels._settle import is_transient, look_inside
from jobmodels.errors import DecodeError, NoSuchEndpoint, NoSuchOperation

AT = datetime(2024, 9, 17, 12, 50, 42, tzinfo=UTC)
R = TypeVar("R", default=Any, covariant=True)

# A system with all that a system can have.

STATES = {
    "queued": Meaning(JobState.PENDING, finished=False),
    "done": Meaning(JobState.SUCCEEDED, finished=True),
    "partly": Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True),
    "broken": Meaning(JobState.FAILED, finished=True),
    "over": Meaning(JobState.UNKNOWN, finished=True),
    "7": Meaning(JobState.RUNNING, finished=False),
}


def read(asked: Asked, opened: Opened) -> Reading:
    """Headers prove things: an id, and what a 202 means."""
    response, document = opened.response, opened.document
    told: dict[str, Any] = {
        "id": response and response.header("x-acme-id"),
        "message": response and response.header("x-acme-says"),
    }
    if response and response.status == 202:
        return Reading(
            document=document, meaning=STATES["queued"], native_state="202", accepted=True, consumed=False,
            retry_after=3.0, ambiguous=True, listed=(), total=1,
            errors=(JobError(message="soon", origin=Origin.MANAGER),), **told,
        )  # fmt: skip
    if response and response.header("x-acme-state"):
        return Reading(document={"status": response.header("x-acme-state")}, **told)
    if isinstance(document, dict) and "wrapped" in document:
        return Reading(document=document["wrapped"], **told)
    return Reading(document=document, **told)


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """A receipt has a `job`."""
    if not isinstance(document, dict) or "job" not in document:
        return None
    ticket = Ticket(Key("acme/work/GET"), document["job"]) if document["job"] else None
    return Receipt(ticket=ticket, native_state=document.get("state"), state_path="/state", submitted_at=AT)


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """An error body has an `error`, and perhaps the status that goes with it."""
    if asked.endpoint.answers is ERRORS and isinstance(document, list):
        return tuple(JobError(message=item, origin=Origin.JOB, path=f"/{n}") for n, item in enumerate(document))
    if not isinstance(document, dict) or "error" not in document:
        return ()
    origin = Origin.TRANSPORT if document.get("lost") else Origin(document.get("origin", "manager"))
    return (JobError(message=document["error"], origin=origin, path="/error", http_status=document.get("http")),)


def facts(asked: Asked, details: Any) -> Facts:
    """Details say a word; a thing says counts and errors of its items."""
    thing = getattr(details, "result", details)
    if isinstance(thing, (list, tuple)) and thing:
        thing = thing[0]
    if not isinstance(thing, Thing):
        return Facts(native_state=getattr(details, "status", None), state_path="/status", message=details_msg(details))
    said = getattr(details, "status", None)
    places = {"contradiction": "/status"}
    return Facts(
        native_state=said, state_path="/status", id=thing.id, message=details_msg(details),
        counts=Counts(total=thing.total, succeeded=thing.succeeded, failed=thing.failed),
        finished_at=AT, duration=timedelta(seconds=1), progress=0.5,
        follow_ups=(Ticket(Key("acme/work/GET"), "8"),),
        errors=tuple(
            JobError(message=str(text), origin=Origin.ITEM, path=f"/result/errors/{n}")
            for n, text in enumerate(thing.errors or ())
        ),
        findings=tuple(Finding(rule, places.get(rule, "/result"), "odd") for rule in thing.odd or ()),
    )  # fmt: skip


def details_msg(details: Any) -> Any:
    """Give the message, where the class has one."""
    return getattr(details, "msg", None)


acme = System(name="acme", states=STATES, read=read, receipt=receipt, errors=errors, facts=facts)


class Thing(Record):
    """The result of work."""

    id: int
    total: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    errors: Sequence[str] | None = None
    odd: Sequence[str] | None = None


@acme("work/GET")
@acme("work/POST")
class Work(Record, Generic[R]):
    """What the service says of work."""

    status: str | None
    msg: str | None = None
    result: R | Raw = wire(default=None, body=True)


@acme("thing/GET")
@acme("thing/POST")
class ThingWork(Work[Thing]):
    """Work on a thing."""


@acme("thing/PUT", answers=BODY)
class ThingNow(Work[Sequence[Thing | Raw]]):
    """Work that is done at once."""


@acme("task/GET", answers=TASK)
class Task(Record):
    """A document of another kind, without a body."""

    id: int
    status: str | None


@acme("loose/POST", answers=BODY)
class Loose(Record):
    """Details that nothing tells."""

    name: str | None = None


now = acme.endpoint("now/PUT", Work, answers=BODY)
nothing = acme.endpoint("nothing/DELETE", Work, answers=EMPTY)
problems = acme.endpoint("problem/GET", Work, answers=ERRORS)
table = acme.endpoint("table/GET", Work, answers=BODY, operation=Operation.SUBMIT, media="text/csv")
cancel = acme.endpoint("work/DELETE", Work, operation=Operation.CANCEL)

KNOWN = collect(Work, ThingWork, ThingNow, Task, Loose, now, nothing, problems, table, cancel)


def normalize(payload: object, path: str, **given: Any) -> Job[Any]:
    """Read under one of the keys above."""
    return jobmodels.normalize(payload, f"acme/{path}", registry=KNOWN, **given)


def answer(status: int | None, body: Any, path: str, headers: Any = None, **given: Any) -> Job[Any]:
    """Read a response; a body that is no text is sent as JSON."""
    sent = body if isinstance(body, (str, bytes)) or body is None else json.dumps(body)
    return normalize_response(Response(status, headers, sent), f"acme/{path}", registry=KNOWN, **given)


def said(job: Job[Any]) -> tuple[Any, ...]:
    """Give what a job says of its state, in short."""
    return job.state.value, job.finished, job.accepted, [f"{error.origin} {error.code}" for error in job.errors]


# The question.


def test_a_question_has_the_operation_of_its_endpoint() -> None:
    """Unless another one is named, by word or by member."""
    assert normalize({}, "work/GET").operation is Operation.RESULT
    assert normalize({}, "work/GET", operation="status").operation is Operation.STATUS
    assert normalize({}, "work/DELETE", operation=Operation.DELETE).operation is Operation.DELETE
    with pytest.raises(NoSuchOperation):
        normalize({}, "work/GET", operation="poll")


def test_a_class_stands_for_its_home() -> None:
    """The key that stands first at the class."""
    assert jobmodels.normalize({"status": "done"}, ThingWork, registry=KNOWN).key == "acme/thing/GET"
    assert jobmodels.normalize({"status": "done"}, ThingWork).key == "acme/thing/GET"


def test_an_unknown_key_is_the_callers_mistake() -> None:
    """Without a registry, those that are installed are known."""
    with pytest.raises(NoSuchEndpoint):
        jobmodels.normalize({}, "acme/work/GET")
    with pytest.raises(NoSuchEndpoint):
        normalize({}, "nowhere/GET")


def test_any_mapping_of_endpoints_is_a_registry() -> None:
    """It is checked like one."""
    assert jobmodels.normalize({"status": "done"}, "acme/work/GET", registry=dict(KNOWN)).state is JobState.SUCCEEDED


def test_the_request_is_known_to_the_system() -> None:
    """What only the question knows is handed on."""
    request = Request("GET", "/work", {"async": "true"})
    asked: list[Asked] = []

    def look(question: Asked, opened: Opened) -> Reading:
        asked.append(question)
        return Reading(document=opened.document)

    endpoint = System(name="acme", read=look).endpoint("work/GET", Work)
    normalize_response(
        Response(200, None, "{}"), endpoint.key, request=request, job_id=7, registry=Registry([endpoint])
    )

    assert (asked[0].request, asked[0].job_id, asked[0].status) == (request, "7", 200)


# The raw answer.


@pytest.mark.parametrize(
    "payload",
    [
        {"status": "done"},
        [{"status": "done"}],
        '{"status": "done"}',
        "text",
        "",
        None,
        7,
        ({"status": "done"},),
        '{"status"',
        {"result": TimeoutError("x")},
    ],
)
def test_raw_is_the_payload_itself(payload: Any) -> None:
    """Not a copy, and not what was read from it."""
    assert normalize(payload, "work/GET").raw is payload


def test_raw_is_what_was_decoded() -> None:
    """Bytes become the document, or stay bytes where there is none; a response is kept beside it."""
    response = Response(200, None, b'{"status": "done"}')

    assert normalize(b'{"status": "done"}', "work/GET").raw == {"status": "done"}
    assert normalize(bytearray(b"\xff"), "work/GET").raw == b"\xff"
    assert normalize_response(response, "acme/work/GET", registry=KNOWN).raw == {"status": "done"}
    assert normalize_response(response, "acme/work/GET", registry=KNOWN).response is response
    assert answer(200, '{"status"', "work/GET").raw == '{"status"'
    assert answer(200, b"\xff", "work/GET").raw == b"\xff"
    assert answer(204, None, "work/GET").raw is None


def test_details_can_be_read_again() -> None:
    """They are written to the wire first."""
    details = jobmodels.structure({"status": "done", "x": 1}, Work)

    assert normalize(details, "work/GET").raw == {"status": "done", "x": 1}
    assert normalize(details, "work/GET").details == details


@pytest.mark.parametrize("payload", [None, [], {}, 7, "text", {"status": "done"}, b"\xff", {"x": 1}, [[1]]])
@pytest.mark.parametrize("key", KNOWN)
def test_details_are_always_of_the_class_of_the_key(key: Key, payload: Any) -> None:
    """Also when nothing could be typed."""
    job = jobmodels.normalize(payload, key, registry=KNOWN)

    assert type(job.details) is KNOWN[key].cls


# Documents that say how their job stands.


@pytest.mark.parametrize(
    ("word", "state", "finished"),
    [
        ("done", "succeeded", True),
        (" DONE ", "succeeded", True),
        ("partly", "partially_succeeded", True),
        ("queued", "pending", False),
        ("over", "unknown", True),
        (7, "running", False),
        ("7", "running", False),
    ],
)
def test_the_word_is_looked_up_in_the_table_of_the_system(word: Any, state: str, finished: bool) -> None:
    """In any letter case; the word itself stays, a number as its digits."""
    job = normalize({"status": word}, "work/GET")

    assert said(job)[:2] == (state, finished)
    assert job.native_state == str(word)
    assert job.errors == ()


@pytest.mark.parametrize(
    ("word", "finished", "native"),
    [("odd", False, "odd"), ("", False, ""), (None, None, None), (True, None, None), ([], None, None), (8, None, "8")],
)
def test_an_unknown_word_is_unknown(word: Any, finished: bool | None, native: str | None) -> None:
    """Never success, and reported as a finding and as an error."""
    job = normalize({"status": word}, "work/GET")

    assert said(job) == ("unknown", finished, None, ["decode unknown-state"])
    assert job.native_state == native
    assert ("unknown-state", "/status") in [(finding.rule, finding.path) for finding in job.findings]


def test_a_document_without_a_word_is_missing_it() -> None:
    """That is not an unknown word."""
    job = normalize({"msg": "a"}, "work/GET")

    assert said(job) == ("unknown", None, None, ["decode missing-key"])
    assert [(finding.rule, finding.path) for finding in job.findings] == [("missing-key", "/status")]


def test_a_failed_job_has_an_error() -> None:
    """Its own sentence, where the vendor gives no other reason; ours, where it says nothing."""
    assert normalize({"status": "broken", "msg": "no disk"}, "work/GET").errors[0].message == "no disk"
    assert said(normalize({"status": "broken"}, "work/GET")) == ("failed", True, None, ["job not-successful"])
    assert said(normalize({"status": "broken", "result": {"id": 1, "errors": ["x"]}}, "thing/GET"))[3] == ["item None"]


@pytest.mark.parametrize(
    ("thing", "state", "codes"),
    [
        ({"failed": 0, "succeeded": 0}, "succeeded", []),
        ({"failed": 1, "succeeded": 1}, "partially_succeeded", []),
        ({"failed": 1}, "partially_succeeded", []),
        ({"failed": 1, "succeeded": 0}, "failed", ["job all-items-failed"]),
        ({"failed": 2, "total": 2}, "failed", ["job all-items-failed"]),
        ({"failed": 2, "total": 2, "errors": ["x"]}, "failed", ["item None"]),
        ({"errors": ["x"]}, "partially_succeeded", ["item None"]),
        ({"failed": 0, "errors": ["x"]}, "partially_succeeded", ["item None"]),
    ],
)
def test_a_job_that_calls_itself_successful_is_looked_into(thing: Any, state: str, codes: list[str]) -> None:
    """The word stays as received; the state says what became of the items."""
    job = normalize({"status": "done", "result": {"id": 1, **thing}}, "thing/GET")

    assert said(job) == (state, True, None, codes)
    assert (job.native_state, job.details.status) == ("done", "done")


@pytest.mark.parametrize("word", ["queued", "partly", "broken", "over"])
def test_other_words_are_not_corrected(word: str) -> None:
    """Only a claimed success is doubted."""
    job = normalize({"status": word, "result": {"id": 1, "failed": 2, "total": 2}}, "thing/GET")

    assert job.state is STATES[word].state


def test_all_facts_are_told() -> None:
    """What the system reads in the details is in the job."""
    job = normalize({"status": "done", "msg": "ok", "result": {"id": 2**64, "succeeded": 1}}, "thing/GET")

    assert (job.id, job.message, job.progress) == ("18446744073709551616", "ok", 0.5)
    assert (job.finished_at, job.duration, job.counts) == (AT, timedelta(seconds=1), Counts(succeeded=1))
    assert [ticket.id for ticket in job.follow_ups] == ["8"]
    assert isinstance(job.result, Thing)
    assert job.result_ready


def test_a_contradiction_leaves_the_state_open() -> None:
    """Nothing settles it; whether the job has ended is not in doubt."""
    job = normalize({"status": "done", "result": {"id": 1, "odd": ["contradiction"]}}, "thing/GET")

    assert said(job) == ("unknown", True, None, ["decode contradiction"])


def test_a_contradiction_about_an_unknown_word_adds_nothing() -> None:
    """There is no state to doubt."""
    job = normalize({"status": "odd", "result": {"id": 1, "odd": ["contradiction"]}}, "thing/GET")

    assert said(job) == ("unknown", False, None, ["decode unknown-state"])


def test_a_finding_elsewhere_does_not_touch_the_state() -> None:
    """What other evidence proves stays."""
    job = normalize({"status": "done", "result": {"id": 1, "odd": ["schema"]}}, "thing/GET")

    assert said(job) == ("succeeded", True, None, [])
    assert [finding.rule for finding in job.findings] == ["schema"]


@pytest.mark.parametrize("wrap", [str, str.encode])
def test_a_state_that_is_given_twice_is_unknown(wrap: Any) -> None:
    """Nobody knows which one counts; a member elsewhere that is given twice is only reported."""
    job = normalize(wrap('{"status": "broken", "status": "done"}'), "work/GET")
    other = normalize(wrap('{"status": "done", "x": 1, "x": 2}'), "work/GET")

    assert said(job) == ("unknown", None, None, ["decode duplicate-key"])
    assert said(other) == ("succeeded", True, None, [])
    assert [(finding.rule, finding.path) for finding in other.findings] == [
        ("duplicate-key", "/x"),
        ("unknown-key", "/x"),
    ]


def test_a_state_that_is_given_twice_in_a_list_of_one_is_unknown() -> None:
    """The list is that document; errors and findings name the place in the list."""
    job = normalize('[{"status": "broken", "status": "done"}]', "work/GET")

    assert said(job) == ("unknown", None, None, ["decode duplicate-key"])
    assert job.errors[0].path == job.findings[0].path == "/0/status"


def test_a_result_that_nothing_tells_is_reported() -> None:
    """Only where keys could tell a class, and where there is something."""
    untyped = {"status": "done", "result": {"x": 1}}

    assert [finding.rule for finding in normalize(untyped, "thing/GET").findings] == ["untyped-result"]
    assert normalize(untyped, "work/GET").findings == ()
    assert normalize({"status": "broken", "result": {"x": 1}}, "thing/GET").findings == ()
    nothing_in_it: tuple[Any, ...] = (None, "", [], {})
    for empty in nothing_in_it:
        assert normalize({"status": "done", "result": empty}, "thing/GET").findings == ()


@pytest.mark.parametrize(
    ("text", "code"), [('{"id": 1', "invalid-json"), ('{"a": ' * 201 + "1" + "}" * 201, "too-deep")]
)
def test_a_result_that_cannot_be_decoded_is_an_error_too(text: str, code: str) -> None:
    """It cost the reader the result; the state is proved by the word."""
    job = normalize({"status": "done", "result": text}, "thing/GET")

    assert said(job) == ("succeeded", True, None, [f"decode {code}"])
    assert job.errors[0].path == "/result"
    assert job.result is text


# Lists.


@pytest.mark.parametrize(
    "wrap", [list, tuple, lambda items: json.dumps(list(items)), lambda items: json.dumps(list(items)).encode()]
)
def test_a_list_of_one_document_is_that_document(wrap: Any) -> None:
    """Paths lead through the list, since they lead into the answer."""
    job = normalize(wrap([{"status": "odd", "x": 1}]), "work/GET")

    assert job.native_state == "odd"
    assert sorted(finding.path for finding in job.findings) == ["/0/status", "/0/x"]
    assert [error.path for error in job.errors] == ["/0/status"]


def test_several_documents_are_no_one_job() -> None:
    """`normalize` says so, `normalize_all` gives one job an item."""
    payload = [{"status": "done"}, {"x": 1}, {"status": "broken"}]
    job = normalize(payload, "work/GET")

    assert said(job) == ("unknown", None, None, ["decode unexpected-shape"])
    assert [finding.rule for finding in job.findings] == ["several-jobs"]

    jobs = jobmodels.normalize_all(payload, "acme/work/GET", registry=KNOWN)
    assert [each.state for each in jobs] == ["succeeded", "unknown", "failed"]
    assert [each.raw for each in jobs] == payload
    again = jobmodels.normalize_all(json.dumps(payload), "acme/work/GET", registry=KNOWN)
    assert [each.state for each in again] == [each.state for each in jobs]


def test_what_decoding_noticed_in_an_item_stays_with_it() -> None:
    """Paths are those inside the item, which is the raw answer of its job."""
    text = '[{"status": "done"}, {"status": "done", "status": "broken", "x/": {"y": 1, "y": 2}}]'
    first, second = jobmodels.normalize_all(text, "acme/work/GET", registry=KNOWN)

    assert first.findings == ()
    assert said(second) == ("unknown", None, None, ["decode duplicate-key"])
    assert sorted(finding.path for finding in second.findings) == ["/status", "/x~1", "/x~1/y"]


@pytest.mark.parametrize("payload", [{"status": "done"}, [{"x": 1}, {"x": 2}], [], "text", b"\xff", None])
def test_any_other_answer_is_one_job(payload: Any) -> None:
    """The one that `normalize` gives."""
    assert jobmodels.normalize_all(payload, "acme/work/GET", registry=KNOWN) == (normalize(payload, "work/GET"),)


# Receipts.


def test_a_receipt_is_a_pending_job() -> None:
    """Its ticket asks after the job."""
    job = normalize({"job": "7"}, "work/POST")

    assert said(job) == ("pending", False, True, [])
    assert (job.id, job.native_state, job.submitted_at, job.started_at) == ("7", None, AT, None)
    assert job.ticket == Ticket(Key("acme/work/GET"), "7")
    assert job.findings == ()


@pytest.mark.parametrize(
    ("word", "state", "findings"),
    [("queued", "pending", []), ("done", "succeeded", []), ("odd", "pending", ["unknown-state"])],
)
def test_a_receipt_may_say_how_the_job_stands(word: str, state: str, findings: list[str]) -> None:
    """A word that nobody knows leaves it pending, and is reported."""
    job = normalize({"job": "7", "state": word}, "work/POST")

    assert (job.state, job.native_state, job.accepted) == (state, word, True)
    assert [finding.rule for finding in job.findings] == findings


def test_a_receipt_may_name_refused_items() -> None:
    """The job does the others."""
    assert said(normalize({"job": "7", "error": "x"}, "work/POST"))[3] == ["manager None"]
    assert said(normalize({"job": "7", "state": "queued", "error": "x"}, "work/POST"))[3] == ["manager None"]


def test_a_receipt_that_names_no_job_is_of_no_use() -> None:
    """Nothing can be asked, and nothing is known."""
    job = normalize({"job": None, "state": "queued"}, "work/POST")

    assert said(job) == ("unknown", None, None, ["protocol missing-job-id"])
    assert (job.ticket, job.native_state) == (None, "queued")


def test_a_receipt_with_an_error_status_is_a_refusal() -> None:
    """The status line wins."""
    assert said(answer(400, {"job": "7"}, "work/POST")) == ("failed", True, False, ["transport 400"])


# Nothing.


@pytest.mark.parametrize("payload", ["", "  ", {}, b"", b" \n"])
def test_nothing_is_a_yes_to_a_submit(payload: Any) -> None:
    """The service had nothing to say against it."""
    assert said(normalize(payload, "work/POST")) == ("succeeded", True, True, [])


@pytest.mark.parametrize("status", [200, 204, 205])
@pytest.mark.parametrize("body", [None, "", b" "])
def test_a_response_without_content_is_a_yes_to_a_submit(status: int, body: Any) -> None:
    """Whatever kind of answer the endpoint has."""
    for path in ("work/POST", "thing/PUT", "nothing/DELETE"):
        assert said(answer(status, body, path)) == ("succeeded", True, True, [])


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 199])
@pytest.mark.parametrize("body", [None, "", "{}"])
def test_only_a_success_of_http_is_a_yes(status: int, body: Any) -> None:
    """Who is sent elsewhere, as to a login, was not answered by the service."""
    job = answer(status, body, "nothing/DELETE")

    assert said(job) == ("unknown", None, None, [f"transport {status}"])
    assert job.errors[0].http_status == status


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_that_has_no_content_has_none(status: int) -> None:
    """Whatever stands in the body."""
    assert said(answer(status, '{"status": "done"}', "work/GET")) == ("unknown", None, None, ["decode empty-body"])


@pytest.mark.parametrize("payload", ["", b"", " "])
def test_nothing_is_no_answer_to_a_poll(payload: Any) -> None:
    """A document is due."""
    job = normalize(payload, "work/GET")

    assert said(job) == ("unknown", None, None, ["decode empty-body"])
    assert [finding.rule for finding in job.findings] == ["wrong-type"]


def test_nothing_with_an_error_status_is_a_refusal() -> None:
    """The status is all there is."""
    assert said(answer(503, None, "work/POST")) == ("unknown", None, False, ["transport 503"])
    assert said(answer(403, "", "work/GET")) == ("unknown", None, None, ["transport 403"])
    assert said(answer(404, {}, "work/GET")) == ("unknown", None, None, ["transport 404"])


# Refusals.


@pytest.mark.parametrize(
    ("status", "state", "finished", "transient"),
    [
        (400, "failed", True, False),
        (404, "failed", True, False),
        (408, "unknown", None, True),
        (429, "unknown", None, True),
        (500, "unknown", None, True),
        (503, "unknown", None, True),
        (None, "failed", True, None),
        (200, "failed", True, False),
    ],
)
def test_a_refused_submit_made_no_job(
    status: int | None, state: str, finished: bool | None, transient: bool | None
) -> None:
    """Unless the status leaves that open, and asking again may help."""
    job = answer(status, {"error": "no"}, "work/POST")

    assert said(job) == (state, finished, False, ["manager None"])
    assert (job.errors[0].http_status, job.errors[0].transient) == (status, transient)


def test_an_error_may_imply_a_status_that_was_not_received() -> None:
    """It tells whether to ask again; it is not called received."""
    job = normalize({"error": "busy", "http": 503}, "work/POST")

    assert said(job) == ("unknown", None, False, ["manager None"])
    assert (job.errors[0].http_status, job.errors[0].transient) == (None, True)


def test_an_answer_that_never_came_leaves_a_submit_open() -> None:
    """Nobody knows whether the service got it."""
    assert said(normalize({"error": "timeout", "lost": True}, "work/POST")) == (
        "unknown", None, None, ["transport None"],
    )  # fmt: skip
    assert said(answer(403, {"error": "proxy", "lost": True}, "work/POST")) == (
        "failed", True, False, ["transport None"],
    )  # fmt: skip


def test_only_the_service_and_the_way_to_it_have_an_http_status() -> None:
    """An item that is refused has none."""
    refused = answer(400, {"error": "no", "origin": "item"}, "work/POST")

    assert said(refused) == ("failed", True, False, ["item None"])
    assert (refused.errors[0].http_status, refused.errors[0].transient) == (None, None)


@pytest.mark.parametrize(
    ("status", "state"), [(400, "unknown"), (404, "not_found"), (500, "unknown"), (None, "unknown")]
)
def test_a_refused_poll_says_nothing_of_the_job(status: int | None, state: str) -> None:
    """But that there is none, where the service itself says 404."""
    assert said(answer(status, {"error": "no"}, "work/GET")) == (state, None, None, ["manager None"])


def test_a_404_of_somebody_else_is_not_the_services_word() -> None:
    """A router or a proxy knows no jobs."""
    assert said(answer(404, "<html><h1>Not &amp; found</h1>", "work/GET", {"content-type": "text/html"})) == (
        "unknown", None, None, ["transport 404"],
    )  # fmt: skip


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_refused_cancel_is_not_accepted(status: int) -> None:
    """The service said no."""
    assert answer(status, {"error": "no"}, "work/DELETE").accepted is False


def test_a_job_document_with_an_error_status_is_still_one() -> None:
    """What it says of the job is more than the status line says."""
    assert said(answer(500, {"status": "broken", "msg": "no disk"}, "work/GET")) == (
        "failed", True, None, ["job not-successful"],
    )  # fmt: skip


# Results without a job.


def test_a_typed_body_is_the_work_done() -> None:
    """The submit was answered with its result; items in it may have failed."""
    assert said(normalize({"id": 1}, "thing/PUT")) == ("succeeded", True, True, [])
    assert said(normalize([{"id": 1}, {"x": 2}], "thing/PUT")) == ("succeeded", True, True, [])
    assert said(normalize([], "thing/PUT")) == ("succeeded", True, True, [])
    assert said(normalize({"id": 1, "failed": 1, "errors": ["x"]}, "thing/PUT")) == (
        "partially_succeeded", True, True, ["item None"],
    )  # fmt: skip


def test_a_body_of_another_form_is_not_taken_for_the_result() -> None:
    """Where keys could have told it."""
    job = normalize({"x": 1}, "thing/PUT")

    assert said(job) == ("unknown", None, None, ["decode unexpected-shape"])
    assert [finding.rule for finding in job.findings] == ["wrong-type"]
    assert said(normalize("done!", "thing/PUT"))[3] == ["decode unexpected-shape"]
    assert normalize("done!", "thing/PUT").errors[0].message == "done!"


def test_where_nothing_tells_the_result_any_content_is_it() -> None:
    """But text or a bare value is none."""
    assert said(normalize({"x": 1}, "now/PUT")) == ("succeeded", True, True, [])
    assert said(normalize([1], "now/PUT")) == ("succeeded", True, True, [])
    assert said(normalize("text", "now/PUT"))[3] == ["decode unexpected-shape"]
    assert said(normalize(7, "now/PUT"))[3] == ["decode unexpected-shape"]


def test_a_body_that_is_refused_is_no_result() -> None:
    """Neither with an error shape nor with an error status."""
    assert said(normalize({"error": "no"}, "now/PUT")) == ("failed", True, False, ["manager None"])
    assert said(answer(400, {"id": 1}, "thing/PUT")) == ("failed", True, False, ["transport 400"])


def test_a_result_that_is_polled_does_not_prove_the_job_done() -> None:
    """Only a submit that is answered at once does."""
    assert said(normalize({"id": 1, "errors": ["x"]}, "thing/PUT", operation="result")) == (
        "unknown", None, None, ["item None"],
    )  # fmt: skip


def test_an_endpoint_that_answers_nothing_may_answer_something() -> None:
    """An object that is no error, or null; text is odd."""
    assert said(normalize({"deleted": 1}, "nothing/DELETE")) == ("succeeded", True, True, [])
    assert said(normalize(None, "nothing/DELETE")) == ("succeeded", True, True, [])
    assert said(normalize({"error": "no"}, "nothing/DELETE"))[0] == "failed"
    assert said(normalize("gone", "nothing/DELETE"))[3] == ["decode unexpected-shape"]
    assert said(normalize({"status": "broken"}, "nothing/DELETE"))[0] == "failed"


def test_an_endpoint_may_answer_with_another_content_type() -> None:
    """Then text is its content; JSON is still read."""
    csv = {"content-type": "text/csv; charset=utf-8"}

    assert said(answer(200, "a,b\n1,2\n", "table/GET", csv)) == ("succeeded", True, True, [])
    assert answer(200, b"a,b\n1,2\n", "table/GET", csv).result == "a,b\n1,2\n"
    assert said(answer(200, "a,b", "table/GET")) == ("succeeded", True, True, [])
    assert said(answer(200, {"error": "no"}, "table/GET"))[0] == "failed"
    assert said(normalize("a,b", "table/GET")) == ("succeeded", True, True, [])
    assert said(answer(500, "a,b", "table/GET", csv)) == ("unknown", None, False, ["transport 500"])


# Other kinds.


def test_a_task_is_a_document_of_its_own_kind() -> None:
    """It is read by its own keys; without them it is none."""
    assert said(normalize({"id": 1, "status": "done"}, "task/GET")) == ("succeeded", True, None, [])
    job = normalize({"id": 1}, "task/GET")
    assert said(job) == ("unknown", None, None, ["decode missing-key"])
    assert [(finding.rule, finding.path) for finding in job.findings] == [("missing-key", "/status")]
    assert said(normalize([1], "task/GET"))[3] == ["decode unexpected-shape"]
    assert said(answer(404, {"error": "no"}, "task/GET"))[0] == "not_found"


def test_a_list_of_errors_says_nothing_of_the_job() -> None:
    """Nor does an empty one; an error envelope is a refusal."""
    assert said(normalize(["x", "y"], "problem/GET")) == ("unknown", None, None, ["job None", "job None"])
    assert said(normalize([], "problem/GET")) == ("unknown", None, None, [])
    assert said(normalize({"error": "no"}, "problem/GET")) == ("unknown", None, None, ["manager None"])
    assert said(answer(404, {"error": "no"}, "problem/GET"))[0] == "not_found"


def test_details_that_nothing_tells_prove_nothing() -> None:
    """Every object would be such details."""
    assert said(normalize({"x": 1}, "loose/POST"))[3] == ["decode unexpected-shape"]
    assert said(normalize({"job": "7"}, "loose/POST")) == ("pending", False, True, [])


# What cannot be read.


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"status"', "invalid-json"),
        (b"\xff\xfe", "invalid-json"),
        ("<html>", "invalid-json"),
        ("[" * 100_000, "too-deep"),
        ('{"a": 1e999}', "invalid-json"),
    ],
    ids=lambda value: repr(value)[:12],
)
@pytest.mark.parametrize("path", ["work/GET", "work/POST"])
def test_a_body_that_is_no_json_is_unreadable(body: Any, code: str, path: str) -> None:
    """Nothing is concluded from it, but by its status."""
    assert said(answer(200, body, path)) == ("unknown", None, None, [f"decode {code}"])
    assert said(answer(None, body, path)) == ("unknown", None, None, [f"decode {code}"])
    assert said(answer(502, body, path))[3] == ["transport 502"]
    refused = answer(403, body, path)
    assert said(refused)[3] == ["transport 403"]
    assert refused.state == ("failed" if path == "work/POST" else "unknown")
    assert refused.details.result is None or isinstance(refused.details.result, str)


def test_bytes_and_text_that_begin_as_json_are_json() -> None:
    """Other text is an answer of another form."""
    assert said(normalize(b"text", "work/GET"))[3] == ["decode invalid-json"]
    assert said(normalize('{"status"', "work/GET"))[3] == ["decode invalid-json"]
    assert said(normalize("text", "work/GET"))[3] == ["decode unexpected-shape"]
    assert said(normalize('\ufeff{"status": "done"}', "work/GET"))[0] == "succeeded"


def test_an_answer_of_another_content_type_is_not_the_services() -> None:
    """A page of a gateway has a title; it is quoted in one line."""
    page = "<html><head><title>\n Bad\n gateway &amp; more </title></head><body>x</body>"
    job = answer(502, page, "work/POST", {"content-type": "text/html"})

    assert said(job) == ("unknown", None, False, ["transport 502"])
    assert job.errors[0].message == "Bad gateway & more"
    assert job.raw == page
    assert said(answer(200, page, "work/GET", {"content-type": "text/html"})) == (
        "unknown", None, None, ["transport unexpected-content-type"],
    )  # fmt: skip


@pytest.mark.parametrize("media", ["application/json", "application/problem+json", "APPLICATION/JSON; charset=utf-8"])
def test_json_has_several_content_types(media: str) -> None:
    """What ends in `+json` is JSON."""
    assert said(answer(200, {"status": "done"}, "work/GET", {"content-type": media}))[0] == "succeeded"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "an answer without content"),
        (" a \n b ", "a b"),
        ("x" * 900, "x" * 500),
        ("<H1 class='a'>No</H1>", "No"),
        ("<title></title>", "<title></title>"),
    ],
)
def test_a_page_is_quoted_in_one_line(text: str, line: str) -> None:
    """Its title, or its beginning."""
    assert gist(text) == line


def test_objects_that_are_too_deep_are_one_finding() -> None:
    """Nothing is raised for what a server may say, also where another library decoded it."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    job = normalize(deep, "work/GET")

    assert said(job) == ("unknown", None, None, ["decode too-deep"])
    assert [finding.rule for finding in job.findings] == ["too-deep"]
    assert job.raw is deep
    assert job.result is None
    assert repr(job)
    assert job.to_dict()["details"]["result"] is None


def test_what_json_has_no_word_for_is_the_callers_mistake() -> None:
    """No server sends it."""
    with pytest.raises(ContractError):
        normalize({"a": object()}, "work/GET")


# Ids.


@pytest.mark.parametrize("asked", [1, "1"])
def test_the_id_that_was_asked_for_is_compared(asked: object) -> None:
    """As text; without one in the answer, it is the one that was asked for."""
    payload = {"status": "done", "result": {"id": 1}}

    assert normalize(payload, "thing/GET", job_id=asked).state is JobState.SUCCEEDED
    assert normalize({"status": "done"}, "thing/GET", job_id=asked).id == "1"
    assert normalize({"status": "done"}, "thing/GET").id is None


def test_the_answer_about_another_job_proves_nothing() -> None:
    """Its id stays the one that it has, so that a reader sees whose it is."""
    job = normalize({"status": "done", "result": {"id": 1}}, "thing/GET", job_id=2)

    assert said(job) == ("unknown", None, None, ["protocol job-id-mismatch"])
    assert job.id == "1"
    assert said(normalize({"job": "7"}, "work/POST", job_id="8"))[3] == ["protocol job-id-mismatch"]


# What the status line and the headers prove.


def test_a_system_may_know_the_meaning_from_the_response() -> None:
    """Whatever stands in the body, and all else that it found."""
    job = answer(202, {"status": "done"}, "work/GET", {"x-acme-id": "7", "x-acme-says": "wait"})

    assert said(job) == ("pending", False, True, ["manager None"])
    assert (job.native_state, job.id, job.message) == ("202", "7", "wait")
    assert (job.consumed, job.retry_after, job.ambiguous) == (False, 3.0, True)
    assert job.listing == Listing(total=1)


def test_a_system_may_find_the_document_inside_the_answer() -> None:
    """It is what is typed; `raw` is the answer."""
    job = normalize({"wrapped": {"status": "done"}}, "work/GET")

    assert (job.state, job.raw) == ("succeeded", {"wrapped": {"status": "done"}})


def test_what_decoding_noticed_in_an_entry_is_that_of_the_entry() -> None:
    """A state that is given twice is unknown in a list as it is alone."""
    twice = Finding("duplicate-key", "/status", "given twice")

    def listing(asked: Asked, opened: Opened) -> Reading:
        if type(opened.document) is not list:
            return Reading(document=opened.document)
        entries = tuple(Listed(document=entry, cls=Work, findings=(twice,)) for entry in opened.document)
        return Reading(document=opened.document, meaning=Meaning(JobState.UNKNOWN, finished=None), listed=entries)

    endpoint = System(name="acme", states=STATES, read=listing).endpoint("works/GET", Work)
    job = jobmodels.normalize([{"status": "done"}], endpoint.key, registry=Registry([endpoint]))

    assert job.listing is not None
    assert [(entry.state, entry.errors[0].code) for entry in job.listing.jobs] == [("unknown", "duplicate-key")]


def test_a_listing_says_nothing_about_one_job() -> None:
    """Even if one is all that it lists: what is told of it stands in its entry."""

    def listing(asked: Asked, opened: Opened) -> Reading:
        entries = tuple(Listed(document=entry, cls=Work) for entry in opened.document)
        return Reading(document=opened.document, meaning=STATES["over"], listed=entries)

    endpoint = System(name="acme", states=STATES, read=listing, facts=facts).endpoint("things/GET", ThingWork)
    one = {"status": "done", "result": {"id": 7, "total": 1}}
    job = jobmodels.normalize([one], endpoint.key, registry=Registry([endpoint]))

    assert (job.id, job.counts, job.progress) == (None, None, None)
    assert job.listing is not None
    assert [entry.native_state for entry in job.listing.jobs] == ["done"]


def test_what_is_proven_of_a_list_of_one_points_into_the_list() -> None:
    """As its findings do: whatever a system reads in an answer has its path from the root."""

    def proven(asked: Asked, opened: Opened) -> Reading:
        error = JobError(message="no", origin=Origin.PROTOCOL, path="/0/status")
        return Reading(document=opened.document, meaning=STATES["done"], errors=(error,), hangs_on=("/0/status",))

    endpoint = System(name="acme", states=STATES, read=proven).endpoint("work/GET", Work)
    job = jobmodels.normalize('[{"status": "done", "status": "queued"}]', endpoint.key, registry=Registry([endpoint]))

    assert (job.state, [error.path for error in job.errors]) == ("unknown", ["/0/status", "/0/status"])
    assert "/0/status" in [finding.path for finding in job.findings]


def test_a_document_that_a_system_understands_is_judged_though_no_key_tells_it() -> None:
    """What typing noticed in it is reported."""

    def understood(asked: Asked, details: Any) -> Facts:
        return Facts(meaning=STATES["done"]) if details.name is not None else Facts()

    endpoint = System(name="acme", facts=understood).endpoint("loose/GET", Loose)
    known = Registry([endpoint])
    job = jobmodels.normalize({"name": 7}, endpoint.key, registry=known)
    odd = jobmodels.normalize({"title": 7}, endpoint.key, registry=known)

    assert (job.state, [found.rule for found in job.findings]) == (JobState.SUCCEEDED, ["wrong-type"])
    assert (odd.state, [found.rule for found in odd.findings]) == (JobState.UNKNOWN, ["unknown-key", "missing-key"])


def test_a_system_may_make_a_document_of_an_answer_that_is_too_deep() -> None:
    """Only what came is not typed."""
    job = answer(200, "[" * 100_000, "work/GET", {"x-acme-state": "done"})

    assert said(job) == ("unknown", None, None, ["decode too-deep"])
    assert job.details.status == "done"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 0.5 "}, 0.5),
        ({"Retry-After": 7}, 7.0),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "1" * 400}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "Wed, 21 Oct 2015 07:27:00 GMT"}, 60.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "Wed, 21 Oct 2015 07:29:00 GMT"}, 0.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "Wed, 21 Oct 2015 07:29:00 -0000"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "now"}, None),
        ({"Retry-After": "Wed, 99999999999999999999 Oct 2015 07:28:00 GMT", "Date": "now"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, Any], seconds: float | None) -> None:
    """A date counts from the date of the response; our own clock is not asked."""
    assert answer(200, {"status": "queued"}, "work/GET", headers).retry_after == seconds
    assert normalize({"status": "queued"}, "work/GET").retry_after is None


def test_errors_have_the_id_of_the_request() -> None:
    """For the support of the service."""
    headers = {"X-Request-Id": "r-1"}

    assert answer(400, {"error": "no"}, "work/GET", headers).errors[0].request_id == "r-1"
    assert answer(200, {"status": "odd"}, "work/GET", headers).errors[0].request_id == "r-1"
    assert answer(400, {"error": "no"}, "work/GET").errors[0].request_id is None


# Strict.


def test_strict_raises_from_a_change_upward() -> None:
    """With the findings; an addition never raises."""
    for payload in ({"status": "odd"}, {"status": "done", "msg": 7}, [{"status": "done"}, {"status": "done"}]):
        with pytest.raises(ContractError, match="what acme/work/GET answers") as refused:
            normalize(payload, "work/GET", strict=True)
        assert {finding.severity.rank for finding in refused.value.findings} <= {1, 2}
    assert normalize({"status": "done", "x": 1}, "work/GET", strict=True).findings[0].rule == "unknown-key"
    with pytest.raises(ContractError):
        jobmodels.normalize_all([{"status": "done"}, {"status": "odd"}], "acme/work/GET", strict=True, registry=KNOWN)
    with pytest.raises(ContractError):
        answer(200, "<html>", "work/GET", strict=True)


# Pure functions of the engine.


@pytest.mark.parametrize("status", [None, 200, 400, 404, 408, 429, 499, 500, 599])
def test_a_status_tells_whether_to_ask_again(status: int | None) -> None:
    """Time-outs, too many requests, and all that is the server's fault."""
    assert is_transient(status) is (status in {408, 429, 500, 599})


@pytest.mark.parametrize("state", JobState)
def test_only_a_success_is_looked_into(state: JobState) -> None:
    """Counts that tell of failures change no other state."""
    inside = look_inside(state, Counts(failed=1, total=1), ())

    assert inside is (JobState.FAILED if state is JobState.SUCCEEDED else state)


def test_a_question_can_be_put_together_alone() -> None:
    """For senders, which ask before they read."""
    asked = ask_for("acme/work/GET", None, None, registry=KNOWN)

    assert (asked.operation, asked.job_id, asked.status, asked.request) == (Operation.RESULT, None, None, None)


def test_a_code_says_what_a_status_that_is_no_refusal_does_not() -> None:
    """The same error body is the same Job, whether a 200 came with it or nothing."""
    body = {"detail": "No such job", "code": "404000"}
    received = jobmodels.normalize_response(Response.json(body), "alation/job/GET")
    bare = jobmodels.normalize(body, "alation/job/GET")

    assert received.state == bare.state == "not_found"


# Other content types.


def backwards(body: bytes) -> Any:
    """Decode what is written backwards."""
    if not body.endswith(b"{"):
        raise DecodeError("invalid-backwards", "no brace", 3)
    return json.loads(body[::-1])


def test_a_decoder_that_refuses_says_why_and_no_more() -> None:
    """Its reason and its place; that it is no JSON document goes without saying."""
    system = System(name="odd", states=STATES, decoders={"text/backwards": backwards})

    @system("work/GET")
    class OddWork(Record):
        status: str | None

    kind = {"content-type": "text/backwards"}
    odd = collect(OddWork)
    done = normalize_response(Response(200, kind, b'}"enod": "sutats"{'), "odd/work/GET", registry=odd)
    broken = normalize_response(Response(200, kind, b"enod"), "odd/work/GET", registry=odd)

    assert said(done) == ("succeeded", True, None, [])
    assert said(broken) == ("unknown", None, None, ["decode invalid-backwards"])
    assert broken.errors[0].message == "the answer is not a document of text/backwards: no brace at offset 3"
