"""The desk of the newsletter, of mails and of suppressed addresses, without a broker."""

import pytest
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

CAMPAIGN = {
    "id": "c1",
    "kind": "full",
    "issue": "i1",
    "name": "WSIS Flash <b>",
    "of": None,
    "segment": {"languages": [], "topics": [], "stakeholder_types": [], "regions": []},
    "state": "paused",
    "reason": "complaints",
    "scheduled_at": "2017-02-01T08:00:00Z",
    "created_at": "2017-02-01T08:00:00Z",
    "started_at": "2017-02-01T08:00:00Z",
    "ended_at": None,
}
COUNT = {"name": "sent", "state": "sent", "count": 12345}
FIGURES = {"campaign": "c1", "state": "paused", "readers_seen": 1.0, "states": [COUNT]}
FIGURES |= {"reasons": [], "languages": [{"name": "fr", "state": "sent", "count": 12}], "domains": []}
ROW = {"id": "r1", "subscriber": "s1", "state": "bounced", "reason": "5.1.1", "language": "fr", "attempts": 2}
ROW |= {"at": "2017-02-01T08:00:00Z"}
MAIL = {
    "id": "d1",
    "event": "e1",
    "template": "prizes/project_submitted",
    "account": None,
    "priority": "low",
    "state": "failed",
    "attempts": 3,
    "message_id": "m1",
    "reason": "rcpt 550 5.1.1",
    "bounce": None,
    "at": "2017-02-01T08:00:00Z",
    "sent_at": None,
}
SUPPRESSION = {"id": "a" * 32, "reason": "hard_bounce", "source": "bounce", "at": "2017-02-01T08:00:00Z"}
PAGE = "/desk/newsletter/campaigns/c1"
PATHS = [
    "/desk",
    "/desk/newsletter/campaigns",
    PAGE,
    f"{PAGE}?act=cancel",
    f"{PAGE}/mails",
    "/desk/mails",
    "/desk/mails?retry=d1",
    "/desk/suppressions",
    f"/desk/suppressions?lift={'a' * 32}",
]


@pytest.fixture
def pages():
    """An operator's browser, and a service that answers as if all went well."""
    acts = ("schedule", "confirm", "pause", "resume", "cancel", "resend")
    pages = Pages(
        {
            "notifications.list_campaigns": {"items": [CAMPAIGN], "next": "c2"},
            "notifications.read_campaign": CAMPAIGN,
            "notifications.campaign_figures": FIGURES,
            "notifications.estimate_campaign": {"recipients": 1234, "exact": True, "seconds": 90, "text": ""},
            "notifications.list_campaign_deliveries": {"items": [ROW], "next": "n2"},
            "notifications.deliveries": {"items": [MAIL], "next": None},
            "notifications.retry": MAIL,
            "notifications.list_suppressions": {"items": [SUPPRESSION], "next": None},
            "notifications.figures": {
                "templates": [{"template": "t", "state": "failed", "count": 1234}],
                "priorities": [],
            },
            "notifications.suppress_address": SUPPRESSION,
            "notifications.find_suppression": SUPPRESSION,
            "notifications.lift_suppression": None,
            **{f"notifications.{act}_campaign": CAMPAIGN for act in acts},
        },
        "notifications",
        "accounts",
    )
    return pages.sign_in("operator", "officer")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.get(f"/{language}{path}")
    assert (shown.status, shown.all("/html/@lang")) == (200, [language])
    assert len(shown.all("//h1")) == 1
    ids = shown.all("//*/@id")
    assert len(ids) == len(set(ids))
    assert "None" not in shown.text()


def test_the_list_is_narrowed_and_goes_on(pages):
    shown = pages.get("/en/desk/newsletter/campaigns?state=paused")
    assert pages.sent("list_campaigns")[-1]["state"] == "paused"
    assert f"/en{PAGE}" in shown.all("//main//a/@href")
    assert "/en/desk/newsletter/campaigns?state=paused&after=c2" in shown.all("//main//a/@href")


def test_a_paused_campaign_goes_on_or_is_cancelled_with_a_reason(pages):
    shown = pages.get(f"/en{PAGE}")
    assert "12,345 Sent" in shown.text()
    wrong = shown.send(reason="")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#resume-reason"])
    check = wrong.send(reason="The list is correct now")
    assert (pages.sent("resume_campaign"), "The list is correct now" in check.text()) == ([], True)
    assert check.send().address == f"/en{PAGE}"
    assert pages.sent("resume_campaign") == [{"campaign": "c1", "body": {"reason": "The list is correct now"}}]
    pages.get(f"/en{PAGE}?act=cancel").send(reason="A wrong issue").send()
    assert pages.sent("cancel_campaign") == [{"campaign": "c1", "body": {"reason": "A wrong issue"}}]


