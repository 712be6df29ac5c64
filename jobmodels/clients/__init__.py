"""Clients: they ask a service about its jobs, and wait for them, with whatever sender they are given."""

from jobmodels._wait import Policy
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._clock import Clock, InstantClock, SystemClock
from jobmodels.clients._senders import AsyncSender, Sender, replay, send, send_async

__all__ = [
    "AsyncClient",
    "AsyncSender",
    "Client",
    "Clock",
    "InstantClock",
    "Policy",
    "Sender",
    "SystemClock",
    "replay",
    "send",
    "send_async",
]
