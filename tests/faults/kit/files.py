"""Files of a suite in a store that speaks S3: made as officers make them, seen as visitors see them, lost."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping

from tests.faults.kit.contest import Contest
from wsis_shared.blobs import s3

COUNT = 3
WIDTH, HEIGHT = 600, 200
ISSUE = {"month": "2017-03", "language": "en", "languages": ["en"], "title": {"en": "A test"}, "topics": ["forum"]}


class Files:
    """Images of an issue of the newsletter that is not sent yet."""

    def __init__(self, contest: Contest, uri: str) -> None:
        self._visitor, self._uri = contest.visitor, uri
        issue = contest.officer.post("/v1/newsletter/compositions", ISSUE)["id"]
        path = f"/v1/newsletter/compositions/{issue}/images"
        self._ids = [
            contest.officer.upload(path, _image(), f"{number}.png", "image/png")["id"] for number in range(COUNT)
        ]

    def seen(self) -> Mapping[str, bytes]:
        """The content of each that is answered."""
        answers = {id: self._visitor.send("GET", f"/v1/newsletter/images/{id}") for id in self._ids}
        return {id: answer.content for id, answer in answers.items() if answer.status_code == 200}

    def lose(self) -> None:
        """Empty the bucket."""
        client, bucket = s3.connect(self._uri)
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for row in page.get("Contents", ()):
                client.delete_object(Bucket=bucket, Key=row["Key"])


def _image() -> bytes:
    """A PNG like no other."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress(b"".join(b"\0" + os.urandom(WIDTH) for _ in range(HEIGHT)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
