"""Strict JSON, and the one walk that every value from outside passes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from jobmodels._job import Finding
from jobmodels._offsets import counted_in, excess
from jobmodels.errors import ContractError, DecodeError

MAX_DEPTH = 200
"""How many objects and arrays may stand inside each other."""

_LEAVES = frozenset({str, int, float, bool, type(None)})
MAX_DIGITS = 4300
"""How many digits an integer may have: Python writes no longer one as text."""

LONGEST = 10**MAX_DIGITS
"""Beyond the largest integer that is taken."""

_MANY = 1000
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_EMBEDDED = re.compile(
    rf"\ufeff?\s*(?:\{{\s*[\"}}]|\[\s*(?:[\[{{\"\]]|(?:{_NUMBER}|true|false|null)\s*[,\]]))", re.ASCII
)


def loads(text: str | bytes | bytearray | memoryview) -> Any:
    """Decode one JSON document.

    Integers are exact, whatever their size up to 4,300 digits; of members given twice the last one counts.

    Args:
        text: text, or UTF-8 bytes; a byte order mark is passed over.

    Returns:
        dict, list, str, int, float, bool or None.

    Raises:
        DecodeError: with code `empty-body` for nothing but blanks, `too-deep` beyond 200 levels, else `invalid-json`:
            bad UTF-8, NaN and infinities, numbers that a float cannot hold, anything behind the document.
    """
    return decode(text)[0]


def decode(text: object) -> tuple[Any, tuple[Finding, ...]]:
    """Decode as `loads` does, and report the members that were given twice with different values."""
    plain = _as_text(text)
    twice: list[tuple[dict[str, Any], str]] = []
    try:
        try:
            value = _document(plain, _ONCE)
        except _GivenTwice:
            value = _document(plain, _decoder(_collecting(twice)))
        may_be_deep = type(value) not in _LEAVES and plain.count("[") + plain.count("{") > MAX_DEPTH
        if may_be_deep and not is_plain(value):
            raise RecursionError
    except json.JSONDecodeError as error:
        raise DecodeError(
            "invalid-json", error.msg.lower().removesuffix(" at"), counted_in(text, plain, error.pos)
        ) from None
    except DecodeError as error:
        raise _beyond(text, plain, error.code, error.reason) from None
    except RecursionError:
        raise _beyond(text, plain, "too-deep", f"more than {MAX_DEPTH} levels") from None
    except ValueError:
        raise _beyond(text, plain, "invalid-json", f"a number of more than {MAX_DIGITS:,} digits") from None
    return value, tuple(_places(value, twice)) if twice else ()


def _beyond(text: object, plain: str, code: str, reason: str) -> DecodeError:
    offset = excess(plain, MAX_DEPTH, MAX_DIGITS)
    return DecodeError(code, reason, None if offset is None else counted_in(text, plain, offset))


def _as_text(text: object) -> str:
    if isinstance(text, (bytes, bytearray, memoryview)):
        try:
            text = bytes(text).decode("utf-8")
        except UnicodeDecodeError as error:
            raise DecodeError("invalid-json", "not UTF-8", error.start) from None
    if not isinstance(text, str):
        raise DecodeError("invalid-json", f"expected text or bytes, got {type(text).__name__}")
    text = text.removeprefix("\ufeff")
    if not text or text.isspace():
        raise DecodeError("empty-body", "nothing there")
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise DecodeError("invalid-json", f"{name} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise DecodeError("invalid-json", "a number that no float can hold")
    return value


class _GivenTwice(ValueError):
    """A member is given twice: rare enough to decode once more and look closer."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise _GivenTwice
    return told


