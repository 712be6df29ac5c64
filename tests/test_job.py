"""The common reading: keys, states, counts, findings, and the job itself."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobmodels import (
    Counts,
    Finding,
    Job,
    JobError,
    JobState,
    Key,
    Listing,
    Operation,
    Origin,
    Response,
    Severity,
    Ticket,
    normalize,
)
from jobmodels._job import RULES
from jobmodels.errors import InvalidKey

KEY = Key("acme/report/GET")


@attrs.frozen
class Report:
    """Details that have a result of their own."""

    result: Any = None


def a_job(**given: Any) -> Job[Any]:
    """Make the shortest job there is."""
    told: dict[str, Any] = {
        "key": KEY,
        "operation": Operation.RESULT,
        "state": JobState.UNKNOWN,
        "details": Report(),
        "raw": {},
    }
    return Job(**{**told, **given})


# Keys.


def test_a_key_is_text_that_knows_its_parts() -> None:
    """Each part of a key has a name."""
    key = Key("alation/custom-field-value/PUT")

    assert (key.system, key.endpoint, key.method) == ("alation", "custom-field-value", "PUT")
    assert key.path == "custom-field-value/PUT"


def test_a_key_equals_its_text() -> None:
    """Plain text of the same spelling finds what is stored under a key."""
    assert Key("a/b/GET") == "a/b/GET"
    assert {Key("a/b/GET"): 1}["a/b/GET"] == 1  # type: ignore[index]
    assert Key(Key("a/b/GET")) == Key("a/b/GET")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a/b",
        "a/b/get",
        "A/b/GET",
        "a/B/GET",
        "a/b_c/GET",
        "a/-b/GET",
        "a/b-/GET",
        "a/1b/GET",
        "a/b/c/GET",
        "a/b/GET\n",
        " a/b/GET",
        "a//GET",
        None,
        7,
        b"a/b/GET",
    ],
)
def test_other_text_is_no_key(text: object) -> None:
    """A key is checked when it is made."""
    with pytest.raises(InvalidKey):
        Key(text)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda key: pickle.loads(pickle.dumps(key))])
def test_a_key_is_copied_as_a_key(again: Any) -> None:
    """Neither copying nor pickling makes plain text of a key."""
    assert type(again(KEY)) is Key
    assert again(KEY) == KEY


# States and severities.


def test_terminal_states_are_those_that_a_later_answer_does_not_change() -> None:
    """An unknown state is never terminal, so that nobody takes it for an end."""
    assert {state for state in JobState if not state.is_terminal} == {
        JobState.PENDING,
        JobState.RUNNING,
        JobState.UNKNOWN,
    }


def test_only_a_whole_success_is_a_success() -> None:
    """A partial success is not."""
    assert [state for state in JobState if state.is_success] == [JobState.SUCCEEDED]


@pytest.mark.parametrize("words", [JobState, Operation, Origin, Severity])
def test_words_are_their_own_text_in_lower_case(words: Any) -> None:
    """A word of ours is written in JSON and in tables as it is spelled in Python, in lower case."""
    assert all(word == word.name.lower() == str(word) for word in words)


def test_severities_are_ordered() -> None:
    """A breaking change outranks a change, a change an addition."""
    assert [severity.rank for severity in (Severity.ADDITION, Severity.CHANGE, Severity.BREAKING)] == [0, 1, 2]


@pytest.mark.parametrize("rule", RULES)
def test_a_finding_takes_its_severity_from_its_rule(rule: str) -> None:
    """A rule has one severity, whoever finds it."""
    assert Finding(rule, "/a", "as it is").severity is RULES[rule]


def test_only_an_unknown_key_is_an_addition() -> None:
    """Everything else that a contract does not foresee may break who relies on it."""
    assert [rule for rule, severity in RULES.items() if severity is Severity.ADDITION] == ["unknown-key"]


def test_a_finding_is_one_line() -> None:
    """The place is a JSON Pointer, or the root."""
    assert str(Finding("wrong-type", "/a", "expected text")) == "breaking wrong-type at /a: expected text"
    assert str(Finding("several-jobs", "", "two")) == "change several-jobs at the root: two"


def test_a_finding_of_no_rule_cannot_be_made() -> None:
    """Rules are a closed list, since people filter by them."""
    with pytest.raises(KeyError):
        Finding("odd", "", "")


# Values.


def test_counts_that_were_not_given_are_none() -> None:
    """None is not 0."""
    assert attrs.astuple(Counts(failed=0)) == (None, None, 0, None)


@pytest.mark.parametrize("value", ["7", 7.0, True, -1, [7], None])
def test_a_count_that_is_no_count_is_none(value: Any) -> None:
    """A vendor's value of another kind is not counted with."""
    assert Counts(total=value) == Counts()


def test_an_error_takes_only_what_is_of_the_kind_of_its_field() -> None:
    """A vendor's value of another kind is None, its message a statement of ours; all of it is in `raw`."""
    odd: Any = {"message": ["x"], "code": 7, "field": 7, "index": -1, "item": {}, "request_id": 7}

    error = JobError(origin=Origin.ITEM, **odd)

    assert error == JobError(origin=Origin.ITEM, message="the service gave no reason that can be read")


