"""Data dictionaries: the upload, the task that does the work, and the errors of the task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobmodels._job import Counts
from jobmodels._numbers import count
from jobmodels._record import Raw, Record
from jobmodels._system import ERRORS, TASK
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "DataDictionaryAsyncTask",
    "DataDictionaryAsyncTaskDetails",
    "DataDictionaryAsyncTaskLink",
    "DataDictionaryResource",
    "DataDictionaryTaskDetails",
    "DataDictionaryTaskError",
    "DataDictionaryTaskErrorDetailItems",
    "DataDictionaryTaskErrorDetails",
    "DataDictionaryTaskErrorRange",
    "DataDictionaryTaskErrorRangeEndpoint",
    "DataDictionaryTaskProgress",
    "DataDictionaryTaskRecords",
    "DataDictionaryTaskResult",
    "JobDetailsDataDictionaryPut",
    "JobDetailsDataDictionaryTaskErrorGet",
]


class DataDictionaryAsyncTaskLink(Record):
    """Where the task can be asked after; `rel` may be `info and status`. Source: contracts page of Alation, 1.1."""

    rel: str | None = None
    href: str | None = None


class DataDictionaryAsyncTask(Record):
    """The task that an upload started; its `id` is a UUID. Source: contracts page of Alation, 1.1."""

    id: str | None = None
    type: str | None = None
    state: str | None = None
    ts_created: datetime | None = None
    links: Sequence[DataDictionaryAsyncTaskLink] | None = None


class DataDictionaryAsyncTaskDetails(Record):
    """The receipt of an upload. Source: contracts page of Alation, 1.1."""

    task: DataDictionaryAsyncTask | None = None


class DataDictionaryTaskProgress(Record):
    """How far the task is. Source: contracts page of Alation, 2.12."""

    total_batches: int | None = None
    batches_completed: int | None = None


class DataDictionaryTaskRecords(Record):
    """What became of the records of the file. Source: contracts page of Alation, 2.12."""

    total: int | None = None
    succeeded: int | None = None
    failed: int | None = None

    def counted(self) -> Counts | None:
        """Take the counts that the vendor gives."""
        told = Counts(total=count(self.total), succeeded=count(self.succeeded), failed=count(self.failed))
        return None if told == Counts() else told


class DataDictionaryTaskResult(Record):
    """What the task did. Source: contracts page of Alation, 2.12."""

    records: DataDictionaryTaskRecords | None = None

    def counted(self) -> Counts | None:
        """Take the counts of the records."""
        return self.records.counted() if isinstance(self.records, DataDictionaryTaskRecords) else None


class DataDictionaryResource(Record):
    """The catalog object whose dictionary was uploaded. Source: contracts page of Alation, 2.12."""

    id: str | None = None
    oid: int | str | None = None
    otype: str | None = None
    user_id: int | None = None


@alation("data-dictionary-task/GET", answers=TASK)
class DataDictionaryTaskDetails(Record):
    """Where a task stands.

    Source: contracts page of Alation, 2.12.

    Attributes:
        id: a UUID.
        type: as `COMMIT_TO_CATALOG`.
        state: whether it has ended.
        status: how it ended; None until then, like all that follows the result.
        progress: in batches.
        result: what became of the records.
        report_download_link: where a table of all records can be had.
    """

    id: str
    type: str
    state: str
    status: str | None = None
    progress: DataDictionaryTaskProgress | None = None
    result: DataDictionaryTaskResult | None = None
    ts_created: datetime | None = None
    ts_updated: datetime | None = None
    ts_completed: datetime | None = None
    dd_resource: DataDictionaryResource | None = None
    report_download_link: str | None = None

    def counted(self) -> Counts | None:
        """Take the counts of the result."""
        return self.result.counted() if isinstance(self.result, DataDictionaryTaskResult) else None


@alation("data-dictionary/PUT", answers=TASK)
class JobDetailsDataDictionaryPut(JobDetails[DataDictionaryTaskDetails]):
    """A data dictionary uploaded by one request: its `result` is the task. Source: contracts page of Alation, 2.12."""


class DataDictionaryTaskErrorRangeEndpoint(Record):
    """One end of a range of records. Source: contracts page of Alation, 2.12."""

    index: int | None = None
    key: str | None = None


class DataDictionaryTaskErrorRange(Record):
    """The records that an error is about. Source: contracts page of Alation, 2.12."""

    start: DataDictionaryTaskErrorRangeEndpoint | None = None
    end: DataDictionaryTaskErrorRangeEndpoint | None = None
    start_inclusive: bool | None = None
    end_inclusive: bool | None = None


class DataDictionaryTaskErrorDetailItems(Record):
    """The records that an error is about, and how many they are. Source: contracts page of Alation, 2.12."""

    range: DataDictionaryTaskErrorRange | None = None
    total: int | None = None


class DataDictionaryTaskErrorDetails(Record):
    """What else is known of an error. Source: contracts page of Alation, 2.12."""

    items: DataDictionaryTaskErrorDetailItems | None = None
    error: str | None = None


class DataDictionaryTaskError(Record):
    """One error of a task. Source: contracts page of Alation, 2.12."""

    error_message: str
    timestamp: datetime | None = None
    name: str | None = None
    fatal: bool | None = None
    original_error_message: str | None = None
    details: DataDictionaryTaskErrorDetails | None = None
    category: str | None = None


@alation("data-dictionary-task-error/GET", answers=ERRORS)
class JobDetailsDataDictionaryTaskErrorGet(JobDetails[Sequence[DataDictionaryTaskError | Raw]]):
    """The errors of a task: `result` is the list of them, or the only one. Source: contracts page, 3, E21."""


# Per-row errors of any other job, in a form that nobody describes. Source: contracts page of Alation, 3, E20.
job_error_get = alation.endpoint("job-error/GET", JobDetails, answers=ERRORS)
