"""What Alation's answers mean: its error shapes, receipts, facts, and how it is asked.

Literal answers are those of its contracts page.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import URLError

import attrs
import pytest
from hypothesis import given

import jobmodels
from jobmodels import Counts, Job, JobError, Key, NoSuchEndpoint, Request, Ticket, normalize
from jobmodels._numbers import count, is_number_text, whole
from jobmodels._read import ask_for
from jobmodels.errors import NotAskable
from jobmodels.systems.alation import alation
from jobmodels.systems.alation._errors import errors, is_error_body, job_errors
from jobmodels.systems.alation._facts import facts
from jobmodels.systems.alation._items import carried_errors, entry_errors
from jobmodels.systems.alation._messages import second_jobs, timing, told_counts
from jobmodels.systems.alation._receipts import receipt
from jobmodels.systems.alation._shapes import reason, split, status_of
from tests.strategies import JSON, LAWS

NO_REASON = "the service gave no reason that can be read"


def told(found: tuple[JobError, ...]) -> list[dict[str, Any]]:
    """Give errors without what is not set, and without their origin."""
    return [
        attrs.asdict(
            error, filter=lambda field, value: value not in (None, "") and field.name not in {"origin", "_secrets"}
        )
        for error in found
    ]


def read(document: Any, path: str = "document/POST") -> list[dict[str, Any]]:
    """Read an error body under a key."""
    return told(errors(ask_for(f"alation/{path}", None, None), document))


def job(payload: Any, path: str = "job/GET", **given: Any) -> Job[Any]:
    """Read an answer under a key."""
    return normalize(payload, f"alation/{path}", **given)


# Error shapes. Source: contracts 3.

GENERAL = "Please check the API documentation for more details on the spec."
LIST = 'Expected a list of items but got type "int".'

SHAPES: list[tuple[str, Any, list[dict[str, Any]]]] = [
    (
        "E1",
        {
            "title": "Invalid Payload",
            "detail": GENERAL,
            "errors": [{"non_field_errors": ["Object not found: attribute:9999999999999999999."]}],
            "code": "400000",
        },
        [
            {
                "message": "Object not found: attribute:9999999999999999999.",
                "code": "400000",
                "path": "/errors/0/non_field_errors/0",
                "http_status": 400,
                "details": {"title": "Invalid Payload", "detail": GENERAL},
            }
        ],
    ),
    (
        "E1, a field",
        {"title": "Invalid Payload", "errors": [{"otype": ["Invalid otype"]}], "code": "400000"},
        [
            {
                "message": "Invalid otype",
                "code": "400000",
                "field": "otype",
                "path": "/errors/0/otype/0",
                "http_status": 400,
                "details": {"title": "Invalid Payload"},
            }
        ],
    ),
    (
        "E2, a second code inside the text",
        {"detail": "Incorrect", "errors": [{"key": ["400068: API Key is a required input"]}], "code": "400010"},
        [
            {
                "message": "API Key is a required input",
                "code": "400068",
                "field": "key",
                "path": "/errors/0/key/0",
                "http_status": 400,
                "details": {"detail": "Incorrect"},
            }
        ],
    ),
    (
        "E3",
        {"detail": "Bad request: validation error", "errors": ["title is required", None, ""], "code": "400400"},
        [
            {
                "message": "title is required",
                "code": "400400",
                "path": "/errors/0",
                "http_status": 400,
                "details": {"detail": "Bad request: validation error"},
            }
        ],
    ),
    (
        "E4",
        {"detail": "Data source with id 0 does not exist", "code": "404000"},
        [
            {
                "message": "Data source with id 0 does not exist",
                "code": "404000",
                "path": "/detail",
                "http_status": 404,
            }
        ],
    ),
    ("E5", {"detail": "Not found."}, [{"message": "Not found.", "path": "/detail"}]),
    (
        "E6",
        {"id": [LIST], "detail": {"id": [LIST]}, "code": "400000"},
        [{"message": LIST, "code": "400000", "field": "id", "path": "/detail/id/0", "http_status": 400}],
    ),
    (
        "E7",
        {"subject": ["Invalid otype"], "n": 7, "empty": [], "mixed": ["a", 1]},
        [{"message": "Invalid otype", "field": "subject", "path": "/subject/0"}],
    ),
    (
        "E8",
        [{}, {"options": ["Expected a list."]}, "text"],
        [{"message": "Expected a list.", "field": "options", "index": 1, "path": "/1/options/0"}],
    ),
    (
        "E9",
        {
            "job_id": None,
            "invalid_terms": [
                {"index": 0, "errors": [{"title": ["This field is required."]}], "term": {"title": "Testing"}}
            ],
        },
        [
            {
                "message": "This field is required.",
                "field": "title",
                "index": 0,
                "item": "Testing",
                "path": "/invalid_terms/0/errors/0/title/0",
                "details": {"title": "Testing"},
            }
        ],
    ),
    (
        "E10",
        {
            "invalid_documents": [
                {
                    "index": 3,
                    "errors": [{"folder_ids": ["deleted"]}, [{}, {"non_field_errors": ["not allowed"]}]],
                    "document": {"id": 7},
                }
            ]
        },
        [
            {
                "message": "deleted",
                "field": "folder_ids",
                "index": 3,
                "item": "7",
                "path": "/invalid_documents/0/errors/0/folder_ids/0",
                "details": {"id": 7},
            },
            {
                "message": "not allowed",
                "index": 3,
                "item": "7",
                "path": "/invalid_documents/0/errors/1/1/non_field_errors/0",
                "details": {"id": 7},
            },
        ],
    ),
    (
        "E11",
        {"invalid_folders": [{"index": 0, "errors": [[{"field_id": ["not present"]}]]}]},
        [
            {
                "message": "not present",
                "field": "field_id",
                "index": 0,
                "path": "/invalid_folders/0/errors/0/0/field_id/0",
            }
        ],
    ),
    (
        "E9, odd records",
        {"invalid_terms": ["broken", {"index": "2", "message": "no"}, {"term": {"title": {}}}, 7]},
        [
            {"message": "broken", "index": 0, "path": "/invalid_terms/0"},
            {"message": "no", "path": "/invalid_terms/1"},
            {"message": NO_REASON, "path": "/invalid_terms/2", "details": {"title": {}}},
            {"message": NO_REASON, "index": 3, "path": "/invalid_terms/3"},
        ],
    ),
    (
        "E12",
        {"Entry": 1, "Message": "field_key is required"},
        [{"message": "field_key is required", "index": 1, "path": "/Message"}],
    ),
    (
        "E12, the whole body",
        {"Entry": -1, "Message": "400001: no"},
        [{"message": "no", "code": "400001", "path": "/Message"}],
    ),
    (
        "E13",
        {"error": "Cannot find Datasource"},
        [{"message": "Cannot find Datasource", "path": "/error"}],
    ),
    ("E13, of an upload", {"Error": "bad csv"}, [{"message": "bad csv", "path": "/Error"}]),
    (
        "E14",
        {"error": "invalid_client", "error_description": "Client credentials are incorrect", "code": "401"},
        [
            {
                "message": "Client credentials are incorrect",
                "code": "401",
                "path": "/error",
                "http_status": 401,
                "details": {"error": "invalid_client"},
            }
        ],
    ),
    (
        "E14 without a code",
        {"error": "invalid_client", "error_description": "no"},
        [{"message": "no", "code": "invalid_client", "path": "/error", "details": {"error": "invalid_client"}}],
    ),
    (
        "title and code",
        {"title": "Invalid Payload", "code": 400000},
        [{"message": "Invalid Payload", "code": "400000", "path": "/title", "http_status": 400}],
    ),
    (
        "a detail of another form, with a code",
        {"detail": 7, "code": "500000"},
        [{"message": NO_REASON, "code": "500000", "path": "/detail", "http_status": 500}],
    ),
    (
        "a title of another form, with a code",
        {"title": True, "code": 7},
        [{"message": NO_REASON, "code": "7", "path": "/title"}],
    ),
    (
        "a credential where a sentence is due",
        {"errors": [{"password": ["too short"], "token": "abc"}]},
        [
            {"message": "too short", "field": "password", "path": "/errors/0/password/0"},
            {"message": "***", "field": "token", "path": "/errors/0/token"},
        ],
    ),
    (
        "nested fields",
        {"errors": {"a/b": {"c": [7, True, {"non_field_errors": "no"}]}}},
        [
            {"message": NO_REASON, "field": "a/b.c", "path": "/errors/a~1b/c/0"},
            {"message": NO_REASON, "field": "a/b.c", "path": "/errors/a~1b/c/1"},
            {"message": "no", "field": "a/b.c", "path": "/errors/a~1b/c/2/non_field_errors"},
        ],
    ),
    ("E18", KeyError("result"), [{"message": "KeyError: 'result'"}]),
    ("E18, a lost connection", TimeoutError(), [{"message": "TimeoutError", "transient": True}]),
    ("E18, of urllib", URLError("no route"), [{"message": "URLError: <urlopen error no route>", "transient": True}]),
    (
        "E18, of a library that is not known here",
        type("ConnectTimeout", (Exception,), {})("x?token=abc"),
        [{"message": "ConnectTimeout: x?token=***", "transient": True}],
    ),
]


@pytest.mark.parametrize(("document", "read_as"), [(document, read_as) for _, document, read_as in SHAPES], ids=[
    name for name, _, _ in SHAPES
])  # fmt: skip
def test_an_error_shape_is_read(document: Any, read_as: list[dict[str, Any]]) -> None:
    """With message, code, field, index and item, and with the place where each of them stands."""
    assert read(document) == read_as


@pytest.mark.parametrize(
    ("document", "read_as"),
    [(document, read_as) for _, document, read_as in SHAPES if isinstance(document, (dict, list))],
)
def test_an_error_shape_is_read_from_json_text(document: Any, read_as: list[dict[str, Any]]) -> None:
    """As if it were decoded."""
    assert read(json.dumps(document)) == read_as


@pytest.mark.parametrize("more", [None, 7, "text", {}, {"a": 1}, [], [1], True])
def test_an_added_key_changes_no_error(more: Any) -> None:
    """Whatever it holds; only a list of texts would be a field map of its own."""
    for _, document, read_as in SHAPES:
        if isinstance(document, dict):
            assert read({**document, "x-unknown": more}) == read({"x-unknown": more, **document}) == read_as


@pytest.mark.parametrize(
    "document",
    [
        None,
        "",
        "text",
        7,
        [],
        {},
        {"id": 1},
        {"detail": None},
        {"detail": ""},
        {"detail": {}},
        {"detail": 7},
        {"title": "a page"},
        {"code": "400000"},
        {"errors": []},
        {"errors": [{}, [{}], None]},
        {"error": 7},
        {"error": ""},
        {"Message": 7},
        {"invalid_terms": "all"},
        {"invalid_terms": []},
        {"status": "successful", "names": ["a"]},
        {"Success": "Total number of users got updated with temp username and suspended: 1"},
        {"Status": "Success: Updated server-id 21", "errors": ["x"]},
        {"detail": "Revoked active access tokens for 1 user"},
        '{"error"',
        ["a", 7, None],
    ],
    ids=repr,
)
def test_anything_else_is_no_error(document: Any) -> None:
    """An error is never guessed."""
    assert read(document) == []


@pytest.mark.parametrize("name", ["results", "errors", None])
def test_the_errors_of_a_job_are_a_list(name: str | None) -> None:
    """E20: a list, or an object that holds it; E21: also one alone."""
    items: list[Any] = [
        {"error_message": "400068: no key", "name": "row 1"},
        {"message": "bad", "code": 7, "name": 5},
        "text",
        7,
    ]
    base = f"/{name}" if name else ""

    assert read({name: items} if name else items, "job-error/GET") == [
        {"message": "no key", "code": "400068", "item": "row 1", "path": f"{base}/0", "details": items[0]},
        {"message": "bad", "code": "7", "path": f"{base}/1", "details": items[1]},
        {"message": "text", "path": f"{base}/2"},
        {"message": NO_REASON, "path": f"{base}/3"},
    ]
    assert read(items[0], "data-dictionary-task-error/GET") == [
        {"message": "no key", "code": "400068", "item": "row 1", "details": items[0]}
    ]
    assert read({}, "job-error/GET") == read("text", "job-error/GET") == read(None, "job-error/GET") == []


def test_a_refusal_of_the_list_of_errors_is_a_refusal() -> None:
    """It is an envelope with a `detail`."""
    assert read({"detail": "Not found."}, "job-error/GET") == [{"message": "Not found.", "path": "/detail"}]
    assert read(TimeoutError("x"), "job-error/GET") == [{"message": "TimeoutError: x", "transient": True}]


# Why a job failed.


@pytest.mark.parametrize(
    ("result", "read_as"),
    [
        ({"error": "x", "code": "500000"}, [{"message": "x", "code": "500000", "path": "/error"}]),
        ('{"detail": "x"}', [{"message": "x", "path": "/detail"}]),
        ("no disk", [{"message": "no disk", "code": "not-successful"}]),
        ("500001: no disk", [{"message": "no disk", "code": "500001"}]),
        (["first", "last", " ", 7], [{"message": "last", "code": "not-successful", "path": "/1"}]),
        ([{"a": ["b"]}], [{"message": "b", "field": "a", "index": 0, "path": "/0/a/0"}]),
        (TimeoutError("x"), [{"message": "TimeoutError: x", "transient": True}]),
        (None, []),
        ("", []),
        ([], []),
        ({}, []),
        (7, []),
    ],
)
def test_a_failed_job_says_why_in_its_result(result: Any, read_as: list[dict[str, Any]]) -> None:
    """An error body, or prose; what the job says is of origin job, an exception of origin transport."""
    found = job_errors(result)

    assert told(found) == read_as
    assert {error.origin for error in found} <= {"job", "transport"}


@pytest.mark.parametrize(
    ("result", "is_one"),
    [
        ({"detail": "x", "code": "400000"}, True),
        ({"error": "x"}, True),
        ({"errors": ["x"]}, True),
        ({"invalid_terms": ["x"]}, True),
        ('{"error": "x"}', True),
        ([{"error": "x"}, {"error": "y"}], True),
        ([{"error": "x"}, {"id": 1}], False),
        ([{"error": "x"}, "y"], False),
        ([], False),
        ({"detail": "x"}, False),
        ({"a": ["b"]}, False),
        ({"code": "400000"}, False),
        ("x", False),
        (None, False),
    ],
)
def test_an_error_body_can_be_told_beyond_doubt(result: Any, is_one: bool) -> None:
    """Only such a one contradicts a job that calls itself successful."""
    assert is_error_body(result) is is_one


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("400068: API Key is a required input", "400068", "API Key is a required input"),
        ("400068:x", "400068", "x"),
        ("400068: a\nb", "400068", "a\nb"),
        ("40068: x", None, "40068: x"),
        ("4000680: x", None, "4000680: x"),
        ("400068 x", None, "400068 x"),
        ("400068: ", None, "400068: "),
        ("see 400068: x", None, "see 400068: x"),
    ],
)
def test_a_code_is_split_off_a_text_that_begins_with_it(text: str, code: str | None, message: str) -> None:
    """Six digits and a colon."""
    assert split(text) == (code, message)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("400000", 400),
        ("404", 404),
        ("599999", 599),
        ("200000", None),
        ("600000", None),
        ("40000", None),
        ("abc", None),
        ("٤٠٠", None),
        ("", None),
        (None, None),
    ],
)
def test_a_code_begins_with_an_http_status(code: str | None, status: int | None) -> None:
    """Those of six digits, and those of OAuth."""
    assert status_of(code) == status


def test_the_reason_of_an_entry_is_the_first_word_that_says_one() -> None:
    """Or our own statement."""
    assert reason({"msg": "b", "error": "", "detail": "a"}) == "a"
    assert reason("a") == "a"
    assert reason({"error": ["a"]}) == reason("") == reason(None) == NO_REASON


# Errors of items.


def test_entries_of_an_error_list_are_errors_of_items() -> None:
    """Text, objects that say it in a word, field maps, and what says nothing; null and empty are no errors."""
    entries = [None, "", {}, [], "400068: a", {"error": "b", "id": 7}, {"title": ["c"]}, {"id": ""}, 7, [" "]]

    assert told(tuple(entry_errors(entries, "/errors"))) == [
        {"message": "a", "code": "400068", "path": "/errors/4"},
        {"message": "b", "item": "7", "path": "/errors/5", "details": entries[5]},
        {"message": "c", "field": "title", "path": "/errors/6/title/0"},
        {"message": NO_REASON, "path": "/errors/7", "details": entries[7]},
        {"message": NO_REASON, "path": "/errors/8"},
        {"message": NO_REASON, "path": "/errors/9"},
    ]
    assert told(tuple(entry_errors(["a"], "/e", numbered=True, item="x"))) == [
        {"message": "a", "index": 0, "item": "x", "path": "/e/0"}
    ]


def test_an_error_may_stand_alone() -> None:
    """Then it has no position."""
    assert told(tuple(entry_errors("a", "/error", numbered=True))) == [{"message": "a", "path": "/error"}]
    assert tuple(entry_errors(None, "/error")) == ()
    assert tuple(entry_errors("", "/error")) == ()


def test_items_may_carry_errors() -> None:
    """Beside what tells them, typed or raw; the first word counts."""
    result = {
        "created_term_count": 1,
        "created_terms": [
            {"id": 5, "error": "locked"},
            {"title": "a", "errors": ["x", "y"], "detail": "z"},
            7,
            {"id": 6, "seen": 1},
        ],
    }
    read_as = job({"status": "successful", "result": result}, "document/POST")

    assert told(read_as.errors) == [
        {"message": "locked", "item": "5", "path": "/result/created_terms/0/error"},
        {"message": "x", "item": "a", "path": "/result/created_terms/1/errors/0"},
        {"message": "y", "item": "a", "path": "/result/created_terms/1/errors/1"},
    ]
    assert read_as.state == "partially_succeeded"
    assert tuple(carried_errors(None, "")) == ()


@pytest.mark.parametrize(
    ("path", "result", "paths"),
    [
        (
            "data-quality-value/DELETE",
            {
                "fields": {"not_found": {"count": 1, "sample": [{"field_key": "a"}, 7]}},
                "values": {"not_found": {"count": 0, "sample": ["b"]}},
                "created_object_attribution": {
                    "success_count": 0,
                    "failure_count": 1,
                    "failure_sample": [{"field_key": "a", "object_key": "1.b"}],
                },
            },
            {
                "/result/fields/not_found/sample/0": "a",
                "/result/fields/not_found/sample/1": None,
                "/result/created_object_attribution/failure_sample/0": "a 1.b",
            },
        ),
        (
            "data-quality-value/POST",
            {"fields": {}, "values": {}, "created_object_attribution": {"success_count": 0, "failure_count": 1}},
            {},
        ),
        (
            "dataflow/DELETE",
            [{"response": "a", "mapping": [{"id": 1, "error": "x"}, {"id": 2}], "failed": ["y"]}],
            {"/result/0/failed/0": None, "/result/0/mapping/0/error": "1"},
        ),
        (
            "dataflow/POST",
            [{"response": "a", "mapping": [{"external_id": "x", "errors": "y"}]}],
            {"/result/0/mapping/0/errors": "x"},
        ),
        (
            "document/PUT",
            {"updated_term_count": 0, "updated_terms": [{"id": 1, "detail": "x"}]},
            {"/result/updated_terms/0/detail": "1"},
        ),
        (
            "document-hub-folder/POST",
            {"created_folder_count": 0, "created_folders": [{"title": "a", "error": "x"}]},
            {"/result/created_folders/0/error": "a"},
        ),
        (
            "document-hub-folder/PUT",
            {"updated_folder_count": 0, "updated_folders": [{"id": 1, "error": "x"}]},
            {"/result/updated_folders/0/error": "1"},
        ),
        (
            "virtual-datasource/POST",
            {"number_received": 1, "updated_objects": 0, "error_objects": ["x"], "error": "1 errors were ignored"},
            {"/result/error_objects/0": None},
        ),
        (
            "virtual-datasource/POST",
            {"number_received": 1, "updated_objects": 0, "error_objects": [], "error": "1 errors were ignored"},
            {"/result/error": None},
        ),
    ],
)
def test_results_name_the_items_that_failed(path: str, result: Any, paths: dict[str, str | None]) -> None:
    """Each where it stands, with the vendor's name of the item."""
    read_as = job({"status": "successful", "result": result}, path)

    assert {error.path: error.item for error in read_as.errors if error.origin == "item"} == paths


