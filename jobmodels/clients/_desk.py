"""What both clients can do: the operations of a service, and waiting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import attrs

from jobmodels._job import Job, Operation
from jobmodels._read import normalize, normalize_response
from jobmodels._steps import Event, Steps
from jobmodels._wire import Response, Ticket
from jobmodels.clients._service import Service, Timeout
from jobmodels.errors import NoJob, SubmitRefused

J = TypeVar("J")
"""What an operation gives: a job, or the promise of one."""

Listener: TypeAlias = Callable[[Event], object]
"""Is told what happens; in an event loop, what it gives is awaited where it can be."""

CancelOn: TypeAlias = Collection[Literal["timeout", "interrupt"]]


_CANCEL_ON = frozenset({"timeout", "interrupt"})


def _reasons(given: CancelOn) -> CancelOn:
    if isinstance(given, str) or not _CANCEL_ON.issuperset(given):
        raise ValueError('cancel_on holds "timeout", "interrupt", both or none')
    return given


@attrs.frozen(kw_only=True)
class Waiting:
    """How to wait, beyond the policy."""

    check: bool = False
    cancel_on: CancelOn = ()
    on_event: Listener | None = None


class Desk(Service, Generic[J]):
    """Asks one service, one question at a time."""

    def ticket(
        self, source: Response | Job[Any] | Mapping[str, Any] | None = None, *, id: str | int | None = None, key: str
    ) -> Ticket:
        """Give what lets one ask for a job of this service, also in another process.

        Args:
            source: the answer to a submit; None where the id is known.
            id: the id of the job.
            key: the endpoint that the work was submitted to, or under which the job is read.

        Raises:
            SubmitRefused: the answer says that there is no job, or leaves open whether there is one.
            NoJob: the answer is the result itself, or names no job.
            NoSuchEndpoint: the registry does not hold the key.
        """
        endpoint = self.known[key]
        if source is None:
            return Ticket(endpoint.key, id, origin=self.origin)
        if isinstance(source, Job):
            job: Job[Any] = source
        elif isinstance(source, Response):
            job = normalize_response(source, key, Operation.SUBMIT, registry=self.known)
        else:
            job = normalize(source, key, Operation.SUBMIT, registry=self.known)
        if job.ticket is not None:
            return attrs.evolve(job.ticket, origin=self.origin)
        raise SubmitRefused(job) if job.errors else NoJob(job)

    def wait(
        self,
        ticket: Ticket,
        *,
        timeout: Timeout = ...,
        check: bool = False,
        cancel_on: CancelOn = (),
        on_event: Listener | None = None,
        **options: Any,
    ) -> J:
        """Wait until a job has ended.

        Args:
            ticket: the job.
            timeout: seconds; None for ever; what the policy says if not given.
            check: whether a job that did not go well raises.
            cancel_on: "timeout" and "interrupt": when the remote job is cancelled instead of left alone.
            on_event: is called with each event.
            options: what the system's `ask` takes besides.

        Returns:
            The job, however it ended.

        Raises:
            StillRunning: the time is over; the job goes on, and the ticket stays good.
            JobGone: the service does not know the job.
            UnknownStateError: several answers in a row do not say how the job stands.
            Unreachable: several requests in a row were not answered.
            NotAllowed: the service refuses the credentials.
            JobFailed: with `check`, the job did not go well.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot be asked with this ticket.
        """
        how = Waiting(check=check, cancel_on=_reasons(cancel_on), on_event=on_event)
        admitted = self.admit(ticket)
        return self._wait(self.flow(admitted, timeout, options), admitted, how)

    def status(self, ticket: Ticket, **options: Any) -> J:
        """Look once how a job stands.

        Raises:
            Unreachable: no answer came.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot be asked with this ticket.
        """
        return self._ask(Operation.STATUS, ticket, options)

    def result(self, ticket: Ticket, **options: Any) -> J:
        """Ask once for the result of a job; some services give it once only.

        Raises:
            Unreachable: no answer came.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot be asked with this ticket.
        """
        return self._ask(Operation.RESULT, ticket, options)

    def cancel(self, ticket: Ticket | None = None, **options: Any) -> J:
        """Cancel a job; `accepted` says whether the service said yes.

        Raises:
            Unreachable: no answer came.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot cancel jobs, or not this one.
        """
        return self._ask(Operation.CANCEL, ticket, options)

    def delete(self, ticket: Ticket, **options: Any) -> J:
        """Have a job forgotten.

        Raises:
            Unreachable: no answer came.
            InvalidTicket: the ticket belongs to another service.
            NotAskable: the system cannot delete jobs.
        """
        return self._ask(Operation.DELETE, ticket, options)

    def delete_all(self, **options: Any) -> J:
        """Have all jobs forgotten.

        Raises:
            Unreachable: no answer came.
            NotAskable: the system cannot delete jobs.
        """
        return self._ask(Operation.DELETE_ALL, None, options)

    def delete_expired(self, before: datetime, **options: Any) -> J:
        """Have jobs forgotten that are older.

        Raises:
            Unreachable: no answer came.
            NotAskable: the system cannot delete jobs.
        """
        return self._ask(Operation.DELETE_EXPIRED, None, {"before": before, **options})

    def list(self, **options: Any) -> J:
        """List jobs; `listing` has them.

        Args:
            options: what the system's `ask` takes, as `state` and `limit`.

        Raises:
            Unreachable: no answer came.
            NotAskable: the system has no list, or not with these options.
        """
        return self._ask(Operation.LIST, None, options)

    def _ask(self, operation: Operation, ticket: Ticket | None, options: Mapping[str, Any]) -> J:
        """Ask one question."""
        return self._do(self.question(operation, ticket, options))

    @abstractmethod
    def _do(self, steps: Steps) -> J:
        """Drive steps to their end."""

    @abstractmethod
    def _wait(self, steps: Steps, ticket: Ticket, how: Waiting) -> J:
        """Drive the steps of waiting."""
