"""Reports: a call starts a job, and the document of the job holds the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import attrs

from acme_sdk._system import AcmeJob, AcmeRecord, acme
from jobmodels import Counts, Facts, JobError, Origin, Raw


class AcmeReportPage(AcmeRecord):
    """One page of a report."""

    page_number: int
    headline: str | None = None


class AcmeReportRejection(AcmeRecord):
    """One row of the request that could not be used; the first row is 0."""

    row: int
    reason: str


@acme("report/POST")
class AcmeReport(AcmeJob):
    """One report. The mark is only a note on the class; `jobmodels.collect` finds it.

    `Raw` beside a class says that an item which lacks the class's required keys stays in its place, as it came.
    """

    report_id: str
    rows_total: int | None = None
    rows_used: int | None = None
    finished_at: datetime | None = None
    pages: Sequence[AcmeReportPage | Raw] | None = None
    rejections: Sequence[AcmeReportRejection | Raw] | None = None

    def facts(self) -> Facts:
        """Add the id, the counts that Acme gives, and one error for each rejected row."""
        said = super().facts()
        return attrs.evolve(
            said,
            id=self.report_id,
            counts=Counts(total=self.rows_total, succeeded=self.rows_used),
            finished_at=self.finished_at,
            errors=(*said.errors, *self._rejected()),
        )

    def _rejected(self) -> Iterator[JobError]:
        """Give an error of origin `ITEM` for each row; with one, a job that calls itself ready succeeded in part."""
        # A list in which something fits is a tuple. Whatever else was sent stays as it came, be it a number.
        for place, item in enumerate(self.rejections if isinstance(self.rejections, tuple) else ()):
            if isinstance(item, AcmeReportRejection):
                yield JobError(message=item.reason, origin=Origin.ITEM, index=item.row, path=f"/rejections/{place}")
