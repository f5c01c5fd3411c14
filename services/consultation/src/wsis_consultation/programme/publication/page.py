"""The programme as a page: no script, readable by screen readers, printable, right to left in Arabic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from wsis_shared import languages
from wsis_shared import reference as suite_reference
from wsis_shared.clock import to_geneva
from wsis_shared.json_types import JsonObject
from wsis_shared.languages import long_date
from wsis_shared.page_templates import page_template
from wsis_shared.sentences import Sentences

from wsis_consultation.editions.rules import reference
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.programme.rules import selection, versions
from wsis_consultation.programme.rules.versions import Frozen, Version

# Sentences of the programme in seven languages.


SAY = Sentences("wsis_consultation", "programme")


def render(
    edition: Edition,
    version: Version,
    sessions: Iterable[Frozen],
    locale: str,
    filters: JsonObject,
) -> str:
    """The page of these sessions of a version, in the reader's language."""
    zone = version["time_zone"]
    rooms = versions.room_names(version)
    rows = [_row(session, locale, rooms) for session in sessions]
    all_days = {selection.day_of(row, zone) for row in version["sessions"] if row["state"] == versions.CONFIRMED}
    kept = {name: value for name, value in filters.items() if value not in (None, "") and name != "day"}
    note_language, note = languages.pick(version["note"], locale)
    published = to_geneva(version["published_at"]).date().isoformat()
    return page_template("wsis_consultation.programme", "publication").render(
        say=lambda key, **values: SAY(key, locale, **values),
        locale=locale,
        direction=suite_reference.language(locale).direction,
        title=SAY(f"{version['kind']}_title", locale, edition=version["edition"]),
        theme=languages.in_language(edition["forum"]["theme"], locale),
        note=note,
        note_language=note_language,
        note_direction=suite_reference.language(note_language).direction,
        line=SAY("version_line", locale, number=version["number"], day=_day(published, locale)),
        count=SAY("session_count", locale, count=len(rows)),
        days=[(day, _day(day, locale), _link({**kept, "day": day, "lang": locale})) for day in sorted(all_days)],
        languages=[
            (each.code, each.native, _link({**filters, "lang": each.code})) for each in suite_reference.languages()
        ],
        calendar=f"calendar{_link({name: kept[name] for name in kept if name in ('room', 'track')})}",
        groups=[(day, _day(day, locale), list(group)) for day, group in groupby(rows, key=lambda row: row["day"])],
    )


def _row(session: Frozen, locale: str, rooms: Mapping[str, str]) -> JsonObject:
    start, end = to_geneva(session["start"]), to_geneva(session["end"])
    language, title = languages.pick(session["title"], locale)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{_day(end.date().isoformat(), locale)}, {end:%H:%M}"
    return {
        **session,
        "day": start.date().isoformat(),
        "from": f"{start:%H:%M}",
        "until": until,
        "iso_start": start.isoformat(),
        "iso_end": end.isoformat(),
        "room_name": rooms.get(session["room"], session["room"]),
        "title": title,
        "title_language": language,
        "title_direction": suite_reference.language(language).direction,
        "type_title": suite_reference.title(reference.session_type(session["type"]), locale),
        "lines": [
            (code, suite_reference.title(suite_reference.action_line(code), locale)) for code in session["action_lines"]
        ],
        "goals": [(number, suite_reference.title(suite_reference.sdg(number), locale)) for number in session["sdgs"]],
        "interpreted": [suite_reference.language(code).native for code in session["interpretation"]],
        "abstract_direction": suite_reference.language(session["language"]).direction,
    }


def _day(day: str, locale: str) -> str:
    return long_date(date.fromisoformat(day), locale, weekday=True)


def _link(query: JsonObject) -> str:
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"?{urlencode(given)}" if given else ""
