"""Senders: the same request and the same answer through every library, within bounds, and nothing of a credential."""

from __future__ import annotations

import asyncio
import gzip
import netrc
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
import httpx
import httpx2
import pytest
import requests
import requests.adapters
import requests.auth
import urllib3

from jobmodels import JobState, Request, Response, Ticket
from jobmodels.clients import (
    AsyncClient,
    AsyncHttpxSender,
    Client,
    HttpxSender,
    InstantClock,
    RequestsSender,
    replay,
    send,
    send_async,
)
from jobmodels.clients._standard import _trust
from jobmodels.errors import UnsafeRequest
from tests.loopback import CLOSED, RESET, Carrier, Stage, each_carrier, head, saying, serving

SECRET = "s3cr3t-0123456789"
OK = Response(200, {"content-type": "application/json"}, b'{"status": "successful", "msg": "", "result": []}')
LONG = b"x" * 2000
SILENCE = saying(b"", pause=0.6)
TICKET = Ticket("alation/document/POST", 7)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A service on loopback."""
    with serving() as service:
        yield service


@pytest.fixture(scope="module")
def other(stage: Stage) -> Iterator[Stage]:
    """Another one, on a port of its own."""
    with serving() as service:
        yield service


def asking(stage: Stage, **parts: Any) -> Request:
    """Make a request to it."""
    return attrs.evolve(Request("GET", "/jobs/1", base=stage.url), **parts)


# The same request, the same answer.


@each_carrier
def test_a_request_goes_as_it_was_built(carrier: Carrier, stage: Stage) -> None:
    """Method, path, query, header fields and body; what is quoted stays quoted."""
    stage.play(OK)
    request = asking(
        stage,
        method="PUT",
        path="/prefix/a%2Fb%20c/~x;y=1",
        query={"page[offset]": "2", "name": "Zoë & co + 100 %", "empty": ""},
        headers={"X-Api-Version": "3", "Token": "t"},
        body=b'{"caf\xc3\xa9": 1}',
    )

    assert carrier.send(request).status == 200
    (asked,) = stage.asked
    assert asked.line == f"PUT {request.url.removeprefix(stage.url)}"
    assert asked.line.endswith("?page%5Boffset%5D=2&name=Zo%C3%AB+%26+co+%2B+100+%25&empty=")
    assert (asked.headers["x-api-version"], asked.headers["token"]) == ("3", "t")
    assert asked.body == b'{"caf\xc3\xa9": 1}'
    assert "authorization" not in asked.headers


@each_carrier
@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_request_without_a_body_has_none(carrier: Carrier, stage: Stage, method: str) -> None:
    """Nor a content type."""
    stage.play(OK)
    carrier.send(asking(stage, method=method))

    assert stage.asked[0].body == b""
    assert "content-type" not in stage.asked[0].headers


@each_carrier
def test_an_answer_comes_as_it_was_given(carrier: Carrier, stage: Stage) -> None:
    """Status, body, and all header fields, repeated ones joined; bytes above ASCII stay."""
    told = b"\x00\xff{"
    stage.play(saying(head(418, Link="<a>", X_Link="1", link="<b>", X_Odd="\xe9", Content_Length=3), told))
    answer = carrier.send(asking(stage))

    assert (answer.status, answer.body) == (418, told)
    assert answer.header("link") == "<a>, <b>"
    assert answer.header("x-odd") == "\xe9".encode().decode("latin-1")


@each_carrier
@pytest.mark.parametrize(
    ("said", "status", "body"),
    [
        (head(204), 204, b""),
        (head(200, Content_Length=0), 200, b""),
        (head(200, Transfer_Encoding="chunked") + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, b"abc"),
        (head(200) + b"abc", 200, b"abc"),
        (head(100) + head(200, Content_Length=1) + b"a", 200, b"a"),
        (head(200, Content_Encoding="gzip") + gzip.compress(LONG), 200, LONG),
    ],
    ids=["no-content", "empty", "chunked", "until-it-is-closed", "after-a-hint", "gzip"],
)
def test_every_form_of_an_answer_is_read(carrier: Carrier, stage: Stage, said: bytes, status: int, body: bytes) -> None:
    """Also one that is packed though nobody asked for it."""
    stage.play(saying(said))
    answer = carrier.send(asking(stage))

    assert (answer.status, answer.body) == (status, body)


@each_carrier
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_comes_back_as_what_it_is(carrier: Carrier, stage: Stage, other: Stage, status: int) -> None:
    """And the port that it names sees nothing."""
    other.play(OK)
    stage.play(Response(status, {"Location": f"{other.url}/stolen"}, b"moved"))
    answer = carrier.send(asking(stage, headers={"Token": SECRET}))

    assert (answer.status, answer.body, len(stage.asked)) == (status, b"moved", 1)
    assert answer.header("location") == f"{other.url}/stolen"
    assert other.asked == []


@each_carrier
def test_the_answer_to_head_has_no_body(carrier: Carrier, stage: Stage) -> None:
    """Though it says how long it would be."""
    stage.play(saying(head(200, Content_Length=5)))

    assert carrier.send(asking(stage, method="HEAD")).body == b""


# Faults.

CUT = {
    "reset": RESET,
    "closed": CLOSED,
    "no-http": saying(b"what?\r\n\r\n"),
    "cut-body": saying(head(Content_Length=10), b"abc"),
    "reset-body": saying(head(Content_Length=10), b"abc", reset=True),
    "cut-chunks": saying(head(Transfer_Encoding="chunked"), b"a\r\nabc"),
    "not-gzip": saying(head(Content_Encoding="gzip", Content_Length=4), b"{  }"),
    "broken-gzip": saying(head(Content_Encoding="gzip"), gzip.compress(b"x" * 9)[:12] + b"!" * 20),
}


@each_carrier
@pytest.mark.parametrize("fault", CUT)
def test_what_is_no_whole_answer_is_a_connection_error(carrier: Carrier, stage: Stage, fault: str) -> None:
    """Never a part of one, and never an exception that only one library has."""
    stage.play(CUT[fault])
    with pytest.raises(ConnectionError) as raised:
        carrier.send(asking(stage, headers={"Token": SECRET}, query={"token": SECRET}))

    assert type(raised.value).__module__ == "builtins"
    assert SECRET not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@each_carrier
def test_a_head_that_was_cut_off_is_none(carrier: Carrier, stage: Stage) -> None:
    """But for `requests`, to which its own library does not say so."""
    stage.play(saying(b"HTTP/1.1 200 OK\r\nContent-Ty"))
    if carrier.library is requests.Session:
        assert carrier.send(asking(stage)).body == b""
        return
    with pytest.raises(ConnectionError):
        carrier.send(asking(stage))


@each_carrier
def test_a_service_that_is_not_there_is_a_connection_error(carrier: Carrier) -> None:
    """Of which neither address nor headers tell a credential."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    request = Request("GET", "/", query={"api_key": SECRET}, headers={"X-Odd": SECRET}, base=f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectionError) as raised:
        carrier.send(request)

    assert SECRET not in str(raised.value)


