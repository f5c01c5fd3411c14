"""The manifest: the only module of this service that others load."""

from __future__ import annotations

from wsis_shared.mailboxes import Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.process import Port, Process
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet

from wsis_notifications import events, routes

plugin = Plugin(
    name="notifications",
    summary="Mails that follow events, each to each person once",
    use_cases=(
        "wsis_notifications.use_cases:compose_mails",
        "wsis_notifications.use_cases:compose_preferences",
        "wsis_notifications.subscribers.use_cases:compose",
        "wsis_notifications.issues.use_cases:compose",
        "wsis_notifications.campaigns.use_cases.officer:compose",
        "wsis_notifications.campaigns.use_cases.starting:compose",
        "wsis_notifications.campaigns.use_cases.announcements:compose",
        "wsis_notifications.campaigns.use_cases.bounces:compose",
        "wsis_notifications.campaigns.use_cases.retention:compose",
    ),
    calls=("accounts.contacts", "accounts.contacts_page", "accounts.profiles"),
    selects_calls="wsis_notifications.mails.events:providers",
    routes=routes.ROUTES,
    jobs=routes.JOBS,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    selects=events.SELECTS,
    grants={
        "member": ("notifications:prefer",),
        "officer": (
            "notifications:read",
            "notifications:newsletter",
            "newsletter:readers",
            "notifications:suppress",
        ),
        "operator": ("notifications:*",),
    },
    collections="wsis_notifications.store:COLLECTIONS",
    settings="wsis_notifications.settings:Settings",
    rate_classes=(
        RateClass("newsletter", "1/minute", "Subscriptions, per account or network", fail_closed=True),
        RateClass("unsubscribe", "6000/minute", "Unsubscriptions: mail providers send many", by_network_only=True),
    ),
    reference=(
        ReferenceSet("newsletter_topics", "wsis_notifications.subscribers.rules.topics:rows", "Topics of WSIS Flash"),
        ReferenceSet("newsletter_sections", "wsis_notifications.issues.rules.sections:rows", "Kinds of sections"),
    ),
    locale_package="wsis_notifications",
    commands="wsis_notifications.commands:commands",
    processes=(
        Process(
            "inbound",
            run="wsis_notifications.mails.inbound.main:run",
            summary="Takes mail over SMTP and LMTP for the mailboxes of all plugins",
            settings="wsis_notifications.mails.inbound.settings:InboundSettings",
            scalable=True,
            needs=("amqp", "smtp_in"),
            ports=(Port("smtp", "WSIS_INBOUND_SMTP", 2525), Port("lmtp", "WSIS_INBOUND_LMTP", 2424)),
        ),
        Process(
            "sender",
            run="wsis_notifications.campaigns.sender.main:run",
            summary="Sends campaigns: rows of readers, claimed batch by batch, to the relay",
            settings="wsis_notifications.settings:Settings",
            scalable=True,
            needs=("store",),
        ),
    ),
    mailboxes=(
        Mailbox("b.*", check="wsis_notifications.mails.rules.return_path:is_valid", handler="receive_bounce"),
        Mailbox("complaints", handler="receive_complaint"),
        Mailbox(
            "u.*",
            check="wsis_notifications.preferences.rules.unsubscription:is_valid",
            handler="receive_unsubscription",
        ),
        Mailbox(
            "n.*",
            check="wsis_notifications.campaigns.rules.return_path:is_valid",
            handler="receive_newsletter_bounce",
        ),
    ),
)
