"""What is written once for both clients: it is awaited with the one, and runs through at once with the other."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._desk import Desk

T = TypeVar("T")

C = TypeVar("C", Client, AsyncClient)
"""One of the two clients."""


async def given(value: T | Awaitable[T]) -> T:
    """Give a value, or what is awaited for it."""
    if inspect.isawaitable(value):
        awaited: T = await value
        return awaited
    return value  # pyright: ignore[reportReturnType] - what is awaitable was awaited


def finish(client: Desk[Any], work: Coroutine[Any, Any, Any]) -> Any:
    """Give what work comes to: at once with a client that blocks, as a promise with one that is awaited."""
    return work if isinstance(client, AsyncClient) else at_once(work)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run work through that waits for nothing but what a blocking client gives.

    Raises:
        TypeError: it waits for something that only an event loop can bring.
    """
    try:
        work.send(None)
    except StopIteration as ended:
        done: T = ended.value
        return done
    work.close()
    raise TypeError("a client that blocks cannot await what it is given; use an AsyncClient")
