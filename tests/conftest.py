"""What all tests share."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Have Ctrl-C heard, also where a shell runs the tests in the background and has it ignored for all it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def unburdened() -> Iterator[None]:
    """Have the thousands of tests themselves out of the way of each collection of garbage."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
