"""ArangoDB: how it is asked, that its cases cover its contracts page, and what holds for any of its answers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Job, JobState, Key, Operation, Record, Request, Response, Ticket, normalize, normalize_response
from jobmodels._cases import find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._plain import plain
from jobmodels.errors import NotAskable
from jobmodels.systems import arangodb as module
from jobmodels.systems.arangodb import (
    ArangoAck,
    ArangoAnswer,
    ArangoError,
    ArangoList,
    ArangoResult,
    ArangoStatus,
    ArangoSubmit,
    arangodb,
    deferred,
)
from tests.strategies import JSON, LAWS

KEYS = sorted(key for key in jobmodels.registry() if key.system == "arangodb")
HOME = Key("arangodb/job/GET")
NOT_FOUND = {"error": True, "errorMessage": "not found", "code": 404, "errorNum": 404}


def job(status: int | None, headers: Any, body: Any, path: str = "job/PUT", **given: Any) -> Job[Any]:
    """Read a response; a body that is no text is sent as JSON."""
    sent = body if isinstance(body, (str, bytes)) or body is None else json.dumps(body)
    return normalize_response(Response(status, headers, sent), f"arangodb/{path}", **given)


# The cases cover the contracts page.

FOLDER = find_folder("jobmodels", "fixtures")
assert FOLDER is not None
CASES = [load_case(path, FOLDER) for path in find_cases(FOLDER / "arangodb")]

# Rows of the table of states, raw samples, error shapes. Of the rules for all systems these can be shown by a case; the
# ninth is about progress, which ArangoDB has not, and the thirteenth about polling.
ROWS = {
    *(f"S{number}" for number in range(1, 21)),
    *(f"R{number}" for number in range(1, 19)),
    *(f"E{number}" for number in range(1, 9)),
    *(f"X{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15)),
}


def test_every_key_has_a_class_and_the_operation_of_its_calls() -> None:
    """What a call asks follows from the key."""
    endpoints = {key.path: jobmodels.registry()[key] for key in KEYS}

    assert {path: (endpoint.cls, endpoint.operation) for path, endpoint in endpoints.items()} == {
        "submit/POST": (ArangoSubmit, "submit"),
        "job/GET": (ArangoStatus, "status"),
        "job/PUT": (ArangoResult, "result"),
        "job/DELETE": (module.ArangoDelete, "delete"),
        "job-cancel/PUT": (module.ArangoCancel, "cancel"),
        "job-list/GET": (ArangoList, "list"),
    }


def test_every_row_of_the_contracts_is_shown() -> None:
    """Each is the source of a case."""
    shown = {row for case in CASES for row in re.findall(r"\b[SREX]\d+\b", case.source)}

    assert sorted(ROWS - shown) == []
    assert sorted(shown - ROWS) == []


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_cases_of_both_kinds(key: Key) -> None:
    """One that is what was hoped for, and one that is not."""
    told = [case.expect for case in CASES if case.key == key]

    assert any(expect.get("errors") == [] for expect in told)
    assert any("/errors/0/code" in expect for expect in told)


def test_every_word_of_the_lists_occurs() -> None:
    """The words of jobs are those of the two lists; all else is told by the status."""
    told = {case.expect.get("/listing/jobs/0/native_state") for case in CASES}

    assert arangodb.states.keys() <= told


def test_every_case_is_a_claim_about_a_fact() -> None:
    """Names are in kebab-case, and `about` is one statement that ends in a full stop."""
    for case in CASES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.path.stem), case.path
        assert case.about.endswith("."), case.path
        assert {"state", "finished"} <= case.expect.keys(), case.path


# How it is asked.

TICKET = Ticket(HOME, "265413601")
SYSTEM = "/_db/_system/_api/job"


@pytest.mark.parametrize(
    ("operation", "ticket", "options", "asked"),
    [
        ("status", TICKET, {}, Request("GET", f"{SYSTEM}/265413601")),
        ("result", TICKET, {}, Request("PUT", f"{SYSTEM}/265413601")),
        ("cancel", TICKET, {}, Request("PUT", f"{SYSTEM}/265413601/cancel")),
        ("delete", TICKET, {}, Request("DELETE", f"{SYSTEM}/265413601")),
        ("delete_all", None, {}, Request("DELETE", f"{SYSTEM}/all")),
        ("delete_expired", None, {"before": 1401}, Request("DELETE", f"{SYSTEM}/expired", {"stamp": "1401"})),
        ("list", None, {"state": "done"}, Request("GET", f"{SYSTEM}/done")),
        ("list", None, {"state": "pending", "limit": 2}, Request("GET", f"{SYSTEM}/pending", {"count": "2"})),
        ("list", None, {}, Request("GET", f"{SYSTEM}/done")),
    ],
)  # fmt: skip
def test_requests_are_those_of_the_official_client(
    operation: str, ticket: Ticket | None, options: dict[str, Any], asked: Request
) -> None:
    """As recorded from python-arango 8.3.7; whoever sends them adds what every request needs."""
    assert arangodb.request(operation, ticket, database="_system", **options) == asked
    bare = attrs.evolve(asked, path=asked.path.removeprefix("/_db/_system"))
    assert arangodb.request(operation, ticket, **options) == bare


@pytest.mark.parametrize(
    ("before", "stamp"),
    [
        (0, "0"),
        (datetime(2014, 5, 29, 15, 9, 44, tzinfo=UTC), "1401376184"),
        (datetime(2014, 5, 29, 17, 9, 44, 999_999, tzinfo=timezone(timedelta(hours=2))), "1401376184"),
    ],
)
def test_a_moment_is_sent_in_whole_seconds(before: Any, stamp: str) -> None:
    """Rounded down, so that nothing goes that was stamped at that moment."""
    assert arangodb.request("delete_expired", before=before).query == {"stamp": stamp}


@pytest.mark.parametrize(
    ("name", "path"), [("a b/c", "/_db/a%20b%2Fc"), ("naïve", "/_db/na%C3%AFve"), ("...", "/_db/...")]
)
def test_the_name_of_a_database_is_quoted(name: str, path: str) -> None:
    """It may be any text since 3.9."""
    assert arangodb.request("status", TICKET, database=name).path == f"{path}/_api/job/265413601"


@pytest.mark.parametrize("number", ["1", "265413601", "18446744073709551615"])
def test_an_id_is_an_unsigned_number_of_64_bits(number: str) -> None:
    """Its largest is askable."""
    assert arangodb.request("status", Ticket(HOME, number)).path == f"/_api/job/{number}"


NASTY = [
    "", " ", "0", "01", "-1", "+1", "1 ", " 1", "1\n", "1.0", "1e3", "1/cancel", "1?x", "%31", "all", "expired", "done",
    "pending", "foobar", "٣", "²", "18446744073709551616", "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text)[:24])
@pytest.mark.parametrize("operation", ["status", "result", "cancel", "delete"])
def test_an_id_that_would_hit_another_operation_is_refused(operation: str, text: str) -> None:
    """python-arango sends `DELETE /_api/job/all` for a job that is called so."""
    with pytest.raises(NotAskable) as caught:
        arangodb.request(operation, Ticket(HOME, text))
    assert (caught.value.system, caught.value.operation) == ("arangodb", operation)


@pytest.mark.parametrize(
    ("operation", "ticket", "options", "reason"),
    [
        ("submit", None, {}, "any request becomes a job by the header x-arango-async"),
        ("status", None, {}, "names no job"),
        ("status", Ticket(HOME, "7", by="name"), {}, "the id of a job is a number"),
        ("delete_all", TICKET, {}, "takes no ticket"),
        ("delete_expired", TICKET, {"before": 1}, "takes no ticket"),
        ("list", TICKET, {}, "takes no ticket"),
        ("delete_expired", None, {}, "needs `before`"),
        ("delete_expired", None, {"before": -1}, "needs `before`"),
        ("delete_expired", None, {"before": True}, "needs `before`"),
        ("delete_expired", None, {"before": 1.5}, "needs `before`"),
        ("delete_expired", None, {"before": datetime(2014, 5, 29)}, "needs `before`"),  # noqa: DTZ001
        ("delete_expired", None, {"before": datetime(1969, 1, 1, tzinfo=UTC)}, "needs `before`"),
        ("delete_all", None, {"before": 1}, "takes no before"),
        ("status", TICKET, {"limit": 1}, "takes no limit"),
        ("status", TICKET, {"state": "done"}, "takes no state"),
        ("list", None, {"state": "all"}, "one of those that are pending"),
        ("list", None, {"state": ""}, "one of those that are pending"),
        ("list", None, {"limit": 0}, "no number above 0"),
        ("list", None, {"limit": True}, "no number above 0"),
        ("list", None, {"limit": "2"}, "no number above 0"),
        ("list", None, {"database": ""}, "has no name"),
        ("list", None, {"database": "\ud800"}, "no Unicode text"),
        ("list", None, {"limit": 2**64}, "at most 64 bits"),
        ("list", None, {"limit": 10**5000}, "at most 64 bits"),
        ("delete_expired", None, {"before": 10**5000}, "needs `before`"),
        ("list", None, {"database": 5}, "has no name"),
        ("list", None, {"database": "."}, "cannot have this name"),
        ("delete_all", None, {"database": ".."}, "cannot have this name"),
        ("list", None, {"page": 2}, "page"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    operation: str, ticket: Ticket | None, options: dict[str, Any], reason: str
) -> None:
    """The caller is told why."""
    with pytest.raises(NotAskable, match=re.escape(reason)):
        arangodb.request(operation, ticket, **options)


def test_any_request_becomes_a_job_by_a_header() -> None:
    """All else stays; a header that says otherwise is replaced, whatever its letter case."""
    request = Request("POST", "/_api/cursor", {"a": "1"}, {"X-Arango-Async": "true", "Accept": "*/*"}, b"{}")

    assert deferred(request) == attrs.evolve(request, headers={"x-arango-async": "store", "accept": "*/*"})
    assert deferred(request, keep=False).headers["X-Arango-Async"] == "true"
    assert request.headers["x-arango-async"] == "true"


# Details.


def test_details_are_a_message() -> None:
    """Its body is the result, and its headers name the job."""
    read = job(200, {"X-Arango-Async-Id": " 7 "}, '{"a": 1}')

    assert read.details == ArangoResult(status=200, headers={"x-arango-async-id": " 7 "}, body={"a": 1})
    assert (read.result, read.details.job_id, read.id, read.result_ready) == ({"a": 1}, "7", "7", True)
    assert jobmodels.unstructure(read.details) == {
        "status": 200, "headers": {"x-arango-async-id": " 7 "}, "body": {"a": 1},
    }  # fmt: skip


@pytest.mark.parametrize("headers", [None, 5, {}, {"x-arango-async-id": "all"}, {"x-arango-async-id": None}])
def test_headers_may_name_no_job(headers: Any) -> None:
    """Whatever they are."""
    assert ArangoAnswer(status=200, headers=headers, body=None).job_id is None


def test_a_bare_body_stands_in_the_body() -> None:
    """Nothing is known of status and headers."""
    read = normalize(NOT_FOUND, ArangoStatus)

    assert read.details == ArangoStatus(
        status=None,
        headers=None,
        body=ArangoError(error=True, error_num=404, error_message="not found", code=404),
    )
    assert jobmodels.unstructure(read.details) == NOT_FOUND
    assert normalize({"result": True}, "arangodb/job-cancel/PUT").details.body == ArangoAck(result=True)


def test_the_errors_of_a_batch_are_typed_in_their_places() -> None:
    """The documents stay as they came."""
    wrong = {"error": True, "errorNum": 1210, "errorMessage": "unique"}
    read = job(202, {"x-arango-async-id": "7"}, [{"_key": "1"}, wrong])

    assert read.result == ({"_key": "1"}, ArangoError(error=True, error_num=1210, error_message="unique"))


def test_an_answer_that_is_too_deep_keeps_its_status_line() -> None:
    """And the state that it proves."""
    read = job(200, {"x-arango-async-id": "7"}, "[" * 100_000)

    assert (read.state, read.consumed, read.id) == (JobState.SUCCEEDED, True, "7")
    assert (read.details.status, read.errors[0].code) == (200, "too-deep")
    assert [finding.rule for finding in read.findings] == ["too-deep"]


def test_a_message_that_holds_what_is_too_deep_is_read_as_its_response() -> None:
    """Text in a message is looked into as any other."""
    deep = "[" * 300 + "]" * 300
    read = normalize({"status": 200, "headers": {"x-arango-async-id": "7"}, "body": deep}, ArangoResult)

    assert (read.state, [error.code for error in read.errors]) == (JobState.SUCCEEDED, ["too-deep"])
    assert [(finding.rule, finding.path) for finding in read.findings] == [("too-deep", "/body")]


@pytest.mark.parametrize(
    ("status", "headers", "state", "finished"),
    [
        (None, {"x-arango-async-id": "7"}, "failed", True),
        (None, {}, "not_found", None),
        (200, {}, "unknown", None),
        (404, {}, "not_found", None),
    ],
)
def test_an_envelope_means_what_stands_around_it(status: Any, headers: Any, state: str, finished: bool | None) -> None:
    """Under the header it is the job's own; without a status its own code counts."""
    read = normalize({"status": status, "headers": headers, "body": NOT_FOUND}, ArangoResult)

    assert (read.state, read.finished) == (state, finished)


