"""Systems, endpoints, and what the functions of a system give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from jobmodels import (
    BODY,
    JOB,
    Answers,
    Asked,
    Counts,
    Endpoint,
    Facts,
    JobState,
    Key,
    Meaning,
    Opened,
    Operation,
    Reading,
    Record,
    Request,
    System,
    Ticket,
    loose,
)
from jobmodels._system import marks_of
from jobmodels.errors import InvalidKey, InvalidPlace, NotAskable
from jobmodels.tables._kinds import KINDS

AT = datetime(2024, 9, 17, tzinfo=UTC)
acme = System(name="acme")


@acme("report/POST")
@acme("report/PUT", answers=BODY)
class Report(Record):
    """Details of two endpoints."""

    id: int
    status: str | None = None


class Longer(Report):
    """A subclass without a mark of its own."""


# Marks.


def test_a_class_is_marked_and_not_registered() -> None:
    """The mark is a note on the class: its endpoints, the home first."""
    home, other = marks_of(Report)

    assert home == Endpoint(key=Key("acme/report/POST"), cls=Report, system=acme)
    assert (other.key, other.answers) == ("acme/report/PUT", BODY)


def test_a_subclass_has_no_marks_of_its_base() -> None:
    """Otherwise each subclass would claim the keys of its base."""
    assert marks_of(Longer) == ()


def test_a_marked_subclass_has_only_its_own() -> None:
    """Marks are read from the class itself."""

    @acme("longer/GET")
    class Marked(Report):
        """A subclass with a mark."""

    assert [mark.key for mark in marks_of(Marked)] == ["acme/longer/GET"]
    assert len(marks_of(Report)) == 2


def test_marking_gives_the_class_itself() -> None:
    """A decorator that returns another object would break `isinstance`."""
    assert acme("other/GET")(Longer) is Longer
    del Longer.__jobmodels_endpoints__  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["report", "report/", "Report/GET", "report/get", "a/report/GET"])
def test_a_path_is_endpoint_and_method(path: str) -> None:
    """What it is wrong with is said when it is written."""
    with pytest.raises(InvalidKey):
        acme(path)
    with pytest.raises(InvalidKey):
        acme.endpoint(path, Report)


# Endpoints.


@pytest.mark.parametrize(
    ("method", "operation"),
    [("GET", "result"), ("POST", "submit"), ("PUT", "submit"), ("PATCH", "submit"), ("DELETE", "submit")],
)
def test_a_call_submits_unless_it_gets(method: str, operation: str) -> None:
    """An endpoint asks what its method says, unless it says otherwise."""
    assert acme.endpoint(f"report/{method}", Report).operation == operation
    assert acme.endpoint(f"report/{method}", Report, operation=Operation.LIST).operation is Operation.LIST


def test_an_endpoint_answers_with_a_job_in_json_unless_it_says_otherwise() -> None:
    """Both can be said."""
    plain = acme.endpoint("report/GET", Report)
    other = acme.endpoint("report/GET", Report, answers=BODY, media="text/csv")

    assert (plain.answers, plain.media) == (JOB, "application/json")
    assert (other.answers, other.media) == (BODY, "text/csv")


def test_paths_follow_from_the_key() -> None:
    """A schema is below the folder of schemas that belongs to the package of the class."""
    endpoint = acme.endpoint("report/GET", Report)

    assert endpoint.schema_path == "acme/report/GET.json"
    assert endpoint.package == "tests"


def test_answers_are_words() -> None:
    """The kinds of answer are a closed list."""
    assert [str(kind) for kind in Answers] == ["job", "body", "empty", "task", "errors"]


# Systems.


def test_a_system_is_a_value_that_shows_its_name() -> None:
    """Its tables would fill a screen; two systems are equal only if they are one."""
    assert repr(acme) == "System(name='acme')"
    assert acme != System(name="acme")
    assert len({acme, System(name="acme")}) == 2
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        acme.name = "other"  # type: ignore[misc]


def test_a_system_needs_nothing_but_its_name() -> None:
    """Each function has a default that finds nothing."""
    asked = Asked(endpoint=acme.endpoint("report/GET", Report), operation=Operation.RESULT)

    assert acme.read(asked, Opened(raw={"a": 1}, document={"a": 1})) == Reading(document={"a": 1})
    assert acme.receipt(asked, {"id": 7}) is None
    assert acme.errors(asked, {"error": "no"}) == ()
    assert acme.facts(asked, Report(id=1, status="done")) == Facts(native_state="done", state_path="/status")
    assert acme.facts(asked, 7).native_state is None


@pytest.mark.parametrize(
    ("place", "said", "reason"),
    [
        ("note", loose.ANY, "neither a JSON Pointer nor headers/name"),
        ("", loose.ANY, "neither a JSON Pointer nor headers/name"),
        ("headers/", ("{id}",), "neither a JSON Pointer nor headers/name"),
        (7, loose.ANY, "neither a JSON Pointer nor headers/name"),
        ("/note", "{text}", "what may stand there is a tuple of sentences"),
        ("/note", (7,), "what may stand there is a tuple of sentences"),
        ("/note", None, "what may stand there is a tuple of sentences"),
        ("/note", ("Took {minutes} minutes",), "'minutes' is no kind of value in a sentence"),
        ("/note", ("{any}", "{text}"), "'any' is no kind of value in a sentence"),
        ("job:/note", ("{part} of {sum}",), "'part' is no kind of value in a sentence"),
    ],
)
def test_what_is_said_of_a_place_that_means_nothing_is_refused(place: Any, said: Any, reason: str) -> None:
    """When the system is made, not when the first log is read."""
    with pytest.raises(InvalidPlace) as caught:
        System(name="acme", loose={"/ok": loose.ANY, place: said})
    assert (caught.value.place, caught.value.reason) == (str(place), reason)


def test_a_place_may_be_any_that_answers_have() -> None:
    """Lists of sentences are taken too; a name with a colon is one, not an endpoint."""
    said = {"/a:b/*": ("{text}",), "job:/a": loose.SUM, "headers/x-id": ["{id}", "no id"], loose.ADDED: loose.FIXED}
    assert System(name="acme", loose=said).loose == said | {"headers/x-id": ("{id}", "no id")}


def test_sentences_name_the_kinds_that_there_are() -> None:
    """And no others; those of counts stand alone."""
    assert KINDS.keys() - {"part", "sum"} == loose.KINDS


def test_a_system_takes_names_of_secrets_from_anything_that_has_names() -> None:
    """They become a set."""
    assert System(name="acme", secrets={"magicWord"}).secrets == frozenset({"magicWord"})
    assert System(name="acme", secrets=["magicWord"]).secrets == frozenset({"magicWord"})


def ask(operation: Operation, ticket: Ticket) -> Request:
    """Ask for anything at one place."""
    return Request("GET", f"/{operation}/{ticket.id}")


def test_a_request_is_asked_for_by_the_word_of_an_operation() -> None:
    """The system gets the operation, also where its caller had text."""
    asking = System(name="acme", ask=ask)
    ticket = Ticket(Key("acme/report/GET"), "7")

    assert asking.request("status", ticket) == Request("GET", "/status/7")
    assert asking.request(Operation.CANCEL, ticket) == Request("GET", "/cancel/7")


def test_a_ticket_is_wanted() -> None:
    """The text of an id is none; the key says under which endpoint the answer is read."""
    not_one: Any = "7"
    with pytest.raises(NotAskable, match="a ticket is wanted, not str"):
        System(name="acme", ask=lambda operation, ticket: Request("GET", "/")).request("status", not_one)


def test_a_system_that_does_not_say_how_cannot_be_asked() -> None:
    """That is an error of ours, with the system and the operation."""
    with pytest.raises(NotAskable, match="acme cannot be asked for status"):
        acme.request("status", Ticket(Key("acme/report/GET"), "7"))


def test_an_operation_that_is_none_cannot_be_asked_for() -> None:
    """The words are a closed list."""
    with pytest.raises(ValueError, match="'poll' is not an operation"):
        System(name="acme", ask=ask).request("poll", Ticket(Key("acme/report/GET"), "7"))


# Facts.


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("message", "text", "text"),
        ("message", 7, None),
        ("message", ["text"], None),
        ("id", "7", "7"),
        ("id", 2**64, "18446744073709551616"),
        ("id", "", None),
        ("id", True, None),
        ("id", 7.0, None),
        ("progress", 0.5, 0.5),
        ("progress", 1, 1.0),
        ("progress", 1.5, 1.0),
        ("progress", -3, 0.0),
        ("progress", float("nan"), None),
        ("progress", "0.5", None),
        ("progress", True, None),
        ("progress", None, None),
        ("counts", Counts(), None),
        ("counts", Counts(failed=0), Counts(failed=0)),
        ("finished_at", AT, AT),
        ("started_at", AT.replace(tzinfo=None), None),
        ("submitted_at", "2024-09-17", None),
        ("native_state", 7, 7),
    ],
)
def test_facts_take_only_what_is_of_the_kind_of_its_field(name: str, given: Any, told: object) -> None:
    """Details keep what came; a fact of another kind is None, and nobody has to check it twice."""
    value = getattr(Facts(**{name: given}), name)

    assert value == told
    assert type(value) is type(told)


def test_a_meaning_is_a_state_and_an_end() -> None:
    """The end may be known without the state."""
    assert Meaning(JobState.UNKNOWN, finished=True) != Meaning(JobState.UNKNOWN, None)
