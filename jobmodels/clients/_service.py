"""A service: its system, its address, the credentials, and how patient one is with it."""

from __future__ import annotations

import inspect
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import EllipsisType
from typing import Any, TypeAlias, TypedDict
from urllib.parse import quote, urlsplit

import attrs
from typing_extensions import Unpack

from jobmodels._ask import asking, question
from jobmodels._job import Key, Operation
from jobmodels._look import looking
from jobmodels._registry import Registry
from jobmodels._registry import registry as known_systems
from jobmodels._steps import Keep, Policy, Steps, reason_of
from jobmodels._system import Endpoint
from jobmodels._wait import Senses, Tally, waiting
from jobmodels._wire import Headers, Request, Response, Ticket
from jobmodels.clients._clock import Clock, SystemClock
from jobmodels.clients._guard import guarded, origin_of
from jobmodels.errors import InvalidTicket, NoSuchEndpoint

logger = logging.getLogger("jobmodels")

Fields: TypeAlias = Mapping[str, str]
Auth: TypeAlias = Fields | Callable[[], Fields] | Callable[[], Awaitable[Fields]]
"""Headers that carry the credentials, or what gives them anew for each request; in an event loop, it may be awaited."""

Timeout: TypeAlias = float | EllipsisType | None
"""Seconds; None for ever; `...` for what the policy says."""

Store: TypeAlias = MutableMapping[str, bytes]
"""Where answers are kept, by name; each entry has to be written whole or not at all."""


def response_of(answer: object) -> Response:
    """Take what a sender gave.

    Raises:
        TypeError: it is no response, which is a mistake of the sender's author and not of the service.
    """
    if not isinstance(answer, Response):
        raise TypeError(f"a sender gives a Response, not {type(answer).__name__}")
    return answer


def fields_of(told: object) -> Headers:
    """Take the headers that carry the credentials.

    Raises:
        TypeError: they are no mapping of text to text, as where a variable of the environment is not set.
    """
    if not isinstance(told, Mapping):
        if inspect.iscoroutine(told):
            told.close()
        raise TypeError(f"auth is a mapping of header fields, or a callable that gives one, not {type(told).__name__}")
    for name, value in told.items():
        if not isinstance(value, (str, bytes)):
            raise TypeError(f"auth: the header field {name} is {type(value).__name__}, not text")
    return Headers(told)


class Known(TypedDict, total=False):
    """What else a client may know of a service.

    Attributes:
        auth: headers with the credentials, or a callable that gives them for each request; with an `AsyncClient`, what
            it gives may be awaited.
        policy: how patient one is; 15 minutes if not given.
        store: where answers are kept, so that a process that dies loses none; nowhere if not given.
        clock: what tells the time; that of the machine if not given.
        registry: the endpoints to read answers under; those of this installation if not given.
        chance: gives numbers from 0.0 to 1.0, so that many clients do not ask at once.
    """

    auth: Auth | None
    policy: Policy | None
    store: Store | None
    clock: Clock | None
    registry: Mapping[Key, Endpoint] | None
    chance: Callable[[], float]


