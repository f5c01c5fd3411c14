"""The view under embargo, and the decisions of the Expert Group. Decided is not announced."""

from __future__ import annotations

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.editions.rules import editions
from wsis_prizes.editions.store import Editions
from wsis_prizes.finalists.events import DECISION_CHANGED
from wsis_prizes.finalists.store import Results
from wsis_prizes.jury.store import Jurors
from wsis_prizes.jury.use_cases.experts import Experts
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.store import Projects


class DecisionCases:
    """Jurors decide; each look is logged."""

    def __init__(
        self, editions: Editions, projects: Projects, jurors: Jurors, results: Results, experts: Experts
    ) -> None:
        self._editions, self._projects, self._jurors = editions, projects, jurors
        self._results, self._experts = results, experts

    @rpc
    def read_finalists(self, ctx: Context, edition: str, category: str | None = None) -> dict[str, object]:
        """The finalists with votes and decisions, for the Expert Group and the secretariat.

        The look is logged first. No transaction and no kept answer: a repeat is another look, and nothing of the answer
        is stored.
        Nobody sees the categories of their `interests`, and a juror none of an edition of others.
        """
        actor, doc = str(ctx.actor.id), self._editions.edition(edition)
        if not ctx.actor.has("officer"):
            self._experts.must_be_juror(actor, edition)
        if not doc["marks"].get("finalists_at"):
            raise Conflict("prizes.finalists_not_fixed")
        self._results.log_access(edition, actor, list(ctx.actor.roles), category or "all categories", ctx.request_id)
        results = self._results.results(edition)
        decisions = self._results.decisions(edition)
        by_id = self._projects.by_ids(id for row in results.values() for id in row["finalists"])
        hidden = self._experts.interests(actor, edition)
        items = []
        for code in doc["categories"]:
            if code not in results or code in hidden or category not in (None, code):
                continue
            rows = [row for row in results[code]["ranking"] if row["project"] in results[code]["finalists"]]
            shown_rows = [
                {**presenters.nominee(by_id[row["project"]]), **row, "sdgs": by_id[row["project"]]["sdgs"]}
                for row in rows
            ]
            items.append({"category": code, "finalists": shown_rows, "decision": decisions.get(code)})
        return {"edition": edition, "items": items, "next": None}

    @rpc(writes=True)
    def choose_winner(self, ctx: Context, edition: str, category: str, body: Input) -> dict[str, object]:
        """The Expert Group's decision for a category: one finalist, or none. Until the release it may be changed, with
        the reason, which the other jurors of the category are told to read."""
        actor, doc = str(ctx.actor.id), self._editions.edition(edition)
        self._experts.must_be_juror(actor, edition)
        result = self._results.result(edition, category)
        if not doc["marks"].get("finalists_at") or result is None:
            raise Conflict("prizes.finalists_not_fixed")
        if editions.winners_are_out(doc):
            raise Conflict("prizes.winners_released")
        self._experts.must_not_be_interested(actor, edition, category)
        if body["project"] is not None and body["project"] not in result["finalists"]:
            # It tells who is no finalist: after some tries, who is one.
            self._results.log_access(edition, actor, list(ctx.actor.roles), category, ctx.request_id)
            raise Invalid("prizes.not_a_finalist", fields={"project": ["Not a finalist."]})
        before, why = self._results.decision(edition, category), body.get("change_reason")
        changed = before is not None and before["project"] != body["project"]
        if changed and not why:
            raise Invalid("prizes.change_needs_reason", fields={"change_reason": ["Needed."]})
        self._results.decide(edition, category, body["project"], body["reason"], actor, why if changed else None)
        former = before["by"] if before is not None else actor
        self._note_decision(actor, former, edition, category, why if changed else None)
        return {"edition": edition, "category": category, "decided": True}

    def _note_decision(self, juror: str, former: str, edition: str, category: str, change_reason: str | None) -> None:
        """Neither the project nor the reason, which may name it; whether it is a project or none is not told either."""
        action = "prizes.decision_changed" if change_reason else "prizes.category_decided"
        pending: list[PendingEvent] = [
            audit.entry(action, f"edition/{edition}/category/{category}", after={"decided": True}, reason=change_reason)
        ]
        if change_reason and (accounts := self._others(juror, former, edition, category)):
            pending.append(
                new_event(
                    DECISION_CHANGED,
                    subject=edition,
                    edition=edition,
                    category=category,
                    accounts=accounts,
                )
            )
        self._editions.record_events(*pending)

    def _others(self, juror: str, former: str, edition: str, category: str) -> list[str]:
        """The other jurors who decide on the category, with who decided before."""
        seats = self._jurors.seats(edition)
        return sorted(
            profile["account"]
            for profile in self._experts.jurors(edition)
            if profile["account"] != juror
            and (
                profile["account"] == former
                or category in (seats.get(profile["account"], {}).get("categories") or [category])
            )
            and category not in self._experts.interests_of(profile, edition)
        )

    @rpc
    def list_looks(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """Who looked at what is under embargo, the latest first."""
        self._editions.edition(edition)
        return self._results.access_log(edition, limit, after).response(lambda row: {**row, "at": clock.iso(row["at"])})
