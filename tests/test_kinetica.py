"""Kinetica: how it is asked, what stands inside the wrapper, its Avro, and that the cases cover its contracts page."""

from __future__ import annotations

import io
import json
import re
import sys
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastavro import schemaless_reader, schemaless_writer
from hypothesis import example, given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Job, JobState, Key, Operation, Request, Response, Ticket, normalize, normalize_response, structure
from jobmodels._cases import find_cases, load_case
from jobmodels._convert import unstructure
from jobmodels._folders import find_folder
from jobmodels._json import same
from jobmodels._types import required_keys
from jobmodels.errors import DecodeError, NotAskable
from jobmodels.systems.kinetica import (
    AdminShowJobsResponse,
    CreateJobDetails,
    DecodedGetJob,
    GetJobDetails,
    GetJobResponse,
    ShowJobsDetails,
    ShownJob,
    details,
    kinetica,
    records,
)
from jobmodels.systems.kinetica._avro import MAX_BYTES, MAX_ITEMS, decode
from jobmodels.systems.kinetica._avro_schemas import RESPONSES, WRAPPER
from tests.strategies import ANSWERS, LAWS

FOLDER = find_folder("jobmodels", "fixtures")
assert FOLDER is not None
CASES = [load_case(path, FOLDER) for path in find_cases(FOLDER / "kinetica")]
JOB = Key("kinetica/get-job/POST")
AVRO = {"content-type": "application/octet-stream"}
LARGEST = 2**63 - 1


# The cases.


def test_the_cases_cover_the_contracts_page() -> None:
    """Each row of the state table, each raw sample, each error shape, each rule that can apply to what is read."""
    told = {row for case in CASES for row in re.findall(r"\b[SREX]\d+\b", case.source)}
    last = {"S": 17, "R": 16, "E": 3}
    rows = {f"{letter}{number}" for letter, end in last.items() for number in range(1, end + 1)}
    rules = {f"X{number}" for number in (2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 15)}

    assert told == rows | rules


def test_every_key_has_a_case_that_goes_well_and_one_that_does_not() -> None:
    """A list and a cancel go well without an error; a submit is accepted."""
    for key in {key for key in jobmodels.registry() if key.system == "kinetica"}:
        own = [case.expect for case in CASES if case.key == key]
        assert any(expect.get("errors") == [] for expect in own)
        assert any(expect.get("/errors/0/origin") == "manager" for expect in own)


def test_every_word_of_the_state_table_occurs() -> None:
    """As the word of a job."""
    told = {str(case.expect.get("native_state")).lower() for case in CASES}

    assert sorted(kinetica.states.keys() - told) == []


def test_no_case_is_silent() -> None:
    """Each claims a state and is named for what happens."""
    for case in CASES:
        assert "state" in case.expect, case.path
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.path.stem), case.path
        assert case.about.endswith("."), case.path


# Asking. Source: contracts 3.6.

HEADERS = {"content-type": "application/json", "accept": "application/json"}
BY_ID = Ticket(JOB, 58426)
BY_TAG = Ticket(JOB, "abc", by="job_tag")
ASKED: list[tuple[str, Ticket | None, dict[str, Any], str, bytes]] = [
    ("status", BY_ID, {}, "/get/job", b'{"job_id": 58426, "options": {}}'),
    ("result", BY_ID, {}, "/get/job", b'{"job_id": 58426, "options": {}}'),
    ("result", BY_TAG, {}, "/get/job", b'{"job_id": 0, "options": {"job_tag": "abc"}}'),
    (
        "submit",
        None,
        {"endpoint": "/alter/table", "data_str": '{"table_name":"t"}'},
        "/create/job",
        b'{"endpoint": "/alter/table", "request_encoding": "json", "data": "", '
        rb'"data_str": "{\"table_name\":\"t\"}", "options": {}}',
    ),
    (
        "submit",
        None,
        {"endpoint": "/x", "data_str": "{}", "job_tag": "a1b2"},
        "/create/job",
        b'{"endpoint": "/x", "request_encoding": "json", "data": "", "data_str": "{}", "options": {"job_tag": "a1b2"}}',
    ),
    ("cancel", BY_ID, {}, "/admin/alter/jobs", b'{"job_ids": [58426], "action": "cancel", "options": {}}'),
    ("cancel", BY_TAG, {}, "/admin/alter/jobs", b'{"job_ids": [], "action": "cancel", "options": {"job_tag": "abc"}}'),
    ("list", None, {}, "/admin/show/jobs", b'{"options": {"show_async_jobs": "true"}}'),
]


