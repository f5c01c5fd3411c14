"""How far an edition is, step by step."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_prizes.editions.store import Editions
from wsis_prizes.finalists.store import Results
from wsis_prizes.jury.store import Jurors
from wsis_prizes.projects.rules.waits import WAITS
from wsis_prizes.projects.store import Projects
from wsis_prizes.results import rules
from wsis_prizes.reviews.store import Reviews


class DeskCases:
    """For officers."""

    def __init__(
        self, editions: Editions, projects: Projects, jurors: Jurors, reviews: Reviews, results: Results
    ) -> None:
        self._editions, self._projects, self._jurors = editions, projects, jurors
        self._reviews, self._results = reviews, results

    @rpc
    def read_steps(self, ctx: Context, edition: str) -> dict[str, object]:
        """Each step in figures."""
        marks = self._editions.edition(edition)["marks"]
        reviews = self._reviews.progress(edition, "category")
        finalists = {category: row["finalists"] for category, row in self._results.results(edition).items()}
        return {
            "edition": edition,
            "projects": self._projects.count_states(edition),
            "waiting": {kind: self._projects.count(edition, {"waits": kind}, ctx.received_at) for kind in WAITS},
            "jurors": len(self._jurors.jurors_of_edition(edition)),
            "reviews": sum(row["all"] for row in reviews),
            "reviews_done": sum(row["done"] for row in reviews),
            "list_fixed_at": marks.get("list_at"),
            "nominees_published_at": marks.get("published_at"),
            "finalists_fixed_at": marks.get("finalists_at"),
            "categories": sum(bool(projects) for projects in finalists.values()),
            "categories_undecided": len(rules.undecided(finalists, self._results.decisions(edition))),
            "champions_announced_at": marks.get("champions_at"),
            "winners_released_at": marks.get("released_at"),
        }


def compose(parts: Parts) -> DeskCases:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    return DeskCases(Editions(db), Projects(db), Jurors(db), Reviews(db), Results(db))
