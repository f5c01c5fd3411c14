"""Figures by country and domain: an officer who follows them joins nobody's country to the public log."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import clock
from wsis_testkit import actor, publish, wait_for

from wsis_voting.ballots.rules.ballots import Turnout
from wsis_voting.turnout.rules import crowds
from wsis_voting.turnout.use_cases import registrations

NIGHT = datetime(2017, 4, 12, 3, tzinfo=UTC)
OFFICER = actor("officer")


def hours(*voters: tuple[int, str, int]) -> list[tuple[datetime, Turnout]]:
    """Complete ballots of one vote: (hour of the night, country, how many)."""
    made: dict[datetime, Turnout] = {}
    for hour, country, count in sorted(voters):
        its = made.setdefault(NIGHT + timedelta(hours=hour), Turnout())
        its.votes += count
        its.started += count
        its.complete += count
        its.by_country[country].update(started=count, votes=count, complete=count)
    return list(made.items())


def shown(rows: list[dict[str, Any]], name: str = "country", figure: str = "started") -> dict[str, int]:
    return {row[name]: row[figure] for row in rows}


def test_country_moves_when_the_hour_is_over_and_by_ten_voters() -> None:
    voters = [(0, "NO", 12), (1, "NO", 9), (2, "NO", 1), (3, "NO", 1)]
    at = [shown(crowds.countries(hours(*voters), NIGHT + timedelta(hours=hour, minutes=30))) for hour in range(5)]
    assert at == [{}, {"NO": 12}, {"NO": 12, "other": 9}, {"NO": 22}, {"NO": 22, "other": 1}]


def test_two_lone_voters_of_one_country_move_nothing_that_names_them() -> None:
    """The country's row moved at 07:30:38.5 and at 07:31:13.3, and each batch of the log had three openings."""
    before = [(0, "NO", 40), (0, "SC", 15)]
    told = []
    for night in ((), ((5, "NO", 1),), ((5, "NO", 2),), ((5, "SC", 1), (5, "NO", 1)), ((5, "RW", 2),)):
        for minute in range(0, 180, 3):
            now = NIGHT + timedelta(hours=5, minutes=minute)
            rows = shown(crowds.countries(hours(*before, *night), now))
            rows.pop("other", None)  # counts of nobody's country, as the sums are
            told.append(rows)
    assert all(rows == {"NO": 40, "SC": 15} for rows in told)


def test_few_voters_are_other_and_never_named() -> None:
    rows = crowds.countries(hours((0, "NO", 9), (0, "SC", 9), (0, "RW", 11)), NIGHT + timedelta(days=1))
    assert shown(rows) == {"RW": 11, "other": 18}


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["NO", "SC", "RW"]), st.integers(1, 7)), max_size=60))
def test_any_row_moves_by_ten_voters_at_least_and_all_add_up(voters: list[tuple[int, str, int]]) -> None:
    counted, former = hours(*voters), {}
    for hour in range(33):
        now = NIGHT + timedelta(hours=hour, minutes=15)
        rows = shown(crowds.countries(counted, now))
        over = sum(its.started for at, its in counted if at + crowds.HOUR <= now)
        assert sum(rows.values()) == over
        rows.pop("other", None)
        assert all(
            abs(figure - former.get(name, 0)) >= crowds.K_ANONYMITY
            for name, figure in rows.items()
            if figure != former.get(name, 0)
        )
        former = rows


