from __future__ import annotations

from typing import Any

import pytest

from wsis_stocktaking.prizes import rules
from wsis_stocktaking.prizes.nominees import content_of
from wsis_stocktaking.prizes.rules import Action, language_of


def project(rank: int = rules.NOMINATED, **more: Any) -> dict[str, Any]:
    return {"_id": "p", "edition": "2017", "category": "C3", "rank": rank, "revisions": 1, **more}


def entry(**more: Any) -> dict[str, Any]:
    prize = {"edition": "2017", "category": "C3", "status": "nominated"}
    return {
        "_id": "prizes-p",
        "visibility": "public",
        "source": "prizes",
        "revision": 1,
        "prize": prize,
        "project": "p",
        "owner": "ama",
        **more,
    }


@pytest.mark.parametrize(
    ("project", "entry", "action"),
    [
        (project(), None, Action.PUBLISH),
        (project(rules.UNKNOWN, account="ama"), None, Action.NONE),  # the list is not public
        (project(out="withdrawn"), None, Action.NONE),
        (project(), entry(), Action.NONE),
        (project(rules.WINNER), entry(), Action.MARK),
        (project(out="disqualified"), entry(), Action.WITHDRAW),
        (project(out="disqualified"), entry(revision=2, confirmations=1), Action.WITHDRAW),  # nothing new was said
        (project(out="disqualified"), entry(revision=2), Action.MARK),  # its owner has revised it
        (project(out="withdrawn"), entry(source="submission"), Action.MARK),
        (project(rules.WINNER), entry(visibility="withdrawn"), Action.STORE),  # somebody has decided that
        (project(rules.WINNER), entry(project="another"), Action.NONE),
        (project(account="ama"), entry(owner=None), Action.ASSIGN),
        (project(account="ama"), entry(owner="ben"), Action.NONE),
    ],
)
def test_what_follows_for_the_entry(project: Any, entry: Any, action: Action) -> None:
    assert rules.action(project, entry) is action


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Clinics on line for the villages of the north", "en"),
        ("Des cliniques en ligne pour les villages", "fr"),
        ("Clínicas en línea para los pueblos del norte", "es"),
        ("Clínicas em linha para as aldeias do norte", "pt"),
        ("农村在线诊所 ICT", "zh"),
        ("عيادات على الخط للقرى ICT4D", "ar"),
        ("Клиники онлайн для деревень", "ru"),
        ("e-Sante", "en"),
        ("", "en"),
    ],
)
def test_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language


def page(**more: Any) -> dict[str, Any]:
    return {
        "project": "p",
        "number": 132,
        "category": "C7.e-health",
        "title": "Clinics on line",
        "organization": "Ministry of Health",
        "country": "RW",
        "short_description": "Doctors for the villages.",
        "website": "https://clinics.example",
        "edition": "2017",
        "impact": "A million patients.",
        "sdgs": [{"sdg": 3, "targets": ["3.8"], "rationale": "Access", "outside_matrix": False}],
        "stakeholder_type": "government",
        "countries": [],
        **more,
    }


def test_language_that_the_author_named_is_that_of_the_entry() -> None:
    assert content_of(page(language="fr"))["title"] == {"fr": "Clinics on line"}


def test_page_of_a_nominee_becomes_a_content() -> None:
    found = content_of(page())
    assert found["title"] == {"en": "Clinics on line"}
    assert found["description"] == {"en": "Doctors for the villages.\n\nA million patients."}
    assert found["organization"] == {
        "name": "Ministry of Health",
        "type": "government",
        "country": "RW",
        "website": None,
    }
    assert (found["coverage"], found["countries"]) == ("national", ["RW"])
    assert found["action_lines"] == [{"line": "C7.e-health", "sub_themes": []}]
    assert (found["sdgs"], found["targets"]) == ([3], ["3.8"])
    assert found["links"] == [{"url": "https://clinics.example", "title": None}]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"website": "https://itu.int@evil.example/"}, "links", []),
        ({"website": None}, "links", []),
        ({"countries": ["RW", "KE"]}, "coverage", "regional"),
        ({"countries": ["RW", "NO"]}, "coverage", "international"),
        ({"impact": "x" * 6000}, "description", {"en": "Doctors for the villages."}),
        ({"short_description": "x" * 9000}, "description", {"en": "x" * 6000}),
        ({"short_description": None, "impact": None}, "description", {"en": "Clinics on line"}),
    ],
)
def test_what_the_register_does_not_take_is_left_out(changes: dict[str, Any], field: str, value: Any) -> None:
    assert content_of(page(**changes))[field] == value
