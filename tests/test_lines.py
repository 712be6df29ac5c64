from __future__ import annotations

import base64
import json
import pickle
from typing import Any

import pytest

import jobmodels
from jobmodels._lines import Answer, answer_of, is_envelope, read_line
from jobmodels._spans import item_spans, span
from jobmodels.errors import (
    ContractError,
    DecodeError,
    InvalidKey,
    LineError,
    NoSuchEndpoint,
    NoSuchOperation,
)

KEY = "alation/document/POST"
DONE = {
    "status": "successful",
    "msg": "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00",
    "result": {"created_term_count": 1, "created_terms": [{"id": 1325, "title": "My KPI 1"}]},
}
HTML = "<html><title>Not Found</title></html>"


def line(**members: Any) -> str:
    """Write an envelope."""
    return json.dumps({"key": KEY, **members})


def one(text: str | bytes, key: str | None = None, *, strict: bool = False) -> jobmodels.Job[Any]:
    """Read a line that holds one job."""
    (job,) = read_line(text, key, strict=strict)
    return job


class TestEnvelope:
    def test_a_body_is_read_under_its_key(self) -> None:
        """An envelope with nothing but key and body is read as `normalize` reads the body."""
        assert one(line(body=DONE)) == jobmodels.normalize(DONE, KEY)

    def test_bytes_and_text_are_the_same_line(self) -> None:
        """A line is the same as text and as bytes, with a line end and with a byte order mark."""
        text = line(body=DONE)
        assert one(text) == one(b"\xef\xbb\xbf" + text.encode() + b"\r\n") == one("\ufeff" + text)
        assert one(text) == read_line(bytearray(text, "ascii"))[0] == read_line(memoryview(text.encode()))[0]

    @pytest.mark.parametrize("status", [200, 404, 503, "200"])
    @pytest.mark.parametrize("headers", [None, {"Content-Type": "application/json"}, {"Content-Type": "text/html"}])
    @pytest.mark.parametrize("body", [DONE, {"detail": "Not found."}, [DONE], "plain", "", {}, None, 7])
    def test_a_decoded_body_is_read_like_its_text(self, body: Any, headers: Any, status: Any) -> None:
        """A body that was decoded gives the Job that the same response as text, as bytes and over HTTP gives."""
        source = json.dumps(body)
        answered = {"status": status, "headers": headers, "operation": "result"}
        encoded = base64.b64encode(source.encode()).decode()
        told = jobmodels.normalize_response(jobmodels.Response(status, headers, source), KEY, "result").to_dict()
        assert one(line(body=body, **answered)).to_dict() == told
        assert one(line(text=source, **answered)).to_dict() == told
        assert one(line(base64=encoded, **answered)).to_dict() == told

    def test_members_given_twice_inside_the_body_are_seen(self) -> None:
        """A status that is given twice in a body is as doubtful as it is in a response."""
        twice = '{"status": "successful", "status": "failed", "msg": "", "result": null}'
        for text in (
            f'{{"key": "{KEY}", "body": {twice}}}',
            f'{{"body": {twice}, "key": "{KEY}", "status": 200}}',
            line(text=twice),
        ):
            job = one(text)
            assert job.state is jobmodels.JobState.UNKNOWN
            assert [finding.rule for finding in job.findings] == ["duplicate-key"]
        assert one(twice, KEY).state is jobmodels.JobState.UNKNOWN

    def test_an_envelope_that_says_something_twice_is_refused(self) -> None:
        """One of two answers would be lost; saying the same twice harms nothing."""
        body = '"body": {"status": "successful", "msg": "", "result": null}'
        for member in ('"body": {}', '"key": "alation/job/GET"'):
            with pytest.raises(LineError, match="is given twice, with different values"):
                one(f'{{"key": "{KEY}", {body}, {member}}}')
        assert one(f'{{"key": "{KEY}", {body}, {body}}}').state is jobmodels.JobState.SUCCEEDED

    def test_what_is_not_json_stands_in_text_or_base64(self) -> None:
        """A page is text or bytes; both give the same Job."""
        answered: dict[str, Any] = {"status": 404, "headers": {"content-type": "text/html"}, "operation": "status"}
        job = one(line(text=HTML, **answered))
        assert (job.state, job.errors[0].code) == (jobmodels.JobState.UNKNOWN, "404")
        assert one(line(base64=base64.b64encode(HTML.encode()).decode(), **answered)).to_dict() == job.to_dict()

    @pytest.mark.parametrize("none", [{"text": None}, {"base64": None}, {"text": ""}, {"base64": ""}])
    def test_an_answer_without_a_body_is_text_or_base64_of_nothing(self, none: dict[str, Any]) -> None:
        """Null and empty text say that no body came."""
        job = one(line(status=204, **none))
        assert (job.state, job.accepted) == (jobmodels.JobState.SUCCEEDED, True)

    def test_what_the_question_was_counts(self) -> None:
        """Operation, job id and request of the line reach the reading; a number is an id too."""
        job = one(line(body=DONE, operation="result", job_id=7))
        assert (job.operation, job.id) == ("result", "7")
        assert one(line(body=DONE, job_id="7", received_at="2024-09-17T12:50:42Z")).id == "7"
        assert one(line(body=DONE, key=None), KEY).key == KEY

    def test_own_key_wins(self) -> None:
        """The key of the line is preferred to the one given beside."""
        assert one(line(body=DONE), "alation/job/GET").key == KEY

    def test_lone_surrogates_are_kept(self) -> None:
        """A lone surrogate is data, whether it is escaped or not."""
        assert one(line(body={**DONE, "msg": "\ud800"})).message == "\ud800"
        assert one(f'{{"key": "{KEY}", "body": {{"status": "running", "msg": "\ud800"}}}}').message == "\ud800"

    def test_a_list_of_jobs_is_several_jobs(self) -> None:
        """A list with several job documents gives one Job an item, with what came beside it."""
        running = {"status": "running", "msg": "", "result": None}
        for text in (
            line(body=[DONE, running]),
            line(body=[DONE, running], status=200),
            line(text=json.dumps([DONE, running])),
        ):
            jobs = read_line(text)
            assert [job.state for job in jobs] == ["succeeded", "running"]
            assert [job.raw for job in jobs] == [DONE, running]
        assert [job.response and job.response.status for job in read_line(line(body=[DONE, DONE], status=200))] == [
            200,
            200,
        ]
        assert len(read_line(json.dumps([DONE, DONE]), KEY)) == 2


