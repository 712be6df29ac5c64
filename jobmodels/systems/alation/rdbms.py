"""Schemas, tables and columns of relational data sources: created and updated."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts, JobError
from jobmodels._record import Raw, Record
from jobmodels.systems.alation._items import carried_errors, entry_errors, length
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsRdbms", "JobDetailsRdbmsResult", "JobDetailsRdbmsResultMapping"]


class JobDetailsRdbmsResultMapping(Record):
    """The id of one object, and the key under which it was sent. Source: contracts page of Alation, 2.3."""

    id: int
    key: str


class JobDetailsRdbmsResult(Record):
    """What became of one batch.

    Source: contracts page of Alation, 2.3.

    Attributes:
        response: prose, as `Upserted 2 schema objects.`; columns are "attributes" there.
        mapping: the objects that were written.
        errors: of unknown form; None where the server left it out.
    """

    response: str
    mapping: Sequence[JobDetailsRdbmsResultMapping | Raw]
    errors: Sequence[Raw] | None = None

    def counted(self) -> Counts | None:
        """Count what was mapped, and the errors where there is a list of them."""
        mapped, failed = length(self.mapping), length(self.errors)
        return None if mapped is None and failed is None else Counts(succeeded=mapped, failed=failed)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the errors, and the mapped objects that carry error words."""
        return (*entry_errors(self.errors, "/errors"), *carried_errors(self.mapping, "/mapping"))


@alation("rdbms-schema/POST")
@alation("rdbms-schema/PATCH")
@alation("rdbms-table/POST")
@alation("rdbms-table/PATCH")
@alation("rdbms-column/POST")
@alation("rdbms-column/PATCH")
@alation("rdbms-child-column/PATCH")
class JobDetailsRdbms(JobDetails[Sequence[JobDetailsRdbmsResult | Raw]]):
    """Schemas, tables, columns or child columns written by one request. Source: contracts page of Alation, 2.3."""
