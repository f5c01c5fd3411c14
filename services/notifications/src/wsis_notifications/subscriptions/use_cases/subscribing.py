"""Subscribing with a double opt-in: the form, its mail, the confirmation.

Known and unknown addresses are treated alike: the same reads, one write, one event, one response, and the same time.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mail_counts import MailCounts
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc
from wsis_shared.sentences import Sentences

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.rules.mailable import mailable
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key, tag_key
from wsis_notifications.mails.rules.unsubscription import Unsubscription, headers
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.rules import requests, subscribers
from wsis_notifications.subscribers.rules.requests import SubscriptionRequest
from wsis_notifications.subscribers.rules.subscribers import Consent, Subscriber
from wsis_notifications.subscribers.rules.tokens import (
    confirmation_path,
    preferences_path,
    read_confirmation,
)
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests
from wsis_notifications.subscriptions import events

LIST = "newsletter"
MIN_RESPONSE_TIME = timedelta(milliseconds=50)  # so that the time of a response tells nothing of the address
say = Sentences("wsis_notifications", "newsletter")


class SubscribingCases:
    """`secret` signs the links in mails."""

    def __init__(
        self,
        subscribers: Subscribers,
        requests: SubscriptionRequests,
        tag_mails: MailCounts,
        suppressions: Suppressions,
        settings: Settings,
        secret: str,
    ) -> None:
        self._subscribers, self._requests, self._tag_mails = subscribers, requests, tag_mails
        self._suppressions, self._settings, self._secret = suppressions, settings, secret

    @rpc(writes=True, at_least=MIN_RESPONSE_TIME)
    def subscribe_newsletter(self, ctx: Context, body: Input) -> JsonObject:
        """Have a mail sent to the address: to confirm, or with the link to the preferences of a reader. Raises
        Invalid."""
        email = mailable(body["email"], smtputf8=self._settings.mail_smtputf8)
        typed = {**{name: body[name] for name in subscribers.PROFILE}, "email": email, "locale": body["language"]}
        self._ask(ctx, address_key(email), typed)
        return {"message": say("on_its_way", ctx.locale)}

    def _ask(self, ctx: Context, key: str, typed: Input) -> None:
        reader, known = self._subscribers.by_key(key), self._requests.find(key)
        is_reader = reader is not None and reader["state"] == subscribers.ACTIVE
        asked = requests.ask(
            known,
            key,
            uuid.uuid4().hex,
            typed,
            ctx.received_at,
            is_reader=is_reader,
        )
        if asked is not None and self._tag_allows(ctx, typed["email"], is_reader=is_reader):
            self._requests.put(asked, events.requested(asked["request"], is_reader=is_reader))

    def _tag_allows(self, ctx: Context, email: str, *, is_reader: bool) -> bool:
        """Count a mail to a tagged address with those to its mailbox's other tags. A reader has their own limit."""
        key = tag_key(email)
        return key is None or self._tag_mails.take([key], ctx.received_at) or is_reader

    @rpc
    def write_subscription_mail(self, ctx: Context, data: Input, account: str | None = None) -> JsonObject:
        """The address and the link of a mail, when it is written. Raises NotFound where it is not needed any more, or
        an officer has suppressed the address."""
        request = self._requests.of_id(str(data["request"]))
        if request is None or not requests.is_writable(request, ctx.received_at):
            raise NotFound("notifications.nothing_to_mail")
        if self._suppressions.among([request["_id"]]).get(request["_id"]) == suppression.OFFICER:
            raise NotFound("notifications.nothing_to_mail")
        if request["state"] == requests.REPEATED:
            return self._mail_to_reader(request)
        typed = request["typed"] or {}
        # No names: anybody can type anything into the form, and would have us mail it to anybody.
        contact = {"email": typed["email"], "names": "", "locale": typed["locale"]}
        known = self._subscribers.by_key(request["_id"])
        return {
            "contact": contact,
            "url": f"page:{confirmation_path(request['request'], self._secret)}",
            "consent": say("consent", typed["locale"]),
            "days": requests.KEPT.days,
            "headers": self._headers(known["_id"] if known is not None else request["request"]),
        }

    def _mail_to_reader(self, request: SubscriptionRequest) -> JsonObject:
        reader = self._subscribers.by_key(request["_id"])
        if reader is None or reader["state"] != subscribers.ACTIVE:
            raise NotFound("notifications.nothing_to_mail")
        names = f"{reader['first_name']} {reader['last_name']}".strip()
        return {
            "contact": {"email": reader["email"], "names": names, "locale": reader["language"]},
            "url": f"page:{preferences_path(reader['_id'], self._secret)}",
            "headers": self._headers(reader["_id"]),
        }

    @rpc
    def read_confirmation(self, token: str) -> JsonObject:
        """What the page of a link asks, also where its button was pressed before. Raises NotFound."""
        request = self.pending(token)
        if not request["typed"]:
            self.reader_of(request)
            return {"confirmed": True, "email": None}
        return {"confirmed": False, "email": request["typed"]["email"]}

    def pending(self, token: str) -> SubscriptionRequest:
        """The request of a link. Raises NotFound."""
        id = read_confirmation(token, self._secret)
        request = self._requests.of_id(id) if id else None
        if request is None or request["state"] not in (requests.PENDING, requests.CONFIRMED):
            raise NotFound("notifications.link_invalid")
        return request

    def reader_of(self, request: SubscriptionRequest) -> Subscriber:
        """Who confirmed a request. Raises NotFound where they have left since, were erased, or their mailbox is gone:
        only a new request brings them back."""
        reader = self._subscribers.by_key(request["_id"])
        if reader is None or reader["state"] != subscribers.ACTIVE:
            raise NotFound("notifications.link_invalid")
        return reader

    def confirm(self, ctx: Context, token: str) -> Subscriber:
        """Make the reader of a request; a repeat changes nothing. Returns the reader. Raises NotFound."""
        return in_transaction(partial(self._confirm, ctx, token))

    def _confirm(self, ctx: Context, token: str) -> Subscriber:
        request, at = self.pending(token), ctx.received_at
        if request["state"] == requests.CONFIRMED:
            return self.reader_of(request)
        known = self._subscribers.by_key(request["_id"])
        typed = request["typed"] or {}
        consent: Consent = {
            "at": at,
            "source": "form",
            "text_version": subscribers.CONSENT_VERSION,
            "requested_at": request["requested_at"],
        }
        # The id of the request: the link in its mail ends the subscription too.
        made = subscribers.new(request["request"], request["_id"], typed["email"], typed, consent, at)
        reader = subscribers.confirmed(known, made)
        self._subscribers.change(known, reader, at)
        self._requests.put(requests.confirm(request, at))
        # They read their mail and want ours: only an officer's reason outlasts that.
        reason = self._suppressions.among([request["_id"]]).get(request["_id"])
        if reason not in (None, suppression.OFFICER):
            self._suppressions.remove(request["_id"], at)
        return reader

    def _headers(self, id: str) -> dict[str, str]:
        settings = self._settings
        if not settings.public_url.startswith("https://"):  # as RFC 8058 demands: on a machine of one's own, none
            return {}
        host = settings.mail_domain or settings.mail_from.rpartition("@")[2].rstrip(">")
        return headers(
            Unsubscription("subscriber", id, LIST),
            secret=self._secret,
            public_url=settings.public_url,
            domain=settings.mail_domain,
            host=host,
        )
