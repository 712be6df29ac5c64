"""Logs as tables: a row means what the Job of its line means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jobmodels
from jobmodels import Job, registry, unstructure
from jobmodels._cases import Case, find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._lines import read_line
from jobmodels._secrets import redact
from jobmodels.errors import JobModelsError
from jobmodels.tables import LINE_SCHEMA, Options, normalize_batch
from tests.strategies import ANSWERS, JSON, KEYS, LAWS, documents

ENVELOPE = ("body", "text", "base64", "status", "headers", "request", "operation", "job_id")
ROOT = find_folder("jobmodels", "fixtures") or Path()
CASES = tuple(load_case(path, ROOT) for path in find_cases(ROOT))


def line_of(case: Case) -> bytes:
    """Write the answer of a case as a line of a log; the text of its body stays as it is."""
    members = {name: value for name, value in case.given.items() if name in ENVELOPE}
    return json.dumps({"key": case.key, **members} if members.keys() & {"body", "text", "base64"} else {
        "key": case.key, "text": None, **members}).encode()  # fmt: skip


def lines_of(*raws: bytes | None, source: str = "log.jsonl") -> pa.RecordBatch:
    """Put lines into a batch, as they stand in a file."""
    rows, offset = [], 0
    for number, raw in enumerate(raws, 1):
        rows.append({"source": source, "line": number, "offset": offset, "raw": raw})
        offset += len(raw or b"") + 1
    return pa.RecordBatch.from_pylist(rows, schema=LINE_SCHEMA)


def read(*raws: bytes | None, **options: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Read lines into rows and dead letters, through Arrow and back."""
    jobs, dead = normalize_batch(lines_of(*raws), Options(**options))
    jobs.validate(full=True)
    dead.validate(full=True)
    return jobs.to_pylist(), dead.to_pylist()


# The oracle: what a row must say, from what `to_dict` says.


def written(text: str | None) -> str | None:
    """Spell a lone surrogate as JSON does."""
    return None if text is None else "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)


def sixty_four(number: int | None) -> int | None:
    """Give a number that 64 bits hold."""
    return number if number is not None and -(2**63) <= number < 2**63 else None


def instant(text: str | None) -> datetime | None:
    """Read a moment of `to_dict`."""
    return None if text is None else datetime.fromisoformat(text)


def expected(job: Job[Any]) -> dict[str, Any]:
    """Say what the row of a job holds, but for what only its line knows."""
    told = job.to_dict()
    counts = told["counts"] or dict.fromkeys(("total", "succeeded", "failed", "pending"))
    first = told["errors"][0] if told["errors"] else {"code": None, "message": None}
    system, endpoint, method = told["key"].split("/")
    return {
        "system": system,
        "endpoint": endpoint,
        "method": method,
        "operation": told["operation"],
        "job_id": written(told["id"]),
        "state": told["state"],
        "finished": told["finished"],
        "native_state": written(told["native_state"]),
        "message": written(told["message"]),
        "progress": told["progress"],
        **{name: sixty_four(count) for name, count in counts.items()},
        "submitted_at": instant(told["submitted_at"]),
        "started_at": instant(told["started_at"]),
        "finished_at": instant(told["finished_at"]),
        "duration_seconds": told["duration"],
        "http_status": job.response.status if job.response else None,
        "error_count": len(told["errors"]),
        "error_code": written(first["code"]),
        "error_message": written(first["message"]),
        "accepted": told["accepted"],
        "consumed": told["consumed"],
        "retry_after": told["retry_after"],
    }


