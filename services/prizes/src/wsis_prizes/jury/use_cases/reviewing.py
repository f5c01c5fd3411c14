"""Jurors score projects and declare conflicts; officers see how far they are."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Unavailable
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.jury.events import REVIEW_ASSIGNED, REVIEWS_DUE
from wsis_prizes.jury.use_cases.assigning import open_for_review
from wsis_prizes.jury.use_cases.experts import Experts, named
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews import rules
from wsis_prizes.reviews.store import Reviews


class ReviewCases:
    """Of jurors, and of officers who read and remind."""

    def __init__(self, editions: Editions, projects: Projects, reviews: Reviews, experts: Experts) -> None:
        self._editions, self._projects = editions, projects
        self._reviews, self._experts = reviews, experts

    @rpc
    def list_my_reviews(
        self, ctx: Context, edition: str | None = None, limit: int = 20, after: str | None = None
    ) -> dict[str, object]:
        """The projects that are mine to review, with the state of each; those of the newest edition by default."""
        edition = edition or next((doc["_id"] for doc in self._editions.editions()), "")
        page = self._reviews.reviews_of(str(ctx.actor.id), edition, limit, after)
        by_id = self._projects.by_ids(row["project"] for row in page.rows)
        rows = page.response(lambda row: _to_response(row, by_id.get(row["project"], {})))
        return {**rows, "edition": edition, "open": self._reviews.open_reviews(edition, str(ctx.actor.id))}

    @rpc
    def read_review(self, ctx: Context, project: str) -> dict[str, object]:
        """One's own review of a project, and the next one to finish."""
        found = self._reviews.review(project, str(ctx.actor.id))
        if found["state"] == rules.CONFLICT:
            raise Conflict("prizes.conflict_declared")
        following = self._reviews.next_open(found["edition"], found["juror"], project)
        return {**_to_response(found, self._projects.project(project)), "next_project": following}

    @rpc
    def list_reviews(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: str | None
    ) -> dict[str, object]:
        """The reviews of all jurors; `filters` as in the schema ReviewsQuery."""
        self._editions.edition(edition)
        page = self._reviews.reviews_in(edition, limit, after, **filters)
        by_id = self._projects.by_ids(row["project"] for row in page.rows)
        return page.response(lambda row: _to_response(row, by_id.get(row["project"], {})))

    @rpc(writes=True)
    def save_review(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Save scores and comments as they come; `done` once every criterion has its score."""
        found = self._reviews.review(project, str(ctx.actor.id))
        doc = open_for_review(self._editions, found["edition"])
        self._experts.must_be_juror(found["juror"], found["edition"])  # nor was taken out since
        shown = self._projects.project(project)
        self._experts.must_be_neutral(found["juror"], shown)  # nor has joined the organization since
        changed = rules.scored(found, [row["code"] for row in doc["criteria"]], body)
        self._reviews.save_review(changed)
        return _to_response(changed, shown)

    @rpc(writes=True)
    def declare_conflict(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Step back from a project; another juror gets it if there is one."""
        found = self._reviews.review(project, str(ctx.actor.id))
        doc = open_for_review(self._editions, found["edition"])
        self._experts.must_be_juror(found["juror"], found["edition"])  # what they had finished by then counts
        if found["state"] == rules.CONFLICT:
            raise Conflict("prizes.conflict_declared")
        self._reviews.save_review(
            {**found, "state": rules.CONFLICT, "scores": {}, "mean": None, "reason": body["reason"]}
        )
        accounts = self._reassign(doc, self._projects.project(project))
        pending = [audit.entry("prizes.conflict_declared", f"project/{project}", reason=body["reason"])]
        if accounts:
            pending.append(new_event(REVIEW_ASSIGNED, subject=doc["_id"], edition=doc["_id"], accounts=accounts))
        self._editions.record_events(*pending)
        return {"project": project, "edition": doc["_id"], "reassigned": bool(accounts)}

    def _reassign(self, doc: Edition, project: Project) -> list[str]:
        if project["state"] != projects.SUBMITTED:
            return []
        try:
            profiles = self._experts.jurors(doc["_id"])
        except Unavailable:
            return []  # the conflict stands; the next assignment fills the place
        made = self._experts.assign(doc, [project], profiles, doc["settings"]["jurors_per_project"])
        return sorted({account for _, account in made.pairs})

    @rpc
    def read_review_progress(self, edition: str) -> dict[str, object]:
        """Reviews by state, by category and by juror."""
        self._editions.edition(edition)
        categories = self._reviews.progress(edition, "category")
        jurors = self._reviews.progress(edition, "juror")
        try:
            people = {profile["account"]: named(profile) for profile in self._experts.role_holders()}
        except Unavailable:
            people = {}  # figures matter more than names
        return {
            "categories": categories,
            "jurors": [{**row, "names": people.get(row["key"])} for row in jurors],
            "done": sum(row["done"] for row in categories),
            "all": sum(row["all"] for row in categories),
        }

    @rpc(writes=True)
    def remind_jurors(self, edition: str) -> dict[str, object]:
        """Remind the jurors whose reviews are not finished."""
        doc = open_for_review(self._editions, edition)
        accounts = self._reviews.late(edition)
        if accounts:
            end = phases.find(doc["phases"], phases.NOMINATION)["end"]
            self._editions.record_events(
                new_event(
                    REVIEWS_DUE,
                    subject=edition,
                    edition=edition,
                    accounts=accounts,
                    until=end,
                ),
                audit.entry("prizes.jurors_reminded", f"edition/{edition}", after={"jurors": len(accounts)}),
            )
        return {"reminded": len(accounts)}

    @rpc
    def juror_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """How many reviews a juror has left."""
        return {"open": self._reviews.open_reviews(data["edition"], account or "")}


def _to_response(row: rules.Review, project: JsonObject) -> dict[str, object]:
    shown = ("number", "title", "language", "organization", "country")
    return {**row, **{name: project.get(name) for name in shown}}
