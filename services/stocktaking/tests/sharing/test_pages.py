"""The pages of shares: who is asked and for what, the code, the end; without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Invalid
from wsis_testkit.pages import Pages

from ..page_kit import OWN, OWN_ENTRY, OWN_SHARE

SHARING = "/en/me/entries/e1/sharing"


@pytest.fixture
def pages() -> Any:
    return Pages(OWN, "stocktaking").sign_in()


def test_an_owner_asks_somebody_to_edit_the_entry(pages: Any) -> None:
    assert SHARING in pages.get("/en/me/entries/e1").all("//main//a/@href")
    shown = pages.get(SHARING)
    done = shown.send(shown.form_named("ask"), email="ben@red.example")
    assert pages.sent("share_entry")[0]["body"] == {"email": "ben@red.example", "role": "editor", "whole": False}
    assert done.address == f"{SHARING}?done=asked"
    assert "The invitation is on its way." in done.text("//main")


def test_a_hand_over_is_shown_once_more(pages: Any) -> None:
    shown = pages.get(SHARING)
    check = shown.send(shown.form_named("hand_over"), email="ben@red.example", whole="true")
    assert "becomes the owner, and you cannot undo that" in check.text("//main")
    assert pages.sent("share_entry") == []
    check.send(0)
    assert pages.sent("share_entry")[0]["body"] == {"email": "ben@red.example", "role": "owner", "whole": True}


def test_an_address_that_is_none_is_said_at_its_field(pages: Any) -> None:
    pages.bus.answers["stocktaking.share_entry"] = Invalid(
        "stocktaking.claim_address_invalid", fields={"email": ["Not a mail address."]}
    )
    shown = pages.get(SHARING)
    back = shown.send(shown.form_named("ask"), email="ben@red")
    assert back.all("//div[@role='alert']//a/@href") == ["#ask-email"]
    assert back.all("//input[@id='ask-email']/@value") == ["ben@red"]


def test_an_owner_removes_an_editor(pages: Any) -> None:
    shown = pages.get(SHARING)
    last = max(at for at, each in enumerate(shown.tree.forms) if each.fields.get("_form") == "end")
    assert "The person was removed." in shown.send(last).text("//main")
    assert (pages.sent("end_share")[0]["entry"], pages.sent("end_share")[0]["share"]) == ("e1", "s2")


def test_who_was_asked_accepts_by_the_code(pages: Any) -> None:
    shown = pages.get("/en/me/shares/s1")
    assert "edit this entry beside its owner" in shown.text("//main")
    done = shown.send(shown.form_named("accept"), code="12345678")
    assert done.address == "/en/me/entries/e1?done=shared"
    assert "You can edit this entry from now on." in done.text("//main")
    pages.bus.answers["stocktaking.read_own_share"] = OWN_SHARE | {"role": "owner", "whole": True}
    assert "other entries of the same organization come with it" in pages.get("/en/me/shares/s1").text("//main")


def test_an_editor_finds_the_entry_and_can_leave_but_not_end_it(pages: Any) -> None:
    assert "/en/me/shares/s1" in pages.get("/en/me/entries").all("//main//a/@href")
    pages.bus.answers["stocktaking.read_own_entry"] = OWN_ENTRY | {"editor": True}
    shown = pages.get("/en/me/entries/e1")
    assert "You edit this entry for its owner." in shown.text("//main")
    assert not {"withdraw", "discard"} & {each.fields.get("_form") for each in shown.tree.forms}
    pages.bus.answers["stocktaking.read_own_share"] = OWN_SHARE | {"state": "accepted", "until": None}
    shown = pages.get("/en/me/shares/s1")
    check = shown.send(shown.form_named("leave"))
    assert "you lose access to this entry at once" in check.text("//main")
    assert check.send(0).address == "/en/me/entries"
