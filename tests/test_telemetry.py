"""Telemetry: what is told of exchanges and waits, and that no secret is among it."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jobmodels import Request, Response, Ticket, __version__
from jobmodels.clients import AsyncClient, Client, InstantClock, Policy, replay
from jobmodels.clients._shown import fault_of, fields_of, line_of
from jobmodels.clients._telemetry import _tracing, observe, observe_async
from jobmodels.errors import StillRunning, Unreachable
from tests.strategies import LAWS

SECRET = "s3cr3t-0123456789"
BASE = "https://service.example:8443/prefix"
TICKET = Ticket("alation/document/POST", 7)
BUSY = Response.json({"status": "running", "msg": "", "result": None})
DONE = Response.json({"status": "successful", "msg": "", "result": []}, headers={"X-Request-Id": "r-1"})
EXPORTER = InMemorySpanExporter()


@pytest.fixture(scope="module", autouse=True)
def provider() -> None:
    """What keeps spans; there can be only one in a process."""
    kept = TracerProvider(shutdown_on_exit=False)
    kept.add_span_processor(SimpleSpanProcessor(EXPORTER))
    trace.set_tracer_provider(kept)


@pytest.fixture
def spans() -> Iterator[Callable[[], tuple[ReadableSpan, ...]]]:
    """What gives the spans that have ended, oldest first."""
    EXPORTER.clear()
    yield EXPORTER.get_finished_spans
    EXPORTER.clear()


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What gives the lines of our logger."""
    caplog.set_level(logging.DEBUG, "jobmodels")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "jobmodels"]


def client(*answers: Response | Exception, **options: Any) -> Client:
    """Make a client whose time flies."""
    return Client("alation", BASE, sender=replay(answers), clock=InstantClock(), **options)


# Lines.


def test_a_line_tells_of_each_exchange(lines: Callable[[], list[str]]) -> None:
    """Method, path, status, seconds, and those header fields that are known to be harmless."""
    client(BUSY, DONE).wait(TICKET)

    first, second = lines()
    assert first.startswith("GET /api/v1/bulk_metadata/job/?id=7: 200 in 0.0")
    assert first.endswith(" s {'content-type': 'application/json'}")
    assert second.endswith(" s {'content-type': 'application/json', 'x-request-id': 'r-1'}")


def test_a_line_tells_why_no_answer_came(lines: Callable[[], list[str]]) -> None:
    """In one line, without what may not be shown."""
    fault = ConnectionResetError(f"https://user:{SECRET}@x/ was\nreset for {SECRET}")
    with pytest.raises(Unreachable):
        client(fault, auth={"X-Odd": SECRET}, policy=Policy(transport_errors=0)).wait(TICKET)

    (line,) = lines()
    assert line.startswith("GET /api/v1/bulk_metadata/job/?id=7: no answer in 0.0")
    assert line.endswith(" s: https://***@x/ was reset for ***")


def test_nothing_is_written_unless_someone_listens(caplog: pytest.LogCaptureFixture) -> None:
    """The level of the logger is for others to set."""
    caplog.set_level(logging.INFO, "jobmodels")
    client(BUSY, DONE).wait(TICKET)
    assert caplog.records == []


def test_where_nobody_listens_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenTelemetry, and with a quiet logger, an exchange is what the sender makes of it."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    _tracing.cache_clear()
    try:
        nothing: Any = object()
        anything: Any = object()
        assert observe(lambda request: nothing, anything) is nothing

        async def sender(request: Request) -> Any:
            return nothing

        assert asyncio.run(observe_async(sender, anything)) is nothing
    finally:
        _tracing.cache_clear()


