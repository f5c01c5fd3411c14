"""The file of a backup, written and read as a stream: memory is bounded by a batch of documents, whatever its size."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import pyrage
from wsis_shared.backup import MANIFEST, STORE, BackupError, Sum

MAGIC = b"age-encryption.org/v1"
LEVEL = 1  # of gzip: the next ones take twice the time for a tenth less
CHUNK = 1 << 20
DAMAGED = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError)


class Total:
    """Adds up what one entry of the manifest says."""

    def __init__(self) -> None:
        self._documents, self._bytes, self._sha256 = 0, 0, hashlib.sha256()

    def add(self, data: bytes, documents: int = 0) -> None:
        """What comes next, with so many documents."""
        self._documents += documents
        self._bytes += len(data)
        self._sha256.update(data)

    @property
    def sum(self) -> Sum:
        """So far."""
        return {"documents": self._documents, "bytes": self._bytes, "sha256": self._sha256.hexdigest()}


def entry(name: str) -> str:
    """The entry of the manifest for a file: files of one collection share theirs."""
    return name.rpartition("/")[0] if name.startswith(f"{STORE}/") else name


class Writer:
    """Adds files one after the other; `close` adds the manifest, without which the file is not whole."""

    def __init__(self, out: IO[bytes]) -> None:
        self._gzip = gzip.GzipFile(fileobj=out, mode="wb", compresslevel=LEVEL, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w")  # noqa: SIM115 -- closed by `close`
        self.totals: dict[str, Total] = {}

    def total(self, name: str) -> Total:
        """The sums of an entry; of a collection without documents too."""
        return self.totals.setdefault(name, Total())

    def add(self, name: str, data: bytes, documents: int = 0) -> None:
        """A file."""
        self.total(entry(name)).add(data, documents)
        self._put(name, len(data), io.BytesIO(data))

    def copy(self, name: str, path: Path) -> None:
        """A file of the disk, which may be renamed or replaced meanwhile, and does not shrink."""
        with path.open("rb") as file:
            self.stream(name, os.fstat(file.fileno()).st_size, file)

    def stream(self, name: str, size: int, file: IO[bytes]) -> None:
        """The first `size` bytes of what is read once."""
        self._put(name, size, _Summed(file, self.total(name)))

    def _put(self, name: str, size: int, file: _Readable) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, file)

    def close(self) -> dict[str, Sum]:
        """End the file; returns its manifest."""
        sums = {name: total.sum for name, total in sorted(self.totals.items())}
        data = json.dumps(sums, indent=1).encode()
        self._put(MANIFEST, len(data), io.BytesIO(data))
        self._tar.close()
        self._gzip.close()
        return sums


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class _Summed:
    """A file that adds up what is read of it."""

    def __init__(self, file: IO[bytes], total: Total) -> None:
        self._file, self._total = file, total

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self._total.add(data)
        return data


class Member(NamedTuple):
    """A file of the archive, read before the next one."""

    name: str
    file: IO[bytes]


def members(path: Path, identity: Path | None) -> Iterator[Member]:
    """All files but the manifest, in order. Raises BackupError where the file cannot be read to its end, or has no
    manifest: it is damaged, or was never finished."""
    whole = False
    with (
        _decrypted(path, identity) as source,
        gzip.GzipFile(fileobj=source) as plain,
        tarfile.open(fileobj=plain, mode="r|") as tar,
    ):
        for info in tar:
            file = tar.extractfile(info)
            if file is None or whole:
                raise BackupError(f"{path} has {info.name}, which no backup has")
            whole = info.name == MANIFEST
            yield Member(info.name, file)
        while plain.read(CHUNK):  # the last block of age says that it is the last
            pass
    if not whole:
        raise BackupError(f"{path} is not whole: it has no {MANIFEST}")


@contextmanager
def encrypted(out: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Where to write what goes to `out` encrypted; as it is, where there is no recipient. Raises BackupError."""
    if not recipients:
        yield out
        return
    parsed = [_recipient(text) for text in recipients]
    source, writer = _pipe()

    def work() -> None:
        with source:
            pyrage.encrypt_io(source, out, parsed)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        with suppress(BrokenPipeError), writer:  # `done` says why
            yield writer
        done.result()


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupError(f"{text!r} is no public key of age (age1...): {error}") from None


@contextmanager
def _decrypted(path: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            if file.peek(len(MAGIC))[: len(MAGIC)] != MAGIC:
                yield file
                return
            with _with_key(file, identities(path, identity)) as source:
                yield source
    except BackupError:
        raise
    except (*DAMAGED, pyrage.DecryptError) as error:
        raise BackupError(f"{path} cannot be read: {error}") from error


@contextmanager
def _with_key(file: IO[bytes], keys: Sequence[pyrage.x25519.Identity]) -> Iterator[IO[bytes]]:
    source, writer = _pipe()

    def work() -> None:
        with writer:
            pyrage.decrypt_io(file, writer, keys)

    with ThreadPoolExecutor(1) as pool, source:
        done = pool.submit(work)
        try:
            yield source
        except DAMAGED:
            source.close()
            done.result()  # says more than that the stream ended early
            raise
        except BaseException:
            source.close()
            raise
        done.result()


def identities(path: Path, identity: Path | None) -> list[pyrage.x25519.Identity]:
    """The private keys in the file `identity`, as `age-keygen` writes them. Raises BackupError."""
    if identity is None:
        raise BackupError(f"{path} is encrypted: WSIS_BACKUP_IDENTITY, or --identity, names the file with its key")
    lines = [line.strip() for line in _lines(identity)]
    keys = [line for line in lines if line and not line.startswith("#")]
    try:
        return [pyrage.x25519.Identity.from_str(key) for key in keys]
    except pyrage.IdentityError as error:
        raise BackupError(f"{identity} has no private key of age (AGE-SECRET-KEY-...): {error}") from None


def _lines(path: Path) -> Iterable[str]:
    try:
        return path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"{path} cannot be read: {error}") from None


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")
