"""One run: logs in, a table and dead letters out, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

import attrs

from jobmodels.errors import InputRefused, OutputRefused
from jobmodels.tables import _sources
from jobmodels.tables._batches import table_of
from jobmodels.tables._cut import LONGEST
from jobmodels.tables._database import DATABASE, Database, check_ours, check_path
from jobmodels.tables._delivery import Delivery
from jobmodels.tables._need import be_frugal, need
from jobmodels.tables._options import Options
from jobmodels.tables._pieces import Pieces
from jobmodels.tables._shares import Shares, crew_size, stretches_of
from jobmodels.tables._sinks import WRITERS, Files, place_of
from jobmodels.tables._sources import Source, describe
from jobmodels.tables._stage import Stage, plan_of
from jobmodels.tables._steps import Reader
from jobmodels.tables._tally import Tally
from jobmodels.tables._unpack import Meter, range_size

ENDINGS = (DATABASE, *WRITERS)
"""How the name of an output may end, which says what it is."""

PART = 256 << 20
"""Bytes of a log after which a run can be resumed."""

_PIECE = 64 << 20
"""Bytes of another log that come from a worker at once."""


@attrs.frozen(kw_only=True)
class Run:
    """One run.

    Attributes:
        sources: the logs, in order.
        out: the output, of which the ending says what it is.
        letters: where dead letters belong.
        options: how lines are read.
        workers: how many processes read; None is as many as are of use.
        resume: whether a run that was ended can be resumed, and is.
        overwrite: whether outputs that exist are replaced.
        longest: bytes of the longest line that is read.
        part: bytes of a log after which the run can be resumed.
    """

    sources: tuple[Source, ...]
    out: Path
    letters: Path
    options: Options
    workers: int | None = None
    resume: bool = False
    overwrite: bool = False
    longest: int = LONGEST
    part: int = PART

    @property
    def size(self) -> int | None:
        """Bytes of all logs as they lie on the disk; None where that is not known."""
        sizes = [source.size for source in self.sources]
        return None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def typed_out(self) -> Path | None:
        """The file of the table of one endpoint, where it has one of its own."""
        if self.options.typed is None or self.out.suffix == DATABASE:
            return None
        return place_of(self.out, table_of(self.options).name)

    def start(self, on_progress: Callable[[int], object] = lambda taken: None) -> Tally:
        """Read all, write all.

        Args:
            on_progress: is told now and then how many bytes of the logs were read, as they lie on the disk.

        Returns:
            What was counted.

        Raises:
            InputRefused: a log cannot be read; nothing is written.
            OutputRefused: the output is not written, and what was there is as it was.
            WorkerLost: a worker was ended; nothing is written.
            OSError: reading or writing went wrong; nothing is written.
            MissingExtra: a library is not installed.
        """
        self._check()
        with Stage(self.out) as stage:
            if self.resume and stage.ended is not None:
                return Tally.from_dict(stage.ended)
            self._check_outputs(stage)
            stage.begin(plan_of(self.sources, self._facts()) if self.resume else None)
            tally = Tally()
            files = self._deliver(stage, tally, on_progress)
            gone = [] if self.letters in files.values() else [self.letters]
            # Another run may have put one there meanwhile, as where several share a file of dead letters.
            self._check_places()
            stage.end(files, gone, tally.to_dict())
            return tally

    def _check(self) -> None:
        need("pyarrow")
        if self.out.suffix not in ENDINGS:
            raise OutputRefused(str(self.out), f"its name ends in none of {', '.join(ENDINGS)}")
        if self.out.suffix == DATABASE:
            need("duckdb")
            check_path(self.out)
        for path in (self.out, self.letters):
            if self.folder in path.parents:
                raise OutputRefused(str(path), "its folder is that of the run, which goes with it")
            if not path.parent.is_dir():
                raise OutputRefused(str(path), "its folder does not exist")
            if not os.access(path.parent, os.W_OK):
                raise OutputRefused(str(path), "nothing may be written into its folder")
        if describe(self.letters.name).packed is not None:
            raise OutputRefused(
                str(self.letters), "dead letters are not packed, and would be taken for it by their name"
            )
        if len(set(self.outputs)) < len(self.outputs):
            raise OutputRefused(str(self.letters), "it is an output already")
        _sources.check(self.sources)
        for source in self.sources:
            if self.resume and source.size is None:
                raise InputRefused(source.name, "it is no file, so that a run over it cannot be resumed")
            for path in self.outputs:
                if source.path is not None and path.exists() and path.samefile(source.path):
                    raise InputRefused(
                        source.name, "it would be overwritten by what is read from it; name another place"
                    )

    @property
    def folder(self) -> Path:
        """Where it writes until all is written."""
        return Stage(self.out).folder

    @property
    def outputs(self) -> list[Path]:
        """All files that it writes."""
        return [path for path in (self.out, self.letters, self.typed_out) if path is not None]

    def _check_outputs(self, stage: Stage) -> None:
        if stage.is_begun and not self.resume and not self.overwrite:
            raise OutputRefused(str(self.out), f"a run is begun in {stage.folder}; --resume goes on with it")
        self._check_places()

    def _check_places(self) -> None:
        for path in self.outputs:
            if path.exists():
                if not path.is_file():
                    raise OutputRefused(str(path), "it is no file")
                if not self.overwrite:
                    raise OutputRefused(str(path), "it exists; --overwrite replaces it")
                if path.suffix == DATABASE:
                    check_ours(path)

    def _facts(self) -> dict[str, object]:
        return {**attrs.asdict(self.options), "longest-line": self.longest, "part": self.part}

    def _deliver(self, stage: Stage, tally: Tally, on_progress: Callable[[int], object]) -> Mapping[Path, Path]:
        """Read and write; give what was written, and where it belongs."""
        reader = Reader(options=self.options, longest=self.longest)
        longest = self.part if self.resume else min(self.part, range_size())
        stretches = stretches_of(self.sources, longest, teaches=True)
        crew = crew_size(self.workers, self.sources, stretches)
        if not crew and not self.resume:
            if self.out.suffix != DATABASE:
                be_frugal()
            with self._delivery(stage) as delivery:
                meter = Meter()
                for step in chain.from_iterable(
                    reader.steps(stretch, meter=meter) for stretch in stretches_of(self.sources, sys.maxsize)
                ):
                    delivery.step(step)
                    tally.add(step)
                    on_progress(meter.taken)
            return delivery.files
        size = self.part if self.resume else min(self.part, _PIECE)
        pieces = Pieces(folder=stage.folder, size=size, durable=self.resume)
        shares = Shares(stretches=stretches, reader=reader, pieces=pieces, crew=crew)
        with shares.begun() as done, self._delivery(stage) as delivery:
            taken = 0
            for piece, more in done:
                delivery.piece(piece, pieces, more)
                tally.join(piece.tally)
                if not self.resume:
                    pieces.remove(piece)
                taken += piece.taken
                on_progress(taken)
        return delivery.files

    def _delivery(self, stage: Stage) -> Delivery:
        kind = Database if self.out.suffix == DATABASE else Files
        output = kind(self.out, stage.folder, private=self.options.keep_raw)
        return Delivery(stage, output, self.letters, self.options)
