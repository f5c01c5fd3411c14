"""What officers do on pages of the consultation, without a broker."""

from urllib.parse import urlencode

import pytest
from wsis_shared.errors import Conflict, NotFound

from .page_answers import ANSWERED, MEETING, SUBMISSION, comment
from .page_kit import in_each_language, site, sound
from .programme_answers import SESSION

DESK = "/en/desk/consultations/2017"
PAGES = [
    "/desk",
    "/desk/consultations",
    "/desk/consultations/2017/comments",
    "/desk/consultations/2017/comments/d1/2",
    "/desk/consultations/2017/sessions",
    "/desk/consultations/2017/sessions/s1",
    "/desk/consultations/2017/candidates",
    "/desk/consultations/2017/candidates/c1",
    "/desk/consultations/2017/new-nomination",
    "/desk/consultations/2017/submissions",
    "/desk/consultations/2017/submissions/s1",
    "/desk/consultations/2017/meetings",
    "/desk/consultations/2017/meetings/m1",
]
WAITING = {"code": "sessions", "title": "Sessions", "count": 2, "oldest_at": "2017-01-01T08:00:00Z", "page": None}
MODERATED = {**comment(2), "markdown": "Texte 2", "moderation": None, "report_count": 2}
REPORTED = {
    **MODERATED,
    "discussion": "d1",
    "account": "a1",
    "reported_at": "2016-09-04T08:00:00Z",
    "report_reasons": {"spam": 2},
}
CANDIDATE = {
    "id": "c1",
    "number": 1,
    "full_name": "Amina Diallo",
    "organization": "Ministry",
    "country": "SN",
    "email": "amina@example.org",
    "consent": "given",
    "consent_at": None,
    "region": "africa",
    "gender": "female",
    "bio": "Ministre.",
    "language": "fr",
    "locale": "fr",
    "constituencies": ["government"],
    "state": "nominated",
    "confirmed_at": None,
    "merged_into": None,
    "portrait": None,
    "mailboxes": [],
    "merges": [],
    "nominations": [
        {
            "id": "n1",
            "number": 1,
            "mechanism_name": "African Group",
            "constituency": "government",
            "given_name": "Amina Diallo",
            "bio": "Ministre.",
            "endorsement": "Elle sait.",
            "received_at": "2016-11-01T08:00:00Z",
            "late_reason": None,
        }
    ],
}
TWIN = {**CANDIDATE, "id": "c2", "number": 2, "full_name": "A. Diallo"}
AT = "2016-09-04T08:00:00Z"
PERSONAL = ("email", "full_name")
COUNTED = [{"code": code, "codes": [code], "count": 1, "share": 100.0} for code in ("government",)]
COUNTS = {name: COUNTED for name in ("stakeholder_type", "region", "country", "action_line", "sdg", "kind")}


