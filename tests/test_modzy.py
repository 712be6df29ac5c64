"""Modzy: what its cases do not show. Literal answers are those of its contracts page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator, Draft202012Validator, FormatChecker

import jobmodels
from jobmodels import Job, JobState, Key, Operation, Request, Response, Ticket, normalize, normalize_response
from jobmodels._cases import Case, find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._json import same
from jobmodels._read import ask_for
from jobmodels._types import fields_of, required_keys
from jobmodels.errors import NotAskable
from jobmodels.systems import modzy as modzy_module
from jobmodels.systems.modzy import (
    FailureEntry,
    JobDocument,
    JobHistory,
    JobInput,
    JobInputs,
    ResultEntry,
    ResultsDocument,
    modzy,
)
from jobmodels.systems.modzy._errors import errors
from jobmodels.systems.modzy._links import next_link
from jobmodels.systems.modzy._receipts import receipt
from tests.strategies import ANSWERS, JSON, LAWS

FIXTURES, SCHEMAS = find_folder("jobmodels", "fixtures"), find_folder("jobmodels", "schemas")
assert FIXTURES is not None
assert SCHEMAS is not None
CASES = [load_case(path, FIXTURES) for path in find_cases(FIXTURES / "modzy")]
KEYS = sorted(key for key in jobmodels.registry() if key.system == "modzy")
ID = "14856eb1-0ad8-49e7-9da3-887acb80fea5"
TICKET = Ticket("modzy/job/GET", ID)
# The rows of 4.4, the samples of 4.5, the shapes of 4.3, and the rules of 5 that an answer can show: how jobs are
# polled is not one of them, nor how ids are quoted.
ROWS = {
    *(f"S{number}" for number in range(1, 21)),
    *(f"R{number}" for number in range(1, 17)),
    *(f"E{number}" for number in range(1, 4)),
    *(f"X{number}" for number in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 15)),
}


def body_of(name: str) -> Any:
    """Give the body of a case."""
    assert FIXTURES is not None
    return json.loads((FIXTURES / f"modzy/{name}.json").read_text("utf-8"))["given"]["body"]


SUBMITTED = body_of("job/GET/submitted")
RECEIPT = body_of("job/POST/receipt-without-status")
OFFICIAL = body_of("job/POST/receipt-of-the-official-schema")
RESULTS = body_of("results/GET/finished")


# The cases cover the contracts page.


def succeeds(case: Case) -> bool:
    """Tell whether a case claims a success: a job done, a yes, a list."""
    yes = case.expect.get("accepted") is True or any(name.startswith("/listing/jobs") for name in case.expect)
    return case.expect.get("state") == "succeeded" or yes


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_cases_that_succeed_and_cases_that_do_not(key: Key) -> None:
    """What is merely under way counts as neither."""
    cases = [case for case in CASES if case.key == key]

    assert any(succeeds(case) for case in cases)
    assert any(not succeeds(case) and case.expect.get("state") in {"failed", "unknown"} for case in cases)


def test_every_row_of_the_contracts_is_shown() -> None:
    """Each state, sample, error shape and rule is the source of a case."""
    shown = {row for case in CASES for row in re.findall(r"\b[SREX]\d+\b", case.source)}

    assert sorted(ROWS - shown) == []
    assert sorted(shown - ROWS) == []


def test_every_word_of_the_state_table_occurs() -> None:
    """As the native state of a case, or of an entry of a list."""
    told = {str(case.expect.get("native_state")).lower() for case in CASES}

    assert sorted(modzy.states.keys() - told) == []


@pytest.mark.parametrize("case", CASES, ids=[f"{case.key}/{case.path.stem}" for case in CASES])
def test_every_case_is_a_claim_about_a_fact(case: Case) -> None:
    """Names are in kebab-case, and `about` is one statement that ends in a full stop."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.path.stem)
    assert case.about.endswith(".")
    assert "state" in case.expect


@pytest.mark.parametrize("case", CASES, ids=[f"{case.key}/{case.path.stem}" for case in CASES])
def test_no_case_shows_the_prefix_of_a_key(case: Case) -> None:
    """Neither in what a job exports, nor in what is printed."""
    shown = json.dumps(read(case).to_dict()) + repr(read(case))

    assert "PREFIX" not in shown


