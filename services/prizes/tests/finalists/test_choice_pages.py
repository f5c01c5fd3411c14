"""Where a juror chooses the winner of a category, without a broker."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from ..desk_answers import EDITION
from .test_pages import nominee

HERE = "/me/winners/2017"
AT = "2017-05-04T08:00:00Z"
OPEN: dict[str, Any] = {
    "edition": "2017",
    "items": [
        {
            "category": "C1",
            "finalists": [
                {**nominee(1, 90, 1), "short_description": "Schools on line", "sdgs": []},
                {**nominee(2, 40, 2), "short_description": "مدرسة", "language": "ar", "sdgs": []},
            ],
            "decision": None,
        }
    ],
    "next": None,
}


def group(**decision: Any) -> dict[str, Any]:
    """The category, decided where something is given."""
    found = deepcopy(OPEN)
    if decision:
        found["items"][0]["decision"] = {"reason": "It reaches most people", "change_reason": None, "at": AT} | decision
    return found


def site(role: str = "juror", **answers: Any) -> Pages:
    released = {**EDITION, "done": {**EDITION["done"], "winners_released": False}}
    found = {"read_edition": released, "read_finalists": OPEN, "choose_winner": DECIDED, **answers}
    return Pages({f"prizes.{name}": answer for name, answer in found.items()}, "prizes", "accounts").sign_in(role)


DECIDED = {"edition": "2017", "category": "C1", "decided": True}


@pytest.mark.parametrize("language", LOCALES)
def test_both_pages_show_in_each_language(language: str) -> None:
    for pages in (site(), site(read_finalists=group(project="p1")), site(read_finalists=group(project=None))):
        for path in (HERE, f"{HERE}/C1"):
            shown = pages.get(f"/{language}{path}")
            assert (shown.status, len(shown.all("//h1"))) == (200, 1), shown.text()
            assert "None" not in shown.text()


def test_only_jurors_come_here_and_nobody_looks_in_the_name_of_others() -> None:
    for role in ("member", "officer"):
        pages = site(role)
        assert pages.get(f"/en{HERE}/C1").status == 403
        assert pages.sent("read_finalists") == []


def test_the_list_leads_to_each_category() -> None:
    shown = site().get(f"/en{HERE}")
    assert shown.all("//main//ul//a/@href") == [f"/en{HERE}/C1"]
    assert "The Expert Group has not decided yet" in shown.text()
    for path in (HERE, f"{HERE}/C1"):
        waits = site(read_finalists=Conflict("prizes.finalists_not_fixed", "")).get(f"/en{path}")
        assert "the finalists are not fixed" in waits.text("//main")
        assert waits.tree.forms == []


def test_a_winner_is_chosen_with_a_reason_after_a_check() -> None:
    pages = site()
    shown = pages.get(f"/en{HERE}/C1")
    assert shown.all("//input[@name='project' and @checked]") == [], "no choice is suggested"
    assert shown.all("//*[@name='change_reason']") == [], "nothing was decided before"
    back = shown.send(reason="It reaches most people")
    assert back.all("//div[@role='alert']//a/@href") == ["#choose-project"]
    check = back.send(project="p2")
    assert "stays secret until the winners are released" in check.text("//*[@role='status']")
    assert "get a mail" not in check.text("//*[@role='status']")
    assert "Project 2" in check.text("//dl")
    assert pages.sent("choose_winner") == [], "nothing has happened yet"
    assert "The decision is stored." in check.send().text("//*[@role='status']")
    [sent] = pages.sent("choose_winner")
    assert (sent["category"], sent["body"]["project"]) == ("C1", "p2")
    assert sent["body"]["reason"] == "It reaches most people"


def test_no_winner_is_a_choice_too() -> None:
    pages = site()
    check = pages.get(f"/en{HERE}/C1").send(project="", reason="None is ready")
    assert "No winner in this category" in check.text("//dl")
    check.send()
    assert pages.bodies("choose_winner")[0]["project"] is None


def test_another_decision_says_that_the_jurors_are_mailed_and_why() -> None:
    pages = site(read_finalists=group(project="p1"))
    shown = pages.get(f"/en{HERE}/C1")
    assert shown.all("//input[@name='project' and @checked]/@value") == ["p1"]
    typed = {"project": "p2", "reason": "It reaches more", "change_reason": "A figure was wrong"}
    check = shown.send(**typed)
    assert "the other jurors of the category get a mail" in check.text("//*[@role='status']")
    check.send()
    assert pages.bodies("choose_winner") == [typed]


def test_after_the_release_nothing_can_be_chosen() -> None:
    over = {**EDITION, "done": {**EDITION["done"], "winners_released": True}}
    shown = site(read_edition=over, read_finalists=group(project="p1")).get(f"/en{HERE}/C1")
    assert shown.tree.forms == []
    assert "no decision can change any more" in shown.text()
