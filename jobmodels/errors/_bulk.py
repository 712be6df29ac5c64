"""What is raised where logs become tables."""

from __future__ import annotations

import attrs

from jobmodels.errors._root import JobModelsError


@attrs.define
class InputRefused(JobModelsError, ValueError):
    """A log that cannot be read, or not in the way that was asked for."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Name the log."""
        return f"{self.name}: cannot be read: {self.reason}"


@attrs.define
class OutputRefused(JobModelsError, ValueError):
    """A place to which nothing is written: what is there stays as it is."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Name the place."""
        return f"{self.path}: not written: {self.reason}"


@attrs.define
class WorkerLost(JobModelsError, RuntimeError):
    """A worker process that ended before its work was done; `code` is its exit code, negative for a signal."""

    source: str
    code: int | None

    def __str__(self) -> str:
        """Say how it ended, and what may help."""
        by_signal = self.code is not None and self.code < 0
        how = f"was ended by signal {-(self.code or 0)}" if by_signal else f"ended with {self.code}"
        return f"{self.source}: the worker that read it {how}; where memory is short, one worker needs the least"
