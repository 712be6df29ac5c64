"""What is found in an answer before it is typed: lists, receipts with a new word, results that are not there yet.

Source: contracts page, 4.1 and 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from jobmodels._convert import holds
from jobmodels._job import Finding, JobError, JobState, Operation, Origin
from jobmodels._numbers import count
from jobmodels._system import Asked
from jobmodels._told import OPEN, Listed, Meaning, Opened, Reading
from jobmodels.systems.modzy._errors import errors
from jobmodels.systems.modzy._links import next_link
from jobmodels.systems.modzy._receipts import job_id, native
from jobmodels.systems.modzy._states import PARTLY, SUCCEEDED, deciding, known


def read(asked: Asked, opened: Opened) -> Reading:
    """Find what the answer as a whole proves."""
    whole = Reading(document=opened.document)
    refused = asked.status is not None and asked.status >= 400
    document, base = _alone(asked, opened.document)
    told = errors(asked, document)
    if told and not (job_id(document) and not refused):
        return attrs.evolve(_refusal(asked, whole, told, base), findings=tuple(_number_as_text(document, base)))
    if refused or not opened.readable:
        return whole
    if _is_list(asked, opened.document) and not opened.empty:
        return _list(opened)
    if asked.operation is Operation.SUBMIT:
        return _submitted(asked, opened, document, base)
    if asked.operation is Operation.CANCEL:
        return attrs.evolve(whole, accepted=_named(asked, document))
    return whole


def _alone(asked: Asked, document: Any) -> tuple[Any, str]:
    """Take the only document out of a list, as the engine does; with the path to it."""
    if type(document) is list and len(document) == 1 and not _is_list(asked, document):
        return (document[0], "/0") if holds(asked.endpoint.cls, document[0]) else (document, "")
    return document, ""


def _refusal(asked: Asked, plain: Reading, told: tuple[JobError, ...], base: str) -> Reading:
    """Read an error envelope: only for results does 404 not mean that there is no such job, for it may have none yet.

    Whether to ask again is for the job document to say.
    """
    if asked.endpoint.key.endpoint != "results" or asked.operation is Operation.SUBMIT:
        return plain
    status = asked.status if asked.status is not None and asked.status >= 400 else told[0].http_status
    if status != 404:
        return plain
    placed = tuple(attrs.evolve(error, http_status=asked.status, path=base) for error in told)
    return attrs.evolve(plain, meaning=OPEN, errors=placed)


def _number_as_text(envelope: Any, base: str) -> Iterator[Finding]:
    if isinstance(envelope["statusCode"], str):
        yield Finding("number-as-text", f"{base}/statusCode", "a number written as text")


def _named(asked: Asked, document: Any) -> bool | None:
    """Tell whether the service says yes: it answers with the job, and with the one that was asked for."""
    told = job_id(document)
    return True if told is not None and asked.job_id in (None, told) else None


def _is_list(asked: Asked, document: Any) -> bool:
    """Tell whether a list is due, or has come where all jobs may have been cancelled at once, and not a named one."""
    key = asked.endpoint.key
    due = key.endpoint == "job-history" or asked.operation is Operation.LIST
    return due or (key.method == "DELETE" and type(document) is list and asked.job_id is None)


def _list(opened: Opened) -> Reading:
    document = opened.document
    if type(document) is not list:
        message = "not a list of jobs"
        return Reading(
            document=document,
            meaning=OPEN,
            errors=(JobError(message=message, code="unexpected-shape", origin=Origin.DECODE),),
            findings=(Finding("wrong-type", "", message),),
        )
    from jobmodels.systems.modzy.job import JobDocument  # Made with the system, which is made with this function.

    noticed = _by_entry(opened.findings)
    listed = tuple(
        Listed(document=entry, cls=JobDocument, findings=tuple(noticed.get(str(index), ())))
        for index, entry in enumerate(document)
    )
    link = opened.response.header("link") if opened.response else None
    return Reading(document=document, meaning=OPEN, listed=listed, next=next_link(link))


def _by_entry(findings: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    """Give what decoding noticed in a list: position of the entry, to findings with paths into it."""
    told: dict[str, list[Finding]] = {}
    for finding in findings:
        index, slash, inside = finding.path.removeprefix("/").partition("/")
        told.setdefault(index, []).append(attrs.evolve(finding, path=slash + inside))
    return told


def _submitted(asked: Asked, opened: Opened, document: Any, base: str) -> Reading:
    """Read the answer to a submit where it is no plain receipt: a yes needs the id of the job, a word one we know."""
    if opened.empty:
        return _broken(document, JobError(message="an empty answer", code="empty-body", origin=Origin.DECODE))
    if document == "":
        return _broken(document, JobError(message="no receipt", code="unexpected-shape", origin=Origin.DECODE))
    if document == {}:
        message = "a receipt that names no job"
        return _broken(document, JobError(message=message, code="missing-job-id", origin=Origin.PROTOCOL))
    plain = Reading(document=opened.document)
    word = document.get("status") if type(document) is dict else None
    if word is None or not job_id(document):
        return plain
    told = attrs.evolve(plain, native_state=native(word), accepted=_named(asked, document))
    done, failed, completed = known(word) == SUCCEEDED, count(document.get("failed")), count(document.get("completed"))
    hangs_on = tuple(base + place for place in ("/status", *(deciding(failed, completed) if done else ())))
    if any(finding.rule == "duplicate-key" and finding.path in hangs_on for finding in opened.findings):
        return attrs.evolve(told, meaning=OPEN, hangs_on=hangs_on)
    if not known(word):
        return _unknown(told, word, base)
    return attrs.evolve(told, meaning=PARTLY) if done and failed and completed else plain


def _broken(document: Any, error: JobError) -> Reading:
    finding = Finding("wrong-type", "", "not a receipt")
    return Reading(document=document, meaning=OPEN, errors=(error,), findings=(finding,))


def _unknown(told: Reading, word: object, base: str) -> Reading:
    """Read a receipt with a word that is not in the table: the job is made, but nobody knows how it stands."""
    message, path = "a state that the contract does not know", f"{base}/status"
    return attrs.evolve(
        told,
        meaning=Meaning(JobState.UNKNOWN, finished=False if isinstance(word, str) else None),
        errors=(JobError(message=message, code="unknown-state", origin=Origin.DECODE, path=path),),
        findings=(Finding("unknown-state", path, message),),
    )