@pytest.mark.parametrize(("operation", "ticket", "options", "path", "body"), ASKED)
def test_a_request_is_that_of_the_official_client(
    operation: str, ticket: Ticket | None, options: dict[str, Any], path: str, body: bytes
) -> None:
    """To the byte."""
    assert kinetica.request(operation, ticket, **options) == Request("POST", path, headers=HEADERS, body=body)


@pytest.mark.parametrize("number", [0, 1, -1, LARGEST, -LARGEST - 1])
def test_the_id_of_a_job_is_a_signed_number_of_64_bits(number: int) -> None:
    """No digit of it is lost."""
    body = kinetica.request("status", Ticket(JOB, number)).body

    assert json.loads(body or b"")["job_id"] == number


@pytest.mark.parametrize(
    "name",
    ["", " ", "x", "1.0", "58426.7", "1e3", "+1", "-0", "007", " 7", "7\n", "\u0667", "0x7", "1_0", "NaN", "true", "{}",
     str(LARGEST + 1), str(-LARGEST - 2), "9" * 5000, "1/../2", "1\x00"],
)  # fmt: skip
@pytest.mark.parametrize("operation", ["status", "result", "cancel"])
def test_nothing_else_is_an_id(operation: str, name: str) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(NotAskable):
        kinetica.request(operation, Ticket(JOB, name))


def test_a_tag_may_be_any_text_but_none() -> None:
    """It stands in JSON, where nothing has to be quoted but what JSON quotes."""
    odd = 'a"b/../\u00e9\n\ud800'
    body = kinetica.request("status", Ticket(JOB, odd, by="job_tag")).body

    assert json.loads(body or b"")["options"] == {"job_tag": odd}
    with pytest.raises(NotAskable, match="names no job"):
        kinetica.request("status", Ticket(JOB, " ", by="job_tag"))


@pytest.mark.parametrize(
    ("operation", "ticket", "options", "reason"),
    [
        ("delete", BY_ID, {}, "cannot be deleted"),
        ("delete_all", None, {}, "cannot be deleted"),
        ("delete_expired", None, {}, "cannot be deleted"),
        ("status", None, {}, "names no job"),
        ("cancel", None, {}, "names no job"),
        ("status", Ticket(JOB, "1", by="name"), {}, "by id or by job_tag"),
        ("status", BY_ID, {"endpoint": "/x"}, "are for a submit"),
        ("list", None, {"job_tag": "t"}, "are for a submit"),
        ("submit", None, {}, "takes an endpoint"),
        ("submit", None, {"endpoint": "/x"}, "takes an endpoint"),
        ("submit", None, {"endpoint": "x", "data_str": "{}"}, "takes an endpoint"),
        ("submit", None, {"endpoint": "/x", "data_str": "{}", "job_tag": ""}, "tag is empty"),
        ("list", None, {"page": 2}, "page"),
        ("submit", None, {"endpoint": 5, "data_str": "{}"}, "both text"),
        ("submit", None, {"endpoint": "/x", "data_str": {"a": 1}}, "both text"),
        ("submit", None, {"endpoint": "/x", "data_str": b"{}"}, "both text"),
        ("submit", None, {"endpoint": "/x", "data_str": "{}", "job_tag": 5}, "no text"),
    ],
)
def test_what_cannot_be_asked_says_why(
    operation: str, ticket: Ticket | None, options: dict[str, Any], reason: str
) -> None:
    """Nothing is made up."""
    with pytest.raises(NotAskable, match=reason):
        kinetica.request(operation, ticket, **options)


# What stands inside.


def wrapped(inside: object, kind: str = "get_job", **more: Any) -> dict[str, Any]:
    """Put a document into the wrapper."""
    text = inside if isinstance(inside, str) else json.dumps(inside)
    return {"status": "OK", "message": "", "data_type": f"{kind}_response", "data": "", "data_str": text, **more}


def read(inside: object, **more: Any) -> Job[Any]:
    """Read how a job stands."""
    return normalize(wrapped(inside, **more), JOB)


def test_the_classes_are_told_by_these_keys() -> None:
    """The wrapper by its status; what stands alone by one member; what stands inside by nothing."""
    names = [*details.__all__, *records.__all__]
    told = {name: required_keys(getattr(sys.modules["jobmodels.systems.kinetica"], name)) for name in names}

    assert {name: set(keys) for name, keys in told.items() if keys} == {
        **{name: {"status"} for name in details.__all__},
        "AlteredJob": {"job_id"},
        "DecodedAlterJobs": {"job_ids"},
        "DecodedCreateJob": {"job_id"},
        "DecodedGetJob": {"job_status"},
        "DecodedShowJobs": {"job_id"},
        "ShownJob": {"job_id"},
    }


