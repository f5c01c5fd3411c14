"""What services answer where pages are looked at without a broker."""

from __future__ import annotations

from typing import Any

from wsis_consultation.submissions.rules import labels, questions

from .programme_answers import PROGRAMME_ANSWERS

FORUM = {
    "starts_on": "2017-06-12",
    "ends_on": "2017-06-16",
    "high_level_days": ["2017-06-13"],
    "venue": "ITU, Geneva",
    "theme": "Information and Knowledge Societies for SDGs",
}


def phase(number: int, code: str, kind: str, state: str, day: str) -> dict[str, Any]:
    """A phase of a day."""
    return {
        "number": number,
        "roman": ["", "I", "II", "III"][number],
        "code": code,
        "kind": kind,
        "title": code.capitalize(),
        "start": f"{day}T08:00:00Z",
        "end": f"{day}T22:00:00Z",
        "venue": "Room A",
        "remote": True,
        "state": state,
    }


EDITION = {
    "edition": "2017",
    "time_zone": "Europe/Zurich",
    "current": "meeting",
    "submissions_close_at": "2017-02-20T22:00:00Z",
    "forum": FORUM,
    "phases": [
        phase(1, "opening", "opening", "past", "2016-09-01"),
        phase(2, "meeting", "physical_meeting", "current", "2016-10-12"),
        phase(3, "deadline", "deadline", "upcoming", "2017-02-20"),
    ],
    "deadlines": [{"code": "session_details", "title": "Details of sessions", "at": "2017-05-08T21:00:00Z"}],
    "conflicts": [],
}
EDITIONS = {
    "items": [
        {
            "edition": "2017",
            "current": "meeting",
            "opens_at": "2016-09-01T08:00:00Z",
            "submissions_close_at": EDITION["submissions_close_at"],
            "forum": FORUM,
        }
    ],
    "next": None,
}
MEETING = {
    "id": "m1",
    "edition": "2017",
    "phase": "meeting",
    "title": "First physical meeting",
    "start": "2016-10-12T14:30:00Z",
    "end": "2016-10-12T16:00:00Z",
    "time_zone": "Europe/Zurich",
    "local_start": "2016-10-12T16:30:00+02:00",
    "local_end": "2016-10-12T18:00:00+02:00",
    "reader_start": None,
    "reader_end": None,
    "venue": "ITU Headquarters",
    "remote": True,
    "languages": ["fr", "ar"],
    "capacity": 100,
    "places_left": 3,
    "speaking_seconds": 180,
    "state": "scheduled",
    "agenda": [{"title": "Opening", "minutes": 20, "presenter": "Chair", "start": "2016-10-12T14:30:00Z"}],
    "documents": [
        {
            "id": "doc1",
            "title": "Aide-mémoire",
            "language": "fr",
            "filename": "aide.pdf",
            "media_type": "application/pdf",
            "size": 20480,
            "sha256": "0" * 64,
            "at": "2016-10-01T08:00:00Z",
        }
    ],
    "recordings": [{"url": "https://example.org/r", "language": "en"}],
    "captions": [],
}
COMING = {**MEETING, "end": "2117-10-12T16:00:00Z"}
DISCUSSION = {
    "id": "d1",
    "edition": "2017",
    "community": "youth",
    "language": "fr",
    "title": "Les jeunes",
    "state": "open",
    "opened_at": "2016-09-02T08:00:00Z",
    "closed_at": None,
    "comments": 2,
    "threads": 1,
    "last_comment_at": "2016-09-03T08:00:00Z",
    "approval": False,
}


def comment(number: int, **changes: Any) -> dict[str, Any]:
    """A published comment in French."""
    return {
        "number": number,
        "thread": 1,
        "parent": None if number == 1 else 1,
        "depth": 1 if number == 1 else 2,
        "kind": "comment",
        "status": "published",
        "language": "fr",
        "html": f'<p dir="auto">Texte <strong>{number}</strong></p>',
        "author": "Ada Umutoni",
        "organization": "Réseau",
        "country": "RW",
        "stakeholder_type": "civil_society",
        "posted_at": "2016-09-03T08:00:00Z",
        "edited_at": None,
        "via": "web",
        "can_reply": True,
        **changes,
    }


