"""`python -m jobmodels` is the command `jobmodels`."""

from __future__ import annotations

import sys

from jobmodels._cli import main

if __name__ == "__main__":
    sys.exit(main())
