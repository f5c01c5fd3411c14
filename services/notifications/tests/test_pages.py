"""The pages of the newsletter and of unwanted mails, without a broker."""

import pytest
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

ISSUE = {
    "id": "i2",
    "number": 2,
    "month": "2017-02",
    "title": "الأعداد القادمة",
    "summary": "What comes next",
    "topics": ["forum"],
    "languages": ["ar", "en"],
    "sent_at": "2017-02-01T08:00:00Z",
}
SECTION = {
    "kind": "forum",
    "language": "ar",
    "title": "المنتدى",
    "html": "<p>نص</p><script>alert(1)</script>",
    "image": "/v1/newsletter/images/p1",
    "alt": "قاعة",
    "url": "https://wsis.example/forum",
}
PREFERENCES = {
    "email": "a…a@example.org",
    "state": "active",
    "format": "html",
    "language": "fr",
    "topics": ["forum", "prizes"],
    "consented_at": "2017-01-01T08:00:00Z",
    "token": "t2",
}
KINDS = [
    {"kind": "news", "title": "News", "declined": False},
    {"kind": "reminders", "title": "Reminders", "declined": True},
]
PATHS = [
    "/newsletter/preferences",
    "/newsletter",
    "/newsletter/i2",
    "/newsletter/confirm/t1",
    "/newsletter/preferences/t2",
    "/unsubscribe/u1",
]


@pytest.fixture
def pages():
    """A browser, and a service that answers as if all went well."""
    return Pages(
        {
            "notifications.list_issues": {"items": [ISSUE], "next": "c2"},
            "notifications.read_issue": {**ISSUE, "sections": [SECTION]},
            "notifications.subscribe_newsletter": {"message": "On its way"},
            "notifications.read_confirmation": {"confirmed": False, "email": "amina@example.org"},
            "notifications.confirm_subscription": PREFERENCES,
            "notifications.read_newsletter_preferences": PREFERENCES,
            "notifications.open_newsletter_preferences": PREFERENCES,
            "notifications.change_newsletter_preferences": PREFERENCES,
            "notifications.leave_newsletter": {**PREFERENCES, "state": "unsubscribed"},
            "notifications.erase_own_subscription": None,
            "notifications.read_unsubscription": {"title": "Reminders", "newsletter": False},
            "notifications.unsubscribe": {"title": "Reminders", "newsletter": False},
            "notifications.list_mail_kinds": {"kinds": KINDS},
            "notifications.decline_mail_kinds": {"kinds": KINDS},
        },
        "notifications",
        "accounts",
    )


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", ["/", "/me", "/me/mail-preferences", *PATHS])
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.sign_in().get(f"/{language}{path}")
    assert (shown.status, shown.all("/html/@lang")) == (200, [language])
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()


def test_somebody_subscribes_in_one_field(pages):
    shown = pages.get("/ru/newsletter").send(email="amina@example.org")
    assert shown.address == "/ru/newsletter?done=asked"
    [sent] = pages.sent("subscribe_newsletter")
    assert (sent["body"]["email"], sent["body"]["language"]) == ("amina@example.org", "ru")
    assert shown.all("//*[@role='status']")


def test_a_wrong_address_comes_back(pages):
    shown = pages.get("/en/newsletter").send(email="amina@@")
    assert (shown.status, shown.all("//input[@name='email']/@value")) == (422, ["amina@@"])
    assert shown.all("//div[@role='alert']//a/@href") == ["#subscribe-email"]
    assert pages.sent("subscribe_newsletter") == []


def test_the_archive_leads_to_its_issues_and_to_older_ones(pages):
    shown = pages.get("/en/newsletter")
    assert "/en/newsletter/i2" in shown.all("//main//a/@href")
    assert "/en/newsletter?after=c2" in shown.all("//main//a/@href")
    pages.get("/en/newsletter?after=c2")
    assert pages.sent("list_issues")[-1]["after"] == "c2"


def test_an_issue_is_in_the_language_that_it_was_written_in(pages):
    shown = pages.get("/en/newsletter/i2")
    assert shown.all("//main//h2/span/@lang") == ["ar"]
    assert shown.all("//main//img/@alt") == ["قاعة"]
    assert "alert" not in shown.html
    assert "/v1/newsletter/issues/i2/page?lang=en" in shown.all("//main//a/@href")


def test_opening_a_link_changes_nothing_and_its_button_does(pages):
    shown = pages.get("/fr/newsletter/confirm/t1")
    assert pages.sent("confirm_subscription") == []
    assert "amina@example.org" in shown.text()
    done = shown.send()
    assert pages.sent("confirm_subscription") == [{"token": "t1"}]
    assert "Merci" in done.text()
    assert "/fr/newsletter/preferences#t2" in done.all("//main//a/@href")  # which no server sees


def test_a_link_that_was_used_says_so(pages):
    pages.bus.answers["notifications.read_confirmation"] = {"confirmed": True, "email": None}
    shown = pages.get("/en/newsletter/confirm/t1")
    assert (shown.text("//h1"), shown.all("//main//form")) == ("Your subscription is confirmed", [])


