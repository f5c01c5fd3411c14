"""Mails of saved searches: what they say, and how they stop."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlencode

from wsis_shared import keys
from wsis_shared.context import Context
from wsis_shared.operations import rpc
from wsis_shared.page_templates import page_template
from wsis_shared.reference import language
from wsis_shared.sentences import Sentences

from wsis_stocktaking.saved_searches import errors, rules
from wsis_stocktaking.saved_searches.store import SavedSearch, SavedSearches

Row = dict[str, Any]
_say = Sentences("wsis_stocktaking", "unsubscription")
_PURPOSE, _LENGTH = "stocktaking saved search", 32


class MailCases:
    """`public_url` is that of the suite, `host` its host, for the ids of lists."""

    def __init__(self, searches: SavedSearches, accounts: Any, *, public_url: str, host: str) -> None:
        self._searches, self._accounts, self._public_url, self._host = searches, accounts, public_url, host

    @rpc
    def write_saved_search_news(self, data: Row, account: str) -> Row:
        """What the mail of a run says. Raises NotFound where nobody wants it any more: the search is gone or sends no
        mails, or its owner is blocked."""
        run = self._searches.run(data["run"])
        saved = self._searches.find(run["search"])
        if saved["owner"] != account or saved["mail"] == rules.NONE:
            raise errors.nothing_to_mail()
        profile = self._accounts.profile(account=account)
        if profile.get("blocked"):
            raise errors.nothing_to_mail()
        entries = [
            {"entry": row["entry"], "title": row["title"].get(profile["locale"]) or row["title"][row["language"]]}
            for row in run["entries"]
        ]
        stop = f"{self._public_url}/v1/saved-searches/{saved['_id']}/unsubscription/{key_of(saved['_id'])}"
        return {
            "name": saved["name"],
            "total": run["total"],
            "entries": entries,
            "more": run["total"] - len(entries),
            "url": _url_of(saved),
            "stop": stop,
            "headers": {"List-Id": f"<{saved['_id']}.searches.{self._host}>"},
        }

    @rpc
    def show_unsubscription(self, ctx: Context, search: str, code: str) -> Row:
        """The page with the button; changes nothing. Raises NotFound."""
        return _page(ctx.locale, self._of_key(search, code), done=False)

    @rpc(writes=True)
    def unsubscribe_saved_search(self, ctx: Context, search: str, code: str) -> Row:
        """No more mails of a search. Whoever has the key of its mails may say so. Raises NotFound."""
        saved = self._of_key(search, code)
        stopped = {**saved, "mail": rules.NONE}
        if not saved["event"]:
            stopped["due_at"] = rules.NEVER
        self._searches.put(stopped)
        return _page(ctx.locale, saved, done=True)

    def _of_key(self, search: str, key: str) -> SavedSearch:
        if not hmac.compare_digest(key.encode(), key_of(search).encode()):
            raise errors.saved_search_unknown()
        return self._searches.find(search)


def key_of(search: str) -> str:
    """The key in the links of a search's mails."""
    return keys.digest(_PURPOSE, search)[:_LENGTH]


def _page(locale: str, saved: SavedSearch, *, done: bool) -> Row:
    text = page_template("wsis_stocktaking", "saved_searches", "unsubscription.html").render(
        locale=locale,
        direction=language(locale).direction,
        name=saved["name"],
        done=done,
        question=_say("question", locale),
        button=_say("button", locale),
        stopped=_say("stopped", locale),
    )
    return {"text": text, "filename": "unsubscription.html"}


def _url_of(saved: SavedSearch) -> str:
    """The address of the search."""
    kept = {name: value if name == "q" else ",".join(value) for name, value in saved["query"].items() if value}
    return f"/v1/entries?{urlencode({**kept, 'sort': 'newest'}, safe=',')}"
