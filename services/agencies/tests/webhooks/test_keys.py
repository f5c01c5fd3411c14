"""The process that talks to strangers has its own two keys, and no address of anybody."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import keys, start_rules
from wsis_shared.plugin import discover
from wsis_shared.settings import SettingError, Suite
from wsis_shared.store_users import users
from wsis_testkit import wait_for
from wsis_testkit.plugin import TEST_SECRET

from wsis_agencies.plugin import plugin

from ..webhooks_kit import SETTINGS, Agencies

[PROCESS] = plugin.processes
GIVEN = keys.derived(TEST_SECRET, PROCESS.keys)


def test_it_delivers_signed_events_with_its_two_keys_alone(
    database: Any, start_process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSIS_WEBHOOKS_LOOPBACK", "1")
    agencies = Agencies(database("agencies"))
    start_process("agencies", "webhooks", **{**SETTINGS, "WSIS_SECRET": "", "WSIS_KEYS": GIVEN})
    receiver = agencies.receiver()
    agencies.subscribe(receiver)
    [number] = agencies.append(["a"])
    wait_for(lambda: number in receiver.sequences, 15, "the event")
    assert receiver.refused == []
    agencies.close()


def test_every_other_key_is_beyond_it() -> None:
    suite = Suite.load({"WSIS_KEYS": GIVEN})
    assert (suite.secret, set(suite.given_keys)) == ("", {"webhook secret", "webhook signing key 1"})
    start_rules.check(suite, purposes=PROCESS.keys)
    with pytest.raises(SettingError, match=r"WSIS_SECRET must be set.* or WSIS_KEYS \(accounts mailbox\)"):
        start_rules.check(suite, purposes=(*PROCESS.keys, "accounts mailbox"))


def test_its_user_reads_the_database_of_agencies_alone() -> None:
    found = {user["user"]: user["roles"] for user in users(discover(), "wsis_")}
    assert found["agencies-webhooks"] == [{"role": "readWrite", "db": "wsis_agencies"}]
    assert "blobs" not in PROCESS.needs
    assert "smtp_in" not in PROCESS.needs
