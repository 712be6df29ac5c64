"""What type checkers tell users who read answers. Checked by mypy and basedpyright, both strict; never run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, assert_never, assert_type

import jobmodels
from jobmodels import (
    JSON,
    ContractError,
    Counts,
    DecodeError,
    DuplicateEndpoint,
    Endpoint,
    Finding,
    Headers,
    Job,
    JobError,
    JobModelsError,
    JobState,
    Key,
    Listing,
    NoSuchEndpoint,
    Operation,
    Origin,
    Registry,
    Request,
    Response,
    Severity,
    Ticket,
)
from jobmodels.systems.alation import (
    JobDetails,
    JobDetailsCustomFieldPost,
    JobDetailsDocumentPost,
    JobDetailsDocumentPostResult,
    JobDetailsDocumentPostResultDetails,
    JobDetailsRdbms,
)

# The details, by class.


def a_class_in_the_place_of_the_key_types_the_details(payload: object, response: Response) -> None:
    """`Job` is generic in its details, whichever function gave it."""
    job = jobmodels.normalize(payload, JobDetailsDocumentPost)
    assert_type(job, Job[JobDetailsDocumentPost])
    assert_type(job.details, JobDetailsDocumentPost)
    assert_type(job.details.status, str | None)
    assert_type(job.details.msg, str | None)
    assert_type(job.details.typed, JobDetailsDocumentPostResult | None)
    assert_type(job.details.extra, Mapping[str, Any])
    assert_type(jobmodels.normalize_all(payload, JobDetailsDocumentPost), tuple[Job[JobDetailsDocumentPost], ...])
    assert_type(jobmodels.normalize_response(response, JobDetailsDocumentPost), Job[JobDetailsDocumentPost])


def a_key_gives_a_job_of_any_details(payload: object, response: Response) -> None:
    """Plain text and a `Key` do; the operation is a word or an `Operation`."""
    assert_type(jobmodels.normalize(payload, "alation/document/POST"), Job[Any])
    assert_type(jobmodels.normalize(payload, Key("alation/document/POST"), "result", job_id=17, strict=True), Job[Any])
    assert_type(jobmodels.normalize_all(payload, "alation/document/POST"), tuple[Job[Any], ...])
    assert_type(jobmodels.normalize_response(response, "alation/job/GET", Operation.STATUS), Job[Any])


def level_one_returns_the_class(payload: object) -> None:
    """So does the interface of Alation's own SDK."""
    assert_type(jobmodels.structure(payload, JobDetailsRdbms), JobDetailsRdbms)
    assert_type(JobDetailsRdbms.from_api_response(payload), JobDetailsRdbms)
    assert_type(JobDetailsRdbms(status="successful"), JobDetailsRdbms)


def details_of_a_subclass_stand_for_those_of_its_base(job: Job[JobDetailsRdbms]) -> Job[JobDetails[Any]]:
    """`Job` and `JobDetails` are covariant."""
    return job


# Results, which may stay raw.


def a_result_completes_and_stays_open(job: Job[JobDetailsDocumentPost], fields: JobDetailsCustomFieldPost) -> None:
    """Attributes are typed, with `Any` among the alternatives."""
    assert_type(job.details.result, JobDetailsDocumentPostResult | Any)
    assert_type(job.details.result.created_term_count, int | Any)
    assert_type(job.details.result.created_terms[0].title, str | None | Any)
    for message in fields.result:
        assert_type(message.msg, str | Any)


def isinstance_narrows(details: JobDetailsDocumentPost) -> None:
    """What is certainly a record has its fields and no others."""
    if isinstance(details.result, JobDetailsDocumentPostResult):
        assert_type(details.result, JobDetailsDocumentPostResult)
        assert_type(details.result.created_term_count, int)
        for item in details.result.created_terms:
            if isinstance(item, JobDetailsDocumentPostResultDetails):
                assert_type(item.id, int)
                assert_type(item.title, str | None)


def match_narrows(job: Job[JobDetailsDocumentPost]) -> int:
    """Classes are patterns by the names of their fields."""
    match job.details.result:
        case JobDetailsDocumentPostResult(
            created_term_count=count, created_terms=[JobDetailsDocumentPostResultDetails()]
        ):
            assert_type(count, int)
            return count
        case None | str():
            return 0
        case _:
            return -1


def details_of_any_key_narrow(job: Job[Any]) -> None:
    """A registry of many endpoints gives any details; a class pattern tells which."""
    match job.details:
        case JobDetailsRdbms(result=result):
            assert_type(job.details, JobDetailsRdbms)
            del result
        case JobDetailsDocumentPost():
            assert_type(job.details, JobDetailsDocumentPost)
        case _:
            pass


# The common reading.