DOCUMENT = {
    "id": "doc",
    "edition": "2017",
    "kind": "outcomes",
    "title": "Outcomes and Analysis",
    "version": "1.0",
    "as_of": "2017-03-01T08:00:00Z",
    "published_at": "2017-03-02T08:00:00Z",
    "total": 120,
    "languages": ["en", "ar"],
    "sha256": "0" * 64,
    "statistics": {
        "total": 120,
        "by_stakeholder_type": [
            {"codes": ["academia", "technical_community"], "count": 40, "percent": 33},
            {"codes": ["government"], "count": 80, "percent": 67},
        ],
        "by_sdg": [{"codes": [4], "count": 12, "percent": 10}],
    },
    "files": [
        {"language": language, "format": kind, "size": 2048, "sha256": "0" * 64}
        for language in ("en", "ar")
        for kind in ("pdf", "json")
    ],
}
FACILITATOR = {
    "number": 1,
    "full_name": "Amina Diallo",
    "organization": "Ministry",
    "country": "SN",
    "region": "africa",
    "constituencies": ["government"],
    "bio": "Ministre depuis 2014.",
    "language": "fr",
    "portrait": {"url": "/v1/consultations/2017/candidates/c1/portrait", "width": 320, "height": 400},
}
REGISTRATION = {
    "participant": "p1",
    "meeting": "m1",
    "mode": "remote",
    "state": "registered",
    "badge_number": "0001",
    "waiting_before": None,
    "time_zone": "Africa/Kigali",
    "public_name": False,
    "local_start": "2016-10-12T16:30:00+02:00",
    "local_end": "2016-10-12T18:00:00+02:00",
    "join_url": "https://meet.example.org/1",
    "checked_in": False,
    "floor_request": None,
}
FLOOR = {
    "meeting": "m1",
    "limit_seconds": 180,
    "speaking": None,
    "waiting": [
        {
            "id": "i1",
            "number": 7,
            "name": None,
            "organization": None,
            "stakeholder_type": None,
            "mode": "remote",
            "kind": "statement",
            "language": "fr",
            "topic": "Les écoles",
            "agenda_item": 1,
            "state": "waiting",
            "started_at": None,
            "ended_at": None,
            "seconds": None,
            "over_limit": None,
        }
    ],
    "recent": [],
    "agenda_item": 1,
    "questions": [
        {
            "id": "q1",
            "number": 1,
            "text": "Qui paie les <b>câbles</b> ?",
            "language": "fr",
            "agenda_item": None,
            "state": "answered",
            "asked_at": "2016-10-12T14:35:00Z",
            "answer": "The fund.",
            "handled_at": "2016-10-12T14:45:00Z",
            "name": "Ada",
            "organization": None,
        }
    ],
    "questions_waiting": 2,
    "shows_of_hands": [
        {
            "id": "h2",
            "number": 2,
            "text": "Shall we go on until seven?",
            "language": "en",
            "answers": ["yes", "no", "abstain"],
            "asked_at": "2016-10-12T15:35:00Z",
            "closed_at": None,
            "answered": 12,
            "counts": [],
        },
        {
            "id": "h1",
            "number": 1,
            "text": "Who has read the report?",
            "language": "en",
            "answers": ["raised"],
            "asked_at": "2016-10-12T15:00:00Z",
            "closed_at": "2016-10-12T15:05:00Z",
            "answered": 31,
            "counts": [{"answer": "raised", "count": 31}],
        },
    ],
}

ANSWERS = {
    **PROGRAMME_ANSWERS,
    "consultation.list_editions": EDITIONS,
    "consultation.read_edition": EDITION,
    "consultation.list_discussions": {"items": [DISCUSSION], "next": None},
    "consultation.list_communities": {
        "items": [{"code": "youth", "title": "Youth", "description": None, "order": 1, "titles": {"en": "Youth"}}]
    },
    "consultation.read_discussion": {
        **DISCUSSION,
        "html": "<p>Vos idées ?</p>",
        "markdown": "Vos idées ?",
        "feed": "/v1/consultations/2017/discussions/d1/feed",
    },
    "consultation.list_threads": {
        "items": [{**comment(1), "replies": 1, "first_replies": [comment(2)]}],
        "next": None,
    },
    "consultation.list_replies": {"items": [comment(2)], "next": None},
    "consultation.read_comment": lambda arguments: comment(int(arguments["number"])),
    "consultation.list_meetings": {"items": [MEETING]},
    "consultation.read_meeting": MEETING,
    "consultation.read_floor": FLOOR,
    "consultation.list_announcements": {"items": [], "next": None},
    "consultation.search_comments": {
        "items": [{**comment(1), "discussion": "d1", "title": "Les jeunes", "title_language": "fr"}],
        "next": None,
    },
    "consultation.list_documents": {"items": [DOCUMENT]},
    "consultation.read_document": DOCUMENT,
    "consultation.list_facilitators": {"items": [FACILITATOR]},
}