def test_the_document_is_found_wherever_it_stands() -> None:
    """As text, as an object, where Avro has it, or without a wrapper."""
    job = {"job_status": "DONE", "progress": 100}
    for document in (wrapped(job), wrapped("", data=job), wrapped("", data_str=job), job, [job], json.dumps(job)):
        told = normalize(document, JOB)
        assert told.state is JobState.SUCCEEDED
        assert told.progress == 1.0
        assert not told.errors + told.findings
    inner = structure(wrapped(job), GetJobDetails).response
    assert isinstance(inner, GetJobResponse)
    assert isinstance(inner, DecodedGetJob)
    assert structure(job, GetJobDetails).response == DecodedGetJob(job_status="DONE", progress=100)
    assert structure(wrapped("x"), GetJobDetails).response is None


def test_two_documents_where_one_is_due_are_a_finding() -> None:
    """The one in `data_str` counts; if both are the same there is nothing to say."""
    done, running = {"job_status": "DONE"}, {"job_status": "RUNNING"}
    job = normalize(wrapped(done, data=running), JOB)

    assert job.state is JobState.SUCCEEDED
    assert [(finding.rule, finding.path) for finding in job.findings] == [("contradiction", "/data")]
    assert normalize(wrapped(done, data=done), JOB).findings == ()
    receipt = normalize(wrapped({"job_id": 1}, "create_job", data={"job_id": 2}), "kinetica/create-job/POST")
    assert (receipt.id, [finding.rule for finding in receipt.findings]) == ("1", ["contradiction"])


def result_of(**inside: Any) -> Any:
    """Give the result of a job that is done."""
    job = read({"job_status": "DONE", **inside})
    assert job.details.result == job.result
    return job.result


def test_the_result_is_what_the_job_gave() -> None:
    """Decoded twice more than the answer itself; without a wrapper of its own."""
    again = wrapped({"count": 3}, "alter_table")

    assert result_of(job_response_str='{"a":1}', response_encoding="json") == {"a": 1}
    assert result_of(job_response_str="[1, 2]") == [1, 2]
    assert result_of(job_response_str="prose") == "prose"
    assert result_of(job_response_str=json.dumps(again)) == {"count": 3}
    assert result_of(job_response_str=again) == {"count": 3}
    assert result_of(job_response_str=json.dumps({**again, "data_str": "", "data": "x"})) == "x"
    assert result_of(job_response_str="", job_response="\u00ff\u0000", response_encoding="binary") == b"\xff\x00"
    assert result_of(job_response="\u0001") == b"\x01"
    assert result_of(job_response_str='{"a":1}', response_encoding="binary") == {"a": 1}
    assert result_of(job_response_str=5) == 5


@pytest.mark.parametrize("inside", [{}, {"job_response_str": ""}, {"job_response_str": None, "job_response": ""}])
def test_a_job_that_gave_nothing_has_no_result(inside: dict[str, Any]) -> None:
    """Nor are there bytes."""
    job = read({"job_status": "DONE", **inside})

    assert job.result is None
    assert job.details.job_response_bytes is None
    assert job.result_ready is False
    assert read("broken").result is None
    assert read("broken").details.job_response_bytes is None


@pytest.mark.parametrize("value", [5, "\u0394", {"a": 1}])
def test_what_is_no_bytes_gives_none(value: Any) -> None:
    """Text beyond U+00FF stands for no bytes, and is reported."""
    job = read({"job_status": "DONE", "response_encoding": "binary", "job_response": value})

    assert job.state is JobState.SUCCEEDED
    assert job.details.job_response_bytes is None
    assert [finding.path for finding in job.findings] == ["/data_str/job_response"]
    assert [error.code for error in job.errors] == (["unexpected-shape"] if isinstance(value, str) else [])


@given(st.binary(min_size=1))
def test_bytes_in_json_lose_nothing(content: bytes) -> None:
    """One character for each byte."""
    told = {"job_status": "DONE", "response_encoding": "binary", "job_response": content.decode("latin-1")}

    assert read(told).result == content


def error_of(**inside: Any) -> tuple[str, str | None, str]:
    """Give the one error of a job that failed."""
    job = read({"job_status": "ERROR", **inside})
    assert (job.state, job.finished) == (JobState.FAILED, True)
    ((message, code, path),) = [(error.message, error.code, error.path) for error in job.errors]
    return message, code, path


def test_a_failed_job_has_one_error() -> None:
    """The reason of the service, if there is one anywhere."""
    refused = {"status": "ERROR", "message": "no disk", "data_type": "none"}
    none_given = ("the job failed, and the service gave no reason", "not-successful")

    assert error_of(status_map={"error_message": "x"}) == ("x", None, "/data_str/status_map/error_message")
    assert error_of(status_map={"error_message": " "}) == (*none_given, "/data_str/job_status")
    assert error_of(status_map={"error_message": 7}) == (*none_given, "/data_str/job_status")
    assert error_of(status_map="x") == (*none_given, "/data_str/job_status")
    assert error_of(job_response_str=refused) == ("no disk", None, "/data_str/job_response_str/message")
    assert error_of(job_response_str={**refused, "message": ""}) == (*none_given, "/data_str/job_response_str/status")
    assert error_of(status_map={"error_message": "x"}, job_response_str=refused)[0] == "x"


