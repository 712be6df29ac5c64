"""The JSON Schema of a Job as `to_dict` gives it, derived from the classes.

`python -m jobmodels._job_schema > schemas/job.json` writes the shipped copy; a test compares the two.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Union

import attrs

from jobmodels._job import Job
from jobmodels._wire import Response, Ticket

_SCALARS: dict[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number", types.NoneType: "null"}


def job_schema() -> dict[str, Any]:
    """Derive the schema: every member is required, further members are not allowed."""
    definitions: dict[str, Any] = {}
    _definition(Job, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:jobmodels:job",
        "title": "Job",
        "description": "One reading of one job answer, as Job.to_dict gives it.",
        "$ref": "#/$defs/Job",
        "$defs": dict(sorted(definitions.items())),
    }


def _definition(cls: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}
        hints = typing.get_type_hints(cls, localns={"Ticket": Ticket, "Response": Response})
        shown = [field.name for field in attrs.fields(cls) if field.metadata.get("plain", True)]
        definitions[cls.__name__] = {
            "type": "object",
            "properties": {name: _schema(hints[name], definitions) for name in shown},
            "required": shown,
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _schema(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union([_schema(part, definitions) for part in arguments])
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if annotation is datetime:
        return {"type": "string", "format": "date-time"}
    if annotation is timedelta:
        return {"type": "number"}
    cls = origin or annotation
    if isinstance(cls, type) and issubclass(cls, Enum):
        return {"enum": [member.value for member in cls]}
    if isinstance(cls, type) and attrs.has(cls):
        return _definition(cls, definitions)
    kind = next((name for known, name in _SCALARS.items() if isinstance(cls, type) and issubclass(cls, known)), None)
    return {"type": kind} if kind else {}


def _union(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Join alternatives: those that are types alone become one list of types."""
    kinds = [part["type"] for part in parts if set(part) == {"type"}]
    others = [part for part in parts if set(part) != {"type"}]
    return {"type": kinds} if not others else {"anyOf": [*others, *({"type": kind} for kind in kinds)]}


if __name__ == "__main__":
    print(json.dumps(job_schema(), indent=2))