@pytest.mark.parametrize(
    ("body", "state"), [({**NOT_FOUND, "code": 410, "errorNum": 1500}, "cancelled"), ({"a": 1}, "unknown")]
)
def test_headers_without_a_status_prove_that_the_job_has_ended(body: Any, state: str) -> None:
    """The body may say how."""
    read = job(None, {"x-arango-async-id": "7"}, body)

    assert (read.state, read.finished, read.consumed) == (state, True, True)


@pytest.mark.parametrize("path", ["submit/POST", "job/GET", "job/PUT"])
def test_a_message_without_a_status_proves_little(path: str) -> None:
    """Headers that name no job leave all open."""
    read = normalize({"status": None, "headers": {}, "body": None}, f"arangodb/{path}")

    assert (read.state, read.finished, read.errors) == (JobState.UNKNOWN, None, ())


@pytest.mark.parametrize("status", ["", "done", "99", 1000, -200, True, 200.0, [200]])
@pytest.mark.parametrize(
    ("path", "body"),
    [("submit/POST", None), ("submit/POST", NOT_FOUND), ("job/PUT", {}), ("job-cancel/PUT", {"result": True})],
)
def test_a_status_that_is_none_leaves_all_open(path: str, body: Any, status: Any) -> None:
    """Whatever headers and body seem to prove; but a result that names a job is gone."""
    message = {"status": status, "headers": {"x-arango-async-id": "7"}, "body": body}
    read = normalize(message, f"arangodb/{path}")

    assert (read.state, read.finished, read.accepted, read.ticket) == (JobState.UNKNOWN, None, None, None)
    assert read.errors[0].code == "unknown-state"
    assert read.consumed is (True if path == "job/PUT" else None)


