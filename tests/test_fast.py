"""The fast path means what the general path means: both read the same lines, and their rows are compared exactly."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmodels import Key, System, registry
from jobmodels._cases import find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._moments import moment
from jobmodels.loose import PART, RUN, SUM
from jobmodels.tables import Options
from jobmodels.tables._arrays import Tables
from jobmodels.tables._book import Book
from jobmodels.tables._compiled import Native, native
from jobmodels.tables._fast import Reader, reader
from jobmodels.tables._flows import Length, canonical, flows_of
from jobmodels.tables._forms import Hole, Run, parts_of, spelled
from jobmodels.tables._kinds import KINDS, fits, sentence, values_in
from jobmodels.tables._loose import loose_in
from jobmodels.tables._measures import stencil_of
from jobmodels.tables._outlines import outline_of
from jobmodels.tables._rows import read_rows
from jobmodels.tables._samples import samples_of
from jobmodels.tables._sums import others
from jobmodels.tables._trees import Unfit, tree_of
from tests.strategies import LAWS
from tests.tables import lines_of

ROOT = find_folder("jobmodels", "fixtures") or Path()
MEMBERS = ("body", "text", "base64", "status", "headers", "request", "operation", "job_id")
OPTIONS = (
    Options(),
    Options(keep_raw=True),
    Options(on_finding="reject"),
    Options(key="alation/job/GET"),
    Options(typed="alation/document/POST"),
)

SENTENCES = (
    "", "0", "7", "abc", "failed", "FAILED", "successful", " x", "\u00a0", "\u3000x", "\ufeff{}", "é€𝄞", "null", "true",
    "Job finished in 1.5 seconds at 2023-02-28T00:00:00Z", "Job finished in 1.5 seconds at 2023-02-30 00:00:00+00:00",
    "Job finished in 1.1234567 seconds at 2024-02-29 00:00:00+0000", "400068: API Key", "123456:x", '{"a": 1}', "[1]",
    "2025-02-29T00:00:00Z", "2024-02-29 00:00:00+0000", "2025-01-31T23:59:59.1234567Z", "token abcd12345678",
    "Bearer abcdef123456", "https://u:p@h/x", "https://h/x?token=1", "'password': 'x'", 'a"b', "a\\b", "a\nb", "1" * 30,
    "connection refused", "Table 'x' does not exist", "Error count: 2. Errors: ['a'] x", "Upserted 3 table objects.",
    "Updated values count: 0. Error count: 2. Errors: ['a', 'b'] Legacy(Rosemeta) write job_id (can be tracked using"
    " jobs API): 5", "zq00001x", "7300001", "NOT_FOUND", "OK", "ERROR", "DONE", "COMPLETED", "job", "api_error",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    -1,
    -0.0,
    1.0,
    2.5,
    100,
    101,
    200,
    404,
    500,
    2**31,
    2**63,
    10**17,
    10**18,
    1e300,
    1e-7,
    7300001,
)
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1900, 2099))
ZONES = ("Z", "+00:00", "+0000", "+01:00", "")
NAMES = ("zz_new", "error", "errors", "detail", "message", "code", "status", "name")
ADDED = (1, "x", "trace-7", None, True, ["a"], {"b": 1}, 2.5)


in_both_ways = pytest.mark.parametrize("part", sorted({native(), None}, key=repr), ids=type)
"""With the compiled part, where it is, and without."""


def recorded() -> dict[str, list[dict[str, Any]]]:
    """Give the recorded answers of each key, as envelopes."""
    told: dict[str, list[dict[str, Any]]] = {}
    for path in find_cases(ROOT):
        case = load_case(path, ROOT)
        members = {name: value for name, value in case.given.items() if name in MEMBERS}
        if members.keys() & {"body", "text", "base64"}:
            told.setdefault(case.key, []).append(
                {"key": case.key, "received_at": "2025-01-02T03:04:05.678Z", **members}
            )
    return told


RECORDED = recorded()


def written(line: object) -> bytes:
    """Write a line as most loggers do."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the paths of all values, the outer before the inner."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from places_in(inner, (*path, name))


def at(value: Any, path: Sequence[Any]) -> Any:
    """Give what stands in a place."""
    for token in path:
        value = value[token]
    return value


def other(value: Any, rng: random.Random) -> Any:
    """Give another value, near to the one that was there or far from it."""
    if isinstance(value, str):
        if value[:1] in ("{", "[") and rng.random() < 0.7:
            try:
                return json.dumps(changed(json.loads(value), rng), separators=(",", ":"))
            except ValueError:
                return value
        digits = "".join(rng.choice("0123456789") if sign.isdigit() else sign for sign in value)
        return rng.choice((digits, digits, value.upper(), value + rng.choice(SENTENCES), *rng.sample(SENTENCES, 3)))
    if isinstance(value, (int, float)):
        return rng.choice((not value, None)) if isinstance(value, bool) else rng.choice((rng.randrange(12), *NUMBERS))
    return rng.choice((None, 0, "", True, "x"))


