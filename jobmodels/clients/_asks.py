"""What one asks a service once: cancels, deletes, lists, what it pushed; and the tickets to ask with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, overload, runtime_checkable

import attrs

from jobmodels._ask import asking, question
from jobmodels._job import Job, JobState, Key, Operation
from jobmodels._read import normalize, normalize_response
from jobmodels._steps import Steps
from jobmodels._wire import Request, Response, Ticket
from jobmodels.clients._lists import Walk, fits_in, page_of, sifting
from jobmodels.clients._service import Service
from jobmodels.errors import JobGone, NoJob, NotAskable, SubmitRefused

J = TypeVar("J")
"""What an operation gives: a job, or the promise of one."""

Pushed: TypeAlias = Response | Mapping[str, Any] | str | bytes
"""What a service pushed: as it came over HTTP, as JSON text, or decoded."""


@runtime_checkable
class Answered(Protocol):
    """An answer of another library: of `requests`, `httpx2` or `httpx`."""

    @property
    def status_code(self) -> int:
        """The code of the status line."""
        ...

    @property
    def headers(self) -> Any:
        """The header fields."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...


class Asks(Service, Generic[J]):
    """Asks one service about its jobs, one of them or all.

    What the service answers is data, its refusals too: then the job that is given has errors.
    """

    @overload
    def ticket(self, source: Job[Any], *, key: str | None = None, by: str = "id") -> Ticket: ...
    @overload
    def ticket(self, source: Pushed | Answered, *, key: str) -> Ticket: ...
    @overload
    def ticket(self, source: None = None, *, id: str | int, key: str, by: str = "id") -> Ticket: ...
    def ticket(
        self,
        source: Pushed | Answered | Job[Any] | None = None,
        *,
        id: str | int | None = None,
        key: str | None = None,
        by: str = "id",
    ) -> Ticket:
        """Give what lets one ask for a job of this service, also in another process.

        Args:
            source: the answer to a submit, as it came, also to `requests` or httpx, or decoded; or a job: what that was
                read as, an entry of a list, one that was waited for. None where the id is known.
            id: the id of the job.
            key: the endpoint that the work was submitted to, or under which the job is read; a job has its own.
            by: what the id is to the service where it is no id, as `name`.

        Returns:
            A ticket of this service alone, under the key that the answers about its job are read under.

        Raises:
            SubmitRefused: the answer says that there is no job, or leaves open whether there is one.
            NoJob: the answer is the result itself, or names no job.
            NoSuchEndpoint: the registry does not hold the key.
            InvalidTicket: the job belongs to another service or system, or the id is none.
            TypeError: it is not said which job is meant, and of which endpoint.
        """
        told: object = source
        if isinstance(told, (Ticket, int)) or (told is not None and id is not None):
            raise TypeError("a ticket is made of an answer or a job, or else of an id, which goes by `id`")
        if isinstance(source, Job):
            job: Job[Any] = source
        elif key is None:
            raise TypeError("only a job has a key of its own: say which endpoint it is")
        elif source is None:
            return self._bound(Ticket(key, id, by))
        elif isinstance(source, Response):
            job = normalize_response(source, key, Operation.SUBMIT, registry=self.known)
        elif isinstance(source, Answered):
            answer = Response(source.status_code, source.headers, source.content)
            job = normalize_response(answer, key, Operation.SUBMIT, registry=self.known)
        else:
            job = normalize(source, key, Operation.SUBMIT, registry=self.known)
        if job.ticket is not None:
            return self._bound(job.ticket)
        if job.operation is not Operation.SUBMIT and job.id is not None:
            return self._bound(Ticket(job.key if key is None else key, job.id, by))
        raise SubmitRefused(job) if _is_refused(job) else NoJob(job)

    def cancel(self, ticket: Ticket | None = None, *, missing_ok: bool = True, **options: Any) -> J:
        """Cancel a job; `accepted` says whether the service said yes.

        Args:
            ticket: the job; None where options say what else is to be cancelled.
            missing_ok: whether a job that the service does not know is data as any other: `NOT_FOUND`, with what the
                service said among its errors. Else it raises.
            options: what the system's `ask` takes besides.

        Raises:
            JobGone: the service does not know the job, and that is not all right.
            Unreachable: no answer came.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot cancel jobs, or not this one.
        """
        return self._ask_for_known(Operation.CANCEL, ticket, options, missing_ok=missing_ok)

    def delete(self, ticket: Ticket, *, missing_ok: bool = True, **options: Any) -> J:
        """Have a job forgotten; `accepted` says whether the service said yes.

        Args:
            ticket: the job.
            missing_ok: as for `cancel`.
            options: what the system's `ask` takes besides.

        Raises:
            JobGone: the service does not know the job, and that is not all right.
            Unreachable: no answer came.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot delete jobs.
        """
        return self._ask_for_known(Operation.DELETE, ticket, options, missing_ok=missing_ok)

    def delete_all(self, **options: Any) -> J:
        """Have all jobs forgotten.

        Raises:
            Unreachable: no answer came.
            NotAskable: the system cannot delete jobs.
        """
        return self._ask(Operation.DELETE_ALL, None, options)

    def delete_expired(self, before: datetime | int | None = None, **options: Any) -> J:
        """Have jobs forgotten that are older.

        Args:
            before: a moment with its zone, or seconds since 1970 UTC; it may come by the vendor's own name instead.
            options: what the system's `ask` takes besides.

        Raises:
            Unreachable: no answer came.
            NotAskable: the system cannot delete jobs, or needs to know the moment.
        """
        told = options if before is None else {"before": before, **options}
        return self._ask(Operation.DELETE_EXPIRED, None, told)

    def list(self, state: str | None = None, limit: int | None = None, **filters: Any) -> J:
        """List jobs, with one request; `listing` has them, and `ticket` takes each.

        `state` and `limit` mean the same for all systems: where a service does not filter, its entries are sifted once
        they are read. `raw`, `details` and `total` stay what it said. `jobs` goes through all pages.

        Args:
            state: `pending` for jobs that are not known to have ended, `done` for those that have; a `JobState`; or a
                word of the vendor. None for what the service lists of itself.
            limit: how many jobs at most; None for as many as the service gives at a time.
            filters: what the system's `ask` takes besides, also by the vendor's own names.

        Raises:
            Unreachable: no answer came.
            NotAskable: the system has no list, or not with these options.
        """
        fits = fits_in(self.system, state)
        steps = self.question(Operation.LIST, None, page_of(self.system, state, limit, filters))
        return self._do(sifting(steps, fits, limit))

    def receive(self, event: Pushed, **options: Any) -> J:
        """Read an event that the service pushed; ask for the result where it was too big for that.

        An event comes from outside. It is read as any answer is, and what is wrong with it is in the job; that it came
        from the service has to be proved by who took it in. Nothing in it says where a request goes.

        Args:
            event: what came: a response, JSON text or bytes, or what was decoded.
            options: what the system's `ask` takes besides, for where the result is asked for.

        Raises:
            Unreachable: the result was asked for, and no answer came.
            NotAskable: the system pushes no events, or the event names a job that cannot be asked for.
        """
        if self.system.push is None:
            raise NotAskable(self.system.name, Operation.RESULT, "it pushes no events")
        key = Key(f"{self.system.name}/{self.system.push}")
        if isinstance(event, Response):
            return self._do(self._receiving(normalize_response(event, key, registry=self.known), options))
        return self._do(self._receiving(normalize(event, key, registry=self.known), options))

    def walk(self, state: str | None, limit: int | None, filters: Mapping[str, Any]) -> Walk:
        """Give the way through all pages of all lists.

        Raises:
            NotAskable: the system has no list, or not with these options.
        """
        return Walk(self.system, state, limit, filters, self._page)

    def _page(self, request: Request) -> Steps:
        step = question(Operation.LIST, request, self.keys[0], self.known)
        return asking(step, None, self.known, self.clock.now, renewable=callable(self.auth))

    def _receiving(self, job: Job[Any], options: Mapping[str, Any]) -> Steps:
        if job.native_state in self.system.fetch and job.id is not None:
            return (yield from self.question(Operation.RESULT, self.ticket(job), options))
        return job

    def _bound(self, ticket: Ticket) -> Ticket:
        """Bind a ticket to this service, and put it under the key where its job is read."""
        admitted = self.admit(ticket)
        return attrs.evolve(admitted, key=self.known[admitted.key].job or admitted.key)

    def _ask_for_known(
        self, operation: Operation, ticket: Ticket | None, options: Mapping[str, Any], *, missing_ok: bool
    ) -> J:
        steps = self.question(operation, ticket, options)
        return self._do(steps if missing_ok else _unless_missing(steps, ticket, self.clock.now))

    def _ask(self, operation: Operation, ticket: Ticket | None, options: Mapping[str, Any]) -> J:
        """Ask one question."""
        return self._do(self.question(operation, ticket, options))

    @abstractmethod
    def _do(self, steps: Steps) -> J:
        """Drive steps to their end."""


def _unless_missing(steps: Steps, ticket: Ticket | None, now: Callable[[], float]) -> Steps:
    """Take the steps of a question; that the service does not know the job raises."""
    began = now()
    job = yield from steps
    if job.state is JobState.NOT_FOUND:
        raise JobGone(ticket, job, now() - began, 1)
    return job


def _is_refused(job: Job[Any]) -> bool:
    """Tell a submit that made no job, or may have made none, from work that was done at once, however it went."""
    at_once = job.accepted or (job.finished and job.accepted is None)
    return job.operation is Operation.SUBMIT and bool(job.errors) and not at_once
