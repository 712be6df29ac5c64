"""Document hub folders: created, updated, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts, JobError
from jobmodels._record import Raw, Record
from jobmodels._system import BODY
from jobmodels.systems.alation._items import carried_errors, succeeded
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "JobDetailsDocumentHubFolderDelete",
    "JobDetailsDocumentHubFolderDeleteResult",
    "JobDetailsDocumentHubFolderPost",
    "JobDetailsDocumentHubFolderPostResult",
    "JobDetailsDocumentHubFolderPostResultCreatedFolder",
    "JobDetailsDocumentHubFolderPut",
    "JobDetailsDocumentHubFolderPutResult",
    "JobDetailsDocumentHubFolderPutResultUpdatedFolder",
]


class JobDetailsDocumentHubFolderPostResultCreatedFolder(Record):
    """One created folder. Source: contracts page of Alation, 2.7."""

    id: int
    title: str | None = None


class JobDetailsDocumentHubFolderPostResult(Record):
    """The folders that one job created. Source: contracts page of Alation, 2.7."""

    created_folder_count: int
    created_folders: Sequence[JobDetailsDocumentHubFolderPostResultCreatedFolder | Raw]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.created_folder_count)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the items that carry error words."""
        return tuple(carried_errors(self.created_folders, "/created_folders"))


@alation("document-hub-folder/POST")
class JobDetailsDocumentHubFolderPost(JobDetails[JobDetailsDocumentHubFolderPostResult]):
    """Folders created by one request. Source: contracts page of Alation, 2.7."""


class JobDetailsDocumentHubFolderPutResultUpdatedFolder(Record):
    """One updated folder. Source: contracts page of Alation, 2.7."""

    id: int
    title: str | None = None


class JobDetailsDocumentHubFolderPutResult(Record):
    """The folders that one job updated. Source: contracts page of Alation, 2.7."""

    updated_folder_count: int
    updated_folders: Sequence[JobDetailsDocumentHubFolderPutResultUpdatedFolder | Raw]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.updated_folder_count)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the items that carry error words."""
        return tuple(carried_errors(self.updated_folders, "/updated_folders"))


@alation("document-hub-folder/PUT")
class JobDetailsDocumentHubFolderPut(JobDetails[JobDetailsDocumentHubFolderPutResult]):
    """Folders updated by one request. Source: contracts page of Alation, 2.7."""


class JobDetailsDocumentHubFolderDeleteResult(Record):
    """The folders that were deleted, by their ids; an id that does not exist is no error.

    Source: contracts page of Alation, 2.6.
    """

    deleted_folder_count: int
    deleted_folder_ids: Sequence[int]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.deleted_folder_count)


@alation("document-hub-folder/DELETE", answers=BODY)
class JobDetailsDocumentHubFolderDelete(JobDetails[JobDetailsDocumentHubFolderDeleteResult]):
    """Folders deleted by one request, at once. Source: contracts page of Alation, 2.6."""
