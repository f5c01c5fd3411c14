"""What the Forum offers: five days, rooms, and slots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

ROOMS = ("K", "K1", "K2", "L1", "L2", "M", "H", "H1", "H2", "C", "C1", "C2", "T101", "T102", "T103", "T104")
SLOTS = (("09:00", "10:30"), ("11:00", "12:30"), ("13:00", "14:30"), ("14:45", "16:15"), ("16:30", "18:00"))
WHOLE_DAY = ("09:00", "18:00")  # of an exhibition


def forum_days(year: int) -> dict[str, Any]:
    """From a Monday of June to its Friday; Tuesday and Wednesday are high-level days."""
    twelfth = date(year, 6, 12)
    monday = twelfth + timedelta(days=-twelfth.weekday() % 7)
    week = [(monday + timedelta(days=number)).isoformat() for number in range(5)]
    return {"starts_on": week[0], "ends_on": week[-1], "high_level_days": week[1:3]}


def setup(forum: Mapping[str, Any], rooms: int) -> dict[str, Any]:
    """The body of the agenda's setup: a hall, a room with booths, and smaller rooms."""
    large = [
        {"code": "Hall", "name": "Exhibition hall, Montbrillant", "capacity": 700, "booths": 0},
        {"code": "Popov", "name": "Room Popov", "capacity": 500, "booths": 6},
    ]
    small = [
        {"code": code, "name": f"Room {code}", "capacity": 60 + 10 * number, "booths": 3 if number % 4 == 0 else 0}
        for number, code in enumerate(ROOMS[: rooms - len(large)])
    ]
    slots = [{"date": day, "start": start, "end": end} for day in days(forum) for start, end in (*SLOTS, WHOLE_DAY)]
    return {"rooms": [*large, *small], "slots": slots, "interpreters": {}, "turnaround": 10}


def days(forum: Mapping[str, Any]) -> list[str]:
    """The days of the Forum."""
    first, last = date.fromisoformat(forum["starts_on"]), date.fromisoformat(forum["ends_on"])
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
