"""The Avro schemas of the wrapper and of what stands inside; the order of the fields is that on the wire.

Source: contracts page, 3.1 and 3.2; the order within the two lists is that of gpudb 7.2.3.13.
"""

from __future__ import annotations

from typing import Any

STRINGS = {"type": "array", "items": "string"}
LONGS = {"type": "array", "items": "long"}
MAP = {"type": "map", "values": "string"}


def _record(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": field, "type": kind} for field, kind in fields.items()]}


WRAPPER = _record(
    "gpudb_response",
    {"status": "string", "message": "string", "data_type": "string", "data": "bytes", "data_str": "string"},
)

RESPONSES = {
    "create_job": _record("create_job_response", {"job_id": "long", "info": MAP}),
    "get_job": _record(
        "get_job_response",
        {
            "endpoint": "string",
            "job_status": "string",
            "running": "boolean",
            "progress": "int",
            "successful": "boolean",
            "response_encoding": "string",
            "job_response": "bytes",
            "job_response_str": "string",
            "status_map": MAP,
            "info": MAP,
        },
    ),
    "admin_alter_jobs": _record(
        "admin_alter_jobs_response", {"job_ids": LONGS, "action": "string", "status": STRINGS, "info": MAP}
    ),
    "admin_show_jobs": _record(
        "admin_show_jobs_response",
        {
            "job_id": LONGS,
            "status": STRINGS,
            "endpoint_name": STRINGS,
            "time_received": LONGS,
            "auth_id": STRINGS,
            "source_ip": STRINGS,
            "query_text": STRINGS,
            "user_data": STRINGS,
            "flags": STRINGS,
            "info": MAP,
        },
    ),
}
"""By the kind of the answer: `data_type` without its ending."""


def kind_of(data_type: str) -> str:
    """Give the kind of an answer; older pages of the vendor write `_request` for `_response`."""
    return data_type.strip().removesuffix("_request").removesuffix("_response")
