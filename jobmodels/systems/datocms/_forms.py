"""One job result in an answer, whatever the form: where it stands, and the same access to all of them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

from jobmodels._job import Finding, JobError, Origin
from jobmodels.systems.datocms._record import DatocmsRecord
from jobmodels.systems.datocms.payloads import Payload
from jobmodels.systems.datocms.results import JobResult, JobResultAttributes, JobResultError

JOB_RESULT = "job_result"
API_ERROR = "api_error"


class Found(NamedTuple):
    """What an answer holds in the place of a job result.

    Attributes:
        told: what says how the job ended; None where it is no job result.
        at: where that stands, as a JSON Pointer into the document.
        id: that of the job.
        misfit: why it is no job result.
        findings: the same, where typing has not noticed it.
        hangs_on: the places that say whether it is one.
    """

    told: JobResultAttributes | None
    at: str
    id: Any = None
    misfit: JobError | None = None
    findings: tuple[Finding, ...] = ()
    hangs_on: tuple[str, ...] = ()


class JobResultForm(DatocmsRecord):
    """What holds one job result; the same access to all forms of it."""

    @abstractmethod
    def found(self) -> Found | None:
        """Look for the job result; None for an answer of another kind."""

    @property
    @abstractmethod
    def due(self) -> str:
        """Where the job result, or what tells it, should stand, as a JSON Pointer."""

    @property
    @abstractmethod
    def named(self) -> Any:
        """The id that stands in an answer which does not say how its job ended."""

    @property
    def told(self) -> JobResultAttributes | None:
        """What says how the job ended; None where nothing does."""
        found = self.found()
        return found.told if found else None

    @property
    def id(self) -> str | None:
        """The id of the job."""
        found = self.found()
        return found.id if found else None

    @property
    def status(self) -> int | str | None:
        """The HTTP status of the delayed answer, or the word of the second shape."""
        return self.told.status if self.told else None

    @property
    def payload(self) -> Payload:
        """The body of the delayed answer."""
        return self.told.payload if self.told else None

    @property
    def error(self) -> JobResultError | None:
        """Why the job failed, in the second shape."""
        return self.told.error if self.told else None

    @property
    def result(self) -> Payload:
        """What the job gave: the payload, or the result of the second shape."""
        told = self.told
        return None if told is None else told.result if told.payload is None else told.payload


def name_of(told: Any) -> str | None:
    """Give the id of a job; a number as its digits, and none that is blank."""
    return str(told) if type(told) is int or (type(told) is str and told.strip()) else None


def refuses(data: Any) -> bool:
    """Tell whether data is that of an error answer, which lists at least one error."""
    items = data if isinstance(data, (tuple, list)) else ()
    return any((item.get("type") if type(item) is dict else getattr(item, "type", None)) == API_ERROR for item in items)


def found_in(value: Any, at: str) -> Found:
    """Look for the job result in a value that is one, or should be."""
    if isinstance(value, JobResultAttributes):
        return _of_kind(getattr(value, "type", JOB_RESULT), Found(value, at, getattr(value, "id", None)), at)
    if isinstance(value, JobResult):
        return _of_kind(value.type, _inside(value.attributes, f"{at}/attributes", value.id), at)
    if type(value) is dict:
        return _of_kind(value.get("type"), _inside(None, f"{at}/attributes", value.get("id")), at)
    noticed = not isinstance(value, (tuple, list))
    return misfit(Found(None, at), "unexpected-shape", "not the object that a job result is", at, noticed=noticed)


def _inside(attributes: Any, at: str, name: Any) -> Found:
    """Look for the attributes of a resource; they have a status, else they are not typed."""
    if isinstance(attributes, JobResultAttributes):
        return Found(attributes, at, name)
    place = f"{at}/status" if type(attributes) is dict else at
    return misfit(Found(None, at, name), "missing-key", "it does not say how the job ended", place)


def _of_kind(kind: Any, found: Found, at: str) -> Found:
    """Check the type that a resource calls itself."""
    place = f"{at}/type"
    found = found._replace(hangs_on=(place,))
    if kind == JOB_RESULT:
        return found
    return misfit(found, "unexpected-type", "a resource of another type than job results", place, noticed=kind is None)


def misfit(found: Found, code: str, said: str, path: str, *, noticed: bool = True) -> Found:
    """Say why it is no job result; typing may have noticed it."""
    error = JobError(message=said, code=code, origin=Origin.DECODE, path=path)
    return found._replace(told=None, misfit=error, findings=() if noticed else (Finding("wrong-type", path, said),))
