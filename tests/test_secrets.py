"""Secrets stay in: law 6."""

from __future__ import annotations

import json
import traceback
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jobmodels
from jobmodels import (
    ContractError,
    DecodeError,
    Job,
    Record,
    Response,
    _secrets,
    normalize,
    normalize_response,
    structure,
    wire,
)
from jobmodels._convert import hollow
from jobmodels._secrets import MASK, is_secret, redact, scrub
from jobmodels._system import System
from jobmodels.errors import JobModelsError
from tests.strategies import LAWS

SECRET = "s3cr3t-0123456789"


class Login(Record):
    """A record with a credential that its name does not tell."""

    user: str
    handle: str = wire(secret=True)
    ak: str | None = wire("Access-Key", default=None)


class Spelled(Record, spelling=jobmodels.camel_case):
    """A record whose system has a name of its own for a credential."""

    magic_word: str
    said: str | None = None


@attrs.frozen
class Foreign:
    """A class that is no record, and has a credential."""

    token: str
    user: str


# Names.


@pytest.mark.parametrize(
    "name",
    [
        "accessKey",
        "access_key",
        "accessKeys",
        "ACCESS-KEY",
        "Authorization",
        "Token",
        "api.key",
        "X-API-Key",
        "Set-Cookie",
        "password",
        "jwt",
    ],
)
def test_a_member_is_secret_by_its_name(name: str) -> None:
    """Neither letter case nor separators count."""
    assert is_secret(name)


@pytest.mark.parametrize("name", ["", "key", "tokens", "field_key", "id", "passwords_changed"])
def test_other_names_are_not_secret(name: str) -> None:
    """A name that only resembles a secret one is shown."""
    assert not is_secret(name)


def test_a_system_has_names_of_its_own() -> None:
    """They are spelled there as the vendor spells them."""
    assert is_secret("magicWord", frozenset({"magicWord"}))
    assert not is_secret("magicword", frozenset({"magicWord"}))


# Text.


@pytest.mark.parametrize(
    "text",
    [
        f"https://x/job?id=7&token={SECRET}",
        f"https://x/job?access_key={SECRET}#part",
        f"/job?Api-Key={SECRET}&id=7",
        f"https://x/b?X-Amz-Signature={SECRET}",
        f"https://x/b?a=1;sig={SECRET}",
        f"https://user:{SECRET}@x/",
        f"https://{SECRET}@x/",
        f"cut off: https://user:{SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"authorization: basic {SECRET}=",
        f"Authorization: Token {SECRET}",
        json.dumps({"accessKey": SECRET}),
        json.dumps({"a": [{"Access Key": SECRET, "b": 1}]}),
        json.dumps({"data": json.dumps({"access_key": SECRET, "b": 1})}),
        json.dumps({"data": json.dumps({"data": json.dumps({"TOKEN": f'a"{SECRET}'})})}),
        json.dumps({"password": f'ab\\"c {SECRET}'}),
        json.dumps({"token": [SECRET, 1]}),
        json.dumps({"credentials": {"user": SECRET}}),
        f'{{"token": "{SECRET}',
        f"{{'secret': '{SECRET}'}}",
        '{"token": 0123456789}',
    ],
)
def test_credentials_inside_text_are_masked(text: str) -> None:
    """In addresses, in authorization values, and in JSON text, also when that stands in JSON text or is cut off."""
    told = scrub(text)

    assert "0123456789" not in told
    assert MASK in told


@pytest.mark.parametrize(
    "text",
    [
        "https://x:8080",
        "",
        "Authentication failed: invalid bearer token.",
        "https://x/job?id=7&page=2",
        "The Refresh Token is expired! Please generate a new refresh token and try again.",
        '{"token": null, "id": 7}',
        '{"key": "9.sales"}',
        "a@b",
        "basic authentication required",
    ],
)
def test_other_text_is_not_touched(text: str) -> None:
    """What a vendor said stays readable."""
    assert scrub(text) == text


