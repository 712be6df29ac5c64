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
    file = getattr(module, "__file__", None)
    for place in getattr(module, "__path__", None) or ([Path(file).parent] if file else []):
        inside = Path(place).resolve() / name
        for folder in (inside, inside.parent.parent / name):
            if folder.is_dir():
                return folder
    return None
