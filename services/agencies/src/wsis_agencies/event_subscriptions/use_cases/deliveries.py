"""What was sent, what was not taken, and sending again."""

from __future__ import annotations

from datetime import UTC, datetime

from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.deliveries.store.lanes import REPLAY, Lanes, PendingRow
from wsis_agencies.event_subscriptions.use_cases.access import Access


class DeliveriesCases:
    """One per process."""

    def __init__(self, access: Access, lanes: Lanes, attempts: Attempts) -> None:
        self._access, self._lanes, self._attempts = access, lanes, attempts

    @rpc
    def list_delivery_attempts(
        self, ctx: Context, subscription: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """What was sent to the receiver, the newest first. Raises NotFound."""
        found = self._access.find(ctx, subscription)
        return self._attempts.page(found["_id"], after, limit).response()

    @rpc
    def list_pending_deliveries(
        self, ctx: Context, subscription: str, limit: int = 20, after: str | None = None, state: str | None = None
    ) -> JsonObject:
        """What the receiver has not taken, by number. Raises NotFound."""
        found = self._access.find(ctx, subscription)
        return self._lanes.page(found["_id"], state, after, limit).response(_response)

    @rpc(writes=True)
    def requeue_deliveries(self, ctx: Context, subscription: str, body: Input) -> JsonObject:
        """Let dead deliveries be tried again. Raises NotFound."""
        found = self._access.find(ctx, subscription)
        count = self._lanes.requeue(found["_id"], body["sequences"])
        self._access.put(ctx, found, "requeued")  # another version: the process reads its lane again
        return {"count": count}

    @rpc(writes=True)
    def test_event_subscription(self, ctx: Context, subscription: str) -> JsonObject:
        """Have a test event sent, once. Raises NotFound, Conflict."""
        found = self._access.find(ctx, subscription)
        if found["state"] != "active":
            raise Conflict("notifications.event_subscription_state", state=found["state"])
        event = ctx.new_id("test")
        self._access.put(ctx, {**found, "test": {"id": event, "at": ctx.received_at}}, "tested")
        return {"event": event}

    @rpc(writes=True)
    def replay_events(self, ctx: Context, subscription: str, body: Input) -> JsonObject:
        """Send the events after a place in the log again, up to where the subscription stands. Raises NotFound,
        Conflict, Invalid, Gone."""
        found = self._access.find(ctx, subscription)
        lanes = {row["_id"]: row for row in self._lanes.all_of([found["_id"]])}
        if found["_id"] + REPLAY in lanes:
            raise Conflict("notifications.replay_runs")
        position, until = self._access.position(body), lanes[found["_id"]]["position"]
        if position < until:
            self._lanes.start(found["_id"] + REPLAY, found["_id"], Cursor(position, until=until))
        self._access.put(ctx, found, "replayed")
        return self._access.response(found)


def _response(row: PendingRow) -> JsonObject:
    return {**row, "due": _moment(row["due"]), "tried_at": _moment(row["tried_at"])}


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
