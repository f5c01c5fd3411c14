"""What a subscription selects, changed on its page; without a broker."""

from __future__ import annotations

import pytest
from wsis_shared.errors import Invalid
from wsis_testkit.pages import Pages

from ..test_pages import ATTEMPT, ONE, SUBSCRIPTION

FILTERS = {"action_lines": ["C2"], "sdgs": [9], "regions": [], "languages": [], "types": ["wsis.prizes.winners.v1"]}
FILTERED = {**SUBSCRIPTION, "filters": FILTERS}


@pytest.fixture
def pages() -> Pages:
    answers = {
        "agencies.read_event_subscription": FILTERED,
        "agencies.list_delivery_attempts": {"items": [ATTEMPT], "next": None},
        "agencies.change_event_subscription": FILTERED,
    }
    return Pages(answers, "agencies", "accounts").sign_in("agency")


def test_a_change_keeps_what_nobody_touched(pages: Pages) -> None:
    shown = pages.get(f"/en{ONE}")
    done = shown.send(shown.form_named("change"), **{"filters.sdgs": ["9", "3"], "filters.regions": ["africa"]})
    assert done.address == f"/en{ONE}?done=saved"
    [sent] = pages.bodies("change_event_subscription")
    assert (sent["name"], sent["url"]) == (SUBSCRIPTION["name"], SUBSCRIPTION["url"])
    assert sent["filters"] == {**FILTERS, "sdgs": [9, 3], "regions": ["africa"]}


def test_an_address_that_is_refused_comes_back_at_its_field(pages: Pages) -> None:
    wrong = Invalid("notifications.receiver_refused", "", fields={"url": ["Must be https."]})
    pages.bus.answers["agencies.change_event_subscription"] = wrong
    shown = pages.get(f"/en{ONE}")
    refused = shown.send(shown.form_named("change"), url="http://agency.example/")
    assert refused.all("//div[@role='alert']//a/@href") == ["#change-url"]
    assert refused.all("//input[@id='change-url']/@value") == ["http://agency.example/"]


def test_a_queue_has_no_address_to_change(pages: Pages) -> None:
    pages.bus.answers["agencies.read_event_subscription"] = {**FILTERED, "channel": "queue", "url": None}
    shown = pages.get(f"/en{ONE}")
    assert shown.all("//input[@id='change-url']") == []
    shown.send(shown.form_named("change"), name="Register")
    assert pages.bodies("change_event_subscription")[0]["url"] is None
