"""Pages behind the links in mails: opening one changes nothing, its buttons do."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_notifications.subscribers.rules.subscribers import Subscriber
from wsis_notifications.subscribers.rules.tokens import preferences_path
from wsis_notifications.subscriptions import reader_pages
from wsis_notifications.subscriptions.use_cases.preferences import PreferencesCases
from wsis_notifications.subscriptions.use_cases.subscribing import SubscribingCases

Page = dict[str, str]


class PagesCases:
    """HTML over the other use cases."""

    def __init__(self, subscribing: SubscribingCases, preferences: PreferencesCases, secret: str) -> None:
        self._subscribing, self._preferences, self._secret = subscribing, preferences, secret

    @rpc
    def show_confirmation(self, token: str) -> Page:
        """The page with the button, also where it was pressed before. Raises NotFound."""
        request = self._subscribing.pending(token)
        if not request["typed"]:
            return self._confirmed(self._subscribing.reader_of(request))
        return _page(reader_pages.confirmation(request["typed"]["email"], request["typed"]["locale"]))

    @rpc(writes=True, store_response=False)
    def press_confirmation(self, ctx: Context, token: str) -> Page:
        """The button was pressed. Raises NotFound."""
        return self._confirmed(self._subscribing.confirm(ctx, token))

    @rpc
    def show_newsletter_preferences(self, token: str) -> Page:
        """The form of the preferences. Raises NotFound."""
        return _page(reader_pages.preferences(self._preferences.reader(token)))

    @rpc(writes=True, store_response=False)
    def submit_newsletter_preferences(self, ctx: Context, token: str, body: Input) -> Page:
        """One of its buttons was pressed. Raises NotFound."""
        reader = self._preferences.reader(token)
        if body["action"] == "erase":
            self._preferences.erase_own_subscription(token)
            return _page(reader_pages.notice("erased", reader["language"]))
        if body["action"] == "leave":
            self._preferences.leave_newsletter(token)
            return _page(reader_pages.preferences(self._preferences.reader(token), "left"))
        if "topics" not in body:  # a form has no field for a list in which nothing is chosen
            return _page(reader_pages.preferences(reader, "topic_needed"))
        self._preferences.change_newsletter_preferences(ctx, token, body)
        return _page(reader_pages.preferences(self._preferences.reader(token), "saved"))

    def _confirmed(self, reader: Subscriber) -> Page:
        link = preferences_path(reader["_id"], self._secret)
        return _page(reader_pages.notice("confirmed", reader["language"], link, "preferences_link"))


def _page(html: str) -> Page:
    return {"text": html, "filename": "newsletter.html"}
