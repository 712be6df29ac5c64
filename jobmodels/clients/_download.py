"""Fetching what a result only points at, without credentials and on request only."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from jobmodels._wire import Request, Response
from jobmodels.clients._guard import guarded
from jobmodels.clients._senders import AsyncSender, Sender
from jobmodels.clients._standard import send, send_async
from jobmodels.clients._telemetry import observe, observe_async
from jobmodels.errors import UnsafeRequest

REDIRECTS = 5
"""How many redirects are followed at most."""

_MOVED = frozenset({301, 302, 303, 307, 308})
_Steps: TypeAlias = Generator[Request, Response, Response]


def download(url: str, sender: Sender = send) -> Response:
    """Fetch what a result points at, as the `download_url` of an export: without the credentials of any client.

    Up to five redirects are followed, since storage services redirect, and nothing travels that could be stolen; none
    is from https to http. Where the address leads is for the service to say: who does not trust it should not fetch.

    Args:
        url: an address of HTTP; what is in it of credentials, as a signature, goes along.
        sender: what carries the requests, and should have neither headers nor cookies of its own; for a file that is
            large or slow, `functools.partial(send, total=3600, largest=2**34)`.

    Returns:
        The answer, whatever its status. The file is its body.

    Raises:
        OSError: there was no whole answer, or there were more redirects.
        UnsafeRequest: the address, or that of a redirect, is none of HTTP, or has a user in it.
    """
    steps = _fetching(url)
    try:
        request = next(steps)
        while True:
            request = steps.send(observe(sender, request))
    except StopIteration as ended:
        response: Response = ended.value
        return response


async def download_async(url: str, sender: AsyncSender = send_async) -> Response:
    """Fetch what a result points at, in an event loop; all else is as for `download`.

    Raises:
        OSError: as for `download`.
        UnsafeRequest: as for `download`.
    """
    steps = _fetching(url)
    try:
        request = next(steps)
        while True:
            request = steps.send(await observe_async(sender, request))
    except StopIteration as ended:
        response: Response = ended.value
        return response


def _fetching(url: str) -> _Steps:
    """Give one request after the other, until an answer is no redirect."""
    request = _asking("", url)
    for _ in range(REDIRECTS + 1):
        response = yield request
        location = response.header("location")
        if response.status not in _MOVED or not location:
            return response
        before, request = request, _asking(request.url, location)
        if before.url.startswith("https:") and not request.url.startswith("https:"):
            raise UnsafeRequest("a redirect leads from https to http")
    raise ConnectionError(f"there were more than {REDIRECTS} redirects")


def _asking(before: str, url: str) -> Request:
    """Ask for an address, which may be relative; of its characters, those are quoted that have to be."""
    try:
        address = urlsplit(quote(urldefrag(urljoin(before, url)).url, safe="!$%&'()*+,/:;=?@[]~"))
    except ValueError:
        raise UnsafeRequest("what it goes to is not an address of HTTP") from None
    below = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    quoted = below.replace("[", "%5B").replace("]", "%5D")
    return guarded(Request("GET", quoted, base=f"{address.scheme}://{address.netloc}"))
