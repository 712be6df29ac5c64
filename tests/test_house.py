"""The house: what may import what, how long a module is, and what the face shows."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import jobmodels
from jobmodels import errors, tables
from jobmodels.tables import spark

ROOT = Path(jobmodels.__file__).parent
VENDORS = ("alation", "arangodb", "datocms", "kinetica", "modzy")

# Floors of the design, section 6. A module that is a package stands for all that is inside.
FLOORS = {
    0: "errors _words _secrets _plain _job _wire _numbers _moments _folders loose",
    1: "_json _spans _offsets _record _types _notes _places _quick _plan _convert _told _system",
    2: "systems",
    3: "_registry _schemas _job_schema",
    4: "_open _draft _settle _outcome _reading _read _steps _kept _ask _wait _look",
    5: "clients tables _lines _cases _contract _drift",
    6: "_cli pytest_plugin __main__",
}
FLOOR_OF = {name: floor for floor, names in FLOORS.items() for name in names.split()}


def sources() -> Iterator[tuple[str, Path]]:
    """Give the modules of the package: dotted name below the package, and file."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


# What the pages of a vendor describe beside its answers: the only modules of clients that know one.
VENDOR_CLIENTS = {f"clients.{vendor}" for vendor in VENDORS}

SOURCES = {name: path for name, path in sources() if not name.startswith(("schemas", "fixtures"))}
each_module = pytest.mark.parametrize("name", SOURCES)


def is_of_a_vendor(name: str) -> bool:
    """Tell a module that knows one vendor."""
    return name.startswith("systems") or name in VENDOR_CLIENTS


def is_type_checking(node: ast.AST) -> bool:
    """Tell the branch that only type checkers run."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(node: ast.AST) -> Iterator[str]:
    """Give the modules of ours that are imported, those inside functions included."""
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        if node.module == "jobmodels":
            yield from (alias.name if alias.name in SOURCES else "" for alias in node.names)
        elif node.module and node.module.startswith("jobmodels."):
            yield node.module.removeprefix("jobmodels.")
    elif isinstance(node, ast.Import):
        ours = (alias.name for alias in node.names if alias.name.partition(".")[0] == "jobmodels")
        yield from (name.partition(".")[2] for name in ours)
    skipped = set(node.body) if isinstance(node, ast.If) and is_type_checking(node) else set()
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from imports(child)


def tree_of(name: str) -> ast.Module:
    """Parse a module."""
    return ast.parse(SOURCES[name].read_text(encoding="utf-8"))


def floor_of(name: str) -> int:
    """Give the floor of a module; the face stands above all that it shows."""
    return FLOOR_OF[name.partition(".")[0]] if name else 5


# Order.


def test_every_module_has_a_floor() -> None:
    """A new module says where it stands, and nothing is listed that is not planned."""
    planned = {"_drift"}
    found = {name.partition(".")[0] for name in SOURCES} - {""}

    assert found <= FLOOR_OF.keys()
    assert FLOOR_OF.keys() - found <= planned


@each_module
def test_imports_go_down(name: str) -> None:
    """Or stay on the same floor; imports inside functions count."""
    above = {other for other in imports(tree_of(name)) if floor_of(other) > floor_of(name)}

    assert above == set()


@pytest.mark.parametrize("name", [name for name in SOURCES if is_of_a_vendor(name) and "." in name])
def test_a_vendor_knows_no_other(name: str) -> None:
    """Vendors differ, and do not share code but through generic modules."""
    vendor = name.split(".")[1]
    others = {other for other in imports(tree_of(name)) if is_of_a_vendor(other)}

    assert {other.split(".")[1] for other in others} <= {vendor}


@pytest.mark.parametrize("name", [name for name in SOURCES if not is_of_a_vendor(name)])
def test_generic_code_names_no_vendor(name: str) -> None:
    """Neither in a name nor in text, so that none imports a module of a vendor.

    Docstrings, comments, and what only type checkers read may have examples, since no program runs on them.
    """
    tree = tree_of(name)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = [part for part in node.body if not is_text(part)] or [ast.Pass()]
        elif isinstance(node, ast.If) and is_type_checking(node):
            node.body = [ast.Pass()]
    code = ast.unparse(tree).lower()

    assert [vendor for vendor in VENDORS if vendor in code] == []


def is_text(node: ast.stmt) -> bool:
    """Tell a docstring, of a module, a class, a function or a name."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@each_module
def test_a_module_fits_in_the_head(name: str) -> None:
    """300 lines at most, 200 for those of a vendor."""
    lines = SOURCES[name].read_text(encoding="utf-8").count("\n")

    assert lines <= (200 if is_of_a_vendor(name) else 300)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.[ch]")), ids=lambda path: path.name)
def test_what_is_compiled_fits_in_the_head_too(path: Path) -> None:
    """300 lines at most."""
    assert path.read_text(encoding="utf-8").count("\n") <= 300


# Importing.


def run(code: str, *arguments: str) -> str:
    """Run a program in a fresh interpreter, without what this one has imported."""
    program = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_loads_next_to_nothing() -> None:
    """Names are looked up when they are first used."""
    code = "import sys; before = set(sys.modules); import jobmodels; print(*sorted(set(sys.modules) - before))"
    loaded = run(code).split()

    assert {name for name in loaded if name.startswith("jobmodels")} == {"jobmodels"}
    assert not {"attrs", "attr", "cattrs", "jsonschema", "referencing", "dateutil", "json"} & set(loaded)


