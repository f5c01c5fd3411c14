"""Saved searches: those of a member, their runs, their mails."""

from __future__ import annotations

import hmac
import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from wsis_shared import keys
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Forbidden, NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, rpc, subscribe
from wsis_shared.pages import page_url
from wsis_shared.parts import Parts
from wsis_shared.settings import Suite

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.saved_searches import rules
from wsis_stocktaking.saved_searches.events import SAVED_SEARCH_MATCHED, SAVED_SEARCH_NEWS
from wsis_stocktaking.saved_searches.former import found_formerly
from wsis_stocktaking.saved_searches.rules import FoundTitle, SavedSearch, SearchRun
from wsis_stocktaking.saved_searches.store import SavedSearches
from wsis_stocktaking.search import index
from wsis_stocktaking.search.index import SearchIndex
from wsis_stocktaking.search.rules import SearchQuery, parse

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class OwnCases:
    """What members do with searches of their own."""

    def __init__(self, searches: SavedSearches, register: Register) -> None:
        self._searches, self._register = searches, register

    @rpc
    def list_saved_searches(self, ctx: Context, limit: int = 20, after: str | None = None) -> JsonObject:
        """Those of the reader, the first one first."""
        return self._searches.of_owner(str(ctx.actor.id), after, limit).response(_response)

    @rpc(writes=True)
    def save_search(self, ctx: Context, body: Input) -> JsonObject:
        """A new one. What is public already is not new to it. Raises Invalid, Conflict, Forbidden."""
        owner = str(ctx.actor.id)
        if self._searches.count(owner) >= rules.MAX_SEARCHES:
            raise Conflict("stocktaking.too_many_saved_searches", most=rules.MAX_SEARCHES)
        made = rules.new_search(ctx.new_id("saved_search"), owner, self._register.head(), ctx.received_at)
        return _response(self._searches.put(self._changed(ctx, made, body)))

    @rpc
    def read_saved_search(self, ctx: Context, search: str) -> JsonObject:
        """One of the reader's. Raises NotFound."""
        return _response(self._own(ctx, search))

    @rpc(writes=True)
    def change_saved_search(self, ctx: Context, search: str, body: Input) -> JsonObject:
        """Another name, query, mail or event. Raises NotFound, Invalid, Forbidden."""
        return _response(self._searches.put(self._changed(ctx, self._own(ctx, search), body)))

    @rpc(writes=True)
    def remove_saved_search(self, ctx: Context, search: str) -> None:
        """Forget it. Raises NotFound."""
        self._searches.remove(self._own(ctx, search)["_id"])

    @subscribe("accounts", "power_changed")
    def silence_saved_searches(self, event: Input, ctx: Context) -> None:
        """These are the roles of an account that count now: without that of an agency its searches fire no events."""
        if rules.AGENCY in event["data"]["roles"]:
            return
        for saved in self._searches.firing(event["data"]["account"]):
            silent: SavedSearch = {**saved, "event": False}
            self._searches.put({**silent, "due_at": rules.first_run(silent, ctx.received_at)})

    @subscribe("accounts", "account_erased")
    def forget_saved_searches(self, erasure: Erasure) -> None:
        """Somebody erased their account."""
        self._searches.forget(erasure)

    def _own(self, ctx: Context, search: str) -> SavedSearch:
        found = self._searches.find(search)
        if found["owner"] != ctx.actor.id:
            raise NotFound("stocktaking.saved_search_unknown")
        return found

    def _changed(self, ctx: Context, saved: SavedSearch, body: Input) -> SavedSearch:
        if body["event"] and not ctx.actor.has(rules.AGENCY):
            raise Forbidden("stocktaking.events_for_agencies")
        parse(body["query"].get("q", ""))  # raises
        stays = saved["query"] == body["query"] and saved["due_at"] != rules.NEVER
        changed: SavedSearch = {
            **saved,
            "name": body["name"],
            "query": body["query"],
            "mail": body["mail"],
            "event": body["event"],
            "position": saved["position"] if stays else self._register.head(),
        }
        return {**changed, "due_at": rules.first_run(changed, ctx.received_at)}


def _response(saved: SavedSearch) -> JsonObject:
    return {**saved, "id": saved["_id"]}


BATCH = 200  # searches that are read at a time
PAGE = 500  # entries
LONGEST_DUE = timedelta(days=3650)  # since when a search may be due


