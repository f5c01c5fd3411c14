"""Mails about submissions as people get them: through notifications and a mail server."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for

DOMAIN = f"{uuid.uuid4().hex[:8]}.example"
LINK = re.compile(r"https://wsis\.example/ar/consultations/2017/submission#([0-9a-f]{32})\.([0-9a-f]{40})")


@pytest.fixture(scope="module")
def mails(environment: dict[str, str]) -> Callable[[str, str], dict[str, Any]]:
    """`mails("eve", "Reçu")`: waits for a mail to somebody with this in its subject."""
    http = httpx.Client(base_url=environment["WSIS_MAIL_WEB_URI"], timeout=30)

    def read(who: str, subject: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            rows = http.get("/api/messages", params={"to": f"{who}@{DOMAIN}"}).json()["messages"]
            return [row for row in rows if subject in row["subject"]]

        [row] = wait_for(found, 90, f"a mail to {who}")
        return {**row, **http.get(f"/api/messages/{row['id']}").json()}

    return read


@pytest.fixture(scope="module", autouse=True)
def notifications(consultation: Any, people: Any, serve: Any) -> None:
    serve("notifications", WSIS_PUBLIC_URL="https://wsis.example")


def test_officer_opens_the_form_once_more_for_somebody(consultation: Any, mails: Any, make_answers: Any) -> None:
    allowed = {
        "email": f"tardy@{DOMAIN}",
        "name": "مؤسسة",
        "reason": "Ill",
        "language": "ar",
        "expires_at": datetime(2017, 2, 24, 22, tzinfo=UTC),
    }
    consultation.call("allow_late_submission", consultation.officer, at="closed", edition="2017", body=allowed)
    mail = mails("tardy", "ما زال بإمكانكم")
    draft, key = LINK.search(mail["text"]).groups()  # type: ignore[union-attr]  # None fails the test
    sent = {"draft": draft, "key": key, "answers": make_answers(email=None), "language": None}
    receipt = consultation.call("submit", at="closed", edition="2017", body=sent)
    assert receipt["receipt"] in mails("tardy", "إيصال")["text"]
    consultation.call(
        "allow_late_amendment",
        consultation.officer,
        at="closed",
        edition="2017",
        submission=draft,
        body={"reason": "Our error", "expires_at": allowed["expires_at"]},
    )
    mails("tardy", "يمكنكم تعديل مساهمتكم")
    changed = {"key": key, "answers": make_answers(email=None, sdgs=[4]), "language": None}
    consultation.call("amend_submission", at="closed", edition="2017", submission=draft, body=changed)
    assert "النسخة 2" in mails("tardy", "النسخة")["text"].replace("\u2068", "").replace("\u2069", "")


def test_all_links_of_an_address_come_in_one_mail(consultation: Any, mails: Any, make_answers: Any) -> None:
    def save() -> str:
        body = {"email": f"vera@{DOMAIN}", "answers": {"full_name": "ليلى"}, "language": "ar"}
        return str(consultation.call("create_draft", edition="2017", body=body)["draft"])

    sent, draft = save(), save()
    key = consultation.link_key(sent)
    body = {"draft": sent, "key": key, "answers": make_answers(email=None), "language": None}
    receipt = consultation.call("submit", edition="2017", body=body)
    consultation.call("mail_draft_links", edition="2017", body={"email": f"vera@{DOMAIN}"})
    mail = mails("vera", "روابطكم")
    for text in (mail["text"], re.sub("<a href=.*?>", "", mail["html"])):
        assert LINK.findall(text) == [(sent, key), (draft, consultation.link_key(draft))]
    assert receipt["receipt"] in mail["text"]
    assert f'<a href="https://wsis.example/ar/consultations/2017/submission#{sent}.{key}"' in mail["html"]
    assert "ليلى" not in mail["text"]
