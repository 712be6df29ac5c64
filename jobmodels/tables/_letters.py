"""Dead letters as lines of JSON: written where a line could not be read, and read again after a fix."""

from __future__ import annotations

import codecs
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from jobmodels._json import loads
from jobmodels.errors import DecodeError
from jobmodels.tables._columns import DEAD
from jobmodels.tables._disk import created

if TYPE_CHECKING:
    import pyarrow as pa

_NAMES = tuple(column.name for column in DEAD)
_TOLD = _NAMES[:-1]
_RAW, _BASE64 = "raw", "base64"
_WITH_TEXT, _WITH_BASE64 = {*_TOLD, _RAW}, {*_TOLD, _BASE64}
_LONG, _LETTER = ".long", ".letter"
_HEAD = "{{" + "".join(f'"{name}": {{}}, ' for name in _TOLD)
_CHUNK = 1 << 20

Letter: TypeAlias = tuple[str | None, int | None, int | None, str, str, bytes]
"""Source, line, offset, code, message and raw bytes."""


def write_letters(output: BinaryIO, dead: pa.RecordBatch, more: int, spooled: Iterator[Path]) -> None:
    """Write a batch of dead letters as lines of JSON, in UTF-8.

    Args:
        output: takes the lines.
        dead: the columns of `DEAD_SCHEMA`; where the raw bytes are null, they lie in a file.
        more: what is added to the numbers of lines.
        spooled: these files, in order, as `spool` made them.
    """
    held: list[str] = []
    for *told, raw in zip(*(dead.column(name).to_pylist() for name in _NAMES), strict=True):
        if raw is None:
            output.write("".join(held).encode())
            held.clear()
            with next(spooled).open("rb") as file:
                _write_long(output, told, file, more)
            continue
        try:
            name, text = _RAW, raw.decode()
        except UnicodeDecodeError:
            name, text = _BASE64, b64encode(raw).decode()
        held.append(f'{_head(told, more)}"{name}": {_spelled(text)}}}\n')
    output.write("".join(held).encode())


def spool(pieces: Iterable[bytes], path: Path, *, whole: bool) -> Path:
    """Write raw bytes that are too long to be held to a file.

    Args:
        pieces: the bytes.
        path: where to; gets an ending that says what is in it.
        whole: whether they are a dead letter themselves.

    Returns:
        The file.
    """
    path = path.with_name(path.name + (_LETTER if whole else _LONG))
    with created(path, private=True) as output:
        for piece in pieces:
            output.write(piece)
    return path


def _write_long(output: BinaryIO, told: Sequence[Any], raw: BinaryIO, more: int) -> None:
    if raw.name.endswith(_LETTER):
        shutil.copyfileobj(raw, output, _CHUNK)
        output.write(b"\n")
        return
    name = _RAW if _is_text(raw) else _BASE64
    output.write(f'{_head(told, more)}"{name}": "'.encode())
    raw.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while block := raw.read(3 * _CHUNK):
        text = decoder.decode(block) if name == _RAW else b64encode(block).decode()
        output.write(_spelled(text)[1:-1].encode())
    output.write(b'"}\n')


def _head(told: Sequence[Any], more: int) -> str:
    source, line, offset, code, message = told
    values = (source, None if line is None else line + more, offset, code, message)
    return _HEAD.format(*map(_spelled, values))


def _spelled(value: str | int | None) -> str:
    """Write a value as JSON, in any letters; faster than `json.dumps`, which makes an encoder each time."""
    return encode_basestring(value) if isinstance(value, str) else "null" if value is None else str(value)


def _is_text(raw: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := raw.read(_CHUNK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read_letter(line: bytes) -> Letter | None:
    """Read one line that was written here; None where it is no dead letter."""
    try:
        told = loads(line)
        if not isinstance(told, dict) or told.keys() not in (_WITH_TEXT, _WITH_BASE64):
            return None
        raw = told[_RAW].encode() if _RAW in told else b64decode(told[_BASE64], validate=True)
    except (DecodeError, ValueError, TypeError, AttributeError):
        return None
    source, number, offset, code, message = (told[name] for name in _TOLD)
    if not (_may_be(str, source) and _may_be(int, number) and _may_be(int, offset)):
        return None
    return (source, number, offset, code, message, raw) if type(code) is type(message) is str else None


def _may_be(kind: type, value: object) -> bool:
    return value is None or type(value) is kind
