"""Officers compose a draft together, through the real gateway."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from lxml import html as markup
from wsis_testkit.tokens import TokenSigner

from ..issue_kit import content
from .test_use_cases import png

DRAFTS = "/v1/newsletter/compositions"
SIGNER = TokenSigner()


@pytest.fixture(scope="module")
def http(serve: Any, fake_service: Any, open_gateway: Any) -> httpx.Client:
    fake_service("accounts", jwks=SIGNER.jwks, contacts=lambda ids: [], contacts_page=lambda **_: {})
    serve("notifications", wait=False)
    return open_gateway("notifications")


@pytest.fixture
def ask(http: httpx.Client) -> Callable[..., Any]:
    """An officer's request; its body, or AssertionError."""

    def request(method: str, path: str, status: int = 200, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {SIGNER.token('officer')}", "Idempotency-Key": uuid.uuid4().hex}
        response = http.request(method, path, headers=headers, **options)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    return request


@pytest.fixture
def draft(ask: Callable[..., Any]) -> dict[str, Any]:
    made: dict[str, Any] = ask("POST", DRAFTS, 201, json=content())
    return made


def test_two_officers_write_one_section_at_once(ask: Callable[..., Any], draft: dict[str, Any]) -> None:
    one = f"{DRAFTS}/{draft['id']}"
    section, version = draft["content"]["sections"][0]["id"], draft["version"]
    ask("PATCH", f"{one}/sections/{section}", json={"version": version, "title": {"fr": "Autre"}})
    both = ask("PATCH", f"{one}/sections/{section}", json={"version": version, "title": {"es": "Otro"}})
    assert (both["content"]["sections"][0]["title"]["fr"], both["content"]["sections"][0]["title"]["es"]) == (
        "Autre",
        "Otro",
    )
    mine = {"version": version, "title": {"fr": "Encore"}}
    clash = ask("PATCH", f"{one}/sections/{section}", 409, json=mine)
    assert [(each["field"], each["codes"]) for each in clash["errors"]] == [
        ("title.fr", ["notifications.changed_meanwhile"])
    ]
    replaced = ask("PATCH", f"{one}/sections/{section}", json={**mine, "seen": both["version"]})
    assert replaced["content"]["sections"][0]["title"]["fr"] == "Encore"
    assert ask("PATCH", one, json={"version": version, "month": "2017-09"})["content"]["month"] == "2017-09"


def test_sections_come_move_and_go(ask: Callable[..., Any], draft: dict[str, Any]) -> None:
    one = f"{DRAFTS}/{draft['id']}"
    added = ask("POST", f"{one}/sections", 201, json={"kind": "calendar"})
    first = draft["content"]["sections"][0]["id"]
    moved = ask("PUT", f"{one}/sections/{added['section']}/position", json={"position": 1})
    assert [each["id"] for each in moved["content"]["sections"]][:2] == [added["section"], first]
    ask("PATCH", f"{one}/sections/{first}", json={"version": moved["version"], "title": {"fr": "Autre"}})
    assert ask("DELETE", f"{one}/sections/{first}?version={moved['version']}", 409)["code"].endswith("issue_changed")
    ask("DELETE", f"{one}/sections/{added['section']}?version={added['version']}", 204)
    left = ask("GET", one)["content"]["sections"]
    assert [each["id"] for each in left] == [each["id"] for each in draft["content"]["sections"]]
    unknown = ask("PATCH", f"{one}/sections/{added['section']}", 404, json={"version": 1})
    assert unknown["code"] == "notifications.section_unknown"


def test_an_issue_has_a_limited_number_of_sections(ask: Callable[..., Any], draft: dict[str, Any]) -> None:
    path = f"{DRAFTS}/{draft['id']}/sections"
    for _ in range(20 - len(draft["content"]["sections"])):
        ask("POST", path, 201, json={"kind": "forum"})
    full = ask("POST", path, 409, json={"kind": "forum"})
    assert (full["code"], full["params"]) == ("notifications.too_many_sections", {"most": 20})


def upload(http: httpx.Client, page: str, chosen: tuple[str, bytes, str], **typed: str) -> httpx.Response:
    """Choose a file in the form of a page that takes one, and send it as a browser does, once more where it asks."""
    headers = {"Cookie": f"__Host-wsis={SIGNER.token('officer')}", "Sec-Fetch-Site": "same-origin"}
    shown = http.get(page, headers=headers)
    [form] = [form for form in markup.fromstring(shown.text).forms if form.get("enctype") == "multipart/form-data"]
    fields = {name: value for name, value in form.form_values() if name != "file"} | typed
    parts: list[Any] = [(name, (None, value)) for name, value in fields.items()]
    answer = http.post(page, files=[*parts, ("file", chosen)], headers=headers)
    if answer.status_code == 200:
        [check] = [form for form in markup.fromstring(answer.text).forms if "reason" in form.fields]
        again: list[Any] = [(name, (None, value)) for name, value in check.form_values()]
        answer = http.post(page, files=again, headers=headers)
    return http.get(answer.headers["location"], headers=headers) if answer.status_code == 303 else answer


def test_an_image_is_added_on_the_page_of_its_section(
    http: httpx.Client, ask: Callable[..., Any], draft: dict[str, Any]
) -> None:
    page = f"/en/desk/newsletter/{draft['id']}/sections/{draft['content']['sections'][0]['id']}/image"
    wrong = upload(http, page, ("notes.pdf", b"%PDF-1.7 %%EOF", "application/pdf"))
    assert markup.fromstring(wrong.text).xpath("//div[@role='alert']//a/@href") == ["#image-file"]
    shown = upload(http, page, ("hall.png", png(), "image/png"))
    [image] = ask("GET", f"{DRAFTS}/{draft['id']}")["images"]
    assert shown.status_code == 200, shown.text
    assert markup.fromstring(shown.text).xpath("//select[@name='image.id']/option[@selected]/@value") == [image["id"]]


def test_a_list_of_readers_is_tried_on_a_page_and_changes_nothing(http: httpx.Client) -> None:
    rows = b"email,consent_at,consent_source,consent_text\nb@example.org,2017-01-01T00:00:00Z,Forum,Yes\n"
    wrong = upload(http, "/en/desk/newsletter/imports", ("readers.csv", rows, "text/csv"), reason="")
    assert markup.fromstring(wrong.text).xpath("//div[@role='alert']//a/@href") == ["#start-reason"]
    shown = upload(
        http, "/en/desk/newsletter/imports", ("readers.csv", rows, "text/csv"), reason="The list of the Forum"
    )
    assert shown.status_code == 200, shown.text
    text = " ".join(markup.fromstring(shown.text).xpath("//main")[0].text_content().split())
    assert ("readers.csv" in text, "Trial" in text) == (True, True)
