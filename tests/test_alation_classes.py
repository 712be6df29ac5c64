"""The classes of Alation: their names, their keys, what tells them, and what they make of the recorded examples."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jobmodels
from jobmodels import BODY, EMPTY, ERRORS, JOB, TASK, Counts, Record
from jobmodels._json import same
from jobmodels._types import fields_of, required_keys
from jobmodels.systems import alation
from jobmodels.systems.alation import (
    AsyncJobDetails,
    AsyncTask,
    AsyncTaskLink,
    DataDictionaryAsyncTaskDetails,
    DataDictionaryTaskDetails,
    DataDictionaryTaskError,
    DataDictionaryTaskErrorRangeEndpoint,
    DataDictionaryTaskRecords,
    JobDetails,
    JobDetailsBIServerPost,
    JobDetailsBIServerPostResult,
    JobDetailsCustomFieldPost,
    JobDetailsCustomFieldPostResult,
    JobDetailsDataflowDeleteResult,
    JobDetailsDataflowPostResult,
    JobDetailsDataQualityResult,
    JobDetailsDocumentPost,
    JobDetailsDocumentPostResult,
    JobDetailsDocumentPostResultDetails,
    JobDetailsDocumentPut,
    JobDetailsDomainDelete,
    JobDetailsRdbms,
    JobDetailsRdbmsResult,
    JobDetailsRdbmsResultMapping,
    JobDetailsVirtualDatasourcePostResult,
    JobDetailsVisualConfig,
    VisualConfigComponent,
    VisualGroupedComponent,
)
from tests.strategies import JSON, LAWS

# The names of the released SDK. Source: contracts page of Alation, 2.14.
NAMES = [
    "AsyncJobDetails",
    "JobDetails",
    "JobDetailsBIServerPost",
    "JobDetailsBIServerPostResult",
    "JobDetailsCustomFieldPost",
    "JobDetailsCustomFieldPostResult",
    "JobDetailsCustomFieldPostResultData",
    "JobDetailsDataQuality",
    "JobDetailsDataQualityResult",
    "JobDetailsDataQualityResultAction",
    "JobDetailsDataQualityResultActionStats",
    "JobDetailsDataQualityResultCreatedObjectAttribution",
    "JobDetailsDataflowPost",
    "JobDetailsDataflowPostResult",
    "JobDetailsDataflowPostResultMapping",
    "JobDetailsDataflowDelete",
    "JobDetailsDataflowDeleteResult",
    "JobDetailsDataflowDeleteResultMapping",
    "JobDetailsDocumentPost",
    "JobDetailsDocumentPostResult",
    "JobDetailsDocumentPostResultDetails",
    "JobDetailsDocumentPut",
    "JobDetailsDocumentPutResult",
    "JobDetailsDocumentPutResultDetails",
    "JobDetailsDocumentDelete",
    "JobDetailsDocumentDeleteResult",
    "JobDetailsTermDelete",
    "JobDetailsTermDeleteResult",
    "JobDetailsDocumentHubFolderPost",
    "JobDetailsDocumentHubFolderPostResult",
    "JobDetailsDocumentHubFolderPostResultCreatedFolder",
    "JobDetailsDocumentHubFolderPut",
    "JobDetailsDocumentHubFolderPutResult",
    "JobDetailsDocumentHubFolderPutResultUpdatedFolder",
    "JobDetailsDocumentHubFolderDelete",
    "JobDetailsDocumentHubFolderDeleteResult",
    "JobDetailsRdbms",
    "JobDetailsRdbmsResult",
    "JobDetailsRdbmsResultMapping",
    "JobDetailsVirtualDatasourcePost",
    "JobDetailsVirtualDatasourcePostResult",
    "DataDictionaryAsyncTask",
    "DataDictionaryAsyncTaskLink",
    "DataDictionaryAsyncTaskDetails",
    "DataDictionaryTaskDetails",
    "DataDictionaryTaskProgress",
    "DataDictionaryTaskRecords",
    "DataDictionaryTaskResult",
    "DataDictionaryResource",
    "DataDictionaryTaskError",
    "DataDictionaryTaskErrorDetails",
    "DataDictionaryTaskErrorDetailItems",
    "DataDictionaryTaskErrorRange",
    "DataDictionaryTaskErrorRangeEndpoint",
]

# Every endpoint, its class and its kind of answer. Source: contracts page of Alation, 1.2 and 1.3.
ENDPOINTS = {
    "bi-folder/DELETE": ("JobDetails", EMPTY),
    "bi-folder/POST": ("JobDetails", JOB),
    "bi-report-column/DELETE": ("JobDetails", EMPTY),
    "bi-report-column/POST": ("JobDetails", JOB),
    "bi-report/DELETE": ("JobDetails", EMPTY),
    "bi-report/POST": ("JobDetails", JOB),
    "bi-server/PATCH": ("JobDetails", BODY),
    "bi-server/POST": ("JobDetailsBIServerPost", BODY),
    "business-policy/DELETE": ("JobDetails", EMPTY),
    "business-policy/POST": ("JobDetails", JOB),
    "business-policy/PUT": ("JobDetails", JOB),
    "custom-field-value/PUT": ("JobDetails", JOB),
    "custom-field/POST": ("JobDetailsCustomFieldPost", JOB),
    "data-dictionary-task-error/GET": ("JobDetailsDataDictionaryTaskErrorGet", ERRORS),
    "data-dictionary-task/GET": ("DataDictionaryTaskDetails", TASK),
    "data-dictionary/PUT": ("JobDetailsDataDictionaryPut", TASK),
    "data-quality-field/DELETE": ("JobDetailsDataQuality", JOB),
    "data-quality-field/POST": ("JobDetailsDataQuality", JOB),
    "data-quality-value/DELETE": ("JobDetailsDataQuality", JOB),
    "data-quality-value/POST": ("JobDetailsDataQuality", JOB),
    "dataflow/DELETE": ("JobDetailsDataflowDelete", JOB),
    "dataflow/PATCH": ("JobDetailsDataflowPost", JOB),
    "dataflow/POST": ("JobDetailsDataflowPost", JOB),
    "datasource/DELETE": ("JobDetails", EMPTY),
    "document-hub-folder/DELETE": ("JobDetailsDocumentHubFolderDelete", BODY),
    "document-hub-folder/POST": ("JobDetailsDocumentHubFolderPost", JOB),
    "document-hub-folder/PUT": ("JobDetailsDocumentHubFolderPut", JOB),
    "document/DELETE": ("JobDetailsDocumentDelete", BODY),
    "document/POST": ("JobDetailsDocumentPost", JOB),
    "document/PUT": ("JobDetailsDocumentPut", JOB),
    "domain-membership/POST": ("JobDetailsDomainMembershipPost", BODY),
    "domain/DELETE": ("JobDetailsDomainDelete", BODY),
    "domain/PATCH": ("JobDetailsDomainPatch", BODY),
    "domain/POST": ("JobDetailsDomainPost", BODY),
    "duplicate-user/GET": ("JobDetails", BODY),
    "duplicate-user/POST": ("JobDetails", BODY),
    "job-error/GET": ("JobDetails", ERRORS),
    "job/GET": ("JobDetails", JOB),
    "query/POST": ("JobDetailsQueryPost", BODY),
    "rdbms-child-column/PATCH": ("JobDetailsRdbms", JOB),
    "rdbms-column/PATCH": ("JobDetailsRdbms", JOB),
    "rdbms-column/POST": ("JobDetailsRdbms", JOB),
    "rdbms-schema/PATCH": ("JobDetailsRdbms", JOB),
    "rdbms-schema/POST": ("JobDetailsRdbms", JOB),
    "rdbms-table/PATCH": ("JobDetailsRdbms", JOB),
    "rdbms-table/POST": ("JobDetailsRdbms", JOB),
    "submit/POST": ("AsyncJobDetails", JOB),
    "tag/DELETE": ("JobDetails", EMPTY),
    "term/DELETE": ("JobDetailsTermDelete", BODY),
    "term/POST": ("JobDetailsDocumentPost", JOB),
    "term/PUT": ("JobDetailsDocumentPut", JOB),
    "token/POST": ("JobDetails", BODY),
    "trust-check/DELETE": ("JobDetails", EMPTY),
    "trust-check/POST": ("JobDetailsTrustCheck", BODY),
    "trust-check/PUT": ("JobDetailsTrustCheck", BODY),
    "virtual-datasource/POST": ("JobDetailsVirtualDatasourcePost", JOB),
    "virtual-filesystem/POST": ("JobDetails", JOB),
    "visual-config/DELETE": ("JobDetailsVisualConfig", BODY),
    "visual-config/POST": ("JobDetailsVisualConfig", BODY),
    "visual-config/PUT": ("JobDetailsVisualConfig", BODY),
}

# What is required, and so tells the class; classes that are not listed require nothing. Source: contracts, 2.14.
TELLING = {
    "JobDetailsDocumentPostResult": "created_term_count created_terms",
    "JobDetailsDocumentPutResult": "updated_term_count updated_terms",
    "JobDetailsDocumentPostResultDetails": "id",
    "JobDetailsDocumentPutResultDetails": "id",
    "JobDetailsDocumentHubFolderPostResultCreatedFolder": "id",
    "JobDetailsDocumentHubFolderPutResultUpdatedFolder": "id",
    "JobDetailsDocumentDeleteResult": "deleted_document_count deleted_document_ids",
    "JobDetailsTermDeleteResult": "deleted_term_count deleted_term_ids",
    "JobDetailsDocumentHubFolderDeleteResult": "deleted_folder_count deleted_folder_ids",
    "JobDetailsDocumentHubFolderPostResult": "created_folder_count created_folders",
    "JobDetailsDocumentHubFolderPutResult": "updated_folder_count updated_folders",
    "JobDetailsCustomFieldPostResult": "msg data",
    "JobDetailsCustomFieldPostResultData": "field_ids",
    "JobDetailsRdbmsResult": "response mapping",
    "JobDetailsRdbmsResultMapping": "id key",
    "JobDetailsVirtualDatasourcePostResult": "number_received updated_objects error_objects",
    "JobDetailsDataQualityResult": "fields values",
    "JobDetailsDataQualityResultActionStats": "count sample",
    "JobDetailsDataQualityResultCreatedObjectAttribution": "success_count failure_count",
    "JobDetailsDataflowPostResult": "response mapping",
    "JobDetailsDataflowDeleteResult": "response mapping",
    "DataDictionaryTaskDetails": "id type state",
    "DataDictionaryTaskError": "error_message",
}

DONE = {"status": "successful", "msg": "Job finished in 0.242215 seconds at 2024-06-20 13:23:02.698215+00:00"}
TASK_DONE = {
    "id": "1e7a8e8f-fe46-4da4-8393-fce89be3ebcb", "type": "COMMIT_TO_CATALOG", "state": "COMPLETED",
    "status": "PARTIALLY_SUCCEEDED", "progress": {"total_batches": 1, "batches_completed": 1},
    "result": {"records": {"total": 351, "succeeded": 349, "failed": 2}},
    "ts_created": "2025-04-25T03:28:26.287938Z", "ts_updated": "2025-04-25T03:28:35.916508Z",
    "ts_completed": "2025-04-25T03:28:35.916048Z",
    "dd_resource": {"id": "12b32089-e26a-45b6-816c-44364d395ba7", "oid": 1, "otype": "data", "user_id": 1},
    "report_download_link": "http://localhost:8000/download/data_dictionary/data_1_1.csv/",
}  # fmt: skip
TASK_ERROR = {
    "timestamp": "2024-03-11T12:10:25.379537Z", "name": "TaskflowException", "fatal": True,
    "error_message": "'NoneType' object is not callable", "original_error_message": None,
    "details": {
        "items": {
            "range": {"start": {"index": 0, "key": "public.users"}, "end": {"index": 3, "key": "public.users.email"},
                      "start_inclusive": True, "end_inclusive": True},
            "total": 4,
        },
        "error": "'NoneType' object is not callable",
    },
    "category": "System Error",
}  # fmt: skip
FLAG = {
    "id": 481, "flag_type": "ENDORSEMENT", "flag_reason": "", "ts_created": "2023-12-03T16:26:57.043823Z",
    "subject": {"otype": "table", "id": 12, "url": "/table/12/"},
    "user": {"id": 1, "url": "/user/1/", "display_name": "Alation PS User"},
}  # fmt: skip
QUALITY = {
    "fields": {"created": {"count": 0, "sample": []}, "updated": {"count": 0, "sample": []}},
    "values": {"created": {"count": 2, "sample": [{"field_key": "a", "object_key": "1.b"}]},
               "updated": {"count": 1, "sample": []}},
    "created_object_attribution": {"success_count": 0, "failure_count": 1, "success_sample": [],
                                   "failure_sample": [{"field_key": "sdk-test-1", "object_key": "1.public.parts"}]},
    "flag_counts": {"GOOD": 1, "WARNING": 0, "ALERT": 0}, "total_duration": 0.10439563915133476,
}  # fmt: skip
QUALITY_DELETE = {
    "fields": {"deleted": {"count": 1, "sample": [{"field_key": "human_name_string_2"}]},
               "not_found": {"count": 1, "sample": [{"field_key": "human_name_string"}]}},
    "values": {"deleted": {"count": 0, "sample": []}, "not_found": {"count": 0, "sample": []}},
    "total_duration": 0.10439563915133476,
}  # fmt: skip
UPLOADED: dict[str, Any] = {
    "number_received": 5, "updated_objects": 0,
    "error_objects": ["Failed to import the uploaded file at line 4. Data may be malformed."],
    "error": "1 errors were ignored",
}  # fmt: skip
PAGE = {"rendered_otype": None, "rendered_oid": None, "page_defined_type": "catalog.tags",
        "component_type": "PAGE_DEFINED", "panel": "SIDEBAR"}  # fmt: skip
GROUP = {"label": "Referenced By", "components": [PAGE], "open_by_default": True, "panel": "SIDEBAR", "is_group": True}
QUERY = {
    "datasource_id": 1, "autosave_content": "SELECT 1;", "content": "SELECT 1;", "title": "One", "saved": True,
    "published": True, "description": "", "url": "/integration/v1/query/6/", "id": 6,
    "domains": [{"title": "domain title", "id": 1, "description": "domain description"}],
    "tags": [{"id": 1, "name": "@tag", "description": "", "ts_created": "2024-04-12T11:58:56.176079Z", "url": "/tag/1/",
              "ts_updated": "2024-04-12T12:03:40.884535Z"}],
    "datasource": {"id": 1, "title": "OCF snowflake", "uri": "", "url": "/data/1/"},
    "ts_last_saved": "2024-04-12T12:03:40.704437Z", "has_unsaved_changes": False, "catalog_url": "/query/6/",
    "compose_url": "/compose/query/6/", "schedules": [],
}  # fmt: skip
TERMS = {"created_term_count": 2, "created_terms": [{"id": 1325, "title": "A"}, {"id": 1326, "title": "B"}]}
UPSERTED = {
    "response": "Upserted 2 schema objects.",
    "mapping": [{"id": 17, "key": "9.sales"}, {"id": 18, "key": "9.human_resources"}], "errors": [],
}  # fmt: skip

# Answers as recorded, without unknown keys. Source: contracts page of Alation, 1 and 2, and the tests of the SDK.
EXAMPLES: list[tuple[str, Any]] = [
    ("document/POST", {**DONE, "result": TERMS}),
    ("term/POST", {**DONE, "result": TERMS}),
    ("document/PUT", {**DONE, "result": {"updated_term_count": 2, "updated_terms": [{"id": 1334}, {"id": 1335}]}}),
    ("term/PUT", {**DONE, "result": {"updated_term_count": 1, "updated_terms": [{"id": 1, "title": "New"}]}}),
    ("document/DELETE", {"deleted_document_count": 2, "deleted_document_ids": [11, 12]}),
    ("term/DELETE", {"deleted_term_ids": [1], "deleted_term_count": 1}),
    ("document-hub-folder/DELETE", {"deleted_folder_count": 2, "deleted_folder_ids": [1, 2]}),
    ("document-hub-folder/POST",
     {**DONE, "result": {"created_folder_count": 1, "created_folders": [{"id": 10, "title": "my test folder"}]}}),
    ("document-hub-folder/PUT",
     {**DONE, "result": {"updated_folder_count": 1, "updated_folders": [{"id": 10, "title": "my test folder"}]}}),
    ("custom-field/POST",
     {**DONE, "result": ['{"msg": "Starting bulk creation of Custom Fields...", "data": {}}',
                         '{"msg": "Finished bulk creation of Custom Fields", "data": {"field_ids": [10323]}}']}),
    ("custom-field/POST", {**DONE, "result": [{"msg": "", "data": {}}, {"msg": "", "data": {"field_ids": [1]}}]}),
    ("rdbms-schema/POST", {**DONE, "result": [UPSERTED]}),
    ("rdbms-table/PATCH", {**DONE, "result": [{"response": "Updated 1 table objects.", "mapping": []}]}),
    ("data-quality-value/POST", {**DONE, "result": QUALITY}),
    ("data-quality-field/DELETE", {**DONE, "result": QUALITY_DELETE}),
    ("virtual-datasource/POST", {**DONE, "result": json.dumps(UPLOADED)}),
    ("bi-server/POST", {"Count": 1, "Errors": [None], "Server IDs": [11], "Status": "Success: Created 1 servers."}),
    ("dataflow/POST",
     {**DONE, "result": [{"response": "Upserted.", "mapping": [{"id": 1, "external_id": "api/a", "replaced": "no"}]}]}),
    ("dataflow/DELETE",
     {**DONE, "result": [{"response": "Deleted.", "mapping": [{"id": 1, "external_id": "api/a", "impacted_dfos": []}],
                          "failed": [{"external_id": "api/b", "detail": "not there"}]}]}),
    ("data-dictionary-task/GET", TASK_DONE),
    ("data-dictionary-task/GET", {**TASK_DONE, "state": "PROCESSING", "status": None, "result": None,
                                  "ts_completed": None, "dd_resource": None, "report_download_link": None}),
    ("data-dictionary/PUT", TASK_DONE),
    ("data-dictionary-task-error/GET", [TASK_ERROR]),
    ("data-dictionary-task-error/GET", TASK_ERROR),
    ("domain/POST", [{"id": 101, "title": "Finance", "description": "Owned assets", "parent_id": 10}]),
    ("domain/PATCH", {"id": 101, "title": "Finance", "description": "Owned assets", "parent_id": 11}),
    ("domain/DELETE", {"status": "successful", "msg": "", "deleted_domain_count": 1, "deleted_domain_ids": [101]}),
    ("domain/DELETE", {"deleted_domain_count": 1, "deleted_domain_ids": [101]}),
    ("domain-membership/POST", {"exclude": False, "id": 179, "oid": [21, 23], "otype": "glossary_v3"}),
    ("trust-check/POST", FLAG),
    ("visual-config/POST", {"id": 1, "title": "Table custom fields", "layout_otype": "table",
                            "component_list_in_config": [PAGE, GROUP]}),
    ("query/POST", QUERY),
    ("submit/POST", {"job_id": 813, "href": "/api/v1/bulk_metadata/job/?id=813"}),
    ("submit/POST", {"job_name": "MetadataExtraction2336_Virtual_9999"}),
    ("submit/POST", {"job": {"id": 14391, "url": "/api/job/14391/", "errors_url": "/api/job_error/?job_id=14391"}}),
    ("submit/POST",
     {"task": {"id": 23739, "type": "BUSINESS_POLICY_BULK_CREATE", "state": "QUEUED", "status": "NA",
               "ts_started": "2023-12-08T10:08:35.974963Z", "version": "V1",
               "links": [{"rel": "errors", "href": "/api/job_error/?job_id=23739"}]}}),
]  # fmt: skip
IDS = [key for key, _ in EXAMPLES]


STATEMENT = "the service gave no reason that can be read"


def endpoint(path: str) -> jobmodels.Endpoint:
    """Find an endpoint of Alation."""
    return jobmodels.registry()[f"alation/{path}"]


class TestNames:
    @pytest.mark.parametrize("name", NAMES)
    def test_those_of_the_sdk_are_importable(self, name: str) -> None:
        """Code written for the SDK runs by changing an import."""
        assert attrs.has(getattr(alation, name))
        assert getattr(alation, name).__doc__.strip().endswith(".")

    def test_all_is_what_there_is(self) -> None:
        """Each once: every public class of the modules, and the system."""
        assert len(alation.__all__) == len(set(alation.__all__))
        classes = {name for name, value in vars(alation).items() if isinstance(value, type)}
        assert set(alation.__all__) == classes | {"alation"}
        assert set(NAMES) < set(alation.__all__)


class TestKeys:
    def test_are_complete(self) -> None:
        """Every row of the contracts, and nothing else."""
        assert {key.path: (told.cls.__name__, told.answers) for key, told in jobmodels.registry().items()
                if key.system == "alation"} == ENDPOINTS  # fmt: skip

    def test_have_homes(self) -> None:
        """The key that stands first."""
        homes = {name: jobmodels.registry().home(getattr(alation, name)).key.path for name, _ in ENDPOINTS.values()}
        assert homes["JobDetails"] == "job/GET"
        assert homes["JobDetailsDocumentPost"] == "document/POST"
        assert homes["JobDetailsRdbms"] == "rdbms-schema/POST"
        assert homes["JobDetailsDataQuality"] == "data-quality-field/POST"
        assert homes["AsyncJobDetails"] == "submit/POST"

    def test_ask_for_results_where_they_get(self) -> None:
        """Duplicate users are computed when asked for, and come as a table."""
        told = {key: told.operation for key, told in jobmodels.registry().items() if key.system == "alation"}
        assert {key.path for key, operation in told.items() if operation == "result"} == {
            "data-dictionary-task-error/GET", "data-dictionary-task/GET", "job-error/GET", "job/GET",
        }  # fmt: skip
        assert endpoint("duplicate-user/GET").media == "text/csv"


class TestTellingKeys:
    @pytest.mark.parametrize("name", NAMES)
    def test_are_those_of_the_contracts(self, name: str) -> None:
        """The details themselves are told by their status."""
        is_job = issubclass(getattr(alation, name), JobDetails)
        assert required_keys(getattr(alation, name)) == (
            {"status"} if is_job else set(TELLING.get(name, "").split())
        ) | ({"Status", "Count", "Server IDs", "Errors"} if name == "JobDetailsBIServerPostResult" else set())

    @pytest.mark.parametrize("key", ENDPOINTS)
    def test_errors_are_never_taken_for_results(self, key: str) -> None:
        """Field maps, envelopes and invalid payloads stay raw, unknown keys and all."""
        cls = endpoint(key).cls
        for body in (
            {"title": ["This field is required."]},
            {"id": ["Expected a list of items but got type \"int\"."], "detail": {"id": ["x"]}, "code": "400000"},
            {"detail": "Data source with id 0 does not exist", "code": "404000"},
            {"error": "Cannot find Datasource"},
            {"job_id": None, "invalid_terms": [{"index": 0, "errors": [{"title": ["x"]}], "term": {"title": "T"}}]},
            [{"options": ["Expected a list of items but got type \"str\"."]}],
            {},
            [],
        ):  # fmt: skip
            if issubclass(cls, JobDetails):
                assert jobmodels.structure(body, cls).result is body
                assert jobmodels.structure({**DONE, "result": body}, cls).result is body


class TestExamples:
    @pytest.mark.parametrize(("key", "payload"), EXAMPLES, ids=IDS)
    def test_are_typed_and_come_back_exactly(self, key: str, payload: Any) -> None:
        """Level 1 loses nothing and converts nothing."""
        kept = copy.deepcopy(payload)
        details: Any = jobmodels.structure(payload, endpoint(key).cls)
        assert same(jobmodels.unstructure(details), kept)
        assert same(payload, kept)
        assert getattr(details, "typed", details) is not None
        assert not list(raw_objects(details))
        assert jobmodels.validate(payload, f"alation/{key}") == ()

    @pytest.mark.parametrize(("key", "payload"), EXAMPLES, ids=IDS)
    def test_are_equal_however_they_were_made(self, key: str, payload: Any) -> None:
        """By `structure`, by `from_api_response`, by the constructor, by pickle, from text."""
        cls: Any = endpoint(key).cls
        details = jobmodels.structure(payload, cls)
        assert cls.from_api_response(payload) == details
        assert cls.from_api_response(json.dumps(payload)) == details
        assert pickle.loads(pickle.dumps(details)) == details
        assert eval(repr(details), {**vars(alation), "datetime": __import__("datetime")}) == details
        if issubclass(cls, JobDetails) and details.status is None:
            assert cls(status=None, result=payload) == details
        else:
            assert cls(**payload) == details

    def test_terms(self) -> None:
        """Attributes, iteration, indexing and comparison work as in the SDK."""
        job = JobDetailsDocumentPost(**DONE, result=TERMS)
        assert job.typed == job.result
        assert [term.title for term in job.result.created_terms] == ["A", "B"]
        assert job.result == JobDetailsDocumentPostResult(
            created_term_count=2,
            created_terms=[
                JobDetailsDocumentPostResultDetails(id=1325, title="A"),
                JobDetailsDocumentPostResultDetails(id=1326, title="B"),
            ],
        )

    def test_items_that_do_not_fit_keep_their_places(self) -> None:
        """Titles of updated terms are there; what is new rides along (D8, D9, D10)."""
        job = jobmodels.structure(
            {**DONE, "result": {"updated_term_count": 3, "warnings": [],
                                "updated_terms": [{"id": 1, "title": "T", "new": 1}, "oops", 5]}},
            JobDetailsDocumentPut,
        )  # fmt: skip
        first, *others = job.result.updated_terms
        assert (first.title, dict(first.extra), others) == ("T", {"new": 1}, ["oops", 5])
        assert dict(job.result.extra) == {"warnings": []}

    def test_results_of_rdbms(self) -> None:
        """Five items in, five items out; `errors` may be absent (D1, D3)."""
        absent = {"response": "Upserted 1 table objects.", "mapping": [{"id": 1, "key": "9.a.b"}]}
        job = jobmodels.structure({**DONE, "result": [absent, {"error": "x"}, "plain", None, 7]}, JobDetailsRdbms)
        assert job.result == (
            JobDetailsRdbmsResult(
                response="Upserted 1 table objects.", mapping=[JobDetailsRdbmsResultMapping(id=1, key="9.a.b")]
            ),
            {"error": "x"}, "plain", None, 7,
        )  # fmt: skip
        assert job.result[0].errors is None

    def test_messages_of_custom_fields(self) -> None:
        """Empty data stays raw; text that holds something else stays text (D5, D6)."""
        said = [
            '{"msg": "Starting", "data": {}}',
            '{"msg": "F", "data": {"field_ids": [1], "errors": ["e"]}, "level": "w"}',
        ]
        job = jobmodels.structure({**DONE, "result": [*said, "[1, 2]", "null"]}, JobDetailsCustomFieldPost)
        start, end, *others = job.result
        assert (start.data, others) == ({}, ["[1, 2]", "null"])
        assert (end.data.field_ids, dict(end.data.extra), dict(end.extra)) == ((1,), {"errors": ["e"]}, {"level": "w"})

    def test_server_ids_have_a_blank_on_the_wire(self) -> None:
        """They are read and written back under their wire name (W10)."""
        result = JobDetailsBIServerPostResult(Status="ok", Count=1, ServerIDs=[11, None], Errors=[None, "URI missing"])
        assert result.ServerIDs == (11, None)
        assert jobmodels.unstructure(result) == {
            "Status": "ok", "Count": 1, "Server IDs": [11, None], "Errors": [None, "URI missing"],
        }  # fmt: skip
        assert jobmodels.structure(jobmodels.unstructure(result), JobDetailsBIServerPost).result == result

    def test_domains_deleted_at_once_keep_their_status_inside(self) -> None:
        """Ids and words of the flat answer are those of the result (D12)."""
        job = jobmodels.structure({"status": "successful", "msg": "", "deleted_domain_count": 1,
                                   "deleted_domain_ids": [101]}, JobDetailsDomainDelete)  # fmt: skip
        assert (job.status, job.msg) == (None, None)
        assert (job.result.deleted_domain_ids, job.result.said_state()) == ((101,), "successful")
        polled = jobmodels.structure({**DONE, "result": None}, JobDetailsDomainDelete)
        assert (polled.status, polled.result) == ("successful", None)

    def test_moments_have_a_zone(self) -> None:
        """With and without a fraction (D21); what has none stays text."""
        told = {**TASK_DONE, "ts_updated": "2023-08-17T11:23:19Z", "ts_created": "2023-08-17T11:23:19"}
        task = jobmodels.structure(told, DataDictionaryTaskDetails)
        assert task.ts_completed == datetime(2025, 4, 25, 3, 28, 35, 916048, tzinfo=UTC)
        assert repr(task.ts_updated) == repr(datetime(2023, 8, 17, 11, 23, 19, tzinfo=UTC))
        assert task.ts_created == "2023-08-17T11:23:19"
        error = jobmodels.structure(TASK_ERROR, DataDictionaryTaskError)
        assert error.details
        assert error.details.items
        assert error.details.items.range
        assert error.details.items.range.end == DataDictionaryTaskErrorRangeEndpoint(index=3, key="public.users.email")

    def test_receipts(self) -> None:
        """Nothing of them is dropped (D14)."""
        receipt = jobmodels.structure(EXAMPLES[-1][1], AsyncJobDetails)
        assert isinstance(receipt.task, AsyncTask)
        assert receipt.task.ts_started == datetime(2023, 12, 8, 10, 8, 35, 974963, tzinfo=UTC)
        assert receipt.task.links == (AsyncTaskLink(rel="errors", href="/api/job_error/?job_id=23739"),)
        uuid = "68575488-5fad-4117-927f-1e23576e733a"
        upload = DataDictionaryAsyncTaskDetails(task={"id": uuid, "state": "QUEUED", "links": []})  # type: ignore[arg-type]
        assert upload.task
        assert (upload.task.id, upload.task.links) == (uuid, ())

    def test_pages(self) -> None:
        """Fields and groups of fields stand in one list."""
        job = jobmodels.structure(
            {"id": 1, "layout_otype": "table", "component_list_in_config": [PAGE, GROUP, {"new": 1}]},
            JobDetailsVisualConfig,
        )
        alone, group, other = job.result.component_list_in_config
        assert isinstance(alone, VisualConfigComponent)
        assert isinstance(group, VisualGroupedComponent)
        assert group.components == (alone,)
        assert other == {"new": 1}


def raw_objects(value: Any) -> Any:
    """List the objects that stayed raw where a class stands in the contracts."""
    for field in fields_of(type(value)) if isinstance(value, Record) else ():
        inner = getattr(value, field.name)
        for item in inner if isinstance(inner, (list, tuple)) else [inner]:
            if isinstance(item, Record):
                yield from raw_objects(item)
            elif (
                isinstance(item, dict)
                and item
                and (field.shape.classes or (field.shape.items and field.shape.items.classes))
            ):
                yield item


def counted(key: str, result: Any) -> Counts | None:
    """Count one result."""
    details: Any = jobmodels.structure(result, endpoint(key).cls)
    typed = details.result
    told: Counts | None = (typed[0] if isinstance(typed, tuple) else typed).counted()
    return told


def troubles(key: str, result: Any) -> list[dict[str, Any]]:
    """List the errors of items, without what is not said."""
    details: Any = jobmodels.structure(result, endpoint(key).cls)
    typed = details.result
    told = (typed[0] if isinstance(typed, tuple) else typed).item_errors()
    assert {error.origin for error in told} <= {"item"}
    return [
        attrs.asdict(
            error, filter=lambda field, value: value is not None and field.name not in {"origin", "details", "_secrets"}
        )
        for error in told
    ]


class TestCounts:
    @pytest.mark.parametrize(
        ("key", "result", "counts"),
        [
            ("document/POST", TERMS, Counts(succeeded=2)),
            ("document/POST", {**TERMS, "created_term_count": "2"}, Counts(succeeded=2)),
            ("document/POST", {**TERMS, "created_term_count": None}, None),
            ("document/POST", {**TERMS, "created_term_count": -1}, None),
            ("term/PUT", {"updated_term_count": 0, "updated_terms": []}, Counts(succeeded=0)),
            ("document/DELETE", {"deleted_document_count": 2, "deleted_document_ids": [11, 12]}, Counts(succeeded=2)),
            ("term/DELETE", {"deleted_term_count": 2, "deleted_term_ids": []}, Counts(succeeded=2)),
            ("document-hub-folder/POST", {"created_folder_count": 1, "created_folders": []}, Counts(succeeded=1)),
            ("document-hub-folder/PUT", {"updated_folder_count": 1, "updated_folders": []}, Counts(succeeded=1)),
            ("document-hub-folder/DELETE", {"deleted_folder_count": 1, "deleted_folder_ids": []}, Counts(succeeded=1)),
            ("domain/DELETE", {"deleted_domain_count": 1, "deleted_domain_ids": [1]}, Counts(succeeded=1)),
            ("custom-field/POST", [{"msg": "", "data": {"field_ids": [1, 2]}}], Counts(succeeded=2)),
            ("custom-field/POST", [{"msg": "", "data": {}}], None),
            ("custom-field/POST", [{"msg": "", "data": {"field_ids": 5}}], None),
            ("rdbms-schema/POST", [UPSERTED], Counts(succeeded=2, failed=0)),
            ("rdbms-schema/POST", [{"response": "", "mapping": []}], Counts(succeeded=0)),
            ("rdbms-schema/POST", [{"response": "", "mapping": None, "errors": ["x"]}], Counts(failed=1)),
            ("rdbms-schema/POST", [{"response": "", "mapping": "x"}], None),
            ("dataflow/POST", [{"response": "", "mapping": [{"id": 1}]}], Counts(succeeded=1)),
            ("dataflow/POST", [{"response": "", "mapping": 1}], None),
            ("dataflow/DELETE", [{"response": "", "mapping": [], "failed": [{}]}], Counts(succeeded=0, failed=1)),
            ("dataflow/DELETE", [{"response": "", "mapping": 1}], None),
            ("virtual-datasource/POST", UPLOADED, Counts(total=5, failed=1)),
            ("virtual-datasource/POST", {**UPLOADED, "number_received": None, "error_objects": "x"}, None),
            ("data-quality-value/POST", QUALITY, Counts(succeeded=3, failed=1)),
            ("data-quality-field/DELETE", QUALITY_DELETE, Counts(succeeded=1, failed=1)),
            ("data-quality-field/POST", {"fields": {}, "values": {"created": {"count": 1, "sample": []}}},
             Counts(succeeded=1)),
            ("data-quality-field/POST", {"fields": {}, "values": None}, None),
            ("bi-server/POST", {"Status": "", "Count": 1, "Server IDs": [], "Errors": [None, "x"]},
             Counts(succeeded=1, failed=1)),
            ("bi-server/POST", {"Status": "", "Count": None, "Server IDs": [], "Errors": None}, None),
            ("data-dictionary/PUT", TASK_DONE, Counts(total=351, succeeded=349, failed=2)),
            ("data-dictionary/PUT", {**TASK_DONE, "result": {"records": {}}}, None),
            ("data-dictionary/PUT", {**TASK_DONE, "result": {"records": None}}, None),
            ("data-dictionary/PUT", {**TASK_DONE, "result": None}, None),
        ],
    )  # fmt: skip
    def test_are_those_of_the_vendor(self, key: str, result: Any, counts: Counts | None) -> None:
        """Nothing is computed but sums of what the parts say; what is not said is None."""
        assert counted(key, result) == counts


class TestItemErrors:
    @pytest.mark.parametrize(
        ("key", "result", "errors"),
        [
            ("document/POST", TERMS, []),
            ("document/POST",
             {**TERMS, "created_terms": [{"id": 4}, {"id": 5, "error": "locked"}, {"errors": []}, "x"]},
             [{"message": "locked", "item": "5", "path": "/created_terms/1/error"}]),
            ("term/PUT", {"updated_term_count": 0, "updated_terms": [{"title": "T", "errors": ["400068: a", "b"]}]},
             [{"message": "a", "code": "400068", "item": "T", "path": "/updated_terms/0/errors/0"},
              {"message": "b", "item": "T", "path": "/updated_terms/0/errors/1"}]),
            ("document-hub-folder/POST", {"created_folder_count": 0, "created_folders": [{"id": 1, "error": True}]},
             [{"message": STATEMENT, "item": "1", "path": "/created_folders/0/error"}]),
            ("document-hub-folder/PUT",
             {"updated_folder_count": 0, "updated_folders": [{"id": 1, "detail": {"a": ["b"]}}]},
             [{"message": "b", "field": "a", "item": "1", "path": "/updated_folders/0/detail/a/0"}]),
            ("custom-field/POST", [{"msg": "", "data": {"field_ids": [1], "errors": ["name taken"]}}],
             [{"message": "name taken", "path": "/data/errors/0"}]),
            ("custom-field/POST", [{"msg": "", "data": {"errors": ["x"]}}],
             [{"message": "x", "path": "/data/errors/0"}]),
            ("custom-field/POST", [{"msg": "", "data": 5}], []),
            ("rdbms-schema/POST",
             [{**UPSERTED, "errors": ["x", None, {"key": "9.a", "message": "locked"}, {"key": ["400068: no"]}, {}, 5]}],
             [{"message": "x", "path": "/errors/0"},
              {"message": "locked", "item": "9.a", "path": "/errors/2"},
              {"message": "no", "code": "400068", "field": "key", "path": "/errors/3/key/0"},
              {"message": STATEMENT, "path": "/errors/5"}]),
            ("rdbms-schema/POST",
             [{**UPSERTED, "mapping": [{"id": 1, "key": "9.b", "error": {"detail": "d"}}], "errors": "all"}],
             [{"message": "all", "path": "/errors"}, {"message": "d", "item": "9.b", "path": "/mapping/0/error"}]),
            ("dataflow/POST", [{"response": "", "mapping": [{"id": 1, "external_id": "a/b", "error": "x"}]}],
             [{"message": "x", "item": "a/b", "path": "/mapping/0/error"}]),
            ("dataflow/DELETE",
             [{"response": "", "mapping": [], "failed": [{"external_id": "a/b", "detail": "in use"}]}],
             [{"message": "in use", "item": "a/b", "path": "/failed/0"}]),
            ("virtual-datasource/POST", UPLOADED,
             [{"message": UPLOADED["error_objects"][0], "path": "/error_objects/0"}]),
            ("virtual-datasource/POST", {**UPLOADED, "error_objects": []},
             [{"message": "1 errors were ignored", "path": "/error"}]),
            ("virtual-datasource/POST", {**UPLOADED, "error_objects": [], "error": ""}, []),
            ("data-quality-value/POST", QUALITY,
             [{"message": "not attributed to an object", "item": "sdk-test-1 1.public.parts",
               "path": "/created_object_attribution/failure_sample/0"}]),
            ("data-quality-field/DELETE", QUALITY_DELETE,
             [{"message": "not found", "item": "human_name_string", "path": "/fields/not_found/sample/0"}]),
            ("data-quality-field/DELETE",
             {"fields": {}, "values": {"not_found": {"count": 2, "sample": ["k", {"new": 1}]}}},
             [{"message": "not found", "item": "k", "path": "/values/not_found/sample/0"},
              {"message": "not found", "path": "/values/not_found/sample/1"}]),
            ("bi-server/POST", {"Status": "", "Count": 1, "Server IDs": [11, None], "Errors": [None, "URI missing"]},
             [{"message": "URI missing", "index": 1, "path": "/Errors/1"}]),
            ("bi-server/POST", {"Status": "", "Count": 1, "Server IDs": [], "Errors": "bad"},
             [{"message": "bad", "path": "/Errors"}]),
        ],
    )  # fmt: skip
    def test_are_read_where_they_stand(self, key: str, result: Any, errors: list[dict[str, Any]]) -> None:
        """The path is that of the wire, below the record."""
        assert troubles(key, result) == errors


RESULTS = [
    JobDetailsBIServerPostResult, JobDetailsCustomFieldPostResult, JobDetailsDataQualityResult,
    JobDetailsDataflowDeleteResult, JobDetailsDataflowPostResult, JobDetailsDocumentPostResult,
    JobDetailsRdbmsResult, JobDetailsVirtualDatasourcePostResult, DataDictionaryTaskRecords, DataDictionaryTaskDetails,
]  # fmt: skip


@pytest.mark.parametrize("cls", RESULTS)
def test_no_value_makes_counting_or_reading_fail(cls: type) -> None:
    """Whatever stands in the fields."""
    names = st.sampled_from(["id", "error", "errors", "detail", "count", "sample", "created", "not_found", "field_ids"])
    values = (
        JSON | st.lists(st.dictionaries(names, JSON, max_size=3), max_size=2) | st.dictionaries(names, JSON, max_size=3)
    )

    @settings(LAWS)
    @given(st.fixed_dictionaries({field.wire: values for field in fields_of(cls)}))
    def law(payload: dict[str, Any]) -> None:
        details: Any = jobmodels.structure(payload, cls)
        assert details.counted() is None or isinstance(details.counted(), Counts)
        assert all(error.message for error in getattr(details, "item_errors", tuple)())

    law()
