"""The shapes of Alation's error bodies, E1 to E14 of its contracts page, section 3, read into `JobError`s.

The readers take any value and give nothing for what is not of their shape. Paths are relative to the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from jobmodels._job import JobError, Origin
from jobmodels._json import decode, escaped, looks_embedded
from jobmodels._secrets import MASK, is_secret
from jobmodels.errors import DecodeError

INVALID = ("invalid_documents", "invalid_terms", "invalid_folders")
ECHOES = ("document", "term", "folder")
ENVELOPE = ("code", "title", "detail", "errors")
NO_FIELD = "non_field_errors"
# Words that a job document or a receipt has and a bare field map has not.
JOB_WORDS = frozenset({"status", "msg", "result", "task", "job", "job_id", "job_name"})
# Synchronous answers that say that it worked. Source: contracts 1.3 and 2.1.
DONE = {"detail": "Revoked active access tokens", "Success": "", "Status": "Success"}
_CODED = re.compile(r"(\d{6}): *(\S.*)", re.ASCII | re.DOTALL)
_WORDS = ("error_message", "message", "Message", "error", "detail", "msg", "reason", "title")


def decoded(value: Any) -> Any:
    """Decode a result that is JSON text."""
    if type(value) is str and looks_embedded(value):
        try:
            return decode(value)[0]
        except DecodeError:
            return value
    return value


def shaped(document: Any) -> Iterator[JobError]:
    """Read an error body, or a list of such, whose positions are those of the request (E8)."""
    document = decoded(document)
    if type(document) is list:
        for index, item in enumerate(document):
            for error in shaped(item) if type(item) is dict else ():
                place = index if error.index is None else error.index
                yield attrs.evolve(error, index=place, path=f"/{index}{error.path}")
    elif type(document) is dict and document and not _is_done(document):
        bare = () if JOB_WORDS & document.keys() else (field_map,)
        for shape in (_invalid, _entry, _oauth, _envelope, *bare):
            told = tuple(shape(document))
            if told:
                yield from told
                return


def _invalid(document: dict[str, Any]) -> Iterator[JobError]:
    """E9 to E11: one record for each refused item, its position inside, an echo of the item beside."""
    for name in INVALID:
        records = document.get(name)
        for place, record in enumerate(records) if type(records) is list else ():
            path = f"/{name}/{place}"
            if type(record) is not dict:
                yield JobError(message=reason(record), origin=Origin.MANAGER, path=path, index=place)
                continue
            echo = next((record[kind] for kind in ECHOES if type(record.get(kind)) is dict), None)
            told = tuple(_nested(record.get("errors"), f"{path}/errors"))
            for error in told or (JobError(message=reason(record), origin=Origin.MANAGER, path=path),):
                yield attrs.evolve(error, index=record.get("index"), item=_title(echo), details=echo)


def _entry(document: dict[str, Any]) -> Iterator[JobError]:
    """E12: `Entry` is a position, or -1 for the whole body."""
    if type(document.get("Message")) is str:
        code, message = split(document["Message"])
        yield JobError(message=message, code=code, origin=Origin.MANAGER, index=document.get("Entry"), path="/Message")


def _oauth(document: dict[str, Any]) -> Iterator[JobError]:
    """E13 and E14: `error` is a text, or a word beside its description. A CSV upload says `Error`."""
    for name in ("error", "Error"):
        if type(document.get(name)) is str and document[name]:
            said = document.get("error_description")
            code, message = split(said if type(said) is str else document[name])
            code = code_of(document) or code or (document[name] if type(said) is str else None)
            details = {name: document[name]} if type(said) is str else None
            yield JobError(
                message=message, code=code, origin=Origin.MANAGER, path=f"/{name}", details=details,
                http_status=status_of(code),
            )  # fmt: skip


def _envelope(document: dict[str, Any]) -> Iterator[JobError]:
    """E1 to E6: title, detail, code, and errors in three forms; a `detail` that is a field map tells them too."""
    code, detail, title = code_of(document), document.get("detail"), document.get("title")
    if not (detail or document.get("errors") or (code and title)):
        return
    told = tuple(_nested(document.get("errors"), "/errors"))
    if not told and type(detail) is dict:
        told = tuple(_nested(detail, "/detail"))
    if not told and not (type(detail) is str or type(title) is str or code):
        return
    if not told:
        said = (name for name in ("detail", "title") if type(document.get(name)) is str and document[name])
        name = next(said, None) or next(name for name in ("detail", "errors", "title") if document.get(name))
        inner, message = split(reason(document[name]))
        told = (JobError(message=message, code=inner, origin=Origin.MANAGER, path=f"/{name}"),)
    texts = {name: document[name] for name in ("title", "detail") if type(document.get(name)) is str}
    for error in told:
        yield attrs.evolve(
            error,
            code=error.code or code,
            details=error.details or ({name: text for name, text in texts.items() if text != error.message} or None),
            http_status=status_of(code),
        )


def _is_done(document: dict[str, Any]) -> bool:
    said = ((document.get(name), beginning) for name, beginning in DONE.items())
    return any(type(text) is str and text.startswith(beginning) for text, beginning in said)


def field_map(document: dict[str, Any], path: str = "") -> Iterator[JobError]:
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
            # Sentences about a field come in a list; text alone may be the credential itself.
            told = MASK if type(item) is str and is_secret(name) else item
            yield from _nested(told, f"{path}/{escaped(name)}", inner)
    elif value is not None and value != "":
        yield JobError(message=reason(value), origin=Origin.MANAGER, field=field, path=path)


def split(text: str) -> tuple[str | None, str]:
    """Split the code off a text that begins with one (`400068: API Key is a required input`)."""
    found = _CODED.fullmatch(text)
    return (found[1], found[2]) if found else (None, text)


def status_of(code: str | None) -> int | None:
    """Give the HTTP status that a code of the vendor begins with."""
    told = int(code[:3]) if code and code.isascii() and code.isdigit() and len(code) in (3, 6) else 0
    return told if 400 <= told < 600 else None


def code_of(document: Mapping[str, Any]) -> str | None:
    """Give the vendor's code as text."""
    code = document.get("code")
    return str(code) if type(code) in (str, int) and code != "" else None


def _title(echo: Mapping[str, Any] | None) -> str | None:
    told = next((echo[name] for name in ("title", "name", "id") if echo.get(name)), None) if echo else None
    return str(told) if type(told) in (str, int) else None


def reason(item: Any) -> str:
    """Give the reason that an entry states, or say that there is none."""
    if type(item) is str and item:
        return item
    if type(item) is dict:
        told = next((item[name] for name in _WORDS if type(item.get(name)) is str and item[name]), None)
        if told is not None:
            return str(told)
    return "the service gave no reason that can be read"