@pytest.mark.parametrize("path", ["job/PUT", "job/DELETE", "job-cancel/PUT", "job-list/GET"])
def test_a_redirect_is_not_foreseen(path: str) -> None:
    """Neither a yes nor a list nor a result."""
    read = job(302, {"location": "/"}, "", path)

    assert (read.state, read.errors[0].code, read.listing) == (JobState.UNKNOWN, "unknown-state", None)
    assert not read.accepted


@pytest.mark.parametrize(
    ("path", "body"), [("job-cancel/PUT", {"result": True}), ("job/DELETE", {"result": True}), ("submit/POST", None)]
)
def test_a_yes_about_another_job_is_no_yes(path: str, body: Any) -> None:
    """Whatever it says, it was not said of the job that was asked for."""
    read = job(202, {"x-arango-async-id": "7"}, body, path, job_id=8)

    assert (read.state, read.accepted, read.ticket, read.id) == (JobState.UNKNOWN, None, None, "7")
    assert [error.code for error in read.errors] == ["job-id-mismatch"]


def test_a_submit_that_was_refused_has_no_id() -> None:
    """Not even where a header names one."""
    read = job(400, {"x-arango-async-id": "7"}, {**NOT_FOUND, "code": 400}, "submit/POST")

    assert (read.state, read.id, read.ticket, read.accepted) == (JobState.FAILED, None, None, False)


