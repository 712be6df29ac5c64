"""Clients: they ask a service about its jobs, and wait for them, with whatever sender they are given."""

from jobmodels._steps import Event, EventKind, Policy
from jobmodels.clients._client import AsyncClient, Client
from jobmodels.clients._clock import Clock, InstantClock, SystemClock
from jobmodels.clients._download import download, download_async
from jobmodels.clients._httpx import AsyncHttpxSender, HttpxSender
from jobmodels.clients._requests import RequestsSender
from jobmodels.clients._senders import AsyncSender, Sender, replay
from jobmodels.clients._standard import send, send_async
from jobmodels.clients._store import FileStore

__all__ = [
    "AsyncClient",
    "AsyncHttpxSender",
    "AsyncSender",
    "Client",
    "Clock",
    "Event",
    "EventKind",
    "FileStore",
    "HttpxSender",
    "InstantClock",
    "Policy",
    "RequestsSender",
    "Sender",
    "SystemClock",
    "download",
    "download_async",
    "replay",
    "send",
    "send_async",
]
