"""Action lines, goals, the matrix, stakeholders and agencies: exact counts, and the codes that tools like to mangle."""

import json
import subprocess
import sys
from datetime import date

import pytest
from wsis_shared import reference

LANGUAGES = ("en", "fr", "pt", "es", "zh", "ar", "ru")


def titled_items():
    return [
        *reference.action_lines(),
        *(theme for line in reference.action_lines() for theme in line.sub_themes),
        reference.parent_line("C7"),
        *reference.sdgs(),
        *reference.itu_regions(),
        reference.no_region(),
        *reference.stakeholder_types(),
        *reference.countries(),
    ]


def test_counts_are_those_of_the_process():
    assert len(reference.action_lines()) == 18
    assert len(reference.sdgs()) == 17
    assert len({target for goal in reference.sdgs() for target in goal.targets}) == 169
    assert len(reference.matrix().links) == 126
    assert len({(link.line, link.sdg) for link in reference.matrix().links}) == 126
    assert len(reference.stakeholder_types()) == 7
    assert tuple(language.code for language in reference.languages()) == LANGUAGES


def test_everything_with_a_title_has_it_in_seven_languages():
    for item in titled_items():
        assert tuple(item.title) == LANGUAGES, item
        assert all(text.strip() == text and text for text in item.title.values()), item


@pytest.mark.parametrize(("locale", "script"), [("zh", "\u4e00\u9fff"), ("ar", "\u0600\u06ff"), ("ru", "\u0400\u04ff")])
def test_titles_stand_in_the_script_of_their_language(locale, script):
    first, last = script
    for item in titled_items():
        assert any(first <= letter <= last for letter in item.title[locale]), item


def test_lines_are_numbered():
    assert [line.number for line in reference.action_lines()] == list(range(1, 19))
    assert reference.action_line("C7.e-government").number == 7
    assert reference.action_line("C8").number == 15
    assert reference.title(reference.action_line("C1"), "en").startswith("The role of public governance authorities")


def test_nothing_is_filed_under_bare_c7():
    assert not reference.is_action_line("C7")
    with pytest.raises(LookupError, match=r"action line 'C7'.*C7\.e-government.*C7\.e-science"):
        reference.action_line("C7")
    parent = reference.parent_line("C7")
    assert [line.number for line in parent.lines] == list(range(7, 15))
    assert {line.code for line in reference.action_lines() if line.parent} == {line.code for line in parent.lines}


@pytest.mark.parametrize("code", ["C12", "c1", "", None, 1, ["C1"], {}])
def test_what_is_no_action_line_is_named(code):
    assert not reference.is_action_line(code)
    with pytest.raises(reference.UnknownCode) as caught:
        reference.action_line(code)
    assert caught.value.code == code
    assert repr(code) in str(caught.value)


@pytest.mark.parametrize("target", ["8.1", "8.10", "16.10", "17.19", "9.c", "1.a"])
def test_targets_are_text(target):
    assert reference.is_sdg_target(target)
    assert target in reference.sdg(int(target.partition(".")[0])).targets


@pytest.mark.parametrize("target", [8.1, 8, "8", "8.11", "9.C", " 9.c", "18.1", None, ["8.1"]])
def test_a_number_or_an_unknown_target_is_none(target):
    assert not reference.is_sdg_target(target)


def test_eight_ten_survives_the_files():
    growth = reference.sdg(8)
    assert growth.targets.count("8.1") == growth.targets.count("8.10") == 1
    assert len(growth.targets) == 12
    assert all(isinstance(target, str) for link in reference.matrix().links for target in link.targets)


@pytest.mark.parametrize("number", [0, 18, "8", True, 1.0, None])
def test_unknown_goals_are_refused(number):
    with pytest.raises(LookupError, match="SDG"):
        reference.sdg(number)


def test_matrix_reads_from_line_to_goal_and_back():
    for link in reference.matrix().links:
        assert link in reference.links_of_line(link.line)
        assert link in reference.links_of_sdg(link.sdg)
        assert reference.in_matrix(link.line, link.sdg)
        assert link.goal_level or link.targets
        assert set(link.targets) <= set(reference.sdg(link.sdg).targets)
    health = {link.sdg: link for link in reference.links_of_line("C7.e-health")}
    assert health[3].targets == ("3.3", "3.8")
    assert health[3].goal_level
    assert not reference.in_matrix("C1", 2)
    assert [link.sdg for link in reference.links_of_line("C1")] == [1, 3, 5, 10, 16, 17]


