"""How Modzy is asked after jobs. Source: contracts page, 4.1 and 4.6."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from jobmodels._job import Operation
from jobmodels._wire import Request, Ticket
from jobmodels.errors import NotAskable

JOBS = "/api/jobs"
HISTORY = "/api/jobs/history"
RESULTS = "/api/results"
HEADERS = {"accept": "application/json"}
PAGE = 100
"""How many jobs are asked for at a time by who wants all of them, as the vendor's newer client does."""

# What the filter of the service is for a state, by what goes for all systems; else it is a word of the vendor.
_FILTERS = {
    **dict.fromkeys(("pending", "running"), "pending"),
    **dict.fromkeys(("done", "succeeded", "partially_succeeded", "failed", "cancelled"), "terminated"),
    **dict.fromkeys(("unknown", "not_found"), "all"),
}

# What stands below the jobs without being one, and what a path takes for a step.
_NO_IDS = frozenset({"history", "features", ".", ".."})
_METHODS = {
    Operation.STATUS: ("GET", JOBS),
    Operation.RESULT: ("GET", RESULTS),
    Operation.CANCEL: ("DELETE", JOBS),
}
_NONE = {
    Operation.SUBMIT: "a model and its inputs are needed; send them, and give the answer to be read",
    Operation.DELETE: "results cannot be deleted; inputs expire",
    Operation.DELETE_ALL: "results cannot be deleted; to cancel all jobs, cancel with `everything`",
    Operation.DELETE_EXPIRED: "results cannot be deleted; inputs expire by themselves",
}


def ask(
    operation: Operation,
    ticket: Ticket | None,
    *,
    everything: bool = False,
    short: bool = False,
    start: datetime | str | None = None,
    end: datetime | str | None = None,
    state: str | None = None,
    status: str | None = "all",
    model: str | None = None,
    user: str | None = None,
    access_key: str | None = None,
    sort_by: str | None = None,
    direction: str | None = None,
    page: int | None = None,
    limit: int | None = None,
) -> Request:
    """Say which request asks for an operation.

    Args:
        operation: status, result, cancel or list.
        ticket: the job; None for lists, and to cancel everything.
        everything: to cancel all jobs of the account, which has to be said.
        short: to list id, word and model of all jobs, without filters, pages and history; what is read is sifted by
            `state` and `limit` all the same.
        start: from when on; text as it is, moments in ISO 8601.
        end: until when; only together with `start`.
        state: for a list, `pending`, `done`, a state, or a word of the state table; goes to the service as `status`.
        status: all, pending, terminated, or a word of the state table; None leaves the choice to the service.
        model: name, or identifier of a version.
        user: name of who submitted.
        access_key: prefix of the key that submitted.
        sort_by: a member of the job document.
        direction: asc or desc.
        page: the first is 1.
        limit: how many jobs on a page; the service's default is 10.

    Raises:
        NotAskable: Modzy has no such operation, the ticket's id cannot be one of its ids, or an option does not fit.
    """
    if operation in _NONE:
        raise NotAskable("modzy", operation, _NONE[operation])
    if {type(everything), type(short)} != {bool}:
        raise NotAskable("modzy", operation, "`everything` and `short` are true or false")
    filters = {
        "user": user,
        "accessKey": access_key,
        "startDate": start,
        "endDate": end,
        "model": model,
        "status": status,
        "sort-by": sort_by,
        "direction": direction,
        "page": page,
        "per-page": limit,
    }
    told = {name: said for name, said in filters.items() if said is not None}
    filtered = bool(told.keys() - {"status"}) or status != "all"
    if operation is Operation.LIST:
        if short:
            filtered = bool(told.keys() - {"status", "per-page"}) or status != "all"
        elif state is not None:
            told["status"] = _filter(state, status)
        return _list(ticket, told, short=short, filtered=filtered, everything=everything)
    if short or filtered or state is not None:
        raise NotAskable("modzy", operation, "only lists take options of lists")
    if everything:
        if operation is not Operation.CANCEL or ticket is not None:
            raise NotAskable("modzy", operation, "only a cancel without a ticket is about everything")
        return Request("DELETE", JOBS, headers=HEADERS)
    method, path = _METHODS[operation]
    return Request(method, f"{path}/{_id(operation, ticket)}", headers=HEADERS)


def _id(operation: Operation, ticket: Ticket | None) -> str:
    """Give the id as a step of a path. Without one, a cancel would be about every job."""
    if ticket is None or not ticket.id.strip():
        raise NotAskable("modzy", operation, "the ticket names no job")
    if ticket.by != "id" or ticket.id in _NO_IDS:
        raise NotAskable("modzy", operation, "a job has an id, and goes by it alone")
    try:
        return quote(ticket.id, safe="")
    except UnicodeEncodeError:
        raise NotAskable("modzy", operation, "the id of the ticket is no text that can be sent") from None


def _filter(state: object, status: str | None) -> str:
    """Give the word by which the service filters; its own words are in upper case."""
    if status != "all" or not isinstance(state, str):
        raise NotAskable("modzy", Operation.LIST, "`state` is text, and becomes the `status`: give one of them")
    return _FILTERS.get(state) or state.strip().upper()


def _list(ticket: Ticket | None, told: dict[str, Any], *, short: bool, filtered: bool, everything: bool) -> Request:
    operation = Operation.LIST
    if ticket is not None or everything:
        raise NotAskable("modzy", operation, "a list is about no single job, and `everything` is for cancels")
    if short:
        if filtered:
            raise NotAskable("modzy", operation, "the short list has neither filters nor pages")
        return Request("GET", JOBS, headers=HEADERS)
    if "endDate" in told and "startDate" not in told:
        raise NotAskable("modzy", operation, "an end needs a start")
    return Request("GET", HISTORY, {name: _written(name, said) for name, said in told.items()}, HEADERS)


def _written(name: str, value: Any) -> str:
    """Write one parameter: text as it is, moments to the millisecond, numbers from 1 on."""
    if isinstance(value, datetime) and name in {"startDate", "endDate"}:
        if value.tzinfo is None:
            raise NotAskable("modzy", Operation.LIST, f"{name} has no zone")
        return value.isoformat(timespec="milliseconds")
    if name in {"page", "per-page"}:
        if type(value) is int and 0 < value < 2**63:
            return str(value)
        raise NotAskable("modzy", Operation.LIST, f"{name} is a number from 1 on")
    if isinstance(value, str) and value.strip() and _can_be_sent(value):
        return str(value)
    raise NotAskable("modzy", Operation.LIST, f"{name} is not of a type that can be sent")


def _can_be_sent(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