# Receipts. Source: contracts 1.1.

LINKS = [
    {"rel": "status", "href": "/api/v1/bulk_metadata/job/?id=42"},
    {"rel": "info", "href": "/api/job/42/"},
    {"rel": 7, "href": "/"},
    {"rel": "x"},
    "text",
]
JOB = Key("alation/job/GET")


@pytest.mark.parametrize(
    ("document", "ticket", "word"),
    [
        ({"job_id": 27809}, ("27809", "id", {}), None),
        ({"job_id": "27809"}, ("27809", "id", {}), None),
        ({"job_id": 2**64}, (str(2**64), "id", {}), None),
        ({"job_id": 7, "href": "/job/?id=7", "errors_url": 8}, ("7", "id", {"href": "/job/?id=7"}), None),
        (
            {"task": {"id": 42, "type": "A", "state": "QUEUED", "status": "NA", "links": LINKS}},
            ("42", "id", {"status": LINKS[0]["href"], "info": LINKS[1]["href"]}),  # type: ignore[index]
            "QUEUED",
        ),
        ({"task": {"id": 42, "status": "NA", "links": "none"}}, ("42", "id", {}), "NA"),
        (
            {"job": {"id": 14391, "url": "/api/job/14391/", "errors_url": "/api/job_error/?job_id=14391"}},
            ("14391", "id", {"url": "/api/job/14391/", "errors_url": "/api/job_error/?job_id=14391"}),
            None,
        ),
        ({"job_name": "MetadataExtraction#1_2017"}, ("MetadataExtraction#1_2017", "name", {}), None),
        ({"job_name": "a", "job_id": 7}, ("a", "name", {}), None),
        ({"job_name": "", "job_id": 7}, ("7", "id", {}), None),
        ({"task": {"id": 1}, "job": {"id": 2}, "job_id": 3}, ("1", "id", {}), None),
        ({"job": {"id": 2, "job_id": 4}, "job_id": 3}, ("4", "id", {}), None),
        ({"job": {"id": 2, "job_name": "a"}}, ("2"[:0] + "a", "name", {}), None),
        ({"task": "text", "job_id": 3}, ("3", "id", {}), None),
        ({"status": "QUEUED", "job_id": 3}, ("3", "id", {}), "QUEUED"),
    ],
)
def test_a_receipt_is_read(document: Any, ticket: tuple[str, str, dict[str, str]], word: str | None) -> None:
    """Wrapped ones win over the body, a name over an id; links are kept."""
    asked = ask_for("alation/submit/POST", None, None)
    read_as = receipt(asked, document)

    assert read_as is not None
    assert read_as.ticket == Ticket(JOB, *ticket)
    assert read_as.native_state == word
    assert normalize(document, "alation/document/POST").ticket == Ticket(Key("alation/document/POST"), *ticket)


