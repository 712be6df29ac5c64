"""What travels: headers, responses, requests, tickets."""

from __future__ import annotations

import json
import pickle
from email.message import Message
from http import HTTPStatus
from typing import Any

import attrs
import pytest

from jobmodels import Headers, Key, Listing, Request, Response, Ticket
from jobmodels._wire import _seal
from jobmodels.errors import InvalidKey, InvalidTicket

# Headers.


@pytest.mark.parametrize("name", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_a_header_is_found_in_any_letter_case(name: str) -> None:
    """Names of header fields have no letter case."""
    headers = Headers({"Content-type": "text/html"})

    assert headers[name] == "text/html"
    assert name in headers
    assert headers.get(name) == "text/html"


def test_headers_are_listed_in_lower_case_in_order_of_arrival() -> None:
    """What one iterates over does not depend on the library that received it."""
    assert list(Headers({"B": "1", "A": "2"})) == ["b", "a"]
    assert len(Headers({"B": "1", "A": "2"})) == 2


def test_headers_may_be_bytes() -> None:
    """ASGI gives pairs of bytes; they are Latin-1."""
    assert dict(Headers([(b"X-Name", b"caf\xe9")])) == {"x-name": "café"}


def test_headers_given_twice_are_joined() -> None:
    """Fields of one name are one list, as HTTP says, whatever their letter case."""
    assert dict(Headers([("Link", "a"), ("link", "b")])) == {"link": "a, b"}
    assert dict(Headers({"Link": "a", "link": "b"})) == {"link": "a, b"}


def test_headers_of_the_standard_library_are_read() -> None:
    """`http.client` gives a message, which has items but is no mapping."""
    message = Message()
    message["Retry-After"] = "7"
    message["Retry-After"] = "8"

    assert dict(Headers(message)) == {"retry-after": "7, 8"}


def test_a_header_value_of_another_type_becomes_text() -> None:
    """A recorded header may be a number."""
    assert dict(Headers({"Retry-After": 7})) == {"retry-after": "7"}


def test_equal_headers_have_one_hash() -> None:
    """Neither letter case nor order counts."""
    one, other = Headers({"A": "1", "b": "2"}), Headers([("B", "2"), ("a", "1")])

    assert one == other
    assert hash(one) == hash(other)
    assert one == {"a": "1", "b": "2"}


def test_headers_hide_credentials_when_shown() -> None:
    """`Authorization` and its like stay readable by name only."""
    headers = Headers({"Authorization": "Bearer abc", "Token": "abc", "Set-Cookie": "abc", "X-Request-Id": "7"})

    assert "abc" not in repr(headers)
    assert "'x-request-id': '7'" in repr(headers)
    assert headers["token"] == "abc"


def test_what_is_no_name_is_in_no_headers() -> None:
    """Asking for it is no error."""
    number: Any = 7
    name: Any = b"A"

    assert number not in Headers({"a": "1"})
    assert name in Headers({"a": "1"})


# Responses.


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (200, 200),
        (HTTPStatus.NOT_FOUND, 404),
        ("503", 503),
        (None, None),
        ("", None),
        ("abc", None),
        ("٣", None),
        ("2" * 20, None),
        (True, None),
        (200.0, None),
        pytest.param(10**5000, None, id="a number of 5,000 digits"),
        (0, None),
        (-1, None),
    ],
)
def test_a_status_is_three_digits_or_not_known(given: Any, status: int | None) -> None:
    """A status comes as number, member of an enumeration, or digits; anything else is not known."""
    told = Response(given).status

    assert told == status
    assert type(told) is type(status)


def test_headers_that_are_not_known_are_not_the_same_as_none() -> None:
    """A log without headers says nothing about the header that one looks for."""
    assert Response(200).headers is None
    assert Response(200, {}).headers == Headers()
    assert Response(200).header("x") is None
    assert Response(200, {}).header("x") is None
    assert Response(200, {"X": "1"}).header("x") == "1"


def test_headers_are_taken_over_as_they_are() -> None:
    """Headers that were made once are not made again."""
    headers = Headers({"a": "1"})

    assert Response(200, headers).headers is headers
    assert Request("GET", "/", headers=headers).headers is headers


@pytest.mark.parametrize(
    ("given", "media"),
    [
        ("application/json", "application/json"),
        ("Application/Problem+JSON; charset=utf-8", "application/problem+json"),
        (" text/html ;x", "text/html"),
        ("", None),
        (";charset=utf-8", None),
        ("  ", None),
    ],
)
def test_the_content_type_has_neither_parameters_nor_letter_case(given: str, media: str | None) -> None:
    """Only the media type tells what a body is."""
    assert Response(200, {"Content-Type": given}).content_type == media
    assert Response(200).content_type is None


