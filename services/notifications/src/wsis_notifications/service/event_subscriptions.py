"""Entrypoints. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from functools import partial
from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, rpc, subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.mongo import in_transaction

from wsis_notifications.use_cases.event_subscriptions import compose

Row = dict[str, Any]


class EventSubscriptionsEntrypoints(Service):
    """Subscriptions of agencies to public events: webhooks and queues."""

    event_subscriptions = Composed(compose)

    @rpc
    def list_event_subscriptions(self, limit: int = 20, after: str | None = None) -> Row:
        """Subscriptions that the actor may see."""
        return self.event_subscriptions.page(context.current(), limit, after)

    @rpc(writes=True, store_response=False)
    def create_event_subscription(self, body: Row) -> Row:
        """Subscribe."""
        return in_transaction(partial(self.event_subscriptions.create, context.current(), body))

    @rpc
    def read_event_subscription(self, subscription: str) -> Row:
        """One of them."""
        return self.event_subscriptions.read(context.current(), subscription)

    @rpc(writes=True)
    def change_event_subscription(self, subscription: str, body: Row) -> Row:
        """Change it."""
        return self.event_subscriptions.change(context.current(), subscription, body)

    @rpc(writes=True)
    def remove_event_subscription(self, subscription: str) -> None:
        """End it."""
        return self.event_subscriptions.remove(context.current(), subscription)

    @rpc(writes=True)
    def pause_event_subscription(self, subscription: str) -> Row:
        """Send nothing for now."""
        return self.event_subscriptions.pause(context.current(), subscription)

    @rpc(writes=True)
    def resume_event_subscription(self, subscription: str) -> Row:
        """Go on."""
        return self.event_subscriptions.resume(context.current(), subscription)

    @rpc(writes=True, store_response=False)
    def rotate_event_secret(self, subscription: str) -> Row:
        """A new secret, beside the former one."""
        return in_transaction(partial(self.event_subscriptions.rotate, context.current(), subscription))

    @rpc(writes=True)
    def test_event_subscription(self, subscription: str) -> Row:
        """Have a test event sent."""
        return self.event_subscriptions.deliveries.test(context.current(), subscription)

    @rpc(writes=True)
    def replay_events(self, subscription: str, body: Row) -> Row:
        """Have former events sent again."""
        return self.event_subscriptions.deliveries.replay(context.current(), subscription, body)

    @rpc
    def list_delivery_attempts(self, subscription: str, limit: int = 20, after: str | None = None) -> Row:
        """Requests to its receiver."""
        return self.event_subscriptions.deliveries.attempts(context.current(), subscription, limit, after)

    @rpc
    def list_pending_deliveries(
        self, subscription: str, limit: int = 20, after: str | None = None, state: str | None = None
    ) -> Row:
        """What its receiver has not taken."""
        return self.event_subscriptions.deliveries.pending(context.current(), subscription, state, limit, after)

    @rpc(writes=True)
    def requeue_deliveries(self, subscription: str, body: Row) -> Row:
        """Have dead deliveries tried again."""
        return self.event_subscriptions.deliveries.requeue(context.current(), subscription, body["sequences"])

    @rpc
    def list_event_keys(self) -> Row:
        """Public keys."""
        return self.event_subscriptions.keys()

    @every(15, singleton=False)
    def measure_receivers(self) -> None:
        """Those that take nothing, for whoever watches by machine."""
        self.event_subscriptions.measure()

    @subscribe("accounts", "account_erased")
    def forget_event_subscriptions(self, event: Row) -> None:
        """End the subscriptions of somebody who has left."""
        self.event_subscriptions.forget(Erasure.of(event))

    @subscribe("accounts", "power_changed")
    def check_subscription_owner(self, event: Row) -> None:
        """Whoever may not subscribe any more gets no more."""
        self.event_subscriptions.check_owner(event["data"]["account"], event["data"]["roles"])
