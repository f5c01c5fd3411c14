"""Sessions in the hands of their organizers: members who asked for them, or who have a mailed link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared.context import Context
from wsis_shared.erasure import Erasure

from wsis_consultation.domain import erasing
from wsis_consultation.domain.programme import sessions
from wsis_consultation.errors import programme as errors
from wsis_consultation.store.editions import Editions
from wsis_consultation.store.programme import Programme
from wsis_consultation.use_cases.links import Links
from wsis_consultation.use_cases.programme import presenters

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


class OrganizerCases:
    """What organizers do with their sessions."""

    def __init__(self, store: Programme, editions: Editions, links: Links) -> None:
        self._store, self._editions, self._links = store, editions, links

    def list_own(self, ctx: Context, edition: str) -> dict[str, Any]:
        """The sessions that the account organizes."""
        found, account = self._editions.find(edition), str(ctx.actor.id)
        rows = self._store.sessions_of_account(edition, account)
        return {"items": [presenters.session(row, found) for row in rows]}

    def open_link(self, ctx: Context, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """The session behind a mailed link. Raises Forbidden."""
        found = self.own(ctx, edition, session, body)
        return presenters.session(found, self._editions.find(edition))

    def file_details(self, ctx: Context, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """The final description and the panellists, until the deadline. Raises Conflict after it."""
        found, before = self._editions.find(edition), self.own(ctx, edition, session, body)
        sessions.require_details_open(found, before, ctx.received_at)
        given = {name: body[name] for name in sessions.BY_ORGANIZERS if name in body}
        if "speakers" in given:
            given["speakers"] = sessions.with_known_keys(given["speakers"], before["speakers"])
        if "availability" in given:
            given["availability"] = sessions.spans(given["availability"])
        # Speakers are no contacts of the edition: anybody can be named as one, under any address.
        saved = self._store.save("sessions", {**before, **given, "details_at": ctx.received_at})
        return presenters.session(saved, found)

    def store_logo(
        self, ctx: Context, blobs: BlobStore, edition: str, session: str, upload: dict[str, Any]
    ) -> dict[str, Any]:
        """The logo of the organizers, in place of a former one. Raises Conflict after the deadline."""
        found, before = self._editions.find(edition), self.own(ctx, edition, session, {})
        sessions.require_details_open(found, before, ctx.received_at)
        blobs.keep(upload["id"], f"session/{session}")
        if before["logo"]:
            blobs.delete(before["logo"]["id"])
        return presenters.session(self._store.save("sessions", {**before, "logo": upload}), found)

    def read_logo(self, edition: str, session: str) -> dict[str, Any]:
        """The file of the logo. Raises NotFound."""
        logo = self._store.session(edition, session)["logo"]
        if not logo:
            raise errors.logo_unknown()
        return {"blob": logo["id"]}

    def forget(self, erasure: Erasure, submissions: Iterable[Mapping[str, Any]]) -> None:
        """Nobody files anything in the name of a person who is erased, and no session has their address; `submissions`
        are what they wrote. A name that the programme has published stays. Call it after submissions have forgotten
        the person: what still names them was made since."""
        written = {row["_id"]: erasing.writer_of(row) for row in submissions}
        for session in self._store.sessions_of_person(erasure, list(written)):
            others = self._store.submissions(
                session["edition"], session["submissions"], {"account": 1, "requests": 1}
            ).values()  # fmt: skip
            spared = erasing.Spared(
                account=erasure.account in [row["account"] for row in others],
                address=any(erasing.names_speaker(row["requests"], erasure.is_of_row) for row in others),
                name=session["_id"] in self._published_in(session["edition"]),
            )
            tells = [written[id] for id in session["submissions"] if id in written]
            tells += [] if spared.address else [erasure.is_of_row]
            left = erasing.session(session, erasure.account, tells, spared)
            if left != session:
                self._store.save("sessions", left)

    def _published_in(self, edition: str) -> set[str]:
        number = self._store.published(edition)
        return {row["id"] for row in self._store.version(edition, number)["sessions"]} if number else set()

    def own(self, ctx: Context, edition: str, session: str, body: dict[str, Any]) -> sessions.Session:
        """The session, if the actor organizes it, has the link to a submission that it came from,
        or is an officer. Raises NotFound or Forbidden."""
        found = self._store.session(edition, session)
        if ctx.actor.has("officer") or (ctx.actor.known and ctx.actor.id in found["accounts"]):
            return found
        submission, key = body.get("submission"), body.get("key")
        if not key or not submission:
            raise errors.session_unknown()
        asked = self._store.submissions(edition, [submission], {"link_number": 1, "account": 1}).get(submission)
        if asked is None or submission not in found["submissions"] or not self._links.open(asked, key):
            raise errors.session_key_invalid()
        return found
