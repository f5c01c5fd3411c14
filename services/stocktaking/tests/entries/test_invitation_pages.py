"""The call for updates on the desk: nothing is sent before its number was seen and confirmed; without a broker."""

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from ..job_answers import JOB as ANY_JOB

JOB = ANY_JOB | {"kind": "invite_owners", "title": "Invites owners"}
HERE = "/en/desk/invitations"
COUNTED = {
    "dry_run": True,
    "years": 2.5,
    "action_lines": ["C2"],
    "regions": ["africa"],
    "entries": 1200,
    "owners": 340,
    "invited_before": 12,
    "without_owner": 80,
}
ANSWERS = {
    "stocktaking.start_invitations": JOB,
    "stocktaking.read_job": JOB | {"state": "succeeded", "result": COUNTED},
    "stocktaking.record_export": None,
    "stocktaking.list_invitations": {
        "items": [
            {
                "at": "2017-01-09T08:00:00Z",
                "years": 2.0,
                "action_lines": [],
                "regions": ["africa"],
                "invited": 1300,
                "updated": 210,
            },
            {"at": "2016-01-09T08:00:00Z", "years": 1.0, "action_lines": [], "regions": [], "updated": None},
        ],
        "next": None,
        "total": 2,
    },
    "stocktaking.list_entries_without_owner": {"items": [], "next": None, "total": 0},
}


@pytest.fixture
def pages():
    return Pages(ANSWERS, "stocktaking").sign_in("officer")


def sent(pages):
    return pages.bodies("start_invitations")


@pytest.mark.parametrize("language", LOCALES)
def test_it_shows_in_each_language_before_and_after_the_count(pages, language):
    for path in ("/desk/invitations", "/desk/invitations?job=stocktaking.j1"):
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), path
        assert "None" not in shown.text(), path
    assert pages.get(f"/{language}/desk/invitations?job=stocktaking.j1").send(0, reason="The call").status == 200


def test_it_is_for_officers():
    assert Pages(ANSWERS, "stocktaking").sign_in().get(HERE).status == 403


def test_one_counts_first_and_needs_no_reason_for_that(pages):
    shown = pages.get(HERE)
    assert len(shown.all("//main//form")) == 1, "nothing can be sent before"
    counted = shown.send(0, years="2.5", action_lines=["C2"], regions=["africa"])
    [body] = sent(pages)
    assert (body["dry_run"], body["years"], body["action_lines"], body["regions"]) == (True, 2.5, ["C2"], ["africa"])
    assert "Owners, one mail each340" in counted.text("//dl").replace(" 340", "340")
    assert "not updated for 2.5 years or more" in counted.text("//dl")


def test_a_call_says_whom_it_mails_and_is_of_those_who_were_counted(pages):
    counted = pages.get(f"{HERE}?job=stocktaking.j1")
    refused = counted.send(0)
    assert refused.all("//div[@role='alert']//a/@href") == ["#send-reason"]
    check = counted.send(0, reason="The call of 2017")
    assert not sent(pages)
    assert "340 owners get a mail each at once" in check.text()
    check.send(0)
    [body] = sent(pages)
    assert body == {
        "dry_run": False,
        "years": 2.5,
        "action_lines": ["C2"],
        "regions": ["africa"],
        "reason": "The call of 2017",
    }


@pytest.mark.parametrize("result", [{"report": "r1"}, COUNTED])
def test_a_job_of_another_kind_is_no_call(pages, result):
    pages.bus.answers["stocktaking.read_job"] = ANY_JOB | {"state": "succeeded", "result": result}
    shown = pages.get(f"{HERE}?job=stocktaking.j1")
    assert (shown.status, "Builds a report" in shown.text()) == (200, False)
    assert [each.text_content() for each in shown.all("//main//button")] == ["Count, send nothing"]


def test_after_the_call_nothing_can_be_sent_twice_by_a_press(pages):
    pages.bus.answers["stocktaking.read_job"] = JOB | {"state": "succeeded", "result": COUNTED | {"dry_run": False}}
    shown = pages.get(f"{HERE}?job=stocktaking.j1")
    assert "The call has reached" in shown.text("//h2[@id='reached']")
    assert [each.text_content() for each in shown.all("//main//button")] == ["Count, send nothing"]


def test_earlier_calls_say_whom_they_reached_and_who_has_updated_since(pages):
    shown = pages.get(HERE)
    assert shown.text("//h2[@id='past']") == "2 calls so far"
    rows = shown.all("//section[@aria-labelledby='past']//tbody/tr")
    assert [cell.text_content() for cell in rows[0].xpath("td")] == [
        "not updated for 2 years or more · Africa",
        "1,300",
        "210",
    ]
    assert [cell.text_content() for cell in rows[1].xpath("td")][1:] == ["–", "–"]


def test_years_that_are_none_are_said_at_their_field(pages):
    back = pages.get(HERE).send(0, years="ninety", regions=["africa"])
    assert back.all("//div[@role='alert']//a/@href") == ["#count-years"]
    assert back.all("//input[@name='regions' and @checked]/@value") == ["africa"]


def test_entries_without_an_owner_are_a_file(pages):
    [address] = pages.get(HERE).all("//section[@aria-labelledby='contacts']//a/@href")
    assert "entry-contacts" in pages.get(address).headers["content-disposition"]
