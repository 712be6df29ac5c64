"""Waiting for a job, without I/O: what to send and how long to pause, one step after the other.

Clock and chance are passed in, and whoever drives the steps does what they say. A job is read with the same path as any
other answer; nothing here knows a vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobmodels._ask import (
    KNOWN,
    REFUSED,
    bytes_of,
    gives_once,
    is_in_doubt,
    is_refused,
    keeping,
    question,
    read_answer,
    sending,
)
from jobmodels._job import Job, JobError, JobState, Operation, Origin
from jobmodels._kept import name_for, pack, unpack
from jobmodels._registry import Registry
from jobmodels._secrets import gist
from jobmodels._steps import Answer, Event, EventKind, Keep, Pause, Policy, Recall, Send, Step, Steps, Tell, reason_of
from jobmodels._wire import Response, Ticket
from jobmodels.errors import JobGone, NotAllowed, StillRunning, UnknownStateError, Unreachable

_LEAST = 1.0
"""Seconds that a request may take at the deadline, whatever the policy."""


@attrs.define(kw_only=True)
class Tally:
    """What happened so far.

    Attributes:
        lost: requests in a row without an answer of the service.
        unknown: answers in a row that leave open how the job stands.
        seen: whether the service knew the job.
        ready: whether the service had a result that it gives once.
        renewed: whether the credentials were renewed since then.
        job: the last answer that was read; `known` is the last one that said how the job stands.
    """

    began: float
    requests: int = 0
    pauses: int = 0
    lost: int = 0
    unknown: int = 0
    seen: bool = False
    ready: bool = False
    renewed: bool = False
    maybe_consumed: bool = False
    reason: str | None = None
    job: Job[Any] | None = None
    known: Job[Any] | None = None

    @property
    def doubt(self) -> bool:
        """Whether the result may have been given, to somebody else or in an answer that was lost."""
        return self.maybe_consumed or self.ready


@attrs.frozen(kw_only=True)
class Senses:
    """What a flow perceives of the world.

    Attributes:
        now: tells the time in seconds; never goes back.
        moment: tells the date, aware, in UTC.
        chance: gives a number from 0.0 to 1.0.
    """

    now: Callable[[], float]
    moment: Callable[[], datetime]
    chance: Callable[[], float]


def waiting(
    ticket: Ticket,
    known: Registry,
    policy: Policy,
    senses: Senses,
    *,
    stored: bool = False,
    renewable: bool = False,
    **options: Any,
) -> Steps:
    """Wait for a job, step by step.

    Args:
        ticket: the job.
        known: the endpoints to read its answers under.
        policy: how patient one is.
        senses: time and chance.
        stored: whether there is a store: the last answer is kept there, and read from there the next time.
        renewable: whether asking once more may bring other credentials.
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
    clock = senses.now
    tally = Tally(began=clock())
    deadline = float("inf") if policy.timeout is None else tally.began + policy.timeout
    asks = questions(ticket, known, options)
    step = first_of(asks)
    name = name_for(ticket, asks[Operation.RESULT].request) if stored else None
    if name is not None and (job := (yield from recalling(name, asks, ticket, known, tally, clock))):
        yield _ended(ticket, job, tally, senses)
        return job
    last = False
    if _over(tally, policy, last=last):
        raise StillRunning(ticket, None, 0.0, 0)
    while True:
        once = gives_once(step)
        answer = yield from sending(
            _in_time(step, deadline - clock(), policy), name if once else None, doubt=tally.doubt
        )
        tally.requests += 1
        asked_for = None
        if isinstance(answer, Response):
            job = read_answer(step, ticket, answer, known)
            yield from keeping(name if once else None, job, doubt=tally.doubt)
            tally.job, asked_for = job, job.retry_after
            tally.maybe_consumed |= once and job.consumed is None
            to_fetch = job.finished and step.operation is Operation.STATUS and has_result(job)
            if job.finished and not to_fetch:
                if name is not None and not once:
                    yield Keep(name, pack(step.operation, answer))
                yield _ended(ticket, job, tally, senses)
                return job
            if renewable and not tally.renewed and is_refused(step, job) and not _over(tally, policy, last=False):
                tally.renewed = True
                continue
            yield from _telling(ticket, job, tally, senses)
            if to_fetch:
                step = asks[Operation.RESULT]
                tally.ready = gives_once(step)
                if not _over(tally, policy, last=False):
                    continue
            judge(job, ticket, policy, tally, clock)
        else:
            tally.lost += 1
            tally.reason = reason_of(answer)
            tally.maybe_consumed |= once
            yield Tell(_event(EventKind.LOST, ticket, tally, senses, tally.job))
        if tally.lost > policy.transport_errors:
            raise Unreachable(ticket, tally.job, clock() - tally.began, tally.requests, tally.reason)
        if _over(tally, policy, last=last):
            raise StillRunning(ticket, _at_last(tally.job), clock() - tally.began, tally.requests)
        if once and tally.maybe_consumed:
            # Whether it was given has to be known before it is asked for again.
            step = asks[Operation.STATUS]
        pause = policy.pause(tally.pauses, senses.chance(), asked_for)
        left = deadline - clock()
        last = pause >= left
        yield Pause(max(0.0, min(pause, left)))
        tally.pauses += 1