@pytest.fixture
def pages():
    pages = site(
        list_waiting={"items": [WAITING]},
        record_page=None,  # who reads how to reach people is audited
        list_reported_comments={"items": [REPORTED], "next": None},
        read_moderation=MODERATED,
        list_comment_reports={
            "items": [{"account": "a", "reason": "spam", "note": "Pub", "at": "2016-09-04T08:00:00Z"}],
            "next": None,
        },
        list_comment_versions={
            "items": [{"number": 1, "markdown": "Avant", "html": "<p>Avant</p>", "at": AT}],
            "next": None,
        },
        moderate_comment={**MODERATED, "status": "hidden"},
        list_sessions={"items": [{**SESSION, "organizers": ["ITU"]}], "next": None},
        read_session=SESSION,
        decide_session={**SESSION, "status": "accepted"},
        decide_sessions={"decided": 1},
        list_mechanisms={
            "items": [{"slug": "g77", "name": "Group of 77", "constituencies": ["government"], "mine": True}]
        },
        accept_nomination=CANDIDATE["nominations"][0],
        list_candidates={"items": [CANDIDATE], "next": None},
        read_candidate=CANDIDATE,
        read_balance={
            "total": 1,
            "regions": [{"code": "africa", "count": 1}],
            "genders": [{"code": "female", "count": 1}, {"code": "not_stated", "count": 0}],
            "constituencies": [{"code": "government", "count": 1}],
        },
        list_duplicates={"items": [{"score": 91, "reasons": ["name"], "one": CANDIDATE, "other": TWIN}]},
        confirm_facilitators={"items": []},
        decide_portrait=CANDIDATE,
        correct_candidate_name=CANDIDATE,
        merge_candidates=CANDIDATE,
        list_submissions={"items": [{**SUBMISSION, "number": 7, "late": True}], "next": None, "total": 1},
        count_submissions={"total": 1, "as_of": None, **COUNTS},
        read_input={
            **SUBMISSION,
            "event": None,
            "answers": {
                name: text for name, text in ANSWERED.items() if name not in ("requests", "email", "full_name")
            },
            "per_line": [],
            "requests": ANSWERED["requests"],
        },
        read_managed_meeting={
            **MEETING,
            "title": {"en": "First physical meeting"},
            "agenda": [],
            "on_site": 12,
            "remote_participants": 30,
            "waiting": 1,
            "checked_in": 4,
        },
        list_participants={
            "items": [{"full_name": "Ada", "organization": None, "mode": "on_site", "state": "waiting"}],
            "next": None,
        },
        check_in={
            "participant": "p1",
            "badge_number": "0007",
            "full_name": "Ada Umutoni",
            "organization": "Réseau",
            "checked_in_at": "2016-10-12T14:35:00Z",
            "repeated": False,
        },
    )
    return pages.sign_in("officer")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, path)


@pytest.mark.parametrize("path", PAGES[1:])
def test_members_see_nothing_of_the_desk(pages, path):
    pages.cookies.clear()
    shown = pages.sign_in("member").get(f"/en{path}")
    assert shown.status == 403
    assert "Diallo" not in shown.text()


def test_the_desk_leads_to_each_queue(pages):
    assert "/en/desk/consultations" in pages.get("/en/desk").all("//a/@href")
    links = pages.get("/en/desk/consultations").all("//main//section//li/a/@href")
    names = (
        "dates session-types submissions form discussions comments themes sessions agenda candidates meetings documents"
    )
    assert links == [f"{DESK}/{name}" for name in (*names.split(), "assignments")]


@pytest.mark.parametrize(
    ("read", "section", "field"), [("reports", "reports", "after"), ("versions", "before", "before")]
)
def test_what_was_reported_and_said_before_has_pages(pages, read, section, field):
    name = f"consultation.list_comment_{read}"
    answer = pages.bus.answers[name]
    pages.bus.answers[name] = lambda asked: {**answer, "next": None if asked["after"] == "c 1" else "c 1"}
    pager = f"//section[@aria-labelledby='{section}']//nav/a/@href"
    here = f"{DESK}/comments/d1/2"
    [further] = pages.get(here).all(pager)
    assert further == f"{here}?{field}=c+1"
    assert pages.get(further).all(pager) == [here], "back to the first"
    decided = pages.get(further).send(status="hidden", reason="Publicité")
    assert decided.address == f"{DESK}/comments/d1"


def test_a_reported_comment_is_decided_with_a_reason(pages):
    [listed] = pages.get(f"{DESK}/comments").all("//h2/a/@href")
    shown = pages.get(str(listed))
    assert "Pub" in shown.text("//section[@aria-labelledby='reports']")
    assert "Avant" in shown.text("//section[@aria-labelledby='before']"), "what it said before"
    missing = shown.send()
    assert missing.all("//div[@role='alert']//a/@href") == ["#decide-status", "#decide-reason"]
    assert missing.send(status="hidden", reason="Publicité").address == f"{DESK}/comments/d1"
    [decided] = pages.sent("moderate_comment")
    assert (decided["discussion"], decided["number"]) == ("d1", "2")
    assert decided["body"] == {"status": "hidden", "reason": "Publicité"}


