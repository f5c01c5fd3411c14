"""Countries in seven languages and the six ITU regions."""

import pytest
from wsis_shared import reference


def test_regions_hold_194_members_each_once():
    members = [code for region in reference.itu_regions() for code in region.countries]
    assert len(members) == len(set(members)) == 194
    sizes = {region.code: len(region.countries) for region in reference.itu_regions()}
    assert sizes == {"africa": 44, "americas": 35, "arab_states": 22, "asia_pacific": 38, "cis": 12, "europe": 43}
    assert all(reference.is_country(code) for code in members)


def test_every_code_has_one_region_or_none_on_purpose():
    filed = [code for region in reference.itu_regions() for code in region.countries + region.territories]
    assert len(filed) == len(set(filed))
    without = {country.code for country in reference.countries() if reference.itu_region_of(country.code) is None}
    assert without == {"AQ", "BV", "EH", "FK", "GS", "HM", "IO", "TF", "UM"}
    assert len(filed) + len(without) == len(reference.countries()) == 249


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("PS", "arab_states"),
        ("NO", "europe"),
        ("NA", "africa"),
        ("GE", "cis"),
        ("UA", "cis"),
        ("IL", "europe"),
        ("TR", "europe"),
        ("SD", "arab_states"),
        ("SS", "africa"),
        ("HK", "asia_pacific"),
        ("PR", "americas"),
        ("AQ", None),
    ],
)
def test_region_of_a_country(country, region):
    assert reference.itu_region_of(country) == region


def test_norway_and_namibia_survive():
    assert reference.is_country("NO")
    assert reference.is_country("NA")
    assert reference.country_name("NO", "fr") == "Norvège"
    assert reference.country_name("NA", "ru") == "Намибия"
    assert reference.country("NO").alpha_3 == "NOR"
    assert reference.country("NO").numeric == "578"


@pytest.mark.parametrize("code", ["no", "XX", "NOR", "", False, None, 578, float("nan")])
def test_what_is_no_country_is_named(code):
    assert not reference.is_country(code)
    for lookup in (reference.country, reference.itu_region_of, lambda wrong: reference.country_name(wrong, "en")):
        with pytest.raises(LookupError, match="country"):
            lookup(code)


def test_names_follow_the_united_nations():
    assert reference.country_name("PS", "en") == "Palestine, State of"
    assert reference.country_name("PS", "ar") == "دولة فلسطين"
    assert reference.country_name("TR", "ar") == "تركيا"
    assert reference.country_name("CI", "es") == "Côte d'Ivoire"
    assert reference.country_name("CI", "de") == "Côte d'Ivoire"
    assert reference.country_name("VN", "pt") == "Vietnã"


def test_regions_by_code():
    assert reference.title(reference.itu_region("arab_states"), "fr") == "États arabes"
    assert reference.no_region().code == "international"
    assert not reference.no_region().countries
    countries = ("PS", "RW", "AQ", None)
    assert [reference.region_or_international(code) for code in countries] == [
        "arab_states",
        "africa",
        "international",
        "international",
    ]
    with pytest.raises(LookupError, match="'western_europe'"):
        reference.itu_region("western_europe")