def test_a_link_that_nobody_made_is_a_page_too(pages):
    pages.bus.answers["notifications.read_newsletter_preferences"] = NotFound("notifications.link_invalid", "")
    shown = pages.get("/ar/newsletter/preferences/x")
    assert (shown.status, shown.all("/html/@lang")) == (404, ["ar"])


def test_readers_choose(pages):
    shown = pages.get("/fr/newsletter/preferences/t2")
    assert shown.all("//input[@name='topics'][@checked]/@value") == ["forum", "prizes"]
    done = shown.send(language="es", topics=["forum"])
    assert done.address == "/fr/newsletter/preferences/t2?done=saved"
    [sent] = pages.sent("change_newsletter_preferences")
    assert sent == {"token": "t2", "body": {"format": "html", "language": "es", "topics": ["forum"]}}


def test_the_link_of_a_mail_opens_the_preferences_and_shows_its_token_in_no_address(pages):
    opened = pages.get("/fr/newsletter/preferences").send(token="t2")
    assert pages.sent("open_newsletter_preferences") == [{"body": {"token": "t2"}}]
    assert opened.all("//input[@name='topics'][@checked]/@value") == ["forum", "prizes"]
    saved = opened.send(0, language="es", topics=["forum"])
    assert pages.sent("change_newsletter_preferences")[-1]["token"] == "t2"
    assert saved.text("//*[@role='status']") == "Enregistré."
    left = saved.send(1)
    assert pages.sent("leave_newsletter") == [{"token": "t2"}]
    asked = left.send(len(left.tree.forms) - 1)
    assert (pages.sent("erase_own_subscription"), asked.text("//*[@role='status']") != "") == ([], True)
    assert asked.send(len(asked.tree.forms) - 1).address == "/fr/newsletter?done=erased"
    assert pages.sent("erase_own_subscription") == [{"token": "t2"}]
    assert {page.address for page in (opened, saved, left, asked)} == {"/fr/newsletter/preferences"}


def test_a_link_that_nobody_made_opens_nothing(pages):
    pages.bus.answers["notifications.open_newsletter_preferences"] = NotFound("notifications.link_invalid", "")
    shown = pages.get("/en/newsletter/preferences").send(token="x")
    assert (shown.status, shown.all("//input[@name='token']/@value")) == (404, ["x"])
    assert "not valid" in shown.text("//div[@role='alert']")


def test_a_choice_without_a_topic_comes_back_and_changes_nothing(pages):
    shown = pages.get("/en/newsletter/preferences/t2").send(topics=[""], format="text")
    assert shown.status == 422
    assert shown.all("//div[@role='alert']//a/@href") == ["#save-topics"]
    assert "Choose one topic at least" in shown.text("//div[@role='alert']")
    assert shown.all("//input[@name='format'][@checked]/@value") == ["text"]


def test_readers_leave(pages):
    done = pages.get("/en/newsletter/preferences/t2").send(1)
    assert done.address == "/en/newsletter/preferences/t2?done=left"
    assert pages.sent("leave_newsletter") == [{"token": "t2"}]


def test_readers_are_erased_once_they_have_pressed_twice(pages):
    shown = pages.get("/en/newsletter/preferences/t2")
    asked = shown.send(2)
    assert (asked.status, pages.sent("erase_own_subscription")) == (200, [])
    assert "cannot be undone" in asked.text("//*[@role='status']")
    assert asked.send(2).address == "/en/newsletter?done=erased"
    assert pages.sent("erase_own_subscription") == [{"token": "t2"}]


def test_a_link_unsubscribes_by_its_button_alone(pages):
    shown = pages.get("/en/unsubscribe/u1")
    assert pages.sent("unsubscribe") == []
    done = shown.send()
    assert (done.address, done.all("//main//form")) == ("/en/unsubscribe/u1?done=yes", [])
    assert "no longer receive" in done.text("//*[@role='status']")


def test_members_decline_kinds_of_mail(pages):
    shown = pages.sign_in().get("/en/me/mail-preferences")
    assert shown.all("//input[@name='declined'][@checked]/@value") == ["reminders"]
    shown.send(declined=["", "news"])
    assert pages.sent("decline_mail_kinds") == [{"body": {"declined": ["news"]}}]


def test_members_want_all_mails_again(pages):
    pages.sign_in().get("/en/me/mail-preferences").send(declined=[""])
    assert pages.sent("decline_mail_kinds") == [{"body": {"declined": []}}]


def test_a_kind_that_nobody_has_is_named(pages):
    refusal = Invalid("notifications.kind_unknown", "", fields={"declined": ["Must be one of: news."]})
    pages.bus.answers["notifications.decline_mail_kinds"] = refusal
    shown = pages.sign_in().get("/en/me/mail-preferences").send(declined=["", "x"])
    assert shown.all("//div[@role='alert']//a/@href") == ["#save-declined"]


def test_without_the_service_the_front_page_stands(pages):
    del pages.bus.answers["notifications.list_issues"]
    assert pages.get("/en/").status == 200
