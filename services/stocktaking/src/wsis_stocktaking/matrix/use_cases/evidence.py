"""What supports each link, and the pictures of it."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import clock, paging
from wsis_shared.context import Context
from wsis_shared.errors import Unavailable
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc, subscribe

from wsis_stocktaking import charts
from wsis_stocktaking.matrix import drawing
from wsis_stocktaking.matrix.rules import evidence
from wsis_stocktaking.matrix.rules.evidence import TARGETS, Counts
from wsis_stocktaking.matrix.rules.patches import Key, Version, key
from wsis_stocktaking.matrix.store import MatrixVersions, Picture, Pictures, Sessions
from wsis_stocktaking.matrix.use_cases.reading import ReadingCases, action_line, header_of, sdg_of
from wsis_stocktaking.register.rules.cards import PRIZES, Card
from wsis_stocktaking.search.index import SearchIndex
from wsis_stocktaking.search.rules import SearchQuery

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


EXAMPLES = 5
_COUNTS_SECONDS = 5.0


class EvidenceCases:
    """Numbers and lists of evidence."""

    def __init__(self, reading: ReadingCases, index: SearchIndex, sessions: Sessions) -> None:
        self._reading, self._index, self._sessions = reading, index, sessions
        self._counts: tuple[float, dict[Key, evidence.Counts]] = (float("-inf"), {})

    def counts(self) -> dict[Key, evidence.Counts]:
        """Counts of each line and goal, at most 5 s old. Raises Unavailable until the index is filled."""
        counted_at, counts = self._counts
        if time.monotonic() - counted_at > _COUNTS_SECONDS:
            entries = self._index.tabulate(SearchQuery(), "action_line", "sdg")[0].cells
            projects = self._index.tabulate(SearchQuery(filters={"prize": PRIZES}), "action_line", "sdg")[0].cells
            counts = evidence.count(entries, projects, self._sessions.counts())
            self._counts = time.monotonic(), counts
        return counts

    @rpc
    def read_matrix_evidence(self, version: int | None = None, on: str | None = None) -> JsonObject:
        """A version with the evidence beside each link. Raises NotFound, Unavailable."""
        found, counts = self._reading.select(version, on), self.counts()
        return {
            **header_of(found),
            "links": evidence.beside(found["links"], counts),
            "without_link": evidence.without_link(found["links"], counts),
        }

    @rpc
    def read_matrix_link(self, line: str, sdg: str, version: int | None = None, on: str | None = None) -> JsonObject:
        """A line and a goal, their link if there is one, and examples. Raises NotFound, Unavailable."""
        action_line(line)
        goal, found = sdg_of(sdg).number, self._reading.select(version, on)
        place = line, goal
        examples = {
            "entries": self.list_matrix_entries(line, sdg, EXAMPLES, None, False)["items"],
            "projects": self.list_matrix_entries(line, sdg, EXAMPLES, None, True)["items"],
            "sessions": self.list_matrix_sessions(line, sdg, EXAMPLES, None)["items"],
        }
        return {
            "line": line,
            "sdg": goal,
            "version": found["_id"],
            "link": next((link for link in found["links"] if key(link) == place), None),
            "evidence": self.counts().get(place, evidence.NONE),
            **examples,
        }

    @rpc
    def list_matrix_entries(
        self, line: str, sdg: str, limit: int = 20, after: str | None = None, projects: bool = False
    ) -> JsonObject:
        """Entries that name the line and the goal, or only those that the Prizes nominated or awarded; the newest
        first. Raises NotFound, Unavailable."""
        filters: dict[str, tuple[str, ...]] = {
            "action_line": (action_line(line).code,),
            "sdg": (str(sdg_of(sdg).number),),
        }
        if projects:
            filters["prize"] = PRIZES
        page = self._index.search(SearchQuery(filters=filters), limit=limit, after=paging.decode(after))
        following = None if page.next is None else paging.encode(page.next)
        return {"items": [_entry(hit.card) for hit in page.hits], "next": following}

    @rpc
    def list_matrix_sessions(self, line: str, sdg: str, limit: int = 20, after: str | None = None) -> JsonObject:
        """Sessions of the Forum whose outcome links the two, the last filed first. Raises NotFound."""
        page = self._sessions.page(action_line(line).code, sdg_of(sdg).number, after, limit)
        return page.response(lambda row: {**row, "session": row["_id"]})

    @subscribe("consultation", "session_outcome_filed")
    def keep_matrix_session(self, event: Input) -> None:
        """Keep the session as evidence; an older event than the last one has no effect."""
        self._sessions.put(event)

    @subscribe("consultation", "session_removed")
    def remove_matrix_session(self, event: Input) -> None:
        """The session is no evidence any more; an older event than the last one has no effect."""
        self._sessions.remove(event)


def _entry(card: Card) -> JsonObject:
    return {
        "entry": card["entry"],
        "title": card["title"],
        "original_language": card["original_language"],
        "organization": card["organization"]["name"],
        "countries": card["countries"],
        "kind": card["kind"],
        "targets": card["targets"],
        "prize": card["prize"]["status"] if card["prize"] else None,
    }


MIN_INTERVAL = timedelta(minutes=5)  # before numbers of evidence are drawn again

_log = logging.getLogger(__name__)


class PictureCases:
    """What readers see. A drawing takes one to two seconds; of two requests for a picture one waits for the other."""

    def __init__(self, versions: MatrixVersions, evidence: EvidenceCases, pictures: Pictures) -> None:
        self._versions, self._evidence, self._pictures = versions, evidence, pictures
        self._locks: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    @rpc
    def read_matrix_heat_map(self, ctx: Context, blobs: BlobStore, of: str = TARGETS) -> JsonObject:
        """The heat map as SVG. Raises Unavailable."""
        blob = self._picture(blobs, of, ctx.locale)["svg"]
        return {"text": _text(blobs, blob), "filename": f"wsis-sdg-matrix-{of}-{ctx.locale}.svg"}

    @rpc
    def read_matrix_picture(
        self, ctx: Context, blobs: BlobStore, of: str = TARGETS, language: str | None = None
    ) -> JsonObject:
        """The heat map as PNG. Raises Unavailable."""
        return {"blob": self._picture(blobs, of, language or ctx.locale)["png"]}

    def _picture(self, blobs: BlobStore, view: str, language: str) -> Picture:
        try:
            return self._drawn(blobs, self._versions.current(), view, language)
        except charts.ChartFailed as error:
            raise Unavailable("stocktaking.matrix_picture_not_drawn", retry_after=5) from error

    def _counts(self, view: str) -> dict[Key, Counts]:
        return {} if view == TARGETS else self._evidence.counts()

    def _drawn(self, blobs: BlobStore, version: Version, view: str, language: str) -> Picture:
        """The picture of this version. Its numbers of evidence may be as old as MIN_INTERVAL, or older while nothing
        can be drawn. Raises ChartFailed, and Unavailable while the index is being filled."""
        found = self._pictures.find(view, language)
        if found and _is_recent(found, version):
            return found
        with self._locks[view, language]:
            found = self._pictures.find(view, language)
            if found and _is_recent(found, version):
                return found
            try:
                return self._draw(blobs, version, view, language, found)
            except (Unavailable, charts.ChartFailed):
                if found and found["version"] == version["_id"]:
                    return found
                raise

    def _draw(self, blobs: BlobStore, version: Version, view: str, language: str, before: Picture | None) -> Picture:
        chart = drawing.chart(version, self._counts(view), view, language)
        fingerprint = hashlib.sha256(json.dumps(chart, sort_keys=True).encode()).hexdigest()
        if before and before["fingerprint"] == fingerprint:
            self._pictures.confirm(before, clock.now())  # else each request from now on would count the evidence again
            return before
        try:
            files = charts.draw(chart)
        except charts.ChartFailed as error:
            _log.warning("heat map not drawn", extra={"view": view, "language": language, "error": str(error)[:200]})
            raise
        owner = f"matrix_picture/{view}.{language}"
        kept = {
            name: blobs.put(
                [content],
                owner=owner,
                filename=f"wsis-sdg-matrix-{view}-{language}.{name}",
                media_type=charts.MEDIA_TYPES[name],
            ).id
            for name, content in files.items()
        }
        picture: Picture = {
            "version": version["_id"],
            "fingerprint": fingerprint,
            "drawn_at": clock.now(),
            "svg": kept["svg"],
            "png": kept["png"],
        }
        in_transaction(partial(self._keep, blobs, view, language, picture, owner))
        return picture

    def _keep(self, blobs: BlobStore, view: str, language: str, picture: Picture, owner: str) -> None:
        former = self._pictures.put(view, language, {**picture})
        for blob in (picture["svg"], picture["png"]):
            blobs.keep(blob, owner)
        for blob in (former["svg"], former["png"]) if former is not None else ():
            blobs.delete(blob)


def _is_recent(found: Picture, version: Version) -> bool:
    """Whether a picture may stay as it is although numbers of evidence have changed."""
    return bool(found["version"] == version["_id"] and clock.now() - found["drawn_at"] < MIN_INTERVAL)


def _text(blobs: BlobStore, blob: str) -> str:
    return b"".join(blobs.open(blob)).decode()