ANSWERED = {
    "full_name": "Ada Umutoni",
    "email": "ada@example.org",
    "organization_name": "Réseau",
    "organization_country": "RW",
    "stakeholder_type": "civil_society",
    "kind": "form",
    "sdgs": [4],
    "requests": [{"id": "r1", "kind": "workshop", "title": "Schools online", "speakers": [{"name": "Grace"}]}],
}
DRAFT = {
    "draft": "d1",
    "edition": "2017",
    "email": "ada@example.org",
    "language": "en",
    "form_version": 1,
    "saved_at": "2017-01-10T08:00:00Z",
    "expires_at": "2017-03-10T08:00:00Z",
    "answers": ANSWERED,
    "dropped": [],
    "missing": {"requests.0.description": ["Missing data for required field."]},
    "changes": None,
    "late_until": None,
}
RECEIPT = {
    "id": "s1",
    "edition": "2017",
    "number": 7,
    "receipt": "OCP-2017-0007",
    "state": "received",
    "version": 2,
    "received_at": "2017-01-11T08:00:00Z",
    "received_geneva": "",
    "received_utc": "",
    "dropped": [],
}
SUBMISSION = {
    **RECEIPT,
    "amended_at": None,
    "form_version": 1,
    "language": "en",
    "kind": "form",
    "organization": "Réseau",
    "country": "RW",
    "region": "africa",
    "stakeholder_type": "civil_society",
    "action_lines": [],
    "sdgs": [4],
    "answers": ANSWERED,
    "attachments": [{"id": "a", "filename": "plan.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0"}],
    "late": None,
    "public": False,
    "versions": [{"number": n, "at": "2017-01-11T08:00:00Z", "by": "link", "form_version": 1} for n in (1, 2)],
}


def form(arguments: dict[str, Any]) -> dict[str, Any]:
    """The delivered form, as the service reads it in English."""
    sections = labels.localised(questions.delivered("2017"), arguments.get("stakeholder_type"), "en")
    return {"edition": "2017", "version": 1, "word_rule": {}, "sections": sections}


ANSWERS["consultation.read_form"] = form

CONTRIBUTION = {
    **{
        name: SUBMISSION[name]
        for name in ("edition", "number", "receipt", "kind", "organization", "country", "region", "stakeholder_type")
    },
    "language": "fr",
    "action_lines": ["C3"],
    "sdgs": [4],
    "received_at": "2017-01-11T08:00:00Z",
    "amended_at": None,
    "event": None,
    "answers": {"structure_programme": "Des bibliothèques pour tous"},
    "per_line": [],
    "requests": [],
    "endorsements": 2,
    "organizations": ["Health for All"],
    "merged_into": None,
    "merged": [],
}
SIMILAR = {
    "id": "s2",
    "receipt": "OCP-2017-0009",
    "organization": "Réseau du lac",
    "country": "RW",
    "language": "fr",
    "received_at": "2017-01-12T08:00:00Z",
    "public": True,
    "own": False,
    "score": 92,
    "likely": True,
}
ENDORSEMENT = {"receipt": RECEIPT["receipt"], "endorsed": False, "own": False, "organization": None, "endorsements": 2}
ANSWERS["consultation.list_contributions"] = {"items": [CONTRIBUTION], "next": None}
ANSWERS["consultation.read_contribution"] = CONTRIBUTION
ANSWERS["consultation.list_similar_of_draft"] = {"items": [SIMILAR]}
ANSWERS["consultation.find_similar_of_draft"] = {"items": [SIMILAR]}
ANSWERS["consultation.list_similar_submissions"] = {"items": [SIMILAR]}
