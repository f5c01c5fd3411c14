"""Calls on pages alone; without a broker."""

import pytest
from wsis_testkit.pages import Pages

from ..desk_answers import CALL, DESK
from ..job_answers import JOB
from ..page_kit import OWN, OWN_CALL

COUNTED = {"dry_run": True, "years": 2.0, "action_lines": [], "regions": []} | {
    "entries": 1200,
    "owners": 340,
    "invited_before": 12,
    "without_owner": 80,
}
COUNT_JOB = JOB | {"kind": "send_call", "state": "succeeded", "result": COUNTED}


@pytest.fixture
def pages():
    answers = DESK | {"stocktaking.read_job": COUNT_JOB, "stocktaking.start_call": COUNT_JOB}
    return Pages(answers, "stocktaking").sign_in("officer")


def test_a_call_is_written_in_several_languages(pages):
    shown = pages.get("/en/desk/calls/new")
    words = {"text.en": "Please look.", "text.ar": "يرجى الاطلاع.", "deadline": "2030-03-01", "remind_days": ""}
    done = shown.send(0, years="3", regions=["africa"], **words)
    [body] = pages.bodies("write_call_draft")
    assert body == {
        "text": {"en": "Please look.", "ar": "يرجى الاطلاع."},
        "deadline": "2030-03-01",
        "remind_days": None,
        "years": 3.0,
        "action_lines": [],
        "regions": ["africa"],
    }
    assert done.address == "/en/desk/calls/k1"


def test_a_call_without_a_text_says_so_in_words(pages):
    refused = pages.get("/en/desk/calls/new").send(0, deadline="2030-03-01")
    assert "Text of the mail: Needed in one language at least." in refused.text("//div[@role='alert']")


def test_nothing_can_be_sent_before_it_was_counted_and_confirmed(pages):
    shown = pages.get("/en/desk/calls/k1")
    assert "Invite" not in shown.text("//main")
    counted = shown.send(shown.form_named("count"))
    assert pages.bodies("start_call") == [{"dry_run": True, "reason": None}]
    assert "Owners, one mail each 340" in counted.text("//dl").replace("each340", "each 340")
    refused = counted.send(counted.form_named("send"))
    assert refused.all("//div[@role='alert']//a/@href") == ["#send-reason"]
    check = counted.send(counted.form_named("send"), reason="Before the Forum")
    assert "340 owners get a mail each at once" in check.text("//main")
    check.send(0)
    assert pages.bodies("start_call")[1:] == [{"dry_run": False, "reason": "Before the Forum"}]


def test_a_call_that_was_sent_has_its_counts_and_who_is_silent(pages):
    pages.bus.answers["stocktaking.read_call"] = CALL | {"state": "sent", "sent_at": "2017-01-09T08:00:00Z"}
    shown = pages.get("/en/desk/calls/k1")
    text = shown.text("//main")
    assert "210 of 340 have answered" in text
    assert "130 owners have not answered" in text
    assert "Red Andina" in shown.text("//tbody")
    assert "Save the call" not in text
    check = shown.send(shown.form_named("close"), reason="Enough")
    assert "does not open again" in check.text("//main")
    check.send(0)
    assert pages.bodies("close_call") == [{"reason": "Enough"}]


def test_an_owner_confirms_what_is_ticked_by_one_press():
    pages = Pages(OWN, "stocktaking").sign_in()
    shown = pages.get("/fr/me/calls/k1")
    assert "Merci de relire vos entrées." in shown.text("//main")
    assert shown.all("//input[@name='entries']/@value") == ["e1", "e3"]
    assert len(shown.all("//input[@name='entries' and @checked]")) == 2
    done = shown.send(0, entries=["e1"])
    assert pages.bodies("confirm_called_entries") == [{"entries": ["e1"]}]
    assert done.address == "/fr/me/calls/k1?done=yes"


def test_where_nothing_is_left_there_is_nothing_to_press():
    pages = Pages(OWN, "stocktaking").sign_in()
    current = [row | {"current": True} for row in OWN_CALL["entries"]]
    pages.bus.answers["stocktaking.read_own_call"] = OWN_CALL | {"entries": current}
    shown = pages.get("/en/me/calls/k1")
    assert "All your entries of this call are up to date" in shown.text("//main")
    assert shown.all("//main//form") == []
