"""Clients: they ask a service about its jobs, and wait for them, with whatever sender they are given."""

from jobmodels._steps import Event, EventKind, Policy
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._clock import Clock, InstantClock, SystemClock
from jobmodels.clients._senders import AsyncSender, Sender, replay, send, send_async
from jobmodels.clients._store import FileStore

__all__ = [
    "AsyncClient",
    "AsyncSender",
    "Client",
    "Clock",
    "Event",
    "EventKind",
    "FileStore",
    "InstantClock",
    "Policy",
    "Sender",
    "SystemClock",
    "replay",
    "send",
    "send_async",
]
