"""How an answer of ArangoDB is read: found as a message, typed as one, and told what it means."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._convert import read_as
from jobmodels._job import Finding, JobError, Key, Operation
from jobmodels._system import Asked
from jobmodels._told import OPEN, Opened, Reading, Receipt
from jobmodels._wire import Response, Ticket, retry_after
from jobmodels.systems.arangodb._meaning import meaning_of
from jobmodels.systems.arangodb._message import Message, message_of
from jobmodels.systems.arangodb.answers import ArangoAnswer

HOME = Key("arangodb/job/GET")
"""Where the answers about a job are read, unless one asks for its result."""


def read(asked: Asked, opened: Opened) -> Reading:
    """Read any answer: its typed message, and what it means by what was asked."""
    message = message_of(asked, opened)
    if message.several:
        # The engine says so.
        return Reading(document=opened.document)
    told = meaning_of(asked, message)
    details, noticed = _typed(asked, opened, message)
    hangs_on = (*message.hinges, *told.hangs_on)
    # A status that is none leaves open what the rest seems to prove.
    odd = bool(message.errors)
    unread = () if message.unread is None or told.any_type else (message.unread,)
    return attrs.evolve(
        told,
        document=details,
        meaning=OPEN if odd else told.meaning,
        native_state=message.native,
        retry_after=retry_after(Response(headers=message.headers)),
        accepted=None if odd or _doubted(opened, hangs_on) else told.accepted,
        errors=tuple(_numbered(error, message) for error in (*message.errors, *told.errors)),
        findings=(*unread, *message.findings, *noticed, *told.findings),
        hangs_on=hangs_on,
    )


def receipt(asked: Asked, document: Any) -> Receipt | None:
    """Read what a submit was answered with: the id of a job, in the headers of a success."""
    if asked.operation is not Operation.SUBMIT or not isinstance(document, ArangoAnswer) or not document.job_id:
        return None
    refused = type(document.status) is int and document.status >= 400
    return None if refused else Receipt(ticket=Ticket(HOME, document.job_id))


def _typed(asked: Asked, opened: Opened, message: Message) -> tuple[Any, tuple[Finding, ...]]:
    """Type the message as a whole; a bare body that can be read is left to the engine.

    The message of a response is made here, and its body is the answer, so paths into the body lose their first token.
    What typing notices in a body that cannot be read is said already.
    """
    if message.document is None:
        bare = opened.document
        return (read_as(bare, asked.endpoint.cls)[0] if message.broken and opened.readable else bare), ()
    details, noticed = read_as(message.document, asked.endpoint.cls, admitted=True)
    placed: list[Finding] = []
    for finding in noticed:
        name, below = _parted(finding.path)
        if name != "body":
            placed.append(attrs.evolve(finding, path=message.around + finding.path))
        elif not (message.foreign or message.broken):
            placed.append(attrs.evolve(finding, path=message.base + below))
    return details, tuple(placed)


def _parted(path: str) -> tuple[str, str]:
    """Part a JSON Pointer into its first token and the rest."""
    name, slash, below = path.removeprefix("/").partition("/")
    return name, slash + below


def _doubted(opened: Opened, places: tuple[str, ...]) -> bool:
    """Tell whether what the meaning hangs on was given twice."""
    twice = [finding.path for finding in opened.findings if finding.rule == "duplicate-key"]
    return any(place == path or place.startswith(f"{path}/") for path in twice for place in places)


def _numbered(error: JobError, message: Message) -> JobError:
    """Name the request that an error belongs to, as for any response."""
    told = message.headers.get("x-request-id") if message.headers else None
    return attrs.evolve(error, request_id=told) if told else error
