"""ArangoDB as a system: its words and its functions."""

from __future__ import annotations

from jobmodels._system import System
from jobmodels.systems.arangodb._ask import ask
from jobmodels.systems.arangodb._lists import LISTED
from jobmodels.systems.arangodb._read import read, receipt

__all__ = ["arangodb"]

# Its words are HTTP statuses, whose meaning depends on the request; only the two lists of jobs have words of their own.
arangodb = System(
    name="arangodb",
    states=LISTED,
    secrets=("jwt",),
    ask=ask,
    read=read,
    receipt=receipt,
    own_refusals=True,
)
