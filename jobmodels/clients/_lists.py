"""Lists of jobs: those of one answer that are wanted, and all that there are, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from jobmodels._job import Job, JobState, Operation
from jobmodels._steps import Steps
from jobmodels._system import System
from jobmodels._wire import Request
from jobmodels.errors import NoListing, NotAskable

PENDING, DONE = "pending", "done"
"""What goes for all systems: jobs that are not known to have ended, and those that have."""

Fits: TypeAlias = Callable[[Job[Any]], bool]


def fits_in(system: System, state: object) -> Fits:
    """Make the question whether a job is in a state.

    Args:
        system: whose jobs they are.
        state: `pending` or `done`; a `JobState`, or the text of one; a word of the vendor in any letter case, or a
            number that is one; None for any job.

    Raises:
        NotAskable: it is none of these.
    """
    if state is None:
        return lambda job: True
    word = state.strip().lower() if isinstance(state, str) else ""
    if not _is_common(state) and state in (PENDING, DONE):
        return lambda job: bool(job.finished) is (state == DONE)
    if _is_common(state):
        return lambda job: job.state == state
    if word in system.states or (word.isascii() and word.isdigit()):
        return lambda job: (job.native_state or "").strip().lower() == word
    words = ", ".join(dict.fromkeys((PENDING, DONE, *JobState, *system.states)))
    raise NotAskable(system.name, Operation.LIST, f"there is no such state; there are {words}")


def sifting(steps: Steps, fits: Fits, limit: int | None) -> Steps:
    """Take the steps of a list, and keep the jobs that fit, so many at most; all else stays as the service said it."""
    job = yield from steps
    if job.listing is None:
        return job
    jobs = tuple(filter(fits, job.listing.jobs))[:limit]
    return attrs.evolve(job, listing=attrs.evolve(job.listing, jobs=jobs))


def page_of(system: System, state: str | None, limit: int | None, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options that ask for one list: what fits among the first jobs, so many at most.

    Raises:
        NotAskable: the limit is no number above 0, or an option is given twice.
    """
    exact = limit is None or _is_filtered(system, state)
    most = {} if exact else {name: told for name, told in system.lists[0].items() if name == "limit"}
    return _options(system, state, limit, filters, most)


def _options(
    system: System, state: str | None, limit: int | None, filters: Mapping[str, Any], page: Mapping[str, Any]
) -> dict[str, Any]:
    """Put the options of one list together; what the filters do not say is that of the page.

    Where what is read is sifted, a limit would leave out jobs that nobody has seen, and is not sent.
    """
    if limit is not None and (type(limit) is not int or limit < 1):
        raise NotAskable(system.name, Operation.LIST, "the limit is no number above 0")
    told = system.spelled(Operation.LIST, filters)
    if state is not None and "state" in told:
        raise NotAskable(system.name, Operation.LIST, "state is given by two names")
    named = {"state": state} if state is not None and system.takes("state") else {}
    size = {}
    if limit is not None and system.takes("limit") and _is_filtered(system, state):
        size = {"limit": min(limit, page.get("limit", limit))}
    return {**page, **size, **told, **named}


def _is_common(state: object) -> bool:
    """Tell whether a state is one of `JobState`; the text `pending` has a meaning of its own."""
    return isinstance(state, JobState) or (isinstance(state, str) and state in set(JobState) and state != PENDING)


def _is_filtered(system: System, state: str | None) -> bool:
    """Tell whether the service itself gives only jobs in this state."""
    return state is None or (system.takes("state") and not _is_common(state))


class Walk:
    """All jobs of a service, page after page: gives the steps that ask for each, and reads what came of them.

    It ends with the last page. A page that is empty, or the same as the one before, is the last one too, so that no
    service leads anybody around in circles.
    """

    def __init__(
        self,
        system: System,
        state: str | None,
        limit: int | None,
        filters: Mapping[str, Any],
        ask: Callable[[Request], Steps],
    ) -> None:
        """Take what is wanted, and how one asks; nothing is sent.

        Raises:
            NotAskable: the system has no list, or not with these options.
        """
        told: list[dict[str, Any]] = []
        for page in system.lists:
            options = _options(system, state, limit, filters, page)
            told += [] if options in told else [options]
        self._requests = [system.request(Operation.LIST, **options) for options in told]
        self._system, self._fits, self._left, self._ask = system, fits_in(system, state), limit, ask
        self._before: tuple[Job[Any], ...] = ()

    def __iter__(self) -> Iterator[Steps]:
        """Give the steps for one page after the other, as long as there is one; what came of them goes to `read`."""
        while self._requests and self._left != 0:
            yield self._ask(self._requests[0])

    def read(self, page: Job[Any]) -> tuple[Job[Any], ...]:
        """Take the answer for a page, and give the jobs on it that are wanted.

        Raises:
            NoListing: it has no list of jobs.
        """
        request = self._requests.pop(0)
        if page.listing is None:
            raise NoListing(page)
        told, before = page.listing.jobs, self._before
        further = None if told == before else self._system.next_page(request, page.listing)
        self._before = () if further is None else told
        self._requests[:0] = [] if further is None else [further]
        jobs = () if told == before else tuple(filter(self._fits, told))[: self._left]
        self._left = None if self._left is None else self._left - len(jobs)
        return jobs
