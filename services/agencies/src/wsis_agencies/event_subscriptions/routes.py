"""Routes. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_agencies.event_subscriptions import schemas

_MAY = "notifications:subscribe_events"
_ALL = "/v1/event-subscriptions"
_ONE = f"{_ALL}/{{subscription}}"
_UNKNOWN = "notifications.event_subscription_unknown"
_STATE = "notifications.event_subscription_state"
_REFUSED = "notifications.receiver_refused"
_START = ("notifications.start_in_future", "notifications.events_gone")
_QUEUES = ("notifications.queues_not_offered", "notifications.queues_away")

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _ALL,
        handler="list_event_subscriptions",
        summary="Subscriptions to public events",
        permission=_MAY,
        query=PageQuery,
        response=schemas.EventSubscriptionPage,
        description="Own ones; staff sees all.",
    ),
    Route(
        "POST",
        _ALL,
        handler="create_event_subscription",
        summary="Subscribe to public events",
        permission=_MAY,
        status=201,
        body=schemas.EventSubscriptionBody,
        response=schemas.Credentials,
        description="A webhook is asked for its agreement first, by OPTIONS (CloudEvents) or a challenge to repeat.",
        error_codes=(_REFUSED, "notifications.too_many_event_subscriptions", *_START, *_QUEUES),
    ),
    Route(
        "GET",
        _ONE,
        handler="read_event_subscription",
        summary="A subscription",
        permission=_MAY,
        response=schemas.EventSubscription,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        _ONE,
        handler="change_event_subscription",
        summary="Change a subscription",
        permission=_MAY,
        body=schemas.EventSubscriptionPatch,
        response=schemas.EventSubscription,
        error_codes=(_UNKNOWN, _REFUSED),
    ),
    Route(
        "DELETE",
        _ONE,
        handler="remove_event_subscription",
        summary="End a subscription",
        permission=_MAY,
        status=204,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "POST",
        f"{_ONE}/pause",
        handler="pause_event_subscription",
        summary="Send nothing for now",
        permission=_MAY,
        response=schemas.EventSubscription,
        error_codes=(_UNKNOWN, _STATE),
    ),
    Route(
        "POST",
        f"{_ONE}/resume",
        handler="resume_event_subscription",
        summary="Go on where it stopped",
        permission=_MAY,
        response=schemas.EventSubscription,
        error_codes=(_UNKNOWN, _STATE),
    ),
    Route(
        "POST",
        f"{_ONE}/secrets",
        handler="rotate_event_secret",
        summary="Get a new secret",
        permission=_MAY,
        response=schemas.Credentials,
        error_codes=(_UNKNOWN, "notifications.event_subscription_owner_only", *_QUEUES),
        description="For its owner alone. Deliveries are signed with the former one too, for a day.",
    ),
    Route(
        "POST",
        f"{_ONE}/test",
        handler="test_event_subscription",
        summary="Send a test event",
        permission=_MAY,
        status=202,
        response=schemas.TestEvent,
        error_codes=(_UNKNOWN, _STATE),
    ),
    Route(
        "POST",
        f"{_ONE}/replay",
        handler="replay_events",
        summary="Send former events again",
        permission=_MAY,
        body=schemas.Start,
        response=schemas.EventSubscription,
        description="With their ids, beside the new ones.",
        error_codes=(_UNKNOWN, "notifications.replay_runs", *_START),
    ),
    Route(
        "GET",
        f"{_ONE}/attempts",
        handler="list_delivery_attempts",
        summary="What was sent in 30 days, newest first",
        permission=_MAY,
        query=PageQuery,
        response=schemas.AttemptPage,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_ONE}/deliveries",
        handler="list_pending_deliveries",
        summary="Events that were not taken",
        permission=_MAY,
        query=schemas.DeliveryQuery,
        response=schemas.PendingDeliveryPage,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "POST",
        f"{_ONE}/requeue",
        handler="requeue_deliveries",
        summary="Send dead deliveries again",
        permission=_MAY,
        body=schemas.Requeue,
        response=schemas.Requeued,
        error_codes=(_UNKNOWN,),
    ),
)