def read(case: Case) -> Job[Any]:
    """Read the answer of a case."""
    given = case.given
    body = given["text"] if "text" in given else json.dumps(given["body"])
    response = Response(given.get("status"), given.get("headers"), body)
    return normalize_response(response, case.key, given["operation"], given.get("job_id"))


# Two schemas: the vendor's and ours.

OWN = Draft6Validator(json.loads((SCHEMAS / "modzy/job/POST.seed.json").read_text("utf-8")))
FORMATS = FormatChecker(formats=())
FORMATS.checks("date-time")(lambda text: re.search(r"(Z|[+-]\d\d:\d\d)\Z", str(text)) is not None)


def test_the_official_schema_is_kept_word_for_word() -> None:
    """It is the vendor's: closed objects, and thirteen members that must be there."""
    Draft6Validator.check_schema(OWN.schema)
    told = OWN.schema["definitions"]["Job"]  # type: ignore[index]  # The type allows for a schema that is a flag.

    assert OWN.schema["$schema"] == "http://json-schema.org/draft-06/schema#"  # type: ignore[index]  # As above.
    assert (len(told["required"]), told["additionalProperties"]) == (13, False)
    assert "\r" not in Path(SCHEMAS or "", "modzy/job/POST.seed.json").read_bytes().decode()


@pytest.mark.parametrize("key", ["modzy/job/GET", "modzy/job/POST", "modzy/job/DELETE"])
def test_what_the_official_schema_accepts_ours_accept(key: str) -> None:
    """Under each key of a job, typed without a finding."""
    assert list(OWN.iter_errors(OFFICIAL)) == []
    assert jobmodels.validate(OFFICIAL, key) == ()
    assert normalize(OFFICIAL, key, "status").findings == ()


@pytest.mark.parametrize(("document", "wrong"), [(SUBMITTED, 7), (RECEIPT, 6)])
def test_the_official_schema_refuses_what_is_really_sent(document: Any, wrong: int) -> None:
    """Seven errors in the job document, six in a receipt, its moment among them; ours accept both."""
    told = Draft6Validator(OWN.schema, format_checker=FORMATS)

    assert len(list(told.iter_errors(document))) == wrong
    assert jobmodels.validate(document, "modzy/job/GET") == ()