class Service:
    """Knows one service; nothing is sent here."""

    def __init__(self, system: str, base_url: str, **given: Unpack[Known]) -> None:
        """Take what is known of a service."""
        if unknown := given.keys() - Known.__optional_keys__:
            wrong, right = (", ".join(sorted(names)) for names in (unknown, Known.__optional_keys__))
            raise TypeError(f"a client takes no {wrong}; besides system, base_url and sender, it takes {right}")
        registry, auth, policy = given.get("registry"), given.get("auth"), given.get("policy")
        known = known_systems() if registry is None else registry
        self.known = known if isinstance(known, Registry) else Registry(known.values())
        self.keys = tuple(key for key in self.known if key.system == system)
        if not self.keys:
            raise NoSuchEndpoint(system, tuple(sorted({key.system for key in self.known})))
        self.system = self.known[self.keys[0]].system
        self.base_url, self.origin = base_url, origin_of(base_url)
        self.auth: Auth = {} if auth is None else auth
        if not callable(self.auth):
            fields_of(self.auth)
        self.policy = Policy() if policy is None else policy
        self.store = given.get("store")
        self.clock: Clock = given.get("clock") or SystemClock()
        self.chance = given.get("chance", random.random)

    def admit(self, ticket: Ticket) -> Ticket:
        """Let a ticket in that is one of this service, and bind it.

        Raises:
            InvalidTicket: it belongs to another service, or to another system, or is none.
            NoSuchEndpoint: the registry does not hold its key.
        """
        if not isinstance(ticket, Ticket):  # pyright: ignore[reportUnnecessaryIsInstance] - where nobody checks types
            raise InvalidTicket(f"it is of the type {type(ticket).__name__}")
        if ticket.origin not in (None, self.origin):
            raise InvalidTicket("it belongs to another service")
        if self.known[ticket.key].system is not self.system:
            raise InvalidTicket("it belongs to another system")
        return ticket if ticket.origin else attrs.evolve(ticket, origin=self.origin)

    def credentials(self) -> Fields | Awaitable[Fields]:
        """Give the headers that carry the credentials, or what is awaited for them."""
        return self.auth() if callable(self.auth) else self.auth

    def addressed(self, request: Request, credentials: object) -> Request:
        """Address a request to the service, with credentials; it goes nowhere else.

        A request that has a base of its own keeps it, if that is at the same origin.

        Raises:
            UnsafeRequest: it would leave the service, or is no single HTTP message.
            TypeError: the credentials are no headers.
        """
        fields = fields_of(credentials)
        headers = Headers({**request.headers, **fields})
        base = self.base_url if request.base is None else request.base
        return guarded(attrs.evolve(request, base=base, headers=headers, secrets=frozenset(fields)), self.origin)

    def flow(self, ticket: Ticket, timeout: Timeout, options: Mapping[str, Any]) -> Steps:
        """Give the steps of waiting for an admitted ticket."""
        policy = self.policy if timeout is ... else attrs.evolve(self.policy, timeout=timeout)
        senses = Senses(now=self.clock.now, moment=self.clock.moment, chance=self.chance)
        stored = self.store is not None
        return waiting(ticket, self.known, policy, senses, stored=stored, renewable=callable(self.auth), **options)

    def look(self, ticket: Ticket, tally: Tally, options: Mapping[str, Any]) -> Steps:
        """Give the steps of one look at how the job of an admitted ticket stands."""
        stored, renewable = self.store is not None, callable(self.auth)
        return looking(ticket, self.known, self.clock.now, tally, stored=stored, renewable=renewable, **options)

    def question(
        self, operation: Operation, ticket: Ticket | None, options: Mapping[str, Any], *, within: float | None = None
    ) -> Steps:
        """Give the steps of asking once; with `within`, in so many seconds."""
        admitted = None if ticket is None else self.admit(ticket)
        request = attrs.evolve(self.system.request(operation, admitted, **options), timeout=within)
        step = question(operation, request, self.keys[0] if ticket is None else ticket.key, self.known)
        stored = self.store is not None
        return asking(step, admitted, self.known, self.clock.now, stored=stored, renewable=callable(self.auth))

    def recall(self, name: str) -> bytes | None:
        """Look into the store."""
        return None if self.store is None else self.store.get(self._entry(name))

    def keep(self, step: Keep) -> Exception | None:
        """Put something into the store, or take it out; what went wrong is given back."""
        store: Store = {} if self.store is None else self.store
        try:
            if step.content is None:
                store.pop(self._entry(step.name), None)
            else:
                store[self._entry(step.name)] = step.content
        except Exception as error:  # noqa: BLE001 - whatever a store raises, an answer in hand is not lost for it
            logger.warning("an answer could not be kept: %s", reason_of(error))
            return error
        return None

    def _entry(self, name: str) -> str:
        """Name an entry of the store: services behind one gateway, which differ by their paths, have different ones."""
        return name + quote(urlsplit(self.base_url).path.rstrip("/"), safe="")
