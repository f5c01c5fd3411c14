"""A discussion of 2017, and people who take part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wsis_shared.context import Actor
from wsis_testkit import actor, wait_for

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)
NAMES = {"ada": "Ada Umutoni", "bob": "Bob Martin", "eve": "Eve Olsen", "zoe": "Zoé Blanc"}
ADA, BOB, EVE, ZOE = (actor(id=name) for name in NAMES)
TEXT = {"community": "youth", "language": "fr", "title": "Les jeunes et les TIC", "text": "Vos **idées** ?"}


@dataclass
class Forum:
    """A discussion, and people who take part."""

    consultation: Any
    id: str

    def call(self, method: str, who: Actor | None = None, **arguments: Any) -> Any:
        """Call a method about the discussion."""
        people = [who] if who is not None else []
        return self.consultation.call(method, *people, edition="2017", discussion=self.id, **arguments)

    def post(self, who: Actor, text: str = "Bonjour", parent: int | None = None, **more: Any) -> int:
        """Post a comment; returns its number."""
        return self.call("post_comment", who, body={"text": text, "parent": parent}, **more)["number"]

    def read(self, number: int, who: Actor | None = None, **more: Any) -> dict[str, Any]:
        """Read a comment."""
        return self.call("read_comment", who, number=str(number), **more)

    def mine(self, who: Actor, **more: Any) -> dict[str, Any]:
        """What is the reader's own in the discussion."""
        return self.call("list_own_comments", who, **more)

    def moderate(self, number: int, status: str = "hidden", reason: str = "Hors sujet") -> dict[str, Any]:
        """Decide as an officer."""
        body = {"status": status, "reason": reason}
        return self.call("moderate_comment", self.consultation.officer, number=str(number), body=body)

    def report(self, who: Actor, number: int, reason: str = "spam") -> None:
        """Report a comment."""
        self.call("report_comment", who, number=str(number), body={"reason": reason, "note": None})

    def feed(self) -> str:
        """The Atom feed."""
        return self.call("read_discussion_feed")["text"]

    def follow(self, who: Actor, mode: str = "immediate") -> None:
        """Follow by mail."""
        self.call("follow_discussion", who, body={"mode": mode})

    def events(self, type: str, count: int) -> list[dict[str, Any]]:
        """The data of `count` events about this discussion."""
        return self._seen(type, count, "discussion", self.id)

    def audited(self, object: str, count: int) -> list[dict[str, Any]]:
        """`count` entries of the audit log about an object."""
        return self._seen("action_taken", count, "object", object)

    def _seen(self, type: str, count: int, field: str, value: str) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [
                event["data"] for event in self.consultation.published.of(type) if event["data"].get(field) == value
            ]

        return wait_for(lambda: found() if len(found()) >= count else [], what=f"{count} {type}")


def open_discussion(consultation: Any) -> Forum:
    """A new discussion."""
    opened = consultation.call("open_discussion", consultation.officer, edition="2017", body=TEXT)
    return Forum(consultation, opened["id"])


def prepare(consultation: Any, fake_service: Any) -> None:
    """A service accounts that knows the people, and the community of the discussions."""
    fake_service("accounts", profile=_profile, contacts=_contacts)
    titles = {"en": "Youth", "fr": "Jeunesse"}
    body = {"code": "youth", "title": titles, "description": {"en": "For the young"}, "order": 1}
    consultation.call("create_community", consultation.officer, edition="2017", body=body)


def iso(moment: datetime) -> str:
    """As responses write it."""
    return moment.isoformat().replace("+00:00", "Z")


def _profile(account: str) -> dict[str, Any]:
    return {
        "account": account,
        "names": NAMES[account],
        "organization": "Réseau",
        "country": "RW",
        "stakeholder_type": "civil_society",
        "locale": "fr",
        "roles": ["member"],
    }


def _contacts(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id, "email": f"{id}@ngo.example", "names": NAMES[id], "locale": "fr"} for id in ids]
