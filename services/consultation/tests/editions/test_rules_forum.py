from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_consultation.dates.use_cases import presenters
from wsis_consultation.editions.rules import editions, forum

TEXTS = dict.fromkeys(("en", "fr", "pt", "es", "zh", "ar", "ru"), "Trust")
OF_2018 = {
    "starts_on": "2018-05-21",
    "ends_on": "2018-05-25",
    "high_level_days": ["2018-05-22", "2018-05-23"],
    "venue": TEXTS,
    "theme": TEXTS,
}
REVISION = {"at": datetime(2017, 9, 1, tzinfo=UTC), "by": "officer", "reason": "The hall is free"}


def opened(edition: dict[str, Any], **given: Any) -> dict[str, Any]:
    return editions.copy_of(edition, "2018", {**OF_2018, **given})


def test_the_forum_is_the_announced_one(edition: dict[str, Any]) -> None:
    made = opened(edition, high_level_days=["2018-05-23", "2018-05-22", "2018-05-23"], reason="no fact of it")
    assert made["forum"] == OF_2018
    assert editions.forum_opens_at(made) == datetime(2018, 5, 20, 22, tzinfo=UTC)
    assert editions.conflicts(made) == []


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"ends_on": "2018-05-20"}, "ends_on", "The end must not come before the start."),
        ({"ends_on": "2018-08-29"}, "ends_on", "A Forum has at most 100 days."),
        ({"high_level_days": ["2018-05-21", "2018-05-26"]}, "high_level_days", "Name days of the Forum."),
    ],
)
def test_days_that_make_no_forum(edition: dict[str, Any], given: dict[str, Any], field: str, message: str) -> None:
    with refused("consultation.forum_days_invalid") as error:
        opened(edition, **given)
    assert error.value.fields == {field: [message]}


def test_a_forum_of_a_hundred_days_or_of_one_is_possible(edition: dict[str, Any]) -> None:
    assert len(forum.days(opened(edition, ends_on="2018-08-28")["forum"])) == forum.MOST_DAYS
    assert forum.days(opened(edition, ends_on="2018-05-21", high_level_days=["2018-05-21"])["forum"]) == ["2018-05-21"]


def test_weekends_are_a_warning_and_no_error(edition: dict[str, Any]) -> None:
    made = editions.copy_of(
        edition,
        "2019",
        {
            **OF_2018,
            "starts_on": "2019-05-11",
            "ends_on": "2019-05-15",
            "high_level_days": ["2019-05-12"],
        },
    )
    assert editions.conflicts(made) == [
        {"phase": None, "with": "forum", "kind": "weekend", "day": day} for day in ("2019-05-11", "2019-05-12")
    ]


def test_a_change_keeps_what_is_not_named_and_stands_on_record(edition: dict[str, Any]) -> None:
    march = {"starts_on": "2018-03-19", "ends_on": "2018-03-23", "high_level_days": ["2018-03-20"]}
    moved = editions.with_forum(opened(edition), march, REVISION)
    assert moved["forum"] == {**OF_2018, **march}
    [revision] = moved["revisions"]
    assert [(row["what"], row["code"], row["value"]) for row in revision["changes"]] == [
        ("forum", "days", ["2018-03-19", "2018-03-23"]),
        ("forum", "high_level_days", ["2018-03-20"]),
    ]
    assert {row["kind"] for row in editions.conflicts(moved)} == {"after_opening", "after_end"}
    late = [row["phase"] for row in editions.conflicts(moved) if row["kind"] == "after_end"]
    assert late == [editions.SESSION_DETAILS]
    with refused("consultation.nothing_to_change"):
        editions.with_forum(moved, march, REVISION)


def test_a_change_is_told_in_every_language(edition: dict[str, Any]) -> None:
    edition["forum"]["venue"] = "ITU, Geneva"  # as editions of before have it
    days = {"starts_on": "2017-06-19", "ends_on": "2017-06-20", "high_level_days": ["2017-06-19", "2017-06-20"]}
    moved = editions.with_forum(edition, {**days, "venue": {**TEXTS, "fr": "Confiance"}}, REVISION)
    told = [presenters.change(row) for row in moved["revisions"][0]["changes"]]
    assert [(row["title"]["fr"], row["former_text"]["fr"], row["text"]["fr"]) for row in told] == [
        ("Dates du Forum", "12 juin 2017 – 16 juin 2017", "19 juin 2017 – 20 juin 2017"),
        ("Journées du volet de haut niveau", "13 juin 2017; 14 juin 2017", "19 juin 2017; 20 juin 2017"),
        ("Lieu du Forum", "ITU, Geneva", "Confiance"),
    ]


def test_a_venue_of_before_has_one_text() -> None:
    assert [forum.in_words(venue, "ru") for venue in ("ITU, Geneva", None, {"en": "ITU", "ru": "МСЭ"})] == [
        "ITU, Geneva",
        "",
        "МСЭ",
    ]
