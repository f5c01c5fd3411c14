"""What everybody reads of the matrix: versions, links, differences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from wsis_shared import paging, reference
from wsis_shared.errors import NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.matrix.rules import patches, proposals
from wsis_stocktaking.matrix.rules.patches import MatrixLink, Version, pairs
from wsis_stocktaking.matrix.store import Comment, MatrixVersions


def header_of(version: Version) -> JsonObject:
    """A version without its links."""
    return {
        "version": version["_id"],
        "valid_from": version["valid_from"],
        "published_at": version.get("published_at"),
        "note": version["note"],
        "added": version["added"],
        "changed": version["changed"],
        "removed": version["removed"],
        "lines": version["lines"],
    }


def proposal_of(
    found: proposals.Proposal, links: Iterable[MatrixLink], others: Iterable[proposals.Proposal]
) -> JsonObject:
    """A proposal beside the newest links and the other pending proposals."""
    pending = found["state"] in proposals.PENDING
    return {
        **found,
        "proposal": found["_id"],
        "clashes": proposals.clashes(found, others) if pending else [],
        "outdated": proposals.outdated(found, links) if pending else [],
    }


def comment_of(found: Comment) -> JsonObject:
    """A comment."""
    return {"comment": found["_id"], "agency": found["agency"], "at": found["at"], "text": found["text"]}


MatrixLinks = Callable[[], Collection[tuple[str, int]]]


def current_links(parts: Parts) -> MatrixLinks:
    """A function that returns the pairs of action line and goal."""
    versions = MatrixVersions(parts.db)
    return lambda: pairs(versions.current_links())


class ReadingCases:
    """What readers see."""

    def __init__(self, versions: MatrixVersions) -> None:
        self._versions = versions

    def select(self, version: int | None, on: str | None) -> Version:
        """The version of this number, or in force on a day, or in force today. Raises NotFound."""
        if version is not None:
            return self._versions.find(version)
        return self._versions.on(date.fromisoformat(on)) if on else self._versions.current()

    @rpc
    def read_matrix(self, version: int | None = None, on: str | None = None) -> JsonObject:
        """A version with all its links. Raises NotFound."""
        found = self.select(version, on)
        return {**header_of(found), "links": found["links"]}

    @rpc
    def read_matrix_version(self, version: str) -> JsonObject:
        """A version by the number in an address. Raises NotFound."""
        return self.read_matrix(_number(version))

    @rpc
    def list_matrix_links(
        self,
        limit: int = 20,
        after: str | None = None,
        version: int | None = None,
        on: str | None = None,
        **filters: object,
    ) -> JsonObject:
        """Links of a version that have the line, the goal and the target that are named. Raises NotFound."""
        line, sdg, target = (filters.get(name) for name in ("line", "sdg", "target"))
        rows = [
            (position, {**link, "position": position})
            for position, link in enumerate(self.select(version, on)["links"])
            if line in (None, link["line"])
            and sdg in (None, link["sdg"])
            and (target is None or target in link["targets"])
        ]
        return _page(rows, limit, after)

    @rpc
    def list_matrix_versions(self, limit: int = 20, after: str | None = None) -> JsonObject:
        """All versions, the newest first."""
        rows = [(-header["_id"], header_of(header)) for header in self._versions.headers()]
        return _page(rows, limit, after)

    @rpc
    def read_matrix_differences(self, version: str, since: int | None = None) -> JsonObject:
        """What differs between two versions, by default from the one before. Raises NotFound."""
        number = _number(version)
        before = since if since is not None else number - 1
        older = self._versions.find(before)["links"] if before else []
        patch = patches.between(older, self._versions.find(number)["links"])
        items = [
            {"line": line, "sdg": sdg, "before": change.before, "after": change.after}
            for (line, sdg), change in patch.items()
        ]
        return {"version": number, "since": before, **patches.counts(patch), "items": items}

    @rpc
    def read_matrix_line(self, line: str, version: int | None = None, on: str | None = None) -> JsonObject:
        """From a line to its goals. Raises NotFound."""
        found = self.select(version, on)
        known = action_line(line)
        goals = [
            {"sdg": link["sdg"], "title": dict(goal.title), "colour": goal.colour, "link": link}
            for link in found["links"]
            if link["line"] == line and (goal := reference.sdg(link["sdg"]))
        ]
        agencies = [agency.slug for agency in reference.agencies_of_line(line)]
        return {
            "line": line,
            "title": dict(known.title),
            "agencies": agencies,
            "version": found["_id"],
            "goals": goals,
        }

    @rpc
    def read_matrix_goal(self, sdg: str, version: int | None = None, on: str | None = None) -> JsonObject:
        """From a goal to its lines. Raises NotFound."""
        found = self.select(version, on)
        goal = sdg_of(sdg)
        lines = [
            {"line": link["line"], "title": dict(reference.action_line(link["line"]).title), "link": link}
            for link in found["links"]
            if link["sdg"] == goal.number
        ]
        return {
            "sdg": goal.number,
            "title": dict(goal.title),
            "colour": goal.colour,
            "version": found["_id"],
            "lines": lines,
        }


def action_line(code: str) -> reference.ActionLine:
    """The line of an address. Raises NotFound."""
    if not reference.is_action_line(code):
        raise NotFound("stocktaking.matrix_line_unknown", line=code)
    return reference.action_line(code)


def sdg_of(number: str) -> reference.Sdg:
    """The goal of an address. Raises NotFound."""
    known = {str(goal.number): goal for goal in reference.sdgs()}
    if number not in known:
        raise NotFound("stocktaking.matrix_sdg_unknown", sdg=number)
    return known[number]


def _number(version: str) -> int:
    if not version.isascii() or not version.isdigit() or len(version) > 6 or version.startswith("0"):
        raise NotFound("stocktaking.matrix_version_unknown", version=version)
    return int(version)


def _page(rows: Sequence[tuple[int, JsonObject]], limit: int, after: str | None) -> JsonObject:
    """A page of rows in memory, each with its number in their order."""
    position = paging.decode(after)
    rest = [(number, row) for number, row in rows if position is None or number > position]
    items = rest[:limit]
    return {"items": [row for _, row in items], "next": paging.encode(items[-1][0]) if len(rest) > limit else None}
