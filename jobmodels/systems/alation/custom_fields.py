"""Custom fields created; values of custom fields written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobmodels._job import Counts, JobError
from jobmodels._record import Raw, Record
from jobmodels.systems.alation._items import entry_errors, present
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "JobDetailsCustomFieldPost",
    "JobDetailsCustomFieldPostResult",
    "JobDetailsCustomFieldPostResultData",
]


class JobDetailsCustomFieldPostResultData(Record):
    """The ids of created fields. Source: contracts page of Alation, 2.2."""

    field_ids: Sequence[int]


class JobDetailsCustomFieldPostResult(Record):
    """One message of the job: at first with empty `data`, at last with the ids.

    On the wire each message is JSON text. Source: contracts page of Alation, 2.2.
    """

    msg: str
    data: JobDetailsCustomFieldPostResultData | Raw

    def counted(self) -> Counts | None:
        """Count the ids."""
        ids = present(self.data.field_ids) if isinstance(self.data, JobDetailsCustomFieldPostResultData) else None
        return None if ids is None else Counts(succeeded=ids)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the errors beside the ids."""
        extra = self.data.extra if isinstance(self.data, JobDetailsCustomFieldPostResultData) else self.data
        told = extra.get("errors") if isinstance(extra, Mapping) else None
        return tuple(entry_errors(told, "/data/errors"))


@alation("custom-field/POST")
class JobDetailsCustomFieldPost(JobDetails[Sequence[JobDetailsCustomFieldPostResult | Raw]]):
    """Custom fields created by one request; `result` is the list of the job's messages.

    Source: contracts page of Alation, 2.2.
    """


# Two jobs on cloud-native instances; the id of the second stands in the prose of the first. Source: contracts 4.3.
custom_field_value_put = alation.endpoint("custom-field-value/PUT", JobDetails)