def test_a_wrapper_with_error_inside_fails_a_job_that_has_ended() -> None:
    """Not one that runs, nor one of which only the word is strange."""
    refused = {"status": "error", "message": "no disk", "data_type": "none", "data_str": ""}

    def state_of(**inside: Any) -> JobState:
        return read({"job_response_str": json.dumps(refused), **inside}).state

    assert state_of(job_status="DONE", successful=True) is JobState.FAILED
    assert state_of(running=False) is JobState.FAILED
    assert state_of(running=True) is JobState.RUNNING
    assert state_of(job_status="RUNNING") is JobState.RUNNING
    assert state_of(job_status="CANCELLED") is JobState.CANCELLED
    assert state_of(job_status="PARKED") is JobState.UNKNOWN
    assert read({"job_status": "DONE", "job_response_str": json.dumps(refused)}).result is None


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        ({"job_status": "RUNNING", "running": False}, "running"),
        ({"job_status": "RUNNING", "successful": True}, "successful"),
        ({"job_status": "DONE", "running": True}, "running"),
        ({"job_status": "DONE", "successful": False}, "successful"),
        ({"job_status": "DONE", "status_map": {"error_message": "x"}}, "status_map/error_message"),
        ({"job_status": "ERROR", "running": True}, "running"),
        ({"job_status": "ERROR", "successful": True}, "successful"),
        ({"job_status": "CANCELLED", "successful": True}, "successful"),
        ({"job_status": "CANCELLED", "status_map": {"error_message": "x"}}, "status_map/error_message"),
        ({"job_status": "RUNNING", "status_map": {"error_message": "x"}}, "status_map/error_message"),
    ],
)
def test_a_contradiction_is_a_finding_and_the_status_decides(inside: dict[str, Any], path: str) -> None:
    """Nothing of it is an error of reading."""
    job = read(inside)

    assert [(finding.rule, finding.path) for finding in job.findings] == [("contradiction", f"/data_str/{path}")]
    assert {error.origin for error in job.errors} <= {"job"}
    assert job.native_state == inside["job_status"]


def test_a_response_given_twice_matters_only_where_a_state_hangs_on_it() -> None:
    """A result is no state; the status of a wrapper in its place is."""
    plain = read('{"job_status":"DONE","job_response_str":"{}","job_response_str":"{\\"a\\":1}"}')
    inner = '{"status":"ERROR","status":"OK","data_type":"x"}'
    wrapper = read({"job_status": "DONE", "job_response_str": inner})

    assert (plain.state, [finding.rule for finding in plain.findings]) == (JobState.SUCCEEDED, ["duplicate-key"])
    assert (wrapper.state, wrapper.finished) == (JobState.UNKNOWN, None)


@pytest.mark.parametrize("status", [7, True, [], {}])
def test_a_wrapper_whose_status_is_no_word_says_nothing(status: Any) -> None:
    """Nobody knows whether the call went well, nor whether the job has ended."""
    job = normalize({**wrapped({"job_status": "DONE"}), "status": status}, JOB)

    assert (job.state, job.finished) == (JobState.UNKNOWN, None)
    assert [error.code for error in job.errors] == ["unknown-state"]


def test_a_call_that_went_well_says_nothing_of_the_job() -> None:
    """`OK` is no word of a job."""
    job = read({"job_status": "OK"})

    assert (job.state, job.finished, job.native_state) == (JobState.UNKNOWN, False, "OK")
    assert normalize({"status": "OK"}, JOB).native_state == "OK"


@pytest.mark.parametrize("data_type", ["get_job_response", "get_job_request", "none", "", " ", None, 5])
def test_a_data_type_that_names_no_other_endpoint_is_no_objection(data_type: Any) -> None:
    """The document tells what it is."""
    assert read({"job_status": "DONE"}, data_type=data_type).state is JobState.SUCCEEDED


@pytest.mark.parametrize("origin", [TimeoutError("x"), ConnectionResetError("x")])
def test_an_exception_in_the_place_of_an_answer_is_the_transport(origin: Exception) -> None:
    """The same may be asked again; of a submit nobody knows."""
    for key in (JOB, "kinetica/create-job/POST"):
        job = normalize(origin, key)
        assert (job.state, job.finished, job.accepted) == (JobState.UNKNOWN, None, None)
        assert [(error.origin, error.transient) for error in job.errors] == [("transport", True)]
    assert normalize(KeyError("x"), JOB).errors[0].transient is None


