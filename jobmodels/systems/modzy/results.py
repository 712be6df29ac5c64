"""The results document: what a job gave, input by input."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobmodels._record import Raw, wire
from jobmodels.systems.modzy._entries import file_address, unnested
from jobmodels.systems.modzy._system import ModzyRecord, modzy
from jobmodels.systems.modzy.job import JobTeam

__all__ = ["FailureEntry", "InputEntry", "ResultEntry", "ResultsDocument", "Voting"]


class Voting(ModzyRecord):
    """What users think of the result of an input."""

    up: int | None = None
    down: int | None = None


class InputEntry(ModzyRecord):
    """What the service writes down about the work on one input. Durations are in milliseconds."""

    status: str | None = None
    engine: str | None = None
    input_fetching: float | None = None
    output_uploading: float | None = None
    model_latency: float | None = None
    queue_time: float | None = None
    start_time: datetime | None = None
    update_time: datetime | None = None
    end_time: datetime | None = None
    elapsed_time: float | None = None
    voting: Voting | None = None


class ResultEntry(InputEntry):
    """The result of one input: what the service writes down, and beside it one member an output of the model."""

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs by the names that the model gives them; any JSON, or the address of a file, as it came."""
        return dict(self.extra)


class FailureEntry(InputEntry):
    """Why there is no result of one input."""

    error: str


@modzy("results/GET", job="job/GET")
class ResultsDocument(ModzyRecord):
    """What a job has given so far. Durations are in milliseconds. Source: contracts page, 4.2.

    A cancelled job and one that ran out of time are `finished` too; only the job document knows.

    Attributes:
        finished: whether more will come; left out by some servers while it is false.
        total: how many inputs there are.
        completed: how many of them went well.
        failed: how many of them did not.
        submitted_by_key: the prefix of an API key.
        elapsed_time: since the submit, waiting included.
        results: by input, as they came; names of outputs are data. `entries` types them, `outputs` picks them.
        failures: by input.
        job_queue_time: as older servers say it, like `job_processed_time` and `job_elapsed_time`.
    """

    job_identifier: str | None = None
    account_identifier: str | None = None
    team: JobTeam | None = None
    total: int | None = None
    completed: int | None = None
    failed: int | None = None
    finished: bool | None = None
    submitted_by_key: str | None = wire(default=None, secret=True)
    explained: bool | None = None
    submitted_at: datetime | None = None
    initial_queue_time: float | None = None
    total_queue_time: float | None = None
    average_model_latency: float | None = None
    total_model_latency: float | None = None
    elapsed_time: float | None = None
    starting_result_summarizing: datetime | None = None
    result_summarizing: float | None = None
    input_size: int | None = None
    job_queue_time: float | None = None
    job_processed_time: float | None = None
    job_elapsed_time: float | None = None
    results: Mapping[str, Raw] | None = None
    failures: Mapping[str, FailureEntry | Raw] | None = None

    @property
    def entries(self) -> dict[str, ResultEntry | Raw]:
        """The results by input, typed; what is no object stays as it came."""
        told = self.results if isinstance(self.results, Mapping) else {}
        inner = {name: unnested(name, entry) for name, entry in told.items()}
        return {
            name: ResultEntry.from_api_response(entry) if isinstance(entry, Mapping) else entry
            for name, entry in inner.items()
        }

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """What the model gave: input, then name of the output, to JSON or the address of a file, as it came."""
        return {name: entry.outputs for name, entry in self.entries.items() if isinstance(entry, ResultEntry)}

    @property
    def files(self) -> dict[str, dict[str, str]]:
        """The addresses of outputs that are files: input, then name of the output; each may be fetched as it is."""
        told = {
            name: {output: address for output, value in outputs.items() if (address := file_address(value))}
            for name, outputs in self.outputs.items()
        }
        return {name: addresses for name, addresses in told.items() if addresses}

    @property
    def result(self) -> dict[str, dict[str, Any]] | None:
        """The outputs; None where the document holds none."""
        return self.outputs or None
