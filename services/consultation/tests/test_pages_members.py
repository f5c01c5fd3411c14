"""What members do on pages of the consultation, and what mailed links open, without a broker."""

import pytest
from wsis_shared.errors import Conflict, Forbidden, NotFound

from .page_answers import COMING, DISCUSSION, FLOOR, MEETING, REGISTRATION, comment
from .page_kit import in_each_language, site

HERE = "/en/consultations/2017"
DISCUSSED = f"{HERE}/discussions/d1"
SIGNED_IN = [
    "/consultations/2017/meetings/m1/registration",
    "/consultations/2017/discussions/d1/reply",
    "/consultations/2017/discussions/d1/reply?to=1",
    "/consultations/2017/discussions/d1/mine",
    "/consultations/2017/discussions/d1/comments/2/edit",
    "/consultations/2017/discussions/d1/comments/1/report",
]
HELD = {
    "id": "ab" * 16,
    "edition": "2017",
    "discussion": "d1",
    "title": "Les jeunes",
    "text": "Oui, je suis d’accord.",
    "received_at": "2016-09-04T08:00:00Z",
    "expires_at": "2016-09-11T08:00:00Z",
}
CANDIDATE = {
    "full_name": "Amina Diallo",
    "organization": "Ministry",
    "country": "SN",
    "bio": "Ministre depuis 2014.",
    "language": "fr",
    "nominated_by": ["African Group"],
    "consent": "asked",
    "portrait": "none",
}


def own(**changes):
    return {**comment(2), "markdown": "Texte **2**", "editable": True, "moderation": None, **changes}


@pytest.fixture
def pages():
    pages = site(
        read_meeting=COMING,
        read_registration=REGISTRATION,
        register_for_meeting=REGISTRATION,
        cancel_registration=None,
        request_floor={"id": "i1"},
        list_own_comments={"items": [own()], "next": None, "follow": "daily"},
        read_own_comment=own(),
        read_reply_preference={"enabled": False, "available": True},
        set_reply_preference={"enabled": True, "available": True},
        follow_discussion={"discussion": "d1", "mode": "off"},
        preview_comment=lambda arguments: {"html": f"<p>{arguments['body']['text']}</p>"},
        post_comment=own(number=3),
        edit_comment=own(),
        delete_comment=own(status="deleted"),
        report_comment=None,
        read_held_reply=HELD,
        remove_own_portrait={**CANDIDATE, "consent": "given"},
        confirm_held_reply={"edition": "2017", "discussion": "d1", "number": 3},
        read_consent=CANDIDATE,
    )
    return pages.sign_in("member")


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, path)


@pytest.mark.parametrize("path", SIGNED_IN)
def test_visitors_sign_in_first(path):
    assert site().get(f"/en{path}").address.startswith("/en/sign-in?next=%2Fconsultations%2F2017%2F")


# -- comments ---------------------------------------------------------------------------------------------------------


def test_a_reply_leads_to_the_comment(pages):
    thread = pages.get(DISCUSSED)
    [reply, *_] = thread.all("//article[@id='c2']//a[text()='Reply']/@href")
    shown = pages.get(reply)
    assert "Texte 2" in shown.text("//article"), "what one replies to stands above"
    after = shown.send(text="Je suis d’accord")
    assert pages.sent("post_comment")[0]["body"] == {"text": "Je suis d’accord", "parent": 2, "language": "en"}
    assert after.address == f"{DISCUSSED}/comments/3"


def test_a_preview_posts_nothing_and_keeps_the_text(pages):
    shown = pages.get(f"{DISCUSSED}/reply?to=2").send(text="<b>Bold</b> *x*", _form="preview")
    assert shown.text("//*[@role='status']") == "PreviewBold *x*"
    assert not shown.all("//*[@role='status']//b"), "HTML of a service is sanitized again"
    assert shown.tree.forms[0].fields["text"] == "<b>Bold</b> *x*"
    assert pages.sent("post_comment") == []
    shown.send()
    assert pages.sent("post_comment")[0]["body"] == {"text": "<b>Bold</b> *x*", "parent": 2, "language": "en"}


@pytest.mark.parametrize("name", ["comment", "preview"])
def test_an_empty_comment_is_said_at_its_field(pages, name):
    shown = pages.get(f"{DISCUSSED}/reply?to=2").send(text=" ", _form=name)
    assert shown.status == 422
    assert shown.all("//div[@role='alert']//a/@href") == ["#comment-text"]
    assert shown.all("//textarea[@aria-invalid='true']/@id") == ["comment-text"]
    assert shown.tree.forms[0].fields["parent"] == "2"