def test_a_refused_submit_is_refused_in_whatever_it_is_wrapped() -> None:
    """In a list of one, or as text inside of text."""
    refused = {"status": "ERROR", "message": "no", "data_type": "none", "data": "", "data_str": ""}
    for document in (refused, [refused], json.dumps(refused)):
        job = normalize_response(Response.json(document, 400), "kinetica/create-job/POST")
        assert (job.state, job.accepted, job.errors[0].message) == (JobState.FAILED, False, "no")


def test_a_list_of_one_is_read_where_it_stands() -> None:
    """Paths lead into the answer as it came."""
    inside = '{"job_id":[1],"status":[],"status":["DONE"]}'
    twice = normalize([wrapped(inside, "admin_show_jobs")], "kinetica/show-jobs/POST")
    ragged = normalize([wrapped({"job_id": [1], "status": []}, "admin_show_jobs")], "kinetica/show-jobs/POST")

    assert [(error.code, error.path) for error in twice.errors] == [("duplicate-key", "/0/data_str/status")]
    assert [(error.code, error.path) for error in ragged.errors] == [("ragged-columns", "/0/data_str")]
    assert [finding.path for finding in ragged.findings] == ["/0/data_str/status"]
    text = '[{"status":"OK","status":"ERROR","message":"","data_type":"none"}]'
    assert {error.code for error in normalize(text, "kinetica/create-job/POST").errors} == {None, "duplicate-key"}


# Lists.


def rows(**columns: Any) -> tuple[Job[Any], ...]:
    """Read a list, and give its entries."""
    job = normalize(wrapped(columns, "admin_show_jobs"), "kinetica/show-jobs/POST")
    assert job.listing is not None
    return job.listing.jobs


@pytest.mark.parametrize(
    ("received", "at"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1732230000123, datetime(2024, 11, 21, 23, 0, 0, 123000, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        (253402300799999, datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        (253402300800000, None),
        (-62135596800001, None),
        (10**30, None),
        (True, None),
        ("1732230000123", None),
        (1.5, None),
        (None, None),
    ],
)
def test_a_moment_is_milliseconds_since_1970(received: Any, at: datetime | None) -> None:
    """Aware, UTC; what no calendar has is none, and reported."""
    (job,) = rows(job_id=[1], status=["DONE"], time_received=[received])

    assert job.submitted_at == at
    assert at is None or (job.submitted_at or at).utcoffset() == timedelta(0)
    assert (at is None and received is not None) == any(finding.path == "/time_received" for finding in job.findings)


@pytest.mark.parametrize(
    ("word", "code"), [(None, "missing-key"), ("", "missing-key"), (" ", "missing-key"), (7, "unknown-state")]
)
def test_an_entry_that_does_not_say_how_it_stands_is_unknown(word: Any, code: str) -> None:
    """It has the error itself."""
    (job,) = rows(job_id=[1], status=[word])

    assert job.state is JobState.UNKNOWN
    assert [error.code for error in job.errors] == [code]


def test_ids_of_entries_are_exact() -> None:
    """Digits as text are a number, and a finding; anything else names no job."""
    jobs = rows(job_id=[LARGEST, "7", None, 1.0, True, "x", LARGEST + 1, str(LARGEST + 1)], status=["DONE"] * 8)

    assert [job.id for job in jobs] == [str(LARGEST), "7", None, None, None, None, *[str(LARGEST + 1)] * 2]
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 8
    assert all("64 bits" in job.findings[-1].message for job in jobs[6:])
    assert "number-as-text" in {finding.rule for finding in jobs[1].findings}
    assert all(isinstance(job.details, ShownJob) and isinstance(job.raw, dict) for job in jobs)


def test_columns_that_are_too_long_are_ragged_too() -> None:
    """And what is no column is another error."""
    job = normalize(
        wrapped({"job_id": [1], "status": ["DONE", "DONE"], "auth_id": "admin", "flags": []}, "admin_show_jobs"),
        "kinetica/show-jobs/POST",
    )

    assert [(error.code, error.path) for error in job.errors] == [
        ("unexpected-shape", "/data_str/auth_id"),
        ("ragged-columns", "/data_str"),
    ]
    assert job.errors[1].message == "not as many values as jobs: status, flags"


def test_a_long_list_keeps_order_and_duplicates() -> None:
    """Each entry has its own place."""
    ids = [*range(2000), *range(1000)]
    jobs = rows(job_id=ids, status=["RUNNING"] * len(ids))

    assert [job.id for job in jobs] == list(map(str, ids))


def test_a_cancel_by_tag_is_confirmed_without_a_number() -> None:
    """Only a number that was asked for can be missed; a column of them that is unreadable proves nothing."""
    key = "kinetica/alter-jobs/POST"
    answer = wrapped({"job_ids": [5], "action": "CANCEL", "status": ["OK"]}, "admin_alter_jobs")

    assert normalize(answer, key).accepted is True
    assert normalize(answer, key, job_id=5).accepted is True
    assert normalize(answer, key, job_id=6).accepted is None
    assert normalize(wrapped({"job_ids": "5"}, "admin_alter_jobs"), key, job_id=6).accepted is True
    assert normalize(answer, key, job_id="abc").accepted is True
    assert normalize(answer, key, job_id="05").accepted is True


@pytest.mark.parametrize(
    ("request_", "accepted"),
    [
        (kinetica.request("cancel", Ticket(JOB, "2024", by="job_tag")), True),
        (kinetica.request("cancel", Ticket(JOB, "2024")), None),
        (Request("POST", "/admin/alter/jobs", body=b"not JSON"), None),
        (Request("POST", "/admin/alter/jobs", body=b"[]"), None),
        (None, None),
    ],
)
def test_a_tag_of_digits_is_no_number(request_: Request | None, accepted: bool | None) -> None:
    """Only the request knows by what the job was asked for."""
    answer = wrapped({"job_ids": [5], "action": "cancel", "status": ["OK"]}, "admin_alter_jobs")
    key = "kinetica/alter-jobs/POST"

    assert normalize_response(Response.json(answer), key, job_id="2024", request=request_).accepted is accepted


# Avro.


def written(schema: dict[str, Any], document: dict[str, Any]) -> bytes:
    """Write a document."""
    out = io.BytesIO()
    schemaless_writer(out, schema, document)
    return out.getvalue()


def wrapper(kind: str, inside: bytes, status: str = "OK") -> bytes:
    """Write a wrapper."""
    told = {"status": status, "message": "", "data_type": kind, "data": inside, "data_str": ""}
    return written(WRAPPER, told)


def number(value: int) -> bytes:
    """Write a number."""
    rest = (value << 1) ^ (value >> 63)
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*out, rest])