def test_a_session_is_decided(pages):
    [listed] = pages.get(f"{DESK}/sessions?status=draft").all("//tbody//a/@href")
    assert pages.sent("list_sessions")[0]["status"] == "draft"
    check = pages.get(str(listed)).send(status="accepted", reason="Welcome")
    assert pages.sent("decide_session") == []
    sound(check)
    check.send()
    [decided] = pages.sent("decide_session")
    assert (decided["session"], decided["body"]["status"], decided["body"]["reason"]) == ("s1", "accepted", "Welcome")


def test_a_candidate_is_confirmed_only_with_consent(pages):
    shown = pages.get(f"{DESK}/candidates/c1")
    shown.send(shown.form("Confirm as facilitator"), reason="Balanced")
    assert pages.sent("confirm_facilitators")[0]["body"] == {"candidates": ["c1"], "reason": "Balanced"}
    pages.bus.answers["consultation.read_candidate"] = {**CANDIDATE, "consent": "asked"}
    assert not pages.get(f"{DESK}/candidates/c1").all("//button[text()='Confirm as facilitator']")


def test_a_portrait_is_looked_at_and_accepted_or_removed(pages):
    portrait = {"id": "b1", "width": 320, "height": 400, "accepted": False}
    pages.bus.answers["consultation.read_candidate"] = {**CANDIDATE, "portrait": portrait}
    shown = pages.get(f"{DESK}/candidates/c1")
    [picture] = shown.all("//section[@aria-labelledby='portrait']//img")
    assert (picture.get("alt"), picture.get("width")) == ("Amina Diallo", "320")
    assert "file=portrait" in picture.get("src")
    shown.send(shown.form("Accept the portrait"), reason="It is her")
    [decided] = pages.sent("decide_portrait")
    assert decided["body"] == {"portrait": "b1", "accepted": True, "reason": "It is her"}
    pages.bus.answers["consultation.read_candidate"] = {**CANDIDATE, "portrait": {**portrait, "accepted": True}}
    buttons = pages.get(f"{DESK}/candidates/c1").all("//section[@aria-labelledby='portrait']//button/text()")
    assert buttons == ["Remove the portrait"]


def test_the_name_of_a_candidate_is_corrected_with_a_reason(pages):
    shown = pages.get(f"{DESK}/candidates/c1")
    shown.send(shown.form("Correct the name"), full_name="Amina Diallo", reason="Misspelt")
    [corrected] = pages.sent("correct_candidate_name")
    assert corrected["body"] == {"full_name": "Amina Diallo", "reason": "Misspelt"}


def test_a_nomination_that_came_by_letter_is_filed(pages):
    assert "/en/desk/consultations/2017/new-nomination" in pages.get(f"{DESK}/candidates").all("//a/@href")
    typed = {"mechanism": "g77", "constituency": "government", "full_name": "Amina Diallo", "bio": "Ministre."}
    wrong = pages.get(f"{DESK}/new-nomination").send(**typed, email="amina@example.org")
    assert wrong.all("//div[@role='alert']//a/@href") == ["#file-reason"]
    wrong.send(reason="The letter came late")
    body = pages.sent("accept_nomination")[0]["body"]
    assert {name: body[name] for name in typed} == typed
    assert (body["gender"], body["reason"]) == ("not_stated", "The letter came late")


def test_a_merge_is_undone_with_a_reason(pages):
    merged = {"id": "g1", "source": "c2", "reason": "Same mailbox", "at": AT}
    pages.bus.answers |= {
        "consultation.read_candidate": {**CANDIDATE, "merges": [merged]},
        "consultation.undo_merge": CANDIDATE,
    }
    shown = pages.get(f"{DESK}/candidates/c1")
    shown.send(shown.form("Undo: they are two persons"), reason="Two of one name")
    [undone] = pages.sent("undo_merge")
    assert (undone["merge"], undone["body"]) == ("g1", {"reason": "Two of one name"})


def test_a_merge_is_shown_once_more(pages):
    shown = pages.get(f"{DESK}/candidates/c1")
    check = shown.send(shown.form("Merge: both are the same person"), reason="Same mailbox")
    assert pages.sent("merge_candidates") == []
    check.send()
    assert pages.sent("merge_candidates")[0]["body"] == {"source": "c2", "reason": "Same mailbox"}


