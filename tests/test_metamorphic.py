"""Answers spelled in another way mean the same: every recorded answer of every system, respelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from jobmodels import Job, Response
from jobmodels._cases import Case, find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._json import decode, looks_embedded
from jobmodels.errors import DecodeError, JobModelsError

FOLDER = find_folder("jobmodels", "fixtures") or Path()
CASES = [case for case in map(load_case, find_cases(FOLDER)) if "raises" not in case.expect]


def name_of(case: Case) -> str:
    """Name a case by its place."""
    return case.path.relative_to(FOLDER).with_suffix("").as_posix()


def response_of(case: Case) -> Response:
    """Give the answer of a case as a response."""
    return case.answer.response or Response(None, None, case.answer.payload)


def document_of(case: Case) -> Any:
    """Decode the answer of a case; None where it cannot be, or where a member is given twice."""
    body = response_of(case).body
    try:
        document, twice = decode(body)
    except DecodeError:
        return None
    return None if twice else document


each_case = pytest.mark.parametrize("case", CASES, ids=map(name_of, CASES))
each_document = pytest.mark.parametrize(
    "case", [case for case in CASES if document_of(case) is not None], ids=lambda case: name_of(case)
)


def read(case: Case, response: Response) -> Job[Any]:
    """Read another response to the same question."""
    return attrs.evolve(case.answer, response=response).job()


def told(job: Job[Any]) -> dict[str, Any]:
    """Give all that a job tells, errors and findings in an order of their own."""
    plain = job.to_dict()
    return {**plain, "errors": ordered(plain["errors"]), "findings": ordered(plain["findings"])}


def ordered(items: list[Any]) -> list[Any]:
    """Give items in one order, whatever theirs was."""
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def state_of(job: Job[Any]) -> tuple[Any, ...]:
    """Give what a job says of where it stands."""
    inside = tuple(map(state_of, job.listing.jobs)) if job.listing else None
    return (
        job.id, job.state, job.finished, job.native_state, job.accepted, job.progress, job.counts, job.message,
        job.consumed, job.ambiguous, job.retry_after, job.submitted_at, job.duration, inside,
        sorted((error.origin.value, error.code or "", "".join(error.message.split())) for error in job.errors),
    )  # fmt: skip


def spelled(document: Any, **options: Any) -> bytes:
    """Write a document in another way."""
    return json.dumps(document, **options).encode("utf-8", "surrogatepass")


def reordered(value: Any) -> Any:
    """Turn the order of all members around."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def respelled(value: Any) -> Any:
    """Write all JSON text inside a document in another way."""
    if isinstance(value, dict):
        return {name: respelled(member) for name, member in value.items()}
    if isinstance(value, list):
        return [respelled(item) for item in value]
    if isinstance(value, str) and looks_embedded(value):
        try:
            inner, twice = decode(value)
        except JobModelsError:
            return value
        return value if twice else json.dumps(respelled(inner), indent=1)
    return value


def variants(response: Response) -> Iterator[Response]:
    """Give the same head in other spellings."""
    if response.headers is not None:
        fields = list(response.headers.items())
        for spelling in (str.upper, str.title, str.lower):
            yield attrs.evolve(response, headers=[(spelling(name), value) for name, value in reversed(fields)])


@each_case
def test_header_names_have_no_case_and_no_order(case: Case) -> None:
    """Nor is there a difference between a body of bytes and the same as text."""
    response = response_of(case)
    job = read(case, response)

    for other in variants(response):
        assert told(read(case, other)) == told(job)


@each_document
def test_whitespace_and_escapes_say_nothing(case: Case) -> None:
    """JSON may be written in many ways."""
    response, document = response_of(case), document_of(case)
    job = read(case, response)

    for body in (
        spelled(document, indent=3),
        b"\n\t " + spelled(document, separators=(",", ":")) + b"\r\n",
        spelled(document, ensure_ascii=False).replace(b"\xed\xa0\x80", b"\\ud800"),
    ):
        assert told(read(case, attrs.evolve(response, body=body))) == told(job)


@each_document
def test_members_have_no_order(case: Case) -> None:
    """An object is a set of members; only errors and findings may come in another order."""
    response, document = response_of(case), document_of(case)
    other = attrs.evolve(response, body=spelled(reordered(document)))

    assert state_of(read(case, other)) == state_of(read(case, response))


@each_document
def test_json_text_inside_may_be_spelled_otherwise(case: Case) -> None:
    """What it holds is the same."""
    response, document = response_of(case), document_of(case)
    other = attrs.evolve(response, body=spelled(respelled(document)))

    assert state_of(read(case, other)) == state_of(read(case, response))


@each_document
def test_an_added_member_says_nothing(case: Case) -> None:
    """It is kept, and may be a finding, and that is all."""
    response, document = response_of(case), document_of(case)
    if isinstance(document, dict) and document:
        other = attrs.evolve(response, body=spelled({**document, "x-added-later": {"by": ["the", "vendor"]}}))
        before, after = read(case, response), read(case, other)

        assert state_of(after) == state_of(before)
        assert {finding.rule for finding in after.findings} - {finding.rule for finding in before.findings} <= {
            "unknown-key"
        }
