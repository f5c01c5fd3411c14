"""What all use cases of subscriptions share: finding one that the actor may see, responses, places in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Gone, Invalid, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject

from wsis_agencies.deliveries.store.lanes import REPLAY, LaneRow, Lanes
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_log.use_cases.warnings import warnings
from wsis_agencies.event_subscriptions.rules import subscriptions as rules
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions

SHOWN = ("owner", "name", "channel", "url", "filters", "state", "reason", "created_at")
AUDITED = ("state", "url", "filters")


class Access:
    """See the module. `types` are those that are published."""

    def __init__(
        self,
        subscriptions: EventSubscriptions,
        lanes: Lanes,
        log: EventLog,
        types: frozenset[str],
    ) -> None:
        self.subscriptions, self._lanes, self._log = subscriptions, lanes, log
        self._types = types

    def find(self, ctx: Context, subscription: str) -> Subscription:
        """One that the actor may see. Raises NotFound."""
        found = self.subscriptions.find(subscription)
        if not rules.is_visible(found, ctx.actor.id, ctx.actor.roles):
            raise NotFound("notifications.event_subscription_unknown")
        return found

    def put(self, ctx: Context, subscription: Subscription, action: str) -> Subscription:
        """Store it, with an audit entry where staff changed somebody else's."""
        return self.subscriptions.put(subscription, *self.audited(ctx, subscription, action))

    def audited(self, ctx: Context, subscription: Subscription, action: str) -> Sequence[PendingEvent]:
        """The audit entry of staff."""
        if subscription["owner"] == ctx.actor.id:
            return ()
        object = f"event_subscription/{subscription['_id']}"
        shown: JsonObject = subscription
        after = {name: shown[name] for name in AUDITED}
        return (audit.entry(f"notifications.event_subscription_{action}", object, after=after),)

    def position(self, start: Input) -> int:
        """The number after which to begin. Raises Invalid, Gone."""
        first, last = self._log.bounds()
        if start["since"] is not None:
            return self._log.last_before(start["since"])
        if start["after"] is None:
            return last
        if start["after"] > last:
            raise Invalid(
                "notifications.start_in_future",
                last=last,
                fields={"after": [f"The newest event has the number {last}."]},
            )
        if start["after"] < first - 1:
            raise Gone("notifications.events_gone", oldest=first)
        return int(start["after"])

    def response(self, subscription: Subscription) -> JsonObject:
        """As it is shown."""
        return self.responses([subscription])[0]

    def responses(self, subscriptions: Sequence[Subscription]) -> list[JsonObject]:
        """As they are shown."""
        ids = [one["_id"] for one in subscriptions]
        lanes = {row["_id"]: row for row in self._lanes.all_of(ids)}
        last = self._log.last()
        return [
            {
                **_response(one, lanes.get(one["_id"]), last, lanes.get(one["_id"] + REPLAY)),
                "warnings": warnings(one["filters"], self._types),
            }
            for one in subscriptions
        ]


def _response(subscription: Subscription, lane: LaneRow | None, last: int, replay: LaneRow | None) -> JsonObject:
    shown: JsonObject = subscription
    position = lane and lane["position"]
    return {
        **{name: shown[name] for name in SHOWN},
        "id": subscription["_id"],
        "position": position,
        "waiting": max(last - (position or 0), 0) if lane else None,
        "full_since": _full_since(subscription, lane, replay),
        "replay": replay and {"position": replay["position"], "until": replay["until"]},
    }


def _full_since(subscription: Subscription, *lanes: LaneRow | None) -> datetime | None:
    """Since when the queue takes nothing of a lane, be it that of a replay: by the first one it is disabled."""
    failing = [lane["failing_since"] for lane in lanes if lane and lane["failing_since"] is not None]
    return datetime.fromtimestamp(min(failing), UTC) if failing and subscription["channel"] == "queue" else None
