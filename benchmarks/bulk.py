"""How fast a log becomes a table, beside peers: ratios only, all measured side by side in one interleaved run.

    python benchmarks/bulk.py [--lines 1000000] [--rounds 3] [--sizes 100000,1000000] [--plot bulk.svg] [--json]
                              [--folder FOLDER]

The unit is `orjson.loads` of every line, one after the other, by a ratio of 1: no table comes of it. Everything else is
a process of its own from start to end, imports and all, as a user runs it; its time is that on the clock. In each round
every runner reads the same log, in an order that changes. The unit is measured directly before and behind each of them,
since a machine is not as fast in one minute as in the next, and a ratio is taken to the mean of both. The median
over the rounds is printed, with the most memory that one process of the runner had.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from bulk_log import lines

HERE = Path(__file__).parent
UNIT = "orjson.loads"
ALLIE = "allie-sdk"
# As users have it: what was compiled is kept.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
DEAD_LETTERS = 1
"""How the command ends where lines were refused."""

LIMITS = {
    "to Parquet, one worker": 3.2,
    "to Parquet, two workers": 2.2,
    "to DuckDB, two workers": 4.5,
}
"""Ratios that are to be reached, to `orjson.loads` of the same lines."""


@attrs.frozen
class Run:
    """How long a runner took, in seconds on the clock and of the processors, and its memory in MB.

    Attributes:
        unit: how many seconds the unit took at that time.
    """

    seconds: float
    processor: float
    memory: float
    unit: float = 1.0


@attrs.frozen
class Runner:
    """One way to read a log: the command, whether it says itself how long it took, and what it finds set."""

    command: Sequence[str]
    tells: bool = False
    settings: Mapping[str, str] = attrs.field(factory=dict)

    def run(self) -> Run:
        """Run it once."""
        begun = time.perf_counter()
        env = {**ENVIRONMENT, **self.settings}
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        if os.waitstatus_to_exitcode(status) not in (0, DEAD_LETTERS):
            raise SystemExit(f"{' '.join(self.command)} failed")
        told = json.loads(said) if self.tells else seconds
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return Run(told, used.ru_utime + used.ru_stime, used.ru_maxrss / scale)


def ours(log: Path, out: Path, workers: int, **settings: str) -> Runner:
    """Give the command of a user."""
    command = [sys.executable, "-m", "jobmodels", "normalize", str(log), "--to", str(out), "--overwrite"]
    return Runner([*command, "--workers", str(workers)], settings=settings)


def child(name: str, *arguments: object, python: str = sys.executable, tells: bool = False) -> Runner:
    """Give the command that does one of `CHILDREN`."""
    return Runner([python, str(Path(__file__)), "--child", name, *map(str, arguments)], tells)


def runners(log: Path, folder: Path) -> dict[str, Runner]:
    """Give all that read the log."""
    sql = HERE / "peers" / "bulk.sql"
    return {
        "to Parquet, one worker": ours(log, folder / "one.parquet", 1),
        "to Parquet, two workers": ours(log, folder / "two.parquet", 2),
        "the same without the compiled part": ours(log, folder / "pure.parquet", 2, JOBMODELS_COMPILE="0"),
        "to DuckDB, two workers": ours(log, folder / "two.duckdb", 2),
        "DuckDB by hand": child("sql", sql, log, folder / "peer.parquet"),
        "DuckDB by hand, broken lines lost": child("sql_lossy", sql, log, folder / "peer.parquet"),
    }


def unit(log: str) -> None:
    """Decode every line, and say how long that took."""
    import orjson

    given = Path(log).read_bytes().splitlines()
    loads = orjson.loads
    begun = time.perf_counter()
    for line in given:
        try:
            loads(line)
        except ValueError:
            continue
    print(time.perf_counter() - begun)


def sql(script: str, log: str, out: str, *, lossy: bool = False) -> None:
    """Run the script of DuckDB; one that loses broken lines reads JSON at once."""
    import duckdb

    text = Path(script).read_text(encoding="utf-8").format(log=log, out=out, dead=f"{out}.dead")
    if lossy:
        begin, end = text.index("SELECT row_number()"), text.index("COPY (SELECT line")
        own = "SELECT row_number() OVER () AS line, json AS raw, json IS NOT NULL AS valid FROM read_ndjson_objects"
        text = f"{text[:begin]}{own}('{log}', ignore_errors = true);\n{text[end:]}"
    duckdb.connect().execute(text)


def sql_lossy(script: str, log: str, out: str) -> None:
    """Run the script so that broken lines are lost."""
    sql(script, log, out, lossy=True)


def allie(log: str, most: str) -> None:
    """Read the job documents of Alation with its own SDK, and say how long one line took, in seconds."""
    from allie_sdk.models import job_model

    classes = {
        "alation/document/POST": job_model.JobDetailsDocumentPost,
        "alation/rdbms-table/POST": job_model.JobDetailsRdbms,
        "alation/custom-field-value/PUT": job_model.JobDetails,
    }
    given = [line for line in Path(log).read_bytes().splitlines() if line.startswith(b'{"key":"alation/')][: int(most)]
    read = 0
    begun = time.perf_counter()
    for line in given:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        cls = classes.get(told["key"])
        if cls is not None and "status" in told["body"]:
            cls.from_api_response(told["body"])
            read += 1
    print((time.perf_counter() - begun) / read)


CHILDREN: Mapping[str, Callable[..., None]] = {"unit": unit, "sql": sql, "sql_lossy": sql_lossy, "allie": allie}


def written(folder: Path, many: int, **options: float) -> Path:
    """Write a log, where there is none yet."""
    log = folder / f"{many}{''.join(options)}.jsonl"
    if not log.exists():
        begun = log.with_suffix(".begun")
        with begun.open("wb") as out:
            out.writelines(lines(many, **options))  # type: ignore[arg-type]
        begun.rename(log)
    return log


def rounds(unit: Runner, told: Mapping[str, Runner], many: int) -> dict[str, list[Run]]:
    """Run all in an order that changes, the unit before and behind each of them."""
    runs: dict[str, list[Run]] = {name: [] for name in told}
    rng = random.Random(7)
    before = unit.run().seconds
    for _ in range(many):
        for name in rng.sample(list(told), len(told)):
            run, behind = told[name].run(), unit.run().seconds
            runs[name].append(attrs.evolve(run, unit=(before + behind) / 2))
            before = behind
    return runs


def ratios(runs: Mapping[str, Sequence[Run]]) -> dict[str, float]:
    """Give the median ratio of each runner to the unit."""
    return {name: statistics.median(run.seconds / run.unit for run in told) for name, told in runs.items()}


def report(runs: Mapping[str, Sequence[Run]]) -> None:
    """Print one line a runner: ratios on the clock and of the processors, memory, and what is to be reached."""
    print(f"{UNIT + ' is 1':36}{'clock':>8}{'processors':>12}{'MB':>6}{'limit':>8}")
    for name, ratio in ratios(runs).items():
        used = statistics.median(run.processor / run.unit for run in runs[name])
        memory = max(run.memory for run in runs[name])
        print(f"{name:36}{ratio:8.1f}{used:12.1f}{memory:6.0f}{LIMITS.get(name, ''):>8}")


def plot(path: Path, sizes: Mapping[int, Mapping[str, float]], bars: Mapping[str, float]) -> None:
    """Draw time against lines, and bars against peers."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "jobmodels", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.6))
    for name in next(iter(sizes.values())):
        left.plot(list(sizes), [told[name] for told in sizes.values()], marker="o", label=f"to Parquet, {name}")
    left.set(xscale="log", yscale="log", xlabel="lines")
    left.set(title="time against lines", ylabel="orjson.loads of the largest log is 1")
    left.set_yticks([0.1, 0.2, 0.5, 1, 2, 5], ["0.1", "0.2", "0.5", "1", "2", "5"])
    left.yaxis.set_minor_formatter("")
    left.legend()
    names = list(bars)
    colors = ["tab:blue" if name.startswith("to ") else "tab:gray" for name in names]
    right.barh(names[::-1], [bars[name] for name in names][::-1], color=colors[::-1])
    right.axvline(1, color="black", linewidth=0.8, linestyle=":")
    right.set(title="time against peers", xlabel="orjson.loads of the same lines, of which no table comes, is 1")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure all, and print it."""
    log = written(folder, options.lines)
    runs = rounds(child("unit", log, tells=True), runners(log, folder), options.rounds)
    report(runs)
    told: dict[str, Any] = {"lines": options.lines, "ratios": ratios(runs)}
    noisy = written(folder, options.lines, unknown=1.0)
    clean, unknown = ours(log, folder / "clean.parquet", 1), ours(noisy, folder / "noisy.parquet", 1)
    told["unknown"] = ratios(rounds(clean, {"unknown": unknown}, options.rounds))["unknown"]
    print(f"{'each line with an unknown member':36}{told['unknown']:8.2f} times the clean log, to be 2.0 at most")
    if options.allie:
        line = child("allie", log, 20_000, python=options.allie, tells=True).run().seconds
        own = statistics.median(run.seconds for run in runs["to Parquet, two workers"]) / options.lines
        told[ALLIE] = line / own
        print(f"{ALLIE + ', a line of Alation':36}{told[ALLIE]:8.1f} times ours to Parquet, to be 20 at least")
    told["sizes"] = dict(scaled(options.sizes, folder))
    if options.plot:
        plot(options.plot, told["sizes"], told["ratios"])
    return told


def scaled(sizes: Iterable[int], folder: Path) -> Iterable[tuple[int, dict[str, float]]]:
    """Measure logs of several sizes, each once."""
    unit = 0.0
    seconds: dict[int, dict[str, float]] = {}
    for size in sorted(sizes, reverse=True):
        log = written(folder, size)
        unit = unit or child("unit", log, tells=True).run().seconds
        told = {
            f"{workers} worker{'s' * (workers > 1)}": ours(log, folder / "sized.parquet", workers).run().seconds
            for workers in (1, 2)
        }
        seconds[size] = {name: taken / unit for name, taken in told.items()}
        print(f"{size:>12,} lines", *(f"{name} {taken:.2f}" for name, taken in seconds[size].items()))
    return sorted(seconds.items())


def main(arguments: list[str] | None = None) -> int:
    """Measure, or do what a child process is for."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--child"]:
        CHILDREN[given[1]](*given[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--sizes", type=lambda text: [int(one) for one in text.split(",")], default=[100_000, 1_000_000]
    )
    parser.add_argument("--allie", metavar="PYTHON", help="a Python that has allie-sdk")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON, last")
    parser.add_argument("--folder", type=Path, help="where logs are kept, for the next time; what is made of them too")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        told = measure(options, options.folder or Path(folder))
    if options.json:
        print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
