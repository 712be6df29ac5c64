"""The wrapper `gpudb_response` as each endpoint answers with it. Source: contracts page, 3.1 and 3.2."""

from __future__ import annotations

from typing import Any, Generic, cast

from typing_extensions import TypeVar

from jobmodels._job import Operation
from jobmodels._record import Raw, Record, wire
from jobmodels.systems.kinetica._system import kinetica
from jobmodels.systems.kinetica.records import (
    AdminAlterJobsResponse,
    AdminShowJobsResponse,
    CreateJobResponse,
    DecodedAlterJobs,
    DecodedCreateJob,
    DecodedGetJob,
    DecodedShowJobs,
    GetJobResponse,
)

__all__ = ["AlterJobsDetails", "CreateJobDetails", "GetJobDetails", "GpudbResponse", "ShowJobsDetails"]

R = TypeVar("R", default=Any, covariant=True)
D = TypeVar("D", default=Any, covariant=True)


class GpudbResponse(Record, Generic[R, D]):
    """How a call went, and around what.

    Attributes:
        status: `OK` or `ERROR`: whether the call went well, which says nothing of the job.
        message: why it did not; empty where it did.
        data_type: what is inside, as `get_job_response`; `none` where the call failed.
        data: what is inside, where the answer came as Avro; else empty.
        data_str: what is inside, decoded where it came as JSON text; empty where the call failed.
        decoded: an answer that is no wrapper: what the official client makes of one; whatever else came, as it came.
    """

    status: str | None
    message: str | None = None
    data_type: str | None = None
    data: R | str | None = None
    data_str: R | str | None = None
    decoded: D | Raw = wire(default=None, body=True)

    @property
    def response(self) -> R | D | None:
        """What is inside, wherever it stands; None where nothing there could be typed."""
        parts: tuple[Any, ...] = (self.data_str, self.data, self.decoded)
        return cast("R | D | None", next((part for part in parts if isinstance(part, Record)), None))


@kinetica("create-job/POST", job="get-job/POST")
class CreateJobDetails(GpudbResponse[CreateJobResponse, DecodedCreateJob]):
    """The receipt of `/create/job`."""


@kinetica("get-job/POST", operation=Operation.RESULT)
class GetJobDetails(GpudbResponse[GetJobResponse, DecodedGetJob]):
    """How a job stands, and what it gave: the answer of `/get/job`."""

    @property
    def job_response_bytes(self) -> bytes | None:
        """The bytes that the job gave; see `DecodedGetJob`."""
        return None if self.response is None else self.response.job_response_bytes

    @property
    def result(self) -> Any:
        """What the job gave; see `DecodedGetJob`."""
        return None if self.response is None else self.response.result


@kinetica("alter-jobs/POST", operation=Operation.CANCEL, job="get-job/POST")
class AlterJobsDetails(GpudbResponse[AdminAlterJobsResponse, DecodedAlterJobs]):
    """What became of each job that was to be cancelled: the answer of `/admin/alter/jobs`."""


@kinetica("show-jobs/POST", operation=Operation.LIST, job="get-job/POST")
class ShowJobsDetails(GpudbResponse[AdminShowJobsResponse, DecodedShowJobs]):
    """The jobs of the service as columns: the answer of `/admin/show/jobs`."""
