"""N1 to N3: senders and the store die while a campaign goes out and readers leave. The relay is the judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from services.notifications.tests import newsletter_faults as newsletter
from services.notifications.tests.sink import Sink
from tests.load.figures import Figure
from wsis_local import throwaway
from wsis_local.stack import Stack
from wsis_shared import mongo
from wsis_shared.collection_specs import ensure_indexes
from wsis_shared.settings import Settings

from wsis_notifications.plugin import plugin


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack of its own: no sender but ours works on its campaigns."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    with throwaway.folder() as folder, Stack(Path(folder), parts=("store",), environ=outside) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        Settings.forget_current()
        monkeypatch.setattr(mongo, "_client", None)
        yield made
    Settings.forget_current()


def test_a_campaign_amid_kills(
    stack: Stack, tmp_path: Path, report: Callable[..., None], long: bool, seed: int
) -> None:
    count, kills, leavers = (200_000, 10, 2000) if long else (1500, 2, 30)
    db: Any = mongo.database("notifications")
    ensure_indexes(db, plugin.load("collections"))
    readers = newsletter.add_readers(db, count)
    with Sink(keep=False) as sink:
        senders = newsletter.Senders(
            {
                "WSIS_SMTP_URI": sink.uri,
                "WSIS_SMTP_TIMEOUT": "2",
                "WSIS_NICE": "0",
                "WSIS_NEWSLETTER_PER_SECOND": "0",
                "WSIS_NEWSLETTER_WARM_UP": "0=0",
                "WSIS_NEWSLETTER_CONNECTIONS": str(newsletter.CONNECTIONS),
            },
            tmp_path / "sender.log",
        )
        restarts = [lambda: stack.kill("store")]
        found = newsletter.play(
            db,
            sink,
            senders,
            readers,
            kills=kills,
            leavers=leavers,
            faults=restarts,
            seed=seed,
            limit=120 + count / 50,
        )
    report(
        Figure("N1 recipients", count, "readers"),
        Figure("N1 mails in all", found.taken / found.seconds, "mails/s"),
        Figure("N1 twice", found.twice, "readers", at_most=0),
        Figure("N2 missed", found.missed, "readers", at_most=0),
        Figure("N2 listed as unknown", found.unknown, "readers", at_most=kills * newsletter.CONNECTIONS),
        Figure("N3 left during the campaign", found.left, "readers", at_least=leavers),
        Figure("N3 after the response to a departure", found.after_leaving, "mails", at_most=0),
    )
