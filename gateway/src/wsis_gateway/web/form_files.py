"""What a form brings, with its file where its route takes one.

A browser sends such a form as parts. The file is stored as it arrives, for whoever may call the route. Where the form
comes back, because a field is wrong or it is shown once more, it brings the stored file along: nobody chooses it twice.
It belongs to this form of this page and this account, and is removed after an hour unless a service keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from falcon import HTTPError
from falcon.media.multipart import BodyPart
from wsis_shared.blobs import Blob
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.errors import SuiteError, Unauthenticated

from wsis_gateway import forms, request_parsing
from wsis_gateway.incoming import PacedInput, parts
from wsis_gateway.problems import HttpError
from wsis_gateway.uploads import FILE, FRAMING_BYTES, FormFile, clean
from wsis_gateway.web import session
from wsis_gateway.web.addresses import Target
from wsis_gateway.web.calls import Calls
from wsis_gateway.web.forms import Own, parted
from wsis_gateway.web.session import Sessions
from wsis_gateway.web.visits import Visit

READ_ON_BYTES = 64_000_000  # of a file that is refused: what was typed after it is read too
_OF_THE_CONNECTION = (400, 408)


@dataclass(frozen=True)
class Sent:
    """What a form has brought. `chosen`: with a file, which `refused` says why it was not stored; `taken_by` is the
    form that it was stored for."""

    own: Own
    pairs: list[tuple[str, str]]
    file: Blob | None = None
    chosen: bool = False
    refused: SuiteError | None = None
    taken_by: str = ""


class FormFiles:
    """Reads the forms of pages."""

    def __init__(self, calls: Calls, sessions: Sessions) -> None:
        self._calls, self._sessions = calls, sessions

    def sent(self, visit: Visit) -> Sent:
        """What a form has brought, which has no fault of its own. Raises HttpError (400, 408, 413, 415)."""
        targets = [target for _, target in visit.served.forms.values()]
        most = max(
            (each.operation.route.upload.max_bytes for each in targets if each.operation.route.upload), default=0
        )
        if not most:
            return Sent(*parted(request_parsing.form_fields(visit.req.env)))
        if not forms.is_multipart(visit.req.env):
            own, pairs = parted(request_parsing.form_fields(visit.req.env))
            return self._with_kept(visit, Sent(own, pairs))
        return self._read(visit, most)

    def discard(self, target: Target, file: Blob) -> None:
        """Remove a file with which something is wrong."""
        self._calls.uploads.discard(target.operation, file)

    def _read(self, visit: Visit, most: int) -> Sent:
        env, texts = visit.req.env, FRAMING_BYTES + request_parsing.BODY_BYTES
        length, limit = env.get("CONTENT_LENGTH") or "", max(most, READ_ON_BYTES) + texts
        if length.isdecimal() and int(length) > limit:
            raise request_parsing.too_large(most)
        is_short = length.isdecimal() and int(length) <= texts  # all of it may come back through the sign-in
        # Of a long one what was typed before the file does. No file is read of somebody without a session.
        is_cut = visit.served.page.needs_session and not is_short and not self._actor(visit).known
        limit = texts if is_cut else limit
        stream, left = PacedInput(env, lambda: None), request_parsing.BODY_BYTES
        pairs: list[tuple[str, str]] = []
        sent = Sent(Own(), pairs)
        with self._calls.uploads.place(self._sender(visit), visit.req.context.network):
            try:
                for name, given, part in parts(stream, env["CONTENT_TYPE"], limit, forms.MAX_PARTS):
                    if given is None:
                        text = part.stream.read(left + 1)
                        left -= len(text)
                        if left < 0:
                            raise request_parsing.too_large(request_parsing.BODY_BYTES)
                        pairs.append((name, text.decode()))
                    elif given and is_cut:
                        sent = replace(sent, chosen=True, refused=Unauthenticated("gateway.token_missing"))
                        break
                    elif given and name == FILE and not sent.chosen:  # a browser sends no name where nothing is chosen
                        sent = self._stored(visit, replace(sent, own=parted(pairs)[0], chosen=True), part, given)
                        if sent.refused is not None:
                            stream.read_on(READ_ON_BYTES, sent.refused)
            except (ValueError, HTTPError):
                raise HttpError(400, "gateway.body_malformed", "Not a form of texts in UTF-8.") from None
        own, pairs = parted(pairs)
        return self._with_kept(visit, self._for_its_form(visit, replace(sent, own=own, pairs=pairs)))

    def _for_its_form(self, visit: Visit, sent: Sent) -> Sent:
        """Without the file where a form named after it takes what was sent: another one has checked the file."""
        if sent.file is None or visit.served.form(sent.own.form)[0] == sent.taken_by:
            return sent
        self.discard(visit.served.forms[sent.taken_by][1], sent.file)
        return replace(sent, file=None)

    def _stored(self, visit: Visit, sent: Sent, part: BodyPart, given: str) -> Sent:
        name, (_, target) = visit.served.form(sent.own.form)
        upload = target.operation.route.upload
        if upload is None:
            return sent
        try:
            owner = self._owner(visit, name)
            file = FormFile(part.stream.read, clean(given), owner)
            stored = self._calls.put_file(target, upload, visit.req, visit.session.token, file)
            return replace(sent, file=stored, taken_by=name)
        except SuiteError as error:
            if error.status in _OF_THE_CONNECTION:
                raise
            return replace(sent, refused=error)

    def _with_kept(self, visit: Visit, sent: Sent) -> Sent:
        """The file that came with the form before, where none was chosen now."""
        name, (_, target) = visit.served.form(sent.own.form)
        if sent.own.kept and not sent.chosen and target.operation.route.upload:
            try:
                file = self._calls.uploads.kept(target.operation, sent.own.kept, self._owner(visit, name))
                sent = replace(sent, file=file, chosen=True)
            except SuiteError as error:
                sent = replace(sent, refused=error, chosen=True)
        return replace(sent, own=replace(sent.own, kept=sent.file.id if sent.file else ""))

    def _owner(self, visit: Visit, form: str) -> str:
        """Whose file it is. Raises Unauthenticated."""
        return f"{self._actor(visit).id or 'anonymous'}{visit.path}#{form}"

    def _actor(self, visit: Visit) -> Actor:
        """Who sends it, with a new session where the access token is over. Raises Unauthenticated."""
        if not visit.session.token:
            visit.session = self._sessions.of(visit.req, visit.resp)
        try:
            return self._calls.actor(visit.session.token)
        except Unauthenticated:
            visit.session = self._sessions.renewed(visit.session, visit.req, visit.resp)
            return self._calls.actor(visit.session.token)

    def _sender(self, visit: Visit) -> Actor:
        try:
            return self._calls.actor(session.token(visit.req))
        except SuiteError:
            return ANONYMOUS
