"""Whole lives of jobs: every vendor's, over loopback, through every sender, with all that can go wrong on the way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from jobmodels import JobState, Response, Ticket
from jobmodels.clients import InstantClock, Policy
from jobmodels.errors import JobGone, StillRunning, UnknownStateError, Unreachable
from tests.loopback import CARRIERS, CLOSED, RESET, Act, Carrier, Stage, each_carrier, head, saying, serving

SECRET = "s3cr3t-0123456789"
JSON = Response.json
MANAGER_404 = {"error": True, "code": 404, "errorNum": 404, "errorMessage": "not found"}
NOT_YET = {"data": [{"id": "1", "type": "api_error", "attributes": {"code": "NOT_FOUND"}}]}


@attrs.frozen
class Life:
    """How a job goes at one vendor.

    Attributes:
        ticket: the job.
        pending: an answer that says that it is not done.
        ending: the answers from its end on, one for each request.
        lines: what is asked, for the pending answer and for each of the ending.
        odd: an answer with a word that nobody knows.
    """

    ticket: Ticket
    pending: Response
    ending: tuple[Response, ...]
    lines: tuple[str, ...]
    odd: Response

    @property
    def system(self) -> str:
        """The vendor."""
        return self.ticket.key.system


def kinetica(**told: Any) -> Response:
    """Make an answer of Kinetica: JSON in JSON."""
    return JSON(
        {"status": "OK", "message": "", "data_type": "get_job_response", "data": "", "data_str": json.dumps(told)}
    )


def dato(**attributes: Any) -> Response:
    """Make a job result of DatoCMS."""
    return JSON({"data": {"id": "x", "type": "job_result", "attributes": attributes}})


LIVES = {
    life.system: life
    for life in (
        Life(
            Ticket("alation/document/POST", "7"),
            JSON({"status": "running", "msg": "", "result": None}),
            (JSON({"status": "successful", "msg": "", "result": ["payload"]}),),
            ("GET /api/v1/bulk_metadata/job/?id=7",) * 2,
            JSON({"status": "pondering", "msg": "", "result": None}),
        ),
        Life(
            Ticket("arangodb/job/GET", "265413601"),
            Response(204),
            (Response(200), JSON(["payload"], 201, {"X-Arango-Async-Id": "265413601"})),
            ("GET /_api/job/265413601", "GET /_api/job/265413601", "PUT /_api/job/265413601"),
            JSON({"result": "pondering"}, 206),
        ),
        Life(
            Ticket("datocms/job-result/GET", "x"),
            JSON(NOT_YET, 404),
            (dato(status=200, payload={"data": ["payload"]}),),
            ("GET /job-results/x",) * 2,
            dato(status="pondering", payload=None),
        ),
        Life(
            Ticket("kinetica/get-job/POST", "58426"),
            kinetica(job_status="RUNNING"),
            (kinetica(job_status="DONE", successful=True),),
            ("POST /get/job",) * 2,
            kinetica(job_status="PONDERING"),
        ),
        Life(
            Ticket("modzy/job/GET", "a-b"),
            JSON({"jobIdentifier": "a-b", "status": "SUBMITTED"}),
            (
                JSON({"jobIdentifier": "a-b", "status": "COMPLETED"}),
                JSON({"jobIdentifier": "a-b", "finished": True, "total": 1, "completed": 1, "failed": 0,
                      "results": {"a": {"results.json": "payload"}}}),
            ),
            ("GET /api/jobs/a-b", "GET /api/jobs/a-b", "GET /api/results/a-b"),
            JSON({"jobIdentifier": "a-b", "status": "PONDERING"}),
        ),
    )
}  # fmt: skip
each_life = pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A service on loopback."""
    with serving() as service:
        yield service


@pytest.fixture(scope="module")
def other(stage: Stage) -> Iterator[Stage]:
    """Another one, on a port of its own, that nobody may ask."""
    with serving() as service:
        yield service.play(Response(200))


