"""Subscribing, and what becomes of a subscription."""

from __future__ import annotations

from functools import partial

from prometheus_client import Gauge
from wsis_shared.context import Context
from wsis_shared.destinations import DestinationRefused, read_destination
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Forbidden
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, rpc, subscribe

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import Lanes
from wsis_agencies.event_subscriptions import errors
from wsis_agencies.event_subscriptions.rules import secrets
from wsis_agencies.event_subscriptions.rules import subscriptions as rules
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription
from wsis_agencies.event_subscriptions.store.secrets import new_secret, rotated, sealed
from wsis_agencies.event_subscriptions.use_cases.access import Access
from wsis_agencies.event_subscriptions.use_cases.readers import QueueReaders

FAILING = Gauge("wsis_webhooks_failing", "Webhooks in use that have taken nothing since they first failed")
FULL = Gauge("wsis_agency_queues_full", "Queues in use that take no more, as nobody reads them")


class EventSubscriptionsCases:
    """One per process."""

    def __init__(self, access: Access, lanes: Lanes, readers: QueueReaders, allow_loopback: bool) -> None:
        self._access, self._lanes, self._readers, self._allow_loopback = access, lanes, readers, allow_loopback

    @rpc
    def list_event_subscriptions(self, ctx: Context, limit: int = 20, after: str | None = None) -> JsonObject:
        """Those that the actor may see, the first one first."""
        owner = None if not rules.STAFF.isdisjoint(ctx.actor.roles) else ctx.actor.id
        page = self._access.subscriptions.page(owner, after, limit)
        return {"items": self._access.responses(page.rows), "next": page.next}

    @rpc
    def read_event_subscription(self, ctx: Context, subscription: str) -> JsonObject:
        """One of them. Raises NotFound."""
        return self._access.response(self._access.find(ctx, subscription))

    @rpc(writes=True, store_response=False)
    def create_event_subscription(self, ctx: Context, body: Input) -> JsonObject:
        """Subscribe. No response is stored, as it has a secret: a repeat under the same Idempotency-Key gets another.
        Raises Invalid, Conflict, Gone."""
        return in_transaction(partial(self._create, ctx, body))

    def _create(self, ctx: Context, body: Input) -> JsonObject:
        owner, id_ = str(ctx.actor.id), ctx.new_id("event-subscription")
        if self._access.subscriptions.exists(id_):
            return self._rotate(ctx, id_)
        if self._access.subscriptions.count(owner) >= rules.MAX_PER_OWNER:
            raise Conflict("notifications.too_many_event_subscriptions", most=rules.MAX_PER_OWNER)
        position = self._access.position(body["start"])
        secret = new_secret()
        is_webhook = body["channel"] == "webhook"
        row = rules.with_handshake(
            {
                "_id": id_,
                "owner": owner,
                "agency": ctx.actor.agency,
                "name": body["name"],
                "channel": body["channel"],
                "url": self._url(body["channel"], body["url"]),
                "filters": body["filters"],
                "agreed": None,
                "interval": 0.0,
                "secrets": [sealed(id_, secret)] if is_webhook else [],
                "test": None,
                "created_at": ctx.received_at,
                "state": "pending",
                "reason": None,
            },
            ctx.received_at,
        )
        saved = self._access.put(ctx, row, "created")
        self._lanes.start(id_, id_, Cursor(position))
        shown = {"secret": secrets.to_text(secret)} if is_webhook else {"queue": self._readers.create(saved)}
        return {**self._access.response(saved), **shown}

    @rpc(writes=True)
    def change_event_subscription(self, ctx: Context, subscription: str, body: Input) -> JsonObject:
        """Another name, address or filter. Raises NotFound, Invalid."""
        found = self._access.find(ctx, subscription)
        url = self._url(found["channel"], body["url"])
        new = rules.changed(found, body["name"], url, body["filters"], ctx.received_at)
        return self._access.response(self._access.put(ctx, new, "changed"))

    @rpc(writes=True)
    def remove_event_subscription(self, ctx: Context, subscription: str) -> None:
        """End it. Raises NotFound."""
        found = self._access.find(ctx, subscription)
        self._remove(found, *self._access.audited(ctx, found, "removed"))

    @rpc(writes=True)
    def pause_event_subscription(self, ctx: Context, subscription: str) -> JsonObject:
        """Send nothing for now. Raises NotFound, Conflict."""
        found = self._access.find(ctx, subscription)
        if found["state"] not in ("active", "pending"):
            raise Conflict("notifications.event_subscription_state", state=found["state"])
        return self._access.response(self._access.put(ctx, {**found, "state": "paused"}, "paused"))

    @rpc(writes=True)
    def resume_event_subscription(self, ctx: Context, subscription: str) -> JsonObject:
        """Go on, after the agreement of the receiver where that is needed. Raises NotFound, Conflict."""
        found = self._access.find(ctx, subscription)
        if found["state"] not in ("paused", "disabled"):
            raise Conflict("notifications.event_subscription_state", state=found["state"])
        return self._access.response(self._access.put(ctx, rules.resumed(found, ctx.received_at), "resumed"))

    @rpc(writes=True, store_response=False)
    def rotate_event_secret(self, ctx: Context, subscription: str) -> JsonObject:
        """New credentials, for the owner alone. The former secret of a webhook is valid for a day. Raises NotFound,
        Forbidden, and for a queue Conflict and Unavailable."""
        return in_transaction(partial(self._rotate, ctx, subscription))

    def _rotate(self, ctx: Context, subscription: str) -> JsonObject:
        found = self._access.find(ctx, subscription)
        if found["owner"] != ctx.actor.id:
            raise Forbidden("notifications.event_subscription_owner_only")
        if found["channel"] == "queue":
            return {**self._access.response(found), "queue": self._readers.rotate(found)}
        secret, until = new_secret(), ctx.received_at + rules.ROTATION
        saved = self._access.put(ctx, {**found, "secrets": rotated(found, secret, ctx.received_at, until)}, "rotated")
        return {**self._access.response(saved), "secret": secrets.to_text(secret), "former_until": until}

    @subscribe("accounts", "account_erased")
    def forget_event_subscriptions(self, erasure: Erasure) -> None:
        """Somebody erased their account."""
        for found in self._access.subscriptions.of_owner(str(erasure.account)):
            if erasure.reaches(found["created_at"]):
                self._remove(found)

    @subscribe("accounts", "power_changed")
    def check_subscription_owner(self, event: Input) -> None:
        """These are the roles of an account now: nothing is sent to one that may not subscribe, until somebody who may
        resumes it."""
        if rules.may_subscribe(event["data"]["roles"]):
            return
        for found in self._access.subscriptions.of_owner(event["data"]["account"]):
            if found["state"] != "disabled":
                self._access.subscriptions.put({**found, "state": "disabled", "reason": rules.OWNER})
                if found["channel"] == "queue":
                    self._readers.lock(found)

    @every(15, singleton=False)
    def measure_receivers(self) -> None:
        """Count the receivers that take nothing."""
        for channel, gauge in (("webhook", FAILING), ("queue", FULL)):
            active = self._access.subscriptions.of_channel(channel, ("active",))
            gauge.set(self._lanes.count_failing(one["_id"] for one in active))

    def _remove(self, subscription: Subscription, *events: PendingEvent) -> None:
        if subscription["channel"] == "queue":
            self._readers.remove(subscription)
        self._access.subscriptions.remove(subscription, *events)

    def _url(self, channel: str, url: str | None) -> str | None:
        if channel == "queue":
            return None
        try:
            return read_destination(url or "", allow_loopback=self._allow_loopback).url
        except DestinationRefused as error:
            raise errors.receiver_refused(str(error)) from error
