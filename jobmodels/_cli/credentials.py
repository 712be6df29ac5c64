"""Headers that carry credentials: from the environment or from a file, never from the command line, never shown."""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from jobmodels._cli.arguments import WrongUse
from jobmodels._secrets import MASK
from jobmodels.clients._guard import origin_of
from jobmodels.clients._service import Auth

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_GIVEN = re.compile(rf"({_NAME})=(?:([A-Za-z][A-Za-z0-9-]*)[ ]+)?([A-Za-z_][A-Za-z0-9_]*)(?:@(\S+))?")
_LINE = re.compile(rf"({_NAME})[ \t]*:(.*)")
_SHORTEST = 6
"""Letters of a value that is masked wherever it shows; shorter ones stand in too many words."""

_POSIX = os.name == "posix"
_OTHERS = 0o077


@attrs.frozen
class Header:
    """A header field with a credential, and the one service that it is for; None where there is only one."""

    name: str
    value: str = attrs.field(repr=False)
    origin: str | None = None


class Credentials:
    """What is sent to whom, and what must not show."""

    def __init__(self, variables: Iterable[str], file: Path | None) -> None:
        """Take headers from the environment, each as `NAME=VARIABLE`, and those of a file.

        Raises:
            WrongUse: they cannot be had.
        """
        self._secrets: frozenset[str] = frozenset()
        self._several = False
        self._fixed = [self._hidden(_from_environment(given)) for given in variables]
        self._file = file
        self._kept = self._read()

    def auth(self, origin: str) -> Auth:
        """Give the headers for a service, or what reads them anew."""

        def anew() -> Mapping[str, str]:
            self._kept = self._read_again()
            return self._for(origin)

        # What is no file, as a pipe, can be read only once.
        return anew if self._file and self._file.is_file() else self._for(origin)

    def meant_for(self, origins: Iterable[str]) -> None:
        """Make sure that each header is for one of these services, and that it is clear for which.

        Raises:
            WrongUse: it is not.
        """
        known = sorted(set(origins))
        self._several = len(known) > 1
        for header in [*self._fixed, *self._kept]:
            if header.origin is None and self._several:
                raise WrongUse(
                    f"the header {header.name}: the tickets belong to {len(known)} services; say for which it is, as "
                    f"NAME=VARIABLE@{known[0]}, or below a line [{known[0]}] of the file"
                )
        for header in self._fixed:
            if header.origin not in (None, *known):
                raise WrongUse(f"the header {header.name} is for {header.origin}, to which no ticket belongs")

    def hide(self, value: Any) -> Any:
        """Copy JSON, or text, with the credentials masked that some service may have sent back."""
        if isinstance(value, str):
            for secret in sorted(self._secrets, key=len, reverse=True):
                value = value.replace(secret, MASK)
            return value
        if isinstance(value, dict):
            return {name: self.hide(member) for name, member in value.items()}
        return [self.hide(item) for item in value] if isinstance(value, list) else value

    def _for(self, origin: str) -> dict[str, str]:
        """Choose what is for a service; of several services, none gets what does not say for whom it is."""
        wanted = {origin} if self._several else {origin, None}
        return {header.name.lower(): header.value for header in [*self._kept, *self._fixed] if header.origin in wanted}

    def _read(self) -> list[Header]:
        return [] if self._file is None else [self._hidden(header) for header in _from_file(self._file)]

    def _read_again(self) -> list[Header]:
        """Read the file once more; while whoever writes it is at it, what was read before counts."""
        try:
            return self._read() or self._kept
        except WrongUse:
            return self._kept

    def _hidden(self, header: Header) -> Header:
        scheme, _, rest = header.value.partition(" ")
        told = {header.value, rest, _decoded(rest) if scheme.lower() == "basic" else ""}
        told |= {text.partition(":")[2] for text in told}
        self._secrets |= {text for text in told if len(text) >= _SHORTEST}
        return header


def _from_environment(given: str) -> Header:
    """Read an option; behind the sign of equality a secret may stand by mistake, so that none of it is shown."""
    found = _GIVEN.fullmatch(given)
    if not found:
        raise WrongUse("--header-env takes NAME=VARIABLE, the name of an environment variable and never the value")
    name, scheme, variable, origin = found.groups()
    value = os.environ.get(variable, "").strip()
    if not value:
        raise WrongUse(f"--header-env {name}: there is no environment variable of that name, or it is empty")
    if scheme and scheme.lower() == "basic" and ":" in value:
        value = base64.b64encode(value.encode()).decode()
    told = f"{scheme} {value}" if scheme else value
    return _checked(Header(name, told, origin and _origin(origin, f"--header-env {name}")), f"--header-env {name}")


def _from_file(path: Path) -> Iterator[Header]:
    try:
        with path.open("rb") as file:
            if _POSIX and os.fstat(file.fileno()).st_mode & _OTHERS:
                mode = stat.filemode(os.fstat(file.fileno()).st_mode)
                raise WrongUse(f"--headers-file {path}: others can get at it ({mode}); mend it with: chmod 600 {path}")
            text = file.read().decode("utf-8-sig")
    except OSError as error:
        raise WrongUse(f"--headers-file {path}: it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"--headers-file {path}: it is not UTF-8") from None
    origin = None
    for number, line in enumerate(text.splitlines(), 1):
        where = f"--headers-file {path}:{number}"
        told = line.strip()
        if not told or told.startswith("#"):
            continue
        if told.startswith("[") and told.endswith("]"):
            origin = _origin(told[1:-1], where)
        elif found := _LINE.fullmatch(told):
            yield _checked(Header(found[1], found[2].strip(), origin), where)
        else:
            raise WrongUse(f"{where}: it is not `Name: value`")


def _origin(url: str, where: str) -> str:
    try:
        return origin_of(url)
    except ValueError:
        raise WrongUse(f"{where}: what says for whom it is is no origin, as https://service.example") from None


def _checked(header: Header, where: str) -> Header:
    """Let through what a header can carry; a library that refuses it would show it."""
    if not header.value or not header.value.isascii() or not header.value.isprintable():
        raise WrongUse(f"{where}: the value of {header.name} is not one that a header can carry")
    return header


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""
