"""Kinetica as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._job import JobState
from jobmodels._system import System
from jobmodels._told import OPEN, Meaning
from jobmodels.systems.kinetica._ask import ask
from jobmodels.systems.kinetica._avro import decode
from jobmodels.systems.kinetica._errors import errors
from jobmodels.systems.kinetica._facts import facts
from jobmodels.systems.kinetica._loose import LOOSE
from jobmodels.systems.kinetica._read import read, receipt

__all__ = ["kinetica"]

# Source: contracts page, 3.4. The words of jobs; `OK` and `ERROR` of the wrapper are about the call.
STATES = {
    "running": Meaning(JobState.RUNNING, finished=False),
    "done": Meaning(JobState.SUCCEEDED, finished=True),
    "error": Meaning(JobState.FAILED, finished=True),
    "cancelled": Meaning(JobState.CANCELLED, finished=True),
}
EVIDENCE = {
    "a receipt with job_id": Meaning(JobState.PENDING, finished=False),
    "DONE, and successful is false": Meaning(JobState.FAILED, finished=True),
    "DONE, and in job_response_str a wrapper with ERROR": Meaning(JobState.FAILED, finished=True),
    "no job_status, and running is true": Meaning(JobState.RUNNING, finished=False),
    "a wrapper with ERROR": OPEN,
}

kinetica = System(
    name="kinetica",
    states=STATES,
    evidence=EVIDENCE,
    read=read,
    receipt=receipt,
    ask=ask,
    facts=facts,
    errors=errors,
    loose=LOOSE,
    decoders={"application/octet-stream": decode},
    own_refusals=True,
)