@pytest.mark.parametrize(
    "document",
    [
        {"id": 7},
        {"job_id": None},
        [{"job_id": 7}],
        "text",
        None,
        {},
        {"status": "successful", "msg": "", "job_id": 7},
        {"status": "successful", "result": None, "job_id": 7},
        {"job_id": None, "invalid_terms": [{"index": 0, "errors": ["x"]}]},
    ],
)
def test_other_answers_are_no_receipts(document: Any) -> None:
    """A bare `id` tells nothing, a job document is one, and an error shape is no receipt."""
    read_as = receipt(ask_for("alation/document/POST", None, None), document)

    assert read_as is None or read_as.ticket is None


@pytest.mark.parametrize(
    "document", [{"job_id": None}, {"task": {}}, {"task": {"id": None}}, {"job_id": True}, {"task": 7}]
)
def test_a_receipt_without_an_id_breaks_the_protocol(document: Any) -> None:
    """Nothing can be asked with it."""
    read_as = job(document, "document/POST")

    assert (read_as.state, [error.code for error in read_as.errors]) == ("unknown", ["missing-job-id"])


def test_a_receipt_says_when() -> None:
    """With its zone; text that is no moment says nothing."""
    started = job({"task": {"id": 1, "ts_started": "2023-12-08T10:08:35.974963Z", "ts_created": "soon"}}, "submit/POST")
    created = job({"task": {"id": 1, "ts_started": 7, "ts_created": "2023-12-08T10:08:35Z"}}, "submit/POST")

    assert (started.started_at, started.submitted_at) == (datetime(2023, 12, 8, 10, 8, 35, 974963, UTC), None)
    assert (created.started_at, created.submitted_at) == (None, datetime(2023, 12, 8, 10, 8, 35, tzinfo=UTC))


