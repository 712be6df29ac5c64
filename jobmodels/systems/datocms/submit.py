"""What a submit answers: the name of a job, or the result itself."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._record import Raw, wire
from jobmodels.systems.datocms._record import DatocmsRecord
from jobmodels.systems.datocms._system import datocms
from jobmodels.systems.datocms.payloads import BulkMeta, Entity

__all__ = ["SubmitDetails"]


@datocms("submit/POST", job="job-result/GET")
class SubmitDetails(DatocmsRecord):
    """The answer of any call that writes; each may become a job one day. Source: contracts page of DatoCMS, 2.1.

    Attributes:
        data: under status 202 a resource of type `job`, whose id is asked after; else the result, done at once.
        meta: the counts of a bulk operation that was done at once.
        body: an answer that is no object.
    """

    data: Entity | Sequence[Entity | Raw] | Raw = None
    meta: BulkMeta | None = None
    included: Sequence[Entity | Raw] | None = None
    body: Raw = wire(default=None, body=True)
