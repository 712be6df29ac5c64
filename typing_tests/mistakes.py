"""What type checkers refuse. Each ignore is a proof: it would be an error itself, were there nothing to ignore."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import jobmodels
from jobmodels import Counts, Job, JobError, JobState, Record, Response, wire
from jobmodels.systems.alation import (
    JobDetailsDocumentPost,
    JobDetailsDocumentPostResult,
    JobDetailsDocumentPostResultDetails,
    JobDetailsRdbms,
)


def misspellings(job: Job[JobDetailsDocumentPost], result: JobDetailsDocumentPostResult, error: JobError) -> None:
    """Even of a result that may be raw, since a checker looks at each alternative."""
    _ = job.details.resutl  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    _ = job.details.result.created_term_cuont  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]
    _ = result.created_term_cuont  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    _ = error.http_staus  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    _ = JobState.SUCCESS  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def arguments_by_position() -> None:
    """A position says nothing, so fields go by their names."""
    JobDetailsDocumentPostResultDetails(1, "KPI")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Counts(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def arguments_that_are_wrong(payload: object) -> None:
    """One that is missing, one that nobody knows, and some of the wrong type."""
    JobDetailsDocumentPostResultDetails(title="KPI")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JobDetailsDocumentPostResultDetails(id=1, titel="KPI")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JobDetailsDocumentPostResultDetails(id="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Response(200, body={"status": "running"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jobmodels.normalize(payload, 17)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def assignments(job: Job[JobDetailsRdbms], details: JobDetailsRdbms, error: JobError) -> None:
    """Everything is frozen."""
    job.state = JobState.FAILED  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    details.status = "failed"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    error.message = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


class Own(Record):
    """A class of a user."""

    number: int
    name: str | None = wire("Name", default=None)


def mistakes_with_an_own_class(own: Own) -> None:
    """It is as strict as ours."""
    Own()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Own(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Own(number=1, Name="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    own.number = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def details_of_another_class(job: Job[JobDetailsRdbms]) -> Job[JobDetailsDocumentPost]:
    """A job of one class is not a job of another."""
    return job  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
