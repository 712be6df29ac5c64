"""DatoCMS beyond its cases: how it is asked, what its classes give, and that the cases cover its contracts page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Job, JobError, JobState, Key, Operation, Origin, Request, Response, Ticket, normalize
from jobmodels._cases import find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._read import ask_for
from jobmodels._types import required_keys
from jobmodels.errors import NotAskable
from jobmodels.systems.datocms import (
    ApiError,
    BareJobResult,
    BulkMeta,
    BulkResult,
    Document,
    Entity,
    ExportResult,
    ImportResult,
    ItemError,
    JobResult,
    JobResultAttributes,
    JobResultDetails,
    JobResultError,
    JobResultEvent,
    JobResultEventDetails,
    JobResultListDetails,
    SimpleJobResult,
    SubmitDetails,
    ValidationResult,
    datocms,
)
from jobmodels.systems.datocms._errors import errors
from tests.strategies import JSON, LAWS

FOLDER = find_folder("jobmodels", "fixtures")
assert FOLDER is not None
CASES = [load_case(path, FOLDER) for path in find_cases(FOLDER / "datocms")]
KEYS = sorted(key for key in jobmodels.registry() if key.system == "datocms")
RESULT, EVENT, LIST, SUBMIT = (
    "datocms/job-result/GET",
    "datocms/job-result-event/POST",
    "datocms/job-result-list/GET",
    "datocms/submit/POST",
)
# Rows of the state table, raw samples and error shapes of the contracts page, in order; then its rules for all systems,
# but for those on signatures, on waiting and on ids, which no recorded answer can show.
PLACES = {"S": range(1, 22), "R": range(1, 17), "E": range(1, 5), "X": (*range(2, 13), 15)}
ROWS = {f"{letter}{number}" for letter, numbers in PLACES.items() for number in numbers}


def job(payload: Any, key: str = RESULT, **given: Any) -> Job[Any]:
    """Read an answer."""
    return normalize(payload, key, **given)


def answer(body: Any, status: int = 200, headers: Any = (), key: str = RESULT, **given: Any) -> Job[Any]:
    """Read a response with a JSON body."""
    return jobmodels.normalize_response(Response.json(body, status, headers), key, **given)


def result(status: Any, payload: Any = None, **more: Any) -> dict[str, Any]:
    """Make the answer of a poll."""
    return {"data": {"id": "34", "type": "job_result", "attributes": {"status": status, "payload": payload, **more}}}


# The cases.


def test_every_row_of_the_contracts_is_shown() -> None:
    """Each row of the state table, each sample, each error shape and each rule is the source of a case."""
    shown = {row for case in CASES for row in re.findall(r"\b[SREX]\d+\b", case.source)}

    assert sorted(ROWS - shown) == []
    assert sorted(shown - ROWS) == []


def test_every_word_of_the_state_table_occurs() -> None:
    """Each native word that the system translates is the native state of a case."""
    assert datocms.states.keys() <= {str(case.expect.get("native_state")) for case in CASES}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case_that_goes_well_and_one_that_does_not(key: Key) -> None:
    """A list goes well where it lists, a submit where it is accepted, all else where the job does."""
    good = [
        case.expect.get("state") == "succeeded"
        or case.expect.get("accepted") is True
        or case.expect.get("errors") == []
        for case in CASES
        if case.key == key
    ]

    assert {True, False} <= set(good)


def test_every_case_is_a_claim_about_a_fact() -> None:
    """Names are in kebab-case, `about` is one statement that ends in a full stop, and each claims a state."""
    for case in CASES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.path.stem), case.path
        assert case.about.endswith("."), case.path
        assert "state" in case.expect, case.path


# How it is asked. Source: contracts page of DatoCMS, 2.1 and 2.6.

FIXED = {"content-type": "application/json", "accept": "application/json", "x-api-version": "3"}
TICKET = Ticket(Key(RESULT), "4235")


@pytest.mark.parametrize("operation", ["status", "result"])
def test_a_poll_is_the_request_of_the_vendors_client(operation: str) -> None:
    """Status and result are one call; who may ask is for the sender to add."""
    assert datocms.request(operation, TICKET) == Request("GET", "/job-results/4235", {}, FIXED)


def test_a_job_of_a_sandbox_is_asked_for_there() -> None:
    """The environment is that of the submit."""
    asked = datocms.request("status", TICKET, environment="sandbox")

    assert asked == Request("GET", "/job-results/4235", {}, {**FIXED, "x-environment": "sandbox"})


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, {}),
        ({"offset": 0, "limit": 20}, {"page[offset]": "0", "page[limit]": "20"}),
        ({"limit": 20}, {"page[limit]": "20"}),
    ],
)
def test_a_list_is_asked_for_as_the_seed_does(options: dict[str, Any], query: dict[str, str]) -> None:
    """It needs no ticket; the page is not yet quoted."""
    assert datocms.request("list", **options) == Request("GET", "/job-results", query, FIXED)
    assert datocms.request("list", TICKET, environment="main").headers["x-environment"] == "main"


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("submit", "it is not known here which one is wanted"),
        ("cancel", "its jobs cannot be cancelled"),
        ("delete", "its jobs cannot be deleted"),
        ("delete_all", "its jobs cannot be deleted"),
        ("delete_expired", "its jobs cannot be deleted"),
    ],
)
def test_there_is_no_other_operation(operation: str, reason: str) -> None:
    """A job is meant to be invisible."""
    with pytest.raises(NotAskable, match=reason):
        datocms.request(operation, TICKET)


@pytest.mark.parametrize("name", ["", " ", "\t", ".", "..", "a\nb", "\ud800", "\x00"])
def test_an_id_that_leads_elsewhere_is_refused(name: str) -> None:
    """An empty one would ask for the list, two dots for what stands above it."""
    with pytest.raises(NotAskable):
        datocms.request("result", Ticket(Key(RESULT), name))
    with pytest.raises(NotAskable):
        datocms.request("result")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("3d09f4598d32b4cee566e6d4", "3d09f4598d32b4cee566e6d4"),
        ("job-id-123", "job-id-123"),
        ("a/../b", "a%2F..%2Fb"),
        ("a?b#c d%", "a%3Fb%23c%20d%25"),
        ("ä", "%C3%A4"),
        ("...", "..."),
    ],
)
def test_any_other_id_is_quoted(name: str, path: str) -> None:
    """It stays one part of the path."""
    assert datocms.request("result", Ticket(Key(RESULT), name)).path == f"/job-results/{path}"


@pytest.mark.parametrize("environment", ["", " ", "a\r\nx: y", "ä", 7])
def test_an_environment_that_no_header_carries_is_refused(environment: Any) -> None:
    """Nothing is smuggled into the headers."""
    with pytest.raises(NotAskable, match="text that a header can carry"):
        datocms.request("status", TICKET, environment=environment)


@pytest.mark.parametrize("options", [{"offset": -1}, {"limit": True}, {"limit": "20"}, {"offset": 1.0}, {"page": 1}])
def test_a_page_that_is_none_is_refused(options: dict[str, Any]) -> None:
    """Offset and limit are whole numbers; there are no other options."""
    with pytest.raises(NotAskable):
        datocms.request("list", **options)


# The classes.


@pytest.mark.parametrize(
    ("cls", "keys"),
    [
        (JobResultDetails, {"data"}),
        (JobResult, {"type", "attributes"}),
        (JobResultAttributes, {"status"}),
        (SimpleJobResult, {"type", "status"}),
        (BareJobResult, {"status", "payload"}),
        (JobResultError, {"message"}),
        (JobResultListDetails, {"data"}),
        (JobResultEventDetails, {"event", "data"}),
        (JobResultEvent, {"jobId", "status"}),
        (SubmitDetails, set()),
        (ApiError, {"type", "attributes"}),
        (Entity, {"type"}),
        (BulkResult, {"meta"}),
        (Document, {"data"}),
        (ImportResult, {"imported_records"}),
        (ExportResult, {"download_url"}),
        (ValidationResult, {"errors"}),
        (ItemError, {"item_id", "message"}),
    ],
)
def test_a_class_is_told_by_its_required_keys(cls: type, keys: set[str]) -> None:
    """Those of the contracts and of the seed."""
    assert required_keys(cls) == keys


@pytest.mark.parametrize(
    ("payload", "cls"),
    [
        ({"imported_records": 1, "errors": []}, ImportResult),
        ({"imported_records": 1, "data": [], "meta": {}}, ImportResult),
        ({"download_url": "u", "errors": []}, ExportResult),
        ({"data": [], "meta": {}}, BulkResult),
        ({"meta": {}}, BulkResult),
        ({"data": None, "errors": []}, Document),
        ({"errors": []}, ValidationResult),
        ({}, dict),
        ("text", str),
    ],
)
def test_where_several_classes_match_the_first_is_taken(payload: Any, cls: type) -> None:
    """An import has errors as a validation has, a bulk operation has data as any other answer has."""
    assert type(job(result(200, payload)).result) is cls


FORMS = [
    result(200, {"data": None}, statusText="OK"),
    {"id": "34", "type": "job_result", "status": 200, "statusText": "OK", "payload": {"data": None}},
    result(200, {"data": None}, statusText="OK")["data"],
]


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_are_read_alike(form: Any) -> None:
    """What differs is only where things stand."""
    details = job(form).details

    assert isinstance(details, JobResultDetails)
    assert (details.id, details.status, details.error) == ("34", 200, None)
    assert details.payload == details.result == Document(data=None)
    assert details.told is not None
    assert details.told.status_text == "OK"
    assert (job(form).state, job(form).id, job(form).message) == ("succeeded", "34", "OK")


@pytest.mark.parametrize(
    "form", [{"data": [{"type": "api_error", "attributes": {"code": "NOT_FOUND"}}]}, "x", None, {}]
)
def test_an_answer_without_a_job_result_gives_none(form: Any) -> None:
    """Nothing is invented."""
    details = job(form).details

    assert (details.id, details.status, details.payload, details.error, details.result) == (None,) * 5
    assert details.told is None


def test_the_result_of_the_second_shape_is_the_result() -> None:
    """Its error is typed too."""
    imported = job(result("success", result={"imported_records": 2})).details
    failed = job(result("error", error={"message": "Export timeout"})).details

    assert imported.result == ImportResult(imported_records=2)
    assert imported.payload is None
    assert failed.error == JobResultError(message="Export timeout")


def test_classes_can_be_made_by_hand() -> None:
    """And are read as answers are."""
    attributes = JobResultAttributes(status=200, payload=BulkResult(meta=BulkMeta(successful=1, failed=1), data=[]))
    details = JobResultDetails(data=JobResult(id="34", type="job_result", attributes=attributes))

    assert normalize(details, JobResultDetails).state == "partially_succeeded"
    assert JobResultDetails.from_api_response(jobmodels.unstructure(details)) == details


@pytest.mark.parametrize(
    ("data", "entities"),
    [
        ([{"type": "item", "id": "1"}, 7], (Entity(type="item", id="1"), 7)),
        ({"type": "item", "id": "1"}, (Entity(type="item", id="1"),)),
        ([], ()),
        (None, ()),
        ("odd", ("odd",)),
    ],
)
def test_the_resources_of_a_payload_are_a_sequence(data: Any, entities: tuple[Any, ...]) -> None:
    """Whether there is one, several or none."""
    assert jobmodels.structure({"data": data}, Document).entities == entities
    assert jobmodels.structure({"data": data, "meta": {}}, BulkResult).entities == entities


def test_a_member_called_body_is_no_answer() -> None:
    """Only what has no envelope is read as a job result without one."""
    read = job({"data": None, "body": {"status": 200, "payload": None}})

    assert (read.state, read.errors[0].code) == ("unknown", "unexpected-shape")


WEBHOOK = {"type": "webhook", "id": "1", "attributes": {"http_basic_user": "u", "http_basic_password": "s3cret"}}
SSO = {"type": "sso_settings", "id": "1", "attributes": {"scim_api_token": "s3cret", "saml_token": "s3cret"}}
TRIGGER = {"type": "build_trigger", "attributes": {"adapter_settings": {"api_token": "s3cret"}, "webhook_token": None}}


@pytest.mark.parametrize("entity", [WEBHOOK, SSO, TRIGGER])
@pytest.mark.parametrize("key", [RESULT, SUBMIT])
def test_what_a_resource_keeps_secret_is_not_shown(entity: dict[str, Any], key: str) -> None:
    """Neither what a job gives nor what a submit does at once; raw still has it."""
    read = job(result(200, {"data": entity}) if key == RESULT else {"data": entity}, key)

    assert "s3cret" in json.dumps(read.raw)
    assert read.state == "succeeded"
    for shown in (repr(read), str(read), repr(read.details), repr(read.result), json.dumps(read.to_dict())):
        assert "s3cret" not in shown
    assert '"webhook_token": "***"' not in json.dumps(read.to_dict())


# What headers say.


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-reset": "3"}, 3.0),
        ({"X-RateLimit-Reset": " 0 "}, 0.0),
        ({"x-ratelimit-reset": "1.5"}, 1.5),
        ({"x-ratelimit-reset": "999999999"}, 999999999.0),
        ({"x-ratelimit-reset": "1700000000000"}, None),
        ({"x-ratelimit-reset": "-3"}, None),
        ({"x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-reset": "NaN"}, None),
        ({"x-ratelimit-reset": "٣"}, None),
        ({"x-ratelimit-reset": ""}, None),
        ({"x-ratelimit-reset": "soon", "retry-after": "7"}, 7.0),
        ({"x-ratelimit-reset": "3", "retry-after": "7"}, 3.0),
        ({}, None),
    ],
)
def test_a_limit_says_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """Whole seconds; what is none of that says nothing, and ten digits are a moment."""
    assert answer({"data": []}, 429, headers).retry_after == seconds


def test_an_answer_that_is_no_refusal_asks_nobody_to_wait() -> None:
    """The header tells then when the count begins anew."""
    assert answer(result(200), 200, {"x-ratelimit-reset": "3"}).retry_after is None
    assert answer(result(200), 404, {"x-ratelimit-reset": "3"}).retry_after == 3.0


# What was asked decides.

NOT_FOUND = {"data": [{"id": "x", "type": "api_error", "attributes": {"code": "NOT_FOUND", "details": {}}}]}
LIMIT = {"data": [{"id": "x", "type": "api_error", "attributes": {"code": "RATE_LIMIT_EXCEEDED", "transient": True}}]}


@pytest.mark.parametrize(
    ("operation", "state", "accepted", "ambiguous"),
    [
        ("status", "pending", None, True),
        ("result", "pending", None, True),
        ("list", "unknown", None, False),
        ("cancel", "unknown", False, False),
        ("delete", "unknown", False, False),
        ("submit", "failed", False, False),
    ],
)
def test_what_is_not_found_depends_on_the_question(
    operation: str, state: str, accepted: bool | None, ambiguous: bool
) -> None:
    """Only a poll may be early."""
    read = answer(NOT_FOUND, 404, operation=operation)

    assert (read.state, read.accepted, read.ambiguous) == (state, accepted, ambiguous)
    assert bool(read.errors) is not ambiguous


def test_an_error_may_say_by_itself_that_it_passes() -> None:
    """Where no status line does, the vendor's word decides whether a submit is open."""
    for read in (job(LIMIT, SUBMIT), answer(LIMIT, 200, key=SUBMIT)):
        assert (read.state, read.finished, read.accepted) == (JobState.UNKNOWN, None, False)
        assert read.errors[0].transient is True


