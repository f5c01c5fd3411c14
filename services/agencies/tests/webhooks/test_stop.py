"""How the process `webhooks` ends: whoever comes next delivers at once."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest
from wsis_shared import process_registry
from wsis_testkit import wait_for

from wsis_agencies.webhooks import main, supervisor

from ..webhooks_kit import SETTINGS, WAITS, Agencies, settings


@pytest.fixture
def agencies(environment: dict[str, str], database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for wait, seconds in {**WAITS, "LEASE_SECONDS": 600}.items():
        monkeypatch.setattr(supervisor, wait, seconds)
    monkeypatch.setattr(process_registry, "_registry", None)
    made = Agencies(database("agencies"))
    yield made
    made.close()


def held(agencies: Agencies) -> list[str]:
    """The lanes that some process may deliver now."""
    return [
        row["_id"] for row in agencies.service.db.leases.find({"_id": {"$regex": "^webhooks"}, "until": {"$gt": 0}})
    ]


def test_process_that_ends_by_a_fault_gives_its_lanes_back(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    subscription = agencies.subscribe(receiver, active=False)

    async def run() -> None:
        running = asyncio.create_task(main.run(asyncio.Event()))
        await asyncio.to_thread(agencies.wait_state, subscription, "active")
        numbers = agencies.append(["a"])
        await asyncio.to_thread(wait_for, lambda: receiver.sequences == numbers, 20, "the event")
        agencies.service.db.webhook_lanes.insert_one({"_id": "broken", "subscription": subscription, "token": 0})
        with pytest.raises(KeyError):
            await running

    asyncio.run(run())
    assert held(agencies) == []
    agencies.service.db.webhook_lanes.delete_one({"_id": "broken"})


def test_process_that_is_stopped_gives_its_lanes_back(agencies: Agencies, start_process: Any) -> None:
    subscription = agencies.subscribe(agencies.receiver(), active=False)
    process = start_process("agencies", "webhooks", **settings(LEASE_SECONDS=600))
    agencies.wait_state(subscription, "active")
    wait_for(lambda: held(agencies), what="the lane to be delivered")
    process.stop(signal.SIGTERM)
    assert held(agencies) == []
