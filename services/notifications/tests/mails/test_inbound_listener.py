"""The listener over real SMTP and LMTP connections: who is known, what is too much, when a mail is accepted."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.blobs import store as blobs
from wsis_shared.errors import Unavailable
from wsis_shared.mailboxes import Mailbox, sign_address
from wsis_shared.plugin import Plugin
from wsis_shared.settings import SettingError
from wsis_testkit import wait_for

from wsis_notifications.mails.inbound import listener
from wsis_notifications.mails.inbound.intake import Intake
from wsis_notifications.mails.inbound.recipients import Mailboxes, Recipient
from wsis_notifications.mails.inbound.settings import InboundSettings, host_and_port

SECRET = "a secret of the tests, long enough to be one"
DOMAIN = "mail.wsis.example"
MAILBOXES = (
    Mailbox("open", handler="receive_open", max_bytes=2_000),
    Mailbox("b.*", handler="receive_bounce", check="wsis_notifications.mails.rules.return_path:is_valid"),
)
OPEN = f"open@{DOMAIN}"
SIGNED = sign_address("b", b"16 bytes of data", secret=SECRET, domain=DOMAIN)


@dataclass
class Accepted:
    """What the listener handed over; `failure_state` is raised instead."""

    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    failure_state: Exception | None = None
    wait: threading.Event = field(default_factory=threading.Event)

    def accept(self, recipient: Recipient, sender: str, content: bytes) -> None:
        assert self.wait.wait(10)
        if self.failure_state is not None:
            raise self.failure_state
        self.mails.append((recipient.address, sender, content))


class Listening:
    """The listener on an event loop of its own."""

    def __init__(self, kind: Any, **settings: Any) -> None:
        self.accepted = Accepted()
        self.accepted.wait.set()
        made = InboundSettings(mail_domain=DOMAIN, inbound_smtp="127.0.0.1:0", **settings)
        plugins = [Plugin(name="herald", summary="", service="", mailboxes=MAILBOXES)]
        self._handler = listener.Handler(Mailboxes(plugins, (DOMAIN,), SECRET), made, self.accepted.accept)
        self.connections = listener.Connections(made.inbound_connections, made.inbound_connections_per_address)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.server = self.run(self._listen(kind, made))
        self.port = self.server.sockets[0].getsockname()[1]

    async def _listen(self, kind: Any, settings: InboundSettings) -> asyncio.Server:
        return await self.loop.create_server(kind(self._handler, settings, self.connections), "127.0.0.1", 0)

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(15)

    def stop(self) -> None:
        self.accepted.wait.set()
        self.loop.call_soon_threadsafe(self.server.close)
        self.run(self.connections.close(1))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


@pytest.fixture
def listening() -> Iterator[Callable[..., Listening]]:
    made: list[Listening] = []

    def start(kind: Any = listener.smtp, **settings: Any) -> Listening:
        made.append(Listening(kind, **settings))
        return made[-1]

    yield start
    for one in made:
        one.stop()


def connect(here: Listening) -> smtplib.SMTP:
    client = smtplib.SMTP("127.0.0.1", here.port, timeout=10)
    client.ehlo("relay.example")
    return client


def mail(here: Listening, *recipients: str, sender: str = "", content: str = "Subject: x\r\n\r\nhello\r\n") -> None:
    with connect(here) as client:
        client.sendmail(sender, list(recipients), content)


def test_a_mail_to_a_signed_address_is_accepted(listening: Any) -> None:
    here = listening()
    mail(here, SIGNED.upper().replace(DOMAIN.upper(), DOMAIN))
    assert here.accepted.mails == [(SIGNED, "", b"Subject: x\r\n\r\nhello\r\n")]


@pytest.mark.parametrize(
    "address",
    [
        "postmaster@" + DOMAIN,
        "b.aaaa.bbbb@" + DOMAIN,
        "open@elsewhere.example",
        SIGNED.replace(DOMAIN, "evil.example"),
        SIGNED.replace("b.", "c."),
        f"{'o' * 65}@{DOMAIN}",
    ],
)
def test_an_unknown_or_forged_address_is_refused_at_once(
    listening: Any, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    here = listening()
    with connect(here) as client:
        client.mail("somebody@people.example")
        code, text = client.rcpt(address)
    assert (code, text[:5]) == (550, b"5.1.1")
    assert here.accepted.mails == []
    assert "recipient refused" in caplog.messages
    assert address not in caplog.text


@pytest.mark.parametrize("broker", ["is away", "has no queue"])
def test_a_mail_that_cannot_be_queued_is_not_kept(environment: dict[str, str], database: Any, broker: str) -> None:
    """Its sender tries again for days, and brings it each time."""
    nowhere = "amqp://guest:guest@127.0.0.1:1/"
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        topology.MAIL(connection.default_channel).declare()
    client = AmqpClient(nowhere if broker == "is away" else environment["WSIS_AMQP_URI"], "inbound").start()
    recipient = Recipient("herald", Mailbox("open", handler="nobody_has_this"), OPEN)
    try:
        with pytest.raises(Unavailable):
            Intake(client, blobs.of).accept(recipient, "ama@people.example", b"Subject: x\r\n\r\nhello\r\n")
    finally:
        client.stop()
    assert database("blobs")["herald.files"].count_documents({}) == 0


def test_bounces_of_campaigns_have_a_domain_of_their_own() -> None:
    plugins = [Plugin(name="herald", summary="", service="", mailboxes=MAILBOXES)]
    theirs = sign_address("b", b"16 bytes of data", secret=SECRET, domain="news.wsis.example")
    both = Mailboxes(plugins, (DOMAIN, "News.wsis.example"), SECRET)
    assert both.find(SIGNED) is not None
    assert both.find(theirs) is not None
    assert Mailboxes(plugins, (DOMAIN, ""), SECRET).find(theirs) is None


def test_a_mail_goes_to_each_recipient(listening: Any) -> None:
    here = listening()
    mail(here, OPEN, SIGNED, sender="ama@people.example")
    assert [(to, sender) for to, sender, _ in here.accepted.mails] == [
        (OPEN, "ama@people.example"),
        (SIGNED, "ama@people.example"),
    ]


def test_a_mail_that_cannot_be_stored_stays_with_its_sender(listening: Any) -> None:
    here = listening()
    here.accepted.failure_state = ConnectionError("amqp://user:password@broker is away")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        mail(here, OPEN)
    assert refused.value.smtp_code == 451
    assert b"password" not in refused.value.smtp_error
    here.accepted.failure_state = None
    mail(here, OPEN)
    assert len(here.accepted.mails) == 1


def test_a_large_mail_is_refused(listening: Any) -> None:
    here = listening(inbound_max_bytes=10_000)
    for size, address in ((3_000, OPEN), (20_000, SIGNED)):
        with connect(here) as client:
            client.mail("")
            assert client.rcpt(address)[0] == 250
            code, _ = client.data("Subject: x\r\n\r\n" + "0123456\r\n" * (size // 9))
        assert code == 552
    assert here.accepted.mails == []


def test_recipients_are_limited(listening: Any) -> None:
    here = listening(inbound_recipients=2)
    with connect(here) as client:
        client.mail("")
        assert [client.rcpt(OPEN)[0] for _ in range(3)] == [250, 250, 452]
        assert client.data("Subject: x\r\n\r\n")[0] == 250
    assert len(here.accepted.mails) == 2


def test_commands_are_limited(listening: Any) -> None:
    here = listening(inbound_commands=5)
    client = connect(here)
    assert [client.noop()[0] for _ in range(6)] == [250] * 5 + [421]


def test_connections_of_one_address_are_limited(listening: Any) -> None:
    here = listening(inbound_connections_per_address=2)
    first, _second = connect(here), connect(here)
    with pytest.raises(smtplib.SMTPConnectError) as refused:
        connect(here)
    assert refused.value.smtp_code == 421
    first.quit()
    wait_for(lambda: len(here.connections) == 1)
    connect(here).quit()


@pytest.mark.parametrize("limit", ["inbound_idle_seconds", "inbound_session_seconds"])
def test_a_slow_peer_is_cut_off(listening: Any, limit: str) -> None:
    here = listening(**{limit: 0.2})
    with socket.create_connection(("127.0.0.1", here.port), timeout=10) as peer:
        peer.sendall(b"EHLO relay.example\r\n")
        while peer.recv(4096):  # until the end of the stream
            pass
    wait_for(lambda: not len(here.connections))


def test_lmtp_answers_for_each_recipient(listening: Any) -> None:
    here = listening(listener.lmtp)
    with smtplib.LMTP("127.0.0.1", here.port, timeout=10) as client:
        client.ehlo("relay.example")
        client.mail("")
        assert [client.rcpt(OPEN)[0], client.rcpt(SIGNED)[0]] == [250, 452]
        assert client.data("Subject: x\r\n\r\n")[0] == 250
        client.mail("")
        assert client.rcpt(SIGNED)[0] == 250
        assert client.data("Subject: x\r\n\r\n")[0] == 250
    assert [to for to, _, _ in here.accepted.mails] == [OPEN, SIGNED]


def test_a_stop_finishes_the_mail_that_has_begun(listening: Any) -> None:
    here = listening()
    here.accepted.wait.clear()
    idle, busy = connect(here), connect(here)
    busy.mail("")
    busy.rcpt(OPEN)
    replies: list[int] = []
    sending = threading.Thread(target=lambda: replies.append(busy.data("Subject: x\r\n\r\n")[0]))
    sending.start()
    wait_for(lambda: any(session.receives for session in here.connections._sessions))
    closing = asyncio.run_coroutine_threadsafe(here.connections.close(10), here.loop)
    wait_for(lambda: len(here.connections) == 1)
    assert idle.noop()[0] == 421
    here.accepted.wait.set()
    sending.join(10)
    assert replies == [250]
    closing.result(10)
    assert len(here.accepted.mails) == 1


def test_settings_say_what_is_missing() -> None:
    for settings, named in (
        ({}, "WSIS_MAIL_DOMAIN"),
        ({"WSIS_MAIL_DOMAIN": DOMAIN}, "WSIS_INBOUND_SMTP"),
        ({"WSIS_MAIL_DOMAIN": DOMAIN, "WSIS_INBOUND_LMTP": "24"}, "WSIS_INBOUND_LMTP"),
    ):
        with pytest.raises(SettingError, match=named):
            InboundSettings.load(settings if named != "WSIS_INBOUND_LMTP" else {**settings, "WSIS_INBOUND_LMTP": "x:y"})
    assert host_and_port("[::1]:25") == ("::1", 25)
    assert host_and_port(":2525") == ("0.0.0.0", 2525)
