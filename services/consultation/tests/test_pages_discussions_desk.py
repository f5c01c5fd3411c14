"""How officers open, change and close discussions and communities on pages, without a broker."""

import pytest
from wsis_shared.errors import Conflict, PreconditionFailed

from .page_answers import ANSWERS, DISCUSSION
from .page_kit import in_each_language, site

DESK = "/en/desk/consultations/2017"
PATHS = [
    "discussions",
    "new-discussion",
    "discussions/d1",
    "discussions/d1/documents",
    "new-community",
    "communities/youth",
]
COMMUNITY = {
    "code": "youth",
    "title": "Youth",
    "description": "Those under thirty",
    "order": 1,
    "titles": {"en": "Youth", "fr": "Jeunes"},
    "descriptions": {"en": "Those under thirty"},
    "revision": 2,
}
NOTE = {
    "id": "n1",
    "title": "Background note",
    "language": "fr",
    "filename": "note.pdf",
    "media_type": "application/pdf",
    "size": 2048,
    "sha256": "0" * 64,
    "at": "2017-01-10T09:00:00Z",
}
READ = {**ANSWERS["consultation.read_discussion"], "revision": 5, "documents": [NOTE]}


@pytest.fixture
def pages():
    return site(
        read_community=COMMUNITY,
        create_community=COMMUNITY,
        change_community=COMMUNITY,
        read_discussion=READ,
        open_discussion=READ,
        change_discussion=READ,
        set_discussion_state=READ,
        set_discussion_states={"items": [DISCUSSION]},
        remove_discussion_document=None,
    ).sign_in("officer")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, f"/desk/consultations/2017/{path}")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"{DESK}/{path}").status == 403


def test_a_discussion_is_opened(pages):
    assert f"{DESK}/new-discussion" in pages.get(f"{DESK}/discussions").all("//a/@href")
    typed = {"community": "youth", "language": "fr", "title": "Les jeunes", "text": "Vos idées ?"}
    wrong = pages.get(f"{DESK}/new-discussion").send(**{**typed, "text": ""})
    assert wrong.all("//div[@role='alert']//a/@href") == ["#write-text"]
    assert wrong.send(text="Vos idées ?").address == f"{DESK}/discussions/d1?done=yes"
    assert pages.sent("open_discussion")[0]["body"] == {**typed, "approval": False}


def test_a_discussion_is_changed_on_what_was_read_and_closed_with_a_reason(pages):
    shown = pages.get(f"{DESK}/discussions/d1")
    shown.send(title="Jeunesse")
    [changed] = pages.sent("change_discussion")
    assert (changed["if_match"], changed["body"]["title"]) == ([5], "Jeunesse")
    pages.bus.answers["consultation.change_discussion"] = PreconditionFailed("suite.changed_since_read", "")
    assert pages.get(f"{DESK}/discussions/d1").send(title="Jeunesse").status == 412
    assert shown.send(1).all("//div[@role='alert']//a/@href") == ["#state-reason"]
    shown.send(1, reason="The phase is over")
    assert pages.sent("set_discussion_state")[0]["body"] == {"state": "closed", "reason": "The phase is over"}


def test_a_closed_discussion_is_opened_again(pages):
    pages.bus.answers["consultation.read_discussion"] = {**READ, "state": "closed"}
    pages.get(f"{DESK}/discussions/d1").send(1, reason="Another week")
    assert pages.sent("set_discussion_state")[0]["body"]["state"] == "open"


def test_several_discussions_are_closed_in_one_act(pages):
    other = {**DISCUSSION, "id": "d2", "title": "Left open"}
    pages.bus.answers["consultation.list_discussions"] = {"items": [DISCUSSION, other], "next": None}
    check = pages.get(f"{DESK}/discussions").send(discussions=["d1"], state="closed", reason="The phase is over")
    assert pages.sent("set_discussion_states") == []
    assert check.text("//section[@aria-labelledby='chosen']//li") == DISCUSSION["title"], "no other one"
    assert "d1" not in check.text("//dl"), "by its title, not by its id"
    check.send()
    [closed] = pages.sent("set_discussion_states")
    assert closed["body"] == {"discussions": ["d1"], "state": "closed", "reason": "The phase is over"}


def test_a_community_is_added_and_changed(pages):
    pages.bus.answers["consultation.create_community"] = Conflict(
        "consultation.community_exists", "", community="youth"
    )
    typed = {"title.en": "Youth", "title.fr": "Jeunes", "code": "youth"}
    refused = pages.get(f"{DESK}/new-community").send(**typed)
    assert (refused.status, refused.tree.forms[0].fields["title.fr"]) == (409, "Jeunes")
    pages.bus.answers["consultation.create_community"] = COMMUNITY
    assert refused.send(code="young").address == f"{DESK}/discussions?done=yes"
    body = pages.sent("create_community")[-1]["body"]
    assert (body["code"], body["title"], body["order"]) == ("young", {"en": "Youth", "fr": "Jeunes"}, 0)
    pages.get(f"{DESK}/communities/youth").send(**{"description.fr": "Moins de trente ans"})
    [changed] = pages.sent("change_community")
    assert changed["if_match"] == [2]
    written = {code: text for code, text in changed["body"]["description"].items() if text is not None}
    assert written == {"en": "Those under thirty", "fr": "Moins de trente ans"}


def test_a_document_is_offered_to_readers_and_removed_after_a_check(pages):
    read = pages.get("/en/consultations/2017/discussions/d1")
    address = "/v1/consultations/2017/discussions/d1/documents/n1"
    assert address in read.all("//section[@aria-labelledby='documents']//a/@href")
    assert f"{DESK}/discussions/d1/documents" in pages.get(f"{DESK}/discussions/d1").all("//a/@href")
    shown = pages.get(f"{DESK}/discussions/d1/documents")
    assert address in shown.all("//main//a/@href")
    check = shown.send(shown.form_named("remove"))
    assert "the file is deleted" in check.text("//*[@role='status']")
    assert pages.sent("remove_discussion_document") == [], "nothing has happened yet"
    assert check.send().address == f"{DESK}/discussions/d1/documents?done=yes"
    assert pages.sent("remove_discussion_document")[0]["document"] == "n1"


def test_a_document_without_a_file_names_it(pages):
    shown = pages.get(f"{DESK}/discussions/d1/documents")
    assert shown.all("//form[@enctype='multipart/form-data']//input[@type='file']/@accept") == [".pdf,.docx"]
    back = shown.send(shown.form_named("add"), language="fr")
    assert "#add-file" in back.all("//div[@role='alert']//a/@href")
