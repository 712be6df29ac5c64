"""Asking one question, without I/O, and what is kept of an answer that is given once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from jobmodels._job import Job, JobState, Key, Operation
from jobmodels._kept import MARK, Kept, name_for, pack, unpack
from jobmodels._read import normalize_response
from jobmodels._registry import Registry
from jobmodels._steps import Answer, Keep, Recall, Send, Step, Steps, reason_of
from jobmodels._system import Endpoint
from jobmodels._wire import Request, Response, Ticket
from jobmodels.errors import Unreachable

REFUSED = frozenset({401, 403})
"""The answers of a service that does not take the credentials."""

KNOWN = frozenset({JobState.PENDING, JobState.RUNNING})
"""How a job stands that its service still has."""

_READS = frozenset({Operation.STATUS, Operation.RESULT})
_DELETES = frozenset({Operation.DELETE_ALL, Operation.DELETE_EXPIRED})


def endpoint_for(operation: Operation, request: Request, key: Key, known: Mapping[Key, Endpoint]) -> Endpoint:
    """Find under which endpoint the answer to a request is read.

    That of the ticket, or the one where its jobs are read, where that answers such a question; else the one of its
    system for this operation and method.
    """
    own = known[key]
    asked = Operation.DELETE if operation in _DELETES else operation
    if asked in _READS and own.job is not None:
        own = known[own.job]
    if own.operation is asked or (asked in _READS and own.operation not in _READS):
        return own
    others = (endpoint for endpoint in known.values() if endpoint.system is own.system)
    fitting = (one for one in others if one.operation is asked and one.key.method == request.method)
    return next(fitting, own)


def question(operation: Operation, request: Request, key: Key, known: Mapping[Key, Endpoint]) -> Send:
    """Give the step that asks a question, with the endpoint under which its answer is read."""
    return Send(request=request, endpoint=endpoint_for(operation, request, key, known), operation=operation)


def asking(
    step: Send,
    ticket: Ticket | None,
    known: Registry,
    now: Callable[[], float],
    *,
    stored: bool = False,
    renewable: bool = False,
) -> Steps:
    """Ask one question; a result that is given once goes through the store.

    Args:
        step: the question.
        ticket: the job; None where the question is not about one.
        known: the endpoints to read the answer under.
        now: tells the time in seconds; never goes back.
        stored: whether there is a store.
        renewable: whether asking once more may bring other credentials.

    Returns:
        What the answer says; that of an earlier time where a store has it.

    Raises:
        Unreachable: no answer came.
    """
    name = name_for(ticket, step.request) if stored and ticket and gives_once(step) else None
    doubt = False
    if name is not None:
        content = bytes_of((yield Recall(name)))
        kept = unpack(content)
        job = kept and read_answer(step, ticket, kept.response, known)
        doubt = is_in_doubt(kept, job) if kept and job else content is not None
        if job and job.consumed:
            return job
    began, requests = now(), 0
    while True:
        answer = yield from sending(step, name, doubt=doubt)
        requests += 1
        if isinstance(answer, Exception):
            raise Unreachable(ticket, None, now() - began, requests, reason_of(answer))
        job = read_answer(step, ticket, answer, known)
        yield from keeping(name, job, doubt=doubt)
        if not (renewable and is_refused(step, job)):
            return job
        renewable = False


def is_refused(step: Send, job: Job[Any]) -> bool:
    """Tell whether the service refuses the credentials, and has not given anything away."""
    spent = gives_once(step) and job.consumed is not False
    return not job.finished and not spent and any(error.http_status in REFUSED for error in job.errors)


def gives_once(step: Send) -> bool:
    """Tell whether the answer to a question cannot be had again."""
    return step.endpoint.system.reads_once and step.operation is Operation.RESULT


def read_answer(step: Send, ticket: Ticket | None, answer: Response, known: Registry) -> Job[Any]:
    """Read the answer to a question, as any other answer."""
    name = None if ticket is None else ticket.id
    return normalize_response(answer, step.endpoint.key, step.operation, name, step.request, registry=known)


def bytes_of(answer: Answer) -> bytes | None:
    """Give what was in the store, if anything was."""
    return answer if isinstance(answer, bytes) else None


def is_in_doubt(kept: Kept, job: Job[Any]) -> bool:
    """Tell whether the result may have been given in an answer that nobody has; `job` is what the kept one says."""
    return job.consumed is None or (kept.doubt and job.state not in KNOWN)


def sending(step: Send, name: str | None, *, doubt: bool) -> Generator[Step, Answer, Response | Exception]:
    """Send a request; with a name, the store gets a mark before, and the answer after, before anybody reads it.

    With it goes whether it is in doubt that the result was given before.
    """
    if name is not None and isinstance(failure := (yield Keep(name, MARK)), Exception):
        raise failure
    answer = yield step
    if name is not None and isinstance(answer, Response):
        yield Keep(name, pack(step.operation, answer, doubt=doubt))
    return answer if isinstance(answer, (Response, Exception)) else ConnectionError("no answer")


def keeping(name: str | None, job: Job[Any], *, doubt: bool) -> Generator[Step, Answer, None]:
    """Leave in the store what this answer means to the next reader.

    Where it is in doubt whether the result was given before, only a service that still has the job ends that.
    """
    if name is not None and not job.consumed and not job.finished:
        is_there = job.consumed is False and (not doubt or job.state in KNOWN)
        yield Keep(name, None if is_there else MARK)
