from __future__ import annotations

from random import Random
from typing import Any

import pytest
from wsis_shared import likeness

from wsis_stocktaking.duplicates.rules import pairs
from wsis_stocktaking.duplicates.rules.likeness import profile

from .. import generated

MANY = 120


@pytest.fixture(scope="module")
def register() -> list[dict[str, Any]]:
    """Contents of a register that looks like the real one."""
    return list(generated.contents(MANY))


def altered(content: dict[str, Any], random: Random) -> dict[str, Any]:
    """The same activity as somebody else types it: a word less or in another place, an accent or a letter lost."""
    titles = {language: _altered(text, random) for language, text in content["title"].items()}
    organization = {**content["organization"], "name": content["organization"]["name"].upper()}
    return {**content, "title": titles, "organization": organization, "links": []}


def _altered(text: str, random: Random) -> str:
    words = text.split()
    way = random.randrange(3)
    if way == 0 and len(words) > 3:
        words.append(words.pop(0))
    elif way == 1 and len(words) > 4:
        words.pop(random.randrange(len(words)))
    else:
        place = max(range(len(words)), key=lambda number: len(words[number]))
        letter = random.randrange(len(words[place]))
        words[place] = words[place][:letter] + words[place][letter + 1 :]
    return " ".join(words)


def score(one: dict[str, Any], other: dict[str, Any]) -> int:
    return likeness.score(profile(one), profile(other))


def test_scores_are_symmetric_and_between_0_and_100(register: list[dict[str, Any]]) -> None:
    random = Random(1)
    for _ in range(2000):
        one, other = (profile(random.choice(register)) for _ in range(2))
        weight = likeness.weights([one, other])
        found = likeness.score(one, other, weight)
        assert found == likeness.score(other, one, weight)
        assert 0 <= found <= 100


def test_equal_contents_score_100(register: list[dict[str, Any]]) -> None:
    assert {score(content, content) for content in register} == {100}


def test_altered_copies_are_likely_and_other_activities_are_not(register: list[dict[str, Any]]) -> None:
    random = Random(2)
    copies = [score(content, altered(content, random)) for content in register]
    assert sum(found >= pairs.LIKELY for found in copies) >= 0.98 * len(copies)
    others = [
        score(one, other)
        for place, one in enumerate(register)
        for other in register[:place]
        if one["title"] != other["title"]
    ]
    assert sum(found >= pairs.LIKELY for found in others) <= 0.0005 * len(others)


@pytest.mark.parametrize(
    ("changes", "least", "most"),
    [
        ({"title": {"en": "digital FARMERS"}}, 100, 100),
        ({"title": {"en": "Farmers, digital"}}, 100, 100),
        ({"title": {"fr": "Agriculteurs numériques", "en": "Digital farmers"}}, 75, 100),
        ({"title": {"en": "Digital schools"}}, 0, 74),
        ({"title": {"en": "Nurses by phone"}, "countries": ["NO"]}, 0, 64),
        ({"title": {"zh": "数字农民"}}, 0, 64),
    ],
)
def test_titles_decide(make_content: Any, changes: dict[str, Any], least: int, most: int) -> None:
    assert least <= score(make_content(), make_content(**changes)) <= most


def test_chinese_titles_are_compared_by_pairs_of_characters(make_content: Any) -> None:
    one = make_content(title={"zh": "农村数字农民培训项目"})
    assert score(one, make_content(title={"zh": "数字农民培训项目"})) >= pairs.LIKELY
    assert score(one, make_content(title={"zh": "医院远程诊疗平台"})) < pairs.POSSIBLE


def test_website_of_the_activity_finds_translations_and_that_of_an_organization_does_not(make_content: Any) -> None:
    links = [{"url": "https://www.farmers.example/", "title": None}]
    french = {"fr": "Agriculteurs numériques"}
    one = make_content(links=links)
    other = make_content(title=french, links=[{"url": "http://farmers.example", "title": "Site"}])
    assert score(one, other) == 100
    assert score(make_content(), make_content(title=french)) < pairs.LIKELY
    home = make_content()["organization"]["website"]
    both = [
        make_content(title=title, links=[{"url": home, "title": None}]) for title in ({"en": "Digital farmers"}, french)
    ]
    assert score(*both) < pairs.LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [("Élève À L’ÉCOLE", "eleve a l ecole"), ("Всё о полях", "все о полях"), ("ＩＣＴ４Ｄ", "ict4d"), ("Łódź", "lodz")],
)
def test_accents_and_widths_fold(one: str, other: str) -> None:
    assert likeness.fold(one) == likeness.fold(other)


def test_pair_has_one_id_in_both_orders() -> None:
    assert pairs.pair_id("a", "b") == pairs.pair_id("b", "a") != pairs.pair_id("a", "c")


def test_a_run_of_han_is_all_its_pairs() -> None:
    assert likeness.fold("数字学校") == "数字 字学 学校"
    assert likeness.fold("a校") == "a 校"