def test_lines_need_no_spans(monkeypatch: pytest.MonkeyPatch, lines: Callable[[], list[str]]) -> None:
    """Where OpenTelemetry is not installed."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    _tracing.cache_clear()
    try:
        client(OSError("reset"), Response(404), DONE).wait(TICKET)
    finally:
        _tracing.cache_clear()
    assert len(lines()) == 3


def test_opentelemetry_is_looked_for_at_the_first_exchange() -> None:
    """Not when clients are imported, which would take longer."""
    code = (
        "import sys; from jobmodels.clients import Client, replay; from jobmodels import Response, Ticket\n"
        "asked = Client('alation', 'http://x.example', sender=replay([Response(200)]))\n"
        "assert 'opentelemetry' not in sys.modules\n"
        "asked.status(Ticket('alation/job/GET', 7))\n"
        "print('opentelemetry' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


# Spans.


def attributes(span: ReadableSpan) -> dict[str, Any]:
    """Give the attributes of a span."""
    return dict(span.attributes or {})


def test_a_span_tells_of_each_exchange(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """By the conventions for clients of HTTP."""
    client(DONE).status(TICKET)

    (span,) = spans()
    assert (span.name, span.kind) == ("GET", trace.SpanKind.CLIENT)
    assert attributes(span) == {
        "http.request.method": "GET",
        "url.full": f"{BASE}/api/v1/bulk_metadata/job/?id=7",
        "server.address": "service.example",
        "server.port": 8443,
        "http.response.status_code": 200,
    }
    assert span.status.status_code is trace.StatusCode.UNSET
    assert span.instrumentation_scope is not None
    assert (span.instrumentation_scope.name, span.instrumentation_scope.version) == ("jobmodels", __version__)


def test_a_span_tells_of_a_refusal(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """Whatever it means for the job, the exchange is one with an error."""
    client(Response(404)).status(TICKET)

    (span,) = spans()
    assert attributes(span)["error.type"] == "404"
    assert span.status.status_code is trace.StatusCode.ERROR


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(TimeoutError("late"), "TimeoutError"), (StillRunning(None, None, 1, 1), "jobmodels.errors.StillRunning")],
)
def test_a_span_tells_that_no_answer_came(
    spans: Callable[[], tuple[ReadableSpan, ...]], fault: Exception, kind: str
) -> None:
    """By the class of the error alone: no message, no traceback."""
    with pytest.raises(Unreachable):
        client(fault).status(TICKET)

    (span,) = spans()
    assert attributes(span)["error.type"] == kind
    assert span.status.status_code is trace.StatusCode.ERROR
    assert (span.status.description, span.events) == (None, ())


def test_what_is_no_answer_is_told_as_none(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """A sender that forgot to answer, a status that is not known."""
    nothing: Any = None
    with pytest.raises(TypeError):
        Client("alation", BASE, sender=lambda request: nothing).status(TICKET)
    client(Response(None)).status(TICKET)

    assert ["http.response.status_code" in attributes(span) for span in spans()] == [False, False]


def test_a_method_that_nobody_knows_is_not_a_name(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """There would be too many; and an address of numbers has no brackets."""
    observe(replay([Response(200)]), Request("BREW", "", base="http://[::1]"))

    (span,) = spans()
    assert (span.name, attributes(span)["http.request.method"]) == ("HTTP", "_OTHER")
    assert (attributes(span)["server.address"], attributes(span)["server.port"]) == ("::1", 80)
    assert attributes(span)["url.full"] == "http://[::1]/"


def test_a_wait_is_the_parent_of_its_exchanges(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """Blocking and awaited alike, also where several waits go on at once."""
    client(BUSY, DONE).wait(TICKET)

    async def sender(request: Request) -> Response:
        await asyncio.sleep(0)
        return answers.pop()

    async def both() -> None:
        waiting = AsyncClient("alation", BASE, sender=sender, clock=InstantClock())
        await asyncio.gather(waiting.wait(TICKET), waiting.wait(TICKET))

    first, second, whole = spans()
    for span in (first, second):
        assert span.parent is not None
        assert whole.context is not None
        assert span.parent.span_id == whole.context.span_id
    assert (whole.name, whole.kind, whole.parent) == ("wait alation/document/POST", trace.SpanKind.INTERNAL, None)
    assert attributes(whole) == {
        "jobmodels.key": "alation/document/POST",
        "jobmodels.job.id": "7",
        "jobmodels.job.state": "succeeded",
    }
    EXPORTER.clear()
    answers = [DONE, DONE, BUSY, BUSY]
    asyncio.run(both())
    wholes = {span.context.span_id for span in spans() if span.context and span.name.startswith("wait")}
    parents = [span.parent.span_id for span in spans() if span.parent]
    assert sorted(parents) == sorted([*wholes, *wholes])


def test_many_waits_are_told_apart(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """Whether they take turns or run beside each other: each exchange stands below the wait that it belongs to."""
    failed = Response.json({"detail": "no"}, 403)
    looks: list[str] = []

    def sender(request: Request) -> Response:
        name = request.query["id"]
        looks.append(name)
        return failed if name == "3" else DONE if looks.count(name) == 2 else BUSY

    async def sender_async(request: Request) -> Response:
        return sender(request)

    tickets = [Ticket(TICKET.key, number) for number in (1, 2, 3)]

    async def everything() -> None:
        asking = AsyncClient("alation", BASE, sender=sender_async, clock=InstantClock())
        with tracer.start_as_current_span("outside"):
            assert len([outcome async for outcome in asking.wait_all(tickets)]) == 3

    tracer = trace.get_tracer("test")
    for awaited in (False, True):
        EXPORTER.clear()
        looks.clear()
        if awaited:
            asyncio.run(everything())
        else:
            with tracer.start_as_current_span("outside"):
                assert len(list(Client("alation", BASE, sender=sender, clock=InstantClock()).wait_all(tickets))) == 3
        told = spans()
        (outside,) = (span for span in told if span.name == "outside")
        waits = {span.context.span_id: span for span in told if span.context and span.name.startswith("wait ")}
        assert outside.context is not None
        assert {span.parent and span.parent.span_id for span in waits.values()} == {outside.context.span_id}
        states = {_told(span, "jobmodels.job.id"): _told(span, "jobmodels.job.state") for span in waits.values()}
        assert states == {"1": "succeeded", "2": "succeeded", "3": None}
        assert [span.status.is_ok for span in waits.values() if _told(span, "jobmodels.job.id") == "3"] == [False]
        for span in told:
            if span.name == "GET":
                assert span.parent is not None
                name = _told(waits[span.parent.span_id], "jobmodels.job.id")
                assert str(_told(span, "url.full")).endswith(f"?id={name}")
    EXPORTER.clear()
    outcomes = Client("alation", BASE, sender=lambda request: BUSY, clock=InstantClock()).wait_all(tickets, timeout=1)
    next(outcomes)
    outcomes.close()
    assert len([span for span in spans() if span.name.startswith("wait")]) == 3


def _told(span: ReadableSpan, name: str) -> object:
    return (span.attributes or {}).get(name)


def test_a_wait_that_came_to_no_end_is_an_error(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """Of the class that was raised."""
    with pytest.raises(StillRunning):
        client(BUSY).wait(TICKET, timeout=0)

    assert attributes(spans()[-1])["error.type"] == "jobmodels.errors.StillRunning"
    assert "jobmodels.job.state" not in attributes(spans()[-1])


def test_a_thread_of_a_sender_belongs_to_the_span(spans: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """So that what instruments the library finds its parent."""
    found: list[int] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        found.append(trace.get_current_span().get_span_context().span_id)
        return httpx2.Response(200)

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as given:
        Client("alation", BASE, sender=given).status(TICKET)

    (span,) = spans()
    assert span.context is not None
    assert found == [span.context.span_id]


# Secrets.

CHARACTERS = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'\\")
SECRETS = st.text(CHARACTERS, min_size=6).map("s3cr3t-".__add__)
NAMES = st.sampled_from(["Token", "Authorization", "X-Own", "Cookie", "x-api-key", "AccessKey"])
SCHEMES = st.sampled_from(["", "Bearer ", "Basic ", "Token ", "Custom "])
PARAMETERS = st.sampled_from(["token", "access_token", "apiKey", "sig", "X-Amz-Signature", "pin"])


@settings(LAWS)
@given(SECRETS, NAMES, SCHEMES, PARAMETERS)
def test_no_secret_is_told(secret: str, name: str, scheme: str, parameter: str) -> None:
    """Neither of the header fields, whatever they are called, nor of the address, nor when a server gives it back."""
    told: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(self.format(record))

    headers = {name: scheme + secret, "Accept": "application/json"}
    body = secret.encode()
    request = Request("POST", f"/a/{quote(secret, safe='')}", {parameter: secret}, headers, body, BASE)
    echo = Response(
        200,
        {"Content-Type": f"text/{secret}", "Set-Cookie": secret, "X-Request-Id": f"{scheme}{secret}", "X-Else": secret},
        body,
    )
    listener, logger = Listener(), logging.getLogger("jobmodels")
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    EXPORTER.clear()
    try:
        observe(replay([echo]), request, frozenset({"pin"}))
        with pytest.raises(ValueError, match=r".+"):
            observe(replay([ValueError(f"in {scheme}{secret} and {secret!r}")]), request, frozenset({"pin"}))
    finally:
        logger.removeHandler(listener)
        logger.setLevel(logging.NOTSET)
    told += [span.to_json() for span in EXPORTER.get_finished_spans()]

    assert len(told) == 4
    for line in told:
        assert secret not in line
        assert quote(secret, safe="") not in line


def test_harmless_fields_stay_readable() -> None:
    """What is sent to every service is no secret, and short words are none."""
    headers = {"Accept": "application/json", "Content-Type": "application/json", "X-Api-Version": "3", "Token": "abc"}
    request = Request("GET", "/v3/jobs", {"q": "3 abc"}, headers, base=BASE)

    assert line_of(request) == "/v3/jobs?q=3+abc"
    assert fields_of(Response(200, {"Content-Type": "application/json"}), request) == {
        "content-type": "application/json"
    }
    assert fields_of(Response(200, {"Retry-After": "x" * 300, "Date": "a\n b"}), request) == {
        "date": "a b",
        "retry-after": "x" * 200,
    }
    assert fields_of(Response(200), request) == {}
    assert fault_of(ValueError(), request) == "ValueError"