def test_the_list_of_one_answer_is_that_answer() -> None:
    """Under every key; places are those of the list."""
    assert job([NOT_FOUND]).state == "pending"
    assert job([{"data": {"type": "job", "id": 7}}], SUBMIT).findings[0].path == "/0/data/id"
    assert job([{"data": {"type": "item", "id": "7"}}], SUBMIT).state == "succeeded"
    listed = job('[{"data": [{"type": "job_result", "attributes": {"status": "error", "status": "success"}}]}]', LIST)
    assert listed.listing is not None
    assert listed.listing.jobs[0].errors[0].code == "duplicate-key"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('{"meta": {"failed": 1, "failed": 2}}', "/meta/failed"),
        ('[{"data": [], "meta": {"failed": 1, "failed": 2}}]', "/0/meta/failed"),
    ],
)
def test_counts_given_twice_leave_a_synchronous_answer_open(body: str, path: str) -> None:
    """Alone or in a list, and the error says where."""
    assert [(error.code, error.path) for error in job(body, SUBMIT).errors] == [("duplicate-key", path)]


@pytest.mark.parametrize("status", [100, 302, 304])
def test_what_is_neither_done_nor_refused_is_unknown(status: int) -> None:
    """A redirect is no answer to a submit."""
    assert answer({"data": {"type": "job", "id": "7"}}, status, key=SUBMIT).state == "unknown"


