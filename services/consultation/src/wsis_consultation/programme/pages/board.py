"""What the desk makes of the agenda, of sessions and themes: pure functions. Times are those of Geneva."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from wsis_shared import clock
from wsis_shared.json_types import Input
from wsis_shared.languages import in_language, long_date

from wsis_consultation.programme.pages.views import change_rows
from wsis_consultation.programme.rules.agendas import name_in

_MORE_ROOMS, _MORE_SLOTS = 3, 6  # empty lines of the form


def board(values: Input, locale: str) -> Input:
    """The rooms by times of a day: a row is (time, [(room, wall time, sessions)])."""
    agenda = values["agenda"]
    sessions, rooms = _sessions(agenda), [{**room, "name": name_in(room, locale)} for room in agenda["rooms"]]
    placed = [
        {**each, **sessions[each["session"]], "wall": _wall(each["start"]), "until": _wall(each["end"])[11:]}
        for each in agenda["placements"]
        if each["session"] in sessions
    ]
    days = sorted({slot["date"] for slot in agenda["slots"]} | {each["wall"][:10] for each in placed})
    asked = values["query"].get("day")
    day = asked if asked in days else next(iter(days), None)
    starts = sorted(
        {slot["start"] for slot in agenda["slots"] if slot["date"] == day}
        | {each["wall"][11:] for each in placed if each["wall"][:10] == day}
    )
    hard = {id for clash in agenda["clashes"] if clash["hard"] for id in clash["sessions"]}
    at: dict[tuple[str, str], list[Input]] = {(each["room"], each["wall"]): [] for each in placed}
    for each in placed:
        at[each["room"], each["wall"]].append({**each, "clashes": each["session"] in hard})
    return {
        "sessions": sessions,
        "day": day,
        "days": [(each, long_date(date.fromisoformat(each), locale, weekday=True)) for each in days],
        "rows": [
            (start, [(room, f"{day}T{start}", at.get((room["code"], f"{day}T{start}"), ())) for room in rooms])
            for start in starts
        ],
        "hard": sum(1 for clash in agenda["clashes"] if clash["hard"]),
        "room_names": {room["code"]: room["name"] for room in rooms},
    }


def placing(values: Input, locale: str) -> Input:
    """What can be chosen, and where the session of the query is."""
    agenda, query = values["agenda"], values["query"]
    sessions = _sessions(agenda)
    now = next((each for each in agenda["placements"] if each["session"] == query.get("session")), None)
    start = _wall(now["start"]) if now else query.get("start", "")
    slots = {f"{slot['date']}T{slot['start']}": f"{slot['start']}–{slot['end']}" for slot in agenda["slots"]}
    if start and _is_wall(start):
        slots.setdefault(start, start[11:])
    return {
        "session_titles": {id: f"{each['code']} · {each['title']}" for id, each in sessions.items()},
        "room_titles": {room["code"]: f"{name_in(room, locale)} ({room['capacity']})" for room in agenda["rooms"]},
        "starts": {
            wall: f"{long_date(date.fromisoformat(wall[:10]), locale, weekday=True)}, {text}"
            for wall, text in sorted(slots.items())
        },
        "now": now,
        "chosen": {
            "session": query.get("session", ""),
            "room": now["room"] if now else query.get("room", ""),
            "start": start,
            "pinned": "true" if now and now["pinned"] else "",
        },
        "sessions": sessions,
    }


def setup(values: Input, _locale: str) -> Input:
    """The rooms and times that there are, with empty lines for further ones."""
    agenda = values["agenda"]
    return {"rooms": [*agenda["rooms"], *[{}] * _MORE_ROOMS], "slots": [*agenda["slots"], *[{}] * _MORE_SLOTS]}


def publishing(values: Input, locale: str) -> Input:
    """What differs from the last version, rooms by their names."""
    found = values["difference"]
    rooms = {room["code"]: name_in(room, locale) for room in values["agenda"]["rooms"]}
    return {"changed": change_rows(found["changed"], locale, rooms)}


def new_session(values: Input, locale: str) -> Input:
    """No session yet, and the themes that it may have."""
    return {"session": None, **editing(values, locale)}


def editing(values: Input, locale: str) -> Input:
    """The titles of themes, by id, and of types, by code."""
    return {
        "theme_titles": {row["id"]: in_language(row["title"], locale) for row in values["themes"]["items"]},
        "session_types": {row["code"]: row["title"] for row in values["types"]["items"]},
    }


def theme(values: Input, _locale: str) -> Input:
    """The submissions of the theme that are not in the list: they stay in it. All of them, where the reader may edit
    the programme and read no submissions."""
    listed = {row["id"] for row in (values["listed"] or {"items": ()})["items"]}
    return {"kept": [id for id in values["found"]["submissions"] if id not in listed]}


def _sessions(agenda: Input) -> Mapping[str, Input]:
    return {each["id"]: each for each in agenda["sessions"]}


def _wall(moment: str) -> str:
    return f"{clock.to_geneva(clock.parse(moment)):%Y-%m-%dT%H:%M}"


def _is_wall(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M") == text
    except ValueError:
        return False