@each_carrier
@pytest.mark.parametrize(
    ("act", "bounds"),
    [
        (SILENCE, {"timeout": 0.05}),
        (SILENCE, {"total": 0.05}),
        (saying(*[b"HTTP/1.1 200 OK\r\nX: "[i : i + 1] for i in range(20)], pause=0.04), {"total": 0.1}),
        (saying(head(Content_Length=30), *[b"x"] * 15, pause=0.04), {"total": 0.2}),
        (saying(head(Transfer_Encoding="chunked"), *[b"1\r\nx\r\n"] * 15, pause=0.04), {"total": 0.2}),
    ],
    ids=["silent", "silent-in-all", "slow-head", "slow-body", "slow-chunks"],
)
def test_nobody_is_held_for_ever(carrier: Carrier, stage: Stage, act: Any, bounds: dict[str, float]) -> None:
    """Neither by silence nor by drops."""
    stage.play(act)
    with pytest.raises(TimeoutError) as raised:
        carrier.send(asking(stage), **bounds)

    assert type(raised.value) is TimeoutError
    assert str(raised.value)


@each_carrier
def test_a_request_may_have_less_time(carrier: Carrier, stage: Stage) -> None:
    """As it has when the deadline of a wait is near."""
    stage.play(SILENCE)
    with pytest.raises(TimeoutError):
        carrier.send(asking(stage, timeout=0.05))
    with pytest.raises(TimeoutError):
        carrier.send(asking(stage, timeout=0.0))


