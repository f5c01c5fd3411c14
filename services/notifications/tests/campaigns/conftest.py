"""An empty store of campaigns, and senders in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wsis_notifications.campaigns.sender.main import build
from wsis_notifications.settings import Settings

from .. import sender_kit
from ..sink import Sink


@pytest.fixture
def db(database: Any) -> Any:
    return sender_kit.emptied(database("notifications"))


@pytest.fixture
def start(db: Any, sink: Sink) -> Iterator[Callable[..., sender_kit.GeneratedTexts]]:
    """`start(newsletter_per_second=50.0)`: a sender in this process, until the test ends; it returns its texts."""
    running = []

    def begin(texts: sender_kit.GeneratedTexts | None = None, **settings: Any) -> sender_kit.GeneratedTexts:
        texts = texts or sender_kit.GeneratedTexts(1000)
        given = {
            "smtp_uri": sink.uri,
            "newsletter_per_second": 0.0,
            "newsletter_warm_up": "0=0",
            "newsletter_connections": 4,
            "mail_domain": "mail.wsis.example",
            "public_url": "https://wsis.example",
        }
        stop = threading.Event()
        thread = threading.Thread(target=build(db, Settings(**{**given, **settings}), texts).run, args=(stop,))
        thread.start()
        running.append((stop, thread))
        return texts

    yield begin
    for stop, _ in running:
        stop.set()
    for _, thread in running:
        thread.join(30)
        assert not thread.is_alive()
