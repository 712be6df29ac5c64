"""Lists of jobs."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Operation
from jobmodels._record import Raw, wire
from jobmodels.systems.modzy._system import ModzyRecord, modzy
from jobmodels.systems.modzy.job import JobDocument

__all__ = ["JobHistory"]


@modzy("job-history/GET", operation=Operation.LIST, job="job/GET")
class JobHistory(ModzyRecord):
    """One page of the history of jobs, or the short list of all of them: a bare list.

    The `Link` header asks for the next page; Modzy's Go client asks on only after a full one, since the header may name
    a page that is empty. Source: contracts page, 4.1.

    Attributes:
        result: the entries in order; those that are no job documents as they came.
    """

    result: Sequence[JobDocument | Raw] | Raw = wire(body=True)

    @property
    def jobs(self) -> tuple[JobDocument, ...]:
        """The entries that are job documents, in order."""
        entries = self.result if isinstance(self.result, tuple) else (self.result,)
        return tuple(entry for entry in entries if isinstance(entry, JobDocument))
