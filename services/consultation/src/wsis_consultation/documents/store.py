"""Repository of documents: their versions, and what they are made of, which other subjects own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.document_versions import REMOVED, Version, edited
from wsis_shared.inbox import is_newer
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import Repository
from wsis_shared.published_documents.store import Versions

from wsis_consultation.documents.errors import ERRORS
from wsis_consultation.documents.rules import sources
from wsis_consultation.documents.rules.models import DocumentInput
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.rules.schedule import Meeting

COLLECTIONS = (
    CollectionSpec("documents", indexes=(index("edition", "edition"),), few={"edition": "some 10 in an edition"}),
    CollectionSpec("document_partners", indexes=(index("edition", "edition"),)),
)

_LISTED = {"inputs": 0}
# No document needs who wrote a submission, how to reach them, or its index.
_SUBMISSION = {"contact": 0, "account": 0, "email_key": 0, "facets": 0}
_COUNTED = dict.fromkeys(("mode", "state", "country", "region", "stakeholder_type", "rank", "checked_in"), 1)


class DocumentVersion(Version):
    """A version of a document of an edition, with the versions of submissions that it is made of."""

    edition: str
    kind: str
    inputs: list[DocumentInput]


class Documents(Versions[DocumentVersion]):
    """Versions of documents."""

    source, documents, noun, errors = "consultation", "documents", "document", ERRORS
    edited: ClassVar = {"documents": edited}

    def of_edition(self, edition: str, **filters: object) -> list[DocumentVersion]:
        """All versions of all documents of an edition, a few dozen, without their inputs."""
        query = {"edition": edition, "status": {"$ne": REMOVED}, **filters}
        return list(self.collection("documents", DocumentVersion).find(query, _LISTED))


class Partners(Repository):
    """The partners of an edition, as their events say: another service owns them."""

    def put(self, event: Input, *, live: bool) -> None:
        """Keep or remove the partner of an event; an older event than the last one has no effect."""
        data = event["data"]
        if not is_newer(self.db, "document_partners", event["subject"], event["sequence"]):
            return
        row = {"edition": data["edition"], "organization": data["organization"], "live": live}
        self.collection("document_partners").update_one({"_id": data["partner"]}, {"$set": row}, upsert=True)

    def names(self, edition: str) -> list[str]:
        """The organizations, in the order of the alphabet."""
        found = self.collection("document_partners").find({"edition": edition, "live": True})
        return sorted(row["organization"] for row in found)


class Sources(Repository):
    """What documents are made of. A subject whose collections are empty has nothing to contribute.

    It reads collections of other subjects, whose documents it never writes.
    """

    def submissions(self, edition: str, as_of: datetime) -> list[Input]:
        """The submissions received until a moment, in the version of that moment, without contact data."""
        rows = self._all("submissions", {"edition": edition}, _SUBMISSION)
        # One scan: a document is built some times in a year, and a $in of many ids is slower.
        changed = any(sources.changed_after(row, as_of) for row in rows)
        versions = self._all("submission_versions", {"edition": edition}, _SUBMISSION) if changed else []
        return sources.as_of(rows, versions, as_of)

    def questions(self, edition: str) -> dict[str, Mapping[str, str]]:
        """Code -> label of the questions of the form, as its last version has them."""
        forms = self._all("forms", {"edition": edition})
        return sources.questions(max(forms, key=lambda form: int(form["number"]), default=None))

    def themes(self, edition: str) -> list[Input]:
        """{title, description, submissions}."""
        return [sources.theme(row) for row in self._all("themes", {"edition": edition})]

    def meetings(self, edition: Edition, as_of: datetime) -> list[Input]:
        """The meetings held until a moment, with their published minutes and what was said."""
        stored = Collection(self.db["meetings"], Meeting).find({"edition": edition["_id"]})
        found = sources.held(edition, stored, as_of)
        named = {"meeting": {"$in": [one["_id"] for one in found]}}
        minutes = self._all("minutes", named)
        spoken = self._all("interventions", {**named, "state": "done"})
        speakers = self._by_id("participants", (row["participant"] for row in spoken))
        return [sources.meeting(one, minutes, spoken, speakers, as_of) for one in found]

    def programme(self, edition: str) -> Input | None:
        """The published programme; None before there is one."""
        agenda = next(iter(self._all("agendas", {"_id": edition})), None)
        if agenda is None or not agenda.get("published"):
            return None
        version = next(iter(self._all("programme_versions", {"_id": f"{edition}-{agenda['published']}"})), None)
        return version and sources.programme(version, agenda)

    def session_outcomes(self, edition: str) -> dict[str, Input]:
        """Session -> what its organizers filed."""
        rows = self._all("sessions", {"edition": edition}, {"outcome": 1})
        return {row["_id"]: row["outcome"] for row in rows if row.get("outcome")}

    def participants(self, edition: str) -> list[Input] | None:
        """Who registered for the Forum, without their names: some thousands. None where no meeting counts them."""
        of_forum = {"edition": edition, "kind": schedule.FORUM, "state": schedule.SCHEDULED}
        meeting = next(iter(self._all("meetings", of_forum, {"_id": 1})), None)
        return self._all("participants", {"meeting": meeting["_id"]}, _COUNTED) if meeting else None

    def facilitators(self, edition: str) -> list[Input]:
        """{name, organization, country} of those who are confirmed and have consented."""
        query = {"edition": edition, "state": "confirmed", "consent": "given"}
        found = self._all("candidates", query, {"full_name": 1, "organization": 1, "country": 1})
        return [{**row, "name": row["full_name"]} for row in found]

    def _all(self, name: str, query: JsonObject, projection: JsonObject | None = None) -> list[Input]:
        return list(Collection(self.db[name]).find(query, projection))

    def _by_id(self, name: str, ids: Iterable[str]) -> dict[str, Input]:
        wanted: Sequence[str] = list(dict.fromkeys(ids))
        fields = {"organization": 1, "country": 1, "mode": 1, "public_name": 1}
        return {row["_id"]: row for row in Collection(self.db[name]).named(wanted, fields)}
