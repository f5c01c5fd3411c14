"""Entries follow the events of the prizes: in any order, once each, and nothing before it is announced."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from wsis_shared.erasure import Erasure
from wsis_testkit import actor, publish, wait_for

from wsis_stocktaking.prizes.store import PrizeProjects
from wsis_stocktaking.prizes.use_cases.recording import RecordingCases

from .. import prize_kit as kit
from ..prize_kit import FakePrizes

AMA, BEN = actor(), actor()


@pytest.fixture(scope="module")
def prizes(fake_service: Any) -> FakePrizes:
    made = FakePrizes()
    fake_service("prizes", **made.methods())
    return made


@pytest.fixture(scope="module", autouse=True)
def _served(prizes: FakePrizes, stocktaking: Any) -> None:
    """The service with the prizes beside it."""


@pytest.fixture
def tell(amqp_client: Any, database: Any) -> Any:
    """Publishes an event of the prizes, and returns when it is recorded: what follows is pending then."""

    def one(event: str, data: dict[str, Any]) -> None:
        id = publish(amqp_client, "prizes", event, data)
        wait_for(lambda: database("stocktaking")["inbox"].find_one({"_id": f"on_{event}|{id}"}), what=event)

    return one


@pytest.fixture
def entry(database: Any) -> Any:
    """The entry of a project as it is stored, or None."""
    return lambda project: database("stocktaking")["entries"].find_one({"_id": f"prizes-{project}"})


@pytest.fixture
def wait_until(entry: Any, database: Any) -> Any:
    """Waits until nothing is pending, and returns what each entry of these projects is: (status of prize, revision)."""
    db = database("stocktaking")

    def state(project: str) -> tuple[Any, int] | None:
        found = entry(project)
        return found and (found["prize"] and found["prize"]["status"], found["revision"])

    def until(**wanted: Any) -> None:
        wait_for(
            lambda: (
                all(state(project) == value for project, value in wanted.items())
                and db["prize_projects"].count_documents({"pending": True}) == 0
            ),
            what=str(wanted),
        )

    return until


def test_nominees_become_entries_of_their_submitters_and_are_marked_when_announced(
    prizes: FakePrizes, tell: Any, entry: Any, wait_until: Any, database: Any, published: Any
) -> None:
    prizes.add("ada", "bob", "cho")
    tell("project_nominated", kit.submitter("ada", AMA.id))
    wait_for(lambda: database("stocktaking")["prize_projects"].find_one({"_id": "ada"}))
    assert entry("ada") is None  # the list is not public yet
    tell("nominees_published", kit.nominees("ada", "bob", "cho"))
    wait_until(ada=("nominated", 1), bob=("nominated", 1), cho=("nominated", 1))
    assert (entry("ada")["owner"], entry("ada")["source"]) == (AMA.id, "prizes")
    tell("project_nominated", kit.submitter("bob", BEN.id))  # late
    wait_for(lambda: database("stocktaking")["prize_projects"].find_one({"_id": "bob", "account": BEN.id}))
    tell("champions_announced", kit.champions("ada", "bob"))
    wait_until(ada=("champion", 2), bob=("champion", 2), cho=("nominated", 1))
    assert entry("bob")["owner"] == BEN.id
    tell("winners_announced", kit.winners("ada", beside=("bob",)))
    told = [event["data"] for event in published("stocktaking").wait("entry_published", 6)]
    assert [(row["entry"], row["revision"]) for row in told if row["entry"] == "prizes-ada"] == [
        ("prizes-ada", 1),
        ("prizes-ada", 2),
        ("prizes-ada", 3),
    ]
    assert not any(AMA.id in str(row) for row in told)
    wait_until(ada=("winner", 3), bob=("champion", 2), cho=("nominated", 1))
    tell("nominees_published", kit.nominees("ada", "bob", "cho"))  # again
    tell("champions_announced", kit.champions("ada", "bob"))
    wait_until(ada=("winner", 3), bob=("champion", 2), cho=("nominated", 1))


def test_late_list_of_nominees_unmarks_nobody(prizes: FakePrizes, tell: Any, wait_until: Any) -> None:
    prizes.add("dia", "eve", "fay")
    tell("winners_announced", kit.winners("dia", beside=("eve",)))
    wait_until(dia=("winner", 1), eve=("champion", 1))
    tell("champions_announced", kit.champions("dia", "eve"))
    tell("nominees_published", kit.nominees("dia", "eve", "fay"))
    wait_until(dia=("winner", 1), eve=("champion", 1), fay=("nominated", 1))


def test_nothing_is_known_of_champions_and_winners_before_their_day(
    prizes: FakePrizes, tell: Any, wait_until: Any, stocktaking: Any, officer: Any, database: Any
) -> None:
    prizes.add("gil")
    tell("nominees_published", kit.nominees("gil"))
    wait_until(gil=("nominated", 1))
    stocktaking.run_job("start_prize_entries", officer, edition=kit.EDITION)
    wait_until(gil=("nominated", 1))
    assert database("stocktaking")["prize_projects"].find_one({"_id": "gil"})["rank"] == 1


def test_project_that_is_out_leaves_the_register_unless_its_owner_has_revised_it(
    prizes: FakePrizes, tell: Any, entry: Any, wait_until: Any, database: Any
) -> None:
    prizes.add("hal", "ivy", "jon")
    tell("nominees_published", kit.nominees("hal", "ivy", "jon"))
    wait_until(hal=("nominated", 1), ivy=("nominated", 1), jon=("nominated", 1))
    database("stocktaking")["entries"].update_one({"_id": "prizes-ivy"}, {"$set": {"revision": 2}})
    tell("project_withdrawn", kit.out("hal", AMA.id))
    tell("project_disqualified", kit.out("ivy", AMA.id))
    wait_until(ivy=(None, 3))
    wait_for(lambda: entry("hal")["visibility"] == "withdrawn")
    assert entry("ivy")["visibility"] == "public"
    tell("nominees_published", kit.nominees("hal", "ivy", "jon"))  # late
    wait_until(ivy=(None, 3), jon=("nominated", 1))
    assert entry("hal")["visibility"] == "withdrawn"


def test_champion_in_place_of_one_that_is_out_is_read_from_the_prizes(
    prizes: FakePrizes, tell: Any, entry: Any, wait_until: Any
) -> None:
    prizes.add("kim", "lea")
    tell("nominees_published", kit.nominees("kim", "lea"))
    wait_until(kim=("nominated", 1), lea=("nominated", 1))
    tell("champions_announced", kit.champions("kim"))
    wait_until(kim=("champion", 2), lea=("nominated", 1))
    prizes.champions = {"lea"}
    tell("project_disqualified", kit.out("kim", AMA.id))
    wait_until(lea=("champion", 2))
    wait_for(lambda: entry("kim")["visibility"] == "withdrawn")
    prizes.champions = None


def test_mark_follows_an_entry_that_is_merged_into_another_one(
    prizes: FakePrizes, tell: Any, wait_until: Any, database: Any, make_content: Any
) -> None:
    from wsis_shared import clock
    from wsis_shared.mongo import in_transaction

    from wsis_stocktaking.register.events import withdrawn
    from wsis_stocktaking.register.store.register import Publication, Register

    prizes.add("noa")
    tell("champions_announced", kit.champions("noa"))
    wait_until(noa=("champion", 1))
    register = Register(database("stocktaking"))
    into = register.new_entry("survivor", "submission", BEN.id, clock.now())
    in_transaction(lambda: register.publish([Publication(into, make_content(), by=BEN.id)], clock.now()))

    def merge() -> None:
        found = register.find("prizes-noa")
        register.withdraw(found, clock.now(), merged_into="survivor", announce=lambda gone: (withdrawn(gone),))

    in_transaction(merge)
    wait_for(lambda: (register.find("survivor")["prize"] or {}).get("status") == "champion", 25)
    tell("winners_announced", kit.winners("noa"))
    wait_for(lambda: register.find("survivor")["prize"]["status"] == "winner")
    assert register.find("survivor")["owner"] == BEN.id


def test_mark_follows_a_chain_of_mergers_beside_a_project_that_is_out(
    prizes: FakePrizes, tell: Any, wait_until: Any, database: Any, make_content: Any
) -> None:
    from wsis_shared import clock
    from wsis_shared.mongo import in_transaction

    from wsis_stocktaking.register.events import withdrawn
    from wsis_stocktaking.register.store.register import Publication, Register

    register = Register(database("stocktaking"))
    chain = [f"link-{number}" for number in range(7)]
    new = [register.new_entry(entry, "submission", BEN.id, clock.now()) for entry in chain]
    in_transaction(lambda: register.publish([Publication(each, make_content()) for each in new], clock.now()))
    prizes.add("old")
    prizes.add("new")
    tell("champions_announced", kit.champions("old", "new"))
    wait_until(old=("champion", 1), new=("champion", 1))

    def merge(entry: str, into: str) -> None:
        found = register.find(entry)
        register.withdraw(found, clock.now(), merged_into=into, announce=lambda gone: (withdrawn(gone),))

    def mark(entry: str) -> str | None:
        return register.find(entry).get("project")

    in_transaction(lambda: merge("prizes-old", chain[0]))
    wait_for(lambda: mark(chain[0]) == "old")
    tell("project_disqualified", kit.out("old", AMA.id))
    wait_for(lambda: mark(chain[0]) is None)
    in_transaction(lambda: merge("prizes-new", chain[0]))
    wait_for(lambda: mark(chain[0]) == "new")
    for entry, into in itertools.pairwise(chain):
        in_transaction(partial(merge, entry, into))
    wait_for(lambda: mark(chain[-1]) == "new")


def test_submitter_who_has_an_entry_of_the_project_keeps_that_one(
    prizes: FakePrizes, tell: Any, entry: Any, wait_until: Any, database: Any, make_content: Any
) -> None:
    from wsis_shared import clock
    from wsis_shared.mongo import in_transaction

    from wsis_stocktaking.register.store.register import Publication, Register

    prizes.add("mia")
    register = Register(database("stocktaking"))
    content = make_content(title={"en": "The Clinics of Mia"}, countries=["RW"])
    content["organization"]["name"] = "Foundation Mia"
    own = register.new_entry("own", "submission", AMA.id, clock.now())
    in_transaction(lambda: register.publish([Publication(own, content, by=AMA.id)], clock.now()))
    tell("project_nominated", kit.submitter("mia", AMA.id))
    wait_for(lambda: database("stocktaking")["prize_projects"].find_one({"_id": "mia"}))
    tell("nominees_published", kit.nominees("mia"))
    wait_for(lambda: (register.find("own")["prize"] or {}).get("status") == "nominated")
    assert entry("mia") is None
    assert register.find("own")["content"] == content
    tell("project_disqualified", kit.out("mia", AMA.id))
    wait_for(lambda: register.find("own")["prize"] is None)
    assert register.find("own")["visibility"] == "public"


def test_two_nominees_that_are_like_one_entry_of_their_submitter_are_entered_both(
    prizes: FakePrizes, tell: Any, entry: Any, wait_until: Any, database: Any, make_content: Any
) -> None:
    from wsis_shared import clock
    from wsis_shared.mongo import in_transaction

    from wsis_stocktaking.register.store.register import Publication, Register

    prizes.add("ria")
    prizes.nominees["rio"] = {**prizes.nominees["ria"], "id": "rio"}
    register = Register(database("stocktaking"))
    content = make_content(title={"en": "The Clinics of Ria"}, countries=["RW"])
    content["organization"]["name"] = "Foundation Ria"
    own = register.new_entry("own-of-two", "submission", AMA.id, clock.now())
    in_transaction(lambda: register.publish([Publication(own, content, by=AMA.id)], clock.now()))
    for project in ("ria", "rio"):
        tell("project_nominated", kit.submitter(project, AMA.id))
    tell("nominees_published", kit.nominees("ria", "rio"))
    wait_until()
    linked = register.find("own-of-two")["project"]
    assert linked in ("ria", "rio")
    [other] = {"ria", "rio"} - {linked}
    assert (entry(linked), entry(other)["prize"]["status"]) == (None, "nominated")


def test_a_whole_list_is_published_once_by_an_officer_who_missed_the_event(
    prizes: FakePrizes, stocktaking: Any, officer: Any, database: Any
) -> None:
    many = [f"n{number:03}" for number in range(105)]
    prizes.nominees.clear()
    prizes.add(*many)
    prizes.champions, prizes.winners = {many[0], many[1]}, {many[0]}
    for _ in range(2):
        result = stocktaking.run_job("start_prize_entries", officer, edition=kit.EDITION)
    assert result == {"edition": kit.EDITION, "projects": 105}
    found = database("stocktaking")["entries"].find({"_id": {"$in": [f"prizes-{project}" for project in many]}})
    states = {entry["_id"]: (entry["prize"]["status"], entry["revision"]) for entry in found}
    assert states == {
        f"prizes-{project}": ({many[0]: "winner", many[1]: "champion"}.get(project, "nominated"), 1) for project in many
    }


def test_nomination_that_comes_after_the_erasure_names_nobody(database: Any) -> None:
    db = database("stocktaking")
    recording, gone = RecordingCases(PrizeProjects(db)), "gone-account"
    recording.forget_submitter(Erasure(datetime(2017, 3, 1, 12, tzinfo=UTC), account=gone))
    for project, time in (("zoe", "2017-03-01T11:59:00Z"), ("yan", "2017-03-01T12:01:00Z")):
        recording.on_project_nominated({"data": kit.submitter(project, gone), "time": time})
    projects = {row["_id"]: row["account"] for row in db["prize_projects"].find({"_id": {"$in": ["zoe", "yan"]}})}
    assert projects == {"zoe": None, "yan": gone}  # the second one came back, with the id of then
