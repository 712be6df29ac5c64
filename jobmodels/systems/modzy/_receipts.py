"""What Modzy answers to a submit. Source: contracts page, 4.1 and 4.2."""

from __future__ import annotations

from typing import Any

from jobmodels._job import Operation
from jobmodels._moments import moment
from jobmodels._system import Asked
from jobmodels._told import Receipt
from jobmodels._wire import Ticket
from jobmodels.systems.modzy._errors import errors


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read a receipt: any object that a submit is answered with, but for a refusal.

    Most have no `status`; the ticket asks with the key of the job document.
    """
    if asked.operation is not Operation.SUBMIT or type(document) is not dict or errors(asked, document):
        return None
    told = job_id(document)
    at = document.get("submittedAt")
    word = document.get("status")
    return Receipt(
        ticket=Ticket("modzy/job/GET", told) if told else None,
        native_state=native(word),
        state_path="/status",
        submitted_at=moment(at) if isinstance(at, str) else None,
    )


def job_id(document: Any) -> str | None:
    """Give the id in a job document or a receipt; None where there is none, or none that could be asked with."""
    told = document.get("jobIdentifier") if type(document) is dict else None
    return str(told) if type(told) in (str, int) and str(told).strip() else None


def native(word: object) -> str | None:
    """Write a state word; a number as its digits."""
    return str(word) if type(word) in (str, int) else None
