"""Champions are announced, winners released, and the public reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, clock, paging, reference
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_prizes.certificates.use_cases import enqueue_certificates
from wsis_prizes.editions.rules import editions, phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.eligibility.store import PastWinners
from wsis_prizes.finalists.rules import differ, none_voted
from wsis_prizes.finalists.store import Results
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.rules import names, projects
from wsis_prizes.projects.rules.searching import selected
from wsis_prizes.projects.store import Projects
from wsis_prizes.results import rules
from wsis_prizes.results.events import CHAMPIONS_ANNOUNCED, WINNERS_ANNOUNCED

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs


class ResultCases:
    """Decided is not announced."""

    def __init__(self, editions: Editions, projects: Projects, past_winners: PastWinners, results: Results) -> None:
        self._editions, self._projects, self._past_winners, self._results = editions, projects, past_winners, results

    @rpc
    def read_announcements(self, edition: str) -> dict[str, object]:
        """How far they are, and how many they reach; neither a finalist nor a winner."""
        doc = self._editions.edition(edition)
        marks, results = doc["marks"], self._results.results(edition)
        finalists = {category: row["finalists"] for category, row in results.items() if row["finalists"]}
        rows = self._projects.by_ids(id for ids in finalists.values() for id in ids).values()
        return {
            "edition": edition,
            "finalists_fixed_at": marks.get("finalists_at"),
            "champions_announced_at": marks.get("champions_at"),
            "winners_released_at": marks.get("released_at"),
            "ceremony_at": phases.find(doc["phases"], phases.ANNOUNCEMENT)["start"],
            "champions": len(rows),
            "submitters": len({row["owner"] for row in rows}),
            "categories": len(finalists),
            "undecided": sorted(rules.undecided(finalists, self._results.decisions(edition))),
        }

    @rpc(writes=True)
    def announce_champions(self, jobs: Jobs, edition: str) -> dict[str, object]:
        """All finalists in public, by number: no rank, no votes, nothing that tells the winner."""
        doc = self._editions.edition(edition)
        if editions.champions_are_out(doc):
            raise Conflict("prizes.champions_announced")
        if not doc["marks"].get("finalists_at"):
            raise Conflict("prizes.finalists_not_fixed")
        ids = self._counted(doc)
        rows = sorted(self._projects.by_ids(ids).values(), key=lambda row: row["number"])
        self._projects.change_many((row, {"champion": True}, ()) for row in rows)
        now, champions = clock.now(), [presenters.named(row) for row in rows]
        self._editions.save_edition(
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
        results, certified = self._results.explained_results(doc), self._results.certified(doc["_id"])
        ids = [id for row in results.values() for id in row["finalists"]]
        out = {id for id, row in self._projects.by_ids(ids).items() if row["state"] != projects.NOMINATED}
        others = [
            category
            for category in sorted({*results, *certified})
            if category not in results
            or out & set(results[category]["finalists"])
            or differ(
                results[category]["finalists"],
                certified.get(category, none_voted()),
                results[category]["rulings"],
            )
        ]
        if others:
            raise Conflict("prizes.champions_differ", categories=", ".join(others))
        return ids

    @rpc(writes=True)
    def release_winners(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> dict[str, object]:
        """Lift the embargo in one action, once the phase of the ceremony has begun and every category is decided."""
        doc = self._editions.edition(edition)
        rules.may_release(doc, ctx.received_at)
        now, results = clock.now(), self._results.results(edition)
        decisions = self._results.close_decisions(edition, now)
        by_category = {category: row["finalists"] for category, row in results.items()}
        if missing := rules.undecided(by_category, decisions):
            raise Conflict("prizes.categories_undecided", categories=", ".join(sorted(missing)))
        rows = sorted(
            self._projects.by_ids(id for ids in by_category.values() for id in ids).values(),
            key=lambda row: row["number"],
        )
        won = {decision["project"] for decision in decisions.values()}
        winners = [row for row in rows if row["_id"] in won]
        self._projects.change_many((row, {"winner": True}, ()) for row in winners)
        self._past_winners.add_past_winners({**row, "edition": edition} for row in winners)
        self._editions.save_edition(
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

    @rpc
    def list_champions(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> dict[str, object]:
        """Champions by number once announced, and why they are not the finalists of the signed result where they are
        not; which of them won is told from the release on."""
        doc = self._editions.edition(edition)
        if not editions.champions_are_out(doc):
            raise NotFound("prizes.champions_not_announced")
        rulings = [
            {"category": category, **ruling}
            for category, result in sorted(self._results.explained_results(doc).items())
            for ruling in result["rulings"]
        ]
        page = self._distinguished(doc, {**filters, "champion": True}, limit, after)
        return {**page, "edition": edition, "rulings": rulings}

    @rpc
    def list_winners(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> dict[str, object]:
        """Winners by number once released."""
        doc = self._editions.edition(edition)
        if not editions.winners_are_out(doc):
            raise NotFound("prizes.winners_not_released")
        return self._distinguished(doc, {**filters, "winner": True}, limit, after)

    def _distinguished(self, doc: Edition, filters: Input, limit: int, after: str | None) -> dict[str, object]:
        found, told = selected(self._projects.nominees(doc, None), filters), editions.winners_are_out(doc)
        [passed] = paging.decode(after) or [0]
        rows = [
            {**presenters.nominee(row), **({"winner": bool(row.get("winner"))} if told else {})}
            for row in found
            if row["number"] > passed
        ]
        return paging.page(rows, limit, "number")

    @rpc
    def find_winners(
        self,
        q: str | None = None,
        edition: str | None = None,
        category: str | None = None,
        country: str | None = None,
        region: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> dict[str, object]:
        """Winners of all editions, the newest first; none of an edition whose winners are not released."""
        countries = None
        if country or region:
            known = [country] if country else [each.code for each in reference.countries()]
            countries = [code for code in known if region in (None, reference.region_or_international(code))]
        held = self._editions.under_embargo()
        return self._past_winners.find(
            names.looked_for(q or ""), edition, category, countries, held, limit, after
        ).response()

    @rpc
    def champion_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The account's own projects among those of the event: their titles, and one for the link to a certificate."""
        told = [row["project"] for row in data.get("winners", data.get("champions", []))]
        mine = [row for row in self._projects.by_ids(told).values() if row["owner"] == account]
        return {"title": "; ".join(row["title"] for row in mine), "project": mine[0]["_id"] if mine else ""}


def compose(parts: Parts) -> ResultCases:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    return ResultCases(Editions(db), Projects(db), PastWinners(db), Results(db))
