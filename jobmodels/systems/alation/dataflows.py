"""Dataflow objects: created, updated, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts, JobError
from jobmodels._record import Raw, Record
from jobmodels.systems.alation._items import carried_errors, entry_errors, length
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "JobDetailsDataflowDelete",
    "JobDetailsDataflowDeleteResult",
    "JobDetailsDataflowDeleteResultMapping",
    "JobDetailsDataflowPost",
    "JobDetailsDataflowPostResult",
    "JobDetailsDataflowPostResultMapping",
]


class JobDetailsDataflowPostResultMapping(Record):
    """One dataflow object that was written; what `replaced` holds is not known.

    Source: contracts page of Alation, 2.11.
    """

    id: int | None = None
    external_id: str | None = None
    replaced: Raw = None


class JobDetailsDataflowPostResult(Record):
    """What became of one batch. Source: contracts page of Alation, 2.11."""

    response: str
    mapping: Sequence[JobDetailsDataflowPostResultMapping]

    def counted(self) -> Counts | None:
        """Count what was mapped."""
        mapped = length(self.mapping)
        return None if mapped is None else Counts(succeeded=mapped)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the objects that carry error words."""
        return tuple(carried_errors(self.mapping, "/mapping"))


@alation("dataflow/POST")
@alation("dataflow/PATCH")
class JobDetailsDataflowPost(JobDetails[Sequence[JobDetailsDataflowPostResult | Raw]]):
    """Dataflow objects created, replaced or updated by one request. Source: contracts page of Alation, 2.11."""


class JobDetailsDataflowDeleteResultMapping(Record):
    """One dataflow object that was deleted, and the objects that this touches.

    Source: contracts page of Alation, 2.11.
    """

    id: int | None = None
    external_id: str | None = None
    impacted_dfos: Sequence[Raw] | None = None


class JobDetailsDataflowDeleteResult(Record):
    """What became of one batch; `failed` is of unknown form. Source: contracts page of Alation, 2.11."""

    response: str
    mapping: Sequence[JobDetailsDataflowDeleteResultMapping]
    failed: Sequence[Raw] | None = None

    def counted(self) -> Counts | None:
        """Count what was mapped, and what failed where there is a list of it."""
        mapped, failed = length(self.mapping), length(self.failed)
        return None if mapped is None and failed is None else Counts(succeeded=mapped, failed=failed)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read what failed, and the mapped objects that carry error words."""
        return (*entry_errors(self.failed, "/failed"), *carried_errors(self.mapping, "/mapping"))


@alation("dataflow/DELETE")
class JobDetailsDataflowDelete(JobDetails[Sequence[JobDetailsDataflowDeleteResult | Raw]]):
    """Dataflow objects deleted by one request. Source: contracts page of Alation, 2.11."""
