"""What a poll for a job answers, a list of such answers, and the event that is pushed in their stead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobmodels._job import Operation
from jobmodels._record import Raw, is_lifted, wire
from jobmodels.systems.datocms._forms import JOB_RESULT, Found, JobResultForm, found_in, misfit, refuses
from jobmodels.systems.datocms._record import DatocmsRecord
from jobmodels.systems.datocms._system import datocms
from jobmodels.systems.datocms.results import (
    ApiError,
    BareJobResult,
    JobResult,
    JobResultAttributes,
    JobResultEvent,
    SimpleJobResult,
)

__all__ = ["JobResultDetails", "JobResultEventDetails", "JobResultListDetails", "JobResultListMeta"]

JOB_RESULT_EVENT = "job-result"


@datocms("job-result/GET")
class JobResultDetails(JobResultForm):
    """What a poll answers. Source: contracts page of DatoCMS, 2.2.

    Attributes:
        data: the job result, or what went wrong with the call.
        body: an answer without the envelope, as the vendor's client gives it; or one of another kind.
    """

    data: JobResult | Sequence[ApiError]
    body: SimpleJobResult | BareJobResult | JobResult | Raw = wire(default=None, body=True)

    def found(self) -> Found | None:
        """Look for the job result, in the envelope or without one."""
        data: Any = self.data
        if data is None and is_lifted(self):
            return found_in(self.body, "") if isinstance(self.body, (JobResult, JobResultAttributes)) else None
        return None if refuses(data) else found_in(data, "/data")

    @property
    def due(self) -> str:
        """Where it should stand."""
        return "/data" if self.named is None else "/status"

    @property
    def named(self) -> Any:
        """The id of a job result without an envelope and without a status."""
        body: Any = self.body
        return body.get("id") if type(body) is dict and body.get("type") == JOB_RESULT else None


class JobResultListMeta(DatocmsRecord):
    """How many job results there are on all pages. Source: seed of DatoCMS, "Response Structure"."""

    total_count: int | None = None


@datocms("job-result-list/GET", operation=Operation.LIST, job="job-result/GET")
class JobResultListDetails(DatocmsRecord):
    """A page of job results, which the real service does not have. Source: seed of DatoCMS, "Response Structure".

    Attributes:
        data: the job results.
        body: the same without the envelope, as the seed's client gives them; or an answer of another kind.
    """

    data: Sequence[JobResult]
    meta: JobResultListMeta | None = None
    body: Sequence[JobResult | Raw] | Raw = wire(default=None, body=True)


@datocms("job-result-event/POST", operation=Operation.RESULT, job="job-result/GET")
class JobResultEventDetails(JobResultForm):
    """A job result that Pusher pushes. Source: contracts page of DatoCMS, 2.1.

    Attributes:
        event: `job-result`.
        data: the job result; Pusher sends it as JSON text.
        channel: as `private-site-1-environment-main`.
        body: the job result alone, as a subscriber is given it; or an answer of another kind.
    """

    event: str
    data: JobResultEvent | str
    channel: str | None = None
    body: JobResultEvent | Raw = wire(default=None, body=True)

    def found(self) -> Found | None:
        """Look for the job result, in the envelope of Pusher or without it."""
        data: Any = self.data
        if data is None and is_lifted(self):
            return _event(self.body, "") if isinstance(self.body, JobResultEvent) else None
        found = _event(data, "/data")._replace(hangs_on=("/event",))
        if self.event == JOB_RESULT_EVENT:
            return found
        return misfit(found, "unexpected-type", "an event of another kind", "/event", noticed=False)

    @property
    def due(self) -> str:
        """Where what tells a job result should stand."""
        return f"/{_lacking(self.body)}" if type(self.body) is dict else ""

    @property
    def named(self) -> Any:
        """The id of a job that was pushed without a status."""
        return self.body.get("jobId") if type(self.body) is dict else None


def _event(value: Any, at: str) -> Found:
    """Look for a job result that was pushed."""
    if isinstance(value, JobResultEvent):
        return Found(value, at, value.job_id)
    found = Found(None, at, value.get("jobId") if type(value) is dict else None)
    if type(value) is dict:
        return misfit(found, "missing-key", "it does not say which job ended how", f"{at}/{_lacking(value)}")
    return misfit(found, "unexpected-shape", "not the object that a job result is", at, noticed=type(value) is not str)


def _lacking(value: dict[str, Any]) -> str:
    return "status" if "jobId" in value else "jobId"
