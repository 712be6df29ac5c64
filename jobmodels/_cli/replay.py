"""`jobmodels replay`: dead letters read again."""

from __future__ import annotations

import argparse

from jobmodels._cli import normalize
from jobmodels._cli.arguments import Commands, command

_EPILOG = """\
`jobmodels normalize --to` writes lines that it cannot read to a file of dead letters. After a fix (a newer version, a
key, a module with further endpoints) they are read again here, as `normalize` reads logs; in the table each row has
the log, the line number and the offset that the line had. What cannot be read again is a dead letter again.
Exit code: 0 all was read, 1 findings (more than unknown keys) or refused lines, 2 wrong use, or nothing
written; 130 interrupted.

examples:
  jobmodels replay jobs.duckdb.dead.jsonl --registry my_sdk
  jobmodels replay jobs.parquet.dead.jsonl --to more.parquet --key system/endpoint/METHOD
"""


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "replay", "read dead letters again, after a fix", _EPILOG, run)
    parser.add_argument("files", metavar="DEAD", nargs="+", help="dead letters, or a pattern; - is standard input")
    normalize.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read the dead letters in order."""
    return normalize.run(arguments, letters=True)
