"""The call, the mechanisms and the nominations of coordinators on pages, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import PreconditionFailed
from wsis_testkit.pages import Pages

from ..page_kit import in_each_language, site

DESK = "/desk/consultations/2017"
OWN = "/me/nominations/2017"
CALL = {
    "edition": "2017",
    "revision": "r1",
    "text": "Nominate those who lead.",
    "language": "en",
    "texts": {"en": "Nominate those who lead.", "fr": "Désignez qui mène."},
    "opens_at": "2016-09-01T08:00:00Z",
    "closes_at": "2016-11-20T22:00:00Z",
    "open": True,
    "bio_words": 200,
}
GROUP = {
    "slug": "african-group",
    "name": "African Group",
    "constituencies": ["government"],
    "coordinators": ["a1", "gone"],
    "version": 4,
}
PERSON = {
    "account": "a1",
    "email": "mona@group.example",
    "names": "Mona Lund",
    "organization": None,
    "country": "RW",
    "stakeholder_type": "government",
}
NOMINATED = {
    "id": "n1",
    "number": 7,
    "mechanism_name": "African Group",
    "constituency": "government",
    "full_name": "Amina Diallo",
    "organization": None,
    "country": "SN",
    "gender": "female",
    "bio": "Ministre.",
    "language": "fr",
    "email": "amina@gov.example",
    "endorsement": None,
    "received_at": "2016-10-01T08:00:00Z",
    "late": False,
    "consent": "asked",
    "state": "nominated",
}


def listed(**more: Any) -> dict[str, Any]:
    return {"items": [{**GROUP, "mine": True, **more}]}


@pytest.fixture
def pages() -> Pages:
    found = site(
        read_facilitator_call=CALL,
        change_facilitator_call=CALL,
        list_mechanisms=listed(),
        read_mechanism=GROUP,
        make_mechanism=GROUP,
        set_mechanism=GROUP,
        list_own_nominations={"items": [NOMINATED], "next": None},
        nominate=NOMINATED,
    )
    found.bus.answers["accounts.list_accounts"] = {"items": [PERSON], "next": None}
    found.bus.answers["accounts.record_page"] = None
    return found.sign_in("officer")


@pytest.mark.parametrize(
    "path",
    [
        f"{DESK}/facilitators-call",
        f"{DESK}/mechanisms",
        f"{DESK}/mechanisms/new",
        f"{DESK}/mechanisms/african-group",
        OWN,
    ],
)
def test_the_pages_show_in_each_language(pages: Pages, path: str) -> None:
    in_each_language(pages, path)
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"/en{path}").status == 403


def test_the_candidates_lead_to_the_call_and_to_the_mechanisms(pages: Pages) -> None:
    pages.bus.answers |= {
        "consultation.list_candidates": {"items": [], "next": None},
        "consultation.record_page": None,
        "consultation.read_balance": {"total": 0, "regions": [], "genders": [], "constituencies": []},
    }
    links = pages.get(f"/en{DESK}/candidates").all("//main//a/@href")
    assert {f"/en{DESK}/facilitators-call", f"/en{DESK}/mechanisms"} <= set(links)
    links = pages.get(f"/en{DESK}/mechanisms").all("//main//a/@href")
    assert {f"/en{DESK}/mechanisms/new", f"/en{DESK}/mechanisms/african-group"} <= set(links)


def test_the_call_changes_in_one_language_with_a_reason(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/facilitators-call")
    assert shown.text("//textarea[@name='text.fr']") == "Désignez qui mène."
    back = shown.send(**{"text.ru": "Выдвигайте.", "bio_words": "300"})
    assert back.all("//div[@role='alert']//a/@href") == ["#write-reason"]
    assert back.send(reason="One more language").address == f"/en{DESK}/facilitators-call?done=yes"
    [sent] = pages.bodies("change_facilitator_call")
    assert (sent["text"]["ru"], sent["text"]["fr"], sent["bio_words"]) == ("Выдвигайте.", "Désignez qui mène.", 300)


def test_a_call_that_changed_meanwhile_keeps_what_was_typed(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/facilitators-call")
    pages.bus.answers["consultation.change_facilitator_call"] = PreconditionFailed("suite.document_changed", "")
    pages.bus.answers["consultation.read_facilitator_call"] = {**CALL, "revision": "r2"}
    refused = shown.send(**{"text.en": "Mine", "reason": "As we said"})
    assert refused.status == PreconditionFailed.status
    assert refused.text("//textarea[@name='text.en']") == "Mine"
    assert refused.all("//input[@type='checkbox' and @name='_revision']")


def test_a_mechanism_gets_the_coordinators_who_are_ticked(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/mechanisms/african-group")
    assert "Mona Lund · mona@group.example" in shown.text("//form")
    assert shown.all("//input[@name='coordinators' and @checked]/@value") == ["a1", "gone"], "nobody is left out unseen"
    back = shown.send(coordinators=["", "a1"])
    assert back.all("//div[@role='alert']//a/@href") == ["#write-reason"]
    assert back.all("//input[@name='coordinators' and @checked]/@value") == ["a1"]
    back.send(reason="One has left")
    [sent] = pages.sent("set_mechanism")
    body = {"name": "African Group", "constituencies": ["government"], "coordinators": ["a1"], "reason": "One has left"}
    assert (sent["mechanism"], sent["body"]) == ("african-group", {**body, "base": 4}), "on the version that was read"


def test_a_mechanism_is_made_without_a_code_and_may_wait_for_coordinators(pages: Pages) -> None:
    typed = {"name": "Group of 77", "constituencies": ["government"], "reason": "They wrote"}
    done = pages.get(f"/en{DESK}/mechanisms/new").send(**typed)
    assert done.address == f"/en{DESK}/mechanisms?done=yes"
    assert pages.bodies("make_mechanism") == [{**typed, "coordinators": []}]


def test_a_coordinator_nominates_for_their_own_mechanism(pages: Pages) -> None:
    pages.cookies.clear()
    pages.sign_in("member", "coordinator")
    other = {**GROUP, "slug": "other", "name": "Another", "mine": False}
    pages.bus.answers["consultation.list_mechanisms"] = {"items": [*listed()["items"], other]}
    assert f"/en{OWN}" in pages.get("/en/me").all("//main//a/@href")
    shown = pages.get(f"/en{OWN}")
    assert "Nominate those who lead." in shown.text()
    assert "Amina Diallo" in shown.text("//table")
    assert [each for each in shown.all("//select[@name='mechanism']/option/@value") if each] == ["african-group"]
    typed = {"mechanism": "african-group", "constituency": "government", "full_name": "Kofi Osei", "bio": "Engineer."}
    back = shown.send(**typed)
    assert back.all("//div[@role='alert']//a/@href") == ["#nominate-email"]
    assert back.send(email="kofi@gov.example").address == f"/en{OWN}?done=yes"
    [sent] = pages.bodies("nominate")
    assert {name: sent[name] for name in typed} == typed


def test_who_cannot_nominate_now_reads_why(pages: Pages) -> None:
    pages.bus.answers["consultation.read_facilitator_call"] = {**CALL, "open": False}
    shut = pages.get(f"/en{OWN}")
    assert "Nominations are open only in this time" in shut.text()
    assert shut.tree.forms == []
    pages.bus.answers["consultation.list_mechanisms"] = listed(mine=False)
    assert "You coordinate no mechanism" in pages.get(f"/en{OWN}").text()
