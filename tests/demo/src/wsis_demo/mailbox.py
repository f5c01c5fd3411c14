"""What the mail catcher of a local stack took, read through its JSON interface (see `wsis_local.mail`)."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import httpx
from wsis_local.patience import Deadline, load

PAGE = 500
PAUSE = 0.05
_ISOLATES = dict.fromkeys([*range(0x2066, 0x206A), 0x200E, 0x200F])
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_ANYTHING = re.compile("")


class Mailbox:
    """All mails since it was made or told to `begin`. Safe to use from many threads: one who waits asks for all."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._http = httpx.Client(timeout=30, trust_env=False)
        self.start = self._seen = self._newest()
        self._by_address: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._plain: dict[int, str] = {}
        self._changed = threading.Condition()
        self._asking = False

    def begin(self) -> None:
        """Count from now on."""
        self.start = self._newest()

    def code(self, email: str, after: int = 0, seconds: float = 60) -> str:
        """The code in the first mail to an address that has one and is later than the mail `after`: news may come
        before it. Raises TimeoutError."""
        mail = self.wait(email, after, seconds, matching=_CODE)
        return str(_CODE.findall(self.plain(mail["id"]))[0])

    def wait(
        self,
        email: str,
        after: int = 0,
        seconds: float = 60,
        *,
        saying: Collection[str] = (),
        matching: re.Pattern[str] = _ANYTHING,
    ) -> dict[str, Any]:
        """The first mail to an address that is later than `after`, says all of `saying` and has what is `matching`.
        `seconds` are those of a quiet machine."""
        deadline = Deadline(seconds)
        while True:
            for mail in self.to(email):
                if mail["id"] > after and self._says(mail["id"], saying, matching):
                    return mail
            if deadline.passed:
                raise TimeoutError(f"no such mail to {email} in {seconds:.0f} s ({load()})")
            self._look()

    def to(self, email: str) -> list[dict[str, Any]]:
        """The mails to an address that are known so far, oldest first."""
        with self._changed:
            return list(self._by_address[email.casefold()])

    def last(self, email: str) -> int:
        """The id of the last mail to an address, 0 where there is none."""
        found = self._list(limit=1, to=email)["messages"]
        return int(found[0]["id"]) if found else 0

    def read(self, number: int) -> dict[str, Any]:
        """One mail with its text and HTML."""
        answer = self._http.get(f"{self.address}/api/messages/{number}")
        answer.raise_for_status()
        return dict(answer.json())

    def text(self, number: int) -> str:
        """The plain text of a mail."""
        return str(self.read(number)["text"])

    def plain(self, number: int) -> str:
        """The same on one line, without the marks that isolate what runs in the other direction."""
        if number not in self._plain:
            self._plain[number] = " ".join(self.text(number).translate(_ISOLATES).split())
        return self._plain[number]

    def each(self, after: int | None = None) -> Iterator[dict[str, Any]]:
        """Every mail later than `after` (by default: since `begin`), newest first."""
        before = 0
        while True:
            page = self._list(after=self.start if after is None else after, before=before, limit=PAGE)["messages"]
            yield from page
            if len(page) < PAGE:
                return
            before = page[-1]["id"]

    def total(self) -> int:
        """How many mails came since `begin`."""
        return int(self._list(after=self.start, limit=1)["total"])

    # -- within ---------------------------------------------------------------------------------------------------

    def _says(self, number: int, saying: Collection[str], matching: re.Pattern[str]) -> bool:
        if not saying and matching is _ANYTHING:
            return True
        plain = self.plain(number)
        return all(part in plain for part in saying) and matching.search(plain) is not None

    def _look(self) -> None:
        """Ask for what is new, or wait for another thread that does."""
        with self._changed:
            if self._asking:
                self._changed.wait(1.0)
                return
            self._asking = True
        found: list[dict[str, Any]] = []
        try:
            found = list(self.each(self._seen))
            if not found:
                time.sleep(PAUSE)
        finally:
            with self._changed:
                for mail in reversed(found):
                    self._seen = max(self._seen, mail["id"])
                    for address in mail["to"]:
                        self._by_address[address.casefold()].append(mail)
                self._asking = False
                self._changed.notify_all()

    def _newest(self) -> int:
        found = self._list(limit=1)["messages"]
        return int(found[0]["id"]) if found else 0

    def _list(self, **query: Any) -> dict[str, Any]:
        asked = {name: value for name, value in query.items() if value}
        answer = self._http.get(f"{self.address}/api/messages", params=asked)
        answer.raise_for_status()
        return dict(answer.json())
