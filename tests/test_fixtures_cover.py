"""The cases of Alation cover what its contracts page says: every key, every row, every word."""

from __future__ import annotations

import re

import pytest

import jobmodels
from jobmodels._cases import Case, find_cases, load_case
from jobmodels._folders import find_folder
from jobmodels._job import Key
from jobmodels._system import ERRORS
from jobmodels.systems.alation import alation

FOLDER = find_folder("jobmodels", "fixtures")
assert FOLDER is not None
CASES = [load_case(path, FOLDER) for path in find_cases(FOLDER / "alation")]
KEYS = sorted(key for key in jobmodels.registry() if key.system == "alation")
ROWS = {
    row
    for letter, last in (("D", 21), ("C", 9), ("W", 14), ("E", 21))
    for row in (f"{letter}{number}" for number in range(1, last + 1))
}


def of_key(key: Key) -> list[Case]:
    """Give the cases of a key."""
    return [case for case in CASES if case.key == key]


def succeeds(case: Case) -> bool:
    """Tell whether a case claims a success: a job done, a receipt given, a list of errors that is empty."""
    endpoint = jobmodels.registry()[case.key]
    if endpoint.answers is ERRORS:
        return case.expect.get("errors") == []
    if case.key.endpoint == "submit":
        return case.expect.get("accepted") is True
    return case.expect.get("state") == "succeeded"


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case_that_succeeds(key: Key) -> None:
    """Each endpoint shows what its success looks like."""
    assert any(succeeds(case) for case in of_key(key))


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case_that_does_not_succeed(key: Key) -> None:
    """Each endpoint shows how it refuses or fails; a job that is merely under way does not count."""
    assert any(
        not succeeds(case) and case.expect.get("state") not in {"succeeded", "pending", "running"}
        for case in of_key(key)
    )


def test_every_case_has_a_registered_key() -> None:
    """No case stands in a folder that no endpoint has."""
    assert {case.key for case in CASES} == set(KEYS)


def test_every_row_of_the_contracts_is_shown() -> None:
    """Each defect, crash, wrong reading and error shape of the contracts page is the source of a case."""
    shown = {row for case in CASES for row in re.findall(r"\b[DCWE]\d+\b", case.source)}

    assert sorted(ROWS - shown) == []
    assert sorted(shown - ROWS) == []


def test_every_word_of_the_state_table_occurs() -> None:
    """Each native word that the system translates is the native state of a case."""
    told = {str(case.expect.get("native_state")).lower() for case in CASES}

    assert sorted(alation.states.keys() - told) == []


def test_every_case_claims_state_or_errors() -> None:
    """No case is about level 1 alone."""
    silent = [case.path.name for case in CASES if not {"state", "native_state"} & case.expect.keys()]

    assert silent == []


def test_every_case_is_a_claim_about_a_fact() -> None:
    """Names are in kebab-case, and `about` is one statement that ends in a full stop."""
    for case in CASES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.path.stem), case.path
        assert case.about.endswith("."), case.path
        assert "\n" not in case.about, case.path
