"""Officers compose a draft together, through the real gateway."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wsis_testkit.tokens import TokenSigner

from ..issue_kit import content

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
