"""The words of this package: keys of endpoints, operations, states, and who speaks in an error."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NoReturn, Self

from jobmodels.errors import InvalidKey, NoSuchOperation

_KEY = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)/([A-Z]+)")


class Key(str):
    """The name of an endpoint: `system/endpoint/METHOD`, as `alation/document/POST`.

    A `str` that is checked when it is made, so plain text of the same spelling indexes a registry.

    Raises:
        InvalidKey: the text has another form.
    """

    __slots__ = ()

    def __new__(cls, text: object) -> Self:
        """Check and take the text."""
        if not isinstance(text, str) or not _KEY.fullmatch(text):
            raise InvalidKey(str(text))
        return super().__new__(cls, text)

    @property
    def system(self) -> str:
        """The vendor, as `alation`."""
        return self.split("/")[0]

    @property
    def endpoint(self) -> str:
        """The vendor's noun in kebab-case, as `custom-field-value`."""
        return self.split("/")[1]

    @property
    def method(self) -> str:
        """The HTTP method, in capitals."""
        return self.split("/")[2]

    @property
    def path(self) -> str:
        """The key without its system, as `document/POST`."""
        return self.split("/", 1)[1]


class Operation(StrEnum):
    """What was asked of the service."""

    SUBMIT = "submit"
    STATUS = "status"
    RESULT = "result"
    CANCEL = "cancel"
    DELETE = "delete"
    DELETE_ALL = "delete_all"
    DELETE_EXPIRED = "delete_expired"
    LIST = "list"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise NoSuchOperation(str(value), tuple(cls))


class JobState(StrEnum):
    """Where a job stands, the same words for all systems."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTIALLY_SUCCEEDED = "partially_succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"

    @property
    def is_terminal(self) -> bool:
        """Whether a later answer is not expected to differ; an unknown state is never terminal."""
        return self not in {JobState.PENDING, JobState.RUNNING, JobState.UNKNOWN}

    @property
    def is_success(self) -> bool:
        """Whether all of the work was done; a partial success is not a success."""
        return self is JobState.SUCCEEDED


class Origin(StrEnum):
    """Who or what speaks in a `JobError`."""

    JOB = "job"
    ITEM = "item"
    MANAGER = "manager"
    TRANSPORT = "transport"
    PROTOCOL = "protocol"
    DECODE = "decode"


class Severity(StrEnum):
    """How much a `Finding` matters to code that relies on the contract."""

    ADDITION = "addition"
    CHANGE = "change"
    BREAKING = "breaking"

    @property
    def rank(self) -> int:
        """Order the severities: 0 for additions, 2 for breaking changes."""
        return tuple(Severity).index(self)
