"""One typed, validated, lossless reading of the answers of services with background jobs.

`normalize` gives a `Job` for the raw answer of any known endpoint; `structure` gives the vendor's own words, typed;
`validate` compares with the JSON Schema of the wire. Importing this package loads next to nothing: names are looked
up when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobmodels._convert import converter, structure, unstructure
    from jobmodels._job import (
        JSON,
        Counts,
        Finding,
        Job,
        JobError,
        JobState,
        Key,
        Listing,
        Operation,
        Origin,
        Severity,
    )
    from jobmodels._json import loads
    from jobmodels._read import normalize, normalize_all, normalize_response
    from jobmodels._record import Raw, Record, camel_case, wire
    from jobmodels._registry import Registry, collect, registry
    from jobmodels._schemas import json_schema, validate
    from jobmodels._system import BODY, EMPTY, ERRORS, JOB, TASK, Answers, Asked, Endpoint, System
    from jobmodels._told import Facts, Listed, Meaning, Opened, Reading, Receipt
    from jobmodels._wire import Headers, Request, Response, Ticket
    from jobmodels.errors import ContractError, DecodeError, DuplicateEndpoint, JobModelsError, NoSuchEndpoint

__version__ = "0.1.0"

_HOMES = {
    "_convert": "converter structure unstructure",
    "_job": "JSON Counts Finding Job JobError JobState Key Listing Operation Origin Severity",
    "_json": "loads",
    "_read": "normalize normalize_all normalize_response",
    "_record": "Raw Record camel_case wire",
    "_registry": "Registry collect registry",
    "_schemas": "json_schema validate",
    "_system": "BODY EMPTY ERRORS JOB TASK Answers Asked Endpoint System",
    "_told": "Facts Listed Meaning Opened Reading Receipt",
    "_wire": "Headers Request Response Ticket",
    "errors": "ContractError DecodeError DuplicateEndpoint JobModelsError NoSuchEndpoint",
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "BODY",
    "EMPTY",
    "ERRORS",
    "JOB",
    "JSON",
    "TASK",
    "Answers",
    "Asked",
    "ContractError",
    "Counts",
    "DecodeError",
    "DuplicateEndpoint",
    "Endpoint",
    "Facts",
    "Finding",
    "Headers",
    "Job",
    "JobError",
    "JobModelsError",
    "JobState",
    "Key",
    "Listed",
    "Listing",
    "Meaning",
    "NoSuchEndpoint",
    "Opened",
    "Operation",
    "Origin",
    "Raw",
    "Reading",
    "Receipt",
    "Record",
    "Registry",
    "Request",
    "Response",
    "Severity",
    "System",
    "Ticket",
    "__version__",
    "camel_case",
    "collect",
    "converter",
    "json_schema",
    "loads",
    "normalize",
    "normalize_all",
    "normalize_response",
    "registry",
    "structure",
    "unstructure",
    "validate",
    "wire",
]


def __getattr__(name: str) -> Any:
    """Import the home of a public name at its first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"jobmodels.{_HOME_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted({*globals(), *_HOME_OF})