def a_job_tells_the_same_for_all_systems(job: Job[Any]) -> None:
    """What may be absent is None."""
    assert_type(job.key, Key)
    assert_type(job.key.system, str)
    assert_type(job.operation, Operation)
    assert_type(job.id, str | None)
    assert_type(job.state, JobState)
    assert_type(job.finished, bool | None)
    assert_type(job.native_state, str | None)
    assert_type(job.message, str | None)
    assert_type(job.progress, float | None)
    assert_type(job.counts, Counts | None)
    assert_type(job.submitted_at, datetime | None)
    assert_type(job.duration, timedelta | None)
    assert_type(job.errors, tuple[JobError, ...])
    assert_type(job.accepted, bool | None)
    assert_type(job.listing, Listing | None)
    assert_type(job.ticket, Ticket | None)
    assert_type(job.follow_ups, tuple[Ticket, ...])
    assert_type(job.retry_after, float | None)
    assert_type(job.findings, tuple[Finding, ...])
    assert_type(job.raw, JSON | bytes)
    assert_type(job.response, Response | None)
    assert_type(job.result_ready, bool)
    assert_type(job.to_dict(), dict[str, Any])


def an_error_tells_who_speaks(error: JobError, finding: Finding) -> None:
    """Fields, not messages."""
    assert_type(error.message, str)
    assert_type(error.code, str | None)
    assert_type(error.origin, Origin)
    assert_type(error.field, str | None)
    assert_type(error.index, int | None)
    assert_type(error.path, str)
    assert_type(error.http_status, int | None)
    assert_type(error.transient, bool | None)
    assert_type(finding.rule, str)
    assert_type(finding.severity, Severity)


def counts_are_counts(counts: Counts) -> None:
    """None of them is computed, so each may be absent."""
    assert_type(counts.total, int | None)
    assert_type(counts.failed, int | None)


def states_are_told_apart(state: JobState) -> str:
    """A match over all eight is complete."""
    match state:
        case JobState.PENDING | JobState.RUNNING:
            return "wait"
        case JobState.SUCCEEDED:
            return "go on"
        case JobState.PARTIALLY_SUCCEEDED | JobState.FAILED | JobState.CANCELLED | JobState.NOT_FOUND:
            return "look"
        case JobState.UNKNOWN:
            return "ask a person"
        case _:
            assert_never(state)


# The wire, and the registry.


def what_travels_is_made_of_plain_values() -> None:
    """Headers come as a mapping or as pairs, of text or of bytes."""
    response = Response(200, {"Content-Type": "application/json"}, b"{}")
    assert_type(response.status, int | None)
    assert_type(response.headers, Headers | None)
    assert_type(response.header("retry-after"), str | None)
    assert_type(response.body, bytes | str | None)
    Response(204)
    Response(200, [(b"etag", b"1")], "{}")
    assert_type(Response.json({"status": "running"}), Response)
    request = Request("GET", "/job", {"id": "17"}, {"accept": "application/json"})
    assert_type(request.query, Mapping[str, str])
    assert_type(request.headers, Headers)
    ticket = Ticket("alation/document/POST", "17")
    assert_type(ticket.key, Key)
    assert_type(ticket.links, Mapping[str, str])
    Ticket(key="alation/job/GET", id="MetadataExtraction#1", by="name", origin="https://alation.example")


def plain_text_indexes_a_registry() -> None:
    """A `Key` is text, and text of its spelling does as well."""
    endpoints = jobmodels.registry()
    assert_type(endpoints, Registry)
    assert_type(endpoints["alation/document/POST"], Endpoint)
    assert_type(endpoints[Key("alation/document/POST")].key, Key)
    assert_type(endpoints.get(Key("alation/none/GET")), Endpoint | None)
    assert_type(endpoints.home(JobDetailsRdbms), Endpoint)
    assert_type(endpoints | jobmodels.collect(jobmodels), Registry)
    assert_type([key.endpoint for key in endpoints], list[str])


def schemas_and_text(payload: object) -> None:
    """What is decoded is `Any`; findings are values."""
    assert_type(jobmodels.validate(payload, "alation/document/POST"), tuple[Finding, ...])
    assert_type(jobmodels.validate(payload, JobDetailsRdbms), tuple[Finding, ...])
    assert_type(jobmodels.json_schema("alation/document/POST"), dict[str, Any])
    assert_type(jobmodels.json_schema(Job), dict[str, Any])
    assert_type(jobmodels.loads(b"{}"), Any)
    assert_type(jobmodels.unstructure(JobDetailsRdbms(status=None)), Any)


# What is raised.


def errors_have_fields(payload: object) -> None:
    """Each is a `JobModelsError`, and the builtin that fits."""
    try:
        jobmodels.structure(payload, JobDetailsRdbms)
    except ContractError as error:
        assert_type(error.expected, str)
        assert_type(error.findings, tuple[Finding, ...])
    except DecodeError as error:
        assert_type(error.code, str)
        assert_type(error.offset, int | None)
    except NoSuchEndpoint as error:
        assert_type(error.near, tuple[str, ...])
    except DuplicateEndpoint as error:
        assert_type((error.key, error.first, error.second), tuple[str, str, str])
    except JobModelsError:
        pass
    looked_up: KeyError = NoSuchEndpoint("alation/docment/POST", ("alation/document/POST",))
    refused: ValueError = ContractError("a job", ())
    del looked_up, refused


def versions_are_text() -> None:
    """The version is public."""
    assert_type(jobmodels.__version__, str)
    method: Literal["POST"] = "POST"
    assert_type(Key(f"alation/document/{method}").method, str)
