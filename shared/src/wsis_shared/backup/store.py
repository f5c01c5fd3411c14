"""The databases of the suite: all of one moment into an archive, and from it into an empty store."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import bson
from bson import json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, ReadPreference
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError
from wsis_shared.backup import STORE, BackupError, Described, Sum
from wsis_shared.backup.archive import Total, Writer
from wsis_shared.backup.objects import File
from wsis_shared.blobs.store import DATABASE as BLOBS
from wsis_shared.collection import Document
from wsis_shared.collection_specs import OWN
from wsis_shared.mongo_connection import Client

RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
PART = 8 << 20  # bytes of documents in one file of the archive, and a batch of the store (16 MB) more
TRIES = 5  # at a snapshot while collections are being made, or a member comes to serve
PAUSE = 1.0  # seconds, before another try at a member that comes to serve
TOO_OLD, UNAVAILABLE = 239, 246  # codes of MongoDB for a snapshot
IN_S3 = {"place": "s3", "state": "complete"}
KEPT = "minSnapshotHistoryWindowInSeconds"
Databases = Mapping[str, Sequence[Described]]


def described(client: Client, prefix: str, expected: Iterable[str]) -> dict[str, list[Described]]:
    """The collections of each database, by its name without the prefix. `expected` are read too, so that one which this
    user may not read is an error and not left out."""
    names = {name.removeprefix(prefix) for name in client.list_database_names() if name.startswith(prefix)}
    return {name: _collections(client, prefix + name) for name in sorted({*names, *expected})}


def _collections(client: Client, database: str) -> list[Described]:
    rows = sorted(client[database].list_collections(filter=OWN), key=lambda row: str(row["name"]))
    return [
        {
            "name": row["name"],
            "options": row["options"],
            "indexes": [dict(index) for index in client[database][row["name"]].list_indexes()],
        }
        for row in rows
    ]


class Snapshot:
    """All databases of one moment. `databases` are its collections."""

    def __init__(self, client: Client, session: ClientSession, prefix: str, databases: Databases) -> None:
        self._client, self._session, self._prefix, self.databases = client, session, prefix, databases

    def migrations(self) -> dict[str, list[Mapping[str, object]]]:
        """The rows of `schema_versions` of each database."""
        return {
            name: list(self._client[self._prefix + name]["schema_versions"].find(session=self._session))
            for name, collections in self.databases.items()
            if any(row["name"] == "schema_versions" for row in collections)
        }

    def files(self) -> list[File]:
        """Those whose bytes are in S3."""
        return [
            File(row["name"].removesuffix(".files"), doc["_id"], doc["length"], doc["sha256"], "expires_at" not in doc)
            for row in self.databases.get(BLOBS, ())
            if row["name"].endswith(".files")
            for doc in self._client[self._prefix + BLOBS][row["name"]].find(IN_S3, session=self._session)
        ]

    def save(self, archive: Writer) -> None:
        """Every document into the archive."""
        for name, collections in self.databases.items():
            for row in collections:
                folder = f"{STORE}/{name}/{row['name']}"
                archive.total(folder)
                for number, (data, documents) in enumerate(_parts(self._batches(name, row["name"]))):
                    archive.add(f"{folder}/{number:06d}.bson", data, documents)

    def _batches(self, database: str, collection: str) -> Iterator[bytes]:
        # The moment is fixed: a secondary that lags waits until it has it, and the primary has its hands free.
        found = self._client[self._prefix + database].get_collection(
            collection, read_preference=ReadPreference.SECONDARY_PREFERRED
        )
        yield from _batches(found, self._session)


@contextmanager
def snapshot(client: Client, prefix: str, expected: Sequence[str]) -> Iterator[Snapshot]:
    """The databases as they are now. Raises BackupError, also where the store forgot that moment before the end."""
    try:
        for _ in range(TRIES):
            before = described(client, prefix, expected)
            # The moment is that of the first read. A snapshot lists no collections: they are listed before and after.
            database, collection = _first(before, prefix)
            with client.start_session(snapshot=True) as session:
                if _begun(client[database][collection], session) and described(client, prefix, expected) == before:
                    yield Snapshot(client, session, prefix, before)
                    return
        raise BackupError(
            "the store has no snapshot yet, or collections and indexes are being made all the time: back up when the "
            "suite has started"
        )
    except OperationFailure as error:
        if error.code in (TOO_OLD, UNAVAILABLE):
            raise BackupError(f"the store keeps no snapshot for so long: raise {KEPT} ({error})") from error
        raise BackupError(f"the store refuses to be read: {error}") from error
    except PyMongoError as error:
        raise BackupError(f"the store does not answer: {error}") from error


def _begun(collection: Collection[Document], session: ClientSession) -> bool:
    """Whether the first read has set the moment. A member that has just come to serve has none yet."""
    try:
        collection.find_one({}, {"_id": 1}, session=session)
    except OperationFailure as error:
        if error.code != UNAVAILABLE:
            raise
        time.sleep(PAUSE)
        return False
    return True


def _first(databases: Databases, prefix: str) -> tuple[str, str]:
    for name, collections in databases.items():
        for row in collections:
            return prefix + name, row["name"]
    raise BackupError(f"there is no database {prefix}*, or this user may see none")


def _batches(collection: Collection[Document], session: ClientSession | None = None) -> Iterator[bytes]:
    """All documents by _id, as many as the store sends at a time."""
    found = collection.find_raw_batches(sort=[("_id", ASCENDING)], session=session)
    return cast(Iterator[bytes], found)  # pymongo's types say that it reads documents


def _parts(batches: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Batches put together to parts, with the number of documents in each."""
    part = bytearray()
    for batch in batches:
        part += batch
        if len(part) >= PART:
            yield bytes(part), count(part)
            part.clear()
    if part:
        yield bytes(part), count(part)


