"""What the functions of a system give back: what a word means, and what an answer, a receipt or details say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs

from jobmodels._job import Counts, Finding, JobError, JobState, Listing, text_or_none
from jobmodels._wire import Ticket


@attrs.frozen
class Meaning:
    """What a native word means: a state, and whether the job has ended (None: not known)."""

    state: JobState
    finished: bool | None


@attrs.frozen(kw_only=True)
class Reading:
    """What a system finds in an answer before anything is typed.

    Attributes:
        document: what is to be typed; part of the answer, or made of it.
        native_state: the vendor's word, where it is not in the document.
        meaning: what the answer as a whole proves, whatever the words inside say.
        message: the vendor's sentence, where it is not in the document.
        id: the id of the job, where it is not in the document.
        accepted: for cancels and deletes, whether the service said yes.
        consumed: whether this read removed the result on the server.
        retry_after: seconds, where another header than `Retry-After` says it.
        ambiguous: whether the answer may mean two things.
        listing: for lists, the jobs read so far.
        errors: what the answer itself shows to be wrong.
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
    listing: Listing | None = None
    errors: tuple[JobError, ...] = ()


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
    Paths of errors and findings are JSON Pointers into the document that was typed.
    """

    native_state: Any = None
    state_path: str = ""
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
