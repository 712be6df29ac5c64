"""Acme's reports and exports: an SDK whose job answers `jobmodels` reads."""

from acme_sdk._system import acme
from acme_sdk.exports import AcmeExport
from acme_sdk.reports import AcmeReport, AcmeReportPage, AcmeReportRejection

__all__ = ["AcmeExport", "AcmeReport", "AcmeReportPage", "AcmeReportRejection", "acme"]
