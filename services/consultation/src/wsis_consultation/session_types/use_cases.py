"""The types of sessions of an edition: read, added, changed, removed."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.store import Editions
from wsis_consultation.session_types import rules
from wsis_consultation.session_types.events import SESSION_TYPES_CHANGED


class SessionTypeCases:
    """What can be done with the types of sessions."""

    def __init__(self, store: Editions) -> None:
        self._store = store

    @rpc
    def list_session_types(self, ctx: Context, edition: str) -> JsonObject:
        """All types, in their order. Raises NotFound."""
        return _response(self._store.find(edition), ctx)

    @rpc(writes=True)
    def add_session_type(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A further type. Raises NotFound, Conflict."""
        doc = self._store.find(edition)
        return self._save(ctx, doc, rules.with_added(doc, body), body["code"], body["reason"])

    @rpc(writes=True)
    def change_session_type(self, ctx: Context, edition: str, type: str, body: Input) -> JsonObject:
        """Another title, track, length or use of a type. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        return self._save(ctx, doc, rules.with_change(doc, type, body, ctx.received_at), type, body["reason"])

    @rpc(writes=True)
    def remove_session_type(self, ctx: Context, edition: str, type: str, body: Input) -> JsonObject:
        """An edition without a type. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        return self._save(ctx, doc, rules.without(doc, type, ctx.received_at), type, body["reason"])

    def _save(self, ctx: Context, former: Edition, changed: Edition, code: str, reason: str) -> JsonObject:
        edition, codes = changed["_id"], [row["code"] for row in editions.session_types(changed)]
        saved = self._store.save(
            "editions",
            changed,
            new_event(SESSION_TYPES_CHANGED, subject=edition, edition=edition, types=codes),
            audit.entry(
                "consultation.session_type_changed",
                f"edition/{edition}/session-types/{code}",
                before=_of(former, code),
                after=_of(changed, code),
                reason=reason,
            ),
        )
        return _response(saved, ctx)


def _of(edition: Edition, code: str) -> JsonObject | None:
    return next((dict(row) for row in editions.session_types(edition) if row["code"] == code), None)


def _response(edition: Edition, ctx: Context) -> JsonObject:
    return {
        "edition": edition["_id"],
        "fixed": rules.is_fixed(edition, ctx.received_at),
        "items": [
            {
                **row,
                "title": row["title"][ctx.locale],
                "titles": row["title"],
                "needed": row["code"] in rules.OF_REQUEST.values(),
            }
            for row in editions.session_types(edition)
        ],
    }


def compose(parts: Parts) -> SessionTypeCases:
    """The use cases with their collaborators; called once per process."""
    return SessionTypeCases(Editions(parts.db))
