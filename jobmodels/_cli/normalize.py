"""`jobmodels normalize`: logs of raw answers as jobs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import attrs

from jobmodels._cli import bulk
from jobmodels._cli.arguments import ALL_WELL, FAILED_USE, FOUND, Commands, command, registry_of, tell
from jobmodels._cli.table import Table

if TYPE_CHECKING:
    from jobmodels._job import Job, Key
    from jobmodels._system import Endpoint
    from jobmodels.tables._sources import Source

_EPILOG = """\
A line is an envelope, an object of a key and one of three bodies, and what else is known:
  {"key": "system/endpoint/METHOD", "body" | "text" | "base64": ..., "status": 200, "headers": {...},
   "request": {...}, "operation": "submit", "job_id": "7", "received_at": "..."}
Any other line is the bare answer of --key. Blank lines are passed over. A .json file holds one such document,
or an array of which each element counts as a line; one with an answer a line is read as -. .gz and .zst are unpacked.

Without --to, standard error tells FILE:LINE of each finding, and of each line that is refused. With --to a refused
line is a dead letter, and standard error tells how many there are of what. The output is written whole or not at all.
Exit code: 0 all was read, 1 findings (more than unknown keys) or refused lines, 2 wrong use, or nothing
written; 130 interrupted.

examples:
  jobmodels normalize answers.jsonl
  jobmodels normalize answers.jsonl --format jsonl > jobs.jsonl
  jobmodels normalize 'logs/**/*.jsonl.gz' --to jobs.duckdb --resume
  zcat answers.jsonl.gz | jobmodels normalize - --key system/endpoint/METHOD --on-finding reject
"""
_CONFIRMED = frozenset({"cancel", "delete", "delete_all", "delete_expired"})
_STATE = 1
COLOURS = {
    "succeeded": "green",
    "partially_succeeded": "yellow",
    "failed": "red",
    "cancelled": "magenta",
    "not_found": "magenta",
    "pending": "cyan",
    "running": "cyan",
}
_MINUTE, _HOUR = 60, 3600
_LONGEST = 500


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = command(
        commands, "normalize", "read logs of raw answers as jobs, into a table or a database", _EPILOG, run
    )
    parser.add_argument(
        "files", metavar="LOG", nargs="+", help="log of answers in JSON Lines, or a pattern; - is standard input"
    )
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `normalize` and `replay` have in common."""
    parser.add_argument("--key", help="endpoint of the lines that name none, as system/endpoint/METHOD")
    parser.add_argument(
        "--format",
        choices=("table", "jsonl"),
        help="what is printed: a table to read (the default), or each job whole, as JSON, one a line",
    )
    bulk.add_options(parser)


def run(arguments: argparse.Namespace, *, letters: bool = False) -> int:
    """Read the logs in order, line by line.

    Args:
        arguments: of the command.
        letters: whether the logs hold dead letters.
    """
    from jobmodels.tables._sources import find_sources

    endpoints = registry_of(arguments)
    if arguments.key is not None:
        endpoints[arguments.key]
    bulk.check(arguments)
    if arguments.to is not None:
        return bulk.run(arguments, letters=letters)
    reader = _Reader(key=arguments.key, endpoints=endpoints, strict=arguments.on_finding == "reject")
    with _JsonLines() if arguments.format == "jsonl" else _TableOfJobs() as output:
        for source in tuple(find_sources(arguments.files, letters=letters)):
            for job in reader.jobs(source):
                output.put(job.to_dict())
    return reader.code


@attrs.define(kw_only=True)
class _Reader:
    """Reads logs, tells what is wrong with them, and remembers the exit code."""

    key: str | None
    endpoints: Mapping[Key, Endpoint]
    strict: bool
    code: int = ALL_WELL

    def jobs(self, source: Source) -> Iterator[Job[Any]]:
        from jobmodels._lines import read_line
        from jobmodels.errors import ContractError, JobModelsError

        for where, line in self._lines(source):
            try:
                jobs = read_line(line, self.key, self.endpoints, self.strict)
            except ContractError as error:
                for finding in error.findings:
                    self._tell(FOUND, f"{where}: {finding}")
                self._tell(FOUND, f"{where}: refused: the document is not {error.expected}")
            except JobModelsError as error:
                self._tell(FOUND, f"{where}: refused: {error}")
            else:
                for job in jobs:
                    for finding in job.findings:
                        self._tell(FOUND if finding.severity.rank else ALL_WELL, f"{where}: {finding}")
                    yield job

    def _lines(self, source: Source) -> Iterator[tuple[str, bytes]]:
        from jobmodels.errors import InputRefused
        from jobmodels.tables._plain import plain_lines
        from jobmodels.tables._sources import reason_of

        try:
            for where, line, refused in plain_lines(source):
                if refused is None:
                    yield where, line
                else:
                    self._tell(FOUND, f"{where}: refused: {refused}")
        except OSError as error:
            self._tell(FAILED_USE, f"{source.path or '-'}: cannot be read: {reason_of(error)}")
        except InputRefused as error:
            self._tell(FAILED_USE, str(error))

    def _tell(self, code: int, message: str) -> None:
        self.code = max(self.code, code)
        tell(message)


class _JsonLines:
    """Jobs as JSON, one a line, in ASCII, which every terminal and every reader takes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def put(self, told: Mapping[str, Any]) -> None:
        print(json.dumps(told))


class _TableOfJobs(Table):
    """Jobs as a table."""

    def __init__(self) -> None:
        super().__init__("KEY", "STATE", "COUNTS", "DURATION", "FIRST ERROR", cut=True, styles=_styles)

    def put(self, told: Mapping[str, Any]) -> None:
        self.add(
            told["key"],
            told["state"],
            amount_text(told),
            duration_text(told["duration"]),
            error_text(told["errors"]),
        )


def _styles(cells: Sequence[str]) -> list[str]:
    return [COLOURS.get(cell.strip(), "") if place == _STATE else "" for place, cell in enumerate(cells)]


def amount_text(told: Mapping[str, Any]) -> str:
    """Say how much there is to a job: its items; of a list, its jobs; of a yes or no to a call, that."""
    if told["counts"] is not None:
        return counts_text(told["counts"])
    if told["listing"] is not None:
        jobs, total = len(told["listing"]["jobs"]), told["listing"]["total"]
        return f"{jobs} listed" if total is None else f"{jobs} listed of {total}"
    answer = {True: "accepted", False: "not accepted", None: ""}[told["accepted"]]
    return answer if told["operation"] in _CONFIRMED else ""


def counts_text(counts: Mapping[str, int | None] | None) -> str:
    """Say how many items there are, as far as the service said it."""
    if counts is None:
        return ""
    words = {"succeeded": "ok", "failed": "failed", "pending": "pending"}
    said = ", ".join(f"{counts[name]} {word}" for name, word in words.items() if counts[name] is not None)
    total = counts["total"]
    if total is None:
        return said
    return f"{said} of {total}" if said else f"{total} in all"


def duration_text(seconds: float | None) -> str:
    """Say a duration in the units that people use."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return f"{seconds:.3f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest:02} s" if seconds < _HOUR else f"{minutes // 60} h {minutes % 60:02} min"


def error_text(errors: Sequence[Mapping[str, Any]]) -> str:
    """Say the first error, and how many there are."""
    if not errors:
        return ""
    first = errors[0]
    parts = [str(first[name])[:_LONGEST] for name in ("code", "field", "message") if first[name] is not None]
    place = f"(1 of {len(errors)}) " if len(errors) > 1 else ""
    return place + ": ".join(parts)
