"""The Expert Group at work: assignment, reviews, conflicts, progress."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid, Unavailable
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_prizes.events import REVIEW_ASSIGNED, REVIEWS_DUE
from wsis_prizes.rules import phases, projects, review
from wsis_prizes.rules.editions import Edition
from wsis_prizes.rules.projects import Project
from wsis_prizes.store import Store
from wsis_prizes.use_cases.experts import Experts, named


class JuryCases:
    """Officers assign and remind, jurors score."""

    def __init__(self, store: Store, experts: Experts) -> None:
        self._store, self._experts = store, experts

    @rpc(writes=True)
    def assign_reviews(self, edition: str, body: Input) -> dict[str, object]:
        """Fill every project's missing places from the jurors of the edition, to whom it adds those of the `body`; what
        is assigned stays, except with those who are no jurors any more."""
        doc = self._open_for_review(edition)
        known = {profile["account"] for profile in self._experts.role_holders()}
        for account in {account for _, account, _ in self._store.pairs(edition)} - known:
            self._store.drop_reviews(edition=edition, juror=account)
        wanted = set(body.get("jurors") or ())
        if strangers := sorted(wanted - known):
            raise Invalid("prizes.not_jurors", fields={"jurors": strangers})
        new = sorted(wanted - self._store.jurors_of_edition(edition))
        self._store.name_jurors(edition, sorted(wanted))
        profiles = [profile for profile in self._experts.jurors(edition) if not wanted or profile["account"] in wanted]
        if not profiles:
            raise Conflict("prizes.no_jurors")
        waiting = self._store.in_states(edition, [projects.SUBMITTED])
        per_project = body.get("per_project") or doc["settings"]["jurors_per_project"]
        made = self._assign(edition, waiting, profiles, per_project)
        by_id = {project["_id"]: project for project in waiting}
        accounts = sorted({account for _, account in made.pairs})
        figures = {"assigned": len(made.pairs), "jurors": len(accounts), "unassigned": len(made.unassigned)}
        told = {**figures, **({"named": new} if new else {})}
        pending = [audit.entry("prizes.reviews_assigned", f"edition/{edition}", after=told)]
        if accounts:
            pending.append(new_event(REVIEW_ASSIGNED, subject=edition, edition=edition, accounts=accounts))
        self._store.record_events(*pending)
        lacking = [
            {"project": id, "number": by_id[id]["number"], "category": by_id[id]["category"], "missing": missing}
            for id, missing in made.unassigned.items()
        ]
        return {**figures, "unassigned": lacking}

    def _open_for_review(self, edition: str) -> Edition:
        doc = self._store.edition(edition)
        if doc["marks"].get("published_at"):
            raise Conflict("prizes.reviews_closed")
        return doc

    def _assign(
        self, edition: str, waiting: list[Project], profiles: list[review.Profile], per_project: int
    ) -> review.Assignment:
        lines = self._store.expertise(edition)
        jurors = [review.juror(profile, lines.get(profile["account"], ())) for profile in profiles]
        made = review.assign(waiting, jurors, per_project, self._store.pairs(edition))
        self._store.add_reviews(edition, made.pairs, {project["_id"]: project["category"] for project in waiting})
        return made

    @rpc
    def list_jurors(self, edition: str) -> dict[str, object]:
        """The Expert Group with the lines of each; no lines means all."""
        self._store.edition(edition)
        lines = self._store.expertise(edition)
        items = [
            {**profile, "names": named(profile), "categories": lines.get(profile["account"], [])}
            for profile in self._experts.jurors(edition)
        ]
        return {"items": items, "next": None}

    @rpc(writes=True)
    def set_expertise(self, edition: str, account: str, body: Input) -> dict[str, object]:
        """Name a juror for the edition, with the lines for the assignments to come."""
        self._store.edition(edition)
        profile = next((profile for profile in self._experts.role_holders() if profile["account"] == account), None)
        if profile is None:
            raise Invalid("prizes.not_jurors", fields={"jurors": [account]})
        self._store.set_expertise(edition, account, body["categories"])
        entry = audit.entry(
            "prizes.expertise_set", f"edition/{edition}/juror/{account}", after={"categories": body["categories"]}
        )
        self._store.record_events(entry)
        return {**profile, "names": named(profile), "categories": body["categories"]}

    @rpc
    def list_my_reviews(
        self, ctx: Context, edition: str, limit: int = 20, after: str | None = None
    ) -> dict[str, object]:
        """The projects that are mine to review, with the state of each."""
        page = self._store.reviews_of(str(ctx.actor.id), edition, limit, after)
        by_id = self._store.by_ids(row["project"] for row in page.rows)
        return page.response(lambda row: _to_response(row, by_id.get(row["project"], {})))

    @rpc
    def list_reviews(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: str | None
    ) -> dict[str, object]:
        """The reviews of all jurors; `filters` as in the schema ReviewsQuery."""
        self._store.edition(edition)
        page = self._store.reviews_in(edition, limit, after, **filters)
        by_id = self._store.by_ids(row["project"] for row in page.rows)
        return page.response(lambda row: _to_response(row, by_id.get(row["project"], {})))

    @rpc(writes=True)
    def save_review(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Save scores and comments as they come; `done` once every criterion has its score."""
        found = self._store.review(project, str(ctx.actor.id))
        doc = self._open_for_review(found["edition"])
        changed = review.scored(found, [row["code"] for row in doc["criteria"]], body)
        self._store.save_review(changed)
        return _to_response(changed, self._store.project(project))

    @rpc(writes=True)
    def declare_conflict(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Step back from a project; another juror gets it if there is one."""
        found = self._store.review(project, str(ctx.actor.id))
        doc = self._open_for_review(found["edition"])
        if found["state"] == review.CONFLICT:
            raise Conflict("prizes.conflict_declared")
        self._store.save_review(
            {**found, "state": review.CONFLICT, "scores": {}, "mean": None, "reason": body["reason"]}
        )
        accounts = self._reassign(doc, self._store.project(project))
        pending = [audit.entry("prizes.conflict_declared", f"project/{project}", reason=body["reason"])]
        if accounts:
            pending.append(new_event(REVIEW_ASSIGNED, subject=doc["_id"], edition=doc["_id"], accounts=accounts))
        self._store.record_events(*pending)
        return {"project": project, "reassigned": bool(accounts)}

    def _reassign(self, doc: Edition, project: Project) -> list[str]:
        if project["state"] != projects.SUBMITTED:
            return []
        try:
            profiles = self._experts.jurors(doc["_id"])
        except Unavailable:
            return []  # the conflict stands; the next assignment fills the place
        made = self._assign(doc["_id"], [project], profiles, doc["settings"]["jurors_per_project"])
        return sorted({account for _, account in made.pairs})

    @rpc
    def read_review_progress(self, edition: str) -> dict[str, object]:
        """Reviews by state, by category and by juror."""
        self._store.edition(edition)
        categories = self._store.progress(edition, "category")
        jurors = self._store.progress(edition, "juror")
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
        doc = self._open_for_review(edition)
        accounts = self._store.late(edition)
        if accounts:
            end = phases.find(doc["phases"], phases.NOMINATION)["end"]
            self._store.record_events(
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


def _to_response(row: review.Review, project: JsonObject) -> dict[str, object]:
    return {**row, **{name: project.get(name) for name in ("number", "title", "organization", "country")}}
