"""Domains: created, moved, deleted; objects assigned to them."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Counts
from jobmodels._record import Raw, Record
from jobmodels._system import BODY
from jobmodels.systems.alation._items import succeeded
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = [
    "Domain",
    "DomainMembership",
    "JobDetailsDomainDelete",
    "JobDetailsDomainDeleteResult",
    "JobDetailsDomainMembershipPost",
    "JobDetailsDomainPatch",
    "JobDetailsDomainPost",
]


class Domain(Record):
    """One domain. Source: contracts page of Alation, 1.3."""

    id: int
    title: str
    description: str | None = None
    parent_id: int | None = None


@alation("domain/POST", answers=BODY)
class JobDetailsDomainPost(JobDetails[Sequence[Domain | Raw]]):
    """Domains created by one request, at once. Source: contracts page of Alation, 1.3."""


@alation("domain/PATCH", answers=BODY)
class JobDetailsDomainPatch(JobDetails[Domain]):
    """A domain moved below another one. Source: contracts page of Alation, 1.3."""


class JobDetailsDomainDeleteResult(Record):
    """The domains that were deleted, by their ids; `status` and `msg` stand beside them.

    Source: contracts page of Alation, 5.1, D12.
    """

    deleted_domain_count: int
    deleted_domain_ids: Sequence[int]
    status: str | None = None
    msg: str | None = None

    def counted(self) -> Counts | None:
        """Give the count that the vendor gives."""
        return succeeded(self.deleted_domain_count)

    def said_state(self) -> str | None:
        """Give the word of the job document that this answer resembles."""
        return self.status


@alation("domain/DELETE", answers=BODY)
class JobDetailsDomainDelete(JobDetails[JobDetailsDomainDeleteResult]):
    """Domains deleted by one request, at once or by a job. Source: contracts page of Alation, 1.3."""


class DomainMembership(Record):
    """What a request assigned to a domain, as the server repeats it.

    Source: contracts page of Alation, 5.1, D19.

    Attributes:
        id: the domain.
        oid: the objects.
        otype: their type.
        exclude: whether they were taken out rather than put in.
        recursive: whether that holds for what is below them too.
    """

    id: int
    oid: Sequence[int]
    otype: str
    exclude: bool
    recursive: bool | None = None


@alation("domain-membership/POST", answers=BODY)
class JobDetailsDomainMembershipPost(JobDetails[DomainMembership]):
    """Objects assigned to a domain: at once below a threshold of the server, else by a job whose result is null.

    Source: contracts page of Alation, 1.1 and 1.3.
    """
