"""Editions as responses."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.json_types import JsonObject

from wsis_consultation.editions.rules import editions, forum, phases


def phase_list(doc: editions.Edition, ctx: Context) -> JsonObject:
    """The phases with the current one marked."""
    current = phases.current(doc["phases"], ctx.received_at)
    return {
        "edition": doc["_id"],
        "time_zone": doc["time_zone"],
        "current": current and current["code"],
        "items": [
            {
                **phase,
                "title": phase["title"][ctx.locale],
                "venue": phases.venue_in(phase, ctx.locale),
                "state": phases.state(doc["phases"], phase, ctx.received_at),
            }
            for phase in doc["phases"]
        ],
    }


def edition_row(doc: editions.Edition, ctx: Context) -> JsonObject:
    """An edition in the list."""
    current = phases.current(doc["phases"], ctx.received_at)
    return {
        "edition": doc["_id"],
        "current": current and current["code"],
        "opens_at": editions.opens_at(doc),
        "submissions_close_at": editions.submissions_close_at(doc),
        "forum": {
            **doc["forum"],
            **{name: forum.in_words(doc["forum"][name], ctx.locale) or None for name in ("venue", "theme")},
        },
    }


def edition(doc: editions.Edition, ctx: Context) -> JsonObject:
    """An edition with all its dates."""
    return {
        **edition_row(doc, ctx),
        "time_zone": doc["time_zone"],
        "phases": phase_list(doc, ctx)["items"],
        "deadlines": [
            {"code": code, "title": editions.deadline_title(doc, code)[ctx.locale], "at": moment}
            for code, moment in sorted(editions.deadlines(doc).items(), key=lambda item: item[1])
        ],
        "conflicts": editions.conflicts(doc),
    }
