"""Outcomes: what became of each of many tickets, and the order in which that is told."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Iterable, Iterator
from inspect import isawaitable
from typing import Any, TypeAlias

import attrs

from jobmodels._job import Job
from jobmodels._secrets import shown
from jobmodels._wire import Ticket
from jobmodels.errors import JobModelsError

Source: TypeAlias = Ticket | Job[Any]
"""What is waited for: a ticket, a job that one can be made of, or a list of such jobs."""

Sources: TypeAlias = Iterable[Source] | Job[Any]
AsyncSources: TypeAlias = Sources | AsyncIterable[Source] | Awaitable[Sources]


@attrs.frozen
class Outcome:
    """What became of one of many tickets.

    Attributes:
        ticket: the job; None where a job was given of which no ticket can be made.
        job: the job, however it ended; None where it did not come to that.
        error: why there is no job; where one checks, also that it did not go well.
        index: its place among all that were given, from 0.
    """

    ticket: Ticket | None
    job: Job[Any] | None = None
    error: JobModelsError | None = None
    index: int = 0

    __repr__ = shown

    def result(self) -> Any:
        """Give the result of the job.

        Raises:
            JobModelsError: the error, where there is one.
            JobFailed: the job did not go well.
        """
        if self.error is not None or self.job is None:
            raise self.error or LookupError("an outcome without a job and without an error")
        self.job.raise_for_state()
        return self.job.result


@attrs.define(eq=False)
class Docket:
    """Who is under way, and the outcomes that are ready to be given.

    Who comes twice while under way is waited for once, and has two outcomes.

    Attributes:
        ordered: whether outcomes are given in the order in which they were numbered.
        ready: the outcomes that can be given, in order.
        under_way: how many are waited for.
    """

    ordered: bool
    ready: deque[Outcome] = attrs.field(factory=deque)
    under_way: int = 0
    _places: dict[Ticket, list[int]] = attrs.field(factory=dict)
    _held: dict[int, Outcome] = attrs.field(factory=dict)
    _numbered: int = 0
    _turn: int = 0

    @property
    def untaken(self) -> int:
        """How many outcomes there are that nobody has taken."""
        return len(self.ready) + len(self._held)

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets under way."""
        return tuple(self._places)

    @property
    def told(self) -> tuple[Ticket, ...]:
        """The tickets with an outcome that nobody has taken."""
        outcomes = (*self.ready, *self._held.values())
        return tuple(outcome.ticket for outcome in outcomes if outcome.ticket is not None)

    def number(self) -> int:
        """Give the next place."""
        self._numbered += 1
        return self._numbered - 1

    def start(self, index: int, ticket: Ticket) -> bool:
        """Begin to wait; tell whether nobody waits for that ticket yet."""
        self.under_way += 1
        places = self._places.setdefault(ticket, [])
        places.append(index)
        return len(places) == 1

    def end(self, ticket: Ticket, job: Job[Any] | None, error: JobModelsError | None) -> None:
        """Take how waiting ended, for all who waited for that ticket."""
        for index in self._places.pop(ticket):
            self.under_way -= 1
            self.settle(Outcome(ticket, job, error, index))

    def settle(self, outcome: Outcome) -> None:
        """Take an outcome; it is ready at once, or when it is its turn."""
        if not self.ordered:
            self.ready.append(outcome)
            return
        self._held[outcome.index] = outcome
        while self._turn in self._held:
            self.ready.append(self._held.pop(self._turn))
            self._turn += 1


def one_by_one(sources: Sources) -> Iterator[Source]:
    """Give tickets and jobs, those of a list among them, each when it is asked for."""
    for source in (sources,) if isinstance(sources, Job) else sources:
        yield from _inside(source)


async def one_by_one_async(sources: AsyncSources) -> AsyncGenerator[Source, None]:
    """Give tickets and jobs, those of a list among them, each when it is asked for."""
    given = await sources if isawaitable(sources) else sources
    if isinstance(given, AsyncIterable):
        async for source in given:
            for one in _inside(source):
                yield one
        return
    for one in one_by_one(given):
        yield one


def _inside(source: Source) -> Iterable[Source]:
    return source.listing.jobs if isinstance(source, Job) and source.listing is not None else (source,)


def interrupted(*tickets: Ticket, cancelling: bool = False) -> str:
    """Say what an interrupted person can go on with."""
    told = "\n".join(ticket.to_json() for ticket in tickets)
    one = len(tickets) == 1
    job, ticket = ("job goes", "this ticket finds it") if one else ("jobs go", "these tickets find them")
    if cancelling:
        job = "job is cancelled if it can be" if one else "jobs are cancelled if they can be"
    return f"interrupted; the remote {job}{'' if cancelling else ' on'}, and {ticket} again:\n{told}"


def tell_interrupted(*tickets: Ticket, cancelling: bool = False) -> None:
    """Print what an interrupted person can go on with."""
    if tickets:
        print(interrupted(*tickets, cancelling=cancelling), file=sys.stderr)


def is_interrupted() -> bool:
    """Tell whether a person's Ctrl-C is why an event loop cancels, and not the program itself.

    The standard runner of event loops turns the first one into a cancel, and counts it.
    """
    handler = signal.getsignal(signal.SIGINT)
    runner = getattr(getattr(handler, "func", None), "__self__", None)
    return isinstance(runner, asyncio.Runner) and bool(getattr(runner, "_interrupt_count", 0))
