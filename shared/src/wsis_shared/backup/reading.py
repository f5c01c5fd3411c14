"""`wsis restore`: a backup into an empty store, or a line that says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, cast

from pymongo.errors import BulkWriteError, PyMongoError
from wsis_shared.backup import (
    BROKER,
    FILES,
    FORMAT,
    HEAD,
    LOG,
    MANIFEST,
    STORE,
    BackupError,
    Head,
    Sum,
    broker,
    restored_mark,
    store,
)
from wsis_shared.backup.archive import CHUNK, DAMAGED, Member, Total, entry, members
from wsis_shared.mongo_connection import TIMEOUTS, Client, connect


@dataclass
class Backup:
    """A file whose checksums and counts are right."""

    path: Path
    identity: Path | None
    head: Head
    sums: dict[str, Sum]
    editions: set[str] = field(default_factory=set)  # whose public log it has

    @property
    def collections(self) -> dict[tuple[str, str], Sum]:
        """(database, collection) -> what the manifest says."""
        return {
            (name, row["name"]): self.sums[f"{STORE}/{name}/{row['name']}"]
            for name, rows in self.head["databases"].items()
            for row in rows
        }

    @property
    def files(self) -> set[str]:
        """The names of those of a store that speaks S3."""
        return {name for name in self.sums if name.startswith(f"{FILES}/")}

    @property
    def documents(self) -> int:
        """In all collections."""
        return sum(row["documents"] for row in self.collections.values())


def check(path: Path, identity: Path | None) -> Backup:
    """Read the whole file and compare it with its manifest; nothing is written. Raises BackupError."""
    totals: dict[str, Total] = {}
    head: Head | None = None
    sums: dict[str, Sum] = {}
    try:
        for member in members(path, identity):
            if member.name == MANIFEST:
                sums = json.load(member.file)
                continue
            data = _summed(member, totals.setdefault(entry(member.name), Total()), kept=member.name == HEAD)
            if member.name == HEAD:
                head = cast(Head, store.from_json(data))  # by its checksum it is as `wsis backup` wrote it
    except DAMAGED as error:
        raise BackupError(f"{path} is damaged: {error}") from error
    if head is None:
        raise BackupError(f"{path} has no {HEAD}: it is no backup of the suite")
    if head["format"] != FORMAT:
        raise BackupError(f"{path} has format {head['format']}: restore it with version {head['version']}")
    found = {name: total.sum for name, total in totals.items()}
    empty = Total().sum
    for name in sorted({*sums, *found}):
        if sums.get(name) != found.get(name, empty):
            raise BackupError(f"{path} is damaged: {name} has {found.get(name)}, and its manifest {sums.get(name)}")
    editions = {name.split("/")[1] for name in sums if name.startswith(f"{LOG}/")}
    return Backup(path, identity, head, sums, editions)


def _summed(member: Member, total: Total, *, kept: bool) -> bytes:
    if member.name.startswith(f"{STORE}/") or kept:
        data = member.file.read()
        total.add(data, store.count(data) if not kept else 0)
        return data
    while data := member.file.read(CHUNK):
        total.add(data)
    return b""


@contextmanager
def empty_store(uri: str, prefix: str) -> Iterator[Client]:
    """A client of the store. Raises BackupError where a database of a suite is there already, or a command fails."""
    try:
        with connect(uri, **{**TIMEOUTS, "socketTimeoutMS": 600_000}) as client:
            if found := store.occupied(client, prefix):
                raise BackupError(f"the store is not empty, it has {', '.join(found)}: restore into new disks")
            yield client
    except BulkWriteError as error:
        raise BackupError(f"the store refuses documents: {error.details['writeErrors'][:1]}") from error
    except PyMongoError as error:
        raise BackupError(f"the store refuses, or does not answer: {error}") from error


def restore(client: Client, prefix: str, backup: Backup) -> int:
    """All collections with their indexes, compared with the manifest as the store has them then. Returns the number of
    indexes. Raises BackupError with the collections that differ."""
    databases = backup.head["databases"]
    store.make_collections(client, prefix, databases)
    for member in members(backup.path, backup.identity):
        if member.name.startswith(f"{STORE}/"):
            _, database, collection, _ = member.name.split("/")
            store.insert(client, prefix, database, collection, member.file.read())
    made = store.make_indexes(client, prefix, databases)
    wrong = [
        f"{database}.{collection}"
        for (database, collection), wanted in backup.collections.items()
        if store.stored(client, prefix, database, collection) != wanted
    ]
    if wrong:
        raise BackupError(f"{len(wrong)} collections are not as in the backup: {', '.join(wrong)}")
    return made


def restore_log(backup: Backup, folder: Path) -> set[str]:
    """The files of the public log, of editions that the folder has none of: published files stay as they are. Returns
    these editions. Each is there whole or not at all: half of one would pass for published when it is begun again. A
    mark beside it says that it proves nothing; where the folder is empty, one for all: an edition may have opened since
    the backup. Raises BackupError."""
    wanted = {edition for edition in backup.editions if not (folder / edition).exists()}
    lost = not any(folder.glob("*/head.json"))
    if not wanted and not lost:
        return wanted
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".restored-", dir=folder) as aside:
            _write_log(backup, wanted, Path(aside))
            for mark in [restored_mark()] if lost else map(restored_mark, wanted):
                (folder / mark).touch(0o600)  # nginx, as another user, does not serve it
            for edition in wanted:
                Path(aside, edition).rename(folder / edition)
    except OSError as error:
        raise BackupError(f"the public log cannot be written to {folder}: {error}") from error
    return wanted


def _write_log(backup: Backup, editions: set[str], folder: Path) -> None:
    for member in members(backup.path, backup.identity):
        place = PurePosixPath(member.name)
        if place.parts[0] == LOG and place.parts[1] in editions and ".." not in place.parts:
            path = folder.joinpath(*place.parts[1:])
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                _copy(member.file, out)


def restore_broker(backup: Backup, uri: str) -> None:
    """The definitions of the broker."""
    for member in members(backup.path, backup.identity):
        if member.name == BROKER:
            broker.restore(uri, member.file.read())
            return
    raise BackupError(f"{backup.path} has no definitions of the broker: deploy/rabbitmq/definitions.py makes them")


def _copy(source: IO[bytes], out: IO[bytes]) -> None:
    while data := source.read(CHUNK):
        out.write(data)
