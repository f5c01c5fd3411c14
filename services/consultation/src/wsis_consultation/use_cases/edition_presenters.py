"""Editions as responses, mails and calendar entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wsis_shared.clock import to_geneva
from wsis_shared.context import Context
from wsis_shared.sentences import Sentences

from wsis_consultation.calendars import Entry
from wsis_consultation.domain import editions, phases, reference

_say = Sentences("wsis_consultation.notices", "texts.yaml")
_DAY = timedelta(days=1)


def phase_list(doc: editions.Edition, ctx: Context) -> dict[str, Any]:
    """The phases with the current one marked."""
    current = phases.current(doc["phases"], ctx.received_at)
    return {
        "edition": doc["_id"],
        "time_zone": doc["time_zone"],
        "current": current and current["code"],
        "items": [
            {**phase, "title": phase["title"][ctx.locale], "state": phases.state(doc["phases"], phase, ctx.received_at)}
            for phase in doc["phases"]
        ],
    }


def edition_row(doc: editions.Edition, ctx: Context) -> dict[str, Any]:
    """An edition in the list."""
    current = phases.current(doc["phases"], ctx.received_at)
    return {
        "edition": doc["_id"],
        "current": current and current["code"],
        "opens_at": editions.opens_at(doc),
        "submissions_close_at": editions.submissions_close_at(doc),
        "forum": {**doc["forum"], "theme": doc["forum"]["theme"][ctx.locale]},
    }


def edition(doc: editions.Edition, ctx: Context) -> dict[str, Any]:
    """An edition with all its dates."""
    return {
        **edition_row(doc, ctx),
        "time_zone": doc["time_zone"],
        "phases": phase_list(doc, ctx)["items"],
        "deadlines": [
            {"code": code, "title": reference.deadline(code)["title"][ctx.locale], "at": moment}
            for code, moment in sorted(doc["deadlines"].items(), key=lambda item: item[1])
        ],
        "conflicts": phases.conflicts(doc["phases"], editions.forum_opens_at(doc)),
    }


def change(row: dict[str, Any]) -> dict[str, Any]:
    """A change for a mail."""
    return {name: row[name] for name in ("title", "start", "end", "former_start", "former_end")}


def calendar_name(edition: str, locale: str) -> str:
    """The title of the calendar."""
    return _say("phases_calendar", locale, edition=edition)


def calendar_entries(doc: editions.Edition, locale: str, public_url: str) -> list[Entry]:
    """Phases, removed ones as cancelled, and deadlines."""
    url = f"{public_url}/v1/consultations/{doc['_id']}/phases"
    made = [_phase_entry(doc, phase, locale, url) for phase in doc["phases"]]
    made += [_phase_entry(doc, phase, locale, url, cancelled=True) for phase in doc["removed_phases"]]
    for code, moment in doc["deadlines"].items():
        changes = (row for revision in doc["revisions"] for row in revision["changes"])
        moves = sum((row["what"], row["code"]) == ("deadline", code) for row in changes)
        made.append(
            Entry(f"{doc['_id']}-deadline-{code}@consultation.wsis", moves, doc["updated_at"], moment, None,
                  reference.deadline(code)["title"][locale], url=url)
        )  # fmt: skip
    return made


def _phase_entry(
    doc: editions.Edition, phase: phases.Phase, locale: str, url: str, *, cancelled: bool = False
) -> Entry:
    deadline = phase["kind"] == phases.DEADLINE
    start = phase["end"] if deadline else phase["start"]
    midnight = to_geneva(phase["start"]).time().isoformat() == "00:00:00"
    whole_day = not deadline and midnight and phase["end"] - phase["start"] >= _DAY - timedelta(seconds=1)
    return Entry(
        f"{doc['_id']}-phase-{phase['code']}@consultation.wsis", phase["sequence"], doc["updated_at"], start,
        None if deadline else phase["end"], f"{phase['roman']}. {phase['title'][locale]}",
        location=phase["venue"] or "", url=url, whole_day=whole_day, cancelled=cancelled,
    )  # fmt: skip
