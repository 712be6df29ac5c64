"""Tickets from files, and the service that each belongs to."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs

from jobmodels._cli.arguments import WrongUse
from jobmodels.errors import InvalidTicket

if TYPE_CHECKING:
    from jobmodels._wire import Ticket

STDIN = "-"
_BEGIN = re.compile(r"\S")


@attrs.frozen
class Found:
    """A ticket, where it was read, and the base URL of its service."""

    source: str
    ticket: Ticket
    base_url: str
    origin: str


def read_document(name: str) -> str:
    """Read a file whole, or standard input, in whichever encoding of JSON.

    Raises:
        WrongUse: it cannot be read.
    """
    try:
        if name == STDIN:
            source = getattr(sys.stdin, "buffer", None)
            content: bytes = b"" if source is None else source.read()
        else:
            content = Path(name).read_bytes()
        # A shell may write UTF-16.
        return content.decode(json.detect_encoding(content))
    except OSError as error:
        raise WrongUse(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"{name}: it is not text") from None


def find_tickets(names: Iterable[str], base_urls: Iterable[str]) -> list[Found]:
    """Read the tickets of files, each one once, and find where their services are.

    Raises:
        WrongUse: a file cannot be read, holds no ticket, or one whose service is not known or not wanted.
    """
    bases = _bases(base_urls)
    found: dict[Ticket, Found] = {}
    for name in names:
        shown = "<stdin>" if name == STDIN else name
        tickets = list(_tickets(read_document(name), shown))
        if not tickets:
            raise WrongUse(f"{shown}: it holds no ticket")
        for where, ticket in tickets:
            origin = _origin(ticket, bases, where)
            bound = attrs.evolve(ticket, origin=origin)
            found.setdefault(bound, Found(name, bound, bases.get(origin, origin), origin))
    return list(found.values())


def plain_origin(url: str, name: str) -> str:
    """Give the origin of a URL that is nothing else.

    Raises:
        WrongUse: it is not absolute, or there is more to it.
    """
    origin = _origin_of(url, name)
    if urlsplit(url).path.strip("/"):
        raise WrongUse(f"{name} is scheme, host and port; `jobmodels watch --base-url` takes the path below it")
    return origin


def _bases(urls: Iterable[str]) -> Mapping[str, str]:
    bases: dict[str, str] = {}
    for url in urls:
        origin = _origin_of(url, "--base-url")
        if bases.setdefault(origin, url) != url:
            raise WrongUse(f"--base-url: there are two for {origin}")
    return bases


def _origin_of(url: str, name: str) -> str:
    from jobmodels.clients._guard import origin_of

    try:
        return origin_of(url)
    except ValueError:
        raise WrongUse(f"{name}: expected http:// or https://, a host, and no user, query or fragment in it") from None


def _tickets(text: str, name: str) -> Iterator[tuple[str, Ticket]]:
    """Take JSON documents apart that follow each other, on lines of their own or not."""
    from jobmodels._wire import Ticket

    scan, line, end, text = json.JSONDecoder().raw_decode, 1, 0, text.rstrip()
    while found := _BEGIN.search(text, end):
        start = found.start()
        line += text.count("\n", end, start)
        try:
            end = scan(text, start)[1]
        except (ValueError, RecursionError):
            end = len(text)
        try:
            yield f"{name}:{line}", Ticket.from_json(text[start:end])
        except InvalidTicket as error:
            raise WrongUse(f"{name}:{line}: {error}") from None
        line += text.count("\n", start, end)


def _origin(ticket: Ticket, bases: Mapping[str, str], where: str) -> str:
    if ticket.origin is None:
        if len(bases) != 1:
            raise WrongUse(f"{where}: the ticket does not say where its service is; say it with --base-url")
        return next(iter(bases))
    if plain_origin(ticket.origin, f"{where}: the origin of the ticket") != ticket.origin:
        raise WrongUse(f"{where}: the origin of the ticket is not written as scheme, host and port")
    if bases and ticket.origin not in bases:
        raise WrongUse(f"{where}: the ticket belongs to {ticket.origin}, and --base-url to {', '.join(bases)}")
    return ticket.origin