@pytest.mark.parametrize("body", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_a_body_of_any_bytes_is_bytes(body: Any) -> None:
    """A buffer that its owner fills again does not change a response."""
    assert type(Response(200, None, body).body) is bytes
    assert Response(200, None, body).body == b"abc"


def test_a_response_is_made_of_a_document() -> None:
    """The body is JSON, and the content type says so; a header that is given wins."""
    response = Response.json({"a": 1})

    assert (response.status, response.content_type, response.body) == (200, "application/json", b'{"a": 1}')
    assert Response.json([], 400, {"Content-Type": "application/problem+json"}).content_type == (
        "application/problem+json"
    )


def test_a_body_is_not_shown() -> None:
    """A body may be long, and may hold secrets."""
    assert "abc" not in repr(Response(200, None, "abc"))
    assert "abc" not in repr(Request("POST", "/", body=b"abc"))


@pytest.mark.parametrize(
    "value",
    [
        Response(302, {"Location": "https://x/?token=abc"}),
        Request("GET", "/x?api_key=abc", {"accessKey": "abc"}, {"Authorization": "Bearer abc"}),
        Ticket(Key("a/b/GET"), "7", links={"href": "https://user:abc@x/?token=abc"}),
        Listing(next="/list?access_token=abc"),
    ],
)
def test_what_travels_hides_credentials_when_shown(value: object) -> None:
    """Addresses, queries and headers carry credentials; their values can still be had by name."""
    assert "abc" not in repr(value)
    assert "***" in repr(value)


# Requests and tickets.


def test_a_request_is_a_value() -> None:
    """Requests can be compared and kept in sets, though their query is a mapping."""
    one = Request("GET", "/job/", {"id": "7"})

    assert one == Request("GET", "/job/", {"id": "7"})
    assert one != Request("GET", "/job/", {"id": "8"})
    assert len({one, Request("GET", "/job/", {"id": "7"})}) == 1


def test_a_request_keeps_a_copy_of_its_query() -> None:
    """What a caller does with its own dict later does not change a request."""
    query = {"id": "7"}
    request = Request("GET", "/", query)
    query["id"] = "8"

    assert request.query == {"id": "7"}


def test_a_ticket_checks_its_key() -> None:
    """A ticket that was stored as text is checked when it is made again."""
    assert type(Ticket("a/b/GET", "7").key) is Key
    with pytest.raises(InvalidKey):
        Ticket("nowhere", "7")


@pytest.mark.parametrize("name", [None, True, 7.0, b"7", ["7"]])
def test_a_ticket_has_an_id(name: Any) -> None:
    """What is neither text nor a number is none."""
    with pytest.raises(InvalidTicket):
        Ticket("a/b/GET", name)


def test_a_ticket_can_be_bound() -> None:
    """A ticket knows no service until a client binds it."""
    ticket = Ticket(Key("a/b/GET"), "7", "name", {"info": "/7"})

    assert ticket.origin is None
    assert attrs.evolve(ticket, origin="https://x").id == "7"
    assert len({ticket, attrs.evolve(ticket)}) == 1


SEALED = json.dumps({"jobmodels-ticket": 1, "seal": _seal({"jobmodels-ticket": 1})})


def test_a_ticket_travels_as_text() -> None:
    """What comes back in another process is the same ticket, without what must not be written down."""
    ticket = Ticket(Key("a/b/GET"), "7", "name", {"info": "/7?token=abc"}, "https://x")
    text = ticket.to_json()

    assert "\n" not in text
    assert "abc" not in text
    assert (
        Ticket.from_json(text)
        == Ticket.from_json(text.encode())
        == attrs.evolve(ticket, links={"info": "/7?token=***"})
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it has no version"),
        ("{}", "it has no version"),
        ('{"jobmodels-ticket": 2}', "its version is not known here"),
        ('{"jobmodels-ticket": 1, "key": "a/b/GET", "id": "7"}', "it was changed since it was written"),
        (Ticket(Key("a/b/GET"), "7").to_json().replace('"7"', '"8"'), "it was changed since it was written"),
        (SEALED, "its members are not those of a ticket"),
    ],
)
def test_what_is_no_ticket_is_refused(text: str | bytes, reason: str) -> None:
    """Cut, changed, foreign or of another version."""
    with pytest.raises(InvalidTicket) as refused:
        Ticket.from_json(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize("member", [{"by": ["id"]}, {"origin": 0}, {"links": {"info": None}}, {"links": "info"}])
def test_the_members_of_a_ticket_are_text(member: dict[str, Any]) -> None:
    """A seal can be written by anybody, so what it seals is looked at."""
    told = {"jobmodels-ticket": 1, "key": "a/b/GET", "id": "7", **member}
    with pytest.raises(InvalidTicket) as refused:
        Ticket.from_json(json.dumps({**told, "seal": _seal(told)}))
    assert refused.value.reason == "its members are not those of a ticket"


@pytest.mark.parametrize(
    "value",
    [
        Headers({"A": "1"}),
        Response(200, {"A": "1"}, b"x"),
        Request("GET", "/", {"id": "7"}),
        Ticket(Key("a/b/GET"), "7"),
    ],
)
def test_what_travels_survives_pickling(value: object) -> None:
    """A ticket is of use in another process."""
    assert pickle.loads(pickle.dumps(value)) == value
