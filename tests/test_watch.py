"""`jobmodels ticket` and `jobmodels watch`: every life cycle over loopback, in lines, as JSON and on a terminal."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import pytest

from jobmodels import Response, Ticket
from jobmodels._cli import credentials, main, progress, tickets, together
from jobmodels._cli.credentials import Credentials
from jobmodels._wire import _seal
from jobmodels.clients import Client, Policy
from tests.test_clients import BUSY, DONE, FAILED, LIVES, MANAGER_404, PAGE, arango, modzy

JSON = Response.json
KEY = "alation/document/POST"
ONCE = "300000001"
FAR = Ticket(KEY, "7", origin="https://a.example:443")
RESULT = arango(201, {"_key": "1"}, ONCE)
QUICK = ("--base", "0")
NO = JSON({"detail": "no", "code": "403000"}, 403)
SECRET = "hunter2-hunter2"
BASIC = base64.b64encode(f"me:{SECRET}".encode()).decode()
OWN = """
import jobmodels


def ask(operation, ticket):
    return jobmodels.Request("GET", f"/lamps/{ticket.id}")


BUSY = jobmodels.Meaning(jobmodels.JobState.RUNNING, finished=False)
DONE = jobmodels.Meaning(jobmodels.JobState.SUCCEEDED, finished=True)
lamps = jobmodels.System(name="lamps", states={"on": BUSY, "off": DONE}, ask=ask)


@lamps("lamp/GET")
class Lamp(jobmodels.Record):
    status: str
"""
Answer: TypeAlias = Response | Callable[[], Response | None] | None

needs_signals = pytest.mark.skipif(os.name == "nt", reason="needs signals")
needs_modes = pytest.mark.skipif(os.name == "nt", reason="needs permissions of files")


class Handler(BaseHTTPRequestHandler):
    """Answers as its service says."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Give the next answer; None closes the connection."""
        service: Service = self.server.service  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("content-length", 0)))
        told = service.next(f"{self.command} {self.path}", {name.lower(): text for name, text in self.headers.items()})
        self.close_connection = True
        if told is not None:
            self.send_response(told.status or 200)
            for name, value in (told.headers or {}).items():
                self.send_header(name, value)
            body = told.body.encode() if isinstance(told.body, str) else told.body or b""
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the base class looks them up by these names

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Lets more callers knock at once, and does not mind when one dies."""

    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


class Service:
    """A service on loopback: it gives answers in order, the last one again and again, and remembers what was asked."""

    def __init__(self) -> None:
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.service = self  # type: ignore[attr-defined]
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.lines: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._answers: dict[str, list[Answer]] = {}
        self._lock = threading.Lock()

    def play(self, *answers: Answer, at: str = "") -> None:
        """Answer from now on so, where the request line holds a text."""
        self._answers[at] = list(answers)

    def next(self, line: str, headers: dict[str, str]) -> Response | None:
        """Take a request."""
        with self._lock:
            self.lines.append(line)
            self.headers.append(headers)
            told = next(self._answers[at] for at in sorted(self._answers, key=len, reverse=True) if at in line)
            answer = told.pop(0) if len(told) > 1 else told[0]
        return answer() if callable(answer) else answer

    def ticket(self, key: str = KEY, id: str = "7", **options: Any) -> Ticket:
        """Give a ticket of this service."""
        return Ticket(key, id, origin=self.origin, **options)


@contextmanager
def serving() -> Generator[Service]:
    """Serve on loopback."""
    service = Service()
    thread = threading.Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.server.shutdown()
        thread.join()
        service.server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    """Serve on loopback."""
    with serving() as serves:
        yield serves


@pytest.fixture
def other() -> Iterator[Service]:
    """Serve on another port."""
    with serving() as serves:
        yield serves


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Forgets the terminal in which the tests run, and works in a folder of its own."""
    for variable in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def write(*given: Ticket, name: str = "ticket.json") -> str:
    """Write tickets into a file, one a line."""
    Path(name).write_text("".join(f"{ticket.to_json()}\n" for ticket in given), encoding="utf-8")
    return name


def sealed(**members: Any) -> str:
    """Write a ticket as nobody does, with a seal that holds."""
    told = {"jobmodels-ticket": 1, "key": KEY, "id": "7", **members}
    return json.dumps({**told, "seal": _seal(told)})


def unstamped(line: str) -> str:
    """Take the moment off the line of an event."""
    return re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", "", line)


