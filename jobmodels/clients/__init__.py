"""Clients: they ask a service about its jobs, and wait for them, with whatever sender they are given.

What the vendors' own pages describe besides is in the module of the vendor, and is found here under its own name too.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jobmodels._steps import Event, EventKind, Policy
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._clock import Clock, InstantClock, SystemClock
from jobmodels.clients._download import download, download_async
from jobmodels.clients._emitter import JobEvent, JobEventEmitter
from jobmodels.clients._handle import Handle
from jobmodels.clients._handle_async import AsyncHandle
from jobmodels.clients._httpx import AsyncHttpxSender, HttpxSender
from jobmodels.clients._monitor import JobMonitor
from jobmodels.clients._outcome import Outcome
from jobmodels.clients._queue import AsyncQueue, Queue
from jobmodels.clients._requests import RequestsSender
from jobmodels.clients._senders import AsyncSender, Sender, replay
from jobmodels.clients._standard import send, send_async
from jobmodels.clients._store import FileStore
from jobmodels.clients._track import gather, retry, track

if TYPE_CHECKING:
    from jobmodels.clients.alation import AlationJob as AlationJob
else:

    def __getattr__(name: str) -> Any:
        """Find what the module of a vendor has under a name of its own."""
        for found in pkgutil.iter_modules(__path__):
            if not (name.startswith("_") or found.name.startswith("_")):
                module = import_module(f"{__name__}.{found.name}")
                if name in module.__all__:
                    return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "AsyncClient",
    "AsyncHandle",
    "AsyncHttpxSender",
    "AsyncQueue",
    "AsyncSender",
    "Client",
    "Clock",
    "Event",
    "EventKind",
    "FileStore",
    "Handle",
    "HttpxSender",
    "InstantClock",
    "JobEvent",
    "JobEventEmitter",
    "JobMonitor",
    "Outcome",
    "Policy",
    "Queue",
    "RequestsSender",
    "Sender",
    "SystemClock",
    "download",
    "download_async",
    "gather",
    "replay",
    "retry",
    "send",
    "send_async",
    "track",
]
