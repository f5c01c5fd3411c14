"""The pages of agencies' subscriptions, without a broker."""

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

SUBSCRIPTION = {
    "id": "s1",
    "owner": "a1",
    "name": "Observatory <b>",
    "channel": "webhook",
    "url": "https://agency.example/events",
    "filters": {},
    "warnings": [],
    "state": "active",
    "reason": None,
    "position": 12,
    "waiting": 3,
    "full_since": None,
    "replay": None,
    "created_at": "2017-02-01T08:00:00Z",
}
ATTEMPT = {
    "at": "2017-02-02T08:00:00Z",
    "kind": "event",
    "event": "e1",
    "sequence": 12,
    "tries": 2,
    "status": 503,
    "seconds": 0.4,
    "count": 1,
    "error": "refused",
}
CREDENTIALS = {**SUBSCRIPTION, "secret": "whsec_abc", "former_until": None, "queue": None}
ALL, ONE = "/me/event-subscriptions", "/me/event-subscriptions/s1"


@pytest.fixture
def pages():
    """An agency's browser, and a service that answers as if all went well."""
    calls = ("pause_event_subscription", "resume_event_subscription")
    pages = Pages(
        {
            "agencies.list_event_subscriptions": {"items": [SUBSCRIPTION], "next": None},
            "agencies.create_event_subscription": CREDENTIALS,
            "agencies.read_event_subscription": SUBSCRIPTION,
            "agencies.list_delivery_attempts": {"items": [ATTEMPT], "next": "c2"},
            "agencies.test_event_subscription": {"event": "e2"},
            "agencies.rotate_event_secret": CREDENTIALS,
            "agencies.requeue_deliveries": {"count": 2},
            "agencies.replay_events": {**SUBSCRIPTION, "replay": {"position": 3, "until": 12}},
            "agencies.remove_event_subscription": None,
            "agencies.change_event_subscription": SUBSCRIPTION,
            **{f"agencies.{call}": SUBSCRIPTION for call in calls},
        },
        "agencies",
        "accounts",
    )
    return pages.sign_in("agency")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", ["/me", ALL, ONE])
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.get(f"/{language}{path}")
    assert (shown.status, shown.all("/html/@lang")) == (200, [language])
    assert len(shown.all("//h1")) == 1
    assert "Observatory <b>" in shown.text()
    assert "None" not in shown.text()


def test_the_secret_of_a_new_subscription_is_shown_once(pages):
    shown = pages.get(f"/en{ALL}").send(name="Observatory", url="https://agency.example/events")
    assert "whsec_abc" in shown.text("//*[@role='status']")
    assert shown.headers["cache-control"] == "no-store"
    [sent] = pages.sent("create_event_subscription")
    assert (sent["body"]["name"], sent["body"]["url"]) == ("Observatory", "https://agency.example/events")
    assert "whsec_abc" not in pages.get(f"/en{ALL}").html


@pytest.mark.parametrize("language", LOCALES)
def test_a_queue_is_subscribed_and_its_address_shown_once(pages, language):
    queue = {**SUBSCRIPTION, "channel": "queue", "url": None, "warnings": ["Nothing will come of it."]}
    uri = "amqps://sub.who.s1:secret@broker.example/agencies"
    made = {**queue, "secret": None, "former_until": None, "queue": {"uri": uri, "queue": "sub.who.s1"}}
    pages.bus.answers["agencies.create_event_subscription"] = made
    shown = pages.get(f"/{language}{ALL}").send(name="Register", channel="queue", url="")
    told = shown.text("//*[@role='status']")
    assert uri in told
    assert "sub.who.s1" in told
    assert "Nothing will come of it." in told
    assert pages.sent("create_event_subscription")[0]["body"]["channel"] == "queue"
    pages.bus.answers["agencies.read_event_subscription"] = {**queue, "full_since": "2017-02-01T08:00:00Z"}
    one = pages.get(f"/{language}{ONE}")
    assert "Nothing will come of it." in one.text()
    assert "None" not in one.text()
    assert "secret@" not in one.html


def test_former_events_are_sent_again_from_a_number_or_a_moment(pages):
    """A moment is typed as the time of Geneva."""
    for typed in ({"after": "8124", "since": ""}, {"after": "", "since": "2017-03-01T10:00"}):
        assert pages.get(f"/en{ONE}").send(4, **typed).address == f"/en{ONE}?done=replayed"
    first, second = (sent["body"] for sent in pages.sent("replay_events"))
    assert (first["after"], first["since"]) == (8124, None)
    assert (second["after"], str(second["since"])) == (None, "2017-03-01 09:00:00+00:00")
    both = pages.get(f"/en{ONE}").send(4, after="1", since="2017-03-01T10:00")
    assert (both.status, both.all("//input[@name='after']/@value")) == (422, ["1"])


def test_no_second_replay_is_offered_while_one_runs(pages):
    pages.bus.answers["agencies.read_event_subscription"] = {**SUBSCRIPTION, "replay": {"position": 3, "until": 12}}
    shown = pages.get(f"/en{ONE}")
    assert "Former events are being sent again" in shown.text()
    assert shown.all("//input[@name='after']") == []


def test_what_is_wrong_is_named_and_comes_back(pages):
    wrong = pages.get(f"/en{ALL}").send(name="", url="https://agency.example/events")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#subscribe-name"])
    assert wrong.all("//input[@name='url']/@value") == ["https://agency.example/events"]
    refusal = Invalid("notifications.receiver_refused", "", fields={"url": ["It does not agree."]})
    pages.bus.answers["agencies.create_event_subscription"] = refusal
    refused = pages.get(f"/ar{ALL}").send(name="x", url="https://agency.example/events")
    assert refused.all("//div[@role='alert']//a/@href") == ["#subscribe-url"]


def test_a_subscription_is_tested_and_paused(pages):
    shown = pages.get(f"/en{ONE}")
    assert "503" in shown.text()
    assert f"/en{ONE}?after=c2" in shown.all("//main//a/@href")
    assert shown.send(0).address == f"/en{ONE}?done=tested"
    assert shown.send(1).address == f"/en{ONE}?done=saved"
    assert pages.sent("pause_event_subscription") == [{"subscription": "s1"}]


def test_a_disabled_one_goes_on(pages):
    pages.bus.answers["agencies.read_event_subscription"] = {**SUBSCRIPTION, "state": "disabled"}
    pages.get(f"/en{ONE}").send(0)
    assert pages.sent("resume_event_subscription") == [{"subscription": "s1"}]
    pages.bus.answers["agencies.resume_event_subscription"] = Conflict("notifications.event_subscription_state", "")
    assert pages.get(f"/en{ONE}").send(0).status == 409


def test_a_subscription_ends_once_it_was_pressed_twice(pages):
    shown = pages.get(f"/en{ONE}")
    asked = shown.send(shown.form_named("end"))
    assert pages.sent("remove_event_subscription") == []
    assert asked.send(asked.form_named("end")).address == f"/en{ALL}"
    assert pages.sent("remove_event_subscription") == [{"subscription": "s1"}]


def test_a_member_has_no_subscriptions(pages):
    pages.cookies.clear()
    assert pages.sign_in().get(f"/en{ALL}").status == 403
