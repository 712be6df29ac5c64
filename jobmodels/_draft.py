"""An answer while it is read: what came, what it is typed as, what the system says of it."""

from __future__ import annotations

from typing import Any

import attrs

from jobmodels._convert import holds, hollow, is_told, read_as
from jobmodels._job import Finding
from jobmodels._system import Asked
from jobmodels._told import Facts, Opened, Reading, Receipt

NO_FACTS = Facts()


@attrs.define(kw_only=True)
class Draft:
    """A job while it is read.

    Attributes:
        opened: what came.
        asked: the question.
        reading: what the system found in it, with the document that was typed.
        details: the document, typed.
        base: where the document stands in the answer, as a JSON Pointer.
        held: whether it is a document of the details class.
        misfit: whether it is none, so that what typing noticed says nothing.
        facts: what the system reads in the details.
        receipt: what the system reads in the document, where it is a receipt.
        findings: what typing noticed.
    """

    opened: Opened
    asked: Asked
    reading: Reading
    details: Any
    base: str = ""
    held: bool = False
    misfit: bool = False
    facts: Facts = NO_FACTS
    receipt: Receipt | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def document(self) -> Any:
        """The document that was typed."""
        return self.reading.document

    @property
    def noticed(self) -> tuple[Finding, ...]:
        """What decoding, typing and the system noticed, with paths into the document."""
        whole = (*self.opened.findings, *self.findings)
        inside = tuple(attrs.evolve(finding, path=finding.path.removeprefix(self.base)) for finding in whole)
        return (*inside, *self.facts.findings)


def draft_of(opened: Opened, asked: Asked, reading: Reading | None = None) -> Draft:
    """Type an answer and let the system read it. A list of one document of the class is that document."""
    cls, system = asked.endpoint.cls, asked.endpoint.system
    if reading is None:
        reading = system.read(asked, opened)
    document, base = reading.document, ""
    if type(document) is list and len(document) == 1 and holds(cls, document[0]):
        document, base = document[0], "/0"
    deep = any(finding.rule == "too-deep" for finding in opened.findings)
    if deep and not opened.readable and document is opened.document:
        document = None
    if document is not reading.document:
        reading = attrs.evolve(reading, document=document)
    # A document that the system made of something unreadable is typed as well.
    readable = opened.readable or document is not opened.document
    details, findings = read_as(document, cls, admitted=document is opened.document) if readable else (None, ())
    fits = isinstance(details, cls)
    if not fits:
        details = hollow(document, cls)
    draft = Draft(
        opened=opened, asked=asked, reading=reading, details=details, base=base,
        held=is_told(cls) and holds(cls, document), findings=below(base, findings),
    )  # fmt: skip
    if readable and not (opened.empty and document is opened.document):
        draft.receipt = system.receipt(asked, document)
        # A listing says nothing about one job, even if one is all that it lists.
        draft.facts = NO_FACTS if base and reading.listed is not None else system.facts(asked, details)
        draft.misfit = not fits or not (is_told(cls) or draft.receipt or draft.facts.meaning)
    return draft


def below(base: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Put findings below the place where the document stands."""
    return tuple(attrs.evolve(finding, path=base + finding.path) for finding in findings) if base else findings
