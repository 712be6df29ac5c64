"""How fast answers are read, beside peers: ratios only, all measured side by side in one interleaved run.

    python benchmarks/structure.py [--rounds 40] [--json]

The unit is `json.loads` of the same text, by a ratio of 1. In each round every reader reads every answer, in an order
that changes; a ratio is taken within its round, and the median over the rounds is printed.

Peers are told beforehand what kind of answer comes: their classes fit that one answer, and a list of JSON texts is
decoded for them by a hook. `jobmodels` tells by the keys, keeps what it does not know, and notes what does not fit.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import timeit
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, TypeAlias

import attrs
import cattrs

import jobmodels

Reader: TypeAlias = Callable[[], Any]

PEERS = {"pydantic": "pip install 'jobmodels[bench]'", "allie_sdk": "pip install allie-sdk"}
SECONDS = 0.002
"""How long one reader reads one answer in one round, at least."""


def finished(result: Any, status: str = "successful") -> dict[str, Any]:
    """Make a job document."""
    msg = "Job finished in 0.075 seconds at 2023-11-30 13:37:51.148217+00:00"
    return {"status": status, "msg": msg, "result": result}


def terms(number: int) -> dict[str, Any]:
    """Make the answer to a document POST."""
    created = [{"id": 1325 + index, "title": f"My KPI {index}"} for index in range(number)]
    return finished({"created_term_count": number, "created_terms": created})


def rows(number: int) -> dict[str, Any]:
    """Make the answer to an RDBMS table POST."""
    mapping = [{"id": 17 + index, "key": f"9.sales.t{index}"} for index in range(number)]
    return finished([{"response": f"Upserted {number} table objects.", "mapping": mapping, "errors": []}])


def texts() -> dict[str, Any]:
    """Make the answer to a custom field POST, whose result is JSON text in a list."""
    return finished(
        [
            json.dumps({"msg": "Starting bulk creation of Custom Fields...", "data": {}}),
            json.dumps({"msg": "Finished bulk creation of Custom Fields", "data": {"field_ids": [10323]}}),
        ]
    )


def failure() -> dict[str, Any]:
    """Make the answer of a job that failed."""
    return finished({"detail": "Data source with id 0 does not exist", "code": "404000"}, "failed")


def created(number: int) -> dict[str, Any]:
    """Make the result of a bulk job of DatoCMS."""
    items = [
        {"id": str(1325 + index), "type": "item", "attributes": {"title": f"Item {index}"}} for index in range(number)
    ]
    attributes = {"status": 201, "statusText": "Created", "payload": {"data": items}}
    return {"data": {"id": "3d09f4598d32b4cee566e6d4", "type": "job_result", "attributes": attributes}}


def wrapped() -> dict[str, Any]:
    """Make the answer of a job of Kinetica that is done: JSON in JSON in JSON."""
    job = {
        "endpoint": "/alter/table", "job_status": "DONE", "running": False, "progress": 100, "successful": True,
        "response_encoding": "json", "job_response": "",
        "job_response_str": json.dumps({"table_name": "t", "action": "set_ttl", "value": "5", "info": {}}),
        "status_map": {}, "info": {},
    }  # fmt: skip
    return {"status": "OK", "message": "", "data_type": "get_job_response", "data": "", "data_str": json.dumps(job)}


def results(number: int) -> dict[str, Any]:
    """Make the results of a job of Modzy, one output for each input."""
    entry = {
        "status": "SUCCESSFUL", "engine": "model-batch-ed542963de", "inputFetching": 121, "outputUploading": None,
        "modelLatency": 132.0, "queueTime": 676, "startTime": "2021-10-26T15:25:41.900+0000",
        "updateTime": "2021-10-26T15:26:11.792+0000", "endTime": "2021-10-26T15:26:11.792+0000",
        "results.json": {"data": {"result": {"classPredictions": [{"class": "positive", "score": 0.9}]}}},
    }  # fmt: skip
    return {
        "jobIdentifier": "14856eb1-0ad8-49e7-9da3-887acb80fea5", "total": number, "completed": number, "failed": 0,
        "finished": True, "submittedAt": "2021-07-20T01:40:09.560+0000", "elapsedTime": 1627,
        "results": {f"input-{index}": entry for index in range(number)}, "failures": {},
    }  # fmt: skip


def message(number: int) -> dict[str, Any]:
    """Make the answer of an asynchronous bulk insert of ArangoDB, one document of which is refused."""
    written = [{"_id": f"c/{index}", "_key": str(index), "_rev": "_a"} for index in range(number - 1)]
    refused = {"error": True, "errorNum": 1210, "errorMessage": "unique constraint violated"}
    headers = {"x-arango-async-id": "300000001", "x-arango-error-codes": '{"1210":1}'}
    return {"status": 202, "headers": headers, "body": [*written, refused]}


@attrs.frozen(kw_only=True)
class Case:
    """One answer, with the name that its classes have in `jobmodels`, and how peers know it."""

    name: str
    payload: dict[str, Any]
    key: str
    kind: str

    @property
    def cls(self) -> Any:
        """The details class of the key."""
        return jobmodels.registry()[self.key].cls


CASES = (
    *(Case(name=f"{number} terms", payload=terms(number), key="alation/document/POST", kind="Terms")
      for number in (2, 10, 250, 1000)),
    *(Case(name=f"{number} rows", payload=rows(number), key="alation/rdbms-table/POST", kind="Rows")
      for number in (100, 1000)),
    Case(name="JSON text", payload=texts(), key="alation/custom-field/POST", kind="Texts"),
    Case(name="failed", payload=failure(), key="alation/document/POST", kind="Failure"),
    Case(name="arangodb", payload=message(50), key="arangodb/job/PUT", kind="Message"),
    Case(name="datocms", payload=created(50), key="datocms/job-result/GET", kind="JobResult"),
    Case(name="kinetica", payload=wrapped(), key="kinetica/get-job/POST", kind="Wrapper"),
    Case(name="modzy", payload=results(50), key="modzy/results/GET", kind="Results"),
)  # fmt: skip


def ours(case: Case) -> Mapping[str, Reader]:
    """Read with this package: level 1, and level 2."""
    cls = case.cls  # What a key stands for is looked up once, as the peers' classes are.
    return {
        "structure": lambda: jobmodels.structure(case.payload, cls),
        "normalize": lambda: jobmodels.normalize(case.payload, case.key),
    }


@attrs.frozen(kw_only=True)
class Term:
    """One created term, for cattrs."""

    id: int
    title: str | None = None


@attrs.frozen(kw_only=True)
class Created:
    """The result of a document POST, for cattrs."""

    created_term_count: int
    created_terms: tuple[Term, ...]


@attrs.frozen(kw_only=True)
class Row:
    """One written row, for cattrs."""

    id: int
    key: str


@attrs.frozen(kw_only=True)
class Batch:
    """The result of one batch of rows, for cattrs."""

    response: str
    mapping: tuple[Row, ...]
    errors: tuple[Any, ...] | None = None


@attrs.frozen(kw_only=True)
class Data:
    """What a message carries, for cattrs."""

    field_ids: tuple[int, ...] | None = None


@attrs.frozen(kw_only=True)
class Message:
    """One message, for cattrs."""

    msg: str
    data: Data


def plain_cattrs(case: Case) -> Mapping[str, Reader]:
    """Read with the default converter of cattrs, into frozen attrs classes of the same fields."""
    results: dict[str, Any] = {  # Of the vendor whose SDK is a peer as well.
        "Terms": Created,
        "Rows": tuple[Batch, ...],
        "Texts": tuple[Message, ...],
        "Failure": Any,
    }
    if case.kind not in results:
        return {}
    cls = attrs.make_class(
        case.kind,
        {"status": attrs.field(type=str), "msg": attrs.field(type=str), "result": attrs.field(type=results[case.kind])},
        frozen=True,
        slots=True,
        kw_only=True,
    )
    converter = cattrs.Converter()
    if case.kind == "Texts":
        read = converter.get_structure_hook(Message)
        converter.register_structure_hook(Message, lambda text, kind: read(json.loads(text), kind))
    return {"cattrs": lambda: converter.structure(case.payload, cls)}


def pydantic_models(case: Case) -> Mapping[str, Reader]:
    """Read with models of pydantic of the same depth, which keep unknown members."""
    pydantic = import_module("pydantic")

    def model(name: str, /, **fields: Any) -> Any:
        return pydantic.create_model(name, __config__=pydantic.ConfigDict(extra="allow", frozen=True), **fields)

    term = model("Term", id=(int, ...), title=(str | None, None))
    row = model("Row", id=(int, ...), key=(str, ...))
    batch = model("Batch", response=(str, ...), mapping=(list[row], ...), errors=(list[Any] | None, None))
    message = model("Message", msg=(str, ...), data=(model("Data", field_ids=(list[int] | None, None)), ...))
    inner = {
        "Terms": model("Created", created_term_count=(int, ...), created_terms=(list[term], ...)),
        "Rows": list[batch],
        "Texts": list[pydantic.Json[message]],
        "Failure": Any,
    }
    if case.kind in inner:
        cls = model(case.kind, status=(str, ...), msg=(str | None, None), result=(inner[case.kind], None))
    else:
        cls = other_models(case.kind, model, pydantic.Json)
    cls.model_validate(case.payload)
    return {"pydantic": lambda: cls.model_validate(case.payload)}


def other_models(kind: str, model: Callable[..., Any], text: Any) -> Any:
    """Make the models of an answer of another system; `text` is the type of JSON text."""
    if kind == "Message":
        written = model("Written", **{"error": (bool, False)})
        return model(kind, status=(int, ...), headers=(dict[str, str], ...), body=(list[written], None))
    if kind == "JobResult":
        entity = model("Entity", id=(str, ...), type=(str, ...), attributes=(dict[str, Any] | None, None))
        payload = model("Payload", data=(list[entity], ...))
        attributes = model("Attributes", status=(int, ...), statusText=(str | None, None), payload=(payload, None))
        return model(kind, data=(model("Data", id=(str, ...), type=(str, ...), attributes=(attributes, ...)), ...))
    if kind == "Wrapper":
        flags = {"running": (bool, ...), "successful": (bool, ...), "progress": (int, ...)}
        words = dict.fromkeys(("endpoint", "job_status", "response_encoding", "job_response"), (str, ...))
        maps = dict.fromkeys(("status_map", "info"), (dict[str, str], ...))
        job = model("Job", **flags, **words, **maps, job_response_str=(text[dict[str, Any]], ...))
        return model(
            kind, **dict.fromkeys(("status", "message", "data_type", "data"), (str, ...)), data_str=(text[job], ...)
        )
    numbers = dict.fromkeys(("total", "completed", "failed", "elapsedTime"), (int | None, None))
    entries = (dict[str, dict[str, Any]], ...)
    moments = {"submittedAt": (datetime | None, None)}
    return model(
        kind, jobIdentifier=(str, ...), finished=(bool, ...), **numbers, **moments, results=entries, failures=entries
    )


def allie(case: Case) -> Mapping[str, Reader]:
    """Read with the SDK of the vendor, whose classes have the same names."""
    cls = getattr(import_module("allie_sdk.models.job_model"), case.cls.__name__, None)
    if cls is None:
        return {}
    return {"allie-sdk": lambda: cls.from_api_response(case.payload)}


def readers(case: Case) -> dict[str, Reader]:
    """Give all readers that are installed, the unit first."""
    text = json.dumps(case.payload)
    told: dict[str, Reader] = {"json.loads": lambda: json.loads(text)}
    for peer in (ours, plain_cattrs, pydantic_models, allie):
        try:
            told |= peer(case)
        except ModuleNotFoundError as error:
            if error.name not in PEERS:
                raise
    return told


def measure(cases: Mapping[str, Mapping[str, Reader]], rounds: int) -> dict[str, dict[str, float]]:
    """Measure, interleaved.

    Returns:
        For each case and reader the median of the ratios to the unit.
    """
    pairs = [(case, reader) for case, told in cases.items() for reader in told]
    timers = {pair: timeit.Timer(cases[pair[0]][pair[1]]) for pair in pairs}
    numbers = {pair: max(1, int(SECONDS / min(timers[pair].repeat(5, 1)))) for pair in pairs}
    ratios: dict[tuple[str, str], list[float]] = {pair: [] for pair in pairs}
    for number in range(rounds):
        random.Random(number).shuffle(pairs)
        spent = {pair: timers[pair].timeit(numbers[pair]) / numbers[pair] for pair in pairs}
        for case, reader in pairs:
            ratios[case, reader].append(spent[case, reader] / spent[case, "json.loads"])
    return {case: {reader: statistics.median(ratios[case, reader]) for reader in told} for case, told in cases.items()}


def table(measured: Mapping[str, Mapping[str, float]]) -> str:
    """Write the ratios as text."""
    columns = list(next(iter(measured.values())))
    lines = [
        ["", *columns],
        *(
            [case, *(f"{told[name]:.1f}" if name in told else "-" for name in columns)]
            for case, told in measured.items()
        ),
    ]
    first, *others = ([len(cell) for cell in column] for column in zip(*lines, strict=True))
    widths = [max(lengths) + 2 for lengths in others]
    return "\n".join(line[0].ljust(max(first)) + "".join(map(str.rjust, line[1:], widths)) for line in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how fast answers are read, as ratios to json.loads.")
    parser.add_argument("--rounds", type=int, default=40, help="how often each reader reads each answer (40)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    cases = {case.name: readers(case) for case in CASES}
    here = {name.replace("-", "_") for told in cases.values() for name in told}
    for peer in PEERS.keys() - here:
        print(f"{peer} is left out, since it is not installed: {PEERS[peer]}", file=sys.stderr)
    measured = measure(cases, arguments.rounds)
    print(json.dumps(measured, indent=2) if arguments.json else table(measured))


if __name__ == "__main__":
    main()
