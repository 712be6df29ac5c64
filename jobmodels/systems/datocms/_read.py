"""What headers, status line and body of an answer of DatoCMS prove. Source: contracts page of DatoCMS, 2.1 and 2.4."""

from __future__ import annotations

import re
from typing import Any

import attrs

from jobmodels._job import Finding, JobError, JobState, Operation, Origin
from jobmodels._numbers import Numerals
from jobmodels._system import Asked
from jobmodels._told import OPEN, Listed, Meaning, Opened, Reading, Receipt
from jobmodels._wire import Ticket
from jobmodels.systems.datocms._errors import errors, is_transient
from jobmodels.systems.datocms._facts import DONE, FAILED, RESULT_KEY
from jobmodels.systems.datocms._forms import name_of

PENDING = Meaning(JobState.PENDING, finished=False)
JOB = "job"
# What tells a receipt, and what that stands in.
KIND = ("/data/type", "/data")
NOT_YET = "NOT_FOUND"
BECAME_A_JOB = 202
NO_CONTENT = (204, 205)
# Beyond nine digits it is no wait but a moment, or nonsense.
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_READS = frozenset({Operation.STATUS, Operation.RESULT, Operation.LIST})


def read(asked: Asked, opened: Opened) -> Reading:
    """Find what the answer as a whole proves: an error answer, a receipt, a synchronous answer, a list."""
    document = _alone(opened.document)
    refused = errors(asked, document)
    if refused:
        reading = _refused(asked, opened, refused)
    elif asked.endpoint.key.endpoint == "submit" and asked.operation is Operation.SUBMIT:
        reading = _submitted(asked, opened, document)
    elif asked.endpoint.key.endpoint == "job-result-list":
        reading = _listed(asked, opened, document)
    else:
        reading = Reading(document=opened.document)
    base = "" if document is opened.document else "/0"
    return attrs.evolve(
        reading,
        retry_after=_wait(asked, opened),
        findings=tuple(attrs.evolve(finding, path=base + finding.path) for finding in reading.findings),
        hangs_on=tuple(base + place for place in reading.hangs_on),
    )


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read a receipt: told by its status; where that is not known, by the type `job`."""
    if asked.operation is not Operation.SUBMIT or asked.status not in (None, BECAME_A_JOB):
        return None
    data = document.get("data") if type(document) is dict else None
    kind = data.get("type") if type(data) is dict else None
    if kind != JOB and (asked.status is None or kind is not None):
        return None
    name = name_of(data.get("id")) if type(data) is dict else None
    return Receipt(ticket=None if name is None else Ticket(RESULT_KEY, name))


def _refused(asked: Asked, opened: Opened, told: tuple[JobError, ...]) -> Reading:
    """Read an error answer by what was asked; a poll that finds nothing came early, or asks for what never was."""
    reading = Reading(document=opened.document, meaning=OPEN, errors=told, hangs_on=_members(told, "type"))
    if asked.operation is Operation.SUBMIT:
        by_status = is_transient(asked.status)
        is_open = any(error.transient for error in told) if by_status is None else by_status
        hangs_on = reading.hangs_on + (_members(told, "attributes/transient") if by_status is None else ())
        return attrs.evolve(reading, accepted=False, meaning=OPEN if is_open else FAILED, hangs_on=hangs_on)
    if asked.operation not in _READS:
        return attrs.evolve(reading, accepted=False)
    one_job = asked.endpoint.key.endpoint == "job-result" and asked.operation is not Operation.LIST
    if not one_job or asked.status not in (None, 404):
        return reading
    reading = attrs.evolve(reading, hangs_on=reading.hangs_on + _members(told, "attributes/code"))
    early = all(error.code == NOT_YET for error in told)
    return attrs.evolve(reading, meaning=PENDING, ambiguous=True, errors=()) if early else reading


def _members(told: tuple[JobError, ...], name: str) -> tuple[str, ...]:
    """Give the places of one member of all errors."""
    return tuple(f"{error.path}/{name}" for error in told)


def _submitted(asked: Asked, opened: Opened, document: Any) -> Reading:
    """Read the answer to a submit: it became a job, or it was done at once."""
    reading = Reading(document=opened.document)
    status, data = asked.status, document.get("data") if type(document) is dict else None
    is_job = type(data) is dict and data.get("type") == JOB
    if status == BECAME_A_JOB or (status is None and is_job):
        return _job(asked, opened, document, reading)
    if not (200 <= status < 300 if status is not None else _one_answer(document)):
        return reading
    if any(error.origin is Origin.TRANSPORT for error in opened.errors):
        return reading
    found = list(opened.errors)
    noticed = []
    if opened.empty and status not in NO_CONTENT:
        noticed = [Finding("wrong-type", "", "an empty answer, where a document is due")]
        found = [JobError(message=noticed[0].message, code="empty-body", origin=Origin.DECODE)]
    elif is_job:
        noticed = [Finding("contradiction", "/data/type", "a job, where the status says that the work is done")]
    return attrs.evolve(
        reading, meaning=DONE, accepted=True, errors=tuple(found), findings=tuple(noticed),
        hangs_on=("/meta/successful", "/meta/failed", *(KIND[:1] if status is None else ())),
    )  # fmt: skip


def _one_answer(document: Any) -> bool:
    """Tell whether a document without a status line can be what was done at once; several answers are no one's."""
    return type(document) is dict or (type(document) is list and not any(map(_has_data, document)))


