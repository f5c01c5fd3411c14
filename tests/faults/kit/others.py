"""What goes on beside votes: readers subscribe and get a mail, a list of readers is imported, lists are exported."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from tests.faults.kit.crowd import AWAY, MAX_SECONDS
from tests.faults.kit.http import Connection
from wsis_local.patience import Deadline

from wsis_demo.client import Person, Problem
from wsis_demo.mailbox import Mailbox

CONSENT = "2016-05-04T09:30:00Z,Registration desk,Yes"
MAIL_SECONDS = 120


class Subscribers:
    """Strangers who subscribe to the newsletter, each by one form that is sent until it is accepted: one mail each. Of
    those in `repeated` it was sent again under its key, after a 503 or no answer: one mail too, but of a version before
    0.1.0 one for each time that it arrived."""

    def __init__(self, port: int, environment: Mapping[str, str]) -> None:
        self._port, self._mailbox = port, Mailbox(environment["WSIS_MAIL_WEB_URI"])
        self.accepted: list[str] = []
        self.repeated: set[str] = set()
        self.statuses: Counter[int | str] = Counter()

    async def subscribe(self, over: Callable[[], bool], pause: float = 0.5) -> None:
        """One after the other until it is over."""
        connection = Connection("127.0.0.1", self._port)
        while not over():
            email, key = f"{uuid.uuid4().hex}@people.example", uuid.uuid4().hex
            body, deadline = json.dumps({"email": email}).encode(), Deadline(MAX_SECONDS)
            while not await self._accepted(connection, body, key):
                if deadline.passed:
                    raise AssertionError(f"no subscription in {MAX_SECONDS:.0f} s")
                self.repeated.add(email)
                await asyncio.sleep(0.2)
            self.accepted.append(email)
            await asyncio.sleep(pause)
        connection.close()

    async def _accepted(self, connection: Connection, body: bytes, key: str) -> bool:
        try:
            answer = await connection.request("POST", "/v1/newsletter/subscriptions", body, {"Idempotency-Key": key})
        except AWAY:
            self.statuses["lost"] += 1
            return False
        self.statuses[answer.status] += 1
        if answer.status not in (202, 503):
            raise AssertionError(f"{answer.status} {answer.body[:300]!r}")
        return answer.status == 202

    def mails(self) -> Counter[str]:
        """How many mails each of them got, once all have one or the time is up."""
        wanted, deadline = set(self.accepted), Deadline(MAIL_SECONDS)
        while True:
            found = Counter(address for mail in self._mailbox.each() for address in mail["to"] if address in wanted)
            if len(found) == len(wanted) or deadline.passed:
                return found
            time.sleep(0.2)


def start_import(officer: Person, rows: int) -> str:
    """Begin the import of a list of new readers; returns its address."""
    lines = ["email,consent_at,consent_source,consent_text"]
    lines += [f"{uuid.uuid4().hex}@list.example,{CONSENT}" for _ in range(rows)]
    file = ("\n".join(lines) + "\n").encode()
    made = officer.upload("/v1/newsletter/imports", file, "list.csv", "text/csv", reason="A test")
    return f"/v1/newsletter/imports/{made['id']}"


def ended_import(officer: Person, path: str) -> dict[str, Any]:
    """The import once it has ended."""
    deadline = Deadline(MAX_SECONDS)
    while not (found := officer.get(path))["ended_at"]:
        if deadline.passed:
            raise AssertionError(f"the import has not ended in {MAX_SECONDS:.0f} s: {found}")
        time.sleep(0.2)
    return dict(found)


class Exports:
    """Somebody who asks for a list as CSV, again and again. `whole` and `refused` count; a file that ends early is seen
    to be so (`cut`), and one that lacks rows without a word is `short`."""

    def __init__(self, visitor: Person, path: str, rows: int) -> None:
        self._visitor, self._path, self._rows = visitor, path, rows
        self.whole = self.refused = self.cut = self.short = 0

    async def ask(self, over: Callable[[], bool], pause: float = 0.3) -> None:
        """Until it is over."""
        while not over():
            await asyncio.to_thread(self._one)
            await asyncio.sleep(pause)

    def _one(self) -> None:
        try:
            answer = self._visitor.send("GET", self._path, format="csv")
        except (httpx.TransportError, Problem):
            self.cut += 1
            return
        if answer.status_code == 503:
            self.refused += 1
        elif answer.status_code == 200 and len(answer.text.splitlines()) > self._rows:
            self.whole += 1
        else:
            self.short += 1
