"""Data quality fields and their values: written and deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobmodels._job import Counts, JobError, Origin
from jobmodels._numbers import count
from jobmodels._record import Raw, Record
from jobmodels.systems.alation._items import listed, total
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "JobDetailsDataQuality",
    "JobDetailsDataQualityResult",
    "JobDetailsDataQualityResultAction",
    "JobDetailsDataQualityResultActionStats",
    "JobDetailsDataQualityResultCreatedObjectAttribution",
]

_DONE = ("created", "updated", "deleted")


class JobDetailsDataQualityResultActionStats(Record):
    """How many, and a sample of them: objects with `field_key`, for values also `object_key`.

    Source: contracts page of Alation, 2.8.
    """

    count: int
    sample: Sequence[Raw]


class JobDetailsDataQualityResultAction(Record):
    """What became of fields, or of values; what a request cannot do is absent.

    Source: contracts page of Alation, 2.8.
    """

    created: JobDetailsDataQualityResultActionStats | None = None
    updated: JobDetailsDataQualityResultActionStats | None = None
    deleted: JobDetailsDataQualityResultActionStats | None = None
    not_found: JobDetailsDataQualityResultActionStats | None = None


class JobDetailsDataQualityResultCreatedObjectAttribution(Record):
    """Whether the objects that the values are about were found; absent from deletes.

    Source: contracts page of Alation, 2.8.
    """

    success_count: int
    failure_count: int
    success_sample: Sequence[Raw] | None = None
    failure_sample: Sequence[Raw] | None = None


class JobDetailsDataQualityResult(Record):
    """What one batch did.

    A job calls itself successful although `created_object_attribution` tells of failures, or `not_found` of keys that
    do not exist. Source: contracts page of Alation, 2.8.

    Attributes:
        fields: what became of fields.
        values: what became of values.
        created_object_attribution: None for deletes.
        flag_counts: how many values have each flag, as `GOOD`, `WARNING`, `ALERT`; None for deletes.
        total_duration: in seconds.
    """

    fields: JobDetailsDataQualityResultAction
    values: JobDetailsDataQualityResultAction
    created_object_attribution: JobDetailsDataQualityResultCreatedObjectAttribution | None = None
    flag_counts: Mapping[str, int] | None = None
    total_duration: float | None = None

    def counted(self) -> Counts | None:
        """Add up fields and values: done, and not found or not attributed."""
        actions = (self.fields, self.values)
        done = total(*(_count(action, name) for action in actions for name in _DONE))
        missed = total(*(_count(action, "not_found") for action in actions), self._unattributed())
        return None if done is None and missed is None else Counts(succeeded=done, failed=missed)

    def item_errors(self) -> tuple[JobError, ...]:
        """Read the samples of what was not found or not attributed."""
        return tuple(self._item_errors())

    def _unattributed(self) -> int | None:
        told = self.created_object_attribution
        return (
            count(told.failure_count) if isinstance(told, JobDetailsDataQualityResultCreatedObjectAttribution) else None
        )

    def _item_errors(self) -> Iterator[JobError]:
        for name, action in (("fields", self.fields), ("values", self.values)):
            if _count(action, "not_found"):
                yield from _sampled(action.not_found, "sample", "not found", f"/{name}/not_found")
        if self._unattributed():
            told, path = self.created_object_attribution, "/created_object_attribution"
            yield from _sampled(told, "failure_sample", "not attributed to an object", path)


def _count(action: Any, name: str) -> int | None:
    stats = getattr(action, name, None) if isinstance(action, JobDetailsDataQualityResultAction) else None
    return count(stats.count) if isinstance(stats, JobDetailsDataQualityResultActionStats) else None


def _sampled(holder: Any, name: str, message: str, path: str) -> Iterator[JobError]:
    for index, item in enumerate(listed(getattr(holder, name))):
        keys = [item.get(key) for key in ("field_key", "object_key")] if isinstance(item, Mapping) else [item]
        told = " ".join(key for key in keys if isinstance(key, str) and key)
        yield JobError(message=message, origin=Origin.ITEM, item=told or None, path=f"{path}/{name}/{index}")


@alation("data-quality-field/POST")
@alation("data-quality-field/DELETE")
@alation("data-quality-value/POST")
@alation("data-quality-value/DELETE")
class JobDetailsDataQuality(JobDetails[JobDetailsDataQualityResult]):
    """Data quality fields or values written or deleted by one request. Source: contracts page of Alation, 2.8."""