def test_a_comment_that_is_refused_is_not_lost(pages):
    shown = pages.get(f"{DISCUSSED}/reply")
    pages.bus.answers["consultation.post_comment"] = Conflict("consultation.discussion_closed", "")
    refused = shown.send(text="Trop tard")
    assert (refused.status, refused.tree.forms[0].fields["text"]) == (409, "Trop tard")


def test_nobody_writes_in_a_closed_discussion(pages):
    pages.bus.answers["consultation.read_discussion"] = {**DISCUSSION, "state": "closed", "html": "", "feed": "/x"}
    assert pages.get(f"{DISCUSSED}/reply").tree.forms == []
    assert (
        not site(read_discussion=pages.bus.answers["consultation.read_discussion"])
        .get(DISCUSSED)
        .all("//a[text()='Write a comment']")
    )


def test_one_edits_what_one_wrote(pages):
    shown = pages.get(f"{DISCUSSED}/comments/2/edit")
    assert shown.tree.forms[0].fields["text"] == "Texte **2**"
    assert shown.send(text="Mieux").address == f"{DISCUSSED}/comments/2"
    [edited] = pages.sent("edit_comment")
    assert (edited["number"], edited["body"]) == ("2", {"text": "Mieux"})


def test_a_deletion_is_shown_once_more(pages):
    shown = pages.get(f"{DISCUSSED}/comments/2/edit")
    check = shown.send(shown.form("Delete the comment"))
    assert pages.sent("delete_comment") == []
    assert "Texte 2" in check.text()
    assert check.send().address == f"{DISCUSSED}/mine"
    assert [each["number"] for each in pages.sent("delete_comment")] == ["2"]


def test_a_comment_of_somebody_else_has_no_form(pages):
    pages.bus.answers["consultation.read_own_comment"] = Forbidden("consultation.not_the_author", "")
    shown = pages.get(f"{DISCUSSED}/comments/1/edit")
    assert (shown.status, shown.tree.forms) == (403, [])
    assert "deleted" not in shown.text()


def test_a_comment_is_said_to_be_deleted_where_the_service_says_so(pages):
    pages.bus.answers["consultation.read_own_comment"] = own(status="deleted", html="", markdown="", editable=False)
    shown = pages.get(f"{DISCUSSED}/comments/2/edit")
    assert ("deleted" in shown.text(), shown.tree.forms) == (True, [])


def test_who_wrote_many_comments_turns_pages_and_edits_the_oldest(pages):
    def some(arguments):
        assert arguments.get("after") in (None, "c 1")
        following = None if arguments.get("after") else "c 1"
        return {"items": [own(number=60 if following else 2)], "next": following, "follow": "daily"}

    pages.bus.answers["consultation.list_own_comments"] = some
    first = pages.get(f"{DISCUSSED}/mine")
    [further] = first.all("//a[@rel='next']/@href")
    last = pages.get(further)
    assert last.all("//article/@id") == ["c2"]
    assert last.all("//nav[@class='pager']/a/@href") == [f"{DISCUSSED}/mine"], "back to the first"
    [edit] = last.all("//article//a[contains(@href, '/edit')]/@href")
    assert pages.get(str(edit)).send(text="Mieux").address == f"{DISCUSSED}/comments/2"
    assert [each["number"] for each in pages.sent("edit_comment")] == ["2"]


def test_a_report_has_its_reason(pages):
    shown = pages.get(f"{DISCUSSED}/comments/1/report")
    missing = shown.send()
    assert missing.all("//div[@role='alert']//a/@href") == ["#report-reason"]
    missing.send(reason="spam", note="Publicité")
    assert pages.sent("report_comment")[0]["body"] == {"reason": "spam", "note": "Publicité"}


def test_one_chooses_how_to_follow_and_to_reply_by_mail(pages):
    shown = pages.get(f"{DISCUSSED}/mine")
    assert shown.all("//input[@checked]/@value") == ["daily"]
    shown.send(0, mode="off")
    shown.send(shown.form("Turn replies by mail on"))
    assert pages.sent("follow_discussion")[0]["body"] == {"mode": "off"}
    assert pages.sent("set_reply_preference")[0]["body"] == {"enabled": True}


def test_why_a_comment_is_hidden_is_said_to_its_author_alone(pages):
    hidden = own(status="hidden", moderation={"reason": "Publicité", "at": "2016-09-04T08:00:00Z"})
    pages.bus.answers["consultation.list_own_comments"] = {"items": [hidden], "next": None, "follow": "off"}
    assert "Publicité" in pages.get(f"{DISCUSSED}/mine").text("//article")


