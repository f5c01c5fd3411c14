"""Repositories of the WSIS-SDG Matrix: versions, proposals, sessions, pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict

from pymongo.errors import DuplicateKeyError
from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.inbox import is_newer
from wsis_shared.json_types import Input
from wsis_shared.keyset import Page
from wsis_shared.mongo import Repository, in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.matrix.rules import patches
from wsis_stocktaking.matrix.rules.patches import Key, Version
from wsis_stocktaking.matrix.rules.proposals import PENDING, Proposal

_HEADER = {"links": 0}


class MatrixVersions(EventfulRepository):
    """Versions by number. Without a stored one there is the first, as the suite delivers it."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._known: dict[int, Version] = {}

    def headers(self) -> list[Version]:
        """All versions without their links, the newest first: a handful. As the store has them now: the gateway keeps
        for minutes what it reads after a publication."""
        found = list(self.collection("matrix_versions", Version).find({}, _HEADER))
        if all(header["_id"] != patches.FIRST for header in found):
            found.append({**patches.first_version(), "published_at": None})
        return sorted(found, key=lambda header: -int(header["_id"]))

    def newest(self) -> Version:
        """The version with the highest number: to be changed."""
        return self.find(self.headers()[0]["_id"])

    def find(self, number: int) -> Version:
        """A version with its links; not to be changed. Raises NotFound."""
        if number not in self._known:
            found = self.collection("matrix_versions", Version).find_one({"_id": number})
            if found is None and number != patches.FIRST:
                raise NotFound("stocktaking.matrix_version_unknown", version=str(number))
            self._known[number] = found or patches.first_version()
        return self._known[number]

    def on(self, day: date) -> Version:
        """The version in force on a day. Raises NotFound before the first."""
        header = patches.in_force(self.headers(), day)
        if header is None:
            raise NotFound("stocktaking.matrix_version_unknown", version=day.isoformat())
        return self.find(header["_id"])

    def current(self) -> Version:
        """The version in force today, by the calendar of Geneva."""
        return self.on(clock.to_geneva(clock.now()).date())

    def links_on(self, day: date) -> list[patches.MatrixLink]:
        """The links in force on a day. Raises NotFound before the first version."""
        return list(self.on(day)["links"])

    def current_links(self) -> list[patches.MatrixLink]:
        """The links in force today."""
        return list(self.current()["links"])

    def add_first(self) -> bool:
        """Store the first version; False where there is one."""
        if self.collection("matrix_versions").find_one({"_id": patches.FIRST}, {"_id": 1}) is not None:
            return False
        first: Version = {**patches.first_version(), "published_at": None}
        self.save("matrix_versions", first)
        return True

    def publish(self, version: Version, at: datetime, *events: PendingEvent) -> Version:
        """Store a version. Raises Conflict where its number is taken."""
        try:
            published: Version = {**version, "published_at": at}
            saved = self.save("matrix_versions", published, *events)
        except DuplicateKeyError:
            raise Conflict("stocktaking.matrix_version_superseded", newest=version["_id"]) from None
        return saved


_NEWEST = ("-created_at", "-_id")


class Comment(TypedDict):
    """On a proposal; `agency` is None of the secretariat."""

    _id: str
    proposal: str
    agency: str | None
    by: str | None
    at: datetime
    text: str


class Proposals(EventfulRepository):
    """Proposals and their comments."""

    def find(self, proposal: str) -> Proposal:
        """A proposal. Raises NotFound."""
        found = self.collection("matrix_proposals", Proposal).find_one({"_id": proposal})
        if found is None:
            raise NotFound("stocktaking.matrix_proposal_unknown", proposal=proposal)
        return found

    def page(self, lines: Sequence[str] | None, state: str | None, after: str | None, limit: int) -> Page[Proposal]:
        """Proposals about these lines (None: all), the newest first."""
        query: dict[str, object] = {} if lines is None else {"line": {"$in": list(lines)}}
        if state is not None:
            query["state"] = state
        found = self.collection("matrix_proposals", Proposal)
        return keyset.find_page(found, query, _NEWEST, after, limit, counted=True)

    def pending(self, lines: Iterable[str]) -> list[Proposal]:
        """Proposals about these lines that may still become part of a version."""
        query = {"line": {"$in": sorted(set(lines))}, "state": {"$in": list(PENDING)}}
        return list(self.collection("matrix_proposals", Proposal).find(query))

    def in_state(self, state: str) -> list[Proposal]:
        """All proposals in a state, the oldest first."""
        found = self.collection("matrix_proposals", Proposal).find({"state": state})
        return sorted(found, key=lambda proposal: (proposal["created_at"], proposal["_id"]))

    def named(self, ids: Iterable[str]) -> list[Proposal]:
        """These proposals, in their order. Raises NotFound."""
        wanted = list(dict.fromkeys(ids))
        found = {row["_id"]: row for row in self.collection("matrix_proposals", Proposal).named(wanted)}
        for proposal in wanted:
            if proposal not in found:
                raise NotFound("stocktaking.matrix_proposal_unknown", proposal=proposal)
        return [found[proposal] for proposal in wanted]

    def add_comment(self, comment: Comment) -> None:
        """Store a comment."""
        self.collection("matrix_comments").insert_one(comment)

    def comments(self, proposal: str, after: str | None, limit: int) -> Page[Comment]:
        """Comments on a proposal, the oldest first."""
        found = self.collection("matrix_comments", Comment)
        return keyset.find_page(found, {"proposal": proposal}, ("at", "_id"), after, limit)

    def forget(self, erasure: Erasure) -> None:
        """Nothing names the account any more; what its agency said stays."""
        for name, made in (("matrix_proposals", "created_at"), ("matrix_comments", "at")):
            self.collection(name).update_many(erasure.query(made, account="by"), {"$set": {"by": None}})


