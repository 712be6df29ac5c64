"""What an answer is: a job document, a receipt, a result, a refusal, or nobody knows what.

One order of questions for all systems; what the answers mean is in `jobmodels._settle`.
"""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._convert import body_of, holds
from jobmodels._draft import Draft
from jobmodels._job import Finding, JobError, JobState, Operation, Origin
from jobmodels._record import Record
from jobmodels._secrets import gist
from jobmodels._settle import (
    DONE,
    Outcome,
    from_finding,
    settle_inside,
    settle_job,
    settle_refusal,
    settle_word,
    stands_over,
)
from jobmodels._system import BODY, EMPTY, ERRORS, JSON_MEDIA, Asked
from jobmodels._told import OPEN, Meaning, Receipt

NOTHING_IN_IT: tuple[Any, ...] = (None, "", [], {})
_SAYS_NOTHING: tuple[Any, ...] = ("", {})


def outcome_of(draft: Draft) -> Outcome:
    """Decide what the answer is, in one order for all systems."""
    opened, asked, facts = draft.opened, draft.asked, draft.facts
    refused = asked.status is not None and asked.status >= 400
    if draft.reading.meaning:
        return _proven(draft, draft.reading.meaning)
    if opened.empty or (draft.document in _SAYS_NOTHING and not refused and asked.operation is Operation.SUBMIT):
        return _nothing(asked, refused=refused)
    if not opened.readable:
        return settle_refusal(asked, opened.errors) if refused else Outcome(meaning=OPEN, errors=opened.errors)
    if refused and asked.endpoint.system.own_refusals:
        return _refused(draft)
    if draft.receipt and not refused:
        return _received(draft, draft.receipt)
    if _several(draft):
        finding = Finding("several-jobs", "", "a list of several jobs, where one was asked for")
        return Outcome(meaning=OPEN, errors=(from_finding(finding, "unexpected-shape"),), findings=(finding,))
    if draft.held or facts.native_state is not None or facts.meaning is not None:
        return settle_job(asked, facts, draft.noticed)
    return _other(draft, refused=refused)


def _proven(draft: Draft, meaning: Meaning) -> Outcome:
    """An answer whose meaning the system knows as a whole, from status line and headers most often."""
    reading = draft.reading
    # Places are those in the answer, and errors have theirs in the document, until they are put below it.
    twice = [
        attrs.evolve(finding, path=finding.path.removeprefix(draft.base))
        for finding in draft.opened.findings
        if finding.rule == "duplicate-key" and stands_over(finding.path, reading.hangs_on)
    ]
    told = (*reading.errors, *map(from_finding, twice))
    outcome = Outcome(
        meaning=OPEN if twice else meaning,
        native_state=reading.native_state,
        accepted=reading.accepted,
        # They point into the whole answer; all errors of an outcome point into the document.
        errors=tuple(attrs.evolve(error, path=error.path.removeprefix(draft.base)) for error in told),
    )
    return settle_inside(outcome, attrs.evolve(draft.facts, counts=reading.counts or draft.facts.counts))


def _refused(draft: Draft) -> Outcome:
    """An answer at 400 and above of a system that refuses in its own error shapes only."""
    asked = draft.asked
    own = asked.endpoint.system.errors(asked, draft.document)
    return settle_refusal(asked, own or (_status_error(asked, _said(draft.document)),))


def _nothing(asked: Asked, *, refused: bool) -> Outcome:
    """An answer without content: a plain yes to a submit, else nothing that can be read."""
    if refused:
        return settle_refusal(asked, (_status_error(asked, "an answer without content"),))
    if asked.operation is Operation.SUBMIT:
        if asked.status is None or 200 <= asked.status < 300:
            return Outcome(meaning=DONE, accepted=True)
        return Outcome(meaning=OPEN, errors=(_status_error(asked, "an answer without content"),))
    finding = Finding("wrong-type", "", "an empty answer, where a document is due")
    return Outcome(meaning=OPEN, errors=(from_finding(finding, "empty-body"),), findings=(finding,))


def _received(draft: Draft, receipt: Receipt) -> Outcome:
    """A receipt; it may name items that were refused beside the job that does the others."""
    asked = draft.asked
    if receipt.ticket is None:
        error = JobError(message="a receipt that names no job", code="missing-job-id", origin=Origin.PROTOCOL)
        return Outcome(meaning=OPEN, native_state=receipt.native_state, errors=(error,))
    refused = asked.endpoint.system.errors(asked, draft.document)
    waiting = Outcome(meaning=Meaning(JobState.PENDING, finished=False), accepted=True, errors=refused)
    if receipt.native_state is None:
        return waiting
    told = settle_word(asked, receipt.native_state, receipt.state_path)
    if told.meaning.state is JobState.UNKNOWN:
        return attrs.evolve(waiting, native_state=receipt.native_state, findings=told.findings)
    return settle_inside(attrs.evolve(told, accepted=True, errors=refused), draft.facts)


def _several(draft: Draft) -> bool:
    document = draft.document
    return type(document) is list and any(holds(draft.asked.endpoint.cls, item) for item in document)


def _other(draft: Draft, *, refused: bool) -> Outcome:
    """An answer that is no job document: a result, a refusal, or nobody knows what."""
    asked, kind = draft.asked, draft.asked.endpoint.answers
    typed, told = _typed_body(draft)
    if typed and kind is BODY and not refused:
        return _worked(draft)
    errors = asked.endpoint.system.errors(asked, draft.document)
    if errors and kind is ERRORS and all(error.origin is not Origin.MANAGER for error in errors):
        return Outcome(meaning=OPEN, errors=errors)
    if errors or refused:
        return settle_refusal(asked, errors or (_status_error(asked, _said(draft.document)),))
    if kind is ERRORS and draft.document in NOTHING_IN_IT:
        return Outcome(meaning=OPEN)
    has_content = isinstance(draft.document, (dict, list)) or asked.endpoint.media != JSON_MEDIA
    if kind is EMPTY and (type(draft.document) is dict or draft.document is None):
        return _worked(draft)
    if kind is BODY and ((not told and has_content) or draft.document == []):
        return _worked(draft)
    if draft.held is False and type(draft.document) is dict and kind is not BODY:
        unsaid = Finding("missing-key", draft.facts.state_path, "the document does not say how the job stands")
        finding = next((found for found in draft.findings if found.rule == unsaid.rule), unsaid)
        return Outcome(meaning=OPEN, errors=(from_finding(finding),), findings=(finding,))
    finding = Finding("wrong-type", "", "not a document of the form that this endpoint answers")
    error = JobError(message=_said(draft.document), code="unexpected-shape", origin=Origin.DECODE)
    return Outcome(meaning=OPEN, errors=(error,), findings=(finding,))


def _worked(draft: Draft) -> Outcome:
    """A synchronous answer: what it holds is the result, and may name items that failed."""
    if draft.asked.operation is not Operation.SUBMIT:
        return Outcome(meaning=OPEN, errors=draft.facts.errors)
    return settle_inside(Outcome(meaning=DONE, accepted=True), draft.facts)


def _typed_body(draft: Draft) -> tuple[bool, bool]:
    """Tell whether the body of the details is typed, and whether keys could tell a class there."""
    body = body_of(draft.details)
    if body is None:
        return draft.held, True
    _, value, told = body
    return isinstance(value, (Record, tuple)), told


def _said(document: Any) -> str:
    return gist(document) if isinstance(document, str) else "an answer of a form that is not known here"


def _status_error(asked: Asked, message: str) -> JobError:
    return JobError(message=message, code=str(asked.status), origin=Origin.TRANSPORT, http_status=asked.status)
