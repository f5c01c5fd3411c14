"""The published figures of past editions."""

import pytest
from wsis_shared import reference


@pytest.mark.parametrize("edition", [1999, "../2017", None])
def test_unknown_editions_are_named(edition):
    with pytest.raises(LookupError) as caught:
        reference.participation(edition)
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
