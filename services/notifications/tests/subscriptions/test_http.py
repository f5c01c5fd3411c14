"""The newsletter's pages and files through the real gateway: by links in mails, and for officers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from wsis_shared.keys import mailbox_secret
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.mails.rules.unsubscription import Unsubscription, token

from ..subscribers_kit import FORM, link_of, new_email

SIGNER = TokenSigner()
OFFICER = {"Authorization": f"Bearer {SIGNER.token('officer', sub='officer')}"}
HTML = "text/html; charset=utf-8"


@pytest.fixture(scope="module")
def http(serve: Any, fake_service: Any, open_gateway: Any) -> httpx.Client:
    """The service behind the real gateway."""
    fake_service(
        "accounts", jwks=SIGNER.jwks, contacts=lambda ids: [], contacts_page=lambda **_: {"items": [], "next": None}
    )
    serve("notifications", wait=False, WSIS_PUBLIC_URL="https://wsis.example")
    return open_gateway("notifications", WSIS_LIMIT_NEWSLETTER="10000/minute")


@pytest.fixture
def crowded(http: httpx.Client, open_gateway: Any) -> httpx.Client:
    """The same service behind a gateway with the rates of production, but for those of a network."""
    return open_gateway("notifications", WSIS_LIMIT_NETWORK_FACTOR="3")


@pytest.fixture(scope="module")
def readers(database: Any) -> Any:
    return database("notifications")["subscribers"]


@pytest.fixture
def link(http: httpx.Client, inbox: Any) -> tuple[str, str]:
    """An address that asked, and the path of the page in its mail."""
    email = new_email()
    answer = http.post("/v1/newsletter/subscriptions", json={**FORM, "email": email, "language": "fr"})
    assert answer.status_code == 202
    return email, f"/v1/newsletter/confirmations/{link_of(inbox.read(email))}/page"


@pytest.fixture
def page(http: httpx.Client, link: tuple[str, str]) -> tuple[str, str]:
    """A reader, and the path of the page of their preferences."""
    found = http.post(link[1].removesuffix("/page")).json()["token"]
    return link[0], f"/v1/newsletter/preferences/{found}/page"


def test_a_known_and_an_unknown_address_get_the_same_answer(http: httpx.Client, page: tuple[str, str]) -> None:
    answers = [
        http.post("/v1/newsletter/subscriptions", json={**FORM, "email": email}) for email in (page[0], new_email())
    ]
    varying = {"x-request-id", "date", "ratelimit"}
    heads = [{name: value for name, value in each.headers.items() if name not in varying} for each in answers]
    assert (answers[0].status_code, answers[0].content, heads[0]) == (202, answers[1].content, heads[1])


def test_a_scanner_that_opens_the_link_confirms_nothing(
    http: httpx.Client, link: tuple[str, str], readers: Any
) -> None:
    email, path = link
    for method in ("GET", "HEAD", "GET"):
        answer = http.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, HTML)
    assert readers.find_one({"email_key": address_key(email)}) is None
    assert '<html lang="fr" dir="ltr">' in answer.text
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    pressed = http.post(path, content=b"", headers=form)
    assert (pressed.status_code, "Votre abonnement est confirmé" in pressed.text) == (200, True)
    assert readers.find_one({"email_key": address_key(email)})["state"] == "active"
    assert "Votre abonnement est confirmé" in http.get(path).text


@pytest.mark.parametrize("way", ["page", "API"])
def test_who_uses_a_network_up_keeps_nobody_from_a_link_or_a_subscription(
    crowded: httpx.Client, link: tuple[str, str], readers: Any, way: str
) -> None:
    """A venue has one address. What its strangers typed counts; a mailed link, or a signed-in person, does not."""

    def subscribe(**headers: str) -> int:
        form = {**FORM, "email": new_email()}
        return crowded.post("/v1/newsletter/subscriptions", json=form, headers=headers).status_code

    for _ in range(100):
        if subscribe() == 429:
            break
    assert subscribe() == 429
    confirmed = crowded.post(link[1] if way == "page" else link[1].removesuffix("/page"))
    assert confirmed.status_code == 200
    assert readers.find_one({"email_key": address_key(link[0])})["state"] == "active"
    assert subscribe(Authorization=f"Bearer {SIGNER.token(sub=f'member-{way}')}") == 202


def test_the_form_of_the_preferences_changes_them_and_speaks_the_language_that_was_chosen(
    http: httpx.Client, page: tuple[str, str], readers: Any
) -> None:
    email, path = page
    assert "checked" in http.get(path).text
    form = {"action": "save", "language": "ar", "format": "text", "topics": ["prizes", "ungis"]}
    answer = http.post(path, data=form)
    assert (answer.status_code, '<html lang="ar" dir="rtl">' in answer.text) == (200, True)
    found = readers.find_one({"email_key": address_key(email)})
    assert (found["language"], found["format"], found["topics"]) == ("ar", "text", ["prizes", "ungis"])
    assert email not in answer.text


def test_a_form_without_a_topic_changes_nothing_and_says_so(
    http: httpx.Client, page: tuple[str, str], readers: Any
) -> None:
    answer = http.post(page[1], data={"action": "save", "language": "en", "format": "text"})
    assert "Choisissez au moins un thème" in answer.text
    assert readers.find_one({"email_key": address_key(page[0])})["format"] == "html"


def test_a_reader_leaves_and_is_erased_by_the_buttons_of_the_page(
    http: httpx.Client, page: tuple[str, str], readers: Any
) -> None:
    key = {"email_key": address_key(page[0])}
    assert "Vous êtes désabonné" in http.post(page[1], data={"action": "leave"}).text
    assert readers.find_one(key)["state"] == "unsubscribed"
    assert "Vos données sont effacées" in http.post(page[1], data={"action": "erase"}).text
    assert readers.find_one(key) is None
    assert http.get(page[1]).status_code == 404


def test_one_click_on_the_mail_of_a_confirmation_ends_its_link(
    http: httpx.Client, link: tuple[str, str], inbox: Any
) -> None:
    header = inbox.read(link[0])["headers"]["List-Unsubscribe"]
    path = header.partition("https://wsis.example")[2].partition(">")[0]
    assert http.get(path).status_code == http.get(link[1]).status_code == 200
    assert http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert http.post(link[1]).status_code == 404


def test_the_link_of_a_confirmation_does_not_thank_who_has_left(http: httpx.Client, link: tuple[str, str]) -> None:
    token = link[1].split("/")[-2]
    left = http.post(f"/v1/newsletter/confirmations/{token}").json()["token"]
    http.post(f"/v1/newsletter/preferences/{left}/departure")
    gone = {"code": "notifications.link_invalid", "status": 404}
    for answer in (http.get(link[1]), http.post(link[1]), http.post(f"/v1/newsletter/confirmations/{token}")):
        assert {name: answer.json()[name] for name in gone} == gone
    assert http.get(f"/v1/newsletter/preferences/{left}").json()["state"] == "unsubscribed"


def test_one_click_unsubscribes_a_reader_and_opening_the_link_does_not(
    http: httpx.Client, page: tuple[str, str], readers: Any
) -> None:
    key = {"email_key": address_key(page[0])}
    left = Unsubscription("subscriber", readers.find_one(key)["_id"], "newsletter")
    path = f"/v1/unsubscriptions/{token(left, mailbox_secret())}"
    assert http.get(path).status_code == 200
    assert readers.find_one(key)["state"] == "active"
    for _ in range(2):
        assert http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert readers.find_one(key)["state"] == "unsubscribed"


def test_a_file_is_imported_and_its_refusals_are_a_file(http: httpx.Client, readers: Any) -> None:
    email = new_email()
    file = (
        f"email,consent_at,consent_source,consent_text\n{email},2016-05-03T10:00:00Z,Forum,Yes\nno mail,,,\n".encode()
    )
    parts = {
        "file": ("list.csv", file, "text/csv"),
        "body": (None, '{"reason": "The list of 2016"}', "application/json"),
    }
    started = http.post("/v1/newsletter/imports", files=parts, headers=OFFICER)
    assert started.status_code == 202, started.text
    path = f"/v1/newsletter/imports/{started.json()['id']}"
    wait_for(lambda: http.get(path, headers=OFFICER).json()["state"] == "completed", 30, "the end")
    assert readers.find_one({"email_key": address_key(email)})["consent"]["source"] == "Forum"
    refused = http.get(f"{path}/refusals", params={"format": "csv"}, headers=OFFICER).text.splitlines()
    assert refused[0].lstrip("\ufeff") == "row,field,code,reason"
    assert {tuple(line.split(",")[:2]) for line in refused[1:]} == {
        ("3", "email"),
        ("3", "consent_at"),
        ("3", "consent_source"),
        ("3", "consent_text"),
    }
