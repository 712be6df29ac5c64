"""A store on disk: a folder with one file an answer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from urllib.parse import quote, unquote

_END = ".answer"
SYSTEM = os.name


class FileStore(MutableMapping[str, bytes]):
    """Answers in a folder, each in a file that is there whole or not at all, also after a loss of power.

    Answers are kept as they came, with all that they hold: the files are for their owner only. The folder is made when
    the first one is written.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Take the folder."""
        self.folder = Path(folder)

    def __repr__(self) -> str:
        """Show the folder."""
        return f"FileStore({str(self.folder)!r})"

    def __getitem__(self, name: str) -> bytes:
        """Read an entry.

        Raises:
            KeyError: there is none.
            OSError: it cannot be read.
        """
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, content: bytes) -> None:
        """Write an entry; it is on the disk when this returns.

        Raises:
            OSError: it cannot be written; what was there before is untouched.
        """
        path = self._path(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(prefix=".", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(written).replace(path)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise
        self._settle()

    def __delitem__(self, name: str) -> None:
        """Forget an entry.

        Raises:
            KeyError: there is none.
        """
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            raise KeyError(name) from None
        self._settle()

    def __iter__(self) -> Iterator[str]:
        """Names, in no order."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return iter([unquote(path.name.removesuffix(_END)) for path in found if path.name.endswith(_END)])

    def __len__(self) -> int:
        """How many entries there are."""
        return sum(1 for _ in self)

    def _path(self, name: str) -> Path:
        return self.folder / f"{quote(name, safe='').replace('.', '%2E')}{_END}"

    def _settle(self) -> None:
        """Have the folder itself written, where the system can."""
        if SYSTEM == "nt":
            return
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
