"""Cases: recorded answers with what must be read from them, as files.

A case is one file, `<system>/<endpoint>/<METHOD>/<claim>.json` below a folder of fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from jobmodels._job import Key
from jobmodels._json import decode
from jobmodels._lines import ASKED, BODIES, Answer, answer_of
from jobmodels._spans import span
from jobmodels.errors import CaseError, JobModelsError

_MEMBERS = frozenset({"about", "source", "given", "expect"})
_GIVEN = BODIES | ASKED | {"strict"}
_PARTS = 4


@attrs.frozen(kw_only=True)
class Case:
    """One recorded answer, and the claims about it.

    Attributes:
        path: the file.
        key: the endpoint that answered; the folders of the file.
        about: what happened, as a sentence.
        source: where the answer was seen.
        given: the answer, as the file has it.
        expect: from a member of `Job.to_dict()`, or a JSON Pointer into it, to the value that must be there; or from
            `raises` to the name of an error.
        answer: the answer, ready to be read.
        text: the file.
    """

    path: Path
    key: Key
    about: str
    source: str
    given: Mapping[str, Any] = attrs.field(hash=False, repr=False)
    expect: Mapping[str, Any] = attrs.field(hash=False, repr=False)
    answer: Answer = attrs.field(repr=False)
    text: str = attrs.field(repr=False)

    @property
    def strict(self) -> bool:
        """Whether the answer is read strictly."""
        return bool(self.given.get("strict", False))


def find_cases(folder: Path) -> tuple[Path, ...]:
    """Find the files of cases below a folder, in order; a file is itself."""
    return (folder,) if folder.is_file() else tuple(sorted(folder.rglob("*.json")))


def load_case(path: Path, root: Path | None = None) -> Case:
    """Load a case.

    Args:
        path: the file.
        root: the folder of fixtures; None where only the last three folders of the path matter.

    Raises:
        CaseError: the file is not a case, or does not stand where its key says.
    """
    try:
        return _case(path, key_of(path, root))
    except OSError as error:
        raise CaseError(str(path), f"it cannot be read, {error.strerror}") from None
    except CaseError:
        raise
    except JobModelsError as error:
        raise CaseError(str(path), str(error)) from None


def key_of(path: Path, root: Path | None = None) -> Key:
    """Read the key off the folders in which a file stands.

    Raises:
        CaseError: it stands too high or too low.
        InvalidKey: the folders are not those of a key.
    """
    parts = path.absolute().parts if root is None else path.absolute().relative_to(root.absolute()).parts
    if len(parts) < _PARTS or (root is not None and len(parts) != _PARTS):
        raise CaseError(str(path), "it does not stand in <system>/<endpoint>/<METHOD>/")
    return Key("/".join(parts[-_PARTS:-1]))


def _case(path: Path, key: Key) -> Case:
    content = path.read_bytes()
    told, twice = decode(content)
    text = content.decode().removeprefix("\ufeff")
    if twice:
        raise CaseError(str(path), f"{twice[0].path} is {twice[0].message}")
    members = _object(path, told, "the file", _MEMBERS)
    if missing := sorted(_MEMBERS - members.keys()):
        raise CaseError(str(path), f"it has no member {missing[0]!r}")
    about, source = members["about"], members["source"]
    given = _object(path, members["given"], "given", _GIVEN)
    expect = _object(path, members["expect"], "expect")
    bodies = len(given.keys() & BODIES)
    if bodies > 1 or (not bodies and given.get("status") is None):
        raise CaseError(str(path), "given holds not exactly one of body, text and base64")
    if not (isinstance(about, str) and isinstance(source, str) and isinstance(given.get("strict", False), bool)):
        raise CaseError(str(path), "about and source are to be text, strict true or false")
    if not expect or ("raises" in expect and len(expect) > 1):
        raise CaseError(str(path), "expect claims nothing, or something beside an error")
    answer = answer_of(text[slice(*span(text, "given"))], given, key)
    return Case(path=path, key=key, about=about, source=source, given=given, expect=expect, answer=answer, text=text)


def _object(path: Path, value: Any, name: str, members: frozenset[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CaseError(str(path), f"{name} is not an object")
    if members and (unknown := sorted(value.keys() - members)):
        raise CaseError(str(path), f"{name} has {unknown[0]!r}, expected only {', '.join(sorted(members))}")
    return value
