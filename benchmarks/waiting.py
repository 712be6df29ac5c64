"""Waiting for 500 jobs at once, beside a loop over the same library that sends, side by side in interleaved runs.

    python benchmarks/waiting.py [--rounds 5] [--tickets 5000] [--at-once 500] [--looks 4] [--json]

A server on loopback, in a process of its own, has jobs that are busy for some looks. Whoever waits is a process of its
own too, on one core where the system can be told so, and asks as fast as it can: no pause takes any time. The first
tickets only warm it up.

Printed are requests for each second that the core worked, the ratio of that time to the one of the plain loop, the peak
of the memory, and by how much the second half of the tickets raised it. A job that is lost, or is not the one that was
asked for, ends the run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any

from jobmodels import Ticket
from jobmodels.clients import AsyncClient, Policy

KEY, PATH = "alation/document/POST", "/api/v1/bulk_metadata/job/"
MIB = 1024 * 1024
CONNECTIONS = 20
"""With a connection for each who waits, the pool of the library is all that one measures."""
Run = Callable[[str, argparse.Namespace, Callable[[int], None]], Coroutine[Any, Any, None]]


# The service.


def answer_to(name: str, busy: bool) -> bytes:
    """Make the answer about a job, as it goes over the wire."""
    made = {"created_term_count": 1, "created_terms": [{"id": int(name), "title": "A term"}]}
    msg = "Job finished in 0.075 seconds at 2023-11-30 13:37:51.148217+00:00"
    told = {"status": "running", "msg": "", "result": None} if busy else finished(msg, made)
    body = json.dumps(told).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def finished(msg: str, result: Any) -> dict[str, Any]:
    """Make the document of a job that went well."""
    return {"status": "successful", "msg": msg, "result": result}


class Served(asyncio.Protocol):
    """A connection that is kept alive."""

    def __init__(self, looks: Counter[str], most: int) -> None:
        self.looks, self.most, self.left = looks, most, b""

    def connection_made(self, transport: Any) -> None:
        """Take the line to the other side."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there as a whole; none of them has a body."""
        *requests, self.left = (self.left + data).split(b"\r\n\r\n")
        for request in requests:
            name = request.split(b" ", 2)[1].rpartition(b"id=")[2].decode()
            self.looks[name] += 1
            self.transport.write(answer_to(name, busy=self.looks[name] < self.most))


