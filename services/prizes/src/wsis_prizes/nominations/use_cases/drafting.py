"""The list of nominees before it is published: by score or by name, with what it changes."""

from __future__ import annotations

from collections.abc import Collection

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.jury.use_cases.experts import Experts
from wsis_prizes.nominations import rules
from wsis_prizes.nominations.store import NominationLists
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.rules.projects import Outcome, Project
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews

_IN_THE_RUNNING = (projects.SUBMITTED, projects.NOMINATED, projects.NOT_NOMINATED, projects.DISQUALIFIED)


class DraftCases:
    """For officers."""

    def __init__(
        self, editions: Editions, projects: Projects, reviews: Reviews, nominations: NominationLists, experts: Experts
    ) -> None:
        self._editions, self._projects, self._reviews = editions, projects, reviews
        self._nominations, self._experts = nominations, experts

    @rpc(writes=True)
    def fix_nominations(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Fix the list, by name or by score, in place of the one before; everyone left out has a reason."""
        doc, waiting, chosen, left = self._choose(ctx, edition, body)
        self._fix(doc, chosen, left, body.get("reason"))
        return presenters.nomination_list(edition, waiting, set(chosen), published=False)

    @rpc
    def preview_nominations(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """The list that the same order would fix, against the one that there is."""
        doc, _, chosen, left = self._choose(ctx, edition, body)
        fixed = self._nominations.nominations(edition)
        return self._draft(doc, chosen, left, fixed["nominate"] if fixed else ())

    @rpc
    def read_nominations(self, edition: str) -> dict[str, object]:
        """The list as it is, against the one before."""
        doc, fixed = self._editions.edition(edition), self._nominations.nominations(edition)
        if fixed is None:
            return self._draft(doc, (), (), ())
        return self._draft(doc, fixed["nominate"], fixed["left"], fixed.get("former", ()))

    @rpc
    def read_ranking(self, edition: str, category: str) -> dict[str, object]:
        """A category by mean score, with what is in the list."""
        doc, fixed = self._editions.edition(edition), self._nominations.nominations(edition)
        of_category = self._of_category(doc, category, _IN_THE_RUNNING)
        items = [
            {
                **presenters.named(project),
                "language": project.get("language"),
                "rank": rank,
                **scores,
                "nominated": project["_id"] in fixed["nominate"] if fixed else None,
                "before": project["_id"] in fixed.get("former", ()) if fixed else None,
            }
            for rank, project, scores in rules.ranked(of_category, self._reviews.scores(edition, category))
        ]
        return {"edition": edition, "category": category, **_state(doc), "items": items, "next": None}

    @rpc(writes=True)
    def fix_category(self, ctx: Context, edition: str, category: str, body: Input) -> dict[str, object]:
        """Fix the nominees of a category by name; the others stay as they are."""
        doc, fixed = self._unpublished(edition), self._nominations.nominations(edition)
        self._experts.must_not_be_interested(str(ctx.actor.id), edition, category)
        of_category = self._of_category(doc, category, (projects.SUBMITTED,))
        chosen, left = rules.by_name(of_category, body["nominate"], {}, doc["settings"]["nominees_cap"])
        ids = {project["_id"] for project in of_category}
        if fixed:
            chosen = [id for id in fixed["nominate"] if id not in ids] + chosen
            left = {id: reason for id, reason in fixed["left"].items() if id not in ids} | left
        saved = self._fix(doc, chosen, left, body["reason"])
        return self._draft(saved, chosen, left, fixed["nominate"] if fixed else ())

    def _choose(
        self, ctx: Context, edition: str, body: Input
    ) -> tuple[Edition, list[Project], list[str], dict[str, Outcome]]:
        doc = self._unpublished(edition)
        waiting = self._projects.in_states(edition, [projects.SUBMITTED])
        self._experts.must_not_be_interested(str(ctx.actor.id), edition, *{row["category"] for row in waiting})
        # Voters are shown the categories of the edition alone.
        given: dict[str, str | None] = {row["_id"]: None for row in waiting if row["category"] not in doc["categories"]}
        given |= {row["project"]: row["reason"] for row in body.get("not_nominated") or []}
        cap = body.get("cap") or doc["settings"]["nominees_cap"]
        if body.get("nominate") is not None:
            return doc, waiting, *rules.by_name(waiting, body["nominate"], given, cap)
        means = self._reviews.means(edition)
        by_score = rules.by_score(
            waiting, means, given, count=body.get("count"), threshold=body.get("threshold"), cap=cap
        )
        return doc, waiting, *by_score

    def _unpublished(self, edition: str) -> Edition:
        doc = self._editions.edition(edition)
        if doc["marks"].get("published_at"):
            raise Conflict("prizes.nominees_published")
        return doc

    def _of_category(self, doc: Edition, category: str, states: Collection[str]) -> list[Project]:
        if category not in doc["categories"]:
            wrong = {"category": ["Not a category of this edition."]}
            raise Invalid("prizes.category_unknown", category=category, fields=wrong)
        rows = self._projects.in_states(doc["_id"], [*states])
        return [row for row in rows if row["category"] == category]

    def _fix(self, doc: Edition, chosen: list[str], left: dict[str, Outcome], reason: str | None) -> Edition:
        edition, figures = doc["_id"], {"nominated": len(chosen), "not_nominated": len(left)}
        self._nominations.fix_nominations(edition, chosen, left)
        return self._editions.save_edition(
            {**doc, "marks": {**doc["marks"], "list_at": clock.now()}},
            audit.entry("prizes.nominations_fixed", f"edition/{edition}", after=figures, reason=reason),
        )

    def _draft(
        self, doc: Edition, chosen: Collection[str], left: Collection[str], former: Collection[str]
    ) -> dict[str, object]:
        rows = self._projects.in_states(doc["_id"], [*_IN_THE_RUNNING, projects.INELIGIBLE])
        running = [row for row in rows if row["state"] != projects.INELIGIBLE]
        nominated = sum(row["_id"] in set(chosen) for row in running)
        return {
            "edition": doc["_id"],
            "fixed_at": doc["marks"].get("list_at"),
            **_state(doc),
            "nominated": nominated,
            "not_nominated": len(rows) - nominated,
            "categories": rules.by_category(
                running, self._reviews.means(doc["_id"]), set(chosen), set(left), set(former)
            ),
        }


def _state(doc: Edition) -> dict[str, object]:
    return {"published": bool(doc["marks"].get("published_at")), "cap": doc["settings"]["nominees_cap"]}
