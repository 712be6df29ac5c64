"""The folder beside the output in which a run works: what is in it counts for nothing until it is put in place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

from jobmodels import __version__
from jobmodels.errors import OutputRefused
from jobmodels.tables import _disk
from jobmodels.tables._database import DATABASE, log_of
from jobmodels.tables._sources import Source

_LOCK, _PLAN, _ENDING = "lock", "plan.json", "ending.json"
_END = 1 << 16


class Stage:
    """The folder of one run, which no other run has at the same time.

    Use it as a context: leaving it removes the folder, unless a later run is to go on from it.

    Attributes:
        folder: where it is.
        ended: what was noted by a run that was killed while it put its files in place; they are in place now.
    """

    def __init__(self, out: Path) -> None:
        """Take what is written in the end."""
        self.folder = out.with_name(f"{out.name}.partial")
        self.ended: dict[str, Any] | None = None
        self._out = out
        self._lock = _disk.Lock(self.folder / _LOCK)
        self._beside: list[Path] = []
        self._kept = False

    def __enter__(self) -> Stage:
        """Take the folder, and end what a run that was killed had only to put in place.

        Raises:
            OutputRefused: another run has it.
        """
        if os.path.lexists(self.folder) and not self._is_ours():
            raise OutputRefused(str(self._out), f"{self.folder} is in the way, and is not ours")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if not self._lock.take():
            raise OutputRefused(str(self._out), "another run is writing it")
        self._kept = self.is_begun
        try:
            self._roll_forward()
        except BaseException:
            self._lock.release()
            raise
        return self

    def _is_ours(self) -> bool:
        return self.folder.is_dir() and ((self.folder / _LOCK).exists() or not any(self.folder.iterdir()))

    def __exit__(self, *_: object) -> None:
        """Remove what does not outlive the run."""
        ending = (self.folder / _ENDING).exists()
        for path in () if ending else self._beside:
            path.unlink(missing_ok=True)
        if not (ending or self._kept):
            self._clear()
            # While it is held nobody else can take it; but Windows cannot remove what is open.
            if _disk.WINDOWS:
                self._lock.release()
            with suppress(OSError):
                (self.folder / _LOCK).unlink()
                self.folder.rmdir()
        self._lock.release()

    @property
    def is_begun(self) -> bool:
        """Whether a run that can be resumed has left something here."""
        return (self.folder / _PLAN).exists()

    def begin(self, plan: Mapping[str, Any] | None) -> None:
        """Begin anew, or go on.

        Args:
            plan: what a run that can be resumed must not change; None for one that cannot.

        Raises:
            OutputRefused: something of it has changed since.
        """
        path = self.folder / _PLAN
        text = json.dumps(plan)
        if plan is not None and self.is_begun:
            before, now = json.loads(path.read_bytes()), json.loads(text)
            changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
            if changed:
                reason = (
                    f"the run cannot be resumed, since {_listed(changed)} changed; remove {self.folder} to begin anew"
                )
                raise OutputRefused(str(self._out), reason)
            return
        self._clear()
        self._kept = plan is not None
        if plan is not None:
            _disk.put(text.encode(), path)

    def place_for(self, path: Path) -> Path:
        """Give the place where a file is written that belongs elsewhere: on the same disk, and of this output alone."""
        if path.parent == self._out.parent:
            return self.folder / f"beside-{path.name}"
        new = path.with_name(f"{path.name}.{crc32(os.fsencode(self._out)):08x}.partial")
        self._beside.append(new)
        return new

    def end(self, files: Mapping[Path, Path], gone: Iterable[Path], told: Mapping[str, Any]) -> None:
        """Put files in place; a run that is killed while it does so is ended by the next one.

        Args:
            files: what was written, on the disk, and where it belongs, in this order.
            gone: what is removed after that.
            told: is noted, for `ended`.
        """
        note = {
            "moves": [[str(new), str(place)] for new, place in files.items()],
            "gone": [str(path) for path in gone],
            "told": dict(told),
        }
        for folder in {new.parent for new in files}:
            _disk.sync_folder(folder)
        _disk.put(json.dumps(note).encode(), self.folder / _ENDING)
        self._roll_forward()

    def _roll_forward(self) -> None:
        ending = self.folder / _ENDING
        if not ending.exists():
            return
        note = json.loads(ending.read_bytes())
        places = [Path(place) for _, place in note["moves"]]
        for new, place in zip((Path(new) for new, _ in note["moves"]), places, strict=True):
            if new.exists():
                if place.suffix == DATABASE:
                    log_of(place).unlink(missing_ok=True)
                new.replace(place)
        for path in map(Path, note["gone"]):
            path.unlink(missing_ok=True)
        for folder in {place.parent for place in places}:
            _disk.sync_folder(folder)
        self.ended = note["told"]
        self._kept = False
        # What could be resumed goes first and this note last, so that a run that is killed here has ended all the same.
        (self.folder / _PLAN).unlink(missing_ok=True)
        self._clear(_ENDING)
        self._clear()

    def _clear(self, *kept: str) -> None:
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in (_LOCK, *kept):
                path.unlink()


def plan_of(sources: Iterable[Source], options: Mapping[str, Any]) -> dict[str, Any]:
    """Say what a run that is resumed must find as it was: the logs, the options, this package.

    Raises:
        OSError: a log cannot be read.
    """
    logs = {f"the log {source.name}": _fingerprint(source) for source in sources}
    return {**logs, **{f"the option {name}": value for name, value in options.items()}, "the version": __version__}


def _fingerprint(source: Source) -> list[Any]:
    """Tell a file from one that changed: size, time, first and last bytes."""
    from hashlib import sha256

    path = Path(source.path or "")
    told = path.stat()
    with path.open("rb") as stream:
        head = stream.read(_END)
        stream.seek(max(0, told.st_size - _END))
        tail = stream.read(_END)
    return [told.st_size, told.st_mtime_ns, sha256(head).hexdigest(), sha256(tail).hexdigest()]


def _listed(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
