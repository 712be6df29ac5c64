"""What an answer means, by what was asked: the table of states of the contracts page of ArangoDB, 1.4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import attrs

from jobmodels._job import JobError, JobState, Operation, Origin
from jobmodels._numbers import Numerals
from jobmodels._system import Asked
from jobmodels._told import OPEN, Meaning, Reading
from jobmodels.systems.arangodb._errors import Envelope, envelope_in, is_transient, transport, unforeseen, unread
from jobmodels.systems.arangodb._headers import ASYNC
from jobmodels.systems.arangodb._lists import PENDING, READY, listing
from jobmodels.systems.arangodb._message import Message
from jobmodels.systems.arangodb._own import FAILED, outcome

GONE = Meaning(JobState.NOT_FOUND, finished=None)

# `could not cancel job (N) in handler`: work of that kind cannot be cancelled, however often one asks.
_CANNOT_CANCEL = 4

_CONFIRMED = frozenset({Operation.CANCEL, Operation.DELETE, Operation.DELETE_ALL, Operation.DELETE_EXPIRED})

_read = partial(Reading, document=None)


def meaning_of(asked: Asked, message: Message) -> Reading:
    """Decide what an answer means: the header that names a job, then the body, then the status."""
    own = message.is_own
    if asked.operation is Operation.RESULT and own:
        reading = attrs.evolve(outcome(message), consumed=True)
        return attrs.evolve(reading, id=message.id, errors=reading.errors + _unnamed(message))
    if asked.operation is Operation.SUBMIT and own and (message.status is None or message.is_success):
        return _receipt(message)
    reading = _refused(asked, message) or _ANSWERS.get(asked.operation, _ack)(asked, message)
    return reading if asked.operation is Operation.SUBMIT else attrs.evolve(reading, id=message.id)


def _refused(asked: Asked, message: Message) -> Reading | None:
    """An answer that is the manager's no, or not ArangoDB's; None for any other."""
    accepted = False if asked.operation in _CONFIRMED else None
    lost = unread(message)
    # Where the request itself was answered, its status says that it was done, however broken its body.
    done = asked.operation is Operation.SUBMIT and message.is_success and not message.foreign
    if lost is not None and not done:
        return _read(meaning=OPEN, accepted=accepted, errors=(lost,))
    told = envelope_in(message.body, message.base)
    if told is not None and told.full:
        return _manager(asked, message, told, accepted)
    if message.is_refused:
        return _read(meaning=OPEN, accepted=accepted, errors=(transport(message),))
    return None


def _manager(asked: Asked, message: Message, told: Envelope, accepted: bool | None) -> Reading:
    """A call that the service refuses in its own envelope."""
    submit, result = asked.operation is Operation.SUBMIT, asked.operation is Operation.RESULT
    unknown = message.status is None or (submit and not message.is_refused)
    status = told.code if unknown else message.status
    # Where the headers are not known, it may as well be what the job answered.
    either = result and message.headers is None
    transient = is_transient(status)
    if asked.operation is Operation.CANCEL and status == 500 and told.number == _CANNOT_CANCEL:
        transient = False
    meaning = OPEN
    if submit and not transient:
        meaning = FAILED
    elif status == 404 and not submit and not either:
        meaning = GONE
    return _read(
        meaning=meaning,
        message=told.said if type(told.said) is str else None,
        accepted=False if submit else accepted,
        consumed=False if result and not either else None,
        ambiguous=either,
        errors=(told.error(Origin.MANAGER, http_status=message.status, transient=transient),),
        findings=told.findings,
        hangs_on=(f"{message.base}/error", *((f"{message.base}/code",) if unknown else ())),
    )


def _receipt(message: Message) -> Reading:
    """A submit that made a job."""
    if message.id is None:
        return _read(meaning=OPEN, errors=_unnamed(message))
    return _read(meaning=PENDING, id=message.id, accepted=True)


def _unnamed(message: Message) -> tuple[JobError, ...]:
    """Report a header that should name a job, and holds no id."""
    if message.id is not None:
        return ()
    said = "the header that names the job holds no id"
    return (JobError(message=said, code="invalid-job-id", origin=Origin.DECODE),)


def _submit(asked: Asked, message: Message) -> Reading:
    """A submit without an id: forgotten at once, done at once, or against the contract."""
    if message.headers is None:
        return _read(meaning=OPEN)
    if not message.is_success:
        return unforeseen(message, "unknown-state") if message.status is not None else _read(meaning=OPEN)
    sent = asked.request.headers.get(ASYNC, "").strip().lower() if asked.request else "store"
    if message.status == 202 and sent == "true":
        return _read(meaning=OPEN, accepted=True)
    if message.status == 202 and sent == "store":
        error = JobError(message="a receipt that names no job", code="missing-job-id", origin=Origin.PROTOCOL)
        return _read(meaning=OPEN, errors=(error,))
    return attrs.evolve(outcome(message), accepted=True)


def _status(asked: Asked, message: Message) -> Reading:
    """A poll: the status alone tells, and a body is against the contract."""
    if message.body is not None:
        return unforeseen(message, "unexpected-shape")
    if message.headers is None or message.status is None:
        return _read(meaning=OPEN)
    known = {200: READY, 204: PENDING}.get(message.status)
    return _read(meaning=known) if known else unforeseen(message, "unknown-state")


def _result(asked: Asked, message: Message) -> Reading:
    """A result that names no job: still under way, or nobody's."""
    if message.headers is None or message.status is None:
        return _read(meaning=OPEN)
    if message.status == 204:
        return _read(meaning=PENDING, consumed=False)
    if not message.is_success:
        return unforeseen(message, "unknown-state")
    error = JobError(message="a result that names no job", code="missing-job-id", origin=Origin.PROTOCOL)
    return _read(meaning=OPEN, errors=(error,))


def _ack(asked: Asked, message: Message) -> Reading:
    """A cancel or a delete: begun, or done, only where the body says so."""
    if message.status is not None and not message.is_success:
        return attrs.evolve(unforeseen(message, "unknown-state"), accepted=False)
    if message.body is None:
        return attrs.evolve(unforeseen(message, "empty-body"), accepted=False)
    numerals = Numerals()
    place = f"{message.base}/result"
    said = message.body.get("result") if type(message.body) is dict else None
    confirmed = numerals.flag(said, place) or False
    error = JobError(
        message="the service did not confirm it", code="cancel-not-confirmed", origin=Origin.PROTOCOL, path=message.base
    )
    return _read(
        meaning=OPEN,
        accepted=confirmed,
        errors=() if confirmed else (error,),
        findings=tuple(numerals.findings),
        hangs_on=(place, f"{message.base}/error"),
    )


def _list(asked: Asked, message: Message) -> Reading:
    """The ids of jobs, of which the path that was asked tells how they stand."""
    if message.status is not None and not message.is_success:
        return unforeseen(message, "unknown-state")
    if message.body is None:
        return unforeseen(message, "empty-body")
    if type(message.body) is not list:
        return unforeseen(message, "unexpected-shape")
    return listing(asked, message)


_ANSWERS: Mapping[Operation, Callable[[Asked, Message], Reading]] = {
    Operation.SUBMIT: _submit,
    Operation.STATUS: _status,
    Operation.RESULT: _result,
    Operation.LIST: _list,
}
