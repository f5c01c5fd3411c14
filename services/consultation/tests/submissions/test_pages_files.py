"""The files of a contribution and its mailed link, on pages: without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, NotFound
from wsis_testkit.pages import Pages, Shown

from ..page_answers import DRAFT, SUBMISSION
from ..page_kit import each_language, site, sound

MAILED = "/consultations/2017/submission"
KEY = "cd" * 20
LINK = {"id": "ab" * 16, "key": KEY}
FILES: list[dict[str, Any]] = SUBMISSION["attachments"]
DRAFTED = {**DRAFT, "attachments": FILES}
ABSENT = NotFound("consultation.draft_unknown", "")
WRITE = "/me/drafts/2017/d1"
OWN = [f"{WRITE}/files", "/me/submissions/2017/s1"]
# A form beside these loses what is typed into them.
ANSWERS = "//form[.//*[starts-with(@name, 'answers.')]]"


@pytest.fixture
def pages() -> Pages:
    return site(
        read_draft=DRAFTED,
        read_submission=SUBMISSION,
        open_draft=ABSENT,
        open_submission=SUBMISSION,
        change_draft=DRAFTED,
        remove_attachment=None,
        mail_draft_links={"message": "On its way"},
        renew_draft_link={"message": "On its way"},
    )


def opened(pages: Pages, language: str = "en") -> Shown:
    return pages.get(f"/{language}{MAILED}").send(0, **LINK)


def press(shown: Shown, button: str, **typed: Any) -> Shown:
    """Send the answers by another of their buttons."""
    [form] = shown.all(ANSWERS)
    assert form.xpath(f".//button[@name='_form'][@value='{button}'][text()]")
    return shown.send(shown.tree.forms.index(form), **typed, _form=button)


def by_link_or_account(pages: Pages, by_link: bool) -> Shown:
    """The answers of a draft, as they were saved last."""
    if by_link:
        pages.bus.answers["consultation.open_submission"] = ABSENT
        return opened(pages)
    return pages.sign_in("member").get(f"/en{WRITE}")


@pytest.mark.parametrize("by_link", [False, True], ids=["signed in", "by link"])
def test_what_was_typed_is_there_after_a_file_was_attached(pages: Pages, by_link: bool) -> None:
    def save(arguments: dict[str, Any]) -> dict[str, Any]:
        saved = {**DRAFTED, "answers": arguments["body"]["answers"]}
        pages.bus.answers |= dict.fromkeys(("consultation.read_draft", "consultation.open_draft"), saved)
        return saved

    pages.bus.answers |= {"consultation.change_draft": save, "consultation.open_draft": DRAFTED}
    shown = by_link_or_account(pages, by_link)
    assert shown.all("//input[@type='file']") == [], "beside the answers it would lose them"
    files = press(shown, "files", **{"answers.full_name": "Grace"})
    sound(files)
    assert ("Saved." in files.text("//*[@role='status']"), files.all(ANSWERS)) == (True, [])
    attach = files.form_named("attach_to_draft" if by_link else "attach")
    again = files.send(attach)
    assert again.all("//div[@role='alert']//a/@href") == [f"#{'attach_to_draft' if by_link else 'attach'}-file"]
    back = again.send(again.form("Back to the answers")) if by_link else pages.get(f"/en{WRITE}")
    assert back.all("//input[@name='answers.full_name']/@value") == ["Grace"]
    assert by_link or f"/en{WRITE}" in again.all("//main//a[contains(@class, 'button')]/@href")


@pytest.mark.parametrize("by_link", [False, True], ids=["signed in", "by link"])
def test_answers_that_cannot_be_saved_come_back_before_the_files(pages: Pages, by_link: bool) -> None:
    changed = Conflict("consultation.draft_changed", "", saved_at="2017-01-11T08:00:00Z")
    pages.bus.answers |= {"consultation.change_draft": changed, "consultation.open_draft": DRAFTED}
    shown = by_link_or_account(pages, by_link)
    assert shown.all("//input[@name='answers.sdgs.'][@checked]/@value") != []
    typed = {"answers.full_name": "Grace", "answers.sdgs.": []}
    refused = press(shown, "files", **typed)
    assert (refused.status, refused.all("//input[@name='answers.full_name']/@value")) == (409, ["Grace"])
    assert refused.all("//input[@name='answers.sdgs.'][@checked]/@value") == [], "nor is a box ticked anew"
    assert refused.texts(f"{ANSWERS}//button[text()]") == ["Save the draft", "Save and go to the files"]
    pages.bus.answers["consultation.change_draft"] = DRAFTED
    assert press(refused, "change").all(ANSWERS) != []


def test_no_form_stands_beside_answers_that_are_amended(pages: Pages) -> None:
    linked = opened(pages)
    assert linked.all(ANSWERS) == []
    for shown in (linked.send(linked.form_named("amending")), pages.sign_in("member").get(f"/en{OWN[1]}/amendment")):
        assert (len(shown.all(ANSWERS)), shown.all("//input[@type='file']")) == (1, [])


@pytest.mark.parametrize("path", OWN)
def test_the_owner_opens_a_file_and_takes_it_back_after_a_second_look(pages: Pages, path: str) -> None:
    shown = pages.sign_in("member").get(f"/en{path}")
    assert shown.all("//section[@aria-labelledby='attachments']//li/a/@href") == [f"/en{path}?file=file&attachment=a"]
    check = shown.send(shown.form_named("take_back"))
    sound(check)
    assert ("plan.pdf" in check.text(), pages.sent("remove_attachment")) == (True, [])
    assert check.send().address == f"/en{path}?done=taken_back"
    [sent] = pages.sent("remove_attachment")
    assert (sent["attachment"], sent["body"]) == ("a", {"key": None})


@pytest.mark.parametrize("path", OWN)
def test_a_form_without_a_file_says_so_at_its_field(pages: Pages, path: str) -> None:
    shown = pages.sign_in("member").get(f"/en{path}")
    refused = shown.send(shown.form_named("attach"))
    assert (refused.status, refused.all("//div[@role='alert']//a/@href")) == (422, ["#attach-file"])
    assert refused.all("//input[@id='attach-file']/@accept") == [".pdf,.docx,.png"]


def test_a_withdrawn_contribution_takes_no_file(pages: Pages) -> None:
    withdrawn = {**SUBMISSION, "state": "withdrawn"}
    pages.bus.answers |= dict.fromkeys(("consultation.read_submission", "consultation.open_submission"), withdrawn)
    for shown in (pages.get(f"/en{MAILED}").send(0, **LINK), pages.sign_in("member").get(f"/en{OWN[1]}")):
        assert ("plan.pdf" in shown.text(), shown.all("//input[@type='file']")) == (True, [])


@each_language
@pytest.mark.parametrize("of_draft", [False, True], ids=["contribution", "draft"])
def test_the_link_is_the_key_to_the_files(pages: Pages, language: str, of_draft: bool) -> None:
    if of_draft:
        pages.bus.answers |= {"consultation.open_draft": DRAFTED, "consultation.open_submission": ABSENT}
    shown = opened(pages, language)
    sound(shown)
    if of_draft:
        shown = press(shown, "files")
        sound(shown)
    assert shown.all(ANSWERS) == []
    attach = shown.tree.forms[shown.form_named("attach_to_draft" if of_draft else "attach")]
    assert (attach.fields["id"], attach.fields["key"]) == (LINK["id"], KEY)
    check = shown.send(shown.form_named("take_back"))
    sound(check)
    back = check.send()
    assert (back.status, back.address) == (200, f"/{language}{MAILED}")
    [sent] = pages.sent("remove_attachment")
    assert (sent["attachment"], sent["body"]) == ("a", {"key": KEY})
    assert back.all(f"//input[@name='key'][@value='{KEY}']"), "it is open still"


def test_a_link_that_others_have_is_void(pages: Pages) -> None:
    shown = opened(pages)
    done = shown.send(shown.form_named("renew"))
    assert (done.address, "no longer works" in done.text()) == (f"/en{MAILED}?done=renewed", True)
    assert pages.bodies("renew_draft_link") == [{"document": LINK["id"], "key": KEY}]


def test_who_has_lost_the_link_gets_all_by_mail(pages: Pages) -> None:
    [lost] = pages.get("/en/consultations/2017/submit").all("//a[text()='Have you lost the link?']/@href")
    assert lost == f"/en{MAILED}#lost"
    shown = pages.get(f"/en{MAILED}")
    wrong = shown.send(shown.form_named("mail"), email="amina")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#mail-email"])
    done = wrong.send(wrong.form_named("mail"), email="amina@example.org")
    assert (done.address, "on its way" in done.text()) == (f"/en{MAILED}?done=mailed", True)
    assert pages.bodies("mail_draft_links") == [{"email": "amina@example.org"}]
