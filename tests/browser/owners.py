"""A claim, a call for updates, a share and the mail of a saved search: what the pages of owners show."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_testkit import wait_for

from wsis_demo import phases

from .register import CONTENT

if TYPE_CHECKING:
    from wsis_demo.client import Person, Suite

REASON = "Pages to look at"
STOP = re.compile(r"/searches/(\w+)/unsubscribe/(\w+)")


def ask_owners(suite: Suite, officer: Person, owner: Person) -> dict[str, str]:
    """A value for each variable in the addresses of their pages. `owner` has public entries."""
    last = suite.mailbox.last(owner.email)
    owner.post("/v1/me/saved-searches", {"name": "Courses", "query": {"q": "course"}, "mail": "immediate"})
    unowned = _import(officer)
    claim = owner.post("/v1/entry-claims", {"entry": unowned, "message": "I lead the network."})["id"]
    mail = suite.mailbox.wait(owner.email, last, matching=STOP)
    search, code = STOP.findall(suite.mailbox.plain(mail["id"]))[0]
    return {
        "claim": str(claim),
        "call": _call(officer),
        "share": _share(officer, owner),
        "/searches/{search}/unsubscribe/{code}": f"/searches/{search}/unsubscribe/{code}",
    }


def _import(officer: Person) -> str:
    """An entry that nobody owns."""
    key = os.urandom(4).hex()
    row = {**CONTENT, "import_key": key, "title": {"en": f"Course {key}"}}
    ran = officer.upload(
        "/v1/entry-imports", json.dumps([row]).encode(), "course.json", "application/json", source="ke", dry_run=False
    )
    for _ in officer.follow(f"/v1/jobs/{ran['id']}"):
        pass
    found = wait_for(lambda: officer.get("/v1/entries", q=key)["items"], 60, what="the entry in the register")
    return str(found[0]["entry"])


def _call(officer: Person) -> str:
    """To all owners, and sent."""
    deadline = (phases.now() + timedelta(days=30)).date().isoformat()
    text = {"en": "Please look at your entries before the Forum.", "ar": "يرجى مراجعة مدخلاتكم قبل المنتدى."}
    call = officer.post("/v1/update-calls", {"text": text, "deadline": deadline, "years": 0})["id"]
    officer.post(f"/v1/update-calls/{call}/invitations", {"dry_run": False, "reason": REASON})
    wait_for(lambda: officer.get(f"/v1/update-calls/{call}")["state"] == "sent", 60, what="the call to be sent")
    return str(call)


def _share(officer: Person, owner: Person) -> str:
    """The owner is asked to edit an entry of the officer."""
    entry = officer.post(
        "/v1/entries", {"content": {**CONTENT, "title": {"en": "Morning school", "ar": "مدرسة صباحية"}}}
    )
    return str(officer.post(f"/v1/me/entries/{entry['id']}/shares", {"email": owner.email})["id"])
