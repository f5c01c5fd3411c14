"""What the voters were promised: a file that is on disk before a vote counts as acknowledged here."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """An acknowledged vote."""

    account: str
    category: str
    project: str


class Ledger:
    """One line for each acknowledged vote. Lines that come at the same time share an fsync, so that the ledger does not
    slow the load down."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab")
        self._lines: list[bytes] = []
        self._synced: asyncio.Task[None] | None = None

    async def write(self, entry: Entry) -> None:
        """Returns when it is on disk."""
        self._lines.append(json.dumps(entry).encode() + b"\n")
        if self._synced is None:
            self._synced = asyncio.create_task(self._sync())
        await asyncio.shield(self._synced)

    async def _sync(self) -> None:
        await asyncio.sleep(0.005)  # who comes by then goes along
        lines, self._lines, self._synced = self._lines, [], None
        await asyncio.to_thread(self._append, b"".join(lines))

    def _append(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()
        os.fsync(self._file.fileno())

    def entries(self) -> list[Entry]:
        """What the file says, read again."""
        return [Entry(*json.loads(line)) for line in self.path.read_bytes().splitlines()]

    def by_project(self) -> Counter[str]:
        """How many votes each project must have: one for each account and category, however often acknowledged."""
        votes = {(entry.account, entry.category): entry.project for entry in self.entries()}
        return Counter(votes.values())
