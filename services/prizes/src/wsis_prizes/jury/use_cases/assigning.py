"""Jurors are named and assigned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wsis_shared import audit
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.jury import rules
from wsis_prizes.jury.events import REVIEW_ASSIGNED
from wsis_prizes.jury.rules import Juror, Profile
from wsis_prizes.jury.store import Jurors
from wsis_prizes.jury.use_cases.experts import Experts, named
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews


def open_for_review(editions: Editions, edition: str) -> Edition:
    """The edition. Raises where its reviews are closed."""
    doc = editions.edition(edition)
    if doc["marks"].get("published_at"):
        raise Conflict("prizes.reviews_closed")
    return doc


@dataclass(frozen=True)
class _Order:
    """Who is `wanted` by name, who gets reviews, who is `gone` and gives theirs back, and the projects that wait."""

    wanted: set[str]
    profiles: list[Profile]
    gone: set[str]
    waiting: list[Project]


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
        doc, order = open_for_review(self._editions, edition), self._order(edition, body)
        for account in order.gone:
            self._reviews.drop_reviews(edition=edition, juror=account)
        new = sorted(order.wanted - self._jurors.jurors_of_edition(edition))
        self._jurors.name_jurors(edition, sorted(order.wanted))
        self._jurors.bind(edition, map(Juror.of, order.profiles))
        made = self._experts.assign(doc, order.waiting, order.profiles, _per_project(doc, body))
        response = _to_response(made, order.waiting)
        told = {**response, "unassigned": len(made.unassigned), **({"named": new} if new else {})}
        pending = [audit.entry("prizes.reviews_assigned", f"edition/{edition}", after=told)]
        if accounts := sorted({account for _, account in made.pairs}):
            pending.append(new_event(REVIEW_ASSIGNED, subject=edition, edition=edition, accounts=accounts))
        self._editions.record_events(*pending)
        return response

    @rpc
    def preview_assignment(self, edition: str, body: Input) -> dict[str, object]:
        """What the same order would assign, and how many reviews each juror would then have."""
        doc, order = open_for_review(self._editions, edition), self._order(edition, body)
        taken = self._reviews.pairs(edition, without=order.gone)
        made = self._experts.plan(edition, order.waiting, order.profiles, _per_project(doc, body), taken)
        before = Counter(account for _, account, counts in taken if counts)
        more = Counter(account for _, account in made.pairs)
        by_juror = [
            {
                "account": one["account"],
                "names": named(one),
                "before": before[one["account"]],
                "more": more[one["account"]],
            }
            for one in order.profiles
        ]
        return {**_to_response(made, order.waiting), "by_juror": by_juror}

    def _order(self, edition: str, body: Input) -> _Order:
        profiles = self._experts.role_holders()
        known = {profile["account"] for profile in profiles}
        wanted = set(body.get("jurors") or ())
        if strangers := sorted(wanted - known):
            raise Invalid("prizes.not_jurors", fields={"jurors": strangers})
        chosen = wanted or self._jurors.jurors_of_edition(edition)
        chosen_profiles = [profile for profile in profiles if profile["account"] in chosen]
        if not chosen_profiles:
            raise Conflict("prizes.no_jurors")
        # One who was taken out while reviews were assigned has some all the same.
        jurors = known & (wanted | self._jurors.jurors_of_edition(edition))
        gone = {account for _, account, _ in self._reviews.pairs(edition)} - jurors
        return _Order(wanted, chosen_profiles, gone, self._projects.in_states(edition, [projects.SUBMITTED]))

    @rpc
    def list_jurors(self, edition: str, everyone: bool = False) -> dict[str, object]:
        """The Expert Group with the lines of each; no lines means all. With `everyone` also those whom nobody has
        named for the edition."""
        self._editions.edition(edition)
        seats, named_ones = self._jurors.seats(edition), self._jurors.jurors_of_edition(edition)
        items = [
            {
                **profile,
                "names": named(profile),
                "categories": seats.get(profile["account"], {}).get("categories", []),
                "named": profile["account"] in named_ones,
            }
            for profile in self._experts.role_holders()
            if everyone or profile["account"] in named_ones
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
        self._jurors.bind(edition, [Juror.of(profile)])
        entry = audit.entry(
            "prizes.expertise_set", f"edition/{edition}/juror/{account}", after={"categories": body["categories"]}
        )
        self._editions.record_events(entry)
        return {**profile, "names": named(profile), "categories": body["categories"], "named": True}

    @rpc(writes=True)
    def take_out_juror(self, edition: str, account: str, body: Input) -> dict[str, object]:
        """Take a juror out of the edition. What they have not finished is given back; what they have finished counts.
        Raises NotFound, and Invalid for somebody who is not of it."""
        self._editions.edition(edition)
        if account not in self._jurors.jurors_of_edition(edition):
            raise Invalid("prizes.not_jurors", fields={"account": [account]})
        self._jurors.take_out(edition, account)
        given_back = self._reviews.drop_reviews(edition=edition, juror=account)
        entry = audit.entry(
            "prizes.juror_taken_out",
            f"edition/{edition}/juror/{account}",
            after={"given_back": given_back},
            reason=body["reason"],
        )
        self._editions.record_events(entry)
        return {"account": account, "given_back": given_back}


def _per_project(edition: Edition, body: Input) -> int:
    return int(body.get("per_project") or edition["settings"]["jurors_per_project"])


def _to_response(made: rules.Assignment, waiting: list[Project]) -> dict[str, object]:
    by_id = {project["_id"]: project for project in waiting}
    return {
        "assigned": len(made.pairs),
        "jurors": len({account for _, account in made.pairs}),
        "unassigned": [
            {"project": id, "number": by_id[id]["number"], "category": by_id[id]["category"], "missing": missing}
            for id, missing in made.unassigned.items()
        ],
    }
