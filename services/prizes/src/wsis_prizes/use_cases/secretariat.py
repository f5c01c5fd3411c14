"""What officers do with projects: lists, eligibility, clarification."""

from __future__ import annotations

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes import errors
from wsis_prizes.events import CLARIFICATION_REQUESTED
from wsis_prizes.rules import eligibility, projects
from wsis_prizes.rules.editions import Edition
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters
from wsis_prizes.use_cases.experts import Experts


class SecretariatCases:
    """The gateway lets officers through to these."""

    def __init__(self, store: Store, experts: Experts) -> None:
        self._store, self._experts = store, experts

    @rpc
    def list_projects(
        self, ctx: Context, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> dict[str, object]:
        """Projects that came in, by number; `filters` as in the schema ProjectQuery."""
        self._store.edition(edition)
        page, now = self._store.listed(edition, filters, limit, after), ctx.received_at
        return page.response(lambda row: presenters.project_row(row, now))

    @rpc
    def read_eligibility(self, project: str) -> dict[str, object]:
        """What speaks against a project, and the decision."""
        found = self._store.submitted_project(project)
        return self._eligibility(found, self._store.edition(found["edition"]))

    def _eligibility(self, found: projects.Project, edition: Edition) -> dict[str, object]:
        country = found.get("country") or ""
        winners = self._store.past_winners_of(country, edition["_id"])
        others = self._store.of_country(edition["_id"], country, found["_id"])
        hits = eligibility.evidence(found, edition, winners, others)
        evidence = [{**hit, "fields_": hit.get("fields")} for hit in hits]
        return {"project": found["_id"], "state": found["state"], "evidence": evidence, **found.get("eligibility", {})}

    @rpc(writes=True)
    def decide_eligibility(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Rule a submission in or out, with the reason; can be changed until the nominees are published."""
        found = self._store.submitted_project(project)
        if found["state"] not in (projects.SUBMITTED, projects.INELIGIBLE):
            raise errors.wrong_state(found["state"], (projects.SUBMITTED, projects.INELIGIBLE))
        edition = self._store.edition(found["edition"])
        if edition["marks"].get("published_at"):
            raise Conflict("prizes.nominees_published")
        self._experts.must_not_be_interested(str(ctx.actor.id), edition["_id"], found["category"])
        state = projects.SUBMITTED if body["eligible"] else projects.INELIGIBLE
        reason: projects.Outcome = {"code": "ineligible", "text": body["reason"], "mean": None}
        decided: projects.Project = {
            **found,
            "state": state,
            "eligibility": {"eligible": body["eligible"], "reason": body["reason"], "decided_at": clock.now()},
            "outcome": None if body["eligible"] else reason,
        }
        if not body["eligible"]:
            self._store.drop_reviews(project=project)
        entry = audit.entry(
            "prizes.eligibility_decided",
            f"project/{project}",
            {"state": found["state"]},
            {"state": state},
            body["reason"],
        )
        return self._eligibility(self._store.save_project(decided, edition, entry, for_officer=True), edition)

    @rpc(writes=True)
    def request_clarification(self, ctx: Context, project: str, body: Input) -> dict[str, object]:
        """Ask the submitter, once, with a date."""
        found = self._store.submitted_project(project)
        until = body["until"]
        projects.may_be_asked(found, until, ctx.received_at)
        edition = self._store.edition(found["edition"])
        asked: projects.Clarification = {
            "question": body["question"],
            "until": until,
            "asked_at": clock.now(),
            "answer": None,
        }
        saved = self._store.save_project(
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