class RunningCases:
    """Runs them."""

    def __init__(self, searches: SavedSearches, index: SearchIndex) -> None:
        self._searches, self._index = searches, index

    @every(15)
    def run_saved_searches(self, ctx: Context) -> int:
        """Run all that are due; returns how many. Each is a transaction of its own: its position is stored with its
        mail and event, so that nothing is sent twice and nothing left out. Raises Unavailable while the index is
        filled."""
        head, now, ran = self._index.position(), ctx.received_at, 0
        while due := self._searches.due(now, now - LONGEST_DUE, head, BATCH):
            for search in due:
                # Its owner may just have removed or changed it: then nothing of the run is stored.
                with suppress(NotFound, Conflict):
                    ran += in_transaction(partial(self._run, search, head, now))
                time.sleep(0)  # other greenlets of this process serve requests
            if len(due) < BATCH:
                break
        return ran

    def _run(self, search: str, head: int, now: datetime) -> int:
        saved = self._searches.find(search)
        if saved["position"] >= head or saved["due_at"] > now:
            return 0
        new = self._new(rules.query_of(saved), saved["position"], head)
        if new:
            self._announce(saved, new, head, now)
        due_at = rules.next_run(saved, now) if new or saved["mail"] == rules.DAILY else saved["due_at"]
        self._searches.put({**saved, "position": head, "due_at": due_at})
        return 1

    def _new(self, query: SearchQuery, after: int, until: int) -> list[Card]:
        found: list[Card] = []
        last = after
        while page := self._index.list_by_sequence(query, after=last, until=until, limit=PAGE):
            found += page
            last = page[-1]["sequence"]
            time.sleep(0)  # an import may have brought thousands
        revised = [card for card in found if card["revision"] > 1]
        former = self._searches.cards_at([card["entry"] for card in revised], after)
        return rules.newly_fit(found, found_formerly(query, former, revised))

    def _announce(self, saved: SavedSearch, new: list[Card], head: int, now: datetime) -> None:
        run = f"{saved['_id']}-{head}"
        events: list[PendingEvent] = []
        if saved["mail"] != rules.NONE:
            events.append(new_event(SAVED_SEARCH_NEWS, subject=saved["_id"], account=saved["owner"], run=run))
        if saved["event"]:
            ids = [card["entry"] for card in new[: rules.MAX_ENTRIES]]
            events.append(
                new_event(
                    SAVED_SEARCH_MATCHED,
                    subject=saved["_id"],
                    saved_search=saved["_id"],
                    entries=ids,
                    total=len(new),
                    after=saved["position"],
                    sequence=head,
                )
            )
        titles: list[FoundTitle] = [
            {"entry": card["entry"], "title": card["title"], "language": card["original_language"]}
            for card in reversed(new[-rules.MAX_TITLES :])
        ]
        kept: SearchRun = {
            "_id": run,
            "search": saved["_id"],
            "owner": saved["owner"],
            "at": now,
            "total": len(new),
            "entries": titles,
        }
        self._searches.add_run(kept, *events)


_PURPOSE, _LENGTH = "stocktaking saved search", 32


class MailCases:
    """`host` is that of the suite, for the ids of lists."""

    def __init__(self, searches: SavedSearches, accounts: ServiceProxy, *, host: str) -> None:
        self._searches, self._accounts, self._host = searches, accounts, host

    @rpc
    def write_saved_search_news(self, data: Input, account: str) -> JsonObject:
        """What the mail of a run says. Raises NotFound where nobody wants it any more: the search is gone or sends no
        mails, or its owner is blocked."""
        run = self._searches.run(data["run"])
        saved = self._searches.find(run["search"])
        if saved["owner"] != account or saved["mail"] == rules.NONE:
            raise NotFound("stocktaking.nothing_to_mail")
        profile = self._accounts.profile(account=account)
        if profile.get("blocked"):
            raise NotFound("stocktaking.nothing_to_mail")
        entries = [
            {"entry": row["entry"], "title": row["title"].get(profile["locale"]) or row["title"][row["language"]]}
            for row in run["entries"]
        ]
        search, code = saved["_id"], key_of(saved["_id"])
        return {
            "name": saved["name"],
            "total": run["total"],
            "entries": entries,
            "more": run["total"] - len(entries),
            "url": _url_of(saved),
            "stop": page_url(f"/searches/{search}/unsubscribe/{code}", profile["locale"]),
            "headers": {"List-Id": f"<{saved['_id']}.searches.{self._host}>"},
        }

    @rpc
    def read_unsubscription(self, search: str, code: str) -> JsonObject:
        """What the link of a mail stops. Raises NotFound."""
        saved = self._of_key(search, code)
        return {"name": saved["name"], "mail": saved["mail"]}

    @rpc(writes=True)
    def unsubscribe_saved_search(self, search: str, code: str) -> JsonObject:
        """No more mails of a search. Whoever has the key of its mails may say so. Raises NotFound."""
        saved = self._of_key(search, code)
        stopped: SavedSearch = {**saved, "mail": rules.NONE}
        if not saved["event"]:
            stopped["due_at"] = rules.NEVER
        return self._searches.put(stopped)

    def _of_key(self, search: str, key: str) -> SavedSearch:
        if not hmac.compare_digest(key.encode(), key_of(search).encode()):
            raise NotFound("stocktaking.saved_search_unknown")
        return self._searches.find(search)


def key_of(search: str) -> str:
    """The key in the links of a search's mails."""
    return keys.digest(_PURPOSE, search)[:_LENGTH]


def _url_of(saved: SavedSearch) -> str:
    """The address of the search."""
    kept = {name: value if name == "q" else ",".join(value) for name, value in saved["query"].items() if value}
    return f"page:/register?{urlencode({**kept, 'sort': 'newest'}, safe=',')}"


def compose(parts: Parts) -> tuple[OwnCases, RunningCases, MailCases]:
    """The use cases with their collaborators; called once per process."""
    register, searches = Register(parts.db), SavedSearches(parts.db)
    host = urlsplit(Suite.load().public_url).hostname or "localhost"
    return (
        OwnCases(searches, register),
        RunningCases(searches, index.of_process(register)),
        MailCases(searches, parts.client("accounts"), host=host),
    )
