"""A system: how one vendor talks, as a frozen record of tables and pure functions; and the endpoints it has.

The engine calls the functions in one order and owns everything else; see `jobmodels._read`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from inspect import signature
from types import NoneType
from typing import Any, Final, TypeVar

import attrs

from jobmodels._job import JobError, Key, Listing, Operation
from jobmodels._told import Facts, Meaning, Opened, Reading, Receipt
from jobmodels._wire import Request, Ticket
from jobmodels.errors import NotAskable
from jobmodels.loose import checked

C = TypeVar("C", bound=type)

_MARKS = "__jobmodels_endpoints__"
JSON_MEDIA = "application/json"


class Answers(StrEnum):
    """What a key answers when the work is done."""

    JOB = "job"
    BODY = "body"
    EMPTY = "empty"
    TASK = "task"
    ERRORS = "errors"


JOB: Final = Answers.JOB
"""A job document (the default); other answers to the same call are receipts and refusals."""
BODY: Final = Answers.BODY
"""No job: the body is the result."""
EMPTY: Final = Answers.EMPTY
"""No job and no body: that the service answered is the result."""
TASK: Final = Answers.TASK
"""A document of another kind than the job document that says how the work stands."""
ERRORS: Final = Answers.ERRORS
"""What went wrong with a job: it says nothing of where the job stands."""


@attrs.frozen(kw_only=True)
class Asked:
    """The question that an answer belongs to."""

    endpoint: Endpoint
    operation: Operation
    job_id: str | None = None
    request: Request | None = None
    status: int | None = None


def _read_as_it_is(asked: Asked, opened: Opened) -> Reading:
    return Reading(document=opened.document)


def _no_receipt(asked: Asked, document: Any) -> Receipt | None:
    return None


def _no_facts(asked: Asked, details: Any) -> Facts:
    return Facts(native_state=getattr(details, "status", None), state_path="/status")


def _no_errors(asked: Asked, document: Any) -> tuple[JobError, ...]:
    return ()


def _no_further_page(request: Request, listing: Listing) -> Request | None:
    return None


def _names(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


@attrs.frozen(kw_only=True, eq=False)
class System:
    """How one vendor talks.

    Attributes:
        name: the first part of its keys.
        states: native word, in lower case, to meaning.
        evidence: what proves a state besides a word, said for people, to meaning; as `HTTP 204` or `failed > 0`.
        secrets: names of members that carry credentials, beyond those known everywhere.
        read: finds the document, and what headers and status line prove, in an answer, readable or not.
        receipt: reads a receipt, or gives None for anything else.
        ask: says which request asks for an operation; `ask(operation, ticket, **options)`.
        facts: reads typed details.
        errors: reads the vendor's own error shapes; empty for anything else. Paths are relative to the document.
        decoders: content type to what decodes it, for those that are not JSON. A decoder gives a JSON value or raises
            `DecodeError`.
        reads_once: whether a result is given once, so that asking for it again after an answer would find nothing.
        loose: places whose values are only copied, so that logs with many answers can be read in bulk, to what may
            stand there; see `jobmodels.loose`. What is not named decides.
        own_refusals: whether only the vendor's own error shapes refuse a submit, so that any other answer at 400 and
            above leaves open what became of it; else a page refuses too.
        options: the vendor's own names of options, to those that `ask` has for them. An `ask` that takes the `state` of
            a list has the service filter by `pending` and `done`; by others, and where it takes none, entries are
            sifted once they are read.
        lists: the lists that hold all jobs together, each as options of `ask`; a `limit` in them is that of a page.
        next_page: says which request asks for the page after one, given the request for that one and what was on it;
            None where there is no further one.
        push: the endpoint of the events that the service pushes, as `job-event/POST`; None where it pushes none.
        fetch: native states of pushed events whose result is too big for that, and is to be asked for.
    """

    name: str
    states: Mapping[str, Meaning] = attrs.field(factory=dict, repr=False)
    evidence: Mapping[str, Meaning] = attrs.field(factory=dict, repr=False)
    secrets: frozenset[str] = attrs.field(default=frozenset(), converter=_names, repr=False)
    read: Callable[[Asked, Opened], Reading] = attrs.field(default=_read_as_it_is, repr=False)
    receipt: Callable[[Asked, Any], Receipt | None] = attrs.field(default=_no_receipt, repr=False)
    ask: Callable[..., Request] | None = attrs.field(default=None, repr=False)
    facts: Callable[[Asked, Any], Facts] = attrs.field(default=_no_facts, repr=False)
    errors: Callable[[Asked, Any], tuple[JobError, ...]] = attrs.field(default=_no_errors, repr=False)
    decoders: Mapping[str, Callable[[bytes], Any]] = attrs.field(factory=dict, repr=False)
    reads_once: bool = attrs.field(default=False, repr=False)
    loose: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=checked, repr=False)
    own_refusals: bool = attrs.field(default=False, repr=False)
    options: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    lists: tuple[Mapping[str, Any], ...] = attrs.field(default=({},), repr=False)
    next_page: Callable[[Request, Listing], Request | None] = attrs.field(default=_no_further_page, repr=False)
    push: str | None = attrs.field(default=None, repr=False)
    fetch: frozenset[str] = attrs.field(default=frozenset(), converter=_names, repr=False)

    def __call__(
        self,
        path: str,
        *,
        answers: Answers = JOB,
        operation: Operation | None = None,
        media: str = JSON_MEDIA,
        job: str | None = None,
    ) -> Callable[[C], C]:
        """Mark a class as the details of an endpoint; the key that stands first is the home of the class.

        Args:
            path: endpoint and method, as `document/POST`.
            answers: what the key answers.
            operation: what a call of it asks; submit, or result for GET.
            media: the content type of its answers.
            job: where a job is read that these answers name, as `job/GET`; None where it is read here.

        Raises:
            InvalidKey: the path is not of that form.
        """
        made = self._options(path, answers, operation, media, job)

        def mark(cls: C) -> C:
            setattr(cls, _MARKS, (Endpoint(cls=cls, **made), *marks_of(cls)))
            return cls

        return mark

    def endpoint(
        self,
        path: str,
        cls: type,
        *,
        answers: Answers = JOB,
        operation: Operation | None = None,
        media: str = JSON_MEDIA,
        job: str | None = None,
        package: str | None = None,
    ) -> Endpoint:
        """Make an endpoint whose class serves others too; keep it in a module, where `collect` finds it.

        Args:
            path: as for the mark.
            cls: the details class.
            answers: as for the mark.
            operation: as for the mark.
            media: as for the mark.
            job: as for the mark.
            package: where schemas and fixtures are found, as `__name__`; None is the package of the class.

        Raises:
            InvalidKey: the path is not of that form.
        """
        options = self._options(path, answers, operation, media, job)
        return Endpoint(cls=cls, package=package or cls.__module__, **options)

    def request(self, operation: Operation | str, ticket: Ticket | None = None, **options: Any) -> Request:
        """Say which request asks for an operation.

        Args:
            operation: what is wanted.
            ticket: the job; None where the operation is not about one.
            options: what the system's own `ask` takes besides, as a page of a list; also by the vendor's own names.

        Raises:
            NoSuchOperation: the operation is not one of the words of `Operation`.
            NotAskable: this system has no such operation, or cannot be asked with this ticket or these options.
        """
        asked = Operation(operation)
        if self.ask is None:
            raise NotAskable(self.name, asked, "the system does not say how it is asked")
        if type(ticket) not in (Ticket, NoneType):
            raise NotAskable(self.name, asked, f"a ticket is wanted, not {type(ticket).__name__}")
        told = self.spelled(asked, options)
        try:
            signature(self.ask).bind(asked, ticket, **told)
        except TypeError as error:
            with suppress(TypeError):
                self.ask(asked, ticket)  # Which says so where there is no such operation, whatever its options.
            raise NotAskable(self.name, asked, str(error)) from None
        return self.ask(asked, ticket, **told)

    def spelled(self, operation: Operation, options: Mapping[str, Any]) -> dict[str, Any]:
        """Give options by the names that `ask` has for them.

        Raises:
            NotAskable: one is given by two names.
        """
        told: dict[str, Any] = {}
        for name, value in options.items():
            own = self.options.get(name, name)
            if own in told:
                raise NotAskable(self.name, operation, f"{own} is given by two names, {name} among them")
            told[own] = value
        return told

    def takes(self, option: str) -> bool:
        """Tell whether `ask` has an option of this name."""
        told = () if self.ask is None else signature(self.ask).parameters.values()
        return any(one.name == option or one.kind is one.VAR_KEYWORD for one in told)

    def _options(
        self, path: str, answers: Answers, operation: Operation | None, media: str, job: str | None
    ) -> dict[str, Any]:
        key, read_at = Key(f"{self.name}/{path}"), None if job is None else Key(f"{self.name}/{job}")
        own = operation or (Operation.RESULT if key.method == "GET" else Operation.SUBMIT)
        return {"key": key, "system": self, "answers": answers, "operation": own, "media": media, "job": read_at}


def _module_of(endpoint: Endpoint) -> str:
    return endpoint.cls.__module__


def _top(module: str) -> str:
    return module.partition(".")[0]


@attrs.frozen(kw_only=True)
class Endpoint:
    """A key with its details class, its kind of answer, what a call of it asks, and where its jobs are read."""

    key: Key
    cls: type
    system: System = attrs.field(repr=False)
    answers: Answers = JOB
    operation: Operation = Operation.SUBMIT
    media: str = JSON_MEDIA
    job: Key | None = None
    """Where a job is read that these answers name, in a receipt, a list, an event; None where it is read here."""
    package: str = attrs.field(default=attrs.Factory(_module_of, takes_self=True), converter=_top)
    """The top-level package beside which schemas and fixtures are found."""

    @property
    def schema_path(self) -> str:
        """Where the wire schema is, below the folder of schemas."""
        return f"{self.key}.json"


def marks_of(cls: type) -> tuple[Endpoint, ...]:
    """Give the endpoints that a class itself was marked with, its home first; those of its bases do not count."""
    marks: tuple[Endpoint, ...] = cls.__dict__.get(_MARKS, ())
    return marks
