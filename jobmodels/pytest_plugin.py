"""Cases as tests: each file below a folder of fixtures is one item, and its path is the node id.

Options of the ini file:
    jobmodels_fixtures: folders of cases, relative to the root directory. Without it `fixtures` is looked into, and
        files in it that do not stand where a case stands are left alone.
    jobmodels_registry: modules whose endpoints join those that are installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jobmodels._contract import Played

_FOLDERS = pytest.StashKey[tuple[Path, ...]]()
_REGISTRY = pytest.StashKey[Mapping[Any, Any]]()
_REWRITTEN = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add two ini options and one of the command line."""
    parser.addini("jobmodels_fixtures", "folders of jobmodels cases, relative to rootdir", type="args", default=[])
    parser.addini("jobmodels_registry", "modules whose endpoints the cases are about", type="args", default=[])
    parser.getgroup("jobmodels").addoption(
        "--jobmodels-update",
        action="store_true",
        help="write what is read now into the expect of failing jobmodels cases; read the diff before you keep it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find the folders, once."""
    told = config.getini("jobmodels_fixtures") or ["fixtures"]
    config.stash[_FOLDERS] = tuple(config.rootpath / folder for folder in told)
    config.stash[_REWRITTEN] = []


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Take the JSON files below the folders."""
    if file_path.suffix != ".json":
        return None
    root = next((folder for folder in parent.config.stash[_FOLDERS] if folder in file_path.parents), None)
    if root is None or not (parent.config.getini("jobmodels_fixtures") or _stands_like_a_case(file_path, root)):
        return None
    return CaseFile.from_parent(parent, path=file_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the files that were rewritten."""
    for name in config.stash[_REWRITTEN]:
        terminalreporter.write_line(f"jobmodels: rewrote expect in {name}")


def _stands_like_a_case(path: Path, root: Path) -> bool:
    from jobmodels._cases import key_of
    from jobmodels.errors import JobModelsError

    try:
        key_of(path, root)
    except JobModelsError:
        return False
    return True


def _registry(config: pytest.Config) -> Mapping[Any, Any]:
    if _REGISTRY not in config.stash:
        from importlib import import_module

        from jobmodels._registry import collect, registry

        modules = (import_module(name) for name in config.getini("jobmodels_registry"))
        config.stash[_REGISTRY] = registry() | collect(*modules)
    return config.stash[_REGISTRY]


class CaseFile(pytest.File):
    """A file of one case."""

    def collect(self) -> Iterator[CaseItem]:
        """Give the one item, under the node id of the file."""
        yield CaseItem.from_parent(self, name=self.path.name, nodeid=self.nodeid)


class CaseItem(pytest.Item):
    """A case."""

    def runtest(self) -> None:
        """Play the case; with `--jobmodels-update` write down what was read, and play it again."""
        from jobmodels._contract import play_file, updated

        played = play_file(self.path, _registry(self.config))
        if not played.ok and played.case and self.config.getoption("--jobmodels-update"):
            self.path.write_text(updated(played.case, played), encoding="utf-8", newline="")
            self.config.stash[_REWRITTEN].append(self.nodeid)
            played = play_file(self.path, _registry(self.config))
        if played.skipped is not None:
            pytest.skip(played.skipped)
        if not played.ok:
            raise CaseFailed(played)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show expected and got side by side."""
        from jobmodels._contract import render

        if isinstance(excinfo.value, CaseFailed):
            return render(excinfo.value.played)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Give the place for reports: the key and the claim; pytest would take a path apart at its dot."""
        return self.path, None, f"{'/'.join(self.path.parts[-4:-1])}: {self.path.stem}"


class CaseFailed(AssertionError):
    """A case that does not hold; `played` says why."""

    def __init__(self, played: Played) -> None:
        """Take what became of the case."""
        super().__init__(f"{played.path} does not hold")
        self.played = played