# -- meetings ---------------------------------------------------------------------------------------------------------


def test_one_registers_for_a_meeting(pages):
    pages.bus.answers["consultation.read_registration"] = NotFound("consultation.registration_unknown", "")
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    assert shown.all("//input[@name='mode']/@value") == ["on_site", "remote"]
    pages.bus.answers["consultation.read_registration"] = REGISTRATION
    after = shown.send(mode="remote", public_name="true")
    [arguments] = pages.sent("register_for_meeting")
    assert arguments["body"] == {"mode": "remote", "time_zone": "Europe/Zurich", "public_name": True}
    assert "take part remotely" in after.text("//*[@role='status']")
    assert "https://meet.example.org/1" in after.all("//a/@href")


def test_nothing_can_be_asked_of_a_meeting_that_is_over(pages):
    pages.bus.answers["consultation.read_meeting"] = MEETING
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    assert "The meeting has ended" in shown.text("//main")
    assert shown.all("//main//form") == []


def test_who_waits_sees_how_many_are_before(pages):
    waiting = {**REGISTRATION, "mode": "on_site", "state": "waiting", "waiting_before": 2, "join_url": None}
    pages.bus.answers["consultation.read_registration"] = waiting
    said = pages.get(f"{HERE}/meetings/m1/registration")
    assert "2 people are before you." in said.text("//*[@role='status']")
    assert not said.all("//*[text()='Ask for the floor']")


def test_one_asks_for_the_floor_on_an_item_of_the_agenda(pages):
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    shown.send(shown.form("Ask for the floor"), language="fr", agenda_item="1", topic="Écoles")
    [arguments] = pages.sent("request_floor")
    assert arguments["body"] == {"kind": "statement", "language": "fr", "agenda_item": 1, "topic": "Écoles"}


def test_one_leaves_the_list_of_speakers(pages):
    pages.bus.answers["consultation.read_registration"] = {**REGISTRATION, "floor_request": "i1"}
    pages.bus.answers["consultation.withdraw_intervention"] = None
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    assert not shown.all("//button[text()='Ask for the floor']"), "who is on the list does not ask again"
    done = shown.send(shown.form("Withdraw my request"))
    assert "Your request for the floor is withdrawn." in done.text("//*[@role='status']")
    assert [sent["intervention"] for sent in pages.sent("withdraw_intervention")] == ["i1"]
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    shown.send(shown.form("Point of order"))
    assert pages.sent("request_floor")[0]["body"]["kind"] == "point_of_order", "at any time"


def test_one_asks_in_writing_and_shows_a_hand(pages):
    pages.bus.answers["consultation.ask_question"] = {**FLOOR["questions"][0], "state": "waiting"}
    pages.bus.answers["consultation.show_hand"] = None
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    done = shown.send(shown.form("Ask in writing"), text="Qui paie ?", language="fr")
    assert "Your question is with the chair." in done.text("//*[@role='status']")
    assert pages.sent("ask_question")[0]["body"] == {"text": "Qui paie ?", "language": "fr", "agenda_item": None}
    assert "nobody’s is recorded" in shown.text()
    done = shown.send(shown.form("Show my hand"), answer="no")
    assert "Your answer is counted." in done.text("//*[@role='status']")
    [answered] = pages.sent("show_hand")
    assert (answered["show"], answered["body"]) == ("h2", {"answer": "no"})


def test_a_cancellation_is_shown_once_more(pages):
    shown = pages.get(f"{HERE}/meetings/m1/registration")
    check = shown.send(shown.form("Cancel my registration"))
    assert pages.sent("cancel_registration") == []
    check.send()
    assert len(pages.sent("cancel_registration")) == 1


# -- what mailed links open -------------------------------------------------------------------------------------------


def test_a_mailed_link_fills_in_the_form_and_changes_nothing(pages):
    pages.cookies.clear()
    shown = pages.get(f"{HERE}/replies")
    assert shown.all("//input/@data-fragment") == ["0", "1"]
    opened = shown.send(held=HELD["id"], token="cd" * 16)
    assert HELD["text"] in opened.text()
    assert pages.sent("confirm_held_reply") == []
    after = opened.send()
    [confirmed] = pages.sent("confirm_held_reply")
    assert (confirmed["held"], confirmed["body"]) == (HELD["id"], {"token": "cd" * 16})
    assert after.address == f"{DISCUSSED}/comments/3"


