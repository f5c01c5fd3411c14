"""The matrix as a page: the table, the picture, and rationales; no script, right to left in Arabic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from wsis_shared import reference
from wsis_shared.languages import pick
from wsis_shared.page_templates import page_template

from wsis_stocktaking.charts.colours import ink_on
from wsis_stocktaking.matrix.page import heat_map
from wsis_stocktaking.matrix.page.texts import SAY, version_line
from wsis_stocktaking.matrix.rules.evidence import NONE, TARGETS, VIEWS, Counts
from wsis_stocktaking.matrix.rules.links import Key, MatrixLink, key


def render(
    version: Mapping[str, Any], counts: Mapping[Key, Counts], view: str, locale: str, picture: str | None
) -> str:
    """The page of a view. `picture`: the heat map as SVG, of this service's own making; None: there is none yet."""
    links = {key(link): link for link in version["links"]}
    return page_template("wsis_stocktaking", "matrix/page").render(
        say=lambda name, **values: SAY(name, locale, **values),
        locale=locale,
        direction=reference.language(locale).direction,
        view=view,
        heading=heat_map.heading(view, locale),
        views=[(each, _query(of=each, lang=locale)) for each in VIEWS],
        languages=[(each.code, each.native, _query(of=view, lang=each.code)) for each in reference.languages()],
        version=version_line(version, locale),
        note=SAY("note_evidence" if view != TARGETS else "note_targets", locale),
        description=heat_map.description(version, counts, view, locale),
        picture=Markup(picture) if picture else None,  # noqa: S704 -- drawn by this service, its texts are escaped
        picture_file=f"heat-map/file{_query(of=view, language=locale)}",
        links_file="links?format=csv",
        goals=[
            {
                "number": goal.number,
                "title": reference.title(goal, locale),
                "colour": goal.colour,
                "ink": ink_on(goal.colour),
            }
            for goal in reference.sdgs()
        ],
        rows=[
            {
                "code": line.code,
                "title": reference.title(line, locale),
                "cells": [
                    _cell(
                        links.get((line.code, goal.number)),
                        counts.get((line.code, goal.number), NONE),
                        view,
                        goal.colour,
                        locale,
                    )
                    for goal in reference.sdgs()
                ],
            }
            for line in reference.action_lines()
        ],
        rationales=[_rationale(link, locale) for link in version["links"] if link["rationale"]],
    )


def _cell(link: MatrixLink | None, counts: Counts, view: str, colour: str, locale: str) -> dict[str, Any]:
    """{"whole": whether the link is with the goal as a whole, "items": targets or a number, "colour"}."""
    items = (link["targets"] if link else []) if view == TARGETS else [heat_map.text(link, counts, view)]
    whole = view == TARGETS and link is not None and link["goal_level"]
    return {"whole": whole, "items": [item for item in items if item], "colour": colour}


def _rationale(link: MatrixLink, locale: str) -> dict[str, Any]:
    language, text = pick(link["rationale"], locale)
    return {
        "line": link["line"],
        "sdg": link["sdg"],
        "text": text,
        "language": language,
        "direction": reference.language(language).direction,
    }


def _query(**values: str) -> str:
    return f"?{urlencode(values)}"
