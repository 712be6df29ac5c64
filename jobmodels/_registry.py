"""The registry: all endpoints, as a value. Mark first, collect later."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, TypeVar, overload

from jobmodels._convert import plan_of
from jobmodels._job import Key
from jobmodels._system import Endpoint, marks_of
from jobmodels._types import classes_of
from jobmodels.errors import DuplicateEndpoint, NoSuchEndpoint

T = TypeVar("T")

GROUP = "jobmodels.systems"
"""The entry point group in which other packages name the modules of their endpoints."""


class Registry(Mapping[Key, Endpoint]):
    """A frozen mapping from keys to endpoints, in the order of keys; plain text of the same spelling is a key."""

    __slots__ = ("_endpoints", "_homes")

    def __init__(self, endpoints: Iterable[Endpoint] = ()) -> None:
        """Take endpoints.

        Raises:
            DuplicateEndpoint: two of them claim one key.
            UnsupportedClass: the class of one cannot be read from the wire.
        """
        told: dict[Key, Endpoint] = {}
        for endpoint in endpoints:
            known = told.setdefault(endpoint.key, endpoint)
            if known != endpoint:
                raise DuplicateEndpoint(endpoint.key, _name(known), _name(endpoint))
            plan_of(endpoint.cls)
            classes_of(endpoint.cls)
        self._endpoints = dict(sorted(told.items()))
        self._homes = {
            endpoint.cls: endpoint
            for endpoint in reversed(self._endpoints.values())
            if endpoint in marks_of(endpoint.cls)[:1] or not marks_of(endpoint.cls)
        }

    def __getitem__(self, key: object) -> Endpoint:
        """Find an endpoint by its key.

        Raises:
            NoSuchEndpoint: also a KeyError; names the keys that are spelled nearly so.
        """
        if isinstance(key, str) and key in self._endpoints:
            return self._endpoints[key]  # type: ignore[index]
        raise NoSuchEndpoint(str(key), self.near(str(key)))

    @overload
    def get(self, key: str) -> Endpoint | None: ...
    @overload
    def get(self, key: str, default: Endpoint) -> Endpoint: ...
    @overload
    def get(self, key: str, default: T) -> Endpoint | T: ...
    def get(self, key: str, default: Any = None) -> Any:
        """Find an endpoint by its key, or give the default."""
        return self._endpoints.get(key, default)  # type: ignore[call-overload]

    def near(self, key: str) -> tuple[str, ...]:
        """Find the keys that are spelled nearly so, best first; for a long key this takes long."""
        return tuple(difflib.get_close_matches(key, self._endpoints, n=3, cutoff=0.7))

    def __iter__(self) -> Iterator[Key]:
        """Keys, in alphabetic order."""
        return iter(self._endpoints)

    def __len__(self) -> int:
        """How many endpoints there are."""
        return len(self._endpoints)

    def __or__(self, other: Mapping[Key, Endpoint]) -> Registry:
        """Join two registries.

        Raises:
            DuplicateEndpoint: both hold another endpoint under one key.
        """
        return Registry([*self.values(), *other.values()])

    def __hash__(self) -> int:
        """Hash by the keys."""
        return hash(tuple(self._endpoints))

    def __repr__(self) -> str:
        """Show how many there are, not all of them."""
        systems = sorted({key.system for key in self})
        return f"<Registry of {len(self)} endpoints: {', '.join(systems)}>"

    def home(self, cls: type) -> Endpoint:
        """Find the home endpoint of a details class; a marked class brings its own.

        Raises:
            NoSuchEndpoint: no endpoint has this class.
        """
        if cls in self._homes:
            return self._homes[cls]
        for mark in marks_of(cls):
            return mark
        raise NoSuchEndpoint(cls.__name__)


def _name(endpoint: Endpoint) -> str:
    return f"{endpoint.cls.__module__}.{endpoint.cls.__qualname__}"


def collect(*sources: ModuleType | type | Endpoint) -> Registry:
    """Collect endpoints.

    Args:
        sources: modules whose classes are marked, or that hold endpoints made by `System.endpoint`; a package is
            walked with all its modules. Marked classes and endpoints themselves do as well.

    Raises:
        DuplicateEndpoint: two endpoints claim one key.
    """
    return Registry(endpoint for source in sources for endpoint in _endpoints_of(source))


def _endpoints_of(source: Any) -> Iterator[Endpoint]:
    if isinstance(source, ModuleType):
        for module in _modules(source):
            for value in vars(module).values():
                if isinstance(value, Endpoint) or getattr(value, "__module__", None) == module.__name__:
                    yield from _endpoints_of_value(value)
    else:
        yield from _endpoints_of_value(source)


def _endpoints_of_value(value: Any) -> Iterator[Endpoint]:
    if isinstance(value, Endpoint):
        yield value
    elif isinstance(value, type):
        yield from marks_of(value)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
        if not found.name.endswith(".__main__"):
            yield importlib.import_module(found.name)


@cache
def registry() -> Registry:
    """Give the registry of all systems that this installation knows: our own, and those of entry points.

    Other packages name modules in the entry point group `jobmodels.systems`.

    Raises:
        DuplicateEndpoint: an entry point claims a key that is taken.
    """
    from jobmodels import systems

    others = (entry.load() for entry in entry_points(group=GROUP))
    return collect(systems, *others)
