"""Contents of blobs in MongoDB, as GridFS lays them out: `<bucket>.chunks`, whose rows any GridFS tool reads.

pymongo's own writer holds up to 48 MB of a file in memory before it sends; here it is one chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pymongo import ASCENDING, IndexModel
from wsis_shared.mongo_connection import Database

CHUNK_BYTES = 255 * 1024
NAME = "gridfs"

INDEXES = [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], name="files_id_n", unique=True)]


class GridFs:
    """One bucket of GridFS."""

    def __init__(self, db: Database, bucket: str) -> None:
        self._chunks = db[f"{bucket}.chunks"]

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        """Store all chunks."""
        for number, data in enumerate(of_size(chunks, CHUNK_BYTES)):
            self._chunks.insert_one({"files_id": key, "n": number, "data": data})

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Chunks of the bytes from `start` up to `end`; one query each: a slow reader holds no cursor."""
        position = start
        while position < end:
            number, skip = divmod(position, CHUNK_BYTES)
            row = self._chunks.find_one({"files_id": key, "n": number})
            if row is None:
                raise EOFError(f"a chunk of blob {key} is missing")
            data = row["data"][skip : skip + end - position]
            position += len(data)
            yield data

    def delete(self, key: str) -> None:
        """Remove all chunks of a blob."""
        self._chunks.delete_many({"files_id": key})


def of_size(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in chunks of `size`, the last one shorter."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= size:
            yield bytes(buffer[:size])
            del buffer[:size]
    if buffer:
        yield bytes(buffer)