@pytest.mark.parametrize("body", [[], {}, {"data": []}, [1, 2], "text", 5, None, True])
def test_whatever_is_done_at_once_is_done(body: Any) -> None:
    """The status line says so."""
    read = answer(body, 200, key=SUBMIT)

    assert (read.state, read.id, read.errors) == ("succeeded", None, ())


def test_a_bare_text_is_no_answer_to_a_submit() -> None:
    """Nothing says that it worked."""
    assert job("Bad gateway", SUBMIT).state == "unknown"


def test_under_the_key_of_polls_a_receipt_is_a_receipt() -> None:
    """Logs may have one key for all."""
    read = answer({"data": {"type": "job", "id": "7"}}, 202, operation="submit")

    assert (read.state, read.id) == ("pending", "7")


def test_a_list_has_entries_for_resources_only() -> None:
    """Anything else below 400 is none."""
    bodies: list[Any] = ["text", {}, {"data": {}}, 7]
    for body in bodies:
        read = answer(body, key=LIST)
        assert (read.state, read.listing, read.errors[0].code) == ("unknown", None, "unexpected-shape")
    assert jobmodels.normalize_response(Response(200, (), b""), LIST).errors[0].code == "empty-body"
    assert answer([], 500, key=LIST).errors[0].origin is Origin.TRANSPORT