def changed(line: Any, rng: random.Random) -> Any:
    """Change one or a few things in a line: values, members, items."""
    line = json.loads(json.dumps(line))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        places = [path for path in places_in(line) if path and path != ("key",)]
        leaves = [path for path in places if not isinstance(at(line, path), (dict, list))]
        holders = [path for path in places if isinstance(at(line, path), (dict, list)) and at(line, path)]
        turn = rng.random()
        if leaves and turn < 0.75:
            path = rng.choice(leaves)
            at(line, path[:-1])[path[-1]] = other(at(line, path), rng)
        elif holders:
            holder = at(line, rng.choice(holders))
            if isinstance(holder, dict) and turn < 0.9:
                holder[rng.choice(NAMES)] = json.loads(json.dumps(rng.choice(ADDED)))
            elif isinstance(holder, list) and turn < 0.95:
                holder.append(json.loads(json.dumps(rng.choice(holder))))
            else:
                holder.pop() if isinstance(holder, list) else holder.popitem()
    return line


def spoiled(raw: bytes, rng: random.Random) -> bytes:
    """Write a line otherwise, or break it."""
    turn, place = rng.random(), rng.randrange(len(raw))
    if turn < 0.9:
        return raw
    if turn < 0.93:
        return raw[:place]
    if turn < 0.96:
        return raw[:place] + bytes([rng.choice((0, 9, 10, 13, 31, 32, 34, 48, 92, 0xC3, 0xFF))]) + raw[place + 1 :]
    return (
        raw + rng.choice((b"\r", b" ", b"\r\n", b"\n", b"x")) if turn < 0.98 else json.dumps(json.loads(raw)).encode()
    )


def log_of(answers: Sequence[Any], rng: random.Random, often: int = 6) -> list[bytes]:
    """Make a log of recorded answers: as they are, so that something is learned of them, and changed."""
    raws = [written(answer) for answer in answers for _ in range(2)]
    raws += [spoiled(written(changed(answer, rng)), rng) for answer in answers for _ in range(often)]
    rng.shuffle(raws)
    return raws


def compare(raws: Sequence[bytes | None], options: Options, fast: Reader | None = None) -> Tables:
    """Read lines by both paths, the fast one with the compiled part and without; compare all that comes of it."""
    lines = lines_of(*raws)
    expected = Reader(options, learns=False).read(lines)
    readers = [Reader(options, native=part) for part in {native(), None}] if fast is None else [fast]
    tables = [one.read(lines) for one in readers]
    for told in tables:
        for name in ("jobs", "dead", "typed"):
            one, other = getattr(told, name), getattr(expected, name)
            assert (one is None) == (other is None)
            if one is not None:
                assert one.schema == other.schema
                assert one.to_pylist() == other.to_pylist()
        assert told.missed == expected.missed
    return tables[0]


@pytest.mark.parametrize("key", sorted(RECORDED))
def test_recorded_answers_and_changed_ones_mean_the_same_in_both_paths(key: str) -> None:
    """Of each key; what was learned of some lines holds for those that come later."""
    for part in {native(), None}:
        rng = random.Random(key)
        fast = Reader(Options(), native=part)
        for _ in range(2):
            compare(log_of(rng.sample(RECORDED[key], min(20, len(RECORDED[key]))), rng, often=2), Options(), fast)


@LAWS
@given(rng=st.randoms(use_true_random=False), options=st.sampled_from(OPTIONS), many=st.integers(1, 4))
def test_lines_mean_the_same_in_both_paths(rng: random.Random, options: Options, many: int) -> None:
    """However they are changed, mixed and broken, and whatever was learned of them before."""
    keys = rng.sample(sorted(RECORDED), many)
    answers = [rng.choice(RECORDED[key]) for key in keys for _ in range(2)]
    bare = [answer["body"] for answer in answers if "body" in answer]
    compare(log_of([*answers, *bare], rng), options)


