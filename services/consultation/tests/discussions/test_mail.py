"""Mails about discussions as people get them: through notifications and a mail server."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wsis_testkit import actor, wait_for

PEOPLE = {
    "ada": ("Ada Umutoni", "fr"),
    "bob": ("Bob Martin", "en"),
    "mona": ("منى سعيد", "ar"),
    "li": ("李伟", "zh"),
}
# An account's id is hexadecimal: that of Bob is his name in bytes.
ADA, BOB, MONA, LI = (actor(id=name.encode().hex()) for name in PEOPLE)
DOMAIN = f"{uuid.uuid4().hex[:8]}.example"


def _contact(account: str) -> dict[str, Any]:
    name = bytes.fromhex(account).decode()
    names, locale = PEOPLE[name]
    return {"account": account, "email": f"{name}@{DOMAIN}", "names": names, "locale": locale}


def _profile(account: str) -> dict[str, Any]:
    names, _ = PEOPLE[bytes.fromhex(account).decode()]
    return {
        "account": account,
        "names": names,
        "organization": "NGO",
        "country": "RW",
        "stakeholder_type": "civil_society",
    }


@pytest.fixture(scope="module")
def mails(environment: dict[str, str]) -> Callable[..., list[dict[str, Any]]]:
    """`mails("bob", 1)`: waits for so many mails to somebody; the newest first, with text and headers."""
    http = httpx.Client(base_url=environment["WSIS_MAIL_WEB_URI"], timeout=30)

    def read(account: str, count: int) -> list[dict[str, Any]]:
        def listed() -> list[dict[str, Any]]:
            return http.get("/api/messages", params={"to": f"{account}@{DOMAIN}"}).json()["messages"]

        if count:  # one whose first try fails comes half a minute later
            wait_for(lambda: len(listed()) >= count, 90, f"{count} mails to {account}")
        return [{**row, **http.get(f"/api/messages/{row['id']}").json()} for row in listed()]

    return read


@pytest.fixture(scope="module")
def discussion(consultation: Any, fake_service: Any, serve: Any) -> str:
    fake_service("accounts", profile=_profile, contacts=lambda ids: [_contact(id) for id in ids])
    serve("notifications", WSIS_PUBLIC_URL="https://wsis.example")
    body = {"code": "youth", "title": {"en": "Youth"}, "description": {}, "order": 0}
    consultation.call("create_community", consultation.officer, edition="2017", body=body)
    body = {"community": "youth", "language": "fr", "title": "Les jeunes et les TIC", "text": "?"}
    opened = consultation.call("open_discussion", consultation.officer, edition="2017", body=body)
    return opened["id"]


def test_followers_read_a_comment_in_a_mail_of_their_language(consultation: Any, discussion: str, mails: Any) -> None:
    here = {"edition": "2017", "discussion": discussion}
    for who, mode in ((ADA, "immediate"), (BOB, "immediate"), (MONA, "immediate"), (LI, "daily")):
        consultation.call("follow_discussion", who, **here, body={"mode": mode})
    text = "Des **ateliers** <script>alert(1)</script>\n\n- un\n- deux"
    consultation.call("post_comment", ADA, **here, body={"text": text, "parent": None})

    [mail] = mails("bob", 1)
    assert mail["subject"] == "WSIS Forum 2017: Les jeunes et les TIC"
    assert "Ada Umutoni wrote in the discussion “Les jeunes et les TIC”:" in mail["text"]
    assert text in mail["text"]
    assert f"https://wsis.example/en/consultations/2017/discussions/{discussion}" in mail["text"]
    assert "<script>" not in mail["html"]
    headers = mail["headers"]
    assert headers["List-Id"] == f"<{discussion}.discussions.127.0.0.1>"
    assert headers["In-Reply-To"] == f"<{discussion}-1@127.0.0.1>"
    assert headers["Auto-Submitted"] == "auto-generated"
    [arabic] = mails("mona", 1)
    assert "تعليق \u2068Ada Umutoni\u2069 في المناقشة" in arabic["text"]  # the name does not tear the sentence
    assert mails("ada", 0) == mails("li", 0) == []


def test_author_reads_why_a_comment_was_hidden(consultation: Any, discussion: str, mails: Any) -> None:
    here = {"edition": "2017", "discussion": discussion}
    posted = consultation.call("post_comment", LI, **here, body={"text": "广告", "parent": None})
    body = {"status": "hidden", "reason": "Advertising"}
    consultation.call("moderate_comment", consultation.officer, **here, number=str(posted["number"]), body=body)
    [mail] = mails("li", 1)
    assert "秘书处已隐藏您在讨论" in mail["text"]
    assert "Advertising" in mail["text"]
    assert "广告" in mail["text"]
