"""The blob store: what is known of each file in MongoDB, its bytes in GridFS or in a store that speaks S3.

One database for all (`<prefix>blobs`), one bucket per plugin, so that a service has rights to its own files alone, and
the gateway to all of them. `<bucket>.files` is the collection of GridFS with fields of ours beside its own; it holds
the rows also where S3 holds the bytes, so that `keep` joins the transaction of the service.

A row comes before its bytes and goes after them: a process killed in between leaves a row that expires.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NotRequired, TypedDict, cast

from pymongo.collection import Collection as PymongoCollection
from pymongo.errors import PyMongoError
from wsis_shared import clock, mongo
from wsis_shared.blobs import Blob, Contents, gridfs, media_types
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import present
from wsis_shared.errors import Conflict, NotFound, Unavailable
from wsis_shared.mongo_connection import Database
from wsis_shared.settings import Suite

_log = logging.getLogger(__name__)

DATABASE = "blobs"
PENDING = timedelta(hours=1)
# From the end of a blob until a sweep may take its bytes: a download that began before goes on.
GRACE = timedelta(minutes=15)

# States of a row.
_WRITING, _COMPLETE, _REMOVING = "writing", "complete", "removing"
_EVER = datetime(2000, 1, 1, tzinfo=UTC)

INDEXES = [present("expires_at", "expires_at")]


class StoredBlob(TypedDict):
    """A row of `<bucket>.files`. What is measured is known once the blob is complete, and one that a service keeps has
    no `expires_at`."""

    _id: str
    state: str
    owner: str
    filename: str
    uploadDate: datetime
    chunkSize: int
    place: str
    expires_at: NotRequired[datetime]
    length: NotRequired[int]
    sha256: NotRequired[str]
    media_type: NotRequired[str]


class Known(TypedDict):
    """What is measured of a blob, which it completes."""

    state: str
    length: int
    sha256: str
    media_type: str


class BlobStore:
    """The files of one plugin. `contents`: name of a place -> the bytes there; new ones go to `place`."""

    def __init__(self, db: Database, bucket: str, contents: Mapping[str, Callable[[], Contents]], place: str) -> None:
        # One database has one type of document in pymongo.
        self._files = cast(PymongoCollection[StoredBlob], db[f"{bucket}.files"])
        self._joined = Collection(db[f"{bucket}.files"], StoredBlob)  # to the open transaction
        self._contents, self._place = contents, place

    # -- write --------------------------------------------------------------------------------------------------------

    def put(
        self,
        stream: Iterable[bytes],
        *,
        owner: str,
        filename: str,
        media_type: str | Callable[[str], str] | None = None,
        expires_at: datetime | None = None,
    ) -> Blob:
        """Store all chunks of `stream`; the blob expires after an hour, or at `expires_at`, unless it is kept.

        The media type follows from the content; name it only for what the suite itself makes, or give a function of
        the detected one, which may refuse it by raising. Joins no transaction, and a transaction that began before
        sees nothing of it: put first, then keep in a transaction. Holds one chunk in memory. What `stream` raises is
        raised, and the blob is gone.
        """
        now = clock.now()
        row: StoredBlob = {
            "_id": uuid.uuid4().hex,
            "state": _WRITING,
            "owner": owner,
            "filename": filename,
            "uploadDate": now,
            "chunkSize": gridfs.CHUNK_BYTES,
            "place": self._place,
            "expires_at": expires_at or now + PENDING,
        }
        self._files.insert_one(row)
        try:
            measured = _Measured(stream)
            self._bytes(row).write(row["_id"], iter(measured))
            known: Known = {
                "state": _COMPLETE,
                "length": measured.size,
                "sha256": measured.digest.hexdigest(),
                "media_type": measured.media_type(media_type),
            }
            if not self._files.update_one({"_id": row["_id"], "state": _WRITING}, {"$set": known}).matched_count:
                raise Unavailable("suite.blob_expired")
        except BaseException:
            self._abandon(row)
            raise
        return _blob({**row, **known})

    def keep(self, id: str, owner: str) -> Blob:
        """Keep a blob for good, as the `owner`'s. Joins the open transaction; idempotent.

        Raises NotFound for one that is not there or has expired, Conflict for one that another owner keeps.
        """
        its_own = {"expires_at": {"$exists": False}, "owner": owner}
        row = self._joined.find_one_and_update(
            {"_id": id, "state": _COMPLETE, "$or": [{"expires_at": {"$gt": clock.now()}}, its_own]},
            {"$set": {"owner": owner}, "$unset": {"expires_at": ""}},
            after=True,
        )
        if row is not None:
            return _blob(row)
        self.stat(id)
        raise Conflict("suite.blob_kept")

    def delete(self, id: str) -> None:
        """Let a blob expire now; a sweep removes its bytes once no download of them can be under way. Joins the open
        transaction; idempotent."""
        self.release(id, clock.now())

    def release(self, id: str, expires_at: datetime) -> None:
        """Keep a blob no longer than until then. Joins the open transaction; idempotent."""
        self._joined.update_one({"_id": id}, {"$set": {"expires_at": expires_at}})

    def rename(self, id: str, filename: str) -> None:
        """Give a blob another name. Joins the open transaction; idempotent."""
        self._joined.update_one({"_id": id}, {"$set": {"filename": filename}})

    def discard(self, id: str) -> None:
        """Remove a blob with its bytes at once, unless it is kept. Joins no transaction; idempotent."""
        self._remove({"_id": id, "expires_at": {"$exists": True}})

    def expire(self, now: datetime, at_most: int = 1000) -> int:
        """Remove what expired GRACE before `now`, or earlier; returns how many. Several processes may run it."""
        expired = {"expires_at": {"$gte": _EVER, "$lte": now - GRACE}}
        rows = self._files.find(expired, {"_id": 1}).limit(at_most)
        return sum(self._remove({"_id": row["_id"], **expired}) for row in rows)

    def _remove(self, which: Mapping[str, object]) -> bool:
        row = self._files.find_one_and_update(which, {"$set": {"state": _REMOVING, "expires_at": clock.now()}})
        if row is None:
            return False  # kept, or removed by another process
        self._bytes(row).delete(row["_id"])
        return bool(self._files.delete_one({"_id": row["_id"], "state": _REMOVING}).deleted_count)

    def _abandon(self, row: StoredBlob) -> None:
        try:
            self._bytes(row).delete(row["_id"])
            self._files.delete_one({"_id": row["_id"]})
        except (PyMongoError, Unavailable) as error:
            _log.warning("an unfinished file is left to expire", extra={"error": type(error).__name__})

    # -- read ---------------------------------------------------------------------------------------------------------

    def stat(self, id: str) -> Blob:
        """What is known of a blob; sees the open transaction. Raises NotFound."""
        return _blob(self._row(id))

    def open(self, id: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Chunks of the bytes from `start` up to, not including, `end` (None: all). Raises NotFound before the first
        chunk."""
        row = self._row(id)
        return self._bytes(row).read(id, start, row["length"] if end is None else min(end, row["length"]))

    def _row(self, id: str) -> StoredBlob:
        row = self._joined.find_one({"_id": id, "state": _COMPLETE})
        if row is None or ("expires_at" in row and row["expires_at"] <= clock.now()):
            raise NotFound("suite.blob_unknown")
        return row

    def _bytes(self, row: StoredBlob) -> Contents:
        place = self._contents.get(row["place"])
        if place is None:
            raise Unavailable("suite.blobs_away", f"WSIS_BLOBS_URI does not lead to {row['place']}.")
        return place()


