"""Answers in Avro: the binary transport of Kinetica. Only schemas that come with this package are used.

A body is walked through before it is decoded: each length and each count is compared with the bytes that are left, so
that a few bytes which claim gigabytes cost nothing, and so that decoding cannot fail.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import attrs

from jobmodels.errors import DecodeError, MissingExtra
from jobmodels.systems.kinetica._avro_schemas import RESPONSES, WRAPPER, kind_of

MAX_BYTES = 64 * 2**20
"""How long a body may be: 64 MiB."""
MAX_ITEMS = 1_000_000
"""How many items all arrays and maps of a body may have."""

_BITS = {"int": 32, "long": 64}


def decode(body: bytes) -> dict[str, Any]:
    """Decode an answer.

    Args:
        body: one datum of `gpudb_response`, without a container.

    Returns:
        The wrapper as JSON has it, what it holds as an object under `data`. Bytes are text of one character for each,
        as in the vendor's JSON; so is what is inside, where its kind is not known.

    Raises:
        DecodeError: with code `invalid-avro`, also for more than 64 MiB or a million items.
        MissingExtra: `fastavro` is not installed.
    """
    if len(body) > MAX_BYTES:
        raise DecodeError("invalid-avro", f"more than {MAX_BYTES:,} bytes")
    wrapper = _read(body, WRAPPER)
    inside = wrapper["data"]
    schema = RESPONSES.get(kind_of(wrapper["data_type"]))
    wrapper["data"] = _as_json(_read(inside, schema)) if inside and schema else inside
    return _as_json(wrapper)


def _read(body: bytes, schema: dict[str, Any]) -> dict[str, Any]:
    try:
        from fastavro import schemaless_reader
    except ImportError:
        raise MissingExtra("fastavro", "kinetica") from None
    walk = Walk(body=body)
    walk.over(schema)
    if walk.at < len(body):
        raise walk.objection("more bytes than the document has")
    told: Any = schemaless_reader(BytesIO(body), schema, None)
    return dict(told)


def _as_json(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value.decode("latin-1") if type(value) is bytes else value for name, value in record.items()}


@attrs.define
class Walk:
    """Goes over a body as its schema says, and objects to what cannot be.

    Attributes:
        body: what is walked over.
        at: the offset of the next byte.
        items: how many items were passed.
    """

    body: bytes
    at: int = 0
    items: int = 0

    def objection(self, reason: str) -> DecodeError:
        """Make the error that says what is wrong at this place."""
        return DecodeError("invalid-avro", reason, self.at)

    def over(self, schema: Any) -> None:
        """Go over one value."""
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "record":
            for field in schema["fields"]:
                self.over(field["type"])
        elif kind == "array":
            self._blocks(schema["items"])
        elif kind == "map":
            self._blocks("string", schema["values"])
        elif kind == "boolean":
            if self._passed(1) not in (b"\x00", b"\x01"):
                raise self.objection("a flag that is neither true nor false")
        elif kind in _BITS:
            self.number(_BITS[kind])
        else:
            self._text(is_text=kind == "string")

    def number(self, bits: int = 64) -> int:
        """Go over a number: seven bits a byte, the lowest first; the lowest bit of all is the sign."""
        told = shift = 0
        more = True
        while more:
            byte = self._passed(1)[0]
            told |= (byte & 0x7F) << shift
            shift += 7
            more = byte > 0x7F
            if shift > bits and (more or told >> bits):
                raise self.objection(f"a number of more than {bits} bits")
        return told >> 1 if told % 2 == 0 else -(told >> 1) - 1

    def _text(self, *, is_text: bool) -> None:
        passed = self._passed(self.number())
        if is_text:
            try:
                passed.decode()
            except UnicodeDecodeError:
                raise self.objection("text that is not UTF-8") from None

    def _blocks(self, *parts: Any) -> None:
        """Go over the blocks of an array or a map, each of so many items, up to the one that has none.

        A negative count is followed by the length of its block in bytes.
        """
        while count := self.number():
            length = self.number() if count < 0 else None
            begin = self.at
            self.items += abs(count)
            if self.items > MAX_ITEMS or self.items > len(self.body):
                raise self.objection("more items than can be")
            for _ in range(abs(count)):
                for part in parts:
                    self.over(part)
            if length is not None and self.at - begin != length:
                raise self.objection("a block of another length than it says")

    def _passed(self, count: int) -> bytes:
        if not 0 <= count <= len(self.body) - self.at:
            raise self.objection("fewer bytes than the document claims")
        self.at += count
        return self.body[self.at - count : self.at]
