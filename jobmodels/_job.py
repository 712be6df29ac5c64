"""The common reading: what a job answer means, the same for all systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeAlias, overload

import attrs
from typing_extensions import TypeVar

from jobmodels._plain import plain
from jobmodels._secrets import shown
from jobmodels._words import JobState, Key, Operation, Origin, Severity
from jobmodels.errors import JobFailed

if TYPE_CHECKING:
    from jobmodels._wire import Response, Ticket

__all__ = [
    "JSON",
    "RULES",
    "Counts",
    "Finding",
    "Job",
    "JobError",
    "JobState",
    "Key",
    "Listing",
    "Operation",
    "Origin",
    "Severity",
]

JSON: TypeAlias = Mapping[str, Any] | Sequence[Any] | str | int | float | bool | None
"""A decoded JSON value: objects, arrays, text, numbers, flags, null."""

D = TypeVar("D", default=Any, covariant=True)
R = TypeVar("R", covariant=True)


RULES: Mapping[str, Severity] = {
    "unknown-key": Severity.ADDITION,
    "contradiction": Severity.CHANGE,
    "duplicate-key": Severity.CHANGE,
    "schema": Severity.CHANGE,
    "untyped-result": Severity.CHANGE,
    "several-jobs": Severity.CHANGE,
    "number-as-text": Severity.CHANGE,
    "missing-key": Severity.BREAKING,
    "wrong-type": Severity.BREAKING,
    "unknown-state": Severity.BREAKING,
    "embedded-json-invalid": Severity.BREAKING,
    "too-deep": Severity.BREAKING,
}
"""Every rule of findings, with its severity."""


def _severity_of(finding: Finding) -> Severity:
    return RULES[finding.rule]


_HIDDEN = {"plain": False}


@attrs.frozen
class Finding:
    """Something in an answer that the contract does not foresee; never holds a value of the answer.

    `rule` is one of `RULES`, `path` a JSON Pointer into the answer, `message` a statement for people.
    """

    rule: str
    path: str
    message: str
    severity: Severity = attrs.field(init=False, default=attrs.Factory(_severity_of, takes_self=True))

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.severity} {self.rule} at {self.path or 'the root'}: {self.message}"


def text_or_none(value: object) -> str | None:
    """Take text; what a vendor sent of another kind is None."""
    return value if isinstance(value, str) else None


def number_or_none(value: object) -> int | None:
    """Take an integer that counts something; what a vendor sent of another kind is None."""
    return value if type(value) is int and value >= 0 else None


def _statement(value: object) -> str:
    return value if isinstance(value, str) else "the service gave no reason that can be read"


@attrs.frozen(kw_only=True)
class Counts:
    """How many items of the work there are; each is None where the service did not say, none is computed.

    Made of what a vendor sent: a value that is no count is None.
    """

    total: int | None = attrs.field(default=None, converter=number_or_none)
    succeeded: int | None = attrs.field(default=None, converter=number_or_none)
    failed: int | None = attrs.field(default=None, converter=number_or_none)
    pending: int | None = attrs.field(default=None, converter=number_or_none)


@attrs.frozen(kw_only=True)
class JobError:
    """One thing that went wrong, whoever says so.

    Made of what a vendor sent: a value that is not of the kind of its field is None, a message a statement of ours.

    Attributes:
        message: what the service said, or our own statement.
        code: the vendor's stable id as text; the HTTP status for transport; else a code of ours in kebab-case.
        origin: who speaks.
        field: the field of the request that is at fault.
        index: the position of the item in the request, from 0, where the service numbers them so.
        item: the vendor's name or id of the item.
        path: JSON Pointer into the answer, to where this was read.
        http_status: of the answer that carried it.
        transient: whether asking (for origins job and item: submitting) again may help; None where that is not known.
        request_id: the service's id of the request, for its support.
        details: what else the service said about it, as it came.
    """

    message: str = attrs.field(converter=_statement)
    code: str | None = attrs.field(default=None, converter=text_or_none)
    origin: Origin
    field: str | None = attrs.field(default=None, converter=text_or_none)
    index: int | None = attrs.field(default=None, converter=number_or_none)
    item: str | None = attrs.field(default=None, converter=text_or_none)
    path: str = ""
    http_status: int | None = None
    transient: bool | None = None
    request_id: str | None = attrs.field(default=None, converter=text_or_none)
    details: Any = None
    _secrets: frozenset[str] = attrs.field(default=frozenset(), repr=False, eq=False, alias="secrets", metadata=_HIDDEN)

    __repr__ = shown


@attrs.frozen(kw_only=True)
class Listing:
    """One page of a list of jobs: `total` over all pages where the service says it, `next` asks for more."""

    jobs: tuple[Job, ...] = ()
    total: int | None = None
    next: str | None = None

    __repr__ = shown


class _HasResult(Protocol[R]):
    @property
    def result(self) -> R: ...


class _Result:
    """The typed result inside `details`, or the raw one; the details themselves where they are the result."""

    @overload
    def __get__(self, job: None, owner: type) -> Self: ...
    @overload
    def __get__(self, job: Job[_HasResult[R]], owner: type) -> R: ...
    @overload
    def __get__(self, job: Job[D], owner: type) -> D: ...
    def __get__(self, job: Any, owner: type) -> Any:
        """Look into the details."""
        return self if job is None else getattr(job.details, "result", job.details)


@attrs.frozen(kw_only=True)
class Job(Generic[D]):
    """What one answer says of one job.

    Attributes:
        key: the endpoint under which the answer was read.
        operation: what was asked.
        id: the job's id as text; a 64-bit number loses no digit.
        state: one of eight words, the same for all systems.
        finished: whether the job has ended; None where that is not known.
        native_state: the vendor's own word; a number as its digits.
        message: the vendor's own sentence about the whole.
        progress: 0.0 to 1.0.
        counts: how many items; never computed.
        submitted_at: aware, UTC, like `started_at` and `finished_at`.
        duration: of the execution, not of the waiting.
        errors: what went wrong; a failed job has at least one.
        accepted: for receipts, cancels and deletes, whether the service said yes.
        listing: for lists of jobs.
        ticket: for receipts, what to ask with for the job.
        follow_ups: tickets of further jobs that this one started.
        retry_after: seconds that the service asked to wait.
        consumed: whether this read removed the result on the server; None where that cannot be known.
        ambiguous: whether the answer may mean two things.
        findings: what the contract does not foresee.
        details: the vendor's words, typed; always of the key's class.
        raw: the answer as decoded, untouched; bytes where nothing could be decoded.
        response: the response, where there was one.
    """

    key: Key
    operation: Operation
    id: str | None = None
    state: JobState
    finished: bool | None = None
    native_state: str | None = None
    message: str | None = None
    progress: float | None = None
    counts: Counts | None = None
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration: timedelta | None = None
    errors: tuple[JobError, ...] = ()
    accepted: bool | None = None
    listing: Listing | None = None
    ticket: Ticket | None = None
    follow_ups: tuple[Ticket, ...] = ()
    retry_after: float | None = None
    consumed: bool | None = None
    ambiguous: bool = False
    findings: tuple[Finding, ...] = ()
    details: D
    raw: JSON | bytes = attrs.field(repr=False, metadata=_HIDDEN)
    response: Response | None = attrs.field(default=None, repr=False, metadata=_HIDDEN)
    _secrets: frozenset[str] = attrs.field(default=frozenset(), repr=False, eq=False, alias="secrets", metadata=_HIDDEN)

    __repr__ = shown

    result = _Result()

    @property
    def result_ready(self) -> bool:
        """Whether this answer holds the result of a job that ended with one."""
        return self.state in {JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED} and self.result is not None

    def raise_for_state(self) -> None:
        """Raise for a job that ended otherwise than well.

        Raises:
            JobFailed: the job has ended, and is not `SUCCEEDED`.
        """
        if self.state.is_terminal and self.state is not JobState.SUCCEEDED:
            raise JobFailed(self)

    def to_dict(self) -> dict[str, Any]:
        """Give the job as plain JSON.

        Returns:
            Python names, embedded text decoded, ISO 8601 dates in UTC, durations in seconds, secrets masked; without
            `raw` and `response`. `schemas/job.json` describes it.
        """
        told: dict[str, Any] = plain(self, self._secrets)
        return told
