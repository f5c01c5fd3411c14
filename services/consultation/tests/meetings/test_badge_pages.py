"""From the registration to the check-in, on pages alone: without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import NotFound
from wsis_testkit.pages import Pages

from ..page_answers import MEETING, REGISTRATION
from ..page_kit import each_language, site, sound

HERE, DESK = "/consultations/2017/meetings/m1/registration", "/desk/consultations/2017/meetings/m1"
OWN = {**REGISTRATION, "mode": "on_site", "badge_number": "0042", "join_url": None}
BADGE = "//section[@aria-labelledby='badge']//img"
COMES = {
    "participant": "p1",
    "badge_number": "0042",
    "full_name": "Ada Umutoni",
    "organization": "Réseau",
    "checked_in_at": None,
    "repeated": False,
}
MANAGED = {
    "title": {"en": "Meeting"},
    "agenda": [],
    "on_site": 1,
    "remote_participants": 0,
    "waiting": 0,
    "checked_in": 0,
}


@pytest.fixture
def pages() -> Pages:
    """Nobody has registered yet."""

    def register(_arguments: dict[str, Any]) -> dict[str, Any]:
        pages.bus.answers["consultation.read_registration"] = OWN
        return OWN

    def check_in(arguments: dict[str, Any]) -> dict[str, Any]:
        is_proven = arguments["body"].get("compared", False)
        return {**COMES, "checked_in_at": "2016-10-12T14:35:00Z" if is_proven else None}

    coming = {**MEETING, "start": "2116-10-12T14:30:00Z", "end": "2116-10-12T16:00:00Z"}
    pages = site(
        read_meeting=coming,
        read_managed_meeting={**coming, **MANAGED},
        read_registration=NotFound("consultation.registration_unknown", ""),
        register_for_meeting=register,
        read_badge={"text": "<svg xmlns='http://www.w3.org/2000/svg'/>", "filename": "badge-0042.svg"},
        list_participants={"items": [], "next": None},
        record_page=None,
        check_in=check_in,
    )
    return pages


def test_who_registers_for_the_room_sees_the_badge(pages: Pages) -> None:
    before = pages.sign_in("member").get(f"/en{HERE}")
    assert before.all(BADGE) == []
    shown = before.send(before.form_named("register"), mode="on_site")
    sound(shown)
    [badge] = shown.all(BADGE)
    assert badge.get("alt") == "Badge number 0042 with its QR code"
    assert badge.get("src").startswith("/"), "the policy of pages takes pictures of this site alone"
    drawn = pages.get(badge.get("src"))
    assert (drawn.status, drawn.headers["content-type"].partition(";")[0]) == (200, "image/svg+xml")
    assert badge.get("src") in shown.all("//main//a/@href"), "it can be saved and printed"


@each_language
@pytest.mark.parametrize("state", ["waiting", "cancelled"])
def test_without_a_place_in_the_room_there_is_no_badge(pages: Pages, language: str, state: str) -> None:
    pages.bus.answers["consultation.read_registration"] = {**OWN, "state": state}
    shown = pages.sign_in("member").get(f"/{language}{HERE}")
    sound(shown)
    assert shown.all(BADGE) == []


@each_language
def test_an_officer_types_the_number_compares_the_name_and_checks_in(pages: Pages, language: str) -> None:
    shown = pages.sign_in("officer").get(f"/{language}{DESK}")
    asked = shown.send(shown.form_named("check_in"), token="0042")
    sound(asked)
    assert "Ada Umutoni" in asked.text("//*[@role='status']")
    assert len(asked.tree.forms) == 2, "one for this name, one for the next badge"
    come = asked.send(0)
    sound(come)
    assert "Ada Umutoni" in come.text("//div[contains(@class, 'done')][@role='status']")
    assert len(come.tree.forms) == 1
    assert pages.bodies("check_in") == [{"token": "0042"}, {"token": "0042", "compared": True}]


def test_who_takes_part_checks_nobody_in(pages: Pages) -> None:
    assert pages.sign_in("member").get(f"/en{DESK}").status == 403