def questions(ticket: Ticket, known: Registry, options: Mapping[str, Any]) -> Mapping[Operation, Send]:
    """Give what is asked of a job: how it stands, and its result.

    Raises:
        NotAskable: the system cannot be asked with this ticket.
    """
    system = known[ticket.key].system
    asked = {one: system.request(one, ticket, **options) for one in (Operation.STATUS, Operation.RESULT)}
    return {one: question(one, request, ticket.key, known) for one, request in asked.items()}


def first_of(asks: Mapping[Operation, Send]) -> Send:
    """Give the first question: how the job stands, unless the same request has the result too."""
    status, result = asks[Operation.STATUS], asks[Operation.RESULT]
    return result if status.request == result.request else status


def _in_time(step: Send, left: float, policy: Policy) -> Send:
    """Let a request take no longer than there is time; at the deadline, as long as the shortest pause."""
    if left == float("inf"):
        return step
    return attrs.evolve(step, request=attrs.evolve(step.request, timeout=max(left, policy.base, _LEAST)))


def recalling(
    name: str,
    asks: Mapping[Operation, Send],
    ticket: Ticket,
    known: Registry,
    tally: Tally,
    clock: Callable[[], float],
) -> Generator[Step, Answer, Job[Any] | None]:
    """Look for what an earlier process left: the last answer, or the mark that a result was asked for."""
    content = bytes_of((yield Recall(name)))
    kept = unpack(content)
    once = gives_once(asks[Operation.RESULT])
    if kept is None or kept.operation not in asks:
        tally.maybe_consumed = once and content is not None
        return None
    job = read_answer(asks[kept.operation], ticket, kept.response, known)
    if job.consumed and not job.finished:
        raise UnknownStateError(ticket, job, clock() - tally.began, 0)
    tally.maybe_consumed = once and is_in_doubt(kept, job)
    return job if job.finished else None


def _event(
    kind: EventKind, ticket: Ticket, tally: Tally, senses: Senses, job: Job[Any] | None, reason: str | None = None
) -> Event:
    lost = tally.reason if kind is EventKind.LOST else None
    return Event(kind=kind, ticket=ticket, job=job, previous=tally.known, at=senses.moment(), reason=reason or lost)


def _ended(ticket: Ticket, job: Job[Any], tally: Tally, senses: Senses) -> Tell:
    return Tell(_event(EventKind.ENDED, ticket, tally, senses, job))


def _telling(ticket: Ticket, job: Job[Any], tally: Tally, senses: Senses) -> Generator[Step, Answer, None]:
    """Tell what an answer that is not the end changed."""
    before = tally.known
    if job.state not in KNOWN and not job.finished:
        reason = next((error.message for error in job.errors if error.message), None)
        yield Tell(_event(EventKind.LOST, ticket, tally, senses, job, gist(reason or job.state.value)))
        return
    if before is None or before.state is not job.state:
        yield Tell(_event(EventKind.STATE, ticket, tally, senses, job))
    elif (before.progress, before.counts) != (job.progress, job.counts):
        yield Tell(_event(EventKind.PROGRESS, ticket, tally, senses, job))
    tally.known = job


def _over(tally: Tally, policy: Policy, *, last: bool) -> bool:
    return last or (policy.max_requests is not None and tally.requests >= policy.max_requests)


def has_result(job: Job[Any]) -> bool:
    """Tell whether a job that has ended may have a result: it went well, or nobody knows how it went."""
    return job.state in {JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED, JobState.UNKNOWN}


def judge(job: Job[Any], ticket: Ticket, policy: Policy, tally: Tally, clock: Callable[[], float]) -> None:
    """Decide whether to go on after an answer that is not the end."""
    elapsed = clock() - tally.began
    if job.state in KNOWN or job.finished:
        tally.seen = tally.seen or not job.ambiguous
        tally.lost = tally.unknown = 0
        tally.renewed = tally.maybe_consumed = tally.ready = False
    elif any(error.http_status in REFUSED for error in job.errors):
        raise NotAllowed(ticket, job, elapsed, tally.requests)
    elif job.state is JobState.NOT_FOUND:
        if tally.seen or tally.doubt or elapsed >= policy.grace:
            raise JobGone(ticket, job, elapsed, tally.requests, tally.doubt)
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
