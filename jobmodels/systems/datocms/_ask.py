"""How DatoCMS is asked after a job. Source: contracts page of DatoCMS, 2.1 and 2.6; for lists, the seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import attrs

from jobmodels._job import Listing, Operation
from jobmodels._wire import Request, Ticket
from jobmodels.errors import NotAskable

RESULTS = "/job-results"
HEADERS = {"content-type": "application/json", "accept": "application/json", "x-api-version": "3"}
OFFSET = "page[offset]"
_REASONS = {
    Operation.SUBMIT: "any writing call may become a job; it is not known here which one is wanted",
    Operation.CANCEL: "its jobs cannot be cancelled",
}


def ask(
    operation: Operation,
    ticket: Ticket | None,
    *,
    environment: str | None = None,
    offset: int | None = None,
    limit: int | None = None,
    page: Mapping[str, Any] | None = None,
) -> Request:
    """Say which request asks for a job, or for a list of them.

    The real service has no list; the request is the one that the seed describes.

    Args:
        operation: status and result are one call; the others but `list` do not exist.
        ticket: the job; not needed for a list.
        environment: the sandbox in which the job was started, unless it was the primary environment.
        offset: for a list, how many entries to pass over.
        limit: for a list, how many entries to give at most.
        page: for a list, these two as one mapping, as the vendor's own client takes them.

    Raises:
        NotAskable: there is no such operation, or the id, the environment or the page cannot be asked for.
    """
    headers = HEADERS if environment is None else {**HEADERS, "x-environment": _environment(operation, environment)}
    if operation is Operation.LIST:
        return Request("GET", RESULTS, _page(operation, {"offset": offset, "limit": limit}, page), headers)
    if operation not in {Operation.STATUS, Operation.RESULT}:
        raise NotAskable("datocms", operation, _REASONS.get(operation, "its jobs cannot be deleted"))
    if (offset, limit, page) != (None, None, None):
        raise NotAskable("datocms", operation, "only a list has pages")
    return Request("GET", f"{RESULTS}/{_quoted(operation, ticket)}", headers=headers)


def next_page(request: Request, listing: Listing) -> Request | None:
    """Say which request asks for the page after one; the total, where the service says one, tells whether there is any.

    Source: seed of DatoCMS, "Response Structure".
    """
    offset = int(request.query.get(OFFSET, "0")) + len(listing.jobs)
    if not listing.jobs or (listing.total is not None and offset >= listing.total):
        return None
    return attrs.evolve(request, query={**request.query, OFFSET: str(offset)})


def _page(operation: Operation, given: Mapping[str, Any], page: object) -> dict[str, str]:
    """Give the query of a page, whose parts are given alone, or in a mapping."""
    whole = {} if page is None else page
    if not isinstance(whole, Mapping) or not whole.keys() <= given.keys():
        raise NotAskable("datocms", operation, "a page is a mapping with offset and limit")
    told = {name: [value for value in (given[name], whole.get(name)) if value is not None] for name in given}
    if any(len(values) > 1 for values in told.values()):
        raise NotAskable("datocms", operation, "a part of the page is given twice")
    return {f"page[{name}]": _number(operation, name, values[0]) for name, values in told.items() if values}


def _quoted(operation: Operation, ticket: Ticket | None) -> str:
    told = ticket.id if ticket else ""
    if not told.strip():
        raise NotAskable("datocms", operation, "the ticket names no job")
    # These two are other places of the path, quoted or not; half a surrogate pair cannot be sent at all.
    if told in {".", ".."} or not told.isprintable():
        raise NotAskable("datocms", operation, "the id of a job cannot be this")
    return quote(told, safe="")


def _environment(operation: Operation, name: object) -> str:
    if not (isinstance(name, str) and name.strip() and name.isascii() and name.isprintable()):
        raise NotAskable("datocms", operation, "the name of an environment is text that a header can carry")
    return name


def _number(operation: Operation, name: str, value: object) -> str:
    if type(value) is not int or value < 0:
        raise NotAskable("datocms", operation, f"the {name} of a page is a whole number")
    return str(value)
