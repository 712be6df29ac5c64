"""The guard at the door: nothing leaves the origin, and nothing is more than one message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpx2
import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

import jobmodels
from jobmodels import Request, Response, System, Ticket
from jobmodels.clients import AsyncClient, Client, InstantClock
from jobmodels.clients._guard import guarded, origin_of
from jobmodels.errors import UnsafeRequest
from tests.strategies import LAWS

BASE = "https://service.example/prefix"
ORIGIN = "https://service.example:443"
SECRET = "s3cr3t-0123456789"
TICKET = Ticket("acme/report/GET", "7")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://service.example", ORIGIN),
        ("HTTPS://Service.EXAMPLE/prefix/", ORIGIN),
        ("https://service.example:443/a/b%20c", ORIGIN),
        ("http://service.example", "http://service.example:80"),
        ("http://127.0.0.1:08529", "http://127.0.0.1:8529"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example:443"),
        ("https://my_host-1.example.", "https://my_host-1.example.:443"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """Letter case and a port that goes without saying do not count."""
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "service.example",
        "//service.example",
        "ftp://service.example",
        "https://",
        "https:///path",
        "https:service.example",
        "https://user@service.example",
        "https://user:password@service.example",
        "https://@service.example",
        "https://service.example:port",
        "https://service.example:65536",
        "https://service.example:",
        "https://service.example?token=1",
        "https://service.example/#part",
        "https://service.example/a/../b",
        "https://service.example/%2e%2E",
        "https://service.example\\.evil.example",
        "https://service.example\n.evil.example",
        " https://service.example",
        "https://service.example ",
        "https://service.example\n",
        "https://bücher.example",
        "https://service\u3002example",
        "https://evil.example\u2044service.example",
        "https://\u212aservice.example",
        "http\u017f://service.example",
        "https://service%2eexample",
        "https://[::1",
        "https://[service]",
    ],
)
def test_a_base_url_is_a_plain_absolute_address(url: str) -> None:
    """Two libraries would make two things of any other."""
    with pytest.raises(ValueError, match="a base URL begins with"):
        Client("alation", url)


UNSAFE = [
    "@evil.example/",
    ".evil.example/",
    ":8080/",
    "evil",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/a/../../b",
    "/..",
    "/%2e%2e/b",
    "/.%2E/b",
    "/a%2F..%2Fb",
    "/a%5C..%5Cb",
    "/a b",
    "/a\r\nHost: evil.example",
    "/a\tb",
    "/a#part",
    "/é",
    "/%zz",
    "/%",
    "/a\x00",
    "https://evil.example/",
]


@pytest.mark.parametrize("path", UNSAFE)
def test_a_path_is_a_path(path: str) -> None:
    """It begins where the base URL ends, leads downward, and is quoted."""
    with pytest.raises(UnsafeRequest):
        guarded(Request("GET", path, base=BASE))


@pytest.mark.parametrize("path", ["", "/", "/a//b", "/a%2Fb", "/a...b/..c", "/~a;b=1,2:3@4", "?a=/../b", "/a?b=?c/d"])
def test_what_is_quoted_goes_through(path: str) -> None:
    """As it is."""
    request = Request("GET", path, base=BASE)
    assert guarded(request, ORIGIN) is request


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"base": None}, "not an address of HTTP"),
        ({"base": "file:///etc"}, "not an address of HTTP"),
        ({"base": "http://service.example"}, "it would leave the service"),
        ({"base": "https://service.example:8443"}, "it would leave the service"),
        ({"base": "https://evil.example"}, "it would leave the service"),
        ({"query": {"a": "\ud800"}}, "not an address of HTTP"),
        ({"method": "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\nGET"}, "its method is no word"),
        ({"method": ""}, "its method is no word"),
        ({"headers": {"Token": "a\r\nHost: evil.example"}}, "header field token has a line break"),
        ({"headers": {"Token": "a\n"}}, "header field token has a line break"),
        ({"headers": {"Token": " a"}}, "header field token has a line break, a blank"),
        ({"headers": {"Token": "ключ"}}, "header field token has .* not ASCII"),
        ({"headers": {"Token": "a\x00b"}}, "header field token"),
        ({"headers": {"To ken": "a"}}, "the name of a header field is no word"),
        ({"headers": {"Token\r\nHost": "a"}}, "the name of a header field is no word"),
        ({"headers": {"": "a"}}, "the name of a header field is no word"),
        ({"headers": {"Host": "evil.example"}}, "the header field host is written by the sender"),
        ({"headers": {"Content-Length": "0"}}, "the header field content-length is written by the sender"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "the header field transfer-encoding is written by the sender"),
    ],
)
def test_what_is_not_one_message_to_the_service_is_refused(parts: dict[str, Any], reason: str) -> None:
    """And the error names the field, never what stands there."""
    with pytest.raises(UnsafeRequest, match=reason) as raised:
        guarded(attrs.evolve(Request("GET", "/a", base=BASE), **parts), ORIGIN)
    assert "evil" not in str(raised.value)


@pytest.mark.parametrize("value", ["", "a", "Bearer a.b-c==", "a\tb  c", '"quoted, \\"so\\""'])
def test_what_a_header_field_may_hold_goes_through(value: str) -> None:
    """Visible ASCII, with blanks inside."""
    request = Request("GET", "/", headers={"X-Odd": value}, base=BASE)
    assert guarded(request) is request


BITS = st.sampled_from(
    ["/", "//", "\\", "..", ".", "%2e", "%2F", "%5c", "@", ":", ":80", "?", "#", "&", "evil.example", "a", "%41", "%",
     " ", "\n", "\r\n", "\t", "[", "]", "::1", "é", "\u3002", "\u2044", "\uff0f", "http:", "https://", ";", "\x00"]
)  # fmt: skip
TEXTS = st.lists(BITS, max_size=6).map("".join) | st.text(max_size=12)


@settings(LAWS)
@given(TEXTS, st.sampled_from(["https://service.example", BASE, BASE + "/", "http://service.example:8080"]))
@example("@evil.example", BASE)
@example("/%2e%2e/", BASE)
def test_what_goes_through_is_the_same_to_every_library(path: str, base: str) -> None:
    """Scheme, host and port of the base URL, and a path below it, once each has parsed and resolved the address."""
    request = Request("GET", path, base=base)
    try:
        guarded(request)
    except UnsafeRequest:
        return
    url = request.url
    prepared = requests.Request("GET", url).prepare()
    seen_by_httpx = httpx2.URL(url)
    origins = {origin_of(base)}
    below = urlsplit(base).path.rstrip("/")
    for scheme, host, port, way in [
        (*_plain(urlsplit(url)), urlsplit(url).path),
        (*_plain(urlsplit(prepared.url or "")), urlsplit(prepared.url or "").path),
        (*_plain(parse_url(url)), parse_url(url).path or ""),
        (seen_by_httpx.scheme, seen_by_httpx.host, seen_by_httpx.port, seen_by_httpx.raw_path.decode()),
    ]:
        known = port or {"http": 80, "https": 443}[str(scheme)]
        assert {f"{scheme}://{host}:{known}"} == origins
        assert way.startswith(below)


def _plain(parsed: Any) -> tuple[str | None, str | None, int | None]:
    return parsed.scheme, getattr(parsed, "hostname", None) or parsed.host, parsed.port


# Before a client.


def acme(request: Request) -> Any:
    """Make the registry of a system that asks in this way."""

    def ask(*args: Any, **options: Any) -> Request:
        return request

    system = System(name="acme", ask=ask)

    @system("report/GET")
    class Report(jobmodels.Record):
        """A report."""

        status: str

    return jobmodels.collect(Report)


def asked_by(request: Request, **options: Any) -> list[Request]:
    """Let a client ask in this way, blocking and awaited; give what each sent, which has to be the same."""
    sent: list[Request] = []
    sent_async: list[Request] = []

    def sender(given: Request) -> Response:
        sent.append(given)
        return Response(200)

    async def async_sender(given: Request) -> Response:
        sent_async.append(given)
        return Response(200)

    made: list[Callable[[], Any]] = [
        lambda: Client("acme", BASE, sender=sender, registry=acme(request), clock=InstantClock(), **options),
        lambda: AsyncClient("acme", BASE, sender=async_sender, registry=acme(request), clock=InstantClock(), **options),
    ]
    refusals: list[UnsafeRequest] = []
    for make in made:
        try:
            answer = make().status(TICKET)
            if asyncio.iscoroutine(answer):
                asyncio.run(answer)
        except UnsafeRequest as error:
            refusals.append(error)
    assert sent == sent_async
    assert len(refusals) in {0, 2}
    assert bool(refusals) is not bool(sent)
    return sent


@pytest.mark.parametrize("path", UNSAFE)
def test_a_system_cannot_ask_elsewhere(path: str) -> None:
    """Whatever its `ask` gives, nothing is sent."""
    assert asked_by(Request("GET", path), auth={"Token": SECRET}) == []


def test_a_request_may_have_a_base_of_its_own() -> None:
    """At the same origin, spelled however; at no other."""
    (sent,) = asked_by(Request("GET", "/a", base="HTTPS://service.example:443/other"), auth={"Token": SECRET})
    assert sent.url == "HTTPS://service.example:443/other/a"
    assert sent.headers["token"] == SECRET
    for base in ("https://evil.example", "http://service.example", "https://service.example:8443", "", "evil"):
        assert asked_by(Request("GET", "/a", base=base), auth={"Token": SECRET}) == []


def test_credentials_take_the_place_of_what_a_system_wrote() -> None:
    """Whatever the letter case; two values would be neither."""
    request = Request("GET", "/a", headers={"authorization": "none", "Accept": "a/b"})
    (sent,) = asked_by(request, auth={"AUTHORIZATION": "Bearer x"})
    assert dict(sent.headers) == {"authorization": "Bearer x", "accept": "a/b"}


def test_a_token_with_a_line_break_is_the_mistake_of_the_caller() -> None:
    """As one that was read from a file: the error says so at once, and does not show it."""
    client = Client("acme", BASE, auth={"Token": f"{SECRET}\n"}, registry=acme(Request("GET", "/a")))
    with pytest.raises(UnsafeRequest, match="the header field token has a line break") as raised:
        client.wait(TICKET)
    assert SECRET not in str(raised.value)
