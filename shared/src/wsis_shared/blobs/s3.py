"""Contents of blobs in a store that speaks S3, one object each: `<plugin>/<id>`.

WSIS_BLOBS_URI=s3://KEY:SECRET@HOST:PORT/BUCKET?secure=1&region=us-east-1
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from wsis_shared.errors import Unavailable
from wsis_shared.settings import SettingError

NAME = "s3"
MISSING = "NoSuchKey"  # `detail` of the error where an object is not there
PART_BYTES = 8 * 1024 * 1024  # S3 takes parts from 5 MB on
READ_BYTES = 255 * 1024

# Without threads: the caller's thread is green, and holds one part in memory.
_TRANSFER = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False)


@lru_cache(maxsize=4)
def connect(uri: str) -> tuple[Any, str]:
    """Client and bucket of a WSIS_BLOBS_URI. Raises SettingError; asks nothing of the store."""
    parts = urlsplit(uri)
    bucket, options = parts.path.strip("/"), parse_qs(parts.query)
    if parts.scheme != "s3" or not parts.hostname or not bucket or "/" in bucket:
        raise SettingError("WSIS_BLOBS_URI must look like s3://KEY:SECRET@HOST:PORT/BUCKET?secure=1")
    secure = options.get("secure", ["1"])[0] not in ("0", "no", "false")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    client = boto3.client(
        "s3",
        endpoint_url=f"{'https' if secure else 'http'}://{host}",
        region_name=options.get("region", ["us-east-1"])[0],
        aws_access_key_id=unquote(parts.username or ""),
        aws_secret_access_key=unquote(parts.password or ""),
        verify=os.environ.get("AWS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or None,  # it reads the former alone
        config=Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            max_pool_connections=50,
            s3={"addressing_style": "path"},
            # Stores other than Amazon's do not all know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return client, bucket


def problem(uri: str) -> str:
    """Why the bucket cannot be used now, in the store's own word; empty: it can. Asks what a deletion asks too, and
    changes nothing. Raises SettingError."""
    client, bucket = connect(uri)
    try:
        client.list_multipart_uploads(Bucket=bucket, MaxUploads=1)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except BotoCoreError as error:
        return type(error).__name__
    return ""


class S3:
    """The objects of one plugin in a bucket. Raises Unavailable where the store does not answer as it should."""

    def __init__(self, uri: str, prefix: str) -> None:
        self._client, self._bucket = connect(uri)
        self._prefix = prefix

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        """Store all chunks: one object when complete, and nothing before."""
        try:
            self._client.upload_fileobj(as_file(chunks), self._bucket, self._name(key), Config=_TRANSFER)
        except (BotoCoreError, ClientError) as error:
            raise _away(error) from error

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Chunks of the bytes from `start` up to `end`."""
        if start >= end:
            return
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._name(key), Range=f"bytes={start}-{end - 1}")
            with closing(found["Body"]) as body:
                yield from body.iter_chunks(READ_BYTES)
        except (BotoCoreError, ClientError) as error:
            raise _away(error) from error

    def delete(self, key: str) -> None:
        """Remove the object and the parts of unfinished ones."""
        name, bucket = self._name(key), self._bucket
        try:
            for upload in self._client.list_multipart_uploads(Bucket=bucket, Prefix=name).get("Uploads", ()):
                self._client.abort_multipart_upload(Bucket=bucket, Key=name, UploadId=upload["UploadId"])
            self._client.delete_object(Bucket=bucket, Key=name)
        except (BotoCoreError, ClientError) as error:
            raise _away(error) from error

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{key}"


def as_file(chunks: Iterator[bytes]) -> io.BufferedReader:
    """Chunks as a file that is read once. Buffered: boto3 takes a short read for the end of a small file, and then
    reads the rest into memory."""
    return io.BufferedReader(_Reader(chunks))


class _Reader(io.RawIOBase):
    """See `as_file`."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            self._rest = next(self._chunks, b"")
            if not self._rest:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _away(error: Exception) -> Unavailable:
    return Unavailable("suite.blobs_away", type(error).__name__, retry_after=5)
