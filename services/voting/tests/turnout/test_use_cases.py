"""What officers see of the day: figures, and the picture of votes per hour."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import actor, publish, wait_for

from wsis_voting.ballots.rules.ballots import Turnout
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.turnout.rules.chart import nice_step, votes_per_hour
from wsis_voting.turnout.use_cases import span

FIRST = datetime(2017, 4, 29, 22, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(votes: dict[int, int], hours: int) -> tuple[list[dict[str, str]], list[str]]:
    """(bars, texts) of a picture of so many hours."""
    counted = {FIRST + timedelta(hours=hour): count for hour, count in votes.items()}
    picture = ElementTree.fromstring(votes_per_hour("2017", counted, FIRST, FIRST + timedelta(hours=hours - 1)))
    bars = [dict(bar.attrib) for bar in picture.iter(f"{SVG}rect") if bar.get("fill") != "#ffffff"]
    return bars, [str(text.text) for text in picture.iter(f"{SVG}text")]


def test_bars_are_as_high_as_their_votes() -> None:
    bars, texts = drawn({0: 100, 1: 50, 3: 200}, 4)
    heights = [float(bar["height"]) for bar in bars]
    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)
    assert heights[2] == pytest.approx(2 * heights[0], rel=0.01)
    places = [float(bar["x"]) for bar in bars]
    assert places[2] - places[1] == pytest.approx(2 * (places[1] - places[0]), abs=0.1), "an empty hour keeps its place"
    assert "350 votes; the busiest hour, 30 April 01:00 UTC, had 200" in texts
    assert [text for text in texts if text in ("22:00", "29 Apr", "00:00", "30 Apr")] == [
        "22:00",
        "29 Apr",
        "00:00",
        "30 Apr",
    ]


def test_one_hour_fills_the_picture() -> None:
    ((wide,), _), (half, _) = drawn({0: 3}, 1), drawn({0: 3, 1: 3}, 2)
    assert float(wide["width"]) > 1.5 * float(half[0]["width"])


def test_six_weeks_have_dates_alone() -> None:
    _, texts = drawn({5: 1}, 46 * 24)
    assert not [text for text in texts if ":" in text and "votes" not in text]
    assert 4 <= len([text for text in texts if text.endswith((" Apr", " May", " Jun"))]) <= 10


def test_no_votes_is_a_picture_too() -> None:
    bars, texts = drawn({}, 1)
    assert (bars, "No votes yet" in texts) == ([], True)


@pytest.mark.parametrize(("most", "step"), [(0, 1), (5, 1), (6, 2), (11, 5), (1234, 500), (123_456, 50_000)])
def test_grid_lines_are_at_round_figures(most: int, step: int) -> None:
    assert nice_step(most) == step


def test_a_voting_that_opened_a_thousand_years_ago_is_drawn_in_part() -> None:
    opened, now = FIRST - timedelta(days=365_242), FIRST + timedelta(hours=5)
    contest = Contest("2017", opened, None, True, {}, frozenset(), frozenset())
    first, last = span(contest, [(FIRST, Turnout(votes=3)), (opened, Turnout(votes=9))], now, None)
    assert (first, last) == (now - timedelta(hours=1999), now)
    assert len(votes_per_hour("2017", {FIRST: 3}, first, last)) < 10_000
    assert span(contest, [], now, 6) == (FIRST, now)
    short = Contest("2017", FIRST, None, True, {}, frozenset(), frozenset())
    assert span(short, [], now, None) == (FIRST, now), "a picture begins with the voting"


def test_officers_see_registrations_what_waits_and_the_picture(
    serve: Any, prizes: Any, amqp_client: Any, database: Any, open_contest: Any
) -> None:
    accounts, now = [uuid.uuid4().hex for _ in range(12)], clock.iso(clock.now())
    service, contest = serve("voting"), open_contest()
    for number, account in enumerate(accounts):
        domain = "ministry.example" if number < 10 else f"rare{number}.example"
        signals = {
            "account": account,
            "domain": domain,
            "throwaway": False,
            "alias": False,
            "network": None,
            "registered_at": now,
            "confirmed_at": now,
            "seconds_to_fill": None,
            "sequence": None,
        }
        publish(amqp_client, "accounts", "voter_signals", signals, subject=account)
        told = {"account": account, "country": "NO" if number else "CH"}
        publish(amqp_client, "accounts", "account_confirmed", told, subject=account)
    for account in accounts:
        service.command("cast", actor(id=account), {"edition": contest.edition}, {"votes": contest.ballot()})

    def counted() -> Any:  # from time to time; an hour after the service began
        database("voting")["registrations"].update_one({"_id": "accounts"}, {"$unset": {"stepped_at": 1}})
        shown = service.call("read_turnout", actor("officer"), edition=contest.edition)
        seen = shown["registrations"]
        return seen["accounts"] == sum(row["accounts"] for row in seen["countries"]) == 12 and shown

    wait_for(counted, 30)
    service.run_job("look_for_clusters", actor("officer"), edition=contest.edition)
    turnout = service.call("read_turnout", actor("officer"), edition=contest.edition)
    assert sum(row["accounts"] for row in turnout["registrations"]["hours"]) == 12
    assert turnout["registrations"]["domains"] == [
        {"domain": "ministry.example", "accounts": 10},
        {"domain": "other", "accounts": 2},
    ]
    assert turnout["registrations"]["countries"] == [
        {"country": "NO", "accounts": 11},
        {"country": "other", "accounts": 1},
    ]
    assert turnout["domains"] == [
        {"domain": "ministry.example", "started": 10, "complete": 10},
        {"domain": "other", "started": 2, "complete": 2},
    ]
    assert (turnout["votes"], turnout["complete"]) == (36, 12)
    assert turnout["unsettled"]["waiting"] == 0
    drawn = service.call("draw_turnout", actor("officer"), edition=contest.edition, hours=None)
    picture = drawn["text"]
    assert "36 votes; the busiest hour" in picture
    assert contest.project("C1") not in picture
    assert drawn["filename"] == f"votes-per-hour-{contest.edition}.svg"


def test_followers_of_the_turnout_hear_of_votes_and_of_nothing_else(
    serve: Any, prizes: Any, published: Any, open_contest: Any
) -> None:
    service, contest, seen = serve("voting"), open_contest(), published("voting")

    def told() -> list[Any]:  # of this contest: others may be open
        return [event for event in seen.of("turnout_changed") if event["subject"] == contest.edition]

    for _ in range(2):
        before = len(told())
        service.command("cast", actor(), {"edition": contest.edition}, {"votes": contest.ballot()})
        wait_for(lambda before=before: len(told()) > before, what="the event of these votes")
    assert {str(event["data"]) for event in told()} == {str({"edition": contest.edition})}