class TestBarePayload:
    @pytest.mark.parametrize(
        "document",
        [
            DONE,
            [],
            None,
            "text",
            {"body": DONE, "text": "two bodies"},
            {"key": KEY, "status": 200},
            {"key": KEY, "body": DONE, "level": "info"},
        ],
    )
    def test_what_is_no_envelope_is_the_payload(self, document: Any) -> None:
        """Two bodies, no body and any other member make a line a bare payload of the key given beside."""
        assert not is_envelope(document, KEY)
        job = one(json.dumps(document), KEY)
        assert job == jobmodels.normalize(document, KEY)
        assert job.raw == document

    def test_an_envelope_needs_a_key(self) -> None:
        """Without any key an object with a body is no envelope, and cannot be read."""
        assert not is_envelope({"body": DONE}, None)
        assert is_envelope({"body": DONE}, KEY)
        assert is_envelope({"body": DONE, "key": KEY}, None)
        with pytest.raises(LineError) as refused:
            read_line(json.dumps({"body": DONE}))
        assert refused.value.code == "no-key"
        assert str(refused.value) == "not a recorded answer: it names no endpoint, and none is given beside it"

    @pytest.mark.parametrize(
        ("members", "told"),
        [
            (
                '"body": 1, "took": 3, "url": "x"',
                "it has the member 'took', which no envelope has, and no key is given",
            ),
            ('"text": "x", "body": 1', "it has body and text, and an envelope has one of body, text and base64"),
            ('"status": 200', "it has no body, and an envelope has one of body, text and base64"),
        ],
    )
    def test_an_envelope_that_is_none_says_why(self, members: str, told: str) -> None:
        """Where it has a key, that is not what it lacks."""
        with pytest.raises(LineError, match=told) as refused:
            read_line(f'{{"key": "{KEY}", {members}}}')
        assert refused.value.code == "no-key"
        assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)

    @pytest.mark.parametrize("raw", ["raw", "base64"])
    def test_a_dead_letter_is_told_where_it_is_read(self, raw: str) -> None:
        """It is no answer."""
        place = {"source": "a", "line": 1, "offset": 0}
        letter = place | {"reject_code": "no-key", "reject_message": "", raw: "eA=="}
        with pytest.raises(LineError, match="a dead letter, as `jobmodels replay` reads them") as refused:
            read_line(json.dumps(letter))
        assert refused.value.code == "no-key"


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("{", "invalid-json"),
            ("NaN", "invalid-json"),
            (b"\xff{}", "invalid-json"),
            ('{"a": 1} {"b": 2}', "invalid-json"),
            ("  ", "empty-body"),
            ("\ufeff", "empty-body"),
            ("[" * 300 + "]" * 300, "too-deep"),
            ('{"body": ' + "[" * 100_000, "too-deep"),
            ('{"body": ' + "1" * 5000 + "}", "invalid-json"),
        ],
    )
    def test_what_is_not_one_document(self, text: str | bytes, code: str) -> None:
        """A line that is not one JSON document is refused with the code of the reason."""
        with pytest.raises(DecodeError) as refused:
            read_line(text, KEY)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        ("members", "reason"),
        [
            ({"key": 7}, "its key is not text"),
            ({"status": "OK"}, "its status is not an integer"),
            ({"status": True}, "its status is not an integer"),
            ({"status": 200.0}, "its status is not an integer"),
            ({"headers": 7}, "its headers are neither an object nor pairs"),
            ({"headers": [["a", "b", "c"]]}, "its headers are neither an object nor pairs"),
            ({"headers": [[1, "b"]]}, "its header name is not text"),
            ({"headers": {"a": {}}}, "a value of its header is an object or an array"),
            ({"operation": 7}, "its operation is not text"),
            ({"job_id": 1.5}, "its job_id is neither text nor an integer"),
            ({"job_id": True}, "its job_id is neither text nor an integer"),
            ({"request": "GET /"}, "its request is not an object"),
            ({"request": {"url": "/"}}, "its request has the member 'url', which is not one of a request"),
            ({"request": {"method": 1}}, "its method of the request is not text"),
            ({"request": {"path": None}}, "its path of the request is not text"),
            ({"request": {"query": "a=b"}}, "its query is not an object"),
            ({"request": {"query": {"a": []}}}, "a value of its query is an object or an array"),
        ],
    )
    def test_members_that_are_not_what_they_say(self, members: dict[str, Any], reason: str) -> None:
        """A member of another type than its name says refuses the line."""
        with pytest.raises(LineError) as refused:
            read_line(line(**{"body": DONE, **members}))
        assert (refused.value.code, refused.value.reason) == ("bad-member", reason)

    @pytest.mark.parametrize("body", [{"text": 7}, {"base64": 7}])
    def test_bodies_that_are_no_text(self, body: dict[str, Any]) -> None:
        """Text and base64 are written as text."""
        with pytest.raises(LineError) as refused:
            read_line(line(**body))
        assert refused.value.code == "bad-member"

    @pytest.mark.parametrize("text", ["a", "a b=", "****", "ä", "YQ==\n"])
    def test_base64_that_is_none(self, text: str) -> None:
        """What is not exactly base64 refuses the line."""
        with pytest.raises(LineError) as refused:
            read_line(line(base64=text))
        assert refused.value.code == "bad-base64"

    def test_words_that_are_not_known(self) -> None:
        """An endpoint and an operation that do not exist refuse the line, each with what is near."""
        with pytest.raises(NoSuchEndpoint) as endpoint:
            read_line(line(body=DONE, key="alation/documents/POST"))
        assert KEY in endpoint.value.near
        with pytest.raises(NoSuchOperation):
            read_line(line(body=DONE, operation="poll"))
        with pytest.raises((NoSuchEndpoint, InvalidKey)):
            read_line(line(body=DONE, key=""))

    def test_strict_refuses_what_changed(self) -> None:
        """Strictly, findings above unknown keys refuse a line; without, they are in the Job."""
        drifted = {**DONE, "msg": 7}
        for text in (line(body=drifted), line(body=drifted, status=200), line(body=[drifted, DONE])):
            assert any(finding.rule == "wrong-type" for job in read_line(text) for finding in job.findings)
            with pytest.raises(ContractError):
                read_line(text, strict=True)
        assert one(line(body={**DONE, "new": 1}), strict=True).findings[0].rule == "unknown-key"


