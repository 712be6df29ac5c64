"""What state an answer proves: the tables of the system, then what stands inside, then the status line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from jobmodels._job import Counts, Finding, JobError, JobState, Operation, Origin
from jobmodels._system import Asked
from jobmodels._told import OPEN, Facts, Meaning

DONE = Meaning(JobState.SUCCEEDED, finished=True)
_CONFIRMED = frozenset({Operation.CANCEL, Operation.DELETE, Operation.DELETE_ALL, Operation.DELETE_EXPIRED})


@attrs.frozen(kw_only=True)
class Outcome:
    """A state with what belongs to it."""

    meaning: Meaning
    native_state: str | None = None
    accepted: bool | None = None
    errors: tuple[JobError, ...] = ()
    findings: tuple[Finding, ...] = ()


def settle_word(asked: Asked, word: Any, path: str) -> Outcome:
    """Look a native word up in the system's table; what is not there is unknown, and reported."""
    native = native_text(word)
    known = asked.endpoint.system.states.get(native.strip().lower()) if native is not None else None
    if known:
        return Outcome(meaning=known, native_state=native)
    finished = False if type(word) is str else None
    said = "no state" if word is None else "a state that the contract does not know"
    finding = Finding("unknown-state", path, said)
    return Outcome(
        meaning=Meaning(JobState.UNKNOWN, finished=finished),
        native_state=native,
        errors=(from_finding(finding),),
        findings=(finding,),
    )


def settle_job(asked: Asked, facts: Facts, findings: Iterable[Finding]) -> Outcome:
    """Settle the state of a document that says how its job stands."""
    outcome = _proven(facts) or settle_word(asked, facts.native_state, facts.state_path)
    doubts = [finding for finding in findings if _doubts(finding, facts, outcome)]
    if doubts:
        finished = outcome.meaning.finished if doubts[0].rule == "contradiction" else None
        return Outcome(
            meaning=Meaning(JobState.UNKNOWN, finished=finished),
            native_state=outcome.native_state,
            errors=(*facts.errors, *outcome.errors, *map(from_finding, doubts)),
            findings=outcome.findings,
        )
    return settle_inside(outcome, facts)


def settle_inside(outcome: Outcome, facts: Facts) -> Outcome:
    """Correct an outcome by what the details say of the items, and give every failure an error."""
    errors = facts.errors + outcome.errors
    state = look_inside(outcome.meaning.state, facts.counts, errors)
    if state is JobState.FAILED and not errors:
        errors = (_unexplained(outcome.meaning.state, facts),)
    return attrs.evolve(outcome, meaning=Meaning(state, outcome.meaning.finished), errors=errors)


def _proven(facts: Facts) -> Outcome | None:
    """What the details say as a whole, where that is more than their word."""
    return Outcome(meaning=facts.meaning, native_state=native_text(facts.native_state)) if facts.meaning else None


def native_text(word: Any) -> str | None:
    """Write a vendor's word; a number as its digits."""
    return str(word) if type(word) in (str, int) else None


def _doubts(finding: Finding, facts: Facts, outcome: Outcome) -> bool:
    if finding.rule == "duplicate-key":
        return stands_over(finding.path, (facts.state_path, *facts.hangs_on))
    contradicted = finding.rule == "contradiction" and outcome.meaning.state is not JobState.UNKNOWN
    return contradicted and facts.meaning is None and finding.path == facts.state_path


def stands_over(path: str, places: Iterable[str]) -> bool:
    """Tell whether a JSON Pointer leads to one of these places, or to what one of them stands in."""
    return any(place == path or place.startswith(f"{path}/") for place in places)


def look_inside(state: JobState, counts: Counts | None, errors: tuple[JobError, ...]) -> JobState:
    """Correct the word of a job that calls itself successful by what became of its items."""
    if state is not JobState.SUCCEEDED:
        return state
    if counts and counts.failed:
        none_left = counts.succeeded == 0 or counts.failed == counts.total
        return JobState.FAILED if none_left else JobState.PARTIALLY_SUCCEEDED
    if any(error.origin is Origin.ITEM for error in errors):
        return JobState.PARTIALLY_SUCCEEDED
    return state


def _unexplained(word: JobState, facts: Facts) -> JobError:
    if word is not JobState.FAILED:
        return JobError(message="every item of the work failed", code="all-items-failed", origin=Origin.JOB)
    said = facts.message or "the job failed, and the service gave no reason"
    return JobError(message=said, code="not-successful", origin=Origin.JOB, path=facts.state_path)


def settle_refusal(asked: Asked, errors: tuple[JobError, ...]) -> Outcome:
    """Settle a call that was answered with errors, by what it asked and by its HTTP status.

    A refused submit made no job, unless the status leaves that open; a refused poll says nothing of the job.
    """
    implied = next((error.http_status for error in errors if error.http_status), None)
    status = asked.status if asked.status and asked.status >= 400 else implied
    known = tuple(_with_status(error, asked.status, status or asked.status) for error in errors)
    if asked.operation is Operation.SUBMIT:
        foreign = all(error.origin is Origin.TRANSPORT for error in errors)
        lost = foreign and (status is None or asked.endpoint.system.own_refusals)
        if lost or is_transient(status):
            return Outcome(meaning=OPEN, accepted=None if lost else False, errors=known)
        return Outcome(meaning=Meaning(JobState.FAILED, finished=True), accepted=False, errors=known)
    accepted = False if asked.operation in _CONFIRMED else None
    gone = status == 404 and all(error.origin is Origin.MANAGER for error in errors)
    return Outcome(
        meaning=Meaning(JobState.NOT_FOUND, finished=None) if gone else OPEN, accepted=accepted, errors=known
    )


def _with_status(error: JobError, received: int | None, implied: int | None) -> JobError:
    """Name the HTTP status that was received; one that only a code implies still tells whether to ask again."""
    if error.origin not in {Origin.MANAGER, Origin.TRANSPORT}:
        return error
    transient = error.transient if implied is None else is_transient(implied)
    return attrs.evolve(error, http_status=received, transient=transient)


def is_transient(status: int | None) -> bool:
    """Tell whether a status says that asking again may help."""
    return status is not None and (status in (408, 429) or status >= 500)


def from_finding(finding: Finding, code: str | None = None) -> JobError:
    """Make the error of a finding that cost the reader something."""
    return JobError(message=finding.message, code=code or finding.rule, origin=Origin.DECODE, path=finding.path)
