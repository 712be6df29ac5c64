"""The laws of the design, over generated and recorded answers of all endpoints."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import attrs
import pytest
from dateutil.parser import isoparse
from hypothesis import example, given
from hypothesis import strategies as st

import jobmodels
from jobmodels import (
    Job,
    JobState,
    Key,
    Record,
    Response,
    normalize,
    normalize_all,
    normalize_response,
    registry,
    structure,
    unstructure,
)
from jobmodels._convert import body_of, holds, is_told
from jobmodels._json import decode, looks_embedded, same
from jobmodels._lines import is_envelope, read_line
from jobmodels._record import values_of
from jobmodels._types import fields_of
from jobmodels.errors import DecodeError, JobModelsError
from tests.strategies import ANSWERS, CLASSES, FEW, JSON, KEYS, LAWS, RECORDED, WORDS, documents

each_class = pytest.mark.parametrize("cls", CLASSES, ids=[cls.__name__ for cls in CLASSES])
each_recorded = pytest.mark.parametrize(
    ("key", "payload"), [(key, body) for _, key, body in RECORDED], ids=[name for name, _, _ in RECORDED]
)
keys = st.sampled_from(KEYS)
HOMES = tuple(registry().home(cls).key for cls in CLASSES)


def told(job: Job[Any]) -> Any:
    """Give all that a job tells, types included."""
    return job.to_dict()


def without_order(value: Any) -> Any:
    """Give a value that does not depend on the order in which errors and findings were found."""
    if isinstance(value, dict):
        ordered = {name: without_order(member) for name, member in value.items()}
        for name in ordered.keys() & {"errors", "findings"}:
            if isinstance(ordered[name], list):
                ordered[name] = sorted(ordered[name], key=json.dumps)
        return dict(sorted(ordered.items()))
    return [without_order(item) for item in value] if isinstance(value, list) else value


# 1. Nothing is lost.


@each_class
@FEW
@given(st.data())
def test_every_document_comes_back_exactly(cls: Any, data: st.DataObject) -> None:
    """Types included, from the record, from its copy in another process, and as text."""
    document = data.draw(documents(cls))
    text = json.dumps(document)
    record = structure(document, cls)

    assert same(unstructure(record), document)
    assert same(unstructure(pickle.loads(pickle.dumps(record))), document)
    assert same(unstructure(structure(text, cls)), text)
    assert structure(text, cls) == record


@each_class
@FEW
@given(st.data())
def test_the_constructor_equals_structure(cls: Any, data: st.DataObject) -> None:
    """For every document whose keys the class knows, and is no bare body."""
    document = data.draw(documents(cls, extras=False))
    names = {field.wire: field.alias for field in fields_of(cls)}
    record = structure(document, cls)

    if holds(cls, document):
        assert cls(**{names[wire]: member for wire, member in document.items()}) == record


@LAWS
@given(keys, ANSWERS)
def test_the_raw_answer_is_the_answer_itself(key: Key, payload: Any) -> None:
    """Whatever was read from it, and details give it back where they were read from it."""
    job = normalize(payload, key)

    assert job.raw is payload
    assert same(unstructure(job.details), document_in(payload, key))


def document_in(payload: Any, key: str) -> Any:
    """Give what is typed of an answer: JSON text is decoded, a list of one document is that document."""
    if isinstance(payload, str) and looks_embedded(payload):
        try:
            payload = decode(payload)[0]
        except DecodeError:
            return payload
    alone = isinstance(payload, list) and len(payload) == 1 and holds(registry()[key].cls, payload[0])
    return payload[0] if alone else payload


@each_recorded
def test_every_recorded_answer_comes_back_exactly(key: str, payload: Any) -> None:
    """Those that are no document of their class are kept whole."""
    job = normalize(payload, key)

    assert job.raw is payload
    assert same(unstructure(job.details), document_in(payload, key))


# 2. Nothing is invented.


def agrees(value: Any, given: Any) -> bool:
    """Tell whether a typed value says what the wire value says, and no more."""
    if isinstance(given, str) and isinstance(value, (Record, tuple, dict)) and looks_embedded(given):
        given = decode(given)[0]
    if isinstance(value, Record):
        return isinstance(given, dict) and says_no_more(value, given)
    if isinstance(value, tuple):
        return isinstance(given, list) and len(value) == len(given) and all(map(agrees, value, given))
    if isinstance(value, datetime):
        return isinstance(given, str) and value == isoparse(given)
    if isinstance(value, dict):
        return isinstance(given, dict) and value.keys() == given.keys() and all(
            agrees(member, given[name]) for name, member in value.items()
        )  # fmt: skip
    return same(value, given)


def says_no_more(record: Record, document: dict[str, Any]) -> bool:
    """Tell whether each field is what the document says, None where it says nothing."""
    wires = {field.wire: getattr(record, field.name) for field in fields_of(type(record))}
    absent = all(value is None for wire, value in wires.items() if wire not in document)
    extra = {name: member for name, member in document.items() if name not in wires}
    return absent and same(dict(record.extra), extra) and all(
        agrees(value, document[wire]) for wire, value in wires.items() if wire in document
    )  # fmt: skip


@each_class
@FEW
@given(st.data())
def test_nothing_is_invented_and_nothing_converted(cls: Any, data: st.DataObject) -> None:
    """Absent is None; all else is the wire value itself, or the moment, tuple or record that it spells."""
    document = data.draw(documents(cls))
    record = structure(document, cls)

    assert says_no_more(record, document) or agrees(body_in(record), document)


@each_recorded
def test_nothing_is_invented_in_recorded_answers(key: str, payload: Any) -> None:
    """The same for what was really sent."""
    details, document = normalize(payload, key).details, document_in(payload, key)

    body = body_in(details)
    assert body is document or agrees(body, document) or says_nothing(details) or agrees(details, document)


def body_in(details: Any) -> Any:
    """Give what stands in the field that takes an answer of another kind; None where a class has none."""
    body = body_of(details)
    return None if body is None else body[1]


def says_nothing(details: Any) -> bool:
    """Tell whether no field has a value, since the answer was of another kind."""
    return all(value is None for value in values_of(details))


# 3. Nothing raises.

texts = st.text() | st.sampled_from(["{", "[1,", '{"a": 1}', "\ufeff{}", "null", "NaN", "<html><title>x</title>"])
bodies = st.binary() | texts | ANSWERS.map(json.dumps) | ANSWERS.map(lambda value: json.dumps(value).encode())
headers = st.none() | st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Retry-After", "Date", "X-Request-Id", "X-Arango-Async-Id", "x-arango-error-codes"]
    )
    | st.sampled_from(["X-RateLimit-Reset", "Link", "X-Arango-Async-Id", "x-arango-error-codes"])
    | st.text(max_size=5),
    st.sampled_from(["application/json", "text/csv", "text/html", "a+json;", "Wed, 21 Oct 2015 07:28:00 GMT", "-0000"])
    | st.sampled_from(["application/octet-stream", "265413601", '{"1210": 1}', "3", '<a>; rel="next", <b>;rel=x'])
    | st.text(max_size=20)
    | st.from_regex(r"\w{0,4},? ?\d{0,30} \w{3} \d{0,5} \d\d:\d\d(:\d\d)? ?([+-]\d{0,30}|\w{0,4})", fullmatch=True),
)
statuses: st.SearchStrategy[Any] = st.none() | st.integers(90, 610) | st.integers() | st.text(max_size=4)


def shown(job: Job[Any]) -> str:
    """Show a job in every way there is; JSON is strict."""
    parts = [repr(job), str(job), json.dumps(job.to_dict(), allow_nan=False), str(job.result_ready)]
    return "\n".join([*parts, *map(str, job.findings), *map(repr, job.errors)])


@LAWS
@given(
    keys, ANSWERS | JSON, st.sampled_from(list(jobmodels.Operation)), st.none() | st.integers() | st.text(max_size=3)
)
@example(Key("alation/job/GET"), {"status": float("nan"), "result": [float("inf")]}, jobmodels.Operation.RESULT, None)
def test_no_answer_raises(key: Key, payload: Any, operation: jobmodels.Operation, job_id: Any) -> None:
    """Any JSON is a job that can be shown."""
    assert shown(normalize(payload, key, operation, job_id))
    assert [shown(job) for job in normalize_all(payload, key, operation)]


@LAWS
@given(keys, bodies)
def test_no_text_and_no_bytes_raise(key: Key, body: Any) -> None:
    """JSON or not."""
    assert shown(normalize(body, key))
    assert [shown(job) for job in normalize_all(body, key)]


@LAWS
@given(keys, statuses, headers, st.none() | bodies)
def test_no_response_raises(key: Key, status: Any, fields: Any, body: Any) -> None:
    """Whatever the status, the headers and the body."""
    job = normalize_response(Response(status, fields, body), key)

    assert shown(job)
    assert job.response is not None


@LAWS
@given(keys, ANSWERS)
def test_strict_raises_only_errors_of_ours(key: Key, payload: Any) -> None:
    """That is what it is for."""
    with suppress(JobModelsError):
        job = normalize(payload, key, strict=True)
        assert all(finding.severity.rank == 0 for finding in job.findings)


foreign = JSON | st.sets(st.integers()) | st.binary() | st.datetimes() | st.decimals() | st.complex_numbers()
anything = st.recursive(
    foreign, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.integers() | st.text(), inner)
)


@LAWS
@given(keys, anything)
def test_what_is_no_json_raises_only_errors_of_ours(key: Key, payload: Any) -> None:
    """A caller's mistake is told apart from a server's."""
    with suppress(JobModelsError):
        assert shown(normalize(payload, key))


@pytest.mark.parametrize("depth", [200, 201, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('{"result":', "}"), ('{"errors":', "}")], ids=repr
)
def test_no_depth_raises(depth: int, opening: str, closing: str) -> None:
    """Neither as text nor as a response; up to 200 levels all of it is shown."""
    text = opening * depth + "null" + closing * depth

    for key in HOMES:
        for job in (normalize(text, key), normalize_response(Response(200, None, text.encode()), key)):
            assert shown(job)
            assert any(finding.rule == "too-deep" for finding in job.findings) is (depth > 200)
        if depth <= 201:
            assert shown(normalize(json.loads(text), key))
            assert shown(normalize({"status": "failed", "result": text}, key))


def test_depth_is_shown_from_deep_inside_a_program() -> None:
    """A frame-work has used up a good part of the stack before it logs."""
    job = normalize(json.loads('{"a":' * 200 + "null" + "}" * 200), "alation/job/GET")

    def deeper(frames: int) -> str:
        return deeper(frames - 1) if frames else shown(job)

    assert deeper(300)


def test_objects_of_any_depth_do_not_raise() -> None:
    """Other libraries decode deeper than we do."""
    value: Any = {}
    for _ in range(100_000):
        value = {"result": value}

    for key in HOMES:
        assert [finding.rule for finding in normalize(value, key).findings] == ["too-deep"]


# 4. Additions are harmless.


def typed_objects(record: Record, document: Any) -> Iterator[dict[str, Any]]:
    """Find the objects of a document that were typed, so that a member can be added to them."""
    if isinstance(document, dict) and document:
        yield document
        for field in fields_of(type(record)):
            yield from _typed_inside(getattr(record, field.name), document.get(field.wire))


def _typed_inside(value: Any, given: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, Record):
        yield from typed_objects(value, given)
    elif isinstance(value, tuple) and isinstance(given, list):
        for item, inner in zip(value, given, strict=True):
            yield from _typed_inside(item, inner)


def without_extras(value: Any) -> Any:
    """Give typed values alone."""
    if isinstance(value, Record):
        return type(value), tuple(map(without_extras, values_of(value)))
    return tuple(map(without_extras, value)) if isinstance(value, tuple) else value


def state_of(job: Job[Any]) -> tuple[Any, ...]:
    """Give what a job says of where it stands."""
    return job.state, job.finished, job.native_state, job.accepted, job.id, job.counts, job.message, job.progress


@each_class
@FEW
@given(st.data())
def test_an_added_key_changes_nothing(cls: Any, data: st.DataObject) -> None:
    """Neither a typed value nor the state, in whichever typed object it stands; it is reported as an addition.

    An object that no key tells, and that is no receipt either, is no typed object: its members may be an error shape.
    """
    document = data.draw(documents(cls))
    key = data.draw(st.sampled_from([key for key in KEYS if registry()[key].cls is cls]))
    more = json.loads(json.dumps(document))
    before = normalize(document, key)
    targets = list(typed_objects(structure(more, cls), more))
    if targets and (is_told(cls) or before.ticket):
        data.draw(st.sampled_from(targets))["x-unknown"] = data.draw(JSON | st.just(["text"]))
        after = normalize(more, key)

        assert state_of(after) == state_of(before)
        assert without_extras(after.details) == without_extras(before.details)
        assert {finding.rule for finding in after.findings} - {finding.rule for finding in before.findings} <= {
            "unknown-key"
        }


def reordered(value: Any) -> Any:
    """Turn the order of all members around."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@LAWS
