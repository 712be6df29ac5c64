"""Business intelligence sources: servers created at once, folders, reports and their columns by jobs."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts, JobError
from jobmodels._numbers import count
from jobmodels._record import Raw, Record, wire
from jobmodels._system import BODY, EMPTY
from jobmodels.systems.alation._items import entry_errors, present
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsBIServerPost", "JobDetailsBIServerPostResult"]


class JobDetailsBIServerPostResult(Record):
    """The servers that were created.

    Source: contracts page of Alation, 2.10.

    Attributes:
        Status: prose, as `Success: Created 1 servers.`.
        Count: how many were created.
        ServerIDs: their ids, on the wire `Server IDs`; one slot for each server of the request.
        Errors: one slot for each server of the request, null where it was created.
    """

    Status: str
    Count: int
    ServerIDs: Sequence[int | None] = wire("Server IDs")
    Errors: Sequence[str | Raw | None]

    def counted(self) -> Counts | None:
        """Take the count, and count the errors that are not null."""
        created, failed = count(self.Count), present(self.Errors)
        return None if created is None and failed is None else Counts(succeeded=created, failed=failed)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the errors, each with its position in the request."""
        return tuple(entry_errors(self.Errors, "/Errors", numbered=True))


@alation("bi-server/POST", answers=BODY)
class JobDetailsBIServerPost(JobDetails[JobDetailsBIServerPostResult]):
    """Servers created by one request, at once. Source: contracts page of Alation, 2.10."""


# Source: contracts page of Alation, 1.3.
bi_server_patch = alation.endpoint("bi-server/PATCH", JobDetails, answers=BODY)
bi_folder_post = alation.endpoint("bi-folder/POST", JobDetails)
bi_folder_delete = alation.endpoint("bi-folder/DELETE", JobDetails, answers=EMPTY)
bi_report_post = alation.endpoint("bi-report/POST", JobDetails)
bi_report_delete = alation.endpoint("bi-report/DELETE", JobDetails, answers=EMPTY)
bi_report_column_post = alation.endpoint("bi-report-column/POST", JobDetails)
bi_report_column_delete = alation.endpoint("bi-report-column/DELETE", JobDetails, answers=EMPTY)
