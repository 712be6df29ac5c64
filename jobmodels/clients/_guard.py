"""The guard at the door: what is sent stays at one origin, is one HTTP message, and is what it looks like.

Libraries differ in what they make of an odd address: one follows a backslash, another drops a line break, a third
resolves `%2e%2e`. So an address is let through only where there is nothing to differ about.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from jobmodels._wire import Request
from jobmodels.errors import UnsafeRequest

PORTS = {"http": 80, "https": 443}

_STEPS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/\-]|%[0-9A-Fa-f]{2})*"
_HOST = r"[A-Za-z0-9._~\-]+|\[[0-9A-Fa-f:.]+\]"
_BASE = re.compile(rf"(https?)://({_HOST})(?::([0-9]{{1,5}}))?((?:/{_STEPS})?)", re.ASCII | re.IGNORECASE)
_BELOW = re.compile(rf"((?:/(?!/){_STEPS})?)(?:\?(?:{_STEPS}|\?)*)?")
_WORD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~\-]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
# What frames a message, and says for whom it is, is for the sender to write.
_FRAMES = frozenset({"host", "content-length", "transfer-encoding"})


def origin_of(url: str) -> str:
    """Give scheme, host and port of an address, as `https://service.example:443`.

    Raises:
        ValueError: it is not the plain absolute address of a service.
    """
    found = _BASE.fullmatch(url)
    if found is None or int(found[3] or 0) > 65535 or _climbs(found[4]):
        raise ValueError(
            "a base URL begins with http:// or https:// and a host in ASCII (an international one as xn--...), and has "
            "no user, query or fragment in it"
        )
    scheme = found[1].lower()
    return f"{scheme}://{found[2].lower()}:{int(found[3] or PORTS[scheme])}"


def guarded(request: Request, origin: str | None = None) -> Request:
    """Let a request through that is safe to send.

    Args:
        request: with the `base` URL.
        origin: where it may go; None for wherever its base is.

    Raises:
        UnsafeRequest: it would leave the origin, or is no single HTTP message.
    """
    try:
        goes_to = origin_of(request.base or "")
        _ = request.url
    except ValueError:
        raise UnsafeRequest("what it goes to is not an address of HTTP") from None
    if origin not in (None, goes_to):
        raise UnsafeRequest("it would leave the service")
    below = _BELOW.fullmatch(request.path)
    if below is None or _climbs(below[1]):
        raise UnsafeRequest("its path is no quoted path below the base URL")
    if not _WORD.fullmatch(request.method):
        raise UnsafeRequest("its method is no word of HTTP")
    for name, value in request.headers.items():
        if not _WORD.fullmatch(name):
            raise UnsafeRequest("the name of a header field is no word of HTTP")
        if name in _FRAMES:
            raise UnsafeRequest(f"the header field {name} is written by the sender")
        if not _VALUE.fullmatch(value):
            raise UnsafeRequest(f"the header field {name} has a line break, a blank at an end, or what is not ASCII")
    return request


def _climbs(path: str) -> bool:
    """Tell whether a step of a path leads upward, be it quoted: there are servers that unquote before they resolve."""
    return not {".", ".."}.isdisjoint(re.split(r"[/\\]", unquote(path)))
