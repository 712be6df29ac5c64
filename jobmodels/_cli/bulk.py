"""Logs into files and databases: the options, the run, and the summary."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import attrs

from jobmodels._cli.arguments import ALL_WELL, FOUND, WrongUse, add_registry, modules_of, tell
from jobmodels._cli.gauge import Progress
from jobmodels.errors import OutputRefused, WorkerLost

if TYPE_CHECKING:
    from jobmodels.tables._run import Run
    from jobmodels.tables._tally import Tally

_TERMINATED = 143
_SHOWN = 10
_LONGEST = 60
_HARMLESS = "addition"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run."""
    parser.add_argument(
        "--on-finding",
        choices=("keep", "reject"),
        default="keep",
        help="keep lines with findings (the default), or refuse them; unknown keys alone are not refused",
    )
    parser.add_argument(
        "--strict", dest="on_finding", action="store_const", const="reject", help="the same as --on-finding reject"
    )
    add_registry(parser)
    bulk = parser.add_argument_group("options for files and databases")
    bulk.add_argument(
        "--to", metavar="OUT", type=Path, help="what is written: a .duckdb, .parquet, .arrow, .jsonl or .csv file"
    )
    bulk.add_argument(
        "--dead-letters", metavar="FILE", type=Path, help="where lines go that are refused (default: beside OUT)"
    )
    bulk.add_argument("--typed", metavar="KEY", help="write the answers of one endpoint as a table of its own too")
    bulk.add_argument("--keep-raw", action="store_true", help="keep each line, unredacted, in the column raw")
    bulk.add_argument("--overwrite", action="store_true", help="replace OUT, and the dead letters beside it")
    bulk.add_argument(
        "--resume",
        action="store_true",
        help="go on where a run with --resume was ended; give it to the first run too",
    )
    bulk.add_argument(
        "--workers", metavar="N", type=_count, help="processes that read (default: as many as are of use)"
    )
    bulk.add_argument(
        "--longest-line",
        metavar="BYTES",
        type=_count,
        help="longer lines are dead letters, unread (default: 16777216)",
    )
    bulk.add_argument("--part-size", type=_count, help=argparse.SUPPRESS)


_NEED_OUTPUT = ("dead_letters", "typed", "keep_raw", "overwrite", "resume", "workers", "longest_line", "part_size")


def _count(text: str) -> int:
    """Read a number of which there is at least one."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def check(arguments: argparse.Namespace) -> None:
    """Refuse options that do not go together.

    Raises:
        WrongUse: they do not.
    """
    if arguments.to is not None:
        if arguments.format is not None:
            raise WrongUse("--format is for what is printed; with --to, the ending of the name says it")
        return
    for name in _NEED_OUTPUT:
        if getattr(arguments, name):
            raise WrongUse(f"--{name.replace('_', '-')} needs --to")


def run(arguments: argparse.Namespace, *, letters: bool = False) -> int:
    """Read the logs into the output.

    Args:
        arguments: of the command.
        letters: whether the logs hold dead letters.
    """
    from jobmodels.tables._need import be_lean

    if arguments.alone:
        be_lean()
    plan = _plan(arguments, letters=letters)
    again = ["the same command goes on from here"] if plan.resume else []
    begun = time.monotonic()
    try:
        with _terminable(), Progress(plan.size) as progress:
            tally = plan.start(progress.reach)
    except OSError as error:
        raise OutputRefused(shown(plan.out), "; ".join((_reason(error), *again))) from error
    except (KeyboardInterrupt, WorkerLost):
        for hint in again:
            tell(f"jobmodels: {hint}")
        raise
    for title, text in summary(plan, tally, time.monotonic() - begun):
        tell(f"{title:<9} {text}")
    return FOUND if tally.dead or tally.findings.keys() - {_HARMLESS} else ALL_WELL


def _plan(arguments: argparse.Namespace, *, letters: bool) -> Run:
    from jobmodels.tables._cut import LONGEST
    from jobmodels.tables._options import Options
    from jobmodels.tables._run import PART, Run
    from jobmodels.tables._sources import find_sources

    modules_of(arguments)
    options = Options(
        key=arguments.key,
        modules=arguments.registry,
        on_finding=arguments.on_finding,
        keep_raw=arguments.keep_raw,
        typed=arguments.typed,
    )
    if arguments.typed is not None:
        options.endpoints[arguments.typed]
    out = arguments.to.resolve()
    dead = arguments.dead_letters or out.with_name(f"{out.name}.dead.jsonl")
    plan = Run(
        sources=(),
        out=out,
        letters=dead.resolve(),
        options=options,
        workers=arguments.workers,
        resume=arguments.resume,
        overwrite=arguments.overwrite,
        longest=arguments.longest_line or LONGEST,
        part=arguments.part_size or PART,
    )
    # Dead letters of the run before are no log of this one. All else that would be overwritten may be meant: it is
    # refused later on, and not passed over.
    besides = [plan.folder] if letters or arguments.dead_letters else [plan.folder, plan.letters]
    found = find_sources(arguments.files, letters=letters, besides=besides)
    return attrs.evolve(plan, sources=tuple(found))


def _reason(error: OSError) -> str:
    place = "" if error.filename is None else f": {error.filename}"
    return f"{error.strerror or error}{place}"


@contextmanager
def _terminable() -> Generator[None]:
    """Clean up when the process is asked to end, as schedulers do, before it does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(*_: Any) -> NoReturn:
    sys.exit(_TERMINATED)


def summary(plan: Run, tally: Tally, seconds: float) -> Generator[tuple[str, str]]:
    """Say what was read and written, a title and a text each."""
    blank = f", {tally.blank:,} of them blank" if tally.blank else ""
    yield "lines", f"{tally.lines:,}{blank}, in {seconds:.1f} s"
    yield "rows", f"{tally.rows:,} in {shown(plan.out)}"
    if plan.options.typed is not None:
        missed = f", {tally.missed:,} missed the class" if tally.missed else ""
        yield "typed", f"{tally.typed:,} rows of {plan.options.typed} in {shown(plan.typed_out or plan.out)}{missed}"
    yield "states", counted(tally.states)
    yield "errors", counted(tally.errors)
    yield "findings", counted(tally.findings)
    if tally.dead:
        codes = counted(tally.refusals)
        yield "dead", f"{tally.dead:,} in {shown(plan.letters)}, unredacted, readable for you alone: {codes}"
    else:
        yield "dead", "none"
    if plan.options.keep_raw:
        yield "raw", f"{shown(plan.out)} holds lines unredacted, and is readable for you alone"


def counted(counter: Counter[str]) -> str:
    """List counts, the largest first."""
    most = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [f"{name[:_LONGEST] or '(no code)'} {count:,}" for name, count in most[:_SHOWN]]
    if len(most) > _SHOWN:
        told.append(f"others {sum(count for _, count in most[_SHOWN:]):,}")
    return ", ".join(told) or "none"


def shown(path: Path) -> str:
    """Give a path as short as it can be."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
