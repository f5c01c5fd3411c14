"""Scenario 18: an agency from its first mail to a replay, by the commands and programs of docs/agencies.md alone.

Four receivers run: a queue and a webhook, in Python and, where it is installed, in Node.js. They notice a gap, get
former events again, and delete what is taken down.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.faults.kit.people import ROOT
from wsis_shared.schemas import LOCALES
from wsis_testkit import wait_for

from wsis_demo.client import Person, Suite

FENCE = re.compile(r"^```\w+\n(?:#|//) (?P<name>[^\n]+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
SAMPLES = {match["name"]: match["text"] for match in FENCE.finditer((ROOT / "docs/agencies.md").read_text("utf-8"))}
NODE = ROOT / "services/agencies/tests/queues/node/node_modules"
YEARS = ("2061", "2062", "2063")
SECONDS = 60


def edition(year: str) -> dict[str, Any]:
    """A consultation of that year."""
    texts = dict.fromkeys(LOCALES, "Geneva")
    days = {"starts_on": f"{year}-03-19", "ends_on": f"{year}-03-23", "high_level_days": [f"{year}-03-20"]}
    return {"edition": year, **days, "venue": texts, "theme": texts}


def has_node() -> bool:
    """Node.js, and what `make node-packages` installs."""
    return shutil.which("node") is not None and all((NODE / name).is_dir() for name in ("amqplib", "standardwebhooks"))


@dataclass
class Program:
    """A receiver of an agency: a program of the page in a folder of its own, where its register is."""

    name: str
    arguments: list[str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def register(self) -> Path:
        """What it has stored, a line for each event; the last one of a number counts."""
        return self.folder / "events.jsonl"

    @property
    def events(self) -> dict[int, dict[str, Any]]:
        """By their numbers, in the order in which they came first."""
        lines = self.register.read_text("utf-8").splitlines() if self.register.exists() else []
        return {int(event["sequence"]): event for event in map(json.loads, lines)}

    @property
    def missing(self) -> list[int]:
        """What it printed last."""
        said = (self.folder / "said").read_text("utf-8").splitlines()
        return [int(number) for number in said[-1].split()[1:]] if said else []

    def start(self) -> None:
        """Until `stop`."""
        for name, text in SAMPLES.items():
            if name.endswith((".py", ".mjs")):
                (self.folder / name).write_text(text, "utf-8")
        is_python = self.name.endswith(".py")
        if not is_python:
            (self.folder / "node_modules").unlink(missing_ok=True)
            (self.folder / "node_modules").symlink_to(NODE)
        with (self.folder / "said").open("ab") as said, (self.folder / "log").open("ab") as log:
            command = [sys.executable if is_python else "node", self.name, *self.arguments]
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=said, stderr=log)

    def stop(self) -> None:
        """It is gone."""
        assert self.process
        self.process.terminate()
        self.process.wait(10)


@dataclass
class Agency:
    """Its login, as the commands of the page gave it, and its receivers by subscription."""

    suite: Suite
    email: str
    sent: dict[str, Any] = field(default_factory=dict)  # the response to each command
    receivers: dict[str, Program] = field(default_factory=dict)

    def run(self, command: str, **variables: object) -> Any:
        """A command of the page, as it is printed there."""
        said = {name.upper(): str(value) for name, value in variables.items()}
        environment = {**os.environ, "WSIS": self.suite.address, "EMAIL": self.email, **said}
        if "access_token" in self.sent.get("sign-in", {}):
            environment["TOKEN"] = self.sent["sign-in"]["access_token"]
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", SAMPLES[command]], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        self.sent[command] = json.loads(done.stdout) if done.stdout else None
        return self.sent[command]

    def sign_in(self) -> None:
        """By the code of a mail."""
        seen = self.suite.mailbox.last(self.email)
        self.run("sign-in codes")
        self.run("sign-in", code=self.suite.mailbox.code(self.email, after=seen))


@pytest.fixture(scope="module")
def agency(suite: Suite, officer: Person, people: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    """An account with the role, signed in, with its receivers running."""
    email = "data@agency18.example"
    member = people.member(email=email)
    before = suite.mailbox.last(email)
    body = {"roles": ["agency"], "agency": "who", "reason": "Focal point for data exchange"}
    officer.put(f"/v1/accounts/{member.account}/roles", body)
    wait_for(lambda: suite.mailbox.last(email) != before, SECONDS, "the mail that tells of the role")
    made = Agency(suite, email)
    made.sign_in()
    for program in ("read_queue.py", "receive.py", *(("read_queue.mjs", "receive.mjs") if has_node() else ())):
        folder = tmp_path_factory.mktemp(program.replace(".", "_"))
        if program.startswith("read_queue"):
            given = made.run("subscribe a queue")
            receiver = Program(program, [given["queue"]["uri"], given["queue"]["queue"]], folder)
        else:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            given = made.run("subscribe a webhook", url=f"http://127.0.0.1:{port}/wsis")
            receiver = Program(program, [str(port), given["secret"]], folder)
        assert given["warnings"] == []
        made.receivers[given["id"]] = receiver
        receiver.start()
    yield made
    for subscription, receiver in made.receivers.items():
        receiver.stop()
        agency_delete(made, subscription)


def agency_delete(agency: Agency, subscription: str) -> None:
    """End a subscription."""
    tokens = agency.sent["sign-in"]
    Person(agency.suite, agency.email, tokens).refresh().delete(f"/v1/event-subscriptions/{subscription}")


@pytest.fixture(scope="module")
def opened(agency: Agency, officer: Person) -> list[int]:
    """Three editions are opened: the numbers of their events, which all receivers have."""
    begin = last_number(agency.suite)
    for year in YEARS:
        officer.post("/v1/consultations", edition(year))
    wait_for(lambda: len(numbers_of(agency.suite, begin)) == len(YEARS), SECONDS, "the events in the log")
    numbers = numbers_of(agency.suite, begin)
    everywhere(agency, lambda receiver: set(numbers) <= receiver.events.keys(), "the events")
    return numbers


def everywhere(agency: Agency, holds: Callable[[Program], bool], what: str) -> None:
    """Wait until it holds for each receiver."""
    for receiver in agency.receivers.values():
        wait_for(lambda receiver=receiver: holds(receiver), SECONDS, f"{what} at {receiver.name}")  # type: ignore[misc]


def last_number(suite: Suite) -> int:
    """The end of the log."""
    page = {"next": 0}
    while page["next"] is not None:
        page = suite.visitor.get("/v1/events", after=page["next"], limit=200)
    return int(page["position"])  # type: ignore[arg-type]


def numbers_of(suite: Suite, begin: int) -> list[int]:
    """Editions that were opened since."""
    page = suite.visitor.get("/v1/events", after=begin, type="wsis.consultation.edition_opened.v1")
    return [int(event["sequence"]) for event in page["items"]]


def test_an_agency_signs_in_by_the_code_of_its_mail(agency: Agency):
    assert agency.sent["sign-in"]["access_token"]
    assert len(agency.receivers) == (4 if has_node() else 2)


def test_every_receiver_gets_every_event_in_order(agency: Agency, opened: list[int]):
    everywhere(agency, lambda receiver: receiver.missing == [], "all events")
    for receiver in agency.receivers.values():
        came = [number for number in receiver.events if number in opened]
        assert sorted(came) == opened, receiver.name
        if receiver.name.startswith("read_queue"):
            assert came == opened
        assert [receiver.events[number]["data"] for number in opened] == [{"edition": year} for year in YEARS]


def test_the_feed_has_the_same_events(agency: Agency, opened: list[int]):
    page = agency.run("read the feed", position=opened[0] - 1)
    by_number = {int(event["sequence"]): event for event in page["items"]}
    for receiver in agency.receivers.values():
        for number in opened:
            assert {name: receiver.events[number][name] for name in by_number[number]} == by_number[number]


def test_a_test_event_reaches_a_queue_and_a_webhook(agency: Agency, opened: list[int]):
    agency.sign_in()
    for subscription in agency.receivers:
        event = agency.run("test", subscription=subscription)["event"]

        def is_sent(subscription: str = subscription, event: str = event) -> bool:
            rows = agency.run("what was sent", subscription=subscription)["items"]
            return any((row["event"], row["kind"], row["error"]) == (event, "test", None) for row in rows)

        wait_for(is_sent, SECONDS, "the test event")


def test_who_lost_an_event_sees_the_gap_and_a_replay_closes_it(agency: Agency, officer: Person, opened: list[int]):
    """A line of the register is gone, as after the restore of an older copy."""
    lost = opened[1]
    for receiver in agency.receivers.values():
        receiver.stop()
        lines = receiver.register.read_text("utf-8").splitlines(keepends=True)
        receiver.register.write_text("".join(line for line in lines if int(json.loads(line)["sequence"]) != lost))
        receiver.start()
    officer.post("/v1/consultations/2063/removal", {"reason": "Opened by mistake"})
    everywhere(agency, lambda receiver: receiver.missing == [lost], "the gap")
    agency.sign_in()
    for subscription in agency.receivers:
        replay = agency.run("replay", subscription=subscription, after=lost - 1)["replay"]
        assert replay["position"] == lost - 1
    everywhere(agency, lambda receiver: lost in receiver.events and receiver.missing == [], "the event again")


def test_what_is_taken_down_goes_from_every_register(agency: Agency, officer: Person, opened: list[int]):
    number = opened[0]
    officer.post(f"/v1/events/{number}/takedown", {"reason": "Published by mistake"})
    everywhere(agency, lambda receiver: receiver.events[number]["data"] is None, "the takedown")
    page = agency.run("read the feed", position=number - 1)
    assert page["items"][0]["data"] is None


def test_every_command_and_program_of_the_page_was_run(agency: Agency):
    programs = {"register.py", "read_queue.py", "receive.py", "register.mjs", "read_queue.mjs", "receive.mjs"}
    assert set(SAMPLES) == set(agency.sent) | programs
