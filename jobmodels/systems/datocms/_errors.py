"""What went wrong, in the words of DatoCMS: refused calls and failed jobs. Source: contracts page, 2.2 and 2.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jobmodels._job import JobError, Origin
from jobmodels._numbers import Numerals
from jobmodels._system import Asked
from jobmodels.systems.datocms._forms import API_ERROR
from jobmodels.systems.datocms.payloads import BulkResult, Document, Entity
from jobmodels.systems.datocms.results import JobResultAttributes, JobResultError

# Whether to submit again after a failure that is told in words only; of other words that is not known.
# Source: seed of DatoCMS, "Error Handling Examples", which tells these three apart.
AGAIN = {"import validation failed": False, "export timeout": True, "insufficient permissions": False}


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read an error answer, a list of errors in `data`; empty for anything else."""
    data = document.get("data") if type(document) is dict else None
    return tuple(
        _api_error(item.get("attributes"), Origin.MANAGER, f"/data/{place}", asked.status, Numerals())
        for place, item in enumerate(data if type(data) is list else ())
        if type(item) is dict and item.get("type") == API_ERROR
    )


def told_errors(payload: Any, at: str, status: int, numerals: Numerals) -> Iterator[JobError]:
    """Read the errors in the payload of a failed job, one for each."""
    for place, entity in entities(payload, f"{at}/data"):
        if isinstance(entity, Entity) and entity.type == API_ERROR:
            yield _api_error(entity.attributes, Origin.JOB, place, status, numerals)


def entities(payload: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Give the resources of a payload with their places."""
    if isinstance(payload, (BulkResult, Document)):
        several = isinstance(payload.data, (tuple, list))
        yield from ((f"{at}/{place}" if several else at, item) for place, item in enumerate(payload.entities))


def status_error(attributes: JobResultAttributes, at: str, status: int) -> JobError:
    """Make the one error of a failed job whose payload names none; a text is what it says."""
    payload, reason = attributes.payload, attributes.status_text
    text = payload if type(payload) is str and payload.strip() else None
    said = text or (reason if type(reason) is str and reason else None)
    return JobError(
        message=said or "the job failed, and the service gave no reason",
        code=str(status),
        origin=Origin.JOB,
        path=f"{at}/payload" if text else f"{at}/status",
        http_status=status,
        transient=is_transient(status),
    )


def word_error(error: Any, path: str) -> JobError:
    """Read why a job failed, in the second shape; it has no codes, and only some words tell whether to try again."""
    message, details = error, None
    if isinstance(error, JobResultError):
        message, details = error.message, error.details
    elif type(error) is dict:
        message, details = None, error
    again = AGAIN.get(message.strip().lower()) if type(message) is str else None
    return JobError(
        message=message, code="not-successful", origin=Origin.JOB, path=path, transient=again, details=details
    )


def is_transient(status: int | None) -> bool | None:
    """Tell whether a status says that trying again may help; None where none says that something went wrong."""
    return None if status is None or status < 400 else status in (408, 429) or status >= 500


def _api_error(told: Any, origin: Origin, path: str, status: int | None, numerals: Numerals) -> JobError:
    """Read the attributes of one error: the word `transient` counts, and where it is absent the status does."""
    told = told if type(told) is dict else {}
    details = told.get("details")
    field, message = _statement(told.get("code"), details)
    flag = numerals.flag(told.get("transient"), f"{path}/attributes/transient")
    return JobError(
        message=message,
        code=told.get("code"),
        origin=origin,
        field=field,
        path=path,
        http_status=status,
        transient=True if flag else is_transient(status),
        details=details,
    )


def _statement(code: Any, details: Any) -> tuple[Any, Any]:
    """Say which field an error is about, and what it says: texts about fields, a sentence, or the innermost code."""
    if type(details) is not dict or not details:
        return None, code
    if all(_is_texts(texts) for texts in details.values()):
        told = sorted((name, ", ".join(texts)) for name, texts in details.items())
        return told[0] if len(told) == 1 else (None, "; ".join(f"{name}: {said}" for name, said in told))
    field, message, inner = (details.get(name) for name in ("field", "message", "code"))
    return field, next((said for said in (message, inner) if type(said) is str and said), code)


def _is_texts(value: Any) -> bool:
    return type(value) is list and bool(value) and all(type(text) is str for text in value)