async def serve(most: int) -> None:
    """Serve until nobody reads the port any more."""
    looks: Counter[str] = Counter()
    server = await asyncio.get_running_loop().create_server(lambda: Served(looks, most), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


# Those who wait.


def all_of(how: argparse.Namespace) -> range:
    """Give the numbers of all jobs, those that come first included."""
    return range(how.first, how.first + how.warm + how.tickets)


def connected(library: str) -> Any:
    """Make a client of a library that sends."""
    module = import_module(library)
    limits = module.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    return module.AsyncClient(limits=limits, timeout=60.0)


async def with_jobmodels(url: str, how: argparse.Namespace, note: Callable[[int], None]) -> None:
    """Wait for all tickets with `wait_all`."""
    async with connected(how.library) as sender:
        client = AsyncClient("alation", url, sender=sender, policy=Policy(base=0.0))
        tickets = (Ticket(KEY, number) for number in all_of(how))
        told: set[str] = set()
        async for outcome in client.wait_all(tickets, concurrency=how.at_once):
            assert outcome.ticket is not None
            assert outcome.result().created_terms[0].id == int(outcome.ticket.id)
            told.add(outcome.ticket.id)
            note(len(told))
        assert len(told) == len(all_of(how))


async def with_a_loop(url: str, how: argparse.Namespace, note: Callable[[int], None]) -> None:
    """Wait for all jobs with a loop, as one writes it without a library for it: it trusts the service in everything."""
    numbers = iter(all_of(how))
    told: set[int] = set()

    async def waiting() -> None:
        for number in numbers:
            while True:
                answer = (await client.get(f"{url}{PATH}", params={"id": number})).json()
                if answer["status"] != "running":
                    break
                await asyncio.sleep(0)
            assert answer["result"]["created_terms"][0]["id"] == number
            told.add(number)
            note(len(told))

    async with connected(how.library) as client:
        await asyncio.gather(*(waiting() for _ in range(how.at_once)))
    assert len(told) == len(all_of(how))


RUNS: dict[str, Run] = {"jobmodels": with_jobmodels, "plain loop": with_a_loop}


def peak() -> float | None:
    """Give the peak of the memory of this process in MiB; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told / MIB if sys.platform == "darwin" else told * 1024 / MIB


def wait(how: argparse.Namespace) -> None:
    """Wait, and print what it took."""
    at: dict[int, tuple[float, float | None]] = {}

    def note(number: int) -> None:
        if number in (how.warm, how.warm + how.tickets // 2, how.warm + how.tickets):
            at[number] = (time.process_time(), peak())

    asyncio.run(RUNS[how.run](how.url, how, note))
    (began, _), (_, half), (ended, most) = at.values()
    growth = None if most is None or half is None else most - half
    print(json.dumps({"seconds": ended - began, "peak_mib": most, "growth_mib": growth}))


# Side by side.


def keep_to(core: int) -> None:
    """Keep this process to one core, where the system can be told so and there is another one."""
    if hasattr(os, "sched_setaffinity") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(0, {cores[core]})


def measure(how: argparse.Namespace) -> dict[str, dict[str, float | None]]:
    """Measure, interleaved; each process is new, and each run has tickets of its own."""
    told: dict[str, list[dict[str, float]]] = {name: [] for name in RUNS}
    script = [sys.executable, __file__, "--looks", str(how.looks), "--library", how.library]
    with subprocess.Popen([*script, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            first = 0
            for number in range(how.rounds):
                for name in sorted(RUNS, reverse=bool(number % 2)):
                    options = ["--url", url, "--run", name, "--first", str(first)]
                    options += [f"--tickets={how.tickets}", f"--at-once={how.at_once}", f"--warm={how.warm}"]
                    done = subprocess.run([*script, *options], check=True, stdout=subprocess.PIPE, text=True)
                    told[name].append(json.loads(done.stdout))
                    first += how.tickets + how.warm
        finally:
            server.communicate()
    return {name: summed(runs, told["plain loop"], how) for name, runs in told.items()}


def summed(
    runs: list[dict[str, float]], plain: list[dict[str, float]], how: argparse.Namespace
) -> dict[str, float | None]:
    """Give the median of each number; a ratio is taken within its round."""
    ratios = [run["seconds"] / beside["seconds"] for run, beside in zip(runs, plain, strict=True)]
    return {
        "requests_per_second": how.tickets * how.looks / statistics.median(run["seconds"] for run in runs),
        "ratio": statistics.median(ratios),
        "peak_mib": None if runs[0]["peak_mib"] is None else statistics.median(run["peak_mib"] for run in runs),
        "growth_mib": None if runs[0]["growth_mib"] is None else statistics.median(run["growth_mib"] for run in runs),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what waiting for many jobs at once takes.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is run (5)")
    parser.add_argument("--tickets", type=int, default=5000, help="how many jobs there are (5000)")
    parser.add_argument("--at-once", type=int, default=500, help="how many are waited for at once (500)")
    parser.add_argument("--warm", type=int, default=500, help="how many jobs come first and do not count (500)")
    parser.add_argument("--looks", type=int, default=4, help="how many looks a job takes (4)")
    parser.add_argument("--library", default="httpx2", help="what sends (httpx2); httpx will do too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    how = parser.parse_args()
    if how.serve:
        keep_to(-1)
        asyncio.run(serve(how.looks))
    elif how.run:
        keep_to(0)
        wait(how)
    else:
        show(measure(how), as_json=how.json)


def show(measured: dict[str, dict[str, float | None]], *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        print(json.dumps(measured, indent=2))
        return
    print(f"{'':<12}{'requests/s':>12}{'ratio':>8}{'peak MiB':>10}{'growth MiB':>12}")
    for name, told in measured.items():
        rest = "".join(
            f"{'-' if told[kind] is None else format(told[kind], '.1f'):>{width}}" for kind, width in COLUMNS
        )
        print(f"{name:<12}{told['requests_per_second']:>12.0f}{told['ratio']:>8.2f}{rest}")


COLUMNS = (("peak_mib", 10), ("growth_mib", 12))

if __name__ == "__main__":
    main()