@pytest.mark.parametrize("path", ["submit/POST", "data-dictionary/PUT"])
def test_the_task_of_a_data_dictionary_is_asked_after_elsewhere(path: str) -> None:
    """Its link tells; the jobs endpoint does not know its UUID."""
    uuid = "1e7a8e8f-fe46-4da4-8393-fce89be3ebcb"
    href = f"https://x/integration/v1/data_dictionary/tasks/{uuid}"
    task = {
        "id": uuid,
        "type": "COMMIT_TO_CATALOG",
        "state": "QUEUED",
        "links": [{"rel": "info and status", "href": href}],
    }
    read_as = job({"task": task}, path)

    assert read_as.ticket == Ticket(Key("alation/data-dictionary-task/GET"), uuid, "id", {"info and status": href})
    assert read_as.findings == ()


# Asking.


@pytest.mark.parametrize(
    ("ticket", "request_"),
    [
        (Ticket(JOB, "7"), Request("GET", "/api/v1/bulk_metadata/job/", {"id": "7"})),
        (Ticket(JOB, "a#b", "name"), Request("GET", "/api/v1/bulk_metadata/job/", {"name": "a#b"})),
        (
            Ticket(Key("alation/data-dictionary-task/GET"), "a/b"),
            Request("GET", "/integration/v1/data_dictionary/tasks/a%2Fb"),
        ),
    ],
)
def test_a_job_is_asked_after(ticket: Ticket, request_: Request) -> None:
    """By id or by name, which is not yet quoted; status and result are one request."""
    assert alation.request("status", ticket) == alation.request("result", ticket) == request_


