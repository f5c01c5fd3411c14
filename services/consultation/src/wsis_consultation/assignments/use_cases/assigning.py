"""Assignments: given, taken, listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wsis_shared import audit, languages
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.assignments import rules
from wsis_consultation.assignments.rules import Assignment
from wsis_consultation.assignments.store import Assignments
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.store import Meetings

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class AssigningCases:
    """Who works on what."""

    def __init__(
        self,
        store: Assignments,
        editions: Editions,
        discussions: Discussions,
        comments: Comments,
        meetings: Meetings,
        accounts: ServiceProxy,
    ) -> None:
        self._store, self._editions, self._discussions = store, editions, discussions
        self._comments, self._meetings, self._accounts = comments, meetings, accounts

    @rpc
    def list_assignments(self, ctx: Context, edition: str) -> JsonObject:
        """All of an edition, with names. Raises NotFound."""
        self._editions.find(edition)
        return {"items": self._named(self._store.of_edition(edition), ctx)}

    @rpc
    def list_own_assignments(self, ctx: Context) -> JsonObject:
        """The reader's, with how much waits."""
        return {"items": [self._shown(row, ctx) for row in self._store.of_account(str(ctx.actor.id))]}

    @rpc(writes=True)
    def assign(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Give an account a role for one target. Raises NotFound, Invalid, Conflict."""
        self._editions.find(edition)
        given = rules.new(edition, body, str(ctx.actor.id), ctx.received_at)
        if self._target(given, ctx) is None:
            raise rules.target_unknown()
        rules.require_holder(self._roles_of(given["account"]), given["role"])
        if not self._store.holds(given["account"], given["role"], given["target"]):
            entry = audit.entry("consultation.assigned", _object(given), None, _facts(given), body["reason"])
            given = self._store.save("assignments", given, entry)
        return self._named([self._store.find(edition, given["_id"])], ctx)[0]

    @rpc(writes=True)
    def end_assignment(self, edition: str, assignment: str, body: Input) -> None:
        """Take it back. Raises NotFound."""
        self._editions.find(edition)
        found = self._store.find(edition, assignment)
        entry = audit.entry("consultation.unassigned", _object(found), _facts(found), None, body["reason"])
        self._store.remove(found, entry)

    def _roles_of(self, account: str) -> list[str]:
        try:
            roles: list[str] = self._accounts.profile(account=account)["roles"]
        except NotFound:
            raise Invalid(
                "consultation.assignee_unknown", "No such account.", fields={"account": ["There is no such account."]}
            ) from None
        return roles

    def _named(self, rows: Sequence[Assignment], ctx: Context) -> list[JsonObject]:
        accounts = sorted({row["account"] for row in rows})
        names = {each["account"]: each["names"] for each in self._accounts.contacts(ids=accounts)} if accounts else {}
        return [{**self._shown(row, ctx), "names": names.get(row["account"])} for row in rows]

    def _shown(self, row: Assignment, ctx: Context) -> JsonObject:
        waits = row["role"] == rules.MODERATOR
        return {
            **row,
            "id": row["_id"],
            "title": None,
            "language": None,
            **(self._target(row, ctx) or {}),
            "page": rules.page_of(row),
            "waiting": self._comments.count_reported(row["target"]) if waits else 0,
        }

    def _target(self, row: Assignment, ctx: Context) -> JsonObject | None:
        """Title and language of the target; None where there is no such target."""
        kind = rules.BOUND_TO[row["role"]]
        try:
            if kind == "discussion":
                discussion = self._discussions.discussion(row["edition"], row["target"])
                return {"title": discussion["title"], "language": discussion["language"]}
            if kind == "meeting":
                meeting = self._meetings.find(self._editions.find(row["edition"]), row["target"])
                return {"title": languages.in_language(meeting["title"], ctx.locale)}
        except NotFound:
            return None
        return {} if row["target"] == row["edition"] else None


def _object(row: Assignment) -> str:
    return f"{rules.BOUND_TO[row['role']]}/{row['target']}"


def _facts(row: Assignment) -> JsonObject:
    return {"role": row["role"], "account": row["account"]}
