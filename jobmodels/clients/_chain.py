"""A chain of jobs: a job starts further ones, and these are waited for too."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from jobmodels._job import Job
from jobmodels._wire import Ticket
from jobmodels.clients._service import Timeout
from jobmodels.errors import JobModelsError


class Chain:
    """The jobs of a chain that have ended, and whom to wait for next: each ticket once, in the order they were named.

    Iterating gives the next ticket; its job is to be added before the one after that is asked for.
    """

    def __init__(self, admit: Callable[[Ticket], Ticket], now: Callable[[], float], limit: int) -> None:
        """Take what binds tickets to the service, what tells the time, and how many jobs at most.

        Raises:
            ValueError: the limit is no whole number from 1 upward.
        """
        if type(limit) is not int or limit < 1:
            raise ValueError("limit is a whole number from 1 upward")
        self.jobs: tuple[Job[Any], ...] = ()
        self._admit, self._now, self._limit, self._began = admit, now, limit, now()
        self._next: deque[Ticket] = deque()
        self._known: set[Ticket] = set()

    def follow(self, *tickets: Ticket) -> None:
        """Put tickets at the end, those that were there already left out.

        Raises:
            InvalidTicket: one belongs to another service.
        """
        for ticket in map(self._admit, tickets):
            if ticket not in self._known:
                self._known.add(ticket)
                self._next.append(ticket)

    def __iter__(self) -> Iterator[Ticket]:
        while self._next and len(self.jobs) < self._limit:
            yield self._next.popleft()

    def add(self, job: Job[Any]) -> None:
        """Take a job that has ended, and what it started.

        Raises:
            InvalidTicket: it names a job of another service.
        """
        self.jobs = (*self.jobs, job)
        self.follow(*job.follow_ups)

    def left(self, timeout: Timeout, otherwise: float | None) -> float | None:
        """Give the seconds that are left of those for the whole chain; None for ever."""
        most = otherwise if timeout is ... else timeout
        return None if most is None else max(0.0, most - (self._now() - self._began))

    def broken(self, ticket: Ticket, error: JobModelsError) -> None:
        """Have an error tell where in the chain it is, and which jobs had ended before."""
        error.earlier = self.jobs
        error.add_note(f"in a chain of jobs, at {ticket.key} {ticket.id}; before it, {len(self.jobs)} had ended")