def waiting(carrier: Carrier, life: Life, stage: Stage, **options: Any) -> tuple[Any, InstantClock]:
    """Wait for the job, with pauses that take no time; give job and clock."""
    clock = InstantClock()
    options = {"clock": clock, "chance": lambda: 1.0, "auth": {"X-Own-Token": SECRET}, **options}
    return carrier.wait(life.system, stage.url, life.ticket, **options), clock


@each_carrier
@each_life
def test_a_job_is_waited_for(carrier: Carrier, life: Life, stage: Stage) -> None:
    """From not yet to its result; the credentials go with each request."""
    stage.play(life.pending, life.pending, *life.ending)
    job, clock = waiting(carrier, life, stage)

    assert (job.state, job.finished, clock.pauses) == (JobState.SUCCEEDED, True, [2.0, 4.0])
    assert stage.lines == [life.lines[0], *life.lines]
    assert {asked.headers["x-own-token"] for asked in stage.asked} == {SECRET}
    assert job.raw == json.loads(life.ending[-1].body or "")


# What a request meets that says nothing of the job; waiting goes on.
FAULTS: dict[str, Act] = {
    "reset-before-the-answer": RESET,
    "closed-before-the-answer": CLOSED,
    "reset-inside-the-answer": saying(head(200, Content_Type="application/json"), b'{"sta', reset=True),
    "cut-off": saying(head(200, Content_Type="application/json", Content_Length=100), b'{"status": "successful"'),
    "chunks-cut-off": saying(head(200, Transfer_Encoding="chunked"), b"ff\r\n{}"),
    "not-gzip": saying(head(200, Content_Encoding="gzip", Content_Length=2), b"{}"),
    "not-http": saying(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "unavailable": Response(503, {"Content-Type": "text/html"}, b"<title>Service Unavailable</title>"),
    "bad-gateway": Response(502, {"Content-Type": "text/html"}, b"<title>Bad Gateway</title>"),
}


@each_carrier
@each_life
def test_faults_on_the_way_are_borne(carrier: Carrier, life: Life, stage: Stage) -> None:
    """Each of them, before the first answer and after one; the job is the one that it would have been."""
    between = [act for fault in FAULTS.values() for act in (fault, life.pending)]
    stage.play(*between, *life.ending)
    job, clock = waiting(carrier, life, stage)

    assert (job.state, len(clock.pauses)) == (JobState.SUCCEEDED, len(between))
    assert stage.lines == [life.lines[0]] * len(between) + list(life.lines[1:])


@each_carrier
@each_life
def test_faults_without_end_are_not(carrier: Carrier, life: Life, stage: Stage) -> None:
    """After five in a row it is said why, without a credential."""
    stage.play(life.pending, RESET)
    with pytest.raises(Unreachable) as raised:
        waiting(carrier, life, stage)

    assert (raised.value.requests, len(stage.asked)) == (7, 7)
    assert raised.value.job is not None
    assert raised.value.reason
    assert SECRET not in str(raised.value)


@each_carrier
@each_life
def test_a_service_that_is_asked_too_often_says_when(carrier: Carrier, life: Life, stage: Stage) -> None:
    """In seconds or with a date, and is asked then; what it says in another way counts for nothing."""
    date = head(
        429, Retry_After="Tue, 17 Sep 2024 12:50:51 GMT", Date="Tue, 17 Sep 2024 12:50:42 GMT", Content_Length=0
    )
    seconds, nonsense = (Response(429, {"Retry-After": told}) for told in ("7", "soon"))
    stage.play(life.pending, seconds, saying(date), nonsense, *life.ending)
    job, clock = waiting(carrier, life, stage)

    assert (job.state, clock.pauses) == (JobState.SUCCEEDED, [2.0, 7.0, 9.0, 16.0])


@each_carrier
def test_a_service_may_say_so_in_a_field_of_its_own(carrier: Carrier, stage: Stage) -> None:
    """As DatoCMS does."""
    life = LIVES["datocms"]
    stage.play(JSON({"data": []}, 429, {"X-RateLimit-Reset": "11"}), *life.ending)

    assert waiting(carrier, life, stage)[1].pauses == [11.0]


@each_carrier
@each_life
def test_a_redirect_leads_nowhere(carrier: Carrier, life: Life, stage: Stage, other: Stage) -> None:
    """The port that it names sees nothing, and no credential leaves."""
    stage.play(life.pending, Response(307, {"Location": f"{other.url}/stolen"}), *life.ending)
    job, _ = waiting(carrier, life, stage)

    assert job.state is JobState.SUCCEEDED
    assert other.asked == []


@each_carrier
@each_life
def test_links_in_an_answer_lead_nowhere(carrier: Carrier, life: Life, stage: Stage, other: Stage) -> None:
    """Whatever they are called, and wherever they stand."""
    away = f"{other.url}/stolen"
    fields = {"Location": away, "Link": f'<{away}>; rel="next"', "Content-Location": away, "Refresh": f"0; url={away}"}
    ending = [attrs.evolve(answer, headers={**(answer.headers or {}), **fields}) for answer in life.ending]
    stage.play(attrs.evolve(life.pending, headers={**(life.pending.headers or {}), **fields}), *ending)
    job, _ = waiting(carrier, life, stage)

    assert job.state is JobState.SUCCEEDED
    assert other.asked == []


@each_carrier
@each_life
def test_a_job_that_never_ends_is_left_at_the_deadline(carrier: Carrier, life: Life, stage: Stage) -> None:
    """After one last look; the ticket stays good."""
    stage.play(life.pending)
    with pytest.raises(StillRunning) as raised:
        waiting(carrier, life, stage, policy=Policy(timeout=100))

    assert (raised.value.elapsed, raised.value.requests) == (100, len(stage.asked))
    assert set(stage.lines) == {life.lines[0]}
    stage.play(*life.ending)
    assert waiting(carrier, life, stage)[0].state is JobState.SUCCEEDED


@each_carrier
@each_life
def test_a_word_that_nobody_knows_is_no_end(carrier: Carrier, life: Life, stage: Stage) -> None:
    """It is borne a few times, and told in the end."""
    stage.play(life.pending, life.odd, *life.ending)
    assert waiting(carrier, life, stage)[0].state is JobState.SUCCEEDED
    stage.play(life.odd)
    with pytest.raises(UnknownStateError) as raised:
        waiting(carrier, life, stage)
    assert raised.value.requests == 6


@each_carrier
@each_life
def test_an_answer_may_be_packed(carrier: Carrier, life: Life, stage: Stage) -> None:
    """Asked for or not."""
    packed = [
        attrs.evolve(
            answer,
            body=gzip.compress(answer.body) if isinstance(answer.body, bytes) else b"",
            headers={**(answer.headers or {}), **({"Content-Encoding": "gzip"} if answer.body else {})},
        )
        for answer in life.ending
    ]
    stage.play(*packed)
    assert waiting(carrier, life, stage)[0].state is JobState.SUCCEEDED


@each_carrier
@pytest.mark.parametrize("after", [False, True], ids=["before-the-answer", "inside-the-answer"])
def test_a_result_that_is_given_once_may_be_lost(carrier: Carrier, stage: Stage, after: bool) -> None:
    """A service that does not know the job any more says so; one that still has the result is asked for it again."""
    life = LIVES["arangodb"]
    lost = saying(head(200, X_Arango_Async_Id="265413601", Content_Length=9), b"[", reset=True) if after else RESET
    stage.play(Response(200), lost, JSON(MANAGER_404, 404))
    with pytest.raises(JobGone) as raised:
        waiting(carrier, life, stage)
    assert raised.value.maybe_consumed
    assert stage.lines == [*life.lines[1:], life.lines[0]]

    stage.play(Response(200), lost, Response(200), *life.ending[1:])
    assert waiting(carrier, life, stage)[0].state is JobState.SUCCEEDED


def test_a_service_that_drips_is_not_waited_for(stage: Stage) -> None:
    """A request takes no longer than there is time, however busy the line is."""
    stage.play(saying(head(200, Content_Length=1000), *[b"x"] * 50, pause=0.03))
    with pytest.raises(Unreachable, match="TimeoutError"):
        waiting(CARRIERS["send"], LIVES["alation"], stage, policy=Policy(timeout=0, transport_errors=0, base=0))
