"""Projects, and the numbers of their receipts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from pymongo import UpdateOne
from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, index, present
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input
from wsis_shared.keyset import Page, find_page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.projects.rules import projects as rules
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.rules.submissions import KEYS, refusal, with_unique_keys
from wsis_prizes.projects.rules.waits import waiting

Change = tuple[Project, Mapping[str, object], Sequence[PendingEvent]]
"""A project, fields to set, its events."""
# What lists need: no long texts.
_BRIEF = {"impact": 0, "partnerships": 0, "challenges": 0, "timeframe": 0}
# What voters read of a nominee in a list: nothing of the person behind it stays in memory.
_LISTED = dict.fromkeys(
    (
        "number",
        "category",
        "title",
        "language",
        "organization",
        "country",
        "region",
        "short_description",
        "sdgs",
        "website",
        "edition",
        "image",
        "champion",
        "winner",
    ),
    1,
)
LISTED_BY = ("state", "category", "country", "region")  # others match many: slices of `listed` find them
_LISTS = ("number", "listed", "state", *(f"listed_by_{field}" for field in LISTED_BY))
COLLECTIONS = (
    CollectionSpec("counters"),
    CollectionSpec(
        "projects",
        indexes=(
            # One project a category and entity, never the same project twice: the keys stand only where they bind.
            present("slot", "slot", unique=True),
            present("twin", "twin", unique=True),
            index("number", "edition", "number", unique=True, partialFilterExpression={"number": {"$exists": True}}),
            index("owner", "owner", "_id"),
            # The officers' list, with each of its filters. A partial index such as `number` does not serve every store.
            index("listed", "edition", "number", "_id"),
            index("state", "edition", "state", "category", "number"),
            index("waiting", "state", "submitted_at"),
            *(index(f"listed_by_{field}", "edition", field, "number") for field in LISTED_BY),
        ),
        few=dict.fromkeys(_LISTS, "some 500 of an edition"),
    ),
)


class Projects(EventfulRepository):
    """One document a project."""

    def next_number(self, edition: str) -> int:
        """The next number of a receipt, counted in the transaction of the submission: none is lost, none doubled."""
        counter = self.collection("counters").find_one_and_update(
            {"_id": edition}, {"$inc": {"projects": 1}}, upsert=True, after=True
        )
        return int(counter["projects"])

    def project(self, project: str) -> Project:
        """The project. Raises NotFound."""
        found = self.collection("projects", Project).find_one({"_id": project})
        if found is None:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def own_project(self, project: str, account: str) -> Project:
        """A project of that account. Another's is NotFound."""
        found = self.project(project)
        if found["owner"] != account:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def submitted_project(self, project: str) -> Project:
        """A project that staff may see: one that has been submitted, whatever became of it. A draft is NotFound."""
        found = self.project(project)
        if "number" not in found:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def save_project(
        self, project: Project, edition: Edition, *pending: PendingEvent, for_officer: bool = False
    ) -> Project:
        """Insert or replace under the edition's unique keys. Raises Conflict, which names the project in the way to
        its own owner and to officers.

        A race between two is decided by the index: the bus runs the loser again, which then meets the check.
        """
        keyed = with_unique_keys(project, edition)
        if found := self.in_the_way(keyed):
            if not for_officer and found[1]["owner"] != project["owner"]:
                raise Conflict("prizes.project_of_another")
            raise refusal(*found)
        return self.save("projects", keyed, *pending)

    def in_the_way(self, keyed: Project) -> tuple[str, Project] | None:
        """(key, other project) where another one has a unique key of this one."""
        held = {key: value for key in KEYS if (value := keyed.get(key))}
        others = self._holding(held, keyed["_id"]) if held else []
        found = ((key, other) for key, value in held.items() for other in others if other.get(key) == value)
        return next(found, None)

    def _holding(self, keys: Mapping[str, object], but: str) -> list[Project]:
        """Other projects with one of these unique keys."""
        query = {"$or": [{key: value} for key, value in keys.items()], "_id": {"$ne": but}}
        return list(
            self.collection("projects", Project).find(
                query, {"number": 1, "title": 1, "owner": 1, **dict.fromkeys(keys, 1)}
            )
        )

    def projects_of(self, owner: str, limit: int, after: str | None) -> Page[Project]:
        """An account's own projects, a page."""
        return find_page(
            self.collection("projects", Project), {"owner": owner}, ("_id",), after, limit, projection=_BRIEF
        )

    def count_drafts(self, owner: str, edition: str, at_most: int) -> int:
        """How many projects of an account in an edition were never submitted, counted up to `at_most`."""
        query = {"owner": owner, "edition": edition, "number": {"$exists": False}}
        return int(self.collection("projects", Project).count_documents(query, limit=at_most))

    def categories_of(self, edition: str, owner: str, entities: Iterable[str] = ()) -> set[str]:
        """Categories in which projects of an account or of its organizations came in, whatever became of them."""
        of = [{"owner": owner}, *({"entity": entity} for entity in sorted(entities))]
        query = {"edition": edition, "number": {"$exists": True}}
        return {
            category
            for mine in of
            for category in self.collection("projects", Project).distinct("category", {**query, **mine})
        }

    def listed(
        self, edition: str, filters: Input, limit: int, after: str | None, moment: datetime | None = None
    ) -> Page[Project]:
        """Projects that came in, by number, a page. `filters`: state (one or several), category, country, region, sdg,
        stakeholder_type, and what `waits` at that moment."""
        query = _came_in(edition, filters, moment)
        return find_page(self.collection("projects", Project), query, ("number",), after, limit, projection=_BRIEF)

    def count(self, edition: str, filters: Input, moment: datetime) -> int:
        """How many came in that match."""
        return int(self.collection("projects", Project).count_documents(_came_in(edition, filters, moment)))

    def count_states(self, edition: str) -> dict[str, int]:
        """State -> how many of those that came in."""
        rows = self.collection("projects", Project).aggregate(
            [{"$match": _came_in(edition, {}, None)}, {"$group": {"_id": "$state", "count": {"$sum": 1}}}]
        )
        return {row["_id"]: row["count"] for row in rows}

    def nominees(self, edition: Edition, category: str | None) -> list[Project]:
        """Nominated projects of a category or of all, by number, with what voters read. Kept in memory as long as the
        edition's document is the same (`nominees_changed`). Not to be changed."""
        key, written = (edition["_id"], category), (edition["version"], edition["updated_at"])
        kept = self._nominees.get(key)
        if kept is None or kept[0] != written:
            query = {"edition": edition["_id"], "state": rules.NOMINATED, **_match({"category": category})}
            rows = list(self.collection("projects", Project).find(query, _LISTED).sort("number", 1))
            kept = self._nominees[key] = written, rows
        return kept[1]

    @cached_property
    def _nominees(self) -> dict[tuple[str, str | None], tuple[tuple[int, datetime], list[Project]]]:
        return {}

    def in_states(self, edition: str, states: Sequence[str]) -> list[Project]:
        """All projects of an edition in these states, without their long texts, by number."""
        query = {"edition": edition, "state": {"$in": list(states)}}
        return list(
            self.collection("projects", Project).find(query, {**_BRIEF, "short_description": 0}).sort("number", 1)
        )

    def of_country(self, edition: str, country: str, but: str) -> list[Project]:
        """Other projects of a country that came in and were not withdrawn: where duplicates are looked for."""
        query = {
            "edition": edition,
            "country": country,
            "_id": {"$ne": but},
            "number": {"$exists": True},
            "state": {"$ne": rules.WITHDRAWN},
        }
        return list(self.collection("projects", Project).find(query, _BRIEF))

    def by_ids(self, ids: Iterable[str]) -> dict[str, Project]:
        """Projects by id, without their long texts."""
        return {row["_id"]: row for row in self.collection("projects", Project).named(ids, _BRIEF)}

    def change_many(self, changes: Iterable[Change]) -> None:
        """(project, fields to set, its events) for many projects in one round trip."""
        self._change_many(list(changes))

    def mark_lacking(self, found: Iterable[Project], lacking: Collection[str]) -> None:
        """Mark those that lack jurors, with the time since when, and no others."""
        marked: list[Change] = []
        for project in found:
            if (project["_id"] in lacking) != bool(project.get("lacks_jurors_at")):
                at = clock.now() if project["_id"] in lacking else None
                marked.append((project, {"lacks_jurors_at": at}, ()))
        self.change_many(marked)

    @transactional
    def _change_many(self, changed: Sequence[Change]) -> None:
        if changed:
            self.collection("projects", Project).bulk_write(
                [
                    UpdateOne({"_id": project["_id"]}, {"$set": dict(fields), "$inc": {"version": 1}})
                    for project, fields, _ in changed
                ],
                ordered=False,
            )
        self.store_each((project["version"] + 1, each) for project, _, pending in changed for each in pending)

    def owners(self, edition: str, states: Sequence[str]) -> list[str]:
        """Accounts with a project in one of these states."""
        return sorted(
            self.collection("projects", Project).distinct("owner", {"edition": edition, "state": {"$in": list(states)}})
        )

    def forget(self, erasure: Erasure) -> list[Project]:
        """Forget a person: drafts go, withdrawn ones too, and are returned; what was submitted stays without its
        contact."""
        projects, contact = self.collection("projects", Project), {"contact_name": "", "contact_email": ""}
        own = erasure.query("created_at", account="owner")
        never_submitted = {**own, "number": {"$exists": False}}
        drafts = list(projects.find(never_submitted))
        projects.delete_many(never_submitted)
        projects.update_many(own, {"$set": {"owner": "erased"}, "$unset": contact})
        projects.update_many(erasure.query("updated_at", address="contact_email"), {"$unset": contact})
        return drafts


def _came_in(edition: str, filters: Input, moment: datetime | None) -> dict[str, object]:
    """Projects of an edition with a number, which a draft has not."""
    plain = {name: value for name, value in filters.items() if name != "waits"}
    query = {"edition": edition, "number": {"$gte": 0}, **_match(plain)}
    kind = filters.get("waits")
    return {"$and": [query, waiting(kind, moment)]} if kind and moment else query


def _match(filters: Input) -> dict[str, object]:
    match: dict[str, object] = {}
    for name, value in filters.items():
        if value is None:
            continue
        if name == "sdg":
            match["sdgs.sdg"] = value
        else:
            match[name] = {"$in": list(value)} if isinstance(value, (list, tuple)) else value
    return match
