"""What members do with their saved searches."""

from __future__ import annotations

from typing import Any

from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.operations import rpc, subscribe

from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.saved_searches import errors, rules
from wsis_stocktaking.saved_searches.store import SavedSearch, SavedSearches
from wsis_stocktaking.search.rules import parse

Row = dict[str, Any]


class OwnCases:
    """`most`: saved searches of an account."""

    def __init__(self, searches: SavedSearches, register: Register, *, most: int) -> None:
        self._searches, self._register, self._most = searches, register, most

    @rpc
    def list_saved_searches(self, ctx: Context, limit: int = 20, after: str | None = None) -> Row:
        """Those of the reader, the first one first."""
        return self._searches.of_owner(str(ctx.actor.id), after, limit).response(_response)

    @rpc(writes=True)
    def save_search(self, ctx: Context, body: Row) -> Row:
        """A new one. What is public already is not new to it. Raises Invalid, Conflict, Forbidden."""
        owner = str(ctx.actor.id)
        if self._searches.count(owner) >= self._most:
            raise errors.too_many_saved_searches(self._most)
        made = {"_id": ctx.new_id("saved_search"), "owner": owner, "created_at": ctx.received_at}
        return _response(self._searches.put(self._changed(ctx, made, body)))

    @rpc
    def read_saved_search(self, ctx: Context, search: str) -> Row:
        """One of the reader's. Raises NotFound."""
        return _response(self._own(ctx, search))

    @rpc(writes=True)
    def change_saved_search(self, ctx: Context, search: str, body: Row) -> Row:
        """Another name, query, mail or event. Raises NotFound, Invalid, Forbidden."""
        return _response(self._searches.put(self._changed(ctx, self._own(ctx, search), body)))

    @rpc(writes=True)
    def remove_saved_search(self, ctx: Context, search: str) -> None:
        """Forget it. Raises NotFound."""
        self._searches.remove(self._own(ctx, search)["_id"])

    @subscribe("accounts", "power_changed")
    def silence_saved_searches(self, event: Row, ctx: Context) -> None:
        """These are the roles of an account that count now: without that of an agency its searches fire no events."""
        if rules.AGENCY in event["data"]["roles"]:
            return
        for saved in self._searches.firing(event["data"]["account"]):
            silent = {**saved, "event": False}
            self._searches.put({**silent, "due_at": rules.first_run(silent, ctx.received_at)})

    @subscribe("accounts", "account_erased")
    def forget_saved_searches(self, erasure: Erasure) -> None:
        """Somebody erased their account."""
        self._searches.forget(erasure)

    def _own(self, ctx: Context, search: str) -> SavedSearch:
        found = self._searches.find(search)
        if found["owner"] != ctx.actor.id:
            raise errors.saved_search_unknown()
        return found

    def _changed(self, ctx: Context, saved: SavedSearch, body: Row) -> SavedSearch:
        if body["event"] and not ctx.actor.has(rules.AGENCY):
            raise errors.events_for_agencies()
        parse(body["query"].get("q", ""))  # raises
        sleeping = saved.get("due_at") == rules.NEVER
        stays = saved.get("query") == body["query"] and not sleeping
        changed = {**saved, **body, "position": saved["position"] if stays else self._register.head()}
        return {**changed, "due_at": rules.first_run(changed, ctx.received_at)}


def _response(saved: SavedSearch) -> Row:
    return {**saved, "id": saved["_id"]}
