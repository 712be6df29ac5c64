"""What the cases below `fixtures` cannot say. Each of those is a test of its own, made by the plugin of jobmodels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import acme_sdk
import pytest

import jobmodels

CASES = sorted((Path(__file__).parents[1] / "fixtures").rglob("*.json"))
ENDPOINTS = jobmodels.collect(acme_sdk)


def test_the_package_has_two_endpoints() -> None:
    """Marked classes are found by walking the package."""
    assert list(ENDPOINTS) == ["acme/export/GET", "acme/report/POST"]
    assert ENDPOINTS.home(acme_sdk.AcmeReport).key == "acme/report/POST"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_nothing_is_lost_and_schemas_hold(path: Path) -> None:
    """Each recorded answer comes back exactly, and holds what the schema of its endpoint says."""
    key, answer = "/".join(path.parts[-4:-1]), json.loads(path.read_text(encoding="utf-8"))["given"]["body"]
    job: jobmodels.Job[Any] = jobmodels.normalize(answer, key, registry=ENDPOINTS)
    assert json.dumps(jobmodels.unstructure(job.details), sort_keys=True) == json.dumps(answer, sort_keys=True)
    assert jobmodels.validate(answer, key, registry=ENDPOINTS) == ()


def test_a_ticket_can_be_asked_with() -> None:
    """The system says which request asks after a job; ids are quoted."""
    ticket = jobmodels.Ticket(jobmodels.Key("acme/report/POST"), "r/17")
    assert acme_sdk.acme.request("status", ticket).path == "/v1/reports/r%2F17"


def test_jobs_cannot_be_cancelled() -> None:
    """What Acme does not offer is refused before anything is sent."""
    with pytest.raises(jobmodels.errors.NotAskable):
        acme_sdk.acme.request("cancel", jobmodels.Ticket(jobmodels.Key("acme/report/POST"), "r-17"))
