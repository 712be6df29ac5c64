"""Looking at a job now and then, without I/O: one look, and what several of them come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobmodels._ask import asking
from jobmodels._job import Job, Operation
from jobmodels._kept import name_for
from jobmodels._registry import Registry
from jobmodels._steps import Policy, Steps
from jobmodels._wait import Tally, first_of, has_result, judge, questions, recalling
from jobmodels._wire import Ticket
from jobmodels.errors import Unreachable


def looking(
    ticket: Ticket,
    known: Registry,
    now: Callable[[], float],
    tally: Tally,
    *,
    stored: bool = False,
    renewable: bool = False,
    **options: Any,
) -> Steps:
    """Look once how a job stands, as whoever waits for it does first.

    Args:
        ticket: the job.
        known: the endpoints to read its answers under.
        now: tells the time in seconds; never goes back.
        tally: what the looks before came to; this one is added.
        stored: whether there is a store: a last answer that is kept there is read, and nothing is asked.
        renewable: whether asking once more may bring other credentials.
        options: what the system's `ask` takes besides.

    Returns:
        What the service says; a result that is asked for by itself is left where it is.

    Raises:
        NotAskable: the system cannot be asked with this ticket.
        UnknownStateError: the answer that is kept does not say how the job stands.
        Unreachable: no answer came.
    """
    asks = questions(ticket, known, options)
    name = name_for(ticket, asks[Operation.RESULT].request) if stored else None
    job = None if name is None else (yield from recalling(name, asks, ticket, known, tally, now))
    if job is None:
        tally.requests += 1
        job = yield from asking(first_of(asks), ticket, known, now, renewable=renewable)
    return job


def is_last(job: Job[Any]) -> bool:
    """Tell whether an answer is the last one: the job has ended, and its result is not to be asked for any more."""
    return bool(job.finished) and (job.operation is Operation.RESULT or not has_result(job))


def come_to(job: Job[Any], ticket: Ticket, policy: Policy, tally: Tally, now: Callable[[], float]) -> None:
    """Decide, after a look that showed this, whether to look again.

    Raises:
        JobGone: the service does not know the job.
        UnknownStateError: answers leave open how the job stands.
        Unreachable: the service does not get to answer.
        NotAllowed: the service refuses the credentials.
    """
    judge(job, ticket, policy, tally, now)
    if tally.lost > policy.transport_errors:
        raise Unreachable(ticket, job, now() - tally.began, tally.requests, tally.reason)
