"""Uploads: a request's file goes to the blob store as it arrives, and the service gets a reference to it.

The body is the file itself, with its name in `Content-Disposition`, or `multipart/form-data` with one file and, where
the route has a schema, a JSON part named `body`. The form of a page has fields beside its file (web/form_files.py): its
file is stored first, and then the route is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from falcon import Request
from falcon.media.multipart import BodyPart
from marshmallow import Schema
from wsis_shared import clock
from wsis_shared.blobs import Blob, Upload
from wsis_shared.blobs.media_types import expected_endings
from wsis_shared.blobs.store import BlobStore, check_place, of, store_errors
from wsis_shared.context import Actor
from wsis_shared.errors import Invalid, NotFound, SuiteError, Unavailable
from wsis_shared.places import Places

from wsis_gateway import request_parsing
from wsis_gateway.incoming import READ_BYTES, PacedInput, parts
from wsis_gateway.problems import HttpError
from wsis_gateway.routing import Operation

PLACES = 32  # uploads of this process at a time, each until it is answered
UNKEPT = timedelta(hours=1)  # after which a file that no service keeps is removed
FRAMING_BYTES = 32 * 1024  # boundaries and headers of a multipart body
FILE = "file"  # as errors name it
_MISSING = "Missing data for required field."
_NAME_LENGTH = 200
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
        if req.context.file is not None:  # of a page's form, which may come back with it
            with self.place(actor, req.context.network):
                yield req.context.file, request_parsing.body(req.env, operation.body)
            return
        received = _Received(
            req.env,
            upload,
            operation.body,
            self.store(operation.plugin),
            actor.id or "anonymous",
            check,
        )
        # The place is held until the handler has answered: what it does with a file may take longer than the file took.
        with self.place(actor, req.context.network):
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

    def place(self, actor: Actor, network: str) -> AbstractContextManager[None]:
        """One of the places of this process. Raises Unavailable."""
        return self._places.take(actor, network)

    def put(self, operation: Operation, upload: Upload, file: FormFile) -> Blob:
        """A file of a page's form, stored until the route is called. Raises as `receive`."""
        with store_errors():
            return _put(self.store(operation.plugin), upload, file.read, file.name, file.owner)

    def kept(self, operation: Operation, id: str, owner: str) -> Blob | None:
        """A file that such a form brought before; None where it is another's, a service has it, or it has expired.
        Raises Unavailable."""
        try:
            with store_errors():
                blob = self.store(operation.plugin).stat(id)
        except NotFound:
            return None
        return blob if blob.owner == owner and blob.expires_at is not None else None

    def discard(self, operation: Operation, blob: Blob) -> None:
        """Remove a file that no service keeps."""
        _discard(self.store(operation.plugin), blob)


@dataclass(frozen=True)
class FormFile:
    """The file of a page's form as it arrives. `owner` says whose it is, and of which form."""

    read: Callable[[int], bytes]
    name: str
    owner: str


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
            raise _unsupported(self._upload, "The body must not be compressed.")
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
            raise _field(FILE, _MISSING)
        return self._blob, body

    def discard(self) -> None:
        """Remove what was stored."""
        if self._blob is not None:
            _discard(self._store, self._blob)

    def _form(self, stream: PacedInput, content_type: str, limit: int) -> dict[str, object]:
        value: dict[str, object] | None = None
        for name, given, part in parts(stream, content_type, limit, 3):
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
        self._blob = _put(self._store, self._upload, read, name, self._owner)


def _busy() -> Unavailable:
    return Unavailable("gateway.busy", "Too many uploads at the moment.", retry_after=5)


def _put(store: BlobStore, upload: Upload, read: Callable[[int], bytes], name: str, owner: str) -> Blob:
    return store.put(
        _limited(read, upload.max_bytes),
        owner=owner,
        filename=name,
        media_type=lambda detected: _accepted(upload, detected, name),
        expires_at=clock.now() + UNKEPT,
    )


def _accepted(upload: Upload, detected: str, name: str) -> str:
    media_type = upload.accept(detected)
    if media_type is None:
        raise _unsupported(upload, f"The file is {detected} by its content.")
    if endings := expected_endings(detected, name):  # a download opens by its name
        raise _field(FILE, f"The name of this file must end in {' / '.join(endings)}.")
    return media_type


def _unsupported(upload: Upload, detail: str) -> HttpError:
    accepted = ", ".join(upload.media_types)
    return HttpError(415, "gateway.file_type_unsupported", detail, {"Accept": accepted, "Accept-Encoding": ""})


def _discard(store: BlobStore, blob: Blob) -> None:
    """Where the store is away, it expires there."""
    with suppress(Unavailable), store_errors():
        store.discard(blob.id)


def _limited(read: Callable[[int], bytes], max_bytes: int) -> Iterator[bytes]:
    total = 0
    while data := read(READ_BYTES):
        total += len(data)
        if total > max_bytes:
            raise request_parsing.too_large(max_bytes)
        yield data
    if not total:
        raise _field(FILE, "This file is empty.")


def _field(name: str, message: str) -> Invalid:
    return Invalid("gateway.content_invalid", "Some fields are not acceptable.", fields={name[:200]: [message]})


def filename(disposition: str | None) -> str:
    """The file name of a Content-Disposition header (RFC 6266), made safe."""
    if disposition is None:
        return clean("")
    # WSGI hands headers over as Latin-1; browsers send UTF-8.
    header = Message()
    header["Content-Disposition"] = disposition.encode("latin-1").decode("utf-8", "replace")[:2000]
    try:
        return clean(header.get_filename() or "")
    except TypeError:  # of a name in parts that cannot be put in order
        return clean("")


def clean(name: str) -> str:
    """The last part of a path, without characters that a system of files or a terminal takes for more than a name."""
    last = re.split(r"[/\\]", name[-1000:])[-1]
    return _UNSAFE.sub("", last).strip(" .")[-_NAME_LENGTH:] or "file"
