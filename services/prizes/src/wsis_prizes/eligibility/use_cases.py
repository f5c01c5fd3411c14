"""What officers check of a project that came in: evidence, one question, the decision."""

from __future__ import annotations

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_prizes.editions.events import EDITION_CHANGED
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.eligibility import rules
from wsis_prizes.eligibility.events import CLARIFICATION_ANSWERED, CLARIFICATION_REQUESTED
from wsis_prizes.eligibility.store import PastWinners
from wsis_prizes.jury.use_cases.experts import Experts, experts_of
from wsis_prizes.projects.rules import names, projects
from wsis_prizes.projects.rules.projects import Clarification
from wsis_prizes.projects.rules.reasons import STANDARD
from wsis_prizes.projects.store import Projects
from wsis_prizes.projects.use_cases import presenters
from wsis_prizes.reviews.store import Reviews


class EligibilityCases:
    """The gateway lets officers through to these; submitters answer."""

    def __init__(
        self, editions: Editions, projects: Projects, past_winners: PastWinners, reviews: Reviews, experts: Experts
    ) -> None:
        self._editions, self._projects, self._past_winners = editions, projects, past_winners
        self._reviews, self._experts = reviews, experts

    @rpc
    def list_past_winners(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """Winners of earlier editions, which this edition does not take again; none of one under embargo."""
        self._editions.edition(edition)
        return self._past_winners.past_winners(edition, self._editions.under_embargo(), limit, after).response()

    @rpc(writes=True)
    def import_past_winners(self, edition: str, body: Input) -> dict[str, object]:
        """Add winners of earlier editions; those that are there are left alone."""
        doc = self._editions.edition(edition)
        rows = [
            {**row, "entity": names.entity(row["organization"]), "title_key": names.title(row["title"])}
            for row in body["items"]
        ]
        added = self._past_winners.add_past_winners(rows)
        self._editions.save_edition(
            doc,
            new_event(EDITION_CHANGED, subject=edition, edition=edition),
            audit.entry("prizes.past_winners_imported", f"edition/{edition}", after={"added": added}),
        )
        return {"added": added, "known": len(rows) - added}

    @rpc
    def read_eligibility(self, ctx: Context, project: str) -> dict[str, object]:
        """What speaks against a project, and the decision."""
        found = self._projects.submitted_project(project)
        return self._eligibility(found, self._editions.edition(found["edition"]), ctx.locale)

    def _eligibility(self, found: projects.Project, edition: Edition, locale: str) -> dict[str, object]:
        country = found.get("country") or ""
        winners = self._past_winners.past_winners_of(country, edition["_id"])
        others = self._projects.of_country(edition["_id"], country, found["_id"])
        hits = rules.evidence(found, edition, winners, others)
        evidence = [{**hit, "fields_": hit.get("fields")} for hit in hits]
        texts = presenters.reasons()
        standards = [
            {"code": code, "eligible": eligible, "title": texts[code][locale]}
            for eligible, codes in STANDARD.items()
            for code in codes
        ]
        decided = found.get("eligibility", {})
        return {
            "project": found["_id"],
            "state": found["state"],
            "evidence": evidence,
            "standards": standards,
            **decided,
        }

    @rpc(writes=True)
    def decide_eligibility(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Rule a submission in or out, with the reason; can be changed until the nominees are published."""
        found = self._projects.submitted_project(project)
        projects.must_be_in(found, projects.SUBMITTED, projects.INELIGIBLE)
        edition = self._editions.edition(found["edition"])
        if edition["marks"].get("published_at"):
            raise Conflict("prizes.nominees_published")
        self._experts.must_not_be_interested(str(ctx.actor.id), edition["_id"], found["category"])
        state = projects.SUBMITTED if body["eligible"] else projects.INELIGIBLE
        standard, words = body.get("standard"), body.get("reason")
        reason: projects.Outcome = {"code": standard or "ineligible", "text": words, "mean": None}
        decided: projects.Project = {
            **found,
            "state": state,
            "eligibility": {
                "eligible": body["eligible"],
                "reason": words,
                "standard": standard,
                "decided_at": clock.now(),
            },
            "outcome": None if body["eligible"] else reason,
        }
        if not body["eligible"]:
            self._reviews.drop_reviews(project=project)
        entry = audit.entry(
            "prizes.eligibility_decided",
            f"project/{project}",
            {"state": found["state"]},
            {"state": state},
            words or presenters.reasons()[str(standard)]["en"],
        )
        saved = self._projects.save_project(decided, edition, entry, for_officer=True)
        return self._eligibility(saved, edition, ctx.locale)

    @rpc(writes=True)
    def request_clarification(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Ask the submitter, once, with a date."""
        found = self._projects.submitted_project(project)
        until = body["until"]
        rules.may_be_asked(found, until, ctx.received_at)
        edition = self._editions.edition(found["edition"])
        asked: projects.Clarification = {
            "question": body["question"],
            "until": until,
            "asked_at": clock.now(),
            "answer": None,
        }
        saved = self._projects.save_project(
            {**found, "clarification": asked},
            edition,
            new_event(
                CLARIFICATION_REQUESTED,
                subject=project,
                edition=edition["_id"],
                project=project,
                number=found["number"],
                account=found["owner"],
                question=body["question"],
                until=until,
            ),
            audit.entry("prizes.clarification_requested", f"project/{project}", after={"until": clock.iso(until)}),
        )
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)

    @rpc(writes=True)
    def answer_clarification(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Answer the secretariat's question, once and in time."""
        found = self._projects.own_project(project, str(ctx.actor.id))
        rules.may_answer(found, ctx.received_at)
        edition = self._editions.edition(found["edition"])
        answered: Clarification = {**found["clarification"], "answer": body["answer"], "answered_at": clock.now()}
        saved = self._projects.save_project(
            {**found, "clarification": answered},
            edition,
            new_event(
                CLARIFICATION_ANSWERED,
                subject=project,
                edition=found["edition"],
                project=project,
                number=found["number"],
            ),
        )
        return presenters.project(saved, edition, ctx.received_at, ctx.locale, whole=True)


def compose(parts: Parts) -> EligibilityCases:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    return EligibilityCases(Editions(db), Projects(db), PastWinners(db), Reviews(db), experts_of(parts))
