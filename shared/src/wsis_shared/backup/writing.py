"""`wsis backup`: a file that is whole, or none."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from wsis_shared import clock
from wsis_shared.backup import BROKER, FILES, FORMAT, HEAD, LOG, STORE, BackupError, broker, objects, store
from wsis_shared.backup.archive import Writer, encrypted
from wsis_shared.backup.settings import Settings
from wsis_shared.blobs.store import DATABASE as BLOBS
from wsis_shared.mongo_connection import TIMEOUTS, connect
from wsis_shared.plugin import discover

NAME = re.compile(r"wsis-(\d{8}T\d{6}Z)\.tar\.gz(\.age)?")
MOMENT = "%Y%m%dT%H%M%SZ"
PAGE = "docs/runbooks/restore.md"
FEW = 3  # names in a line
READ_SECONDS = 600  # for a batch: a secondary may first have to catch up


@dataclass(frozen=True)
class Written:
    """A backup that is whole."""

    path: Path
    collections: int
    documents: int
    files: int
    left: Sequence[str]
    seconds: float

    def __str__(self) -> str:
        size = self.path.stat().st_size / 1e6
        files = f"{self.files} files of S3, " if self.files else ""
        return (
            f"{self.path}: {self.collections} collections, {self.documents} documents, {files}{size:.1f} MB, "
            f"{self.seconds:.1f} s{self._left()}"
        )

    def _left(self) -> str:
        """What somebody should look for."""
        if not self.left:
            return ""
        more = ", ..." if len(self.left) > FEW else ""
        return f"; {len(self.left)} files of S3 are missing: {', '.join(self.left[:FEW])}{more} ({PAGE})"


def write(folder: Path, settings: Settings, *, unencrypted: bool = False) -> Written:
    """A backup into the folder; then those beyond `backup_keep` are deleted. Raises BackupError, and leaves nothing."""
    if not settings.backup_recipients and not unencrypted:
        raise BackupError("WSIS_BACKUP_RECIPIENTS has no public key of age: a backup holds mail addresses and votes")
    began, now = time.monotonic(), clock.now()
    recipients = () if unencrypted else settings.backup_recipients
    path = folder / f"wsis-{now.strftime(MOMENT)}.tar.gz{'.age' if recipients else ''}"
    try:
        with _alone(folder), _whole(path) as out, encrypted(out, recipients) as plain:
            archive = Writer(plain)
            left = _fill(archive, settings, now)
            sums = archive.close()
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error}") from error
    _forget(folder, settings.backup_keep)
    collections = [row for name, row in sums.items() if name.startswith(f"{STORE}/")]
    documents = sum(row["documents"] for row in collections)
    files = sum(name.startswith(f"{FILES}/") for name in sums)
    return Written(path, len(collections), documents, files, left, time.monotonic() - began)


def _fill(archive: Writer, settings: Settings, now: datetime) -> list[str]:
    """Returns the names of files that should be in it and are not."""
    expected = [plugin.name.replace("-", "_") for plugin in discover()] + [BLOBS]
    options = {**TIMEOUTS, "socketTimeoutMS": READ_SECONDS * 1000}
    if settings.log_dir:
        _save_log(archive, Path(settings.log_dir))
    definitions = broker.definitions(settings.backup_broker_uri) if settings.backup_broker_uri else b""
    if definitions:
        archive.add(BROKER, definitions)
    with (
        connect(settings.mongo_uri, **options) as client,
        store.snapshot(client, settings.mongo_prefix, expected) as found,
    ):
        head = {
            "format": FORMAT,
            "at": now.isoformat(),
            "version": version("wsis-shared"),
            "databases": found.databases,
            "migrations": found.migrations(),
            "broker": bool(definitions),
        }
        archive.add(HEAD, store.to_json(head).encode())
        files = found.files()
        found.save(archive)
    return objects.save(archive, files, settings.blobs_uri)


def _save_log(archive: Writer, folder: Path) -> None:
    """Of each edition its head first: it names only what is there by then. A file that goes meanwhile is the part of a
    tile that has become whole."""
    for edition in sorted(path for path in folder.glob("*") if path.is_dir()):
        files = [path for path in sorted(edition.rglob("*")) if path.is_file() and not path.name.startswith(".")]
        for path in sorted(files, key=lambda path: path.name != "head.json"):
            try:
                archive.copy(f"{LOG}/{path.relative_to(folder).as_posix()}", path)
            except FileNotFoundError:
                continue


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time into a folder. What others have begun is dead by now, and goes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup is being written to {folder}") from None
        for path in folder.glob(".*.partial"):
            path.unlink()
        yield


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Written aside, flushed to the disk and renamed: under its name the file is whole."""
    aside = path.with_name(f".{path.name}.partial")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    made = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(made)  # the rename itself
    finally:
        os.close(made)


def backups(folder: Path) -> list[tuple[datetime, Path]]:
    """Those that are whole, the newest first, with the moment of each."""
    named = [(match, path) for path in folder.glob("wsis-*") if (match := NAME.fullmatch(path.name))]
    return sorted(
        ((datetime.strptime(match[1], MOMENT).replace(tzinfo=UTC), path) for match, path in named), reverse=True
    )


def _forget(folder: Path, keep: int) -> None:
    for _, path in backups(folder)[keep or None :] if keep else ():
        path.unlink()
