"""The registry: all endpoints, as a value."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import jobmodels
from jobmodels import Key, Raw, Record, Registry, System, collect, registry
from jobmodels import systems as own_systems
from jobmodels._registry import GROUP
from jobmodels.errors import DuplicateEndpoint, NoSuchEndpoint, UnsupportedClass

acme = System(name="acme")


@acme("report/POST")
@acme("report/GET")
class Report(Record):
    """Details whose home is the submit."""

    id: int


class Shared(Record):
    """Details of endpoints that are values."""

    id: int


export = acme.endpoint("export/POST", Shared)
download = acme.endpoint("export/GET", Shared)


@pytest.fixture
def known() -> Registry:
    """Collect what this module defines."""
    return collect(sys.modules[__name__])


# As a mapping.


def test_text_of_the_same_spelling_is_a_key(known: Registry) -> None:
    """A registry is indexed with keys or with text."""
    assert known["acme/report/GET"] is known[Key("acme/report/GET")]
    assert "acme/report/GET" in known
    assert known.get("acme/nothing/GET") is None
    assert 7 not in known  # type: ignore[comparison-overlap]


def test_keys_are_in_alphabetic_order(known: Registry) -> None:
    """The order does not depend on modules."""
    assert list(known) == ["acme/export/GET", "acme/export/POST", "acme/report/GET", "acme/report/POST"]
    assert len(known) == 4


def test_an_unknown_key_names_the_near_ones(known: Registry) -> None:
    """A misspelling is seen at once."""
    with pytest.raises(NoSuchEndpoint) as refused:
        known["acme/reports/GET"]

    assert refused.value.asked == "acme/reports/GET"
    assert refused.value.near[0] == "acme/report/GET"
    with pytest.raises(NoSuchEndpoint, match=r"registered for 7$"):
        known[7]


def test_a_registry_is_a_value(known: Registry) -> None:
    """Equal registries have one hash; neither can be changed."""
    assert known == Registry(known.values())
    assert hash(known) == hash(Registry(known.values()))
    frozen: Any = known
    with pytest.raises(TypeError):
        frozen["a/b/GET"] = export


def test_repr_says_how_many_there_are(known: Registry) -> None:
    """Not all of them."""
    assert repr(known) == "<Registry of 4 endpoints: acme>"


# Homes.


def test_the_home_of_a_class_is_the_key_that_stands_first(known: Registry) -> None:
    """Whatever the order of keys."""
    assert known.home(Report).key == "acme/report/POST"


def test_a_class_without_marks_is_at_home_at_its_first_key(known: Registry) -> None:
    """The first in the order of keys."""
    assert known.home(Shared).key == "acme/export/GET"


def test_a_marked_class_brings_its_home() -> None:
    """It need not be in the registry."""
    assert Registry().home(Report).key == "acme/report/POST"


def test_another_class_has_no_home(known: Registry) -> None:
    """The class is named."""
    with pytest.raises(NoSuchEndpoint, match="Nobody"):
        known.home(type("Nobody", (), {}))


# Joining.


def test_registries_are_joined(known: Registry) -> None:
    """An SDK author adds its own to ours; what is in both once more is no duplicate."""
    joined = registry() | known | known

    assert len(joined) == len(registry()) + 4
    assert isinstance(joined, Registry)
    assert Registry([export]) | {download.key: download} == Registry([export, download])


def test_a_key_has_one_endpoint() -> None:
    """Both claimants are named, whether in one registry or in two."""
    other = acme.endpoint("export/POST", Report)

    with pytest.raises(DuplicateEndpoint) as refused:
        _ = Registry([export]) | Registry([other])
    assert refused.value.key == "acme/export/POST"
    assert refused.value.first == "tests.test_registry.Shared"
    assert refused.value.second == "tests.test_registry.Report"


def test_a_class_that_cannot_be_read_is_refused_when_it_is_registered() -> None:
    """Not first when an answer comes."""
    with pytest.raises(UnsupportedClass):
        Registry([acme.endpoint("odd/GET", int)])


# Collecting.


def test_marked_classes_and_endpoints_can_be_collected_one_by_one() -> None:
    """A notebook has no module."""
    assert list(collect(Report, export)) == ["acme/export/POST", "acme/report/GET", "acme/report/POST"]
    assert len(collect()) == 0
    assert len(collect(Shared)) == 0


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Write and import a package with modules of all kinds."""
    files = {
        "__init__.py": "from sdk_of_mine.inner.deep import Deep\n",
        "__main__.py": "raise SystemExit('ran')\n",
        "base.py": "import jobmodels\nmine = jobmodels.System(name='mine')\nnumber = 7\n",
        "inner/__init__.py": "",
        "inner/deep.py": (
            "import jobmodels\nfrom sdk_of_mine.base import mine\n"
            "@mine('deep/GET')\nclass Deep(jobmodels.Record):\n    id: int\n"
            "other = mine.endpoint('other/GET', Deep)\n"
        ),
    }
    for name, text in files.items():
        path = tmp_path / "sdk_of_mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("sdk_of_mine")
    for name in [name for name in sys.modules if name.partition(".")[0] == "sdk_of_mine"]:
        del sys.modules[name]


def test_a_package_is_walked_with_all_its_modules(package: ModuleType) -> None:
    """Nothing has to be imported by hand, no class is claimed twice, and no program is run."""
    assert list(collect(package)) == ["mine/deep/GET", "mine/other/GET"]


def test_our_own_endpoints_are_known() -> None:
    """All systems of this package are, once."""
    assert registry() is registry()
    assert set(collect(own_systems)) <= set(registry())
    assert registry()["alation/job/GET"].key.system == "alation"


def test_other_packages_name_their_modules_as_entry_points(
    package: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed SDK is known without a word from its user."""
    info = tmp_path / "sdk_of_mine-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sdk-of-mine\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nmine = sdk_of_mine\n", encoding="utf-8")
    importlib.invalidate_caches()
    registry.cache_clear()
    try:
        assert "mine/deep/GET" in registry()
        assert "alation/job/GET" in registry()
    finally:
        registry.cache_clear()


def test_importing_registers_nothing() -> None:
    """A class that is marked in a program does not turn up in the registry of others."""
    assert not any(key.system == "acme" for key in jobmodels.registry())


class _Vague(Record):
    note: str | None = None


class _Middle(Record):
    id: int
    part: _Vague | Raw = None


class _Outer(Record):
    state: str
    middle: _Middle | None = None


def test_a_class_that_nothing_tells_is_refused_however_deep_it_stands() -> None:
    """A nested class beside raw values needs a required key, and that is said when the registry is made."""
    endpoint = System(name="acme").endpoint("report/GET", _Outer)

    with pytest.raises(UnsupportedClass) as refused:
        Registry([endpoint])
    assert refused.value.cls == "_Middle.part"


def test_text_gets_an_endpoint_or_the_default() -> None:
    """As with a dict; a key that is text of the same spelling needs no wrapping."""
    known = registry()

    assert known.get("alation/job/GET") is known["alation/job/GET"]
    assert known.get("alation/jop/GET") is None
    assert known.get("alation/jop/GET", 7) == 7
