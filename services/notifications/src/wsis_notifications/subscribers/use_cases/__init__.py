"""Use cases: officers and the readers of the newsletter."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.store.imports import SubscriberImports
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests
from wsis_notifications.subscribers.use_cases.imports import ImportsCases
from wsis_notifications.subscribers.use_cases.officers import OfficersCases


def compose(parts: Parts) -> tuple[OfficersCases, ImportsCases]:
    """The use cases with their collaborators; called once per process."""
    subscribers = Subscribers(parts.db)
    return (
        OfficersCases(subscribers, SubscriptionRequests(parts.db)),
        ImportsCases(SubscriberImports(parts.db), subscribers, Suppressions(parts.db), Settings.load()),
    )