@pytest.mark.parametrize(
    ("status", "code", "state"), [(200, 400, "failed"), (200, 503, "unknown"), (200, None, "failed")]
)
def test_an_envelope_refuses_a_submit_under_any_status(status: int, code: Any, state: str) -> None:
    """Its own code says how."""
    assert job(status, {}, {**NOT_FOUND, "code": code}, "submit/POST").state == state


@pytest.mark.parametrize(
    "text", ["", "x", "[]", '{"1210": -1}', '{"1210": "many"}', '{"1210": 1, "1200": null}', "{" * 300]
)
def test_a_header_of_another_form_still_says_that_items_failed(text: str) -> None:
    """It is there."""
    read = job(202, {"x-arango-async-id": "7", "x-arango-error-codes": text}, [])

    assert (read.state, read.counts) == (JobState.PARTIALLY_SUCCEEDED, None)
    assert [finding.rule for finding in read.findings] == ["wrong-type"]


def test_a_reason_may_be_given_in_part() -> None:
    """What the job says of its failure is told, however little it is."""
    told = {
        "says": {"error": True, "errorMessage": "no"},
        "numbers": {"error": True, "errorNum": 7},
        "neither": {"error": True, "reason": "no"},
        "denies": {"error": "false", "errorMessage": "no", "errorNum": 7},
    }

    read = {name: job(500, {"x-arango-async-id": "7"}, body).errors[0] for name, body in told.items()}
    assert {name: (error.message, error.code) for name, error in read.items()} == {
        "says": ("no", "not-successful"),
        "numbers": ("the service gave no reason that can be read", "7"),
        "neither": ("the job failed, and the service gave no reason", "not-successful"),
        "denies": ("the job failed, and the service gave no reason", "not-successful"),
    }


