"""Documents and terms: created, updated, documents deleted. The server says "term" for both."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts, JobError
from jobmodels._record import Raw, Record
from jobmodels._system import BODY
from jobmodels.systems.alation._items import carried_errors, succeeded
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "JobDetailsDocumentDelete",
    "JobDetailsDocumentDeleteResult",
    "JobDetailsDocumentPost",
    "JobDetailsDocumentPostResult",
    "JobDetailsDocumentPostResultDetails",
    "JobDetailsDocumentPut",
    "JobDetailsDocumentPutResult",
    "JobDetailsDocumentPutResultDetails",
]


class JobDetailsDocumentPostResultDetails(Record):
    """One created document or term. Source: contracts page of Alation, 2.4."""

    id: int
    title: str | None = None


class JobDetailsDocumentPostResult(Record):
    """The documents or terms that one job created. Source: contracts page of Alation, 2.4."""

    created_term_count: int
    created_terms: Sequence[JobDetailsDocumentPostResultDetails | Raw]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.created_term_count)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the items that carry error words."""
        return tuple(carried_errors(self.created_terms, "/created_terms"))


@alation("document/POST")
@alation("term/POST")
class JobDetailsDocumentPost(JobDetails[JobDetailsDocumentPostResult]):
    """Documents or terms created by one request. Source: contracts page of Alation, 2.4."""


class JobDetailsDocumentPutResultDetails(Record):
    """One updated document or term; terms have their title. Source: contracts page of Alation, 2.5."""

    id: int
    title: str | None = None


class JobDetailsDocumentPutResult(Record):
    """The documents or terms that one job updated. Source: contracts page of Alation, 2.5."""

    updated_term_count: int
    updated_terms: Sequence[JobDetailsDocumentPutResultDetails | Raw]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.updated_term_count)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the items that carry error words."""
        return tuple(carried_errors(self.updated_terms, "/updated_terms"))


@alation("document/PUT")
@alation("term/PUT")
class JobDetailsDocumentPut(JobDetails[JobDetailsDocumentPutResult]):
    """Documents or terms updated by one request. Source: contracts page of Alation, 2.5."""


class JobDetailsDocumentDeleteResult(Record):
    """The documents that were deleted, by their ids; an id that does not exist is no error.

    Source: contracts page of Alation, 2.6.
    """

    deleted_document_count: int
    deleted_document_ids: Sequence[int]

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.deleted_document_count)


@alation("document/DELETE", answers=BODY)
class JobDetailsDocumentDelete(JobDetails[JobDetailsDocumentDeleteResult]):
    """Documents deleted by one request, at once. Source: contracts page of Alation, 2.6."""
