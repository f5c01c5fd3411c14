"""Finalists, the embargo, champions, winners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.events import CHAMPIONS_ANNOUNCED, DECISION_CHANGED, FINALISTS_FIXED, WINNERS_ANNOUNCED
from wsis_prizes.rules import editions, embargo, finalists, projects
from wsis_prizes.rules.editions import Edition
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters
from wsis_prizes.use_cases.certificates import enqueue_certificates
from wsis_prizes.use_cases.experts import Experts

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs


class OutcomeCases:
    """Decided is not announced: see rules/embargo.py."""

    def __init__(self, store: Store, experts: Experts) -> None:
        self._store, self._experts = store, experts

    @rpc(writes=True)
    def fix_finalists(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Take the finalists of the signed result of voting, with the ties that the Expert Group settled.

        The look is logged first: a refusal names the projects whose tie is open.
        """
        actor, doc = str(ctx.actor.id), self._store.edition(edition)
        if doc["marks"].get("finalists_at"):
            raise Conflict("prizes.finalists_fixed")
        if not doc["marks"].get("published_at"):
            raise Conflict("prizes.no_list")
        settled = {row["category"]: row["projects"] for row in body["settle"]}
        if settled:
            self._experts.must_not_be_interested(actor, edition, *settled)
        certified = self._certified(edition)
        self._store.log_access(edition, actor, list(ctx.actor.roles), "tally", ctx.request_id)
        chosen = self._take(doc, certified, settled)
        figures = {"categories": sum(map(bool, chosen.values())), "finalists": sum(map(len, chosen.values()))}
        accounts = sorted(profile["account"] for profile in self._experts.jurors(edition))
        self._store.save_edition(
            {**doc, "marks": {**doc["marks"], "finalists_at": clock.now()}},
            new_event(
                FINALISTS_FIXED, subject=edition, edition=edition, categories=figures["categories"], accounts=accounts
            ),
            audit.entry("prizes.finalists_fixed", f"edition/{edition}", after={**figures, "settled": sorted(settled)}),
        )
        return {"edition": edition, **figures}

    def _certified(self, edition: str) -> dict[str, finalists.Certified]:
        """Category -> what the signed result of voting says of it. Raises tally_not_certified until it is there."""
        result = self._store.signed_result(edition)
        if result is None:
            raise Conflict("prizes.tally_not_certified")
        return finalists.of_result(result)

    def _take(
        self, doc: Edition, certified: dict[str, finalists.Certified], settled: dict[str, list[str]]
    ) -> dict[str, list[str]]:
        """Store the finalists of each category, and return them. Raises tie_unsettled."""
        by_category: dict[str, list[projects.Project]] = {category: [] for category in doc["categories"]}
        for row in self._store.in_states(doc["_id"], [projects.NOMINATED, projects.DISQUALIFIED, projects.WITHDRAWN]):
            by_category.setdefault(row["category"], []).append(row)
        rows, chosen, ties = {}, {}, {}
        for category, nominees in by_category.items():
            counted = certified.get(category, finalists.none_voted())
            rulings = finalists.ruled_out(nominees, counted)
            if category in settled:
                rulings.append({"kind": finalists.TIE_SETTLED, "projects": settled[category]})
            chosen[category], tied = finalists.standing(counted, rulings, category)
            if tied:
                ties[category] = tied
            still = [row for row in nominees if row["state"] == projects.NOMINATED]
            rows[category] = finalists.ranking(still, counted["votes"]), counted, rulings
        if ties:
            raise Conflict("prizes.tie_unsettled", fields=ties)
        for category, (ranked, counted, rulings) in rows.items():
            self._store.save_result(
                doc["_id"],
                category,
                ranked,
                chosen[category],
                certified=counted,
                rulings=rulings,
            )
        return chosen

    @rpc
    def read_finalists(self, ctx: Context, edition: str, category: str | None = None) -> dict[str, object]:
        """The finalists with votes and decisions, for the Expert Group and the secretariat.

        The look is logged first. No transaction and no kept answer: a repeat is another look, and nothing of the answer
        is stored.
        Nobody sees the categories of their `interests`, and a juror none of an edition of others.
        """
        actor, doc = str(ctx.actor.id), self._store.edition(edition)
        if not ctx.actor.has("officer"):
            self._experts.must_be_juror(actor, edition)
        if not doc["marks"].get("finalists_at"):
            raise Conflict("prizes.finalists_not_fixed")
        self._store.log_access(edition, actor, list(ctx.actor.roles), category or "all categories", ctx.request_id)
        results = self._store.results(edition)
        decisions = self._store.decisions(edition)
        by_id = self._store.by_ids(id for row in results.values() for id in row["finalists"])
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
        actor, doc = str(ctx.actor.id), self._store.edition(edition)
        self._experts.must_be_juror(actor, edition)
        result = self._store.result(edition, category)
        if not doc["marks"].get("finalists_at") or result is None:
            raise Conflict("prizes.finalists_not_fixed")
        if editions.winners_are_out(doc):
            raise Conflict("prizes.winners_released")
        self._experts.must_not_be_interested(actor, edition, category)
        if body["project"] is not None and body["project"] not in result["finalists"]:
            raise Invalid("prizes.not_a_finalist", fields={"project": ["Not a finalist."]})
        before, why = self._store.decision(edition, category), body.get("change_reason")
        changed = before is not None and before["project"] != body["project"]
        if changed and not why:
            raise Invalid("prizes.change_needs_reason", fields={"change_reason": ["Needed."]})
        self._store.decide(edition, category, body["project"], body["reason"], actor, why if changed else None)
        self._note_decision(actor, edition, category, why if changed else None)
        return {"edition": edition, "category": category, "decided": True}

    def _note_decision(self, juror: str, edition: str, category: str, change_reason: str | None) -> None:
        """Neither the project nor the reason, which may name it; whether it is a project or none is not told either."""
        action = "prizes.decision_changed" if change_reason else "prizes.category_decided"
        pending: list[PendingEvent] = [
            audit.entry(action, f"edition/{edition}/category/{category}", after={"decided": True}, reason=change_reason)
        ]
        if change_reason and (accounts := self._others(juror, edition, category)):
            pending.append(
                new_event(
                    DECISION_CHANGED,
                    subject=edition,
                    edition=edition,
                    category=category,
                    accounts=accounts,
                )
            )
        self._store.record_events(*pending)

    def _others(self, juror: str, edition: str, category: str) -> list[str]:
        """The other jurors who may decide on the category."""
        lines = self._store.expertise(edition)
        return sorted(
            profile["account"]
            for profile in self._experts.jurors(edition)
            if profile["account"] != juror
            and category in (lines.get(profile["account"]) or [category])
            and category not in self._experts.interests_of(profile, edition)
        )

    @rpc
    def list_looks(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """Who looked at what is under embargo, the latest first."""
        self._store.edition(edition)
        return self._store.access_log(edition, limit, after).response(lambda row: {**row, "at": clock.iso(row["at"])})

    @rpc(writes=True)
    def announce_champions(self, jobs: Jobs, edition: str) -> dict[str, object]:
        """All finalists in public, by number: no rank, no votes, nothing that tells the winner."""
        doc = self._store.edition(edition)
        if editions.champions_are_out(doc):
            raise Conflict("prizes.champions_announced")
        if not doc["marks"].get("finalists_at"):
            raise Conflict("prizes.finalists_not_fixed")
        ids = self._counted(doc)
        rows = sorted(self._store.by_ids(ids).values(), key=lambda row: row["number"])
        self._store.change_many((row, {"champion": True}, ()) for row in rows)
        now, champions = clock.now(), [presenters.named(row) for row in rows]
        self._store.save_edition(
            {**doc, "marks": {**doc["marks"], "champions_at": now}},
            new_event(
                CHAMPIONS_ANNOUNCED,
                subject=edition,
                edition=edition,
                champions=champions,
                action_lines=sorted({row["category"] for row in rows}),
                accounts=sorted({row["owner"] for row in rows}),
            ),
            audit.entry("prizes.champions_announced", f"edition/{edition}", after={"champions": len(rows)}),
        )
        enqueue_certificates(jobs, (row["_id"] for row in rows))
        return {"edition": edition, "champions": len(rows), "winners": None, "at": now}

    def _counted(self, doc: Edition) -> list[str]:
        """The finalists of all categories. Raises champions_differ where they are not those of the signed result of
        voting and of the rulings since."""
        results, certified = self._store.explained_results(doc), self._certified(doc["_id"])
        ids = [id for row in results.values() for id in row["finalists"]]
        out = {id for id, row in self._store.by_ids(ids).items() if row["state"] != projects.NOMINATED}
        differ = [
            category
            for category in sorted({*results, *certified})
            if category not in results
            or out & set(results[category]["finalists"])
            or finalists.differ(
                results[category]["finalists"],
                certified.get(category, finalists.none_voted()),
                results[category]["rulings"],
            )
        ]
        if differ:
            raise Conflict("prizes.champions_differ", categories=", ".join(differ))
        return ids

    @rpc(writes=True)
    def release_winners(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> dict[str, object]:
        """Lift the embargo in one action, once the phase of the ceremony has begun and every category is decided."""
        doc = self._store.edition(edition)
        embargo.may_release(doc, ctx.received_at)
        decisions, results = self._store.decisions(edition), self._store.results(edition)
        by_category = {category: row["finalists"] for category, row in results.items()}
        if missing := embargo.undecided(by_category, decisions):
            raise Conflict("prizes.categories_undecided", categories=", ".join(sorted(missing)))
        rows = sorted(
            self._store.by_ids(id for ids in by_category.values() for id in ids).values(), key=lambda row: row["number"]
        )
        won = {decision["project"] for decision in decisions.values()}
        winners = [row for row in rows if row["_id"] in won]
        self._store.change_many((row, {"winner": True}, ()) for row in winners)
        self._store.add_past_winners({**row, "edition": edition} for row in winners)
        now = clock.now()
        self._store.save_edition(
            {**doc, "marks": {**doc["marks"], "released_at": now}},
            new_event(
                WINNERS_ANNOUNCED,
                subject=edition,
                edition=edition,
                winners=[presenters.named(row) for row in winners],
                champions=[presenters.named(row) for row in rows if row["_id"] not in won],
                action_lines=sorted({row["category"] for row in rows}),
                accounts=sorted({row["owner"] for row in winners}),
            ),
            audit.entry(
                "prizes.winners_released", f"edition/{edition}", after={"winners": len(winners)}, reason=body["reason"]
            ),
        )
        enqueue_certificates(jobs, (row["_id"] for row in winners))
        return {"edition": edition, "champions": len(rows), "winners": len(winners), "at": now}