class TestAnswer:
    def test_a_request_is_taken_as_it_was_sent(self) -> None:
        """Text, numbers and flags of a query become text; a body may be text or JSON."""
        members: dict[str, Any] = {
            "status": 200,
            "body": DONE,
            "request": {
                "method": "GET",
                "path": "/job/",
                "query": {"id": 7, "fresh": True, "name": "a#b"},
                "headers": {"X-Tag": ["a", "b"], "X-Count": 2},
                "body": {"a": 1},
            },
        }
        request = answer_of(json.dumps(members), members, KEY).request
        assert request is not None
        assert (request.method, request.path, request.body) == ("GET", "/job/", b'{"a": 1}')
        assert request.query == {"id": "7", "fresh": "true", "name": "a#b"}
        assert dict(request.headers) == {"x-tag": "a, b", "x-count": "2"}
        for given, sent in ((None, None), ("\ud800", b"\\ud800"), ("a", b"a")):
            members["request"] = {"body": given}
            told = answer_of(json.dumps(members), members, KEY).request
            assert told is not None
            assert told.body == sent

    def test_headers_may_be_pairs(self) -> None:
        """Header fields come as an object or as pairs, and may come twice; none is not the same as unknown."""
        members: dict[str, Any] = {"text": "", "headers": [["Set-Cookie", "a=b"], ["set-cookie", "c=d"]]}
        response = answer_of("", members, KEY).response
        assert response is not None
        assert response.header("Set-Cookie") == "a=b, c=d"
        empty = answer_of("", {"text": "", "headers": {}}, KEY).response
        assert empty is not None
        assert empty.headers is not None
        assert dict(empty.headers) == {}

    def test_bodies_are_not_shown(self) -> None:
        """The repr of an answer holds neither payload nor body."""
        secret = '{"password": "hunter2"}'
        for answer in (
            answer_of(f'{{"body": {secret}}}', {"body": json.loads(secret)}, KEY),
            answer_of("", {"text": secret}, KEY),
        ):
            assert "hunter2" not in repr(answer)

    def test_a_list_that_a_system_made_is_one_job(self) -> None:
        """One answer of one job is read as one, though it comes in a list."""
        answer = Answer(key=KEY, payload=json.dumps([DONE]).encode())
        assert [job.state for job in answer.jobs()] == ["succeeded"]


