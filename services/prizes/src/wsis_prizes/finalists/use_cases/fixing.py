"""The finalists: those of the signed result that voting delivers."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.dates.rules import with_window_fixed
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.finalists import rules
from wsis_prizes.finalists.events import FINALISTS_FIXED
from wsis_prizes.finalists.store import Results
from wsis_prizes.jury.use_cases.experts import Experts
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.store import Projects

_log = logging.getLogger(__name__)


class FinalistCases:
    """Voting delivers, officers fix."""

    def __init__(self, editions: Editions, projects: Projects, results: Results, experts: Experts) -> None:
        self._editions, self._projects, self._results, self._experts = editions, projects, results, experts

    @rpc(writes=True)
    def put_result(self, edition: str, result: Input) -> None:
        """The signed result of a certified tally {number, rules, categories}, UNDER EMBARGO: kept once, however often
        it is delivered. A later number takes its place, which only former versions of voting gave."""
        doc, kept = self._editions.edition(edition), self._results.signed_result(edition)
        if kept is None or kept["number"] < result["number"]:
            self._results.keep_signed_result(edition, result)
        elif rules.of_result(kept) != rules.of_result(result):
            _log.error("another result for an edition that has one", extra={"edition": edition})
        changed = with_window_fixed(doc, clock.now())
        if changed != doc:
            self._editions.save_edition(changed)

    @rpc(writes=True)
    def fix_finalists(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Take the finalists of the signed result of voting, with the ties that the Expert Group settled.

        The look is logged first: a refusal names the projects whose tie is open, but for those of the categories of
        their `interests`.
        """
        actor, doc = str(ctx.actor.id), self._editions.edition(edition)
        _must_be_open(doc)
        settled = {row["category"]: row["projects"] for row in body["settle"]}
        if settled:
            self._experts.must_not_be_interested(actor, edition, *settled)
        certified = self._results.certified(edition)
        self._results.log_access(edition, actor, list(ctx.actor.roles), "tally", ctx.request_id)
        chosen = self._take(doc, certified, settled, self._experts.interests(actor, edition))
        figures = {"categories": sum(map(bool, chosen.values())), "finalists": sum(map(len, chosen.values()))}
        accounts = sorted(profile["account"] for profile in self._experts.jurors(edition))
        self._editions.save_edition(
            {**doc, "marks": {**doc["marks"], "finalists_at": clock.now()}},
            new_event(
                FINALISTS_FIXED, subject=edition, edition=edition, categories=figures["categories"], accounts=accounts
            ),
            audit.entry("prizes.finalists_fixed", f"edition/{edition}", after={**figures, "settled": sorted(settled)}),
        )
        return {"edition": edition, **figures}

    @rpc
    def preview_finalists(self, ctx: Context, edition: str) -> dict[str, object]:
        """Who would be a finalist by the signed result and the rulings since, and the ties that the Expert Group
        settles. The look is logged first. Nobody sees the categories of their `interests`: `hidden` says how many."""
        actor, doc = str(ctx.actor.id), self._editions.edition(edition)
        _must_be_open(doc)
        certified = self._results.certified(edition)
        self._results.log_access(edition, actor, list(ctx.actor.roles), "tally", ctx.request_id)
        drafts, hidden = self._drafts(doc, certified, {}), self._experts.interests(actor, edition)
        items = [_previewed(category, draft) for category, draft in drafts.items() if category not in hidden]
        return {"edition": edition, "items": items, "hidden": len(drafts.keys() & hidden), "next": None}

    def _take(
        self, doc: Edition, certified: dict[str, rules.Certified], settled: dict[str, list[str]], hidden: set[str]
    ) -> dict[str, list[str]]:
        """Store the finalists of each category, and return them. Raises tie_unsettled, which names no `hidden` one."""
        drafts = self._drafts(doc, certified, settled)
        if ties := {category: draft.tied for category, draft in drafts.items() if draft.tied}:
            shown = {category: tied for category, tied in ties.items() if category not in hidden}
            raise Conflict("prizes.tie_unsettled", fields=shown)
        for category, draft in drafts.items():
            self._results.save_result(
                doc["_id"],
                category,
                draft.ranking,
                draft.chosen,
                certified=draft.certified,
                rulings=draft.rulings,
            )
        self._results.ties_settled(doc["_id"])
        return {category: draft.chosen for category, draft in drafts.items()}

    def _drafts(
        self, doc: Edition, certified: dict[str, rules.Certified], settled: dict[str, list[str]]
    ) -> dict[str, _Draft]:
        """Each category as it would be fixed."""
        by_category: dict[str, list[projects.Project]] = {category: [] for category in doc["categories"]}
        for row in self._projects.in_states(
            doc["_id"], [projects.NOMINATED, projects.DISQUALIFIED, projects.WITHDRAWN]
        ):
            by_category.setdefault(row["category"], []).append(row)
        drafts = {}
        for category, nominees in by_category.items():
            counted = certified.get(category, rules.none_voted())
            rulings = rules.ruled_out(nominees, counted)
            if category in settled:
                rulings.append({"kind": rules.TIE_SETTLED, "projects": settled[category]})
            chosen, tied = rules.standing(counted, rulings, category)
            still = [row for row in nominees if row["state"] == projects.NOMINATED]
            drafts[category] = _Draft(still, counted, rulings, chosen, tied)
        return drafts


@dataclass(frozen=True)
class _Draft:
    """A category as it would be fixed: its nominees, what the signed result says of it, the rulings since, the
    finalists, and whose tie is open."""

    nominees: list[projects.Project]
    certified: rules.Certified
    rulings: list[rules.Ruling]
    chosen: list[str]
    tied: list[str]

    @property
    def ranking(self) -> list[rules.Ranked]:
        return rules.ranking(self.nominees, self.certified["votes"])


def _must_be_open(doc: Edition) -> None:
    """Raises once the finalists are fixed, and before there are nominees."""
    if doc["marks"].get("finalists_at"):
        raise Conflict("prizes.finalists_fixed")
    if not doc["marks"].get("published_at"):
        raise Conflict("prizes.no_list")


def _previewed(category: str, draft: _Draft) -> dict[str, object]:
    by_id = {row["_id"]: row for row in draft.nominees}
    rows = {row.project: _ranked(by_id[row.project], row) for row in draft.ranking}
    return {
        "category": category,
        "tie_rule": draft.certified["tie_rule"],
        "places": draft.certified["places"],
        "free": draft.certified["places"] - len(draft.chosen) if draft.tied else 0,
        "finalists": [row for project, row in rows.items() if project in draft.chosen],
        "tied": [row for project, row in rows.items() if project in draft.tied],
    }


def _ranked(project: projects.Project, row: rules.Ranked) -> dict[str, object]:
    own = {"language": project.get("language"), "votes": row.votes, "rank": row.rank}
    return {**presenters.named(project), **own}