FINISHED = {"status": "successful", "msg": "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00"}
TERM = {"id": 4711, "title": "My KPI"}
ALIKE: dict[str, list[dict[str, Any]]] = {
    "numbers, names and lengths differ": [
        {
            "key": "alation/document/POST", "status": 200, "operation": "result", "job_id": 10_000 + number,
            "body": FINISHED | {
                "zz_note": f"n{number}",
                "result": {"created_term_count": number + 1, "created_terms": [TERM] * (number + 1)},
            },
        }
        for number in range(50)
    ],
    "the mapping is counted": [
        {
            "key": "alation/rdbms-table/POST", "status": 200,
            "body": FINISHED | {"result": [{"response": f"Upserted {number} table objects.", "errors": [],
                                            "mapping": [{"id": number, "key": f"9.a.t{number}"}] * (1 + number % 7)}]},
        }
        for number in range(50)
    ],
    "one id stands in three texts": [
        {
            "key": "alation/custom-field-value/PUT", "status": 200, "operation": "result", "job_id": 50_000 + number,
            "body": FINISHED | {"result": [
                f"{text} Legacy(Rosemeta) write job_id (can be tracked using jobs API): {70_000 + number}"
                for text in ("Start bulk upsert values to annotation value microservice...",
                             f"Updated values count: {number}. Error count: 0. Errors: []")
            ]},
        }
        for number in range(50)
    ],
    "a header names the job": [
        {
            "key": "arangodb/job/PUT", "status": 200, "job_id": str(10**8 + number),
            "body": {"result": [{"a": number + 0.5}]},
            "headers": {"content-type": "application/json", "x-arango-async-id": str(10**8 + number)},
        }
        for number in range(50)
    ],
    "JSON stands in JSON in JSON": [
        {
            "key": "kinetica/get-job/POST", "status": 200, "job_id": 10_000 + number,
            "body": {
                "status": "OK", "message": "", "data_type": "get_job_response", "data": "",
                "data_str": json.dumps({
                    "endpoint": "/alter/table", "job_status": "DONE", "running": False, "progress": number,
                    "successful": True, "job_response_str": json.dumps({"value": f"v{number}"}, separators=(",", ":")),
                }, separators=(",", ":")),
            },
        }
        for number in range(50)
    ],
    "numbers are written anew": [
        {
            "key": "modzy/results/GET", "status": 200,
            "body": {
                "jobIdentifier": f"14856eb1-0ad8-49e7-9da3-887acb80{number:04x}",
                "total": 1, "completed": 1, "failed": 0, "finished": True,
                "results": {"a": {"status": "SUCCESSFUL", "label": "x", "score": number + 0.25}},
                "failures": {},
            },
        }
        for number in range(50)
    ],
}  # fmt: skip


@in_both_ways
@pytest.mark.parametrize("about", ALIKE)
def test_lines_of_one_form_take_the_fast_path(about: str, part: Native | None) -> None:
    """Once one line of a form is read, and one that has a word of its own for the id, no other is read generally."""
    fast = Reader(Options(), native=part)
    told = compare([written(line) for line in ALIKE[about]], Options(), fast)
    assert told.jobs.num_rows == 50
    assert fast.generally < 6
    assert len(fast.book.rows) < 6


def test_ids_that_stand_elsewhere_are_looked_at_again() -> None:
    """A cancel that names another job is not confirmed, and one that names this job is."""
    inside = json.dumps({"job_ids": [58426], "action": "cancel", "status": ["OK"], "info": {}}, separators=(",", ":"))
    body = {"status": "OK", "message": "", "data_type": "admin_alter_jobs_response", "data": "", "data_str": inside}
    line = {"key": "kinetica/alter-jobs/POST", "operation": "cancel", "status": 200, "body": body}
    raws = [written(line | {"job_id": number}) for number in ("77777", "58426", "88888", "58426")]
    told = compare(raws, Options())
    assert told.jobs.column("accepted").to_pylist() == [None, True, None, True]


def finished(result: Any, key: str = "alation/document/POST") -> bytes:
    """Write the line of a job that went well."""
    return written({"key": key, "body": FINISHED | {"result": result}})


def test_secrets_in_loose_text_are_masked() -> None:
    """Text that may show a credential is read once more by the path that masks it."""
    titles = ["plain", "Bearer abcdefgh12345", "see https://u:p@host/x", "more?token=abc", "also plain"]
    raws = [finished({"created_term_count": 1, "created_terms": [TERM | {"title": title}]}) for title in titles * 4]
    shown = "".join(compare(raws, Options()).jobs.column("result_json").to_pylist())
    assert shown.count("***") == 12
    assert "abcdefgh12345" not in shown


def test_secrets_in_loose_text_of_errors_are_masked() -> None:
    """Also where the text is a member of a list."""
    errors = ["a.b: no such schema", "c.d: no such schema", "Bearer abcdefgh12345", "see https://u:p@host/x"] * 4
    results = [[{"response": "Upserted 0 table objects.", "mapping": [], "errors": [error]}] for error in errors]
    told = compare([finished(result, "alation/rdbms-table/POST") for result in results], Options())
    assert "u:p" not in str(told.jobs.column("errors").to_pylist())


WORDS = ("COMPLETED", "IN_PROGRESS", "TIMEDOUT", "OPEN", "CANCELED", "whatever", None)