_NEWEST_FILED = ("-filed_at", "-_id")


class Session(TypedDict):
    """A session whose outcome was filed; `links` are ["C7.e-health|3"]."""

    _id: NotRequired[str]
    edition: str
    code: str
    title: dict[str, str]
    links: list[str]
    filed_at: datetime


class Sessions(Repository):
    """Sessions of the Forum as their events say them."""

    def put(self, event: Input) -> None:
        """Keep the session of an outcome that was filed; an older event than the last one has no effect."""
        if not self._is_newer(event):
            return
        data = event["data"]
        links = data.get("links")
        if links is None:  # of a publisher that does not say them yet: all that the outcome names
            pairs = {(line, sdg) for line in data["action_lines"] for sdg in data["sdgs"]}
        else:
            pairs = {(link["action_line"], link["sdg"]) for link in links}
        row: Session = {
            "edition": data["edition"],
            "code": data["code"],
            "title": data["title"],
            "links": sorted(_text(pair) for pair in pairs),
            "filed_at": clock.parse(event["time"]),
        }
        self.collection("matrix_sessions", Session).replace_one({"_id": data["session"]}, row, upsert=True)

    def remove(self, event: Input) -> None:
        """Remove the session of an event."""
        if self._is_newer(event):
            self.collection("matrix_sessions").delete_one({"_id": event["data"]["session"]})

    def page(self, line: str, sdg: int, after: str | None, limit: int) -> Page[Session]:
        """Sessions that support a link, the last filed first."""
        return keyset.find_page(
            self.collection("matrix_sessions", Session), {"links": _text((line, sdg))}, _NEWEST_FILED, after, limit
        )

    def counts(self) -> Counter[Key]:
        """The number of sessions for each link. A Forum has some 200 sessions."""
        counted: Counter[Key] = Counter()
        for row in self.collection("matrix_sessions", Session).find({}, {"links": 1}):
            counted.update(_pair(text) for text in row["links"])
        return counted

    def _is_newer(self, event: Input) -> bool:
        return is_newer(self.db, "matrix_sessions", event["subject"], event["sequence"])


def _text(pair: Key) -> str:
    return f"{pair[0]}|{pair[1]}"


def _pair(text: str) -> Key:
    line, _, sdg = text.partition("|")
    return line, int(sdg)


# Heat maps that were drawn.


class Picture(TypedDict):
    """`_id` is "targets.en"; `drawn_at` is when it was last drawn, or confirmed; `svg` and `png` are blobs."""

    _id: NotRequired[str]
    version: int
    fingerprint: str
    drawn_at: datetime
    svg: str
    png: str


class Pictures(Repository):
    """The newest heat map of each view and language."""

    def find(self, view: str, language: str) -> Picture | None:
        """A picture, or None while there is none."""
        return self.collection("matrix_pictures", Picture).find_one({"_id": f"{view}.{language}"})

    def put(self, view: str, language: str, picture: Picture) -> Picture | None:
        """Store a picture; returns the one before."""
        pictures = self.collection("matrix_pictures", Picture)
        return pictures.find_one_and_replace({"_id": f"{view}.{language}"}, picture, upsert=True)

    def confirm(self, picture: Picture, at: datetime) -> None:
        """A drawing would be the same: it is as good as one of `at`."""
        same = {"_id": picture["_id"], "fingerprint": picture["fingerprint"]}
        self.collection("matrix_pictures").update_one(same, {"$set": {"drawn_at": at}})


COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("matrix_versions", small="a handful"),
    CollectionSpec(
        "matrix_proposals",
        indexes=(
            index("newest", "-created_at", "-_id"),
            *(index(f"newest_of_{field}", field, "-created_at", "-_id") for field in ("line", "state")),
            index("by", "by"),
        ),
    ),
    CollectionSpec("matrix_comments", indexes=(index("proposal", "proposal", "at", "_id"), index("by", "by"))),
    CollectionSpec("matrix_pictures"),
    CollectionSpec(
        "matrix_sessions", indexes=(index("newest", "links", "-filed_at", "-_id"),), small="some 200 of a Forum"
    ),
)


def seed(db: Database) -> str:
    """Load it unless it is there; returns what was done, for the operator."""
    loaded = in_transaction(MatrixVersions(db).add_first)
    return "WSIS-SDG Matrix loaded" if loaded else "WSIS-SDG Matrix is there"
