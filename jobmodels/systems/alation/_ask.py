"""How Alation is asked after a job. Source: contracts page of Alation, 1.1 and 1.3."""

from __future__ import annotations

from urllib.parse import quote

from jobmodels._job import Operation
from jobmodels._wire import Request, Ticket
from jobmodels.errors import NotAskable

JOBS = "/api/v1/bulk_metadata/job/"
TASKS = "/integration/v1/data_dictionary/tasks/"


def ask(operation: Operation, ticket: Ticket | None) -> Request:
    """Say which request asks for the status or the result of a job; at Alation they are one.

    Raises:
        NotAskable: Alation has no other operation, or the ticket's id cannot be one of its ids.
    """
    if operation not in {Operation.STATUS, Operation.RESULT}:
        raise NotAskable("alation", operation, "its jobs can only be read")
    if ticket is None or not ticket.id.strip():
        raise NotAskable("alation", operation, "the ticket names no job")
    if ticket.by not in ("id", "name"):
        raise NotAskable("alation", operation, "a job is found by its id or its name")
    # Half a surrogate pair cannot be sent; these two are other places of the path, quoted or not.
    if not ticket.id.isprintable() or ticket.id in {".", ".."}:
        raise NotAskable("alation", operation, "the id of a job cannot be this")
    if ticket.key.endpoint.startswith("data-dictionary"):
        return Request("GET", TASKS + quote(ticket.id, safe=""))
    if ticket.by == "id" and not (ticket.id.isascii() and ticket.id.isdigit()):
        raise NotAskable("alation", operation, "the id of a job is a number; a name goes by `name`")
    return Request("GET", JOBS, {ticket.by: ticket.id})
