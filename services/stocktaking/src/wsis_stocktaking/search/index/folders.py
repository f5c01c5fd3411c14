"""The folder of one process: the first free one of a numbered few, locked until the process ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import TextIO, TypedDict

MAX_FOLDERS = 64  # processes of one host
_STATE, _LOCK, _DATA = "state.json", "lock", "data"


class State(TypedDict, total=False):
    """Of what, up to where, and without which entries the index is."""

    version: int
    register: str
    year: int
    position: int
    stamp: str
    set_aside: list[str]


class Folder:
    """A folder with the files of an index and the state that they are in."""

    def __init__(self, path: Path, lock: TextIO) -> None:
        self._path, self._lock = path, lock  # the lock ends with its file

    @classmethod
    def take(cls, parent: Path) -> Folder | None:
        """Lock the first free folder below `parent`; None where all are taken. Raises OSError where it cannot write."""
        for number in range(MAX_FOLDERS):
            path = parent / str(number)
            path.mkdir(parents=True, exist_ok=True)
            lock = (path / _LOCK).open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            return cls(path, lock)
        return None

    @property
    def data(self) -> Path:
        """Where the files of the index are."""
        path = self._path / _DATA
        path.mkdir(exist_ok=True)
        return path

    def state(self) -> State:
        """What was saved last; empty where nothing was."""
        try:
            found: State = json.loads((self._path / _STATE).read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def save(self, state: State) -> None:
        """Replace the state at once."""
        new = self._path / f"{_STATE}.new"
        with new.open("w") as out:
            json.dump(state, out)
            out.flush()
            os.fsync(out.fileno())
        new.replace(self._path / _STATE)

    def clear(self) -> None:
        """Remove the state, then the files: after a crash in between no state names files that do not exist."""
        (self._path / _STATE).unlink(missing_ok=True)
        shutil.rmtree(self._path / _DATA, ignore_errors=True)

    def release(self) -> None:
        """Let another process take it."""
        self._lock.close()