def test_what_was_typed_for_one_merge_stands_at_that_one_alone(pages):
    pages.bus.answers["consultation.list_duplicates"] = {
        "items": [
            {"score": 91, "reasons": ["name"], "one": CANDIDATE, "other": other}
            for other in (TWIN, {**TWIN, "id": "c3", "number": 3})
        ]
    }
    shown = pages.get(f"{DESK}/candidates/c1")
    ids = shown.all("//textarea/@id")
    assert len(set(ids)) == len(ids) == len(set(shown.all("//textarea/@id[. = //label/@for]")))
    pages.bus.answers["consultation.merge_candidates"] = Conflict("consultation.candidate_merged", "")
    sent = {"_form": "merge", "_checked": "1", "_key": "k1", "source": "c3", "reason": "Same mailbox"}
    refused = pages.post(f"{DESK}/candidates/c1", sent)
    rows = {each.fields["source"]: each.fields for each in refused.tree.forms if "source" in each.fields}
    assert (rows["c3"]["_key"], rows["c3"]["reason"]) == ("k1", "Same mailbox")
    assert (rows["c2"]["_key"] == "k1", rows["c2"]["reason"]) == (False, "")
    wrong = pages.post(f"{DESK}/candidates/c1", {**sent, "reason": ""})
    assert wrong.all("//div[@role='alert']//a/@href") == ["#merge-c3-reason"]
    assert wrong.all("//textarea[@aria-invalid='true']/@id") == ["merge-c3-reason"]


def test_contributions_are_filtered_and_read_without_contacts(pages):
    pages.get(f"{DESK}/submissions?region=africa")
    assert pages.sent("list_submissions")[0]["region"] == pages.sent("count_submissions")[0]["region"] == "africa"
    shown = pages.get(f"{DESK}/submissions/s1")
    assert "Schools online" in shown.text()
    assert "ada@example.org" not in shown.html


def test_who_comes_is_checked_in_by_the_code_of_the_badge(pages):
    shown = pages.get(f"{DESK}/meetings/m1").send(token="abc")
    [arguments] = pages.sent("check_in")
    assert (arguments["meeting"], arguments["body"]) == ("m1", {"token": "abc"})
    assert "Ada Umutoni" in shown.text("//*[@role='status']")
    pages.bus.answers["consultation.check_in"] = NotFound("consultation.badge_invalid", "")
    refused = shown.send(token="other")
    assert (refused.status, refused.tree.forms[0].fields["token"]) == (404, "other")
    assert "not a badge" in refused.text("//div[@role='alert']")


def test_the_next_badge_is_another_act_and_its_field_is_empty(pages):
    first = pages.get(f"{DESK}/meetings/m1").send(token="abc")
    assert first.tree.forms[0].fields["token"] == ""
    second = first.send(token="def")
    assert second.status == 200
    assert [each["body"]["token"] for each in pages.sent("check_in")] == ["abc", "def"]


@pytest.mark.parametrize(
    ("path", "method", "chosen"),
    [
        (f"{DESK}/submissions", "list_submissions", {"region": "africa", "language": "fr"}),
        (f"{DESK}/candidates", "list_candidates", {"state": "nominated"}),
        (f"{DESK}/sessions", "list_sessions", {"status": "draft"}),
        ("/en/consultations/2017/discussions", "list_discussions", {"state": "closed", "language": "fr"}),
    ],
)
def test_the_next_page_is_one_of_the_same_list(pages, path, method, chosen):
    first = pages.bus.answers[f"consultation.{method}"]
    pages.bus.answers[f"consultation.{method}"] = {**first, "next": "a+b/c="}
    [further] = pages.get(f"{path}?{urlencode(chosen)}").all("//a[@rel='next']/@href")
    sound(pages.get(further))
    asked = pages.sent(method)[-1]
    assert {name: asked[name] for name in ("after", *chosen)} == {"after": "a+b/c=", **chosen}
