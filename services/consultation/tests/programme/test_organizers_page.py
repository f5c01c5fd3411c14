"""The page of a session for its organizers, without a broker."""

from __future__ import annotations

import pytest

from ..page_kit import each_language, in_each_language, site, sound
from ..programme_answers import SESSION

LINK = {"submission": "ab" * 16, "key": "cd" * 20}


@pytest.fixture
def organizer():
    return site(
        open_session_link={**SESSION, "interpretation": ["fr"], "outcome": None},
        file_session_details=SESSION,
        file_session_outcome={"text": "Done.", "language": "en", "links": [], "filed_at": "2016-09-04T08:00:00Z"},
        withdraw_session={**SESSION, "withdrawn_at": "2016-09-04T08:00:00Z"},
    )


def opened(organizer, language="en"):
    return organizer.get(f"/{language}/consultations/2017/sessions/s1").send(**LINK)


def part(shown, name):
    """What is sent of that name, which stands alone."""
    return shown.send(shown.form_named(f"show_{name}"))


@each_language
def test_the_page_of_a_session_opens_by_its_link(organizer, language):
    shown = organizer.get(f"/{language}/consultations/2017/sessions/s1")
    sound(shown)
    shown = shown.send(**LINK)
    sound(shown)
    assert organizer.sent("open_session_link")[0]["body"] == LINK
    for name in ("details", "logo", "outcome", "withdraw"):
        alone = part(shown, name)
        sound(alone)
        assert [each.fields["_form"] for each in alone.tree.forms] == [name, "read"], "beside it is only the way back"
        back = alone.send(1)
        assert [each.fields["_form"] for each in back.tree.forms] == [each.fields["_form"] for each in shown.tree.forms]


def test_a_logo_is_sent_where_no_text_is_typed(organizer):
    shown = opened(organizer)
    for page in (shown, part(shown, "logo")):
        assert page.all("//textarea") == []
    for name in ("details", "outcome"):
        assert part(shown, name).all("//input[@type='file']") == []


def test_organizers_file_the_description_and_the_outcome(organizer):
    shown = opened(organizer)
    filed = part(shown, "details").send(0, abstract="How schools share.", interpretation=["fr", "ar"])
    [details] = organizer.sent("file_session_details")
    assert {name: details["body"][name] for name in ("abstract", "interpretation", *LINK)} == {
        "abstract": "How schools share.",
        "interpretation": ["fr", "ar"],
        **LINK,
    }
    assert "stored" in filed.text("//*[@role='status']")
    missing = part(filed, "outcome").send(0, **{"links.0.action_line": "C2", "links.0.sdg": "4"})
    assert missing.all("//div[@role='alert']//a/@href") == ["#outcome-text", "#outcome-links.0.rationale"]
    missing.send(0, text="Done.", **{"links.0.rationale": "Schools"})
    [outcome] = organizer.sent("file_session_outcome")
    assert outcome["body"]["links"] == [{"action_line": "C2", "sdg": 4, "rationale": "Schools"}]


def test_organizers_without_an_account_choose_a_logo_by_their_link(organizer):
    shown = part(opened(organizer), "logo")
    [form] = shown.all("//section[@aria-labelledby='logo']//form")
    assert (form.get("enctype"), dict(form.fields)["key"]) == ("multipart/form-data", LINK["key"])
    assert form.xpath(".//input[@type='file']/@accept")
    refused = organizer.post(form.action, [*form.form_values()])
    assert refused.all("//div[@role='alert']//a/@href") == ["#logo-file"], "nothing was chosen"
    assert refused.text("//section[@aria-labelledby='logo']")
    assert organizer.sent("store_linked_logo") == []


def test_organizers_take_their_session_back_after_a_check(organizer):
    check = part(opened(organizer), "withdraw").send(0, reason="Our speakers cannot travel.", language="en")
    sound(check)
    assert organizer.sent("withdraw_session") == []
    assert "taken back" in check.send().text("//*[@role='status']")
    [withdrawn] = organizer.sent("withdraw_session")
    assert withdrawn["body"] == {**LINK, "reason": "Our speakers cannot travel.", "language": "en"}


def test_a_cancelled_session_says_so_and_why(organizer):
    why = {"text": "Les intervenants ne viennent pas.", "language": "fr"}
    known = organizer.bus.answers["consultation.read_programme_session"]
    organizer.bus.answers["consultation.read_programme_session"] = {**known, "state": "cancelled", "cancelled_why": why}
    in_each_language(organizer, "/consultations/2017/programme/sessions/S1")
    shown = organizer.get("/en/consultations/2017/programme/sessions/S1")
    assert "This session is cancelled." in shown.text("//main")
    assert shown.all("//main//*[@lang='fr']")
