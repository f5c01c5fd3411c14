"""What the public reads: nominees, champions, winners."""

from __future__ import annotations

from wsis_shared import paging
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.rules import editions, orders, projects
from wsis_prizes.rules.editions import Edition
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters


class PublicCases:
    """Answers that are the same for everyone who asks the same."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def list_nominees(
        self, edition: str, category: str | None = None, order: int = 0, limit: int = 20, after: str | None = None
    ) -> dict[str, object]:
        """Nominees of a category, or of all in the order of the categories, each in one of the fixed orders."""
        doc = self._with_nominees(edition)
        rows = {row["_id"]: row for row in self._store.nominees(doc, category)}
        ids = []
        for code in doc["categories"]:
            ids += orders.arranged([id for id, row in rows.items() if row["category"] == code], edition, code, order)
        start = _start(after, ids)
        items = [presenters.nominee(rows[id]) for id in ids[start : start + limit]]
        more = start + limit < len(ids)
        return {
            "items": items,
            "next": paging.encode([items[-1]["project"]]) if more and items else None,
            "edition": edition,
            "order": order,
        }

    def _with_nominees(self, edition: str) -> Edition:
        doc = self._store.edition(edition)
        if not doc["marks"].get("published_at"):
            raise NotFound("prizes.nominees_not_published")
        return doc

    @rpc
    def read_nominee(self, edition: str, project: str) -> dict[str, object]:
        """A nominee's own page."""
        self._with_nominees(edition)
        found = self._store.project(project)
        if found["state"] != projects.NOMINATED or found["edition"] != edition:
            raise NotFound("prizes.project_unknown", project=project)
        return presenters.nominee_page(found)

    @rpc
    def list_champions(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> dict[str, object]:
        """Champions by number once announced, and why they are not the finalists of the signed result where they are
        not; which of them won is told from the release on."""
        doc = self._store.edition(edition)
        if not editions.champions_are_out(doc):
            raise NotFound("prizes.champions_not_announced")
        rulings = [
            {"category": category, **ruling}
            for category, result in sorted(self._store.explained_results(doc).items())
            for ruling in result["rulings"]
        ]
        page = self._distinguished(doc, {**filters, "champion": True}, limit, after)
        return {**page, "edition": edition, "rulings": rulings}

    @rpc
    def list_winners(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> dict[str, object]:
        """Winners by number once released."""
        doc = self._store.edition(edition)
        if not editions.winners_are_out(doc):
            raise NotFound("prizes.winners_not_released")
        return self._distinguished(doc, {**filters, "winner": True}, limit, after)

    def _distinguished(self, doc: Edition, filters: Input, limit: int, after: str | None) -> dict[str, object]:
        page = self._store.listed(doc["_id"], {**filters, "state": projects.NOMINATED}, limit, after)
        told = editions.winners_are_out(doc)
        return page.response(
            lambda row: {**presenters.nominee(row), **({"winner": bool(row.get("winner"))} if told else {})}
        )


def _start(after: str | None, ids: list[str]) -> int:
    position = paging.decode(after)
    if position is None:
        return 0
    if not isinstance(position, list) or position[0] not in ids:
        raise Invalid("prizes.list_changed", fields={"after": ["Outdated."]})
    return ids.index(position[0]) + 1