@given(keys, st.data())
def test_the_order_of_members_changes_nothing(key: Key, data: st.DataObject) -> None:
    """An object is a set of members."""
    payload = data.draw(documents(registry()[key].cls) | ANSWERS)

    assert without_order(told(normalize(reordered(payload), key))) == without_order(told(normalize(payload, key)))


# 5. Unknown is unknown.


@LAWS
@given(keys, st.data())
def test_an_unknown_word_is_unknown(key: Key, data: st.DataObject) -> None:
    """Never success, never the end, whatever the result looks like."""
    cls = registry()[key].cls
    document = data.draw(documents(cls))
    word = data.draw(st.text(max_size=8).filter(lambda text: text.strip().lower() not in WORDS))
    for name in document.keys() & {"status", "state"}:
        document[name] = word
    job = normalize(document, key)

    if job.ticket and job.state is JobState.PENDING:
        return  # A receipt proves that there is a job which waits; a system may hold that its word says more.
    if job.native_state == word:
        assert job.state is JobState.UNKNOWN
        assert job.finished is not True
        assert job.errors


@pytest.mark.parametrize("key", [key for key in KEYS if "status" in {f.wire for f in fields_of(registry()[key].cls)}])
@LAWS
@given(st.text(max_size=8).filter(lambda text: text.strip().lower() not in WORDS))
def test_a_document_with_an_unknown_word_alone_is_unknown(key: Key, word: str) -> None:
    """Under every key whose class has a word; a blank one may count as none."""
    cls = registry()[key].cls
    members = {field.wire: word for field in fields_of(cls) if field.required or field.wire == "status"}
    job = normalize(members, key)

    assert job.state is JobState.UNKNOWN
    assert job.native_state == word or (job.native_state is None and not word.strip())
    assert job.finished is not True