@each_carrier
@pytest.mark.parametrize(
    "said",
    [
        saying(head(Content_Length=2000), LONG),
        saying(head(), LONG),
        saying(head(Content_Encoding="gzip"), gzip.compress(LONG)),
        saying(head(302, Location="/there"), LONG),
    ],
    ids=["declared", "undeclared", "packed", "redirect"],
)
def test_an_answer_that_is_too_large_is_none(carrier: Carrier, stage: Stage, said: Any) -> None:
    """However it says so, or does not."""
    stage.play(said)
    with pytest.raises(ConnectionError, match="larger than 1000 bytes"):
        carrier.send(asking(stage), largest=1000)
    assert carrier.send(asking(stage), largest=2000).body == LONG


CAN_WAKE = pytest.mark.skipif(not hasattr(urllib3.HTTPResponse, "shutdown"), reason="this urllib3 wakes nobody")


@pytest.mark.parametrize("make", [pytest.param(RequestsSender, marks=CAN_WAKE), HttpxSender])
def test_a_thread_that_is_left_alone_ends(stage: Stage, make: Any) -> None:
    """It does not read on for as long as there are drops."""
    before = set(threading.enumerate())
    stage.play(saying(head(Content_Length=3000), *[b"x"] * 200, pause=0.05))
    with requests.Session() if make is RequestsSender else httpx2.Client() as client:
        with pytest.raises(TimeoutError):
            make(client, total=0.1)(asking(stage))
        for thread in set(threading.enumerate()) - before:
            if thread.name == "jobmodels":
                thread.join(5)
                assert not thread.is_alive()


