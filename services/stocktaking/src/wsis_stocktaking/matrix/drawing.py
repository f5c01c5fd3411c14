"""The matrix as a heat map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from wsis_shared import reference
from wsis_shared.json_types import JsonObject
from wsis_shared.languages import long_date
from wsis_shared.sentences import Sentences

from wsis_stocktaking.matrix.rules.evidence import NONE, TARGETS, Counts
from wsis_stocktaking.matrix.rules.patches import Key, MatrixLink, Version, key

SAY = Sentences("wsis_stocktaking", "matrix")


def version_line(version: Version, locale: str) -> str:
    """Number and first day of a version."""
    day = long_date(date.fromisoformat(version["valid_from"]), locale)
    return SAY("version", locale, version=version["_id"], day=day)


WHOLE_GOAL = "●"
TOP = 3  # places that the description names


def chart(version: Version, counts: Mapping[Key, Counts], view: str, locale: str) -> JsonObject:
    """The chart of a view, as `charts.draw` takes it."""
    links = {key(link): link for link in version["links"]}
    lines, goals = reference.action_lines(), reference.sdgs()
    places = [[(line.code, goal.number) for goal in goals] for line in lines]
    note = SAY("note_targets" if view == TARGETS else "note_evidence", locale)
    return {
        "kind": "heat_map",
        "language": locale,
        "tint": "columns",
        "title": heading(view, locale),
        "description": description(version, counts, view, locale),
        "note": f"{note} {version_line(version, locale)}",
        "row_title": SAY("lines", locale),
        "column_title": SAY("goals", locale),
        "rows": [{"code": line.code.partition(".")[0], "label": reference.title(line, locale)} for line in lines],
        "columns": [
            {"code": str(goal.number), "label": reference.title(goal, locale), "colour": goal.colour} for goal in goals
        ],
        "values": [[value(links.get(place), counts.get(place, NONE), view) for place in row] for row in places],
        "texts": [[text(links.get(place), counts.get(place, NONE), view) for place in row] for row in places],
    }


def heading(view: str, locale: str) -> str:
    """The title of a view."""
    return SAY("heading", locale, title=SAY("title", locale), view=SAY(view, locale))


def value(link: MatrixLink | None, counts: Counts, view: str) -> int | None:
    """How dark a cell is. A link with the whole goal is as dark as six targets, the most that a link has in 2015."""
    if view != TARGETS:
        return counts[view] or None
    return None if link is None else 6 if link["goal_level"] else len(link["targets"])


def text(link: MatrixLink | None, counts: Counts, view: str) -> str:
    """What stands in a cell."""
    if view != TARGETS:
        return "" if not counts[view] else str(counts[view]) if link else f"({counts[view]})"
    return "" if link is None else WHOLE_GOAL if link["goal_level"] else str(len(link["targets"]))


def description(version: Version, counts: Mapping[Key, Counts], view: str, locale: str) -> str:
    """What the picture shows, in words."""
    if view != TARGETS:
        most = Counter({place: each[view] for place, each in counts.items() if each[view]}).most_common(TOP)
        named = {place: f"{place[0]} – {SAY('goal', locale, number=place[1])}" for place, _ in most}
        top = ", ".join(f"{named[place]} ({count})" for place, count in most)
        return SAY(f"description_{view}", locale, top=top or SAY("none", locale))
    by_line = Counter(link["line"] for link in version["links"])
    top = ", ".join(f"{line} ({count})" for line, count in by_line.most_common(TOP))
    return SAY(
        "description_targets",
        locale,
        links=len(version["links"]),
        lines=len(by_line),
        goals=len({link["sdg"] for link in version["links"]}),
        top=top or SAY("none", locale),
    )
