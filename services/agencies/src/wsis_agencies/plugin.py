"""The manifest: the only module of this service that others load."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.plugin import Plugin
from wsis_shared.process import Process
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.subjects import declared

plugin = Plugin(
    name="agencies",
    summary="Public events for the systems of other agencies: a log, webhooks, queues and a feed",
    # Its routes and public events were part of notifications, and clients know them so.
    known_as="notifications",
    **declared(
        "wsis_agencies",
        "event_log",
        "deliveries",
        "event_subscriptions",
        "webhooks",
        "queues",
        publishes=(ACTION_TAKEN,),
    ),
    grants={
        "officer": ("notifications:moderate", "notifications:subscribe_events"),
        "operator": ("notifications:moderate", "notifications:subscribe_events"),
        "agency": ("notifications:subscribe_events",),
    },
    reference=(
        ReferenceSet(
            "event_subscription_states",
            "wsis_agencies.event_subscriptions.rules.subscriptions:STATES",
            "States of subscriptions to public events",
            titles="pages.state_",
        ),
    ),
    settings="wsis_agencies.settings:Settings",
    locale_package="wsis_agencies",
    seed="wsis_agencies.commands:seed",
    commands="wsis_agencies.commands:commands",
    processes=(
        Process(
            "webhooks",
            run="wsis_agencies.webhooks.main:run",
            summary="Sends public events to the webhooks of agencies",
            settings="wsis_agencies.settings:WebhookSettings",
            scalable=True,
            needs=("amqp", "store"),
            keys=("webhook secret", "webhook signing key 1"),
        ),
    ),
)