def test_registrations_by_country_and_domain_move_once_an_hour_and_by_ten() -> None:
    """Most register in order to vote."""

    def show(former: Any, now: datetime, domains: dict[str, int]) -> dict[str, Any]:
        return registrations({NIGHT: sum(domains.values())}, domains, {}, former, now)

    first = show(None, NIGHT, {"ngo.example": 12, "rare.example": 3})
    assert shown(first["domains"], "domain", "accounts") == {"ngo.example": 12, "other": 3}
    soon = show(first, NIGHT + timedelta(minutes=59), {"ngo.example": 40})
    assert (soon["accounts"], soon["domains"]) == (40, first["domains"])
    one = show(first, NIGHT + timedelta(hours=1), {"ngo.example": 13, "rare.example": 3})
    assert shown(one["domains"], "domain", "accounts") == {"ngo.example": 12, "other": 4}
    ten = show(one, NIGHT + timedelta(hours=2), {"ngo.example": 22, "rare.example": 3})
    assert shown(ten["domains"], "domain", "accounts") == {"ngo.example": 22, "other": 3}
    assert shown(show(ten, NIGHT + timedelta(hours=3), {})["domains"], "domain", "accounts") == {}, "all were erased"


# -- over the running service ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any) -> Any:
    published("voting")
    return serve("voting", WSIS_VOTING_CERTIFY_AUTOMATICALLY="no", WSIS_REVIEW_MINUTES="0")


def test_officer_who_follows_everything_sees_no_country_of_a_lone_voter(
    service: Any, amqp_client: Any, database: Any, open_contest: Any, voter: Any
) -> None:
    contest, db = open_contest(), database("voting")

    def vote(country: str) -> None:
        who, now = voter(), clock.iso(clock.now())
        publish(amqp_client, "accounts", "account_confirmed", {"account": who.id, "country": country}, subject=who.id)
        data = {
            "account": who.id,
            "domain": f"{country.lower()}.example",
            "throwaway": False,
            "registered_at": now,
            "confirmed_at": now,
        }
        publish(amqp_client, "accounts", "voter_signals", data, subject=who.id)
        wait_for(lambda: db["voters"].find_one({"_id": who.id}) and db["voter_signals"].find_one({"_id": who.id}))
        service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})

    def read() -> tuple[int, Any]:
        service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
        turnout = service.call("read_turnout", OFFICER, edition=contest.edition)
        named = [
            turnout["countries"],
            turnout["domains"],
            *(turnout["registrations"][its] for its in ("countries", "domains")),
        ]
        return turnout["started"], named

    for _ in range(11):
        vote("NO")
    db["registrations"].delete_many({})
    for row in list(db["counters"].find({"edition": contest.edition, "hour": {"$ne": None}})):
        db["counters"].delete_one({"_id": row["_id"]})  # they came two hours ago
        db["counters"].insert_one({**row, "_id": f"{row['_id']}|ago", "hour": row["hour"] - timedelta(hours=2)})
    wait_for(lambda: db["registrations"].find_one({"_id": "accounts"}), 30, "registrations")
    voters, before = read()
    assert before[0] == [{"country": "NO", "started": 11, "votes": 33, "complete": 11}], "and it could have been told"
    assert before[1] == [{"domain": "no.example", "started": 11, "complete": 11}]
    seen = []
    for country in ("NO", "NO", "SC"):
        vote(country)
        seen.append(read())
    assert [started - voters for started, _ in seen] == [1, 2, 3], "sums are live"
    assert Counter(str(named) for _, named in seen) == {str(before): 3}


def test_each_reader_of_the_turnout_is_in_the_audit_once_an_hour(
    service: Any, published: Any, open_contest: Any
) -> None:
    contest, colleague = open_contest(), actor("officer")
    for who in (OFFICER, OFFICER, colleague):
        service.call("read_turnout", who, edition=contest.edition)
    service.call("draw_turnout", colleague, edition=contest.edition, hours=None)

    def read() -> list[tuple[str, str]]:
        entries = [event["data"] for event in published("voting").of("action_taken")]
        return [
            (entry["actor"], entry["object"].rpartition("/")[2])
            for entry in entries
            if entry["action"] == "voting.turnout_read" and f"/{contest.edition}/" in entry["object"]
        ]

    wanted = {(OFFICER.id, "turnout"), (colleague.id, "turnout"), (colleague.id, "picture")}
    wait_for(lambda: wanted <= set(read()))
    assert len(read()) in (3, 4), "four where the hour ended between two reads"
