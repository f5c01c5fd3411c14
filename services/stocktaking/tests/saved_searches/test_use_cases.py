"""Saved searches tell of what newly fits: once, to their owners and agencies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, make_context, refused
from wsis_testkit.interruptions import InProcess, check_done_once

from wsis_stocktaking.register.store.register import Publication, Register
from wsis_stocktaking.saved_searches import schemas
from wsis_stocktaking.saved_searches.use_cases import OwnCases, RunningCases

NOW = datetime(2016, 7, 1, 12, tzinfo=UTC)
AMA, BEN = actor(id="ama"), actor(id="ben")
AGENCY = actor("agency", id="itu")


class Suite:
    """The service in this process, and its register."""

    def __init__(self, service: InProcess, make_content: Any) -> None:
        self.service, self.make_content = service, make_content
        self.register = Register(service.db)
        self.blocked: set[str] = set()

    def publish(self, entry: str, **changes: Any) -> None:
        """Publish an entry, or another revision of it."""
        found = self.service.db["entries"].find_one({"_id": entry})
        row = found or self.register.new_entry(entry, "submission", None, NOW)
        in_transaction(lambda: self.register.publish([Publication(row, self.make_content(**changes))], NOW))

    def save(self, who: Any = AMA, **changes: Any) -> str:
        """Save a search of activities in Kenya about farmers; returns its id."""
        body = {"name": "Farmers", "query": {"q": "farmers", "country": ["KE"]}, "mail": "immediate", "event": False}
        return str(self.service.call("save_search", who, at=NOW, body={**body, **changes})["id"])

    def run(self, minutes: float = 0) -> int:
        """What the timer does at a time after the save."""
        cases = self.service.use_case(RunningCases)
        cases._index.catch_up()
        return cases.run_saved_searches(make_context(received_at=NOW + timedelta(minutes=minutes)))

    def mails(self) -> list[dict[str, Any]]:
        """The mails so far."""
        news = sorted((event["data"] for event in self.service.outbox("saved_search_news")), key=lambda row: row["run"])
        return [self.service.call("write_saved_search_news", at=NOW, data=row, account=row["account"]) for row in news]


@pytest.fixture(scope="module")
def _suite(database: Any, make_content: Any) -> Suite:
    suite: Suite

    def profile(account: str) -> dict[str, Any]:
        return {"account": account, "locale": "en", "blocked": account in suite.blocked}

    clients: dict[str, Any] = {"accounts": {"profile": profile}, "prizes": {}}
    suite = Suite(InProcess("stocktaking", database("stocktaking"), clients), make_content)
    return suite


@pytest.fixture
def suite(_suite: Suite) -> Suite:
    """With nothing but one entry that is there before."""
    _suite.service.restore({})
    _suite.blocked.clear()
    _suite.publish("old")
    return _suite


def entries(mail: dict[str, Any]) -> list[str]:
    return [row["entry"] for row in mail["entries"]]


def test_owner_gets_one_mail_with_all_that_newly_fits(suite: Suite) -> None:
    search = suite.save()
    for number in range(3):
        suite.publish(f"new-{number}")
    suite.publish("elsewhere", countries=["UG"])
    suite.publish("other", title={"en": "Nurses by phone"}, description={"en": "Clinics."}, partners=[])
    assert suite.run() == 1
    [mail] = suite.mails()
    assert entries(mail) == ["new-2", "new-1", "new-0"]
    assert (mail["total"], mail["more"], mail["name"]) == (3, 0, "Farmers")
    assert mail["url"] == "page:/register?q=farmers&country=KE&sort=newest"
    assert f"/en/searches/{search}/unsubscribe/" in mail["stop"]
    assert suite.run(60) == 0  # nothing is published since
    assert len(suite.mails()) == 1
    assert suite.service.call("read_saved_search", AMA, at=NOW, search=search)["position"] == suite.register.head()


def test_further_revision_of_what_fitted_is_not_new_and_one_that_fits_now_is(suite: Suite) -> None:
    suite.publish("later", title={"en": "Nurses"}, description={"en": "Clinics."}, partners=[])
    suite.publish("moved", countries=["UG"])
    suite.save()
    suite.publish("old", keywords=["maize"])
    suite.publish("later")
    suite.publish("moved")
    suite.publish("first")
    suite.publish("first", keywords=["maize"])  # its second revision before the search has run
    suite.run()
    [mail] = suite.mails()
    assert entries(mail) == ["first", "moved", "later"]


def test_what_comes_soon_after_an_immediate_mail_waits_for_the_next_one(suite: Suite) -> None:
    suite.save()
    suite.publish("one")
    suite.run()
    suite.publish("two")
    suite.publish("three")
    assert suite.run(5) == 0
    assert suite.run(11) == 1
    assert [entries(mail) for mail in suite.mails()] == [["one"], ["three", "two"]]


def test_daily_mail_comes_after_a_day_and_none_never(suite: Suite) -> None:
    suite.save(mail="daily")
    suite.save(BEN, mail="none")
    suite.publish("one")
    assert suite.run(23 * 60) == 0
    assert suite.run(24 * 60) == 1
    assert [entries(mail) for mail in suite.mails()] == [["one"]]


def test_agency_gets_an_event_that_names_no_person(suite: Suite) -> None:
    with refused("stocktaking.events_for_agencies"):
        suite.save(event=True)
    search = suite.save(AGENCY, mail="none", event=True)
    suite.publish("one")
    suite.run()
    [event] = suite.service.outbox("saved_search_matched")
    assert event["data"] == {"saved_search": search, "entries": ["one"], "total": 1, "after": 1, "sequence": 2}
    assert suite.mails() == []


@pytest.mark.parametrize(("roles", "fires"), [(["member", "agency"], 2), (["member"], 1), ([], 1)])
def test_a_search_fires_events_while_its_owner_is_an_agency(suite: Suite, roles: list[str], fires: int) -> None:
    suite.save(AGENCY, mail="none", event=True)
    suite.save(BEN, mail="immediate")
    suite.publish("one")
    suite.run()
    cases, ctx = suite.service.use_case(OwnCases), make_context(received_at=NOW)
    event = {"data": {"account": AGENCY.id, "roles": roles}}
    in_transaction(lambda: cases.silence_saved_searches(event, ctx))
    suite.publish("two")
    suite.run(11)
    assert len(suite.service.outbox("saved_search_matched")) == fires
    assert len(suite.mails()) == 2, "of the others"


def test_mails_stop_by_the_key_in_their_link(suite: Suite) -> None:
    search = suite.save()
    suite.publish("one")
    suite.run()
    [mail] = suite.mails()
    key = mail["stop"].rpartition("/")[2]
    for method in ("read_unsubscription", "unsubscribe_saved_search"):
        with refused("stocktaking.saved_search_unknown"):
            suite.service.call(method, at=NOW, search=search, code="0" * 32)
    assert suite.service.call("read_unsubscription", at=NOW, search=search, code=key)["mail"] == "immediate"
    assert len(suite.mails()) == 1  # the page has changed nothing
    for _ in range(2):
        assert suite.service.call("unsubscribe_saved_search", at=NOW, search=search, code=key)["mail"] == "none"
    with refused("stocktaking.nothing_to_mail"):  # also the mail that is not written yet
        suite.mails()
    suite.publish("two")
    assert suite.run(60) == 0
    body = {"name": "Farmers", "query": {"q": "farmers", "country": ["KE"]}, "mail": "immediate", "event": False}
    suite.service.call("change_saved_search", AMA, at=NOW, search=search, body=body)
    assert suite.run(60) == 0  # what was published meanwhile is not new


def test_blocked_and_erased_accounts_get_nothing(suite: Suite) -> None:
    suite.save()
    suite.publish("one")
    suite.run()
    suite.blocked.add("ama")
    with refused("stocktaking.nothing_to_mail"):
        suite.mails()
    suite.blocked.clear()
    erased = {
        "specversion": "1.0",
        "id": "erased",
        "type": "wsis.accounts.account_erased.v1",
        "time": "2117-03-01T12:00:00Z",
        "data": {"account": "ama"},
    }
    suite.service.handle("forget_saved_searches", erased)
    assert "ama" not in str(suite.service.db["saved_searches"].find_one())
    assert suite.service.db["saved_search_runs"].count_documents({}) == 0


def test_searches_are_their_owners_and_limited(suite: Suite) -> None:
    search = suite.save()
    for method in ("read_saved_search", "remove_saved_search"):
        with refused("stocktaking.saved_search_unknown"):
            suite.service.call(method, BEN, at=NOW, search=search)
    with refused("stocktaking.query_invalid"):
        suite.save(query={"q": "!?"})
    for _ in range(19):
        suite.save()
    with refused("stocktaking.too_many_saved_searches", most=20):
        suite.save()
    suite.service.call("remove_saved_search", AMA, at=NOW, search=search)
    shown = suite.service.call("list_saved_searches", AMA, at=NOW, limit=50)
    assert len(schemas.SavedSearchPage().dump(shown)["items"]) == 19


def test_run_that_is_interrupted_anywhere_tells_once(suite: Suite) -> None:
    suite.save(AGENCY, event=True)
    suite.save(BEN)
    suite.publish("one")
    cases = suite.service.use_case(RunningCases)
    cases._index.catch_up()

    def act() -> None:
        cases.run_saved_searches(make_context(received_at=NOW))

    def check() -> None:
        assert len(suite.mails()) == 2

    check_done_once(suite.service, act, check, overlapped=False)
