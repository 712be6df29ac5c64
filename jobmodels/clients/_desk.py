"""What both clients can do: the operations of a service, and waiting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from jobmodels._job import Operation
from jobmodels._steps import Event, Steps
from jobmodels._wire import Ticket
from jobmodels.clients._asks import Asks, J
from jobmodels.clients._service import Timeout

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
    cancel_on: CancelOn = attrs.field(default=(), converter=_reasons)
    on_event: Listener | None = None
    options: Mapping[str, Any] = attrs.field(factory=dict)


class Desk(Asks[J]):
    """Asks one service, and waits for its jobs."""

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
            cancel_on: "timeout" and "interrupt": when the remote job is cancelled instead of left alone, with the same
                options, in 10 seconds at most.
            on_event: is called with each event; what it raises ends the waiting.
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
            Exception: what a store raises that cannot be read, or not written before a result that is given once is
                asked for; and whatever `auth` raises.
        """
        how = Waiting(check=check, cancel_on=cancel_on, on_event=on_event, options=options)
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

    @abstractmethod
    def _wait(self, steps: Steps, ticket: Ticket, how: Waiting) -> J:
        """Drive the steps of waiting."""
