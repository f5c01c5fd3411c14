"""Start and stop of the process."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from wsis_shared import probes, process_registry
from wsis_shared.collection_specs import declare
from wsis_shared.mongo import database, is_transient
from wsis_shared.mongo_connection import Database
from wsis_shared.plugin import discover

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.campaigns.sender.claims import Claims, RowMail, Stores
from wsis_notifications.campaigns.sender.composing import Texts, composer_of
from wsis_notifications.campaigns.sender.connection import PipelinedConnection
from wsis_notifications.campaigns.sender.issue_texts import IssueTexts
from wsis_notifications.campaigns.sender.source import CampaignMails
from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries, SendRates
from wsis_notifications.campaigns.use_cases.bounce_effects import BounceEffects
from wsis_notifications.campaigns.use_cases.lifecycle import Lifecycle
from wsis_notifications.campaigns.use_cases.limits import limits_of, sender_of
from wsis_notifications.mails.sending.engine import Engine
from wsis_notifications.mails.smtp import Relay
from wsis_notifications.mails.store.announced import AnnouncedAddresses
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.store.subscribers import Subscribers

_log = logging.getLogger(__name__)

STOP_SECONDS = 3.0  # for the heartbeat to end


def run(stop: threading.Event) -> None:
    """Send campaigns until `stop`."""
    settings = Settings.load()
    with registered(stop) as db:
        build(db, settings, IssueTexts(db, settings)).run(stop)


@contextmanager
def registered(stop: threading.Event) -> Iterator[Database]:
    """The database of the service. Meanwhile this process is in the registry: when it dies, others end its
    transactions."""
    db = database("notifications")
    for plugin in discover(only=("notifications",), routes=False):
        declare(db, plugin.load("collections"))
    registry = process_registry.register(db)
    probes.CHECKS["store"] = registry.problem
    _beat(registry)  # the clock of the store, before a mail is claimed
    ended = threading.Event()
    heart = threading.Thread(target=_beat_until, args=(registry, ended), daemon=True)
    heart.start()
    try:
        yield db
    finally:
        ended.set()
        heart.join(STOP_SECONDS)  # a store that hangs is not waited for
        registry.deregister()


class Sender:
    """The engine in a process of its own."""

    def __init__(self, engine: Engine[RowMail]) -> None:
        self._engine, self._news = engine, threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; the mails under way are finished."""
        self._engine.run(stop.is_set, self._wait, self._news.set)

    def _wait(self, seconds: float) -> None:
        self._news.wait(seconds)
        self._news.clear()


def build(db: Database, settings: Settings, texts: Texts) -> Sender:
    """A sender with its collaborators."""
    stores = Stores(
        Campaigns(db),
        Batches(db),
        NewsletterDeliveries(db),
        SendRates(db),
        Subscribers(db),
        Suppressions(db),
        AnnouncedAddresses(db),
    )
    limits = limits_of(settings)
    claims = Claims(stores, limits, uuid.uuid4().hex, settings.lease, sender_of(db, settings))
    lifecycle = Lifecycle(stores.campaigns, stores.batches, texts.set_state)
    effects = BounceEffects(Suppressions(db), stores.subscribers)
    relay = Relay.parse(settings.smtp_uri)
    connections = [PipelinedConnection(relay, settings.smtp_timeout) for _ in range(settings.newsletter_connections)]
    interval = 1 / limits.per_second if limits.per_second else 0.0
    source = CampaignMails(claims, lifecycle, composer_of(settings, texts), effects.apply)
    return Sender(Engine(source, connections, interval))


def _beat_until(registry: process_registry.ProcessRegistry, ended: threading.Event) -> None:
    while not ended.wait(process_registry.HEARTBEAT_SECONDS):
        _beat(registry)


def _beat(registry: process_registry.ProcessRegistry) -> None:
    try:
        registry.heartbeat()
    except Exception as error:
        if not is_transient(error):
            raise
        _log.warning("no heartbeat", extra={"error": type(error).__name__})
