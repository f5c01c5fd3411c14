from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import partial
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

NOTICES = {(event.type, notice.template): notice for event in plugin.publishes for notice in event.notifications}


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
@pytest.mark.parametrize("template", sorted({template for _, template in NOTICES}))
def test_notices_are_written_in_every_language(template: str, locale: str) -> None:
    notice = by_key(plugin.locale_package, "mails")[template][locale]
    variables = {
        "ground": "burst",
        "address": "secretariat@wsis.example",
        "edition": "2017",
        "count": 2,
        "done": 7,
        "of": 18,
        "missing": 11,
        "closes_at": "30 April 2017",
        "votes": [
            {"category": "C1", "shown": "Radio for every school (X)", "receipt_text": "receipt of C1"},
            {"category": "C2", "shown": "Élan", "receipt_text": "receipt of C2"},
        ],
    }
    strict = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    strict.filters.update(category=str, moment=str, verbatim=str)  # as notifications has them
    strict.filters["plural"] = lambda count, **forms: forms["other"].replace("{n}", str(count))
    strict.filters["ballot_ground"] = partial(sentences.FILTERS["ballot_ground"], locale=locale)
    subject, text = (strict.from_string(notice[part]).render(variables) for part in ("subject", "text"))
    assert "2017" in subject
    assert "{" not in subject + text
    if template == "ballot_completed":
        assert re.search(r"\n- C1 ?[:：] ?Radio for every school \(X\)\n- C2 ?[:：] ?Élan\n", text)
        assert "\n- receipt of C1\n- receipt of C2\n" in text
        assert "/v1/editions/2017/receipts/" in text
        out = strict.from_string(notice["text"]).render(variables, excluded=True)
        assert out.partition("\n")[2] == text.partition("\n")[2]
        assert out != text, "it does not say that the votes count"
    if template == "ballot_excluded":
        grounds = {sentences.text(f"ground_{ground}", locale) for ground in GROUNDS}
        assert len(grounds) == len(GROUNDS)
        assert sentences.text("ground_burst", locale) in text
        assert "secretariat@wsis.example" in text
    if template == "ballots_reminded":
        assert all(figure in text for figure in ("7", "18", "30 April 2017"))


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


def test_an_older_window_does_not_replace_a_newer_one(service: Any, amqp_client: Any, open_contest: Any) -> None:
    contest = open_contest()
    service.call("read_voting", edition=contest.edition)
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
