from __future__ import annotations

from typing import Any

from wsis_stocktaking.register.rules import cards, contents


def test_codes_are_sorted_without_repetitions_and_a_target_implies_its_goal(make_content: Any) -> None:
    content = contents.normalise(
        make_content(
            targets=["8.a", "8.10", "8.2", "8.2"],
            sdgs=[17, 2],
            action_lines=[
                {"line": "C11", "sub_themes": []},
                {"line": "C1", "sub_themes": ["partnerships"]},
                {"line": "C1", "sub_themes": ["e_participation"]},
            ],
        )
    )
    assert content["targets"] == ["8.2", "8.10", "8.a"]
    assert content["sdgs"] == [2, 8, 17]
    assert content["action_lines"] == [
        {"line": "C1", "sub_themes": ["e_participation", "partnerships"]},
        {"line": "C11", "sub_themes": []},
    ]
    assert contents.normalise(content) == content


def test_a_title_is_one_line(make_content: Any) -> None:
    content = contents.normalise(make_content(title={"en": "Digital\nfarmers \t online"}))
    assert content["title"] == {"en": "Digital farmers online"}


def test_regions_are_those_of_the_countries_and_those_named(make_content: Any) -> None:
    assert contents.regions_of(make_content(countries=["PS", "NO"], regions=["africa"])) == [
        "africa",
        "arab_states",
        "europe",
    ]


def test_an_activity_without_an_end_runs_until_now_if_it_is_ongoing(make_content: Any) -> None:
    assert contents.years_of(make_content(start_date="2014-03-01"), 2016) == [2014, 2015, 2016]
    assert contents.years_of(make_content(start_date="2014-03-01", status="completed"), 2016) == [2014]
    assert contents.years_of(make_content(start_date=None), 2016) == []


def test_a_goal_is_flagged_only_if_no_line_of_the_entry_is_linked_with_it(make_content: Any) -> None:
    content = make_content(sdgs=[2, 13])
    assert list(contents.outside_matrix(content, [("C7.e-agriculture", 2)])) == [("C7.e-agriculture", 13)]


def test_differences_name_the_field_of_each_language(make_content: Any) -> None:
    before, after = make_content(), make_content(title={"en": "Farmers online", "fr": "Agriculteurs en ligne"})
    assert contents.differences(before, after) == [
        {"field": "title.en", "before": "Digital farmers", "after": "Farmers online"},
        {"field": "title.fr", "before": None, "after": "Agriculteurs en ligne"},
    ]


def test_each_card_has_a_list_of_codes_at_each_facet(make_content: Any) -> None:
    from datetime import UTC, datetime

    at = datetime(2016, 5, 1, tzinfo=UTC)
    entry = {
        "_id": "e",
        "revision": 1,
        "sequence": 1,
        "content": make_content(),
        "prize": None,
        "published_at": at,
        "revised_at": at,
    }
    found = cards.facet_values(cards.card(entry), 2018)
    years = [str(year) for year in range(2014, 2019)]  # to this year, whenever it was imported
    assert set(found) == set(cards.FACETS)
    assert (found["region"], found["year"], found["target"]) == (["africa"], years, ["2.3"])
