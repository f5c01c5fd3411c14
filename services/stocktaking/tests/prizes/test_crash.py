"""The process dies before each write and after each commit, and goes on or is asked again: what is stored then is what
an undisturbed run stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wsis_testkit.interruptions import InProcess, check_done_once

from .. import prize_kit as kit
from ..prize_kit import FakePrizes

Act = Callable[[], Any]


def event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"specversion": "1.0", "id": name, "type": f"wsis.prizes.{name}.v1", "data": data}


def new_entries(service: InProcess) -> Act:
    """A list of nominees and the job that makes entries of them."""
    told = event("nominees_published", kit.nominees("ada"))

    def act() -> None:
        service.handle("on_nominees_published", told)
        service.run("publish_prize_entries")

    return act


def marks(service: InProcess) -> Act:
    """A winner."""
    new_entries(service)()
    events = {
        "on_winners_announced": event("winners_announced", kit.winners("ada")),
    }

    def act() -> None:
        for handler, told in events.items():
            service.handle(handler, told)
        service.run("publish_prize_entries")

    return act


ACTS = (new_entries, marks)
OVERLAPPED = (new_entries,)  # by the same in another replica


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    prizes = FakePrizes()
    prizes.add("ada")
    return InProcess("stocktaking", database("stocktaking"), {"prizes": prizes.methods(), "accounts": {}})


@pytest.mark.parametrize("prepare", ACTS, ids=lambda act: act.__name__)
def test_what_is_interrupted_anywhere_is_done_once(service: InProcess, prepare: Callable[[InProcess], Act]) -> None:
    service.restore({})
    check_done_once(service, prepare(service), overlapped=prepare in OVERLAPPED)