# 6. Secrets stay in.

SECRET = "s3cr3t-0123456789"
SECRET_NAMES = st.sampled_from(["accessKey", "Authorization", "Token", "api_key", "PASSWORD", "client-secret"])
CARRIERS = st.sampled_from(
    [f"https://x/?token={SECRET}&a=1", f"https://u:{SECRET}@x/", f"Bearer {SECRET}", f'{{"accessKey": "{SECRET}"}}']
)


def planted(value: Any, draw: Any) -> Any:
    """Put the secret where a vendor might: under a name that says so, or in text that carries one."""
    if isinstance(value, dict):
        grown = {name: planted(member, draw) for name, member in value.items()}
        if draw(st.booleans()):
            grown[draw(SECRET_NAMES)] = SECRET
        return grown
    if isinstance(value, list):
        return [planted(item, draw) for item in value]
    return draw(CARRIERS) if isinstance(value, str) and draw(st.integers(0, 3)) == 0 else value


def refusal(payload: Any, key: Key) -> str:
    """Give the text of the error that a strict reading raises, if it does."""
    try:
        normalize(payload, key, strict=True)
    except JobModelsError as error:
        return f"{error} {error!r}"
    return ""


@LAWS
@given(keys, st.data())
def test_a_planted_secret_never_shows(key: Key, data: st.DataObject) -> None:
    """Not in a job, its details, its errors or its findings; nor when it cannot be read."""
    payload = planted(data.draw(documents(registry()[key].cls) | ANSWERS), data.draw)
    text = json.dumps(payload)
    cut = text[: data.draw(st.integers(0, len(text)))] if data.draw(st.booleans()) else text
    status = data.draw(st.sampled_from([None, 200, 400, 503]))

    assert SECRET not in shown(normalize(payload, key))
    assert SECRET not in shown(normalize_response(Response(status, None, cut), key))
    assert SECRET not in refusal(payload, key)


