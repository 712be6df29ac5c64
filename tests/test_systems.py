"""What holds for every system that comes with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import jobmodels
from jobmodels import System
from jobmodels._cases import find_cases, load_case
from jobmodels._folders import find_folder

FOLDER = find_folder("jobmodels", "fixtures") or Path()
SYSTEMS = {endpoint.system.name: endpoint.system for endpoint in jobmodels.registry().values()}
each_system = pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)


def test_five_systems_come_with_the_package() -> None:
    """Each is a folder of facts."""
    assert sorted(SYSTEMS) == ["alation", "arangodb", "datocms", "kinetica", "modzy"]


@each_system
def test_every_meaning_is_that_of_a_recorded_answer(system: System) -> None:
    """Words and other evidence promise nothing that no case shows."""
    jobs = [load_case(path).answer.job() for path in find_cases(FOLDER / system.name) if "raises" not in path.stem]
    entries = [entry for job in jobs if job.listing for entry in job.listing.jobs]
    shown = {(job.state, job.finished) for job in [*jobs, *entries]}

    assert {(told.state, told.finished) for told in (*system.states.values(), *system.evidence.values())} <= shown


@each_system
def test_every_key_has_a_success_and_something_else(system: System) -> None:
    """What went well is told apart from what did not, under every key."""
    for key in (key for key in jobmodels.registry() if key.system == system.name):
        jobs = [load_case(path).answer.job() for path in find_cases(FOLDER / key)]
        assert any(not job.errors for job in jobs), key
        assert any(job.errors for job in jobs), key


@each_system
def test_a_third_of_the_cases_is_awkward(system: System) -> None:
    """At least sixteen a system; awkward is what brings errors or findings."""
    jobs = [load_case(path).answer.job() for path in find_cases(FOLDER / system.name)]

    assert len(jobs) >= 16
    assert 3 * sum(bool(job.errors or job.findings) for job in jobs) >= len(jobs)
