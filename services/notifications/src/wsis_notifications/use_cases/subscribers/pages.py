"""Pages behind the links in mails: opening one changes nothing, its buttons do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared.context import Context

from wsis_notifications import reader_pages
from wsis_notifications.domain.subscription_tokens import preferences_path
from wsis_notifications.use_cases.subscribers.preferences import PreferencesCases
from wsis_notifications.use_cases.subscribers.subscribing import SubscribingCases

Page = dict[str, str]


class PagesCases:
    """HTML over the other use cases."""

    def __init__(self, subscribing: SubscribingCases, preferences: PreferencesCases, secret: str) -> None:
        self._subscribing, self._preferences, self._secret = subscribing, preferences, secret

    def ask_to_confirm(self, token: str) -> Page:
        """The page with the button, also where it was pressed before. Raises NotFound."""
        request = self._subscribing.pending(token)
        if not request["typed"]:
            return self._confirmed(self._subscribing.reader_of(request))
        return _page(reader_pages.confirmation(request["typed"]["email"], request["typed"]["locale"]))

    def confirm(self, ctx: Context, token: str) -> Page:
        """The button was pressed. Raises NotFound."""
        return self._confirmed(self._subscribing.confirm(ctx, token))

    def show(self, token: str) -> Page:
        """The form of the preferences. Raises NotFound."""
        return _page(reader_pages.preferences(self._preferences.reader(token)))

    def submit(self, ctx: Context, token: str, form: Mapping[str, Any]) -> Page:
        """One of its buttons was pressed. Raises NotFound."""
        reader = self._preferences.reader(token)
        if form["action"] == "erase":
            self._preferences.erase_own(ctx, token)
            return _page(reader_pages.notice("erased", reader["language"]))
        if form["action"] == "leave":
            self._preferences.leave(ctx, token)
            return _page(reader_pages.preferences(self._preferences.reader(token), "left"))
        if "topics" not in form:  # a form has no field for a list in which nothing is chosen
            return _page(reader_pages.preferences(reader, "topic_needed"))
        self._preferences.choose(ctx, token, form)
        return _page(reader_pages.preferences(self._preferences.reader(token), "saved"))

    def _confirmed(self, reader: Mapping[str, Any]) -> Page:
        link = preferences_path(reader["_id"], self._secret)
        return _page(reader_pages.notice("confirmed", reader["language"], link, "preferences_link"))


def _page(html: str) -> Page:
    return {"text": html, "filename": "newsletter.html"}
