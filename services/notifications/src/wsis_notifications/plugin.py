"""The manifest: the only module of this service that others load."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.plugin import Plugin

from wsis_notifications import events, routes

plugin = Plugin(
    name="notifications",
    summary="Mails that follow events, each to each person once",
    service="wsis_notifications.service:NotificationsService",
    routes=routes.ROUTES,
    publishes=(events.DELIVERY_FAILED, ACTION_TAKEN),
    depends_on=events.DEPENDS_ON,
    grants={"officer": ("notifications:read",), "operator": ("notifications:*",)},
    collections="wsis_notifications.store:COLLECTIONS",
    settings="wsis_notifications.settings:Settings",
    locale_package="wsis_notifications.notices",
    commands="wsis_notifications.commands:commands",
)
