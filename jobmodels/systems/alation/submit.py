"""Receipts: what a submit is answered with where a job does the work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobmodels._record import Record
from jobmodels.systems.alation._system import alation

__all__ = ["AsyncJob", "AsyncJobDetails", "AsyncTask", "AsyncTaskLink"]


class AsyncTaskLink(Record):
    """Where a task can be asked after: `rel` is `status`, `info` or `errors`. Source: contracts page, 1.1."""

    rel: str | None = None
    href: str | None = None


class AsyncTask(Record):
    """The job behind a receipt, as business policies and data dictionaries name it.

    Source: contracts page of Alation, 1.1.

    Attributes:
        id: a number; a UUID for data dictionaries.
        type: as `BUSINESS_POLICY_BULK_CREATE`.
        state: as `QUEUED`.
        status: as `NA`.
    """

    id: int | str | None = None
    job_id: int | None = None
    job_name: str | None = None
    type: str | None = None
    state: str | None = None
    status: str | None = None
    ts_created: datetime | None = None
    ts_started: datetime | None = None
    version: str | None = None
    links: Sequence[AsyncTaskLink] | None = None


class AsyncJob(Record):
    """The job behind a receipt, as virtual file systems name it. Source: contracts page of Alation, 1.1."""

    id: int | None = None
    job_id: int | None = None
    job_name: str | None = None
    url: str | None = None
    errors_url: str | None = None


@alation("submit/POST", job="job/GET")
class AsyncJobDetails(Record):
    """A receipt, of whatever endpoint; one of its members names the job.

    Source: contracts page of Alation, 1.1 and 2.13.

    Attributes:
        job_id: the job, by number.
        id: the same, where the receipt was unwrapped.
        href: where the job can be asked after.
        job_name: the job, by name.
        task: the job, with where it stands.
        job: the job, with links.
    """

    job_id: int | None = None
    id: int | None = None
    href: str | None = None
    job_name: str | None = None
    task: AsyncTask | None = None
    job: AsyncJob | None = None
