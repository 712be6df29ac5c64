"""The two clients: one blocks, the other is awaited. All that they do alike is in `Desk`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeAlias

from typing_extensions import Unpack

from jobmodels._job import Job
from jobmodels._wait import Send, Steps, run, run_async
from jobmodels._wire import Request, Response, Ticket
from jobmodels.clients._desk import Desk, Known, response_of
from jobmodels.clients._senders import AsyncSender, Sender, send, send_async

Promise: TypeAlias = Coroutine[Any, Any, Job[Any]]


class Client(Desk[Job[Any]]):
    """Asks one service about jobs, and waits for them.

    Nothing is sent to another origin than that of the base URL; redirects are not followed.
    """

    def __init__(self, system: str, base_url: str, *, sender: Sender = send, **known: Unpack[Known]) -> None:
        """Take what is known of a service, and what carries requests: the standard library if nothing else is given.

        The other arguments are those of `Known`.

        Raises:
            NoSuchEndpoint: the registry holds no endpoint of the system.
            ValueError: the base URL is no absolute address of HTTP.
        """
        super().__init__(system, base_url, **known)
        self.sender = sender

    def _call(self, step: Send, ticket: Ticket | None) -> Job[Any]:
        began = self.clock.now()
        return self.read(step, ticket, self._send(step), began)

    def _wait(self, steps: Steps, *, check: bool) -> Job[Any]:
        job = run(steps, self._send, self.clock.sleep)
        if check:
            job.raise_for_state()
        return job

    def _send(self, step: Send) -> Response | Exception:
        """Send with credentials, and once more with new ones where these are refused."""
        answer = self._carry(self.addressed(step.request))
        if self.asks_again(answer):
            answer = self._carry(self.addressed(step.request))
        return answer

    def _carry(self, request: Request) -> Response | Exception:
        try:
            answer = self.sender(request)
        except Exception as error:  # noqa: BLE001 - whatever a sender raises, no answer came
            return error
        return response_of(answer)


class AsyncClient(Desk[Promise]):
    """Asks one service about jobs, and waits for them, in an event loop: every operation is awaited.

    Nothing is sent to another origin than that of the base URL; redirects are not followed.
    """

    def __init__(self, system: str, base_url: str, *, sender: AsyncSender = send_async, **known: Unpack[Known]) -> None:
        """Take what is known of a service, and what carries requests: the standard library if nothing else is given.

        The other arguments are those of `Known`.

        Raises:
            NoSuchEndpoint: the registry holds no endpoint of the system.
            ValueError: the base URL is no absolute address of HTTP.
        """
        super().__init__(system, base_url, **known)
        self.sender = sender

    async def _call(self, step: Send, ticket: Ticket | None) -> Job[Any]:
        began = self.clock.now()
        return self.read(step, ticket, await self._send(step), began)

    async def _wait(self, steps: Steps, *, check: bool) -> Job[Any]:
        job = await run_async(steps, self._send, self.clock.sleep_async)
        if check:
            job.raise_for_state()
        return job

    async def _send(self, step: Send) -> Response | Exception:
        """Send with credentials, and once more with new ones where these are refused."""
        answer = await self._carry(self.addressed(step.request))
        if self.asks_again(answer):
            answer = await self._carry(self.addressed(step.request))
        return answer

    async def _carry(self, request: Request) -> Response | Exception:
        try:
            answer = await self.sender(request)
        except Exception as error:  # noqa: BLE001 - whatever a sender raises, no answer came
            return error
        return response_of(answer)
