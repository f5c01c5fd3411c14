"""The pages of jurors, without a broker: the list, the question of interests, the scores, the next one."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_testkit.pages import Pages, Shown

from ..page_kit import EDITION, FORM, each_language, sound

ASSIGNED: dict[str, Any] = {
    "project": "p1",
    "edition": "2017",
    "category": "C7.e-health",
    "state": "assigned",
    "scores": {},
    "comments": {},
    "recommendation": None,
    "mean": None,
    "number": 12,
    "title": "عيادات على الخط",
    "language": "ar",
    "organization": "وزارة الصحة",
    "country": "JO",
    "next_project": "p2",
}
BEGUN = {**ASSIGNED, "state": "begun", "scores": {"impact": 4}, "comments": {"impact": "Good"}, "mean": 4.0}
DONE = {**BEGUN, "state": "done", "scores": {"impact": 4, "partnerships": 2}, "recommendation": "reject"}
PROJECT = {
    "id": "p1",
    "edition": "2017",
    "state": "submitted",
    "title": "عيادات على الخط",
    "language": "ar",
    "category": "C7.e-health",
    "organization": "وزارة الصحة",
    "country": "JO",
    "short_description": "كلمات كثيرة",
    "impact": "Two million visits",
    "sdgs": [{"sdg": 3, "targets": ["3.8"], "rationale": "Care reaches villages.", "outside_matrix": False}],
    "countries": [],
    "clarification": {
        "question": "Has the first phase ended?",
        "until": "2017-03-01T22:00:00Z",
        "answer": "It has.",
        "answered_at": "2017-02-21T12:00:00Z",
    },
}
PUBLISHED = {**EDITION, "done": {**EDITION["done"], "nominees_published": True}}
HERE = "/en/me/reviews/p1"


@pytest.fixture
def pages() -> Pages:
    rows = [ASSIGNED, {**BEGUN, "project": "p2"}, {**DONE, "project": "p3"}]
    answers = {
        "list_editions": {
            "items": [EDITION, {**EDITION, "edition": "2016", "title": "WSIS Prizes 2016"}],
            "next": None,
        },
        "read_edition": EDITION,
        "read_form": FORM,
        "list_my_projects": {"items": [], "next": None},
        "list_my_reviews": {"items": rows, "next": None, "edition": "2017", "open": 2},
        "read_review": BEGUN,
        "read_project": PROJECT,
        "save_review": BEGUN,
        "declare_conflict": {"project": "p1", "edition": "2017", "reassigned": True},
    }
    return Pages({f"prizes.{name}": answer for name, answer in answers.items()}, "prizes", "accounts").sign_in("juror")


def at(pages: Pages, review: dict[str, Any]) -> Shown:
    """The page of the review as the service has it."""
    pages.bus.answers["prizes.read_review"] = review
    return pages.get(HERE)


@each_language
def test_each_page_shows_in_each_language(pages: Pages, language: str) -> None:
    for path in ("/me", "/me/reviews", "/me/reviews?done=conflict"):
        sound(pages.get(f"/{language}{path}"))
    for review in (ASSIGNED, BEGUN, DONE):
        pages.bus.answers["prizes.read_review"] = review
        sound(pages.get(f"/{language}/me/reviews/p1?done=saved"))
    pages.bus.answers["prizes.read_edition"] = PUBLISHED
    sound(pages.get(f"/{language}/me/reviews/p1"))


def test_who_is_no_juror_gets_no_page_of_reviews(pages: Pages) -> None:
    for path in ("/me/reviews", "/me/reviews/p1"):
        assert Pages({}, "prizes", "accounts").sign_in("member").get(f"/en{path}").status == 403
    assert "My reviews" not in pages.sign_in("member").get("/en/me").text()


def test_reviews_are_listed_with_their_state_and_how_many_are_left(pages: Pages) -> None:
    assert "2 reviews to finish" in pages.get("/en/me").text("//section[@aria-labelledby='reviews']")
    shown = pages.get("/en/me/reviews")
    assert "2 reviews to finish" in shown.text()
    assert [tag.text_content() for tag in shown.all("//ul[@class='tasks']//strong")] == [
        "to review",
        "begun",
        "finished",
    ]
    assert shown.all("//ul[@class='tasks']//a/*/@lang") == ["ar"] * 3
    assert "/en/me/reviews?edition=2016" in shown.all("//main//a/@href")
    pages.get("/en/me/reviews?edition=2016")
    assert pages.sent("list_my_reviews")[-1]["edition"] == "2016"


def test_the_reviews_of_a_juror_are_a_file(pages: Pages) -> None:
    pages.bus.answers["prizes.record_export"] = None
    rows = pages.workbook("/en/me/reviews?edition=2016", "reviews")
    assert [row["project"] for row in rows] == ["p1", "p2", "p3"]
    assert pages.sent("list_my_reviews")[-1]["edition"] == "2016"


def test_interests_are_asked_for_before_the_text_opens(pages: Pages) -> None:
    shown = at(pages, ASSIGNED)
    assert "conflict of interest" in shown.text()
    for text in ("كلمات كثيرة", "Two million visits", "It has."):
        assert text not in shown.html
    shown.send(shown.form("I have no conflict: open the project"))
    assert [each["body"] for each in pages.sent("save_review")] == [{}]
    assert "Two million visits" in at(pages, BEGUN).text()


def test_a_conflict_is_declared_with_a_reason_after_a_second_look(pages: Pages) -> None:
    for review in (ASSIGNED, BEGUN):
        shown = at(pages, review)
        refused = shown.send(shown.form("Continue"), reason="")
        assert refused.all("//div[@role='alert']//a/@href") == ["#conflict-reason"]
        check = shown.send(shown.form("Continue"), reason="My sister works there")
        assert "cannot be undone" in check.text()
        assert "My sister works there" in check.text("//dl")
    assert pages.sent("declare_conflict") == []
    after = check.send(0)
    assert [each["body"] for each in pages.sent("declare_conflict")] == [{"reason": "My sister works there"}]
    assert after.address == "/en/me/reviews?edition=2017&done=conflict"
    assert "no longer review" in after.text("//*[@role='status']")


def test_a_project_is_read_with_the_answer_to_the_question_and_scored(pages: Pages) -> None:
    shown = pages.get(HERE)
    assert "It has." in shown.text("//section[@aria-labelledby='question']")
    assert shown.all("//*[@lang='ar' and contains(text(), 'كلمات')]")
    assert shown.all("//input[@checked]/@id") == ["save-scores.impact-4"]
    after = shown.send(
        shown.form("Save"),
        **{
            "scores.partnerships": "2",
            "comments.impact": "",
            "comments.partnerships": "Few",
            "recommendation": "clarify",
        },
    )
    [saved] = pages.sent("save_review")
    assert saved["body"] == {
        "scores": {"impact": 4, "partnerships": 2},
        "comments": {"impact": None, "partnerships": "Few"},
        "recommendation": "clarify",
        "done": False,
    }
    assert "not finished yet" in after.text("//*[@role='status']")


def test_a_finished_review_leads_to_the_next_one(pages: Pages) -> None:
    shown = pages.get(HERE)
    pages.bus.answers["prizes.read_review"] = DONE
    after = shown.send(shown.form("Save"), **{"scores.partnerships": "2", "done": ["false", "true"]})
    assert pages.sent("save_review")[-1]["body"]["done"] is True
    assert "The review is finished." in after.text("//*[@role='status']")
    assert after.all("//a[text()='Next review']/@href") == ["/en/me/reviews/p2"]
    assert after.all("//input[@name='done' and @checked]")
    last = at(pages, {**DONE, "next_project": None})
    assert "All your reviews are finished." in last.text()


def test_a_score_that_is_missing_is_said_at_its_criterion_and_nothing_is_lost(pages: Pages) -> None:
    problems = {"scores.partnerships": ["Needed."]}
    pages.bus.answers["prizes.save_review"] = Invalid("prizes.review_incomplete", fields=problems)
    shown = pages.get(HERE)
    back = shown.send(shown.form("Save"), **{"comments.impact": "Very good", "done": ["false", "true"]})
    assert back.status == 422
    assert back.all("//div[@role='alert']//a/@href") == ["#save-scores.partnerships"]
    assert back.all("//fieldset[@id='save-scores.partnerships']")
    assert back.all("//textarea[@name='comments.impact']/text()") == ["Very good"]
    assert back.all("//input[@name='done' and @checked]")


def test_reviews_that_are_closed_are_read_only(pages: Pages) -> None:
    pages.bus.answers["prizes.read_edition"] = PUBLISHED
    shown = at(pages, DONE)
    assert shown.tree.forms == []
    assert "4: good" in shown.text("//section[@aria-labelledby='scores']")
    assert "Do not nominate" in shown.text("//section[@aria-labelledby='scores']")


def test_a_review_after_a_conflict_says_so(pages: Pages) -> None:
    pages.bus.answers["prizes.read_review"] = Conflict("prizes.conflict_declared")
    shown = pages.get(HERE)
    assert (shown.status, "declared a conflict" in shown.text()) == (409, True)
