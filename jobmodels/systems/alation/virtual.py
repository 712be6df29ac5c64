"""Virtual data sources and virtual file systems: metadata uploaded."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts, JobError
from jobmodels._numbers import count
from jobmodels._record import Raw, Record
from jobmodels.systems.alation._items import entry_errors, length
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsVirtualDatasourcePost", "JobDetailsVirtualDatasourcePostResult"]


class JobDetailsVirtualDatasourcePostResult(Record):
    """What became of the uploaded lines; on the wire it is JSON text.

    Source: contracts page of Alation, 2.9.

    Attributes:
        number_received: how many objects came.
        updated_objects: 0 also when all went well.
        error_objects: one sentence for each object or line that was left out.
        error: a summary, as `1 errors were ignored`; None or empty when all went well.
    """

    number_received: int
    updated_objects: int
    error_objects: Sequence[str | Raw]
    error: str | None = None

    def counted(self) -> Counts | None:
        """Take the number received, and count what was left out."""
        received, failed = count(self.number_received), length(self.error_objects)
        return None if received is None and failed is None else Counts(total=received, failed=failed)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the sentences; without any, the summary."""
        told = tuple(entry_errors(self.error_objects, "/error_objects"))
        return told or tuple(entry_errors(self.error, "/error"))


@alation("virtual-datasource/POST")
class JobDetailsVirtualDatasourcePost(JobDetails[JobDetailsVirtualDatasourcePostResult]):
    """Metadata of a virtual data source uploaded by one request. Source: contracts page of Alation, 2.9."""


# Its result is prose, as `Uploaded 3 directories and files.`. Source: contracts 2.1.
virtual_filesystem_post = alation.endpoint("virtual-filesystem/POST", JobDetails)
