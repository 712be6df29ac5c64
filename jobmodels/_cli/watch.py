"""`jobmodels watch`: waits for jobs, and shows how they stand."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobmodels._cli.arguments import (
    ALL_WELL,
    FAILED_USE,
    FOUND,
    INTERRUPTED,
    Commands,
    WrongUse,
    add_registry,
    command,
    registry_of,
    tell,
)
from jobmodels._cli.tickets import STDIN, find_tickets

if TYPE_CHECKING:
    from jobmodels._cli.credentials import Credentials
    from jobmodels._cli.tickets import Found
    from jobmodels._cli.together import Watched
    from jobmodels._job import Job
    from jobmodels.clients import Policy

_EPILOG = """\
A ticket is what `jobmodels ticket` or Ticket.to_json() wrote. Tickets of several services may be given together.
Ctrl-C leaves the jobs alone; the same command goes on where it was, also after a crash.
A result that a service gives once is kept in a folder beside the ticket, TICKET.json.answers, unless --store names one.

Exit code: 0 succeeded, 1 ended otherwise (failed, cancelled, in part, gone), 2 wrong use or not allowed,
3 has not ended or cannot be reached (the same command goes on), 130 interrupted (likewise).
Of several jobs, the first that there is of 2, 3, 1.

examples:
  jobmodels watch ticket.json --header-env Token=API_TOKEN
  jobmodels watch ticket.json --header-env 'Authorization=Bearer API_TOKEN' --timeout 3600 --store answers
  jobmodels watch a.json b.json --headers-file headers.txt --format json > events.jsonl
  jobmodels ticket system/endpoint/METHOD 27809 --origin https://service.example | jobmodels watch -