# What went wrong.


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"code": "A", "details": {"message": "why"}}, ("A", "why", None)),
        ({"code": "A", "details": {"message": "", "field": "f"}}, ("A", "A", "f")),
        ({"code": "A", "details": {"field": "f", "code": "B"}}, ("A", "B", "f")),
        ({"code": "A", "details": {"field": ["x", "y"]}}, ("A", "x, y", "field")),
        ({"code": "A", "details": {"b": ["x"], "a": ["y"]}}, ("A", "a: y; b: x", None)),
        ({"code": "A", "details": {"b": [], "field": 7}}, ("A", "A", None)),
        ({"code": "A", "details": {"b": [7]}}, ("A", "A", None)),
        ({"code": "A", "details": ["odd"]}, ("A", "A", None)),
        ({"code": "A"}, ("A", "A", None)),
        ({"code": 7, "details": {"code": "B"}}, (None, "B", None)),
        (None, (None, "the service gave no reason that can be read", None)),
    ],
)
def test_an_error_says_what_it_is_about(attributes: Any, told: tuple[Any, ...]) -> None:
    """In texts about fields, in its sentence, or in its innermost code."""
    document = {"data": ["odd", {"type": "other"}, {"type": "api_error", "attributes": attributes}]}
    (error,) = errors(ask_for(RESULT, None, None), document)

    assert (error.code, error.message, error.field) == told
    assert (error.origin, error.path) == (Origin.MANAGER, "/data/2")


