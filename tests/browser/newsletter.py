"""An issue that was sent, its campaign, and two readers: what the pages of the newsletter show."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from wsis_shared.schemas import LOCALES
from wsis_testkit import wait_for

if TYPE_CHECKING:
    from wsis_demo.client import Person, Suite

CONFIRMATION = re.compile(r"/newsletter/confirm/([^/\s]+)")
ONE_CLICK = re.compile(r"/v1/unsubscriptions/([^>\s]+)")
READERS = tuple(f"{name}{os.getpid()}@reader.browser.example" for name in ("ada", "bo"))  # of this run
REASON = "Pages to look at"
READERS_FILE = (
    b"email,language,topics,consent_at,consent_source,consent_text,Land\n"
    b"clara@reader.example,en,forum,2017-01-02,fair,News by mail,Ruanda\n"
)


def send_issue(suite: Suite, officer: Person) -> dict[str, str]:
    """A value for each variable in the addresses of its pages; an address where another page has the same variable."""
    waiting, reader = READERS
    unanswered = _ask(suite, waiting)
    preferences = subscribe(suite, reader)
    last = suite.mailbox.last(reader)
    issue, campaign = _send(officer)
    sent = suite.mailbox.wait(reader, last)
    leave = ONE_CLICK.search(sent["headers"]["List-Unsubscribe"])
    assert leave is not None
    imported = _try_import(officer)
    return {
        "imported": imported,
        "subscriber": str(officer.get("/v1/newsletter/subscribers")["items"][0]["id"]),
        "confirmation": unanswered,
        "issue": issue,
        "section": "1",
        "campaign": campaign,
        "/newsletter/preferences/{token}": f"/newsletter/preferences/{preferences}",
        "/unsubscribe/{token}": f"/unsubscribe/{leave[1]}",
    }


def subscribe(suite: Suite, email: str, language: str = "en") -> str:
    """Somebody asks for the newsletter and confirms it. What the link to their preferences has."""
    return str(suite.visitor.post(f"/v1/newsletter/confirmations/{_ask(suite, email, language)}")["token"])


def _ask(suite: Suite, email: str, language: str = "en") -> str:
    """Subscribe by the form. What the link of the mail confirms by."""
    last = suite.mailbox.last(email)
    suite.visitor.post("/v1/newsletter/subscriptions", {"email": email, "language": language, "topics": ["forum"]})
    mail = suite.mailbox.wait(email, last, matching=CONFIRMATION)
    return CONFIRMATION.findall(suite.mailbox.plain(mail["id"]))[0]


def _try_import(officer: Person) -> str:
    """A dry run of a list with a column that somebody has to map."""
    tried = officer.upload(
        "/v1/newsletter/imports", READERS_FILE, "readers.csv", "text/csv", source="fair", dry_run=True, reason=REASON
    )
    for _ in officer.follow(f"/v1/jobs/{tried['id']}"):
        pass
    return str(tried["id"])


def _send(officer: Person) -> tuple[str, str]:
    """Write and send an issue: it and its campaign."""
    titles = dict.fromkeys(LOCALES, "Schools are online") | {"ar": "المدارس على الإنترنت"}
    texts = dict.fromkeys(LOCALES, "Schools are **online**") | {"ar": "المدارس على **الإنترنت**"}
    content = {
        "month": "2018-06",
        "language": "en",
        "topics": ["forum"],
        "title": titles,
        "sections": [{"kind": "forum", "title": titles, "text": texts}],
    }
    made = officer.post("/v1/newsletter/compositions", content)
    one = f"/v1/newsletter/compositions/{made['id']}"
    officer.put(f"{one}/state", {"state": "ready", "version": officer.get(one)["version"]})
    campaign = officer.post("/v1/campaigns", {"issue": made["id"]})["id"]
    officer.post(f"/v1/campaigns/{campaign}/schedule", {})
    wait_for(lambda: officer.get(one)["state"] == "sent", 60, what="the issue to be in the archive")
    return str(made["id"]), str(campaign)
