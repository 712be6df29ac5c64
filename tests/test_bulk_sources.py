from __future__ import annotations

import gc
import gzip
import io
import json
import os
import platform
import subprocess
import sys
import threading
import weakref
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmodels.errors import InputRefused
from jobmodels.tables import _unpack
from jobmodels.tables._cut import BOM, Cutter, Long, Refused, Slab, line_behind
from jobmodels.tables._documents import Element, elements
from jobmodels.tables._letters import read_letter, spool, write_letters
from jobmodels.tables._need import be_frugal, be_lean, need
from jobmodels.tables._options import Options
from jobmodels.tables._plain import plain_lines
from jobmodels.tables._slabs import dead_batch, numbered
from jobmodels.tables._sources import DOCUMENT, LETTERS, LINES, Source, check, describe, find_sources
from jobmodels.tables._steps import Reader, Stretch
from jobmodels.tables._unpack import Damaged, Meter, read_blocks
from tests.strategies import LAWS

ZSTD = pa.Codec("zstd")


def zstd(data: bytes) -> bytes:
    """Pack bytes as one frame."""
    packed: bytes = ZSTD.compress(data, asbytes=True)
    return packed


def log(folder: Path, data: bytes, name: str = "log.jsonl") -> Source:
    """Write a log."""
    path = folder / name
    path.write_bytes(data)
    return describe(str(path))


def unpacked(source: Source, start: int = 0) -> tuple[bytes, str | None]:
    """Read a log as a whole; what it says about damage comes beside it."""
    data = bytearray()
    try:
        for block in read_blocks(source, start):
            data += block
    except Damaged as error:
        return bytes(data), str(error)
    return bytes(data), None


