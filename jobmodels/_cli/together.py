"""Waiting for several jobs at once, of one service or of several, with a few threads and one queue of news.

A job that pauses holds no thread: it lies in a heap until it is its turn.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

import attrs

from jobmodels._ask import gives_once
from jobmodels._job import Job
from jobmodels._steps import Answer, Event, Pause, Send, Step, Steps, Tell
from jobmodels._wire import Ticket
from jobmodels.clients import Client
from jobmodels.errors import JobModelsError, StillRunning

HANDS = 8
"""How many requests are under way at once, at most."""

GRACE = 10.0
"""Seconds that an interrupted wait gives an answer which cannot be had again."""

_SLICE = 0.5
"""Seconds after which one looks up: on Windows no signal wakes whoever waits for a queue."""

News: TypeAlias = Event | Job[Any] | Exception
"""What is heard of a job: what happened; the job once it has ended; why the waiting came to no end."""


@attrs.define(eq=False, kw_only=True)
class Watched:
    """A job that is waited for.

    Attributes:
        source: where its ticket was read.
        ticket: the job, bound to its service.
        client: what asks the service.
        options: what the system's `ask` takes besides.
        cancels: whether it is cancelled where it has not ended at the deadline.
        kept: the folder where its answer is kept unasked; None where there is none.
        outcome: the job once it has ended, or why the waiting came to no end; None until then.
    """

    source: str
    ticket: Ticket
    client: Client
    options: Mapping[str, Any]
    cancels: bool = False
    kept: Path | None = None
    outcome: Job[Any] | Exception | None = None
    _steps: Steps = attrs.field(init=False, repr=False)
    _is_dear: bool = attrs.field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        """Begin; nothing is asked yet."""
        self._steps = self.client.flow(self.client.admit(self.ticket), ..., self.options)

    def cancel(self) -> Job[Any] | JobModelsError:
        """Ask the service to cancel the job; give what it says, or why it could not be asked."""
        try:
            return self.client.cancel(self.ticket, **self.options)
        except JobModelsError as error:
            return error


@attrs.define(eq=False)
class Together:
    """Waits for jobs together.

    Attributes:
        jobs: those that are waited for.
        heard: is called in the caller's thread with each job that there is news of.
    """

    jobs: Sequence[Watched]
    heard: Callable[[Watched, News], object]
    _due: SimpleQueue[Watched | None] = attrs.field(init=False, factory=SimpleQueue)
    _news: SimpleQueue[tuple[Watched, Pause | News] | None] = attrs.field(init=False, factory=SimpleQueue)
    _pausing: list[tuple[float, int, Watched]] = attrs.field(init=False, factory=list)
    _lock: threading.Lock = attrs.field(init=False, factory=threading.Lock)
    _stopped: float | None = attrs.field(init=False, default=None)

    def wait(self) -> bool:
        """Wait until each job has an outcome, and tell whether each has.

        An interruption ends it before, but not before an answer has come that is under way and cannot be had again.
        """
        hands = [threading.Thread(target=self._work, daemon=True) for _ in self.jobs[:HANDS]]
        with _interruptions(lambda: self._news.put(None)):
            for job in self.jobs:
                self._due.put(job)
            for hand in hands:
                hand.start()
            try:
                while self._goes_on():
                    self._hear()
            finally:
                for _ in hands:
                    self._due.put(None)
        return all(job.outcome is not None for job in self.jobs)

    def _goes_on(self) -> bool:
        left = [job for job in self.jobs if job.outcome is None]
        if self._stopped is None:
            return bool(left)
        return time.monotonic() < self._stopped + GRACE and any(job._is_dear for job in left)

    def _hear(self) -> None:
        """Take the next news, unless it is some job's turn before."""
        now = time.monotonic()
        while self._pausing and self._pausing[0][0] <= now:
            self._due.put(heappop(self._pausing)[-1])
        patience = self._pausing[0][0] - now if self._pausing else _SLICE
        try:
            news = self._news.get(timeout=min(patience, _SLICE))
        except Empty:
            return
        if news is None:
            with self._lock:
                self._stopped = time.monotonic()
            return
        job, what = news
        if isinstance(what, Pause):
            heappush(self._pausing, (time.monotonic() + what.seconds, id(job), job))
            return
        if isinstance(what, Exception) and not isinstance(what, (JobModelsError, OSError)):
            raise what
        if not isinstance(what, Event):
            job.outcome = what
        self.heard(job, what)

    def _work(self) -> None:
        """Take steps of whichever job is due, in a thread of its own."""
        while (job := self._due.get()) is not None:
            self._news.put((job, self._until_pause(job)))

    def _until_pause(self, job: Watched) -> Pause | Job[Any] | Exception:
        try:
            answer: Answer = None
            while self._may_go_on(job, step := job._steps.send(answer)):
                if isinstance(step, Tell):
                    self._news.put((job, step.event))
                    answer = None
                else:
                    answer = job.client.act(step)
            return step if isinstance(step, Pause) else Pause(float("inf"))
        except StopIteration as ended:
            outcome: Job[Any] = ended.value
            return outcome
        except StillRunning as error:
            if job.cancels:
                error.cancelled = job.cancel()
            return error
        except Exception as error:  # noqa: BLE001 - it is raised where the others wait
            return error

    def _may_go_on(self, job: Watched, step: Step) -> bool:
        """Tell whether a step may be taken in this thread; once stopped, only what cannot be had again is finished."""
        if isinstance(step, Pause):
            job._is_dear = False
            return False
        with self._lock:
            job._is_dear = job._is_dear or (self._stopped is None and isinstance(step, Send) and gives_once(step))
            return self._stopped is None or job._is_dear


@contextmanager
def _interruptions(told: Callable[[], object]) -> Generator[None]:
    """Have the first Ctrl-C, or end of the process that is asked for, told instead of raised; the second is raised.

    What is ignored stays ignored. Only the main thread can do this; elsewhere nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def handle(number: int, frame: object) -> None:
        for each in taken:
            signal.signal(each, signal.default_int_handler)
        told()

    taken = [number for number, handler in kept.items() if handler is not signal.SIG_IGN]
    for number in taken:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, kept[number])
