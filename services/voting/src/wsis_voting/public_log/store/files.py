"""The public log as static files, which any web server or CDN can carry (layout: docs/verify-the-vote.md).

A file never changes its meaning: tiles and heads are written once, leaves grow at their end, and `head.json`, which is
written last, names only what is there. Each is written aside, flushed to the disk and renamed into place.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from wsis_shared.backup import MARKS, restored_mark

from wsis_voting.keys.rules import PublicKeys, canonical
from wsis_voting.public_log.rules.documents import Certification, Head, LogSize, Result
from wsis_voting.public_log.rules.leaves import Leaf, openings_file
from wsis_voting.public_log.rules.merkle import HASH, WIDTH


def _at_once(work: Callable[[], None]) -> None:
    work()


class Files:
    """The folder of one edition. `wait`: calls what waits for the disk."""

    def __init__(self, root: str, edition: str, wait: Callable[[Callable[[], None]], None] = _at_once) -> None:
        self.folder, self._wait = Path(root) / edition, wait

    def head(self) -> LogSize:
        """The last head that is written; number and size 0 before the first."""
        return self._json("head.json") or {"number": 0, "size": 0, "root": ""}

    @property
    def is_of_backup(self) -> bool:
        """Did `wsis restore` write them? Then they agree with the store, whatever was published since the backup."""
        return any((self.folder.parent / mark).exists() for mark in (restored_mark(), restored_mark(self.folder.name)))

    def number(self, name: str) -> int:
        """The number in certification.json or result.json as it is written, 0 where it is not."""
        written = self._json(name)
        return written["number"] if written else 0

    def put_keys(self, keys: PublicKeys) -> None:
        """keys.json, where it is not there yet."""
        if not (self.folder / "keys.json").exists():
            self._write("keys.json", canonical(keys))

    def put_leaves(self, name: int, leaves: Iterable[Leaf]) -> None:
        """leaves/<name>.jsonl: what belongs into it up to the head that comes."""
        self._write(f"leaves/{name:06d}.jsonl", b"".join(leaf.data() + b"\n" for leaf in leaves))

    def put_tiles(self, before: int, size: int, tile: Callable[[int, int], bytes]) -> None:
        """The tiles that a head of `size` leaves needs, where one of `before` leaves is written."""
        level = 0
        while size:
            for index in range(before // WIDTH, size // WIDTH):
                self._write(f"tile/{level}/{_name(index)}", tile(level, index))
                shutil.rmtree(self.folder / f"tile/{level}/{_name(index)}.p", ignore_errors=True)
            if width := size % WIDTH:
                part = tile(level, size // WIDTH)[: width * HASH]
                self._write(f"tile/{level}/{_name(size // WIDTH)}.p/{width}", part)
            level, before, size = level + 1, before // WIDTH, size // WIDTH

    def put_head(self, head: Head) -> None:
        """heads/<number>.json, then head.json: from now on the log is that long."""
        text = canonical(head)
        self._write(f"heads/{head['number']}.json", text)
        self._write("head.json", text)

    def put_openings(self, category: str, pieces: Iterable[bytes]) -> None:
        """openings/<category>.jsonl."""
        self._write(openings_file(category), pieces)

    def put_certification(self, certification: Certification) -> None:
        """certification.json, after the head that holds its leaf."""
        self._write("certification.json", canonical(certification))

    def put_result(self, result: Result) -> None:
        """result.json, after its certification and the openings that it names."""
        self._write("result.json", canonical(result))

    def _json(self, name: str) -> LogSize | None:
        """What these files have in common: a number. A head has more."""
        path = self.folder / name
        loaded: LogSize | None = json.loads(path.read_bytes()) if path.exists() else None
        return loaded

    def _write(self, name: str, data: bytes | Iterable[bytes]) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with aside.open("wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
        self._wait(partial(_keep, aside, path))


def remove_marks(root: str) -> bool:
    """Files that were restored count as published from now on. Returns whether there were such."""
    marks = list(Path(root).glob(MARKS))
    for mark in marks:
        mark.unlink()
    return bool(marks)


def _keep(aside: Path, path: Path) -> None:
    _flush(aside)
    aside.replace(path)
    _flush(path.parent)  # the rename itself


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _name(index: int) -> str:
    """The path of a tile's number as tlog-tiles has it: 1234067 is x001/x234/067."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return "/".join(groups)
