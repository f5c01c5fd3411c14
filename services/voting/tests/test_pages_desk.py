"""The desk of the last evening, of the review of fraud and of the certification, by pages alone; without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_voting.contests.rules.lifecycle import Wait
from wsis_voting.plugin import plugin

from .page_answers import ANSWERS, CERTIFICATION, CLUSTER, EXCLUDED, LEAK, SUMMARY, TURNOUT, VOTING, job

DESK = "/desk/editions/2017"
PATHS = ["/desk/voting", f"{DESK}/turnout", f"{DESK}/turnout?day=2017-04-29"]
CLUSTER_PAGE = f"{DESK}/clusters/c1"
PATHS += [f"{DESK}/clusters", f"{DESK}/clusters?min_score=50&kind=network", CLUSTER_PAGE, f"{CLUSTER_PAGE}?account=a1"]
PATHS += [f"{DESK}/certification", f"{DESK}/certification?job=voting.recount"]


@pytest.fixture
def pages() -> Pages:
    return Pages(ANSWERS).sign_in("officer")


def while_it_is(state: str, **answers: Any) -> Pages:
    """The pages of a voting in that state, which the gateway keeps for some seconds."""
    voting = {**VOTING, "state": state}
    return Pages({**ANSWERS, "voting.read_voting": voting, **answers}).sign_in("officer")


def rows(shown: Any, section: str) -> list[str]:
    """The cells of each row of a table, in a line."""
    found = shown.all(f"//section[@aria-labelledby='{section}']//tbody/tr")
    return [" ".join(" ".join(cell.text_content().split()) for cell in row) for row in found]


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages: Pages, language: str) -> None:
    for path in PATHS:
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), (path, shown.text())
        assert "None" not in shown.text(), path


def test_the_desk_is_for_officers() -> None:
    for path in PATHS:
        assert Pages(ANSWERS).sign_in().get(f"/en{path}").status == 403, path
        assert Pages(ANSWERS).get(f"/en{path}").address.startswith("/en/sign-in"), path


def test_the_desk_leads_to_the_voting_of_each_edition(pages: Pages) -> None:
    assert "/en/desk/voting" in pages.get("/en/desk").all("//main//a/@href")
    assert f"/en{DESK}/turnout" in pages.get("/en/desk/voting").all("//main//a/@href")


# -- turnout -----------------------------------------------------------------------------------------------------------


def test_the_turnout_is_shown_by_hour_day_and_country(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/turnout")
    assert "5,400 Votes" in shown.text()
    assert rows(shown, "hours") == ["19:00 0 0 0 40", "20:00 3,600 200 190 0"], "of the last day, in Geneva"
    assert rows(shown, "days") == ["30 April 2017 3,600 200 190 40", "29 April 2017 1,800 110 100 0"]
    assert rows(shown, "countries") == ["Kenya 200 3,600 190", "Unknown 60 900 50", "Others, together 50 900 50"]
    earlier = pages.get(shown.all("//section[@aria-labelledby='days']//tr[2]//a/@href")[0].partition("#")[0])
    assert rows(earlier, "hours") == ["23:00 1,800 110 100 0"]


def test_what_is_not_stored_is_told_and_the_broker_may_be_away(pages: Pages) -> None:
    assert "In the queue12" in pages.get(f"/en{DESK}/turnout").text("//dl")
    away = {**TURNOUT["unsettled"], "waiting": None, "oldest_seconds": 75.0}
    pages.bus.answers["voting.read_turnout"] = {**TURNOUT, "unsettled": away}
    shown = pages.get(f"/en{DESK}/turnout")
    assert "does not answer" in shown.text("//dl")
    assert "waited for over a minute" in shown.text()


def test_a_voting_without_votes_says_so(pages: Pages) -> None:
    nothing = {**TURNOUT, "hours": [], "countries": [], "domains": [], "votes": 0, "started": 0, "complete": 0}
    none = {"accounts": 0, "hours": [], "domains": [], "countries": []}
    pages.bus.answers["voting.read_turnout"] = {**nothing, "registrations": none}
    assert "There are no votes yet." in pages.get(f"/en{DESK}/turnout").text()


def test_the_turnout_is_followed(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/turnout")
    assert (len(shown.all("//*[@data-live]")), "Look again" in shown.text("//body")) == (1, True)


def test_the_turnout_says_never_for_whom(pages: Pages) -> None:
    """An attack from inside: what a service told of projects is on no page, and the page asks for no tally."""
    shown = pages.get(f"/en{DESK}/turnout")
    assert LEAK not in shown.html
    assert "987" not in shown.text()
    asked = {name for name, _, _ in pages.bus.calls}
    assert asked <= {"accounts.jwks", "voting.read_turnout", "voting.read_voting"}


def test_no_page_of_the_service_asks_for_the_tally() -> None:
    """Whatever a page showed of it before the announcement, somebody would see who leads."""
    pages = (*plugin.pages, *plugin.panels)
    assert [
        read.route for page in pages for read in page.reads if read.route.partition("?")[0].endswith("/tally")
    ] == []


def test_the_picture_of_the_hours_is_a_file_for_officers(pages: Pages) -> None:
    pages.bus.answers["voting.draw_turnout"] = {"text": "<svg/>", "filename": "votes-per-hour-2017.svg"}
    [link] = [each for each in pages.get(f"/en{DESK}/turnout").all("//main//a/@href") if "file=" in each]
    assert pages.get(link).headers["content-type"].startswith("image/svg+xml")
    assert Pages(ANSWERS).sign_in().get(link).status == 403


# -- the review of fraud -----------------------------------------------------------------------------------------------


def test_the_clusters_are_listed_in_words_and_lead_to_each(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/clusters")
    assert "waits for 1 group with a high score" in shown.text()
    assert "Many ballots of one mail domain within an hour: quick.test" in shown.text("//h2")
    assert {f"/en{DESK}/clusters/c1", f"/en{DESK}/clusters/c2"} <= set(shown.all("//main//a/@href"))
    assert "118 joined since" in shown.text(), "a decision covers those who were there"
    assert "the certification waits for it" in shown.text()
    assert "several accounts on one mailbox40" in shown.text("//details")


def test_filters_go_to_the_route(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/clusters?min_score=50&kind=network")
    asked = pages.sent("voting.list_clusters")[-1]
    assert (asked["min_score"], asked["kind"]) == (50, "network")
    assert "min_score=50" in shown.all("//a[@rel='next']/@href")[0]


def test_a_scan_is_started_and_its_job_followed(pages: Pages) -> None:
    pages.bus.answers["voting.read_job"] = job(
        "scan_for_clusters", "running", progress={"done": 3, "total": 9, "note": ""}
    )
    started = pages.get(f"/en{DESK}/clusters").send(1)
    assert started.address.endswith("/clusters?job=voting.scan_for_clusters")
    assert "running · 3 / 9" in started.text("//*[@role='status']")
    pages.bus.answers["voting.read_job"] = job(
        "scan_for_clusters", "failed", error={"code": "voting.review_closed", "params": {}}
    )
    assert "certified" in pages.get(started.address).text("//*[@role='status']"), "the error in words"


def test_a_cluster_shows_its_signs_and_members_and_no_project(pages: Pages) -> None:
    shown = pages.get(f"/en{CLUSTER_PAGE}")
    assert shown.text("//h1") == "Many ballots of one mail domain within an hour: quick.test"
    assert "Day: 30 April 2017" in shown.text()
    assert rows(shown, "signs") == [
        "Mailboxes that anybody can get for minutes 120 (100%) 50 a voter who protects their address",
        "Many ballots in one hour, unlike the other hours 90 (75%) 18.8 a radio programme, a lecture",
        "of_a_later_version 2 (2%) 0.2 ",
    ]
    assert "over 90 % for the same nominee" in shown.text("//section[@aria-labelledby='alike']")
    assert "/en/desk/accounts/a1" in shown.all("//main//a/@href")
    assert LEAK not in shown.html
    assert "K1" not in shown.text()


def test_an_exclusion_says_what_it_does_and_is_shown_once_more(pages: Pages) -> None:
    check = pages.get(f"/en{CLUSTER_PAGE}").send(decision="exclude", ground="burst", reason="One machine")
    assert "118 ballots leave the valid count" in check.text("//*[@role='status']")
    assert "many ballots of one group in a short time" in check.text("//dl")
    assert pages.sent("voting.decide_on_cluster") == [], "nothing has happened yet"
    done = check.send()
    [decided] = pages.sent("voting.decide_on_cluster")
    assert (decided["cluster"], decided["body"]) == (
        "c1",
        {"decision": "exclude", "ground": "burst", "reason": "One machine", "members": "9f2c"},
    )
    assert done.address.endswith("/clusters?job=voting.apply_decision"), "the next one is in the list"


def test_a_decision_without_a_reason_comes_back_with_what_was_chosen(pages: Pages) -> None:
    back = pages.get(f"/en{CLUSTER_PAGE}").send(decision="keep", reason="")
    assert back.all("//div[@role='alert']//a/@href") == ["#decide-reason"]
    assert back.all("//input[@name='decision' and @checked]/@value") == ["keep"]
    assert back.text("//title").startswith("Error:")


def test_what_another_officer_is_deciding_is_waited_for(pages: Pages) -> None:
    check = pages.get(f"/en{CLUSTER_PAGE}").send(decision="exclude", reason="One machine")
    pages.bus.answers["voting.decide_on_cluster"] = Conflict("voting.review_busy", "")
    refused = check.send()
    assert refused.status == 409
    assert "Another decision is being carried out" in refused.text("//div[@role='alert']")
    assert refused.text("//textarea").strip() == "One machine"
    pages.bus.answers["voting.read_review"] = {**SUMMARY, "deciding": True}
    assert "decide_on_cluster" not in pages.get(f"/en{CLUSTER_PAGE}").html
    assert not pages.get(f"/en{CLUSTER_PAGE}").all("//textarea")


def test_members_that_have_changed_are_read_again_before_the_decision(pages: Pages) -> None:
    check = pages.get(f"/en{CLUSTER_PAGE}").send(decision="exclude", reason="One machine")
    pages.bus.answers["voting.read_cluster"] = {**CLUSTER, "members": "later"}
    pages.bus.answers["voting.decide_on_cluster"] = Conflict("voting.cluster_changed", "")
    back = check.send()
    assert pages.sent("voting.decide_on_cluster")[0]["body"]["members"] == "9f2c", "those that were shown"
    assert "has other members than when you read it" in back.text("//div[@role='alert']")
    assert back.text("//textarea").strip() == "One machine"
    assert back.all("//input[@name='members']/@value") == ["later"]


def test_an_exclusion_is_reversed_until_the_certification(pages: Pages) -> None:
    pages.bus.answers["voting.read_cluster"] = {**CLUSTER, "decision": EXCLUDED, "excluded": 120, "still_in": 0}
    shown = pages.get(f"/en{CLUSTER_PAGE}")
    assert "One machine" in shown.text("//dl")
    check = shown.send(decision="reinstate", reason="They wrote to us")
    assert "120 ballots of the group are excluded now" in check.text("//*[@role='status']")
    check.send()
    assert pages.sent("voting.decide_on_cluster")[0]["body"]["decision"] == "reinstate"
    closed = while_it_is("certified").get(f"/en{CLUSTER_PAGE}")
    assert closed.tree.forms == []
    assert "decisions stand" in closed.text()


def test_reinstating_is_offered_where_something_is_excluded(pages: Pages) -> None:
    assert pages.get(f"/en{CLUSTER_PAGE}").all("//input[@name='decision']/@value") == ["exclude", "keep"]


def test_one_account_is_decided_on_until_voting_closes(pages: Pages) -> None:
    shown = pages.get(f"/en{CLUSTER_PAGE}")
    [first, _] = [link.partition("#")[0] for link in shown.all("//a[contains(@href, 'account=')]/@href")]
    check = pages.get(first).send(1, decision="exclude", reason="A second ballot")
    assert "ballot of this account leaves the valid count" in check.text("//*[@role='status']")
    done = check.send()
    [decided] = pages.sent("voting.decide_on_account")
    assert (decided["account"], decided["body"]["decision"]) == ("a1", "exclude")
    assert "The decision is recorded." in done.text("//*[@role='status']")
    closed = while_it_is("closed").get(first)
    assert len(closed.tree.forms) == 1, "that of the cluster"
    assert "no longer decided on" in closed.text()


# -- the certification -------------------------------------------------------------------------------------------------

CLOSED = {**CERTIFICATION, "state": "closed", "waits_for": ["review", "late_votes", "dead_letters"], "dead_letters": 2}


def test_what_holds_the_certification_is_said_in_words_and_leads_there(pages: Pages) -> None:
    assert "The close of voting." in pages.get(f"/en{DESK}/certification").text("//section[@aria-labelledby='waits']")
    shown = while_it_is("closed", **{"voting.read_certification": CLOSED}).get(f"/en{DESK}/certification")
    waits = shown.text("//section[@aria-labelledby='waits']")
    assert "Groups of ballots to decide on, or the last scan 1 group" in waits
    assert "one may be a vote. Operators return them. 2 messages" in waits
    links = shown.all("//section[@aria-labelledby='waits']//a/@href")
    assert f"/en{DESK}/clusters" in links
    assert "/en/desk/dead-letters/voting" not in links, "officers may not open them"


def test_operators_are_led_to_the_dead_letters() -> None:
    letters = {"voting.list_dead_letters": {"items": [], "next": None, "total": 2}}
    both = Pages({**ANSWERS, "voting.read_certification": CLOSED, **letters}).sign_in("officer", "operator")
    assert "/en/desk/dead-letters/voting" in both.get(f"/en{DESK}/certification").all("//main//a/@href")


def test_the_voting_can_be_extended_until_the_certification(pages: Pages) -> None:
    phase = f"/en{DESK}/phases/public_voting"
    assert phase in pages.get(f"/en{DESK}/certification").all("//main//a/@href")
    after_the_close = while_it_is("closed", **{"voting.read_certification": CLOSED})
    assert phase in after_the_close.get(f"/en{DESK}/certification").all("//main//a/@href")


def test_every_thing_that_may_hold_it_has_words(pages: Pages) -> None:
    held = [wait.value for wait in Wait]
    pages.bus.answers["voting.read_certification"] = {**CLOSED, "waits_for": held}
    assert pages.get(f"/en{DESK}/certification").status == 200


def test_dead_letters_are_told_before_the_close(pages: Pages) -> None:
    pages.bus.answers["voting.read_certification"] = {**CERTIFICATION, "dead_letters": 1}
    assert "1 message of voting is dead-lettered" in pages.get(f"/en{DESK}/certification").text()
    pages.bus.answers["voting.read_certification"] = {**CERTIFICATION, "dead_letters": None}
    assert "nobody can say" in pages.get(f"/en{DESK}/certification").text()


def test_the_request_says_that_it_is_final_and_what_it_overrides() -> None:
    pages = while_it_is("closed", **{"voting.read_certification": CLOSED})
    back = pages.get(f"/en{DESK}/certification").send(reason="")
    assert back.all("//div[@role='alert']//a/@href") == ["#certify-reason"]
    check = pages.get(f"/en{DESK}/certification").send(reason="The groups are offices")
    said = check.text("//*[@role='status']")
    assert "certified for good" in said
    assert "without a decision then count" in said
    assert "A dead letter may be a vote" in said
    assert pages.sent("voting.certify_tally") == []
    done = check.send()
    assert pages.sent("voting.certify_tally")[0]["body"] == {"reason": "The groups are offices"}
    assert "The certification is requested." in done.text("//*[@role='status']")


def test_it_can_be_requested_again_where_something_else_holds_it() -> None:
    asked = {"by": "a9", "reason": "All is in", "at": "2017-04-01T09:00:00Z"}
    for waits, forms in ((["late_votes"], 1), (["dead_letters"], 2)):  # one of them is that of a recount
        now = {**CLOSED, "requested": asked, "waits_for": waits}
        shown = while_it_is("closed", **{"voting.read_certification": now}).get(f"/en{DESK}/certification")
        assert "All is in" in shown.text()
        assert len(shown.tree.forms) == forms


def test_nobody_requests_what_cannot_be_certified(pages: Pages) -> None:
    assert pages.get(f"/en{DESK}/certification").tree.forms == [], "voting is open"
    wrong = {**CLOSED, "waits_for": ["repair"]}
    shown = while_it_is("closed", **{"voting.read_certification": wrong}).get(f"/en{DESK}/certification")
    assert "until an operator has repaired them" in shown.text()
    assert [form.get("action") for form in shown.tree.forms] == [f"/en{DESK}/certification"], "a recount alone"


def test_a_recount_says_whether_all_figures_agree(pages: Pages) -> None:
    result = {
        "edition": "2017",
        "agrees": False,
        "votes_cast": 5400,
        "votes_counted": None,
        "ballots_complete": 290,
        "places": 2,
        "differences": [],
    }
    pages = while_it_is("closed", **{"voting.read_certification": CLOSED})
    pages.bus.answers["voting.read_job"] = job("recount", "succeeded", result=result)
    shown = pages.get(f"/en{DESK}/certification").send(1)
    assert shown.address.endswith("/certification?job=voting.recount")
    assert "2 figures differ." in shown.text("//section[@aria-labelledby='recounted']")
    assert "5,400" in shown.text("//section[@aria-labelledby='recounted']")
    others = job("apply_decision", "succeeded", result=result), job("recount", result={**result, "edition": "2016"})
    for other in others:
        pages.bus.answers["voting.read_job"] = {**other, "state": "succeeded"}
        shown = pages.get(shown.address)
        assert (shown.status, "5,400" in shown.text(), other["title"] in shown.text("//*[@role='status']")) == (
            200,
            False,
            False,
        )


def test_the_certified_tally_shows_its_three_sums_and_no_project() -> None:
    totals = {"votes_cast": 5400, "votes_counted": 5100, "ballots_complete": 290}
    state = {**CERTIFICATION, "state": "certified", "certified_at": "2017-04-30T21:05:00Z", "waits_for": []}
    voting = {**VOTING, "state": "certified", "totals": totals}
    pages = Pages({**ANSWERS, "voting.read_voting": voting, "voting.read_certification": state}).sign_in("officer")
    shown = pages.get(f"/en{DESK}/certification")
    assert "5,100 Votes that count" in shown.text("//section[@aria-labelledby='certified']")
    assert f"/en{DESK}/finalists" in shown.all("//main//a/@href"), "what comes next"
    assert f"/en{DESK}/phases/public_voting" not in shown.all("//main//a/@href"), "nothing extends it any more"
    assert LEAK not in shown.html
    assert not pages.sent("voting.read_tally")
    pages.bus.answers["voting.read_tally"] = {**ANSWERS["voting.read_tally"], "certified": True}
    votes = pages.file(f"/en{DESK}/certification", "tally")
    assert votes.headers["content-disposition"].startswith('attachment; filename="tally-')
    assert (LEAK in votes.html, len(pages.sent("voting.read_tally"))) == (True, 1), "by a press alone"
    assert pages.sign_in("juror").get(f"/en{DESK}/certification?file=tally").status == 403


def test_no_tally_is_a_file_before_it_is_certified(pages: Pages) -> None:
    assert "file=tally" not in pages.get(f"/en{DESK}/certification").html
    pages.bus.answers["voting.read_tally"] = Conflict("voting.totals_hidden")
    assert pages.get(f"/en{DESK}/certification?file=tally").status == 409
