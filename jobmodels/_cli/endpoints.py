"""`jobmodels endpoints`: all that is known."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from jobmodels._cli.arguments import ALL_WELL, Commands, add_registry, command, registry_of, schema_file
from jobmodels._cli.table import Table

if TYPE_CHECKING:
    from jobmodels._system import Endpoint

_EPILOG = """\
examples:
  jobmodels endpoints
  jobmodels endpoints --format json --registry my_sdk
"""


def add_to(commands: Commands) -> None:
    """Add the command."""
    does = "list the endpoints: keys, kinds of answer, classes, schemas"
    parser = command(commands, "endpoints", does, _EPILOG, run)
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="a table to read (the default), or JSON with the full names",
    )
    add_registry(parser)


def run(arguments: argparse.Namespace) -> int:
    """List them in the order of their keys."""
    told = [_plain(endpoint) for endpoint in registry_of(arguments).values()]
    if arguments.format == "json":
        print(json.dumps(told, indent=2))
        return ALL_WELL
    with Table("KEY", "ANSWERS", "CLASS", "SCHEMA") as table:
        for row in told:
            schema = row["key"] + ".json" if row["schema"] else "none"
            table.add(row["key"], row["answers"], row["class"].rpartition(".")[2], schema)
    return ALL_WELL


def _plain(endpoint: Endpoint) -> dict[str, Any]:
    schema = schema_file(endpoint)
    return {
        "key": endpoint.key,
        "answers": endpoint.answers.value,
        "operation": endpoint.operation.value,
        "media": endpoint.media,
        "class": f"{endpoint.cls.__module__}.{endpoint.cls.__qualname__}",
        "schema": schema and str(schema),
    }
