"""An officer writes an issue in seven languages, looks at it, tests it and sends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from wsis_shared.schemas import LOCALES

from wsis_demo.client import Person
from wsis_demo.play import NEWSLETTER, Play, wait

from . import state
from .readers import TOPICS
from .state import Notifications, Reader

DRAFTS = "/v1/newsletter/compositions"
SECONDS = 300.0  # until a campaign has ended
LIST = "newsletter"


def send_issue(play: Play) -> str:
    """Compose, preview, check, test, estimate, send; then look into the mailboxes."""
    told = state.of(play)
    officer = play.officer
    told.campaigns |= {row["id"] for row in officer.each("/v1/campaigns")}
    contents = content(play.edition)
    issue = officer.post(DRAFTS, contents)
    one = f"{DRAFTS}/{issue['id']}"
    for language in LOCALES:
        for kind, extension in (("page", "html"), ("text", "txt")):
            preview = officer.get(f"{one}/{kind}", lang=language)
            (told.folder / f"flash-{language}.{extension}").write_bytes(preview)
            if contents["sections"][1]["title"][language] not in preview.decode():
                told.differs(f"the {kind} of the issue is not in {language}")
    check = officer.get(f"{one}/check")
    if not check["ready"] or check["findings"]:
        told.differs(f"the check of the issue finds {check['findings']}")
    _test(told, issue["id"])
    campaign, estimate = prepare(officer, issue["id"])
    wanted = sum(
        not set(contents["topics"]).isdisjoint(row["topics"])
        for row in officer.each("/v1/newsletter/subscribers", state="active")
    )
    if estimate["recipients"] != wanted:
        told.differs(f"{wanted} readers of the topics, {estimate['recipients']} estimated")
    officer.post(f"/v1/campaigns/{campaign}/schedule", {})
    finish(told, campaign, wanted)
    if officer.get(one)["state"] != "sent":
        told.differs("the issue is not in the archive")
    readers = [reader for reader in told.readers if reader.reads(*contents["topics"])]
    play.all(lambda reader: receive(told, reader, contents["title"][reader.language]), readers)
    size = max(check["html_bytes"].values()) / 1000
    return f"issue {issue['number'] or officer.get(one)['number']} of {size:.0f} kB in 7 languages: {estimate['text']}"


def prepare(officer: Person, issue: str) -> tuple[str, dict[str, Any]]:
    """The issue is ready: its campaign, and what that is estimated to be."""
    one = f"{DRAFTS}/{issue}"
    officer.put(f"{one}/state", {"state": "ready", "version": officer.get(one)["version"]})
    campaign = str(officer.post("/v1/campaigns", {"issue": issue})["id"])
    return campaign, dict(officer.get(f"/v1/campaigns/{campaign}/estimate"))


def finish(told: Notifications, campaign: str, wanted: int) -> None:
    """Wait until a campaign has ended, and count its mails."""
    one = f"/v1/campaigns/{campaign}"
    told.campaigns.add(campaign)
    wait(lambda: told.play.officer.get(one)["state"] == "finished", SECONDS, "a campaign to end")
    states = {row["state"]: row["count"] for row in told.play.officer.get(f"{one}/figures")["states"]}
    if states != ({"sent": wanted} if wanted else {}):
        told.differs(f"a campaign to {wanted} readers has ended as {states}")
    told.play.count(mails={NEWSLETTER: wanted})


def receive(told: Notifications, reader: Reader, title: str) -> dict[str, Any]:
    """The next mail of a reader has this title, the chosen format, and a link to leave. Returns it."""
    mailbox = told.play.suite.mailbox
    mail = mailbox.wait(reader.email, after=reader.seen)
    reader.seen = mail["id"]
    headers = mail["headers"]
    if title not in mail["subject"]:
        told.differs(f"a reader of {reader.language} got {mail['subject']!r}")
    if headers.get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" or LIST not in headers.get("List-Id", ""):
        told.differs("a mail of the newsletter has no one-click header")
    if (mailbox.read(mail["id"])["html"] is None) != (reader.form["format"] == "text"):
        told.differs(f"a reader of {reader.form['format']} got the other format")
    reader.link = headers["List-Unsubscribe"].partition("<")[2].partition(">")[0]
    return mail


def _test(told: Notifications, issue: str) -> None:
    """To the officer and a colleague, in all languages."""
    body = {"issue": issue, "addresses": [f"colleague@flash{told.play.edition}.example"], "languages": list(LOCALES)}
    campaign = told.play.officer.post("/v1/campaign-tests", body)
    finish(told, campaign["id"], 2 * len(LOCALES))


def content(edition: str) -> dict[str, Any]:
    """The issue of a year, as the form of officers takes it."""
    text = (Path(__file__).with_name("issue.yaml")).read_text("utf-8").replace("{edition}", edition)
    return {"month": f"{edition}-06", "language": "en", "topics": list(TOPICS), **yaml.safe_load(text)}
