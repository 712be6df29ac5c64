"""What stands inside the wrapper of each endpoint, and the rows of its lists. Source: contracts page, 3.1 and 3.2.

Each response comes in two classes. Inside the wrapper its kind is known, so that all of its members may be absent. On
its own, as the official client hands it out, one member tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobmodels._record import Raw, Record
from jobmodels.systems.kinetica._wrapper import ERROR, contents, is_latin, is_wrapper, unpacked, word_of

__all__ = [
    "AdminAlterJobsResponse",
    "AdminShowJobsResponse",
    "AlteredJob",
    "CreateJobResponse",
    "DecodedAlterJobs",
    "DecodedCreateJob",
    "DecodedGetJob",
    "DecodedResponse",
    "DecodedShowJobs",
    "GetJobResponse",
    "ShownJob",
    "StatusInfo",
]


class StatusInfo(Record):
    """What the official client keeps of the wrapper.

    Attributes:
        status: `OK` or `ERROR`.
        message: the vendor's sentence; empty where all went well.
        data_type: what the document is, as `get_job_response`.
        response_time: seconds that the service took for the call.
    """

    status: str | None = None
    message: str | None = None
    data_type: str | None = None
    response_time: float | None = None


class DecodedResponse(Record):
    """What all responses have.

    Attributes:
        info: further facts by name, as `job_tag`.
        status_info: the rest of the wrapper, where the official client has decoded the answer.
    """

    info: Mapping[str, str] | None = None
    status_info: StatusInfo | None = None


class DecodedCreateJob(DecodedResponse):
    """A receipt, told by `job_id`.

    Attributes:
        job_id: a signed number of 64 bits.
    """

    job_id: int | None


class CreateJobResponse(DecodedCreateJob):
    """A receipt inside the wrapper."""

    job_id: int | None = None


class DecodedGetJob(DecodedResponse):
    """How a job stands, told by `job_status`.

    Attributes:
        endpoint: what is executed, as `/alter/table`.
        job_status: `RUNNING`, `DONE`, `ERROR` or `CANCELLED`.
        running: whether it is still executing.
        progress: approximate percentage.
        successful: whether it ended without errors.
        response_encoding: `binary` or `json`: which of the next two is filled, once the job has ended.
        job_response: bytes, one character from U+0000 to U+00FF for each.
        job_response_str: JSON text; decoded where it is that of an object.
        status_map: further facts; `error_message` says why a job with `ERROR` failed.
    """

    endpoint: str | None = None
    job_status: str | None
    running: bool | None = None
    progress: int | None = None
    successful: bool | None = None
    response_encoding: str | None = None
    job_response: str | None = None
    job_response_str: Mapping[str, Raw] | str | None = None
    status_map: Mapping[str, str] | None = None

    @property
    def job_response_bytes(self) -> bytes | None:
        """The bytes of `job_response`; None where there are none. What they mean only the schema of `endpoint` says."""
        if type(self.job_response) is not str or not self.job_response or not is_latin(self.job_response):
            return None
        return self.job_response.encode("latin-1")

    @property
    def result(self) -> Any:
        """What the job gave: decoded JSON, without a wrapper of its own; bytes where it is binary; else None."""
        told = self.job_response_bytes
        if told is not None and word_of(self.response_encoding) == "binary":
            return told
        answer = unpacked(self.job_response_str)
        if is_wrapper(answer):
            answer = None if word_of(answer["status"]) == ERROR else contents(answer)
        return told if answer is None else answer


class GetJobResponse(DecodedGetJob):
    """How a job stands, inside the wrapper."""

    job_status: str | None = None


class DecodedAlterJobs(DecodedResponse):
    """What became of each job that was to be cancelled, told by `job_ids`.

    Attributes:
        job_ids: the jobs.
        action: `cancel`.
        status: one word a job, by position; which words there are the vendor does not say.
    """

    job_ids: Sequence[int] | None
    action: str | None = None
    status: Sequence[str] | None = None


class AdminAlterJobsResponse(DecodedAlterJobs):
    """What became of each job that was to be cancelled, inside the wrapper."""

    job_ids: Sequence[int] | None = None


class DecodedShowJobs(DecodedResponse):
    """The jobs of the service as columns, which pair by position; told by `job_id`.

    Attributes:
        job_id: the jobs.
        status: words as in `job_status`.
        endpoint_name: what is executed.
        time_received: milliseconds since 1970, UTC.
        auth_id: who asked for it.
        source_ip: from where.
        query_text: the SQL statement, if it is one.
        user_data: what the caller attached.
        flags: properties of the job.
    """

    job_id: Sequence[int] | None
    status: Sequence[str] | None = None
    endpoint_name: Sequence[str] | None = None
    time_received: Sequence[int] | None = None
    auth_id: Sequence[str] | None = None
    source_ip: Sequence[str] | None = None
    query_text: Sequence[str] | None = None
    user_data: Sequence[str] | None = None
    flags: Sequence[str] | None = None


class AdminShowJobsResponse(DecodedShowJobs):
    """The jobs of the service as columns, inside the wrapper."""

    job_id: Sequence[int] | None = None


class AlteredJob(Record):
    """One job that was to be cancelled: a row made of the columns of `DecodedAlterJobs`."""

    job_id: int | None
    status: str | None = None


class ShownJob(Record):
    """One job of a list: a row made of the columns of `DecodedShowJobs`."""

    job_id: int | None
    status: str | None = None
    endpoint_name: str | None = None
    time_received: int | None = None
    auth_id: str | None = None
    source_ip: str | None = None
    query_text: str | None = None
    user_data: str | None = None
    flags: str | None = None