# 7. One reading.


def head(job: Job[Any]) -> Any:
    """Give all that a job tells, but for what a received status adds to errors."""
    plain = told(job)
    plain["errors"] = [{**error, "http_status": None, "transient": None} for error in plain["errors"]]
    return plain


@LAWS
@given(keys, st.data())
def test_an_answer_is_read_alike_however_it_comes(key: Key, data: st.DataObject) -> None:
    """As an object, as text, as bytes, as a response, in a log, and as details that were read before.

    An object with the members of an envelope is one in a log. Where status line and headers are part of the details,
    the document alone is another answer.
    """
    cls = registry()[key].cls
    whole = {"status", "headers"} <= {field.wire for field in fields_of(cls)}
    typed = None if whole else {"content-type": "application/json"}
    payload = data.draw((documents(cls) | ANSWERS).filter(lambda value: isinstance(value, (dict, list))))
    text = json.dumps(payload)
    job = normalize(payload, key)

    again = [
        normalize(text, key),
        normalize(text.encode(), key),
        normalize(data.draw(mirrored(payload)), key),
        normalize_response(Response(None, None, text), key),
        normalize_response(Response(None, typed, text.encode()), key),
    ]
    lines = [read_line(json.dumps({"key": key, "body": payload}))]
    lines += [] if is_envelope(payload, key) else [read_line(f"\ufeff{text}\n", key)]
    again += [line[0] for line in lines if len(line) == 1 and not isinstance(payload, list)]
    for other in again:
        assert same(told(other), told(job))
        assert attrs.evolve(other, raw=None, response=None) == attrs.evolve(job, raw=None, response=None)
    if not whole and (job.state in {JobState.UNKNOWN, JobState.PENDING} or not job.errors):
        assert same(head(normalize_response(Response.json(payload), key)), head(job))


