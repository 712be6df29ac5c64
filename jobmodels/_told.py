"""What the functions of a system are given and give back: an opened answer; what a word, an answer, a receipt mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs

from jobmodels._job import Counts, Finding, JobError, JobState, text_or_none
from jobmodels._wire import Response, Ticket


@attrs.frozen
class Meaning:
    """What a native word means: a state, and whether the job has ended (None: not known)."""

    state: JobState
    finished: bool | None


OPEN = Meaning(JobState.UNKNOWN, finished=None)
"""Nothing is known of the job."""


@attrs.frozen(kw_only=True)
class Opened:
    """What came, as far as it could be decoded.

    Attributes:
        raw: the answer as decoded; bytes where nothing could be decoded.
        document: what is to be read; text where there is no JSON.
        readable: whether the document is of the form that the API speaks.
        empty: whether nothing came.
        errors: why it is not readable.
        findings: what decoding noticed.
        response: the response, where there was one.
    """

    raw: Any
    document: Any = None
    readable: bool = True
    empty: bool = False
    errors: tuple[JobError, ...] = ()
    findings: tuple[Finding, ...] = ()
    response: Response | None = None


@attrs.frozen(kw_only=True)
class Listed:
    """One entry of a list of jobs.

    Attributes:
        document: the entry; part of the answer, or made of it.
        cls: the details class it is typed as. Where the class has a home, the entry is read under that key.
        reading: what is known of the entry besides; None lets the system look.
        findings: what decoding noticed in the entry, with paths into its document.
    """

    document: Any
    cls: type
    reading: Reading | None = None
    findings: tuple[Finding, ...] = ()


@attrs.frozen(kw_only=True)
class Reading:
    """What a system finds in an answer before anything is typed.

    Paths of errors and findings are JSON Pointers into the answer as it came.

    Attributes:
        document: what is to be typed; part of the answer, or made of it.
        native_state: the vendor's word, where it is not in the document.
        meaning: what the answer as a whole proves, whatever the words inside say; None where they decide.
        message: the vendor's sentence, where it is not in the document.
        id: the id of the job, where it is not in the document.
        accepted: for cancels and deletes, whether the service said yes.
        consumed: whether this read removed the result on the server.
        retry_after: seconds, where another header than `Retry-After` says it.
        ambiguous: whether the answer may mean two things.
        counts: how many items, where they are not read from typed details.
        listed: for lists, the entries in order.
        total: for lists, how many entries there are on all pages.
        next: for lists, what asks for the next page.
        errors: what the answer itself shows to be wrong.
        findings: what the contract does not foresee.
        any_type: whether an answer of any content type was due, so that none is a finding.
        hangs_on: places that the meaning hangs on, as JSON Pointers: a member given twice there leaves it open.
    """

    document: Any
    native_state: str | None = None
    meaning: Meaning | None = None
    message: str | None = None
    id: str | None = None
    accepted: bool | None = None
    consumed: bool | None = None
    retry_after: float | None = None
    ambiguous: bool = False
    counts: Counts | None = None
    listed: tuple[Listed, ...] | None = None
    total: int | None = None
    next: str | None = None
    errors: tuple[JobError, ...] = ()
    findings: tuple[Finding, ...] = ()
    any_type: bool = False
    hangs_on: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Receipt:
    """What a submit was answered with.

    Attributes:
        ticket: what to ask with; None when the receipt names no job.
        native_state: the vendor's word, where there is one.
        state_path: where that word stands, as a JSON Pointer into the document.
        submitted_at: aware, UTC.
        started_at: aware, UTC.
    """

    ticket: Ticket | None
    native_state: str | None = None
    state_path: str = ""
    submitted_at: datetime | None = None
    started_at: datetime | None = None


def _id_or_none(value: object) -> str | None:
    return str(value) if type(value) in (str, int) and value != "" else None


def _counts_or_none(value: Counts | None) -> Counts | None:
    return None if value == Counts() else value


def _moment_or_none(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo else None


def _share_or_none(value: object) -> float | None:
    known = isinstance(value, (float, int)) and not isinstance(value, bool) and value == value
    return min(1.0, max(0.0, value)) if known else None  # type: ignore[call-overload]


@attrs.frozen(kw_only=True)
class Facts:
    """What typed details say, in common terms.

    Made of what the fields of details hold, which level 1 keeps as it came: a value of another kind is None.
    `native_state` is the vendor's word as it came, of whatever type; `state_path` is where it stands or should stand.
    `meaning` says how the job stands where the table of words alone does not, and `hangs_on` names the other places
    that decide it. Paths of errors and findings are JSON Pointers into the document that was typed.
    """

    native_state: Any = None
    state_path: str = ""
    meaning: Meaning | None = None
    hangs_on: tuple[str, ...] = ()
    message: str | None = attrs.field(default=None, converter=text_or_none)
    id: str | None = attrs.field(default=None, converter=_id_or_none)
    progress: float | None = attrs.field(default=None, converter=_share_or_none)
    counts: Counts | None = attrs.field(default=None, converter=_counts_or_none)
    submitted_at: datetime | None = attrs.field(default=None, converter=_moment_or_none)
    started_at: datetime | None = attrs.field(default=None, converter=_moment_or_none)
    finished_at: datetime | None = attrs.field(default=None, converter=_moment_or_none)
    duration: timedelta | None = None
    follow_ups: tuple[Ticket, ...] = ()
    errors: tuple[JobError, ...] = ()
    findings: tuple[Finding, ...] = ()
