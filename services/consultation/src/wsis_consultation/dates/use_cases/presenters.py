"""Dates as responses, mails and calendar entries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wsis_shared.clock import to_geneva
from wsis_shared.context import Context
from wsis_shared.languages import in_language, long_date
from wsis_shared.schemas import LOCALES
from wsis_shared.sentences import Sentences

from wsis_consultation.editions.rules import editions, forum, phases, reference
from wsis_consultation.editions.rules.calendars import Entry

_say = Sentences("wsis_consultation", "editions")
_DAY = timedelta(days=1)


def revision(row: dict[str, Any], ctx: Context) -> dict[str, Any]:
    """A revision in the reader's language."""

    def text_of(each: dict[str, Any], name: str) -> str | None:
        texts = change(each)[name]
        return texts and in_language(texts, ctx.locale)

    return {
        **row,
        "changes": [
            {**each, "text": text_of(each, "text"), "former_text": text_of(each, "former_text")}
            for each in row["changes"]
        ],
    }


def change(row: dict[str, Any]) -> dict[str, Any]:
    """A change for a mail: moments of a phase or deadline, or texts of the Forum, by language."""
    made = {name: row.get(name) for name in ("title", "start", "end", "former_start", "former_end")}
    if row["what"] != "forum":
        return {**made, "text": None, "former_text": None}
    texts = {to: _texts(row["code"], row[name]) for to, name in (("text", "value"), ("former_text", "former_value"))}
    return {**made, "title": _say.all(f"forum_{row['code']}"), **texts}


def _texts(code: str, value: Any) -> dict[str, str]:
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
    url = f"{public_url}/v1/consultations/{doc['_id']}/phases"
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
                reference.deadline(code)["title"][locale],
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
    whole_day = not deadline and midnight and phase["end"] - phase["start"] >= _DAY - timedelta(seconds=1)
    return Entry(
        f"{doc['_id']}-phase-{phase['code']}@consultation.wsis",
        phase["sequence"],
        doc["updated_at"],
        start,
        None if deadline else phase["end"],
        f"{phase['roman']}. {phase['title'][locale]}",
        location=phase["venue"] or "",
        url=url,
        whole_day=whole_day,
        cancelled=cancelled,
    )
