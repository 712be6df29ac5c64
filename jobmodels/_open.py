"""The first step of every reading: from a payload or a response to one document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from jobmodels._convert import unstructure
from jobmodels._job import Finding, JobError, Origin
from jobmodels._json import admit, decode, looks_embedded
from jobmodels._record import Record
from jobmodels._secrets import gist
from jobmodels._system import JSON_MEDIA, Asked
from jobmodels._told import Opened
from jobmodels._wire import Response
from jobmodels.errors import ContractError, DecodeError, MissingExtra

MISSING_EXTRA = "missing-extra"
"""The code of the error of an answer that an optional library would have decoded."""

NO_CONTENT = frozenset({204, 205, 304})


def open_payload(payload: object) -> Opened:
    """Open what a caller decoded, or JSON text or bytes.

    Raises:
        ContractError: something that JSON has no word for.
    """
    if isinstance(payload, Record):
        payload = unstructure(payload)
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return _open_text(bytes(payload))
    if isinstance(payload, str):
        text = str(payload)
        if not text.strip():
            return Opened(raw=payload, document=text, empty=True)
        if looks_embedded(text):
            return attrs.evolve(_open_text(text), raw=payload)
        return Opened(raw=payload, document=text)
    try:
        document = admit(payload)
    except ContractError as error:
        if error.findings[0].rule != "too-deep":
            raise
        return _unreadable(payload, None, "too-deep", str(error.findings[0].message))
    return Opened(raw=payload, document=document)


def open_response(response: Response, asked: Asked) -> Opened:
    """Open an HTTP response: status, then content type, then body. Whatever it holds, nothing is raised."""
    body = response.body
    if response.status in NO_CONTENT or body is None or not body.strip():
        return Opened(raw=None if body is None else body, empty=True, response=response)
    media = response.content_type
    if media is None or media == JSON_MEDIA or media.endswith("+json"):
        if media is None and asked.endpoint.media != JSON_MEDIA and not looks_embedded(_as_text(body)):
            return Opened(raw=_as_text(body), document=_as_text(body), response=response)
        return _open_text(body, response)
    if media in asked.endpoint.system.decoders:
        return _decoded(response, body, asked.endpoint.system.decoders[media])
    text = _as_text(body)
    if media == asked.endpoint.media:
        return Opened(raw=text, document=text, response=response)
    refused = response.status is not None and response.status >= 400
    error = JobError(
        message=gist(text),
        code=str(response.status) if refused else "unexpected-content-type",
        origin=Origin.TRANSPORT,
    )
    finding = Finding("wrong-type", "", f"expected {asked.endpoint.media}, got another content type")
    return Opened(raw=body, document=text, readable=False, errors=(error,), findings=(finding,), response=response)


def _open_text(body: bytes | str, response: Response | None = None) -> Opened:
    try:
        document, twice = decode(body)
    except DecodeError as error:
        if error.code == "empty-body":
            return Opened(raw=body, empty=True, response=response)
        return _unreadable(body, _as_text(body), error.code, error.where, response)
    return Opened(raw=document, document=document, findings=twice, response=response)


def _decoded(response: Response, body: bytes | str, decoder: Callable[[bytes], Any]) -> Opened:
    """Decode a body that is not JSON with what the system brings for its content type."""
    try:
        document = admit(decoder(body if isinstance(body, bytes) else body.encode("latin-1", "replace")))
    except DecodeError as error:
        form = f"a document of {response.content_type}"
        return _unreadable(body, _as_text(body), error.code, error.where, response, form=form)
    except MissingExtra as missing:
        # The answer may be as it should be, so that nothing is found in it.
        lacking = JobError(message=str(missing), code=MISSING_EXTRA, origin=Origin.DECODE)
        return Opened(raw=body, document=_as_text(body), readable=False, errors=(lacking,), response=response)
    return Opened(raw=document, document=document, response=response)


def _unreadable(
    raw: Any, text: str | None, code: str, reason: str, response: Response | None = None, form: str = "a JSON document"
) -> Opened:
    status = response.status if response else None
    if status is not None and status >= 400:
        error = JobError(message=gist(text or ""), code=str(status), origin=Origin.TRANSPORT)
    else:
        error = JobError(message=f"the answer is not {form}: {reason}", code=code, origin=Origin.DECODE)
    rule = "too-deep" if code == "too-deep" else "wrong-type"
    return Opened(
        raw=raw, document=text, readable=False, errors=(error,), findings=(Finding(rule, "", reason),),
        response=response,
    )  # fmt: skip


def _as_text(body: bytes | str) -> str:
    return body if isinstance(body, str) else body.decode("utf-8", "replace")