def decoded(body: bytes) -> dict[str, Any] | None:
    """Decode a body; None where it is refused, which is the only error there is."""
    with suppress(DecodeError):
        return decode(body)
    return None


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "bytes": st.binary(max_size=6),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), LARGEST),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Draw a value of a type."""
    if isinstance(kind, str):
        return OF_TYPE[kind]
    if kind["type"] == "array":
        return st.lists(values(kind["items"]), max_size=3)
    return st.dictionaries(TEXTS, values(kind["values"]), max_size=3)


def documents(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a document of a schema."""
    return st.fixed_dictionaries({field["name"]: values(field["type"]) for field in schema["fields"]})


@pytest.mark.parametrize("kind", RESPONSES)
@LAWS
@given(st.data())
def test_every_document_is_read_as_it_was_written(kind: str, data: st.DataObject) -> None:
    """Bytes are text of as many characters; the answer means what it means in JSON."""
    document = data.draw(documents(RESPONSES[kind]))
    told = decode(wrapper(f"{kind}_response", written(RESPONSES[kind], document)))
    plain = {name: value.decode("latin-1") if isinstance(value, bytes) else value for name, value in document.items()}

    assert same(told["data"], plain)
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize("kind", RESPONSES)
@LAWS
@given(st.data())
def test_bytes_that_are_bent_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    """Whatever was changed; what is read is what the library reads, all of it."""
    body = bytearray(wrapper(f"{kind}_response", written(RESPONSES[kind], data.draw(documents(RESPONSES[kind])))))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        body = body or bytearray(b"\x00")
    told, rest = decoded(bytes(body)), io.BytesIO(bytes(body))
    if told is not None:
        library: Any = schemaless_reader(rest, WRAPPER, None)
        assert told["status"] == library["status"]
        assert not rest.read()


@LAWS
@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda inside: wrapper("get_job_response", inside)))
@example(b"")
@example(b"\xff" * 40)
@example(b"\x80" * 40)
def test_no_bytes_raise_but_the_one_error(body: bytes) -> None:
    """And none is read as a job that went well."""
    job = normalize_response(Response(200, AVRO, body), JOB)

    assert job.state is not JobState.SUCCEEDED
    assert json.dumps(job.to_dict())
    assert (decoded(body) is None) == (job.raw == body)


OK_UP_TO_DATA = b"\x04OK\x00" + number(16) + b"get_job_response"
LIST = b"\x04OK\x00" + number(24) + b"admin_show_jobs_response"


