"""What this package raises."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import attrs
import pytest

import jobmodels
from jobmodels import errors

FINDINGS = (jobmodels.Finding("missing-key", "/result/0/id", "Item requires it"),)

JOB: jobmodels.Job[object] = jobmodels.normalize({"status": "failed", "result": "no"}, "alation/job/GET", job_id=7)
TICKET = jobmodels.Ticket("alation/job/GET", "7")
WAITED = (TICKET, JOB, 12.25, 3)
SO_FAR = "alation/job/GET 7: 3 requests in 12.2 s, and "

EXAMPLES = [
    (
        errors.WaitError(None, None, 1, 1),
        Exception,
        "all jobs: 1 request in 1.0 s, and the job has not ended; wait for the same ticket again",
    ),
    (
        errors.StillRunning(WAITED[0], None, *WAITED[2:]),
        TimeoutError,
        f"{SO_FAR}the job has not ended; wait for the same ticket again",
    ),
    (
        errors.StillRunning(*WAITED),
        TimeoutError,
        f"{SO_FAR}its result was not fetched in time; wait for the same ticket again",
    ),
    (errors.JobGone(*WAITED), LookupError, f"{SO_FAR}the service does not know the job; submit it again"),
    (
        errors.UnknownStateError(*WAITED),
        ValueError,
        f"{SO_FAR}the answers do not say how the job stands; see the errors of the last one",
    ),
    (
        errors.Unreachable(*WAITED, "reset"),
        ConnectionError,
        f"{SO_FAR}the service could not be reached; wait for the same ticket later: reset",
    ),
    (
        errors.NotAllowed(*WAITED),
        PermissionError,
        f"{SO_FAR}the service refuses these credentials; renew them, then wait for the same ticket",
    ),
    (errors.SubmitRefused(JOB), RuntimeError, "alation/job/GET did not accept the work: not-successful"),
    (errors.NoJob(JOB), LookupError, "alation/job/GET answered without a job; what it answered is failed"),
    (errors.NoListing(JOB), LookupError, "alation/job/GET gave no list of jobs: not-successful"),
    (errors.JobFailed(JOB), RuntimeError, "the job 7 of alation/job/GET is failed: not-successful"),
    (
        errors.InvalidKey("a/b"),
        ValueError,
        "'a/b' is not a key: expected system/endpoint/METHOD, as acme/sales-report/POST",
    ),
    (
        errors.InvalidPlace("/a", "'x' is no kind of value in a sentence"),
        ValueError,
        "the loose place '/a' is of no use: 'x' is no kind of value in a sentence",
    ),
    (errors.InvalidTicket("it is not JSON"), ValueError, "not a ticket: it is not JSON"),
    (
        errors.NoSuchEndpoint("x/y/GET", ("x/z/GET", "x/w/GET")),
        KeyError,
        "no endpoint is registered for x/y/GET; did you mean x/z/GET or x/w/GET?",
    ),
    (errors.InputRefused("a.gz", "it is packed"), ValueError, "a.gz: cannot be read: it is packed"),
    (errors.OutputRefused("a.csv", "it exists"), ValueError, "a.csv: not written: it exists"),
    (
        errors.WorkerLost("a.jsonl", -9),
        RuntimeError,
        "a.jsonl: the worker that read it was ended by signal 9; where memory is short, one worker needs the least",
    ),
    (
        errors.WorkerLost("a.jsonl", 1),
        RuntimeError,
        "a.jsonl: the worker that read it ended with 1; where memory is short, one worker needs the least",
    ),
    (errors.NoSuchEndpoint("x/y/GET"), KeyError, "no endpoint is registered for x/y/GET"),
    (
        errors.NoSuchColumn(("raw", "value"), ("a",)),
        KeyError,
        "no column of lines: expected raw or value, got a",
    ),
    (errors.NoSuchColumn(("raw",), ()), KeyError, "no column of lines: expected raw, got no column"),
    (
        errors.AlreadyRead("jobs"),
        RuntimeError,
        "the jobs have been read, and can be read once; keep them with read_all(), or read the lines again",
    ),
    (
        errors.NoSuchOperation("poll", ("submit", "status")),
        ValueError,
        "'poll' is not an operation: expected one of submit, status",
    ),
    (errors.DuplicateEndpoint("x/y/GET", "a.B", "c.D"), ValueError, "x/y/GET is claimed by a.B and by c.D"),
    (
        errors.UnsupportedClass("a.B", "not an attrs class"),
        TypeError,
        "a.B cannot be read from the wire: not an attrs class",
    ),
    (
        errors.NoSchema("x/y/GET", "schemas/x/y/GET.json"),
        LookupError,
        "x/y/GET has no schema: expected schemas/x/y/GET.json beside its package or one folder up",
    ),
    (errors.NotAskable("x", "list", "it has none"), ValueError, "x cannot be asked for list: it has none"),
    (errors.UnsafeRequest("it would leave the service"), ValueError, "not sent: it would leave the service"),
    (errors.CaseError("a.json", "no expect"), ValueError, "a.json is not a case: no expect"),
    (errors.LineError("no-key", "no key"), ValueError, "not a recorded answer: no key"),
    (
        errors.MissingExtra("rich", "rich"),
        ImportError,
        "rich is not installed; mend it with: pip install 'jobmodels[rich]'",
    ),
    (
        errors.DecodeError("invalid-json", "expecting value", 7),
        ValueError,
        "not one JSON document: expecting value at offset 7",
    ),
    (errors.DecodeError("empty-body", "nothing there"), ValueError, "not one JSON document: nothing there"),
    (
        errors.ContractError("a Thing", FINDINGS),
        ValueError,
        "the document is not a Thing:\n  breaking missing-key at /result/0/id: Item requires it",
    ),
]
KINDS = [type(error) for error, _, _ in EXAMPLES]


def facts_of(error: Exception) -> tuple[Any, ...]:
    """Give the fields of an error."""
    return attrs.astuple(error, recurse=False)  # type: ignore[arg-type]


examples = pytest.mark.parametrize(("error", "builtin", "text"), EXAMPLES, ids=[kind.__name__ for kind in KINDS])


@examples
def test_an_error_is_also_the_builtin_that_fits(error: Exception, builtin: type, text: str) -> None:
    """Code that knows only the builtin catches it; code that knows the root does too."""
    assert isinstance(error, builtin)
    assert isinstance(error, errors.JobModelsError)


@examples
def test_an_error_writes_its_own_sentence(error: Exception, builtin: type, text: str) -> None:
    """`str` is a sentence for people, not a tuple of arguments."""
    assert str(error) == text


@examples
def test_an_error_survives_pickling(error: Exception, builtin: type, text: str) -> None:
    """An error that crosses a process keeps its class, its fields and its sentence."""
    again = pickle.loads(pickle.dumps(error))

    assert type(again) is type(error)
    assert facts_of(again) == facts_of(error)
    assert str(again) == text


@examples
def test_the_facts_of_an_error_are_positional_fields(error: Exception, builtin: type, text: str) -> None:
    """The fields are the arguments, in order, so an error can be matched and rebuilt."""
    match = type(error).__match_args__  # type: ignore[attr-defined]

    assert facts_of(type(error)(*facts_of(error))) == facts_of(error)
    assert tuple(getattr(error, name) for name in match) == facts_of(error) == error.args


def test_every_error_has_an_example_here() -> None:
    """A class that is added to `errors` has to show its builtin and its sentence."""
    public = {getattr(errors, name) for name in errors.__all__}

    assert public == {*KINDS, errors.JobModelsError}
    assert public == {
        cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.JobModelsError)
    }


def test_the_root_has_no_fields() -> None:
    """`JobModelsError` is for catching only."""
    assert not attrs.has(errors.JobModelsError)
    assert issubclass(errors.JobModelsError, Exception)


def test_no_error_shows_a_value_of_the_payload() -> None:
    """What a server sent is not in the text of an error, so that it never reaches a log by that way."""
    with pytest.raises(errors.ContractError) as refused:
        jobmodels.structure({"id": "s3cr3t-1", "s3cr3t-2": ["s3cr3t-1"]}, Pair)
    with pytest.raises(errors.DecodeError) as unread:
        jobmodels.loads('{"id": s3cr3t-1}')

    assert "s3cr3t" not in str(refused.value)
    assert "s3cr3t" not in str(unread.value)
    assert "s3cr3t" not in repr(unread.value)


@attrs.frozen
class Pair:
    """Two members, both required."""

    id: int
    key: str
