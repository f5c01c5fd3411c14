"""Use cases: what readers of the newsletter do themselves."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared.context import Context
from wsis_shared.json_types import JsonObject
from wsis_shared.keys import mailbox_secret
from wsis_shared.mail_counts import MailCounts
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_notifications.addresses.store.suppressions import Suppressions
from wsis_notifications.campaigns.use_cases.withdrawal import Withdrawal
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.rules.requests import MAILS
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests
from wsis_notifications.subscriptions.use_cases.preferences import PreferencesCases
from wsis_notifications.subscriptions.use_cases.subscribing import LIST, SubscribingCases


@dataclass(frozen=True)
class SubscriptionsCases:
    """All of them, one per process."""

    subscribing: SubscribingCases
    preferences: PreferencesCases

    @rpc(writes=True, store_response=False)
    def confirm_subscription(self, ctx: Context, token: str) -> JsonObject:
        """Make the reader of a request, and show their preferences with the token for them. Raises NotFound."""
        reader = self.subscribing.confirm(ctx, token)
        return self.preferences.read_newsletter_preferences(self.preferences.token_of(reader))

    def unsubscribe(self, id: str, list: str) -> None:
        """By one click or by mail: `id` is a subscriber, or the request of an opt-in mail. Idempotent; joins the
        transaction that is open."""
        if list == LIST:
            self.preferences.unsubscribe(id)


def compose(parts: Parts) -> tuple[SubscriptionsCases, SubscribingCases, PreferencesCases]:
    """The use cases with their collaborators; called once per process."""
    cases = compose_subscriptions(parts)
    return cases, cases.subscribing, cases.preferences


def compose_subscriptions(parts: Parts) -> SubscriptionsCases:
    """What ends a subscription, for the mails that bring the wish for it."""
    subscribers, requests, suppressions = Subscribers(parts.db), SubscriptionRequests(parts.db), Suppressions(parts.db)
    tag_mails = MailCounts(parts.db, "subscription_tag_mails", MAILS)
    secret = mailbox_secret()
    settings = Settings.load()
    subscribing = SubscribingCases(subscribers, requests, tag_mails, suppressions, settings, secret)
    preferences = PreferencesCases(subscribers, requests, suppressions, secret, leaving=(Withdrawal(parts.db),))
    return SubscriptionsCases(subscribing, preferences)
