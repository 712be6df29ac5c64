"""Which places of a line are loose: what its system says of answers, what envelopes say, and additions."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from types import CodeType
from typing import Any

from jobmodels._system import Endpoint, System
from jobmodels._types import classes_of, fields_of
from jobmodels.loose import ADDED, ANY, INSIDE, PART, SUM
from jobmodels.tables._kinds import any_of
from jobmodels.tables._trees import Node

Loose = Callable[[Node], "tuple[str, ...] | None"]
"""Gives the sentences that may stand in a place; None where what stands there decides."""

# The key is a word of the form: no other fits.
_ENVELOPE = {"/key": ("",), "/received_at": ("{moment}",), "/job_id": ("{digits}", "{id}"), "/text": INSIDE}
_BODIES = ("/body", "/text")
COUNTED = frozenset({PART, SUM})
_SCALARS = frozenset({"text", "number", "flag"})


def loose_in(endpoint: Endpoint, *, enveloped: bool, additions: Iterable[str], doubted: Iterable[str] = ()) -> Loose:
    """Say what is loose in the lines of an endpoint.

    Args:
        endpoint: whose answers they are.
        enveloped: whether a line is an envelope, and not the answer itself.
        additions: where members stand that nobody knows, as JSON Pointers into the answer.
        doubted: where something else was found: what stands there, or below, decides what is found.
    """
    bases = _BODIES if enveloped else ("",)
    opted = ADDED in endpoint.system.loose
    added = {base + path for base in bases for path in additions if opted and not _is_known(endpoint, path)}
    closed = tuple(f"{base}{path}/" for base in bases for path in doubted if path)

    def loose(node: Node) -> tuple[str, ...] | None:
        told = _told(endpoint.system, endpoint.key.endpoint, enveloped, node.path)
        if told in COUNTED:
            return told  # What is found of counts follows from how they stand to one another.
        if f"{node.path}/".startswith(closed):
            return None
        if node.kind in _SCALARS:
            above = node.path.rpartition("/")[0]
            unknown = opted and node.named and above in bases and not _is_known(endpoint, node.path)
            if unknown or node.path in added:
                return tuple(any_of(node.kind))
        return tuple(any_of(node.kind)) if told == ANY else told

    return loose


@lru_cache(maxsize=50_000)
def _told(system: System, endpoint: str, enveloped: bool, path: str) -> tuple[str, ...] | None:
    """Give what the system says of a place."""
    places = _places(system, endpoint, enveloped)
    return next((told or None for start, place, told in places if path.startswith(start) and _is(place, path)), None)


@cache
def _places(system: System, endpoint: str, enveloped: bool) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Give the places that the system names: how their paths begin, the patterns of these, and what is said."""
    told: dict[str, tuple[str, ...]] = dict(_ENVELOPE if enveloped else {})
    for pattern, sentences in system.loose.items():
        place = pattern.removeprefix(f"{endpoint}:")
        if place.startswith("/"):
            told |= {base + place: sentences for base in (_BODIES if enveloped else ("",))}
        elif enveloped and ":" not in place:
            told[f"/{place}"] = sentences
    return tuple(
        (place.partition("*")[0], place, sentences) for place, sentences in told.items() if not place.endswith(ADDED)
    )


def _is(place: str, path: str) -> bool:
    return place == path or ("*" in place and _pattern(place).fullmatch(path) is not None)


@cache
def _pattern(place: str) -> re.Pattern[str]:
    tokens = (".+" if token == "**" else "[^/]*" if token == "*" else re.escape(token) for token in place.split("/"))
    return re.compile("/".join(tokens), re.DOTALL)


def _is_known(endpoint: Endpoint, path: str) -> bool:
    """Tell whether a member has a name that a class has, or that the functions of the system may ask for."""
    name = path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return name in _wires(endpoint.cls) or any(name in _vocabulary(home) for home in _homes(endpoint))


@cache
def _wires(cls: type) -> frozenset[str]:
    return frozenset(field.wire for part in classes_of(cls) for field in fields_of(part))


def _homes(endpoint: Endpoint) -> frozenset[str]:
    """Name the packages in which the code of a system stands."""
    system = endpoint.system
    functions = (system.read, system.receipt, system.facts, system.errors)
    # Those that every system has, where it has none of its own, ask for nothing.
    modules = {endpoint.cls.__module__, *(one.__module__ for one in functions)} - {System.__module__}
    return frozenset(name.rpartition(".")[0] or name for name in modules)


@cache
def _vocabulary(home: str) -> frozenset[str]:
    """Collect all words that stand in the code and the tables of a package."""
    modules = [module for name, module in sys.modules.items() if name == home or name.startswith(f"{home}.")]
    words: set[str] = set()
    seen: set[int] = set()
    waiting = [value for module in modules for value in vars(module).values()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            words.add(value)
        elif id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, CodeType):
                words.update(value.co_names)
            waiting += _inside(value, home)
    return frozenset(words)


def _inside(value: Any, home: str) -> Iterable[Any]:
    """Give what a value of a module may have words in: collections, and code that was written there."""
    if isinstance(value, CodeType):
        return value.co_consts
    if isinstance(value, (tuple, list, set, frozenset)):
        return value
    if isinstance(value, Mapping):
        return (*value, *value.values())
    if isinstance(value, property):
        return (value.fget,)
    if isinstance(value, partial):
        return value.func, value.args, value.keywords
    if not str(getattr(value, "__module__", None) or "").startswith(home):
        return ()
    if isinstance(value, type):
        return vars(value).values()
    return [getattr(value, name, None) for name in ("__wrapped__", "__func__", "__code__")]