def count(documents: bytes | bytearray) -> int:
    """How many documents of BSON stand there, one after the other."""
    at = count = 0
    while at < len(documents):
        at += int.from_bytes(documents[at : at + 4], "little")
        count += 1
    return count


def to_json(value: object) -> str:
    """With the types of BSON, in keys of indexes and filters of partial ones too."""
    return json_util.dumps(value, json_options=json_util.CANONICAL_JSON_OPTIONS, indent=1)


def from_json(text: str | bytes) -> dict[str, object]:
    """What `to_json` wrote."""
    read: dict[str, object] = json_util.loads(text, json_options=json_util.CANONICAL_JSON_OPTIONS)
    return read


# -- the way back ------------------------------------------------------------------------------------------------------


def occupied(client: Client, prefix: str) -> list[str]:
    """The databases of a suite that are there already."""
    return sorted(name for name in client.list_database_names() if name.startswith(prefix))


def make_collections(client: Client, prefix: str, databases: Databases) -> None:
    """Without their indexes, which are built at once when the documents are there."""
    for name, collections in databases.items():
        for row in collections:
            client[prefix + name].command({"create": row["name"], **row["options"]})


def insert(client: Client, prefix: str, database: str, collection: str, data: bytes) -> int:
    """A part of the documents; returns how many."""
    documents = bson.decode_all(data, RAW)
    client[prefix + database].get_collection(collection, codec_options=RAW).insert_many(documents, ordered=False)
    return len(documents)


def make_indexes(client: Client, prefix: str, databases: Databases) -> int:
    """Those of all collections; returns how many."""
    made = 0
    for name, collections in databases.items():
        for row in collections:
            indexes = [index for index in row["indexes"] if index["name"] != "_id_"]
            if indexes:
                client[prefix + name].command("createIndexes", row["name"], indexes=indexes)
            made += len(indexes)
    return made


def stored(client: Client, prefix: str, database: str, collection: str) -> Sum:
    """What the manifest would say of a collection as it is in the store."""
    total = Total()
    for batch in _batches(client[prefix + database][collection]):
        total.add(batch, count(batch))
    return total.sum
