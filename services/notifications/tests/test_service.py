"""The service in a process of its own, with a real broker, store and mail catcher."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import testing
from wsis_shared.testing import publish

CODES: dict[str, dict[str, Any]] = {}


def issue_code(data: dict[str, Any], account: str | None) -> dict[str, Any]:
    return CODES[data["challenge"]]


@pytest.fixture(scope="module")
def herald(peer: Any) -> None:
    peer("herald", issue_code=issue_code, summary=lambda data, account: {"chosen": f"the choice of {account}"})


@pytest.fixture(scope="module")
def notifications(accounts: Any, herald: None, serve: Any) -> testing.Served:
    return serve("notifications", WSIS_SMTP_TIMEOUT="1")


def want_code(link: Any, challenge: str, email: str, code: str, locale: str = "en") -> str:
    contact = {"email": email, "names": "Ama Mensah", "locale": locale}
    CODES[challenge] = {"contact": contact, "code": code, "minutes": 15, "url": "/confirm"}
    return publish(link, "herald", "code_wanted", {"challenge": challenge})


def test_a_code_reaches_the_person_who_waits_for_it(notifications: Any, link: Any, inbox: Any) -> None:
    want_code(link, "c1", "ama@people.example", "482913")
    mail = inbox.read("ama@people.example")
    assert mail["subject"] == "Your code: 482913"
    assert "482913" in mail["text"]
    assert "482913" in mail["html"]
