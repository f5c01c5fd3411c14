"""Scenario 15: an issue of WSIS Flash to a list, the process that sends it is killed amid the mails, readers leave
meanwhile, a code comes within a minute, and bounces count. Nobody gets it twice; who was missed is listed as unknown.

`make bench-mails` measures how fast mails leave; `make faults-long` kills senders amid mails to 200,000 readers.
"""

from __future__ import annotations

import signal
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.faults.kit.people import ROOT
from wsis_local.patience import factor
from wsis_local.supervise import Supervisor
from wsis_shared.schemas import LOCALES
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Suite

READERS, LEAVERS, BOUNCES = size(400, 1000), 20, 5
SENDER = "notifications-sender"
TOPIC = "action_lines"  # which no other reader of the session has chosen
NOTIFICATIONS = act_of("notifications")
UNKNOWN_USER = ROOT / "services/notifications/tests/returned/bounces/postfix-unknown-user.eml"


@dataclass
class Flash:
    """The campaign, and what happened meanwhile."""

    suite: Suite
    officer: Person
    connections: int  # a kill leaves at most one mail of unknown outcome on each
    readers: list[str]
    leavers: dict[str, str]  # address -> token of the preferences
    campaign: str = ""
    left: dict[str, datetime] = field(default_factory=dict)  # address -> when the departure was answered
    code_seconds: float = 0.0
    killed: int = 0

    @property
    def mails(self) -> list[dict[str, Any]]:
        """Those of the issue."""
        return [
            mail for mail in self.suite.mailbox.each() if "List-Id" in mail["headers"] and "@list." in mail["to"][0]
        ]

    def sent(self) -> int:
        """Mails in the catcher, of whatever kind."""
        return self.suite.mailbox.total()

    def state(self) -> str:
        """Of the campaign."""
        return str(self.officer.get(f"/v1/campaigns/{self.campaign}")["state"])

    def states(self) -> Counter[str]:
        """Rows of the campaign by state."""
        rows = self.officer.get(f"/v1/campaigns/{self.campaign}/figures")["states"]
        return Counter({row["state"]: row["count"] for row in rows})

    def leave(self) -> None:
        """Readers leave, one after the other while the mails go out."""
        for number, (address, token) in enumerate(self.leavers.items()):
            wait_for(lambda number=number: self.sent() > READERS * 0.8 * number / LEAVERS, 120, "mails")  # type: ignore[misc]
            self.suite.visitor.post(f"/v1/newsletter/preferences/{token}/departure")
            self.left[address] = datetime.now(UTC)


@pytest.fixture(scope="module")
def flash(stage: Any, officer: Person, people: Any, wait_for_mails: Callable[[], None]) -> Iterator[Flash]:
    """The campaign is over."""
    wait_for_mails()
    suite = stage.with_empty_mailbox()
    made = Flash(suite, officer, int(stage.environment["WSIS_NEWSLETTER_CONNECTIONS"]), _imported(officer), {})
    for number in range(LEAVERS):
        address = f"leaver{number}@list.example"
        _, preferences = NOTIFICATIONS.readers.confirm(suite, {"email": address, "topics": [TOPIC]})
        made.leavers[address] = preferences["token"]
    suite.mailbox.begin()
    _send(made, Supervisor(Path(stage.environment["WSIS_RUN_DIR"])), people.member())
    yield made
    suite.close()


def _imported(officer: Person) -> list[str]:
    readers = [f"reader{number}@list.example" for number in range(READERS)]
    rows = [
        {"email": email, "language": LOCALES[number % 7], "topics": TOPIC, **NOTIFICATIONS.readers.CONSENT}
        for number, email in enumerate(readers)
    ]
    counts = NOTIFICATIONS.readers.import_list(officer, rows)
    assert counts == {"created": READERS, "unchanged": 0, "refused": 0}
    return readers


def _send(flash: Flash, supervisor: Supervisor, member: Person) -> None:
    """Everything at the same time: mails, departures, the kill, and a code after it."""
    officer = flash.officer
    content = NOTIFICATIONS.flash.content("2017") | {"topics": [TOPIC]}
    issue = officer.post(NOTIFICATIONS.flash.DRAFTS, content)
    flash.campaign, estimate = NOTIFICATIONS.flash.prepare(officer, issue["id"])
    assert estimate["recipients"] == READERS + LEAVERS
    officer.post(f"/v1/campaigns/{flash.campaign}/schedule", {})
    leaving = threading.Thread(target=flash.leave)
    leaving.start()
    wait_for(lambda: flash.sent() > READERS // 2, 120, "half of the mails")
    flash.killed = len(supervisor.signal(SENDER, signal.SIGKILL))
    asked = time.monotonic()
    flash.suite.sign_in(member.email)
    flash.code_seconds = time.monotonic() - asked
    wait_for(lambda: flash.state() == "finished", 180, "the campaign to end")
    leaving.join(60)


def test_nobody_gets_it_twice_and_nobody_is_missed(flash: Flash):
    assert flash.killed == 1
    got = Counter(mail["to"][0] for mail in flash.mails)
    assert [address for address, count in got.items() if count > 1] == []
    states = flash.states()
    assert states.total() >= READERS, states
    assert states["unknown"] <= flash.connections, states
    assert set(states) <= {"sent", "skipped", "unknown"}
    # Who has no mail is in the list of unknown outcomes, or has left.
    missing = set(flash.readers) - got.keys()
    assert len(missing) <= states["unknown"], missing
    assert states["sent"] <= len(got) <= states["sent"] + states["unknown"]


def test_who_has_left_gets_nothing_more(flash: Flash):
    assert flash.left.keys() == flash.leavers.keys()
    late = [
        mail["to"][0]
        for mail in flash.mails
        if mail["to"][0] in flash.left and datetime.fromisoformat(mail["date"]) > flash.left[mail["to"][0]]
    ]
    assert late == []
    spared = len(flash.leavers) - sum(mail["to"][0] in flash.left for mail in flash.mails)
    assert spared > 0, "some have left before their mail was due"


def test_a_code_came_within_a_minute(flash: Flash):
    assert flash.code_seconds < 60 * factor()


def test_bounces_count_and_their_readers_get_no_more(flash: Flash):
    report = UNKNOWN_USER.read_bytes().replace(b"\n", b"\r\n")
    bounced = [mail for mail in flash.mails if mail["to"][0] not in flash.left][:BOUNCES]
    host, _, port = flash.suite.inbound.rpartition(":")
    for mail in bounced:
        with smtplib.SMTP(host, int(port), timeout=30) as relay:
            relay.sendmail("", [mail["return_path"]], report)
    wait_for(lambda: flash.states()["bounced"] == BOUNCES, 60, "the bounces to be counted")
    listed = flash.officer.each("/v1/newsletter/subscribers", state="bounced")
    assert {row["email"] for row in listed} == {mail["to"][0] for mail in bounced}