class _Measured:
    """Size, digest, first and last bytes of what passes through."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.size, self.digest = 0, hashlib.sha256()
        self.head, self.tail = bytearray(), bytearray()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            self.digest.update(chunk)
            if len(self.head) < media_types.HEAD_BYTES:
                self.head += chunk[: media_types.HEAD_BYTES - len(self.head)]
            self.tail += chunk[-media_types.TAIL_BYTES :]
            del self.tail[: -media_types.TAIL_BYTES]
            yield chunk

    def media_type(self, given: str | Callable[[str], str] | None) -> str:
        """By the content, unless it is given."""
        if isinstance(given, str):
            return given
        detected = media_types.detect(bytes(self.head), bytes(self.tail))
        return given(detected) if given is not None else detected


def _blob(row: StoredBlob) -> Blob:
    return Blob(
        row["_id"],
        row["owner"],
        row["filename"],
        row["media_type"],
        row["length"],
        row["sha256"],
        row["uploadDate"],
        row.get("expires_at"),
    )


def of(plugin: str) -> BlobStore:
    """The files of a plugin: bytes in GridFS, or where WSIS_BLOBS_URI leads. What was stored before a change of that
    setting to S3 is read where it is."""
    uri, db = Suite.load().blobs_uri, mongo.database(DATABASE)
    contents: dict[str, Callable[[], Contents]] = {gridfs.NAME: lambda: gridfs.GridFs(db, plugin)}
    if not uri:
        return BlobStore(db, plugin, contents, gridfs.NAME)
    from wsis_shared.blobs import s3  # noqa: PLC0415 -- an extra that GridFS does not need

    objects = s3.S3(uri, plugin)
    return BlobStore(db, plugin, {**contents, s3.NAME: lambda: objects}, s3.NAME)


def check_place() -> None:
    """Raise SettingError where WSIS_BLOBS_URI cannot be read. Loads what is needed to reach that store."""
    if uri := Suite.load().blobs_uri:
        from wsis_shared.blobs import s3  # noqa: PLC0415 -- see above

        s3.connect(uri)


def ensure_indexes(plugin: str) -> None:
    """Make the indexes of a plugin's bucket; safe to run at every start."""
    db = mongo.database(DATABASE)
    db[f"{plugin}.files"].create_indexes(INDEXES)
    db[f"{plugin}.chunks"].create_indexes(gridfs.INDEXES)


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise Unavailable where MongoDB does not answer; for callers outside a handler of the bus, which waits for it."""
    try:
        yield
    except PyMongoError as error:
        raise Unavailable("suite.store_away", type(error).__name__, retry_after=2) from error
