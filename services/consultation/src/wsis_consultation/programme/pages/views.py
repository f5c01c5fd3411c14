"""What pages make of the programme: pure functions. Times are those of Geneva."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby
from types import MappingProxyType
from urllib.parse import urlencode

from wsis_shared import clock
from wsis_shared.json_types import Input
from wsis_shared.languages import in_language, long_date
from wsis_shared.pages import page_url
from wsis_shared.sentences import Sentences

from wsis_consultation.programme.rules import requests

_say, _say_in_documents = Sentences("wsis_consultation", "pages"), Sentences("wsis_consultation", "documents")
TRACKS = ("high_level", "forum", "special")

Cell = tuple[int, Sequence[Input]]
"""The rows that it spans, and its sessions."""


def programme(values: Input, locale: str) -> Input:
    """The sessions by day, those of one day as a table of rooms by times, and the addresses of other views.

    Without a filter the first day is shown. The reader's selection stays in the address."""
    found, query = values["programme"], values["query"]
    mine = query["mine"].split(",") if "mine" in query else []
    filters = {name: text for name, text in query.items() if name not in ("mine", "show")}
    rows = [timed(session) for session in found["sessions"]]
    if "show" in query:
        rows = [row for row in rows if row["code"] in mine]
    day = query.get("day") or (found["days"][0] if found["days"] and not filters and "show" not in query else None)
    rows = [row for row in rows if day is None or day in (row["day"], row["last_day"])]

    def here(**changes: str | None) -> str:
        given = {**query, **changes}
        return f"?{urlencode({name: text for name, text in given.items() if text})}".removesuffix("?") or "?"

    def choice(code: str) -> str:
        others = [each for each in mine if each != code] if code in mine else [*mine, code]
        return here(mine=",".join(others), day=day)

    rows = [{**row, "chosen": row["code"] in mine, "choice": choice(row["code"])} for row in rows]
    return {
        "day": day,
        "days": [
            (each, long_date(date.fromisoformat(each), locale, weekday=True), here(day=each, show=None))
            for each in found["days"]
        ],
        "groups": by_day(rows, locale),
        "tracks": _tracks(locale),
        "types": {row["code"]: row["title"] for row in found["types"]},
        "embedded": _snippet(values["edition"], found["kind"], query, locale),
        "table": table(rows) if day is not None else None,
        "shown": len(rows),
        "mine": mine,
        "filtered": bool(set(filters) - {"day"}),
        "only_mine": here(show="mine", day=None),
        "all": here(show=None),
        "calendar": urlencode(
            {name: filters[name] for name in ("track", "action_line", "room") if name in filters}
            | ({"day": day} if day else {})
        ),
    }


def embedded(values: Input, locale: str) -> Input:
    """The sessions by day, and what they can be filtered by."""
    found = values["programme"]
    return {
        "groups": by_day([timed(session) for session in found["sessions"]], locale),
        "days": {each: long_date(date.fromisoformat(each), locale, weekday=True) for each in found["days"]},
        "tracks": _tracks(locale),
    }


def by_day(rows: Iterable[Input], locale: str) -> list[tuple[str, str, list[Input]]]:
    """(day, its name, its sessions) of sessions in the order of time, which are `timed`."""
    return [
        (each, long_date(date.fromisoformat(each), locale, weekday=True), list(group))
        for each, group in groupby(rows, key=lambda row: row["day"])
    ]


def _tracks(locale: str) -> dict[str, str]:
    return {track: _say_in_documents(f"track_{track}", locale) for track in TRACKS}


def _snippet(edition: str, kind: str, query: Input, locale: str) -> str:
    """The lines by which another site shows this day and track; where it shows no frames, a link."""
    path = f"/consultations/{edition}/programme"
    chosen = urlencode({name: query[name] for name in ("day", "track") if name in query})
    title = escape(_say(f"{kind}_of", locale, year=edition))
    frame = escape(page_url(f"{path}/embedded{chosen and f'?{chosen}'}", locale))
    return (
        f'<iframe src="{frame}" title="{title}" width="100%" height="720" loading="lazy"></iframe>\n'
        f'<p><a href="{escape(page_url(path, locale))}">{title}</a></p>'
    )


