"""Finalists, the embargo, champions, winners."""

from __future__ import annotations

from typing import Any

from wsis_shared import audit, clock
from wsis_shared.bus import rpc
from wsis_shared.events import new_event

from wsis_prizes import errors
from wsis_prizes.domain import embargo, finalists, projects
from wsis_prizes.events import CHAMPIONS_ANNOUNCED, FINALISTS_FIXED, WINNERS_ANNOUNCED
from wsis_prizes.service import shown
from wsis_prizes.service.calls import Calls


class OutcomeCalls(Calls):
    """Decided is not announced: see domain/embargo.py."""

    @rpc(writes=True)
    def fix_finalists(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take the finalists from the certified tally, by the published rule of ties.

        The look is logged first: a refusal names the projects whose tie is open.
        """
        ctx, doc = self.ctx(), self.store.edition(edition)
        if doc["marks"].get("finalists_at"):
            raise errors.finalists_fixed()
        if not doc["marks"].get("published_at"):
            raise errors.no_list()
        self.store.look(edition, self.me, list(ctx.actor.roles), "tally", ctx.request_id)
        tally = self.voting.tally(edition=edition)
        if not tally["certified"]:
            raise errors.tally_not_certified()
        ranked, chosen = self._chosen(
            doc, tally["counted"], {row["category"]: row["projects"] for row in body["settle"]}
        )
        for category, rows in ranked.items():
            self.store.save_result(
                edition, category, [vars(row) for row in rows], [row.project for row in chosen[category]]
            )
        figures = {"categories": sum(map(bool, chosen.values())), "finalists": sum(map(len, chosen.values()))}
        self.store.save_edition(
            {**doc, "marks": {**doc["marks"], "finalists_at": clock.now()}},
            new_event(FINALISTS_FIXED, subject=edition, edition=edition, categories=figures["categories"]),
            audit.entry("prizes.finalists_fixed", f"edition/{edition}", after=figures),
        )
        return {"edition": edition, **figures}

    def _chosen(self, doc: dict[str, Any], counted: dict[str, int], settled: dict[str, list[str]]) -> tuple[Any, Any]:
        places, rule = doc["settings"]["finalists_per_category"], doc["settings"]["tie_rule"]
        by_category: dict[str, list[dict[str, Any]]] = {category: [] for category in doc["categories"]}
        for nominee in self.store.in_states(doc["_id"], [projects.NOMINATED]):
            by_category.setdefault(nominee["category"], []).append(nominee)
        ranked, chosen, ties = {}, {}, {}
        for category, nominees in by_category.items():
            ranked[category] = finalists.ranking(nominees, counted)
            chosen[category], tied = finalists.choose(
                ranked[category], places, rule, settled.get(category, ()), category=category
            )
            if tied:
                ties[category] = tied
        if ties:
            raise errors.tie_unsettled(ties)
        return ranked, chosen

    @rpc
    def read_finalists(self, edition: str, category: str | None = None) -> dict[str, Any]:
        """The finalists with votes and decisions, for the Expert Group and the secretariat.

        The look is logged first. No transaction and no kept answer: a repeat is another look, and nothing of the answer
        is stored.
        A juror does not see the categories of `_interests`.
        """
        ctx, doc = self.ctx(), self.store.edition(edition)
        if not doc["marks"].get("finalists_at"):
            raise errors.finalists_not_fixed()
        self.store.look(edition, self.me, list(ctx.actor.roles), category or "all categories", ctx.request_id)
        results = self.store.results(edition)
        decisions = self.store.decisions(edition)
        by_id = self.store.by_ids(id for row in results.values() for id in row["finalists"])
        hidden = set() if ctx.actor.has("officer") else self._interests(edition)
        items = []
        for code in doc["categories"]:
            if code not in results or code in hidden or category not in (None, code):
                continue
            rows = [row for row in results[code]["ranking"] if row["project"] in results[code]["finalists"]]
            shown_rows = [
                {**shown.nominee(by_id[row["project"]]), **row, "sdgs": by_id[row["project"]]["sdgs"]} for row in rows
            ]
            items.append({"category": code, "finalists": shown_rows, "decision": decisions.get(code)})
        return {"edition": edition, "items": items, "next": None}

    def _interests(self, edition: str) -> set[str]:
        """Categories that this juror neither sees nor decides, whatever became of the project there: if finalists
        alone counted, a category that is shown would tell that one's own is none."""
        return self.store.categories_of(edition, self.me) | self.store.conflicts_of(edition, self.me)

    @rpc(writes=True)
    def choose_winner(self, edition: str, category: str, body: dict[str, Any]) -> dict[str, Any]:
        """The Expert Group's decision for a category: one finalist, or none. May be changed until the release."""
        doc = self.store.edition(edition)
        result = self.store.result(edition, category)
        if not doc["marks"].get("finalists_at") or result is None:
            raise errors.finalists_not_fixed()
        if embargo.winners_are_out(doc):
            raise errors.winners_released()
        if category in self._interests(edition):
            raise errors.interested()
        if body["project"] is not None and body["project"] not in result["finalists"]:
            raise errors.not_a_finalist()
        self.store.decide(edition, category, body["project"], body["reason"], self.me)
        # Neither the project nor the reason, which may name it; whether it is a project or none is not told either.
        entry = audit.entry(
            "prizes.category_decided", f"edition/{edition}/category/{category}", after={"decided": True}
        )
        self.store.note(self.ctx().new_id("decided"), entry)
        return {"edition": edition, "category": category, "decided": True}

    @rpc
    def list_looks(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """Who looked at what is under embargo, the latest first."""
        self.store.edition(edition)
        return self.store.looks(edition, limit, after).response(lambda row: {**row, "at": clock.iso(row["at"])})

    @rpc(writes=True)
    def announce_champions(self, edition: str) -> dict[str, Any]:
        """All finalists in public, by number: no rank, no votes, nothing that tells the winner."""
        doc = self.store.edition(edition)
        if embargo.champions_are_out(doc):
            raise errors.champions_announced()
        if not doc["marks"].get("finalists_at"):
            raise errors.finalists_not_fixed()
        ids = [id for row in self.store.results(edition).values() for id in row["finalists"]]
        rows = sorted(self.store.by_ids(ids).values(), key=lambda row: row["number"])
        self.store.change_many((row, {"champion": True}, ()) for row in rows)
        now = clock.now()
        self.store.save_edition(
            {**doc, "marks": {**doc["marks"], "champions_at": now}},
            new_event(
                CHAMPIONS_ANNOUNCED, subject=edition, edition=edition, champions=[shown.named(row) for row in rows],
                action_lines=sorted({row["category"] for row in rows}), accounts=sorted({row["owner"] for row in rows}),
            ),
            audit.entry("prizes.champions_announced", f"edition/{edition}", after={"champions": len(rows)}),
        )  # fmt: skip
        self.enqueue_certificates(row["_id"] for row in rows)
        return {"edition": edition, "champions": len(rows), "winners": None, "at": now}

    @rpc(writes=True)
    def release_winners(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Lift the embargo in one action, once the phase of the ceremony has begun and every category is decided."""
        ctx, doc = self.ctx(), self.store.edition(edition)
        embargo.may_release(doc, ctx.received_at)
        decisions, results = self.store.decisions(edition), self.store.results(edition)
        by_category = {category: row["finalists"] for category, row in results.items()}
        if missing := embargo.undecided(by_category, decisions):
            raise errors.categories_undecided(sorted(missing))
        rows = sorted(
            self.store.by_ids(id for ids in by_category.values() for id in ids).values(), key=lambda row: row["number"]
        )
        won = {decision["project"] for decision in decisions.values()}
        winners = [row for row in rows if row["_id"] in won]
        self.store.change_many((row, {"winner": True}, ()) for row in winners)
        self.store.add_past_winners({**row, "edition": edition} for row in winners)
        now = clock.now()
        self.store.save_edition(
            {**doc, "marks": {**doc["marks"], "released_at": now}},
            new_event(
                WINNERS_ANNOUNCED, subject=edition, edition=edition, winners=[shown.named(row) for row in winners],
                champions=[shown.named(row) for row in rows if row["_id"] not in won],
                action_lines=sorted({row["category"] for row in rows}),
                accounts=sorted({row["owner"] for row in winners}),
            ),
            audit.entry("prizes.winners_released", f"edition/{edition}", after={"winners": len(winners)},
                        reason=body["reason"]),
        )  # fmt: skip
        self.enqueue_certificates(row["_id"] for row in winners)
        return {"edition": edition, "champions": len(rows), "winners": len(winners), "at": now}
