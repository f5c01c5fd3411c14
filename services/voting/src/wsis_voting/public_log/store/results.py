"""The results of counts and the openings of their votes, under embargo until prizes announces the champions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import NotRequired, TypedDict

from pymongo import DESCENDING
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_voting.keys.rules import canonical
from wsis_voting.public_log.rules.documents import Certification, Result
from wsis_voting.public_log.store.log import PART


class Openings(TypedDict):
    """A document of `log_openings`: some lines of a file with this digest."""

    _id: str
    edition: str
    digest: str
    lines: bytes


class ResultRow(TypedDict):
    """A document of `log_results`: a result and its certification as they were signed."""

    _id: str
    edition: str
    number: int
    text: str
    certification: NotRequired[str]  # former versions had none
    embargo: NotRequired[bool]
    delivered: NotRequired[bool]  # to prizes


class Results(EventfulRepository):
    """`log_openings`, by what is in them, and `log_results`, which name them, each with its signed `certification`,
    which commits to it. A later result has the next number. Results are under embargo until they are `published`."""

    def put_openings(self, edition: str, lines: Sequence[bytes]) -> str:
        """Keep these lines in their order; returns the SHA-256 of the file that they are. Whoever still writes after
        another process has certified writes beside what that one names, and not over it."""
        digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
        for count, at in enumerate(range(0, len(lines), PART)):
            id, data = f"{edition}|{digest}|{count:06d}", b"".join(line + b"\n" for line in lines[at : at + PART])
            row: Openings = {"_id": id, "edition": edition, "digest": digest, "lines": data}
            self.collection("log_openings", Openings).replace_one({"_id": id}, row, upsert=True)
        return digest

    def openings(self, edition: str, digest: str, after: int = 0) -> Iterator[bytes]:
        """The lines of a file in pieces of some thousand, from piece number `after`."""
        span = {"_id": {"$gte": f"{edition}|{digest}|{after:06d}", "$lt": f"{edition}|{digest}|~"}}
        for row in self.collection("log_openings", Openings).find(span).sort("_id"):
            yield row["lines"]

    def drop_openings(self, edition: str) -> None:
        """Forget what the result that stands does not name: it was never certified, or is superseded."""
        result = self.last(edition)
        named = list(result["files"].values()) if result else []
        self.collection("log_openings", Openings).delete_many({"edition": edition, "digest": {"$nin": named}})

    def put(self, edition: str, result: Result, certification: Certification) -> None:
        """Keep the signed result and its certification; call it in the transaction that certifies."""
        number, results = result["number"], self.collection("log_results", ResultRow)
        results.update_many({"edition": edition}, {"$unset": {"embargo": ""}})  # superseded: nobody reads them any more
        results.insert_one(
            {
                "_id": f"{edition}|{number:04d}",
                "edition": edition,
                "number": number,
                "text": canonical(result).decode(),
                "certification": canonical(certification).decode(),
                "embargo": True,
            }
        )

    def last(self, edition: str) -> Result | None:
        """The result that stands, or None; under embargo, unless `published` returns it too."""
        row = self._last(edition)
        return json.loads(row["text"]) if row else None

    def certification(self, edition: str) -> Certification | None:
        """The certification of the result that stands, or None."""
        row = self._last(edition)
        return json.loads(row["certification"]) if row and "certification" in row else None

    def published(self, edition: str) -> Result | None:
        """The result that stands, once everybody may read it."""
        row = self._last(edition)
        return json.loads(row["text"]) if row and not row.get("embargo") else None

    def under_embargo(self) -> list[str]:
        """Editions with a result that is not published."""
        return sorted(self.collection("log_results", ResultRow).distinct("edition", {"embargo": True}))

    def undelivered(self) -> list[str]:
        """Editions with a result that prizes has not confirmed."""
        return sorted(self.collection("log_results", ResultRow).distinct("edition", {"delivered": None}))

    def delivered(self, edition: str, number: int) -> None:
        """Prizes has this result; of former ones nobody asks any more."""
        of_it = {"edition": edition, "number": {"$lte": number}}
        self.collection("log_results", ResultRow).update_many(of_it, {"$set": {"delivered": True}})

    @transactional
    def publish(self, edition: str, announced: Callable[[Result], PendingEvent]) -> None:
        """Lift the embargo, with the event that tells of the result. Idempotent."""
        row = self._last(edition)
        if row and row.get("embargo"):
            self.collection("log_results", ResultRow).update_one({"_id": row["_id"]}, {"$unset": {"embargo": ""}})
            self.store_events(row["number"], announced(json.loads(row["text"])))

    def _last(self, edition: str) -> ResultRow | None:
        found = self.collection("log_results", ResultRow).find({"edition": edition}).sort("number", DESCENDING).limit(1)
        return next(iter(found), None)
