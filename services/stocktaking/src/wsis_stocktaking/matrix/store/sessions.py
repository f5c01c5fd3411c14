"""Sessions of the Forum whose outcome supports links of the matrix, as their events say: another service owns them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from wsis_shared import clock, keyset
from wsis_shared.inbox import is_newer
from wsis_shared.mongo import Repository

from wsis_stocktaking.matrix.rules.links import Key

_NEWEST = ("-filed_at", "-_id")


class Sessions(Repository):
    """{"_id": session, "edition", "code", "title": text by language, "links": ["C7.e-health|3"], "filed_at"}."""

    def put(self, event: Mapping[str, Any]) -> None:
        """Keep the session of an outcome that was filed; an older event than the last one has no effect."""
        if not self._is_newer(event):
            return
        data = event["data"]
        links = data.get("links")
        if links is None:  # of a publisher that does not say them yet: all that the outcome names
            pairs = {(line, sdg) for line in data["action_lines"] for sdg in data["sdgs"]}
        else:
            pairs = {(link["action_line"], link["sdg"]) for link in links}
        row = {
            "edition": data["edition"],
            "code": data["code"],
            "title": data["title"],
            "links": sorted(_text(pair) for pair in pairs),
            "filed_at": clock.parse(event["time"]),
        }
        self.collection("matrix_sessions").replace_one({"_id": data["session"]}, row, upsert=True)

    def remove(self, event: Mapping[str, Any]) -> None:
        """Remove the session of an event."""
        if self._is_newer(event):
            self.collection("matrix_sessions").delete_one({"_id": event["data"]["session"]})

    def page(self, line: str, sdg: int, after: str | None, limit: int) -> keyset.Page:
        """Sessions that support a link, the last filed first."""
        return keyset.find_page(
            self.collection("matrix_sessions"), {"links": _text((line, sdg))}, _NEWEST, after, limit
        )

    def counts(self) -> Counter[Key]:
        """The number of sessions for each link. A Forum has some 200 sessions."""
        counted: Counter[Key] = Counter()
        for row in self.collection("matrix_sessions").find({}, {"links": 1}):
            counted.update(_pair(text) for text in row["links"])
        return counted

    def _is_newer(self, event: Mapping[str, Any]) -> bool:
        return is_newer(self.db, "matrix_sessions", event["subject"], event["sequence"])


def _text(pair: Key) -> str:
    return f"{pair[0]}|{pair[1]}"


def _pair(text: str) -> Key:
    line, _, sdg = text.partition("|")
    return line, int(sdg)
