"""A line of tickets that are waited for together: who is next, and what became of whom."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from jobmodels._job import Job, Operation
from jobmodels._wire import Ticket
from jobmodels.clients._desk import Waiting
from jobmodels.clients._flow import Flow
from jobmodels.clients._outcome import Docket, Outcome, Source, one_by_one
from jobmodels.clients._service import Timeout
from jobmodels.errors import JobFailed, JobModelsError, NoJob, NoListing

if TYPE_CHECKING:
    from jobmodels.clients._desk import Desk

Entry: TypeAlias = tuple[int, Ticket]
"""A place, and who has it."""


def _one_or_more(plan: object, field: attrs.Attribute[Any], value: Any) -> None:
    if type(value) is not int or value < 1:
        raise ValueError(f"{field.name} is a whole number from 1 upward")


@attrs.frozen(kw_only=True)
class Plan:
    """How many are waited for together, and how.

    Attributes:
        concurrency: how many at once.
        ordered: whether outcomes come in the order of the tickets.
        timeout: for each, from when its waiting began.
        how: beyond that and the policy.
        options: what the system's `ask` takes besides.
    """

    concurrency: int = attrs.field(default=3, validator=_one_or_more)
    ordered: bool = False
    timeout: Timeout = ...
    how: Waiting
    options: Mapping[str, Any] = attrs.field(factory=dict)


class Line:
    """Those who wait, those who are waited for, and outcomes; what drives them is not known here."""

    def __init__(self, client: Desk[Any], plan: Plan) -> None:
        """Take whom to ask, and how."""
        self._desk, self._plan = client, plan
        self._docket = Docket(plan.ordered)
        self._added: deque[Entry] = deque()
        self._open, self._stopped = True, False

    def __len__(self) -> int:
        """How many there are whose outcome has not been taken."""
        return len(self._added) + self._docket.under_way + self._docket.untaken

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets whose outcome has not been taken."""
        return tuple(dict.fromkeys((*self._docket.told, *self._not_ended)))

    @property
    def _not_ended(self) -> tuple[Ticket, ...]:
        return tuple(dict.fromkeys((*self._docket.tickets, *(ticket for _, ticket in self._added))))

    def add(self, *sources: Source) -> None:
        """Add to the line: tickets, jobs of which tickets can be made, lists of such jobs.

        What cannot be waited for has an outcome that says why.

        Raises:
            RuntimeError: the line was closed, or stopped.
            TypeError: it is neither a ticket nor a job.
        """
        if not self._open:
            raise RuntimeError("the queue is closed: nothing can be added")
        for source in one_by_one(sources):
            entry = self._taken(source)
            if entry is not None:
                self._added.append(entry)

    def _has_room(self) -> bool:
        """Tell whether a further one may be drawn from what has no end; outcomes that nobody takes hold it up."""
        waiting = len(self._added) + self._docket.under_way
        most = self._plan.concurrency * (2 if self._plan.ordered else 1)
        return waiting < self._plan.concurrency and waiting + self._docket.untaken < most

    def _taken(self, source: object) -> Entry | None:
        """Give a place to what is to be waited for; None where there is nothing to wait for."""
        if not isinstance(source, (Ticket, Job)):
            raise TypeError(f"one waits for tickets and jobs, not for {type(source).__name__}")
        index = self._docket.number()
        given = source if isinstance(source, Ticket) else None
        try:
            return index, self._desk.admit(source if isinstance(source, Ticket) else self._ticket_of(source))
        except NoJob as done:
            # The work was done at once.
            job = done.job if done.job.finished else None
            self._docket.settle(Outcome(given, job, self._failure(job) if job else done, index))
        except JobModelsError as error:
            self._docket.settle(Outcome(given, None, error, index))
        return None

    def _ticket_of(self, job: Job[Any]) -> Ticket:
        if job.operation is Operation.LIST:
            raise NoListing(job)
        return self._desk.ticket(job)

    def _started(self, index: int, ticket: Ticket) -> Flow | None:
        """Begin to wait; None where somebody waits for that ticket."""
        if not self._docket.start(index, ticket):
            return None
        return Flow(ticket, self._desk.flow(ticket, self._plan.timeout, self._plan.options))

    def _ended(self, flow: Flow) -> None:
        """Take how waiting ended."""
        error = flow.error if flow.job is None else self._failure(flow.job)
        self._docket.end(flow.ticket, flow.job, error)

    def _failure(self, job: Job[Any]) -> JobFailed | None:
        if self._plan.how.check:
            try:
                job.raise_for_state()
            except JobFailed as error:
                return error
        return None
