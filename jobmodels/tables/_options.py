"""How lines are read into tables, as a value that travels to worker processes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module

import attrs

from jobmodels._registry import Registry, collect, registry

KEEP, REJECT = "keep", "reject"


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Take names, or one."""
    return (given,) if isinstance(given, str) else tuple(given)


def _known(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if value not in (KEEP, REJECT):
        raise ValueError(f"{attribute.name}: expected {KEEP!r} or {REJECT!r}, got {value!r}")


@attrs.frozen(kw_only=True)
class Options:
    """How lines are read.

    Attributes:
        key: the endpoint of lines that do not name their own.
        modules: modules, dotted, whose endpoints join those that are installed.
        on_finding: `keep` lines with findings, or `reject` those with one from severity `change` upward.
        keep_raw: whether each row holds its line, unredacted.
        typed: the endpoint whose answers get a table of their own too.
    """

    key: str | None = None
    modules: tuple[str, ...] = attrs.field(default=(), converter=_names)
    on_finding: str = attrs.field(default=KEEP, validator=_known)
    keep_raw: bool = False
    typed: str | None = None

    @property
    def strict(self) -> bool:
        """Whether findings from severity `change` upward refuse a line."""
        return self.on_finding == REJECT

    @property
    def endpoints(self) -> Registry:
        """The endpoints to look in; the modules are imported at the first use in a process.

        Raises:
            ImportError: one of the modules cannot be imported.
            DuplicateEndpoint: two endpoints claim one key.
        """
        return _endpoints(self.modules)

    def checked(self) -> Options:
        """Look for modules, and for the endpoint of lines that do not name their own, before there are any.

        Raises:
            ImportError: one of the modules cannot be imported.
            NoSuchEndpoint: there is none with this key.
        """
        if self.key is not None:
            self.endpoints[self.key]
        elif self.modules:
            _endpoints(self.modules)
        return self


@cache
def _endpoints(modules: tuple[str, ...]) -> Registry:
    return registry() | collect(*map(import_module, modules)) if modules else registry()
