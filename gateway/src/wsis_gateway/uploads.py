"""Uploads: a request's file goes to the blob store as it arrives, and the service gets a reference to it.

The body is the file itself, with its name in `Content-Disposition`, or `multipart/form-data` with one file and, where
the route has a schema, a JSON part named `body`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from falcon import Request
from falcon.media import MultipartFormHandler
from falcon.media.multipart import BodyPart, MultipartParseOptions
from gevent import Timeout
from gunicorn.http.errors import ParseException
from marshmallow import Schema
from wsis_shared import clock
from wsis_shared.blobs import Blob, Upload
from wsis_shared.blobs.media_types import expected_endings
from wsis_shared.blobs.store import BlobStore, check_place, of, store_errors
from wsis_shared.context import Actor
from wsis_shared.errors import Invalid, SuiteError, Unavailable
from wsis_shared.places import Places

from wsis_gateway import request_parsing
from wsis_gateway.problems import HttpError
from wsis_gateway.routing import Operation

PLACES = 32  # uploads of this process at a time, each until it is answered
BYTES_PER_SECOND = 16 * 1024  # that a client must send
UNKEPT = timedelta(hours=1)  # after which a file that no service keeps is removed
READ_BYTES = 64 * 1024
FRAMING_BYTES = 32 * 1024  # boundaries and headers of a multipart body
_NAME_LENGTH = 200
_MISSING = "Missing data for required field."
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]')


class Uploads:
    """Receives the files of all routes with `upload`."""

    def __init__(self) -> None:
        self._places = Places(PLACES, own=PLACES // 4, busy=_busy)
        self.store = lru_cache(maxsize=None)(of)
        check_place()

    @contextmanager
    def receive(
        self, operation: Operation, upload: Upload, req: Request, actor: Actor, check: Callable[[], None]
    ) -> Iterator[tuple[Blob, dict[str, object]]]:
        """The stored file and the validated body, for the handler of the route. Where the handler refuses, the file is
        removed; where nobody knows what became of the call, the file expires unless the service keeps it. `check`
        raises where the sender may go on no longer; it is called with each piece.

        Raises HttpError (400, 408, 413, 415), Invalid with the fields, Unavailable.
        """
        received = _Received(
            req.env,
            upload,
            operation.body,
            self.store(operation.plugin),
            actor.id or "anonymous",
            check,
        )
        # The place is held until the handler has answered: what it does with a file may take longer than the file took.
        with self._places.take(actor, req.context.network):
            try:
                with store_errors():
                    blob, body = received.parts()
            except BaseException:
                received.discard()
                raise
            try:
                yield blob, body
            except SuiteError as error:
                if error.status < 500:
                    received.discard()
                raise


class _Received:
    """One request's body."""

    def __init__(
        self,
        env: WSGIEnvironment,
        upload: Upload,
        schema: Schema,
        store: BlobStore,
        owner: str,
        check: Callable[[], None],
    ) -> None:
        self._env, self._upload, self._check = env, upload, check
        self._schema, self._store, self._owner = schema, store, owner
        self._blob: Blob | None = None

    def parts(self) -> tuple[Blob, dict[str, object]]:
        """The file, stored, and the JSON part as the route's schema loads it."""
        if self._env.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
            raise self._unsupported("The body must not be compressed.")
        content_type = self._env.get("CONTENT_TYPE", "")
        multipart = content_type.partition(";")[0].strip().lower() == "multipart/form-data"
        limit = self._upload.max_bytes
        if multipart:
            limit += FRAMING_BYTES + request_parsing.BODY_BYTES
        length = self._env.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > limit:
            raise request_parsing.too_large(self._upload.max_bytes)
        stream = PacedInput(self._env, self._check)
        value: dict[str, object] = {}
        if multipart:
            value = self._form(stream, content_type, limit)
        else:
            self._file(stream.read, filename(self._env.get("HTTP_CONTENT_DISPOSITION")))
        body = request_parsing.load(self._schema, value, "gateway.content_invalid")
        if self._blob is None:
            raise _field("file", _MISSING)
        return self._blob, body

    def discard(self) -> None:
        """Remove what was stored. Where the store is away, it expires there."""
        if self._blob is not None:
            try:
                with store_errors():
                    self._store.discard(self._blob.id)
            except Unavailable:
                pass

    def _form(self, stream: PacedInput, content_type: str, limit: int) -> dict[str, object]:
        options = MultipartParseOptions()
        options.max_body_part_count = 3
        value: dict[str, object] | None = None
        # Falcon takes the length for the most that it reads.
        for part in MultipartFormHandler(options).deserialize(stream, content_type, limit + 1):
            name, given = _named(part)
            if name == "body" and value is None:
                value = self._json(part)
            elif given is not None and self._blob is None:
                self._file(part.stream.read, clean(given))
            else:
                raise _field(name, "One file, and a part named body.")
        return value or {}

    def _json(self, part: BodyPart) -> dict[str, object]:
        limit = request_parsing.BODY_BYTES
        raw = part.stream.read(limit + 1)
        if len(raw) > limit:
            raise request_parsing.too_large(limit)
        return request_parsing.json_object(raw) if raw else {}

    def _file(self, read: Callable[[int], bytes], name: str) -> None:
        self._blob = self._store.put(
            _limited(read, self._upload.max_bytes),
            owner=self._owner,
            filename=name,
            media_type=lambda detected: self._accepted(detected, name),
            expires_at=clock.now() + UNKEPT,
        )

    def _accepted(self, detected: str, name: str) -> str:
        media_type = self._upload.accept(detected)
        if media_type is None:
            raise self._unsupported(f"The file is {detected} by its content.")
        if endings := expected_endings(detected, name):  # a download opens by its name
            raise _field("file", f"The name of this file must end in {' or '.join(endings)}.")
        return media_type

    def _unsupported(self, detail: str) -> HttpError:
        accepted = ", ".join(self._upload.media_types)
        return HttpError(415, "gateway.file_type_unsupported", detail, {"Accept": accepted, "Accept-Encoding": ""})