def mirrored(value: Any) -> st.SearchStrategy[Any]:
    """Give the same value made of tuples and other mappings."""

    def mirror(inner: Any) -> Any:
        if isinstance(inner, dict):
            return _Mirror({name: mirror(member) for name, member in inner.items()})
        return tuple(map(mirror, inner)) if isinstance(inner, list) else inner

    return st.just(mirror(value))


class _Mirror(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members

    def __getitem__(self, name: str) -> Any:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


@each_recorded
def test_recorded_answers_are_read_alike_however_they_come(key: str, payload: Any) -> None:
    """The same for what was really sent."""
    if isinstance(payload, (dict, list)):
        text = json.dumps(payload)
        for again in (text, text.encode()):
            assert same(told(normalize(again, key)), told(normalize(payload, key)))


# Paths lead somewhere.


def leads(document: Any, path: str) -> bool:
    """Tell whether a pointer leads to something, through JSON text as if it were decoded."""
    for token in path.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, str) and looks_embedded(document):
            document = decode(document)[0]
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return False
    return True


@LAWS
@given(keys, st.data())
def test_paths_lead_to_where_something_was_read(key: Key, data: st.DataObject) -> None:
    """Of errors and findings, but for what is missing: there the place is named where it should be."""
    payload = data.draw(documents(registry()[key].cls) | ANSWERS)
    job = normalize(payload, key)

    missing = {finding.path for finding in job.findings if finding.rule in {"missing-key", "unknown-state"}}
    for path in [*(error.path for error in job.errors), *(finding.path for finding in job.findings)]:
        assert path in missing or leads(payload, path), path
