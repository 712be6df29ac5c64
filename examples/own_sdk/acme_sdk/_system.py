"""How Acme talks: a table of words and four pure functions. The engine calls them and owns everything else.

Only `name` and `states` are needed where a job document has its word in `status` and nothing else is to be read.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from jobmodels import (
    Asked,
    Facts,
    JobError,
    JobState,
    Meaning,
    Operation,
    Origin,
    Raw,
    Receipt,
    Record,
    Request,
    System,
    Ticket,
    camel_case,
)
from jobmodels.errors import NotAskable

# The vendor's words, in lower case. A word that is not here is UNKNOWN: never a success, never an endless wait.
STATES = {
    "waiting": Meaning(JobState.PENDING, finished=False),
    "working": Meaning(JobState.RUNNING, finished=False),
    "ready": Meaning(JobState.SUCCEEDED, finished=True),
    "broken": Meaning(JobState.FAILED, finished=True),
}


class AcmeRecord(Record, spelling=camel_case):
    """Base of Acme's classes: `report_id` in Python is `reportId` on the wire."""


class AcmeJob(AcmeRecord):
    """What all jobs of Acme say.

    A field without a default is required: a document that lacks it is not of this class. Give what may be absent
    the type `X | None` and the default None, so that nothing is invented.
    """

    phase: str
    progress: float | None = None
    fault: Raw = None

    def facts(self) -> Facts:
        """Say in common terms what this class knows; subclasses add to it.

        A field may hold a value of another type, since level 1 keeps what the server sent; `Facts` drops it.
        """
        return Facts(
            native_state=self.phase,
            state_path="/phase",
            progress=self.progress,
            errors=read_fault(self.fault, Origin.JOB),
        )


def read_fault(fault: Any, origin: Origin) -> tuple[JobError, ...]:
    """Read Acme's error shape, `{"text", "code", "parameter"}`; empty for anything else."""
    if not isinstance(fault, dict):
        return ()
    message, code, parameter = (fault.get(name) for name in ("text", "code", "parameter"))
    return (JobError(message=message, code=code, field=parameter, origin=origin, path="/fault"),)


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read what a submit was answered with, `{"reportId": "r-17"}`; None for anything else.

    A receipt is known by what it has and what it lacks, never by all of its members: the service may add some.
    """
    if not isinstance(document, dict) or "reportId" not in document or document.keys() & {"phase", "fault"}:
        return None
    number = document["reportId"]
    return Receipt(ticket=Ticket(asked.endpoint.key, number) if number and isinstance(number, str) else None)


def ask(operation: Operation, ticket: Ticket) -> Request:
    """Say which request asks for a job. Nothing is sent here: whoever waits brings the HTTP client."""
    if operation not in {Operation.STATUS, Operation.RESULT}:
        raise NotAskable("acme", operation, "its jobs can only be read")
    return Request("GET", f"/v1/{ticket.key.endpoint}s/{quote(ticket.id, safe='')}")


def facts(asked: Asked, details: AcmeJob) -> Facts:
    """Read typed details; all fields are None where the answer was of another kind, as a receipt."""
    return details.facts()


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read an answer that is an error, `{"fault": ...}`: Acme speaks of the call, not of the work, hence `MANAGER`."""
    return read_fault(document.get("fault"), Origin.MANAGER) if isinstance(document, dict) else ()


acme = System(name="acme", states=STATES, receipt=receipt, ask=ask, facts=facts, errors=errors)