def _collecting(twice: list[tuple[dict[str, Any], str]]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        told = dict(pairs)
        if len(told) != len(pairs):
            twice.extend((told, name) for name, value in pairs if not same(told[name], value))
        return told

    return members


def _document(text: str, decoder: json.JSONDecoder) -> Any:
    """Decode; text that begins with its document, as most does, goes straight to the scanner."""
    try:
        value, end = decoder.scan_once(text, 0)  # type: ignore[attr-defined]
    except StopIteration:
        return decoder.decode(text)
    return value if end == len(text) or text[end:].strip(" \t\r\n") == "" else decoder.decode(text)


def _decoder(members: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=members, parse_constant=_refuse_constant, parse_float=_finite)


_ONCE = _decoder(_once)
scan: Callable[[str, int], tuple[Any, int]] = _ONCE.scan_once  # type: ignore[attr-defined]
"""Decodes the document that begins at a place of a text, and says where it ends.

Raises `StopIteration`, a `ValueError` or `RecursionError` for anything else, and where a member is given twice.
"""


def _places(value: Any, twice: list[tuple[dict[str, Any], str]]) -> Iterable[Finding]:
    names: dict[int, list[str]] = {}
    for holder, name in twice:
        names.setdefault(id(holder), []).append(name)
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while stack:
        path, holder = stack.pop()
        for name in dict.fromkeys(names.get(id(holder), ())):
            yield Finding("duplicate-key", pointer([*path, name]), "given twice with different values")
        items = holder.items() if isinstance(holder, dict) else enumerate(holder)
        stack.extend(((*path, name), item) for name, item in items if isinstance(item, (dict, list)))


def looks_embedded(text: str) -> bool:
    """Tell whether text begins as a JSON object or array must; prose in brackets does not."""
    return _EMBEDDED.match(text) is not None


def same(one: object, other: object) -> bool:
    """Compare wire values exactly, types included: 1, 1.0 and True differ."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(item, other[name]) for name, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def admit(value: object) -> Any:
    """Let a value from outside in: plain dicts, lists and leaves, bounded in depth.

    Args:
        value: what a caller decoded; subclasses of dict and list, other mappings, and tuples are converted. Bytes
            inside become text of one character for each, as Avro writes them in JSON. An exception may stand for an
            answer that never came.

    Returns:
        The value itself when it is plain already, else a plain copy.

    Raises:
        ContractError: more than 200 levels (`too-deep`), or something that JSON has no word for (`wrong-type`).
    """
    return value if is_plain(value) else _copied(value)


def is_plain(value: object, levels: int = MAX_DEPTH) -> bool:
    """Tell whether all is as JSON decodes; what holds itself is too deep, however often it does."""
    if type(value) in _LEAVES:
        return type(value) is not int or -LONGEST < value < LONGEST
    level: Iterable[Any] = (value,)
    while levels > 0:
        below: list[Any] = []
        for holder in level:
            if type(holder) is dict:
                for name, item in holder.items():
                    kind = type(item)
                    if type(name) is not str or (kind is int and not -LONGEST < item < LONGEST):
                        return False
                    if kind not in _LEAVES:
                        below.append(item)
            elif type(holder) is list:
                for item in holder:
                    kind = type(item)
                    if kind is int:
                        if not -LONGEST < item < LONGEST:
                            return False
                    elif kind not in _LEAVES:
                        below.append(item)
            else:
                return False
        if not below:
            return True
        level = below if len(below) < _MANY else {id(holder): holder for holder in below}.values()
        levels -= 1
    return False


def _copied(value: object) -> Any:
    root: list[Any] = [None]
    stack: list[tuple[Any, Any, object, tuple[str | int, ...]]] = [(root, 0, value, ())]
    while stack:
        holder, place, item, path = stack.pop()
        if isinstance(item, (Mapping, list, tuple)):
            if len(path) >= MAX_DEPTH:
                raise _refused("too-deep", (), f"more than {MAX_DEPTH} levels")
            copy: Any
            pairs: list[tuple[Any, Any]]
            if isinstance(item, Mapping):
                if not all(isinstance(name, str) for name in item):
                    raise _refused("wrong-type", path, "a member name that is not text")
                pairs = [(str.__str__(name), inner) for name, inner in item.items()]
                copy = dict.fromkeys(name for name, _ in pairs)
            else:
                copy = [None] * len(item)
                pairs = list(enumerate(item))
            holder[place] = copy
            stack.extend((copy, name, inner, (*path, name)) for name, inner in pairs)
        else:
            holder[place] = _leaf(item, path)
    return root[0]


def _leaf(item: object, path: tuple[str | int, ...]) -> Any:
    if isinstance(item, (bool, BaseException)) or item is None:
        return item
    if isinstance(item, str):
        return str.__str__(item)
    if isinstance(item, float):
        return float.__float__(item)
    if isinstance(item, (bytes, bytearray)):
        return item.decode("latin-1")
    if not isinstance(item, int):
        raise _refused("wrong-type", path, f"{type(item).__name__} is not a JSON value")
    if not -LONGEST < item < LONGEST:
        raise _refused("wrong-type", path, "a number of more than 4,300 digits")
    return int.__int__(item)


def _refused(rule: str, path: Iterable[str | int], message: str) -> ContractError:
    return ContractError("a JSON value", (Finding(rule, pointer(path), message),))


def pointer(tokens: Iterable[str | int]) -> str:
    """Write a JSON Pointer (RFC 6901)."""
    return "".join(f"/{token}" if isinstance(token, int) else f"/{escaped(token)}" for token in tokens)


def escaped(token: str) -> str:
    """Escape one token of a JSON Pointer."""
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def resolve(document: Any, path: str) -> Any:
    """Follow a JSON Pointer.

    Raises:
        LookupError: there is nothing at that place.
    """
    for token in path.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document[name]
        elif isinstance(document, list) and name.isascii() and name.isdigit():
            document = document[int(name)]
        else:
            raise LookupError(path)
    return document
