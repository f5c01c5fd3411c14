"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency
from wsis_shared.mailboxes import Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.process import Port, Process
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.subjects import declared

plugin = Plugin(
    name="notifications",
    summary="Mails that follow events, each to each person once",
    **declared(
        "wsis_notifications",
        "mails",
        "preferences",
        "addresses",
        "subscriptions",
        "subscribers",
        "issues",
        "campaigns",
        "returned",
        publishes=(ACTION_TAKEN,),
        depends_on=(EventDependency("accounts", "power_changed", reads=("account", "roles")),),
    ),
    calls=("accounts.contacts", "accounts.contacts_page", "accounts.profiles"),
    selects_calls="wsis_notifications.mails.events:providers",
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
    settings="wsis_notifications.settings:Settings",
    rate_classes=(
        RateClass("newsletter", "1/minute", "Subscriptions, per account or network", fail_closed=True),
        RateClass("unsubscribe", "6000/minute", "Unsubscriptions: mail providers send many", by_network_only=True),
    ),
    reference=(
        ReferenceSet("newsletter_topics", "wsis_notifications.subscribers.rules.topics:rows", "Topics of WSIS Flash"),
        ReferenceSet("newsletter_sections", "wsis_notifications.issues.rules.sections:rows", "Kinds of sections"),
        ReferenceSet(
            "issue_states",
            "wsis_notifications.issues.rules.lifecycle:STATES",
            "States of issues of WSIS Flash",
            titles="pages.issue_is_",
        ),
        ReferenceSet(
            "campaign_states",
            "wsis_notifications.campaigns.rules.states:STATES",
            "States of campaigns",
            titles="pages.state_",
        ),
        ReferenceSet(
            "mail_states", "wsis_notifications.mails.rules.deliveries:STATES", "States of mails", titles="pages.state_"
        ),
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
            keys=("mailboxes",),
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
            check="wsis_notifications.mails.rules.unsubscription:is_valid",
            handler="receive_unsubscription",
        ),
        Mailbox(
            "n.*",
            check="wsis_notifications.campaigns.rules.return_path:is_valid",
            handler="receive_newsletter_bounce",
        ),
    ),
)
