"""What the vendors' own clients send, beside what ours sends for the same: both run against one server on loopback.

Each test needs the released client of its vendor, and is skipped without it; the nox session `official` installs them
all. DatoCMS has none in Python: its request was recorded, and stands in the contracts, 2.6.

Ours differ on purpose in what says who asks (`user-agent`, `x-arango-driver`), in encodings and connections, which are
the sender's matter, and in this: where a request has no body, it has no `content-type` and no `charset` either, nor a
`content-length` of 0 where the method needs none.
"""

from __future__ import annotations

import importlib
import json
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs
import pytest

from jobmodels import Headers, JobState, Request, Response, Ticket
from jobmodels.clients import Client, InstantClock, send
from jobmodels.systems.arangodb import deferred

JSON = Response.json

# Whatever a vendor's client warns of is not our matter.
pytestmark = pytest.mark.filterwarnings("ignore")


@attrs.frozen
class Seen:
    """A request as it arrived: query in order, body decoded where it is JSON, headers where they say something."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Answers as its server says, and remembers what was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Give the answer for this method and path."""
        server: Any = self.server
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        address = urlsplit(self.path)
        query = tuple(parse_qsl(address.query, keep_blank_values=True))
        server.seen.append(Seen(self.command, address.path, query, Headers(self.headers.items()), body))
        told: Response = server.answers(self.command, address.path)
        content = told.body.encode() if isinstance(told.body, str) else told.body or b""
        self.send_response(told.status or 200)
        for name, value in (told.headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the base class looks them up by these names

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Server:
    """A service on loopback that answers as it is told, and shows what was asked since one looked last."""

    def __init__(self) -> None:
        serving: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.serving = serving
        self.serving.daemon_threads, self.serving.seen = True, []
        self.url = f"http://127.0.0.1:{self.serving.server_port}"
        self.thread = threading.Thread(target=self.serving.serve_forever, kwargs={"poll_interval": 0.01})

    def answers(self, answers: Callable[[str, str], Response]) -> None:
        """Say what is answered: method and path, to response."""
        self.serving.answers = answers

    def seen(self) -> list[Seen]:
        """Give what arrived since the last look."""
        told, self.serving.seen = self.serving.seen, []
        return list(told)


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve on loopback."""
    serving = Server()
    serving.thread.start()
    yield serving
    serving.serving.shutdown()
    serving.thread.join()
    serving.serving.server_close()


def official(name: str) -> Any:
    """Import a vendor's client, or skip the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip(name.partition(".")[0])
        return importlib.import_module(name)


def compared(theirs: list[Seen], ours: list[Seen], *headers: str) -> None:
    """Compare two requests: method, path, query in its order, body to the byte, and these headers."""
    (their,), (our,) = theirs, ours
    assert attrs.evolve(our, headers={}) == attrs.evolve(their, headers={})
    for name in headers:
        assert our.headers.get(name) == their.headers.get(name), name
    if not their.body:
        assert our.headers.get("content-length", "0") == "0"
        assert "transfer-encoding" not in our.headers


def only(server: Server, ask: Callable[[], object]) -> list[Seen]:
    """Do something, and give what arrived for it."""
    server.seen()
    ask()
    return server.seen()


# ArangoDB.

ARANGO = "265413601"


def arangodb(method: str, path: str) -> Response:
    """Answer as ArangoDB does."""
    if path.endswith("/version"):
        return Response(202, {"x-arango-async-id": ARANGO})
    if path.endswith(ARANGO) and method != "DELETE":
        return Response(200) if method == "GET" else JSON({"version": "3.12"}, 200, {"x-arango-async-id": ARANGO})
    return JSON([ARANGO] if method == "GET" else {"result": True})


def test_arangodb_is_asked_as_python_arango_does(server: Server) -> None:
    """Every operation of a job, from the submit on. Source: contracts 1.6."""
    client = official("arango").ArangoClient(hosts=server.url)
    server.answers(arangodb)
    theirs = client.db("_system", username="root", password="p")
    ours = Client("arangodb", server.url, auth={"Authorization": "Basic cm9vdDpw"})
    named: dict[str, Any] = {"database": "_system"}
    job = theirs.begin_async_execution(return_result=True).version()
    submitted = server.seen()

    receipt = send(
        ours.addressed(deferred(Request("GET", "/_db/_system/_api/version", {"details": "0"})), ours.credentials())
    )
    compared(submitted, server.seen(), "authorization", "x-arango-async")
    ticket = ours.ticket(receipt, key="arangodb/submit/POST")
    assert ticket.id == job.id
    for ask, question in (
        (job.status, lambda: ours.status(ticket, **named)),
        (job.result, lambda: ours.result(ticket, **named)),
        (job.cancel, lambda: ours.cancel(ticket, **named)),
        (job.clear, lambda: ours.delete(ticket, **named)),
        (theirs.clear_async_jobs, lambda: ours.delete_all(**named)),
        (
            lambda: theirs.clear_async_jobs(threshold=1401376184),
            lambda: ours.delete_expired(datetime(2014, 5, 29, 15, 9, 44, tzinfo=UTC), **named),
        ),
        (lambda: theirs.async_jobs("done"), lambda: ours.list("done", **named)),
        (lambda: theirs.async_jobs("pending", count=2), lambda: ours.list("pending", 2, **named)),
    ):
        compared(only(server, ask), only(server, question), "authorization", "x-arango-async")
    assert ours.wait(ticket, **named).state is JobState.SUCCEEDED


def test_python_arango_hits_another_operation_with_an_odd_id(server: Server) -> None:
    """There ours differs on purpose: an id that is none is refused, since `all` deletes every job."""
    job_module = official("arango.job")
    server.answers(arangodb)
    theirs = official("arango").ArangoClient(hosts=server.url).db("_system", username="root", password="p")
    (deleted,) = only(server, job_module.AsyncJob(theirs.conn, "all", lambda response: response).clear)
    assert (deleted.method, deleted.path) == ("DELETE", "/_db/_system/_api/job/all")
    ours = Client("arangodb", server.url)
    with pytest.raises(ValueError, match="a number above 0"):
        ours.delete(ours.ticket(id="all", key="arangodb/job/GET"))
    assert server.seen() == []


# Kinetica.


def kinetica(method: str, path: str) -> Response:
    """Answer as Kinetica does."""
    known: dict[str, dict[str, Any]] = {
        "/show/system/properties": {"property_map": {"version.gpudb_core_version": "7.2.3.13"}},
        "/get/job": {
            "endpoint": "/x", "job_status": "DONE", "running": False, "progress": 100, "successful": True,
            "response_encoding": "json", "job_response": "", "job_response_str": "{}", "status_map": {},
        },
        "/create/job": {"job_id": 58426},
        "/admin/alter/jobs": {"job_ids": [58426], "action": "cancel", "status": ["OK"]},
    }  # fmt: skip
    inside = known.get(path, {name: [] for name in COLUMNS})
    kind = f"{path.strip('/').replace('/', '_')}_response"
    text = json.dumps({**inside, "info": {}})
    return JSON({"status": "OK", "message": "", "data_type": kind, "data": "", "data_str": text})


COLUMNS = (
    "job_id", "status", "endpoint_name", "time_received", "auth_id", "source_ip", "query_text", "user_data", "flags",
)  # fmt: skip


def test_kinetica_is_asked_as_gpudb_does(server: Server) -> None:
    """By id and by tag, to the byte; theirs asks what the service is like before all else. Source: contracts 3.6."""
    gpudb = official("gpudb")
    server.answers(kinetica)
    options = gpudb.GPUdb.Options()
    options.encoding, options.username, options.password = "JSON", "u", "p"
    options.disable_auto_discovery = options.disable_failover = True
    theirs = gpudb.GPUdb(host=server.url, options=options)
    assert [seen.path for seen in server.seen()] == ["/show/system/properties"]
    ours = Client("kinetica", server.url, auth={"Authorization": "Basic dTpw"})
    ticket = ours.ticket(id=58426, key="kinetica/get-job/POST")
    tagged = ours.ticket(id="abc", key="kinetica/get-job/POST", by="job_tag")
    told: dict[str, Any] = {"endpoint": "/alter/table", "data_str": '{"table_name":"t"}'}

    def submit(**more: Any) -> Response:
        return send(ours.addressed(ours.system.request("submit", **told, **more), ours.credentials()))

    for ask, question in (
        (lambda: theirs.get_job(58426), lambda: ours.status(ticket)),
        (lambda: theirs.get_job(58426), lambda: ours.result(ticket)),
        (lambda: theirs.get_job(0, options={"job_tag": "abc"}), lambda: ours.status(tagged)),
        (lambda: theirs.create_job("/alter/table", "json", b"", told["data_str"], {}), submit),
        (
            lambda: theirs.create_job("/alter/table", "json", b"", told["data_str"], {"job_tag": "abc"}),
            lambda: submit(job_tag="abc"),
        ),
        (lambda: theirs.admin_alter_jobs([58426], "cancel", {}), lambda: ours.cancel(ticket)),
        (lambda: theirs.admin_alter_jobs([], "cancel", {"job_tag": "abc"}), lambda: ours.cancel(tagged)),
        (lambda: theirs.admin_show_jobs({"show_async_jobs": "true"}), lambda: ours.list("pending", 10)),
    ):
        compared(only(server, ask), only(server, question), "authorization", "content-type", "accept")
    assert ours.ticket(submit(), key="kinetica/create-job/POST") == ticket
    assert ours.wait(ticket).state is JobState.SUCCEEDED


# Modzy.


def modzy(method: str, path: str) -> Response:
    """Answer as Modzy does."""
    if path.startswith("/api/results"):
        return JSON({"jobIdentifier": "a-b", "finished": True, "total": 1, "completed": 1, "failed": 0, "results": {}})
    if path.startswith("/api/jobs/") and not path.endswith("/history"):
        return JSON({"jobIdentifier": "a-b", "status": "COMPLETED"})
    return JSON([])


def test_modzy_is_asked_as_its_sdk_does(server: Server) -> None:
    """Lists with the same names for the same filters. Source: contracts 4.6."""
    client = official("modzy")
    server.answers(modzy)
    theirs = client.ApiClient(f"{server.url}/api", "PREFIX.secret")
    ours = Client("modzy", server.url, auth={"Authorization": "ApiKey PREFIX.secret"}, clock=InstantClock())
    ticket = ours.ticket(id="a-b", key="modzy/job/POST")
    filters: dict[str, Any] = {
        "user": "jane", "access_key": "PREFIX", "start_date": datetime(2021, 7, 20, 1, 40, 9, 560000, tzinfo=UTC),
        "end_date": "2021-07-21", "model": "m", "sort_by": "status", "direction": "desc", "page": 2, "per_page": 5,
    }  # fmt: skip
    for ask, question in (
        (lambda: theirs.jobs.get("a-b"), lambda: ours.status(ticket)),
        (lambda: theirs.results.get("a-b"), lambda: ours.result(ticket)),
        (lambda: theirs.jobs.cancel("a-b"), lambda: ours.cancel(ticket)),
        (theirs.jobs.get_history, ours.list),
        (lambda: theirs.jobs.get_history(status="pending"), lambda: ours.list("pending")),
        (lambda: theirs.jobs.get_history(status="terminated", per_page=10), lambda: ours.list("done", 10)),
        (lambda: theirs.jobs.get_history(**filters), lambda: ours.list(**filters)),
    ):
        compared(only(server, ask), only(server, question), "authorization", "content-type", "accept")
    assert ours.wait(ticket).state is JobState.SUCCEEDED


def test_the_sdk_of_modzy_leaves_ids_as_they_are(server: Server) -> None:
    """There ours differs on purpose: an id is one step of the path, and an empty one is refused."""
    client = official("modzy")
    server.answers(modzy)
    theirs = client.ApiClient(f"{server.url}/api", "PREFIX.secret")
    ours = Client("modzy", server.url)
    (their,) = only(server, lambda: theirs.jobs.get("history/x?page=2"))
    assert (their.path, their.query) == ("/api/jobs/history/x", (("page", "2"),))
    (our,) = only(server, lambda: ours.status(Ticket("modzy/job/GET", "history/x?page=2")))
    assert (our.path, our.query) == ("/api/jobs/history%2Fx%3Fpage%3D2", ())


# Alation.

TASK = "1e7a8e8f-fe46-4da4-8393-fce89be3ebcb"


def alation(method: str, path: str) -> Response:
    """Answer as Alation does."""
    task = {"id": TASK, "type": "COMMIT_TO_CATALOG", "state": "COMPLETED", "status": "SUCCEEDED", "links": []}
    return JSON(task if "/tasks/" in path else {"status": "successful", "msg": "", "result": None})


def test_alation_is_asked_as_its_sdk_does(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shape of the receipt: by id, by a name that has to be quoted, and for a task elsewhere."""
    module = official("allie_sdk.methods.job")
    dictionaries = official("allie_sdk.methods.data_dictionary")
    session = official("requests").Session
    monkeypatch.setattr(module, "sleep", lambda seconds: None)  # It pauses after the end too.
    server.answers(alation)
    ours = Client("alation", server.url, auth={"Token": "t"}, clock=InstantClock())
    receipts: list[tuple[str, dict[str, Any]]] = [
        ("alation/document/POST", {"job_id": 7}),
        ("alation/virtual-datasource/POST", {"job_name": "MetadataExtraction#1_2017-10-05-19-36"}),
        ("alation/business-policy/POST", {"task": {"id": 8, "type": "X", "state": "QUEUED", "status": "NA"}}),
        ("alation/virtual-filesystem/POST", {"job": {"id": 9, "url": "/api/job/9/"}}),
    ]
    for key, receipt in receipts:
        job, ticket = module.AlationJob("t", session(), server.url, receipt), ours.ticket(receipt, key=key)
        for ask in (ours.wait, ours.status, ours.result):
            theirs = only(server, job.check_job_status)
            compared(theirs, only(server, partial(ask, ticket)), "token")
    dictionary = dictionaries.AlationDataDictionary("t", session(), server.url)
    compared(
        only(server, lambda: dictionary._get_data_dictionary_task_details(TASK)),
        only(server, lambda: ours.status(ours.ticket(id=TASK, key="alation/data-dictionary-task/GET"))),
        "token",
    )


# DatoCMS.


def test_datocms_is_asked_as_its_client_was_recorded(server: Server) -> None:
    """Method, path and headers of cma-client-node 5.5.3; what follows is what the seed describes. Contracts 2.6."""
    server.answers(lambda method, path: JSON({"data": []}))
    ours = Client("datocms", server.url, auth={"Authorization": "Bearer TOK"})
    ticket = ours.ticket(id=4235, key="datocms/submit/POST")
    recorded = {
        "content-type": "application/json", "accept": "application/json", "authorization": "Bearer TOK",
        "x-api-version": "3",
    }  # fmt: skip
    for ask, environment in ((ours.status, None), (ours.result, "sandbox")):
        (seen,) = only(server, partial(ask, ticket, environment=environment))
        assert (seen.method, seen.path, seen.query, seen.body) == ("GET", "/job-results/4235", (), b"")
        assert {name: seen.headers.get(name) for name in recorded} == recorded
        assert seen.headers.get("x-environment") == environment
    (seen,) = only(server, lambda: ours.list(page={"offset": 0, "limit": 20}))
    assert (seen.path, seen.query) == ("/job-results", (("page[offset]", "0"), ("page[limit]", "20")))
