"""Similar contributions on pages, without a broker: to whom writes a draft, and to officers who merge."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Invalid, NotFound
from wsis_testkit.pages import Pages, Shown

from ..page_answers import CONTRIBUTION, DRAFT, RECEIPT, SIMILAR, SUBMISSION
from ..page_kit import in_each_language, site

INPUT = {**CONTRIBUTION, "id": "s1", "merged_into": None, "merged": []}
DESK = "/desk/consultations/2017/submissions/s1/similar"
MERGED = {"id": "s1", "edition": "2017", "receipt": RECEIPT["receipt"], "state": "merged", "other": SIMILAR["receipt"]}


@pytest.fixture
def pages() -> Pages:
    return site(
        read_input=INPUT,
        merge_submission=MERGED,
        separate_submission={**MERGED, "state": "received"},
        read_draft=DRAFT,
        open_draft=DRAFT,
        open_submission=NotFound("consultation.submission_unknown", ""),
    )


def press(shown: Shown, name: str, **values: Any) -> Shown:
    """Send the form of that name."""
    number = next(at for at, each in enumerate(shown.tree.forms) if each.fields.get("_form") == name)
    return shown.send(number, **values)


@pytest.mark.parametrize("query", ["", "?into=OCP-2017-0009", "?done=merged"])
@pytest.mark.parametrize("into", [None, "OCP-2017-0009"])
def test_the_desk_shows_them_in_each_language(pages: Pages, query: str, into: str | None) -> None:
    pages.bus.answers["consultation.read_input"] = {**INPUT, "merged_into": into, "merged": ["OCP-2017-0003"]}
    in_each_language(pages.sign_in("officer"), f"{DESK}{query}")
    in_each_language(pages, DESK.removesuffix("/similar"))


def test_an_officer_merges_after_a_second_look(pages: Pages) -> None:
    shown = pages.sign_in("officer").get(f"/en{DESK}")
    [choice] = [href for href in shown.all("//main//a/@href") if "into=" in href]
    chosen = pages.get(choice.partition("#")[0])
    check = press(chosen, "merge", reason="The same twice")
    assert (pages.sent("merge_submission"), SIMILAR["receipt"] in check.text("//dl")) == ([], True)
    assert "gets a mail with your reason" in check.text("//main")
    after = check.send(0)
    assert [each["body"] for each in pages.sent("merge_submission")] == [
        {"into": SIMILAR["receipt"], "reason": "The same twice"}
    ]
    assert "The contribution is merged." in after.text("//*[@role='status']")


def test_a_receipt_that_does_not_fit_is_said_at_its_field(pages: Pages) -> None:
    fields = {"into": ["Name the receipt of another contribution."]}
    pages.bus.answers["consultation.merge_submission"] = Invalid("consultation.merge_target_invalid", fields=fields)
    shown = pages.sign_in("officer").get(f"/en{DESK}")
    refused = press(shown, "merge", into="OCP-2017-9999", reason="The same").send(0)
    assert "Name the receipt of another contribution." in refused.text("//main")
    assert refused.all("//input[@name='into']/@value") == ["OCP-2017-9999"]


def test_a_merge_is_undone(pages: Pages) -> None:
    pages.bus.answers["consultation.read_input"] = {**INPUT, "merged_into": SIMILAR["receipt"]}
    shown = pages.sign_in("officer").get(f"/en{DESK}")
    press(shown, "separate", reason="They differ").send(0)
    assert [each["body"] for each in pages.sent("separate_submission")] == [{"reason": "They differ"}]


def test_who_writes_a_draft_sees_them_by_account_and_by_link(pages: Pages) -> None:
    opened = pages.get("/en/consultations/2017/submission").send(0, id="ab" * 16, key="cd" * 20)
    for shown in (opened, pages.sign_in("member").get("/en/me/drafts/2017/d1")):
        assert "There are similar contributions" in shown.text("//main")
        assert f"/en/consultations/2017/contributions/{SIMILAR['receipt']}" in shown.all("//main//a/@href")


def test_the_draft_stands_where_similar_ones_cannot_be_found(pages: Pages) -> None:
    pages.bus.answers["consultation.list_similar_of_draft"] = NotFound("consultation.draft_unknown", "")
    shown = pages.sign_in("member").get("/en/me/drafts/2017/d1")
    assert (shown.status, "similar" in shown.text("//main")) == (200, False)


def test_its_author_reads_into_which_one_it_went(pages: Pages) -> None:
    merged = {**SUBMISSION, "state": "merged", "merged_into": SIMILAR["receipt"]}
    pages.bus.answers["consultation.read_submission"] = merged
    shown = pages.sign_in("member").get("/en/me/submissions/2017/s1")
    assert f"merged into another one: {SIMILAR['receipt']}" in shown.text("//*[@role='status']")
    assert not [each for each in shown.tree.forms if each.fields.get("_form") in ("amend", "withdraw", "publish")]
