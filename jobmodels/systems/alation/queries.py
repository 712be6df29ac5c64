"""Queries: created."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobmodels._record import Raw, Record
from jobmodels._system import BODY
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsQueryPost", "Query", "QueryDatasource", "QueryDomain", "QueryTag"]


class QueryDatasource(Record):
    """The data source that a query asks. Source: Allie-SDK, tests/methods/test_query.py."""

    id: int | None = None
    title: str | None = None
    uri: str | None = None
    url: str | None = None


class QueryDomain(Record):
    """A domain that a query belongs to. Source: Allie-SDK, tests/methods/test_query.py."""

    id: int
    title: str | None = None
    description: str | None = None


class QueryTag(Record):
    """A tag on a query. Source: Allie-SDK, tests/methods/test_query.py."""

    id: int
    name: str | None = None
    description: str | None = None
    url: str | None = None
    ts_created: datetime | None = None
    ts_updated: datetime | None = None


class Query(Record):
    """One query, with its text. Source: Allie-SDK, tests/methods/test_query.py.

    Attributes:
        content: the text as saved.
        autosave_content: the text as it is being written.
        schedules: when it runs; as they came.
    """

    id: int
    content: str
    datasource_id: int
    title: str | None = None
    description: str | None = None
    autosave_content: str | None = None
    saved: bool | None = None
    published: bool | None = None
    has_unsaved_changes: bool | None = None
    ts_last_saved: datetime | None = None
    url: str | None = None
    catalog_url: str | None = None
    compose_url: str | None = None
    datasource: QueryDatasource | None = None
    domains: Sequence[QueryDomain | Raw] | None = None
    tags: Sequence[QueryTag | Raw] | None = None
    schedules: Sequence[Raw] | None = None


@alation("query/POST", answers=BODY)
class JobDetailsQueryPost(JobDetails[Query]):
    """A query created, at once. Source: contracts page of Alation, 1.3."""
