"""What may be shown of a request and of its answer: never a body, never a credential, and few header fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlencode

from jobmodels._secrets import MASK, gist, is_secret, scrub
from jobmodels._wire import Headers, Request, Response

SHOWN = (
    "content-type",
    "content-length",
    "content-encoding",
    "date",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
)
"""The header fields of an answer that are shown."""

_HARMLESS = frozenset({"accept", "content-type"})
_SCHEMES = frozenset({"basic", "bearer", "token", "digest", "apikey"})
_SHORTEST = 4
_LONGEST = 200


def line_of(request: Request, more: frozenset[str] = frozenset()) -> str:
    """Write path and query of a request without credentials; `more` are a system's own names of secret members."""
    query = {name: MASK if is_secret(name, more) else value for name, value in request.query.items()}
    told = f"?{urlencode(query, safe='*')}" if query else ""
    return veiled(f"{request.path or '/'}{told}", request)


def fields_of(response: Response, request: Request) -> Mapping[str, str]:
    """Give the header fields of an answer that may be shown, each in one line, cut at 200 characters."""
    told = response.headers or Headers()
    return {name: veiled(" ".join(told[name].split()), request)[:_LONGEST] for name in SHOWN if name in told}


def fault_of(error: BaseException, request: Request) -> str:
    """Say in one line what became of a request, without the name of a builtin error."""
    name = "" if type(error).__module__ == "builtins" else f"{type(error).__name__}: "
    return gist(veiled(f"{name}{error}", request)) if str(error) else type(error).__name__


def fault(error: Exception, request: Request) -> Exception:
    """Give what became of a request: the error itself, or one in its place where it shows what the request carries."""
    return error if veiled(str(error), request) == scrub(str(error)) else ConnectionError(fault_of(error, request))


def veiled(text: str, request: Request) -> str:
    """Mask the credentials in text: those that can be told by their form, and all that the request carries."""
    for name, value in request.headers.items():
        if name not in _HARMLESS:
            for told in _forms(value):
                text = text.replace(told, MASK)
    return scrub(text)


def _forms(value: str) -> list[str]:
    """Give the forms in which the value of a header field may come to light, the longest first."""
    words = {word for word in value.split() if len(word) >= _SHORTEST and word.lower() not in _SCHEMES}
    parts = {part for part in re.split(r"[\s;,=\"]+", value) if len(part) >= 2 * _SHORTEST}
    told = {value, *words, *parts} if len(value) >= _SHORTEST else words | parts
    quoted = {quote(form, safe=safe) for form in told for safe in ("", "/")}
    return sorted(told | quoted | {quote_plus(form) for form in told}, key=len, reverse=True)
