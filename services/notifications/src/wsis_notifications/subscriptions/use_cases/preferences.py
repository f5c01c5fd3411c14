"""What readers do by the links in their mails: choose, leave, be erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc, subscribe

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.subscribers.rules import requests, subscribers
from wsis_notifications.subscribers.rules.subscribers import Subscriber
from wsis_notifications.subscribers.rules.tokens import preferences_token, read_preferences
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests

_OWNER = "owner of the address"
Leaving = Callable[[str], None]
"""Gets the id of a reader who leaves."""


class PreferencesCases:
    """`leaving` runs in the transaction in which a reader leaves: what is queued for them is skipped."""

    def __init__(
        self,
        subscribers: Subscribers,
        requests: SubscriptionRequests,
        suppressions: Suppressions,
        secret: str,
        leaving: Sequence[Leaving] = (),
    ) -> None:
        self._subscribers, self._requests, self._suppressions = subscribers, requests, suppressions
        self._secret, self._leaving = secret, tuple(leaving)

    @rpc
    def read_newsletter_preferences(self, token: str) -> JsonObject:
        """The preferences of the reader of a link. Raises NotFound."""
        return self._response(self.reader(token))

    @rpc
    def open_newsletter_preferences(self, body: Input) -> JsonObject:
        """The same, by a token in the body. Raises NotFound."""
        return self._response(self.reader(body["token"]))

    def token_of(self, reader: Subscriber) -> str:
        """The token in the links of a reader's mails."""
        return preferences_token(reader["_id"], self._secret)

    def reader(self, token: str) -> Subscriber:
        """The reader of a link. Raises NotFound."""
        id = read_preferences(token, self._secret)
        found = self._subscribers.find(id) if id else None
        if found is None:
            raise NotFound("notifications.link_invalid")
        return found

    @rpc(writes=True, store_response=False)
    def change_newsletter_preferences(self, ctx: Context, token: str, body: Input) -> JsonObject:
        """Another language, format or topics. Raises NotFound."""
        return in_transaction(partial(self._choose, ctx, token, body))

    def _choose(self, ctx: Context, token: str, choices: Input) -> JsonObject:
        reader = self.reader(token)
        chosen = subscribers.changed(reader, choices)
        self._subscribers.change(reader, chosen, ctx.received_at)
        return self._response(chosen)

    @rpc(writes=True, store_response=False)
    def leave_newsletter(self, token: str) -> JsonObject:
        """Unsubscribe. Raises NotFound."""
        self.unsubscribe(self.reader(token)["_id"])
        return self.read_newsletter_preferences(token)

    @rpc(writes=True)
    def erase_own_subscription(self, token: str) -> None:
        """Erase the reader of a link. Raises NotFound."""
        in_transaction(lambda: self._erase(self.reader(token), "reader"))

    # -- by others ----------------------------------------------------------------------------------------------------

    def unsubscribe(self, id: str) -> None:
        """No newsletter for a reader from now on; idempotent. `id` is that of the reader or of their request, as in the
        mail of a confirmation, whose link confirms nothing any more. Nothing where it is unknown: they get nothing."""
        in_transaction(partial(self._unsubscribe, id))

    def _unsubscribe(self, id: str) -> None:
        at, reader = clock.now(), self._subscribers.find(id)
        request = self._requests.find(reader["email_key"]) if reader is not None else self._requests.of_id(id)
        if reader is None and request is not None and request["state"] == requests.CONFIRMED:
            reader = self._subscribers.by_key(request["_id"])
        if reader is not None:
            left = subscribers.unsubscribed(reader, at)
            if left is not reader:
                self._subscribers.change(reader, left, at)
            self._leave(reader["_id"])
        if request is not None and request["state"] == requests.PENDING:
            self._requests.put(requests.withdraw(request, at))

    @rpc(writes=True)
    def erase_subscriber(self, subscriber: str, body: Input) -> None:
        """An officer erases a reader, audited. Raises NotFound."""
        in_transaction(partial(self._erase_by_officer, subscriber, body["reason"]))

    def _erase_by_officer(self, id: str, reason: str) -> None:
        self._requests.record(audit.entry("notifications.subscriber_erased", f"subscriber/{id}", reason=reason))
        self._erase(self._subscribers.read(id), "officer")

    @subscribe("accounts", "address_erased")
    def forget_reader(self, erasure: Erasure) -> None:
        """Who has an address erases it everywhere; whoever subscribed with it since, stays. Call it in a
        transaction."""
        key = address_key(str(erasure.address))
        reader, request = self._subscribers.by_key(key), self._requests.find(key)
        if reader is not None:
            if erasure.reaches(reader["consent"]["at"]):
                self._erase(reader, _OWNER)
        elif request is None or erasure.reaches(request["requested_at"]):
            self._forget_address(key, _OWNER)  # a list with it may be on its way

    def _erase(self, reader: Subscriber, source: str) -> None:
        self._subscribers.change(reader, None, clock.now())
        self._forget_address(reader["email_key"], source)
        self._leave(reader["_id"])

    def _forget_address(self, key: str, source: str) -> None:
        """Nothing stays but the keyed hash, so that no import brings the address back."""
        self._requests.remove(key)
        self._suppressions.add(key, suppression.UNSUBSCRIBED, clock.now(), f"erased by {source}")

    def _leave(self, id: str) -> None:
        for leave in self._leaving:
            leave(id)

    def _response(self, reader: Subscriber) -> JsonObject:
        shown = {"email": subscribers.masked(reader["email"]), "consented_at": reader["consent"]["at"]}
        return {**reader, **shown, "token": self.token_of(reader)}
