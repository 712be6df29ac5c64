"""What the properties are tested with: arbitrary JSON, documents made from the classes, and recorded answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from jobmodels import registry
from jobmodels._folders import find_folder
from jobmodels._types import Field, Shape, fields_of

EXAMPLES = int(os.environ.get("JOBMODELS_EXAMPLES", "60"))
"""How many examples each property gets; `JOBMODELS_EXAMPLES=5000` searches for longer."""

LAWS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""The profile of all properties: the same examples each time in CI, other ones at home."""

FEW = settings(LAWS, max_examples=1 + EXAMPLES // 3)
"""The same for properties that are tested once for each of many classes."""

KEYS = tuple(registry())
CLASSES = tuple(dict.fromkeys(endpoint.cls for endpoint in registry().values()))
WORDS = tuple(sorted({word for endpoint in registry().values() for word in endpoint.system.states}))

# Arbitrary JSON.

# Numbers that no float can hold are still numbers.
INTEGERS = st.integers() | st.sampled_from([2**64 + 1, 10**400, -(10**400), 10**4299])

LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | INTEGERS
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.just("\ud800")
)

JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON value."""

# Words that vendors use, so that readers find something to read.
NAMES = st.sampled_from(
    [
        *("status", "msg", "result", "state", "id", "job_id", "job_name", "task", "job", "links", "rel", "href"),
        *("error", "errors", "detail", "title", "code", "Message", "Entry", "Error", "error_description", "Success"),
        *("invalid_terms", "index", "term", "message", "non_field_errors", "results", "ts_created", "token"),
        *("headers", "body", "errorNum", "errorMessage", "data", "type", "attributes", "payload", "meta", "successful"),
        *("failed", "jobId", "data_type", "data_str", "job_status", "running", "progress", "job_response_str", "info"),
        *(
            "jobIdentifier",
            "jobInputs",
            "total",
            "completed",
            "finished",
            "failures",
            "statusCode",
            "job_ids",
            "action",
        ),
    ]
)
SENTENCES = st.sampled_from(
    [
        *WORDS,
        "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00",
        "Job finished in 1e9 seconds at 9999-12-31 23:59:59-00:01",
        "All total 1 batches attempted. [Succeeded: 2, Failed: 1, Total: 3]",
        "Legacy(Rosemeta) write job_id (can be tracked using jobs API): 7637",
        "400068: API Key is a required input",
        "[1, 2",
        '{"error": "x", "code": "400000"}',
        "2024-09-17T12:50:42Z",
        "7",
        *("job", "job_result", "api_error", "NOT_FOUND", "OK", "get_job_response", "cancel", "true", "job-result"),
    ]
)

ANSWERS: st.SearchStrategy[Any] = st.recursive(
    LEAVES | SENTENCES | st.sampled_from([0, 1, -1, 404000, "400000", "401"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=5)
        | st.dictionaries(NAMES, inner, max_size=3).map(json.dumps)
    ),
    max_leaves=16,
)
"""Any JSON value made of words that vendors use."""

# Documents of a class.

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@st.composite
def moments(draw: st.DrawFn) -> str:
    """Give the text of a moment, in one of its spellings."""
    at = draw(st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=ZONES))  # noqa: DTZ001
    text = at.isoformat(draw(st.sampled_from("T ")))
    return text.replace("+00:00", draw(st.sampled_from(["Z", "+00:00", "+0000"])))


EXACT: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8) | SENTENCES,
    bool: st.booleans(),
    int: st.integers(0, 3) | INTEGERS,
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}


def places(shape: Shape) -> st.SearchStrategy[Any]:
    """Give values for one place; some do not fit it."""
    told = [EXACT[kind] for kind in shape.exact]
    told += [moments()] if shape.moment else []
    told += [documents(cls) | documents(cls).map(json.dumps) for cls in shape.classes]
    told += [st.lists(places(shape.items), max_size=3)] if shape.items else []
    told += [st.dictionaries(st.text(max_size=4), places(shape.members), max_size=3)] if shape.members else []
    fitting = st.one_of(told) if told else JSON
    return st.integers(0, 7).flatmap(lambda chance: fitting if chance else JSON)


def bodies(field: Field) -> st.SearchStrategy[Any]:
    """Give bodies in all encodings: objects, text, lists of both, with anything between."""
    told = [documents(cls) for cls in field.shape.sifted]
    if not told:
        return ANSWERS
    one = st.one_of(told)
    item = one | one.map(json.dumps) | ANSWERS
    several = st.lists(item, max_size=3)
    return one | one.map(json.dumps) | several | several.map(json.dumps) | ANSWERS


def values(field: Field) -> st.SearchStrategy[Any]:
    """Give values for one field; made when first drawn from, since classes may hold each other."""
    return st.deferred(lambda: bodies(field) if field.body else places(field.shape))


@cache
def documents(cls: Any, *, extras: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Give documents of a class: all that is required, some of what is not, and perhaps what nobody knows."""
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for field in fields_of(cls):
        (required if field.required else optional)[field.wire] = values(field)
    known = st.fixed_dictionaries(required, optional=optional)
    if not extras:
        return known
    names = st.text(max_size=4).filter(lambda name: name not in required and name not in optional)
    more: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(names, JSON, max_size=2)
    return st.builds(lambda one, other: {**one, **other}, known, more)


# Recorded answers.


def recorded() -> Iterator[tuple[str, str, Any]]:
    """Give the answers of the cases that come with the package: name, key, decoded body or text."""
    folder = find_folder("jobmodels", "fixtures") or Path()
    for path in sorted(folder.rglob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))["given"]
        name = path.relative_to(folder).as_posix()
        if body := [given[member] for member in ("body", "text") if member in given]:
            yield name, name.rpartition("/")[0], body[0]


RECORDED = tuple(recorded())
