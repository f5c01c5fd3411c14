from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused

from wsis_stocktaking.register.store.register import MERGED, PUBLIC, Publication, Register

START = datetime(2016, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def register(database: Any) -> Register:
    from wsis_shared.collection_specs import declare, ensure_indexes

    from wsis_stocktaking.plugin import plugin

    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    ensure_indexes(db, plugin.load("collections"))
    for name in ("entries", "revisions", "counters"):
        db[name].delete_many({})
    return Register(db)


def publish(register: Register, entry: dict[str, Any], content: dict[str, Any], hours: int = 0) -> dict[str, Any]:
    at = START + timedelta(hours=hours)
    return in_transaction(lambda: register.publish([Publication(entry, content)], at))[0]


def test_sequences_follow_publications_and_the_register_at_each_stays_as_it_was(
    register: Register, make_content: Any
) -> None:
    first, second = make_content(title={"en": "One"}), make_content(title={"en": "Two"})
    entry = publish(register, register.new_entry("a", "submission", "ama", START), first)
    entry = publish(register, entry, second, hours=1)
    other = publish(register, register.new_entry("b", "submission", "ben", START), first, hours=2)
    in_transaction(lambda: register.withdraw(entry, START + timedelta(hours=3), merged_into="b"))
    assert register.head() == 4
    assert [(row["_id"], row["visibility"], row["sequence"]) for row in register.changed(0, 4)] == [
        ("b", PUBLIC, 3),
        ("a", MERGED, 4),
    ]
    shown = [[(row["entry"], row["content"]["title"]["en"]) for row in register.at(number)] for number in range(5)]
    assert shown == [[], [("a", "One")], [("a", "Two")], [("a", "Two"), ("b", "One")], [("b", "One")]]
    moments = [register.sequence_at(START + timedelta(hours=hours)) for hours in (-1, 0, 1, 2, 3)]
    assert moments == [0, 1, 2, 3, 4]
    assert other["published_at"] == START + timedelta(hours=2)


def test_what_is_public_is_found_also_by_the_id_of_what_was_merged_into_it(
    register: Register, make_content: Any
) -> None:
    rows = {id: publish(register, register.new_entry(id, "submission", None, START), make_content()) for id in "abcd"}
    in_transaction(lambda: register.withdraw(rows["a"], START, merged_into="b"))
    in_transaction(lambda: register.withdraw(rows["b"], START, merged_into="c"))
    in_transaction(lambda: register.withdraw(rows["d"], START))
    assert [register.find_public(id)["_id"] for id in "abc"] == ["c", "c", "c"]
    with refused("stocktaking.entry_withdrawn"):
        register.find_public("d")
    with refused("stocktaking.entry_unknown"):
        register.find_public("e")


def test_publication_of_an_entry_that_changed_meanwhile_leaves_nothing(register: Register, make_content: Any) -> None:
    entry = register.new_entry("a", "submission", None, START)
    read = publish(register, entry, make_content())
    publish(register, read, make_content(), hours=1)
    with refused("stocktaking.entry_changed"):
        publish(register, read, make_content(), hours=2)
    assert (register.head(), len(list(register.at(2)))) == (2, 1)


@pytest.mark.parametrize("attempt", range(4))
def test_an_empty_register_has_one_identity_and_one_counter_however_many_begin(
    register: Register, make_content: Any, attempt: int
) -> None:
    def begin(number: int) -> tuple[str, int]:
        entry = register.new_entry(f"{attempt}-{number}", "submission", None, START)
        return register.identity(), publish(register, entry, make_content())["sequence"]

    with ThreadPoolExecutor(8) as pool:
        identities, sequences = zip(*pool.map(begin, range(8)), strict=True)
    assert len(set(identities)) == 1
    assert sorted(sequences) == list(range(1, 9))
