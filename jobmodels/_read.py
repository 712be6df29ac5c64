"""Level 2: the one path that every answer takes, whoever sent it and however it came.

Open the payload, let the system find the document and tell a receipt, type the details, ask the system for facts and
errors, settle the state. No vendor is named here; vendors differ in the functions and tables of their `System`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from typing_extensions import TypeVar

from jobmodels._convert import holds
from jobmodels._job import Job, Key, Operation
from jobmodels._open import open_payload, open_response
from jobmodels._reading import job_of
from jobmodels._registry import Registry
from jobmodels._registry import registry as known_systems
from jobmodels._system import Asked, Endpoint
from jobmodels._told import Opened
from jobmodels._wire import Request, Response
from jobmodels.errors import ContractError

T = TypeVar("T", default=Any)


def normalize(
    payload: object,
    key: type[T] | str,
    operation: Operation | str | None = None,
    job_id: object = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[T]:
    """Read one answer: level 2.

    Args:
        payload: a decoded JSON value, JSON text, or bytes. A list of one job document is that document.
        key: the endpoint that answered, as `alation/document/POST`, or a details class, read under its home key.
        operation: what was asked; None is the endpoint's own.
        job_id: the job that was asked for; compared with the id in the answer.
        strict: whether findings from severity `change` upward raise.
        registry: the endpoints to look in; None for all that are installed.

    Returns:
        A job; what cannot be read is in its errors and findings, and whole in `raw`.

    Raises:
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: with `strict`, the findings; without, only for a payload that is not a JSON value.
    """
    return read_one(open_payload(payload), ask_for(key, operation, job_id, registry=registry), strict=strict)


def normalize_all(
    payload: object,
    key: type[T] | str,
    operation: Operation | str | None = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> tuple[Job[T], ...]:
    """Read an answer that may hold several jobs.

    Args:
        payload: as for `normalize`.
        key: as for `normalize`.
        operation: as for `normalize`.
        strict: as for `normalize`.
        registry: as for `normalize`.

    Returns:
        One job an item when the answer is a list that holds a job document, in order; else the one job that
        `normalize` gives.

    Raises:
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: as for `normalize`.
    """
    return read_all(open_payload(payload), ask_for(key, operation, None, registry=registry), strict=strict)


def normalize_response(
    response: Response,
    key: type[T] | str,
    operation: Operation | str | None = None,
    job_id: object = None,
    request: Request | None = None,
    strict: bool = False,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Job[T]:
    """Read one HTTP response: status line, headers and body.

    Args:
        response: what came.
        key: as for `normalize`.
        operation: as for `normalize`.
        job_id: as for `normalize`.
        request: what was sent, where the answer's meaning depends on it.
        strict: as for `normalize`.
        registry: as for `normalize`.

    Returns:
        A job, whatever came.

    Raises:
        NoSuchEndpoint: the registry does not hold the key.
        NoSuchOperation: the operation is not one of the words of `Operation`.
        ContractError: with `strict`, the findings.
    """
    asked = ask_for(key, operation, job_id, request=request, status=response.status, registry=registry)
    return read_one(open_response(response, asked), asked, strict=strict)


def ask_for(
    key: str | type,
    operation: Operation | str | None,
    job_id: object,
    *,
    request: Request | None = None,
    status: int | None = None,
    registry: Mapping[Key, Endpoint] | None = None,
) -> Asked:
    """Put a question together."""
    endpoints = known_systems() if registry is None else registry
    known = endpoints if isinstance(endpoints, Registry) else Registry(endpoints.values())
    endpoint = known.home(key) if isinstance(key, type) else known[key]
    return Asked(
        endpoint=endpoint,
        operation=endpoint.operation if operation is None else Operation(operation),
        job_id=None if job_id is None else str(job_id),
        request=request,
        status=status,
    )


def read_one(opened: Opened, asked: Asked, *, strict: bool = False) -> Job[Any]:
    """Read an opened answer as one job.

    Raises:
        ContractError: with `strict`, the findings from severity `change` upward.
    """
    job = job_of(opened, asked)
    serious = tuple(finding for finding in job.findings if finding.severity.rank > 0)
    if strict and serious:
        raise ContractError(f"what {asked.endpoint.key} answers", serious)
    return job


def read_all(opened: Opened, asked: Asked, *, strict: bool = False) -> tuple[Job[Any], ...]:
    """Read an opened answer as one job an item, where it is a list that holds a job document; else as one job.

    Raises:
        ContractError: with `strict`, the findings of the first item that has any.
    """
    items = opened.document if type(opened.document) is list else []
    if not any(holds(asked.endpoint.cls, item) for item in items):
        return (read_one(opened, asked, strict=strict),)
    alone = attrs.evolve(asked, job_id=None) if len(items) > 1 else asked
    return tuple(read_one(_item(opened, index), alone, strict=strict) for index in range(len(items)))


def _item(opened: Opened, index: int) -> Opened:
    """Take one item of a list, with what decoding noticed in it."""
    base = f"/{index}"
    findings = tuple(
        attrs.evolve(finding, path=finding.path.removeprefix(base))
        for finding in opened.findings
        if finding.path.startswith(f"{base}/")
    )
    item = opened.document[index]
    return Opened(raw=item, document=item, findings=findings, response=opened.response)