"""
NOT_ENDED = 3
"""The exit code that says to come again."""

_GRAVEST = (FAILED_USE, NOT_ENDED, FOUND)
_FEW = 3
"""Tickets from standard input that the line that goes on repeats."""


def add_to(commands: Commands) -> None:
    """Add the command."""
    does = "wait for jobs by their tickets, and show how they stand"
    parser = command(commands, "watch", does, _EPILOG, run)
    parser.add_argument("tickets", metavar="TICKET", nargs="+", help="file of one or more tickets; - is standard input")
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="bars on a terminal, else a line an event (the default); or each event and each job as JSON, one a line",
    )
    parser.add_argument(
        "--cancel-on",
        choices=("timeout", "interrupt"),
        action="append",
        default=[],
        help="cancel the remote jobs then, instead of leaving them alone; may be given again",
    )
    parser.add_argument("--store", metavar="DIR", type=Path, help="keep answers here, so that a crash loses none")
    service = parser.add_argument_group("service", "A ticket knows scheme, host and port of its service.")
    service.add_argument(
        "--base-url",
        metavar="URL",
        action="append",
        default=[],
        help="where a service is, if it is below a path or its tickets do not know; tickets of others are refused; "
        "may be given again",
    )
    service.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="what the requests of the system take besides, as database=sales; may be given again",
    )
    _add_credentials(parser)
    _add_patience(parser)
    add_registry(parser)


def _add_credentials(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "credentials", "They are in the environment or in a file, and never on the command line."
    )
    group.add_argument(
        "--header-env",
        metavar="NAME=VARIABLE",
        action="append",
        default=[],
        help="send a header whose value an environment variable holds, as Token=API_TOKEN; with a word in front of it, "
        "as 'Authorization=Bearer API_TOKEN' (after Basic it holds user:password); with tickets of several services "
        "for one of them, as Token=API_TOKEN@https://service.example; may be given again",
    )
    group.add_argument(
        "--headers-file",
        metavar="FILE",
        type=Path,
        help="send the headers of a file that only its owner can read, lines of `Name: value`; those below a line "
        "`[https://service.example]` are for that service; it is read anew for each request",
    )


def _add_patience(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("patience")
    group.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=...,
        help="how long to wait at most (900); 0 looks once, `none` waits for ever",
    )
    group.add_argument(
        "--base",
        metavar="SECONDS",
        type=float,
        default=...,
        help="the first pause; each further one is twice as long (2)",
    )
    group.add_argument(
        "--cap",
        metavar="SECONDS",
        type=float,
        default=...,
        help="no pause is longer, unless the service asks for it (30)",
    )
    group.add_argument(
        "--max-requests", metavar="NUMBER", type=int, default=..., help="how many requests are sent at most for a job"
    )


def seconds(text: str) -> float | None:
    """Read a time, or `none`; argparse names this function when it cannot."""
    return None if text == "none" else float(text)


def run(arguments: argparse.Namespace) -> int:
    """Wait for all of them together."""
    from jobmodels._cli.credentials import Credentials
    from jobmodels._cli.progress import report_for
    from jobmodels._cli.together import Together

    jobs: list[Watched] = []
    try:
        credentials = Credentials(arguments.header_env, arguments.headers_file)
        jobs += _jobs(arguments, credentials)
        with report_for(jobs, arguments.format, credentials) as report:
            if not Together(jobs, report.hear).wait():
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        _tell_interrupted(arguments, [job for job in jobs if job.outcome is None])
        return INTERRUPTED
    codes = {id(job): _code(job.outcome) for job in jobs}
    if left := [job for job in jobs if codes[id(job)] == NOT_ENDED]:
        tell(f"jobmodels: to go on: {_again(arguments, left)}")
    return next((code for code in _GRAVEST if code in codes.values()), ALL_WELL)


def _jobs(arguments: argparse.Namespace, credentials: Credentials) -> Iterator[Watched]:
    """Bind each ticket to a client of its service."""
    from jobmodels._cli.together import Watched
    from jobmodels.clients import Client, FileStore

    registry, policy, options = registry_of(arguments), _policy(arguments), dict(map(_option, arguments.option))
    found = find_tickets(arguments.tickets, arguments.base_url)
    credentials.meant_for(one.origin for one in found)
    clients: dict[tuple[str, str, Path | None], Client] = {}
    for one in found:
        system = registry[one.ticket.key].system
        kept = _beside(one) if system.reads_once and arguments.store is None else None
        place = (system.name, one.base_url, arguments.store or kept)
        if place not in clients:
            clients[place] = Client(
                system.name,
                one.base_url,
                auth=credentials.auth(one.origin),
                policy=policy,
                store=FileStore(place[-1]) if place[-1] else None,
                registry=registry,
            )
        if arguments.cancel_on:
            system.request("cancel", one.ticket, **options)
        yield Watched(
            source=one.source,
            ticket=one.ticket,
            client=clients[place],
            options=options,
            cancels="timeout" in arguments.cancel_on,
            kept=kept,
        )


def _policy(arguments: argparse.Namespace) -> Policy:
    from jobmodels.clients import Policy

    given = {name: getattr(arguments, name) for name in ("timeout", "base", "cap", "max_requests")}
    try:
        return Policy(**{name: value for name, value in given.items() if value is not ...})
    except ValueError as error:
        raise WrongUse(f"--{error}".replace("_", "-")) from None


def _option(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name.isidentifier():
        raise WrongUse("--option takes NAME=VALUE")
    return name, value


def _beside(found: Found) -> Path:
    """Say where an answer that is given once is kept, if nothing else is said: the same command finds it there."""
    if found.source == STDIN:
        raise WrongUse(
            f"{found.ticket.key} {found.ticket.id}: its result is given once; say with --store where to keep it"
        )
    return Path(f"{found.source}.answers")


def _code(outcome: Job[Any] | Exception | None) -> int:
    from jobmodels._job import Job, JobState
    from jobmodels.errors import JobGone, StillRunning, UnknownStateError, Unreachable

    if isinstance(outcome, (StillRunning, Unreachable)):
        return NOT_ENDED
    if isinstance(outcome, (Job, JobGone, UnknownStateError)):
        return ALL_WELL if isinstance(outcome, Job) and outcome.state is JobState.SUCCEEDED else FOUND
    return FAILED_USE


def _tell_interrupted(arguments: argparse.Namespace, left: Sequence[Watched]) -> None:
    """Say how to go on with what has not ended; with `--cancel-on interrupt`, cancel it before."""
    from jobmodels.errors import JobModelsError

    for job in left if "interrupt" in arguments.cancel_on else ():
        said = job.cancel()
        done = not isinstance(said, JobModelsError) and said.accepted
        tell(f"jobmodels: {job.ticket.key} {job.ticket.id} was {'' if done else 'not '}cancelled")
    which = "job goes" if len(left) == 1 else "jobs go"
    told = "to see what became of it" if "interrupt" in arguments.cancel_on else f"the remote {which} on; to wait again"
    tell(f"jobmodels: interrupted; {told}: {_again(arguments, left)}")


def _again(arguments: argparse.Namespace, left: Sequence[Watched]) -> str:
    """Write the command that goes on; tickets that came in a pipe are gone, so that it brings them."""
    write = subprocess.list2cmdline if os.name == "nt" else shlex.join
    line = write(["jobmodels", *arguments.given])
    piped = [job.ticket.to_json() for job in left if job.source == STDIN]
    return f"printf '%s\\n' {shlex.join(piped)} | {line}" if 0 < len(piped) <= _FEW else line