def counted(rng: random.Random, key: str = "modzy/job/GET", **others: Any) -> bytes:
    """Write the line of a job whose inputs are counted; mostly the counts add up."""
    largest = rng.choice((1, 2, 3, 30, 10**6, 2**53, 2**62))
    parts = [rng.choice((0, rng.randint(0, largest))) for _ in range(3)]
    whole = max(0, sum(parts) + rng.choice((0, 0, 0, 0, 0, 1, -1, largest)))
    counts: dict[str, Any] = {"total": whole, **dict(zip(("pending", "completed", "failed"), parts, strict=True))}
    if rng.random() < 0.2:
        counts["totalInputs"] = rng.choice((whole, whole, 3))
    if rng.random() < 0.2:
        counts[rng.choice([*counts])] = rng.choice((None, "2", "0", -1, 1.5, 2**63, True, 7))
    if rng.random() < 0.2:
        counts.pop(rng.choice([*counts]))
    body = {"jobIdentifier": f"job-{rng.randrange(10**6)}", "status": rng.choice(WORDS), **counts}
    return written({"key": key, "status": 200, "body": body | others})


@LAWS
@given(rng=st.randoms(use_true_random=False), options=st.sampled_from(OPTIONS))
def test_counts_mean_the_same_in_both_paths(rng: random.Random, options: Options) -> None:
    """Whether they add up or not, and whatever else stands in their places."""
    ended: dict[str, list[dict[str, Any]]] = {
        "modzy/job/GET": [{}],
        "modzy/job/DELETE": [{}],
        "modzy/job/POST": [{}],
        "modzy/results/GET": [
            {"finished": True, "results": {"a": {"results.json": {"status": "SUCCESSFUL"}}}},
            {"finished": True, "results": {}, "failures": {"a": {"error": "x"}}},
        ],
    }
    keys = [rng.choice(["modzy/job/GET", *ended]) for _ in range(40)]
    compare([counted(rng, key, **rng.choice(ended[key])) for key in keys], options)


@in_both_ways
def test_counts_that_add_up_are_learned_once_however_many_they_are(part: Native | None) -> None:
    """Each word, and each choice of those that are nothing, has a form; what is done of all is computed."""
    rng, fast = random.Random(7), Reader(Options(), native=part)
    raws = []
    for number in range(400):
        pending, completed, failed = (rng.choice((0, rng.randrange(1, 10_000))) for _ in range(3))
        counts = {"total": pending + completed + failed, "pending": pending, "completed": completed, "failed": failed}
        body = {"jobIdentifier": f"job-{number}", "status": "IN_PROGRESS" if pending else "COMPLETED", **counts}
        raws.append(written({"key": "modzy/job/GET", "status": 200, "body": body}))
    told = compare(raws, Options(), fast)
    assert told.jobs.num_rows == 400
    assert len({*told.jobs.column("progress").to_pylist()}) > 100
    assert fast.generally < 20


@in_both_ways
def test_batches_that_are_done_are_a_share_of_all(part: Native | None) -> None:
    """Of the data dictionary task; more than all of them, and none of none, have forms of their own."""
    counts = [(number % 7, number) for number in range(60)] + [(3, 2), (0, 0), (5, 5), (1, 0), (2**53 - 2, 2**53 - 1)]
    raws = [
        written(
            {
                "key": "alation/data-dictionary-task/GET",
                "status": 200,
                "body": {
                    "id": f"task-{number}x",
                    "type": "COMMIT_TO_CATALOG",
                    "state": "PROCESSING",
                    "status": None,
                    "progress": {"total_batches": total, "batches_completed": done},
                    "result": None,
                },
            }
        )
        for number, (done, total) in enumerate(counts)
    ]
    told = compare(raws, Options(), fast := Reader(Options(), native=part))
    assert told.jobs.column("progress").to_pylist()[8:11] == [1 / 8, 2 / 9, 3 / 10]
    assert fast.generally < 12


@in_both_ways
def test_logs_of_ones_own_system_are_read_fast(part: Native | None) -> None:
    """As far as it says what is loose: once a line of each kind is read, no other is read generally."""
    rng, fast = random.Random(3), Reader(options := Options(modules=("tests.ovens.batches",)), native=part)
    raws = []
    for _ in range(300):
        wanted = rng.randint(2, 9)
        loaves = [
            {"loafId": rng.randrange(10**6), "crust": rng.choice(("thin", "dark"))}
            for _ in range(rng.randint(1, wanted))
        ]
        note = rng.choice((f"Baked for {rng.randrange(99)}.5 seconds", f"Baked by {rng.choice(('Ann', 'Bob'))}"))
        body = {"stage": rng.choice(("Done", "Kneading")), "loaves": loaves, "note": note, "zz_mill": rng.randrange(5)}
        counts = {"wanted": wanted, "baked": rng.randrange(wanted)}
        raws.append(written({"key": "ovens/batch/GET", "status": 200, "body": body | counts}))
    told = compare(raws, options, fast)
    assert {*told.jobs.column("state").to_pylist()} == {"succeeded", "running"}
    assert fast.generally < 20


