"""Files whose bytes are in a store that speaks S3. They never change and go after their rows: the rows of the snapshot
say which to copy, and the store's history need not last until all are.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from types import ModuleType
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from wsis_shared.backup import FILES, BackupError, Sum
from wsis_shared.backup.archive import CHUNK, Total, Writer, members
from wsis_shared.blobs import Contents
from wsis_shared.errors import Unavailable

if TYPE_CHECKING:
    from wsis_shared.backup.reading import Backup


class File(NamedTuple):
    """A row of the blob store: `length` in bytes. One that is not kept may be gone."""

    bucket: str
    id: str
    length: int
    sha256: str
    kept: bool

    @property
    def name(self) -> str:
        """In the archive."""
        return f"{FILES}/{self.bucket}/{self.id}"


def save(archive: Writer, files: Iterable[File], uri: str) -> list[str]:
    """Copy them into the archive. Returns the names of those that should be there and are not, or are not what their
    row says; all, without `uri`. Raises BackupError where the store does not answer."""
    if not uri:
        return [file.name for file in files if file.kept]
    return [file.name for file in files if not _copied(archive, file, uri)]


def _copied(archive: Writer, file: File, uri: str) -> bool:
    s3 = _s3()
    chunks = s3.S3(uri, file.bucket).read(file.id, 0, file.length)
    try:
        first = next(chunks, b"")  # before its header is in the archive
        archive.stream(file.name, file.length, cast(IO[bytes], s3.as_file(chain([first], chunks))))
    except Unavailable as error:
        if error.detail == s3.MISSING:
            return not file.kept
        raise _away(error) from error
    return archive.total(file.name).sum["sha256"] == file.sha256


def restore(backup: Backup, uri: str) -> tuple[int, int]:
    """Write those that are not in the bucket as they should be, and read each again. Returns how many were written, and
    how many were there. Raises BackupError."""
    s3, written, there = _s3(), 0, 0
    try:
        for member in members(backup.path, backup.identity) if backup.files else ():
            if member.name not in backup.files:
                continue
            _, bucket, id = member.name.split("/")
            contents, wanted = s3.S3(uri, bucket), backup.sums[member.name]
            if _stored(contents, id, wanted["bytes"]) == wanted:
                there += 1
                continue
            contents.write(id, iter(partial(member.file.read, CHUNK), b""))
            if _stored(contents, id, wanted["bytes"]) != wanted:
                raise BackupError(f"{member.name} is not in the bucket as in the backup")
            written += 1
    except Unavailable as error:
        raise _away(error) from error
    return written, there


def _stored(contents: Contents, id: str, size: int) -> Sum | None:
    """What the manifest would say of an object; None where there is none."""
    total = Total()
    try:
        for chunk in contents.read(id, 0, size):
            total.add(chunk)
    except Unavailable as error:
        if error.detail == _s3().MISSING:
            return None
        raise
    return total.sum


def _away(error: Unavailable) -> BackupError:
    return BackupError(f"the store of files (WSIS_BLOBS_URI) refuses, or does not answer: {error.detail}")


def _s3() -> ModuleType:
    try:
        from wsis_shared.blobs import s3  # noqa: PLC0415 -- an extra that GridFS does not need
    except ImportError as error:
        raise BackupError("WSIS_BLOBS_URI needs an image that is built with EXTRAS=s3") from error
    return s3