def table(sessions: Sequence[Input]) -> Input:
    """{rooms, rows: [(time, cells)]}: a cell is (rows that it spans, sessions), or None below one that spans it."""
    rooms = dict(
        sorted({session["room"]: session["room_name"] for session in sessions}.items(), key=lambda row: row[1])
    )
    times = sorted({session[edge] for session in sessions for edge in ("from", "until")})
    place = {time: number for number, time in enumerate(times)}
    columns = {room: _column([each for each in sessions if each["room"] == room], place) for room in rooms}
    rows = [(time, [columns[room].get(number, (1, ())) for room in rooms]) for number, time in enumerate(times[:-1])]
    return {"rooms": list(rooms.values()), "rows": rows}


def _column(sessions: Sequence[Input], place: Mapping[str, int]) -> dict[int, Cell | None]:
    cells: dict[int, Cell | None] = {}
    for session in sessions:
        first, end = place[session["from"]], max(place[session["until"]], place[session["from"]] + 1)
        at = next((start for start, cell in cells.items() if cell and start <= first < start + cell[0]), first)
        held = cells.get(at)
        span = max(end - at, held[0] if held else 1)
        cells |= dict.fromkeys(range(at, at + span), None)
        cells[at] = (span, [each for each in sessions if at <= place[each["from"]] < at + span])
    return cells


def session(values: Input, locale: str) -> Input:
    """When it takes place."""
    row = timed(values["session"])
    return {"when": row, "day_name": long_date(date.fromisoformat(row["day"]), locale, weekday=True)}


def changes(values: Input, locale: str) -> Input:
    """The sessions that are new, gone or changed, with the words of a change in the reader's language."""
    found = values["difference"]
    return {
        "changed": change_rows(found["changed"], locale),
        "earlier": [each for each in values["versions"]["items"][1:] if each["number"] != found["since"]],
    }


_SHOWN = ("title", "room", "start", "end", "type", "language", "organizers", "speakers", "abstract")
_MOMENTS = ("start", "end")


def change_rows(changed: Sequence[Input], locale: str, rooms: Mapping[str, str] = MappingProxyType({})) -> list[Input]:
    """Sessions with what differs in words; `rooms` are names by code."""
    return [
        {**each, "shown": [_change(change, locale, rooms) for change in each["changes"] if change["field"] in _SHOWN]}
        for each in changed
    ]


def _change(change: Input, locale: str, rooms: Mapping[str, str]) -> Input:
    shown = {edge: _words(change[edge], locale) for edge in ("before", "after")}
    if change["field"] == "room":
        shown = {edge: rooms.get(code, code) for edge, code in shown.items()}
    return {"field": change["field"], "moment": change["field"] in _MOMENTS, **shown}


def _words(value: object, locale: str) -> str:
    if isinstance(value, Mapping):
        return in_language(value, locale)
    if isinstance(value, list):
        return ", ".join(each["name"] if isinstance(each, Mapping) else str(each) for each in value)
    return str(value or "")


def timed(session: Input) -> Input:
    """The session with its day and times by the clock of Geneva, and the language of its title."""
    start, end = (clock.to_geneva(clock.parse(session[edge])) for edge in ("start", "end"))
    language = next((code for code, text in session["titles"].items() if text == session["title"]), session["language"])
    same = end.date() == start.date()
    return {
        **session,
        "title_language": language,
        "day": start.date().isoformat(),
        "last_day": end.date().isoformat(),
        "from": f"{start:%H:%M}",
        "until": f"{end:%H:%M}" if same else "24:00",
    }


def requested(values: Input, locale: str) -> Input:
    """The requests of a contribution that may become sessions, none of one that was merged, and the sessions that they
    may join, by id."""
    found = values["found"]
    asked = [] if found.get("merged_into") else found["requests"]
    return {
        "asked": [each for each in asked if requests.becomes_session(each)],
        "joinable": {
            row["id"]: f"{row['code']} · {in_language(row['title'], locale)}" for row in values["sessions"]["items"]
        },
    }