def test_counts_of_samples_add_up_and_have_shares_of_their_own() -> None:
    """In no two turns two of them have one ratio, so that no share is taken for one that is always the same."""
    text = '{"total":6,"a":1,"b":2,"c":3}'
    parts = parts_of(text, tree_of(text), lambda node: {"/total": SUM}.get(node.path, PART if node.path else None))
    holes = {part.number: part for part in parts if isinstance(part, Hole)}
    told = [[int(value) for value in others(holes, turn).values()] for turn in (1, 2)]
    for whole, *some in told:
        assert whole == sum(some)
    ratios = [{Fraction(sum(of), whole) for size in (1, 2) for of in combinations(some, size)} for whole, *some in told]
    assert len(ratios[0]) == len(ratios[1]) == 6
    assert not ratios[0] & ratios[1]


@pytest.mark.parametrize("blank", ["\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000"])
def test_a_credential_stands_behind_a_blank_of_any_kind(blank: str) -> None:
    """As the pattern that masks it takes all of them for blanks."""
    titles = ["plain", f"Bearer{blank}abcdefgh12345", f"'password'{blank}: hidden12345"]
    raws = [finished({"created_term_count": 1, "created_terms": [TERM | {"title": title}]}) for title in titles * 2]
    shown = "".join(compare(raws, Options()).jobs.column("result_json").to_pylist())
    assert shown.count("***") == 4


@pytest.mark.parametrize("word", ["to\u212aen", "ba\u017fic", "BEARER", "api\u212aey"])
def test_a_credential_stands_behind_a_word_in_any_letter_case(word: str) -> None:
    """Two letters beyond ASCII are letters of it in another case."""
    titles = ["plain", f"{word} abcdefgh12345", "also plain"]
    raws = [finished({"created_term_count": 1, "created_terms": [TERM | {"title": title}]}) for title in titles * 3]
    shown = "".join(compare(raws, Options()).jobs.column("result_json").to_pylist())
    assert "abcdefgh12345" not in shown


def test_flags_that_are_the_same_in_one_line_may_differ_in_the_next() -> None:
    """No cell is learned as a copy of the one or the other."""
    added = [{"zz_a": one, "zz_b": other} for one in (True, False) for other in (True, False)] * 2
    told = compare([written({"key": "alation/document/POST", "body": FINISHED | told}) for told in added], Options())
    assert [json.loads(cell) for cell in told.jobs.column("extra_json").to_pylist()] == added


def test_a_value_of_which_something_is_found_decides() -> None:
    """Text in the place of a number may be a number or not, and both are found."""
    (task,) = [answer for answer in RECORDED["alation/data-dictionary-task/GET"] if "dd_resource" in answer["body"]][:1]
    for name in ("oid", "user_id"):
        given = [
            task["body"]["dd_resource"] | {name: value} for value in ("hello", "other", "5", "-1", 5, 6, 1.5, 2.5, 1.0)
        ]
        raws = [written(task | {"body": task["body"] | {"dd_resource": resource}}) for resource in given * 2]
        findings = compare(raws, Options()).jobs.column("findings").to_pylist()
        assert [any(found["rule"] == "number-as-text" for found in told) for told in findings[:9]] == [
            value in ("5", "-1") for value in ("hello", "other", "5", "-1", 5, 6, 1.5, 2.5, 1.0)
        ]
        rejected = compare(raws, Options(on_finding="reject"))
        assert rejected.jobs.num_rows + rejected.dead.num_rows == 18


def test_an_id_of_letters_may_be_a_number_in_the_next_line() -> None:
    """A number is compared with the jobs that an answer names; a word can not be."""
    inside = json.dumps({"job_ids": [58426], "action": "cancel", "status": ["OK"], "info": {}}, separators=(",", ":"))
    body = {"status": "OK", "message": "", "data_type": "admin_alter_jobs_response", "data": "", "data_str": inside}
    line = {"key": "kinetica/alter-jobs/POST", "operation": "cancel", "status": 200, "body": body}
    ids = ("hello", "other", "5", "0", "007", "-1", "1_0", "58426", "1" * 30)
    told = compare([written(line | {"job_id": asked}) for asked in ids * 2], Options())
    accepted = dict(zip(ids, told.jobs.column("accepted").to_pylist(), strict=False))
    assert {asked for asked in ("5", "0", "007", "-1", "58426") if accepted[asked]} == {"58426"}


def test_a_detail_may_say_what_another_text_says() -> None:
    """It is told once then, whether the other is of the form or stands in a hole."""
    error = {"title": "Invalid Payload", "code": "404000"}
    details = ["Folder 1 is gone", "Folder 2 is gone", "Invalid Payload", "404000", "failed"]
    results: list[dict[str, Any]] = [error | {"detail": detail} for detail in details]
    results += [error | {"detail": detail, "errors": [{"errors": [detail]}]} for detail in details]
    raws = [
        written({"key": "alation/document/POST", "body": FINISHED | {"status": "failed", "result": result}})
        for result in results * 2
    ]
    errors = compare(raws, Options()).jobs.column("errors").to_pylist()
    assert [told[0]["message"] for told in errors] == details * 4
    assert [told[0]["details"] is None for told in errors] == [detail == error["title"] for detail in details] * 4


