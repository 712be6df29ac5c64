"""A job result in all its forms: as JSON:API sends it, as the vendor's client gives it, as Pusher pushes it."""

from __future__ import annotations

from datetime import datetime

from jobmodels._record import Raw, wire
from jobmodels.systems.datocms._record import DatocmsRecord
from jobmodels.systems.datocms.payloads import Payload

__all__ = [
    "ApiError",
    "ApiErrorAttributes",
    "BareJobResult",
    "JobResult",
    "JobResultAttributes",
    "JobResultError",
    "JobResultEvent",
    "SimpleJobResult",
]


class ApiErrorAttributes(DatocmsRecord):
    """What went wrong. Source: contracts page of DatoCMS, 2.2.

    Attributes:
        code: one of about a hundred published words, as `NOT_FOUND`.
        doc_url: the page about it; absent in 2021.
        details: what it is about; of no fixed form.
        transient: true where trying again may help, else absent.
    """

    code: str
    doc_url: str | None = None
    details: Raw = None
    transient: bool | None = None


class ApiError(DatocmsRecord):
    """One entry of an error answer. Source: contracts page of DatoCMS, 2.2."""

    type: str
    attributes: ApiErrorAttributes
    id: str | None = None


class JobResultError(DatocmsRecord):
    """Why a job failed, in the second shape. Source: seed of DatoCMS, "Response Structure"."""

    message: str
    details: Raw = None


class JobResultAttributes(DatocmsRecord):
    """How a job ended, in both shapes: a number with a payload, or a word with a result or an error.

    Source: contracts page of DatoCMS, 2.2; the second shape is the seed's alone.

    Attributes:
        status: the HTTP status of the delayed answer; or `pending`, `in_progress`, `success`, `error`.
        status_text: its reason phrase, as `Created`.
        payload: its body.
        progress_percentage: 0 to 100.
        result: what the job gave, in the second shape.
        error: why it failed, in the second shape.
    """

    status: int | str
    status_text: str | None = wire("statusText", default=None)
    payload: Payload = None
    progress_percentage: float | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    result: Payload = None
    error: JobResultError | None = None


class JobResult(DatocmsRecord):
    """A job result as JSON:API has it. Source: contracts page of DatoCMS, 2.2.

    Attributes:
        id: that of the job.
        type: `job_result`.
    """

    type: str
    attributes: JobResultAttributes
    id: str | None = None


class SimpleJobResult(JobResultAttributes):
    """A job result as the vendor's client gives it: without the envelope. Source: contracts page of DatoCMS, 2.2."""

    type: str
    id: str | None = None


class BareJobResult(JobResultAttributes):
    """A status with its payload, and nothing that says whose. Source: seed of DatoCMS, "Payload Structure"."""

    # What tells this class must be there, which pyright wants of no field that a base gives a default.
    payload: Payload  # pyright: ignore[reportGeneralTypeIssues]
    id: str | None = None


class JobResultEvent(JobResultAttributes):
    """A job result that was pushed; its status is 413 where the result is too big for that.

    Source: contracts page of DatoCMS, 2.1.
    """

    job_id: str = wire("jobId")