def test_bytes_of_another_type_are_no_answer_of_the_job_manager() -> None:
    """They cannot even be quoted."""
    read = job(500, {"content-type": "application/octet-stream"}, b"\xff\xfe")

    assert (read.errors[0].code, read.errors[0].message) == ("500", "an answer of a form that is not known here")
    assert read.raw == b"\xff\xfe"


def test_errors_name_the_request() -> None:
    """From a message that was written down as from a response."""
    headers = {"x-request-id": "r1", "retry-after": "3"}
    for read in (
        normalize({"status": 404, "headers": headers, "body": NOT_FOUND}, ArangoStatus),
        job(404, headers, NOT_FOUND, "job/GET"),
    ):
        assert (read.errors[0].request_id, read.retry_after) == ("r1", 3.0)


@pytest.mark.parametrize(
    "text",
    [
        '{"status": 200, "headers": {"x-arango-async-id": "7"}, "headers": {}, "body": {"result": true}}',
        '{"status": 200, "headers": {}, "body": {"result": false}, "body": {"result": true}}',
        '{"status": 200, "headers": {}, "body": {"error": true, "error": false, "result": true}}',
        '{"status": 200, "headers": {"content-type": "text/html", "content-type": "application/json"}, '
        '"body": {"result": true}}',
    ],
)
def test_what_a_meaning_hangs_on_is_said_once(text: str) -> None:
    """Else nothing is concluded."""
    read = normalize(text, "arangodb/job-cancel/PUT")

    assert (read.state, read.accepted) == (JobState.UNKNOWN, None)
    assert [error.code for error in read.errors] == ["duplicate-key"]


def test_a_token_that_a_job_brings_is_never_shown() -> None:
    """A login may be deferred as any request."""
    read = job(200, {"x-arango-async-id": "7"}, {"jwt": "eyJhbGciOi"})

    assert read.result == {"jwt": "eyJhbGciOi"}
    assert read.to_dict()["details"]["body"] == {"jwt": "***"}


@pytest.mark.parametrize(
    "body",
    [
        {"jwt": "eyJhbGciOi"},
        {"JWT": "eyJhbGciOi"},
        {**NOT_FOUND, "jwt": "eyJhbGciOi"},
        {**NOT_FOUND, "errorMessage": 'got {"jwt":"eyJhbGciOi"}'},
        [{"error": True, "errorNum": 1, "errorMessage": "no", "jwt": "eyJhbGciOi"}, '{"jwt":"eyJhbGciOi"}'],
        '{"jwt":"eyJhbGciOi","must_change_pass',
        json.dumps('{"jwt":"eyJhbGciOi"}'),
    ],
)
@pytest.mark.parametrize("media", ["application/json", "text/plain"])
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("path", ["job/PUT", "job/GET", "submit/POST"])
def test_a_token_is_shown_nowhere(path: str, status: int, media: str, body: Any) -> None:
    """Not in `repr`, errors or text either, however it came."""
    read = job(status, {"x-arango-async-id": "7", "content-type": media}, body, path)
    shown = f"{read!r}{read.details!r}{read.errors!r}{read.findings!r}{read.response!r}{json.dumps(read.to_dict())}"

    assert "eyJhbGciOi" not in shown


# Endpoints of others.


class Version(Record):
    """What the server is."""

    server: str
    version: str


@arangodb("version/PUT", operation=Operation.RESULT)
class VersionAnswer(ArangoAnswer[Version]):
    """The result of one request, typed."""


@arangodb("version/POST")
class BareVersion(Record):
    """The same, without what stands around it."""

    server: str
    version: str


