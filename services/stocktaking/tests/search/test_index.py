from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from prometheus_client import REGISTRY
from wsis_shared.bus.loop import Loop
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused, wait_for

from wsis_stocktaking.register.store.register import Publication, Register
from wsis_stocktaking.search.index import RegisterIndex, follower
from wsis_stocktaking.search.index.folders import Folder
from wsis_stocktaking.search.rules import SearchQuery

START = datetime(2016, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def register(database: Any) -> Register:
    from wsis_shared.collection_specs import declare

    from wsis_stocktaking.plugin import plugin

    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    for name in ("entries", "revisions", "counters"):
        db[name].delete_many({})
    return Register(db)


@pytest.fixture
def open_index(register: Register, tmp_path: Path) -> Iterator[Any]:
    """An index in the first free folder, filled."""
    made: list[RegisterIndex] = []

    def make() -> RegisterIndex:
        made.append(RegisterIndex(register, str(tmp_path)))
        made[-1].catch_up()
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def publish(register: Register, make_content: Any) -> Any:
    def one(number: int, **changes: Any) -> dict[str, Any]:
        entry = register.new_entry(f"e{number}", "submission", None, START)
        work = Publication(entry, make_content(**changes))
        return in_transaction(lambda: register.publish([work], START + timedelta(hours=number)))[0]

    return one


def entries(index: RegisterIndex, text: str = "") -> list[str]:
    return [hit.card["entry"] for hit in index.search(SearchQuery(text), limit=100).hits]


def test_index_follows_publications_revisions_and_withdrawals(
    register: Register, publish: Any, open_index: Any, make_content: Any
) -> None:
    index = open_index()
    assert (entries(index), index.position()) == ([], 0)
    first, second = publish(1), publish(2)
    assert index.catch_up() == index.position() == 2
    assert entries(index) == ["e2", "e1"]
    new = make_content(title={"en": "Fisheries"})
    in_transaction(lambda: register.publish([Publication(first, new)], START))
    in_transaction(lambda: register.withdraw(second, START))
    assert entries(index) == ["e2", "e1"]  # one state until the next look
    index.catch_up()
    assert (entries(index), entries(index, "digital"), entries(index, "fisheries")) == (["e1"], [], ["e1"])
    assert index.position() == 4


def test_next_process_goes_on_where_the_last_one_ended(
    publish: Any, open_index: Any, count_commands: Any, tmp_path: Path
) -> None:
    index = open_index()
    publish(1)
    index.catch_up()
    index.close()
    publish(2)
    read: list[int] = []
    again = open_index()
    assert (entries(again), again.position()) == (["e2", "e1"], 2)
    changed = again._register.changed
    again._register.changed = lambda after, until: read.append(after) or changed(after, until)
    publish(3)
    again.catch_up()
    assert read == [2]
    assert len(count_commands(again.catch_up)) == 2  # nothing new: the head, and that the last sequence is the same
    assert len(count_commands(lambda: again.catch_up(compare=False))) == 1
    again.close()
    folder = Folder.take(tmp_path)
    assert folder is not None
    assert folder.state()["position"] == 3
    folder.release()


def test_second_process_takes_another_folder(publish: Any, open_index: Any, tmp_path: Path) -> None:
    publish(1)
    one, two = open_index(), open_index()
    assert entries(one) == entries(two) == ["e1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]


def test_index_of_another_register_is_filled_anew(
    register: Register, publish: Any, open_index: Any, database: Any
) -> None:
    publish(1)
    open_index().close()
    db = database("stocktaking")
    for name in ("entries", "revisions", "counters"):
        db[name].delete_many({})
    publish(2)
    assert entries(open_index()) == ["e2"]


@pytest.mark.parametrize("later", [0, 1, 2])
def test_store_that_was_restored_to_an_older_state_is_read_again(
    publish: Any, open_index: Any, database: Any, later: int
) -> None:
    """However many publications follow the restoration before the index looks."""
    publish(1)
    publish(2)
    index = open_index()
    db = database("stocktaking")
    db["entries"].delete_one({"_id": "e2"})
    db["revisions"].delete_one({"entry": "e2"})
    db["counters"].update_one({"_id": "sequence"}, {"$set": {"value": 1}})
    for number in range(later):
        publish(10 + number)
    index.catch_up(compare=later == 1)  # that as many followed shows when the last one is compared alone
    assert entries(index) == [*(f"e{10 + number}" for number in reversed(range(later))), "e1"]
    assert index.position() == 1 + later


def test_files_that_cannot_be_read_are_replaced(publish: Any, open_index: Any, tmp_path: Path) -> None:
    publish(1)
    open_index().close()
    (tmp_path / "0" / "data" / "meta.json").write_text("{")
    assert entries(open_index()) == ["e1"]


def test_failure_in_between_leaves_the_former_state(register: Register, publish: Any, open_index: Any) -> None:
    publish(1)
    index = open_index()
    for number in range(2, 45):
        publish(number)
    stamp = register.stamp
    register.stamp = lambda sequence: stamp(sequence) if sequence == 1 else 1 / 0  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        index.catch_up()
    assert (entries(index), index.position()) == (["e1"], 1)
    register.stamp = stamp  # type: ignore[method-assign]
    index.catch_up()
    assert (len(entries(index)), index.position()) == (44, 44)


def test_entry_without_a_title_in_its_language_is_found_by_another(
    publish: Any, open_index: Any, database: Any
) -> None:
    publish(1)
    database("stocktaking")["entries"].update_one({"_id": "e1"}, {"$set": {"content.original_language": "fr"}})
    [hit] = open_index().search(SearchQuery("farmers"), limit=1).hits
    assert (hit.card["entry"], hit.card["original_language"], metric("index_set_aside_entries")) == ("e1", "en", 0)


def metric(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"wsis_stocktaking_{name}")


@pytest.mark.parametrize(
    "broken",
    [
        {"prize": {"status": "winner"}},  # without its edition
        {"content.start_date": "MMXV"},
        {"last_updated_at": "long ago"},
        {"content.title": "Without a language"},
        {"content.countries": None},
    ],
)
def test_entry_that_cannot_be_indexed_keeps_no_other_out(
    register: Register, publish: Any, open_index: Any, database: Any, broken: dict[str, Any]
) -> None:
    stored = database("stocktaking")["entries"]
    first, *_ = [publish(number) for number in (1, 2, 3)]
    stored.update_one({"_id": "e1"}, {"$set": broken})
    index = open_index()
    assert (entries(index), index.position(), index.problem()) == (["e3", "e2"], 3, "")
    assert metric("index_set_aside_entries") == 1
    index.close()
    again = open_index()  # goes on where the last one ended
    assert (entries(again), metric("index_set_aside_entries")) == (["e3", "e2"], 1)
    in_transaction(lambda: register.publish([Publication(first, first["content"])], START))
    again.catch_up()
    assert (entries(again), metric("index_set_aside_entries")) == (["e1", "e3", "e2"], 0)


def test_dates_before_1970_are_indexed(publish: Any, open_index: Any, database: Any) -> None:
    publish(1)
    old = datetime(1865, 5, 17, tzinfo=UTC)
    changes = {"last_updated_at": old, "content.start_date": "1865-05-17", "published_at": old}
    database("stocktaking")["entries"].update_one({"_id": "e1"}, {"$set": changes})
    (hit,) = open_index().search(SearchQuery(), limit=1).hits
    assert hit.card["last_updated_at"] == old


@pytest.mark.parametrize("place", ["tantivy_index.TantivyIndex.commit", "folders.Folder.save"])
def test_kill_before_a_commit_or_its_position_loses_and_doubles_nothing(
    publish: Any, open_index: Any, register: Register, tmp_path: Path, environment: dict[str, str], place: str
) -> None:
    first = publish(1)
    open_index().close()
    publish(2)
    in_transaction(lambda: register.withdraw(first, START))
    module, kind, method = place.split(".")
    code = f"""
import os
from wsis_shared import mongo
from wsis_shared.collection_specs import declare
from wsis_stocktaking.search.index import {module}, RegisterIndex
from wsis_stocktaking.plugin import plugin
from wsis_stocktaking.register.store.register import Register
declare(mongo.database("stocktaking"), plugin.load("collections"))
{module}.{kind}.{method} = lambda *_: os._exit(9)
RegisterIndex(Register(mongo.database("stocktaking")), {str(tmp_path)!r}).catch_up()
"""
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, **environment}).returncode == 9
    index = open_index()
    assert (entries(index), index.position()) == (["e2"], 3)
    assert index.search(SearchQuery(), limit=1, facets=("kind",)).facets["kind"] == {"project": 1}


def test_index_that_is_not_filled_says_so(register: Register) -> None:
    index = RegisterIndex(register)
    with refused("stocktaking.index_not_ready"):
        index.search(SearchQuery(), limit=1)
    assert index.problem()
    index.start()
    assert index.problem() == ""


def test_index_that_is_behind_says_so(register: Register) -> None:
    index = RegisterIndex(register, lag_seconds=0.0)
    index.start()
    assert "behind" in index.problem()


def test_caller_may_ask_for_a_sequence(publish: Any, open_index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "INTERVAL", 600.0)
    index, loop = open_index(), Loop()
    publish(1)
    with refused("stocktaking.index_not_ready"):
        index.wait_for(1, seconds=0.05)  # nobody follows yet
    following = Thread(target=index.follow, args=(loop,))
    following.start()
    try:
        wait_for(lambda: index.position() == 1, 5)
        publish(2)
        index.wait_for(2, seconds=30)  # sooner than the next look
        assert entries(index) == ["e2", "e1"]
        with refused("stocktaking.query_invalid"):
            index.wait_for(3)
    finally:
        loop.stop()
        following.join()
