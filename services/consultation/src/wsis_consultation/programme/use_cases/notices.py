"""What the authors of submissions are told about the sessions that were made of them."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import in_language
from wsis_shared.operations import rpc

from wsis_consultation.editions.rules import editions as edition_rules
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import link_key
from wsis_consultation.programme import events
from wsis_consultation.programme.rules import versions
from wsis_consultation.programme.rules.sessions import ACCEPTED, CANCELLED, Session
from wsis_consultation.programme.store import Programme


class Notices:
    """Mails to the contacts of submissions: events with ids, and the texts when the mail is written."""

    def __init__(self, store: Programme, editions: Editions) -> None:
        self._store, self._editions = store, editions

    def changed(self, session: Session, change: str, version: str) -> list[PendingEvent]:
        """A mail to the author of each submission that the session came from."""
        return [
            new_event(
                events.SESSION_CHANGED,
                subject=session["_id"],
                edition=session["edition"],
                session=session["_id"],
                submission=submission,
                change=change,
                version=version,
            )
            for submission in session["submissions"]
        ]

    def remind(self, edition: str, missing: Sequence[Session]) -> int:
        """A mail for each submission of these sessions; returns how many."""
        pending = {
            row["_id"]: [
                new_event(
                    events.SESSION_DETAILS_DUE,
                    subject=row["_id"],
                    edition=edition,
                    session=row["_id"],
                    submission=submission,
                )
                for submission in row["submissions"]
            ]
            for row in missing
        }
        mails = sum(map(len, pending.values()))
        if missing:
            after = {"sessions": len(missing), "mails": mails}
            pending[missing[0]["_id"]].append(
                audit.entry("consultation.organizers_reminded", f"edition/{edition}", None, after)
            )
        self._store.add_events(missing, pending)
        return mails

    @rpc
    def session_contact(self, ctx: Context, data: Input, account: str | None = None) -> JsonObject:
        """The address and the variables of a mail. Raises NotFound where the contact was erased or the submission
        withdrawn."""
        edition, session = str(data["edition"]), self._store.session(str(data["edition"]), str(data["session"]))
        submission = self._store.submissions(edition, [str(data["submission"])]).get(str(data["submission"]))
        contact = submission.get("contact") if submission else None
        if submission is None or not contact or not contact.get("email"):
            raise NotFound("consultation.session_unknown")
        until = self._editions.find(edition)["deadlines"][edition_rules.SESSION_DETAILS]
        key = link_key(data["submission"], submission.get("link_number", 0))
        number = data.get("version")
        version = self._store.version(edition, str(number)) if number else None
        decided = versions.decision(version, session["_id"])
        told = session.get("notice") if decided["status"] == CANCELLED else None
        locale = contact.get("locale") or "en"
        return {
            "contact": {
                "email": contact["email"],
                "names": contact["full_name"],
                "locale": locale,
            },
            "title": session["title"],
            "number": session["number"],
            "reason": in_language(told or {}, locale) or decided["reason"] or "",
            "change": data.get("change"),
            **_place(version, session["_id"], locale),
            "until": until,
            "ask": decided["status"] == ACCEPTED and session["details_at"] is None and ctx.received_at < until,
            "url": f"page:/consultations/{edition}/sessions/{session['_id']}#{data['submission']}.{key}",
        }


def _place(version: versions.Version | None, session: str, locale: str) -> JsonObject:
    row = next((row for row in version["sessions"] if row["id"] == session), None) if version else None
    if version is None or row is None:
        return {"room": "", "start": None}
    return {"room": versions.names(version, locale).room(row["room"]), "start": row["start"]}