def holding(head: bytes, inside: bytes) -> bytes:
    """Finish a wrapper."""
    return head + number(len(inside)) + inside + b"\x00"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "fewer bytes than the document claims at offset 0"),
        (b"\x04O", "fewer bytes than the document claims at offset 1"),
        (number(2**31), "fewer bytes"),
        (number(2**62), "fewer bytes"),
        (number(-1), "fewer bytes"),
        (number(-(2**63)), "fewer bytes"),
        (b"\xff" * 9 + b"\x02", "a number of more than 64 bits"),
        (b"\x80" * 10, "a number of more than 64 bits"),
        (b"\x80" * 10_000_000, "a number of more than 64 bits"),
        (b"\x04\xff\xfe" + b"\x00" * 4, "text that is not UTF-8"),
        (b"\x00" * 5 + b"\x00", "more bytes than the document has"),
        (OK_UP_TO_DATA + number(2**31), "fewer bytes"),
        (holding(OK_UP_TO_DATA, b"\x00\x00\x02" + b"\x00" * 8), "neither true nor false"),
        (holding(OK_UP_TO_DATA, b"\x00\x00\x00\xff\xff\xff\xff\x10"), "more than 32 bits"),
        (holding(OK_UP_TO_DATA, b"\x00\x00\x00\x80\x80\x80\x80\x80\x00"), "more than 32 bits"),
        (holding(OK_UP_TO_DATA, b"\x00" * 8 + number(2**40)), "more items than can be"),
        (holding(OK_UP_TO_DATA, b"\x00" * 8 + number(-(2**40)) + number(1)), "more items than can be"),
        (holding(LIST, number(2**62)), "more items than can be"),
        (holding(LIST, number(3) + b"\x00" * 2), "fewer bytes"),
        (holding(LIST, number(-1) + number(2) + b"\x02\x00" + b"\x00" * 9), "a block of another length than it says"),
        (holding(LIST, number(-1) + number(-1) + b"\x02\x00" + b"\x00" * 9), "a block of another length than it says"),
    ],
    ids=lambda value: value if isinstance(value, str) else len(value),
)
def test_what_no_writer_writes_is_refused(body: bytes, reason: str) -> None:
    """By what is claimed, before anything is made of it."""
    tracemalloc.start()
    try:
        with pytest.raises(DecodeError, match=reason) as caught:
            decode(body)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert caught.value.code == "invalid-avro"


def test_blocks_that_say_their_length_are_read() -> None:
    """As a writer that streams may write them; several make one array."""
    inside = number(-2) + number(2) + b"\x02\x04" + number(1) + b"\x06" + b"\x00" + b"\x00" * 9

    assert decode(holding(LIST, inside))["data"]["job_id"] == [1, 2, 3]


def test_size_is_bounded() -> None:
    """In bytes, and in items."""
    with pytest.raises(DecodeError, match="more than 67,108,864 bytes"):
        decode(bytes(MAX_BYTES + 1))
    too_many = number(MAX_ITEMS + 1) + b"\x00" * (MAX_ITEMS + 1) + b"\x00" * 10
    with pytest.raises(DecodeError, match="more items than can be"):
        decode(holding(LIST, too_many))
    many = number(200_000) + b"\x00" * 200_000 + b"\x00" * 10
    assert len(decode(holding(LIST, many))["data"]["job_id"]) == 200_000


def test_what_is_inside_stays_bytes_where_its_kind_is_not_known() -> None:
    """It is another endpoint's, whose schema does not come along."""
    body = wrapper("show_table_response", b"\x02\xff")
    job = normalize_response(Response(200, AVRO, body), JOB)

    assert decode(body)["data"] == "\u0002\u00ff"
    assert (job.state, [error.code for error in job.errors]) == (JobState.UNKNOWN, ["unexpected-type"])


