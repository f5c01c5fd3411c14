"""Members, their discussion, and a relay that delivers their replies to the real listener."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from wsis_shared.keys import mailbox_secret
from wsis_testkit import Published, Served, actor, wait_for

from wsis_consultation.discussions.rules import addresses
from wsis_consultation.discussions.rules.addresses import ReplyTarget
from wsis_notifications.mails.inbound.intake import mail_id

DOMAIN = "mail.wsis.example"
MTA = "mx.wsis.example"
SENDER = "no-reply@wsis.example"
SETTINGS = {
    "WSIS_MAIL_DOMAIN": DOMAIN,
    "WSIS_CONSULTATION_AUTHSERV_ID": MTA,
    "WSIS_CONSULTATION_REPLIES_PER_DAY": "4",
    "WSIS_PUBLIC_URL": "https://wsis.example",
    "WSIS_MAIL_FROM": f"WSIS Process <{SENDER}>",
}


@dataclass
class People:
    """The made-up accounts service."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)

    def add(self) -> str:
        """A new member."""
        account = uuid.uuid4().hex
        contact = {"email": f"{account[:8]}@ngo.example", "names": f"Member {account[:4]}", "locale": "fr"}
        self.accounts[account] = {"account": account, **contact}
        return account

    def contacts(self, ids: list[str]) -> list[dict[str, Any]]:
        """As accounts answers."""
        return [self.accounts[id] for id in ids if id in self.accounts]

    def profile(self, account: str) -> dict[str, Any]:
        """As accounts answers."""
        return {
            "account": account,
            "names": self.accounts[account]["names"],
            "organization": "NGO",
            "country": "RW",
            "stakeholder_type": "civil_society",
            "locale": "fr",
            "blocked": account in self.blocked,
        }

    def contacts_page(self, after: str | None, limit: int, role: str | None) -> dict[str, Any]:
        """As accounts answers."""
        return {"items": list(self.accounts.values()), "next": None}


class Inbox:
    """What the catcher of mails holds."""

    def __init__(self, uri: str) -> None:
        self._http = httpx.Client(base_url=uri, timeout=30)

    def count(self, *addresses: str) -> int:
        """Mails to these addresses."""
        return sum(int(self._list(to=address, limit=1)["total"]) for address in addresses)

    def to(self, address: str) -> list[dict[str, Any]]:
        """Mails to an address, the oldest first, with text and headers."""
        found = sorted(self._list(to=address, limit=500)["messages"], key=lambda row: row["id"])
        return [dict(self._http.get(f"/api/messages/{row['id']}").json()) for row in found]

    def _list(self, **query: Any) -> dict[str, Any]:
        return dict(self._http.get("/api/messages", params=query).raise_for_status().json())


@dataclass
class Mails:
    """Discussions that are answered by mail. `db` is the service's database, `port` that of the listener."""

    served: Served
    published: Published
    people: People
    db: Any
    port: int
    officer: Any = field(default_factory=lambda: actor("officer"))

    def call(self, method: str, who: Any = None, **arguments: Any) -> Any:
        """Call a method."""
        return self.served.call(method, *([who] if who is not None else []), timeout=30.0, **arguments)

    def community(self) -> None:
        """What discussions belong to."""
        body = {"code": "youth", "title": {"en": "Youth"}, "description": {}, "order": 1}
        self.call("create_community", self.officer, edition="2017", body=body)

    def discussion(self) -> str:
        """A new discussion."""
        body = {"community": "youth", "language": "en", "title": "Skills", "text": "What next?"}
        return str(self.call("open_discussion", self.officer, edition="2017", body=body)["id"])

    def member(self, *, enabled: bool = True) -> Any:
        """A member who replies by mail."""
        who = actor(id=self.people.add())
        if enabled:
            self.turn(who, enabled=True)
        return who

    def turn(self, who: Any, *, enabled: bool) -> Any:
        """Turn replies on or off."""
        return self.call("set_reply_preference", who, edition="2017", body={"enabled": enabled})

    def post(self, who: Any, discussion: str, text: str = "Hello", parent: int | None = None) -> int:
        """Comment on the web."""
        body = {"text": text, "parent": parent}
        return int(self.call("post_comment", who, edition="2017", discussion=discussion, body=body)["number"])

    def comments(self, discussion: str) -> list[dict[str, Any]]:
        """All of them, the oldest first."""
        found = self.call("list_comments", self.officer, edition="2017", discussion=discussion, order="oldest")
        return list(found["items"])

    def address(self, who: Any, discussion: str, comment: int = 0, epoch: int = 0) -> str:
        """The member's reply address."""
        target = ReplyTarget(str(who.id), epoch, discussion, comment)
        return addresses.address_of(target, secret=mailbox_secret(), domain=DOMAIN)

    def raw(self, who: Any, text: str = "I agree.", *headers: str, sender: str = "", result: str = "pass") -> bytes:
        """A mail as our MTA hands it over."""
        sender = sender or self.people.accounts[str(who.id)]["email"]
        domain = sender.rpartition("@")[2]
        head = [
            f"Authentication-Results: {MTA}; spf=pass smtp.mailfrom={domain}; dmarc={result} header.from={domain}",
            f"From: Member <{sender}>",
            "Subject: Re: Skills",
            f"Message-ID: <{uuid.uuid4().hex}@{domain}>",
            *headers,
            "",
            text,
            "",
        ]
        return "\r\n".join(head).encode("utf-8", "surrogateescape")

    def deliver(self, address: str, raw: bytes, sender: str = "member@ngo.example") -> str:
        """Hand it over by SMTP; returns its id. Raises smtplib.SMTPException."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as relay:
            relay.sendmail(sender, [address], raw)
        return mail_id(address, raw)

    def send(self, address: str, raw: bytes, sender: str = "member@ngo.example") -> str:
        """Deliver, and wait until it is handled; returns its id."""
        id = self.deliver(address, raw, sender)
        wait_for(lambda: self.db["inbox"].find_one({"_id": f"receive_reply|{id}"}), 30, "the mail to be handled")
        return id

    def events(self, type_: str, who: Any) -> list[dict[str, Any]]:
        """Data of the events about a member."""
        return [event["data"] for event in self.published.of(type_) if event["data"]["account"] == who.id]

    def outcomes(self, who: Any) -> list[str]:
        """What became of a member's mails but those that are ignored; stored with the events, which come later."""
        return sorted(row["outcome"] for row in self.db["reply_mails"].find({"account": who.id}))

    def event(self, type_: str, who: Any) -> dict[str, Any]:
        """The last of them; waits for one."""
        return wait_for(lambda: self.events(type_, who), 15, type_)[-1]


def make(
    serve: Callable[..., Served],
    published: Callable[[str], Published],
    fake_service: Callable[..., None],
    start_process: Callable[..., Any],
    database: Callable[[str], Any],
    **settings: str,
) -> Mails:
    """The service, the listener and people."""
    people, seen = People(), published("consultation")
    fake_service("accounts", contacts=people.contacts, profile=people.profile, contacts_page=people.contacts_page)
    served = serve("consultation", seed=True, **{**SETTINGS, **settings})
    listener = start_process("notifications", "inbound", WSIS_MAIL_DOMAIN=DOMAIN)
    made = Mails(served, seen, people, database("consultation"), listener.ports["smtp"])
    made.community()
    return made
