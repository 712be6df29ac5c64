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
    results: dict[str, Any] = {
        "Terms": Created,
        "Rows": tuple[Batch, ...],
        "Texts": tuple[Message, ...],
        "Failure": Any,
    }
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
    results = {
        "Terms": model("Created", created_term_count=(int, ...), created_terms=(list[term], ...)),
        "Rows": list[batch],
        "Texts": list[pydantic.Json[message]],
        "Failure": Any,
    }
    cls = model(case.kind, status=(str, ...), msg=(str | None, None), result=(results[case.kind], None))
    return {"pydantic": lambda: cls.model_validate(case.payload)}


def allie(case: Case) -> Mapping[str, Reader]:
    """Read with the SDK of the vendor, whose classes have the same names."""
    cls = getattr(import_module("allie_sdk.models.job_model"), case.cls.__name__)
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
    lines = [["", *columns], *([case, *(f"{told[name]:.1f}" for name in columns)] for case, told in measured.items())]
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
