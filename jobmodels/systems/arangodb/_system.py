"""ArangoDB as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._system import System
from jobmodels._told import OPEN, Meaning
from jobmodels.systems.arangodb._ask import MOST, ask
from jobmodels.systems.arangodb._lists import LISTED, PENDING, READY
from jobmodels.systems.arangodb._loose import LOOSE
from jobmodels.systems.arangodb._read import read, receipt

__all__ = ["arangodb"]

# Source: contracts page of ArangoDB, 1.4. The header is `x-arango-async-id`.
EVIDENCE = {
    "submit: 202 with the header": PENDING,
    "submit: 202 without it, sent with `true`": OPEN,
    "submit: any other 2xx": Meaning(JobState.SUCCEEDED, finished=True),
    "GET: 204": PENDING,
    "GET: 200": READY,
    "PUT: 204 without the header": PENDING,
    "PUT: 2xx with the header": Meaning(JobState.SUCCEEDED, finished=True),
    "PUT: the same, some documents are errors": Meaning(JobState.PARTIALLY_SUCCEEDED, finished=True),
    "PUT: the same, all documents are errors": Meaning(JobState.FAILED, finished=True),
    "PUT: 410 with the header, errorNum 21 or 1500": Meaning(JobState.CANCELLED, finished=True),
    "PUT: 400 and above with the header": Meaning(JobState.FAILED, finished=True),
    "404 in an error envelope, without the header": Meaning(JobState.NOT_FOUND, finished=None),
}

# Its words are HTTP statuses, whose meaning depends on the request; only the two lists of jobs have words of their own.
arangodb = System(
    name="arangodb",
    states=LISTED,
    evidence=EVIDENCE,
    ask=ask,
    read=read,
    loose=LOOSE,
    receipt=receipt,
    reads_once=True,
    own_refusals=True,
    options={"type": "state", "count": "limit", "stamp": "before"},
    # A list has no pages and gives 100 where nothing else is said. A job that ends in between is in both lists.
    lists=({"state": "pending", "limit": MOST}, {"state": "done", "limit": MOST}),
)
