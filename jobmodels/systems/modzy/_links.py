"""The `Link` header of lists, and what it says of the next page. Source: RFC 8288; contracts page, 4.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import attrs

from jobmodels._job import Listing
from jobmodels._wire import Request

# One token after the other, each found where the last one ended; a quoted string may hold any of the separators.
_TARGET = re.compile(r"[\s,]*<([^<>]*)>\s*")
_PARAMETER = re.compile(r';\s*(?:([^\s=;,"<>]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*)?)?', re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)


# More digits are no page, and cannot be sent.
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def next_page(request: Request, listing: Listing) -> Request | None:
    """Say which request asks for the page after one: the same with the number that the link names.

    Nothing else of the link is taken, and the number is to be a later one. An empty page is the last, whatever it says.
    """
    named = _page(listing.next or "") if listing.jobs else -1
    here = int(request.query.get("page", "-1"))
    return attrs.evolve(request, query={**request.query, "page": str(named)}) if named > here else None


def _page(address: str) -> int:
    """Give the number of the page at an address; one that is not there comes before all others."""
    told = parse_qs(address.partition("?")[2].partition("#")[0]).get("page", ("",))[-1]
    return int(told) if _NUMBER.fullmatch(told) else -1


def next_link(header: str | None) -> str | None:
    """Give the target of the first link whose relation is `next`; None where no link says so.

    Names of parameters and relations go in any letter case; a link may have several relations; what follows something
    that is no link is not read; the context of a link with an anchor is another page, so that it does not count.
    """
    for target, parameters in _links(header or ""):
        if "next" in parameters.get("rel", "").lower().split() and "anchor" not in parameters:
            return target
    return None


def _links(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    at = 0
    while found := _TARGET.match(header, at):
        parameters: dict[str, str] = {}
        at = found.end()
        while told := _PARAMETER.match(header, at):
            at = told.end()
            name, quoted, token = told.groups()
            value = _PAIR.sub(r"\1", quoted) if quoted is not None else token
            parameters.setdefault((name or "").lower(), value or "")
        yield found[1].strip(), parameters
