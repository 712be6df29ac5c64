"""Playing cases: what is read from a recorded answer, beside what must be read from it.

One `play` serves pytest, the command line, and the folders of users.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import attrs

from jobmodels._cases import Case, find_cases, load_case
from jobmodels._convert import read_as, unstructure
from jobmodels._job import Job, Key
from jobmodels._json import escaped, pointer, resolve, same
from jobmodels._open import MISSING_EXTRA
from jobmodels._record import Record
from jobmodels._registry import registry as known_systems
from jobmodels._spans import span
from jobmodels._system import Endpoint
from jobmodels.errors import CaseError

__all__ = [
    "ABSENT",
    "Case",
    "Mismatch",
    "Played",
    "find_cases",
    "load_case",
    "play",
    "play_file",
    "render",
    "updated",
]

_WIDTH = 48
_LONGEST = 2000


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()
"""What stands at a place where nothing is."""


@attrs.frozen
class Mismatch:
    """A claim that does not hold: what was expected at a place, and what stood there; either may be `ABSENT`.

    `about` says what was asked of every case, where the file itself does not claim it.
    """

    pointer: str
    expected: Any
    got: Any
    about: str = ""


@attrs.frozen(kw_only=True)
class Played:
    """What became of a case.

    `case` is None where the file is none, `job` where nothing could be read; `skipped` says why it could not be tried.
    """

    path: Path
    case: Case | None = None
    job: Job[Any] | None = None
    error: Exception | None = None
    mismatches: tuple[Mismatch, ...] = ()
    skipped: str | None = None

    @property
    def ok(self) -> bool:
        """Whether all held, as far as it could be tried."""
        return not self.mismatches


def play_file(path: Path, registry: Mapping[Key, Endpoint] | None = None, root: Path | None = None) -> Played:
    """Load a case and play it; a file that is no case is a failure like any other."""
    try:
        case = load_case(path, root)
    except CaseError as error:
        return Played(path=path, error=error, mismatches=(_raised(ABSENT, error),))
    return play(case, registry)


def play(case: Case, registry: Mapping[Key, Endpoint] | None = None) -> Played:
    """Read the answer of a case, and compare with its claims and with what holds for every job.

    Args:
        case: the case.
        registry: the endpoints to look in; None for all that are installed.

    Returns:
        What became of it; nothing is raised, whatever functions of the system do.
    """
    endpoints = known_systems() if registry is None else registry
    expected = case.expect.get("raises", ABSENT)
    job = None
    try:
        job = case.answer.job(strict=case.strict, registry=endpoints)
        if lacking := next((error.message for error in job.errors if error.code == MISSING_EXTRA), None):
            return Played(path=case.path, case=case, job=job, skipped=lacking)
        wrong = tuple(_wrong(case, job, endpoints[job.key].cls))
    except Exception as error:  # noqa: BLE001 - whatever escapes, of a user's own system too, fails this case alone
        if job is None and expected == type(error).__name__:
            return Played(path=case.path, case=case, error=error)
        return Played(path=case.path, case=case, job=job, error=error, mismatches=(_raised(expected, error),))
    return Played(path=case.path, case=case, job=job, mismatches=wrong)


def _raised(expected: Any, error: Exception) -> Mismatch:
    return Mismatch("raises", expected, type(error).__name__, str(error))


def _wrong(case: Case, job: Job[Any], cls: Any) -> Iterator[Mismatch]:
    if "raises" in case.expect:
        yield Mismatch("raises", case.expect["raises"], ABSENT)
        return
    told = job.to_dict()
    for name, expected in case.expect.items():
        place = name if name.startswith("/") else f"/{escaped(name)}"
        yield from _differences(place, expected, _at(told, name))
    yield from _unlawful(job, told, cls)


def _at(told: Mapping[str, Any], claim: str) -> Any:
    try:
        return resolve(told, claim) if claim.startswith("/") else told[claim]
    except (LookupError, TypeError, ValueError):
        return ABSENT


def _differences(place: str, expected: Any, got: Any) -> Iterator[Mismatch]:
    """Compare exactly, and name the innermost places that differ."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in dict.fromkeys([*expected, *got]):
            one, other = expected.get(name, ABSENT), got.get(name, ABSENT)
            yield from _differences(f"{place}/{escaped(name)}", one, other)
    elif isinstance(expected, list) and isinstance(got, list):
        for index, (one, other) in enumerate(zip_longest(expected, got, fillvalue=ABSENT)):
            yield from _differences(f"{place}/{index}", one, other)
    elif not same(expected, got):
        yield Mismatch(place, expected, got)


