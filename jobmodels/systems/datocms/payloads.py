"""What a job of DatoCMS gives: the JSON:API body of the delayed answer, or what its imports and exports say.

Which class a payload is of is told by its keys, in the order of `Payload`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from jobmodels._job import Counts, JobError, Origin
from jobmodels._numbers import Numerals
from jobmodels._record import Raw
from jobmodels.systems.datocms._record import DatocmsRecord

__all__ = [
    "BulkMeta",
    "BulkResult",
    "Document",
    "Entity",
    "ExportResult",
    "ImportResult",
    "ItemError",
    "Payload",
    "ValidationResult",
]


class Entity(DatocmsRecord):
    """A resource of JSON:API: a record, a model, a field, an upload; or an error, whose `type` is `api_error`.

    Source: contracts page of DatoCMS, 2.2 and 2.5.

    Attributes:
        id: text; the vendor's own documentation has numbers too.
        type: as `item`, `item_type`, `field`.
        attributes: what the project itself defines, hence raw.
    """

    type: str
    id: str | int | None = None
    attributes: Mapping[str, Raw] | None = None
    relationships: Mapping[str, Raw] | None = None
    meta: Mapping[str, Raw] | None = None


class BulkMeta(DatocmsRecord):
    """How many items of a bulk operation went well. Source: contracts page of DatoCMS, 2.2."""

    successful: int | None = None
    failed: int | None = None

    def counted(self, numerals: Numerals, path: str) -> Counts:
        """Take the counts that the vendor gives; it has none of all items."""
        return Counts(
            succeeded=numerals.count(whole_of(self.successful), f"{path}/successful"),
            failed=numerals.count(whole_of(self.failed), f"{path}/failed"),
        )


class BulkResult(DatocmsRecord):
    """The answer of a bulk operation: publish, destroy, move, tag. Source: contracts page of DatoCMS, 2.2.

    Attributes:
        meta: the counts; `data` is empty where they are all that is told.
    """

    meta: BulkMeta
    data: Entity | Sequence[Entity | Raw] | Raw = None
    included: Sequence[Entity | Raw] | None = None

    @property
    def entities(self) -> tuple[Entity | Raw, ...]:
        """The resources in `data`, whether one, several or none."""
        return listed(self.data)

    def counted(self, numerals: Numerals, path: str) -> Counts:
        """Take the counts of `meta`."""
        meta: Any = self.meta
        return meta.counted(numerals, f"{path}/meta") if isinstance(meta, BulkMeta) else Counts()


class Document(DatocmsRecord):
    """The answer of any other operation: records that were created, models that were migrated.

    Source: contracts page of DatoCMS, 2.2.

    Attributes:
        data: one resource, several, or null.
        included: resources that stand in relation to them.
    """

    data: Entity | Sequence[Entity | Raw] | Raw
    included: Sequence[Entity | Raw] | None = None

    @property
    def entities(self) -> tuple[Entity | Raw, ...]:
        """The resources in `data`, whether one, several or none."""
        return listed(self.data)


class ItemError(DatocmsRecord):
    """What is wrong with one item of the content. Source: seed of DatoCMS, "Job Types and Their Payloads"."""

    item_id: str | int
    message: str


class ImportResult(DatocmsRecord):
    """What an import did. Source: seed of DatoCMS, "Job Types and Their Payloads".

    Attributes:
        errors: what went wrong with single records; the form of an entry is nowhere described.
    """

    imported_records: int
    skipped_records: int | None = None
    errors: Sequence[ItemError | Raw] | None = None

    def counted(self, numerals: Numerals, path: str) -> Counts:
        """Take the records that were imported; whether those that were skipped had failed is not said."""
        return Counts(succeeded=numerals.count(whole_of(self.imported_records), f"{path}/imported_records"))

    def item_errors(self, path: str) -> Iterator[JobError]:
        """Read one error for each entry; whatever stands in place of a list is one entry."""
        if isinstance(self.errors, (tuple, list)):
            yield from (_item_error(entry, f"{path}/errors/{place}") for place, entry in enumerate(self.errors))
        elif self.errors:
            yield _item_error(self.errors, f"{path}/errors")


class ExportResult(DatocmsRecord):
    """Where the exported content can be had. Source: seed of DatoCMS, "Job Types and Their Payloads"."""

    download_url: str
    expires_at: datetime | None = None


class ValidationResult(DatocmsRecord):
    """What a validation found; its errors are its product. Source: seed of DatoCMS, as above."""

    errors: Sequence[ItemError | Raw]


Payload: TypeAlias = ImportResult | ExportResult | BulkResult | Document | ValidationResult | Raw
"""What a job gives; what no keys tell stays as it came. An import has `errors` as a validation has, so it is first."""


def listed(data: Any) -> tuple[Any, ...]:
    """Give the resources of a JSON:API document as a sequence, whatever stands there."""
    if isinstance(data, (tuple, list)):
        return tuple(data)
    return () if data is None else (data,)


def whole_of(value: Any) -> Any:
    """Take a float that is a whole number as that number, as JSON does; typing has noticed it."""
    return int(value) if type(value) is float and value.is_integer() else value


def _item_error(entry: Any, path: str) -> JobError:
    if isinstance(entry, ItemError):
        item = entry.item_id if type(entry.item_id) in (str, int) else None
        more = dict(entry.extra) or None
        return JobError(
            message=entry.message, origin=Origin.ITEM, item=None if item is None else str(item), path=path, details=more
        )
    said = entry.get("message") if type(entry) is dict else entry
    return JobError(message=said, origin=Origin.ITEM, path=path, details=entry if type(entry) is dict else None)
