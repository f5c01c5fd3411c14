"""Reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.mongo import Repository

from wsis_prizes.reviews import rules
from wsis_prizes.reviews.rules import Review, Scores

COLLECTIONS = (
    CollectionSpec(
        "reviews",
        indexes=(
            index("juror", "juror", "edition", "project"),
            index("project", "project"),
            index("progress", "edition", "category", "state"),
            index("listed", "edition", "_id"),
            index("listed_by_state", "edition", "state", "_id"),
            index("listed_by_project", "edition", "project", "_id"),
            index("late", "state", "due_at"),
        ),
        few={"progress": "some 60 in a category of an edition", "juror": "those of one"},
    ),
)


class Reviews(Repository):
    """One document a pair of project and juror."""

    def pairs(self, edition: str, without: Collection[str] = ()) -> list[tuple[str, str, bool]]:
        """(project, juror, whether the place is filled) of all reviews, but what those `without` have not finished."""
        query = {"edition": edition, "$nor": [{"juror": {"$in": [*without]}, "state": {"$in": rules.OPEN}}]}
        rows = self.collection("reviews", Review).find(query, {"project": 1, "juror": 1, "state": 1})
        return [(row["project"], row["juror"], row["state"] != rules.CONFLICT) for row in rows]

    def add_reviews(
        self, edition: str, pairs: Iterable[tuple[str, str]], categories: dict[str, str], due_at: datetime
    ) -> int:
        """Assign; returns how many."""
        now = clock.now()
        rows: list[Review] = [
            {
                "_id": f"{project}:{juror}",
                "edition": edition,
                "project": project,
                "juror": juror,
                "category": categories[project],
                "state": rules.ASSIGNED,
                "scores": {},
                "comments": {},
                "assigned_at": now,
                "due_at": due_at,
                "version": 1,
            }
            for project, juror in pairs
        ]
        if rows:
            self.collection("reviews", Review).insert_many(rows)
        return len(rows)

    def drop_reviews(self, **of: str) -> int:
        """Take away what is not finished: of a `project` that left or changed, of a `juror` who left the `edition`.
        Returns how many."""
        return self.collection("reviews", Review).delete_many({**of, "state": {"$in": rules.OPEN}}).deleted_count

    def follow(self, project: str, category: str) -> None:
        """The project is in another category: what is finished counts there, and who declared a conflict has their
        interest there."""
        self.collection("reviews", Review).update_many({"project": project}, {"$set": {"category": category}})

    def set_due(self, edition: str, due_at: datetime | None) -> None:
        """Until when what is not finished is due; None once it no longer is."""
        change = {"$set": {"due_at": due_at}} if due_at else {"$unset": {"due_at": ""}}
        self.collection("reviews", Review).update_many({"edition": edition, "state": {"$in": rules.OPEN}}, change)

    def review(self, project: str, juror: str) -> Review:
        """A juror's review of a project. Raises NotFound where it is not theirs."""
        found = self.collection("reviews", Review).find_one({"_id": f"{project}:{juror}"})
        if found is None:
            raise NotFound("prizes.review_unknown", project=project)
        return found

    def save_review(self, review: Review) -> None:
        """Replace what was read. Raises Conflict where somebody was faster."""
        version = review["version"]
        changed: Review = {**review, "version": version + 1, "updated_at": clock.now()}
        done = self.collection("reviews", Review).replace_one({"_id": review["_id"], "version": version}, changed)
        if done.matched_count == 0:
            raise Conflict("prizes.changed_meanwhile")

    def reviews_of(self, juror: str, edition: str, limit: int, after: str | None) -> keyset.Page[Review]:
        """A juror's reviews with the state of each, a page."""
        query = {"juror": juror, "edition": edition, "state": {"$ne": rules.CONFLICT}}
        return keyset.find_page(self.collection("reviews", Review), query, ("project",), after, limit)

    def next_open(self, edition: str, juror: str, after: str) -> str | None:
        """The project of the next review that a juror has to finish: after this one in the order of the list, then from
        its start. None where there is no other."""
        query = {"juror": juror, "edition": edition, "state": {"$in": [rules.ASSIGNED, rules.BEGUN]}}
        rows = self.collection("reviews", Review).find(query, {"project": 1}).sort("project", 1)
        left = [row["project"] for row in rows if row["project"] != after]
        return next((project for project in left if project > after), left[0] if left else None)

    def reviews_in(self, edition: str, limit: int, after: str | None, **filters: str | None) -> keyset.Page[Review]:
        """All reviews of an edition, those with a declared conflict too, a page. `filters`: category, state, juror."""
        query = {"edition": edition, **{name: value for name, value in filters.items() if value is not None}}
        return keyset.find_page(self.collection("reviews", Review), query, ("_id",), after, limit)

    def jurors_of(self, project: str) -> list[str]:
        """Accounts that review a project, without those who declared a conflict."""
        query = {"project": project, "state": {"$ne": rules.CONFLICT}}
        return list(self.collection("reviews", Review).distinct("juror", query))

    def progress(self, edition: str, by: str) -> list[dict[str, Any]]:
        """{key, assigned, begun, done, conflict, all} by "category" or "juror"; `all` leaves conflicts out."""
        states = rules.STATES
        counts = {state: {"$sum": {"$cond": [{"$eq": ["$state", state]}, 1, 0]}} for state in states}
        rows = self.collection("reviews", Review).aggregate(
            [
                {"$match": {"edition": edition}},
                {"$group": {"_id": f"${by}", **counts}},
                {"$sort": {"_id": 1}},
            ]
        )
        return [
            {
                "key": row["_id"],
                **{state: row[state] for state in rules.STATES},
                "all": sum(row[s] for s in rules.STATES[:3]),
            }
            for row in rows
        ]

    def means(self, edition: str) -> dict[str, float]:
        """Mean score of each project over its finished reviews."""
        found = defaultdict[str, list[dict[str, int]]](list)
        query = {"edition": edition, "state": rules.DONE}
        for row in self.collection("reviews", Review).find(query, {"project": 1, "scores": 1}):
            found[row["project"]].append(row["scores"])
        return {project: mean for project, scores in found.items() if (mean := rules.mean_of(scores)) is not None}

    def scores(self, edition: str, category: str) -> dict[str, Scores]:
        """What the reviews of each project of a category say."""
        query = {"edition": edition, "category": category, "state": {"$ne": rules.CONFLICT}}
        found: dict[str, list[Review]] = {}
        for row in self.collection("reviews", Review).find(query, {"comments": 0}):
            found.setdefault(row["project"], []).append(row)
        return {project: rules.summed(rows) for project, rows in found.items()}

    def jurors_in(self, edition: str) -> set[str]:
        """Accounts that review in an edition."""
        return set(self.collection("reviews", Review).distinct("juror", {"edition": edition}))

    def late(self, edition: str) -> list[str]:
        """Jurors with reviews that are not finished."""
        query = {"edition": edition, "state": {"$in": rules.OPEN}}
        return sorted(self.collection("reviews", Review).distinct("juror", query))

    def open_reviews(self, edition: str, juror: str) -> int:
        """How many of a juror's reviews are not finished."""
        query = {"juror": juror, "edition": edition, "state": {"$in": rules.OPEN}}
        return int(self.collection("reviews", Review).count_documents(query))

    def conflicts_of(self, edition: str, juror: str) -> set[str]:
        """Categories in which the juror declared a conflict."""
        query = {"juror": juror, "edition": edition, "state": rules.CONFLICT}
        return set(self.collection("reviews", Review).distinct("category", query))
