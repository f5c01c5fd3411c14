"""Repository of the programme: themes, sessions, agendas, versions, the matrix of sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, NotRequired, TypedDict

from wsis_shared import clock, keyset
from wsis_shared.collection import D
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.editions.store import change_each
from wsis_consultation.programme.rules import agendas, sessions, themes
from wsis_consultation.programme.rules.agendas import Agenda
from wsis_consultation.programme.rules.outcomes import MatrixRow
from wsis_consultation.programme.rules.sessions import ACCEPTED, Session
from wsis_consultation.programme.rules.themes import Theme
from wsis_consultation.programme.rules.versions import Version
from wsis_consultation.submissions.rules.lifecycle import RECEIVED, Submission

COLLECTIONS = (
    CollectionSpec("themes", indexes=(index("edition", "edition"),)),
    CollectionSpec(
        "sessions",
        indexes=(
            index("number", "edition", "number", unique=True),
            index("requests", "requests"),
            index("accounts", "accounts"),
            index("status", "status", "edition", "number", "details_at", "updated_at"),
        ),
        few={"number": "some 200 in an edition"},
    ),
    CollectionSpec("session_counters"),
    CollectionSpec("agendas"),
    # A version has all sessions, half a megabyte: the list of versions reads this index alone.
    CollectionSpec(
        "programme_versions", indexes=(index("heads", "edition", "order", "number", "kind", "published_at", "note"),)
    ),
    CollectionSpec(
        "session_matrix",
        indexes=(index("order", "edition", "order", unique=True), index("session", "session")),
        few={"order": "a few for each session of an edition"},
    ),
)


class Counters(TypedDict):
    """Of an edition: the last number of a session, and how often one was changed."""

    _id: str
    last: NotRequired[int]
    changes: NotRequired[int]


class Programme(EventfulRepository):
    """The programmes of all editions."""

    edited: ClassVar = {"sessions": sessions.edited, "themes": themes.edited}

    # -- themes

    def themes(self, edition: str) -> list[Theme]:
        """All themes: a few dozen."""
        return list(self.collection("themes", Theme).find({"edition": edition}))

    def theme(self, edition: str, id: str) -> Theme:
        """One theme. Raises NotFound."""
        found = self.collection("themes", Theme).find_one({"_id": id, "edition": edition})
        if found is None:
            raise NotFound("consultation.theme_unknown")
        return found

    # -- submissions, which another subject owns

    def submissions(
        self, edition: str, ids: Iterable[str], projection: JsonObject | None = None
    ) -> dict[str, Submission]:
        """The submissions of an edition that were not withdrawn, by id."""
        query = {"edition": edition, "state": {"$ne": "withdrawn"}}
        rows = self.collection("submissions", Submission).named(dict.fromkeys(ids), projection, query)
        return {row["_id"]: row for row in rows}

    def withdrawn_of(self, ids: Iterable[str]) -> set[str]:
        """Which of these submissions were withdrawn."""
        gone = {"state": "withdrawn"}
        return {row["_id"] for row in self.collection("submissions", Submission).named(ids, {"_id": 1}, gone)}

    def submissions_after(self, edition: str, number: int, count: int) -> list[Submission]:
        """Submissions that stand, with the numbers from `number` + 1 to `number` + `count`."""
        query = {"edition": edition, "number": {"$gt": number, "$lte": number + count}, "state": RECEIVED}
        return sorted(self.collection("submissions", Submission).find(query), key=lambda row: row["number"])

    # -- sessions

    def session(self, edition: str, id: str) -> Session:
        """One session. Raises NotFound."""
        found = self.find_session(edition, id)
        if found is None:
            raise NotFound("consultation.session_unknown")
        return found

    def find_session(self, edition: str, id: str) -> Session | None:
        """One session, or None."""
        return self.collection("sessions", Session).find_one({"_id": id, "edition": edition})

    def save(self, collection: str, doc: D, *events: PendingEvent) -> D:
        """As in every repository; a saved session counts as a change of the sessions of its edition."""
        if collection == "sessions":
            self._count_change(doc["edition"])
        return super().save(collection, doc, *events)

    @transactional
    def change_sessions(
        self, edition: str, rows: Sequence[Session], change: JsonObject, event: Callable[[Session], PendingEvent]
    ) -> None:
        """Set the same fields of sessions, each with an event of its own."""
        if rows:
            self._count_change(edition)
            now = {"updated_at": clock.now()}
            change_each(self, "sessions", rows, {**change, **now}, event)

    def _count_change(self, edition: str) -> None:
        self.collection("session_counters").update_one({"_id": edition}, {"$inc": {"changes": 1}}, upsert=True)

    def session_changes(self, edition: str) -> int:
        """A number that grows with each change of a session. Sessions that are read after it are at least as new."""
        found = self.collection("session_counters", Counters).find_one({"_id": edition})
        return found.get("changes", 0) if found else 0

    def sessions(self, edition: str, *, accepted: bool = False) -> list[Session]:
        """All sessions of an edition, or those that were accepted: a few hundred."""
        query = {"edition": edition, **({"status": ACCEPTED} if accepted else {})}
        return list(self.collection("sessions", Session).find(query))

    def sessions_by_id(self, ids: Iterable[str]) -> list[Session]:
        """These sessions, in any order."""
        return self.collection("sessions", Session).named(ids)

    def sessions_of_requests(self, edition: str, keys: Sequence[str]) -> dict[str, str]:
        """Request -> the session made of it."""
        wanted, found = set(keys), self.collection("sessions", Session)
        return {
            key: row["_id"]
            for row in found.find({"edition": edition, "requests": {"$in": list(wanted)}}, {"requests": 1})
            for key in row["requests"]
            if key in wanted
        }

    def sessions_of_account(self, edition: str, account: str) -> list[Session]:
        """What an account organizes, by number."""
        rows = self.collection("sessions", Session).find({"accounts": account, "edition": edition})
        return sorted(rows, key=lambda row: row["number"])

    def sessions_of_person(self, erasure: Erasure, submissions: Sequence[str]) -> list[Session]:
        """Those that name an account or an address, or came from these submissions."""
        found = [
            *self.sessions_from(submissions),
            *self.collection("sessions", Session).find(
                {"accounts": {"$in": [erasure.account] if erasure.account else []}}
            ),
            *self.collection("sessions", Session).find(erasure.query("details_at", address="speakers.email")),
        ]
        return list({row["_id"]: row for row in found}.values())

    def sessions_from(self, submissions: Sequence[str]) -> list[Session]:
        """Those that came from these submissions."""
        return list(self.collection("sessions", Session).find({"submissions": {"$in": list(submissions)}}))

    def page_of_sessions(
        self, edition: str, filters: JsonObject, after: str | None, limit: int
    ) -> keyset.Page[Session]:
        """Sessions by number: a few hundred, so a page is one query."""
        query = {"edition": edition, **filters}
        return keyset.find_page(self.collection("sessions", Session), query, ("number",), after, limit)

    def add_sessions(self, made: Sequence[Session], entry: PendingEvent) -> None:
        """New sessions, with one audit entry for all."""
        first, *others = made
        self.save("sessions", first, entry)
        if others:
            now = clock.now()
            new: list[Session] = [{**row, "version": 1, "updated_at": now} for row in others]
            self.collection("sessions", Session).insert_many(new)

    @transactional
    def add_events(self, rows: Iterable[Session], pending: Mapping[str, Sequence[PendingEvent]]) -> None:
        """Store events about sessions: `pending` by the id of the session."""
        # The version grows, so that a concurrent `save` of a document without these events fails and is repeated.
        concerned = [row for row in rows if pending.get(row["_id"])]
        if concerned:
            ids = [row["_id"] for row in concerned]
            self.collection("sessions").update_many({"_id": {"$in": ids}}, {"$inc": {"version": 1}})
            self.store_each((row["version"] + 1, event) for row in concerned for event in pending[row["_id"]])

    def take_numbers(self, edition: str, count: int) -> int:
        """Reserve `count` numbers of sessions; returns the one before the first. In a transaction it makes those who
        create sessions at the same time wait for each other, so that a request becomes one session only."""
        after = self.collection("session_counters", Counters).find_one_and_update(
            {"_id": edition}, {"$inc": {"last": count}}, upsert=True, after=True
        )
        return after["last"] - count

    # -- agenda and versions

    def agenda(self, edition: str) -> Agenda:
        """The agenda of an edition, empty before the first save."""
        found = self.collection("agendas", Agenda).find_one({"_id": edition})
        return found or agendas.empty(edition)

    def published(self, edition: str) -> str | None:
        """The number of the last version; None before the first."""
        found = self.collection("agendas", Agenda).find_one({"_id": edition}, {"published": 1})
        return found["published"] if found else None

    def version(self, edition: str, number: str) -> Version:
        """A version with its sessions. Raises NotFound."""
        found = self.collection("programme_versions", Version).find_one({"_id": f"{edition}-{number}"})
        if found is None:
            raise NotFound("consultation.programme_unknown", edition=edition)
        return found

    def versions(self, edition: str) -> list[Version]:
        """All versions without their sessions, the newest first."""
        heads = {"_id": 0, "number": 1, "kind": 1, "published_at": 1, "note": 1, "order": 1}
        found = self.collection("programme_versions", Version).find({"edition": edition}, heads)
        return list(found.sort([("order", -1)]))

    # -- outcomes

    def replace_matrix(self, session: str, rows: Sequence[MatrixRow]) -> None:
        """The links of a session in the matrix are these from now on."""
        self.collection("session_matrix").delete_many({"session": session})
        self.collection("session_matrix", MatrixRow).insert_many(rows)

    def page_of_matrix(
        self, edition: str, filters: JsonObject, after: str | None, limit: int
    ) -> keyset.Page[MatrixRow]:
        """The matrix by session: about a thousand short rows."""
        query = {"edition": edition, **filters}
        return keyset.find_page(self.collection("session_matrix", MatrixRow), query, ("order",), after, limit)