def test_reading_needs_no_validator() -> None:
    """`jsonschema` is imported by who asks for a schema."""
    code = "import sys, jobmodels; jobmodels.normalize({}, 'alation/job/GET'); print('jsonschema' in sys.modules)"

    assert run(code) == "False"


def test_importing_has_no_side_effect() -> None:
    """No handler, no registry, no environment; what is imported twice is the same."""
    code = (
        "import logging, os, sys; before = dict(os.environ)\n"
        "import jobmodels.systems.alation, jobmodels._registry\n"
        "assert jobmodels._registry.registry.cache_info().currsize == 0\n"
        "assert dict(os.environ) == before and not logging.root.handlers\n"
        "assert not [name for name in logging.root.manager.loggerDict if name != 'jobmodels']\n"
        "print('quiet')"
    )

    assert run(code) == "quiet"


@each_module
def test_every_module_can_be_imported_first(name: str) -> None:
    """No module depends on another one having been imported before, and none is imported in a circle."""
    if name != "__main__":
        assert isinstance(importlib.import_module(f"jobmodels.{name}".rstrip(".")), ModuleType)


ALONE = """
import sys
from importlib import import_module

names = sys.argv[1:]


def ours():
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "jobmodels"}


def alone(name):
    '''Import a module, then each that is inside it, with nothing of ours loaded but what the import before loaded.'''
    import_module(name)
    print(name)
    kept = {each: (module, dict(vars(module))) for each, module in ours().items()}
    for inner in [each for each in names if each.rpartition(".")[0] == name]:
        for each in ours():
            del sys.modules[each]
        for each, (module, told) in kept.items():
            sys.modules[each] = module
            vars(module).clear()
            vars(module).update(told)
        alone(inner)


alone("jobmodels")
"""


def test_importing_each_module_alone_works() -> None:
    """In one fresh interpreter, each with nothing of ours loaded but the packages it is in, which always come first."""
    names = [f"jobmodels.{name}".rstrip(".") for name in SOURCES if name != "__main__"]

    assert sorted(run(ALONE, *names).split()) == sorted(names)


# The face.


def test_all_is_what_can_be_imported() -> None:
    """Each name of `__all__` is there, once, in order."""
    assert sorted(set(jobmodels.__all__)) == sorted(jobmodels.__all__)
    for name in jobmodels.__all__:
        assert getattr(jobmodels, name) is not None
        assert name in dir(jobmodels)


def test_the_lazy_table_is_all_there_is() -> None:
    """`__all__`, the table of homes, and what type checkers see are the same names."""
    checked = {
        alias.name: node.module
        for branch in tree_of("").body
        if isinstance(branch, ast.If) and is_type_checking(branch)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert {*jobmodels._HOME_OF, "__version__"} == set(jobmodels.__all__)
    assert {name: f"jobmodels.{home}" for name, home in jobmodels._HOME_OF.items()} == checked


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As for every module."""
    with pytest.raises(AttributeError, match="'jobmodels' has no attribute 'nothing'"):
        jobmodels.nothing  # noqa: B018


def test_a_name_of_the_face_is_looked_up_once() -> None:
    """Then it is an ordinary global of the module."""
    code = "import jobmodels; assert 'loads' not in vars(jobmodels); jobmodels.loads; print('loads' in vars(jobmodels))"

    assert run(code) == "True"


def public() -> Iterator[tuple[str, Any]]:
    """Give all that users import, with the members of classes."""
    clients, systems = (importlib.import_module(f"jobmodels.{name}") for name in ("clients", "systems"))
    modules = [jobmodels, errors, clients, tables, spark]
    modules += [
        importlib.import_module(found.name)
        for package in (clients, systems)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.rpartition(".")[2].startswith("_")
    ]
    for module in modules:
        yield module.__name__, module
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            yield f"{module.__name__}.{name}", value
            if inspect.isclass(value) and value.__module__.startswith("jobmodels"):
                for member, inner in vars(value).items():
                    if not member.startswith("_") and isinstance(inner, (property, classmethod, staticmethod)):
                        yield f"{module.__name__}.{name}.{member}", getattr(inner, "fget", inner)
                    elif not member.startswith("_") and inspect.isfunction(inner):
                        yield f"{module.__name__}.{name}.{member}", inner


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_says_what_it_is(name: str) -> None:
    """A docstring of its own, that ends as a sentence does."""
    value = PUBLIC[name]
    if inspect.ismodule(value) or inspect.isclass(value) or inspect.isroutine(value):
        told = value.__dict__.get("__doc__") if inspect.isclass(value) else inspect.getdoc(value)
        assert told
        assert told.strip().splitlines()[0].rstrip().endswith((".", ":"))


@pytest.mark.parametrize("name", [name for name, value in PUBLIC.items() if inspect.ismodule(value)])
def test_all_of_a_module_is_what_it_shows(name: str) -> None:
    """Every class that is made there is in `__all__` by its name, and nothing stands in it twice."""
    shown = list(getattr(PUBLIC[name], "__all__", ()))
    made = {value for value in vars(PUBLIC[name]).values() if inspect.isclass(value) and value.__module__ == name}

    assert {cls.__name__ for cls in made} <= set(shown)
    assert len(set(shown)) == len(shown)


def test_the_version_is_said_once() -> None:
    """It is the one that was built."""
    assert jobmodels.__version__.count(".") == 2
