"""Modzy as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._record import Record, camel_case
from jobmodels._system import System
from jobmodels.systems.modzy._ask import PAGE, ask
from jobmodels.systems.modzy._errors import errors
from jobmodels.systems.modzy._facts import facts
from jobmodels.systems.modzy._links import next_page
from jobmodels.systems.modzy._loose import LOOSE
from jobmodels.systems.modzy._read import read
from jobmodels.systems.modzy._receipts import receipt
from jobmodels.systems.modzy._states import EVIDENCE, STATES

__all__ = ["modzy"]

# As the vendor's own clients have them: the parameters of the call, and the arguments of the Python client.
OPTIONS = {
    "accessKey": "access_key",
    "startDate": "start",
    "start_date": "start",
    "endDate": "end",
    "end_date": "end",
    "sort-by": "sort_by",
    "per-page": "limit",
    "per_page": "limit",
}

# An API key is `<prefix>.<secret>`; the prefix stands in all these.
SECRETS = frozenset({"accessKey", "accessKeys", "submittedBy", "submittedByKey"})


class ModzyRecord(Record, spelling=camel_case, secrets=SECRETS):
    """Base of all classes: `job_identifier` in Python is `jobIdentifier` on the wire."""


modzy = System(
    name="modzy",
    states=STATES,
    evidence=EVIDENCE,
    secrets=SECRETS,
    read=read,
    receipt=receipt,
    ask=ask,
    facts=facts,
    errors=errors,
    loose=LOOSE,
    own_refusals=True,
    options=OPTIONS,
    lists=({"limit": PAGE},),
    next_page=next_page,
)
