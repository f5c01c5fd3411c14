"""The seeds of edition 2017 and the published figures."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from wsis_shared import reference

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
    assert reference.title(seed["criteria"][6], "fr") == "Durabilité"


def test_consultation_2017_phases():
    seed = reference.consultation_seed(2017)
    dates = [phase["date"] for phase in seed["phases"]]
    assert dates == ["2016-09-01", "2016-10-12", "2017-02-14", "2017-02-20", "2017-03-14", "2017-05-10"]
    assert (seed["phases"][1]["from"], seed["phases"][1]["to"]) == ("16:30", "18:00")
    assert seed["phases"][3]["moved"] == {"date": "2017-03-01"}


@pytest.mark.parametrize("read", [reference.edition_seed, reference.consultation_seed])
def test_seeds_are_plain_copies_with_every_language(read):
    seed = read(2017)
    assert json.loads(json.dumps(seed)) == seed
    for row in seed["phases"] + seed.get("criteria", []):
        assert set(row["title"]) == LANGUAGES
        assert all(row["title"].values())
    assert [phase["number"] for phase in seed["phases"]] == list(range(1, len(seed["phases"]) + 1))
    for phase in seed["phases"]:
        date.fromisoformat(phase.get("start") or phase["date"])
    seed["phases"].clear()
    assert read(2017)["phases"]


@pytest.mark.parametrize("read", [reference.edition_seed, reference.consultation_seed, reference.participation])
@pytest.mark.parametrize("edition", [1999, "../2017", None])
def test_unknown_editions_are_named(read, edition):
    with pytest.raises(LookupError) as caught:
        read(edition)
    assert repr(edition) in str(caught.value)


def test_published_figures():
    prizes = reference.participation(2017)["prizes"]
    assert (prizes["submitted"], prizes["nominated"], prizes["votes"]) == (467, 345, 1_100_000)
    assert prizes["winners"] == 18
    assert prizes["champions"] == 72
    assert sum(reference.participation(2017)["consultation"]["percent_by_stakeholder_type"].values()) == 100


def test_figures_of_2016_add_up_to_the_nominated():
    prizes = reference.participation(2016)["prizes"]
    assert sum(prizes["nominated_by_stakeholder_type"].values()) == prizes["nominated"] == 311
    assert sum(prizes["nominated_by_region"].values()) == 311
    known = {region.code for region in reference.itu_regions()} | {reference.no_region().code}
    assert set(prizes["nominated_by_region"]) == known


def test_qualified_figures_exist():
    for edition in (2006, 2012, 2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2024):
        for figures in reference.participation(edition).values():
            for name in figures.get("at_least", []) + figures.get("about", []):
                assert isinstance(figures[name], int)