def test_without_the_library_nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install, and the bytes are kept."""
    monkeypatch.setitem(sys.modules, "fastavro", None)
    job = normalize_response(Response(200, AVRO, wrapper("none", b"")), JOB)

    assert job.state is JobState.UNKNOWN
    assert job.raw == wrapper("none", b"")
    assert [error.code for error in job.errors] == ["missing-extra"]
    assert "pip install 'jobmodels[kinetica]'" in job.errors[0].message


def test_the_library_is_loaded_for_avro_alone() -> None:
    """The package works without it."""
    import subprocess

    code = (
        "import sys, jobmodels\n"
        "jobmodels.normalize({'status': 'OK', 'data_str': '{\"job_status\": \"DONE\"}'}, 'kinetica/get-job/POST')\n"
        "print('fastavro' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")

    assert done.stdout.strip() == "False"


def test_an_answer_in_avro_is_the_same_as_its_decoded_form() -> None:
    """What was decoded can be read again, and is written back exactly."""
    inside = {
        "endpoint": "/x", "job_status": "DONE", "running": False, "progress": 100, "successful": True,
        "response_encoding": "json", "job_response": b"", "job_response_str": '{"a":1}', "status_map": {}, "info": {},
    }  # fmt: skip
    body = wrapper("get_job_response", written(RESPONSES["get_job"], inside))
    job = normalize_response(Response(200, AVRO, body), JOB)
    again = normalize(job.raw, JOB)

    assert job.result == again.result == {"a": 1}
    assert again.to_dict() == job.to_dict()
    assert same(unstructure(job.details), job.raw)


# Any answer.

KEYS = sorted(key for key in jobmodels.registry() if key.system == "kinetica")
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "job_status": st.sampled_from(["RUNNING", "DONE", "ERROR", "CANCELLED", "", "x", None, 7]),
        "running": st.sampled_from([True, False, "true", None, 1]),
        "successful": st.sampled_from([True, False, "FALSE", None, 0]),
        "progress": st.sampled_from([0, 40, 140, -1, "7", 1.5, 10**400, None]),
        "job_response_str": st.sampled_from(["", "{", '{"a":1}', '{"status":"ERROR","data_type":"none"}', None, 5]),
        "job_response": st.sampled_from(["", "\u00ff", "\u0394", None]),
        "status_map": st.sampled_from([{}, {"error_message": "no"}, {"error_message": None}, None, "x"]),
        "job_id": st.sampled_from([1, "2", [1, 2], [1, None], None]),
        "job_ids": st.sampled_from([[1], [], "x", None]),
        "status": st.sampled_from([["DONE"], ["DONE", "x"], [], "OK", None]),
        "time_received": st.sampled_from([[0], [10**20, 1], [None, "x"], None]),
    },
)
WRAPPERS = st.fixed_dictionaries(
    {"status": st.sampled_from(["OK", "OK", "OK", "ERROR", "x", None, 7])},
    optional={
        "message": st.sampled_from(["", "no", None]),
        "data_type": st.sampled_from([f"{kind}_response" for kind in RESPONSES] + ["none", None, 7]),
        "data": PARTS | st.sampled_from(["", "x", None]),
        "data_str": PARTS | PARTS.map(json.dumps) | st.sampled_from(["", "{", "[1]", None, 7]),
    },
)


@LAWS
@given(
    st.sampled_from(KEYS),
    WRAPPERS | PARTS | ANSWERS,
    st.sampled_from(list(Operation)),
    st.sampled_from([None, 200, 202, 302, 400, 401, 404, 429, 500, 503]),
)
def test_states_never_say_more_than_the_answer(key: Key, document: Any, operation: Operation, status: Any) -> None:
    """Whatever comes: a call that failed says nothing of a job, a failed job has a reason, and nothing is lost."""
    job = normalize_response(
        Response(status, {"content-type": "application/json"}, json.dumps(document)), key, operation
    )
    failed = isinstance(document, dict) and document.get("status") == "ERROR" and "job_id" not in document
    terminal = job.state in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}

    assert job.state not in {JobState.NOT_FOUND, JobState.PARTIALLY_SUCCEEDED} or not isinstance(document, dict)
    assert job.finished is (True if terminal else job.finished)
    assert bool(job.errors) or job.state is not JobState.FAILED
    if status is not None and status >= 400:
        assert job.state is JobState.UNKNOWN or operation is Operation.SUBMIT
        assert not job.accepted
    if failed and operation is not Operation.SUBMIT:
        assert job.state is JobState.UNKNOWN
        assert job.finished is None
    assert json.dumps(job.to_dict(), allow_nan=False)


def test_details_can_be_made_by_hand() -> None:
    """As a test of an SDK would."""
    made = CreateJobDetails(status="OK", data_type="create_job_response", data_str='{"job_id": 7}')
    listed = ShowJobsDetails(status="OK", data_str=AdminShowJobsResponse(job_id=[1], status=["DONE"]))

    assert made.response is not None
    assert made.response.job_id == 7
    assert normalize(made, "kinetica/create-job/POST").id == "7"
    listing = normalize(listed, "kinetica/show-jobs/POST").listing
    assert listing is not None
    assert [job.state for job in listing.jobs] == [JobState.SUCCEEDED]


def test_bytes_that_the_client_decoded_are_read() -> None:
    """The vendor's client leaves what a job gave as bytes, over its binary transport."""
    told = {"endpoint": "/create/job", "job_status": "DONE", "successful": True, "response_encoding": "binary",
            "job_response": b"\xf4\x90\x07\x02\x0ejob_tag\x04t1\x00", "job_response_str": ""}  # fmt: skip
    job = jobmodels.normalize(told, GetJobDetails)

    assert (job.state, job.findings) == (JobState.SUCCEEDED, ())
    assert job.details.job_response_bytes == told["job_response"]
    assert job.raw is told
