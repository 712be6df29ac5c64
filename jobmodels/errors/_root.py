"""The root of all errors of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobmodels._job import Job


class JobModelsError(Exception):
    """Root of everything that this package raises."""

    earlier: tuple[Job, ...] = ()
    """Where jobs were waited for one after the other: those that had ended before, so that they are not lost."""
