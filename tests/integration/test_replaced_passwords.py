"""While the password of a part is replaced broker and store know two users of it, and afterwards the new one alone.
Broker and store are real; the script for mongosh is run by `make rehearsal`."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from wsis_local import broker, throwaway
from wsis_shared.passwords import part_of
from wsis_testkit.shipped_broker import DEPLOY, ShippedBroker

ADMIN = secrets.token_hex(24)
KINDS = ("permissions", "topic_permissions")


@pytest.fixture(scope="module")
def shipped() -> Iterator[ShippedBroker]:
    with throwaway.folder() as folder, ShippedBroker(Path(folder)) as made:
        made.control("add_user", "admin", ADMIN)
        made.control("set_user_tags", "admin", "administrator")
        yield made


def step(shipped: ShippedBroker, *arguments: str, given: str = "") -> str:
    """One of deploy/rotation.py; then the broker imports what follows."""
    passwords = shipped.definitions.with_name("passwords.json")
    command = (sys.executable, DEPLOY / "rotation.py", passwords, *arguments)
    said = subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout
    made = subprocess.check_output((sys.executable, DEPLOY / "rabbitmq/definitions.py", passwords), text=True)
    broker.Broker("", f"http://admin:{ADMIN}@{shipped.management}").request("POST", "definitions", json.loads(made))
    return said


def lets_in(shipped: ShippedBroker, user: str, password: str) -> bool:
    return broker.accepts(f"amqp://{user}:{password}@{shipped.hosts[0]}/wsis")


def test_both_let_in_then_the_new_one_alone(shipped: ShippedBroker) -> None:
    former = shipped.passwords["voting"]
    step(shipped, "begin", "voting")
    kept = json.loads(shipped.definitions.with_name("passwords.json").read_text("utf-8"))
    assert lets_in(shipped, "voting", former)
    assert lets_in(shipped, "voting.2", kept["voting.2"])
    rights = json.loads(shipped.control("export_definitions", "-"))
    former_rights, new_rights = (
        sorted(json.dumps({**one, "user": ""}) for kind in KINDS for one in rights[kind] if one["user"] == name)
        for name in ("voting", "voting.2")
    )
    assert former_rights == new_rights != []

    step(shipped, "end", "voting")
    gone = step(shipped, "former", given=shipped.control("list_users")).split()
    assert gone == ["voting"]
    with Connection(f"amqp://voting:{former}@{shipped.hosts[0]}/wsis", connect_timeout=5) as held:
        held.connect()
        for user in gone:
            shipped.control("delete_user", user)
        with pytest.raises(held.connection_errors) as cut:
            held.drain_events(timeout=20)
    assert not isinstance(cut.value, TimeoutError)
    assert not lets_in(shipped, "voting", former)
    assert lets_in(shipped, "voting.2", kept["voting.2"])
    users = {row.split()[0] for row in shipped.control("list_users").splitlines()}
    assert {user for user in users if part_of(user) == "voting"} == {"voting.2"}
    assert step(shipped, "former", given=shipped.control("list_users")).split() == []


def test_what_is_no_user_of_ours_has_another_way(shipped: ShippedBroker) -> None:
    for name in ("suite", "root", "somebody"):
        with pytest.raises(subprocess.CalledProcessError) as refused:
            step(shipped, "begin", name)
        assert refused.value.returncode == 2
        assert f"no password of {name} is replaced so" in refused.value.stderr