@pytest.mark.parametrize(
    ("operation", "ticket", "reason_"),
    [
        ("cancel", Ticket(JOB, "7"), "can only be read"),
        ("list", Ticket(JOB, "7"), "can only be read"),
        ("status", Ticket(JOB, " "), "names no job"),
        ("status", Ticket(JOB, "abc"), "is a number"),
        ("status", Ticket(JOB, "٣"), "is a number"),
        ("status", Ticket(JOB, "7&name=x"), "is a number"),
        ("status", Ticket(JOB, "7", by="page"), "by its id or its name"),
        ("status", Ticket(JOB, "a\ud800", by="name"), "cannot be this"),
        ("status", Ticket(JOB, "a\nb", by="name"), "cannot be this"),
        ("result", Ticket(Key("alation/data-dictionary-task/GET"), ".."), "cannot be this"),
        ("result", Ticket(Key("alation/data-dictionary-task/GET"), "\ud800"), "cannot be this"),
    ],
)
def test_what_cannot_be_asked_is_refused(operation: str, ticket: Ticket, reason_: str) -> None:
    """Before anything is sent."""
    with pytest.raises(NotAskable, match=reason_):
        alation.request(operation, ticket)


# Sentences. Source: contracts 4.2 to 4.4.


@pytest.mark.parametrize(
    ("msg", "at", "seconds", "odd"),
    [
        (
            "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00",
            datetime(2024, 9, 17, 12, 50, 42, 653908, UTC),
            0.025975,
            False,
        ),
        (
            "Job finished in 1.0 seconds at 2024-07-02 13:45:23+00:00",
            datetime(2024, 7, 2, 13, 45, 23, tzinfo=UTC),
            1.0,
            False,
        ),
        ("Job finished in 12 seconds at soon", None, 12.0, True),
        (
            "Job finished in -1 seconds at 2024-07-02 13:45:23+00:00",
            datetime(2024, 7, 2, 13, 45, 23, tzinfo=UTC),
            None,
            True,
        ),
        (f"Job finished in {'9' * 400} seconds at 2024-07-02 13:45:23", None, None, True),
        ("Job finished in a hurry", None, None, False),
        ("Done.", None, None, False),
        ("", None, None, False),
        (None, None, None, False),
        (7, None, None, False),
    ],
)
def test_the_timing_sentence_is_read(msg: Any, at: datetime | None, seconds: float | None, odd: bool) -> None:
    """Its numbers, or a finding; any other text says nothing of time."""
    finished_at, duration, findings = timing(msg)

    assert finished_at == at
    assert duration == (None if seconds is None else timedelta(seconds=seconds))
    assert [(found.rule, found.path) for found in findings] == ([("wrong-type", "/msg")] if odd else [])


