"""Comments are found by their words, in each of the languages."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused

from wsis_consultation.discussions.rules.comment_words import MAX_TERMS, terms_of, words_of

from ..discussion_kit import ADA, BOB, Forum

pytestmark = pytest.mark.usefixtures("community")


def search(forum: Forum, text: str | None = None, **more: Any) -> list[int]:
    found = forum.consultation.call("search_comments", edition="2017", text=text, discussion=forum.id, **more)
    return [row["number"] for row in found["items"]]


def say(forum: Forum, text: str, language: str | None = None) -> int:
    number: int = forum.call("post_comment", ADA, body={"text": text, "parent": None, "language": language})["number"]
    return number


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("L’ÉDUCATION numérique des **jeunes**", "education jeunes"),
        ("Доступ к интернету в ёлке", "ИНТЕРНЕТУ елке"),
        ("الوُصُول إلى الإنترنت", "الوصول"),
        ("互联网接入对农村青年很重要", "农村青年"),
        ("互联网接入", "网"),
        ("C7 e-health, goal 3.8", "E-Health 3.8"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_accents_and_vowel_signs_do_not_matter(text: str, search: str) -> None:
    assert set(terms_of(search)) <= set(words_of(text))


def test_terms_are_few_and_other_words_find_nothing() -> None:
    assert len(terms_of(" ".join(f"w{number}" for number in range(50)))) == MAX_TERMS
    assert not set(terms_of("青农")) <= set(words_of("农村青年"))


def test_comments_with_all_words_are_found_the_newest_first(forum: Forum) -> None:
    first = say(forum, "Accès à Internet pour l’éducation")
    second = say(forum, "L’éducation des filles")
    third = say(forum, "互联网接入", "zh")
    assert sorted(search(forum, "EDUCATION")) == [first, second]
    assert search(forum, "internet éducation") == [first]
    assert search(forum, "互联网") == [third]
    assert search(forum, language="zh") == [third]
    assert search(forum, "éducation", language="zh") == []
    assert sorted(search(forum)) == [first, second, third]
    assert search(forum, "nothing") == []


def test_what_is_changed_hidden_or_deleted_is_not_found_by_what_it_said(forum: Forum) -> None:
    edited, hidden, deleted = (say(forum, text) for text in ("Caméléon vert", "Zèbre rayé", "Girafe haute"))
    forum.call("edit_comment", ADA, number=str(edited), body={"text": "Pangolin"})
    forum.moderate(hidden)
    forum.call("delete_comment", ADA, number=str(deleted))
    for word in ("caméléon", "zèbre", "girafe"):
        assert search(forum, word) == []
    assert search(forum, "pangolin") == [edited]
    forum.moderate(hidden, "published")
    assert search(forum, "zèbre") == [hidden]


def test_a_page_of_findings_leads_to_the_next(forum: Forum) -> None:
    numbers = {forum.post(BOB, "Même mot") for _ in range(3)}
    seen, after = set(), None
    for _ in range(3):
        arguments = {"edition": "2017", "discussion": forum.id, "text": "mot", "limit": 1, "after": after}
        found = forum.consultation.call("search_comments", **arguments)
        [row] = found["items"]
        assert row["title"] == "Les jeunes et les TIC"
        seen.add(row["number"])
        after = found["next"]
    assert (seen, after) == (numbers, None)


def test_there_must_be_such_an_edition(consultation: Any) -> None:
    with refused("consultation.edition_unknown"):
        consultation.call("search_comments", edition="1999", text="mot")
