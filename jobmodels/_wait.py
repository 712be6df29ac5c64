"""Waiting for a job, without I/O: what to send and how long to pause, one step after the other.

Clock and chance are passed in, and whoever drives the steps does what they say. A job is read with the same path as any
other answer; nothing here knows a vendor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, TypeAlias

import attrs

from jobmodels._job import Job, JobError, JobState, Key, Operation, Origin
from jobmodels._read import normalize_response
from jobmodels._registry import Registry
from jobmodels._secrets import gist
from jobmodels._system import Endpoint
from jobmodels._wire import Request, Response, Ticket
from jobmodels.errors import JobGone, NotAllowed, StillRunning, UnknownStateError, Unreachable

_REFUSED = frozenset({401, 403})
_READS = frozenset({Operation.STATUS, Operation.RESULT})
_DELETES = frozenset({Operation.DELETE_ALL, Operation.DELETE_EXPIRED})


@attrs.frozen(kw_only=True)
class Policy:
    """How patient one is. Times are in seconds.

    Attributes:
        timeout: how long to wait at most; None for ever, which has to be written.
        base: the first pause is at most this long, each further one twice as long.
        cap: no pause is longer, unless the service asks for it.
        max_requests: how many requests are sent at most; None for any number.
        transport_errors: how many requests in a row may go without an answer of the service.
        unknown_answers: how many answers in a row may leave open how the job stands.
        grace: how long a job that the service does not know may be a job that it does not know yet.
    """

    timeout: float | None = 900.0
    base: float = 2.0
    cap: float = 30.0
    max_requests: int | None = None
    transport_errors: int = 5
    unknown_answers: int = 5
    grace: float = 10.0

    def pause(self, number: int, chance: float) -> float:
        """Give the length of a pause: between half and all of what doubles with each, up to the cap.

        Args:
            number: how many pauses there were before.
            chance: 0.0 to 1.0.
        """
        longest = min(self.cap, self.base * 2.0 ** min(number, 60))
        return longest * (1.0 + chance) / 2.0


@attrs.frozen(kw_only=True)
class Send:
    """A step: send a request; its answer, or the exception in the place of one, is sent back."""

    request: Request
    endpoint: Endpoint
    operation: Operation


@attrs.frozen
class Pause:
    """A step: do nothing for so many seconds."""

    seconds: float


Step: TypeAlias = Send | Pause
Steps: TypeAlias = Generator[Step, "Response | Exception | None", Job[Any]]


def endpoint_for(operation: Operation, request: Request, key: Key, known: Mapping[Key, Endpoint]) -> Endpoint:
    """Find under which endpoint the answer to a request is read.

    That of the ticket where it answers such a question; else the one of its system for this operation and method.
    """
    own = known[key]
    asked = Operation.DELETE if operation in _DELETES else operation
    if own.operation is asked or (asked in _READS and own.operation not in _READS):
        return own
    others = (endpoint for endpoint in known.values() if endpoint.system is own.system)
    fitting = (one for one in others if one.operation is asked and one.key.method == request.method)
    return next(fitting, own)


@attrs.define
class _Tally:
    """What happened so far."""

    began: float
    requests: int = 0
    pauses: int = 0
    lost: int = 0
    unknown: int = 0
    seen: bool = False
    maybe_consumed: bool = False
    reason: str | None = None
    job: Job[Any] | None = None


def waiting(
    ticket: Ticket,
    known: Registry,
    policy: Policy,
    clock: Callable[[], float],
    chance: Callable[[], float],
    **options: Any,
) -> Steps:
    """Wait for a job, step by step.

    Args:
        ticket: the job.
        known: the endpoints to read its answers under.
        policy: how patient one is.
        clock: tells the time in seconds; never goes back.
        chance: gives a number from 0.0 to 1.0.
        options: what the system's `ask` takes besides.

    Returns:
        The job once it has ended, however it did; where its result is asked for by itself, the answer with the result.

    Raises:
        NotAskable: the system cannot be asked with this ticket.
        StillRunning: the time is over, or the number of requests; the job was looked at once more at the deadline.
        JobGone: the service does not know the job.
        UnknownStateError: answers leave open how the job stands.
        Unreachable: the service does not answer.
        NotAllowed: the service refuses the credentials.
    """
    system = known[ticket.key].system
    once = system.reads_once
    asks = {
        operation: system.request(operation, ticket, **options) for operation in (Operation.STATUS, Operation.RESULT)
    }
    in_two = asks[Operation.STATUS] != asks[Operation.RESULT]
    operation = Operation.STATUS if in_two else Operation.RESULT
    tally = _Tally(began=clock())
    deadline = float("inf") if policy.timeout is None else tally.began + policy.timeout
    last = False
    while True:
        request = asks[operation]
        endpoint = endpoint_for(operation, request, ticket.key, known)
        answer = yield Send(request=request, endpoint=endpoint, operation=operation)
        tally.requests += 1
        if isinstance(answer, Response):
            job = normalize_response(answer, endpoint.key, operation, ticket.id, request, registry=known)
            tally.job = job
            tally.maybe_consumed |= once and operation is Operation.RESULT and job.consumed is None
            if job.finished and in_two and operation is Operation.STATUS and _has_result(job):
                operation = Operation.RESULT
                if not _over(tally, policy, last=False):
                    continue
            elif job.finished:
                return job
            _judge(job, ticket, policy, tally, clock)
        else:
            tally.lost += 1
            tally.reason = reason_of(answer) if answer else None
            tally.maybe_consumed |= once and operation is Operation.RESULT
        if tally.lost > policy.transport_errors:
            raise Unreachable(ticket, tally.job, clock() - tally.began, tally.requests, tally.reason)
        if _over(tally, policy, last=last):
            raise StillRunning(ticket, _at_last(tally.job), clock() - tally.began, tally.requests)
        asked_for = tally.job.retry_after if tally.job and isinstance(answer, Response) else None
        pause = policy.pause(tally.pauses, chance()) if asked_for is None else asked_for
        left = deadline - clock()
        last = pause >= left
        yield Pause(max(0.0, min(pause, left)))
        tally.pauses += 1


def _over(tally: _Tally, policy: Policy, *, last: bool) -> bool:
    return last or (policy.max_requests is not None and tally.requests >= policy.max_requests)


def _has_result(job: Job[Any]) -> bool:
    """Tell whether a job that has ended may have a result: it went well, or nobody knows how it went."""
    return job.state in {JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED, JobState.UNKNOWN}


def _judge(job: Job[Any], ticket: Ticket, policy: Policy, tally: _Tally, clock: Callable[[], float]) -> None:
    """Decide whether to go on after an answer that is not the end."""
    elapsed = clock() - tally.began
    if job.state in {JobState.PENDING, JobState.RUNNING} or job.finished:
        tally.seen = tally.seen or not job.ambiguous
        tally.lost = tally.unknown = 0
    elif any(error.http_status in _REFUSED for error in job.errors):
        raise NotAllowed(ticket, job, elapsed, tally.requests)
    elif job.state is JobState.NOT_FOUND:
        if tally.seen or tally.maybe_consumed or elapsed >= policy.grace:
            raise JobGone(ticket, job, elapsed, tally.requests, tally.maybe_consumed)
    elif not job.consumed and any(map(_is_lost, job.errors)):
        tally.lost += 1
        tally.reason = next(error.message for error in job.errors if _is_lost(error))
    else:
        tally.lost = 0
        tally.unknown += 1
        if job.consumed or tally.unknown > policy.unknown_answers:
            raise UnknownStateError(ticket, job, elapsed, tally.requests)


def _is_lost(error: JobError) -> bool:
    """Tell whether an error says that the service itself did not get to answer, for now."""
    return error.origin is Origin.TRANSPORT or (error.origin is Origin.MANAGER and bool(error.transient))


def _at_last(job: Job[Any] | None) -> Job[Any] | None:
    """What may mean that a job is not there yet means, at the deadline, that it is not there."""
    if job is None or not job.ambiguous or job.state is not JobState.PENDING:
        return job
    return attrs.evolve(job, state=JobState.NOT_FOUND, finished=None)


def reason_of(error: Exception) -> str:
    """Say in one line, without credentials, why no answer came."""
    return gist(f"{type(error).__name__}: {error}")


def run(steps: Steps, send: Callable[[Send], Response | Exception], sleep: Callable[[float], object]) -> Job[Any]:
    """Drive steps to their end; `send` gives an exception in the place of an answer that did not come."""
    answer: Response | Exception | None = None
    try:
        while True:
            step = steps.send(answer)
            answer = None
            if isinstance(step, Pause):
                sleep(step.seconds)
            else:
                answer = send(step)
    except StopIteration as ended:
        job: Job[Any] = ended.value
        return job


async def run_async(
    steps: Steps, send: Callable[[Send], Awaitable[Response | Exception]], sleep: Callable[[float], Awaitable[object]]
) -> Job[Any]:
    """Drive steps to their end in an event loop."""
    answer: Response | Exception | None = None
    try:
        while True:
            step = steps.send(answer)
            answer = None
            if isinstance(step, Pause):
                await sleep(step.seconds)
            else:
                answer = await send(step)
    except StopIteration as ended:
        job: Job[Any] = ended.value
        return job
