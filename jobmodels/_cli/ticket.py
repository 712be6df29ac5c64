"""`jobmodels ticket`: writes a ticket, from the id of a job or from a recorded answer to a submit."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from jobmodels._cli.arguments import ALL_WELL, FOUND, Commands, WrongUse, add_registry, command, registry_of, tell
from jobmodels._cli.report import error_lines
from jobmodels._cli.tickets import plain_origin, read_document

if TYPE_CHECKING:
    from jobmodels._job import Job
    from jobmodels._registry import Registry

_EPILOG = """\
A SOURCE that is -, ends in .json, or has a slash in it is a file with the answer to a submit: the bare body, or an
object of "body", "text" or "base64", and what else is known:
  {"status": 202, "headers": {...}, "body": {...}}
Any other SOURCE is the id of a job; with --by it always is.

Exit code: 0 written, 1 the answer names no job, or refuses the work, 2 wrong use.

examples:
  jobmodels ticket system/endpoint/METHOD 27809 --origin https://service.example > ticket.json
  jobmodels ticket system/endpoint/METHOD receipt.json --origin https://service.example > ticket.json
  jobmodels ticket system/endpoint/METHOD nightly --by name --origin https://service.example >> tickets.jsonl
"""
_FILE = re.compile(r"-|.*\.json|.*[/\\].*", re.DOTALL)


def add_to(commands: Commands) -> None:
    """Add the command."""
    does = "write the ticket of a job, for `jobmodels watch` and for any other process"
    parser = command(commands, "ticket", does, _EPILOG, run)
    parser.add_argument(
        "key", metavar="KEY", help="where the work was submitted, or the job is read, as system/endpoint/METHOD"
    )
    parser.add_argument("source", metavar="SOURCE", help="the id of the job, or a file; - is standard input")
    parser.add_argument("--origin", metavar="URL", required=True, help="scheme, host and port of the service")
    parser.add_argument("--by", metavar="NAME", help="what the id is to the service, where it is no `id`")
    add_registry(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the ticket as one line of JSON."""
    from jobmodels.clients import Client
    from jobmodels.errors import NoJob, SubmitRefused

    registry = registry_of(arguments)
    key, source = registry[arguments.key].key, arguments.source
    client = Client(key.system, plain_origin(arguments.origin, "--origin"), registry=registry)
    try:
        if arguments.by is None and _FILE.fullmatch(source):
            ticket = client.ticket(_answer(source, key, registry), key=key)
        else:
            _refuse_file(source, arguments.by)
            ticket = client.ticket(id=source, key=key, by=arguments.by or "id")
    except (SubmitRefused, NoJob) as error:
        for line in (f"jobmodels: {error}", *error_lines(error.job)):
            tell(line)
        return FOUND
    client.system.request("status", ticket)
    print(ticket.to_json())
    return ALL_WELL


def _answer(source: str, key: str, registry: Registry) -> Job[Any]:
    """Read what was recorded as the answer to a submit, whatever it says of itself."""
    from jobmodels._job import Operation
    from jobmodels._json import loads
    from jobmodels._lines import Answer, answer_of, is_envelope
    from jobmodels.errors import DecodeError

    text = read_document(source).removeprefix("\ufeff")
    answer = Answer(key=key, payload=text.encode())
    try:
        document = loads(text)
    except DecodeError:
        document = None
    if isinstance(document, dict) and is_envelope(document, key):
        answer = answer_of(text, document, key)
    return attrs.evolve(answer, operation=Operation.SUBMIT).job(registry=registry)


def _refuse_file(source: str, by: str | None) -> None:
    if by is None and Path(source).is_file():
        raise WrongUse(f"{source} is a file too: write {os.curdir}{os.sep}{source} for the answer in it, or --by id")
