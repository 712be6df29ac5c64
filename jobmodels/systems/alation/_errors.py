"""What went wrong, in the words of Alation: refused calls, failed jobs, and the resources that list errors.

Source: contracts page of Alation, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from jobmodels._job import JobError, Origin
from jobmodels._secrets import scrub
from jobmodels._system import ERRORS, Asked
from jobmodels.systems.alation._shapes import INVALID, code_of, decoded, reason, shaped, split


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read an error body; empty for anything else."""
    refused = _is_envelope(document) or isinstance(document, BaseException)
    if asked.endpoint.answers is ERRORS and not refused:
        return tuple(_listed(document))
    return tuple(_body(document))


def job_errors(result: Any) -> tuple[JobError, ...]:
    """Read the result of a failed job: an error body, JSON text of one, or prose; empty where it gives no reason."""
    told = tuple(_body(result)) or tuple(_prose(result))
    return tuple(attrs.evolve(error, origin=_job(error.origin), http_status=None) for error in told)


def is_error_body(value: Any) -> bool:
    """Tell whether a result is an error body beyond doubt; `detail` alone, prose and field maps are not."""
    value = decoded(value)
    if type(value) is list:
        return bool(value) and all(type(item) is dict and is_error_body(item) for item in value)
    if type(value) is not dict:
        return False
    return bool(tuple(_body(value))) and any(name in value for name in ("code", "errors", "error", *INVALID))


def _job(origin: Origin) -> Origin:
    return Origin.JOB if origin is Origin.MANAGER else origin


def _is_envelope(document: Any) -> bool:
    return type(document) is dict and "detail" in document and type(document["detail"]) is str


def _body(document: Any) -> Iterator[JobError]:
    return iter((exception(document),)) if isinstance(document, BaseException) else shaped(document)


def exception(error: BaseException) -> JobError:
    """Read an exception that stands for an answer which never came (E18)."""
    name = type(error).__name__
    lost = isinstance(error, (TimeoutError, OSError)) or "Timeout" in name or "Connection" in name
    return JobError(
        message=scrub(f"{name}: {error}".removesuffix(": ")),
        origin=Origin.TRANSPORT,
        transient=True if lost else None,
    )


def _listed(document: Any) -> Iterator[JobError]:
    """E20 and E21: the errors of a job, as a list, one object, or an object that holds the list."""
    base, items = "", document
    if type(document) is dict:
        base, items = next(
            ((f"/{name}", document[name]) for name in ("results", "errors") if type(document.get(name)) is list),
            ("", [document] if document else []),
        )
    for index, item in enumerate(items) if type(items) is list else ():
        path = f"{base}/{index}" if items is document or base else ""
        code = code_of(item) if type(item) is dict else None
        inner, message = split(reason(item))
        name = item.get("name") if type(item) is dict else None
        yield JobError(
            message=message, code=code or inner, origin=Origin.JOB, path=path,
            item=name if type(name) is str else None, details=item if type(item) is dict else None,
        )  # fmt: skip


def _prose(result: Any) -> Iterator[JobError]:
    """The last text of a result that is text: what a failed job says of itself."""
    texts = [(f"/{index}", text) for index, text in enumerate(result)] if type(result) is list else [("", result)]
    for path, text in reversed(texts):
        if type(text) is str and text.strip():
            code, message = split(text)
            yield JobError(message=message, code=code or "not-successful", origin=Origin.JOB, path=path)
            return
