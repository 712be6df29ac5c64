"""Downloads: what a result points at, fetched without the credentials of any client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests

from jobmodels import Request, Response
from jobmodels.clients import RequestsSender, download, download_async, send, send_async
from jobmodels.errors import UnsafeRequest
from tests.loopback import Stage, serving

FILE = Response(200, {"content-type": "application/zip"}, b"PK\x00\xff")
SIGNED = "?X-Amz-Signature=a%2Fb%3D&X-Amz-Date=20240917T125042Z&response-content-disposition=a%20b+c~d"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A service on loopback."""
    with serving() as service:
        yield service


@pytest.fixture(scope="module")
def storage(stage: Stage) -> Iterator[Stage]:
    """Where files are."""
    with serving() as service:
        yield service


def plain(answer: Response) -> tuple[int | None, Any]:
    """Give what is the same each time."""
    return answer.status, answer.body


def test_a_file_is_fetched_without_credentials(stage: Stage) -> None:
    """The address goes as it is, signature included, and nothing else does."""
    stage.play(FILE)
    for answer in (download(stage.url + "/f.zip" + SIGNED), asyncio.run(download_async(stage.url + "/f.zip" + SIGNED))):
        assert plain(answer) == (200, FILE.body)
    for asked in stage.asked:
        assert asked.line == f"GET /f.zip{SIGNED}"
        assert asked.headers.keys() == {"host", "accept-encoding", "user-agent"}


def test_redirects_are_followed_to_other_places(stage: Stage, storage: Stage) -> None:
    """As storage services redirect; relative ones too."""
    for fetch in (download, lambda url: asyncio.run(download_async(url))):
        stage.play(Response(302, {"Location": f"{storage.url}/a/b{SIGNED}"}))
        storage.play(Response(303, {"Location": "../real?b=2#part"}), FILE)
        assert plain(fetch(stage.url + "/f")) == (200, FILE.body)
        assert storage.lines == [f"GET /a/b{SIGNED}", "GET /real?b=2"]


def answering(*answers: Response) -> tuple[Callable[[Request], Response], list[str]]:
    """Make a sender that gives answers in order, and remembers the addresses."""
    told, asked = list(answers), list[str]()

    def sender(request: Request) -> Response:
        asked.append(request.url)
        return told.pop(0) if len(told) > 1 else told[0]

    return sender, asked


def test_redirects_come_to_an_end() -> None:
    """After five, with an error; a redirect to nowhere is the answer."""
    sender, asked = answering(Response(301, {"Location": "/again"}))
    with pytest.raises(ConnectionError, match="more than 5 redirects"):
        download("https://x.example/a", sender)
    assert len(asked) == 6
    lost = Response(302, {}, b"where?")
    assert download("https://x.example/a", answering(lost)[0]) is lost


@pytest.mark.parametrize("status", [200, 300, 304, 403, 404, 500])
def test_any_other_answer_is_the_answer(status: int) -> None:
    """An address that has expired is data too; a location without a redirect leads nowhere."""
    told = Response(status, {"Location": "https://evil.example"})
    sender, asked = answering(told)
    assert download("https://x.example/a", sender) is told
    assert asked == ["https://x.example/a"]


@pytest.mark.parametrize(
    "location",
    ["http://x.example/a", "file:///etc/passwd", "ftp://x.example/a", "javascript:alert(1)", "https://u:p@x.example/",
     "//u@x.example/", "https://x.example\\@evil.example/", "http://[bad", "https://bücher.example/"],
)  # fmt: skip
def test_a_redirect_leads_to_a_safe_address(location: str) -> None:
    """From https to nothing else, and never to a user or a file."""
    sender, asked = answering(Response(302, {"Location": location}), FILE)
    with pytest.raises(UnsafeRequest):
        download("https://x.example/a", sender)
    assert asked == ["https://x.example/a"]


@pytest.mark.parametrize(
    "url", ["", "/f.zip", "file:///etc/passwd", "ftp://x.example/", "https://u:p@x.example/", "http://[bad", "data:,x"]
)
def test_an_address_is_one_of_http(url: str) -> None:
    """Nothing is asked of any other."""
    sender, asked = answering(FILE)
    with pytest.raises(UnsafeRequest):
        download(url, sender)
    with pytest.raises(UnsafeRequest):
        asyncio.run(download_async(url))
    assert asked == []


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://x.example", "http://x.example/"),
        ("http://x.example?a=1", "http://x.example/?a=1"),
        ("http://x.example/ä b|c", "http://x.example/%C3%A4%20b%7Cc"),
        ("http://x.example/a%2Fb?f[0]=1#part", "http://x.example/a%2Fb?f%5B0%5D=1"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_only_what_has_to_be_quoted_is(url: str, sent: str) -> None:
    """So that a signature still fits."""
    sender, asked = answering(FILE)
    assert download(url, sender) is FILE
    assert asked == [sent]


def test_a_download_has_bounds_of_its_own(stage: Stage) -> None:
    """Those of its sender, which may be any."""
    stage.play(FILE)
    with pytest.raises(ConnectionError, match="larger than 3 bytes"):
        download(stage.url, partial(send, largest=3))
    with pytest.raises(ConnectionError, match="larger than 3 bytes"):
        asyncio.run(download_async(stage.url, partial(send_async, largest=3)))
    with requests.Session() as session:
        assert download(stage.url, RequestsSender(session)).body == FILE.body
