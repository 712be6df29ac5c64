"""Exports: they run every night, and are only asked after."""

from __future__ import annotations

from collections.abc import Sequence

from acme_sdk._system import AcmeJob, acme
from jobmodels import wire


@acme("export/GET")
class AcmeExport(AcmeJob):
    """One export.

    `wire` says what a name cannot: another spelling on the wire, or that a value is a credential and is never shown.
    """

    export_id: str = wire("exportID")
    files: Sequence[str] | None = None
    download_key: str | None = wire(default=None, secret=True)