@pytest.mark.parametrize(
    ("texts", "counts"),
    [
        (
            ("Successfully processed 2 items", "attempted. [Succeeded: 2, Failed: 1, Total: 3]"),
            Counts(succeeded=2, failed=1, total=3),
        ),
        (("Finished. Updated objects: 2, created objects: 3",), Counts(succeeded=5)),
        (("Updated values count: 1. Error count: 2. Errors: []", "Finished."), Counts(succeeded=1, failed=2)),
        (("Updated objects: 1, created objects: 0", "Updated objects: 2, created objects: 0"), Counts(succeeded=2)),
        ((f"[Succeeded: {'9' * 30}, Failed: 0, Total: 0]",), None),
        (("Uploaded 3 directories and files.",), None),
        ((), None),
    ],
)
def test_counts_are_read_from_prose(texts: tuple[str, ...], counts: Counts | None) -> None:
    """From the last sentence that has any."""
    assert told_counts(texts) == counts


def test_the_second_job_of_a_custom_field_value_job_is_found_in_any_text() -> None:
    """Once, as a follow-up under the same key."""
    text = "Start bulk upsert... Legacy(Rosemeta) write job_id (can be tracked using jobs API): {}"
    payload = {"status": "successful", "result": ["Start", text.format(7637), text.format(7637), text.format(12)]}
    read_as = job(payload, "custom-field-value/PUT")

    assert second_jobs([text.format(7), "", text.format(7), "x" + text.format(8) + "."]) == ("7", "8")
    assert read_as.follow_ups == tuple(
        Ticket(Key("alation/custom-field-value/PUT"), number) for number in ("7637", "12")
    )


# Counts. Source: contracts 4.5.


@pytest.mark.parametrize(
    ("path", "result", "counts"),
    [
        ("document/POST", {"created_term_count": 2, "created_terms": []}, Counts(succeeded=2)),
        ("document/POST", {"created_term_count": "2", "created_terms": []}, Counts(succeeded=2)),
        ("document/POST", {"created_term_count": -2, "created_terms": []}, None),
        ("document/POST", {"created_term_count": True, "created_terms": []}, None),
        (
            "rdbms-table/POST",
            [
                {"response": "a", "mapping": [{"id": 1, "key": "a"}], "errors": ["x"]},
                {"response": "b", "mapping": [{"id": 2, "key": "b"}, 7]},
                "Finished",
            ],
            Counts(succeeded=3, failed=1),
        ),
        (
            "rdbms-table/POST",
            [{"response": "a", "mapping": [{"id": 1, "key": "a"}]}, {"response": "b", "mapping": []}],
            Counts(succeeded=1),
        ),
        ("rdbms-table/POST", [{"response": "a", "mapping": 7}], None),
        (
            "custom-field/POST",
            ['{"msg": "a", "data": {}}', '{"msg": "b", "data": {"field_ids": [1, 2]}}'],
            Counts(succeeded=2),
        ),
        (
            "business-policy/POST",
            ["attempted. [Succeeded: 2, Failed: 0, Total: 2]"],
            Counts(total=2, succeeded=2, failed=0),
        ),
        ("document/PUT", {"updated_term_count": 1, "updated_terms": [{"id": 1}]}, Counts(succeeded=1)),
        ("document/DELETE", {"deleted_document_count": 1, "deleted_document_ids": [1]}, Counts(succeeded=1)),
        ("term/DELETE", {"deleted_term_count": 1, "deleted_term_ids": [1]}, Counts(succeeded=1)),
        ("document-hub-folder/POST", {"created_folder_count": 1, "created_folders": []}, Counts(succeeded=1)),
        ("document-hub-folder/PUT", {"updated_folder_count": 1, "updated_folders": []}, Counts(succeeded=1)),
        ("document-hub-folder/DELETE", {"deleted_folder_count": 1, "deleted_folder_ids": [1]}, Counts(succeeded=1)),
        ("dataflow/POST", [{"response": "a", "mapping": [{"id": 1}, {}]}], Counts(succeeded=2)),
        ("dataflow/DELETE", [{"response": "a", "mapping": [], "failed": ["x", {}]}], Counts(succeeded=0, failed=2)),
        ("dataflow/DELETE", [{"response": "a", "mapping": []}], Counts(succeeded=0)),
        (
            "virtual-datasource/POST",
            {"number_received": 5, "updated_objects": 0, "error_objects": ["x"], "error": "1 errors were ignored"},
            Counts(total=5, failed=1),
        ),
        (
            "data-quality-value/DELETE",
            {"fields": {"deleted": {"count": 1, "sample": []}}, "values": {"not_found": {"count": 2, "sample": []}}},
            Counts(succeeded=1, failed=2),
        ),
        (
            "data-quality-value/POST",
            {
                "fields": {},
                "values": {"created": {"count": 1, "sample": []}, "updated": {"count": 2, "sample": []}},
                "created_object_attribution": {"success_count": 2, "failure_count": 1},
            },
            Counts(succeeded=3, failed=1),
        ),
        ("data-quality-value/POST", {"fields": 7, "values": {}}, None),
        ("job/GET", {"a": 1}, None),
    ],
)
def test_counts_are_taken_from_results(path: str, result: Any, counts: Counts | None) -> None:
    """From what is typed, summed over the parts; else from prose. A total is never computed."""
    assert job({"status": "successful", "result": result}, path, operation="result").counts == counts


