"""What travels: requests, responses, and the tickets that let one ask again. No I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlencode

import attrs

from jobmodels._job import Key
from jobmodels._secrets import redact, scrub, shown
from jobmodels.errors import InvalidTicket


class _Items(Protocol):
    """What is no mapping but has the items of one, as the messages of the standard library."""

    def items(self) -> Iterable[tuple[Any, Any]]: ...


Body: TypeAlias = bytes | bytearray | memoryview | str | None
RawHeaders: TypeAlias = Mapping[Any, Any] | _Items | Iterable[tuple[Any, Any]]


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class Headers(Mapping[str, str]):
    """Header fields by name in any letter case; fields given twice are joined with a comma."""

    __slots__ = ("_fields",)

    def __init__(self, fields: RawHeaders = ()) -> None:
        """Take a mapping or pairs; names and values may be text or bytes."""
        given: Any = fields
        pairs = given.items() if hasattr(given, "items") else given
        told: dict[str, str] = {}
        for name, value in pairs:
            lower = _text(name).strip().lower()
            told[lower] = f"{told[lower]}, {_text(value)}" if lower in told else _text(value)
        self._fields = told

    def __getitem__(self, name: object) -> str:
        """Find a field, whatever the letter case of its name."""
        return self._fields[_text(name).lower()]

    def __iter__(self) -> Any:
        """Names, in lower case, in order of arrival."""
        return iter(self._fields)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._fields)

    def __hash__(self) -> int:
        """Hash by the fields, whatever their order."""
        return hash(frozenset(self._fields.items()))

    def __repr__(self) -> str:
        """Show the fields, the secret ones masked."""
        return repr(redact(self._fields))


def _headers(given: RawHeaders | None) -> Headers | None:
    return given if given is None or isinstance(given, Headers) else Headers(given)


def _some_headers(given: RawHeaders) -> Headers:
    return given if isinstance(given, Headers) else Headers(given)


def _plain_dict(given: Mapping[str, str]) -> dict[str, str]:
    return dict(given)


def _body(given: Body) -> bytes | str | None:
    return bytes(given) if isinstance(given, (bytearray, memoryview)) else given


def _key(given: str) -> Key:
    return Key(given)


def _digits(given: str | int | None) -> str:
    if not isinstance(given, (str, int)) or isinstance(given, bool):
        raise InvalidTicket("the id of a job is text, or a number")
    return str(given)


def _status(given: object) -> int | None:
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10:
        given = int(given)
    return int(given) if isinstance(given, int) and 100 <= given < 1000 else None


@attrs.frozen
class Response:
    """An HTTP response, from whatever library.

    Attributes:
        status: the code; None where it is not known.
        headers: by name in any letter case; None where they are not known, which is not the same as none.
        body: bytes, or text, or None for no body.
    """

    status: int | None = attrs.field(default=None, converter=_status)
    headers: Headers | None = attrs.field(default=None, converter=_headers)
    body: bytes | str | None = attrs.field(default=None, repr=False, converter=_body)

    __repr__ = shown

    @classmethod
    def json(cls, document: object, status: int = 200, headers: RawHeaders = ()) -> Response:
        """Make the response whose body is this document, with the content type that says so."""
        told = {"content-type": "application/json", **Headers(headers)}
        return cls(status, told, json.dumps(document).encode())

    def header(self, name: str) -> str | None:
        """Give a header field, or None when it, or all of them, are not there."""
        return None if self.headers is None else self.headers.get(name)

    @property
    def content_type(self) -> str | None:
        """The media type in lower case, without parameters; None when it was not told."""
        told = self.header("content-type")
        return told.partition(";")[0].strip().lower() or None if told else None


def retry_after(response: Response | None) -> float | None:
    """Read how long the service asks to wait, in seconds; a date counts from the response's own `Date`."""
    told = response.header("retry-after") if response else None
    if not told:
        return None
    told = told.strip()
    if told.isascii() and told.replace(".", "", 1).isdigit() and len(told) < 10:
        return float(told)
    from email.utils import parsedate_to_datetime  # It takes long to import, and few services give a date.

    try:
        seconds = parsedate_to_datetime(told) - parsedate_to_datetime((response and response.header("date")) or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, seconds.total_seconds())


@attrs.frozen
class Request:
    """An HTTP request that a system wants sent.

    Attributes:
        method: in upper case.
        path: below the `base` URL, quoted.
        query: not yet quoted.
        headers: by name in any letter case.
        body: bytes, or None for none.
        base: the base URL of the service, where a client has given it.
        timeout: seconds after which nobody waits for the answer any more; None leaves it to the sender.
        secrets: names of header fields with credentials, in lower case, beyond those known everywhere.
    """

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict, converter=_plain_dict, hash=False)
    headers: Headers = attrs.field(factory=Headers, converter=_some_headers)
    body: bytes | None = attrs.field(default=None, repr=False)
    base: str | None = attrs.field(default=None, repr=False)
    timeout: float | None = attrs.field(default=None, repr=False, eq=False)
    _secrets: frozenset[str] = attrs.field(default=frozenset(), repr=False, eq=False)

    __repr__ = shown

    @property
    def url(self) -> str:
        """The whole address; where no client has given the base URL, what stands below it."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return f"{(self.base or '').rstrip('/')}{self.path}{query}"


@attrs.frozen
class Ticket:
    """What lets one ask after a job, also in another process.

    Attributes:
        key: the endpoint under which the job's answer is to be read.
        id: the job's id or name, as text.
        by: what the id is to the service: `id`, or the vendor's other parameter, as `name`.
        links: what the receipt points at, relation to address.
        origin: scheme, host and port of the service; None until a client binds the ticket.
    """

    key: Key = attrs.field(converter=_key)
    id: str = attrs.field(converter=_digits)
    by: str = "id"
    links: Mapping[str, str] = attrs.field(factory=dict, converter=_plain_dict, hash=False)
    origin: str | None = None

    __repr__ = shown

    def to_json(self) -> str:
        """Write the ticket as one line of JSON, for another process; credentials in links are masked."""
        told: dict[str, Any] = {_VERSION_OF: _VERSION, **attrs.asdict(self, recurse=False)}
        told["links"] = {relation: scrub(address) for relation, address in self.links.items()}
        return json.dumps({**told, _SEAL: _seal(told)})

    @classmethod
    def from_json(cls, text: str | bytes) -> Ticket:
        """Read what `to_json` wrote.

        Raises:
            InvalidTicket: it is no ticket, it was cut or changed, or it is of a later version.
        """
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            raise InvalidTicket("it is not JSON") from None
        if not isinstance(told, dict) or _VERSION_OF not in told:
            raise InvalidTicket("it has no version")
        if told[_VERSION_OF] != _VERSION:
            raise InvalidTicket("its version is not known here")
        if told.pop(_SEAL, None) != _seal(told):
            raise InvalidTicket("it was changed since it was written")
        del told[_VERSION_OF]
        try:
            ticket = cls(**told)
            # What is no text cannot be joined.
            "".join((ticket.by, *ticket.links.values(), "" if ticket.origin is None else ticket.origin))
        except (TypeError, ValueError):
            raise InvalidTicket("its members are not those of a ticket") from None
        return ticket


_VERSION_OF, _VERSION, _SEAL = "jobmodels-ticket", 1, "seal"


def _seal(told: Mapping[str, Any]) -> str:
    """Sum a ticket up, so that a slip of the hand shows; it is no proof against one who means it."""
    from hashlib import sha256  # It takes long to import, and few need it.

    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
