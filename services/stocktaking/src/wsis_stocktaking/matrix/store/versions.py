"""Versions of the matrix. A version never changes once it is stored, so a process keeps those that it has read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError
from wsis_shared import clock
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import after_commit
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.matrix import errors
from wsis_stocktaking.matrix.rules import links

Version = Mapping[str, Any]
_HEADER = {"links": 0}
_HEADERS_SECONDS = 5.0  # until another process's publication is seen here


class MatrixVersions(EventfulRepository):
    """Versions by number. Without a stored one there is the first, as the suite delivers it."""

    source = "stocktaking"

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        self._known: dict[int, Version] = {}
        self._headers: tuple[float, list[Version]] = (float("-inf"), [])

    def headers(self) -> list[Version]:
        """All versions without their links, the newest first: a handful. At most 5 s old."""
        read_at, headers = self._headers
        if time.monotonic() - read_at > _HEADERS_SECONDS:
            headers = self._read_headers()
            self._headers = time.monotonic(), headers
        return headers

    def newest(self) -> Version:
        """The version with the highest number, as the store has it now: to be changed."""
        return self.find(self._read_headers()[0]["_id"])

    def find(self, number: int) -> Version:
        """A version with its links; not to be changed. Raises NotFound."""
        if number not in self._known:
            found = self.collection("matrix_versions").find_one({"_id": number})
            if found is None and number != links.FIRST:
                raise errors.version_unknown(str(number))
            self._known[number] = found or links.first_version()
        return self._known[number]

    def on(self, day: date) -> Version:
        """The version in force on a day. Raises NotFound before the first."""
        header = links.in_force(self.headers(), day)
        if header is None:
            raise errors.version_unknown(day.isoformat())
        return self.find(header["_id"])

    def current(self) -> Version:
        """The version in force today, by the calendar of Geneva."""
        return self.on(clock.to_geneva(clock.now()).date())

    def links_on(self, day: date) -> list[links.MatrixLink]:
        """The links in force on a day. Raises NotFound before the first version."""
        return list(self.on(day)["links"])

    def current_links(self) -> list[links.MatrixLink]:
        """The links in force today."""
        return list(self.current()["links"])

    def add_first(self) -> bool:
        """Store the first version; False where there is one."""
        if self.collection("matrix_versions").find_one({"_id": links.FIRST}, {"_id": 1}) is not None:
            return False
        self.save("matrix_versions", {**links.first_version(), "published_at": None})
        return True

    def publish(self, version: dict[str, Any], at: datetime, *events: PendingEvent) -> Version:
        """Store a version. Raises Conflict where its number is taken."""
        try:
            saved = self.save("matrix_versions", {**version, "published_at": at}, *events)
        except DuplicateKeyError:
            raise errors.version_superseded(version["_id"]) from None
        after_commit(self._forget_headers)
        return saved

    def _read_headers(self) -> list[Version]:
        found = list(self.collection("matrix_versions").find({}, _HEADER))
        if all(header["_id"] != links.FIRST for header in found):
            found.append({**links.first_version(), "published_at": None})
        return sorted(found, key=lambda header: -int(header["_id"]))

    def _forget_headers(self) -> None:
        self._headers = float("-inf"), []