def test_numbers_written_as_text_are_read_and_reported() -> None:
    """Wherever they stand in a typed result."""
    stats = {"count": "3", "sample": []}
    result = {
        "fields": {"created": stats},
        "values": {},
        "created_object_attribution": {"success_count": "1", "failure_count": 0},
    }
    read_as = job({"status": "successful", "result": result}, "data-quality-field/POST")

    assert read_as.counts == Counts(succeeded=3, failed=0)
    assert [finding.path for finding in read_as.findings if finding.rule == "number-as-text"] == [
        "/result/fields/created/count",
        "/result/created_object_attribution/success_count",
    ]


@pytest.mark.parametrize(
    ("value", "number", "counted"),
    [(7, 7, 7), ("7", 7, 7), ("-7", -7, None), (-7, -7, None), ("007", 7, 7), (0, 0, 0)]
    + [(value, None, None) for value in (True, 7.0, "7.0", " 7", "", "٣", None, [7], "9" * 19)],
)
def test_a_whole_number_may_be_written_as_text(value: object, number: int | None, counted: int | None) -> None:
    """A count is one that is not negative; a flag is none, and neither is a number too long for one."""
    assert (whole(value), count(value)) == (number, counted)
    assert is_number_text(value) is (isinstance(value, str) and number is not None)


# Messages and states.


@pytest.mark.parametrize(
    ("path", "payload", "message"),
    [
        ("job/GET", {"status": "successful", "msg": "ok"}, "ok"),
        ("job/GET", {"status": "successful", "msg": 7}, None),
        ("duplicate-user/POST", {"Success": "suspended: 1"}, "suspended: 1"),
        ("bi-server/PATCH", {"Status": "Success: Updated server-id 21"}, "Success: Updated server-id 21"),
        ("document/POST", {"title": "Invalid Payload", "code": "400000"}, "Invalid Payload"),
        ("document/POST", {"error": "x", "error_description": "y"}, "y"),
        ("document/POST", [1], None),
        (
            "bi-server/POST",
            {"Count": 1, "Errors": [None], "Server IDs": [11], "Status": "Success: Created 1 servers."},
            "Success: Created 1 servers.",
        ),
        ("bi-server/POST", {"Count": 1, "Errors": [None], "Server IDs": [11], "Status": 7}, None),
    ],
)
def test_the_message_is_the_vendors_sentence_about_the_whole(path: str, payload: Any, message: str | None) -> None:
    """`msg`, or the word that says it in an answer without one."""
    assert job(payload, path).message == message


def test_a_success_with_an_error_body_is_a_contradiction() -> None:
    """Nothing settles which of the two holds."""
    payload = {"status": "Successful", "result": {"detail": "x", "code": "400000"}}
    read_as = job(payload, "document/POST")

    assert (read_as.state, read_as.finished) == ("unknown", True)
    assert [(error.origin, error.code) for error in read_as.errors] == [("job", "400000"), ("decode", "contradiction")]


def test_a_job_document_that_says_nothing_is_still_one() -> None:
    """Its result stands below it, also for those who follow the paths."""
    result = {"Status": "Success", "Count": 1, "Server IDs": [1], "Errors": ["x"]}
    read_as = job({"status": None, "result": result}, "bi-server/POST")

    assert [error.path for error in read_as.errors] == ["/result/Errors/0", "/status"]
    assert read_as.message is None


def test_a_failed_job_may_give_its_reason_beside_the_result() -> None:
    """In members that no class knows."""
    read_as = job({"status": "failed", "detail": "odd"})

    assert (read_as.state, told(read_as.errors)) == ("failed", [{"message": "odd", "path": "/detail"}])


def test_a_typed_result_of_a_failed_job_gives_no_reason_of_its_own() -> None:
    """Only its items do."""
    result = {"created_term_count": 0, "created_terms": [{"id": 1, "error": "x"}]}
    read_as = job({"status": "failed", "result": result}, "document/POST")

    assert [(error.origin, error.message) for error in read_as.errors] == [("item", "x")]


def test_an_error_body_among_typed_items_is_an_error_of_an_item() -> None:
    """The job did the others."""
    result = [{"response": "a", "mapping": []}, {"error": "x", "code": "500000"}]
    read_as = job({"status": "successful", "result": result}, "rdbms-table/POST")

    assert [(error.origin, error.path) for error in read_as.errors] == [("item", "/result/1/error")]
    assert read_as.state == "partially_succeeded"


