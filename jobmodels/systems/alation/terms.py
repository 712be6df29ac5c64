"""Terms deleted; what creates and updates them answers as for documents."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts
from jobmodels._record import Record
from jobmodels._system import BODY
from jobmodels.systems.alation._items import succeeded
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsTermDelete", "JobDetailsTermDeleteResult"]


class JobDetailsTermDeleteResult(Record):
    """The terms that were deleted, by their ids. Source: contracts page of Alation, 2.6."""

    deleted_term_count: int
    deleted_term_ids: Sequence[int]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.deleted_term_count)


@alation("term/DELETE", answers=BODY)
class JobDetailsTermDelete(JobDetails[JobDetailsTermDeleteResult]):
    """Terms deleted by one request, at once. Source: contracts page of Alation, 2.6."""
