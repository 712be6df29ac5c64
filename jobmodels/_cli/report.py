"""What is told of jobs that are waited for: lines to read, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

import attrs

from jobmodels._cli.arguments import printable, tell
from jobmodels._cli.normalize import counts_text, duration_text, error_text

if TYPE_CHECKING:
    from jobmodels._cli.credentials import Credentials
    from jobmodels._cli.together import News, Watched
    from jobmodels._job import Job
    from jobmodels._steps import Event

MOST = 5
"""Errors of a job that are told."""


class Report(Protocol):
    """Tells what happens; a context, since a terminal has to be left as it was."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def hear(self, job: Watched, news: News) -> None: ...


def _print(line: str, style: str) -> None:
    """Print a line at once, for whoever reads the other end of a pipe."""
    print(line, flush=True)


@attrs.frozen
class Lines:
    """Tells each event in a line, sums up each job that has ended, and says on standard error why one has not.

    Attributes:
        credentials: what must not show.
        put: takes a line and its style.
        events: whether events are told.
    """

    credentials: Credentials
    put: Callable[[str, str], object] = _print
    events: bool = True

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def hear(self, job: Watched, news: News) -> None:
        """Tell it."""
        from jobmodels._steps import Event

        if isinstance(news, Exception):
            tell_reason(news, self.credentials)
        elif not isinstance(news, Event):
            lines = (printable(self.credentials.hide(line)) for line in _summary(job, news))
            self.put(next(lines), news.state.value)
            for line in lines:
                self.put(line, "")
        elif self.events:
            self.put(printable(self.credentials.hide(str(news))), "")


@attrs.frozen
class JsonLines:
    """Tells each event, and each job once it has ended, as a line of JSON.

    Attributes:
        credentials: what must not show.
    """

    credentials: Credentials

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def hear(self, job: Watched, news: News) -> None:
        """Tell it, in ASCII, which every reader takes."""
        from jobmodels._steps import Event

        if isinstance(news, Exception):
            tell_reason(news, self.credentials)
            told = _stopped(job, news)
        else:
            told = _event(news) if isinstance(news, Event) else news.to_dict()
        _print(json.dumps(self.credentials.hide(told)), "")


def tell_reason(error: Exception, credentials: Credentials) -> None:
    """Say on standard error why there is no end, and what the last answer said."""
    last = getattr(error, "job", None)
    for line in (f"jobmodels: {error}", *error_lines(last)):
        tell(credentials.hide(line))


def error_lines(job: Job[Any] | None) -> list[str]:
    """Tell the first errors of a job, each in a line, and how many more there are."""
    errors: Sequence[Mapping[str, Any]] = job.to_dict()["errors"] if job else ()
    more = [f"  and {len(errors) - MOST} more"] if len(errors) > MOST else []
    return [*(f"  {error_text([error])}" for error in errors[:MOST]), *more]


def _summary(job: Watched, ended: Job[Any]) -> Iterable[str]:
    """Sum up how a job ended: a line, then its errors, and what it leaves."""
    from jobmodels._plain import plain

    parts = (ended.state.value, counts_text(plain(ended.counts)), duration_text(plain(ended.duration)))
    yield f"{job.ticket.key} {job.ticket.id}: {', '.join(filter(None, parts))}"
    yield from error_lines(ended)
    for ticket in ended.follow_ups:
        yield f"  it started {ticket.key} {ticket.id}"
    if job.kept is not None:
        yield f"  its answer is given once, and is kept in {job.kept}"


def _event(event: Event) -> dict[str, Any]:
    from jobmodels._plain import plain

    told = {"kind": event.kind, "at": event.at, "key": event.ticket.key, "id": event.ticket.id}
    said = {name: getattr(event.job, name, None) for name in ("state", "progress", "counts")}
    return {name: plain(value) for name, value in {**told, **said, "reason": event.reason}.items()}


def _stopped(job: Watched, error: Exception) -> dict[str, Any]:
    last: Job[Any] | None = getattr(error, "job", None)
    told = {"kind": "stopped", "key": job.ticket.key, "id": job.ticket.id, "error": type(error).__name__}
    return {**told, "reason": str(error), "job": last and last.to_dict()}
