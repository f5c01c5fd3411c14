"""docs/security/data.md gives each collection one level, and each level its protection; what is to expire does."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from wsis_shared.collection_specs import BUS_COLLECTIONS
from wsis_testkit import canaries

LEVELS = ("secret", "ballot", "personal", "internal", "public")
EVERY = "every service"
# Secrets that live for a while expire by themselves: an index of the store deletes them.
EXPIRING = {("accounts", "keys"), ("accounts", "mailboxes"), ("accounts", "sessions"), ("accounts", "spent_challenges")}


@pytest.fixture(scope="module")
def page(project: Any) -> str:
    text: str = (project.root / "docs/security/data.md").read_text("utf-8")
    return text


@pytest.fixture(scope="module")
def specs(project: Any) -> dict[tuple[str, str], Any]:
    """(service, collection) -> its specification."""
    own = {(plugin.name, spec.name): spec for plugin in project.plugins for spec in plugin.load("collections") or ()}
    return own | {(EVERY, spec.name): spec for spec in BUS_COLLECTIONS}


def _listed(page: str) -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| ([a-z ]+) \| (\w+) \| (`.+`) \|$", page.partition("\n## Collections\n")[2], re.MULTILINE)
    return [(owner, level, name) for owner, level, names in rows for name in re.findall(r"`(\w+)`", names)]


def test_each_collection_has_one_level(page: str, specs: dict[tuple[str, str], Any]) -> None:
    listed = Counter((owner, name) for owner, _, name in _listed(page))
    assert listed == Counter(specs.keys())


def test_each_level_has_its_protection(page: str) -> None:
    rows = [re.split(r" ?\| ?", line)[1:-1] for line in page.splitlines() if line.startswith("| ")]
    levels = {row[0]: row[1:] for row in rows if len(row) == 6}
    assert [name for name in levels if name in LEVELS] == list(LEVELS)
    assert [name for name in LEVELS if not all(levels[name])] == []
    assert {level for _, level, _ in _listed(page)} == set(LEVELS)


def test_secrets_expire(page: str, specs: dict[tuple[str, str], Any]) -> None:
    secret = {(owner, name) for owner, level, name in _listed(page) if level == "secret"}
    expiring = {key for key in secret if specs[key].expiries}
    assert expiring == EXPIRING
    # The others end with what they belong to: an edition's key is shredded, a webhook's secret rotated or deleted.
    assert secret - expiring == {("voting", "contest_keys"), ("notifications", "event_subscriptions")}


def test_the_table_of_expiries_is_that_of_the_indexes(page: str, specs: dict[tuple[str, str], Any]) -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| `(\w+)` \| `(\w+)` \| ([a-z0-9 ]+) \| .{7,} \|$", page, re.MULTILINE)
    listed = [(owner, name, field, _seconds(time)) for owner, name, field, time in rows]
    declared = [
        (owner, name, field, after)
        for (owner, name), spec in specs.items() for field, after in spec.expiries.items()
    ]  # fmt: skip
    assert sorted(listed) == sorted(declared)


def _seconds(time: str) -> int:
    """ "30 days", or "at once"."""
    number, _, unit = time.partition(" ")
    return 0 if time == "at once" else int(number) * {"hour": 3600, "day": 86_400}[unit.removesuffix("s")]


def test_each_collection_of_persons_says_what_an_erasure_does(page: str) -> None:
    persons = {(owner, name) for owner, level, name in _listed(page) if level not in ("internal", "public")}
    answers = canaries.answers()
    assert answers.keys() == persons
    assert set(answers.values()) == set(canaries.ANSWERS)


def test_what_is_to_expire_after_an_erasure_expires(specs: dict[tuple[str, str], Any]) -> None:
    waiting = [key for key, answer in canaries.answers().items() if answer == canaries.EXPIRES]
    expires = [bool(specs[key].expiries) for key in waiting]
    assert [key for key, does in zip(waiting, expires, strict=True) if not does] == []


def test_each_service_with_persons_plants_them_in_a_test(project: Any) -> None:
    owners = {owner for owner, name in canaries.answers() if canaries.to_go(owner)} - {canaries.EVERY}
    tested = {
        path.parts[-3] for path in project.root.glob("services/*/tests/test_*.py")
        if "canaries.to_go(" in path.read_text("utf-8")
    }  # fmt: skip
    assert owners - tested == set()
