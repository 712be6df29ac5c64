"""Where schemas and fixtures are: inside a package once it is installed, beside it in a checkout."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def find_folder(package: str, name: str) -> Path | None:
    """Find a folder that belongs to a package.

    Args:
        package: a top-level package, or a module that is a single file.
        name: the folder, as `schemas` or `fixtures`.

    Returns:
        The folder inside the package, else the one beside it; None where there is neither.
    """
    module = sys.modules.get(package) or import_module(package)
    places = list(getattr(module, "__path__", ())) or [Path(module.__file__).parent] if module.__file__ else []
    for place in places:
        inside = Path(place).resolve() / name
        for folder in (inside, inside.parent.parent / name):
            if folder.is_dir():
                return folder
    return None
