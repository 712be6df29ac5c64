"""The command `jobmodels`: one module a subcommand, each with its arguments and its work."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from jobmodels import __version__
from jobmodels._cli import check, endpoints, normalize, replay, show, ticket, watch
from jobmodels._cli.arguments import FAILED_USE, INTERRUPTED, WrongUse, tell
from jobmodels.errors import JobModelsError

__all__ = ["main"]

_COMMANDS = (normalize, replay, check, endpoints, show, ticket, watch)
_BROKEN_PIPE, _DEFECT = 141, 70


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: the arguments; those of the process if None.

    Returns:
        The exit code: 0 all well, 1 something was found or refused, 2 wrong use, 70 a defect, 130 interrupted, 141
        nobody reads on.

    Raises:
        SystemExit: from argparse, with 0 after `--help` and `--version`, with 2 for arguments that it refuses.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal has no letter for is escaped.
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser().parse_args(argv)
        arguments.alone = argv is None
        arguments.given = sys.argv[1:] if argv is None else list(argv)
        code: int = arguments.run(arguments)
        print(end="", flush=True)
    except (WrongUse, JobModelsError) as error:
        tell(f"jobmodels: {error}")
        return FAILED_USE
    except BrokenPipeError:
        _fall_silent()
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        _fall_silent()
        # It may be standard error that cannot be written.
        with contextlib.suppress(OSError):
            tell(f"jobmodels: {error}")
        return FAILED_USE
    except Exception:
        # Python itself would end with 1, which says that there are findings or dead letters.
        if argv is not None:
            raise
        traceback.print_exc()
        return _DEFECT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jobmodels",
        description="Read, check and explain the job answers of services.",
        epilog="`jobmodels COMMAND --help` explains a command, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"jobmodels {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add_to(commands)
    return parser


def _fall_silent() -> None:
    """Point the streams at nothing, since Python flushes them once more when it ends."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
