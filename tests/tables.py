"""Lines as batches, and back again, for all tests of tables."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from jobmodels.tables import LINE_SCHEMA, Options, normalize_batch


def envelope(body: bytes, key: str = "alation/document/POST", **members: Any) -> bytes:
    """Write a line with a body that is spelled as given."""
    others = "".join(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in members.items())
    return b'{"key": "%s"%s, "body": %s}' % (key.encode(), others.encode(), body)


def lines_of(*raws: bytes | None, source: str = "log.jsonl") -> pa.RecordBatch:
    """Put lines into a batch, as they stand in a file."""
    rows: list[dict[str, Any]] = []
    offset = 0
    for number, raw in enumerate(raws, 1):
        rows.append({"source": source, "line": number, "offset": offset, "raw": raw})
        offset += len(raw or b"") + 1
    return pa.RecordBatch.from_pylist(rows, schema=LINE_SCHEMA)


def read(*raws: bytes | None, **options: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Read lines into rows and dead letters, through Arrow and back."""
    jobs, dead = normalize_batch(lines_of(*raws), Options(**options))
    jobs.validate(full=True)
    dead.validate(full=True)
    return jobs.to_pylist(), dead.to_pylist()


def row_of(raw: bytes, **options: Any) -> dict[str, Any]:
    """Read a line that gives one row."""
    (row,), dead = read(raw, **options)
    assert dead == []
    return row