def test_what_no_form_can_have_is_read_generally() -> None:
    """Lines that are null, no UTF-8, or with control characters, among lines of a known form."""
    good = [written(line) for line in ALIKE["numbers, names and lengths differ"]]
    bad = [None, b"", b"\xff", good[3].replace(b"KPI", b"K\xffI"), good[4].replace(b"KPI", b"K\x01I"), good[5] + b"\r"]
    told = compare([*good[:20], *bad, *good[20:]], Options())
    assert told.dead.num_rows == 5


def test_members_given_twice_are_of_no_form() -> None:
    """Nothing is learned from a line with one, and no line of a form has one."""
    line = written(ALIKE["numbers, names and lengths differ"][7])
    raws = [line, line.replace(b'"status":"successful"', b'"status":"failed","status":"successful"')] * 3
    told = compare(raws, Options())
    assert [len(found) for found in told.jobs.column("findings").to_pylist()] == [1, 2] * 3


def test_an_empty_batch_gives_empty_tables() -> None:
    """Of the same columns as any other."""
    assert compare([], Options()).jobs.num_rows == 0


def test_a_reader_is_made_once_for_each_way_of_reading() -> None:
    """So that what was learned is kept between batches."""
    assert reader(Options()) is reader(Options())
    assert reader(Options(keep_raw=True)) is not reader(Options())


def test_learning_ends_where_nothing_comes_of_it() -> None:
    """A kind of line of which no line is like another is left to the general path; one that repeats earns more."""
    book = Book(Options())
    raws = [written({"key": "alation/job/GET", "body": {f"k{number}": []}}) for number in range(200)]
    rows = {raw: rows[0] for raw in raws if (rows := read_rows(raw, Options())[0])}
    learned = [book.learn(1, raw, row) is not None for raw, row in rows.items()]
    assert all(learned[:70])
    assert not any(learned[90:])
    book.earn(1, 100)
    first, *_, last = rows.items()
    assert book.learn(1, *first) is None
    assert book.learn(1, *last) is not None


def test_many_groups_learn_from_one_purse() -> None:
    """A log of many endpoints learns of all of them: each takes as much as it needs."""
    book = Book(Options())
    raws = [written({"key": "alation/job/GET", "body": {f"k{number}": []}}) for number in range(200)]
    for group, raw in enumerate(raws):
        rows, _ = read_rows(raw, Options())
        assert rows is not None
        assert book.learn(group, raw, rows[0]) is not None or group > 185


def test_an_id_that_is_a_word_of_another_form_is_an_id() -> None:
    """What stands in lines of another form has nothing to do with it; and nothing is learned twice."""
    lines = [written(line) for line in ALIKE["a header names the job"]]
    name = str(10**8 + 7)
    other = written({"key": "modzy/job/GET", "status": 200, "body": {"status": "OPEN", "message": f"see {name}"}})
    fast = Reader(Options())
    for _ in range(3):
        compare([other, *lines], Options(), fast)
    assert fast.generally < 8
    assert len(fast.book.rows) < 8


def test_a_form_is_learned_once_for_all_groups() -> None:
    """Lines of another group that are of it are read by what is known."""
    book = Book(Options())
    raw = written(ALIKE["a header names the job"][0])
    rows, _ = read_rows(raw, Options())
    assert rows is not None
    form = book.learn(1, raw, rows[0])
    assert form is not None
    assert book.learn(2, raw, rows[0]) is form
    assert book.groups == {1: [form], 2: [form]}
    assert book.learn(2, raw, rows[0]) is None
    assert len(book.rows) == 1


def test_long_lines_teach_nothing() -> None:
    """Their stencil would be as long."""
    raw = written({"key": "alation/job/GET", "body": {"status": "successful", "result": "x" * 70_000}})
    rows, _ = read_rows(raw, Options())
    assert rows is not None
    assert Book(Options()).learn(1, raw, rows[0]) is None


@LAWS
@given(when=st.datetimes(FIRST, LAST), zone=st.sampled_from(ZONES))
def test_a_moment_of_the_pattern_is_a_moment(when: datetime, zone: str) -> None:
    """And each that ends in UTC, of these years, is of the pattern, but for the day that few years have."""
    when = when.replace(microsecond=0, tzinfo=UTC)
    text = f"{when:%Y-%m-%dT%H:%M:%S}{zone}"
    found = values_in(sentence("{moment}"), text)
    assert (found is not None) == (zone in ("Z", "+00:00", "+0000") and (when.month, when.day) != (2, 29))
    assert found is None or moment(text) == when