class PacedInput:
    """The body as it arrives. A client gets the seconds of any body, and one more for each BYTES_PER_SECOND that it has
    sent; what came fast gives no long rest, in which it would only hold its place."""

    def __init__(self, env: WSGIEnvironment, check: Callable[[], None]) -> None:
        chunked = "chunked" in env.get("HTTP_TRANSFER_ENCODING", "").lower()
        # Of a body with a length, what has not come yet: gunicorn takes a lost connection for the end.
        self._missing = 0 if chunked else int(env.get("CONTENT_LENGTH") or 0)
        self._input = env["wsgi.input"] if chunked or self._missing else None
        seconds = request_parsing.BODY_SECONDS
        self._deadline, self._check = time.monotonic() + seconds, check
        self._longest = seconds + READ_BYTES / BYTES_PER_SECOND

    def read(self, size: int | None = READ_BYTES) -> bytes:
        """At most `size` bytes; none at the end. Raises HttpError (400, 408)."""
        if self._input is None:
            return b""
        late = HttpError(408, "gateway.body_too_slow")
        try:
            with Timeout(max(0.001, min(self._deadline - time.monotonic(), self._longest)), late):
                data: bytes = self._input.read(size)
        except (ParseException, OSError):
            raise HttpError(400, "gateway.request_malformed") from None
        self._missing -= len(data)
        if not data and self._missing > 0:
            raise HttpError(400, "gateway.request_malformed", "The body ended early.")
        self._deadline += len(data) / BYTES_PER_SECOND
        self._check()
        return data


def _busy() -> Unavailable:
    return Unavailable("gateway.busy", "Too many uploads at the moment.", retry_after=5)


def _limited(read: Callable[[int], bytes], max_bytes: int) -> Iterator[bytes]:
    total = 0
    while data := read(READ_BYTES):
        total += len(data)
        if total > max_bytes:
            raise request_parsing.too_large(max_bytes)
        yield data
    if not total:
        raise _field("file", _MISSING)


def _named(part: BodyPart) -> tuple[str, str | None]:
    """Name and file name of a part of a form."""
    try:
        return str(part.name), part.filename
    except UnicodeDecodeError:
        raise HttpError(400, "gateway.request_malformed", "The headers of a part are not UTF-8.") from None


def _field(name: str, message: str) -> Invalid:
    return Invalid("gateway.content_invalid", "Some fields are not acceptable.", fields={name[:200]: [message]})


def filename(disposition: str | None) -> str:
    """The file name of a Content-Disposition header (RFC 6266), made safe."""
    if disposition is None:
        return clean("")
    # WSGI hands headers over as Latin-1; browsers send UTF-8.
    header = Message()
    header["Content-Disposition"] = disposition.encode("latin-1").decode("utf-8", "replace")[:2000]
    return clean(header.get_filename() or "")


def clean(name: str) -> str:
    """The last part of a path, without characters that a system of files or a terminal takes for more than a name."""
    last = re.split(r"[/\\]", name[-1000:])[-1]
    return _UNSAFE.sub("", last).strip(" .")[-_NAME_LENGTH:] or "file"
