"""The steps of waiting, what is told of them, and what drives them, blocking or in an event loop.

A flow is a generator: it yields steps and is sent what came of each. Whoever drives it owns socket, clock and store.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any, TypeAlias

import attrs

from jobmodels._job import Job, Operation
from jobmodels._secrets import gist, shown
from jobmodels._system import Endpoint
from jobmodels._wire import Request, Response, Ticket


def _not_negative(policy: object, field: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, (str, NoneType)) or not value >= 0:
        raise ValueError(f"{field.name} is a number from 0 upward")


def _not_negative_or_none(policy: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None:
        _not_negative(policy, field, value)


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

    Raises:
        ValueError: a number is negative, or none.
    """

    timeout: float | None = attrs.field(default=900.0, validator=_not_negative_or_none)
    base: float = attrs.field(default=2.0, validator=_not_negative)
    cap: float = attrs.field(default=30.0, validator=_not_negative)
    max_requests: int | None = attrs.field(default=None, validator=_not_negative_or_none)
    transport_errors: int = attrs.field(default=5, validator=_not_negative)
    unknown_answers: int = attrs.field(default=5, validator=_not_negative)
    grace: float = attrs.field(default=10.0, validator=_not_negative)

    def pause(self, number: int, chance: float, asked_for: float | None = None) -> float:
        """Give the length of a pause: between half and all of what doubles with each, up to the cap.

        Args:
            number: how many pauses there were before.
            chance: 0.0 to 1.0.
            asked_for: seconds that the service asks for; they count instead, unless they are next to nothing.
        """
        if asked_for is not None:
            return max(asked_for, self.base / 2.0)
        longest = min(self.cap, self.base * 2.0 ** min(number, 60))
        return longest * (1.0 + chance) / 2.0


class EventKind(StrEnum):
    """What happened while one waited."""

    STATE = "state"
    """The job is in another state than before; the first known one too."""
    PROGRESS = "progress"
    """Progress or counts changed."""
    LOST = "lost"
    """A request brought no answer of the service, or one that says nothing of the job."""
    ENDED = "ended"
    """The job has ended; nothing follows."""


@attrs.frozen(kw_only=True)
class Event:
    """Something that happened while one waited for a job.

    Attributes:
        kind: what.
        ticket: the job.
        job: the last answer that was read; None where none has come.
        previous: the one before it that said how the job stands; None for the first.
        at: when, aware, UTC.
        reason: for `LOST`, why, in one line without credentials.
    """

    kind: EventKind
    ticket: Ticket
    job: Job[Any] | None
    previous: Job[Any] | None
    at: datetime
    reason: str | None = None

    __repr__ = shown

    def __str__(self) -> str:
        """Say it in one line."""
        state = self.job.state.value if self.job else "not known"
        progress = f" {self.job.progress:.0%}" if self.job and self.job.progress is not None else ""
        told = f"no answer ({self.reason})" if self.kind is EventKind.LOST else f"{state}{progress}"
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.ticket.key} {self.ticket.id}: {told}"


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


@attrs.frozen
class Recall:
    """A step: look something up in the store; what is there, or None, is sent back."""

    name: str


@attrs.frozen
class Keep:
    """A step: put something into the store, or None to take it out; an exception is sent back if that failed."""

    name: str
    content: bytes | None = attrs.field(repr=False)


@attrs.frozen
class Tell:
    """A step: tell whoever listens."""

    event: Event


Step: TypeAlias = Send | Pause | Recall | Keep | Tell
Answer: TypeAlias = Response | Exception | bytes | None
Steps: TypeAlias = Generator[Step, Answer, Job[Any]]


def reason_of(error: Exception) -> str:
    """Say in one line, without credentials, why no answer came."""
    return gist(f"{type(error).__name__}: {error}")


@attrs.frozen
class _Ended:
    """What comes after the last step."""

    job: Job[Any]


def _after(steps: Steps, answer: Answer) -> Step | _Ended:
    try:
        return steps.send(answer)
    except StopIteration as ended:
        return _Ended(ended.value)


def run(steps: Steps, act: Callable[[Step], Answer]) -> Job[Any]:
    """Drive steps to their end; `act` does what each says."""
    step = _after(steps, None)
    while not isinstance(step, _Ended):
        step = _after(steps, act(step))
    return step.job


async def run_async(steps: Steps, act: Callable[[Step], Awaitable[Answer]]) -> Job[Any]:
    """Drive steps to their end in an event loop."""
    step = _after(steps, None)
    while not isinstance(step, _Ended):
        step = _after(steps, await act(step))
    return step.job


def watch(steps: Steps, act: Callable[[Step], Answer]) -> Iterator[Event]:
    """Drive steps to their end, and give what they tell."""
    step = _after(steps, None)
    while not isinstance(step, _Ended):
        if isinstance(step, Tell):
            yield step.event
        step = _after(steps, None if isinstance(step, Tell) else act(step))


async def watch_async(steps: Steps, act: Callable[[Step], Awaitable[Answer]]) -> AsyncIterator[Event]:
    """Drive steps to their end in an event loop, and give what they tell."""
    step = _after(steps, None)
    while not isinstance(step, _Ended):
        if isinstance(step, Tell):
            yield step.event
        step = _after(steps, None if isinstance(step, Tell) else await act(step))
