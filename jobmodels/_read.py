"""Level 2: the one path that every answer takes, whoever sent it and however it came.

Open the payload, let the system find the document and tell a receipt, type the details, ask the system for facts and
errors, settle the state. No vendor is named here; vendors differ in the functions and tables of their `System`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, overload

import attrs

from jobmodels._convert import body_of, holds, hollow, is_told, read_as
from jobmodels._job import Finding, Job, JobError, JobState, Key, Operation, Origin
from jobmodels._open import Opened, gist, open_payload, open_response, retry_after
from jobmodels._record import Record
from jobmodels._registry import Registry
from jobmodels._registry import registry as known_systems
from jobmodels._settle import (
    DONE,
    OPEN,
    Outcome,
    from_finding,
    settle_inside,
    settle_job,
    settle_refusal,
    settle_word,
)
from jobmodels._system import (
    BODY,
    EMPTY,
    ERRORS,
    JSON_MEDIA,
    Asked,
    Endpoint,
    Facts,
    Meaning,
    Reading,
    Receipt,
)
from jobmodels._wire import Request, Response
from jobmodels.errors import ContractError, NoSuchOperation

T = TypeVar("T")
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_SAYS_NOTHING: tuple[Any, ...] = ("", {})


@overload
def normalize(
    payload: object,
    key: type[T],
    operation: Operation | str | None = None,
    job_id: object = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[T]: ...
@overload
def normalize(
    payload: object,
    key: str,
    operation: Operation | str | None = None,
    job_id: object = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[Any]: ...
def normalize(
    payload: object,
    key: str | type,
    operation: Operation | str | None = None,
    job_id: object = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[Any]:
    """Read one answer: level 2.

    Args:
        payload: a decoded JSON value, JSON text, or bytes. A list of one job document is that document.
        key: the endpoint that answered, as `alation/document/POST`, or a details class, read under its home key.
        operation: what was asked; None is the endpoint's own.
        job_id: the job that was asked for; compared with the id in the answer.
        strict: whether findings from severity `change` upward raise.
        registry: the endpoints to look in; None for all that are installed.

    Returns:
        A job; what cannot be read is in its errors and findings, and whole in `raw`.

    Raises:
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: with `strict`, the findings; without, only for a payload that is not a JSON value.
    """
    asked = ask_for(key, operation, job_id, registry=registry)
    return _checked(_read(open_payload(payload), asked), asked, strict=strict)


def normalize_all(
    payload: object,
    key: str | type,
    operation: Operation | str | None = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> tuple[Job[Any], ...]:
    """Read an answer that may hold several jobs.

    Args:
        payload: as for `normalize`.
        key: as for `normalize`.
        operation: as for `normalize`.
        strict: as for `normalize`.
        registry: as for `normalize`.

    Returns:
        One job an item when the answer is a list that holds a job document, in order; else the one job that
        `normalize` gives.

    Raises:
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: as for `normalize`.
    """
    asked = ask_for(key, operation, None, registry=registry)
    opened = open_payload(payload)
    items = opened.document if type(opened.document) is list else []
    if not any(holds(asked.endpoint.cls, item) for item in items):
        return (_checked(_read(opened, asked), asked, strict=strict),)
    return tuple(_checked(_read(open_payload(item), asked), asked, strict=strict) for item in items)


def normalize_response(
    response: Response,
    key: str | type,
    operation: Operation | str | None = None,
    job_id: object = None,
    request: Request | None = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[Any]:
    """Read one HTTP response: status line, headers and body.

    Args:
        response: what came.
        key: as for `normalize`.
        operation: as for `normalize`.
        job_id: as for `normalize`.
        request: what was sent, where the answer's meaning depends on it.
        strict: as for `normalize`.
        registry: as for `normalize`.

    Returns:
        A job, whatever came.

    Raises:
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: with `strict`, the findings.
    """
    asked = ask_for(key, operation, job_id, request=request, status=response.status, registry=registry)
    return _checked(_read(open_response(response, asked), asked), asked, strict=strict)


def read_answer(
    document: object,
    key: str | type,
    *,
    response: Response | None = None,
    request: Request | None = None,
    operation: Operation | str | None = None,
    job_id: object = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[Any]:
    """Read an answer whose body was decoded elsewhere, with the status and headers that came with it."""
    status = response.status if response else None
    asked = ask_for(key, operation, job_id, request=request, status=status, registry=registry)
    return _checked(_read(open_payload(document, response), asked), asked, strict=strict)


def ask_for(
    key: str | type,
    operation: Operation | str | None,
    job_id: object,
    *,
    request: Request | None = None,
    status: int | None = None,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Asked:
    """Put a question together."""
    endpoints = known_systems() if registry is None else registry
    known = endpoints if isinstance(endpoints, Registry) else Registry(endpoints.values())
    endpoint = known.home(key) if isinstance(key, type) else known[key]
    return Asked(
        endpoint=endpoint,
        operation=endpoint.operation if operation is None else _operation(operation),
        job_id=None if job_id is None else str(job_id),
        request=request,
        status=status,
    )


def _operation(word: object) -> Operation:
    try:
        return Operation(word)  # type: ignore[arg-type]
    except ValueError:
        raise NoSuchOperation(str(word), tuple(Operation)) from None


def _checked(job: Job[Any], asked: Asked, *, strict: bool) -> Job[Any]:
    serious = tuple(finding for finding in job.findings if finding.severity.rank > 0)
    if strict and serious:
        raise ContractError(f"what {asked.endpoint.key} answers", serious)
    return job


@attrs.define(kw_only=True)
class _Draft:
    """A job while it is read."""

    opened: Opened
    asked: Asked
    reading: Reading
    details: Any
    base: str = ""
    held: bool = False
    misfit: bool = False
    facts: Facts = attrs.field(factory=Facts)
    receipt: Receipt | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def document(self) -> Any:
        return self.reading.document


def _read(opened: Opened, asked: Asked) -> Job[Any]:
    draft = _draft(opened, asked)
    outcome = _outcome(draft)
    return _job(draft, _identified(draft, outcome))


def _draft(opened: Opened, asked: Asked) -> _Draft:
    cls, system = asked.endpoint.cls, asked.endpoint.system
    reading = Reading(document=opened.document)
    if opened.readable and not opened.empty:
        reading = system.read(asked, opened.response, opened.document)
    document, base = reading.document, ""
    if type(document) is list and len(document) == 1 and holds(cls, document[0]):
        document, base = document[0], "/0"
    if not opened.readable and any(finding.rule == "too-deep" for finding in opened.findings):
        document = None
    details, findings = read_as(document, cls) if opened.readable else (None, ())
    fits = isinstance(details, cls)
    if not fits:
        details = hollow(document, cls)
    draft = _Draft(
        opened=opened, asked=asked, reading=attrs.evolve(reading, document=document), details=details, base=base,
        held=is_told(cls) and holds(cls, document), findings=_below(base, findings),
    )  # fmt: skip
    if opened.readable and not opened.empty:
        draft.receipt = system.receipt(asked, document)
        draft.facts = system.facts(asked, details)
        draft.misfit = not fits or not (is_told(cls) or draft.receipt)
    return draft


def _outcome(draft: _Draft) -> Outcome:
    """Decide what the answer is, in one order for all systems."""
    opened, asked, facts = draft.opened, draft.asked, draft.facts
    refused = asked.status is not None and asked.status >= 400
    if opened.empty or (draft.document in _SAYS_NOTHING and not refused and asked.operation is Operation.SUBMIT):
        return _nothing(asked, refused=refused)
    if not opened.readable:
        return settle_refusal(asked, opened.errors) if refused else Outcome(meaning=OPEN, errors=opened.errors)
    if draft.reading.meaning:
        return _proven(draft)
    if draft.receipt and not refused:
        return _received(draft, draft.receipt)
    if _several(draft):
        finding = Finding("several-jobs", "", "a list of several jobs, where one was asked for")
        return Outcome(meaning=OPEN, errors=(from_finding(finding, "unexpected-shape"),), findings=(finding,))
    if draft.held or facts.native_state is not None:
        return settle_job(asked, facts, (*opened.findings, *draft.findings, *facts.findings))
    return _other(draft, refused=refused)


def _proven(draft: _Draft) -> Outcome:
    """An answer whose meaning the system knows from status line and headers."""
    reading = draft.reading
    native = reading.native_state
    return Outcome(
        meaning=reading.meaning or OPEN,
        native_state=native,
        accepted=reading.accepted,
        errors=reading.errors + draft.facts.errors,
    )


def _nothing(asked: Asked, *, refused: bool) -> Outcome:
    """An answer without content: a plain yes to a submit, else nothing that can be read."""
    if refused:
        return settle_refusal(asked, (_status_error(asked, "an answer without content"),))
    if asked.operation is Operation.SUBMIT:
        return Outcome(meaning=DONE, accepted=True)
    finding = Finding("wrong-type", "", "an empty answer, where a document is due")
    return Outcome(meaning=OPEN, errors=(from_finding(finding, "empty-body"),), findings=(finding,))


def _received(draft: _Draft, receipt: Receipt) -> Outcome:
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
    return attrs.evolve(told, accepted=True, errors=refused)


def _several(draft: _Draft) -> bool:
    document = draft.document
    return type(document) is list and any(holds(draft.asked.endpoint.cls, item) for item in document)


def _other(draft: _Draft, *, refused: bool) -> Outcome:
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
    if kind is ERRORS and draft.document in _EMPTY:
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


def _worked(draft: _Draft) -> Outcome:
    """A synchronous answer: what it holds is the result, and may name items that failed."""
    if draft.asked.operation is not Operation.SUBMIT:
        return Outcome(meaning=OPEN, errors=draft.facts.errors)
    return settle_inside(Outcome(meaning=DONE, accepted=True), draft.facts)


def _typed_body(draft: _Draft) -> tuple[bool, bool]:
    """Tell whether the body of the details is typed, and whether keys could tell a class there."""
    body = body_of(draft.details)
    if body is None:
        return draft.held, True
    _, value, told = body
    return isinstance(value, (Record, tuple)), told


def _said(document: Any) -> str:
    return gist(document) if isinstance(document, str) else "an answer of a form that is not known here"


def _status_error(asked: Asked, message: str) -> JobError:
    return JobError(message=message, code=str(asked.status), origin=Origin.TRANSPORT)


def _below(base: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(attrs.evolve(finding, path=base + finding.path) for finding in findings) if base else findings


def _job(draft: _Draft, outcome: Outcome) -> Job[Any]:
    opened, asked, facts, reading, receipt = (
        draft.opened,
        draft.asked,
        draft.facts,
        draft.reading,
        draft.receipt,
    )
    ticket = receipt.ticket if receipt and outcome.accepted else None
    findings = (*opened.findings, *_misfits(draft, outcome), *_below(draft.base, facts.findings))
    findings += _below(draft.base, outcome.findings) + _untyped(draft, outcome)
    errors = tuple(_placed(error, draft) for error in outcome.errors) + _costly(findings, outcome)
    wait = reading.retry_after if reading.retry_after is not None else retry_after(opened.response)
    return Job(
        key=asked.endpoint.key,
        operation=asked.operation,
        id=_id(draft) or asked.job_id,
        state=outcome.meaning.state,
        finished=outcome.meaning.finished,
        native_state=outcome.native_state,
        message=reading.message if reading.message is not None else facts.message,
        progress=None if facts.progress is None else min(1.0, max(0.0, facts.progress)),
        counts=facts.counts,
        submitted_at=receipt.submitted_at if receipt else facts.submitted_at,
        started_at=receipt.started_at if receipt else facts.started_at,
        finished_at=facts.finished_at,
        duration=facts.duration,
        errors=errors,
        accepted=outcome.accepted if reading.accepted is None else reading.accepted,
        listing=reading.listing,
        ticket=ticket,
        follow_ups=facts.follow_ups,
        retry_after=wait,
        consumed=reading.consumed,
        ambiguous=reading.ambiguous,
        findings=tuple(dict.fromkeys(findings)),
        details=draft.details,
        raw=opened.raw,
        response=opened.response,
        secrets=asked.endpoint.system.secrets,
    )


def _misfits(draft: _Draft, outcome: Outcome) -> tuple[Finding, ...]:
    """What typing noticed; of an answer of another kind, as a receipt, only where nothing else tells what it is."""
    understood = all(error.origin is not Origin.DECODE for error in outcome.errors)
    return () if draft.misfit and understood else draft.findings


def _id(draft: _Draft) -> str | None:
    """The job's own id in the answer."""
    if draft.receipt and draft.receipt.ticket:
        return draft.receipt.ticket.id
    return draft.facts.id or draft.reading.id


