"""Entrypoints of saved searches."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, rpc, subscribe
from wsis_shared.erasure import Erasure

from wsis_stocktaking.use_cases.saved_searches import compose

Row = dict[str, Any]


class SavedSearchesEntrypoints(Service):
    """Saved searches."""

    saved_searches_cases = Composed(compose, calls=("accounts.profile",))

    @rpc
    def list_saved_searches(self, limit: int = 20, after: str | None = None) -> Row:
        """Own saved searches."""
        return self.saved_searches_cases.own.list_own(context.current(), limit, after)

    @rpc(writes=True)
    def save_search(self, body: Row) -> Row:
        """Save a search."""
        return self.saved_searches_cases.own.create(context.current(), body)

    @rpc
    def read_saved_search(self, search: str) -> Row:
        """An own saved search."""
        return self.saved_searches_cases.own.read(context.current(), search)

    @rpc(writes=True)
    def change_saved_search(self, search: str, body: Row) -> Row:
        """Change it."""
        return self.saved_searches_cases.own.change(context.current(), search, body)

    @rpc(writes=True)
    def remove_saved_search(self, search: str) -> None:
        """Forget it."""
        return self.saved_searches_cases.own.remove(context.current(), search)

    @rpc
    def show_unsubscription(self, search: str, code: str) -> Row:
        """The page with the button; changes nothing."""
        return self.saved_searches_cases.mails.page(context.current(), search, code)

    @rpc(writes=True)
    def unsubscribe_saved_search(self, search: str, code: str) -> Row:
        """Stop its mails."""
        return self.saved_searches_cases.mails.stop(context.current(), search, code)

    @rpc
    def write_saved_search_news(self, data: Row, account: str) -> Row:
        """The mail about new entries; called by notifications."""
        return self.saved_searches_cases.mails.write(data, account)

    @subscribe("accounts", "account_erased")
    def forget_saved_searches(self, event: Row) -> None:
        """Forget the searches of somebody who has left."""
        self.saved_searches_cases.own.forget(Erasure.of(event))

    @subscribe("accounts", "power_changed")
    def silence_saved_searches(self, event: Row) -> None:
        """Whoever is no agency any more has no events fired."""
        self.saved_searches_cases.own.check_owner(context.current(), event["data"]["account"], event["data"]["roles"])

    @every(15)
    def run_saved_searches(self) -> None:
        """Send mails and events about entries that newly fit."""
        self.saved_searches_cases.running.run_due(context.current().received_at)