@pytest.mark.parametrize(
    "document", [None, "text", [], {}, {"data": None}, {"data": {"type": "api_error"}}, {"data": []}]
)
def test_anything_else_is_no_error_answer(document: Any) -> None:
    """Errors come in a list."""
    assert errors(ask_for(RESULT, None, None), document) == ()


def first(payload: Any) -> JobError:
    """Give the first error of a job."""
    return job(payload).errors[0]


def test_a_failed_job_tells_one_resource_alone_too() -> None:
    """The payload need not be a list; nor need all of it be errors."""
    one = {"type": "api_error", "attributes": {"code": "A", "transient": "true"}}
    read = job(result(422, {"data": one, "meta": {"failed": 1}}))

    assert [(error.code, error.path) for error in read.errors] == [("A", "/data/attributes/payload/data")]
    assert read.errors[0].transient is True
    assert "number-as-text" in {finding.rule for finding in read.findings}
    assert first(result(422, {"data": [{"type": "item"}, 7]})).code == "422"
    assert first(result(503, {"something": "else"})).transient is True


@pytest.mark.parametrize("status", [199, 300, 399, 600, -1, 0, 10**30, 200.5, [], {}])
def test_no_other_number_is_a_status(status: Any) -> None:
    """It is unknown how the job ended."""
    read = job(result(status))

    assert (read.state, read.finished, first(result(status)).code) == ("unknown", None, "unknown-state")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"item_id": True, "message": "m"}, ("m", None, None)),
        ({"item_id": "1", "message": "m", "field": "slug"}, ("m", "1", {"field": "slug"})),
        ({"why": 1}, ("the service gave no reason that can be read", None, {"why": 1})),
        (7, ("the service gave no reason that can be read", None, None)),
    ],
)
def test_an_entry_of_an_import_is_an_error_of_an_item(entry: Any, told: tuple[Any, ...]) -> None:
    """Whatever it is."""
    read = job(result("success", result={"imported_records": 1, "errors": [entry]}))

    assert [(error.message, error.item, error.details) for error in read.errors] == [told]
    assert read.state == "partially_succeeded"


