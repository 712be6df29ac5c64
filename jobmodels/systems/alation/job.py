"""The job document of every endpoint: `status`, `msg`, `result`; the base of all details of Alation."""

from __future__ import annotations

from typing import Any, Generic

from typing_extensions import TypeVar

from jobmodels._record import Raw, Record, wire
from jobmodels.systems.alation._system import alation

__all__ = ["JobDetails"]

R = TypeVar("R", default=Any, covariant=True)


@alation("job/GET")
class JobDetails(Record, Generic[R]):
    """What Alation says of one job.

    An answer of another kind (a receipt, an error body, a synchronous result) stands whole in `result`, with `status`
    and `msg` None. Source: contracts page of Alation, 2.1.

    Attributes:
        status: the vendor's word, as received.
        msg: the vendor's sentence; for most jobs the execution time, see contracts 4.2.
        result: typed where its keys tell the class, else as it came.
    """

    status: str | None
    msg: str | None = None
    result: R | Raw = wire(default=None, body=True)

    @property
    def typed(self) -> R | None:
        """The result if it is typed, at least in part; None if it stayed raw."""
        known = isinstance(self.result, (Record, tuple))
        return self.result if known else None
