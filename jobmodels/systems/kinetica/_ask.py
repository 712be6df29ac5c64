"""How Kinetica is asked, as its official client does. Source: contracts page, 3.1 and 3.6."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from jobmodels._job import Operation
from jobmodels._wire import Request, Ticket
from jobmodels.errors import NotAskable

_HEADERS = {"content-type": "application/json", "accept": "application/json"}
_ID = re.compile(r"0|-?[1-9]\d{0,18}", re.ASCII)


def ask(
    operation: Operation,
    ticket: Ticket | None,
    *,
    endpoint: str | None = None,
    data_str: str | None = None,
    job_tag: str | None = None,
    show_async_jobs: bool | None = None,
    show_worker_info: bool | None = None,
) -> Request:
    """Say which request asks for an operation.

    Args:
        operation: submit, status, result, cancel or list.
        ticket: the job, by `id` or by `job_tag`; not needed for a submit and a list.
        endpoint: for a submit, what is to be executed, as `/alter/table`.
        data_str: for a submit, the request of that endpoint, as JSON text.
        job_tag: for a submit, a name by which the job can be found, also after a fail-over.
        show_async_jobs: for a list, whether it has the jobs that were submitted and have ended too; None is yes.
        show_worker_info: for a list, whether it says what each job is doing where.

    Raises:
        NotAskable: Kinetica has no such operation, the ticket's id cannot be one of its ids, or the arguments are not
            those of the operation.
    """
    told = (endpoint, data_str, job_tag)
    if operation is Operation.SUBMIT:
        return _create(*told)
    if told != (None, None, None):
        raise NotAskable("kinetica", operation, "endpoint, data_str and job_tag are for a submit")
    shown = {"show_async_jobs": show_async_jobs, "show_worker_info": show_worker_info}
    if operation is Operation.LIST:
        return _post("/admin/show/jobs", {"options": {"show_async_jobs": "true", **_flags(shown)}})
    if any(flag is not None for flag in shown.values()):
        raise NotAskable("kinetica", operation, f"{' and '.join(shown)} are for a list")
    if operation in {Operation.STATUS, Operation.RESULT}:
        number, options = _job(operation, ticket)
        return _post("/get/job", {"job_id": number or 0, "options": options})
    if operation is Operation.CANCEL:
        number, options = _job(operation, ticket)
        ids = [] if number is None else [number]
        return _post("/admin/alter/jobs", {"job_ids": ids, "action": "cancel", "options": options})
    raise NotAskable("kinetica", operation, "jobs cannot be deleted")


def _flags(shown: Mapping[str, object]) -> dict[str, str]:
    told = {name: flag for name, flag in shown.items() if flag is not None}
    if not all(isinstance(flag, bool) for flag in told.values()):
        raise NotAskable("kinetica", Operation.LIST, f"{' and '.join(shown)} are true or false")
    return {name: "true" if flag else "false" for name, flag in told.items()}


def _create(endpoint: str | None, data_str: str | None, job_tag: str | None) -> Request:
    if not _is_text(endpoint) or not str(endpoint).startswith("/") or not _is_text(data_str):
        raise NotAskable("kinetica", Operation.SUBMIT, "it takes an endpoint, as /alter/table, and data_str, both text")
    if job_tag is not None and not (_is_text(job_tag) and job_tag.strip()):
        raise NotAskable("kinetica", Operation.SUBMIT, "the tag is empty, or no text")
    options = {} if job_tag is None else {"job_tag": job_tag}
    body = {"endpoint": endpoint, "request_encoding": "json", "data": "", "data_str": data_str, "options": options}
    return _post("/create/job", body)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _job(operation: Operation, ticket: Ticket | None) -> tuple[int | None, Mapping[str, str]]:
    """Give the number of a job, or what finds it otherwise."""
    if ticket is None or not ticket.id.strip():
        raise NotAskable("kinetica", operation, "the ticket names no job")
    if ticket.by == "job_tag":
        return None, {"job_tag": ticket.id}
    if ticket.by != "id":
        raise NotAskable("kinetica", operation, "a job is found by id or by job_tag")
    if not _ID.fullmatch(ticket.id) or not -(2**63) <= int(ticket.id) < 2**63:
        raise NotAskable("kinetica", operation, "the id of a job is a signed number of 64 bits")
    return int(ticket.id), {}


def _post(path: str, body: Mapping[str, Any]) -> Request:
    return Request("POST", path, headers=_HEADERS, body=json.dumps(body).encode())
