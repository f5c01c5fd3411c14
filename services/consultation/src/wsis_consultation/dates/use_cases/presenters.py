"""Dates as responses, mails and calendar entries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict

from wsis_shared.clock import to_geneva
from wsis_shared.context import Context
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import in_language, long_date
from wsis_shared.reference.loading import Titles
from wsis_shared.schemas import LOCALES
from wsis_shared.sentences import Sentences

from wsis_consultation.editions.rules import editions, forum, phases
from wsis_consultation.editions.rules.calendars import Entry
from wsis_consultation.editions.use_cases.presenters import edition as edition_response

_say = Sentences("wsis_consultation", "editions")
_DAY = timedelta(days=1)


class ToldChange(TypedDict):
    """A change for a mail: moments of a phase or deadline, or texts of the Forum; texts by language."""

    title: Titles | None
    start: datetime | None
    end: datetime | None
    former_start: datetime | None
    former_end: datetime | None
    text: Titles | None
    former_text: Titles | None


def revision(row: editions.Revision, ctx: Context) -> JsonObject:
    """A revision in the reader's language."""

    def shown(each: phases.Change) -> JsonObject:
        told = change(each)
        texts = {name: text and in_language(text, ctx.locale) for name, text in _both(told).items()}
        return {**each, **texts}

    return {**row, "changes": [shown(each) for each in row["changes"]]}


def managed(doc: editions.Edition, contacts: int, ctx: Context) -> JsonObject:
    """An edition with its texts in all languages."""
    shown: Input = edition_response(doc, ctx)
    written = {
        phase["code"]: {
            "titles": phase["title"],
            "venue": phase["venue"],
            "venue_names": phase.get("venue_names", {}),
        }
        for phase in doc["phases"]
    }
    venue, theme = doc["forum"]["venue"] or {}, doc["forum"]["theme"]
    venues = {ctx.locale: venue} if isinstance(venue, str) else venue
    return {
        **shown,
        "phases": [{**phase, **written[phase["code"]]} for phase in shown["phases"]],
        "forum": {**shown["forum"], "venues": venues, "themes": theme},
        "contacts": contacts,
        "version": editions.version(doc),
    }


def preview(former: editions.Edition, doc: editions.Edition, contacts: int, ctx: Context) -> JsonObject:
    """What a change does: `doc` is the edition after it."""
    revised = doc["revisions"][len(former["revisions"]) :]
    shown: list[Input] = [revision(row, ctx) for row in revised]
    return {
        "changes": [change for row in shown for change in row["changes"]],
        "conflicts": editions.conflicts(doc),
        "notices": contacts if revised else 0,
    }


def _both(told: ToldChange) -> dict[str, Titles | None]:
    return {"text": told["text"], "former_text": told["former_text"]}


def change(row: phases.Change) -> ToldChange:
    """What a mail says of a change."""
    of_forum = row["what"] == "forum"
    return {
        "title": _say.all(f"forum_{row['code']}") if of_forum else row.get("title"),
        "start": row.get("start"),
        "end": row.get("end"),
        "former_start": row.get("former_start"),
        "former_end": row.get("former_end"),
        "text": _texts(row["code"], row["value"]) if of_forum else None,
        "former_text": _texts(row["code"], row["former_value"]) if of_forum else None,
    }


def _texts(code: str, value: phases.Fact) -> Titles:
    """The days, venue or theme of a Forum in each language."""
    if not isinstance(value, list):
        return {locale: forum.in_words(value, locale) for locale in LOCALES}
    separator = " \N{EN DASH} " if code == "days" else "; "
    return {locale: separator.join(long_date(date.fromisoformat(day), locale) for day in value) for locale in LOCALES}


def calendar_name(edition: str, locale: str) -> str:
    """The title of the calendar."""
    return _say("phases_calendar", locale, edition=edition)


def calendar_entries(doc: editions.Edition, locale: str, public_url: str) -> list[Entry]:
    """Phases, removed ones as cancelled, and deadlines."""
    url = f"{public_url}/{locale}/consultations/{doc['_id']}"
    made = [_phase_entry(doc, phase, locale, url) for phase in doc["phases"]]
    made += [_phase_entry(doc, phase, locale, url, cancelled=True) for phase in doc["removed_phases"]]
    for code, moment in editions.deadlines(doc).items():
        changes = (row for revision in doc["revisions"] for row in revision["changes"])
        moves = sum((row["what"], row["code"]) == ("deadline", code) for row in changes)
        made.append(
            Entry(
                f"{doc['_id']}-deadline-{code}@consultation.wsis",
                moves,
                doc["updated_at"],
                moment,
                None,
                editions.deadline_title(doc, code)[locale],
                url=url,
            )
        )
    return made


def _phase_entry(
    doc: editions.Edition, phase: phases.Phase, locale: str, url: str, *, cancelled: bool = False
) -> Entry:
    deadline = phase["kind"] == phases.DEADLINE
    start = phase["end"] if deadline else phase["start"]
    midnight = to_geneva(phase["start"]).time().isoformat() == "00:00:00"
    lasts = to_geneva(phase["end"]) - to_geneva(phase["start"])  # by the clock: a day of 23 hours is a whole one
    whole_day = not deadline and midnight and lasts >= _DAY - timedelta(seconds=1)
    return Entry(
        f"{doc['_id']}-phase-{phase['code']}@consultation.wsis",
        phase["sequence"],
        doc["updated_at"],
        start,
        None if deadline else phase["end"],
        f"{phase['roman']}. {phase['title'][locale]}",
        location=phases.venue_in(phase, locale) or "",
        url=url,
        whole_day=whole_day,
        cancelled=cancelled,
    )
