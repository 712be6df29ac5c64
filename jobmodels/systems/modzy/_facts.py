"""What typed details say in common terms. Source: contracts page, 4.2 and 4.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobmodels._convert import unstructure
from jobmodels._job import Counts, Finding, JobError, Operation, Origin
from jobmodels._json import escaped
from jobmodels._numbers import Numerals, share
from jobmodels._record import is_lifted
from jobmodels._system import Asked
from jobmodels._told import OPEN, Facts, Meaning
from jobmodels.systems.modzy._entries import reason
from jobmodels.systems.modzy._receipts import native
from jobmodels.systems.modzy._states import FAILED, PARTLY, RUNNING, SUCCEEDED, deciding, known

_WHY = {
    "timedout": "the job ran out of time",
    "error": "the job ended with an error",
    "failed": "the job failed",
}
_COUNTS = {"totalInputs": "total_inputs", **{name: name for name in ("total", "completed", "failed", "pending")}}


def facts(asked: Asked, details: Any) -> Facts:
    """Read what typed details say; of what is no document of its class, nothing."""
    if hasattr(details, "finished"):
        return _results(details)
    if hasattr(details, "job_identifier"):
        return _job(asked, details)
    return Facts()


def _job(asked: Asked, details: Any) -> Facts:
    if details.job_identifier is None and is_lifted(details):
        return Facts(state_path="/status")
    numerals = Numerals()
    total = numerals.count(details.total, "/total")
    inputs = numerals.count(details.total_inputs, "/totalInputs")
    counts = Counts(
        total=inputs if total is None else total,
        succeeded=numerals.count(details.completed, "/completed"),
        failed=numerals.count(details.failed, "/failed"),
        pending=numerals.count(details.pending, "/pending"),
    )
    done = known(details.status) == SUCCEEDED
    lacking = tuple(_lacking(asked, details))
    odd = list(_odd(counts, details, done=done, path="/totalInputs" if total is None else "/total"))
    if total is not None and inputs is not None and total != inputs:
        odd.append(Finding("contradiction", "/totalInputs", "two totals that differ"))
    return Facts(
        native_state=details.status,
        state_path="/status",
        meaning=_meaning(lacking, counts, done=done),
        hangs_on=deciding(counts.failed, counts.succeeded) if done else (),
        id=_id(details),
        progress=_progress(counts),
        counts=counts,
        submitted_at=details.submitted_at,
        errors=(*_why(details.status), *(_lost(finding) for finding in lacking)),
        findings=(*numerals.findings, *odd, *lacking),
    )


def _lacking(asked: Asked, details: Any) -> Iterator[Finding]:
    """Name what a job document must say and does not; a receipt need not have a word, and has a rule for its id."""
    if asked.operation is Operation.SUBMIT:
        return
    if details.status is None:
        yield Finding("missing-key", "/status", "the document does not say how the job stands")
    if _id(details) is None:
        yield Finding("missing-key", "/jobIdentifier", "the document does not say which job it is about")


def _id(details: Any) -> str | None:
    told = native(details.job_identifier)
    return told if told and told.strip() else None


def _meaning(lacking: tuple[Finding, ...], counts: Counts, *, done: bool) -> Meaning | None:
    """Say how the job stands where the table of words alone does not."""
    if any(finding.path == "/status" for finding in lacking):
        return OPEN
    return PARTLY if done and counts.failed and counts.succeeded else None


def _why(word: Any) -> Iterator[JobError]:
    """Give the error of a word that says that the job failed; there is no other text."""
    plain = word.strip().lower() if isinstance(word, str) else ""
    if plain in _WHY:
        yield JobError(message=_WHY[plain], code=plain.upper(), origin=Origin.JOB, path="/status")


def _lost(finding: Finding) -> JobError:
    return JobError(message=finding.message, code=finding.rule, origin=Origin.DECODE, path=finding.path)


def _progress(counts: Counts) -> float | None:
    """Compute how much is done; of two summands one may be missing."""
    if counts.succeeded is None and counts.failed is None:
        return None
    return share((counts.succeeded or 0) + (counts.failed or 0), counts.total)


def _odd(counts: Counts, details: Any, *, done: bool, path: str) -> Iterator[Finding]:
    """Name counts that do not add up; they stay as sent."""
    for wire, name in _COUNTS.items():
        value = getattr(details, name, None)
        if type(value) is int and value < 0:
            yield Finding("contradiction", f"/{wire}", "a count below zero")
    if counts.total is None:
        return
    ended, pending = (counts.succeeded, counts.failed), 0 if done and counts.pending is None else counts.pending
    inputs = sum(number or 0 for number in (*ended, pending))
    if inputs > counts.total or (inputs < counts.total and None not in (*ended, pending)):
        yield Finding("contradiction", path, "counts that do not add up to the total")
    elif done and counts.pending:
        yield Finding("contradiction", "/pending", "inputs are pending after the end")


def _results(details: Any) -> Facts:
    """Read a results document: it has no word, but a flag, counts, and what became of each input."""
    given = (details.job_identifier, details.finished, details.results, details.failures)
    if all(value is None for value in given):
        return Facts(state_path="/jobIdentifier")
    numerals = Numerals()
    counts = Counts(
        total=numerals.count(details.total, "/total"),
        succeeded=numerals.count(details.completed, "/completed"),
        failed=numerals.count(details.failed, "/failed"),
    )
    results = details.results if isinstance(details.results, Mapping) else {}
    failures = details.failures if isinstance(details.failures, Mapping) else {}
    finished = False if details.finished is None else numerals.flag(details.finished, "/finished")
    unread = () if finished is not None else (Finding("unknown-state", "/finished", "neither true nor false"),)
    return Facts(
        state_path="/finished",
        meaning=_ended(counts, results, failures) if finished else OPEN if unread else RUNNING,
        hangs_on=(*deciding(counts.failed or failures, counts.succeeded), *_maps(counts, failures)) if finished else (),
        id=_id(details),
        progress=_progress(counts),
        counts=counts,
        submitted_at=details.submitted_at,
        errors=(*_items(failures), *(_lost(finding) for finding in unread)),
        findings=(
            *numerals.findings,
            *_odd(counts, details, done=bool(finished), path="/total"),
            *_contrary(counts, results, failures),
            *unread,
        ),
    )


def _ended(counts: Counts, results: Mapping[str, Any], failures: Mapping[str, Any]) -> Meaning:
    """Say how a job ended. The engine looks at counts and errors where this says success.

    Where no count says how many went well, failures beside no result are all there is.
    """
    if counts.failed and counts.succeeded:
        return PARTLY
    return FAILED if failures and not results and not counts.succeeded and not _more(counts, failures) else SUCCEEDED


def _maps(counts: Counts, failures: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the maps that decide how a job ended: that of results only where failures might be all there is."""
    open_to_doubt = failures and not counts.failed and not counts.succeeded and not _more(counts, failures)
    return ("/failures", "/results") if open_to_doubt else ("/failures",)


def _more(counts: Counts, failures: Mapping[str, Any]) -> bool:
    """Tell whether there were more inputs than those that are known to have failed."""
    return counts.succeeded is None and counts.total is not None and counts.total > len(failures)


def _items(failures: Mapping[str, Any]) -> Iterator[JobError]:
    """Give the error of each input that failed, also where the entry says nothing."""
    for name, entry in failures.items():
        wire = unstructure(entry)
        yield JobError(
            message=reason(name, wire),
            origin=Origin.ITEM,
            item=name,
            path=f"/failures/{escaped(name)}",
            details=wire if type(wire) is dict else None,
        )


def _contrary(counts: Counts, results: Mapping[str, Any], failures: Mapping[str, Any]) -> Iterator[Finding]:
    for name in failures:
        if name in results:
            yield Finding("contradiction", f"/failures/{escaped(name)}", "an input with a result and a failure")
    if counts.failed is not None and len(failures) > counts.failed:
        yield Finding("contradiction", "/failed", "more inputs have a failure than are counted")