def test_a_thread_that_is_left_alone_does_not_keep_a_program_alive() -> None:
    """Nor does an event loop wait for it."""
    code = (
        "import asyncio, socket, jobmodels.clients as clients\n"
        "from jobmodels import Request\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "request = Request('GET', '/', base=f'http://127.0.0.1:{server.getsockname()[1]}')\n"
        "async def main():\n"
        "    await asyncio.wait_for(clients.send_async(request), 0.05)\n"
        "try:\n"
        "    asyncio.run(main())\n"
        "except TimeoutError:\n"
        "    print('gone on')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50)
    assert (done.stdout.strip(), done.stderr) == ("gone on", "")


# TLS.


@pytest.fixture(scope="module")
def secure() -> Iterator[Stage]:
    """A service with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    with serving(ssl_context=context) as service:
        yield service


PEM = Path(__file__).with_name("loopback.pem")


@each_carrier
def test_a_certificate_that_nobody_trusts_is_refused(carrier: Carrier, secure: Stage) -> None:
    """Before anything is sent."""
    secure.play(OK)
    with pytest.raises(OSError, match=r"(?i)certificate"):
        carrier.send(asking(secure, headers={"Token": SECRET}))
    assert secure.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_standard_library_trusts_whom_the_machine_trusts(
    secure: Stage, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """And sends by TLS what it sends without."""
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    _trust.cache_clear()
    secure.play(OK)
    try:
        assert send(Request("GET", "/", base=secure.url.replace("127.0.0.1", host))).body == OK.body
    finally:
        _trust.cache_clear()
    assert secure.lines == ["GET /"]


@each_carrier
def test_what_does_not_speak_tls_is_refused(carrier: Carrier, stage: Stage) -> None:
    """A plain service behind an https address."""
    stage.play(OK)
    with pytest.raises(OSError, match=r".+"):
        carrier.send(asking(stage, base=stage.url.replace("http:", "https:")), timeout=5)


# What each library brings.


@pytest.fixture
def machine(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A machine whose `.netrc` knows the service."""
    path = tmp_path / "netrc"
    path.write_text(f"machine 127.0.0.1 login someone password {SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    assert netrc.netrc(str(path)).authenticators("127.0.0.1")
    monkeypatch.setenv("NETRC", str(path))
    return stage.play(OK)


@each_carrier
def test_netrc_is_not_read(carrier: Carrier, machine: Stage) -> None:
    """Its password is not sent, and does not take the place of the credentials of a client."""
    carrier.send(asking(machine))
    carrier.send(asking(machine, headers={"Authorization": "Bearer abc"}))

    assert [asked.headers.get("authorization") for asked in machine.asked] == [None, "Bearer abc"]


def test_the_credentials_of_a_session_are_its_own(machine: Stage) -> None:
    """Whoever gives it some means them."""
    with requests.Session() as session:
        session.auth = ("someone", "else")
        session.headers["X-Own"] = "1"
        RequestsSender(session)(asking(machine))

    assert machine.asked[0].headers["authorization"].startswith("Basic ")
    assert machine.asked[0].headers["x-own"] == "1"


def test_digest_authentication_works(stage: Stage) -> None:
    """The request that is refused for want of a nonce is sent again by the library, within the same exchange."""
    refusal = Response(401, {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'})
    with requests.Session() as session:
        session.auth = requests.auth.HTTPDigestAuth("someone", "else")
        stage.play(refusal, OK)
        assert RequestsSender(session)(asking(stage)).body == OK.body
    with httpx2.Client(auth=httpx2.DigestAuth("someone", "else")) as client:
        stage.play(refusal, OK)
        assert HttpxSender(client)(asking(stage)).body == OK.body


def objecting(answer: Any, *args: Any, **options: Any) -> None:
    """Raise for a status, as many sessions are told to."""
    assert answer.content == b"no"
    answer.raise_for_status()


@pytest.mark.parametrize("hooks", [objecting, [objecting]])
def test_an_answer_is_one_though_a_hook_objects(stage: Stage, hooks: Any) -> None:
    """A 404 means something, and a hook of a session cannot know what."""
    stage.play(Response(404, {}, b"no"))
    with requests.Session() as session:
        session.hooks["response"] = hooks
        answer = RequestsSender(session)(asking(stage))

    assert (answer.status, answer.body) == (404, b"no")


def test_a_hook_may_give_another_answer(stage: Stage) -> None:
    """As those do that send again."""
    stage.play(Response(503, {}, b"later"), OK)

    def again(answer: Any, *args: Any, **options: Any) -> Any:
        return requests.get(answer.url, timeout=5)

    with requests.Session() as session:
        session.hooks["response"] = [again]
        assert RequestsSender(session)(asking(stage)).body == OK.body


def test_a_redirect_to_what_is_no_address_is_an_answer(stage: Stage) -> None:
    """A session would look where it leads, though it is not to be followed."""
    stage.play(saying(head(302, Location="http://[bad"), b"moved"))
    with requests.Session() as session:
        answer = RequestsSender(session)(asking(stage))

    assert (answer.status, answer.body) == (302, b"moved")


def test_what_a_hook_of_httpx_raises_says_what_was_answered(stage: Stage) -> None:
    """The answer itself is gone then."""
    stage.play(Response(404, {}, b"no"))
    with (
        httpx2.Client(event_hooks={"response": [httpx2.Response.raise_for_status]}) as client,
        pytest.raises(ConnectionError, match="HTTPStatusError: Client error '404"),
    ):
        HttpxSender(client)(asking(stage))


class Careless(requests.adapters.BaseAdapter):
    """Brings what it is given, as urllib3 did before it counted."""

    def __init__(self, body: Any, **headers: str) -> None:
        """Take a body, and headers."""
        super().__init__()
        self.body, self.headers = body, {name.replace("_", "-"): told for name, told in headers.items()}

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        """Answer."""
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers.update(self.headers)
        answer.raw = self.body
        return answer

    def close(self) -> None:
        """Leave nothing open."""


def test_a_body_that_was_cut_off_is_none_in_any_version_of_urllib3() -> None:
    """Before its second version it said nothing of it."""
    cut = urllib3.HTTPResponse(BytesIO(b"ab"), preload_content=False)
    with requests.Session() as session:
        session.mount("http://", Careless(cut, Content_Length="5"))
        with pytest.raises(ConnectionError, match="3 bytes are missing"):
            RequestsSender(session)(Request("GET", "/", base="http://x.example"))


def test_a_session_may_be_a_double() -> None:
    """One that takes no hooks, and gives what it was told."""

    class Double(requests.Session):
        def request(self, *args: Any, **options: Any) -> requests.Response:
            return Careless(BytesIO(b"abc"), Content_Length="3").send(requests.Request("GET", "http://x/"))

    with Double() as session:
        assert RequestsSender(session)(Request("GET", "/", base="http://x.example")).body == b"abc"


TIMEOUTS: list[tuple[dict[str, Any], dict[str, Any], dict[str, float]]] = [
    ({}, {}, {"connect": 60, "read": 60, "write": 60, "pool": 60}),
    ({"timeout": 7}, {}, {"connect": 7, "read": 7, "write": 7, "pool": 7}),
    ({"timeout": httpx.Timeout(5, read=200)}, {}, {"connect": 5, "read": 200, "write": 5, "pool": 5}),
    ({"timeout": 7}, {"timeout": 3}, {"connect": 3, "read": 3, "write": 3, "pool": 3}),
    ({"timeout": None}, {}, {"connect": 300, "read": 300, "write": 300, "pool": 300}),
    ({"timeout": 700}, {"total": 30}, {"connect": 30, "read": 30, "write": 30, "pool": 30}),
]


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize(("made_with", "bounds", "expected"), TIMEOUTS)
def test_a_timeout_that_a_client_was_made_with_stays(
    library: Any, made_with: dict[str, Any], bounds: dict[str, Any], expected: dict[str, float]
) -> None:
    """One that nobody chose is ours, and none is longer than there is time."""
    told: list[dict[str, float]] = []

    def answer(request: Any) -> Any:
        told.append(request.extensions["timeout"])
        return library.Response(200)

    if isinstance(made_with.get("timeout"), httpx.Timeout):
        made_with = {"timeout": library.Timeout(5, read=200)}
    with library.Client(transport=library.MockTransport(answer), **made_with) as client:
        HttpxSender(client, **bounds)(Request("GET", "/", base="http://x.example"))

    assert {part: round(seconds) for part, seconds in told[0].items()} == expected


# Choosing.


def test_a_callable_is_a_sender_as_it_is() -> None:
    """Also where it is a session besides."""

    class Both(requests.Session):
        def __call__(self, request: Request) -> Response:
            return OK

    for given in (replay([OK]), send, Both()):
        assert Client("alation", "http://x.example", sender=given).sender is given
    assert AsyncClient("alation", "http://x.example", sender=send_async).sender is send_async


def test_what_is_derived_from_a_client_is_one() -> None:
    """Of whatever library."""

    class Own(requests.Session): ...

    class OwnAsync(httpx2.AsyncClient): ...

    with Own() as session:
        assert Client("alation", "http://x.example", sender=session).sender == RequestsSender(session)
    client = OwnAsync()
    assert AsyncClient("alation", "http://x.example", sender=client).sender == AsyncHttpxSender(client)


@pytest.mark.parametrize(
    ("make", "given", "text"),
    [
        (Client, requests.Session, "not the class Session"),
        (Client, requests, "not module"),
        (Client, None, "not NoneType"),
        (Client, httpx2.AsyncClient(), "httpx2.Client or httpx.Client, not AsyncClient"),
        (Client, httpx.AsyncClient(), "not AsyncClient"),
        (AsyncClient, requests.Session(), "httpx2.AsyncClient or httpx.AsyncClient, not Session"),
        (AsyncClient, httpx2.Client(), "not Client"),
        (AsyncClient, 7, "not int"),
    ],
)
def test_what_sends_nothing_is_refused_at_once(make: Callable[..., Any], given: Any, text: str) -> None:
    """With what would do."""
    with pytest.raises(TypeError, match=f"a sender is a callable that takes a Request .*{text}"):
        make("alation", "http://x.example", sender=given)


def test_no_library_is_imported_that_the_user_did_not_import() -> None:
    """Neither to offer senders nor to choose one."""
    code = (
        "import sys, jobmodels.clients as clients\n"
        "clients.Client('alation', 'http://x.example', sender=clients.replay([]))\n"
        "print([name for name in ('requests', 'httpx', 'httpx2', 'urllib3', 'opentelemetry') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_clients_of_a_library_are_given_as_they_are(stage: Stage) -> None:
    """And are left open for whoever made them."""
    stage.play(OK)
    with requests.Session() as session, httpx.Client() as old, httpx2.Client() as new:
        for sender in (session, old, new):
            client = Client("alation", stage.url, sender=sender, clock=InstantClock())
            assert client.wait(TICKET).state is JobState.SUCCEEDED
            assert client.wait(TICKET).state is JobState.SUCCEEDED

    async def awaited() -> None:
        async with httpx.AsyncClient() as old, httpx2.AsyncClient() as new:
            for sender in (old, new):
                client = AsyncClient("alation", stage.url, sender=sender, clock=InstantClock())
                assert (await client.wait(TICKET)).state is JobState.SUCCEEDED

    asyncio.run(awaited())


@pytest.mark.parametrize("make", [RequestsSender, HttpxSender, AsyncHttpxSender])
def test_a_sender_does_not_show_what_it_sends_with(make: Any) -> None:
    """A client may have credentials of its own; bounds are shown."""
    assert SECRET not in repr(make(SECRET, total=30))
    assert "total=30" in repr(make(SECRET, total=30))


@each_carrier
def test_a_sender_refuses_by_itself_what_is_not_safe(carrier: Carrier, stage: Stage) -> None:
    """Also where no client stands before it."""
    stage.play(OK)
    with pytest.raises(UnsafeRequest):
        carrier.send(asking(stage, headers={"Token": "a\r\nHost: evil"}))
    with pytest.raises(UnsafeRequest):
        carrier.send(Request("GET", "/"))
    assert stage.asked == []


# Clients as contexts.


def test_leaving_a_client_closes_what_it_sends_with() -> None:
    """A session, a client of another library; a callable has nothing to close."""
    session, plain = requests.Session(), httpx2.Client()
    closed: list[object] = []
    session.close = lambda: closed.append(session)  # type: ignore[method-assign]
    with Client("alation", "https://service.example", sender=session) as asking:
        assert closed == []
        assert asking.sender is not None
    with Client("alation", "https://service.example", sender=plain):
        assert not plain.is_closed
    with Client("alation", "https://service.example"):
        pass
    assert closed == [session]
    assert plain.is_closed


def test_leaving_a_client_in_an_event_loop_closes_what_it_sends_with() -> None:
    """Also when something is raised inside."""

    async def everything() -> None:
        awaited = httpx2.AsyncClient()
        with pytest.raises(KeyError):
            async with AsyncClient("alation", "https://service.example", sender=awaited):
                raise KeyError
        assert awaited.is_closed
        async with AsyncClient("alation", "https://service.example") as asking:
            assert asking.policy.timeout == 900

    asyncio.run(everything())
