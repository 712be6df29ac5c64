"""The exact JSON text of what a job holds, as cells show it: secrets masked, in legal UTF-8.

Text is taken out of the answer where that was JSON text, so that no digit, no spelling and no repeated member is lost;
what was not JSON text is written compactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

import attrs

from jobmodels._convert import body_of, to_wire
from jobmodels._job import Job
from jobmodels._json import decode, looks_embedded, same
from jobmodels._plain import plain
from jobmodels._secrets import MASK, hides, is_secret, scrub
from jobmodels._spans import item_spans, member_spans, span, value_end
from jobmodels._system import JSON_MEDIA
from jobmodels._types import classes_of
from jobmodels.errors import DecodeError

Path: TypeAlias = tuple[str | int | None, ...]
"""Names of members, positions in arrays, and None for a step from text into the document that it holds."""

# Possessive, so that a long text takes no memory to match.
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_BLANKS = " \t\r\n"
_COLON = re.compile(r"\s*:\s*")


def legal(text: str) -> str:
    """Write lone surrogates, which UTF-8 cannot spell, as their JSON escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def compact(value: Any, secrets: frozenset[str]) -> str:
    """Write any value as JSON without blanks, its secrets masked."""
    return legal(json.dumps(plain(value, secrets), ensure_ascii=False, separators=(",", ":")))


@cache
def secrets_of(cls: type, known: frozenset[str]) -> frozenset[str]:
    """Name the members that a details class or its system says to be secret, as the wire spells them."""
    told = {
        field.metadata.get("wire") or getattr(part, "__spelling__", str)(field.name)
        for part in classes_of(cls)
        for field in attrs.fields(part)
        if hides(part, field, known)
    }
    return known.union(told, *(getattr(part, "__secrets__", ()) for part in classes_of(cls)))


def masked(text: str, secrets: frozenset[str]) -> str:
    """Mask the secrets in JSON text; all else stays as it was spelled.

    Args:
        text: one JSON document.
        secrets: names of secret members, beyond those known everywhere.
    """
    if "\\" not in text and "://" not in text and scrub(text, secrets) == text:
        return text  # Nothing is escaped, so that what a value holds would have been seen in the whole.
    parts: list[str] = []
    at = done = 0
    while found := _STRING.search(text, at):
        at = found.end()
        said: str = json.loads(found[0], strict=False) if "\\" in found[1] else found[1]
        colon = _COLON.match(text, at)
        if colon is None:
            shown = scrub(said, secrets)
            if shown != said:
                parts += [text[done : found.start()], json.dumps(shown, ensure_ascii=False)]
                done = at
        elif is_secret(said, secrets) and not text.startswith("null", colon.end()):
            parts += [text[done : colon.end()], f'"{MASK}"']
            at = done = value_end(text, colon.end())
        else:
            at = colon.end()
    return "".join((*parts, text[done:]))


@attrs.frozen
class Source:
    """The answer of one job, as text where it is JSON text.

    Attributes:
        job: the job that was read from it.
        text: JSON text of the answer; None where it came otherwise.
    """

    job: Job[Any]
    text: str | None = None

    @property
    def secrets(self) -> frozenset[str]:
        """The names of secret members."""
        cls: type = type(self.job.details)
        return secrets_of(cls, self.job._secrets)

    def result(self) -> str | None:
        """Give the JSON text of what `job.result` reads; None where it reads nothing."""
        result = self.job.result
        wire = None if result is None else to_wire(result)
        if wire is None:
            return None
        if type(wire) is str and type(result) is not str and (inside := _inside(wire)) is not None:
            return masked(legal(inside), self.secrets)
        text = self._exact(wire)
        return compact(wire, self.secrets) if text is None else masked(legal(text), self.secrets)

    def extra(self) -> str | None:
        """Give the members that the details do not know as the JSON text of an object; None where there are none."""
        extra = getattr(self.job.details, "extra", None)
        if not isinstance(extra, Mapping) or not extra:
            return None
        wire = to_wire(self.job.details)
        text = _inside(wire) if type(wire) is str else self._exact(wire)
        if text is None or not text.startswith("{"):
            return compact(extra, self.secrets)
        spans = member_spans(text)
        members = (f"{json.dumps(name, ensure_ascii=False)}:{text[slice(*spans[name])]}" for name in extra)
        return masked(legal(f"{{{','.join(members)}}}"), self.secrets)

    def _exact(self, wire: Any) -> str | None:
        """Find the text of a value of the answer: the first that is the same, the usual places before all others.

        An object that stands nowhere as a whole is written with the text of its members, if one place has them all.
        """
        if self.text is None:
            return None
        body = body_of(self.job.details)
        parts: str | None = None
        for path, value in _places(self.job.raw, body[0] if body else None):
            if (is_it := same(value, wire)) or (parts is None and _may_be_part(wire, value)):
                hidden = any(isinstance(step, str) and is_secret(step, self.secrets) for step in path)
                if is_it:
                    return f'"{MASK}"' if hidden else _at(self.text, path)
                parts = None if hidden else _part(wire, value, _at(self.text, path))
        return parts


