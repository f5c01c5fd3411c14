"""The manifest: the only module of this service that others load."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.mailboxes import Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.process import Port, Process

from wsis_notifications import events, routes

plugin = Plugin(
    name="notifications",
    summary="Mails that follow events, each to each person once",
    service="wsis_notifications.service:NotificationsService",
    routes=routes.ROUTES,
    publishes=(events.DELIVERY_FAILED, ACTION_TAKEN),
    depends_on=events.DEPENDS_ON,
    selects=events.SELECTS,
    grants={"officer": ("notifications:read",), "operator": ("notifications:*",)},
    collections="wsis_notifications.store:COLLECTIONS",
    settings="wsis_notifications.settings:Settings",
    locale_package="wsis_notifications.notices",
    commands="wsis_notifications.commands:commands",
    processes=(
        Process(
            "inbound",
            run="wsis_notifications.inbound.main:run",
            summary="Takes mail over SMTP and LMTP for the mailboxes of all plugins",
            settings="wsis_notifications.inbound.settings:InboundSettings",
            scalable=True,
            needs=("amqp", "smtp_in"),
            ports=(Port("smtp", "WSIS_INBOUND_SMTP", 2525), Port("lmtp", "WSIS_INBOUND_LMTP", 2424)),
        ),
    ),
    mailboxes=(Mailbox("b.*", check="wsis_notifications.domain.return_path:is_valid", handler="receive_bounce"),),
)
