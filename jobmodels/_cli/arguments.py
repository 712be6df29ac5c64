"""What several commands share: the registry to look in, and messages on standard error."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from jobmodels._registry import Registry
    from jobmodels._system import Endpoint

ALL_WELL, FOUND, FAILED_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class WrongUse(Exception):
    """Arguments that cannot be followed; the message is for the user."""


def command(commands: Commands, name: str, does: str, epilog: str, run: Any) -> argparse.ArgumentParser:
    """Add a command: what it does, in a sentence, and examples below its options."""
    parser = commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def add_registry(parser: argparse.ArgumentParser) -> None:
    """Add the option that names modules with further endpoints."""
    parser.add_argument(
        "--registry",
        metavar="MODULE",
        action="append",
        default=[],
        help="module or package, dotted, whose endpoints join those that are installed; may be given again",
    )


def modules_of(arguments: argparse.Namespace) -> list[ModuleType]:
    """Import the modules that were named; those in the working directory are found too."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    return [_module(name) for name in arguments.registry]


def _module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except (ImportError, TypeError, ValueError) as error:
        raise WrongUse(f"--registry {name}: {error}") from None


def registry_of(arguments: argparse.Namespace) -> Registry:
    """Join the endpoints of the named modules to those that are installed."""
    from jobmodels._registry import collect, registry

    modules = modules_of(arguments)
    return registry() | collect(*modules) if modules else registry()


def schema_file(endpoint: Endpoint) -> Path | None:
    """Find the schema of an endpoint, where its package has one."""
    from jobmodels._folders import find_folder

    folder = find_folder(endpoint.package, "schemas")
    path = folder and folder / endpoint.schema_path
    return path if path and path.is_file() else None


def tell(message: str) -> None:
    """Write a message to standard error; what no terminal should print is escaped."""
    print(printable(message), file=sys.stderr)


def printable(text: str) -> str:
    """Escape what is not printable, line ends included."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()
