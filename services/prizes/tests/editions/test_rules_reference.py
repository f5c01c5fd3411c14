"""Edition 2017 as announced, and the categories."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from wsis_shared.reference import action_lines, title

from wsis_prizes.editions.rules import reference
from wsis_prizes.editions.rules.reference import FILTERS

LANGUAGES = {"en", "fr", "pt", "es", "zh", "ar", "ru"}


def cut_off(seed, day):
    wall = datetime.fromisoformat(f"{day}T{seed['daily_cutoff']}").replace(tzinfo=ZoneInfo(seed["timezone"]))
    return wall.astimezone(UTC).isoformat()


def test_prizes_2017_phases():
    seed = reference.edition_seed(2017)
    assert [(phase["code"], phase["start"], phase["end"]) for phase in seed["phases"]] == [
        ("submission", "2016-09-05", "2017-02-15"),
        ("nomination", "2017-02-16", "2017-03-15"),
        ("public_voting", "2017-03-16", "2017-04-15"),
        ("winner_selection", "2017-04-16", "2017-04-25"),
        ("announcement", "2017-06-12", "2017-06-16"),
    ]
    assert seed["phases"][2]["moved"] == {"end": "2017-04-30"}
    assert seed["announcements"]["champions"]["date"] == "2017-04-25"
    assert (seed["ceremony"]["start"], seed["ceremony"]["end"]) == ("2017-06-12", "2017-06-16")


def test_prizes_2017_cut_offs_are_geneva_wall_time():
    """23:00 stays text (YAML 1.1 would make it 1380 minutes), and is another hour of UTC in winter and in summer."""
    seed = reference.edition_seed(2017)
    assert seed["daily_cutoff"] == "23:00"
    assert cut_off(seed, seed["phases"][0]["end"]) == "2017-02-15T22:00:00+00:00"
    assert cut_off(seed, seed["phases"][2]["end"]) == "2017-04-15T21:00:00+00:00"


def test_prizes_2017_rules():
    seed = reference.edition_seed(2017)
    assert seed["nominees_per_category_cap"] is None
    assert seed["finalists_per_category"] == 5
    assert seed["categories"] == [item.number for item in reference.categories()]
    fields = {field["code"]: field for field in seed["form"]["fields"]}
    assert (fields["short_description"]["min_words"], fields["short_description"]["max_words"]) == (150, 200)
    assert fields["category"]["required"] is True
    assert fields["website"]["required"] is False
    assert len(seed["criteria"]) == 9
    assert title(seed["criteria"][6], "fr") == "Durabilité"


def test_the_seed_is_a_plain_copy_with_every_language():
    seed = reference.edition_seed(2017)
    assert json.loads(json.dumps(seed)) == seed
    for row in seed["phases"] + seed.get("criteria", []):
        assert set(row["title"]) == LANGUAGES
        assert all(row["title"].values())
    assert [phase["number"] for phase in seed["phases"]] == list(range(1, len(seed["phases"]) + 1))
    for phase in seed["phases"]:
        date.fromisoformat(phase.get("start") or phase["date"])
    seed["phases"].clear()
    assert reference.edition_seed(2017)["phases"]


@pytest.mark.parametrize("edition", [1999, "../2017", None])
def test_unknown_editions_are_named(edition):
    with pytest.raises(LookupError) as caught:
        reference.edition_seed(edition)
    assert repr(edition) in str(caught.value)


def test_categories_are_numbered_like_the_action_lines():
    assert [(item.number, item.code) for item in reference.categories()] == [
        (line.number, line.code) for line in action_lines()
    ]
    assert reference.category(10) is reference.category("C7.e-health")
    assert title(reference.category(1), "en").startswith("AL C1. The role of governments")
    for item in reference.categories():
        assert set(item.title) == LANGUAGES
    with pytest.raises(LookupError, match="category 19"):
        reference.category(19)


def test_phases_have_titles_for_mails():
    assert FILTERS["phase"]("public_voting", "fr") == "Vote public en ligne"
    assert FILTERS["category"]("C7.e-health", "en").startswith("C7. ")
    with pytest.raises(LookupError):
        FILTERS["phase"]("no_such_phase", "fr")
