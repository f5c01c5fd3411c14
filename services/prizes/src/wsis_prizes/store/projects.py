"""Projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_prizes import errors
from wsis_prizes.rules import projects as rules

_REFUSALS = {"slot": errors.project_exists, "twin": errors.project_twice}  # by unique key, in this order
# What lists need: no long texts.
_BRIEF = {"impact": 0, "partnerships": 0, "challenges": 0, "timeframe": 0}
# What voters read of a nominee in a list: nothing of the person behind it stays in memory.
_LISTED = dict.fromkeys(
    ("number", "category", "title", "organization", "country", "region", "short_description", "sdgs", "website"), 1
)


class Projects(EventfulRepository):
    """One document a project."""

    def project(self, project: str) -> dict[str, Any]:
        """The project. Raises NotFound."""
        found = self.collection("projects").find_one({"_id": project})
        if found is None:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def own_project(self, project: str, account: str) -> dict[str, Any]:
        """A project of that account. Another's is NotFound."""
        found = self.project(project)
        if found["owner"] != account:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def submitted_project(self, project: str) -> dict[str, Any]:
        """A project that staff may see: one that has been submitted, whatever became of it. A draft is NotFound."""
        found = self.project(project)
        if "number" not in found:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def save_project(
        self, project: dict[str, Any], edition: dict[str, Any], *occurrences: PendingEvent, for_officer: bool = False
    ) -> dict[str, Any]:
        """Insert or replace under the edition's unique keys. Raises Conflict, which names the project in the way to
        its own owner and to officers.

        A race between two is decided by the index: the bus runs the loser again, which then meets the check.
        """
        keyed = rules.keyed(project, edition)
        held = {key: keyed[key] for key in _REFUSALS if key in keyed}
        others = self._holding(held, project["_id"]) if held else []
        for key, value in held.items():
            if other := next((row for row in others if row.get(key) == value), None):
                may_read = for_officer or other["owner"] == project["owner"]
                raise (
                    _REFUSALS[key](other["number"], other["title"])
                    if may_read
                    else Conflict("prizes.project_of_another")
                )
        return self.save("projects", keyed, *occurrences)

    def _holding(self, keys: Mapping[str, str], but: str) -> list[dict[str, Any]]:
        """Other projects with one of these unique keys."""
        query = {"$or": [{key: value} for key, value in keys.items()], "_id": {"$ne": but}}
        return list(
            self.collection("projects").find(query, {"number": 1, "title": 1, "owner": 1, **dict.fromkeys(keys, 1)})
        )

    def projects_of(self, owner: str, limit: int, after: str | None) -> keyset.Page:
        """An account's own projects, a page."""
        return keyset.find_page(
            self.collection("projects"), {"owner": owner}, ("_id",), after, limit, projection=_BRIEF
        )

    def count_drafts(self, owner: str, edition: str, at_most: int) -> int:
        """How many projects of an account in an edition were never submitted, counted up to `at_most`."""
        query = {"owner": owner, "edition": edition, "number": {"$exists": False}}
        return int(self.collection("projects").count_documents(query, limit=at_most))

    def categories_of(self, edition: str, owner: str, entity: str | None = None) -> set[str]:
        """Categories in which projects of an account or of its organization came in, whatever became of them."""
        of = [{"owner": owner}, *([{"entity": entity}] if entity else [])]
        query = {"edition": edition, "number": {"$exists": True}}
        return {
            category for mine in of for category in self.collection("projects").distinct("category", {**query, **mine})
        }

    def listed(self, edition: str, filters: Mapping[str, Any], limit: int, after: str | None) -> keyset.Page:
        """Projects that came in, by number, a page. `filters`: state (one or several), category, country, region, sdg,
        stakeholder_type."""
        came_in = {"edition": edition, "number": {"$gte": 0}}  # a draft has no number
        return keyset.find_page(
            self.collection("projects"),
            {**came_in, **_match(filters)},
            ("number",),
            after,
            limit,
            projection=_BRIEF,
        )

    def nominees(self, edition: Mapping[str, Any], category: str | None) -> list[dict[str, Any]]:
        """Nominated projects of a category or of all, by number, with what voters read. Kept in memory as long as the
        edition's document is the same (`nominees_changed`). Not to be changed."""
        key, written = (edition["_id"], category), (edition["version"], edition["updated_at"])
        kept = self._nominees.get(key)
        if kept is None or kept[0] != written:
            query = {"edition": edition["_id"], "state": rules.NOMINATED, **_match({"category": category})}
            rows = list(self.collection("projects").find(query, _LISTED).sort("number", 1))
            kept = self._nominees[key] = written, rows
        return kept[1]

    @cached_property
    def _nominees(self) -> dict[tuple[str, str | None], tuple[Any, list[dict[str, Any]]]]:
        return {}

    def in_states(self, edition: str, states: Sequence[str]) -> list[dict[str, Any]]:
        """All projects of an edition in these states, without their long texts, by number."""
        query = {"edition": edition, "state": {"$in": list(states)}}
        return list(self.collection("projects").find(query, {**_BRIEF, "short_description": 0}).sort("number", 1))

    def of_country(self, edition: str, country: str, but: str) -> list[dict[str, Any]]:
        """Other projects of a country that came in and were not withdrawn: where duplicates are looked for."""
        query = {
            "edition": edition,
            "country": country,
            "_id": {"$ne": but},
            "number": {"$exists": True},
            "state": {"$ne": rules.WITHDRAWN},
        }
        return list(self.collection("projects").find(query, _BRIEF))

    def by_ids(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Projects by id, without their long texts."""
        return {row["_id"]: row for row in self.collection("projects").named(ids, _BRIEF)}

    def change_many(self, changes: Iterable[tuple[dict[str, Any], Mapping[str, Any], Sequence[PendingEvent]]]) -> None:
        """(project, fields to set, what happened) for many projects in one round trip."""
        self._change_many(list(changes))

    @transactional
    def _change_many(self, changed: Sequence[tuple[dict[str, Any], Mapping[str, Any], Sequence[PendingEvent]]]) -> None:
        if changed:
            self.collection("projects").bulk_write(
                [
                    UpdateOne({"_id": project["_id"]}, {"$set": dict(fields), "$inc": {"version": 1}})
                    for project, fields, _ in changed
                ],
                ordered=False,
            )
        self.store_each((project["version"] + 1, each) for project, _, occurred in changed for each in occurred)

    def owners(self, edition: str, states: Sequence[str]) -> list[str]:
        """Accounts with a project in one of these states."""
        return sorted(
            self.collection("projects").distinct("owner", {"edition": edition, "state": {"$in": list(states)}})
        )

    def forget(self, erasure: Erasure) -> None:
        """Forget a person: drafts go, what was submitted stays without its contact."""
        projects, contact = self.collection("projects"), {"contact_name": "", "contact_email": ""}
        own = erasure.query("created_at", account="owner")
        projects.delete_many({**own, "state": rules.DRAFT})
        projects.update_many(own, {"$set": {"owner": "erased"}, "$unset": contact})
        projects.update_many(erasure.query("updated_at", address="contact_email"), {"$unset": contact})


def _match(filters: Mapping[str, Any]) -> dict[str, Any]:
    match: dict[str, Any] = {}
    for name, value in filters.items():
        if value is None:
            continue
        if name == "sdg":
            match["sdgs.sdg"] = value
        else:
            match[name] = {"$in": list(value)} if isinstance(value, (list, tuple)) else value
    return match