def subschemas(value: Any) -> Iterator[dict[str, Any]]:
    """Walk all objects of a schema."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from subschemas(inner)


@pytest.mark.parametrize("key", KEYS)
def test_our_schemas_are_open_and_tell_classes_by_their_keys(key: Key) -> None:
    """Draft 2020-12 under their own names; no branch takes all, and what tells a class is what the class requires."""
    schema = jobmodels.json_schema(key)
    Draft202012Validator.check_schema(schema)

    assert schema["$id"] == f"urn:jobmodels:{key.replace('/', ':')}"
    assert schema["description"].endswith(".")
    for part in subschemas(schema):
        assert not part.keys() & {"anyOf", "oneOf", "patternProperties"}
        assert part.get("additionalProperties") is not False
        if "if" in part:
            cls = getattr(modzy_module, part["then"]["$ref"].rpartition("/")[2], JobDocument)
            assert part["if"] == {"type": "object", "required": part["if"]["required"]}
            assert set(part["if"]["required"]) in (required_keys(cls), required_keys(JobHistory))
    for name, part in schema.get("$defs", {}).items():
        if isinstance(getattr(modzy_module, name, None), type):
            assert set(part.get("required", ())) == required_keys(getattr(modzy_module, name))
            assert part["properties"].keys() == {field.wire for field in fields_of(getattr(modzy_module, name))}


def test_both_spellings_of_moments_are_read() -> None:
    """Only one of them is a date-time of RFC 3339."""
    details = jobmodels.structure(SUBMITTED, JobDocument)

    assert details.updated_at == datetime(2021, 7, 20, 1, 40, 11, 187000, UTC)
    assert details.created_at == datetime(2021, 7, 20, 1, 40, 9, 560000, UTC)
    assert jobmodels.unstructure(details) == SUBMITTED


# Records.


def test_a_job_document_has_the_members_of_the_vendors_example() -> None:
    """`job.identifier` and `job.status`; what the job gave is elsewhere."""
    job = normalize(SUBMITTED, JobDocument)

    assert f"Job {job.details.identifier} status {job.details.status}" == f"Job {ID} status SUBMITTED"
    assert job.result is None
    assert not normalize({**SUBMITTED, "status": "COMPLETED"}, JobDocument).result_ready


def test_inputs_are_an_object_or_a_list_or_anything() -> None:
    """What is neither stays as it came, and is no finding."""

    def inputs(value: Any) -> Any:
        document = {"jobIdentifier": ID, "jobInputs": value, "status": "OPEN"}
        assert normalize(document, JobDocument).findings == ()
        return jobmodels.structure(document, JobDocument).job_inputs

    assert inputs({"identifier": ["a"]}) == JobInputs(identifier=("a",))
    assert inputs([{"identifier": "a"}, "b"]) == (JobInput(identifier="a"), "b")
    assert inputs({"names": []}) == {"names": []}
    assert inputs("a, b") == "a, b"


def test_outputs_are_what_the_service_does_not_write_down_itself() -> None:
    """By input and name; entries type the rest."""
    job = normalize(RESULTS, ResultsDocument)
    entry = job.details.entries["a"]
    outputs = {"results.json": {"data": {"result": {"classPredictions": [{"class": "positive", "score": 0.9}]}}}}

    assert job.result == job.details.outputs == {"a": outputs, "b": outputs}
    assert job.result_ready
    assert isinstance(entry, ResultEntry)
    assert entry.outputs == outputs
    assert entry.end_time == datetime(2021, 10, 26, 15, 26, 11, 792000, UTC)
    assert (entry.voting.up if entry.voting else None, entry.output_uploading, entry.model_latency) == (0, None, 132.0)


def test_outputs_are_found_below_a_second_name() -> None:
    """As servers of old nest them; an output may still be called as its input."""
    nested = {
        "a": {"a": {"status": "SUCCESSFUL", "out": 1}},
        "b": {"status": "SUCCESSFUL", "b": {"c": 1}},
        "c": {"c": 1},
    }

    assert ResultsDocument(results=nested).outputs == {"a": {"out": 1}, "b": {"b": {"c": 1}}, "c": {"c": 1}}


def test_an_input_may_be_called_like_a_member_of_its_entry() -> None:
    """It is not taken for an entry inside the entry."""
    document = ResultsDocument(results={"status": {"status": "SUCCESSFUL", "results.json": 7}})

    assert document.outputs == {"status": {"results.json": 7}}


def test_entries_that_are_no_objects_have_no_outputs() -> None:
    """They stay as they came; and without results there is no result."""
    odd = ResultsDocument(results={"a": None, "b": "text"})

    assert (odd.entries, odd.outputs, odd.result) == ({"a": None, "b": "text"}, {}, None)
    assert (ResultsDocument().entries, ResultsDocument().files, ResultsDocument().result) == ({}, {}, None)
    assert jobmodels.structure({"results": [1]}, ResultsDocument).outputs == {}


def test_files_are_addresses_below_the_results() -> None:
    """Without the line feed that the vendor sends; the outputs keep it."""
    name = f"/api/results/{ID}/a/results.wav"
    outputs = {
        "results.wav": f"https://app.modzy.com{name}\n",
        "other.wav": name,
        "page": "https://example.com/api/",
        "prose": f"see https://app.modzy.com{name}",
        "results.json": {"url": name},
    }
    document = ResultsDocument(results={"a": {"status": "SUCCESSFUL", **outputs}, "b": {"results.json": 1}})

    assert document.files == {"a": {"results.wav": f"https://app.modzy.com{name}", "other.wav": name}}
    assert document.outputs["a"] == outputs


def test_failures_are_typed_where_they_say_why() -> None:
    """Others stay as they came."""
    document = jobmodels.structure({"failures": {"a": {"error": "no", "engine": "e"}, "b": {"x": 1}}}, ResultsDocument)

    assert document.failures == {"a": FailureEntry(error="no", engine="e"), "b": {"x": 1}}


def test_a_list_gives_the_jobs_in_it() -> None:
    """Whatever else stands between them, and whatever came instead of a list."""
    told = normalize(["x", {"jobIdentifier": "a"}, {"jobIdentifier": "b"}], JobHistory).details

    assert [job.identifier for job in told.jobs] == ["a", "b"]
    assert [job.identifier for job in normalize({"jobIdentifier": "a"}, JobHistory).details.jobs] == ["a"]
    assert normalize({"jobs": []}, JobHistory).details.jobs == ()


# Secrets.


@pytest.mark.parametrize(
    "document",
    [
        {**RECEIPT, "user": SUBMITTED["user"], "submittedBy": "PREFIX"},
        {"submittedBy": "PREFIX", "user": {"accessKeys": [{"prefix": "PREFIX"}]}},
        {"jobIdentifier": ID, "more": {"submittedByKey": "PREFIX", "accessKeys": ["PREFIX"]}},
        {"jobIdentifier": ID, "jobInputs": [{"submittedBy": "PREFIX"}]},
        [{"submittedBy": "PREFIX"}, {"jobIdentifier": ID, "accessKey": "PREFIX"}],
        {"results": {"a": {"accessKey": "PREFIX"}}, "failures": {"b": {"accessKeys": "PREFIX"}}},
        {"results": {"accessKey": "PREFIX"}, "failures": {"accessKey": "PREFIX"}},
        {"statusCode": 400, "message": '{"accessKeys": [{"prefix": "PREFIX"}]}', "accessKeys": ["PREFIX"]},
        {"statusCode": 400, "message": '{"submittedBy": "PREFIX"}', "submittedBy": "PREFIX"},
        {"statusCode": 401, "message": "not known: ApiKey PREFIX.abcdef"},
        {"finished": True, "failures": {"b": {"error": "no", "submittedBy": "PREFIX"}}},
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_the_prefix_of_a_key_is_never_shown(key: Key, document: Any) -> None:
    """Wherever it stands, and whether or not the answer is of the kind that is due."""
    text = json.dumps(document)
    for job in (
        normalize(document, key),
        normalize(text[:-1], key),
        normalize_response(Response.json(document, 500), key),
        normalize_response(Response(200, {"content-type": "text/plain"}, text), key),
        normalize_response(Response(500, None, text[:-1]), key),
    ):
        assert "PREFIX" not in repr(job)
        assert "PREFIX" not in json.dumps(job.to_dict())
        assert "PREFIX" not in "".join(map(str, [*job.findings, *job.errors]))


def test_attributes_still_give_what_is_not_shown() -> None:
    """Only showing it is barred."""
    details = jobmodels.structure(RECEIPT, JobDocument)

    assert details.access_key == "PREFIX"
    assert jobmodels.unstructure(details) == RECEIPT


# Refusals.


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"statusCode": 404, "status": "NOT_FOUND", "message": "no"}, [("NOT_FOUND", 404)]),
        ({"statusCode": "500", "status": "", "message": None}, [("500", 500)]),
        ({"statusCode": 7, "status": 7, "message": "no"}, [("7", None)]),
        ({"statusCode": 202, "status": "ACCEPTED", "message": "yes"}, []),
        ({"statusCode": 399, "message": "yes"}, []),
        ({"statusCode": None, "message": "no"}, []),
        ({"statusCode": 404, "status": "NOT_FOUND"}, []),
        ({"status": "FAILED", "message": "no"}, []),
        ([{"statusCode": 404, "message": "no"}], []),
    ],
)
def test_an_envelope_has_a_number_and_a_message(document: Any, told: list[tuple[str, int | None]]) -> None:
    """A word is not enough, since job documents have one too."""
    found = errors(ask_for("modzy/job/GET", None, None), document)

    assert [(error.code, error.http_status) for error in found] == told


def test_a_job_document_is_none_whatever_is_added_to_it() -> None:
    """Unless the answer is refused."""
    document = {**SUBMITTED, "statusCode": 404, "message": "no"}

    assert normalize(document, JobDocument).state is JobState.PENDING
    assert normalize_response(Response.json(document, 404), JobDocument).state is JobState.NOT_FOUND


# Counts.


@pytest.mark.parametrize(
    ("members", "progress"),
    [
        ({}, None),
        ({"total": 4}, None),
        ({"total": 4, "failed": 1}, 0.25),
        ({"total": 4, "completed": 1}, 0.25),
        ({"total": 4, "completed": 1, "failed": 1}, 0.5),
        ({"completed": 1, "failed": 1}, None),
        ({"total": 0, "completed": 0, "failed": 0}, None),
        ({"total": 1, "completed": 3, "failed": 0}, 1.0),
        ({"totalInputs": 4, "completed": 3}, 0.75),
    ],
)
def test_progress_is_computed(members: dict[str, int], progress: float | None) -> None:
    """A missing summand counts as 0 there, and stays None in the counts; the total of receipts does as well."""
    job = normalize({"jobIdentifier": ID, "status": "IN_PROGRESS", **members}, JobDocument)

    assert job.progress == progress
    assert (job.counts.succeeded if job.counts else None) == members.get("completed")
    assert job.state is JobState.RUNNING


@pytest.mark.parametrize(
    ("members", "paths"),
    [
        ({"total": 2, "completed": 1, "failed": 1, "pending": 0}, []),
        ({"total": 3, "completed": 1, "failed": 1, "pending": 0}, ["/total"]),
        ({"total": 3, "completed": 1, "failed": 1}, ["/total"]),
        ({"total": 3, "completed": 1}, []),
        ({"total": 1, "completed": 1, "pending": 1}, ["/total"]),
        ({"totalInputs": 1, "completed": 2}, ["/totalInputs"]),
        ({"total": 2, "totalInputs": 3, "completed": 2}, ["/totalInputs"]),
        ({"total": 2, "completed": -1, "failed": 0}, ["/completed"]),
    ],
)
def test_counts_that_do_not_add_up_are_findings(members: dict[str, int], paths: list[str]) -> None:
    """And stay as sent."""
    job = normalize({"jobIdentifier": ID, "status": "COMPLETED", **members}, JobDocument)

    assert [(finding.rule, finding.path) for finding in job.findings] == [("contradiction", path) for path in paths]
    assert job.finished


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ({"completed": 0, "failed": 2}, "failed"),
        ({"failed": 2, "total": 2}, "failed"),
        ({"failed": 1, "total": 2}, "partially_succeeded"),
        ({"failed": 0, "completed": 0}, "succeeded"),
        ({"completed": 1, "failures": {"b": {}}}, "partially_succeeded"),
        ({"total": 2, "failures": {"b": {}}}, "partially_succeeded"),
        ({"total": 1, "failures": {"b": {}}}, "failed"),
        ({"failures": {"b": {}}, "results": {"a": {}}}, "partially_succeeded"),
    ],
)
def test_what_became_of_the_inputs_decides(members: dict[str, Any], state: str) -> None:
    """A finished document has no other word."""
    job = normalize({"jobIdentifier": ID, "finished": True, **members}, ResultsDocument)

    assert (job.state, job.finished) == (state, True)
    assert bool(job.errors) == (state == "failed" or "failures" in members)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('"status": "FAILED", "failed": 1, "failed": 2', None),
        ('"status": "COMPLETED", "completed": 1, "completed": 2', None),
        ('"status": "COMPLETED", "failed": 1, "completed": 1, "completed": 0', "/completed"),
        ('"status": "COMPLETED", "failed": 1, "completed": 1, "total": 1, "total": 2', None),
        ('"status": "COMPLETED", "failed": 1, "total": 1, "total": 2', "/total"),
    ],
)
@pytest.mark.parametrize("listed", [False, True])
def test_a_state_hangs_on_what_decides_it_and_on_nothing_else(text: str, path: str | None, listed: bool) -> None:
    """Alone and in a list."""
    document = f'{{"jobIdentifier": "{ID}", {text}}}'
    job: Job[Any] = normalize(f"[{document}]", JobHistory) if listed else normalize(document, JobDocument)
    if listed:
        assert job.listing is not None
        job = job.listing.jobs[0]

    assert [error.path for error in job.errors if error.code == "duplicate-key"] == ([path] if path else [])
    assert (job.state is JobState.UNKNOWN) == bool(path)


@pytest.mark.parametrize(
    ("key", "operation", "members", "path"),
    [
        ("modzy/job/POST", "submit", '"status": "OPEN", "status": "FAILED"', "/status"),
        ("modzy/job/POST", "submit", '"status": "COMPLETED", "failed": 1, "failed": 0', "/failed"),
        ("modzy/job/POST", "submit", '"status": "OPEN", "failed": 1, "failed": 0', None),
        ("modzy/job/DELETE", "cancel", '"status": "OPEN", "status": "FAILED"', "/status"),
        (
            "modzy/results/GET",
            "result",
            '"finished": true, "failures": {"b": 1}, "results": {"a": 1}, "results": {}',
            "/results",
        ),
        (
            "modzy/results/GET",
            "result",
            '"finished": true, "completed": 1, "failures": {"b": 1}, "results": {"a": 1}, "results": {}',
            None,
        ),
    ],
)
@pytest.mark.parametrize("listed", [False, True])
def test_a_list_of_one_is_read_as_the_one(
    key: str, operation: str, members: str, path: str | None, listed: bool
) -> None:
    """Only the paths begin with its place."""
    document = f'{{"jobIdentifier": "{ID}", {members}}}'
    job = normalize(f"[{document}]" if listed else document, key, operation, ID)
    told = [error.path for error in job.errors if error.code == "duplicate-key"]

    assert told == ([f"/0{path}" if listed else path] if path else [])
    assert {error.path for error in job.errors if error.origin == "decode"} <= {
        finding.path for finding in job.findings
    }
    assert (job.state is JobState.UNKNOWN) == bool(path)


# The Link header.


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (None, None),
        ("", None),
        ('</a>; rel="next"', "/a"),
        ("</a>;rel=next", "/a"),
        ("</a> ; REL = NEXT", "/a"),
        ('</a>; rel="prev", </b>; rel="next", </c>; rel="next"', "/b"),
        ('</a>; title="x, </y>; rel=\\"next\\""; rel=prev, , </b>; rel="up next"', "/b"),
        ("</a>; rel=prev; rel=next", None),
        ("</a>; rel=nextpage", None),
        ('</a>; rel="next"; anchor="#x"', None),
        ("</a>; rel", None),
        ("</a>; rel=", None),
        ("</a>;; rel=next", "/a"),
        ("</a>, </b>; rel=next", "/b"),
        ("/a; rel=next", None),
        ("</a", None),
        ('</a>; rel="next', None),
        ("< /a >; rel=next;", "/a"),
    ],
)
def test_the_next_page_is_in_the_link_header(header: str | None, address: str | None) -> None:
    """Read as RFC 8288 says, and no further than it can be read."""
    assert next_link(header) == address


@LAWS
@given(st.text(alphabet='<>;,=" \\relnextREL/a\t') | st.text())
def test_no_link_header_raises(header: str) -> None:
    """What is found stands in it."""
    found = next_link(header)

    assert found is None or found in header


@pytest.mark.parametrize("part", ['</a>; x="', "</a>;", "<", ";", '"\\', "</a>; rel=next, "])
def test_reading_a_link_header_takes_time_in_proportion(part: str) -> None:
    """However long it is."""
    assert next_link(part * 100_000) in {None, "/a"}


def test_a_header_may_come_in_several_fields() -> None:
    """And its name in any letter case."""
    headers = [("Link", '</a>; rel="prev"'), ("LINK", '</b>; rel="next"'), ("content-type", "application/json")]
    job = normalize_response(Response(200, headers, "[]"), JobHistory)

    assert job.listing is not None
    assert job.listing.next == "/b"


# What is asked.

START = datetime(2021, 7, 20, 1, 40, 9, 560000, UTC)


@pytest.mark.parametrize(
    ("operation", "ticket", "options", "request_"),
    [
        ("status", TICKET, {}, Request("GET", f"/api/jobs/{ID}")),
        ("result", TICKET, {}, Request("GET", f"/api/results/{ID}")),
        ("cancel", TICKET, {}, Request("DELETE", f"/api/jobs/{ID}")),
        ("cancel", None, {"everything": True}, Request("DELETE", "/api/jobs")),
        ("list", None, {}, Request("GET", "/api/jobs/history", {"status": "all"})),
        ("list", None, {"short": True}, Request("GET", "/api/jobs")),
        ("list", None, {"status": None, "user": "jane"}, Request("GET", "/api/jobs/history", {"user": "jane"})),
        (
            "list",
            None,
            {"start": START, "sort_by": "status", "direction": "desc", "page": 2, "limit": 5},
            Request(
                "GET",
                "/api/jobs/history",
                {
                    "startDate": "2021-07-20T01:40:09.560+00:00",
                    "status": "all",
                    "sort-by": "status",
                    "direction": "desc",
                    "page": "2",
                    "per-page": "5",
                },
            ),
        ),
        (
            "list",
            None,
            {
                "start": "2021-07-20",
                "end": START.astimezone(timezone(timedelta(hours=-5))),
                "model": "m",
                "access_key": "PREFIX",
                "status": "TERMINATED_WITH_ERROR",
            },
            Request(
                "GET",
                "/api/jobs/history",
                {
                    "accessKey": "PREFIX",
                    "startDate": "2021-07-20",
                    "endDate": "2021-07-19T20:40:09.560-05:00",
                    "model": "m",
                    "status": "TERMINATED_WITH_ERROR",
                },
            ),
        ),
    ],
)
def test_requests_are_those_of_the_official_clients(
    operation: str, ticket: Ticket | None, options: dict[str, Any], request_: Request
) -> None:
    """Source: contracts 4.6. None has a body, and none a header but the one that asks for JSON."""
    asked = modzy.request(operation, ticket, **options)

    assert asked == attrs.evolve(request_, headers={"accept": "application/json"})
    assert list(asked.query) == list(request_.query)
    assert "PREFIX" not in repr(asked)


@pytest.mark.parametrize(
    ("operation", "ticket", "options"),
    [
        ("submit", None, {}),
        ("submit", TICKET, {}),
        ("delete", TICKET, {}),
        ("delete_all", None, {}),
        ("delete_expired", None, {}),
        ("status", None, {}),
        ("result", None, {}),
        ("cancel", None, {}),
        ("cancel", TICKET, {"everything": True}),
        ("status", None, {"everything": True}),
        ("status", TICKET, {"page": 1}),
        ("status", TICKET, {"status": "pending"}),
        ("cancel", TICKET, {"short": True}),
        ("list", TICKET, {}),
        ("list", None, {"everything": True}),
        ("list", None, {"short": True, "page": 2}),
        ("list", None, {"short": True, "status": "pending"}),
        ("list", None, {"end": START}),
        ("list", None, {"start": datetime(2021, 7, 20)}),  # noqa: DTZ001 - that it has no zone is the point
        ("list", None, {"start": 20210720}),
        ("list", None, {"page": 0}),
        ("list", None, {"page": True}),
        ("list", None, {"page": 10**5000}),
        ("list", None, {"user": "\ud800"}),
        ("list", None, {"short": "no"}),
        ("cancel", None, {"everything": "no"}),
        ("cancel", None, {"everything": 1}),
        ("list", None, {"limit": "5"}),
        ("list", None, {"limit": -1}),
        ("list", None, {"user": ""}),
        ("list", None, {"model": 7}),
        ("list", None, {"direction": START}),
        ("list", None, {"start": " "}),
        ("list", None, {"pages": 2}),
    ],
)
def test_what_cannot_be_asked_is_refused(operation: str, ticket: Ticket | None, options: dict[str, Any]) -> None:
    """With the reason, before anything is sent."""
    with pytest.raises(NotAskable) as refused:
        modzy.request(operation, ticket, **options)

    assert (refused.value.system, refused.value.operation) == ("modzy", operation)
    assert refused.value.reason


@pytest.mark.parametrize("operation", ["status", "result", "cancel"])
@pytest.mark.parametrize("job_id", ["", " ", "\n", ".", "..", "history", "features", "\ud800"])
def test_an_id_that_would_lead_elsewhere_is_refused(operation: str, job_id: str) -> None:
    """Without an id a cancel would be about every job."""
    with pytest.raises(NotAskable):
        modzy.request(operation, Ticket("modzy/job/GET", job_id))


def test_a_ticket_names_its_job_by_id_only() -> None:
    """There is no other name."""
    with pytest.raises(NotAskable):
        modzy.request("status", Ticket("modzy/job/GET", ID, by="name"))


@LAWS
@given(st.sampled_from(["status", "result", "cancel"]), st.text())
def test_an_id_is_one_step_of_the_path(operation: str, job_id: str) -> None:
    """Whatever stands in it."""
    try:
        path = modzy.request(operation, Ticket("modzy/job/GET", job_id)).path
    except NotAskable:
        return
    *base, step = path.split("/")

    assert base in (["", "api", "jobs"], ["", "api", "results"])
    assert re.fullmatch(r"[A-Za-z0-9_.~%-]+", step)


# Whatever comes.


@pytest.mark.parametrize("key", KEYS)
@LAWS
@given(JSON | ANSWERS, st.sampled_from(list(Operation)))
def test_no_function_of_the_system_raises(key: Key, document: Any, operation: Operation) -> None:
    """Each takes any value; a receipt is only what answers a submit."""
    asked = ask_for(key, operation, None)
    found = receipt(asked, document)

    assert isinstance(errors(asked, document), tuple)
    assert found is None or operation is Operation.SUBMIT


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("key", KEYS)
def test_every_key_can_be_asked_with_every_operation(key: Key, operation: Operation) -> None:
    """What answers another question is read all the same, and a bare payload as well as a response."""
    for document in (
        SUBMITTED,
        RECEIPT,
        RESULTS,
        [SUBMITTED],
        [],
        {},
        "",
        "x",
        None,
        {"statusCode": 404, "message": 1},
    ):
        for job in (
            normalize(document, key, operation),
            normalize_response(Response.json(document), key, operation),
            normalize_response(Response.json(document, 404), key, operation),
        ):
            assert job.raw == document
            assert job.state is not JobState.FAILED or job.errors


def shuffled(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """Give the same document with its members in another order."""
    if isinstance(value, dict):
        return {name: shuffled(value[name], draw) for name in draw(st.permutations(list(value)))}
    return [shuffled(item, draw) for item in value] if isinstance(value, list) else value


blanks = st.text(alphabet=" \t\r\n", max_size=3)


@LAWS
@given(st.sampled_from([case for case in CASES if "body" in case.given]), st.data())
def test_spelling_does_not_count(case: Case, data: st.DataObject) -> None:
    """Case of header names, blanks around the body and order of members leave the job as it was."""
    given = case.given
    case_of = data.draw(st.sampled_from([str.lower, str.upper, str.title]))
    headers = {case_of(name): text for name, text in (given.get("headers") or {}).items()}
    text = data.draw(blanks) + json.dumps(shuffled(given["body"], data.draw), indent=data.draw(st.none() | st.just(1)))
    response = Response(given.get("status"), headers or None, text + data.draw(blanks))
    told, before = (
        job.to_dict()
        for job in (normalize_response(response, case.key, given["operation"], given.get("job_id")), read(case))
    )

    for job in (told, before):
        job["errors"] = sorted(job["errors"], key=json.dumps)
        job["findings"] = sorted(job["findings"], key=json.dumps)
    assert ordered(told) == ordered(before)


def ordered(value: Any) -> Any:
    """Give a document whose findings are in order wherever they stand."""
    if isinstance(value, dict):
        return {
            name: sorted(map(json.dumps, inner)) if name == "findings" else ordered(inner)
            for name, inner in value.items()
        }
    return [ordered(item) for item in value] if isinstance(value, list) else value


@LAWS
@given(
    st.sampled_from(KEYS),
    st.none() | st.integers(100, 599),
    st.none() | st.dictionaries(st.sampled_from(["Link", "Content-Type", "Retry-After"]), st.text(max_size=12)),
    st.binary() | st.text() | ANSWERS.map(json.dumps),
)
def test_no_answer_raises(key: Key, status: int | None, headers: Any, body: Any) -> None:
    """Whatever stands in it; the answer stays with the job."""
    job = normalize_response(Response(status, headers, body), key)

    assert json.dumps(job.to_dict())
    assert job.response is not None


@pytest.mark.parametrize("case", CASES, ids=[f"{case.key}/{case.path.stem}" for case in CASES])
def test_every_document_comes_back(case: Case) -> None:
    """Nothing of it is lost; a list of one job is typed as that job where a job is due."""
    if "body" in case.given:
        back, body = jobmodels.unstructure(read(case).details), case.given["body"]
        assert same(back, body) or (isinstance(body, list) and same([back], body))
