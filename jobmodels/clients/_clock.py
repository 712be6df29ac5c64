"""Clocks: what tells a client the time, and lets it pass."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from heapq import heapify, heappush
from typing import Protocol

_TURNS = 20
"""How often the others of an event loop take their turn before time passes."""


class Clock(Protocol):
    """Tells the time in seconds, never going back, and the date; lets seconds pass, alone or while others work."""

    def now(self) -> float:
        """Tell the time, in seconds since some moment."""
        ...

    def moment(self) -> datetime:
        """Tell the date, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let seconds pass."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Let seconds pass, while others work."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Tell the time since some moment; changes of the wall clock do not show."""
        return time.monotonic()

    def moment(self) -> datetime:
        """Tell the date, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block the thread."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Yield to the event loop."""
        await asyncio.sleep(seconds)


class InstantClock:
    """A clock for tests: a pause takes no time, and is remembered.

    In an event loop it passes for all who sleep: the one who sleeps for the shortest time goes on first.

    Attributes:
        pauses: how long one slept, in order.
    """

    def __init__(self, now: float = 0.0) -> None:
        """Begin at a time."""
        self.pauses: list[float] = []
        self._now = now
        self._asleep: list[tuple[float, int, asyncio.Event]] = []

    def now(self) -> float:
        """Tell the time: the beginning and all pauses since."""
        return self._now

    def moment(self) -> datetime:
        """Tell the date: so many seconds after 1970-01-01 in UTC."""
        return datetime.fromtimestamp(self._now, UTC)

    def sleep(self, seconds: float) -> None:
        """Go on at once, so much later."""
        self.pauses.append(seconds)
        self._now += seconds

    async def sleep_async(self, seconds: float) -> None:
        """Go on so much later, which is at once unless others go on before."""
        self.pauses.append(seconds)
        mine = (self._now + seconds, len(self.pauses), asyncio.Event())
        heappush(self._asleep, mine)
        try:
            await self._let_others_go_on()
            while self._asleep[0] is not mine:
                mine[2].clear()
                await mine[2].wait()
                await self._let_others_go_on()
            self._now = max(self._now, mine[0])
        finally:
            self._asleep.remove(mine)
            heapify(self._asleep)
            if self._asleep:
                self._asleep[0][2].set()

    async def _let_others_go_on(self) -> None:
        """Give those who do not sleep some turns: they may come to sleep for less."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
