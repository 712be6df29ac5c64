"""What ArangoDB answers: an HTTP message, and the two bodies of its own that stand in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic

from typing_extensions import TypeVar

from jobmodels._record import Raw, Record, camel_case, wire
from jobmodels.systems.arangodb._headers import headers_in, is_id, named

__all__ = ["ArangoAck", "ArangoAnswer", "ArangoError"]

B = TypeVar("B", default=Any, covariant=True)


class ArangoError(Record, spelling=camel_case):
    """The error envelope, of the job manager and of most jobs; without `code` it is the error of one item of a batch.

    Source: contracts page of ArangoDB, 1.2.

    Attributes:
        error: true.
        error_num: the stable number of the error.
        error_message: what went wrong.
        code: the HTTP status once more.
    """

    error: bool
    error_num: int
    error_message: str
    code: int | None = None


class ArangoAck(Record):
    """The yes to a cancel or a delete. Source: contracts page of ArangoDB, 1.2.

    Attributes:
        result: true.
    """

    result: bool


class ArangoAnswer(Record, Generic[B]):
    """An answer of ArangoDB: a whole HTTP message, since the meaning is in its status line and headers.

    It is made of a response; a bare body stands in `body`, the other two None. An object that has exactly these
    members is such a message too, so that an answer can be written down whole. Source: contracts page of ArangoDB, 1.1.

    Attributes:
        status: the HTTP status; for the result of a job that of the job.
        headers: by name, in lower case where they are those of a response.
        body: typed where its keys tell the class, else as it came; text where it is no JSON, None where there is none.
    """

    status: int | None
    headers: Mapping[str, str] | None
    body: B | Raw = wire(body=True)

    @property
    def result(self) -> B | Raw:
        """The body: for the result of a job what the job answered."""
        return self.body

    @property
    def job_id(self) -> str | None:
        """The id of the job that the headers name; only with it is the answer to a PUT that of a job."""
        told = named(headers_in(self.headers))
        return told if told is not None and is_id(told) else None