def test_matrix_keeps_its_doubts():
    doubtful = {(link.line, link.sdg) for link in reference.matrix().links if not link.cross_checked}
    assert doubtful == {("C2", 8), ("C3", 4), ("C4", 8), ("C8", 5), ("C8", 9), ("C9", 5)}
    assert all(link.note for link in reference.matrix().links if not link.cross_checked)


def test_matrix_has_versions():
    newest = reference.matrix()
    assert reference.matrix(on=date(2017, 6, 12)) is newest
    assert newest.valid_from <= date(2017, 6, 12)
    with pytest.raises(LookupError, match="2003-12-12"):
        reference.matrix(on=date(2003, 12, 12))
    with pytest.raises(LookupError, match="C7"):
        reference.links_of_line("C7")
    with pytest.raises(LookupError, match="99"):
        reference.in_matrix("C1", 99)


def test_agencies_of_a_line_lead_first_and_groups_spelled_out():
    assert [agency.acronym for agency in reference.agencies_of_line("C7.e-health")] == ["WHO", "ITU"]
    assert [agency.slug for agency in reference.agencies_of_line("C11")] == [
        "undesa",
        "eca",
        "ece",
        "eclac",
        "escap",
        "escwa",
        "itu",
    ]
    assert all(reference.agencies_of_line(line.code) for line in reference.action_lines())
    with pytest.raises(LookupError):
        reference.agencies_of_line("C7")


def test_agencies_have_one_slug_each():
    slugs = [agency.slug for agency in reference.agencies()]
    assert len(slugs) == len(set(slugs)) == 30
    assert reference.agency("un_habitat").acronym == "UN-Habitat"


def test_stakeholder_types_by_process():
    assert reference.is_stakeholder_type("other")
    assert reference.is_stakeholder_type("other", "prizes")
    assert not reference.is_stakeholder_type("other", "consultation")
    assert not reference.is_stakeholder_type("press")
    known = {kind.code for kind in reference.stakeholder_types()}
    for grouping, types in (
        ("prizes_statistics", known),
        ("consultation_statistics", known - {"other"}),
        ("high_level_track_constituencies", known - {"other"}),
    ):
        members = [code for group in reference.stakeholder_groups(grouping) for code in group]
        assert sorted(members) == sorted(types)
    assert ("academia", "technical_community", "other") in reference.stakeholder_groups("prizes_statistics")
    with pytest.raises(LookupError, match="by_mood"):
        reference.stakeholder_groups("by_mood")


def test_titles_fall_back_to_english():
    media = reference.action_line("C9")
    assert (
        reference.title(media, "fr") == reference.title(media, "fr-CH") == reference.title(media, "FR_fr") == "Médias"
    )
    assert reference.title(media, "zh_Hans_CN") == "媒体"
    assert reference.title(media, "de") == reference.title(media, "") == reference.title(media, None) == "Media"


def test_languages_know_their_direction():
    assert reference.language("ar").direction == "rtl"
    assert {item.code for item in reference.languages() if item.direction == "rtl"} == {"ar"}
    assert not reference.language("pt").un_official
    assert reference.language("ar").native == "العربية"
    assert not reference.is_language("de")
    with pytest.raises(LookupError, match="'de'"):
        reference.language("de")


def test_what_is_read_cannot_be_changed():
    with pytest.raises(TypeError):
        reference.action_line("C9").title["en"] = "Press"
    with pytest.raises(AttributeError):
        reference.action_line("C9").code = "C7"


def test_import_reads_nothing_and_stays_light():
    """Manifests and the gateway import this package: files and the country library wait for the first question."""
    probe = """
import json, sys
read = []
sys.addaudithook(lambda event, args: read.append(str(args[0])) if event == "open" else None)
import wsis_shared.reference as reference
heavy = {"pandas", "numpy", "pycountry", "babel", "nameko", "pymongo", "eventlet"}
after_import = sorted(heavy & set(sys.modules)) + [name for name in read if name.endswith(".yaml")]
reference.is_action_line("C1")
reference.is_country("NO")
print(json.dumps([after_import, sorted((heavy - {"pycountry"}) & set(sys.modules))]))
"""
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == [[], []]
