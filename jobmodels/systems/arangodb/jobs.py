"""The endpoints of ArangoDB's jobs, each with the bodies that its answers hold."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._job import Operation
from jobmodels._record import Raw
from jobmodels.systems.arangodb._system import arangodb
from jobmodels.systems.arangodb.answers import ArangoAck, ArangoAnswer, ArangoError

__all__ = ["ArangoCancel", "ArangoDelete", "ArangoList", "ArangoResult", "ArangoStatus", "ArangoSubmit"]


@arangodb("submit/POST", job="job/GET")
class ArangoSubmit(ArangoAnswer[ArangoError | Sequence[ArangoError | Raw]]):
    """The answer to any request that was sent with `x-arango-async`: a receipt whose id is in a header.

    Where the header was ignored it is the answer of the request itself. Source: contracts page of ArangoDB, 1.1.
    """


@arangodb("job/GET", operation=Operation.STATUS)
class ArangoStatus(ArangoAnswer[ArangoError]):
    """Whether a job has ended: by the HTTP status alone, and not how. Source: contracts page of ArangoDB, 1.1."""


@arangodb("job/PUT", operation=Operation.RESULT, job="job/GET")
class ArangoResult(ArangoAnswer[ArangoError | Sequence[ArangoError | Raw]]):
    """What a job answered, handed out once: its own status, headers and body, and the header that names the job.

    The body of a batch is a list in which the errors are typed and the documents stay as they came. Source: contracts
    page of ArangoDB, 1.1 and 1.2.
    """


@arangodb("job/DELETE", operation=Operation.DELETE, job="job/GET")
class ArangoDelete(ArangoAnswer[ArangoError | ArangoAck]):
    """The answer to the delete of one result, of all, or of those older than a moment.

    Source: contracts page of ArangoDB, 1.1.
    """


@arangodb("job-cancel/PUT", operation=Operation.CANCEL, job="job/GET")
class ArangoCancel(ArangoAnswer[ArangoError | ArangoAck]):
    """The answer to a cancel: that it was begun. Source: contracts page of ArangoDB, 1.1."""


@arangodb("job-list/GET", operation=Operation.LIST, job="job/GET")
class ArangoList(ArangoAnswer[ArangoError | Sequence[str | Raw]]):
    """The ids of the jobs that are done, or that are not, in ascending order.

    Source: contracts page of ArangoDB, 1.1.
    """