def texts(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of an error, a finding or a ticket as cells, but for those that are JSON text."""
    return {
        name: written(value) if isinstance(value, str) else sixty_four(value) if type(value) is int else value
        for name, value in told.items()
        if name not in ("details", "links")
    }


def assert_row(row: Mapping[str, Any], job: Job[Any]) -> None:
    """Fail unless a row says what its job says."""
    told = job.to_dict()
    for name, value in expected(job).items():
        assert row[name] == value, name
    for name, inner in (("errors", "details"), ("follow_ups", "links")):
        for cell, value in zip(row[name], told[name], strict=True):
            assert {each: cell[each] for each in cell if each != inner} == texts(value)
            assert (None if cell[inner] is None else json.loads(cell[inner])) == value[inner]
    count = len(told["findings"])
    assert row["findings"][:count] == [texts(finding) for finding in told["findings"]]
    assert all("64 bits" in finding["message"] for finding in row["findings"][count:])
    assert_json(row["result_json"], job)
    extra = getattr(job.details, "extra", {})
    shown = redact(dict(extra), job._secrets)
    assert (json.loads(row["extra_json"]) if row["extra_json"] else {}) == shown


def assert_json(cell: str | None, job: Job[Any]) -> None:
    """Fail unless the text is that of what `job.result` reads."""
    wire = unstructure(job.result)
    if isinstance(wire, str) and not isinstance(job.result, str):
        wire = decoded(wire)
    if isinstance(wire, bytes):
        wire = wire.decode("utf-8", "replace")
    shown = redact(wire, job._secrets)
    assert (None if cell is None else json.loads(cell)) == shown


def decoded(text: str) -> Any:
    """Decode JSON text, or give it back."""
    try:
        return jobmodels.loads(text) if text.strip()[:1] in "{[" else text
    except JobModelsError:
        return text


def check(*raws: bytes, key: str | None = None) -> None:
    """Fail unless each line is rows as its jobs say, or one dead letter."""
    rows, dead = read(*raws, key=key)
    places = dict(enumerate(raws, 1))
    accepted: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        accepted.setdefault(row["line"], []).append(row)
    for letter in dead:
        raw = places.pop(letter["line"])
        assert letter["reject_raw"] == raw
        with pytest.raises(JobModelsError):
            read_line(raw, key)
    assert accepted.keys() == places.keys()
    for number, raw in places.items():
        jobs = read_line(raw, key)
        assert [row["item"] for row in accepted[number]] == list(range(len(jobs)))
        for row, job in zip(accepted[number], jobs, strict=True):
            assert_row(row, job)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.key}/{case.path.stem}")
def test_each_recorded_answer_is_the_same_in_a_table(case: Case) -> None:
    """Law 7: the row of a line says what the job of the line says."""
    check(line_of(case))


@st.composite
def envelopes(draw: st.DrawFn) -> bytes:
    """Give lines with an answer of a class, or of words that vendors use."""
    key = draw(st.sampled_from(KEYS))
    cls = registry()[key].cls
    body = draw(documents(cls) | ANSWERS | st.lists(documents(cls), max_size=3))
    told: dict[str, Any] = {"key": key}
    told |= draw(st.sampled_from([{"body": body}, {"text": json.dumps(body)}, {"text": str(body)}]))
    told |= draw(st.sampled_from([{}, {"status": 200}, {"status": 404}, {"headers": {"x-request-id": "\ud800"}}]))
    told |= draw(st.sampled_from([{}, {"job_id": 2**70}, {"operation": "delete"}, {"received_at": None}]))
    return json.dumps(told, ensure_ascii=draw(st.booleans())).encode("utf-8", "backslashreplace")


@LAWS
@given(st.lists(envelopes() | JSON.map(json.dumps).map(str.encode) | st.binary(max_size=20), max_size=4))
def test_each_line_is_in_exactly_one_of_jobs_and_dead_letters(raws: list[bytes]) -> None:
    """Whatever it holds; and nothing is raised."""
    check(*raws)


@LAWS
@given(st.sampled_from(KEYS), JSON | ANSWERS)
def test_a_bare_payload_is_read_under_the_key_that_is_given_beside(key: str, payload: Any) -> None:
    """Where the line is no envelope."""
    check(json.dumps(payload).encode(), key=key)