OWN = jobmodels.collect(VersionAnswer, BareVersion)


def test_results_of_ones_own_are_typed() -> None:
    """A class that names its body is all that it takes."""
    response = Response.json({"server": "arango", "version": "2.1.0"}, 200, {"x-arango-async-id": "7"})
    read = normalize_response(response, VersionAnswer, registry=OWN)

    assert read.details.body == Version(server="arango", version="2.1.0")
    assert (read.state, read.consumed) == (JobState.SUCCEEDED, True)


def test_a_class_may_be_of_the_body_alone() -> None:
    """What stands around it is read all the same, but its receipts have no ticket."""
    response = Response.json({"server": "arango", "version": "2.1.0"})
    read = normalize_response(response, BareVersion, registry=OWN)

    assert read.details == BareVersion(server="arango", version="2.1.0")
    assert (read.state, read.accepted) == (JobState.SUCCEEDED, True)
    receipt = normalize_response(Response(202, {"x-arango-async-id": "7"}), BareVersion, registry=OWN)
    assert (receipt.state, receipt.id, receipt.ticket) == (JobState.PENDING, "7", None)


def test_bodies_of_ones_own_that_do_not_fit_are_reported_where_they_stand() -> None:
    """In the answer, or in the message that was written down."""
    body = {"server": 1, "version": "2.1.0"}
    read = normalize_response(Response.json(body, 200, {"x-arango-async-id": "7"}), VersionAnswer, registry=OWN)
    assert [(finding.rule, finding.path) for finding in read.findings] == [("wrong-type", "/server")]
    whole = {"status": 200, "headers": {}, "body": body, "more": 1}
    read = normalize(whole, VersionAnswer, registry=OWN)
    assert {(finding.rule, finding.path) for finding in read.findings} == {
        ("wrong-type", "/body/server"), ("unknown-key", "/more"),
    }  # fmt: skip


# What holds for any answer.