def test_a_draft_is_scheduled_in_the_time_of_geneva_once_the_number_of_mails_was_seen(pages):
    pages.bus.answers["notifications.read_campaign"] = {**CAMPAIGN, "state": "draft"}
    shown = pages.get(f"/en{PAGE}")
    assert "1,234 mails · at most 2 minutes" in shown.text()
    check = shown.send(at="2017-03-01T09:00")
    assert "1,234 mails leave" in check.text("//div[@role='status']")
    assert pages.sent("schedule_campaign") == []
    check.send()
    [sent] = pages.sent("schedule_campaign")
    assert sent["body"]["at"].isoformat() == "2017-03-01T08:00:00+00:00"


def test_the_figures_of_a_campaign_are_followed(pages):
    shown = pages.get(f"/en{PAGE}")
    assert (len(shown.all("//*[@data-live]")), "Look again" in shown.text("//body")) == (1, True)


def test_why_a_campaign_is_paused_is_said_in_words(pages):
    assert "reported it as unwanted" in pages.get(f"/en{PAGE}").text()


def test_what_ended_is_sent_once_more_to_those_not_reached(pages):
    pages.bus.answers["notifications.read_campaign"] = {**CAMPAIGN, "state": "finished"}
    check = pages.get(f"/en{PAGE}").send(reason="The relay was away", include_unknown="true")
    assert (pages.sent("resend_campaign"), "did not reach" in check.text()) == ([], True)
    check.send()
    [sent] = pages.sent("resend_campaign")
    assert sent["body"] == {"reason": "The relay was away", "include_unknown": True}
    pages.bus.answers["notifications.read_campaign"] = {**CAMPAIGN, "state": "finished", "kind": "test"}
    assert pages.get(f"/en{PAGE}").all("//main//form") == []


def test_the_mails_of_a_campaign_are_narrowed_and_go_on(pages):
    shown = pages.get(f"/en{PAGE}/mails?state=bounced")
    assert pages.sent("list_campaign_deliveries")[-1]["state"] == "bounced"
    assert f"/en{PAGE}/mails?state=bounced&after=n2" in shown.all("//main//a/@href")


@pytest.mark.parametrize("state", ["paused", "sending", "canceled"])
def test_what_another_officer_did_meanwhile_is_said(pages, state):
    pages.bus.answers["notifications.resume_campaign"] = Conflict("notifications.campaign_state", "", state="canceled")
    check = pages.get(f"/en{PAGE}").send(reason="The list is correct now")
    pages.bus.answers["notifications.read_campaign"] = {**CAMPAIGN, "state": state}
    shown = check.send()
    assert (shown.status, shown.text("//textarea")) == (409, "The list is correct now")
    assert (shown.all("//input[@name='_form']/@value"), shown.text("//h2[@id='act']")) == (["resume"], "Go on sending")


def test_a_pause_takes_one_press(pages):
    pages.bus.answers["notifications.read_campaign"] = {**CAMPAIGN, "state": "sending"}
    pages.get(f"/en{PAGE}?act=pause").send(reason="Complaints")
    assert pages.sent("pause_campaign") == [{"campaign": "c1", "body": {"reason": "Complaints"}}]


def test_a_mail_goes_again_with_a_reason(pages):
    assert "/en/desk/mails?retry=d1" in pages.get("/en/desk/mails?state=failed").all("//main//a/@href")
    shown = pages.get("/en/desk/mails?retry=d1")
    wrong = shown.send(reason="")
    assert wrong.all("//input[@name='delivery']/@value") == ["d1"]
    wrong.send(reason="Their mailbox is there again")
    assert pages.sent("retry") == [{"delivery": "d1", "body": {"reason": "Their mailbox is there again"}}]


def test_an_address_is_suppressed_and_gets_mail_again(pages):
    pages.get("/en/desk/suppressions").send(email="amina@example.org", reason="As they asked")
    [sent] = pages.sent("suppress_address")
    assert sent["body"] == {"email": "amina@example.org", "reason": "As they asked"}
    pages.get(f"/en/desk/suppressions?lift={'a' * 32}").send(reason="As they asked")
    assert pages.sent("lift_suppression") == [{"suppression": "a" * 32, "body": {"reason": "As they asked"}}]


def test_mails_are_counted_by_state(pages):
    assert "1,234 Failed" in pages.get("/en/desk/mails").text()


def test_an_address_is_looked_up_among_the_blocked_ones(pages):
    found = pages.get("/en/desk/suppressions").send(1, email="amina@example.org")
    assert "This address is blocked." in found.text("//*[@role='status']")
    assert f"/en/desk/suppressions?lift={'a' * 32}" in found.all("//main//a/@href")
    pages.bus.answers["notifications.find_suppression"] = NotFound("notifications.not_suppressed", "")
    unknown = pages.get("/en/desk/suppressions").send(1, email="amina@example.org")
    assert (unknown.status, "not suppressed" in unknown.text("//div[@role='alert']")) == (404, True)


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_member_has_no_desk(pages, path):
    pages.cookies.clear()
    assert pages.sign_in().get(f"/en{path}").status == 403
