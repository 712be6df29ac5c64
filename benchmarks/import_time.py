"""What `import jobmodels` adds to the start of Python, measured side by side in one interleaved run.

    python benchmarks/import_time.py [--rounds 30] [--json]

Python is started again and again, in turn with nothing to do and with each of the imports. Printed are the median
time over the bare start, in milliseconds, and the ratio to it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

BARE = "pass"
PROGRAMS = {
    "import jobmodels": "import jobmodels",
    "import json, re": "import json, re",
    "import cattrs": "import cattrs",
    "its registry": "import jobmodels; jobmodels.registry()",
}


def started(program: str) -> float:
    """Run a program in a Python of its own; give the seconds from start to end."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - begun


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Measure, interleaved; the first start of each program only warms the disk."""
    spent: dict[str, list[float]] = {program: [] for program in (BARE, *PROGRAMS.values())}
    for number in range(rounds + 1):
        for program, seconds in spent.items():
            took = started(program)
            if number:
                seconds.append(took)
    bare = statistics.median(spent[BARE])
    medians = {name: statistics.median(spent[program]) for name, program in PROGRAMS.items()}
    return {name: {"added_ms": (seconds - bare) * 1000, "ratio": seconds / bare} for name, seconds in medians.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what importing adds to the start of Python.")
    parser.add_argument("--rounds", type=int, default=30, help="how often each program is started (30)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    measured = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps(measured, indent=2))
    else:
        for name, told in measured.items():
            print(f"{name:<17}{told['added_ms']:>8.1f} ms{told['ratio']:>8.2f}")


if __name__ == "__main__":
    main()
