"""The error shapes of Alation, E1 to E18 of its contracts page, section 3, read into `JobError`s.

The readers take any value and give nothing for what is not of their shape. Paths are relative to the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from jobmodels._job import JobError, Origin
from jobmodels._json import decode, escaped, looks_embedded
from jobmodels._numbers import whole
from jobmodels._secrets import scrub
from jobmodels._system import ERRORS, Asked
from jobmodels.errors import DecodeError

INVALID = ("invalid_documents", "invalid_terms", "invalid_folders")
ECHOES = ("document", "term", "folder")
ENVELOPE = ("code", "title", "detail", "errors")
NO_FIELD = "non_field_errors"
# A synchronous answer that says in `detail` that it worked. Source: contracts 1.3, revoke tokens.
DONE = ("Revoked active access tokens",)
_CODED = re.compile(r"(\d{6}): *(.+)", re.ASCII | re.DOTALL)
_WORDS = ("error_message", "message", "Message", "error", "detail", "msg", "reason", "title")


def errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    """Read an error body; empty for anything else."""
    if asked.endpoint.answers is ERRORS and not _is_envelope(document):
        return tuple(_listed(document))
    return tuple(_body(document))


def job_errors(result: Any) -> tuple[JobError, ...]:
    """Read the result of a failed job: an error body, JSON text of one, or prose; empty where it gives no reason."""
    told = tuple(_body(result)) or tuple(_prose(result))
    return tuple(attrs.evolve(error, origin=_job(error.origin), http_status=None) for error in told)


def is_error_body(value: Any) -> bool:
    """Tell whether a result is an error body beyond doubt; `detail` alone, prose and field maps are not."""
    value = _decoded(value)
    if type(value) is not dict:
        return False
    return bool(tuple(_body(value))) and any(name in value for name in ("code", "errors", "error", *INVALID))


def _job(origin: Origin) -> Origin:
    return Origin.JOB if origin is Origin.MANAGER else origin


def _is_envelope(document: Any) -> bool:
    return type(document) is dict and "detail" in document and type(document["detail"]) is str


def _decoded(value: Any) -> Any:
    if type(value) is str and looks_embedded(value):
        try:
            return decode(value)[0]
        except DecodeError:
            return value
    return value


def _body(document: Any) -> Iterator[JobError]:
    document = _decoded(document)
    if isinstance(document, BaseException):
        yield exception(document)
    elif type(document) is list:
        for index, item in enumerate(document):
            for error in _field_map(item, f"/{index}") if type(item) is dict else ():
                yield attrs.evolve(error, index=index if error.index is None else error.index)
    elif type(document) is dict and document:
        for shape in (_invalid, _entry, _oauth, _envelope, _field_map):
            told = tuple(shape(document))
            if told:
                yield from told
                return


def exception(error: BaseException) -> JobError:
    """Read an exception that stands for an answer which never came (E18)."""
    name = type(error).__name__
    lost = isinstance(error, (TimeoutError, OSError)) or "Timeout" in name or "Connection" in name
    return JobError(
        message=scrub(f"{name}: {error}".removesuffix(": ")),
        origin=Origin.TRANSPORT,
        transient=True if lost else None,
    )


def _invalid(document: dict[str, Any]) -> Iterator[JobError]:
    """E9 to E11: one record for each refused item, its position inside, an echo of the item beside."""
    for name in INVALID:
        records = document.get(name)
        for place, record in enumerate(records) if type(records) is list else ():
            path = f"/{name}/{place}"
            if type(record) is not dict:
                yield JobError(message=_said(record), origin=Origin.MANAGER, path=path, index=place)
                continue
            echo = next((record[kind] for kind in ECHOES if type(record.get(kind)) is dict), None)
            told = tuple(_nested(record.get("errors"), f"{path}/errors"))
            for error in told or (JobError(message=_said(record), origin=Origin.MANAGER, path=path),):
                yield attrs.evolve(error, index=whole(record.get("index")), item=_title(echo), details=echo)


def _entry(document: dict[str, Any]) -> Iterator[JobError]:
    """E12: `Entry` is a position, or -1 for the whole body."""
    if type(document.get("Message")) is str:
        entry = whole(document.get("Entry"))
        code, message = split(document["Message"])
        index = entry if entry is not None and entry >= 0 else None
        yield JobError(message=message, code=code, origin=Origin.MANAGER, index=index, path="/Message")


def _oauth(document: dict[str, Any]) -> Iterator[JobError]:
    """E13 and E14: `error` is a text, or a word beside its description. A CSV upload says `Error`."""
    for name in ("error", "Error"):
        if type(document.get(name)) is str and document[name]:
            said = document.get("error_description")
            code, message = split(said if type(said) is str else document[name])
            code = _code(document) or code or (document[name] if type(said) is str else None)
            details = {name: document[name]} if type(said) is str else None
            yield JobError(
                message=message, code=code, origin=Origin.MANAGER, path=f"/{name}", details=details,
                http_status=status_of(code),
            )  # fmt: skip


def _envelope(document: dict[str, Any]) -> Iterator[JobError]:
    """E1 to E6: title, detail, code, and errors in three forms; a `detail` that is a field map tells them too."""
    code, detail, title = _code(document), document.get("detail"), document.get("title")
    if not (detail or document.get("errors") or (code and title)) or _is_done(detail):
        return
    told = tuple(_nested(document.get("errors"), "/errors"))
    if not told and type(detail) is dict:
        told = tuple(_nested(detail, "/detail"))
    if not told and not (type(detail) is str or type(title) is str or code):
        return
    if not told:
        name = "detail" if type(detail) is str and detail else "title"
        inner, message = split(document[name] if type(document.get(name)) is str else _said(detail))
        told = (JobError(message=message, code=inner, origin=Origin.MANAGER, path=f"/{name}"),)
    said = {name: document[name] for name in ("title", "detail") if type(document.get(name)) is str}
    for error in told:
        yield attrs.evolve(
            error,
            code=error.code or code,
            details=error.details or ({name: text for name, text in said.items() if text != error.message} or None),
            http_status=status_of(code),
        )


def _is_done(detail: Any) -> bool:
    return type(detail) is str and detail.startswith(DONE)


def _field_map(document: dict[str, Any], path: str = "") -> Iterator[JobError]:
    """E7 and E8: field name to list of texts."""
    for name, texts in document.items():
        if type(texts) is list and texts and all(type(text) is str for text in texts):
            yield from _nested({name: texts}, path)


def _nested(value: Any, path: str, field: str | None = None) -> Iterator[JobError]:
    """Read texts, field maps, and lists of either, however nested; an empty map says that all is well."""
    if type(value) is str and value:
        code, message = split(value)
        yield JobError(message=message, code=code, origin=Origin.MANAGER, field=field, path=path)
    elif type(value) is list:
        for index, item in enumerate(value):
            yield from _nested(item, f"{path}/{index}", field)
    elif type(value) is dict:
        for name, item in value.items():
            inner = field if name == NO_FIELD else name if field is None else f"{field}.{name}"
            yield from _nested(item, f"{path}/{escaped(name)}", inner)
    elif value is not None and value != "":
        yield JobError(message=_said(value), origin=Origin.MANAGER, field=field, path=path)


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
        code = _code(item) if type(item) is dict else None
        inner, message = split(_said(item))
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


def split(text: str) -> tuple[str | None, str]:
    """Split the code off a text that begins with one (`400068: API Key is a required input`)."""
    found = _CODED.fullmatch(text)
    return (found[1], found[2]) if found else (None, text)


def status_of(code: str | None) -> int | None:
    """Give the HTTP status that a code of the vendor begins with."""
    told = int(code[:3]) if code and code.isascii() and code.isdigit() and len(code) in (3, 6) else 0
    return told if 400 <= told < 600 else None


def _code(document: Mapping[str, Any]) -> str | None:
    code = document.get("code")
    return str(code) if type(code) in (str, int) and code != "" else None


def _title(echo: Mapping[str, Any] | None) -> str | None:
    told = next((echo[name] for name in ("title", "name", "id") if echo.get(name)), None) if echo else None
    return str(told) if type(told) in (str, int) else None


def _said(item: Any) -> str:
    if type(item) is str and item:
        return item
    if type(item) is dict:
        told = next((item[name] for name in _WORDS if type(item.get(name)) is str and item[name]), None)
        if told is not None:
            return str(told)
    return "the service gave no reason that can be read"