def _identified(draft: _Draft, outcome: Outcome) -> Outcome:
    """Compare the id in the answer with the one that was asked for."""
    told, asked = _id(draft), draft.asked.job_id
    if told is None or asked is None or told == asked:
        return outcome
    error = JobError(message="the answer is about another job", code="job-id-mismatch", origin=Origin.PROTOCOL)
    return attrs.evolve(outcome, meaning=OPEN, accepted=None, errors=(*outcome.errors, error))


def _placed(error: JobError, draft: _Draft) -> JobError:
    """Complete an error with what only the answer as a whole knows."""
    response = draft.opened.response
    request_id = response.header("x-request-id") if response else None
    if not draft.base and not request_id:
        return error
    return attrs.evolve(error, path=draft.base + error.path, request_id=error.request_id or request_id)


def _untyped(draft: _Draft, outcome: Outcome) -> tuple[Finding, ...]:
    """Report the result of a job that went well when nothing in it could be typed."""
    body = body_of(draft.details) if draft.held else None
    if body is None or outcome.meaning.state not in {JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED}:
        return ()
    name, value, told = body
    if not told or isinstance(value, (Record, tuple)) or value in _EMPTY:
        return ()
    return (Finding("untyped-result", f"{draft.base}/{name}", "no key tells the class of this result"),)


def _costly(findings: tuple[Finding, ...], outcome: Outcome) -> tuple[JobError, ...]:
    """Make errors of the findings that cost the reader a result, where no error says it already."""
    if any(error.origin in {Origin.DECODE, Origin.TRANSPORT} for error in outcome.errors):
        return ()
    codes = {"embedded-json-invalid": "invalid-json", "too-deep": "too-deep"}
    return tuple(from_finding(found, codes[found.rule]) for found in findings if found.rule in codes)
