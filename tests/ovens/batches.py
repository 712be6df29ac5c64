"""A system of one's own that says which places of its answers are loose, as `docs/own-endpoints.md` shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobmodels import Asked, Counts, Facts, JobState, Meaning, Raw, Record, System, camel_case, loose


class OvenRecord(Record, spelling=camel_case):
    """Base of its classes."""


class Loaf(OvenRecord):
    """One loaf."""

    loaf_id: int
    crust: str | None = None


class Batch(OvenRecord):
    """What is baked at once."""

    stage: str
    loaves: Sequence[Loaf | Raw] | None = None
    note: str | None = None
    wanted: int | None = None
    baked: int | None = None


def facts(asked: Asked, batch: Any) -> Facts:
    """Count the loaves."""
    counts = Counts(total=batch.wanted, succeeded=batch.baked)
    done = counts.succeeded / counts.total if counts.total and counts.succeeded is not None else None
    return Facts(native_state=batch.stage, state_path="/stage", counts=counts, progress=done)


ovens = System(
    name="ovens",
    states={
        "kneading": Meaning(JobState.RUNNING, finished=False),
        "done": Meaning(JobState.SUCCEEDED, finished=True),
    },
    facts=facts,
    loose={
        "/loaves": loose.RUN,
        "/loaves/*/loafId": ("{integer}",),
        "/loaves/*/crust": ("{text}",),
        "/note": ("Baked for {seconds} seconds", "Baked by {text}"),
        "batch:/wanted": loose.SUM,
        "batch:/baked": loose.PART,
        loose.ADDED: loose.ANY,
    },
)


@ovens("batch/GET")
class BatchGet(Batch):
    """Answers to a question after a batch."""
