"""Places of Modzy's answers whose values are only copied. Source: contracts page, 4.2."""

from __future__ import annotations

from jobmodels.loose import ADDED, ANY, FIXED, PART, RUN, SUM

_MOMENTS = ("createdAt", "updatedAt", "submittedAt", "startingResultSummarizing")
_DURATIONS = (
    "elapsedTime", "queueTime", "initialQueueTime", "totalQueueTime", "averageModelLatency", "totalModelLatency",
    "resultSummarizing", "inputSize", "jobQueueTime", "jobProcessedTime", "jobElapsedTime",
)  # fmt: skip
_ENTRIES = ("results", "failures")
_PARTS, _SUMS = ("pending", "completed", "failed"), ("total", "totalInputs")

LOOSE = {
    ADDED: ANY,
    "/jobIdentifier": ("{id}",),
    **{f"job:/{name}": PART for name in _PARTS},
    **{f"job:/{name}": SUM for name in _SUMS},
    **{f"/{name}": ("{text}",) for name in ("submittedBy", "submittedByKey", "accountIdentifier")},
    **{f"/{name}": ("{moment}",) for name in _MOMENTS},
    **{f"/{name}": ANY for name in _DURATIONS},
    "/model/*": ("{text}",),
    "/team/*": ("{text}",),
    "/user/**": ANY,
    "/jobInputs": RUN,
    "/jobInputs/*/identifier": ("{text}",),
    # Of failures the sentence is read; the rest of an entry is copied.
    **{f"/{name}/*/{time}": ("{moment}",) for name in _ENTRIES for time in ("startTime", "updateTime", "endTime")},
    "/results/**": ANY,
    "/failures/*/status": FIXED,
    "/failures/**": ANY,
}
"""Counts of results are compared with the number of failures, and decide."""
