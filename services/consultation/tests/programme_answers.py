"""What the service answers of the programme where pages are looked at without a broker."""

from __future__ import annotations

from typing import Any

from wsis_shared.schemas import LOCALES


def session(code: str, room: str, start: str, end: str, **changes: Any) -> dict[str, Any]:
    """A session of the programme, in Geneva in summer: two hours after UTC."""
    return {
        "id": f"id{code}",
        "number": int(code[1:]),
        "code": code,
        "type": "thematic_workshop",
        "type_title": "Workshop on a theme",
        "track": "forum",
        "title": f"Session {code}",
        "titles": {"en": f"Session {code}", "fr": f"Séance {code}"},
        "language": "en",
        "interpretation": ["fr"],
        "organizers": ["ITU"],
        "speakers": [{"name": "Ada", "organization": "Net", "role": "moderator", "remote": True}],
        "action_lines": ["C2"],
        "sdgs": [9],
        "theme": None,
        "room": room.lower(),
        "room_name": f"Room {room}",
        "start": f"2017-06-{start}:00Z",
        "end": f"2017-06-{end}:00Z",
        "receipts": [],
        **changes,
    }


SESSIONS = [
    session("S1", "A", "12T07:00", "12T08:30"),
    session("S2", "B", "12T07:00", "12T07:45"),
    session("S3", "B", "12T07:45", "12T08:30"),
    session("S4", "A", "13T07:00", "13T08:30"),
]
PROGRAMME = {
    "edition": "2017",
    "version": "1.1",
    "kind": "programme",
    "published_at": "2017-05-01T08:00:00Z",
    "time_zone": "Europe/Zurich",
    "note": "Rooms may change.",
    "days": ["2017-06-12", "2017-06-13"],
    "types": [{"code": "thematic_workshop", "title": "Workshop on a theme"}],
    "total": 4,
    "sessions": SESSIONS,
}
SESSION_TYPES = {
    "edition": "2017",
    "fixed": False,
    "items": [
        {
            "code": code,
            "title": title,
            "titles": dict.fromkeys(LOCALES, title),
            "track": "forum",
            "requestable": True,
            "minutes": 90,
            "needed": needed,
        }
        for code, title, needed in (
            ("thematic_workshop", "Workshop on a theme", True),
            ("ceremony", "Ceremony", False),
        )
    ],
}
OWN_PROGRAMME = {
    "edition": "2017",
    "version": "1.1",
    "time_zone": "Europe/Zurich",
    "sessions": [
        {**SESSIONS[0], "state": "confirmed", "overlaps": ["S3"]},
        {**SESSIONS[2], "state": "confirmed", "overlaps": ["S1"]},
        {**SESSIONS[3], "state": "cancelled", "overlaps": []},
    ],
    "calendar": "https://wsis.example/v1/consultations/2017/programme/own-calendars/abcdef?lang=en",
}
VERSIONS = {
    "items": [
        {"number": "1.1", "kind": "programme", "published_at": "2017-05-01T08:00:00Z", "note": None},
        {"number": "1.0", "kind": "programme", "published_at": "2017-04-01T08:00:00Z", "note": None},
        {"number": "0.1", "kind": "draft_agenda", "published_at": "2017-03-01T08:00:00Z", "note": None},
    ]
}
SESSION = {
    "id": "s1",
    "edition": "2017",
    "number": 1,
    "version": 1,
    "code": "S00001",
    "status": "draft",
    "type": "thematic_workshop",
    "type_title": {"en": "Workshop on a theme"},
    "track": "forum",
    "title": {"en": "Schools online"},
    "abstract": "About schools.",
    "language": "en",
    "organizers": [{"name": "ITU", "key": "itu"}],
    "speakers": [],
    "action_lines": ["C2"],
    "sdgs": [4],
    "duration": 60,
    "theme": None,
    "details_at": None,
    "outcome_at": None,
    "details_until": "2017-05-08T21:00:00Z",
    "submissions": ["s1"],
    "requests": [],
    "reason": None,
    "note": None,
}

PROGRAMME_ANSWERS = {
    "consultation.list_programme_versions": VERSIONS,
    "consultation.list_session_types": SESSION_TYPES,
    "consultation.read_programme": PROGRAMME,
    "consultation.read_own_programme": OWN_PROGRAMME,
    "consultation.read_programme_session": {
        **SESSIONS[0],
        "abstract": "About schools.",
        "outcome": {
            "text": "Done.",
            "language": "en",
            "links": [{"action_line": "C2", "sdg": 9, "rationale": "Networks", "outside_matrix": False}],
            "filed_at": "2017-07-01T08:00:00Z",
        },
        "logo": False,
    },
    "consultation.compare_programme_versions": {
        "number": "1.1",
        "since": "1.0",
        "added": [{"session": "idS4", "number": 4, "title": {"en": "Session S4"}}],
        "removed": [{"session": "idS9", "number": 9, "title": {"en": "Session S9"}}],
        "changed": [
            {
                "session": "idS1",
                "number": 1,
                "title": {"en": "Session S1"},
                "changes": [
                    {"field": "start", "before": "2017-06-12T07:30:00Z", "after": "2017-06-12T07:00:00Z"},
                    {"field": "room", "before": "b", "after": "a"},
                ],
            }
        ],
    },
}
