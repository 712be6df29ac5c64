"""A log of raw answers for `benchmarks/bulk.py`: thirteen endpoints of five systems, the same for the same seed.

    python benchmarks/bulk_log.py OUT.jsonl [--lines 1000000] [--seed 5] [--unknown 0.05] [--broken 0.01]

One line in ten is an error: a job that failed, one that lost items, a refused call, a page of a gateway. One in a
hundred is broken JSON, and one in twenty has a member that no class knows, at the top of its document. The shapes and
sizes are those of the cases below `fixtures/`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]
Line: TypeAlias = dict[str, Any]

START = datetime(2025, 3, 1, tzinfo=UTC)
WORDS = (
    "revenue",
    "net",
    "gross",
    "customer",
    "order",
    "daily",
    "region",
    "forecast",
    "churn",
    "margin",
    "supplier",
    "invoice",
    "stock",
    "return",
    "channel",
    "budget",
    "actual",
    "weekly",
    "segment",
    "pipeline",
)
JSON = {"content-type": "application/json; charset=utf-8"}
PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


def text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize()


def hexadecimal(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def uuid(rng: random.Random) -> str:
    told = hexadecimal(rng, 32)
    return "-".join((told[:8], told[8:12], told[12:16], told[16:20], told[20:]))


def moment(at: datetime, form: str = "Z") -> str:
    """Write a moment as Python (`+00:00`), as JavaScript (`Z`, milliseconds) or as Java (`+0000`) does."""
    if form == "+00:00":
        return at.isoformat(" ", "microseconds")
    if form == "+0000":
        return at.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def finished(rng: random.Random, at: datetime) -> str:
    return f"Job finished in {rng.uniform(0.01, 60):.6f} seconds at {moment(at, '+00:00')}"


def alation(rng: random.Random, at: datetime, key: str, result: Any, status: str = "successful") -> Line:
    body = {"status": status, "msg": finished(rng, at), "result": result}
    return {
        "key": f"alation/{key}",
        "status": 200,
        "operation": "result",
        "job_id": rng.randrange(10**4, 10**6),
        "body": body,
    }


def refused(rng: random.Random, key: str) -> Line:
    detail, code = rng.choice(
        [
            ("Bad request: validation error", "400400"),
            ("Authentication credentials were not provided.", "403000"),
            ("Too many requests, try again later.", "429000"),
        ]
    )
    return {
        "key": f"alation/{key}",
        "status": int(code[:3]),
        "operation": "result",
        "job_id": rng.randrange(10**4, 10**6),
        "body": {"detail": detail, "code": code},
    }


def document(rng: random.Random, at: datetime, bad: bool) -> Line:
    if bad and rng.random() < 0.4:
        return refused(rng, "document/POST")
    if bad:
        number = rng.randrange(1, 5000)
        return alation(
            rng,
            at,
            "document/POST",
            {"title": "Invalid Payload", "detail": f"Folder with id {number} does not exist", "code": "404000"},
            "failed",
        )
    first, many = rng.randrange(1, 10**6), rng.randrange(1, 21)
    terms = [{"id": first + index, "title": text(rng, 3)} for index in range(many)]
    return alation(rng, at, "document/POST", {"created_term_count": many, "created_terms": terms})


def values(rng: random.Random, at: datetime, bad: bool) -> Line:
    many, failed = rng.randrange(1, 500), rng.randrange(1, 3) if bad else 0
    second = f"Legacy(Rosemeta) write job_id (can be tracked using jobs API): {rng.randrange(10**4, 10**6)}"
    errors = [f"Object not found: attribute:{rng.randrange(1, 10**5)}" for _ in range(failed)]
    texts = [
        f"Start bulk upsert values to annotation value microservice... {second}",
        f"Updated values count: {many}. Error count: {failed}. Errors: {errors!r} {second}",
        f"Finished bulk upsert values to annotation value microservice. {second}",
    ]
    return alation(rng, at, "custom-field-value/PUT", texts)


def tables(rng: random.Random, at: datetime, bad: bool) -> Line:
    first, many, source = rng.randrange(1, 10**6), rng.randrange(1, 21), rng.randrange(1, 40)
    mapping = [
        {"id": first + index, "key": f"{source}.{rng.choice(WORDS)}.{rng.choice(WORDS)}_{index}"}
        for index in range(many)
    ]
    errors = [f"{source}.{rng.choice(WORDS)}.{rng.choice(WORDS)}: no such schema"] if bad else []
    return alation(
        rng,
        at,
        "rdbms-table/POST",
        [{"response": f"Upserted {many} table objects.", "mapping": mapping, "errors": errors}],
    )


def task(rng: random.Random, at: datetime, bad: bool) -> Line:
    total = rng.randrange(1, 400)
    failed = rng.randrange(1, total + 1) if bad else 0
    running = not bad and rng.random() < 0.3
    word = "FAILED" if failed == total else "PARTIALLY_SUCCEEDED" if failed else "SUCCEEDED"
    body = {
        "id": uuid(rng),
        "type": "COMMIT_TO_CATALOG",
        "state": "PROCESSING" if running else "COMPLETED",
        "status": None if running else word,
        "progress": {"total_batches": 1, "batches_completed": 0 if running else 1},
        "result": None if running else {"records": {"total": total, "succeeded": total - failed, "failed": failed}},
        "ts_created": moment(at - timedelta(seconds=90)),
        "ts_updated": moment(at),
        "ts_completed": None if running else moment(at),
        "dd_resource": {
            "id": uuid(rng),
            "oid": rng.randrange(1, 1000),
            "otype": "data",
            "user_id": rng.randrange(1, 50),
        },
        "report_download_link": None
        if running
        else f"https://alation.example/download/data_dictionary/{uuid(rng)}.csv/",
    }
    return {"key": "alation/data-dictionary-task/GET", "status": 200, "body": body}


def arango_submit(rng: random.Random, at: datetime, bad: bool) -> Line:
    key = "arangodb/submit/POST"
    if bad and rng.random() < 0.3:
        return {"key": key, "status": 502, "headers": {"content-type": "text/html"}, "text": PAGE}
    if bad:
        body = {"error": True, "code": 503, "errorNum": 21003, "errorMessage": "queue full"}
        return {"key": key, "status": 503, "headers": JSON, "body": body}
    headers = {"x-arango-async-id": str(rng.randrange(10**8, 10**9)), "content-type": "text/plain; charset=utf-8"}
    return {"key": key, "status": 202, "headers": headers, "text": ""}


def arango_status(rng: random.Random, at: datetime, bad: bool) -> Line:
    told: Line = {"key": "arangodb/job/GET", "job_id": str(rng.randrange(10**8, 10**9))}
    if bad:
        body = {"error": True, "errorMessage": "not found", "code": 404, "errorNum": 404}
        return told | {"status": 404, "headers": JSON, "body": body}
    return told | {
        "status": rng.choice((200, 204)),
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "text": "",
    }


def arango_result(rng: random.Random, at: datetime, bad: bool) -> Line:
    number = str(rng.randrange(10**8, 10**9))
    told: Line = {"key": "arangodb/job/PUT", "job_id": number}
    headers = JSON | {"x-arango-async-id": number}
    if bad:
        body = {
            "error": True,
            "code": 404,
            "errorNum": 1203,
            "errorMessage": f"collection or view not found: {rng.choice(WORDS)}",
        }
        return told | {"status": 404, "headers": headers, "body": body}
    rows = [
        {
            "_key": str(rng.randrange(10**6)),
            "_rev": f"_h{hexadecimal(rng, 8)}",
            "name": text(rng, 2),
            "amount": rng.randrange(10**5) / 100,
        }
        for _ in range(rng.randrange(1, 11))
    ]
    extra = {
        "stats": {"writesExecuted": 0, "scannedFull": rng.randrange(10**4), "executionTime": round(rng.random(), 6)},
        "warnings": [],
    }
    body = {"result": rows, "hasMore": False, "cached": False, "extra": extra, "error": False, "code": 201}
    return told | {"status": 201, "headers": headers, "body": body}


def dato_submit(rng: random.Random, at: datetime, bad: bool) -> Line:
    key = "datocms/submit/POST"
    if bad:
        details = {"field": "title", "field_label": "Title", "code": "VALIDATION_REQUIRED"}
        error = {
            "id": hexadecimal(rng, 6),
            "type": "api_error",
            "attributes": {"code": "INVALID_FIELD", "details": details},
        }
        return {"key": key, "status": 422, "body": {"data": [error]}}
    return {"key": key, "status": 202, "body": {"data": {"type": "job", "id": hexadecimal(rng, 24)}}}


def dato_result(rng: random.Random, at: datetime, bad: bool) -> Line:
    told: Line = {"key": "datocms/job-result/GET"}
    if bad and rng.random() < 0.5:
        error = {"id": hexadecimal(rng, 6), "type": "api_error", "attributes": {"code": "NOT_FOUND", "details": {}}}
        return told | {"status": 404, "body": {"data": [error]}}
    if bad:
        error = {
            "id": hexadecimal(rng, 6),
            "type": "api_error",
            "attributes": {"code": "INVALID_FIELD", "details": {"field": "slug"}},
        }
        attributes = {"status": 422, "payload": {"data": [error]}}
    else:
        data = [
            {
                "id": hexadecimal(rng, 22),
                "type": "item",
                "attributes": {"title": text(rng, 3), "slug": hexadecimal(rng, 10), "position": rng.randrange(100)},
            }
            for _ in range(rng.randrange(1, 11))
        ]
        attributes = {"status": 200, "payload": {"data": data}}
    return told | {
        "status": 200,
        "body": {"data": {"id": hexadecimal(rng, 24), "type": "job_result", "attributes": attributes}},
    }


def wrapper(kind: str, inside: Body | None, message: str = "") -> Body:
    text = "" if inside is None else json.dumps(inside, separators=(",", ":"))
    status, kind = ("ERROR", "none") if inside is None else ("OK", kind)
    return {"status": status, "message": message, "data_type": kind, "data": "", "data_str": text}


def kinetica_submit(rng: random.Random, at: datetime, bad: bool) -> Line:
    told: Line = {
        "key": "kinetica/create-job/POST",
        "status": 400 if bad else 200,
        "headers": {"content-type": "application/json"},
    }
    if bad:
        message = f"Table '{rng.choice(WORDS)}' does not exist (Job/{rng.randrange(10**4)})"
        return told | {"body": wrapper("", None, message)}
    return told | {"body": wrapper("create_job_response", {"job_id": rng.randrange(1, 10**9), "info": {}})}


def kinetica_job(rng: random.Random, at: datetime, bad: bool) -> Line:
    running = not bad and rng.random() < 0.4
    table = f"{rng.choice(WORDS)}_{rng.randrange(10**4)}"
    given = {"table_name": table, "action": "set_ttl", "value": str(rng.randrange(1, 1000)), "info": {}}
    inside = {
        "endpoint": rng.choice(("/alter/table", "/insert/records", "/execute/sql", "/filter")),
        "job_status": "ERROR" if bad else "RUNNING" if running else "DONE",
        "running": running,
        "progress": rng.randrange(100) if running else 0 if bad else 100,
        "successful": not running and not bad,
        "response_encoding": "json",
        "job_response": "",
        "job_response_str": "" if running or bad else json.dumps(given, separators=(",", ":")),
        "status_map": {"error_message": f"Table '{table}' does not exist"} if bad else {},
        "info": {},
    }
    headers = {"content-type": "application/json"}
    return {
        "key": "kinetica/get-job/POST",
        "status": 200,
        "headers": headers,
        "body": wrapper("get_job_response", inside),
    }


def modzy_job(rng: random.Random, at: datetime, bad: bool) -> Line:
    told: Line = {"key": "modzy/job/GET", "status": 200}
    if bad and rng.random() < 0.3:
        return told | {
            "status": 404,
            "body": {
                "statusCode": 404,
                "status": "NOT_FOUND",
                "message": "Job not found",
                "reportErrorUrl": "https://app.modzy.com/support",
            },
        }
    total = rng.randrange(1, 13)
    done = 0 if bad else total if rng.random() < 0.7 else rng.randrange(total)
    word = "TIMEDOUT" if bad else "COMPLETED" if done == total else "IN_PROGRESS"
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    body = {
        "jobIdentifier": uuid(rng),
        "submittedBy": hexadecimal(rng, 12),
        "accountIdentifier": "acme",
        "model": {"identifier": "ed542963de", "version": "1.0.1", "name": "Sentiment Analysis"},
        "createdAt": moment(at, "+0000"),
        "updatedAt": moment(at, "+0000"),
        "submittedAt": moment(at, "+0000"),
        "status": word,
        "total": total,
        "pending": total - done,
        "completed": done,
        "failed": 0,
        "elapsedTime": rng.randrange(10**5),
        "queueTime": rng.randrange(1000),
        "user": {
            "identifier": uuid(rng),
            "firstName": text(rng, 1),
            "lastName": text(rng, 1),
            "email": f"{rng.choice(WORDS)}@example.com",
            "status": "active",
        },
        "team": {"identifier": uuid(rng)},
        "jobInputs": [{"identifier": f"input-{index}"} for index in range(total)],
        "explain": False,
    }
    return told | {"body": body}


def modzy_results(rng: random.Random, at: datetime, bad: bool) -> Line:
    total = rng.randrange(1, 7)
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)

    def entry(word: str, rest: Body) -> Body:
        told = {
            "status": word,
            "engine": f"model-batch-{hexadecimal(rng, 10)}",
            "inputFetching": rng.randrange(100),
            "modelLatency": rng.randrange(10**4) / 10,
        }
        return (
            told
            | rest
            | {"startTime": moment(at, "+0000"), "endTime": moment(at, "+0000"), "elapsedTime": rng.randrange(1000)}
        )

    results = {
        f"input-{index}": entry(
            "SUCCESSFUL",
            {"results.json": {"data": {"result": {"label": rng.choice(WORDS), "score": rng.randrange(10**4) / 10**4}}}},
        )
        for index in range(total - bad)
    }
    failures = {f"input-{total - 1}": entry("FAILED", {"error": "Missing input 'input.txt'"})} if bad else {}
    body = {
        "jobIdentifier": uuid(rng),
        "accountIdentifier": "acme",
        "team": {"identifier": uuid(rng)},
        "total": total,
        "completed": total - bad,
        "failed": int(bad),
        "finished": True,
        "submittedByKey": hexadecimal(rng, 12),
        "explained": False,
        "submittedAt": moment(at, "+0000"),
        "initialQueueTime": rng.randrange(100),
        "totalQueueTime": rng.randrange(1000),
        "averageModelLatency": rng.randrange(10**4) / 10,
        "totalModelLatency": rng.randrange(10**5) / 10,
        "elapsedTime": rng.randrange(10**5),
        "startingResultSummarizing": moment(at, "+0000"),
        "resultSummarizing": rng.randrange(100),
        "inputSize": rng.randrange(10**4),
        "results": results,
        "failures": failures,
    }
    return {"key": "modzy/results/GET", "status": 200, "body": body}


ANSWERS: tuple[Callable[[random.Random, datetime, bool], Line], ...] = (
    document,
    values,
    tables,
    task,
    arango_submit,
    arango_status,
    arango_result,
    dato_submit,
    dato_result,
    kinetica_submit,
    kinetica_job,
    modzy_job,
    modzy_results,
)


def lines(
    many: int, seed: int = 5, errors: float = 0.1, broken: float = 0.01, unknown: float = 0.05
) -> Iterator[bytes]:
    """Make the lines of a log.

    Args:
        many: how many.
        seed: the same one gives the same lines.
        errors: the share of lines in which something went wrong.
        broken: the share of lines that are cut off.
        unknown: the share of lines with a member that no class knows, where the body is an object.
    """
    rng = random.Random(seed)
    at = START
    for _ in range(many):
        at += timedelta(microseconds=rng.randrange(1, 200_000))
        line = rng.choice(ANSWERS)(rng, at, rng.random() < errors)
        line = {"key": line.pop("key"), "received_at": moment(at), **line}
        if rng.random() < unknown and "body" in line:
            line["body"]["correlation"] = hexadecimal(rng, 16)
        written = json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()
        yield (written[: rng.randrange(1, len(written))] if rng.random() < broken else written) + b"\n"


def main(arguments: list[str] | None = None) -> int:
    """Write a log."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--unknown", type=float, default=0.05)
    parser.add_argument("--broken", type=float, default=0.01)
    options = parser.parse_args(arguments)
    with options.out.open("wb") as out:
        out.writelines(lines(options.lines, options.seed, broken=options.broken, unknown=options.unknown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
