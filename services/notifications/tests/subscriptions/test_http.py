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
OFFICER = SIGNER.headers("officer", sub="officer")


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
    """An address that asked, and the path of the link in its mail."""
    email = new_email()
    answer = http.post("/v1/newsletter/subscriptions", json={**FORM, "email": email, "language": "fr"})
    assert answer.status_code == 202
    return email, f"/v1/newsletter/confirmations/{link_of(inbox.read(email))}"


@pytest.fixture
def page(http: httpx.Client, link: tuple[str, str]) -> tuple[str, str]:
    """A reader, and the path of their preferences."""
    found = http.post(link[1]).json()["token"]
    return link[0], f"/v1/newsletter/preferences/{found}"


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
        assert answer.status_code == 200
    assert answer.json() == {"confirmed": False, "email": email}
    assert readers.find_one({"email_key": address_key(email)}) is None
    assert http.post(path).json()["state"] == "active"
    assert readers.find_one({"email_key": address_key(email)})["state"] == "active"
    assert http.get(path).json() == {"confirmed": True, "email": None}


def test_who_uses_a_network_up_keeps_nobody_from_a_link_or_a_subscription(
    crowded: httpx.Client, link: tuple[str, str], readers: Any
) -> None:
    """A venue has one address. What its strangers typed counts; a mailed link, or a signed-in person, does not."""

    def subscribe(**headers: str) -> int:
        form = {**FORM, "email": new_email()}
        return crowded.post("/v1/newsletter/subscriptions", json=form, headers=headers).status_code

    for _ in range(100):
        if subscribe() == 429:
            break
    assert subscribe() == 429
    confirmed = crowded.post(link[1])
    assert confirmed.status_code == 200
    assert readers.find_one({"email_key": address_key(link[0])})["state"] == "active"
    assert subscribe(Authorization=f"Bearer {SIGNER.token(sub='member')}") == 202


def test_a_reader_changes_what_they_choose(http: httpx.Client, page: tuple[str, str], readers: Any) -> None:
    email, path = page
    chosen = {"language": "ar", "format": "text", "topics": ["prizes", "ungis"]}
    answer = http.patch(path, json=chosen)
    assert {name: answer.json()[name] for name in chosen} == chosen
    found = readers.find_one({"email_key": address_key(email)})
    assert {name: found[name] for name in chosen} == chosen
    assert email not in answer.text


def test_a_choice_without_a_topic_changes_nothing(http: httpx.Client, page: tuple[str, str], readers: Any) -> None:
    answer = http.patch(page[1], json={"format": "text", "topics": []})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "topics")
    assert readers.find_one({"email_key": address_key(page[0])})["format"] == "html"


def test_a_reader_leaves_and_is_erased(http: httpx.Client, page: tuple[str, str], readers: Any) -> None:
    key = {"email_key": address_key(page[0])}
    assert http.post(f"{page[1]}/departure").json()["state"] == "unsubscribed"
    assert readers.find_one(key)["state"] == "unsubscribed"
    assert http.delete(page[1]).status_code == 204
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
    left = http.post(link[1]).json()["token"]
    http.post(f"/v1/newsletter/preferences/{left}/departure")
    gone = {"code": "notifications.link_invalid", "status": 404}
    for answer in (http.get(link[1]), http.post(link[1])):
        assert {name: answer.json()[name] for name in gone} == gone
    assert http.get(f"/v1/newsletter/preferences/{left}").json()["state"] == "unsubscribed"


def test_one_click_unsubscribes_a_reader_and_opening_the_link_does_not(
    http: httpx.Client, page: tuple[str, str], readers: Any
) -> None:
    key = {"email_key": address_key(page[0])}
    left = Unsubscription("subscriber", readers.find_one(key)["_id"], "newsletter")
    path = f"/v1/unsubscriptions/{token(left, mailbox_secret())}"
    assert http.get(path).json()["newsletter"]
    opened = http.get(path, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "ar"}, follow_redirects=False)
    assert (opened.status_code, opened.headers["location"]) == (303, f"/ar/unsubscribe/{path.rpartition('/')[2]}")
    assert readers.find_one(key)["state"] == "active"
    for _ in range(2):
        assert http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert readers.find_one(key)["state"] == "unsubscribed"


def test_a_file_is_imported_and_its_refusals_are_a_file(http: httpx.Client, readers: Any) -> None:
    email = new_email()
    file = f"email,consent_at,consent_source,consent_text\n{email},2016-05-03T10:00:00Z,Forum,Yes\nada@,,,\n".encode()
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
