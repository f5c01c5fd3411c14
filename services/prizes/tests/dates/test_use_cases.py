"""Phases that officers move."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_testkit import actor, refused


def test_extension_of_voting_is_announced_audited_and_checked(contest: Any, form: Any) -> None:
    contest.call("open_edition", contest.officer, body={"edition": "2019", "copy_from": "2017", "reason": "Next"})
    owner, during, after_the_end = actor(), datetime(2019, 1, 9, tzinfo=UTC), datetime(2019, 4, 16, 8, tzinfo=UTC)
    body = {**form(), "submit": True}
    one = contest.call("create_project", owner, at=during, edition="2019", body=body)["id"]

    def move(end: str, at: datetime) -> Any:
        body = {"end": end, "reason": "More time for voters"}
        return contest.call("move_phase", contest.officer, at=at, edition="2019", phase="public_voting", body=body)

    # Before there are nominees it concerns those who sent projects; after, everyone.
    move("2019-04-16T21:00:00Z", during)
    assert contest.published.wait("phase_changed")[0]["data"]["accounts"] == [owner.id]
    contest.call("fix_nominations", contest.officer, at=after_the_end, edition="2019", body={"nominate": [one]})
    contest.run("publish_nominees", at=after_the_end, edition="2019")
    shown = move("2019-04-30T21:00:00Z", after_the_end)
    assert {"phase": "winner_selection", "with": "public_voting", "kind": "ends_first"} in shown["conflicts"]
    extended = contest.published.wait("voting_extended")
    assert len(extended) == 1
    assert extended[0]["data"]["former_closes_at"] == "2019-04-16T21:00:00Z"
    window = contest.published.of("voting_window_changed")[-1]["data"]
    assert (window["edition"], window["closes_at"]) == ("2019", "2019-04-30T21:00:00Z")
    changed = contest.published.of("phase_changed")[-1]["data"]
    assert (changed["former_end"], changed["end"]) == ("2019-04-16T21:00:00Z", "2019-04-30T21:00:00Z")
    assert changed["accounts"] == []
    entry = contest.published.of("action_taken")[-1]["data"]
    assert (entry["actor"], entry["action"]) == (contest.officer.id, "prizes.phase_moved")
    assert (entry["before"]["end"], entry["after"]["end"]) == ("2019-04-16T21:00:00Z", "2019-04-30T21:00:00Z")
    with refused("prizes.nothing_to_change"):
        move("2019-04-30T21:00:00Z", after_the_end)


def test_phases_stay_in_order(contest: Any) -> None:
    body = {"start": "2017-01-01T00:00:00Z", "reason": "Too early"}
    with refused("prizes.phase_out_of_order"):
        contest.call("move_phase", contest.officer, edition="2017", phase="announcement", body=body)


def test_a_preview_says_what_a_move_does_and_changes_nothing(contest: Any, form: Any) -> None:
    contest.call("open_edition", contest.officer, body={"edition": "2020", "copy_from": "2017", "reason": "Next"})
    during = datetime(2020, 1, 9, tzinfo=UTC)
    contest.call("create_project", actor(), at=during, edition="2020", body={**form(), "submit": True})

    def preview(**dates: str) -> Any:
        named = {"edition": "2020", "phase": "nomination", "body": dates}
        return contest.call("preview_phase", contest.officer, at=during, **named)

    before = contest.call("read_edition", edition="2020")
    longer = preview(end="2020-12-01T00:00:00Z")
    assert (longer["end"], longer["former_end"]) == ("2020-12-01T00:00:00Z", before["phases"][1]["end"])
    assert {"phase": "public_voting", "with": "nomination", "kind": "ends_first"} in longer["conflicts"]
    assert (longer["everyone"], longer["accounts"]) == (False, 1)
    with refused("prizes.phase_ends_before_start"):
        preview(end="2016-12-01T00:00:00Z")
    assert contest.call("read_edition", edition="2020") == before