def test_an_import_that_does_not_say_how_many_may_have_imported_some() -> None:
    """What is no count is not nought."""
    assert job(result("success", result={"imported_records": None, "errors": ["x"]})).state == "partially_succeeded"
    assert job(result("success", result={"imported_records": 0, "errors": []})).state == "succeeded"
    assert job(result("success", result={"imported_records": 0, "errors": None})).state == "succeeded"


def test_a_meta_that_is_none_counts_nothing() -> None:
    """It is kept as it came."""
    read = job(result(200, {"data": [], "meta": ["odd"]}))

    assert (read.state, read.counts, read.result.meta) == ("succeeded", None, ["odd"])


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({"event": "job-result", "data": {"status": 200}}, "/data/jobId"),
        ({"event": "job-result", "data": {"jobId": "1"}}, "/data/status"),
        ({"event": "job-result", "data": None}, "/data"),
        ({"event": "other", "data": {"jobId": "1", "status": 200}}, "/event"),
        ({"jobId": "1"}, "/status"),
        ([], ""),
    ],
)
def test_an_event_that_tells_nothing_says_where(payload: Any, path: str) -> None:
    """Never a success."""
    read = job(payload, EVENT)

    assert (read.state, read.finished, read.errors[0].path) == ("unknown", None, path)


