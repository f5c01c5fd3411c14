"""Outcomes of sessions, and the matrix of sessions that follows from them."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.editions.store import Editions
from wsis_consultation.programme import events
from wsis_consultation.programme.rules import outcomes, sessions, versions
from wsis_consultation.programme.store import Programme
from wsis_consultation.programme.use_cases.organizers import OrganizerCases
from wsis_consultation.programme.use_cases.public import PublicCases
from wsis_consultation.submissions.rules.contents import agencies_of


class OutcomeCases:
    """What organizers file after a session, and what readers see of it."""

    def __init__(self, store: Programme, editions: Editions, public: PublicCases, organizers: OrganizerCases) -> None:
        self._store, self._editions, self._public, self._organizers = store, editions, public, organizers

    @rpc(writes=True)
    def file_session_outcome(self, ctx: Context, edition: str, session: str, body: Input) -> JsonObject:
        """File or replace the outcome of a session that is over. Raises Conflict before its end, and after the deadline
        that binds organizers."""
        before, own = self._organizers.own(ctx, edition, session, body)
        outcomes.require_over(self._frozen(edition, session), ctx.received_at)
        if own is not None:
            outcomes.require_open(self._editions.find(edition), ctx.received_at)
        outcome: sessions.Outcome = {
            "text": body["text"],
            "language": body["language"],
            "links": outcomes.links(body["links"]),
            "filed_at": ctx.received_at,
        }
        lines = list(dict.fromkeys(link["action_line"] for link in outcome["links"]))
        goals = sorted({link["sdg"] for link in outcome["links"]})
        event = new_event(
            events.SESSION_OUTCOME_FILED,
            subject=session,
            edition=edition,
            session=session,
            action_lines=lines,
            sdgs=goals,
            agencies=agencies_of(lines),
            links=[{"action_line": link["action_line"], "sdg": link["sdg"]} for link in outcome["links"]],
            number=before["number"],
            code=before["code"],
            title=before["title"],
            type=before["type"],
            track=before["track"],
        )
        before["outcome"] = outcome
        saved = self._store.save("sessions", before, event)
        self._store.replace_matrix(session, outcomes.matrix_rows(saved))
        return outcome

    @rpc
    def list_session_matrix(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> JsonObject:
        """The matrix of sessions: a row for each session, action line and goal."""
        query = {name: value for name, value in filters.items() if value is not None}
        page = self._store.page_of_matrix(edition, query, after, limit)
        return page.response(lambda row: row)

    def _frozen(self, edition: str, session: str) -> versions.Frozen | None:
        version = self._public.last(edition)
        return next((row for row in version["sessions"] if row["id"] == session), None) if version else None