def test_a_wrong_secret_is_said_to_be_wrong(pages):
    shown = pages.get(f"{HERE}/replies").send(held="ab" * 16, token="short")
    assert shown.all("//div[@role='alert']//a/@href") == ["#read-token"]
    pages.bus.answers["consultation.read_held_reply"] = NotFound("consultation.held_reply_unknown", "")
    assert pages.get(f"{HERE}/replies").send(held="ab" * 16, token="cd" * 16).status == 404


def test_a_reply_that_cannot_be_posted_is_still_shown(pages):
    opened = pages.get(f"{HERE}/replies").send(held=HELD["id"], token="cd" * 16)
    pages.bus.answers["consultation.confirm_held_reply"] = Conflict("consultation.discussion_closed", "")
    refused = opened.send()
    assert (refused.status, HELD["text"] in refused.text()) == (409, True)
    assert "closed" in refused.text("//div[@role='alert']")


@pytest.mark.parametrize("decision", ["given", "refused"])
def test_a_candidate_decides_and_may_decide_again(pages, decision):
    def decide(arguments):
        pages.bus.answers["consultation.read_consent"] = {**CANDIDATE, "consent": arguments["body"]["decision"]}
        return pages.bus.answers["consultation.read_consent"]

    pages.bus.answers["consultation.decide_consent"] = decide
    opened = pages.get(f"{HERE}/consent").send(candidate="ab" * 16, key="cd" * 16)
    assert "African Group" in opened.text()
    after = opened.send(opened.form({"given": "I consent", "refused": "I refuse"}[decision]))
    [decided] = pages.sent("decide_consent")
    assert (decided["candidate"], decided["body"]) == ("ab" * 16, {"key": "cd" * 16, "decision": decision})
    assert {"given": "You have consented.", "refused": "You have refused."}[decision] in after.text(
        "//*[@role='status']"
    )
    buttons = {"given": ["I refuse", "Send the portrait"], "refused": ["I consent"]}
    assert after.all("//button/text()") == buttons[decision]


def test_a_candidate_who_consented_sends_a_portrait_and_takes_it_back(pages):
    pages.bus.answers["consultation.read_consent"] = {**CANDIDATE, "consent": "given", "portrait": "waiting"}
    opened = pages.get(f"{HERE}/consent").send(candidate="ab" * 16, key="cd" * 16)
    assert "has not accepted it yet" in opened.text("//section[@aria-labelledby='portrait']")
    [form, _] = opened.all("//section[@aria-labelledby='portrait']//form")
    assert (form.get("enctype"), dict(form.fields)["key"]) == ("multipart/form-data", "cd" * 16)
    assert form.xpath(".//input[@type='file']/@accept") == [".png,.jpg,.jpeg"]
    refused = pages.post(form.action, [*form.form_values()])
    assert refused.all("//div[@role='alert']//a/@href") == ["#portrait-file"], "nothing was chosen"
    opened.send(opened.form("Remove the portrait"))
    [removed] = pages.sent("remove_own_portrait")
    assert (removed["candidate"], removed["body"]) == ("ab" * 16, {"key": "cd" * 16})


# -- communities and the own address ----------------------------------------------------------------------------------


def test_the_own_address_of_a_discussion_is_shown_to_its_member_alone(pages):
    assert "mailto:" not in "".join(map(str, pages.get(f"{DISCUSSED}/mine").all("//main//a/@href")))
    listed = {"items": [], "next": None, "follow": "off", "reply_address": "r.abc.def@mail.example"}
    pages.bus.answers["consultation.list_own_comments"] = listed
    pages.bus.answers["consultation.read_reply_preference"] = {"enabled": True, "available": True}
    shown = pages.get(f"{DISCUSSED}/mine")
    assert "mailto:r.abc.def@mail.example" in shown.all("//section[@aria-labelledby='by-mail']//a/@href")


def test_a_community_is_followed_and_left(pages):
    rows = [{"code": "youth", "title": "Youth", "following": False}, {"code": "new", "title": "New", "following": True}]
    pages.bus.answers["consultation.list_followed_communities"] = {"items": rows}
    pages.bus.answers["consultation.follow_community"] = {**rows[0], "following": True}
    in_each_language(pages, "/consultations/2017/communities")
    here = "/en/consultations/2017/communities"
    assert here in pages.get("/en/consultations/2017/discussions").all("//main//a/@href")
    shown = pages.get(here)
    assert shown.send().address == f"{here}?done=yes"
    shown.send(1)
    asked = pages.sent("follow_community")
    assert [(row["community"], row["body"]) for row in asked] == [
        ("youth", {"following": True}),
        ("new", {"following": False}),
    ]
