"""From an opened answer to a `Job`."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._convert import body_of
from jobmodels._draft import Draft, below, draft_of
from jobmodels._job import Finding, Job, JobError, JobState, Listing, Operation, Origin
from jobmodels._outcome import NOTHING_IN_IT, outcome_of
from jobmodels._record import Record
from jobmodels._settle import Outcome, from_finding
from jobmodels._system import Asked, marks_of
from jobmodels._told import OPEN, Listed, Opened, Reading
from jobmodels._wire import retry_after


def job_of(opened: Opened, asked: Asked, reading: Reading | None = None) -> Job[Any]:
    """Read an opened answer; what the system finds in it may be known already."""
    draft = draft_of(opened, asked, reading)
    outcome, told = outcome_of(draft), draft.reading.accepted
    answered = outcome if told is None else attrs.evolve(outcome, accepted=told)
    return _job(draft, _identified(draft, answered))


def _listing(draft: Draft) -> Listing | None:
    """Read the entries of a list, each as a job of its own."""
    reading = draft.reading
    if reading.listed is None:
        return None
    jobs = tuple(_entry(entry, draft.asked) for entry in reading.listed)
    return Listing(jobs=jobs, total=reading.total, next=reading.next)


def _entry(entry: Listed, asked: Asked) -> Job[Any]:
    """Read one entry under the home of its class; under the list's own key where it has none."""
    home = next(iter(marks_of(entry.cls)), None) or attrs.evolve(asked.endpoint, cls=entry.cls)
    alone = Asked(endpoint=home, operation=Operation.STATUS)
    opened = Opened(raw=entry.document, document=entry.document, findings=entry.findings)
    return job_of(opened, alone, entry.reading)


def _job(draft: Draft, outcome: Outcome) -> Job[Any]:
    opened, asked, facts, reading, receipt = (
        draft.opened,
        draft.asked,
        draft.facts,
        draft.reading,
        draft.receipt,
    )
    ticket = receipt.ticket if receipt and outcome.accepted else None
    noticed = () if reading.any_type else opened.findings
    findings = (*noticed, *reading.findings, *_misfits(draft, outcome), *below(draft.base, facts.findings))
    findings += below(draft.base, outcome.findings) + _untyped(draft, outcome)
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
        progress=facts.progress,
        counts=reading.counts if reading.counts is not None else facts.counts,
        submitted_at=receipt.submitted_at if receipt else facts.submitted_at,
        started_at=receipt.started_at if receipt else facts.started_at,
        finished_at=facts.finished_at,
        duration=facts.duration,
        errors=errors,
        accepted=outcome.accepted,
        listing=_listing(draft),
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


def _misfits(draft: Draft, outcome: Outcome) -> tuple[Finding, ...]:
    """What typing noticed; of an answer of another kind, as a receipt, only where nothing else tells what it is."""
    understood = all(error.origin is not Origin.DECODE for error in outcome.errors)
    return () if draft.misfit and understood else draft.findings


def _id(draft: Draft) -> str | None:
    """The job's own id in the answer."""
    if draft.receipt and draft.receipt.ticket:
        return draft.receipt.ticket.id
    return draft.facts.id or draft.reading.id


def _identified(draft: Draft, outcome: Outcome) -> Outcome:
    """Compare the id in the answer with the one that was asked for."""
    told, asked = _id(draft), draft.asked.job_id
    if told is None or asked is None or told == asked:
        return outcome
    error = JobError(message="the answer is about another job", code="job-id-mismatch", origin=Origin.PROTOCOL)
    return attrs.evolve(outcome, meaning=OPEN, accepted=None, errors=(*outcome.errors, error))


def _placed(error: JobError, draft: Draft) -> JobError:
    """Complete an error with what only the answer as a whole knows."""
    response, secrets = draft.opened.response, draft.asked.endpoint.system.secrets
    request_id = response.header("x-request-id") if response else None
    if not draft.base and not request_id and not secrets:
        return error
    told = error.request_id or request_id
    return attrs.evolve(error, path=draft.base + error.path, request_id=told, secrets=secrets)


def _untyped(draft: Draft, outcome: Outcome) -> tuple[Finding, ...]:
    """Report the result of a job that went well when nothing in it could be typed."""
    body = body_of(draft.details) if draft.held else None
    if body is None or outcome.meaning.state not in {JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED}:
        return ()
    name, value, told = body
    if not told or isinstance(value, (Record, tuple)) or value in NOTHING_IN_IT:
        return ()
    return (Finding("untyped-result", f"{draft.base}/{name}", "no key tells the class of this result"),)


def _costly(findings: tuple[Finding, ...], outcome: Outcome) -> tuple[JobError, ...]:
    """Make errors of the findings that cost the reader a result, where no error says it already."""
    if any(error.origin in {Origin.DECODE, Origin.TRANSPORT} for error in outcome.errors):
        return ()
    codes = {"embedded-json-invalid": "invalid-json", "too-deep": "too-deep"}
    return tuple(from_finding(found, codes[found.rule]) for found in findings if found.rule in codes)