def sources_of(jobs: Sequence[Job[Any]], body: bytes | str | None) -> Iterator[Source]:
    """Take the answer of each job.

    Args:
        jobs: all jobs that were read from one answer.
        body: the answer as it came.
    """
    texts: Iterator[str] = iter(())
    with suppress(DecodeError, UnicodeDecodeError):
        text = _text(body)
        if _is_json(jobs[0], text, len(jobs)):
            is_item = len(jobs) > 1 or (text.startswith("[") and type(jobs[0].raw) is not list)
            texts = (text[slice(*found)] for found in item_spans(text)) if is_item else iter((text,))
    for job in jobs:
        yield Source(job, next(texts, None))


def source_of(job: Job[Any]) -> Source:
    """Take the answer of a job that was read otherwise: the body of its response, if that is all that was read."""
    with suppress(DecodeError, UnicodeDecodeError):
        text = _text(job.response.body if job.response else None)
        return Source(job, text if same(decode(text)[0], job.raw) else None)
    return Source(job)


def _text(body: bytes | str | None) -> str:
    """Give the text of an answer without what may stand around JSON; blank where there is none."""
    return (body if isinstance(body, str) else (body or b"").decode()).removeprefix("\ufeff").strip(_BLANKS)


def _is_json(job: Job[Any], text: str, items: int) -> bool:
    """Tell whether an answer was read from JSON text, and is not of another form or what a library decoded."""
    if type(job.raw) in (dict, list):
        media = job.response.content_type if job.response else None
        return media is None or media == JSON_MEDIA or media.endswith("+json")
    document, _ = decode(text)
    if type(document) is list and len(document) == items:
        document = document[0]
    return same(document, job.raw)


def _places(raw: Any, usual: str | None) -> Iterator[tuple[Path, Any]]:
    """Give the places of an answer with what stands there, the outer before the inner."""
    if type(raw) is dict and usual in raw:
        yield (usual,), raw[usual]
    level: list[tuple[Path, Any]] = [((), raw)]
    while level:
        yield from level
        level = [(path, value) for outer, holder in level for path, value in _below(outer, holder)]


def _below(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if type(value) is dict:
        for name, member in value.items():
            yield (*path, name), member
    elif type(value) is list:
        for index, item in enumerate(value):
            yield (*path, index), item
    elif type(value) is str and looks_embedded(value):
        with suppress(DecodeError):
            yield (*path, None), decode(value)[0]


def _may_be_part(wire: Any, value: Any) -> bool:
    return type(value) is type(wire) is dict and bool(wire) and wire.keys() <= value.keys()


def _part(wire: Any, value: Any, text: str) -> str | None:
    """Write an object with text of another that has its members and more; None where it has not.

    Args:
        wire: what is to be written.
        value: where it may come from; an object with one member may stand around it.
        text: the JSON text of that.
    """
    if same(wire, value):
        return text
    if type(value) is not dict:
        return None
    spans = member_spans(text)
    if type(wire) is dict and wire.keys() <= value.keys():
        parts = {name: _part(member, value[name], text[slice(*spans[name])]) for name, member in wire.items()}
        if None not in parts.values():
            return f"{{{','.join(f'{json.dumps(name, ensure_ascii=False)}:{part}' for name, part in parts.items())}}}"
    if len(value) > 1:
        return None
    return next((_part(wire, inner, text[slice(*spans[name])]) for name, inner in value.items()), None)


def _at(text: str, path: Path) -> str:
    for step in path:
        if step is None:
            text = json.loads(text).removeprefix("\ufeff").strip(_BLANKS)
        elif isinstance(step, str):
            text = text[slice(*span(text, step))]
        else:
            text = text[slice(*next(islice(item_spans(text), step, None)))]
    return text


def _inside(text: str) -> str | None:
    """Give JSON text that was read as the document in it, without what stands around that; None for other text."""
    with suppress(DecodeError):
        if looks_embedded(text) and decode(text):
            return text.removeprefix("\ufeff").strip(_BLANKS)
    return None