def test_what_stands_around_a_credential_stays() -> None:
    """Only the value goes."""
    assert scrub('{"a": 1, "token": "x", "b": 2}') == f'{{"a": 1, "token": "{MASK}", "b": 2}}'
    assert scrub("https://x/job?token=x&id=7#a") == f"https://x/job?token={MASK}&id=7#a"


@pytest.mark.parametrize("text", ["\\" * 200_000, '"' * 200_000, "basic " * 50_000, "?a=" * 100_000, "://" * 100_000])
def test_scrubbing_takes_time_in_proportion(text: str) -> None:
    """No text of a vendor makes showing it slow; what would be quadratic does not end here."""
    assert scrub(text + ":=://") is not None


def test_redacting_copies_only_wire_values() -> None:
    """Objects and arrays are copied with their secret members masked; a null says nothing and stays."""
    value = {"token": "a", "b": [{"Token": 7, "c": None}], "password": None, "d": ("?token=a", 1.5)}

    assert redact(value) == {
        "token": MASK,
        "b": [{"Token": MASK, "c": None}],
        "password": None,
        "d": ("?token=***", 1.5),
    }
    assert value["token"] == "a"


# Records.


def test_a_record_shows_no_credential() -> None:
    """Fields that are secret by declaration, by name, or by wire name; extras; and text."""
    login = structure(
        {
            "user": f"https://x?token={SECRET}",
            "handle": SECRET,
            "Access-Key": SECRET,
            "Token": SECRET,
            "b": [SECRET[:1]],
        },
        Login,
    )

    assert SECRET not in repr(login)
    assert SECRET not in str(login)
    assert repr(login) == (
        "Login(user='https://x?token=***', handle='***', ak='***', extra={'Token': '***', 'b': ['s']})"
    )
    assert login.handle == SECRET
    assert login.extra["Token"] == SECRET


def test_a_record_knows_the_names_of_its_vendor() -> None:
    """In fields, in what no field knows, in raw values, and in what is no document at all; subclasses inherit them."""

    class Base(Record, secrets={"ownName"}):
        """Names of a vendor."""

    class Told(Base):
        """A document."""

        id: int
        part: jobmodels.Raw = None

    told = {"id": 1, "part": {"ownName": SECRET}, "ownName": SECRET, "more": [{"ownName": SECRET}]}
    for record in (jobmodels.structure(told, Told), hollow(["x", {"ownName": SECRET}], Told), hollow(told, Told)):
        assert SECRET not in repr(record)
    assert "part={'ownName': '***'}, extra={'ownName': '***', 'more': [{'ownName': '***'}]}" in repr(
        jobmodels.structure(told, Told)
    )


def test_an_absent_credential_is_not_masked() -> None:
    """That there is none is no secret."""
    assert repr(Login(user="a", handle="b")) == "Login(user='a', handle='***', ak=None)"


# Readings.


PAYLOADS: list[Any] = [
    {"status": "successful", "accessKey": SECRET, "result": {"Authorization": SECRET}},
    {"status": "successful", "result": json.dumps({"accessKey": SECRET})},
    {"status": "successful", "result": [f"see https://x?apikey={SECRET}"]},
    {"status": "failed", "msg": f"https://u:{SECRET}@x", "result": {"detail": "no", "token": SECRET, "code": "400000"}},
    {"status": "failed", "result": [f"Bearer {SECRET}"]},
    {"status": "failed", "result": TimeoutError(f"https://x?token={SECRET}")},
    {"status": f"Bearer {SECRET}"},
    {"job_id": 7, "href": f"/job?token={SECRET}", "token": SECRET},
    {"task": {"id": 7, "links": [{"rel": "info", "href": f"https://u:{SECRET}@x"}], "password": SECRET}},
    {"job_id": None, "invalid_terms": [{"index": 0, "errors": ["no"], "term": {"title": "a", "password": SECRET}}]},
    {"error": "invalid_client", "error_description": f"Bearer {SECRET}", "client_secret": SECRET},
    [{"errors": [{"key": ["no"]}], "token": SECRET}],
    [[[{"secret": SECRET}]]],
    f'{{"token": "{SECRET}',
    f'{{"token": "{SECRET}"}}',
    f'{{"token": "{SECRET}"}} and more',
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "key", ["alation/job/GET", "alation/document/POST", "alation/submit/POST", "alation/job-error/GET"]
)
def test_a_reading_shows_no_credential(payload: Any, key: str) -> None:
    """Neither `repr` nor `str` nor `to_dict` of a job has one; `raw` does, by name."""
    job = normalize(payload, key)

    assert SECRET not in everything_shown(job)
    assert job.raw is payload


