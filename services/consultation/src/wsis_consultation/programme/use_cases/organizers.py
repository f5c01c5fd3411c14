"""Sessions in the hands of their organizers: members who asked for them, or who have a mailed link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wsis_shared import revisions
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Forbidden, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.use_cases import Links
from wsis_consultation.programme import events
from wsis_consultation.programme.rules import erased, sessions, shares, versions
from wsis_consultation.programme.rules.sessions import Session
from wsis_consultation.programme.store import Programme
from wsis_consultation.programme.use_cases.public import PublicCases
from wsis_consultation.submissions.rules.erased import names_speaker, writer_of
from wsis_consultation.submissions.rules.lifecycle import Submission

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


# Documents of the programme as responses.


_KEPT = (
    "edition",
    "number",
    "code",
    "version",
    "type",
    "track",
    "title",
    "abstract",
    "language",
    "interpretation",
    "equipment",
    "availability",
    "capacity",
    "duration",
    "organizers",
    "speakers",
    "action_lines",
    "sdgs",
    "submissions",
    "requests",
    "theme",
    "status",
    "reason",
    "details_at",
    "details_late",
)


_LISTED = (
    "number",
    "code",
    "status",
    "type",
    "track",
    "title",
    "action_lines",
    "sdgs",
    "duration",
    "theme",
    "details_at",
)


def _only(document: JsonObject, names: Iterable[str]) -> JsonObject:
    return {name: document[name] for name in names}


def session(document: Session, edition: Edition) -> JsonObject:
    """A session with everything: for officers."""
    return {**_session(document, edition), "note": document.get("note"), "notice": document.get("notice") or {}}


def own_session(document: Session, edition: Edition, own: shares.Own, decision: versions.Decision) -> JsonObject:
    """A session for an organizer: what is theirs, with the last decision that was published."""
    if own is None:
        return session(document, edition)
    late: sessions.LateDetails | None = {"at": document["details_late"]["at"]} if document["details_late"] else None
    shown = _decided(shares.seen(document, own), decision)
    return _session({**shown, "details_late": late}, edition)


def _decided(document: Session, decision: versions.Decision) -> Session:
    return {**document, "status": decision["status"], "reason": decision["reason"]}


def _session(document: Session, edition: Edition) -> JsonObject:
    outcome, logo = document["outcome"], document["logo"]
    return {
        **_only(document, _KEPT),
        "id": document["_id"],
        "type_title": _type_title(document, edition),
        "revision": revisions.of(document),
        "details_until": edition["deadlines"][editions.SESSION_DETAILS],
        "withdrawn_at": document.get("withdrawn_at"),
        "outcome_at": outcome["filed_at"] if outcome else None,
        "outcome": outcome,
        "logo": _only(logo, ("filename", "media_type", "size")) if logo else None,
    }


def _type_title(document: Session, edition: Edition) -> JsonObject:
    return next((row["title"] for row in editions.session_types(edition) if row["code"] == document["type"]), {})


def session_row(document: Session, edition: Edition) -> JsonObject:
    """A session in a list."""
    outcome = document["outcome"]
    return {
        **_only(document, _LISTED),
        "id": document["_id"],
        "type_title": _type_title(document, edition),
        "organizers": [organizer["name"] for organizer in document["organizers"]],
        "outcome_at": outcome["filed_at"] if outcome else None,
    }


_OWNER = {"link_number": 1, "account": 1}  # of a submission


class OrganizerCases:
    """What organizers do with their sessions."""

    def __init__(self, store: Programme, editions: Editions, public: PublicCases, links: Links) -> None:
        self._store, self._editions, self._public, self._links = store, editions, public, links

    @rpc
    def list_own_sessions(self, ctx: Context, edition: str) -> JsonObject:
        """The sessions that the account organizes."""
        found, account = self._editions.find(edition), str(ctx.actor.id)
        rows = self._store.sessions_of_account(edition, account)
        asked = self._store.submissions(edition, (id for row in rows for id in row["submissions"]), _OWNER)
        version = self._public.last(edition)
        return {
            "items": [
                own_session(row, found, _of(account, asked), versions.decision(version, row["_id"])) for row in rows
            ]
        }

    @rpc
    def open_session_link(self, ctx: Context, edition: str, session: str, body: Input) -> JsonObject:
        """The session behind a mailed link. Raises Forbidden."""
        found, own = self.own(ctx, edition, session, body)
        return self._response(found, own)

    @rpc(writes=True)
    def file_session_details(self, ctx: Context, edition: str, session: str, body: Input) -> JsonObject:
        """The final description and the panellists, until the deadline. Raises Conflict after it."""
        before, own = self.own(ctx, edition, session, body)
        self._require_open(ctx, before, own)
        after: Session = {
            **before,
            "abstract": body.get("abstract", before["abstract"]),
            "language": body.get("language", before["language"]),
            "interpretation": body.get("interpretation", before["interpretation"]),
            "details_at": ctx.received_at,
        }
        if "speakers" in body:
            after["speakers"] = shares.with_speakers(before, own, body["speakers"])
        if "availability" in body:
            after["availability"] = sessions.spans(body["availability"])
        # Speakers are no contacts of the edition: anybody can be named as one, under any address.
        return self._response(self._store.save("sessions", after), own)

    @rpc(writes=True)
    def withdraw_session(self, ctx: Context, edition: str, session: str, body: Input) -> JsonObject:
        """Take a session back before it begins: its page says so at once, the programme with its next version. Raises
        Conflict once it has begun or was decided otherwise, and where others organize it too."""
        before, own = self.own(ctx, edition, session, body)
        shares.require_alone(before, own)
        version = self._public.last(edition)
        if version and any(row["id"] == session and row["start"] <= ctx.received_at for row in version["sessions"]):
            raise Conflict("consultation.session_begun")
        known = before["status"] if own is None else versions.decision(version, session)["status"]
        after = sessions.withdrawn(before, known, body["reason"], body["language"], ctx.received_at)
        event = new_event(events.SESSION_WITHDRAWN, subject=session, edition=edition, session=session)
        return self._response(self._store.save("sessions", after, event), own)

    @rpc(writes=True)
    def store_session_logo(
        self, ctx: Context, blobs: BlobStore, edition: str, session: str, upload: Input
    ) -> JsonObject:
        """The logo of the organizers, in place of a former one. Raises Conflict after the deadline."""
        before, own = self.own(ctx, edition, session, {})
        return self._keep_logo(ctx, blobs, before, own, upload)

    @rpc(writes=True)
    def store_linked_logo(
        self, ctx: Context, blobs: BlobStore, edition: str, session: str, upload: Input, body: Input
    ) -> JsonObject:
        """The same by a mailed link. Raises Forbidden too."""
        before, own = self.own(ctx, edition, session, body)
        return self._keep_logo(ctx, blobs, before, own, upload)

    def _keep_logo(self, ctx: Context, blobs: BlobStore, before: Session, own: shares.Own, upload: Input) -> JsonObject:
        self._require_open(ctx, before, own)
        blobs.keep(upload["id"], f"session/{before['_id']}")
        if before["logo"]:
            blobs.delete(before["logo"]["id"])
        after: Session = {**before, "logo": upload}
        return self._response(self._store.save("sessions", after), own)

    @rpc
    def read_session_logo(self, ctx: Context, edition: str, session: str) -> JsonObject:
        """The file of the logo: for everybody once the session is in the programme, before that for its organizers and
        officers. Raises NotFound, which does not say whether there is such a session."""
        found = self._store.find_session(edition, session)
        if not found or not found["logo"] or not self._may_see(ctx, found):
            raise NotFound("consultation.logo_unknown")
        return {"blob": found["logo"]["id"]}

    def _may_see(self, ctx: Context, session: Session) -> bool:
        version = self._public.last(session["edition"])
        is_public = version is not None and any(row["id"] == session["_id"] for row in version["sessions"])
        return is_public or ctx.actor.has("officer") or (ctx.actor.known and ctx.actor.id in session["accounts"])

    def forget(self, erasure: Erasure, submissions: Iterable[Submission]) -> None:
        """Nobody files anything in the name of a person who is erased, and no session has their address; `submissions`
        are what they wrote. A name that the programme has published stays. Call it after submissions have forgotten
        the person: what still names them was made since."""
        written = {row["_id"]: writer_of(row) for row in submissions}
        for session in self._store.sessions_of_person(erasure, list(written)):
            others = self._store.submissions(
                session["edition"], session["submissions"], {"account": 1, "requests": 1}
            ).values()
            spared = erased.Spared(
                account=erasure.account in [row["account"] for row in others],
                address=any(names_speaker(row["requests"], erasure.is_of_row) for row in others),
                name=session["_id"] in self._published_in(session["edition"]),
            )
            tells = [written[id] for id in session["submissions"] if id in written]
            tells += [] if spared.address else [erasure.is_of_row]
            left = erased.without_person(session, erasure.account, tells, spared, written)
            if left != session:
                self._store.save("sessions", left)

    def _published_in(self, edition: str) -> set[str]:
        number = self._store.published(edition)
        return {row["id"] for row in self._store.version(edition, number)["sessions"]} if number else set()

    def own(self, ctx: Context, edition: str, session: str, body: Input) -> tuple[Session, shares.Own]:
        """The session, if the actor organizes it, has the link to a submission that it came from, or is an officer; and
        the submissions of the actor. Raises NotFound or Forbidden, which do not say whether there is such a session."""
        if ctx.actor.has("officer"):
            return self._store.session(edition, session), None
        found = self._store.find_session(edition, session)
        if found and ctx.actor.known and ctx.actor.id in found["accounts"]:
            return found, _of(str(ctx.actor.id), self._store.submissions(edition, found["submissions"], _OWNER))
        submission, key = body.get("submission"), body.get("key")
        if not key or not submission:
            raise NotFound("consultation.session_unknown")
        asked = self._store.submissions(edition, [submission], _OWNER).get(submission)
        if asked is None or not found or submission not in found["submissions"] or not self._links.open(asked, key):
            raise Forbidden("consultation.session_key_invalid")
        return found, [submission]

    def _require_open(self, ctx: Context, session: Session, own: shares.Own) -> None:
        """Raises Conflict after the deadline, and once a decision against the session is published."""
        known = session if own is None else _decided(session, self._decision(session))
        sessions.require_details_open(self._editions.find(session["edition"]), known, ctx.received_at)

    def _response(self, session: Session, own: shares.Own) -> JsonObject:
        edition = self._editions.find(session["edition"])
        return own_session(session, edition, own, self._decision(session))

    def _decision(self, session: Session) -> versions.Decision:
        return versions.decision(self._public.last(session["edition"]), session["_id"])


def _of(account: str, submissions: Mapping[str, Submission]) -> list[str]:
    return [id for id, row in submissions.items() if row.get("account") == account]