def test_a_job_has_no_default_that_claims_anything() -> None:
    """What was not found out is None, or empty."""
    told = attrs.asdict(a_job(), recurse=False)
    given = {"key", "operation", "state", "details", "raw", "_secrets"}

    assert {told[name] for name in told.keys() - given} == {None, (), False}
    assert {name for name in told.keys() - given if told[name] is False} == {"ambiguous"}


def test_a_job_is_frozen() -> None:
    """A reading does not change after it was made."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        a_job().state = JobState.FAILED  # type: ignore[misc]


def test_jobs_of_one_answer_are_equal() -> None:
    """A job is a value."""
    assert a_job() == a_job()
    assert a_job() != a_job(state=JobState.FAILED)


def test_a_job_survives_pickling() -> None:
    """A reading can cross processes, raw answer and response included."""
    job = normalize({"status": "successful", "result": {"a": [1]}}, "alation/job/GET")

    again = pickle.loads(pickle.dumps(job))

    assert again == job
    assert again.raw == job.raw
    assert again.to_dict() == job.to_dict()


def test_the_result_is_the_one_inside_the_details() -> None:
    """Details without a `result` are the result themselves."""
    assert a_job(details=Report(result=7)).result == 7
    assert a_job(details="whole").result == "whole"


@pytest.mark.parametrize("state", JobState)
def test_a_result_is_ready_when_the_job_went_well_and_there_is_one(state: JobState) -> None:
    """A state alone, or a result alone, is not enough."""
    well = state in {JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED}

    assert a_job(state=state, details=Report(result=[])).result_ready is well
    assert a_job(state=state, details=Report()).result_ready is False


def test_repr_leaves_out_the_raw_answer_and_the_response() -> None:
    """`repr` fits a log line; both can still be had by name."""
    job = a_job(raw={"all": "of it"}, response=Response(200, {}, b"all of it"))

    assert "of it" not in repr(job)
    assert repr(job).startswith("Job(key='acme/report/GET', operation=")


# As plain JSON.


def test_to_dict_has_every_member_but_the_raw_answer_and_the_response() -> None:
    """A table of jobs has the same columns whatever was read."""
    told = a_job(response=Response(200)).to_dict()

    hidden = {"raw", "response", "_secrets"}
    assert list(told) == [field.name for field in attrs.fields(Job) if field.name not in hidden]


def test_to_dict_writes_moments_durations_and_words_as_json_has_them() -> None:
    """ISO 8601 in UTC, seconds, lower case."""
    told = a_job(
        state=JobState.PARTIALLY_SUCCEEDED,
        finished_at=datetime(2024, 9, 17, 12, 50, 42, 653908, tzinfo=UTC),
        duration=timedelta(milliseconds=1500),
        counts=Counts(failed=1),
    ).to_dict()

    assert told["state"] == "partially_succeeded"
    assert told["finished_at"] == "2024-09-17T12:50:42.653908+00:00"
    assert told["duration"] == 1.5
    assert told["counts"] == {"total": None, "succeeded": None, "failed": 1, "pending": None}


def test_to_dict_writes_what_stands_inside() -> None:
    """Errors, findings, tickets, listed jobs and details are objects of their fields."""
    ticket = Ticket("acme/report/GET", "7", links={"info": "/jobs/7"})
    told = a_job(
        errors=(JobError(message="no", origin=Origin.ITEM, index=2),),
        findings=(Finding("wrong-type", "/a", "expected text"),),
        follow_ups=(ticket,),
        listing=Listing(jobs=(a_job(id="8"),), total=1),
        details=Report(result=(1, {"b": 2.5}, None, True)),
    ).to_dict()

    assert told["errors"][0]["message"] == "no"
    assert told["errors"][0]["origin"] == "item"
    assert told["findings"] == [
        {"rule": "wrong-type", "path": "/a", "message": "expected text", "severity": "breaking"}
    ]
    assert told["follow_ups"] == [
        {"key": "acme/report/GET", "id": "7", "by": "id", "links": {"info": "/jobs/7"}, "origin": None}
    ]
    assert told["listing"]["jobs"][0]["id"] == "8"
    assert told["details"] == {"result": [1, {"b": 2.5}, None, True]}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (b"text\xff", "text\ufffd"),
        (TimeoutError("too long"), "TimeoutError: too long"),
        (object(), "<object>"),
        ({1: 2}, {"1": 2}),
        (2**64 + 1, 18446744073709551617),
    ],
)
def test_to_dict_finds_words_for_what_json_has_none_for(value: object, told: object) -> None:
    """Whatever stands in the details, the result is one that `json.dumps` takes, strictly."""
    written = a_job(details=Report(result=value)).to_dict()

    assert written["details"]["result"] == told
    assert json.loads(json.dumps(written, allow_nan=False)) == written
