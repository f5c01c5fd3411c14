"""What voters read of the nominees."""

from __future__ import annotations

from collections import Counter

from wsis_shared import paging, reference
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.operations import rpc

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.rules.reference import category as category_of
from wsis_prizes.editions.store import Editions
from wsis_prizes.nominations import rules
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.rules import images, projects
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.rules.searching import selected
from wsis_prizes.projects.store import Projects


class NomineeCases:
    """Answers that are the same for everyone who asks the same."""

    def __init__(self, editions: Editions, projects: Projects) -> None:
        self._editions, self._projects = editions, projects

    @rpc
    def list_categories(self, ctx: Context, edition: str) -> dict[str, object]:
        """The categories by number, titles in the reader's language; how many nominees each has, once they are out."""
        locale, doc = ctx.locale, self._editions.edition(edition)
        rows = [category_of(code) for code in doc["categories"]]
        published = doc["marks"].get("published_at")
        nominees = Counter(row["category"] for row in self._projects.nominees(doc, None)) if published else None
        return {
            "items": [
                {
                    "code": row.code,
                    "number": row.number,
                    "title": reference.title(row, locale),
                    "titles": dict(row.title),
                    "nominees": None if nominees is None else nominees[row.code],
                }
                for row in rows
            ],
            "next": None,
        }

    @rpc
    def list_nominees(
        self,
        edition: str,
        category: str | None = None,
        order: int = 0,
        limit: int = 20,
        after: str | None = None,
        **filters: object,
    ) -> dict[str, object]:
        """Nominees of a category, or of all in the order of the categories, each in one of the fixed orders; those that
        the filters leave."""
        doc = self._with_nominees(edition)
        rows = {row["_id"]: row for row in self._projects.nominees(doc, category)}
        left = {row["_id"] for row in selected(rows.values(), filters)}
        ids: list[str] = []
        for code in doc["categories"]:
            of_category = [id for id, row in rows.items() if row["category"] == code]
            ids += [id for id in rules.arranged(of_category, edition, code, order) if id in left]
        start = _start(after, ids)
        items = [presenters.nominee(rows[id]) for id in ids[start : start + limit]]
        more = start + limit < len(ids)
        return {
            "items": items,
            "next": paging.encode([items[-1]["project"]]) if more and items else None,
            "edition": edition,
            "order": order,
        }

    @rpc
    def read_nominee(self, edition: str, project: str) -> dict[str, object]:
        """A nominee's own page."""
        return presenters.nominee_page(self._nominee(edition, project))

    @rpc
    def read_nominee_image(self, edition: str, project: str, size: str) -> dict[str, object]:
        """A file of its image. Raises NotFound."""
        return {"blob": images.file_of(self._nominee(edition, project), size)}

    def _nominee(self, edition: str, project: str) -> Project:
        self._with_nominees(edition)
        found = self._projects.project(project)
        if found["state"] != projects.NOMINATED or found["edition"] != edition:
            raise NotFound("prizes.project_unknown", project=project)
        return found

    def _with_nominees(self, edition: str) -> Edition:
        doc = self._editions.edition(edition)
        if not doc["marks"].get("published_at"):
            raise NotFound("prizes.nominees_not_published")
        return doc


def _start(after: str | None, ids: list[str]) -> int:
    position = paging.decode(after)
    if position is None:
        return 0
    if not isinstance(position, list) or position[0] not in ids:
        raise Invalid("prizes.list_changed", fields={"after": ["Outdated."]})
    return ids.index(position[0]) + 1
