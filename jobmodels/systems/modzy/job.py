"""The job document, and the receipt that a submit is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobmodels._job import Operation
from jobmodels._record import Raw, wire
from jobmodels.systems.modzy._system import ModzyRecord, modzy

__all__ = ["AccessKey", "JobDocument", "JobInput", "JobInputs", "JobModel", "JobTeam", "JobUser"]


class JobModel(ModzyRecord):
    """The model that a job runs; a receipt may leave out its name."""

    identifier: str | None = None
    version: str | None = None
    name: str | None = None


class JobTeam(ModzyRecord):
    """The team that a job is counted for."""

    identifier: str | None = None


class AccessKey(ModzyRecord):
    """One of the API keys of a user, by its public part."""

    prefix: str = wire(secret=True)
    is_default: bool | None = wire(default=None, secret=True)


class JobUser(ModzyRecord):
    """Who submitted a job."""

    identifier: str | None = None
    external_identifier: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    access_keys: Sequence[AccessKey | Raw] | None = wire(default=None, secret=True)
    status: str | None = None
    title: str | None = None
    picture_url: str | None = wire("pictureURL", default=None)


class JobInputs(ModzyRecord):
    """The inputs of a job as a receipt names them: an object with one list."""

    identifier: Sequence[str]


class JobInput(ModzyRecord):
    """One input of a job as a job document names it."""

    identifier: str


@modzy("job/GET", operation=Operation.STATUS)
@modzy("job/POST", job="job/GET")
@modzy("job/DELETE", operation=Operation.CANCEL, job="job/GET")
class JobDocument(ModzyRecord):
    """What Modzy says of one job: when it is submitted, looked at, cancelled, or listed.

    Which members there are differs between these, and between versions of the server; the official schema knows only
    those of the receipt. Durations are in milliseconds. Source: contracts page, 4.2.

    Attributes:
        job_identifier: a UUID in all but the vendor's own examples.
        status: the vendor's word, as received; receipts since 2020 have none.
        total: how many inputs there are; receipts say `total_inputs`.
        completed: how many of them went well.
        failed: how many of them did not.
        pending: how many of them wait, or are being worked on.
        elapsed_time: since the submit, waiting included.
        job_inputs: a receipt has an object, a job document a list, and lists may hold anything.
        submitted_by: the prefix of an API key.
    """

    job_identifier: str
    status: str | None = None
    model: JobModel | None = None
    explain: bool | None = None
    timeout: int | None = None
    job_type: str | None = None
    account_identifier: str | None = None
    access_key: str | None = wire(default=None, secret=True)
    submitted_by: str | None = wire(default=None, secret=True)
    team: JobTeam | None = None
    user: JobUser | None = None
    job_inputs: JobInputs | Sequence[JobInput | Raw] | Raw | None = None
    total_inputs: int | None = None
    total: int | None = None
    pending: int | None = None
    completed: int | None = None
    failed: int | None = None
    elapsed_time: int | None = None
    queue_time: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    submitted_at: datetime | None = None
    hours_delete_input: int | None = None
    input_byte_amount: int | None = None
    image_classification_model: bool | None = None

    @property
    def identifier(self) -> str:
        """The id of the job, under the name that the vendor's example gives it."""
        return self.job_identifier

    @property
    def result(self) -> None:
        """None: a job document never holds what the work gave; that is in the results document."""
