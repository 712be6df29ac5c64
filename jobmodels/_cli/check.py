"""`jobmodels check`: plays contract cases."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobmodels._cli.arguments import ALL_WELL, FOUND, Commands, WrongUse, add_registry, command, modules_of, registry_of

if TYPE_CHECKING:
    from jobmodels._contract import Mismatch, Played

_EPILOG = """\
A case is a file <system>/<endpoint>/<METHOD>/<claim>.json: an answer, and what must be read from it.
Exit code: 0 all cases hold, 1 some do not, 2 wrong use, or no case found.

examples:
  jobmodels check
  jobmodels check fixtures/system/endpoint
  jobmodels check tests/answers --registry my_sdk --format junit > cases.xml
"""
# XML 1.0 has no way to write these.
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "check", "play contract cases, and show which do not hold", _EPILOG, run)
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="folder of cases, or one case; without any, the fixtures of the modules of --registry, or our own",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "junit"),
        default="text",
        help="failing cases to read (the default), all cases as JSON, or as JUnit XML",
    )
    add_registry(parser)


def run(arguments: argparse.Namespace) -> int:
    """Play the cases in order."""
    from jobmodels._contract import find_cases, play_file

    registry = registry_of(arguments)
    folders = arguments.paths or list(_own_folders(arguments))
    for folder in folders:
        if not folder.exists():
            raise WrongUse(f"{folder}: there is no such file or folder")
    paths = dict.fromkeys(path for folder in folders for path in find_cases(folder))
    if not paths:
        raise WrongUse(f"no cases were found in {', '.join(map(str, folders)) or 'the package'}")
    played = [play_file(path, registry) for path in paths]
    _REPORTS[arguments.format](played)
    return ALL_WELL if all(one.ok for one in played) else FOUND


def _own_folders(arguments: argparse.Namespace) -> Iterable[Path]:
    from jobmodels._folders import find_folder

    packages = [module.__name__.partition(".")[0] for module in modules_of(arguments)]
    for package in packages or [__name__.partition(".")[0]]:
        folder = find_folder(package, "fixtures")
        if folder:
            yield folder


def _as_text(played: list[Played]) -> None:
    from jobmodels._contract import render

    failed = [one for one in played if not one.ok]
    for one in failed:
        print(f"FAILED {one.path}")
        print("".join(f"  {line}\n" for line in render(one).splitlines()))
    skipped = [one.skipped for one in played if one.skipped is not None]
    held = len(played) - len(failed) - len(skipped)
    print(f"{len(failed)} failed, {held} held" if failed else f"{held} cases held", end="")
    print(f", {len(skipped)} skipped: {skipped[0]}" if skipped else "")


def _as_json(played: list[Played]) -> None:
    print(json.dumps([_plain(one) for one in played], indent=2, default=repr))


def _plain(one: Played) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "key": one.case and one.case.key,
        "about": one.case and one.case.about,
        "ok": one.ok,
        "skipped": one.skipped,
        "error": None if one.error is None else type(one.error).__name__,
        "mismatches": [_mismatch(found) for found in one.mismatches],
    }


def _mismatch(found: Mismatch) -> Mapping[str, Any]:
    """Name what stood there and what was expected; a member that is left out says that nothing did."""
    from jobmodels._contract import ABSENT

    values = {"expected": found.expected, "got": found.got}
    told = {name: value for name, value in values.items() if value is not ABSENT}
    return {"pointer": found.pointer, **told, "about": found.about}


def _as_junit(played: list[Played]) -> None:
    from xml.etree import ElementTree

    from jobmodels._contract import render

    failures = sum(not one.ok for one in played)
    skipped = sum(one.skipped is not None for one in played)
    counts = {"tests": str(len(played)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "jobmodels", **counts})
    for one in played:
        place = {"classname": ".".join(one.path.parts[-4:-1]), "name": one.path.stem, "file": str(one.path)}
        told = {name: _xml(text) for name, text in place.items()}
        case = ElementTree.SubElement(suite, "testcase", told)
        if one.skipped is not None:
            ElementTree.SubElement(case, "skipped", {"message": _xml(one.skipped)})
        if not one.ok:
            places = ", ".join(found.pointer or "the whole" for found in one.mismatches)
            failure = ElementTree.SubElement(case, "failure", {"message": _xml(places)})
            failure.text = _xml(render(one))
    ElementTree.indent(suites)
    print(ElementTree.tostring(suites, encoding="us-ascii", xml_declaration=True).decode("ascii"))


def _xml(text: str) -> str:
    return re.sub(_NOT_XML, lambda found: found[0].encode("unicode_escape").decode(), text)


_REPORTS = {"text": _as_text, "json": _as_json, "junit": _as_junit}
