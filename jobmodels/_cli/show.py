"""`jobmodels show`: one endpoint, explained."""

from __future__ import annotations

import argparse
import inspect
import json
import typing
from typing import TYPE_CHECKING, Any

from jobmodels._cli.arguments import ALL_WELL, Commands, add_registry, command, printable, registry_of, schema_file
from jobmodels._cli.table import Table

if TYPE_CHECKING:
    from jobmodels._registry import Registry
    from jobmodels._system import Endpoint

_EPILOG = """\
A value is typed as a class when it has every key that tells the class. All other values stay as they came.

examples:
  jobmodels show system/endpoint/METHOD
  jobmodels show my-system/report/GET --registry my_sdk
"""
_ANSWERS = {
    "job": "a document that says how the job stands",
    "body": "no job: the body is the result",
    "empty": "no job and no body: that it answers is the result",
    "task": "a document of its own kind that says how the work stands",
    "errors": "what went wrong with a job",
}


def add_to(commands: Commands) -> None:
    """Add the command."""
    does = "explain an endpoint: fields, keys that tell, states, one example"
    parser = command(commands, "show", does, _EPILOG, run)
    parser.add_argument("key", metavar="KEY", help="the endpoint, as system/endpoint/METHOD")
    add_registry(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known of an endpoint."""
    from jobmodels._types import classes_of

    registry = registry_of(arguments)
    endpoint = registry[arguments.key]
    _show_head(endpoint)
    for cls in classes_of(endpoint.cls):
        _show_record(cls)
    _show_states(endpoint)
    _show_example(endpoint, registry)
    return ALL_WELL


def _show_head(endpoint: Endpoint) -> None:
    print(endpoint.key)
    print(f"  {_first_line(endpoint.cls)}")
    print(f"  class    {endpoint.cls.__module__}.{endpoint.cls.__qualname__}")
    print(f"  answers  {endpoint.answers}: {_ANSWERS[endpoint.answers]}, as {endpoint.media}")
    print(f"  asks     {endpoint.operation}")
    print(f"  schema   {schema_file(endpoint) or 'none'}")


def _first_line(cls: type) -> str:
    return inspect.cleandoc(cls.__doc__ or "Nothing is said about it.").partition("\n")[0]


def _show_record(cls: type) -> None:
    from jobmodels._types import fields_of

    fields = fields_of(cls)
    told_by = ", ".join(field.wire for field in fields if field.required)
    print(f"\n{cls.__name__}: {f'told by {told_by}' if told_by else 'no key tells it, it stands only inside'}")
    with Table("  FIELD", "ON THE WIRE", "TELLS", "TYPE") as table:
        for field in fields:
            tells = "yes" if field.required else ""
            table.add(f"  {field.name}", field.wire, tells, type_text(field.annotation))


def type_text(annotation: Any) -> str:
    """Write an annotation as its author did."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if not arguments:
        return "None" if annotation is type(None) else getattr(annotation, "__name__", str(annotation))
    parts = ["..." if part is ... else type_text(part) for part in arguments]
    if isinstance(origin, type) and origin.__name__ != "UnionType":
        return f"{origin.__name__}[{', '.join(parts)}]"
    return " | ".join(parts)


def _show_states(endpoint: Endpoint) -> None:
    system = endpoint.system
    words = {True: "yes", False: "no", None: "not known"}
    for title, head, rows in (
        (f"States of {system.name}", "WORD", system.states),
        ("What else proves a state", "EVIDENCE", system.evidence),
    ):
        if rows:
            print(f"\n{title}")
            with Table(f"  {head}", "STATE", "FINISHED") as table:
                for word, meaning in rows.items():
                    table.add(f"  {word}", meaning.state.value, words[meaning.finished])


def _show_example(endpoint: Endpoint, registry: Registry) -> None:
    from jobmodels._secrets import redact

    found = _example(endpoint, registry)
    if found is None:
        print("\nNo example")
        return
    name, body = found
    print(f"\nExample: {name}")
    text = json.dumps(redact(body, endpoint.system.secrets), indent=2, ensure_ascii=False)
    print("".join(f"  {printable(line)}\n" for line in text.split("\n")), end="")


def _example(endpoint: Endpoint, registry: Registry) -> tuple[str, Any] | None:
    """Find the first of the cases that succeed as foreseen, with a result; else the first that comes near."""
    from jobmodels._cases import find_cases, load_case
    from jobmodels._folders import find_folder
    from jobmodels.errors import JobModelsError

    folder = find_folder(endpoint.package, "fixtures")
    found: list[tuple[tuple[bool, bool, bool], str, Any]] = []
    for path in find_cases(folder / endpoint.key) if folder else ():
        try:
            case = load_case(path)
            job = case.answer.job(registry=registry)
        except JobModelsError:
            continue
        body = next((case.given[name] for name in ("body", "text", "base64") if name in case.given), None)
        fitness = (job.state.is_success, not job.findings, bool(job.result))
        found.append((fitness, path.name, body))
    return max(found, key=lambda one: one[0])[1:] if found else None