@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize(
    "body",
    [
        f"<html><title>https://x?token={SECRET}</title>",
        f'{{"token": "{SECRET}", ',
        json.dumps({"token": SECRET, "detail": f"Token {SECRET}"}),
        f"token {SECRET}",
    ],
)
@pytest.mark.parametrize("media", [None, "application/json", "text/html"])
def test_a_response_shows_no_credential(status: int, body: str, media: str | None) -> None:
    """Not when it cannot be read either, and an error quotes what came."""
    headers = {"authorization": SECRET, **({"content-type": media} if media else {})}

    job = normalize_response(Response(status, headers, body), "alation/document/POST")

    assert SECRET not in everything_shown(job) + repr(job.response)
    assert job.response is not None
    assert job.response.body == body


def everything_shown(job: Job[Any]) -> str:
    """Give all texts that are made of a job without asking for a value by name."""
    return "\n".join([repr(job), str(job), json.dumps(job.to_dict()), *map(str, job.findings), *map(repr, job.errors)])


def test_names_of_a_system_are_masked_in_what_is_exported() -> None:
    """A system names its own credentials as they are on the wire, whatever the field is called."""
    acme = System(name="acme", secrets=frozenset({"magicWord"}))
    endpoint = acme.endpoint("login/GET", Spelled)
    payload = {"magicWord": SECRET, "said": "a", "other": [{"magicWord": SECRET}]}

    told = normalize(payload, endpoint.key, registry=jobmodels.Registry([endpoint])).to_dict()

    assert told["details"] == {"magic_word": MASK, "said": "a", "extra": {"other": [{"magicWord": MASK}]}}


def test_foreign_classes_are_masked_in_what_is_exported() -> None:
    """`to_dict` masks by name, whatever class the details are of."""
    endpoint = System(name="acme").endpoint("login/GET", Foreign)

    job = normalize({"token": SECRET, "user": "a"}, endpoint.key, registry=jobmodels.Registry([endpoint]))

    assert job.to_dict()["details"] == {"token": MASK, "user": "a"}


# Errors.


def refuse(instance: object, attribute: object, value: str) -> None:
    """Refuse a value, and quote it."""
    raise ValueError(f"bad value {value}")


@attrs.frozen
class Refusing:
    """A class whose validator quotes what it was given."""

    token: str = attrs.field(validator=refuse)


@pytest.mark.parametrize(
    "act",
    [
        lambda: structure({"token": SECRET}, Login),
        lambda: structure({"token": SECRET}, Refusing),
        lambda: structure(SECRET, Login),
        lambda: structure({"a": {SECRET}}, Login),
        lambda: jobmodels.loads(f'{{"token": "{SECRET}" 1}}'),
        lambda: jobmodels.loads(f'{{"token": "{SECRET}", "a": 1e400}}'),
        lambda: jobmodels.loads(b'{"token": "' + SECRET.encode() + b'\xff"}'),
        lambda: normalize({"status": "odd", "token": SECRET}, "alation/job/GET", strict=True),
        lambda: normalize({"token": SECRET, "a": object()}, "alation/job/GET"),
    ],
)
def test_a_traceback_shows_no_credential(act: Any) -> None:
    """No error of ours quotes a value, and none lets a cause speak that does."""
    with pytest.raises((ContractError, DecodeError)) as raised:
        act()

    shown = "".join(traceback.format_exception(raised.value))
    lines = [line for line in shown.splitlines() if not line.startswith("    ")]
    assert isinstance(raised.value, JobModelsError)
    assert SECRET not in "\n".join(lines)


