"""What typed answers of Kinetica say in common terms. Source: contracts page, 3.2 to 3.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from jobmodels._job import Finding, JobError, JobState, Origin
from jobmodels._json import decode, looks_embedded
from jobmodels._numbers import Numerals
from jobmodels._system import Asked
from jobmodels._told import OPEN, Facts, Meaning
from jobmodels.errors import DecodeError
from jobmodels.systems.kinetica._columns import altered, shown
from jobmodels.systems.kinetica._inside import Inside, lacking, look, number_of, wrong
from jobmodels.systems.kinetica._wrapper import ERROR, is_latin, is_wrapper, said, unpacked, word_of
from jobmodels.systems.kinetica.records import AlteredJob, DecodedCreateJob, DecodedGetJob, ShownJob

FAILED = Meaning(JobState.FAILED, finished=True)
RUNNING = Meaning(JobState.RUNNING, finished=False)


def facts(asked: Asked, details: Any) -> Facts:
    """Read what typed details say."""
    if isinstance(details, ShownJob):
        return shown(details)
    if isinstance(details, AlteredJob):
        return altered(details)
    inside = look(asked, details)
    if isinstance(inside.document, DecodedGetJob):
        return _job(inside.document, inside)
    # The columns of a list are read before, with the list.
    if isinstance(inside.document, DecodedCreateJob):
        numerals = Numerals()
        number_of(inside.document.job_id, f"{inside.base}/job_id", numerals)
        return attrs.evolve(inside.facts, findings=(*inside.facts.findings, *numerals.findings))
    return inside.facts


def _job(job: DecodedGetJob, inside: Inside) -> Facts:
    base = inside.base
    numerals = Numerals()
    running = numerals.flag(job.running, f"{base}/running")
    successful = numerals.flag(job.successful, f"{base}/successful")
    progress = numerals.percentage(job.progress, f"{base}/progress")
    word = word_of(job.job_status)
    reason = _reason(job)
    told = Facts(
        native_state=job.job_status,
        state_path=f"{base}/job_status",
        hangs_on=inside.hangs_on,
        message=inside.facts.message or reason,
        progress=progress,
        findings=inside.facts.findings,
    )
    unread_errors, unread = _unread(job, base)
    settled = _settled(job, told, base, running, successful, reason)
    return attrs.evolve(
        settled,
        errors=(*settled.errors, *unread_errors),
        findings=(*settled.findings, *unread, *_odd(word, running, successful, reason, base), *numerals.findings),
    )


def _settled(
    job: DecodedGetJob, told: Facts, base: str, running: bool | None, successful: bool | None, reason: str | None
) -> Facts:
    """Settle what the word alone does not: that it is missing, and failures."""
    word = word_of(job.job_status)
    inner = unpacked(job.job_response_str)
    refused = is_wrapper(inner) and word_of(inner["status"]) == ERROR
    hangs_on = told.hangs_on + ((f"{base}/job_response_str/status",) if is_wrapper(inner) else ())
    if job.job_status is None or word == "":
        missing = lacking(told.state_path, "the document does not say how the job stands")
        meaning = RUNNING if running else OPEN
        told = attrs.evolve(
            told, native_state=None, meaning=meaning, errors=missing.errors, findings=told.findings + missing.findings,
            hangs_on=(*hangs_on, f"{base}/running"),
        )  # fmt: skip
        return _failed(told, inner, base) if refused and not running else told
    if word == "done":
        told = attrs.evolve(told, hangs_on=(*hangs_on, f"{base}/successful"))
        if refused:
            return _failed(told, inner, base)
        if successful is False:
            message = reason or "the job is done, and was not successful"
            error = JobError(message=message, code="not-successful", origin=Origin.JOB, path=f"{base}/successful")
            return attrs.evolve(told, meaning=FAILED, errors=(error,))
    if word == ERROR:
        path = f"{base}/status_map/error_message"
        if reason is None and refused:
            return _failed(told, inner, base)
        error = JobError(
            message=reason or "the job failed, and the service gave no reason",
            code=None if reason else "not-successful",
            origin=Origin.JOB,
            path=path if reason else told.state_path,
        )
        return attrs.evolve(told, errors=(error,))
    return told


def _failed(told: Facts, inner: Mapping[str, Any], base: str) -> Facts:
    """A job whose response is a wrapper that says that it failed."""
    message = said(inner.get("message"))
    error = JobError(
        message=message or "the job failed, and the service gave no reason",
        code=None if message else "not-successful",
        origin=Origin.JOB,
        path=f"{base}/job_response_str/{'message' if message else 'status'}",
    )
    return attrs.evolve(told, meaning=FAILED, message=told.message or message, errors=(*told.errors, error))


def _reason(job: DecodedGetJob) -> str | None:
    return said(job.status_map.get("error_message")) if isinstance(job.status_map, dict) else None


def _unread(job: DecodedGetJob, base: str) -> tuple[tuple[JobError, ...], tuple[Finding, ...]]:
    """Find what the job gave and nobody can read: it stays as it came."""
    text, path = job.job_response_str, f"{base}/job_response_str"
    if said(text) is not None:
        try:
            decode(text)
        except DecodeError as error:
            message = f"what the job gave is not JSON: {error.reason}"
            found = () if looks_embedded(str(text)) else (Finding("embedded-json-invalid", path, message),)
            return (wrong(error.code, path, message),), found
    if type(job.job_response) is str and not is_latin(job.job_response):
        path, message = f"{base}/job_response", "characters that stand for no byte"
        return (wrong("unexpected-shape", path, message),), (Finding("wrong-type", path, message),)
    return (), ()


def _odd(
    word: str | None, running: bool | None, successful: bool | None, reason: str | None, base: str
) -> list[Finding]:
    """Find members that contradict the word, which decides. After a cancel `running` may lag, as the vendor says."""
    told = [
        (running is False and word == "running", "running", "not running, though the status says so"),
        (running is True and word in {"done", ERROR}, "running", "still running, though the status says otherwise"),
        (successful is False and word == "done", "successful", "done, and not successful"),
        (successful is True and word in {"running", ERROR, "cancelled"}, "successful", "successful without being done"),
        (
            reason is not None and word in {"running", "cancelled"},
            "status_map/error_message",
            "an error, though the status says otherwise",
        ),
        (
            reason is not None and word == "done" and successful is not False,
            "status_map/error_message",
            "an error, though the job is done",
        ),
    ]
    return [Finding("contradiction", f"{base}/{name}", message) for holds, name, message in told if holds]