def test_a_synchronous_result_may_say_a_word_of_its_own() -> None:
    """Domains that are deleted say it as a job document does."""
    bare = {"deleted_domain_count": 1, "deleted_domain_ids": [101]}

    assert job({"status": "failed", "msg": "", **bare}, "domain/DELETE").state == "failed"
    assert job({"status": "successful", "msg": "", **bare}, "domain/DELETE").native_state == "successful"
    assert job(bare, "domain/DELETE").native_state is None


# The task of a data dictionary. Source: contracts 2.12 and 4.1.

TASK: dict[str, Any] = {
    "id": "1e7a8e8f",
    "type": "COMMIT_TO_CATALOG",
    "state": "COMPLETED",
    "status": "PARTIALLY_SUCCEEDED",
    "progress": {"total_batches": 4, "batches_completed": 1},
    "result": {"records": {"total": 351, "succeeded": 349, "failed": 2}},
    "ts_created": "2025-04-25T03:28:26.287938Z",
    "ts_completed": "2025-04-25T03:28:35.916048Z",
}


@pytest.mark.parametrize("path", ["data-dictionary-task/GET", "data-dictionary/PUT"])
def test_a_task_is_read(path: str) -> None:
    """Alone, or as the result of the upload."""
    read_as = job(TASK, path)

    assert (read_as.state, read_as.finished, read_as.native_state) == (
        "partially_succeeded",
        True,
        "PARTIALLY_SUCCEEDED",
    )
    assert (read_as.id, read_as.progress, read_as.counts) == (
        "1e7a8e8f",
        0.25,
        Counts(total=351, succeeded=349, failed=2),
    )
    assert read_as.submitted_at == datetime(2025, 4, 25, 3, 28, 26, 287938, UTC)
    assert read_as.finished_at == datetime(2025, 4, 25, 3, 28, 35, 916048, UTC)


@pytest.mark.parametrize(
    ("members", "state", "finished", "rules"),
    [
        ({"state": "QUEUED", "status": None}, "pending", False, []),
        ({"state": "PROCESSING", "status": "NA"}, "running", False, []),
        ({"state": "completed", "status": None}, "unknown", True, []),
        ({"state": "FINISHED", "status": "SUCCEEDED", "result": None}, "succeeded", True, []),
        ({"state": "COMPLETED", "status": "FAILED"}, "failed", True, []),
        ({"state": "FAILED", "status": "FAILED"}, "failed", True, []),
        ({"state": "FAILED", "status": None}, "failed", True, []),
        ({"state": "PROCESSING", "status": "SUCCEEDED"}, "running", False, ["contradiction"]),
        ({"state": 7, "status": "SUCCEEDED"}, "unknown", None, ["unknown-state", "wrong-type"]),
        ({"state": "COMPLETED", "status": 7}, "unknown", True, ["wrong-type"]),
        ({"state": "odd", "status": ""}, "unknown", False, ["unknown-state"]),
        ({"progress": {"total_batches": 0, "batches_completed": 0}}, "partially_succeeded", True, []),
        ({"ts_created": 7, "ts_completed": None, "progress": 7}, "partially_succeeded", True, ["wrong-type"]),
    ],
)
def test_the_status_of_a_task_counts_once_its_state_says_that_it_has_ended(
    members: dict[str, Any], state: str, finished: bool | None, rules: list[str]
) -> None:
    """Until then the state is the word."""
    read_as = job({**TASK, **members}, "data-dictionary-task/GET")

    assert (read_as.state, read_as.finished) == (state, finished)
    assert sorted({finding.rule for finding in read_as.findings}) == rules


def test_numbers_of_a_task_written_as_text_are_reported() -> None:
    """As those of any other result."""
    read_as = job({**TASK, "result": {"records": {"total": "351"}}}, "data-dictionary-task/GET")

    assert read_as.counts == Counts(total=351)
    assert ("number-as-text", "/result/records/total") in [(found.rule, found.path) for found in read_as.findings]


def test_a_failed_task_may_give_its_reason() -> None:
    """In members that its class does not know."""
    read_as = job({**TASK, "status": "FAILED", "error": "no disk"}, "data-dictionary-task/GET")

    assert [(error.origin, error.message) for error in read_as.errors] == [("job", "no disk")]


# Whatever comes.

KEYS = [key for key in jobmodels.registry() if key.system == "alation"]


@pytest.mark.parametrize("key", ["alation/document/POST", "alation/job-error/GET", "alation/data-dictionary/PUT"])
@LAWS
@given(JSON)
def test_no_function_of_the_system_raises(key: str, document: Any) -> None:
    """Each takes any value, and gives nothing for what says nothing."""
    asked = ask_for(key, None, None)
    details: Any = jobmodels.structure(document, asked.endpoint.cls)

    assert isinstance(errors(asked, document), tuple)
    assert isinstance(job_errors(document), tuple)
    assert isinstance(is_error_body(document), bool)
    assert facts(asked, details) == facts(asked, details)
    found = receipt(asked, document)
    assert found is None or found == receipt(asked, document)


def test_every_class_of_the_system_is_at_home_somewhere() -> None:
    """All of its details can be read by class."""
    for key in KEYS:
        cls = jobmodels.registry()[key].cls
        assert jobmodels.registry().home(cls).cls is cls
    with pytest.raises(NoSuchEndpoint):
        jobmodels.registry().home(dict)


def test_typed_is_the_result_where_it_is_typed() -> None:
    """At least in part; a raw one is None there, and still in `result`."""
    typed = job({"status": "successful", "result": {"created_term_count": 0, "created_terms": []}}, "document/POST")
    raw = job({"status": "successful", "result": {"created_term_count": 0}}, "document/POST")

    assert typed.details.typed is typed.result
    assert (raw.details.typed, raw.result) == (None, {"created_term_count": 0})