# What a system keeps secret besides.

WORDS = frozenset({"magicWord"})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f'{{"magicWord": "{SECRET}", "said": "x"}}', f'{{"magicWord": "{MASK}", "said": "x"}}'),
        (json.dumps(json.dumps({"magicWord": SECRET})), json.dumps(json.dumps({"magicWord": MASK}))),
        (f'cut {{"token": "{SECRET}", "magicWord": "{SECRET}', f'cut {{"token": "{MASK}", "magicWord": "{MASK}"'),
    ],
)
def test_members_that_a_system_keeps_secret_are_masked_in_text(text: str, left: str) -> None:
    """In text, in what holds text, and in exceptions; without the system's names, nothing tells."""
    assert scrub(text, WORDS) == left
    assert redact([text], WORDS) == [left]
    assert SECRET not in repr(redact(ValueError(text), WORDS))
    assert SECRET in scrub(json.dumps({"magicWord": SECRET}))


@pytest.mark.parametrize(
    "response",
    [
        Response(200, {"content-type": "text/plain"}, json.dumps({"magicWord": SECRET})),
        Response(500, {"content-type": "application/json"}, json.dumps({"magicWord": SECRET})[:-1]),
        Response.json({"magicWord": SECRET, "said": json.dumps({"magicWord": SECRET})}, 400),
    ],
)
def test_errors_know_what_the_system_keeps_secret(response: Response) -> None:
    """Their message and details are shown without it; attributes still give what the service said."""

    class Kept(Record, spelling=jobmodels.camel_case, secrets=WORDS):
        magic_word: str

    def errors(asked: jobmodels.Asked, document: Any) -> tuple[jobmodels.JobError, ...]:
        told = document if isinstance(document, dict) else {}
        return (jobmodels.JobError(message=told.get("said"), origin=jobmodels.Origin.MANAGER, details=told),)

    endpoint = System(name="acme", secrets=WORDS, errors=errors).endpoint("kept/GET", Kept)
    job = normalize_response(response, endpoint.key, registry=jobmodels.Registry([endpoint]))

    assert job.errors
    for shown in (repr(job), repr(job.errors), str(job.errors[0]), json.dumps(job.to_dict())):
        assert SECRET not in shown


def test_a_key_of_two_words_is_masked() -> None:
    """A dot is enough where the text says that a key follows; elsewhere it may end a sentence."""
    assert scrub("refused: ApiKey abcdef.ghijklm") == f"refused: ApiKey {MASK}"
    assert scrub("refused: token expired.Please renew") == "refused: token expired.Please renew"


PIECES = st.sampled_from(
    [
        *("token", "To.Ken", "BASIC", "Bearer", "apikey", "access", "-key", "ow", "n", "pass", "word", "own\n"),
        *("\u017fecret", "to\u212aen", "ba\u0131ic", "12345678", "a.b", "?key=", "://u:p@h", ": ", *"\"':\t \\{="),
    ]
)


@LAWS
@given(st.lists(PIECES, max_size=9).map("".join), st.sampled_from([frozenset[str](), frozenset({"own\n", "o-w.n"})]))
def test_text_is_passed_over_only_where_no_credential_is_in_it(text: str, more: frozenset[str]) -> None:
    """The words that are looked for first are in all that would be masked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_secrets, "_may_tell", lambda *_: True)
        masked = scrub(text, more)

    assert scrub(text, more) == masked
