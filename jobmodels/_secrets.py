"""What must not be shown, and how values are shown without it.

A member is secret by its name, wherever it stands; text is scrubbed of credentials that travel in URLs and in
authorization headers. Attributes still give the values: only showing them is what this module bars.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from typing import Any

import attrs

MASK = "***"

# Names of members and of query parameters, lower case, without separators.
NAMES = frozenset(
    {
        "accesskey",
        "accesskeys",
        "accesstoken",
        "apiaccesstoken",
        "apikey",
        "apitoken",
        "authorization",
        "clientsecret",
        "cookie",
        "credential",
        "credentials",
        "jwt",
        "passwd",
        "password",
        "privatekey",
        "proxyauthorization",
        "refreshtoken",
        "secret",
        "secretkey",
        "sessionid",
        "setcookie",
        "token",
        "xapikey",
        "xauthtoken",
    }
)
_SEPARATORS = str.maketrans("", "", "-_ .")
_QUERY = re.compile(r"([?&;]([A-Za-z0-9_.\-]{1,64})=)[^&;#\s\"'<>]+")
_USERINFO = re.compile(r"(://)[^/\s@\"'<>]{1,512}@")
# Text may end inside of it; what may be a port stays.
_CUT_USERINFO = re.compile(r"(://[^/\s@\"'<>:]{0,256}:)(?!\d{1,5}\Z)[^/\s@\"'<>]{1,512}\Z")
# A key may be two words with a dot between; prose has one there too, so that only `ApiKey` tells.
_BEARER = re.compile(
    r"\b(bearer|basic|token|apikey)\s+(?=\S*[\d=+/]|(?<=apikey\s)\S+\.\w)[A-Za-z0-9+/=._~\-]{8,}", re.IGNORECASE
)
# A secret member of JSON text, which may itself stand in JSON text: as many backslashes before each quotation mark.
_MEMBER = r"""((\\{0,63}["'])(?:%s)\2\s*:\s*)(?!null\b)(?:(\\{0,63}["']).*?(?:(?<!\\)\3|\Z)|[\[{][^\]}]*|[^\s,\]}]+)"""
_TITLE = re.compile(r"<(?:title|h1)[^<>]{0,200}>([^<]{1,300})<", re.IGNORECASE)
_LONGEST = 500
_SIGNED = frozenset({"sig", "signature", "xamzsignature", "xamzcredential", "xamzsecuritytoken", "key"})


def is_secret(name: str, more: frozenset[str] = frozenset()) -> bool:
    """Tell whether a member of this name carries a credential; `more` are a system's own names, as spelled there."""
    return name in more or name.translate(_SEPARATORS).lower() in NAMES


@cache
def _members(more: frozenset[str]) -> re.Pattern[str]:
    """Find the secret members of JSON text: those known everywhere however spelled, and a system's own."""
    spelled = ["[-_ .]*".join(name) for name in sorted(NAMES)] + [re.escape(name) for name in sorted(more)]
    return re.compile(_MEMBER % "|".join(spelled), re.IGNORECASE | re.DOTALL)


def scrub(text: str, more: frozenset[str] = frozenset()) -> str:
    """Mask the credentials inside text; `more` are a system's own names of secret members.

    That is user info and secret query parameters of URLs, authorization values, and secret members of JSON text.
    """
    if "=" in text:
        text = _QUERY.sub(_mask_parameter, text)
    if "://" in text:
        text = _CUT_USERINFO.sub(rf"\1{MASK}", _USERINFO.sub(rf"\1{MASK}@", text))
    if not _may_tell(text, more):
        return text
    if ":" in text:
        text = _members(more).sub(rf"\1\3{MASK}\3", text)
    return _BEARER.sub(rf"\1 {MASK}", text)


def _may_tell(text: str, more: frozenset[str]) -> bool:
    """Tell whether text may hold a credential, by words, in a fifth of the time that it takes to look where."""
    if not text.isascii():
        return True
    plain = text.lower().replace("-", "").replace("_", "").replace(" ", "").replace(".", "")
    return any(word in plain for word in _words(more))


@cache
def _words(more: frozenset[str]) -> tuple[str, ...]:
    """Give words of which one stands in all text with a credential, without separators, in lower case."""
    known = NAMES | {"bearer", "basic"} | {name.translate(_SEPARATORS).lower() for name in more}
    return tuple(sorted(word for word in known if not any(other in word for other in known - {word})))


def _mask_parameter(found: re.Match[str]) -> str:
    name = found[2].translate(_SEPARATORS).lower()
    return f"{found[1]}{MASK}" if name in NAMES or name in _SIGNED else found[0]


def gist(text: str) -> str:
    """Say in one line what a page or a text says: its title, or its beginning."""
    found = _TITLE.search(text[:20_000])
    said = unescape(found[1]) if found else text
    line = " ".join(said[: 4 * _LONGEST].split())[:_LONGEST]
    return scrub(line) or "an answer without content"


def hides(cls: type, field: attrs.Attribute[Any], more: frozenset[str] = frozenset()) -> bool:
    """Tell whether a field carries a credential: by its own word, by its name, or by its name on the wire."""
    wire = field.metadata.get("wire") or getattr(cls, "__spelling__", str)(field.name)
    return field.metadata.get("secret", False) or is_secret(field.name, more) or is_secret(wire, more)


class _Shown(str):
    """Text whose `repr` is itself."""

    __slots__ = ()
    __repr__ = str.__str__


def redact(value: Any, more: frozenset[str] = frozenset()) -> Any:
    """Copy a wire value with secret members masked and text scrubbed; anything else comes back as it is.

    Of an exception comes what is to be shown of it.
    """
    if isinstance(value, str):
        return scrub(value, more)
    if isinstance(value, Mapping):
        return {
            name: MASK
            if isinstance(name, str) and is_secret(name, more) and member is not None
            else redact(member, more)
            for name, member in value.items()
        }
    if isinstance(value, (list, tuple)):
        return type(value)(redact(item, more) for item in value) if type(value) in (list, tuple) else value
    return _Shown(scrub(repr(value), more)) if isinstance(value, BaseException) else value


def shown(self: Any) -> str:
    """Write the `repr` of an attrs value with its secrets masked; usable as a class's `__repr__`."""
    parts = []
    more: frozenset[str] = getattr(self, "_secrets", getattr(type(self), "__secrets__", frozenset()))
    for field in attrs.fields(type(self)):
        if field.repr:
            value = getattr(self, field.name)
            secret = value is not None and hides(type(self), field, more)
            parts.append(f"{field.name}={MASK!r}" if secret else f"{field.name}={redact(value, more)!r}")
    extra = getattr(self, "extra", None)
    if extra and isinstance(extra, Mapping):
        parts.append(f"extra={redact(dict(extra), more)!r}")
    return f"{type(self).__name__}({', '.join(parts)})"