class TestTicket:
    def test_from_an_id(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """One line of JSON that is the ticket, bound to its service."""
        assert main(["ticket", KEY, "27809", "--origin", service.origin]) == 0
        told = capsys.readouterr()
        assert told.err == ""
        assert told.out.count("\n") == 1
        assert Ticket.from_json(told.out) == Ticket(KEY, "27809", origin=service.origin)
        assert (
            main(["ticket", "alation/job/GET", "nightly.json", "--by", "name", "--origin", "https://A.example/"]) == 0
        )
        assert Ticket.from_json(capsys.readouterr().out) == Ticket(
            "alation/job/GET", "nightly.json", "name", origin="https://a.example:443"
        )

    @pytest.mark.parametrize(
        ("key", "content", "id"),
        [
            (KEY, b'{"job_id": 27809}', "27809"),
            (KEY, '\ufeff{"status": 202, "body": {"job_id": 27809}}'.encode("utf-16-le"), "27809"),
            (KEY, b'{"operation": "status", "key": "alation/term/POST", "text": "{\\"job_id\\": 27809}"}', "27809"),
            (
                "arangodb/submit/POST",
                f'{{"status": 202, "headers": {{"X-Arango-Async-Id": "{ONCE}"}}, "text": ""}}',
                ONCE,
            ),
        ],
    )
    def test_from_a_recorded_answer(
        self,
        key: str,
        content: bytes | str,
        id: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The bare body, or an envelope with status and headers; from a file or from standard input."""
        given = content.encode() if isinstance(content, str) else content
        Path("receipt.json").write_bytes(given)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        for source in ("receipt.json", "-"):
            assert main(["ticket", key, source, "--origin", "https://a.example"]) == 0
            assert Ticket.from_json(capsys.readouterr().out).id == id

    @pytest.mark.parametrize(
        ("key", "content", "told"),
        [
            (KEY, {"detail": "no", "code": "403000"}, "did not accept the work"),
            (KEY, {"status": 503, "text": "<title>Down</title>"}, "did not accept the work"),
            ("alation/term/DELETE", {"deleted_term_count": 1, "deleted_term_ids": [1]}, "answered without a job"),
        ],
    )
    def test_an_answer_without_a_job(
        self, key: str, content: object, told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A refusal, and an answer that is the result itself, end with 1 and without a ticket."""
        Path("answer.json").write_text(json.dumps(content), encoding="utf-8")
        assert main(["ticket", key, "answer.json", "--origin", "https://a.example"]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(f"jobmodels: {key} {told}")

    def test_a_page_is_no_receipt(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What is not JSON is read as what it is."""
        Path("page.json").write_text("<html><title>Bad gateway</title></html>", encoding="utf-8")
        assert main(["ticket", KEY, "page.json", "--origin", "https://a.example"]) == 1
        assert "did not accept the work" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ([KEY, "missing.json"], "missing.json: cannot be read: No such file or directory"),
            ([KEY, "receipt"], f"receipt is a file too: write .{os.sep}receipt for the answer in it, or --by id"),
            ([KEY, "./bytes"], "./bytes: it is not text"),
            (["alation/documents/POST", "7"], "did you mean alation/document/POST"),
            ([KEY, "seven"], "alation cannot be asked for status: the id of a job is a number"),
            ([KEY, ""], "the ticket names no job"),
        ],
    )
    def test_what_cannot_be_followed(self, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Wrong use ends with 2, and says what is wrong."""
        Path("receipt").write_text('{"job_id": 1}', encoding="utf-8")
        Path("bytes").write_bytes(b"\xff{}")
        assert main(["ticket", *arguments, "--origin", "https://a.example"]) == 2
        said = capsys.readouterr()
        assert (said.out, told in said.err) == ("", True), said.err

    @pytest.mark.parametrize(
        ("origin", "told"),
        [
            ("a.example", "expected http:// or https://"),
            (f"https://me:{SECRET}@a.example", "no user"),
            (f"https://a.example?token={SECRET}", "--origin: expected"),
            ("https://a.example/below", "`jobmodels watch --base-url` takes the path below it"),
            ("https://a.example:port", "--origin: expected"),
        ],
    )
    def test_an_origin_is_scheme_host_and_port(
        self, origin: str, told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Anything else is refused, and not shown."""
        assert main(["ticket", KEY, "7", "--origin", origin]) == 2
        said = capsys.readouterr().err
        assert told in said
        assert SECRET not in said


class TestLives:
    @pytest.mark.parametrize("system", LIVES)
    def test_every_system(self, system: str, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """From the first look to the result; a ticket file is all that is needed."""
        ticket, answers, lines, state = LIVES[system]
        service.play(*answers)
        assert main(["watch", write(attrs.evolve(ticket, origin=service.origin)), *QUICK]) == 0
        told = capsys.readouterr()
        assert service.lines == lines
        assert told.err == ""
        assert f"{ticket.key} {ticket.id}: {state.value}" in told.out.splitlines()[-2:][0]

    @pytest.mark.parametrize("system", LIVES)
    def test_as_json(self, system: str, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """Events, then the job, one a line; the job is what the library gives."""
        ticket, answers, _, _ = LIVES[system]
        bound = attrs.evolve(ticket, origin=service.origin)
        service.play(*answers)
        assert main(["watch", write(bound), *QUICK, "--format", "json"]) == 0
        *events, job = map(json.loads, capsys.readouterr().out.splitlines())
        service.play(*answers)
        wanted = Client(ticket.key.system, service.origin, policy=Policy(base=0)).wait(bound).to_dict()
        for told in (job, wanted):
            told["details"].get("headers", {}).pop("date", None)
        assert job == wanted
        assert [event["kind"] for event in events] == [*(["state"] * (len(events) - 1)), "ended"]
        assert all((event["key"], event["id"]) == (ticket.key, ticket.id) for event in events)

    def test_lines(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """What happens is told in a line each, as `Event` writes it, then how the job ended."""
        service.play(
            modzy("SUBMITTED"),
            None,
            modzy("IN_PROGRESS", total=4, pending=3, completed=1, failed=0),
            modzy("IN_PROGRESS", total=4, pending=1, completed=3, failed=0),
            PAGE,
            modzy("CANCELED", total=4, pending=0, completed=3, failed=1),
        )
        assert main(["watch", write(service.ticket("modzy/job/GET", "a-b")), *QUICK]) == 1
        told = capsys.readouterr().out.splitlines()
        assert [unstamped(line).partition(" (")[0].removeprefix("modzy/job/GET a-b: ") for line in told[:6]] == [
            "pending", "no answer", "running 25%", "running 75%", "no answer", "cancelled 100%",
        ]  # fmt: skip
        assert told[6] == "modzy/job/GET a-b: cancelled, 3 ok, 1 failed, 0 pending of 4"
        assert "Bad gateway" in told[4]

    def test_events_as_json(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """An event says what is known by then, and why there was no answer."""
        service.play(None, modzy("IN_PROGRESS", total=4, pending=3, completed=1, failed=0), modzy("CANCELED"))
        assert main(["watch", write(service.ticket("modzy/job/GET", "a-b")), *QUICK, "--format", "json"]) == 1
        lost, running, *_ = map(json.loads, capsys.readouterr().out.splitlines())
        assert (lost["kind"], lost["state"], lost["counts"]) == ("lost", None, None)
        assert "RemoteDisconnected" in lost["reason"]
        assert (running["state"], running["progress"], running["reason"]) == ("running", 0.25, None)
        assert running["counts"] == {"total": 4, "succeeded": 1, "failed": 0, "pending": 3}

    def test_errors_are_told_in_a_few_lines(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """The first ones, and how many more there are."""
        errors = [{"code": f"4000{number}", "title": "bad"} for number in range(7)]
        service.play(JSON({"status": "failed", "msg": "", "result": {"errors": errors}}))
        name = write(service.ticket())
        main(["watch", name, *QUICK, "--format", "json"])
        found = json.loads(capsys.readouterr().out.splitlines()[-1])["errors"]
        assert main(["watch", name, *QUICK]) == 1
        told = capsys.readouterr().out.splitlines()[1:]
        assert told[0].startswith(f"{KEY} 7: failed")
        assert len(told) == 1 + min(len(found), 6)

    def test_the_second_step_is_named(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """A job that starts another says which."""
        said = "Updated values count: 1. Error count: 0. Errors: [] write job_id (can be tracked using jobs API): 8"
        service.play(JSON({"status": "successful", "msg": "", "result": [said]}))
        assert main(["watch", write(service.ticket("alation/job/GET")), *QUICK]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "  it started alation/job/GET 8"


class TestExitCodes:
    @pytest.mark.parametrize(
        ("answers", "arguments", "code", "told"),
        [
            ([FAILED], [], 1, ""),
            ([JSON({"status": "pondering", "msg": "", "result": None})], [], 1, "do not say how the job stands"),
            ([BUSY], ["--timeout", "0"], 3, "has not ended; wait for the same ticket again"),
            ([BUSY], ["--max-requests", "3"], 3, "3 requests"),
            ([None], [], 3, "could not be reached"),
            ([PAGE], ["--timeout", "none"], 3, "Bad gateway"),
            ([NO], [], 2, "the service refuses these credentials"),
        ],
    )
    def test_of_one_job(
        self,
        answers: list[Answer],
        arguments: list[str],
        code: int,
        told: str,
        service: Service,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """They say what to do next: nothing, look, mend the call, come again."""
        service.play(*answers)
        assert main(["watch", write(service.ticket()), *QUICK, *arguments]) == code
        said = capsys.readouterr().err
        again = shlex.join(["jobmodels", "watch", "ticket.json", *QUICK, *arguments])
        assert told in said
        assert said.endswith(f"jobmodels: to go on: {again}\n") == (code == 3)

    @pytest.mark.parametrize("answer", [JSON({"statusCode": 404, "status": "NOT_FOUND", "message": "no job"}, 404)])
    def test_of_a_job_that_is_gone(
        self, answer: Response, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """There is nothing to come again for."""
        service.play(modzy("IN_PROGRESS"), answer)
        assert main(["watch", write(service.ticket("modzy/job/GET", "a-b")), *QUICK, "--format", "json"]) == 1
        told = capsys.readouterr()
        assert "the service does not know the job; submit it again" in told.err
        stopped = json.loads(told.out.splitlines()[-1])
        assert (stopped["kind"], stopped["error"], stopped["id"]) == ("stopped", "JobGone", "a-b")
        assert stopped["job"]["state"] == "not_found"
        assert "does not know" in stopped["reason"]

    def test_a_port_where_nobody_listens(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Cannot be reached, which may be otherwise later."""
        with serving() as gone:
            ticket = gone.ticket()
        assert main(["watch", write(ticket), *QUICK, "--format", "json"]) == 3
        told = capsys.readouterr()
        stopped = json.loads(told.out.splitlines()[-1])
        assert (stopped["error"], stopped["job"]) == ("Unreachable", None)
        assert "ConnectionRefusedError" in told.err

    @pytest.mark.parametrize(
        ("answers", "code"),
        [
            ((DONE, DONE), 0),
            ((DONE, FAILED), 1),
            ((FAILED, BUSY), 3),
            ((BUSY, NO), 2),
        ],
    )
    def test_of_several(self, answers: tuple[Response, Response], code: int, service: Service) -> None:
        """What asks most of the caller wins: to mend the call, to come again, to look."""
        for number, answer in enumerate(answers):
            service.play(answer, at=f"?id={number}")
        given = [service.ticket(id=str(number)) for number in range(2)]
        assert main(["watch", write(*given), *QUICK, "--max-requests", "2"]) == code


class TestTogether:
    def test_services_of_several_systems(self, service: Service, other: Service) -> None:
        """Each is asked by a client of its own, and is sent only the headers that are for it."""
        found = []
        for number, (system, (ticket, answers, _, _)) in enumerate(LIVES.items()):
            one = (service, other)[number % 2]
            one.play(*answers, at=f"{ticket.id}" if system != "kinetica" else "/get/job")
            found.append(attrs.evolve(ticket, origin=one.origin))
        for name, one in (("a", service), ("b", other)):
            os.environ[f"WATCH_{name.upper()}"] = f"{SECRET}-{name}"
            Path("headers").touch(0o600)
            with Path("headers").open("a", encoding="utf-8") as file:
                print(f"[{one.origin}]\nx-{name}: {name}", file=file)
        try:
            given = [f"Token=WATCH_{name.upper()}@{one.origin}" for name, one in (("a", service), ("b", other))]
            arguments = ["--header-env", given[0], "--header-env", given[1], "--headers-file", "headers"]
            assert main(["watch", write(*found), *QUICK, *arguments]) == 0
        finally:
            del os.environ["WATCH_A"], os.environ["WATCH_B"]
        for name, one in (("a", service), ("b", other)):
            assert {headers["token"] for headers in one.headers} == {f"{SECRET}-{name}"}
            assert {headers.get("x-a", headers.get("x-b")) for headers in one.headers} == {name}

    def test_a_slow_service_holds_up_no_other(self, service: Service, other: Service) -> None:
        """Its answer may take as long as all the rest."""
        ended = threading.Event()

        def last() -> Response:
            ended.set()
            return DONE

        def slow() -> Response:
            assert ended.wait(30)
            return DONE

        service.play(slow)
        other.play(BUSY, BUSY, last)
        assert main(["watch", write(service.ticket(), other.ticket()), *QUICK]) == 0

    def test_many(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """More jobs than hands: none is lost, each is asked for as often as it needs, and one ticket counts once."""
        count = 3 * together.HANDS
        for number in range(count):
            service.play(*[BUSY] * (number % 3), DONE, at=f"?id={number}z"[:-1] if number > 9 else f"?id=0{number}")
        given = [service.ticket(id=f"{number:02}") for number in range(count)]
        assert main(["watch", write(*given), write(*given, name="again.json"), *QUICK]) == 0
        assert len(service.lines) == sum(1 + number % 3 for number in range(count))
        summaries = [line for line in capsys.readouterr().out.splitlines() if line.startswith(KEY)]
        assert sorted(summaries) == [f"{KEY} {number:02}: succeeded" for number in range(count)]

    def test_a_defect_comes_out(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        """What nobody foresaw is not taken for news of a job."""

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(Client, "act", broken)
        with pytest.raises(ZeroDivisionError):
            main(["watch", write(service.ticket())])


class TestStore:
    def test_an_answer_that_is_given_once_is_kept_beside_the_ticket(
        self, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """So the same command finds it there, and asks nobody."""
        ticket, answers, lines, _ = LIVES["arangodb"]
        service.play(*answers)
        name = write(attrs.evolve(ticket, origin=service.origin))
        for _ in range(2):
            assert main(["watch", name, *QUICK]) == 0
            assert "is kept in ticket.json.answers" in capsys.readouterr().out.splitlines()[-1]
        assert service.lines == lines
        assert len(list(Path("ticket.json.answers").iterdir())) == 1

    def test_a_store(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """`--store` says where answers are kept, of any system."""
        found = []
        for system in ("arangodb", "alation"):
            ticket, answers, _, _ = LIVES[system]
            service.play(*answers, at=ticket.id)
            found.append(attrs.evolve(ticket, origin=service.origin))
        name = write(*found)
        for _ in range(2):
            assert main(["watch", name, *QUICK, "--store", "kept/here", "--format", "json"]) == 0
            jobs = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
            assert {job["state"] for job in jobs if "details" in job} == {"succeeded"}
        assert len(service.lines) == sum(len(LIVES[system][2]) for system in ("arangodb", "alation"))
        assert len(list(Path("kept/here").iterdir())) == 2
        assert not Path("ticket.json.answers").exists()

    def test_a_store_that_cannot_be_written(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """Then nothing is asked."""
        Path("file").touch()
        assert main(["watch", write(service.ticket("arangodb/job/GET", ONCE)), *QUICK, "--store", "file"]) == 2
        assert service.lines == []
        assert "file" in capsys.readouterr().err

    def test_a_ticket_from_a_pipe_has_nothing_beside_it(
        self, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """So it has to be said where an answer that is given once is kept."""
        text = service.ticket("arangodb/job/GET", ONCE).to_json().encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert main(["watch", "-", *QUICK]) == 2
        assert capsys.readouterr().err.endswith("its result is given once; say with --store where to keep it\n")
        assert service.lines == []


class TestInterrupted:
    """In the thread of the test, whose handlers are those of any program."""

    @needs_signals
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    @pytest.mark.parametrize("form", ["text", "json"])
    def test_one_line_says_how_to_go_on(
        self, number: int, form: str, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The remote job is left alone, and the same command goes on."""

        def interrupt() -> Response:
            os.kill(os.getpid(), number)
            return BUSY

        kept = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        service.play(BUSY, interrupt, BUSY)
        arguments = ["watch", write(service.ticket(), name="my ticket.json"), "--base", "0.01", "--format", form]
        assert main(arguments) == 130
        told = capsys.readouterr().err
        how = f"jobmodels watch 'my ticket.json' --base 0.01 --format {form}"
        assert told == f"jobmodels: interrupted; the remote job goes on; to wait again: {how}\n"
        assert {line.partition(" ")[0] for line in service.lines} == {"GET"}
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == kept
        service.play(DONE)
        assert main(shlex.split(how)[1:]) == 0

    @needs_signals
    def test_what_has_ended_is_not_waited_for_again(
        self, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Tickets that came in a pipe are in the line, as far as they are needed, and as long as it can be read."""

        def interrupt() -> Response:
            while "00: succeeded\n" not in stdout.getvalue():
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGINT)
            return BUSY

        def watched(count: int) -> str:
            stdout.truncate(0)
            given = [service.ticket(id=f"{number:02}") for number in range(count)]
            service.play(DONE, at="?id=00")
            service.play(BUSY, interrupt, at=f"?id={count - 1:02}")
            text = "".join(ticket.to_json() for ticket in given)
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
            assert main(["watch", "-", "--base", "0.05"]) == 130
            return capsys.readouterr().err

        stdout = io.StringIO()
        monkeypatch.setattr("sys.stdout", stdout)
        service.play(BUSY)
        told = watched(3)
        assert "the remote jobs go on" in told
        words = shlex.split(told.partition("to wait again: ")[2])
        assert words[:2] == ["printf", "%s\\n"]
        assert [Ticket.from_json(word).id for word in words[2:4]] == ["01", "02"]
        assert words[4:] == ["|", "jobmodels", "watch", "-", "--base", "0.05"]
        assert "to wait again: jobmodels watch -" in watched(6)

    @needs_signals
    def test_an_answer_that_cannot_be_had_again_is_taken(self, service: Service) -> None:
        """When it is under way already; other jobs take no further step."""

        def interrupt() -> Response:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
            return RESULT

        service.play(arango(200), at="GET /_api")
        service.play(interrupt, arango(404, MANAGER_404), at="PUT /_api")
        assert main(["watch", write(service.ticket("arangodb/job/GET", ONCE)), *QUICK]) == 0
        assert main(["watch", "ticket.json", *QUICK]) == 0
        assert len(service.lines) == 2

    @needs_signals
    @pytest.mark.parametrize("times", [1, 2])
    def test_but_not_for_ever(
        self, times: int, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """There is a bound, and a second Ctrl-C; then the store says what may have happened."""
        go_on = threading.Event()
        monkeypatch.setattr(together, "GRACE", 0.0 if times == 1 else 30.0)

        def interrupt() -> Response | None:
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)
            assert go_on.wait(30)
            return None

        service.play(arango(200), arango(404, MANAGER_404), at="GET /_api")
        service.play(interrupt, at="PUT /_api")
        name = write(service.ticket("arangodb/job/GET", ONCE))
        try:
            assert main(["watch", name, *QUICK]) == 130
        finally:
            go_on.set()
        assert main(["watch", name, *QUICK]) == 1
        assert "its result may have been given in an answer that was lost" in capsys.readouterr().err

    @needs_signals
    def test_what_is_ignored_stays_ignored(self, service: Service) -> None:
        """As for a command that a shell runs in the background."""
        kept = signal.signal(signal.SIGINT, signal.SIG_IGN)

        def interrupt() -> Response:
            os.kill(os.getpid(), signal.SIGINT)
            return DONE

        service.play(interrupt)
        try:
            assert main(["watch", write(service.ticket())]) == 0
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGINT, kept)

    def test_in_another_thread(self, service: Service) -> None:
        """Signals are not for it."""
        service.play(DONE)
        codes: list[int] = []
        thread = threading.Thread(target=lambda: codes.append(main(["watch", write(service.ticket())])))
        thread.start()
        thread.join(60)
        assert codes == [0]

    def test_while_tickets_are_read(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Nobody waits yet; the line is the same."""

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(tickets, "read_document", interrupted)
        assert main(["watch", "-"]) == 130
        assert capsys.readouterr().err.endswith("jobmodels watch -\n")


class TestCancelled:
    @needs_signals
    @pytest.mark.parametrize(("status", "told"), [(200, "was cancelled"), (404, "was not cancelled")])
    def test_by_an_interruption(
        self, status: int, told: str, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Where that was asked for; it says what the service said."""

        def interrupt() -> Response:
            os.kill(os.getpid(), signal.SIGINT)
            return arango(204)

        service.play(arango(204), interrupt, arango(204))
        service.play(arango(status, {"result": True} if status == 200 else MANAGER_404), at="/cancel")
        name = write(service.ticket("arangodb/job/GET", ONCE))
        assert main(["watch", name, "--base", "0.05", "--cancel-on", "interrupt"]) == 130
        cancelled, interrupted = capsys.readouterr().err.splitlines()
        assert cancelled == f"jobmodels: arangodb/job/GET {ONCE} {told}"
        assert interrupted.startswith("jobmodels: interrupted; to see what became of it: jobmodels watch ")
        assert service.lines[-1] == f"PUT /_api/job/{ONCE}/cancel"

    @pytest.mark.parametrize("answer", [arango(200, {"result": True}), None])
    def test_at_the_deadline(
        self, answer: Response | None, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Likewise; with the options that all its questions take."""
        service.play(arango(204))
        service.play(answer, at="/cancel")
        name = write(service.ticket("arangodb/job/GET", ONCE))
        options = ["--timeout", "0", "--cancel-on", "timeout", "--option", "database=sales"]
        assert main(["watch", name, *QUICK, *options]) == 3
        assert service.lines[-1] == f"PUT /_db/sales/_api/job/{ONCE}/cancel"
        assert f"; it was {'not ' if answer is None else ''}cancelled" in capsys.readouterr().err

    def test_where_jobs_cannot_be_cancelled(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """It is said at once."""
        assert main(["watch", write(service.ticket()), "--cancel-on", "timeout"]) == 2
        assert "alation cannot be asked for cancel" in capsys.readouterr().err
        assert service.lines == []


class TestTickets:
    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (None, "ticket.json: cannot be read: No such file or directory"),
            (b"", "ticket.json: it holds no ticket"),
            (b" \n\n", "ticket.json: it holds no ticket"),
            (b"\xff\xff", "ticket.json: it is not text"),
            (FAR.to_json()[:60].encode(), "ticket.json:1: not a ticket: it is not"),
            (b'{"jobmodels-ticket": 2}', "ticket.json:1: not a ticket: its version is not known here"),
            (f"\n{FAR.to_json()}\n\n nothing".encode(), "ticket.json:4: not a ticket: it is not JSON"),
            (b"[" * 100_000, "ticket.json:1: not a ticket: it is not JSON"),
            (sealed().replace('"7"', '"8"').encode(), "not a ticket: it was changed since it was written"),
            (sealed(origin=f"https://me:{SECRET}@a.example").encode(), "the origin of the ticket: expected http"),
            (sealed(origin="file:///etc").encode(), "the origin of the ticket: expected http"),
            (sealed(origin="https://a.example").encode(), "is not written as scheme, host and port"),
            (sealed(origin="https://a.example:443/x").encode(), "the origin of the ticket is scheme, host and port"),
            (sealed().encode(), "the ticket does not say where its service is; say it with --base-url"),
            (sealed(key="alation/lamp/GET", origin="https://a.example:443").encode(), "no endpoint is registered"),
            (sealed(id="seven", origin="https://a.example:443").encode(), "the id of a job is a number"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_followed(
        self, content: bytes | None, told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It ends with 2, and says where and why; nothing secret is shown."""
        if content is not None:
            Path("ticket.json").write_bytes(content)
        assert main(["watch", "ticket.json"]) == 2
        said = capsys.readouterr()
        assert (said.out, told in said.err) == ("", True), said.err
        assert SECRET not in said.err

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_documents_follow_each_other(self, encoding: str, service: Service) -> None:
        """On lines of their own or not, laid out or not, in whatever encoding a shell writes."""
        one, two, three = (service.ticket(id=id).to_json() for id in "123")
        text = f"{one} {two}\r\n\r\n{json.dumps(json.loads(three), indent=2)}\n"
        Path("ticket.json").write_bytes(text.encode(encoding))
        service.play(DONE)
        assert main(["watch", "ticket.json", *QUICK]) == 0
        assert sorted(line[-1] for line in service.lines) == ["1", "2", "3"]

    def test_standard_input(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        """`-` is standard input; where there is none, there is no ticket."""
        service.play(DONE)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(service.ticket().to_json().encode())))
        assert main(["watch", "-", *QUICK]) == 0
        monkeypatch.setattr("sys.stdin", None)
        assert main(["watch", "-", *QUICK]) == 2

    def test_a_base_url(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """It binds a ticket that knows no origin, and says below which path a service is."""
        service.play(DONE)
        for ticket in (Ticket(KEY, "7"), service.ticket()):
            assert main(["watch", write(ticket), "--base-url", f"{service.origin}/below", *QUICK]) == 0
        assert service.lines == ["GET /below/api/v1/bulk_metadata/job/?id=7"] * 2

    @pytest.mark.parametrize(
        ("urls", "told"),
        [
            (
                ["https://b.example"],
                "belongs to https://a.example:443, and --base-url to https://b.example:443",
            ),
            (
                ["https://b.example", "http://a.example"],
                "and --base-url to https://b.example:443, http://a.example:80",
            ),
            (["https://a.example/x", "https://a.example/y"], "--base-url: there are two for https://a.example:443"),
            ([f"https://{SECRET}@a.example"], "--base-url: expected"),
            ([f"https://a.example/?key={SECRET}"], "--base-url: expected"),
            (["a.example"], "--base-url: expected"),
        ],
    )
    def test_a_base_url_agrees_with_the_ticket(
        self, urls: list[str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Or nothing is sent to either."""
        arguments = [word for url in urls for word in ("--base-url", url)]
        assert main(["watch", write(FAR), *arguments]) == 2
        said = capsys.readouterr().err
        assert told in said
        assert SECRET not in said

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["--timeout", "-1"], "--timeout is a number from 0 upward"),
            (["--cap", "nan"], "--cap is a number from 0 upward"),
            (["--max-requests", "-1"], "--max-requests is a number from 0 upward"),
            (["--option", "database"], "--option takes NAME=VALUE"),
            (["--option", "lamp=on"], "alation cannot be asked for status: got an unexpected keyword argument 'lamp'"),
        ],
    )
    def test_numbers_and_options(
        self, arguments: list[str], told: str, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What cannot be is wrong use."""
        assert main(["watch", write(service.ticket()), *arguments]) == 2
        assert told in capsys.readouterr().err
        assert service.lines == []

    def test_a_time_that_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It is said how it should be written."""
        with pytest.raises(SystemExit) as ended:
            main(["watch", "ticket.json", "--timeout", "soon"])
        assert ended.value.code == 2
        assert "argument --timeout: invalid seconds value: 'soon'" in capsys.readouterr().err

    def test_an_own_system(
        self, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """`--registry` adds its endpoints, for both commands."""
        Path("lamps_to_watch.py").write_text(OWN, encoding="utf-8")
        monkeypatch.syspath_prepend(str(Path.cwd()))
        service.play(JSON({"status": "on"}), JSON({"status": "off"}))
        more = ["--registry", "lamps_to_watch"]
        assert main(["ticket", "lamps/lamp/GET", "7", "--origin", service.origin, *more]) == 0
        Path("ticket.json").write_text(capsys.readouterr().out, encoding="utf-8")
        assert main(["watch", "ticket.json", *QUICK, *more]) == 0
        assert service.lines == ["GET /lamps/7"] * 2


class TestCredentials:
    """Each header comes from the environment or from a file."""

    @pytest.mark.parametrize(
        ("given", "value", "header", "sent"),
        [
            ("Token=LAMP", SECRET, "token", SECRET),
            ("Token=LAMP", f"  {SECRET}\n", "token", SECRET),
            ("Authorization=Bearer LAMP", SECRET, "authorization", f"Bearer {SECRET}"),
            ("Authorization=ApiKey  LAMP", f"a.{SECRET}", "authorization", f"ApiKey a.{SECRET}"),
            ("Authorization=Basic LAMP", f"me:{SECRET}", "authorization", f"Basic {BASIC}"),
            ("Authorization=Basic LAMP", "bWU6eA==", "authorization", "Basic bWU6eA=="),
            ("Authorization=Basic LAMP", SECRET, "authorization", f"Basic {SECRET}"),
        ],
    )  # fmt: skip
    def test_from_the_environment(
        self,
        given: str,
        value: str,
        header: str,
        sent: str,
        service: Service,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """By the name of a variable; a service that sends it back does not make it show."""
        monkeypatch.setenv("LAMP", value)
        said = f"{sent} is not {value} nor {value.strip()}"
        service.play(JSON({"status": "failed", "msg": said, "result": {"error": said}}))
        name = write(service.ticket())
        for form in ("text", "json"):
            assert main(["watch", name, "--header-env", given, "--format", form]) == 1
            told = capsys.readouterr()
            assert service.headers[-1][header] == sent
            assert "***" in told.out
            assert value.strip() not in told.out
            assert sent.rpartition(" ")[2] not in told.out
            assert SECRET not in told.out + told.err

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            (SECRET, "--header-env takes NAME=VARIABLE"),
            (f"Token={SECRET}", "--header-env takes NAME=VARIABLE"),
            ("Token=hunter2", "--header-env Token: there is no environment variable of that name, or it is empty"),
            ("Token=EMPTY", "--header-env Token: there is no environment variable of that name, or it is empty"),
            ("Token=LINES", "--header-env Token: the value of Token is not one that a header can carry"),
            ("Token=LETTERS", "--header-env Token: the value of Token is not one that a header can carry"),
            ("Token=LAMP@nowhere", "--header-env Token: what says for whom it is is no origin"),
            ("Token=LAMP@https://b.example", "Token is for https://b.example:443, to which no ticket belongs"),
        ],
    )
    def test_what_cannot_be_followed(
        self, given: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The message shows neither a value nor what may be one."""
        for name, value in {"EMPTY": " ", "LINES": "hunter2\nX: y", "LETTERS": "hünter2", "LAMP": "hunter2"}.items():
            monkeypatch.setenv(name, value)
        assert main(["watch", write(FAR), "--header-env", given]) == 2
        said = capsys.readouterr().err
        assert told in said
        assert "hunter2" not in said
        assert "nter2" not in said

    def test_one_that_is_for_nobody_in_particular(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With tickets of several services it is not sent to all."""
        monkeypatch.setenv("LAMP", SECRET)
        found = [Ticket(KEY, "7", origin=f"https://{name}.example:443") for name in "ba"]
        assert main(["watch", write(*found), "--header-env", "Token=LAMP"]) == 2
        said = capsys.readouterr().err
        assert "the header Token: the tickets belong to 2 services" in said
        assert "NAME=VARIABLE@https://a.example:443" in said

    def test_from_a_file(self, service: Service) -> None:
        """Names, values, services and remarks; what the environment says counts more."""
        text = (
            f"\ufeff# for lamps\nX-One : 1\n\n[{service.origin}]\nToken:{SECRET}\nAuthorization: Bearer x:y\n"
            "[https://other.example]\nX-Two: 2\n"
        )
        Path("headers").write_text(text, encoding="utf-8")
        Path("headers").chmod(0o600)
        service.play(DONE)
        assert main(["watch", write(service.ticket()), "--headers-file", "headers"]) == 0
        sent = service.headers[0]
        assert (sent["x-one"], sent["token"], sent["authorization"]) == ("1", SECRET, "Bearer x:y")
        assert "x-two" not in sent

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (None, "--headers-file headers: it cannot be read: No such file or directory"),
            (b"\xff", "--headers-file headers: it is not UTF-8"),
            (b"Token: x\nhunter2", "--headers-file headers:2: it is not `Name: value`"),
            (b"Token:  ", "--headers-file headers:1: the value of Token is not one that a header can carry"),
            (b"[hunter2]", "--headers-file headers:1: what says for whom it is is no origin"),
        ],
    )
    def test_a_file_that_is_none(self, content: bytes | None, told: str, capsys: pytest.CaptureFixture[str]) -> None:
        """It says the line, and not what stands there."""
        if content is not None:
            Path("headers").write_bytes(content)
            Path("headers").chmod(0o600)
        assert main(["watch", write(FAR), "--headers-file", "headers"]) == 2
        said = capsys.readouterr().err
        assert told in said
        assert "hunter2" not in said

    @needs_modes
    def test_a_file_that_others_can_read(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It is refused, with what mends it."""
        Path("headers").write_text("Token: x", encoding="utf-8")
        Path("headers").chmod(0o640)
        assert main(["watch", write(FAR), "--headers-file", "headers"]) == 2
        assert "others can get at it (-rw-r-----); mend it with: chmod 600 headers" in capsys.readouterr().err

    def test_where_files_have_no_modes(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing can be checked."""
        Path("headers").write_text("Token: x", encoding="utf-8")
        Path("headers").chmod(0o644)
        monkeypatch.setattr(credentials, "_POSIX", False)
        service.play(DONE)
        assert main(["watch", write(service.ticket()), "--headers-file", "headers"]) == 0

    def test_they_may_change(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """The file is read for each request; while it cannot be, or is empty, what was read before counts."""
        path = Path("headers")
        steps: list[Callable[[], object]] = [
            path.unlink,
            partial(path.touch, 0o600),
            partial(path.write_text, "Token: second-hunter2", encoding="utf-8"),
        ]

        def busy() -> Response:
            steps.pop(0)()
            return BUSY

        path.write_text("Token: first-hunter2", encoding="utf-8")
        path.chmod(0o600)
        service.play(busy, busy, busy, NO, JSON({"status": "failed", "msg": "", "result": "second-hunter2"}))
        assert main(["watch", write(service.ticket()), *QUICK, "--headers-file", "headers"]) == 1
        assert [headers["token"] for headers in service.headers] == ["first-hunter2"] * 3 + ["second-hunter2"] * 2
        told = capsys.readouterr()
        assert "hunter2" not in told.out + told.err

    def test_they_do_not_change_hands(self, service: Service, other: Service) -> None:
        """With several services, a header that comes later and does not say for whom it is is sent to none."""
        path = Path("headers")

        def busy() -> Response:
            path.write_text(f"Token: {SECRET}\n[{service.origin}]\nX-One: 2\n", encoding="utf-8")
            return BUSY

        path.write_text(f"[{service.origin}]\nX-One: 1\n", encoding="utf-8")
        path.chmod(0o600)
        service.play(busy, DONE)
        other.play(DONE)
        assert main(["watch", write(service.ticket(), other.ticket()), *QUICK, "--headers-file", "headers"]) == 0
        assert [headers["x-one"] for headers in service.headers] == ["1", "2"]
        assert all("token" not in headers for headers in service.headers + other.headers)

    @needs_modes
    def test_from_a_pipe(self, service: Service) -> None:
        """What is no file is read once."""
        reading, writing = os.pipe()
        os.write(writing, b"Token: x")
        os.close(writing)
        service.play(BUSY, DONE)
        try:
            assert main(["watch", write(service.ticket()), *QUICK, "--headers-file", f"/dev/fd/{reading}"]) == 0
        finally:
            os.close(reading)
        assert [headers["token"] for headers in service.headers] == ["x", "x"]

    def test_short_ones_stand_in_too_many_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are not masked; what holds another one is masked whole."""
        monkeypatch.setenv("SHORT", "ended")
        monkeypatch.setenv("LONG", "not-ended")
        monkeypatch.setenv("LONGER", "has-not-ended")
        known = Credentials(["A=SHORT", "B=LONG", "C=LONGER"], None)
        told = {"a": ["it has-not-ended", "not-ended", 7, None], "not-ended": "ended"}
        assert known.hide(told) == {"a": ["it ***", "***", 7, None], "not-ended": "ended"}


def row(key: str, id: str, ago: float, **told: Any) -> progress.Row:
    """Make what is shown of a job that has been waited for so many seconds."""
    return progress.Row(key, id, time.monotonic() - ago, **told)


def drawn(width: int, height: int, *rows: progress.Row, all: int = 1) -> list[str]:
    """Draw rows on a terminal of a size, and give its lines."""
    from rich.console import Console

    screen = io.StringIO()
    console = Console(file=screen, width=width, height=height, force_terminal=True, color_system=None)
    console.print(progress.drawing(rows, all, width, height, "*"))
    return [line.rstrip() for line in screen.getvalue().rstrip("\n").split("\n")]


def half() -> progress.Row:
    """Make the row of a job that is half done."""
    return row(KEY, "27809", 8.5, state="running", progress=0.5, said="1 ok, 0 failed of 2")


def fresh() -> progress.Row:
    """Make the row of a job that nothing is known of."""
    return row("modzy/job/GET", "8a2c8f77-4f35", 3725.5)


def lost() -> progress.Row:
    """Make the row of a job whose service does not answer."""
    return row("arangodb/job/GET", ONCE, 61.5, state="no answer", said="ConnectionRefusedError: nobody is there")


class TestScreen:
    @pytest.mark.parametrize("width", [200, 100, 80, 60, 40, 30, 20, 10])
    def test_nothing_is_wider_than_the_terminal(self, width: int) -> None:
        """What has no room is left out, least important first; each job has a line."""
        lines = drawn(width, 24, half(), fresh(), lost(), all=5)
        assert len(lines) == 4
        assert max(map(len, lines)) <= width
        assert lines[-1].startswith("2 of 5 en")

    def test_on_a_wide_terminal(self) -> None:
        """Spinner, name, state, bar, percentage, time, and what else is said."""
        lines = [line[2:] for line in drawn(130, 24, half(), fresh(), lost())]
        bar = "━" * 10 + " " * 10
        assert lines[0] == f"alation/document/POST 27809 running   {bar} 50%    0:08 1 ok, 0 failed of 2"
        assert lines[1].split() == ["modzy/job/GET", "8a2c8f77-4f35", "━" * 20, "1:02:05"]
        assert lines[2].endswith(" 1:01 ConnectionRefusedError: nobody is there")

    def test_on_a_narrow_terminal(self) -> None:
        """The id stays whole as long as it can, then what the job is doing."""
        assert [line[2:] for line in drawn(44, 24, half(), lost())] == [
            "alation/docume... 27809 running   50% 0:08",
            "arangodb/j... 300000001 no answer     1:01",
        ]
        assert [line[2:] for line in drawn(20, 24, half(), lost())] == ["alation/d... 27809", "arang... 300000001"]
        assert progress.shortened("a/b/GET", "x" * 30, 10) == "xxxxxxx..."

    def test_on_a_low_terminal(self) -> None:
        """The first ones are shown, and how many there are besides."""
        assert drawn(80, 5, *[half()] * 9, all=12)[3:] == ["3 of 12 ended, 6 more not shown"]
        assert len(drawn(80, 1, *[half()] * 9, all=12)) == 2
        assert drawn(80, 24, all=2) == ["2 of 2 ended"]

    def played(self, service: Service, monkeypatch: pytest.MonkeyPatch, *arguments: str, on: str = "stdout") -> int:
        """Watch a job that is lost, runs, and is partly done, where a stream is a terminal."""
        stream = getattr(sys, on)
        monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", "140")
        running = modzy("IN_PROGRESS", total=4, pending=3, completed=1, failed=0)
        service.play(None, running, running, modzy("CANCELED", total=4, pending=0, completed=3, failed=1))
        return main(["watch", write(service.ticket("modzy/job/GET", "a-b")), *QUICK, *arguments])

    def test_bars(self, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """On a terminal bars move, and at the end only what is worth keeping is left."""
        monkeypatch.setenv("TERM", "xterm-256color")
        assert self.played(service, monkeypatch) == 1
        told = capsys.readouterr()
        assert told.err == ""
        assert "no answer" in told.out
        assert "25%" in told.out
        assert "━━━━" in told.out
        assert "\x1b[?25l" in told.out
        assert told.out.rpartition("\x1b[?25h")[2] != told.out
        assert "\x1b[35mmodzy/job/GET a-b: cancelled, 3 ok, 1 failed, 0 pending of 4" in told.out
        assert "Z modzy" not in told.out

    def test_bars_beside_json(
        self, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """JSON goes into a file or a pipe, and the terminal of standard error has the bars."""
        assert self.played(service, monkeypatch, "--format", "json", on="stderr") == 1
        told = capsys.readouterr()
        assert [json.loads(line).get("kind") for line in told.out.splitlines()] == ["lost", "state", "ended", None]
        assert "25%" in told.err
        assert "cancelled, 3 ok" not in told.err

    def test_reasons_stand_above_bars(
        self, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Why a job came to no end is told on standard error, wherever that goes."""
        service.play(None)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        assert main(["watch", write(service.ticket()), *QUICK]) == 3
        told = capsys.readouterr()
        assert "could not be reached" in told.err
        assert "could not be reached" not in told.out

    @pytest.mark.parametrize("why", ["dumb", "no rich", "json on it", "no stream"])
    def test_plainly(
        self, why: str, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Where bars cannot be drawn, and where JSON is read on the terminal, there are lines."""
        if why == "dumb":
            monkeypatch.setenv("TERM", "dumb")
        if why == "no rich":
            monkeypatch.setitem(sys.modules, "rich.console", None)
        if why == "no stream":
            monkeypatch.setattr(sys, "stdout", None)
            service.play(DONE)
            assert main(["watch", write(service.ticket())]) == 0
            return
        if why == "json on it":
            monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        assert self.played(service, monkeypatch, "--format", "json" if why == "json on it" else "text") == 1
        told = capsys.readouterr()
        assert "\x1b" not in told.out + told.err
        assert len(told.out.splitlines()) == 4


ALONE = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from jobmodels._cli import main; sys.exit(main(sys.argv[1:]))"
)


@contextmanager
def started(*arguments: str, **options: Any) -> Generator[subprocess.Popen[bytes]]:
    """Start the command in a process of its own, which takes Ctrl-C, and is not measured; it ends with the block.

    An interruption can leave the measurement's own lock taken, and the process would wait for it forever.
    """
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": unmeasured, **options}
    program: Any = subprocess.Popen([sys.executable, "-c", ALONE, *arguments], **options)
    with program as running:
        try:
            yield running
        finally:
            running.kill()


@needs_signals
class TestProcess:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_interrupted(self, number: int, service: Service) -> None:
        """It ends at once, even while an answer is waited for, and says how to go on."""
        asked, go_on = threading.Event(), threading.Event()

        def slow() -> Response:
            asked.set()
            go_on.wait(60)
            return BUSY

        service.play(BUSY, slow)
        with started("watch", write(service.ticket()), "--base", "0.01") as running:
            assert running.stdout
            assert running.stderr
            try:
                assert asked.wait(60)
                running.send_signal(number)
                assert running.wait(60) == 130
            finally:
                go_on.set()
            assert running.stderr.read() == (
                b"jobmodels: interrupted; the remote job goes on; to wait again: "
                b"jobmodels watch ticket.json --base 0.01\n"
            )
            assert unstamped(running.stdout.read().decode()) == f"{KEY} 7: running\n"

    def test_killed(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """The next one, with the same tickets and the same store, finds what this one was given."""
        service.play(arango(200), at="GET /_api")
        service.play(RESULT, arango(404, MANAGER_404), at="PUT /_api")
        service.play(BUSY, at="/bulk_metadata/")
        name = write(service.ticket("arangodb/job/GET", ONCE), service.ticket())
        arguments = ["watch", name, "--base", "0.01", "--store", "kept", "--format", "json"]
        with started(*arguments) as running:
            assert running.stdout
            jobs = (json.loads(line) for line in running.stdout)
            job = next(told for told in jobs if "details" in told)
            running.kill()
            assert running.wait(60) == -signal.SIGKILL
        service.play(DONE, at="/bulk_metadata/")
        assert main(arguments) == 0
        again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert next(told for told in again if told.get("id") == ONCE and "details" in told) == job
        assert [line.partition(" ")[0] for line in service.lines if "/_api/" in line] == ["GET", "PUT"]

    def test_killed_while_an_answer_is_under_way(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        """Then the next one says that it may be lost, instead of waiting for it."""
        asked, go_on = threading.Event(), threading.Event()

        def lost() -> None:
            asked.set()
            go_on.wait(60)

        service.play(arango(200), arango(404, MANAGER_404), at="GET /_api")
        service.play(lost, at="PUT /_api")
        arguments = ["watch", write(service.ticket("arangodb/job/GET", ONCE)), *QUICK]
        with started(*arguments) as running:
            try:
                assert asked.wait(60)
                running.kill()
                running.wait(60)
            finally:
                go_on.set()
        assert main(arguments) == 1
        assert "may have been given in an answer that was lost" in capsys.readouterr().err

    def test_nobody_reads_on(self, service: Service) -> None:
        """A reader that goes away ends the command quietly; the remote job is left alone."""
        service.play(BUSY, None)
        with started("watch", write(service.ticket()), "--base", "0.01", "--timeout", "60") as running:
            assert running.stdout
            assert running.stderr
            running.stdout.readline()
            running.stdout.close()
            assert running.wait(60) == 141
            assert running.stderr.read() == b""

    @pytest.mark.parametrize("columns", [120, 40])
    def test_on_a_terminal(self, columns: int, service: Service) -> None:
        """A real one: bars fit, an interruption ends them, and the cursor comes back."""
        pty = pytest.importorskip("pty")
        import fcntl
        import struct
        import termios

        service.play(modzy("IN_PROGRESS", total=4, pending=3, completed=1, failed=0))
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 10, columns, 0, 0))
        environment = {name: told for name, told in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), slave)
        name = write(service.ticket("modzy/job/GET", "a-b"))
        options = {"env": {**environment, "TERM": "xterm"}, "start_new_session": True, **streams}
        with started("watch", name, "--base", "0.01", **options) as running:
            os.close(slave)
            told = b""
            while b"25%" not in told:
                told += os.read(master, 65536)
            running.send_signal(signal.SIGINT)
            told += b"".join(read_all(master))
            assert running.wait(60) == 130
        os.close(master)
        text = told.decode()
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
        above, _, below = plain.rpartition("jobmodels: interrupted; ")
        assert ("━━━" in above) == (columns == 120)
        assert all(len(line) < columns for line in re.split(r"[\r\n]+", above))
        assert below.strip() == f"the remote job goes on; to wait again: jobmodels watch {name} --base 0.01"
        assert text.rpartition("\x1b[?25h")[0]


def read_all(descriptor: int) -> Iterator[bytes]:
    """Read until the other end of a terminal is gone, which Linux tells as an error."""
    try:
        while part := os.read(descriptor, 65536):
            yield part
    except OSError:
        return