class TestNames:
    @pytest.mark.parametrize(
        ("name", "packed", "holds"),
        [
            ("a.jsonl", None, LINES),
            ("a.log", None, LINES),
            ("a", None, LINES),
            ("a.json", None, DOCUMENT),
            ("a.JSON", None, DOCUMENT),
            ("a.jsonl.gz", "gzip", LINES),
            ("a.json.GZ", "gzip", DOCUMENT),
            ("a.zst", "zstd", LINES),
            ("a.json.zst", "zstd", DOCUMENT),
        ],
    )
    def test_the_ending_says_what_is_in_a_file(self, name: str, packed: str | None, holds: str) -> None:
        """How it is packed, and whether it has lines or is one document, in letters of either case."""
        source = describe(name)
        assert (source.packed, source.holds, source.size) == (packed, holds, None)

    def test_patterns_give_files_in_order(self, tmp_path: Path) -> None:
        """Each once, folders left out, folders within folders looked into; names stand in the order they were given."""
        for name in ("b.jsonl", "a.jsonl", "in/c.jsonl", "d.jsonl/e.jsonl"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        found = find_sources([str(tmp_path / "b.jsonl"), str(tmp_path / "**" / "*.jsonl"), "-", "-"])
        names = [Path(source.name).relative_to(tmp_path).as_posix() if source.path else source.name for source in found]
        assert names == ["b.jsonl", "a.jsonl", "d.jsonl/e.jsonl", "in/c.jsonl", "<stdin>"]

    def test_a_pattern_that_matches_nothing(self, tmp_path: Path) -> None:
        """It is refused, as a file that is missing is."""
        with pytest.raises(InputRefused, match="nothing matches"):
            list(find_sources([str(tmp_path / "*.jsonl")]))

    def test_a_file_may_be_called_like_a_pattern(self, tmp_path: Path) -> None:
        """What is there is never taken for a pattern."""
        (tmp_path / "[1].jsonl").touch()
        (source,) = find_sources([str(tmp_path / "[1].jsonl")])
        assert source.size == 0

    def test_dead_letters_are_lines_whatever_the_name(self) -> None:
        """So that `replay` reads `.json` too."""
        assert [source.holds for source in find_sources(["a.json", "-"], letters=True)] == [LETTERS, LETTERS]

    def test_only_plain_files_of_lines_can_be_split(self, tmp_path: Path) -> None:
        """All others are read from their beginning."""
        assert log(tmp_path, b"").splits
        assert not log(tmp_path, b"", "a.json").splits
        assert not log(tmp_path, b"", "a.gz").splits
        assert not describe("-").splits

    def test_what_cannot_be_read_is_told_before_anything_is(self, tmp_path: Path) -> None:
        """A file that is missing, and a folder; standard input is taken as it comes."""
        check([log(tmp_path, b""), describe("-")])
        for path in (tmp_path, tmp_path / "missing"):
            with pytest.raises(InputRefused, match=r"cannot be read: (No such|Is a|Permission)"):
                check([describe(str(path))])

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a file that may not be read")
    def test_a_file_that_may_not_be_read(self, tmp_path: Path) -> None:
        """It is told with its name."""
        source = log(tmp_path, b"")
        Path(source.name).chmod(0)
        with pytest.raises(InputRefused, match="Permission denied"):
            check([source])

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_a_named_pipe_is_read_once(self, tmp_path: Path) -> None:
        """It is not opened to see whether it can be, since its writer would take that for a reader."""
        path = tmp_path / "pipe.jsonl"
        os.mkfifo(path)
        source = describe(str(path))
        check([source])
        writer = threading.Thread(target=path.write_bytes, args=(b"one\ntwo",))
        writer.start()
        assert unpacked(source) == (b"one\ntwo", None)
        writer.join()


class TestUnpacking:
    def test_blocks_are_bounded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A plain file comes in whole blocks, begun anywhere, a range in larger ones; behind it they are small."""
        for name, size in (("BLOCK", 3), ("RANGE", 4), ("LONG_RANGE", 4), ("_BEHIND", 1), ("_SMALL_BLOCK", 2)):
            monkeypatch.setattr(_unpack, name, size)
        source = log(tmp_path, b"abcdefghijk")
        meter = Meter()
        assert list(read_blocks(source, 1, meter=meter)) == [b"bcde", b"fghi", b"jk"]
        assert meter.taken == 10
        assert list(read_blocks(source, 1, 6, meter)) == [b"bcdef", b"gh", b"ij", b"k"]
        assert meter.taken == 15

    def test_nobody_holds_a_block_that_was_given(self, tmp_path: Path) -> None:
        """While the lines of one are read, its memory is needed."""
        blocks = read_blocks(log(tmp_path, b"one\n"))
        block = next(blocks)
        assert sys.getrefcount(block) == 2
        assert block == b"one\n"

    @pytest.mark.parametrize("pack", [gzip.compress, zstd])
    def test_members_follow_each_other(self, tmp_path: Path, pack: object) -> None:
        """Packed files may be joined as they are, and be begun anywhere in what is in them."""
        ending = "gz" if pack is gzip.compress else "zst"
        packed = gzip.compress if ending == "gz" else zstd
        source = log(tmp_path, packed(b"one\n") + packed(b"") + packed(b"two\n"), f"a.{ending}")
        assert unpacked(source) == (b"one\ntwo\n", None)
        assert unpacked(source, 5) == (b"wo\n", None)
        assert unpacked(log(tmp_path, b"", f"b.{ending}")) == (b"", None)

    def test_zeros_behind_a_member_are_padding(self, tmp_path: Path) -> None:
        """As tapes leave them; anything else there is damage."""
        packed = gzip.compress(b"one\n")
        assert unpacked(log(tmp_path, packed + b"\0" * 1000, "a.gz")) == (b"one\n", None)
        data, damage = unpacked(log(tmp_path, packed + b"rest", "b.gz"))
        assert data == b"one\n"
        assert damage == "its packed data is broken: incorrect header check"

    def test_a_file_that_breaks_off_is_read_to_the_break(self, tmp_path: Path) -> None:
        """At every byte; what was unpacked is kept to the last letter."""
        text = b"".join(b"line %d\n" % number for number in range(200))
        packed = gzip.compress(text)
        for size in range(1, len(packed), 7):
            part = zlib.decompressobj(31).decompress(packed[:size])
            assert unpacked(log(tmp_path, packed[:size], "a.gz")) == (part, "its packed data breaks off")

    def test_a_file_that_is_broken_is_read_to_the_break(self, tmp_path: Path) -> None:
        """A checksum that is wrong comes behind all that it is about."""
        text = os.urandom(3000)
        packed = bytearray(gzip.compress(text))
        packed[-6] ^= 1
        data, damage = unpacked(log(tmp_path, bytes(packed), "a.gz"))
        assert data == text
        assert damage == "its packed data is broken: incorrect data check"

    @pytest.mark.parametrize(("size", "kept"), [(1, b"one\n"), (5, b"one\n"), (-1, b"one\ntwo")])
    def test_frames_that_break_off(self, tmp_path: Path, size: int, kept: bytes) -> None:
        """What was unpacked of the last one is kept too."""
        source = log(tmp_path, zstd(b"one\n") + zstd(b"two\n")[:size], "a.zst")
        assert unpacked(source) == (kept, "its packed data breaks off")

    def test_a_long_frame_that_breaks_off(self, tmp_path: Path) -> None:
        """Nothing of what was unpacked comes twice."""
        text = os.urandom(500_000)
        data, damage = unpacked(log(tmp_path, zstd(text)[:-9], "a.zst"))
        assert damage == "its packed data breaks off"
        assert text.startswith(data)
        assert len(data) > 300_000

    def test_a_frame_that_is_broken(self, tmp_path: Path) -> None:
        """The frames before it are kept."""
        data, damage = unpacked(log(tmp_path, zstd(b"one\n") + b"no frame", "a.zst"))
        assert data == b"one\n"
        assert damage
        assert damage.startswith("its packed data is broken: ")

    @pytest.mark.parametrize("name", ["a.gz", "a.zst"])
    def test_a_file_that_is_not_packed(self, tmp_path: Path, name: str) -> None:
        """Its name says what it is not: nothing of it could be kept, so it is refused."""
        with pytest.raises(InputRefused, match="it is not packed by"):
            unpacked(log(tmp_path, b'{"key": "a/b/GET"}\n' * 9, name))

    @pytest.mark.parametrize("name", ["a.gz", "a.zst"])
    def test_a_file_that_grows_without_measure(self, tmp_path: Path, name: str) -> None:
        """A few kilobytes that unpack to very much are refused, and how they can be read all the same is said."""
        pack = gzip.compress if name.endswith("gz") else zstd
        source = log(tmp_path, pack(bytes(80 << 20)), name)
        with pytest.raises(InputRefused, match=r"more than 250 times its size.*pipe"):
            for _ in read_blocks(source):
                ...

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_a_packed_pipe_is_not_read_twice(self, tmp_path: Path) -> None:
        """A pipe of zstd that breaks off is told as it is, though its last block is lost."""
        path = tmp_path / "pipe.zst"
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(zstd(b"one\n") + zstd(b"two\n")[:-1],))
        writer.start()
        assert unpacked(describe(str(path)))[1] == "its packed data breaks off"
        writer.join()

    def test_errors_of_the_disk_are_no_damage(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """They come out as they are."""

        class Failing(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                raise OSError(5, "Input/output error")

        monkeypatch.setattr(Source, "opened", lambda *_, **__: Failing())
        for name in ("a.zst", "a.gz", "a.jsonl"):
            with pytest.raises(OSError, match="Input/output error"):
                unpacked(log(tmp_path, zstd(b"one\n"), name))


def in_blocks(data: bytes, size: int) -> Iterator[bytes]:
    """Cut bytes into blocks."""
    return iter([data[at : at + size] for at in range(0, len(data), size)])


def cut(
    data: bytes, size: int = 7, longest: int = 100, start: int = 0, until: int | None = None
) -> tuple[list[tuple[str, int, int, bytes]], int, int]:
    """Read lines: kind, number, offset and bytes of each, how many numbers they take, how many are blank."""
    begin = line_behind(in_blocks(data[start - 1 :], size), start - 1, until) if start else 0
    cutter = Cutter(in_blocks(data[begin:], size), begin, until, longest)
    found: list[tuple[str, int, int, bytes]] = []
    count = blank = 0
    for part in cutter.parts():
        if isinstance(part, Slab):
            for batch in numbered(part, "log", count + 1, longest):
                rows = [("line", row["line"], row["offset"], row["raw"]) for row in batch.lines.to_pylist()]
                if batch.dead is not None:
                    dead = batch.dead.to_pylist()
                    rows += [("long", row["line"], row["offset"], row["reject_raw"]) for row in dead]
                found += sorted(rows, key=lambda row: row[1])
                count += batch.count
                blank += batch.blank
        else:
            assert isinstance(part, Long)
            count += 1
            found.append(("long", count, part.offset, b"".join(part.pieces)))
    return found, count, blank


def expected(data: bytes, longest: int) -> tuple[list[tuple[str, int, int, bytes]], int]:
    """Read lines in the plainest way there is."""
    offset = len(BOM) if data.startswith(BOM) else 0
    lines = data[offset:].split(b"\n")
    lines = lines if lines[-1] else lines[:-1]
    found = []
    for number, line in enumerate(lines, 1):
        raw = line.rstrip(b"\r")
        if raw.strip():
            found.append(("line" if len(raw) <= longest else "long", number, offset, raw))
        offset += len(line) + 1
    return found, len(lines)


words = st.sampled_from([b"a", b"bc", b"\n", b"\n", b"\r\n", b" ", b"\t", b"\xff", b"word" * 3, b"x\ry", b'{"a": 1}'])
texts = st.builds(lambda start, parts: start + b"".join(parts), st.sampled_from([b"", b"", BOM]), st.lists(words))


class TestLines:
    @LAWS
    @given(texts, st.integers(1, 60), st.sampled_from([13, 100]))
    def test_every_line_has_its_number_and_its_offset(self, data: bytes, size: int, longest: int) -> None:
        """However the bytes come: blank lines are counted, marks and line ends stripped, long lines told."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobmodels.tables._cut.BLOCK", 5)
            found, count, blank = cut(data, size, longest)
        wanted, lines = expected(data, longest)
        assert found == wanted
        assert (count, blank) == (lines, lines - len(wanted))

    @LAWS
    @given(texts, st.integers(1, 60), st.integers(5, 40), st.sampled_from([13, 100]))
    def test_ranges_share_a_file_without_gap_or_overlap(self, data: bytes, size: int, step: int, longest: int) -> None:
        """Wherever a file is parted, each line is in one part, and the numbers add up."""
        found: list[tuple[str, int, int, bytes]] = []
        lines = 0
        for start in range(0, len(data), step):
            part, count, _ = cut(data, size, longest, start, start + step)
            found += [(kind, number + lines, offset, raw) for kind, number, offset, raw in part]
            lines += count
        assert (found, lines) == expected(data, longest)

    def test_the_lines_of_a_range_come_at_once(self, tmp_path: Path) -> None:
        """The last one too, which ends behind it: to read it alone costs as much as to read hundreds."""
        source = log(tmp_path, b'{"a": 1}\n' * 1000)
        counts = [step.lines for step in Reader(options=Options()).steps(Stretch(source=source, start=905, until=1795))]
        assert counts == [99, 0]

    def test_carriage_returns_at_the_end_of_a_long_line(self) -> None:
        """They are its end, however many blocks they fill; those within are of the line."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobmodels.tables._cut.BLOCK", 5)
            found, _, _ = cut(b"x\r" * 10 + b"x" + b"\r" * 20 + b"\n1\n", 7, 13)
        assert found == [("long", 1, 0, b"x\r" * 10 + b"x"), ("line", 2, 42, b"1")]

    def test_a_batch_is_no_larger_than_65536_lines(self) -> None:
        """Short lines come in several batches, numbered on."""
        batches = list(numbered(Slab(b"1\n" * 70_000 + b"rest", 10, 140_000), "log", 5, 100))
        assert [batch.count for batch in batches] == [65_536, 4_464]
        assert batches[1].lines.to_pylist()[0] == {"source": "log", "line": 65_541, "offset": 131_082, "raw": b"1"}

    @pytest.mark.parametrize(
        ("data", "lines", "blank"),
        [
            (b"", [], 0),
            (b"\n", [], 1),
            (b"\n\n", [], 2),
            (b"1", [(1, 0, b"1")], 0),
            (b"1\n2", [(1, 0, b"1"), (2, 2, b"2")], 0),
            (b"\n1\n\n2\n", [(2, 1, b"1"), (4, 4, b"2")], 2),
            (b"1\r\n2\r\n", [(1, 0, b"1"), (2, 3, b"2")], 0),
            (b"1\r\r\n\r\n \t\n 2\n3\r", [(1, 0, b"1"), (4, 9, b" 2"), (5, 12, b"3")], 2),
            (b"\r1\n2\n", [(1, 0, b"\r1"), (2, 3, b"2")], 0),
            (b"1\r2\n\x0b\n", [(1, 0, b"1\r2")], 1),
            (b"1\n\x00\n", [(1, 0, b"1"), (2, 2, b"\x00")], 0),
        ],
    )
    def test_line_ends(self, data: bytes, lines: list[tuple[int, int, bytes]], blank: int) -> None:
        """Those of Unix, those of Windows, several, none at the end; what stands behind a slab is none of its lines."""
        for behind in (b"", b"more"):
            batches = list(numbered(Slab(data + behind, 10, len(data)), "log", 5, 100))
            found = [row for batch in batches for row in batch.lines.to_pylist()]
            assert found == [
                {"source": "log", "line": number + 4, "offset": offset + 10, "raw": raw}
                for number, offset, raw in lines
            ]
            assert sum(batch.blank for batch in batches) == blank
            assert sum(batch.count for batch in batches) == len(lines) + blank
            for batch in batches:
                batch.lines.validate(full=True)
                assert batch.dead is None

    def test_batches_of_lines_of_which_many_are_blank(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A batch has as many lines as it counts, less those that are blank, and may have none."""
        monkeypatch.setattr("jobmodels.tables._slabs._ROWS", 3)
        batches = list(numbered(Slab(b"1\n\n2\n\n\n\n" + b"long line\n3\n", 0, 20), "log", 1, 5))
        told = [(batch.count, batch.blank, batch.lines.column("line").to_pylist()) for batch in batches]
        assert told == [(3, 1, [1, 3]), (3, 3, []), (2, 0, [8])]
        assert batches[2].dead is not None
        assert batches[2].dead.column("line").to_pylist() == [7]

    def test_bytes_are_held_no_longer_than_needed(self) -> None:
        """When a slab is taken the cutter has let go of it; when its lines are, the slab is gone."""
        data = b"x" * 50 + b"\n"

        def blocks() -> Iterator[bytes]:
            yield data[:20]
            yield data[20:]

        taken = Cutter(blocks()).parts()
        part = next(taken)
        assert isinstance(part, Slab)
        assert sys.getrefcount(part) == 2
        held = weakref.ref(part)
        lines = numbered(part, "log", 1, 100)
        del part
        (batch,) = (next(lines),)
        assert held() is None
        assert batch.lines.column("raw").to_pylist() == [b"x" * 50]

    def test_no_line_is_longer_than_arrow_can_hold(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever length is allowed, longer ones are dead letters."""
        monkeypatch.setattr("jobmodels.tables._steps._MOST", 9)
        source = log(tmp_path, b"[1,2,3]\n" + b"x" * 10 + b"\n[1]\n")
        steps = list(Reader(options=Options(), longest=1 << 40).steps(Stretch(source=source)))
        dead = [row for step in steps if step.dead is not None for row in step.dead.to_pylist()]
        assert [row["line"] for row in dead if row["reject_code"] == "too-long"] == [2]

    def test_a_file_that_shrank(self) -> None:
        """A part that begins behind the end has no lines."""
        assert cut(b"abc", start=2, until=9) == ([], 0, 0)

    def test_what_is_left_of_a_damaged_file(self) -> None:
        """Whole lines are lines; the begun one is refused, with the reason."""

        def broken() -> Iterator[bytes]:
            yield b"one\ntwo\nthr"
            raise Damaged("it breaks off")

        *whole, last = Cutter(broken()).parts()
        assert [part.lines for part in whole if isinstance(part, Slab)] == [b"one\ntwo\n"]
        assert last == Refused(8, "damaged-file", "it breaks off", b"thr")

    def test_a_long_line_in_a_damaged_file(self) -> None:
        """It is given as far as it came."""

        def broken() -> Iterator[bytes]:
            yield b"x" * 20
            yield b"y" * 20
            raise Damaged("it breaks off")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobmodels.tables._cut.BLOCK", 5)
            parts = Cutter(broken(), longest=10).parts()
            long = next(parts)
            assert isinstance(long, Long)
            assert b"".join(long.pieces) == b"x" * 20 + b"y" * 20
            assert list(parts) == [Refused(40, "damaged-file", "it breaks off", b"")]


def documents(data: bytes, size: int = 1000, longest: int = 1000) -> list[tuple[str, int, bytes, str]]:
    """Find elements: kind, offset, bytes and reason of each."""
    found = []
    for each in elements(in_blocks(data, size), longest):
        if isinstance(each, Element):
            found.append(("element", each.offset, each.data, ""))
        elif isinstance(each, Long):
            found.append(("long", each.offset, b"".join(each.pieces), each.message))
        else:
            found.append(("refused", each.offset, each.raw, each.message))
    return found


OPEN, WITHIN, BEHIND = "the array does not end", "the file ends within it", "it stands behind the end of the array"
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(['"', "\\", '\\"', ",", "]", "[{"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


class TestDocuments:
    @pytest.mark.parametrize(
        ("data", "wanted"),
        [
            (b"", []),
            (b" \r\n\t", []),
            (b"[]", []),
            (b" [ ] \n", []),
            (b"7", [("element", 0, b"7", "")]),
            (b'\n{"a":\n 1}\n', [("element", 1, b'{"a":\n 1}', "")]),
            (BOM + b"[1]", [("element", 4, b"1", "")]),
            (b'{"a": 1}\n{"b": 2}\n', [("element", 0, b'{"a": 1}\n{"b": 2}', "")]),
            (b'["a]" , [2, [3]] ]', [("element", 1, b'"a]"', ""), ("element", 8, b"[2, [3]]", "")]),
            (b"[1,]", [("element", 1, b"1", ""), ("element", 3, b"", "")]),
            (b"[1,,2]", [("element", 1, b"1", ""), ("element", 3, b"", ""), ("element", 4, b"2", "")]),
            (b"[NaN, x y, 2]", [("element", 1, b"NaN", ""), ("element", 6, b"x y", ""), ("element", 11, b"2", "")]),
            (b"[1}, 2]", [("element", 1, b"1}", ""), ("element", 5, b"2", "")]),
            (b"[1", [("element", 1, b"1", ""), ("refused", 2, b"", OPEN)]),
            (b"[1, ", [("element", 1, b"1", ""), ("refused", 4, b"", OPEN)]),
            (b"[", [("refused", 1, b"", OPEN)]),
            (b'[{"a": 1', [("refused", 1, b'{"a": 1', WITHIN)]),
            (b'["a\\', [("refused", 1, b'"a\\', WITHIN)]),
            (b"[1] [2]", [("element", 1, b"1", ""), ("long", 4, b"[2]", BEHIND)]),
        ],
    )  # fmt: skip
    def test_what_is_an_element(self, data: bytes, wanted: list[tuple[str, int, bytes, str]]) -> None:
        """All that stands between two commas of the array, of which the blocks need not know."""
        assert documents(data) == wanted
        for size in (1, 2, 3):
            if size == 3 or not data.startswith(BOM):
                assert documents(data, size) == wanted

    @LAWS
    @given(st.lists(values, max_size=5), st.sampled_from([None, 1]), st.booleans(), st.integers(3, 50))
    def test_every_element_is_found(self, given_: list[object], indent: int | None, ascii_: bool, size: int) -> None:
        """Exactly where it stands, whatever is in it."""
        data = json.dumps(given_, indent=indent, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
        found = documents(data, size, 1 << 20)
        assert [json.loads(raw) for _, _, raw, _ in found] == given_
        for kind, offset, raw, _ in found:
            assert kind == "element"
            assert data[offset : offset + len(raw)] == raw

    def test_brackets_without_end(self) -> None:
        """A million of them take neither the stack nor long."""
        data = b"[" * 1_000_000
        assert documents(data, 1 << 16, 1 << 21) == [("refused", 1, data[1:], WITHIN)]

    def test_long_elements_are_told_and_the_rest_is_read(self) -> None:
        """Their bytes come piece by piece."""
        data = b'[1, "' + b"x" * 50 + b'", 2]'
        wanted = ("long", 4, data[4:56], "it is longer than a line may be; --longest-line says how long")
        for size in (3, 1000):
            assert documents(data, size, 20) == [("element", 1, b"1", ""), wanted, ("element", 58, b"2", "")]

    @pytest.mark.parametrize(
        ("data", "rest"), [(b"[1, 2", b"2"), (b'[1, {"a', b'{"a'), (b"[1, ", b""), (b"[1]", b""), (b'{"a"', b'{"a"')]
    )
    def test_a_damaged_file(self, data: bytes, rest: bytes) -> None:
        """What was begun is refused once, with the reason."""

        def broken() -> Iterator[bytes]:
            yield data
            raise Damaged("it breaks off")

        *whole, last = elements(broken())
        assert whole in ([], [Element(b"1", 1)])
        assert isinstance(last, Refused)
        assert (last.code, last.message, last.raw) == ("damaged-file", "it breaks off", rest)


def written(rows: list[tuple[str, int, int, str, str, bytes | None]], more: int = 0, *spooled: Path) -> bytes:
    """Write dead letters."""
    output = io.BytesIO()
    write_letters(output, dead_batch(rows), more, iter(spooled))
    return output.getvalue()


class TestLetters:
    @LAWS
    @given(st.binary() | st.text().map(str.encode), st.text(), st.integers(1, 2**62))
    def test_a_letter_comes_back_as_it_was(self, raw: bytes, source: str, line: int) -> None:
        """Bytes that are no text are spelled in base64; a letter is one line."""
        text = written([(source, line, 7, "code", "Größe", raw)], more=1)
        assert text.count(b"\n") == 1
        assert read_letter(text) == (source, line + 1, 7, "code", "Größe", raw)

    @pytest.mark.parametrize("raw", [b"x" * 5000, 'größe\n"'.encode() * 999, b"\xff\0" * 3000])
    def test_a_letter_too_long_to_be_held(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
        """It is written piece by piece, to the same effect."""
        monkeypatch.setattr("jobmodels.tables._letters._CHUNK", 7)
        file = spool(in_blocks(raw, 100), tmp_path / "spool", whole=False)
        told = ("log", 3, 9, "too-long", "it is")
        assert written([(*told, None)], 0, file) == written([(*told, raw)])

    def test_a_letter_that_is_no_letter(self) -> None:
        """Members that are missing, too many or of another type, and what is not JSON."""
        good = json.loads(written([("log", 1, 0, "code", "text", b"{")]))
        assert read_letter(json.dumps(good).encode())
        odd: list[object] = [
            good | {"more": 1}, {}, [], good | {"line": "1"}, good | {"source": 1}, good | {"offset": 1.0},
            good | {"line": True}, good | {"reject_code": None}, good | {"reject_message": 1}, good | {"raw": 1},
            {name: good[name] for name in good if name != "raw"},
            {name: good[name] for name in good if name != "raw"} | {"base64": "?"},
            good | {"raw": "\ud800"},
        ]  # fmt: skip
        for told in odd:
            assert read_letter(json.dumps(told).encode()) is None
        assert read_letter(b"{") is None
        assert read_letter(b"\xff") is None


class TestPlainLines:
    def test_all_forms_give_the_same_lines(self, tmp_path: Path) -> None:
        """A log of lines, packed in either way, an array, a document, dead letters."""
        lines = [b'{"a": 1}', b"[2]", b"x"]
        data = b"\n".join([lines[0], b"", lines[1], b" ", lines[2]])
        numbers = [1, 3, 5]
        for name, packed in (("a.jsonl", data), ("a.gz", gzip.compress(data)), ("a.zst", zstd(data + b"\n"))):
            source = log(tmp_path, packed, name)
            wanted = [(f"{source.name}:{number}", line, None) for number, line in zip(numbers, lines, strict=True)]
            assert [(where, line.strip(), told) for where, line, told in plain_lines(source)] == wanted
        source = log(tmp_path, b"[%b]" % b", ".join(lines), "a.json")
        assert [line for _, line, _ in plain_lines(source)] == lines

    def test_numbers_go_on_over_blocks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also where a block ends with a line."""
        monkeypatch.setattr("jobmodels.tables._cut.BLOCK", 4)
        monkeypatch.setattr("jobmodels.tables._unpack._SMALL_BLOCK", 4)
        source = log(tmp_path, b"".join(gzip.compress(b"%d\n" % number) for number in range(5)), "a.gz")
        assert [where.rpartition(":")[2] for where, _, _ in plain_lines(source)] == ["1", "2", "3", "4", "5"]

    def test_what_is_no_line_says_why(self, tmp_path: Path) -> None:
        """The rest of a damaged file, the end of an array that is missing, a line that is no dead letter."""
        packed = gzip.compress(b"one\ntwo\n" + os.urandom(99).hex().encode())[:-30]
        *whole, last = plain_lines(log(tmp_path, packed, "a.gz"))
        assert [line for _, line, _ in whole] == [b"one", b"two"]
        assert last[0].endswith(":3")
        assert last[2] == "its packed data breaks off"
        assert [told for _, _, told in plain_lines(log(tmp_path, b"[1", "a.json"))] == [None, OPEN]
        path = tmp_path / "dead.jsonl"
        path.write_bytes(written([("log", 4, 9, "code", "text", b"{")]) + b"{}\n")
        told = list(plain_lines(describe(str(path), letters=True)))
        assert told == [("log:4", b"{", None), (f"{path}:2", b"{}\n", "it is no dead letter")]


def test_a_library_that_another_thread_imports_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there of it meanwhile lacks most of what it will have."""
    gate: Any = ModuleType("gate")
    gate.begun, gate.go = threading.Event(), threading.Event()
    monkeypatch.setitem(sys.modules, "gate", gate)
    monkeypatch.setitem(sys.modules, "slow_library", ModuleType("slow_library"))
    del sys.modules["slow_library"]
    (tmp_path / "slow_library.py").write_text("import gate\ngate.begun.set()\ngate.go.wait(60)\nlast = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(need("slow_library").last)) for _ in range(2)]
    threads[0].start()
    gate.begun.wait(60)
    threads[1].start()
    threads[1].join(0.05)
    gate.go.set()
    for thread in threads:
        thread.join()
    assert found == [1, 1]


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """What is told to Python and pyarrow in a test holds for that test alone."""
    monkeypatch.setattr("atexit.register", lambda _: None)
    pool, rarely = pa.default_memory_pool(), gc.get_threshold()
    yield
    pa.set_memory_pool(pool)
    gc.set_threshold(*rarely)
    gc.unfreeze()


@pytest.mark.usefixtures("lean")
def test_pandas_is_left_alone_where_it_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a process in which nobody has imported it goes without."""
    monkeypatch.setitem(sys.modules, "pandas", sys)
    before = list(sys.meta_path)
    be_lean()
    assert sys.meta_path == before


@pytest.mark.usefixtures("lean")
def test_python_looks_for_cycles_rarely() -> None:
    """Where there are none, as among lines; and not among what was there before."""
    be_lean()
    assert gc.get_threshold() == (100_000, 50, 100)
    assert gc.get_freeze_count() > 10_000


@pytest.mark.parametrize(("library", "passed"), [("pyarrow", True), ("duckdb", False)])
def test_python_looks_for_no_cycles_at_its_end(library: str, passed: bool) -> None:
    """What came later is passed over too when the process ends; but DuckDB would complain."""
    script = f"""if True:
        import atexit, gc
        from jobmodels.tables._need import be_lean, need
        atexit.register(lambda: print(gc.get_freeze_count() - before))
        be_lean()
        before = gc.get_freeze_count()
        need({library!r})
        learned = [[] for _ in range(20_000)]
    """
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert (int(told.stdout) > 10_000) is passed
    assert not told.stderr


@pytest.mark.usefixtures("lean")
@pytest.mark.parametrize("error", [TypeError, OSError, AttributeError])
def test_only_glibc_is_told_to_keep_memory(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    """Elsewhere there is nothing to be told, or nothing that hears it; all else is told as ever."""

    def library(name: object) -> None:
        raise error(name)

    monkeypatch.setattr("ctypes.CDLL", library)
    be_lean()
    assert pa.default_memory_pool().backend_name == "mimalloc"
    be_frugal()
    assert pa.default_memory_pool().backend_name == "system"


@pytest.mark.usefixtures("lean")
def test_memory_is_taken_by_what_takes_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """By mimalloc, where pyarrow has it; by the system where this process writes too."""

    def missing() -> pa.MemoryPool:
        raise NotImplementedError

    be_lean()
    assert pa.default_memory_pool().backend_name == "mimalloc"
    be_frugal()
    assert pa.default_memory_pool().backend_name == "system"
    monkeypatch.setattr(pa, "mimalloc_memory_pool", missing)
    be_lean()
    assert pa.default_memory_pool().backend_name == "system"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
def test_blocks_are_used_again() -> None:
    """Memory that was free for a moment comes without new pages."""
    script = """if True:
        import resource
        from jobmodels.tables._need import be_lean
        be_lean()
        block = bytes(range(256)) * (20 << 12)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(20):
            (block + block[:1], block + block[:2])
        after = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        print((after - before) * resource.getpagesize())
    """
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert int(told.stdout) < 5 * 2 * (20 << 20)
