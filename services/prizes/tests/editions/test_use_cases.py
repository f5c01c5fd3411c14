"""Editions in the reader's language, and their own rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_testkit import actor, refused


def test_editions_show_their_phases_in_the_readers_language(contest: Any) -> None:
    shown = contest.call("read_edition", at="nomination", edition="2017", context={"locale": "ru"})
    assert shown["current"] == ["nomination"]
    now = next(phase for phase in shown["phases"] if phase["current"])
    assert (now["roman"], now["title"]) == ("II", "Этап номинации проектов")
    voting = next(phase for phase in shown["phases"] if phase["code"] == "public_voting")
    assert (voting["end"], voting["end_geneva"]) == ("2017-04-15T21:00:00Z", "2017-04-15 23:00:00 CEST")
    with refused("prizes.edition_unknown"):
        contest.call("read_edition", edition="1999")


def test_another_edition_has_its_own_rules(contest: Any, form: Any, make_words: Any) -> None:
    body = {"edition": "2020", "copy_from": "2017", "reason": "Next"}
    made = contest.call("open_edition", contest.officer, body=body)
    assert made["phases"][0]["end_geneva"] == "2020-02-15 23:00:00 CET"
    with refused("prizes.edition_exists"):
        contest.call("open_edition", contest.officer, body=body)
    patch = {
        "nominees_cap": 20,
        "one_per_entity": False,
        "same_project_twice": True,
        "reason": "Rules of 2020",
        "words": {"short_description": {"min_words": 1, "max_words": 10}},
    }
    changed = contest.call("change_settings", contest.officer, edition="2020", body=patch)
    assert (changed["settings"]["nominees_cap"], changed["settings"]["jurors_per_project"]) == (20, 2)
    late = {"jurors_per_project": 3, "reason": "I have read the rules of before", "revision": made["revision"]}
    with refused("prizes.changed_meanwhile"):
        contest.call("change_settings", contest.officer, edition="2020", body=late)
    contest.call("change_settings", contest.officer, edition="2020", body={**late, "revision": changed["revision"]})
    assert contest.call("read_edition", edition="2017")["settings"]["nominees_cap"] is None
    moment = datetime(2020, 1, 10, tzinfo=UTC)
    for _ in range(2):
        body = {**form(short_description=make_words(10)), "submit": True}
        assert contest.call("create_project", actor(), at=moment, edition="2020", body=body)["state"] == "submitted"
    field = contest.call("read_form", edition="2020")["fields"][7]
    assert (field["code"], field["max_words"]) == ("short_description", 10)
