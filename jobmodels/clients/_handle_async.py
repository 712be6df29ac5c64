"""The handle of an event loop: several tasks wait for one job, and it is asked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from jobmodels._job import Job
from jobmodels._steps import Event
from jobmodels._wire import Ticket
from jobmodels.clients._handle import Held, failure_of, note
from jobmodels.clients._service import Timeout
from jobmodels.errors import JobFailed, StillRunning, WaitError

if TYPE_CHECKING:
    from jobmodels.clients._many import AsyncMany


class AsyncHandle(Held[Callable[["AsyncHandle"], object]]):
    """One job, and what became of it: `job = await handle` waits for it.

    Several tasks may wait at once: they share the requests of one, and each has its own timeout. What was read once the
    job had ended is remembered.
    """

    def __init__(self, client: AsyncMany, ticket: Ticket, options: dict[str, Any]) -> None:
        """Take whom to ask for which job."""
        super().__init__(client, ticket, options)
        self._client = client
        self._asking = asyncio.Lock()
        self._heard = asyncio.Event()
        self._task: asyncio.Task[Job[Any]] | None = None
        self._waiting = 0

    def __await__(self) -> Generator[Any, Any, Job[Any]]:
        return self.wait().__await__()

    async def done(self) -> bool:
        """Look whether the job has ended, with one request at most.

        Raises:
            JobGone: the service does not know the job, or no longer.
            UnknownStateError: several looks in a row did not say how the job stands.
            Unreachable: the service does not answer.
            NotAllowed: the service refuses the credentials.
        """
        if self._ready() is None and not self._has_ended:
            job = await self.status()
            if self._task is None:
                self._come_to(job)
        return self._has_ended

    async def status(self) -> Job[Any]:
        """Look how the job stands, with one request at most; while others wait for it, see what they last read.

        Raises:
            Unreachable: no answer came.
        """
        while self._task is not None:
            if self.job is not None:
                return self.job
            self._heard.clear()
            await self._heard.wait()
        async with self._asking:
            if (last := self._ready()) is not None:
                return last
            job = await self._client._do(self._client.look(self.ticket, self._tally, self._options))
            told = self._learn(job)
        await self._call(told)
        return job

    async def wait(self, timeout: Timeout = ...) -> Job[Any]:
        """Wait until the job has ended; give it, however it did.

        Args:
            timeout: seconds; None for ever; what the policy says if not given.

        Raises:
            WaitError: as for `AsyncClient.wait`.
        """
        now = self._client.clock.now
        most = self._client.policy.timeout if timeout is ... else timeout
        deadline = None if most is None else now() + most
        while (last := self._ready()) is None:
            left = None if deadline is None else max(0.0, deadline - now())
            mine = self._task is None
            task = self._task = self._task or self._begin(left)
            await self._with(task, None if mine else left)
            if not task.cancelled():
                error = task.exception()
                if error is None:
                    return task.result()
                # The one who began may have had less time.
                if mine or not isinstance(error, StillRunning) or (deadline is not None and now() >= deadline):
                    raise error
        return last

    async def result(self, timeout: Timeout = ...) -> Any:
        """Wait until the job has ended; give its result, typed.

        Args:
            timeout: as for `wait`.

        Raises:
            JobFailed: the job did not go well.
            WaitError: as for `AsyncClient.wait`.
        """
        job = await self.wait(timeout)
        job.raise_for_state()
        return job.result

    async def exception(self, timeout: Timeout = ...) -> JobFailed | None:
        """Wait until the job has ended; give the error of a job that did not go well, or None.

        Args:
            timeout: as for `wait`.

        Raises:
            WaitError: as for `AsyncClient.wait`.
        """
        return failure_of(await self.wait(timeout))

    async def cancel(self, *, missing_ok: bool = False, **options: Any) -> Job[Any]:
        """Cancel the job; `accepted` says whether the service said yes.

        Args:
            missing_ok: whether a job that the service does not know is data; else it raises.
            options: what the system's `ask` takes besides.

        Raises:
            JobGone: the service does not know the job.
            Unreachable: no answer came.
            NotAskable: the system cannot cancel jobs, or not this one.
        """
        return await self._client.cancel(self.ticket, missing_ok=missing_ok, **{**self._options, **options})

    async def delete(self, *, missing_ok: bool = False, **options: Any) -> Job[Any]:
        """Have the job forgotten; `accepted` says whether the service said yes.

        Args:
            missing_ok: as for `cancel`.
            options: what the system's `ask` takes besides.

        Raises:
            JobGone: the service does not know the job.
            Unreachable: no answer came.
            NotAskable: the system cannot delete jobs.
        """
        return await self._client.delete(self.ticket, missing_ok=missing_ok, **{**self._options, **options})

    async def add_done_callback(self, call: Callable[[AsyncHandle], object]) -> None:
        """Have something called with this handle once the job has ended; at once, if that is known.

        No task waits for that: it is called by the method that learns of the end, before that returns, and awaited
        where it can be. What it raises is logged, and goes no further.
        """
        if self._has_ended:
            await self._call([call])
        else:
            self._callbacks.append(call)

    async def _call(self, callbacks: list[Callable[[AsyncHandle], object]]) -> None:
        for call in callbacks:
            try:
                told = call(self)
                if isawaitable(told):
                    await told
            except Exception as error:  # noqa: BLE001 - whatever is raised there, the answer is not lost for it
                note(error)

    def _begin(self, timeout: float | None) -> asyncio.Task[Job[Any]]:
        task = asyncio.create_task(self._wait(timeout))
        task.add_done_callback(self._over)
        return task

    async def _wait(self, timeout: float | None) -> Job[Any]:
        """Wait for all."""
        async with self._asking:
            try:
                how: Any = {"on_event": self._hear, **self._options}
                self._last = await self._client.wait(self.ticket, timeout=timeout, **how)
            except WaitError as error:
                self._go_without(error)
                raise
        await self._call(self._learn(self._last))
        return self._last

    def _hear(self, event: Event) -> None:
        self.job = event.job or self.job
        self._heard.set()

    def _over(self, task: asyncio.Task[Job[Any]]) -> None:
        self._task = None
        self._heard.set()
        if not task.cancelled():
            task.exception()  # Whoever waited may be gone.

    async def _with(self, task: asyncio.Task[Job[Any]], left: float | None) -> None:
        """Wait with others, so long at most; whoever leaves last puts out the light."""
        self._waiting += 1
        try:
            if left is None:
                await asyncio.wait((task,))
                return
            nap = asyncio.create_task(self._client.clock.sleep_async(left))
            try:
                await asyncio.wait((task, nap), return_when=asyncio.FIRST_COMPLETED)
            finally:
                nap.cancel()
            if not task.done():
                raise StillRunning(self.ticket, self.job, left, 0)
        finally:
            self._waiting -= 1
            if not self._waiting:
                task.cancel()