@pytest.mark.parametrize(
    "day", ["2023-02-29", "2024-02-30", "2024-04-31", "2024-11-31", "2024-01-32", "2024-13-01", "2024-00-10"]
)
def test_days_that_no_calendar_has_are_of_no_pattern(day: str) -> None:
    """As they are no moments."""
    assert values_in(sentence("{moment}"), f"{day}T00:00:00Z") is None


@pytest.mark.parametrize("name", sorted(KINDS))
def test_another_value_of_a_kind_is_of_the_kind(name: str) -> None:
    """So that a line in which it stands is of the same form."""
    given = {"moment": "2024-01-02T03:04:05Z", "flag": "true", "quoted": "'x'"}.get(name, "7")
    for number in range(200):
        assert values_in(sentence(f"{{{name}}}"), KINDS[name].another(given, number)) is not None


def test_a_sentence_fits_the_type_of_its_slot() -> None:
    """One slot alone may be a number; words make it text."""
    assert fits(sentence("{integer}"), "number")
    assert not fits(sentence("{integer}"), "text")
    assert fits(sentence("{digits}"), "text")
    assert fits(sentence("took {integer}"), "text")
    assert not fits(sentence("took {integer}"), "number")
    assert not fits(sentence("{text}"), "null")
    assert fits((), "text")


def test_text_inside_text_is_spelled_as_often_as_it_stands_in_text() -> None:
    """Once for each text around it."""
    assert spelled('"', 2) == '\\\\\\"'


def test_a_number_is_canonical_as_it_is_written_anew() -> None:
    """Other text stays."""
    assert [canonical(text) for text in ("1.50", "7", "a.b")] == ["1.5", "7", "a.b"]


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[" * 60 + "]" * 60])
def test_of_some_documents_no_tree_is_made(text: str) -> None:
    """Of those with a member given twice, or with many levels."""
    with pytest.raises(Unfit):
        tree_of(text)


def test_many_ids_in_a_line_are_too_many_to_compare() -> None:
    """A form with so many is not made."""
    text = json.dumps({f"k{number}": f"id-{number}" for number in range(9)})
    outline = outline_of(parts_of(text, tree_of(text), lambda node: ("{id}",) if node.kind == "text" else None))
    with pytest.raises(Unfit):
        stencil_of(outline)


def test_a_run_inside_text_counts_escapes_by_its_items() -> None:
    """So that the number of escapes says nothing about the holes."""
    text = json.dumps({"a": json.dumps({"c": [{"b": 1}, {"b": 2}]})})

    def loose(node: Any) -> tuple[str, ...] | None:
        return RUN if node.kind == "array" else {"text": ("{json}",), "number": ("{integer}",)}.get(node.kind)

    parts = parts_of(text, tree_of(text), loose)
    assert sum(isinstance(part, Run) for part in parts) == 1
    items = stencil_of(outline_of(parts)).items
    assert items is not None
    assert (items.quotes, items.escapes) == (2, 2)


def test_a_system_says_what_is_loose_and_all_else_decides() -> None:
    """A system that says nothing has only what envelopes say."""
    key = Key("alation/document/POST")
    loose = loose_in(registry()[key], enveloped=True, additions=["/body_extra", "/error"])
    tree = tree_of('{"key": "k", "job_id": 7, "body": {"msg": "x", "zz_new": 1, "detail": "y", "l": [1]}}')
    told = {node.path: loose(node) for outer in (tree, tree.inside[2]) for node in outer.inside}
    assert told["/body/msg"] == ("Job finished in {seconds} seconds at {moment}",)
    assert told["/body/zz_new"] == ("{integer}", "{fraction}")
    assert told["/body/detail"] is None
    assert told["/body/l"] is None
    assert told["/job_id"] == ("{digits}", "{id}")
    assert System(name="acme").loose == {}


def test_words_of_our_own_code_are_no_words_of_a_system() -> None:
    """A system that has no function of its own for something asks for nothing there."""
    loose = loose_in(registry()[Key("alation/document/POST")], enveloped=True, additions=())
    (body,) = tree_of('{"body": {"own_refusals": "x", "ts_created": "y"}}').inside
    assert [loose(node) for node in body.inside] == [("{text}",), ("{moment}",)]


def test_a_place_may_be_loose_in_the_answers_of_one_endpoint() -> None:
    """The counts of results are compared with what failed, and decide."""
    (total,) = tree_of('{"total": 1}').inside
    told = {
        name: loose_in(registry()[Key(name)], enveloped=False, additions=())
        for name in ("modzy/job/GET", "modzy/results/GET")
    }
    assert {name: loose(total) for name, loose in told.items()} == {"modzy/job/GET": SUM, "modzy/results/GET": None}


def test_headers_are_loose_in_envelopes_only() -> None:
    """A bare answer has none."""
    endpoint = registry()[Key("arangodb/job/PUT")]
    (node,) = tree_of('{"x-arango-async-id": "1"}', "/headers").inside
    assert loose_in(endpoint, enveloped=True, additions=())(node) == ("{digits}",)
    assert loose_in(endpoint, enveloped=False, additions=())(node) is None


