"""Makers: a made-up publisher on the path, people, and the catcher's inbox."""

from __future__ import annotations

import os
import smtplib
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for

from .sink import Sink

# A folder with a .dist-info is an installed distribution for whoever has it on the path: here and in the services.
HERALD = str(Path(__file__).parent / "herald")
sys.path.insert(0, HERALD)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [HERALD, os.environ.get("PYTHONPATH", "")]))


@dataclass
class People:
    """The made-up accounts service: `add` one, `erase` one, and answer what notifications asks. `meanwhile` is called
    before it says who may send."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    jurors: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    roles: dict[str, list[str]] = field(default_factory=dict)  # of those who are no officers
    meanwhile: Callable[[], object] = lambda: None

    def add(self, *, locale: str = "en", names: str = "Ama Mensah", juror: bool = False) -> str:
        account = uuid.uuid4().hex
        email = f"{account[:12]}@people.example"
        self.accounts[account] = {"account": account, "email": email, "names": names, "locale": locale}
        if juror:
            self.jurors.add(account)
        return account

    def email(self, account: str) -> str:
        return str(self.accounts[account]["email"])

    def contacts(self, ids: list[str]) -> list[dict[str, Any]]:
        return [self.accounts[id_] for id_ in ids if id_ in self.accounts]

    def profiles(self, ids: list[str]) -> list[dict[str, Any]]:
        self.meanwhile()
        return [
            {"account": id_, "roles": self.roles.get(id_, ["officer"]), "blocked": id_ in self.blocked}
            for id_ in ids
            if id_ in self.accounts
        ]

    def contacts_page(self, after: str | None, limit: int, role: str | None) -> dict[str, Any]:
        chosen = sorted(id_ for id_ in self.accounts if role is None or id_ in self.jurors)
        rest = [id_ for id_ in chosen if after is None or id_ > after]
        page = rest[:limit]
        return {"items": self.contacts(page), "next": page[-1] if len(rest) > limit else None}


def unlike_others(title: str) -> str:
    """A title by which a test counts its mails: another run may send the same to the same catcher."""
    return f"{title} {uuid.uuid4().hex}"


class Inbox:
    """What the catcher took since this was made. Other suites use the same catcher: nothing is ever deleted from it."""

    def __init__(self, uri: str) -> None:
        self._http = httpx.Client(base_url=uri, timeout=30)
        self._since = 0
        newest = self._list(limit=1)["messages"]
        self._since = int(newest[0]["id"]) if newest else 0

    def count(self, to: str = "", subject: str = "") -> int:
        return int(self._list(to=to, subject=subject, limit=1)["total"])

    def to(self, email: str) -> list[dict[str, Any]]:
        return list(self._list(to=email)["messages"])

    def read(self, email: str, subject: str = "", seconds: float = 15) -> dict[str, Any]:
        """The newest mail to an address, with text and html; waits for it."""
        found = wait_for(lambda: self._list(to=email, subject=subject)["messages"], seconds, "a mail")
        return dict(self._http.get(f"/api/messages/{found[0]['id']}").json())

    def all(self, subject: str) -> list[dict[str, Any]]:
        """Every mail with this in its subject, oldest last."""
        found: list[dict[str, Any]] = []
        while page := self._list(subject=subject, limit=500, before=found[-1]["id"] if found else 0)["messages"]:
            found += page
        return found

    def _list(self, **query: Any) -> Mapping[str, Any]:
        given = {key: value for key, value in query.items() if value}
        answer = self._http.get("/api/messages", params={"after": self._since, **given})
        return dict(answer.raise_for_status().json())


@pytest.fixture(scope="module")
def inbox(environment: dict[str, str]) -> Inbox:
    return Inbox(environment["WSIS_MAIL_WEB_URI"])


@pytest.fixture(scope="module")
def accounts(fake_service: Callable[..., None]) -> People:
    made = People()
    fake_service("accounts", contacts=made.contacts, contacts_page=made.contacts_page, profiles=made.profiles)
    return made


# -- the process `inbound` ---------------------------------------------------------------------------------------

DOMAIN = "mail.wsis.example"
SAMPLES = Path(__file__).parent / "returned" / "bounces"


def send(inbound: Any, recipient: str, sample: str, kind: type[smtplib.SMTP] = smtplib.SMTP) -> None:
    """What a relay says to the listener. Raises SMTPException, OSError."""
    port = inbound.ports["smtp" if kind is smtplib.SMTP else "lmtp"]
    with kind("127.0.0.1", port, timeout=30) as relay:
        relay.sendmail("", [recipient], (SAMPLES / f"{sample}.eml").read_bytes().replace(b"\n", b"\r\n"))


@pytest.fixture(scope="module")
def start_inbound(start_process: Callable[..., Any]) -> Callable[..., Any]:
    """`start_inbound()`: a listener for DOMAIN."""
    return lambda **settings: start_process("notifications", "inbound", WSIS_MAIL_DOMAIN=DOMAIN, **settings)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A relay that remembers what it took."""
    with Sink() as relay:
        yield relay


@pytest.fixture
def relay_log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the log of the relay is to be, as this process is told."""
    path = tmp_path / "mail.log"
    monkeypatch.setenv("WSIS_RELAY_LOG", str(path))
    return path
