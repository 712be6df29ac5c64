"""What stands inside the wrapper, and what is wrong where nothing there can be read.

Source: contracts page, 3.2 to 3.4.
"""

from __future__ import annotations

import re
from typing import Any

import attrs

from jobmodels._convert import read_as, unstructure
from jobmodels._job import Finding, JobError, JobState, Origin
from jobmodels._json import decode, looks_embedded
from jobmodels._numbers import Numerals
from jobmodels._record import Record, is_lifted
from jobmodels._system import Asked
from jobmodels._told import OPEN, Facts, Meaning
from jobmodels.errors import DecodeError
from jobmodels.systems.kinetica._avro_schemas import kind_of
from jobmodels.systems.kinetica._wrapper import ERROR, KEPT, NONE, OK, alone, said, word_of

NO_FACTS = Facts(state_path="/status")
KINDS = {
    "create-job": "create_job",
    "get-job": "get_job",
    "alter-jobs": "admin_alter_jobs",
    "show-jobs": "admin_show_jobs",
}
"""The kind of answer that each endpoint gives: `data_type` without its ending."""

_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)


@attrs.frozen(kw_only=True)
class Inside:
    """What stands inside the wrapper.

    Attributes:
        document: the typed document; None where there is none that can be read.
        base: where it stands, as a JSON Pointer.
        facts: what is known without it.
        well: whether the wrapper says that the call went well.
        at: where the wrapper stands, or what is left of it, as a JSON Pointer.
    """

    document: Any = None
    base: str = ""
    facts: Facts = NO_FACTS
    well: bool = False
    at: str = ""

    @property
    def hangs_on(self) -> tuple[str, ...]:
        """Where it stands how the call went, and what it was."""
        return (f"{self.at}/status", f"{self.at}/data_type")


def wrong(code: str, path: str, message: str) -> JobError:
    """Make the error of something that could not be read."""
    return JobError(message=message, code=code, origin=Origin.DECODE, path=path)


def lacking(path: str, message: str, rule: str = "missing-key") -> Facts:
    """Say that nothing is known, since something is missing."""
    found = Finding(rule, path, message)
    return Facts(state_path=path, meaning=OPEN, errors=(wrong(rule, path, message),), findings=(found,))


def typed(asked: Asked, document: Any) -> tuple[Any, tuple[Finding, ...]]:
    """Type an answer before the engine does, with what was noticed."""
    return read_as(document, asked.endpoint.cls, admitted=True)


def look(asked: Asked, details: Any) -> Inside:
    """Look inside typed details."""
    if is_lifted(details) and details.status is None:
        return _decoded(asked, details.decoded)
    message = said(details.message)
    if (facts := _objection(asked, details.status, details.data_type, message)) is not None:
        return Inside(facts=facts)
    there = [name for name in ("data_str", "data") if isinstance(getattr(details, name), Record)]
    if not there:
        return Inside(facts=_nothing(details), well=True)
    odd = details.data_str != details.data and len(there) > 1
    found = (Finding("contradiction", "/data", "another document than in data_str"),) if odd else ()
    facts = Facts(message=message, findings=found)
    return Inside(document=details.response, base=f"/{there[0]}", facts=facts, well=True)


def _decoded(asked: Asked, value: Any) -> Inside:
    """An answer without a wrapper: a document that the official client has decoded, or something else."""
    value, base = alone(value)
    at = f"{base}/{KEPT}"
    kept = value.get(KEPT) if isinstance(value, dict) else getattr(value, KEPT, None)
    told = unstructure(kept) if isinstance(kept, Record) else kept
    if isinstance(told, dict) and told.get("status") is not None:
        message = said(told.get("message"))
        facts = _objection(asked, told["status"], told.get("data_type"), message, at)
        if facts is not None:
            return Inside(facts=facts, base=base, at=at)
    return Inside(document=value, base=base, at=at) if isinstance(value, Record) else Inside(at=at)


def _objection(asked: Asked, status: Any, data_type: Any, message: str | None, at: str = "") -> Facts | None:
    """Say why nothing inside counts, whatever it is; None where the call went well and this is its answer."""
    word = word_of(status)
    if word == ERROR:
        return Facts(state_path=f"{at}/status", message=message)
    if word != OK:
        return _odd(asked, status, f"{at}/status")
    kind = said(data_type)
    if kind is not None and kind_of(kind) not in {KINDS[asked.endpoint.key.endpoint], NONE}:
        return _other_kind(message, f"{at}/data_type")
    return None


def _odd(asked: Asked, status: Any, path: str) -> Facts:
    """A wrapper that says neither that the call went well nor that it failed."""
    if status is None or word_of(status) == "":
        return lacking(path, "the wrapper does not say how the call went")
    facts = lacking(path, "a wrapper is OK or ERROR", "unknown-state")
    about_job = asked.endpoint.key.endpoint == "get-job" and type(status) is str
    meaning = Meaning(JobState.UNKNOWN, finished=False if about_job else None)
    return attrs.evolve(facts, native_state=status, meaning=meaning)


def _other_kind(message: str | None, path: str) -> Facts:
    told = "an answer of another endpoint"
    return Facts(
        state_path=path,
        meaning=OPEN,
        message=message,
        errors=(wrong("unexpected-type", path, told),),
        findings=(Finding("wrong-type", path, told),),
    )


def _nothing(details: Any) -> Facts:
    """Say why nothing inside the wrapper can be read."""
    parts = [(f"/{name}", getattr(details, name)) for name in ("data_str", "data")]
    there = [(path, value) for path, value in parts if value is not None]
    if not there:
        facts = lacking("/data_str", "nothing is inside the wrapper")
        return attrs.evolve(facts, native_state=details.status)
    path, value = next(((path, value) for path, value in there if value != ""), there[0])
    rule, code, reason = "wrong-type", "unexpected-shape", "no object is inside the wrapper"
    if type(value) is str:
        try:
            decode(value)
        except DecodeError as error:
            rule, code, reason = "embedded-json-invalid", error.code, f"no JSON is inside the wrapper: {error.reason}"
    noticed = type(value) is not str or looks_embedded(value)
    return Facts(
        state_path="/status",
        meaning=OPEN,
        errors=(wrong(code, path, reason),),
        findings=() if noticed else (Finding(rule, path, reason),),
    )


def number_of(value: Any, path: str, numerals: Numerals) -> str | None:
    """Read the id of a job: a signed number of 64 bits, as its digits; None for what is no whole number."""
    if type(value) is str and _NUMBER.fullmatch(value):
        numerals.findings.append(Finding("number-as-text", path, "a number written as text"))
    elif type(value) is not int:
        return None
    number = int(value)
    if not -(2**63) <= number < 2**63:
        numerals.findings.append(Finding("wrong-type", path, "a number of more than 64 bits"))
    return str(number)
