"""How ArangoDB is asked after a job, and how any request becomes one.

Source: contracts page of ArangoDB, 1.1 and 1.6.
"""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn
from urllib.parse import quote

import attrs

from jobmodels._job import Operation
from jobmodels._wire import Headers, Request, Ticket
from jobmodels.errors import NotAskable
from jobmodels.systems.arangodb._headers import ASYNC, LARGEST, is_id

JOBS = "/_api/job"
MOST = 2**31 - 1
"""As many ids as there are: the server stops where there are no more."""

# Method, and what stands behind the id.
_ONE = {
    Operation.STATUS: ("GET", ""),
    Operation.RESULT: ("PUT", ""),
    Operation.CANCEL: ("PUT", "/cancel"),
    Operation.DELETE: ("DELETE", ""),
}
_OPTIONS = {Operation.DELETE_EXPIRED: {"before"}, Operation.LIST: {"state", "limit"}}


def deferred(request: Request, *, keep: bool = True) -> Request:
    """Make a request one that ArangoDB does in the background, as a job.

    Args:
        request: any request to its API.
        keep: whether the result is kept until it is fetched; else nothing can be asked about it later, not even
            whether it failed.

    Returns:
        The same request, with the header that says so.
    """
    return attrs.evolve(request, headers=Headers({**request.headers, ASYNC: "store" if keep else "true"}))


def ask(
    operation: Operation,
    ticket: Ticket | None,
    *,
    database: str | None = None,
    before: datetime | int | None = None,
    state: str | None = None,
    limit: int | None = None,
) -> Request:
    """Say which request asks for an operation.

    Args:
        operation: all but submit, for which see `deferred`.
        ticket: the job; None where the operation is not about one.
        database: the database in whose name to ask; None for the default one.
        before: for `delete_expired`, a moment with its zone, or seconds since 1970 UTC; results stamped before it go.
        state: for `list`, `done` or `pending`; None is `done`.
        limit: for `list`, how many ids at most; None leaves it to the server, which gives 100.

    Raises:
        NotAskable: ArangoDB has no such operation, the id cannot be one of its ids and would hit another operation,
            or an option does not belong to the operation or has a value that it cannot have.
    """
    told = {"before": before, "state": state, "limit": limit}
    for name in told.keys() - _OPTIONS.get(operation, set()):
        if told[name] is not None:
            _refuse(operation, f"it takes no {name}")
    if operation is Operation.SUBMIT:
        _refuse(operation, f"any request becomes a job by the header {ASYNC}; `deferred` sets it")
    jobs = _prefix(operation, database) + JOBS
    if operation in _ONE:
        method, below = _ONE[operation]
        return Request(method, f"{jobs}/{_id(operation, ticket)}{below}")
    if ticket is not None:
        _refuse(operation, "it is not about one job, and takes no ticket")
    if operation is Operation.DELETE_ALL:
        return Request("DELETE", f"{jobs}/all")
    if operation is Operation.DELETE_EXPIRED:
        return Request("DELETE", f"{jobs}/expired", {"stamp": _stamp(operation, before)})
    if state not in (None, "done", "pending"):
        _refuse(operation, "there is a list of jobs that are done, and one of those that are pending")
    return Request("GET", f"{jobs}/{state or 'done'}", _count(operation, limit))


def _refuse(operation: Operation, reason: str) -> NoReturn:
    raise NotAskable("arangodb", operation, reason)


def _prefix(operation: Operation, database: object) -> str:
    if database is None:
        return ""
    if not isinstance(database, str) or not database.strip():
        _refuse(operation, "the database has no name")
    # These two are other places of the path, quoted or not, and so other databases.
    if database in {".", ".."}:
        _refuse(operation, "the database cannot have this name")
    try:
        return f"/_db/{quote(database, safe='')}"
    except UnicodeEncodeError:
        _refuse(operation, "the name of the database is no Unicode text")


def _id(operation: Operation, ticket: Ticket | None) -> str:
    if ticket is None or not ticket.id:
        _refuse(operation, "the ticket names no job")
    if ticket.by != "id" or not is_id(ticket.id) or len(ticket.id) > 20 or int(ticket.id) > LARGEST:
        _refuse(operation, "the id of a job is a number above 0 of at most 64 bits, without leading zeros")
    return ticket.id


def _stamp(operation: Operation, before: datetime | int | None) -> str:
    """Write a moment in whole seconds; the handler wants it, though the vendor's pages call it optional."""
    if isinstance(before, datetime) and before.tzinfo is not None:
        before = int(before.timestamp() // 1)
    if type(before) is not int or not 0 <= before <= LARGEST:
        _refuse(operation, "it needs `before`: a moment with its zone, or whole seconds since 1970 UTC")
    return str(before)


def _count(operation: Operation, limit: int | None) -> dict[str, str]:
    if limit is None:
        return {}
    if type(limit) is not int or not 1 <= limit <= LARGEST:
        _refuse(operation, "the limit is no number above 0 of at most 64 bits")
    return {"count": str(limit)}
