"""Errors that single items of the work carry, inside results that otherwise succeeded (E19 of the contracts page).

The readers take any value and give nothing for what says nothing. Paths are relative to the record that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from jobmodels._job import Counts, JobError, Origin
from jobmodels._numbers import count
from jobmodels._record import Record
from jobmodels.systems.alation._shapes import field_map, split

STATEMENT = "the service gave no reason that can be read"
_WORDS = ("errors", "error", "detail")
_SAID = ("error", "error_message", "detail", "message", "Message")
_NAMES = ("key", "external_id", "id", "name", "title")


def listed(value: Any) -> tuple[Any, ...]:
    """Give the entries of an array; none of anything else."""
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def length(value: Any) -> int | None:
    """Count the entries of an array; None for anything else."""
    return len(value) if isinstance(value, (list, tuple)) else None


def present(value: Any) -> int | None:
    """Count the entries of an array that are not null; None for anything else."""
    return None if length(value) is None else sum(entry is not None for entry in value)


def succeeded(given: Any) -> Counts | None:
    """Take the count of successes that the vendor gives; None where it is no count."""
    number = count(given)
    return None if number is None else Counts(succeeded=number)


def total(*counts: int | None) -> int | None:
    """Add up what is known; None where nothing is."""
    known = [number for number in counts if number is not None]
    return sum(known) if known else None


def entry_errors(value: Any, path: str, *, numbered: bool = False, item: str | None = None) -> Iterator[JobError]:
    """Read a list of errors, or an error that stands alone; null and empty entries say that all is well.

    Args:
        value: the list.
        path: where it stands.
        numbered: whether the position of an entry is that of an item in the request.
        item: the vendor's name of the item that all of them are about.
    """
    alone = length(value) is None
    for index, entry in enumerate((value,) if alone else value):
        if entry not in (None, "", {}, []):
            place = index if numbered and not alone else None
            for error in _entry(entry, path if alone else f"{path}/{index}"):
                yield attrs.evolve(error, origin=Origin.ITEM, index=place, item=item or error.item)


def carried_errors(items: Any, path: str) -> Iterator[JobError]:
    """Read the items of a list that carry error words beside what tells them."""
    for index, item in enumerate(listed(items)):
        members = item.extra if isinstance(item, Record) else item
        if members and isinstance(members, Mapping):
            word = next((word for word in _WORDS if members.get(word)), None)
            if word is not None:
                yield from entry_errors(members[word], f"{path}/{index}/{word}", item=_name(item))


def _entry(entry: Any, path: str) -> Iterator[JobError]:
    """Read one entry: text, an object that says it in a word, or a field map."""
    told = [entry.get(name) for name in _SAID] if isinstance(entry, dict) else [entry]
    said = next((text for text in told if isinstance(text, str) and text.strip()), None)
    fields = tuple(field_map(entry, path)) if said is None and isinstance(entry, dict) else ()
    code, message = split(said or STATEMENT)
    details = entry if isinstance(entry, dict) else None
    alone = JobError(message=message, code=code, origin=Origin.ITEM, item=_name(entry), path=path, details=details)
    yield from fields or (alone,)


def _name(entry: Any) -> str | None:
    """Give the vendor's name or id of an item."""
    if isinstance(entry, Record):
        told = [getattr(entry, name, None) for name in _NAMES]
    else:
        told = [entry.get(name) for name in _NAMES] if isinstance(entry, dict) else []
    return next((str(name) for name in told if type(name) in (str, int) and name != ""), None)