def test_an_event_gives_what_a_poll_gives() -> None:
    """The same access to both of its forms."""
    event = {"jobId": "34", "status": 200, "payload": {"meta": {"successful": 1}}}

    for form in (event, {"event": "job-result", "data": json.dumps(event)}):
        details = job(form, EVENT).details
        assert isinstance(details, JobResultEventDetails)
        assert (details.id, details.status) == ("34", 200)
        assert details.result == BulkResult(meta=BulkMeta(successful=1))


# Laws.

HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "x-ratelimit-reset", "Retry-After", "X-Request-Id"]),
    st.sampled_from(["application/json", "application/vnd.api+json", "text/html", "3", "-3", "NaN"])
    | st.text(max_size=5),
)
WORDS = st.sampled_from(
    ["job", "job_result", "api_error", "NOT_FOUND", "success", "error", "pending", "job-result", "200", "413", "1", ""]
)
NAMES = st.sampled_from(
    [
        *("data", "type", "id", "attributes", "status", "payload", "meta", "successful", "failed", "result", "errors"),
        *("imported_records", "error", "message", "code", "details", "transient", "jobId", "event", "total_count"),
    ]
)
LEAVES = st.none() | st.booleans() | WORDS | st.sampled_from([0, 1, 200, 204, 404, 413, 422, 500, 1.5])
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=5)
        | st.fixed_dictionaries(
            {"type": st.just("job_result"), "attributes": st.dictionaries(NAMES, inner, max_size=4)}
        )
        | st.fixed_dictionaries({"type": st.just("api_error"), "attributes": st.dictionaries(NAMES, inner, max_size=4)})
        | st.fixed_dictionaries({"data": inner})
        | st.dictionaries(NAMES, inner, max_size=3).map(json.dumps)
    ),
    max_leaves=12,
)


@LAWS
@given(
    st.sampled_from(KEYS),
    st.sampled_from(list(Operation)),
    st.sampled_from([None, 200, 201, 202, 204, 302, 404, 429, 500]),
    HEADERS,
    DOCUMENTS.map(json.dumps) | JSON.map(json.dumps) | st.binary(max_size=20),
)
def test_nothing_raises_and_no_success_is_without_proof(
    key: Key, operation: Operation, status: int | None, headers: dict[str, str], body: Any
) -> None:
    """A failed job has an error, a job that is open no verdict, a refusal no success."""
    read = jobmodels.normalize_response(Response(status, headers, body), key, operation)

    assert repr(read)
    assert json.dumps(read.to_dict(), allow_nan=False)
    assert read.errors or read.state is not JobState.FAILED
    assert read.finished is not True or read.state is not JobState.PENDING
    if status is not None and status >= 400:
        assert read.state in {JobState.UNKNOWN, JobState.PENDING, JobState.FAILED}
        assert read.state is not JobState.FAILED or operation is Operation.SUBMIT


@LAWS
@given(DOCUMENTS, DOCUMENTS, LEAVES)
def test_the_envelope_changes_nothing(payload: Any, given_result: Any, status: Any) -> None:
    """A job result means the same as JSON:API sends it and as the vendor's client gives it."""
    attributes = {"status": status, "payload": payload, "result": given_result}
    wire = job({"data": {"type": "job_result", "id": "34", "attributes": attributes}})
    flat = job({"type": "job_result", "id": "34", **attributes})

    assert (wire.state, wire.finished, wire.id, wire.native_state) == (
        flat.state,
        flat.finished,
        flat.id,
        flat.native_state,
    )
    assert (wire.counts, wire.message, wire.result) == (flat.counts, flat.message, flat.result)
    assert [error.path.removeprefix("/data/attributes") for error in wire.errors] == [
        error.path for error in flat.errors
    ]


@LAWS
@given(DOCUMENTS, st.sampled_from(KEYS))
def test_details_give_the_document_back(document: Any, key: Key) -> None:
    """Exactly, but that a list of one job is that job and JSON text is decoded."""
    read = job({"data": document}, key)

    assert jobmodels.unstructure(read.details) == {"data": document}
