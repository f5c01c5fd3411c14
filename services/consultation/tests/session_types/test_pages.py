"""The types of sessions on pages, without a broker."""

import pytest
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES

from ..page_kit import in_each_language, site
from ..programme_answers import SESSION_TYPES

DESK = "/en/desk/consultations/2017/session-types"


@pytest.fixture
def pages():
    return site(
        list_waiting={"items": []},
        add_session_type=SESSION_TYPES,
        change_session_type=SESSION_TYPES,
        remove_session_type=SESSION_TYPES,
    ).sign_in("officer")


@pytest.mark.parametrize("path", ["", "/new", "/ceremony"])
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, f"/desk/consultations/2017/session-types{path}")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"{DESK}{path}").status == 403


def test_an_officer_adds_a_type_and_nothing_typed_is_lost(pages):
    assert f"{DESK}/new" in pages.get(DESK).all("//main//a/@href")
    titles = {f"title.{code}": f"Hackathon {code}" for code in LOCALES}
    typed = {"track": "special", "minutes": "240", "code": "hackathon", "reason": "New", **titles}
    pages.bus.answers["consultation.add_session_type"] = Conflict("consultation.session_type_exists", "")
    refused = pages.get(f"{DESK}/new").send(**typed)
    assert "There is a type of this code already" in refused.text()
    assert refused.all("//input[@name='minutes']/@value") == ["240"]
    pages.bus.answers["consultation.add_session_type"] = SESSION_TYPES
    done = pages.get(f"{DESK}/new").send(**typed)
    assert done.address == f"{DESK}?done=yes"
    body = pages.sent("add_session_type")[-1]["body"]
    assert (body["minutes"], body["requestable"], body["title"]["zh"]) == (240, False, "Hackathon zh")


def test_a_removal_is_asked_once_more(pages):
    check = pages.get(f"{DESK}/ceremony").send(1, reason="Not this year")
    assert not pages.sent("remove_session_type")
    assert "It can be chosen no longer." in check.text()
    assert check.send().address == f"{DESK}?done=yes"
    assert pages.sent("remove_session_type")[0]["type"] == "ceremony"


def test_a_page_says_what_stays_and_offers_nothing_else(pages):
    needed = pages.get(f"{DESK}/thematic_workshop")
    assert "This type stays" in needed.text()
    assert "Remove the type" not in needed.text()
    opened = site(list_waiting={"items": []}, list_session_types={**SESSION_TYPES, "fixed": True}).sign_in("officer")
    fixed = opened.get(f"{DESK}/ceremony")
    assert "so the title alone can change" in fixed.text()
    assert not fixed.all("//input[@name='minutes']")
    assert opened.get(f"{DESK}/tea").status == 404
