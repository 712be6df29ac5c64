"""What this package raises, by who must act: the caller, or the server.

Every class is also the builtin that fits, has its facts as positional fields, writes its own sentence and survives
pickling. None of them ever shows a value that a server sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from jobmodels.errors._bulk import InputRefused, OutputRefused, WorkerLost
from jobmodels.errors._root import JobModelsError
from jobmodels.errors._waiting import (
    JobFailed,
    JobGone,
    NoJob,
    NoListing,
    NotAllowed,
    StillRunning,
    SubmitRefused,
    UnknownStateError,
    Unreachable,
    WaitError,
)

if TYPE_CHECKING:
    from jobmodels._job import Finding

__all__ = [
    "AlreadyRead",
    "CaseError",
    "ContractError",
    "DecodeError",
    "DuplicateEndpoint",
    "InputRefused",
    "InvalidKey",
    "InvalidPlace",
    "InvalidTicket",
    "JobFailed",
    "JobGone",
    "JobModelsError",
    "LineError",
    "MissingExtra",
    "NoJob",
    "NoListing",
    "NoSchema",
    "NoSuchColumn",
    "NoSuchEndpoint",
    "NoSuchOperation",
    "NotAllowed",
    "NotAskable",
    "OutputRefused",
    "StillRunning",
    "SubmitRefused",
    "UnknownStateError",
    "Unreachable",
    "UnsafeRequest",
    "UnsupportedClass",
    "WaitError",
    "WorkerLost",
]


# The caller must act.


@attrs.define
class InvalidKey(JobModelsError, ValueError):
    """Text that is not a key of the form `system/endpoint/METHOD`."""

    text: str

    def __str__(self) -> str:
        """Say what a key looks like."""
        return f"{self.text!r} is not a key: expected system/endpoint/METHOD, as acme/sales-report/POST"


@attrs.define
class InvalidPlace(JobModelsError, ValueError):
    """A place that a system calls loose, or what it says of it, that means nothing."""

    place: str
    reason: str

    def __str__(self) -> str:
        """Say which, and why."""
        return f"the loose place {self.place!r} is of no use: {self.reason}"


@attrs.define
class InvalidTicket(JobModelsError, ValueError):
    """Text that is no ticket, or is one no longer: cut, changed by hand, or of a version that is not known here."""

    reason: str

    def __str__(self) -> str:
        """Say what is wrong with it."""
        return f"not a ticket: {self.reason}"


@attrs.define
class NoSuchEndpoint(JobModelsError, KeyError):
    """A key, or a class, that the registry does not hold.

    `near` has the keys whose spelling is closest, best first.
    """

    asked: str
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Name the near keys."""
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"no endpoint is registered for {self.asked}{hint}"


@attrs.define
class NoSuchOperation(JobModelsError, ValueError):
    """A word that is not one of the operations; `known` has those that are."""

    asked: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        """List the operations."""
        return f"{self.asked!r} is not an operation: expected one of {', '.join(self.known)}"


@attrs.define
class DuplicateEndpoint(JobModelsError, ValueError):
    """One key that two endpoints claim; `first` and `second` name the claimants."""

    key: str
    first: str
    second: str

    def __str__(self) -> str:
        """Name both claimants."""
        return f"{self.key} is claimed by {self.first} and by {self.second}"


@attrs.define
class UnsupportedClass(JobModelsError, TypeError):
    """A class, or one field of it, that cannot be read from the wire as it is declared."""

    cls: str
    reason: str

    def __str__(self) -> str:
        """Name the class and what is wrong with it."""
        return f"{self.cls} cannot be read from the wire: {self.reason}"


@attrs.define
class NoSchema(JobModelsError, LookupError):
    """An endpoint without a wire schema at the path that follows from its key."""

    key: str
    path: str

    def __str__(self) -> str:
        """Say where the schema belongs."""
        return f"{self.key} has no schema: expected {self.path} beside its package or one folder up"


@attrs.define
class NotAskable(JobModelsError, ValueError):
    """An operation that a system does not offer, or a ticket with which it cannot be asked."""

    system: str
    operation: str
    reason: str

    def __str__(self) -> str:
        """Say why nothing can be asked."""
        return f"{self.system} cannot be asked for {self.operation}: {self.reason}"


@attrs.define
class UnsafeRequest(JobModelsError, ValueError):
    """A request that would leave its service, or that is no single HTTP message; it was not sent."""

    reason: str

    def __str__(self) -> str:
        """Say what is wrong with it, never what stands there."""
        return f"not sent: {self.reason}"


@attrs.define
class CaseError(JobModelsError, ValueError):
    """A fixture file that is not a case; `path` is the file."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Name the file."""
        return f"{self.path} is not a case: {self.reason}"


@attrs.define
class LineError(JobModelsError, ValueError):
    """A line of a log, or a recorded answer, that cannot be taken apart.

    `code` is the stable code of the reason: `no-key`, `bad-member`, `bad-base64`.
    """

    code: str
    reason: str

    def __str__(self) -> str:
        """Say what is wrong with it."""
        return f"not a recorded answer: {self.reason}"


@attrs.define
class NoSuchColumn(JobModelsError, KeyError):
    """A table without a column of lines.

    `wanted` are the names that such a column may have, `known` those that are there.
    """

    wanted: tuple[str, ...]
    known: tuple[str, ...]

    def __str__(self) -> str:
        """Name both."""
        return f"no column of lines: expected {' or '.join(self.wanted)}, got {', '.join(self.known) or 'no column'}"


@attrs.define
class AlreadyRead(JobModelsError, RuntimeError):
    """A stream of batches that has come to its end, or that broke, and is asked for more."""

    what: str

    def __str__(self) -> str:
        """Say how to have them twice."""
        return (
            f"the {self.what} have been read, and can be read once; keep them with read_all(), or read the lines again"
        )


@attrs.define
class MissingExtra(JobModelsError, ImportError):
    """A feature whose optional library is not installed."""

    library: str
    extra: str

    def __str__(self) -> str:
        """Give the line that mends it."""
        return f"{self.library} is not installed; mend it with: pip install 'jobmodels[{self.extra}]'"


# The server must act.


@attrs.define
class DecodeError(JobModelsError, ValueError):
    """Text or bytes that are not one JSON document.

    `code` is the stable code of the reason (`invalid-json`, `empty-body`, `too-deep`); `offset` counts characters of
    text, bytes of bytes, from 0; None where the reason has no place.
    """

    code: str
    reason: str
    offset: int | None = None

    def __str__(self) -> str:
        """Say what is wrong and where, never what stands there."""
        return f"not one JSON document: {self.where}"

    @property
    def where(self) -> str:
        """The reason with its place."""
        return self.reason if self.offset is None else f"{self.reason} at offset {self.offset}"


@attrs.define
class ContractError(JobModelsError, ValueError):
    """A document that does not hold what its contract says; `findings` tell where, as JSON Pointers."""

    expected: str
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        """List the findings, one a line."""
        lines = "".join(f"\n  {finding}" for finding in self.findings)
        return f"the document is not {self.expected}:{lines}"


for _public in __all__:
    # Users know them by this module, whichever one they stand in.
    globals()[_public].__module__ = __name__
