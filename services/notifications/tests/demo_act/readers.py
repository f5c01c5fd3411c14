"""Readers come by the form with double opt-in and by an import with consent; some leave by one click."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from wsis_shared.schemas import LOCALES

from wsis_demo.client import Person, Suite
from wsis_demo.people import Registry
from wsis_demo.play import Mismatch, Play

from . import state
from .state import Notifications, Reader

TOPICS = ("forum", "stocktaking", "prizes", "ungis")
IMPORTED = 5  # of so many readers, one comes with the import
LEAVING = 8  # of so many, one leaves
CONFIRMATION = re.compile(r"/newsletter/confirm/([^/\s]+)")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CONSENT = {
    "consent_at": "2016-05-04T09:30:00Z",
    "consent_source": "Registration desk of the Forum",
    "consent_text": "I would like to receive WSIS Flash.",
}


def subscribe_readers(play: Play) -> str:
    """The form, the mail, the button; and a list that was kept elsewhere. Known addresses are answered alike."""
    told = state.of(play)
    told.readers = _readers(play)
    play.addresses.update(reader.email for reader in told.readers)
    listed, typed = told.readers[::IMPORTED], [reader for n, reader in enumerate(told.readers) if n % IMPORTED]
    play.all(lambda reader: _subscribe(play, reader), typed)
    _import(told, listed)
    _ask_again(told, typed[0])
    active = {row["email"] for row in play.officer.each("/v1/newsletter/subscribers", state="active")}
    if missing := {reader.email for reader in told.readers} - active:
        told.differs(f"{len(missing)} readers are not active")
    return f"{len(typed)} by the form and its mail, {len(listed)} imported, in {len(LOCALES)} languages"


def leave(play: Play) -> str:
    """One click in the mail. To open the page changes nothing."""
    told = state.of(play)
    leavers = told.readers[::LEAVING]
    for reader in leavers:
        opened = play.suite.http.get(reader.link)
        clicked = play.suite.http.post(reader.link, data=ONE_CLICK)
        if (opened.status_code, clicked.status_code) != (200, 200):
            raise Mismatch(f"one click is answered with {opened.status_code} and {clicked.status_code}")
        reader.left = True
    gone = {row["email"] for row in play.officer.each("/v1/newsletter/subscribers", state="unsubscribed")}
    if not gone >= {reader.email for reader in leavers}:
        told.differs("readers who have left are not unsubscribed")
    return f"{len(leavers)} readers have left by one click"


def _readers(play: Play) -> list[Reader]:
    people = Registry(play.seed, f"flash{play.edition}").people(state.FULL if play.size.full else state.SMALL)
    return [
        Reader(
            {
                "email": person["email"],
                "first_name": person["given_name"],
                "last_name": person["family_name"],
                "language": LOCALES[number % len(LOCALES)],
                "format": "text" if number % 9 == 0 else "html",
                "topics": list(TOPICS if number % 3 else TOPICS[:2]),
                "country": person["country"],
                "stakeholder_type": person["stakeholder_type"],
            }
        )
        for number, person in enumerate(people)
    ]


def confirm(suite: Suite, form: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Subscribe by the form and press the button that the mail leads to: the mail, and the preferences."""
    suite.visitor.post("/v1/newsletter/subscriptions", dict(form))
    mail = suite.mailbox.wait(form["email"])
    found = CONFIRMATION.search(suite.mailbox.plain(mail["id"]))
    if found is None:
        raise Mismatch(f"no link that confirms in the mail {mail['subject']!r}")
    suite.visitor.get(f"/v1/newsletter/confirmations/{found[1]}")
    return mail, suite.visitor.post(f"/v1/newsletter/confirmations/{found[1]}")


def _subscribe(play: Play, reader: Reader) -> None:
    mail, shown = confirm(play.suite, reader.form)
    play.count(mails={"notifications/newsletter_confirmation": 1})
    if (shown["state"], shown["language"]) != ("active", reader.language):
        raise Mismatch(f"a reader of {reader.language} who confirmed is {shown['state']} in {shown['language']}")
    reader.seen = mail["id"]


def _import(told: Notifications, listed: list[Reader]) -> None:
    """The list has a row without consent, which is refused."""
    rows: list[dict[str, Any]] = [
        {**reader.form, "topics": "; ".join(reader.form["topics"]), **CONSENT} for reader in listed
    ]
    rows.append({**rows[0], "email": "nobody@list.example", "consent_at": ""})
    counts = import_list(told.play.officer, rows)
    if counts != {"created": len(listed), "unchanged": 0, "refused": 1}:
        told.differs(f"the import of {len(listed)} readers and one without consent counts {counts}")


def import_list(officer: Person, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Upload a list and wait until it is imported; what became of its rows."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    content, reason = out.getvalue().encode(), "The list of the registration desk"
    job = officer.upload("/v1/newsletter/imports", content, "readers.csv", "text/csv", reason=reason)
    for _ in officer.follow(f"/v1/jobs/{job['id']}"):
        pass
    return dict(officer.get(f"/v1/newsletter/imports/{job['id']}")["counts"])


def _ask_again(told: Notifications, reader: Reader) -> None:
    """A reader, and somebody unknown, get the same response."""
    play = told.play
    known = play.suite.visitor.post("/v1/newsletter/subscriptions", reader.form)
    stranger = {**reader.form, "email": f"stranger@{reader.email.partition('@')[2]}"}
    unknown = play.suite.visitor.post("/v1/newsletter/subscriptions", stranger)
    play.count(mails={"notifications/newsletter_subscribed": 1, "notifications/newsletter_confirmation": 1})
    if known != unknown:
        told.differs("the form tells readers from others")
    reader.seen = play.suite.mailbox.wait(reader.email, after=reader.seen)["id"]
