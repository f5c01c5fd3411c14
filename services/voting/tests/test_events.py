from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jinja2
import pytest
from wsis_shared import clock
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_key
from wsis_testkit import publish, wait_for

from wsis_voting import sentences
from wsis_voting.ballots.rules.counts import GROUNDS
from wsis_voting.plugin import plugin


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any) -> Any:
    published("voting")
    return serve("voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_VOTING_RECORDER_DEAD_SECONDS="8")


def test_public_events_hold_nobody_and_no_choice() -> None:
    for event in plugin.publishes:
        fields = set(event.schema().fields)
        assert not fields & {"project", "projects", "category", "choice", "votes"}, event.type
        if event.public:
            assert not fields & {"account", "accounts"}, event.type


@pytest.mark.parametrize("locale", LOCALES)
def test_mail_of_an_excluded_ballot_does_not_say_that_its_votes_count(locale: str) -> None:
    written = by_key(plugin.locale_package, "mails")["ballot_completed"][locale]["text"]
    plain = jinja2.Environment(undefined=jinja2.StrictUndefined)
    plain.filters.update(category=str, verbatim=str, plural=lambda count, **forms: str(count))
    counted, excluded = (
        plain.from_string(written).render(edition="2017", count=18, votes=[], excluded=out) for out in (False, True)
    )
    assert counted.partition("\n")[2] == excluded.partition("\n")[2]
    assert counted != excluded


@pytest.mark.parametrize("locale", LOCALES)
def test_each_ground_has_its_words(locale: str) -> None:
    assert len({sentences.text(f"ground_{ground}", locale) for ground in GROUNDS}) == len(GROUNDS)


def test_a_contest_is_opened_closed_and_certified_with_totals_only(
    service: Any, prizes: Any, published: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    contest, who = open_contest(), voter()
    service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    seen = published("voting")

    def of(event: str) -> list[Any]:
        return [each["data"] for each in seen.of(event) if each["data"].get("edition") == contest.edition]

    wait_for(lambda: of("voting_opened"))
    completed = wait_for(lambda: of("ballot_completed"))
    assert completed == [{"edition": contest.edition, "account": who.id}]
    prizes.move(contest, clock.now())
    certified = wait_for(lambda: of("tally_certified"), 30)
    assert len(of("voting_opened")) == len(of("voting_closed")) == len(certified) == 1
    assert certified[0] == {
        "edition": contest.edition,
        "ballots_complete": 1,
        "votes_cast": 3,
        "votes_counted": 3,
        "number": 1,
    }
    everything = json.dumps(seen.events)
    assert not any(contest.project(category) in everything for category in contest.categories)


def test_nominees_and_window_come_by_events_alone(service: Any, amqp_client: Any, voter: Any) -> None:
    edition, now, who = "2098", clock.now(), voter()  # prizes does not answer for this edition
    data = {"edition": edition, "nominees": [{"project": "p1", "category": "C1", "title": "T", "number": 1}]}
    publish(amqp_client, "prizes", "nominees_published", data, subject=edition, sequence=1)
    window = {
        "edition": edition,
        "opens_at": clock.iso(now - timedelta(hours=1)),
        "closes_at": clock.iso(now + timedelta(hours=1)),
        "every_category": True,
    }
    publish(amqp_client, "prizes", "voting_window_changed", window, subject=edition, sequence=2)

    def open_with_a_category() -> bool:
        from wsis_shared.errors import SuiteError

        try:
            shown = service.call("read_voting", edition=edition)
        except SuiteError:
            return False
        return bool(shown["state"] == "open" and shown["categories"] == 1)

    wait_for(open_with_a_category, 20)
    assert service.command("cast", who, {"edition": edition}, {"category": "C1", "project": "p1"})["complete"] is True


def test_an_older_window_does_not_replace_a_newer_one(
    service: Any, prizes: Any, amqp_client: Any, open_contest: Any
) -> None:
    contest = open_contest()
    service.call("read_voting", edition=contest.edition)
    del prizes.editions[contest.edition]  # else what it says now holds
    subject = f"edition/{contest.edition}"
    newer = contest.window() | {"closes_at": "2031-05-01T00:00:00Z"}
    publish(amqp_client, "prizes", "voting_window_changed", newer, subject=subject, sequence=9)
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["closes_at"] == newer["closes_at"])
    older = contest.window() | {"closes_at": "2031-04-01T00:00:00Z"}
    publish(amqp_client, "prizes", "voting_window_changed", older, subject=subject, sequence=8)
    marker = {"edition": contest.edition, "nominees": contest.nominees[:1]}
    publish(amqp_client, "prizes", "nominees_published", marker, subject=subject, sequence=10)
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["categories"] == 1)
    assert service.call("read_voting", edition=contest.edition)["closes_at"] == newer["closes_at"]