class TestSpan:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('{"a": 1}', "1"),
            ('{"b": {"a": 2}, "a": [1, {"a": 3}]}', '[1, {"a": 3}]'),
            ('\n{ "b" : "}" , "a" : "\\"a\\": 4" }', '"\\"a\\": 4"'),
            ('{"a": 1, "a": 2}', "2"),
            ('{"\\u0061": null}', "null"),
        ],
    )
    def test_a_member_is_found_in_its_own_text(self, text: str, value: str) -> None:
        """The span of a member is the text of its value; the last one counts."""
        assert text[slice(*span(text, "a"))] == value

    @pytest.mark.parametrize("text", ["{}", '{"b": {"a": 1}}'])
    def test_a_member_that_is_not_there(self, text: str) -> None:
        """A member that only stands deeper, or nowhere, is not found."""
        with pytest.raises(KeyError):
            span(text, "a")

    @pytest.mark.parametrize(
        ("text", "items"),
        [
            ("[]", []),
            (' [ 1.50 ,[2, [3]] , "]", {"a": []}\n]', ["1.50", "[2, [3]]", '"]"', '{"a": []}']),
        ],
    )
    def test_items_are_found_in_their_own_text(self, text: str, items: list[str]) -> None:
        """The spans of items are the texts of their values, in order."""
        assert [text[slice(*found)] for found in item_spans(text)] == items
