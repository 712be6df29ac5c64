"""What type checkers tell an SDK author. Checked by mypy and basedpyright, both strict; never run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, assert_type

from typing_extensions import TypeVar

import jobmodels
from jobmodels import (
    EMPTY,
    Asked,
    Counts,
    Endpoint,
    Facts,
    Job,
    JobError,
    JobState,
    Key,
    Meaning,
    Opened,
    Operation,
    Origin,
    Raw,
    Reading,
    Receipt,
    Record,
    Registry,
    Request,
    Response,
    System,
    Ticket,
    camel_case,
    wire,
)

R = TypeVar("R", default=Any, covariant=True)

# Classes.


class VendorRecord(Record, spelling=camel_case):
    """A base that only spells."""


class Row(VendorRecord):
    """A class with required and optional fields, and with each form of annotation."""

    row_number: int
    label: str | None = None
    api_token: str | None = wire(default=None, secret=True)
    row_ids: Sequence[int] = wire("Row IDs")
    at: datetime | None = wire(default=None, naive_is_utc=True)
    share: float | None = None
    names: Mapping[str, str] | None = None
    anything: Raw = None


class Envelope(VendorRecord, Generic[R]):
    """A generic document whose body is typed by its subclasses."""

    state: str | None
    content: R | Raw = wire(default=None, body=True)


class RowsEnvelope(Envelope[Sequence[Row | Raw]]):
    """A subclass that only says what the body is."""


def fields_have_their_types(row: Row) -> None:
    """`wire` takes the place of a default, and says nothing of the type."""
    assert_type(Row(row_number=1, row_ids=[2]), Row)
    assert_type(row.row_number, int)
    assert_type(row.label, str | None)
    assert_type(row.api_token, str | None)
    assert_type(row.row_ids, Sequence[int])
    assert_type(row.at, datetime | None)
    assert_type(row.names, Mapping[str, str] | None)
    assert_type(row.anything, Any)
    assert_type(row.extra, Mapping[str, Any])


def a_generic_class_is_filled_in(envelope: RowsEnvelope, unsaid: Envelope) -> None:
    """Without an argument the body is `Any`."""
    assert_type(envelope.content, Sequence[Row | Any] | Any)
    assert_type(envelope.content[0].row_number, int | Any)
    assert_type(unsaid, Envelope[Any])


# A system of functions, and its endpoints.


def read(asked: Asked, opened: Opened) -> Reading:
    """Find the document."""
    response = opened.response
    assert_type(response, Response | None)
    assert_type(asked.endpoint, Endpoint)
    assert_type(asked.operation, Operation)
    assert_type(asked.job_id, str | None)
    return Reading(document=opened.document, consumed=response is not None and response.header("x-consumed") == "1")


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read a receipt."""
    return Receipt(ticket=Ticket(asked.endpoint.key, "17"), native_state="waiting")


def ask(operation: Operation, ticket: Ticket) -> Request:
    """Say how a job is asked after."""
    return Request("GET", "/jobs", {ticket.by: ticket.id})


def facts(asked: Asked, details: RowsEnvelope) -> Facts:
    """Read details; their class is the author's to say."""
    return Facts(native_state=details.state, state_path="/state", counts=Counts(total=len(details.content or ())))


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read errors."""
    return (JobError(message="no", origin=Origin.MANAGER),)


vendor = System(
    name="vendor",
    states={"waiting": Meaning(JobState.PENDING, finished=False)},
    secrets={"apiToken"},
    read=read,
    receipt=receipt,
    ask=ask,
    facts=facts,
    errors=errors,
)


@vendor("rows/POST")
@vendor("rows/PUT", operation=Operation.RESULT)
class MarkedRows(RowsEnvelope):
    """A mark leaves the class as it is."""


rows_delete = vendor.endpoint("rows/DELETE", RowsEnvelope, answers=EMPTY)


def a_marked_class_is_still_itself(payload: object) -> None:
    """It types a job like our own classes do."""
    own = jobmodels.collect(vendor_module) | {rows_delete.key: rows_delete}
    assert_type(own, Registry)
    assert_type(rows_delete, Endpoint)
    assert_type(MarkedRows(state="done"), MarkedRows)
    assert_type(jobmodels.normalize(payload, MarkedRows, registry=own), Job[MarkedRows])
    assert_type(jobmodels.structure(payload, Row), Row)
    assert_type(vendor.request("status", Ticket(Key("vendor/rows/POST"), "17")), Request)


vendor_module = __import__(__name__)
