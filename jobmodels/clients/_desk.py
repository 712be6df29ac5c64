"""What both clients have in common: whom they ask, what they send, and what they make of answers."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from types import EllipsisType
from typing import Any, Generic, TypeAlias, TypedDict, TypeVar
from urllib.parse import urlsplit

import attrs
from typing_extensions import Unpack

from jobmodels._job import Job, Key, Operation
from jobmodels._read import normalize, normalize_response
from jobmodels._registry import Registry
from jobmodels._registry import registry as known_systems
from jobmodels._system import Endpoint
from jobmodels._wait import Policy, Send, Steps, endpoint_for, reason_of, waiting
from jobmodels._wire import Headers, Request, Response, Ticket
from jobmodels.clients._clock import Clock, SystemClock
from jobmodels.errors import InvalidTicket, NoJob, NoSuchEndpoint, SubmitRefused, Unreachable

Auth: TypeAlias = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Headers that carry the credentials, or what gives them anew for each request."""

Timeout: TypeAlias = float | EllipsisType | None
"""Seconds; None for ever; `...` for what the policy says."""

J = TypeVar("J")
"""What an operation gives: a job, or the promise of one."""

REFUSED = frozenset({401, 403})


def response_of(answer: object) -> Response:
    """Take what a sender gave.

    Raises:
        TypeError: it is no response, which is a mistake of the sender's author and not of the service.
    """
    if not isinstance(answer, Response):
        raise TypeError(f"a sender gives a Response, not {type(answer).__name__}")
    return answer


class Known(TypedDict, total=False):
    """What else a client may know of a service.

    Attributes:
        auth: headers with the credentials, or a callable that gives them for each request.
        policy: how patient one is; 15 minutes if not given.
        clock: what tells the time; that of the machine if not given.
        registry: the endpoints to read answers under; those of this installation if not given.
        chance: gives numbers from 0.0 to 1.0, so that many clients do not ask at once.
    """

    auth: Auth | None
    policy: Policy | None
    clock: Clock | None
    registry: Mapping[Key, Endpoint] | None
    chance: Callable[[], float]


def origin_of(url: str) -> str:
    """Give scheme, host and port of an address.

    Raises:
        ValueError: it is not an absolute address of HTTP.
    """
    parts = urlsplit(url)
    ports = {"http": 80, "https": 443}
    if parts.scheme not in ports or not parts.hostname or parts.username or parts.password:
        raise ValueError("a base URL begins with http:// or https:// and a host, and has no user in it")
    return f"{parts.scheme}://{parts.hostname}:{parts.port or ports[parts.scheme]}"


class Desk(Generic[J]):
    """Knows one service: its system, its address, the credentials, and how patient one is with it."""

    def __init__(self, system: str, base_url: str, **given: Unpack[Known]) -> None:
        """Take what is known of a service; nothing is sent."""
        registry, auth, policy = given.get("registry"), given.get("auth"), given.get("policy")
        known = known_systems() if registry is None else registry
        self.known = known if isinstance(known, Registry) else Registry(known.values())
        self.keys = tuple(key for key in self.known if key.system == system)
        if not self.keys:
            raise NoSuchEndpoint(system, tuple(sorted({key.system for key in self.known})))
        self.system = self.known[self.keys[0]].system
        self.base_url, self.origin = base_url, origin_of(base_url)
        self.auth: Auth = {} if auth is None else auth
        self.policy = Policy() if policy is None else policy
        self.clock: Clock = given.get("clock") or SystemClock()
        self.chance = given.get("chance", random.random)

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

    def wait(self, ticket: Ticket, *, timeout: Timeout = ..., check: bool = False, **options: Any) -> J:
        """Wait until a job has ended.

        Args:
            ticket: the job.
            timeout: seconds; None for ever; what the policy says if not given.
            check: whether a job that did not go well raises.
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
        return self._wait(self.steps(ticket, timeout, options), check=check)

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

    def admit(self, ticket: Ticket) -> Ticket:
        """Let a ticket in that is one of this service.

        Raises:
            InvalidTicket: it belongs to another service, or to another system.
            NoSuchEndpoint: the registry does not hold its key.
        """
        if ticket.origin not in (None, self.origin):
            raise InvalidTicket("it belongs to another service")
        if self.known[ticket.key].system is not self.system:
            raise InvalidTicket("it belongs to another system")
        return ticket

    def credentials(self) -> Mapping[str, str]:
        """Give the headers that carry the credentials."""
        return self.auth() if callable(self.auth) else self.auth

    def addressed(self, request: Request) -> Request:
        """Address a request to the service, with credentials; it goes nowhere else."""
        headers = Headers({**request.headers, **self.credentials()})
        return attrs.evolve(request, base=self.base_url, headers=headers)

    def asks_again(self, answer: Response | Exception) -> bool:
        """Tell whether other credentials may help."""
        return isinstance(answer, Response) and answer.status in REFUSED and callable(self.auth)

    def steps(self, ticket: Ticket, timeout: Timeout, options: Mapping[str, Any]) -> Steps:
        """Give the steps of waiting."""
        policy = self.policy if timeout is ... else attrs.evolve(self.policy, timeout=timeout)
        return waiting(self.admit(ticket), self.known, policy, self.clock.now, self.chance, **options)

    def _ask(self, operation: Operation, ticket: Ticket | None, options: Mapping[str, Any]) -> J:
        """Ask one question."""
        admitted = None if ticket is None else self.admit(ticket)
        request = self.system.request(operation, admitted, **options)
        key = self.keys[0] if ticket is None else ticket.key
        step = Send(request=request, endpoint=endpoint_for(operation, request, key, self.known), operation=operation)
        return self._call(step, ticket)

    @abstractmethod
    def _call(self, step: Send, ticket: Ticket | None) -> J:
        """Send a step, and read its answer."""

    @abstractmethod
    def _wait(self, steps: Steps, *, check: bool) -> J:
        """Drive the steps of waiting."""

    def read(self, step: Send, ticket: Ticket | None, answer: Response | Exception, began: float) -> Job[Any]:
        """Read the answer to a step.

        Raises:
            Unreachable: no answer came.
        """
        if isinstance(answer, Exception):
            raise Unreachable(ticket, None, self.clock.now() - began, 1, reason_of(answer))
        name = None if ticket is None else ticket.id
        return normalize_response(answer, step.endpoint.key, step.operation, name, step.request, registry=self.known)