def _unlawful(job: Job[Any], told: dict[str, Any], cls: Any) -> Iterator[Mismatch]:
    """Whatever breaks what holds for all: nothing is lost, and the plain form is JSON that our schema describes."""
    documents = [unstructure(job.details)]
    if not isinstance(job.raw, bytes):
        documents.append(job.raw)
    for document in documents:
        given_back = _given_back(document, cls)
        if not same(given_back, document):
            yield Mismatch("", document, given_back, "unstructure(structure(document)) is the document")
            break
    try:
        json.dumps(told, allow_nan=False)
    except (TypeError, ValueError) as error:
        yield Mismatch("", "JSON", str(error), "to_dict() is JSON")
    for violation in _job_validator().iter_errors(told):
        demand = {violation.validator: violation.validator_value}
        yield Mismatch(pointer(violation.absolute_path), demand, violation.instance, "to_dict() holds its schema")


def _given_back(document: Any, cls: Any) -> Any:
    """Structure a document and write it back; one that is not of the class's kind is given back as it is."""
    typed, _ = read_as(document, cls)
    return unstructure(typed) if isinstance(typed, cls) and isinstance(typed, Record) else document


@cache
def _job_validator() -> Any:
    from jsonschema import Draft202012Validator

    from jobmodels._schemas import json_schema

    return Draft202012Validator(json_schema(Job))


def updated(case: Case, played: Played) -> str:
    """Write the file of a case anew, with what was read in place of what its claims say.

    Returns:
        The text of the file; all but the value of `expect` stays as it is. A claim about a place where nothing is
        falls away.
    """
    if played.job is None:
        claims: dict[str, Any] = {"raises": type(played.error).__name__}
    else:
        told = played.job.to_dict()
        names = ("state", "errors") if "raises" in case.expect else tuple(case.expect)
        claims = {name: got for name in names if (got := _at(told, name)) is not ABSENT}
    start, end = span(case.text, "expect")
    lines = ",\n".join(f"    {_json(name)}: {_laid_out(got)}" for name, got in claims.items())
    return f"{case.text[:start]}{{\n{lines}\n  }}{case.text[end:]}"


def _json(value: Any, indent: int | None = None) -> str:
    """Write JSON for people; a lone surrogate is written as its escape."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace").decode()


def _laid_out(value: Any) -> str:
    line = _json(value)
    return line if len(line) < 2 * _WIDTH else _json(value, indent=2).replace("\n", "\n    ")


def render(played: Played) -> str:
    """Show what did not hold: place, expected and got side by side, in plain text.

    Long values go on below, in their column; what no terminal should print is escaped.
    """
    lines = [] if played.case is None else [played.case.about]
    rows = [(found.pointer or "the whole", _shown(found.expected), _shown(found.got)) for found in played.mismatches]
    widths = [min(_WIDTH, max(1, *map(len, cells))) for cells in zip(("", "expected", "got"), *rows, strict=True)]
    lines += _columns(("", "expected", "got"), widths)
    for found, row in zip(played.mismatches, rows, strict=True):
        lines += _columns(row, widths)
        lines += [f"  {_printable(line)}" for line in found.about.splitlines()]
    return "\n".join(lines)


def _columns(cells: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    pieces = [
        wrap(cell, width, break_on_hyphens=False, drop_whitespace=False)
        for cell, width in zip(cells, widths, strict=True)
    ]
    for parts in zip_longest(*pieces, fillvalue=""):
        yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "absent"
    text = json.dumps(value, ensure_ascii=False, default=repr)
    text = text if text.isprintable() else json.dumps(value, default=repr)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _printable(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode()
