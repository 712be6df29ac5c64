"""Clients as contexts: what they were given to send with is closed when they are left."""

from __future__ import annotations

from typing import Any, Self


class Scope:
    """Is left by closing what the client sends with."""

    sender: Any

    def __enter__(self) -> Self:
        """Give the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what it sends with."""
        self.close()

    def close(self) -> None:
        """Close the session, or the client of another library, that was given; nothing else is open.

        One that several clients share is closed by whoever made it: then no client is used as a context.
        """
        close = getattr(self.sender, "close", None)
        if close is not None:
            close()


class AsyncScope:
    """Is left by closing what the client sends with, in an event loop."""

    sender: Any

    async def __aenter__(self) -> Self:
        """Give the client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what it sends with."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client of another library that was given, as `Scope.close` does."""
        close = getattr(self.sender, "aclose", None)
        if close is not None:
            await close()
