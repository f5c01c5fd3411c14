"""Jurors are named and assigned."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.jury.events import REVIEW_ASSIGNED
from wsis_prizes.jury.store import Jurors
from wsis_prizes.jury.use_cases.experts import Experts, named
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews


def open_for_review(editions: Editions, edition: str) -> Edition:
    """The edition. Raises where its reviews are closed."""
    doc = editions.edition(edition)
    if doc["marks"].get("published_at"):
        raise Conflict("prizes.reviews_closed")
    return doc


class AssignmentCases:
    """For officers."""

    def __init__(
        self,
        editions: Editions,
        projects: Projects,
        reviews: Reviews,
        jurors: Jurors,
        experts: Experts,
    ) -> None:
        self._editions, self._projects, self._reviews = editions, projects, reviews
        self._jurors, self._experts = jurors, experts

    @rpc(writes=True)
    def assign_reviews(self, edition: str, body: Input) -> dict[str, object]:
        """Fill every project's missing places from the jurors of the edition, to whom it adds those of the `body`; what
        is assigned stays, except with those who are no jurors any more."""
        doc = open_for_review(self._editions, edition)
        known = {profile["account"] for profile in self._experts.role_holders()}
        for account in {account for _, account, _ in self._reviews.pairs(edition)} - known:
            self._reviews.drop_reviews(edition=edition, juror=account)
        wanted = set(body.get("jurors") or ())
        if strangers := sorted(wanted - known):
            raise Invalid("prizes.not_jurors", fields={"jurors": strangers})
        new = sorted(wanted - self._jurors.jurors_of_edition(edition))
        self._jurors.name_jurors(edition, sorted(wanted))
        profiles = [profile for profile in self._experts.jurors(edition) if not wanted or profile["account"] in wanted]
        if not profiles:
            raise Conflict("prizes.no_jurors")
        waiting = self._projects.in_states(edition, [projects.SUBMITTED])
        per_project = body.get("per_project") or doc["settings"]["jurors_per_project"]
        made = self._experts.assign(edition, waiting, profiles, per_project)
        by_id = {project["_id"]: project for project in waiting}
        accounts = sorted({account for _, account in made.pairs})
        figures = {"assigned": len(made.pairs), "jurors": len(accounts), "unassigned": len(made.unassigned)}
        told = {**figures, **({"named": new} if new else {})}
        pending = [audit.entry("prizes.reviews_assigned", f"edition/{edition}", after=told)]
        if accounts:
            pending.append(new_event(REVIEW_ASSIGNED, subject=edition, edition=edition, accounts=accounts))
        self._editions.record_events(*pending)
        lacking = [
            {"project": id, "number": by_id[id]["number"], "category": by_id[id]["category"], "missing": missing}
            for id, missing in made.unassigned.items()
        ]
        return {**figures, "unassigned": lacking}

    @rpc
    def list_jurors(self, edition: str) -> dict[str, object]:
        """The Expert Group with the lines of each; no lines means all."""
        self._editions.edition(edition)
        lines = self._jurors.expertise(edition)
        items = [
            {**profile, "names": named(profile), "categories": lines.get(profile["account"], [])}
            for profile in self._experts.jurors(edition)
        ]
        return {"items": items, "next": None}

    @rpc(writes=True)
    def set_expertise(self, edition: str, account: str, body: Input) -> dict[str, object]:
        """Name a juror for the edition, with the lines for the assignments to come."""
        self._editions.edition(edition)
        profile = next((profile for profile in self._experts.role_holders() if profile["account"] == account), None)
        if profile is None:
            raise Invalid("prizes.not_jurors", fields={"jurors": [account]})
        self._jurors.set_expertise(edition, account, body["categories"])
        entry = audit.entry(
            "prizes.expertise_set", f"edition/{edition}/juror/{account}", after={"categories": body["categories"]}
        )
        self._editions.record_events(entry)
        return {**profile, "names": named(profile), "categories": body["categories"]}
