"""The job of Alation's own SDK, bounded in time. Source: seed of Alation, "Methods" and "Errors"; Allie-SDK 2.2.3.

Code that gave its receipts to the SDK's job gives them to this one, and maps the plain job details that come back to
the class of its endpoint, as it did before.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from jobmodels._job import Job as Reading
from jobmodels._job import JobState
from jobmodels._json import loads
from jobmodels._steps import Policy
from jobmodels._types import fields_of
from jobmodels._wire import Ticket
from jobmodels.clients._client import Client
from jobmodels.clients._clock import Clock
from jobmodels.clients._senders import LibraryClient, Sender
from jobmodels.clients._service import Store
from jobmodels.errors import DecodeError, NoJob, SubmitRefused
from jobmodels.systems.alation import AsyncJob, AsyncJobDetails, AsyncTask, JobDetails

__all__ = ["AlationJob"]

logger = logging.getLogger("jobmodels")

KEY = "alation/job/GET"
_RECEIPT = frozenset(field.wire for cls in (AsyncJobDetails, AsyncJob, AsyncTask) for field in fields_of(cls))
_NAMES = ("task", "job", "job_id", "job_name")


class AlationJob:
    """A job of Alation, as the receipt of an endpoint names it.

    Nothing is sent to another origin than that of the host, and redirects are not followed. The session is used as it
    is: no adapter is mounted.

    Attributes:
        ticket: what the job is asked for with, also in another process; None where the receipt is the result itself.
    """

    def __init__(
        self,
        access_token: str,
        session: Sender | LibraryClient,
        host: str,
        job_response: Any,
        *,
        policy: Policy | None = None,
        store: Store | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Take a job; nothing is sent yet.

        Args:
            access_token: what the header `Token` is to carry.
            session: a `requests.Session`, or any other sender.
            host: the base URL.
            job_response: the answer to the submit: `{"job_id": 1}`, `{"job_name": "..."}`, `{"task": {"id": 1}}`,
                `{"job": {"id": 1}}`, or what is inside one of these. An answer that is no receipt, as an error body or
                the result itself, is what `check_job_status` gives.
            policy: how patient one is; 15 minutes if not given.
            store: where answers are kept.
            clock: what tells the time.

        Raises:
            SubmitRefused: the answer leaves open whether there is a job.
            ValueError: the host is no absolute address of HTTP.
            TypeError: the session sends nothing.
        """
        self.client = Client(
            "alation",
            host,
            sender=session,
            auth={"Token": access_token},
            policy=policy,
            store=store,
            clock=clock,
        )
        self.ticket: Ticket | None = None
        self._at_once: dict[str, Any] = {}
        try:
            self.ticket = self.client.ticket(_wrapped(job_response), key=KEY)
        except (SubmitRefused, NoJob) as answered:
            if not answered.job.finished:
                raise
            self._at_once = _answered(answered.job)

    def __repr__(self) -> str:
        """Show the ticket."""
        return f"AlationJob({self.ticket!r})"

    def check_job_status(self) -> list[dict[str, Any]]:
        """Wait until the job has ended; how it stands is told to the logger `jobmodels`, at level info.

        Returns:
            Its details as they came, in a list: `[{"status": ..., "msg": ..., "result": ...}]`, however it ended.

        Raises:
            StillRunning: the time of the policy is over; the job goes on, and the ticket stays good.
            WaitError: as for `wait` of a client.
        """
        if self.ticket is None:
            return [self._at_once]
        return _plain(self.client.wait(self.ticket, on_event=partial(logger.info, "%s")))

    def _get_job(self) -> JobDetails:
        """Look once how the job stands.

        Returns:
            What the service said; an answer that is no job, as a refusal, stands whole in `result`, with `status` None.

        Raises:
            Unreachable: no answer came.
        """
        if self.ticket is None:
            return JobDetails.from_api_response(self._at_once)
        job = self.client.status(self.ticket)
        return job.details if isinstance(job.details, JobDetails) else JobDetails.from_api_response(job.raw)

    @staticmethod
    def _map_request_error_to_job_details(response_data: object) -> dict[str, Any]:
        """Give the body of an error answer as the details of a failed job.

        Args:
            response_data: the body, decoded; it stands whole in `result`, whatever its form.

        Returns:
            `status` is `failed`, `msg` the title of the body: None where it has none, empty where it is no object.
        """
        title = response_data.get("title") if isinstance(response_data, dict) else ""
        return {"status": "failed", "msg": title, "result": response_data}

    @staticmethod
    def _map_batch_error_to_job_details(batch_error: Exception) -> dict[str, Any]:
        """Give an exception as the details of a failed job.

        Args:
            batch_error: what was raised. Where it has the answer of the service, as the errors of `requests` for a
                status do, the body of that answer is what counts.

        Returns:
            `status` is `failed`; `result` is the exception, whose message `jobmodels.normalize` reads, or the body.
        """
        if isinstance(batch_error, SubmitRefused):
            return AlationJob._map_request_error_to_job_details(batch_error.job.raw)
        body = _body_of(batch_error)
        if body is not None:
            return AlationJob._map_request_error_to_job_details(body)
        return {"status": "failed", "msg": "", "result": batch_error}


Job = AlationJob
"""The same, under the name that the seed has for it."""

_map_request_error_to_job_details = AlationJob._map_request_error_to_job_details
_map_batch_error_to_job_details = AlationJob._map_batch_error_to_job_details


def _wrapped(told: Any) -> Any:
    """Put the inside of a receipt back into its wrapper, without which an id is nobody's."""
    bare = type(told) is dict and told.get("id") is not None and all(told.get(name) is None for name in _NAMES)
    return {"job": told} if bare and told.keys() <= _RECEIPT else told


def _plain(job: Reading[Any]) -> list[dict[str, Any]]:
    """Give the documents of an answer as they came."""
    raw: Any = loads(job.raw) if isinstance(job.raw, str) else job.raw
    return raw if isinstance(raw, list) else [raw]


def _answered(job: Reading[Any]) -> dict[str, Any]:
    """Give an answer that came in the place of a receipt as the details of a job."""
    if job.details.status is not None:
        return _plain(job)[0]
    if job.state is JobState.FAILED:
        return AlationJob._map_request_error_to_job_details(job.raw)
    return {"status": "successful", "msg": "", "result": job.raw}


def _body_of(error: Exception) -> Any:
    """Give the body of the answer that an exception has; None where it has none."""
    content = getattr(getattr(error, "response", None), "content", None)
    if not isinstance(content, bytes) or not content:
        return None
    try:
        return loads(content)
    except DecodeError:
        return content.decode(errors="backslashreplace")
