"""Makers, and a client of the service that reads its mails."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.errors import SuiteError
from wsis_testkit import wait_for
from wsis_testkit.oidc import Provider, running_provider

from wsis_accounts.rules.codes import Challenge, Mailbox, Purpose

NOON = datetime(2017, 3, 20, 12, tzinfo=UTC)


def after(**times: float) -> datetime:
    """Some time after noon."""
    return NOON + timedelta(**times)


def outcome(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What came back, or the code of the refusal."""
    try:
        return call(*args, **kwargs)
    except SuiteError as error:
        return error.code


def challenge_of(mail: dict[str, Any]) -> str:
    """What the link of a mail holds before the code."""
    link: str = mail["url"]
    return link.partition("#")[2].partition(".")[0]


def registration(email: str = "amina@ngo.example", **more: Any) -> dict[str, Any]:
    """What the form of registration sends."""
    typed = {
        "email": email,
        "given_name": "Amina",
        "family_name": "Diallo",
        "stakeholder_type": "civil_society",
        "country": "SN",
        "organization": "Réseau numérique",
        "locale": "fr",
    }
    return {**typed, **more}


def a_mailbox(**more: Any) -> Mailbox:
    """A mailbox that nobody has proved yet, with a code on its way."""
    asked = Challenge("challenge-1", Purpose.CONFIRM, NOON)
    made = Mailbox("key", "amina@ngo.example", registration=registration(), challenges=(asked,))
    return replace(made, **more)


@dataclass
class Client:
    """The service, seen by a person with a mailbox."""

    served: Any
    events: Any
    address: str = field(default_factory=lambda: f"{uuid.uuid4().hex[:12]}@ngo.example")

    def post(self, call: str, who: Actor = ANONYMOUS, **body: Any) -> Any:
        """Call with a body."""
        return self.served.call(call, who, body=body)

    def register(self, **more: Any) -> Any:
        """Send the form."""
        return self.served.call("register", body=registration(self.address, **more))

    def mail(self, event: str = "code_requested") -> dict[str, Any]:
        """The mail that was asked for last, as notifications would write it once it has heard of `event`."""
        box = self.served.database.mailboxes.find_one({"email": self.address})
        asked = box["challenges"][-1]["id"]
        told = wait_for(lambda: [seen for seen in self.events.of(event) if seen["subject"] == asked], what=event)
        return self.served.call("issue_code", data=told[0]["data"], account=None)

    def tokens(self, **more: Any) -> dict[str, Any]:
        """Register, read the mail, confirm."""
        self.register(**more)
        return self.post("confirm", email=self.address, code=self.mail()["code"])

    def sign_in(self, **more: Any) -> dict[str, Any]:
        """Have a code mailed, read it, sign in once more."""
        self.post("request_code", email=self.address)
        return self.post("sign_in", email=self.address, code=self.mail("sign_in_requested")["code"], **more)

    def member(self) -> Actor:
        """A confirmed account, signed in."""
        tokens = self.tokens()
        return Actor(tokens["account"], ("member",), tokens["refresh_token"].split(".")[0])


@pytest.fixture(scope="module")
def accounts(serve: Any, database: Any, published: Any) -> Any:
    """The service in a process of its own; `.database` is what it keeps, `.events` what it published."""
    events = published("accounts")
    served = serve("accounts", WSIS_PUBLIC_URL="https://wsis.example", WSIS_CHALLENGE_COST="10")
    served.database, served.events = database("accounts"), events
    return served


@pytest.fixture(scope="module")
def providers() -> Iterator[Provider]:
    """An identity provider of an agency."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(providers: Provider) -> Provider:
    """The same, which has done nothing wrong yet, with a person whom nobody knows."""
    fresh = Provider()
    providers.spoil, providers.sign, providers.away = fresh.spoil, fresh.sign, False
    id = uuid.uuid4().hex
    providers.person = {"sub": id, "email": f"{id}@itu.example", "email_verified": True}
    return providers


@pytest.fixture
def client(accounts: Any) -> Client:
    """A person nobody knows yet."""
    return Client(accounts, accounts.events)


@pytest.fixture
def people(accounts: Any) -> Callable[[], Client]:
    """More of them."""
    return lambda: Client(accounts, accounts.events)


@pytest.fixture
def officer(accounts: Any) -> Actor:
    """An officer, made as the first one is."""
    return appointed()


@pytest.fixture
def second(accounts: Any) -> Actor:
    """Another officer."""
    return appointed()


def appointed(address: str = "") -> Actor:
    """An officer, made by the command, of a new mailbox or a given one."""
    from click.testing import CliRunner

    from wsis_accounts.commands import accounts as command

    address = address or f"{uuid.uuid4().hex[:12]}@wsis.example"
    done = CliRunner().invoke(
        command, ["officer", "--email", address, "--given-name", "Ines", "--family-name", "Silva"]
    )
    assert done.exit_code == 0, done.output
    return Actor(done.stdout.strip(), ("member", "officer"), "session")