def _job(asked: Asked, opened: Opened, document: Any, reading: Reading) -> Reading:
    """Read a receipt, which is to name its job."""
    told = receipt(asked, document)
    base = "" if document is opened.document else "/0"
    kind = {base + place for place in KIND}
    if any(finding.rule == "duplicate-key" and finding.path in kind for finding in opened.findings):
        return attrs.evolve(reading, meaning=OPEN, hangs_on=KIND)
    if not opened.readable or (told and told.ticket):
        number = opened.readable and type(document["data"]["id"]) is int
        said = Finding("wrong-type", "/data/id", "expected text")
        return attrs.evolve(reading, findings=(said,) if number else ())
    if told is None:
        said = Finding("wrong-type", "/data/type", "a resource of another type than jobs")
        error = JobError(message=said.message, code="unexpected-type", origin=Origin.DECODE, path=said.path)
        return attrs.evolve(reading, meaning=OPEN, errors=(error,), findings=(said,))
    error = JobError(message="a receipt that names no job", code="missing-job-id", origin=Origin.PROTOCOL)
    return attrs.evolve(reading, meaning=OPEN, errors=(error,))


def _listed(asked: Asked, opened: Opened, document: Any) -> Reading:
    """Read a list, each entry as the answer of a poll would be."""
    # The class is marked with the system that this is a function of.
    from jobmodels.systems.datocms.job_result import JobResultDetails

    reading = Reading(document=opened.document)
    if opened.empty or not opened.readable or is_transient(asked.status) is not None:
        return reading
    entries = document.get("data") if type(document) is dict else document
    if type(entries) is not list:
        said = Finding("wrong-type", "/data" if type(document) is dict and "data" in document else "", "no list")
        error = JobError(message=said.message, code="unexpected-shape", origin=Origin.DECODE, path=said.path)
        return attrs.evolve(reading, meaning=OPEN, errors=(error,), findings=(said,))
    meta = document.get("meta") if type(document) is dict else None
    base = "/data" if type(document) is dict else ""
    base = base if document is opened.document else f"/0{base}"
    numerals = Numerals()
    return attrs.evolve(
        reading,
        meaning=OPEN,
        listed=tuple(
            Listed(document={"data": entry}, cls=JobResultDetails, findings=_noticed(opened, f"{base}/{place}"))
            for place, entry in enumerate(entries)
        ),
        total=numerals.count(meta.get("total_count"), "/meta/total_count") if type(meta) is dict else None,
        findings=tuple(numerals.findings),
    )


def _noticed(opened: Opened, at: str) -> tuple[Finding, ...]:
    """Take what decoding noticed in one entry, whose document has it in `data`."""
    return tuple(
        attrs.evolve(finding, path=f"/data{finding.path.removeprefix(at)}")
        for finding in opened.findings
        if finding.path.startswith(f"{at}/")
    )


def _alone(document: Any) -> Any:
    """Take the one document of a list, as the engine does."""
    return document[0] if type(document) is list and len(document) == 1 and _has_data(document[0]) else document


def _has_data(document: Any) -> bool:
    return type(document) is dict and "data" in document


def _wait(asked: Asked, opened: Opened) -> float | None:
    """Read how long to wait, in seconds, off a refusal; what is no number of seconds says nothing."""
    told = opened.response.header("x-ratelimit-reset") if opened.response else None
    if told is None or (asked.status is not None and asked.status < 400):
        return None
    return float(told) if _SECONDS.fullmatch(told.strip()) else None