def test_batches_need_not_begin_where_memory_does() -> None:
    """A slice of a batch is read as the batch that it is."""
    raws = [written(line) for line in ALIKE["a header names the job"]]
    whole = lines_of(*raws)
    part: pa.RecordBatch = whole.slice(10, 30)
    told = Reader(Options()).read(part)
    assert told.jobs.to_pylist() == Reader(Options(), learns=False).read(part).jobs.to_pylist()
    assert told.jobs.column("line").to_pylist() == list(range(11, 41))


def test_lines_of_an_endpoint_with_a_table_of_its_own_are_read_generally() -> None:
    """That table is made of jobs; lines of other endpoints take the fast path beside them."""
    fast = Reader(options := Options(typed="alation/document/POST"))
    raws = [
        written(line)
        for about in ("numbers, names and lengths differ", "the mapping is counted")
        for line in ALIKE[about]
    ]
    told = compare(raws, options, fast)
    assert told.typed is not None
    assert told.typed.num_rows == 50
    assert 50 <= fast.generally < 56


def test_a_run_has_no_ids() -> None:
    """Each of them may be compared; items are parts of the form one by one then."""
    text = '[{"a": "x1"}, {"a": "x2"}]'
    parts = parts_of(text, tree_of(text), lambda node: RUN if node.kind == "array" else ("{id}",))
    assert not any(isinstance(part, Run) for part in parts)


def holes_in(text: str, sentence: str) -> tuple[Any, ...]:
    """Make the parts of a document whose values are all holes, and whose arrays are runs."""
    return parts_of(text, tree_of(text), lambda node: RUN if node.kind == "array" else (sentence,))


@pytest.mark.parametrize(
    "cells",
    [
        (1, 2, 3),
        (True, False, True),
        (None, "x", None),
        ("a", "b", "c"),
        ([], [{"a": "x"}], []),
        ([{"a": 1}], [{"a": 2}], [{"a": 3}]),
        (1.5, 2.5, 3.5),
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)),
    ],
    ids=repr,
)
def test_a_cell_that_no_hole_explains_teaches_nothing(cells: tuple[Any, ...]) -> None:
    """It may be anything in the next line."""
    rows = iter(cells[1:])
    parts = holes_in('{"a": 10, "b": "2024-05-06T07:08:09Z"}', "{digits}")
    samples = samples_of(parts, {"cell": cells[0]}, lambda raw: {"cell": next(rows)})
    with pytest.raises(Unfit):
        flows_of(parts, samples)


def test_a_cell_that_two_flags_explain_teaches_nothing() -> None:
    """Which of them it is no sample tells."""
    rows = iter([{"cell": '{"x": false}'}] * 2)
    parts = holes_in('{"a": {"x": true}, "b": {"x": true}}', "{flag}")
    samples = samples_of(parts, {"cell": '{"x": true}'}, lambda raw: next(rows))
    with pytest.raises(Unfit):
        flows_of(parts, samples)


def test_the_length_of_a_run_of_numbers_is_not_counted() -> None:
    """They have no quotation marks by which they could be."""
    told = (holes_in("[1, 2]", "{integer}"), holes_in('["a", "b"]', "{text}"))
    numbers, texts = (stencil_of(outline_of(parts)) for parts in told)
    assert numbers.items is None
    assert texts.items is not None
    assert texts.items.number in texts.values


def test_the_length_of_a_run_is_that_of_the_run_that_differs_as_the_cell_does() -> None:
    """Whichever of them it is."""
    parts = holes_in('{"a": ["x"], "b": ["y", "z"]}', "{text}")
    one, other = (part.number for part in parts if isinstance(part, Run))
    for number in (one, other):
        samples = samples_of(parts, {}, lambda raw: {})
        counted = [attrs.evolve(sample, row={"cell": sample.runs[number]}) for sample in samples]
        assert flows_of(parts, counted) == {"cell": Length(number)}


def test_items_without_quotation_marks_are_counted_one_by_one() -> None:
    """Lines with more or fewer of them have a form of their own."""
    results = [[{"response": "Upserted 3 table objects.", "mapping": [None] * number}] for number in (2, 3, 2, 3, 2)]
    told = compare(
        [finished(result, "alation/rdbms-table/POST") for result in results], Options(), fast := Reader(Options())
    )
    assert told.jobs.column("succeeded").to_pylist() == [2, 3, 2, 3, 2]
    assert fast.generally == 2


def test_a_line_that_cannot_be_read_with_other_values_teaches_nothing() -> None:
    """As an answer that does not say which endpoint sent it, where no key is given."""
    raw = written(FINISHED)
    rows, _ = read_rows(raw, bare := Options(key="alation/job/GET"))
    assert rows is not None
    assert Book(Options()).learn(1, raw, rows[0]) is None
    assert Book(bare).learn(1, raw, rows[0]) is not None
