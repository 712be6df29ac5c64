"""Receipts: what a submitting call of Alation answers. Source: contracts page of Alation, 1.1."""

from __future__ import annotations

from typing import Any

from jobmodels._job import Key
from jobmodels._moments import moment
from jobmodels._system import Asked
from jobmodels._told import Receipt
from jobmodels._wire import Ticket

WRAPPERS = ("task", "job")
IDS = ("job_id", "job_name")
TASK_KEY = Key("alation/data-dictionary-task/GET")
JOB_KEY = Key("alation/job/GET")


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read a receipt, known by a non-null `task`, `job`, `job_id` or `job_name`, never by a bare `id`.

    Wrapped ones win over the body, `job_name` over `job_id`; `id` counts inside a wrapper only.
    """
    if type(document) is not dict or ("status" in document and ("msg" in document or "result" in document)):
        return None
    wrapper = next((name for name in WRAPPERS if type(document.get(name)) is dict), None)
    inner = document[wrapper] if wrapper else document
    if not wrapper and all(document.get(name) is None for name in (*WRAPPERS, *IDS)):
        return _empty(asked, document)
    name, number = _text(inner.get("job_name")), _text(inner.get("job_id"))
    if number is None and wrapper:
        number = _text(inner.get("id"))
    told, by = (name, "name") if name else (number, "id")
    if told is None and "status" in document:
        return None  # A job document beside whose state something else stands.
    links = _links(inner)
    return Receipt(
        ticket=Ticket(_key(asked, links), told, by, links) if told else None,
        native_state=_text(inner.get("state")) or _text(inner.get("status")),
        state_path=f"{'/' + wrapper if wrapper else ''}/{'state' if _text(inner.get('state')) else 'status'}",
        submitted_at=_moment(inner.get("ts_created")),
        started_at=_moment(inner.get("ts_started")),
    )


def _empty(asked: Asked, document: dict[str, Any]) -> Receipt | None:
    """Tell a receipt that names no job from anything else: its only known member is a null id."""
    named = "status" not in document and any(name in document for name in (*WRAPPERS, *IDS))
    return Receipt(ticket=None) if named and not asked.endpoint.system.errors(asked, document) else None


def _key(asked: Asked, links: dict[str, str]) -> Key:
    if any("/data_dictionary/tasks/" in href for href in links.values()):
        return TASK_KEY
    return JOB_KEY if asked.endpoint.key.endpoint == "submit" else asked.endpoint.key


def _links(inner: dict[str, Any]) -> dict[str, str]:
    told = {name: inner[name] for name in ("href", "url", "errors_url") if type(inner.get(name)) is str}
    listed = inner.get("links")
    for link in listed if type(listed) is list else ():
        if type(link) is dict and type(link.get("rel")) is str and type(link.get("href")) is str:
            told[link["rel"]] = link["href"]
    return told


def _text(value: Any) -> str | None:
    return str(value) if type(value) in (int, str) and value != "" else None


def _moment(value: Any) -> Any:
    return moment(value) if type(value) is str else None
