"""What is raised to whoever waits for a job, or wants to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from jobmodels.errors._root import JobModelsError

if TYPE_CHECKING:
    from jobmodels._job import Job
    from jobmodels._wire import Ticket


@attrs.define(slots=False)
class WaitError(JobModelsError):
    """Waiting that came to no end of the job.

    It has the ticket (None where all jobs were asked for), the last job that was read, seconds, and requests.
    """

    ticket: Ticket | None
    job: Job | None
    elapsed: float
    requests: int

    advice = "the job has not ended; wait for the same ticket again"

    def __str__(self) -> str:
        """Say what happened, and how to go on."""
        about = f"{self.ticket.key} {self.ticket.id}" if self.ticket else "all jobs"
        times = "request" if self.requests == 1 else "requests"
        return f"{about}: {self.requests} {times} in {self.elapsed:.1f} s, and {self.advice}"


@attrs.define(slots=False)
class StillRunning(WaitError, TimeoutError):
    """A job that had not ended when the waiting was over; the remote job goes on.

    Where the job that was read last has ended, it is its result that was not fetched in time.
    Where it was to be cancelled, `cancelled` is what the service said to that, or why it could not be asked.
    """

    cancelled: Job | Exception | None = None

    def __str__(self) -> str:
        """Say what there was no time for, and whether the job was cancelled."""
        said = WaitError.__str__(self)
        if self.job and self.job.finished:
            said = said.replace(self.advice, "its result was not fetched in time; wait for the same ticket again")
        if self.cancelled is None:
            return said
        refused = isinstance(self.cancelled, Exception) or not self.cancelled.accepted
        return f"{said}; it was {'not ' if refused else ''}cancelled"


@attrs.define(slots=False)
class JobGone(WaitError, LookupError):
    """A job that the service does not know, or no longer.

    `maybe_consumed` says, where a result is given once, that it may have been: in an answer that was lost on the way,
    or to somebody else.
    """

    maybe_consumed: bool = False
    advice = "the service does not know the job"

    def __str__(self) -> str:
        """Say what may have become of it."""
        lost = "; its result may have been given in an answer that was lost, or to somebody else"
        return f"{WaitError.__str__(self)}{lost if self.maybe_consumed else '; submit it again'}"


@attrs.define(slots=False)
class UnknownStateError(WaitError, ValueError):
    """Answers that do not say how the job stands, several in a row; the last one is in `job`."""

    advice = "the answers do not say how the job stands; see the errors of the last one"


@attrs.define(slots=False)
class Unreachable(WaitError, ConnectionError):
    """A service that did not answer, or whose gateway answered in its stead; `reason` is that of the last time."""

    reason: str | None = None
    advice = "the service could not be reached; wait for the same ticket later"

    def __str__(self) -> str:
        """Say why."""
        return WaitError.__str__(self) + (f": {self.reason}" if self.reason else "")


@attrs.define(slots=False)
class NotAllowed(WaitError, PermissionError):
    """A service that refuses these credentials."""

    advice = "the service refuses these credentials; renew them, then wait for the same ticket"


@attrs.define
class SubmitRefused(JobModelsError, RuntimeError):
    """A submit that made no job, or may have made none; `job` says why."""

    job: Job

    def __str__(self) -> str:
        """Say what the service said, as far as that can be shown."""
        return f"{self.job.key} did not accept the work{_code_of(self.job)}"


@attrs.define
class NoJob(JobModelsError, LookupError):
    """An answer to a submit that names no job: most often the work was done at once, and `job` has its result."""

    job: Job

    def __str__(self) -> str:
        """Say what there is instead."""
        return f"{self.job.key} answered without a job; what it answered is {self.job.state.value}"


@attrs.define
class NoListing(JobModelsError, LookupError):
    """An answer without the list of jobs that was asked for; `job` says why."""

    job: Job

    def __str__(self) -> str:
        """Say what the service said, as far as that can be shown."""
        return f"{self.job.key} gave no list of jobs{_code_of(self.job)}"


@attrs.define(slots=False)
class JobFailed(JobModelsError, RuntimeError):
    """A job that did not go well: it failed, or was cancelled, or some of its items failed."""

    job: Job

    def __str__(self) -> str:
        """Say its state and its first error, as far as that can be shown."""
        name = self.job.id or "without an id"
        return f"the job {name} of {self.job.key} is {self.job.state.value}{_code_of(self.job)}"


def _code_of(job: Job) -> str:
    return next((f": {error.code}" for error in job.errors if error.code), "")
