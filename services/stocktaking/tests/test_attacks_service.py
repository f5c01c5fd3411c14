"""Attempts to get what one must not have, or to break what others need: through the methods of the service."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.blobs import store as blobs
from wsis_shared.errors import Conflict, SuiteError
from wsis_testkit import actor, publish, refused, wait_for

from wsis_stocktaking.entries.schemas import own as own_schemas
from wsis_stocktaking.entries.schemas import review as review_schemas
from wsis_stocktaking.search.index.highlights import MAX_SEARCHED
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import SearchQuery

from . import generated, index_kit
from . import prize_kit as kit

ADA = actor(id="ada")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def prizes(fake_service: Any) -> kit.FakePrizes:
    made = kit.FakePrizes()
    fake_service("prizes", **made.methods())
    fake_service("accounts", profile=lambda account: {"account": account})
    return made


@pytest.fixture(scope="module")
def register(prizes: kit.FakePrizes, stocktaking: Any, officer: Any, make_content: Callable[..., Row]) -> Register:
    return Register(stocktaking, officer, make_content)


class Register:
    """What people do with entries."""

    def __init__(self, service: Any, officer: Any, make_content: Callable[..., Row]) -> None:
        self.service, self.officer, self.make_content = service, officer, make_content

    def public(self, **changes: Any) -> Row:
        """An entry of Ada that was approved."""
        body = own_schemas.NewDraft().load({"content": self.make_content(**changes)})
        return self.approve(self.submit(self.service.call("create_entry", ADA, body=body)))

    def change(self, entry: Row, **changes: Any) -> Row:
        body = own_schemas.DraftBody().load({"content": self.make_content(**changes), "version": entry["version"]})
        return dict(self.service.call("change_own_entry", ADA, entry=entry["id"], body=body))

    def submit(self, entry: Row) -> Row:
        return dict(self.service.call("submit_own_entry", ADA, entry=entry["id"], body={"version": entry["version"]}))

    def approve(self, entry: Row) -> Row:
        body = review_schemas.DecisionBody().load({"decision": "approve", "version": entry["version"]})
        return dict(self.service.call("decide_review", self.officer, entry=entry["id"], body=body))

    def merge(self, entry: Row, into: Row) -> Row:
        body = review_schemas.MergeBody().load(
            {
                "version": entry["version"],
                "into": into["id"],
                "into_version": into["version"],
                "reason": "The same",
            }
        )
        return dict(self.service.call("merge_entries", self.officer, entry=entry["id"], body=body))

    def mine(self, entry: str) -> Row:
        return dict(self.service.call("read_own_entry", ADA, entry=entry))

    def search(self, **query: Any) -> Row:
        return dict(self.service.call("search_entries", **query))


@pytest.fixture(scope="module")
def imported(stocktaking: Any, officer: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Row]], Row]:
    """Import rows; returns the import at its end."""
    folder: Path = tmp_path_factory.mktemp("files")

    def run(rows: list[Row]) -> Row:
        path = generated.write_json(folder / "rows", rows)
        upload = blobs.of("stocktaking").put([path.read_bytes()], owner="upload", filename="rows").reference()
        body = {"source": "st", "dry_run": False, "encoding": None, "reason": None}
        started = stocktaking.call("start_import", officer, upload=upload, body=body)

        def ended() -> Row | None:
            found: Row = stocktaking.call("read_import", officer, id=started["id"])
            return found if found["state"] not in ("queued", "running") else None

        return dict(wait_for(ended, 60, "the end of the import") or {})

    return run


# -- the prizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("withdraws_first", [False, True])
def test_a_disqualified_champion_does_not_come_back_with_the_mark(
    register: Register, prizes: kit.FakePrizes, amqp_client: Any, database: Any, withdraws_first: bool
) -> None:
    db, project = database("stocktaking"), uuid.uuid4().hex
    entry = f"prizes-{project}"

    def tell(event: str, data: Row) -> None:
        publish(amqp_client, "prizes", event, data)

    def is_settled(visibility: str, status: str | None) -> bool:
        found = db["entries"].find_one({"_id": entry})
        pending = db["prize_projects"].count_documents({"pending": True})
        return (
            bool(found)
            and not pending
            and (found["visibility"], (found["prize"] or {}).get("status"))
            == (
                visibility,
                status,
            )
        )

    prizes.add(project)
    tell("project_nominated", kit.submitter(project, ADA.id))
    wait_for(lambda: db["prize_projects"].find_one({"_id": project, "account": ADA.id}))
    tell("champions_announced", kit.champions(project))
    wait_for(lambda: is_settled("public", "champion"))
    prizes.champions = set()
    if withdraws_first:
        version = register.mine(entry)["version"]
        register.service.call("withdraw_own_entry", ADA, entry=entry, body={"version": version})
    tell("project_disqualified", kit.out(project, ADA.id))
    wait_for(lambda: is_settled("withdrawn", None))
    again = register.approve(register.submit(register.change(register.mine(entry), title={"en": "Again"})))
    assert (again["visibility"], again["prize"]) == ("public", None)
    assert register.service.call("read_entry", entry=entry)["prize"] is None


# -- imports ----------------------------------------------------------------------------------------------------------


def test_an_export_with_entries_of_the_prizes_changes_nothing(
    register: Register, prizes: kit.FakePrizes, amqp_client: Any, imported: Any, database: Any
) -> None:
    project = uuid.uuid4().hex
    prizes.add(project)
    publish(amqp_client, "prizes", "nominees_published", kit.nominees(project))
    entry = f"prizes-{project}"
    wait_for(lambda: database("stocktaking")["entries"].find_one({"_id": entry}))
    card = register.service.call("read_entry", entry=entry)
    before = database("stocktaking")["entries"].count_documents({})
    row = {name: value for name, value in card.items() if name not in ("outside_matrix", "merged_from")}
    assert imported([row])["counts"] == {"created": 0, "updated": 0, "proposed": 0, "unchanged": 1, "refused": 0}
    assert database("stocktaking")["entries"].count_documents({}) == before


def test_two_keys_of_one_entry_do_not_overwrite_each_other(register: Register, imported: Any, database: Any) -> None:
    imported([{"import_key": "old/7", **register.make_content()}])
    entry = database("stocktaking")["entries"].find_one({"import_key": "old/7"})["_id"]
    rows = [
        {"import_key": "old/7", **register.make_content()},
        {"entry": entry, **register.make_content(title={"en": "Another"})},
    ]
    assert imported(rows)["counts"] == {"created": 0, "updated": 0, "proposed": 0, "unchanged": 1, "refused": 1}
    assert register.service.call("read_entry", entry=entry)["revision"] == 1


def test_an_update_of_long_ago_does_not_stop_the_search(register: Register, imported: Any) -> None:
    rows = [
        {"import_key": f"age/{day}", "last_updated_at": day, **register.make_content(title={"en": f"Telegraph {day}"})}
        for day in ("0001-01-01", "1865-05-17", "9999-12-31")
    ]
    done = imported(rows)
    assert done["counts"]["created"] == 3
    found = register.search(q="telegraph", min_sequence=done["last_sequence"], sort="oldest")
    assert found["total"] == 3
    for item in found["items"]:
        assert item["freshness"] == ("green" if "9999" in item["title"]["en"] else "red")


def test_an_import_takes_nothing_of_what_others_wrote(register: Register, imported: Any) -> None:
    draft = own_schemas.NewDraft().load({"content": register.make_content(title={"en": "Mine"})})
    mine = register.service.call("create_entry", ADA, body=draft)
    public = register.public(title={"en": "Hers"})
    survivor = register.public(title={"en": "Survivor"})
    merged = register.public(title={"en": "Merged"})
    register.merge(merged, survivor)
    rows = [{"entry": each["id"], **register.make_content(title={"en": "Taken"})} for each in (mine, public, merged)]
    assert imported(rows)["counts"]["refused"] == 3
    assert register.mine(mine["id"])["draft"]["title"] == {"en": "Mine"}
    assert register.service.call("read_entry", entry=public["id"])["title"] == {"en": "Hers"}
    assert register.service.call("read_entry", entry=merged["id"])["title"] == {"en": "Survivor"}


# -- moments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:59Z", "9999-12-31T23:59:59Z"])
def test_changes_since_the_ends_of_time(register: Register, moment: str) -> None:
    since = register.service.call("list_entry_changes", since=datetime.fromisoformat(moment))
    assert bool(since["items"]) == (moment < "2")


def test_the_past_is_counted_at_the_first_year(register: Register) -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    register.public()
    found = register.service.call("read_crosstab", rows="sdg", columns="country", as_of=first)
    assert (found["total"], found["values"]) == (0, [])
    text = register.service.call("read_crosstab_table", rows="sdg", columns="country", as_of=first)["text"]
    assert text


def test_a_clock_that_is_ahead_hides_nothing(register: Register, database: Any) -> None:
    """A gateway whose clock is a year ahead."""
    ahead = {"received_at": datetime(2031, 1, 1, tzinfo=UTC)}
    entry = register.public(title={"en": "Ahead"})
    changed = register.submit(register.change(entry, title={"en": "Still ahead"}))
    body = review_schemas.DecisionBody().load({"decision": "approve", "version": changed["version"]})
    ahead_entry = register.service.call("decide_review", register.officer, context=ahead, entry=entry["id"], body=body)
    behind = register.approve(register.submit(register.change(ahead_entry, title={"en": "Behind"})))
    assert (behind["revision"], behind["content"]["title"]) == (3, {"en": "Behind"})
    rows = register.service.call("list_revisions", entry=entry["id"], limit=10)["items"]
    assert [row["number"] for row in rows] == [3, 2, 1]
    assert all(row["published_from"] <= clock.iso(clock.now()) for row in rows)
    at = clock.now()
    register.search(min_sequence=database("stocktaking")["counters"].find_one({"_id": "sequence"})["value"])
    now = register.service.call("read_crosstab", rows="sdg", columns="country")
    past = register.service.call("read_crosstab", context={"received_at": at}, rows="sdg", columns="country", as_of=at)
    assert (past["total"], past["values"]) == (now["total"], now["values"])


# -- races ------------------------------------------------------------------------------------------------------------


def outcomes(*works: Callable[[], Any]) -> list[Any]:
    """What each returned or raised; all run at the same time."""

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except SuiteError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_entries_are_not_merged_into_each_other(register: Register) -> None:
    one, two = register.public(title={"en": "One"}), register.public(title={"en": "Two"})
    done = outcomes(lambda: register.merge(one, two), lambda: register.merge(two, one))
    assert sum(isinstance(each, Conflict) for each in done) == 1, done
    shown = [register.service.call("read_entry", entry=each["id"]) for each in (one, two)]
    assert shown[0]["entry"] == shown[1]["entry"]
    linked = [register.service.call("read_entry_linked_data", entry=each["id"])["text"] for each in (one, two)]
    assert linked[0] == linked[1]


def test_of_an_approval_and_a_change_one_wins(register: Register, database: Any) -> None:
    entry = register.public(title={"en": "Raced"})
    waiting = register.submit(register.change(entry, title={"en": "Approved"}))

    def take_back() -> Any:
        back = register.service.call("take_back_own_entry", ADA, entry=entry["id"])
        return register.change(back, title={"en": "Changed"})

    outcomes(lambda: register.approve(waiting), take_back)
    found = database("stocktaking")["entries"].find_one({"_id": entry["id"]})
    if found["revision"] == 2:
        assert (found["content"]["title"], found["draft"]) == ({"en": "Approved"}, None)
    else:
        assert (found["content"]["title"], found["draft"]["content"]["title"]["en"]) == (
            {"en": "Raced"},
            "Changed",
        )


def test_sequences_have_no_gaps_after_conflicts(register: Register, database: Any) -> None:
    waiting = register.submit(register.change(register.public(), title={"en": "Twice"}))
    done = outcomes(*(lambda: register.approve(waiting) for _ in range(4)))
    assert sum(not isinstance(each, SuiteError) for each in done) == 1
    rows = database("stocktaking")["revisions"].find({}, {"sequence": 1, "until": 1})
    taken = {number for row in rows for number in (row["sequence"], row.get("until")) if number}
    assert taken == set(range(1, max(taken) + 1))


# -- cost -------------------------------------------------------------------------------------------------------------


def test_words_beyond_what_a_search_may_have_are_refused(register: Register) -> None:
    for text in ("-a " * 31, '"' + "a " * 31 + '"', "信" * 61, "a/" * 31):
        with refused("stocktaking.query_invalid"):
            register.search(q=text)


def test_long_texts_of_a_page_are_not_all_looked_at(make_content: Callable[..., Row]) -> None:
    text = {language: "horse " * 990 + "zebra" for language in ("en", "fr", "es", "pt", "ar", "zh", "ru")}
    cards = [index_kit.make_card(make_content(description=text), f"e{number}", number) for number in range(1, 41)]
    index = TantivyIndex()
    index.apply(cards, (), 40)
    page = index.search(SearchQuery("zebra"), limit=40)
    marked = sum(map(len, (hit.highlights for hit in page.hits)))
    assert (page.total, marked) == (40, -(-MAX_SEARCHED // len(text["en"])))