keys = st.sampled_from(KEYS)
operations = st.sampled_from([None, *Operation])
statuses = st.sampled_from([100, 200, 201, 202, 204, 205, 302, 304, 400, 401, 404, 405, 408, 410, 429, 500, 503, 599])
names = st.sampled_from(
    [*("x-arango-async-id", "x-arango-async-job-id", "x-arango-error-codes"), "retry-after", "date", "a"]
)
texts = st.sampled_from(["7", "18446744073709551615", "0", "foobar", "", '{"1210":1}', '{"1210":', "r1"]) | st.text(
    max_size=3
)
envelopes = st.fixed_dictionaries(
    {"error": st.sampled_from([True, False, "true", 1, None])},
    optional={
        "code": st.sampled_from([400, 404, 410, 503, "404", None]),
        "errorNum": st.sampled_from([21, 404, 1500, 1210, "1500", 4, None]),
        "errorMessage": st.sampled_from(["not found", "", None, 5]),
        "_key": texts,
        "result": st.sampled_from([True, False, "true"]),
    },
)
ids = st.sampled_from(["265413601", "0", "", "all", 7, 2**63, None, True])
bodies = (
    JSON
    | envelopes
    | st.sampled_from(
        [{"result": True}, {"result": "True"}, {"result": 1}, "[1, 2", '{"result": true}', "<title>x</title>"]
    )
    | st.lists(envelopes | ids, max_size=4)
    | envelopes.map(json.dumps)
)
requests = st.none() | st.builds(
    Request,
    st.just("GET"),
    st.sampled_from(["/_api/job/done", "/_api/job/pending/", "/_db/x/_api/job/pending?count=1", "done", ""]),
    headers=st.dictionaries(st.just("X-Arango-Async"), st.sampled_from(["store", "true", "TRUE ", "1", ""])),
)


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a message as an object; text under another content type is no JSON."""
    headers: dict[str, str] | None = draw(st.dictionaries(names, texts, max_size=4) | st.none())
    media = draw(st.sampled_from([None, "application/json", "application/vnd.x+json; a=b", "text/html", "TEXT/plain"]))
    if headers is not None and media is not None:
        headers["content-type"] = media
    status = draw(statuses | st.none())
    foreign = headers is not None and media in ("text/html", "TEXT/plain")
    body = (
        None
        if status in (204, 205, 304)
        else draw(st.sampled_from(["", "x", '{"a":1}', "<h1>x"]) if foreign else bodies)
    )
    return {"status": status, "headers": headers, "body": (body or None) if foreign else body}


def response_of(message: dict[str, Any]) -> Response:
    """Make the response that a message is."""
    text = (message["headers"] or {}).get("content-type", "").lower() in ("text/html", "text/plain")
    body = message["body"] if text else json.dumps(message["body"])
    return Response(message["status"], message["headers"], body)


def told(read: Job[Any]) -> Any:
    """Give all that a job tells, but for paths."""
    pathless = [attrs.evolve(error, path="") for error in read.errors]
    findings = sorted((finding.rule, finding.message) for finding in read.findings)
    return plain(attrs.evolve(read, errors=tuple(pathless), findings=())), findings


@LAWS
@given(keys, operations, messages(), requests)
@example(HOME, None, {"status": 200, "headers": {}, "body": "{}x"}, None)
@example(Key("arangodb/job-cancel/PUT"), None, {"status": None, "headers": None, "body": "[1, 2"}, None)
def test_a_message_written_down_is_read_as_its_response(
    key: Key, operation: Operation | None, message: dict[str, Any], request_: Request | None
) -> None:
    """But for `raw`, `response`, and the paths."""
    received = normalize_response(response_of(message), key, operation, "7", request_)
    if request_ is None:
        assert told(normalize(message, key, operation, "7")) == told(received)
        assert told(normalize([message], key, operation, "7")) == told(received)
    bare = message["status"] is None and message["headers"] is None
    assert jobmodels.unstructure(received.details) == (message["body"] if bare else message)


@LAWS
@given(keys, operations, messages(), requests)
def test_the_rules_for_all_states_hold(
    key: Key, operation: Operation | None, message: dict[str, Any], request_: Request | None
) -> None:
    """A failure has an error, a receipt a ticket; only the answer of a job ends one, and only a result is consumed."""
    read = normalize_response(response_of(message), key, operation, None, request_)

    assert read.errors or read.state is not JobState.FAILED
    assert (read.ticket is not None) == (read.operation is Operation.SUBMIT and read.state is JobState.PENDING)
    assert read.consumed is None or read.operation is Operation.RESULT
    assert read.finished is None or read.state is not JobState.NOT_FOUND
    assert not (read.operation in {"cancel", "delete", "delete_all", "delete_expired", "list"} and read.finished)
    if read.operation is Operation.RESULT and message["headers"] is not None:
        named = {"x-arango-async-id", "x-arango-async-job-id"} & message["headers"].keys()
        assert read.consumed if named else not read.finished
    if message["headers"] is None and read.operation is not Operation.SUBMIT:
        assert read.state in {JobState.UNKNOWN, JobState.NOT_FOUND}
        assert read.finished is None


@LAWS
@given(keys, messages(), st.sampled_from([str.upper, str.title, str.swapcase]), st.sampled_from([" ", "\n\t", "\r\n "]))
def test_letter_case_and_blanks_change_nothing(key: Key, message: dict[str, Any], spell: Any, blanks: str) -> None:
    """Names of headers are found however they are spelled; blanks around JSON are none of it."""
    response = response_of(message)
    headers = None if message["headers"] is None else {spell(name): text for name, text in message["headers"].items()}
    assert told(normalize_response(attrs.evolve(response, headers=headers), key)) == told(
        normalize_response(response, key)
    )
    if response.content_type not in ("text/html", "text/plain"):
        spaced = attrs.evolve(response, body=f"{blanks}{response.body!s}{blanks}")
        assert told(normalize_response(spaced, key)) == told(normalize_response(response, key))


anything = (
    st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2) | st.dictionaries(names, JSON)
)


@LAWS
@given(keys, operations, anything, anything, bodies)
def test_nothing_in_a_message_raises(
    key: Key, operation: Operation | None, status: Any, headers: Any, body: Any
) -> None:
    """Status, headers and body may be anything."""
    message = {"status": status, "headers": headers, "body": body}
    read = normalize(message, key, operation)

    assert read.details.status is status
    assert read.raw is message
    assert json.dumps(read.to_dict())


@LAWS
@given(keys, operations, statuses | st.none(), st.dictionaries(names, texts) | st.none(), st.binary() | st.text())
def test_no_bytes_raise(key: Key, operation: Operation | None, status: int | None, headers: Any, body: Any) -> None:
    """Whatever stands around them."""
    read = normalize_response(Response(status, headers, body), key, operation)

    assert json.dumps(read.to_dict())
    assert isinstance(read.details, ArangoAnswer)
