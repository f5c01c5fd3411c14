"""A consultation with a discussion, a programme and a document: what the pages of the Forum show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_shared.schemas import LOCALES

from wsis_demo import phases

if TYPE_CHECKING:
    from wsis_demo.client import Person

REASON = "Pages to look at"
NEW_QUESTION = (
    "/desk/consultations/{edition}/form/sections/{section}/new"  # an issue of the newsletter has sections too
)


def open_forum(officer: Person, author: Person, year: str) -> dict[str, str]:
    """Open the consultation of an edition. A value for each variable in the addresses of its pages."""
    path, texts = f"/v1/consultations/{year}", dict.fromkeys(LOCALES, "Trust in the information society")
    days = {"starts_on": f"{year}-06-12", "ends_on": f"{year}-06-16", "high_level_days": [f"{year}-06-13"]}
    officer.post(
        "/v1/consultations", {"edition": year, "from": "2017", "venue": texts, "theme": texts, "reason": REASON, **days}
    )
    officer.post(f"{path}/communities", {"code": "youth", "title": {"en": "Youth", "ar": "الشباب"}})
    opening = {"community": "youth", "language": "fr", "title": "Les jeunes", "text": "Vos **idées** ?"}
    discussion = officer.post(f"{path}/discussions", opening)["id"]
    first = officer.post(f"{path}/discussions/{discussion}/comments", {"text": "Des *écoles* en ligne."})["number"]
    officer.post(f"{path}/discussions/{discussion}/comments", {"text": "نعم، أوافق.", "parent": first})
    own = author.post(f"{path}/discussions/{discussion}/comments", {"text": "Und *Bibliotheken*.", "language": "en"})[
        "number"
    ]
    return {
        "discussion": str(discussion),
        "/consultations/{edition}/discussions/{discussion}/comments/{n}/edit": (
            f"/consultations/{year}/discussions/{discussion}/comments/{own}/edit"
        ),
        "/desk/consultations/{edition}/form/sections/{section}/new": (
            f"/desk/consultations/{year}/form/sections/about/new"
        ),
        **_moderate(officer, author, path),
        "n": str(first),
        "meeting": str(officer.get(f"{path}/meetings")["items"][0]["id"]),
        **_contribute(officer, author, path),  # before the outcomes are published
        "document": _publish_document(officer, path),
        "candidate": _nominate(officer, author, path),
        "mechanism": "african-group",
        NEW_QUESTION: NEW_QUESTION.format(edition=year, section="scope"),
        "theme": str(officer.post(f"{path}/themes", {"title": {"en": "Schools", "ar": "المدارس"}})["id"]),
        **_publish_programme(officer, path, year),
    }


def _moderate(officer: Person, author: Person, path: str) -> dict[str, str]:
    """A comment that waits for an approval, and a discussion that the author moderates."""
    opening = {"community": "youth", "language": "en", "title": "With approval", "text": "Ask first.", "approval": True}
    moderated = officer.post(f"{path}/discussions", opening)["id"]
    author.post(f"{path}/discussions/{moderated}/comments", {"text": "Libraries, too."})
    moderator = {"role": "moderator", "target": moderated, "account": author.account, "reason": REASON}
    officer.post(f"{path}/assignments", moderator)
    waiting = officer.get(f"{path}/discussions/{moderated}/waiting-comments")["items"][0]["id"]
    here = path.removeprefix("/v1")
    listed = "/desk/consultations/{edition}/waiting-comments/{discussion}"
    return {
        listed: f"/desk{here}/waiting-comments/{moderated}",
        f"{listed}/{{comment}}": f"/desk{here}/waiting-comments/{moderated}/{waiting}",
        "/consultations/{edition}/discussions/{discussion}/comments/0": f"{here}/discussions/{moderated}/comments/0",
    }


def _contribute(officer: Person, author: Person, path: str) -> dict[str, str]:
    """A draft and a contribution of somebody, while these are open."""
    for days, code in ((9, "final_brief"), (6, "final_review_meeting"), (3, "submissions_deadline")):
        ends = phases.now() + timedelta(days=days)
        moved = {"start": (ends - timedelta(days=2)).isoformat(), "end": ends.isoformat()}
        officer.put(f"{path}/phases/{code}", {**moved, "reason": REASON})
    answers = {
        "full_name": "Ada Umutoni",
        "organization_name": "Network of schools",
        "organization_country": "RW",
        "stakeholder_type": "civil_society",
        "kind": "form",
        "requests": [{"kind": "exhibition", "title": "Schools online", "description": "Schools show it. " * 8}],
    }
    sent = author.post(f"{path}/submissions", {"answers": answers})
    author.put(f"{path}/submissions/{sent['id']}/consent", {"public": True})
    return {
        "draft": str(author.post(f"{path}/drafts", {"answers": {**answers, "requests": []}})["draft"]),
        "submission": str(sent["id"]),
        "receipt": str(sent["receipt"]),
    }


def _nominate(officer: Person, author: Person, path: str) -> str:
    named = {"name": "African Group", "constituencies": ["government"]}
    group = {**named, "coordinators": [author.account], "reason": REASON}
    officer.put(f"{path}/mechanisms/african-group", group)
    person = {
        "full_name": "Amina Diallo",
        "bio": "She leads a ministry.",
        "language": "en",
        "email": "a@ministry.example",
    }
    officer.post(
        f"{path}/nominations/accepted",
        {"mechanism": "african-group", "constituency": "government", "reason": REASON, **person},
    )
    return str(officer.get(f"{path}/candidates")["items"][0]["id"])


def _publish_programme(officer: Person, path: str, year: str) -> dict[str, str]:
    slots = [{"date": f"{year}-06-12", "start": start, "end": "18:00"} for start in ("09:00", "11:00")]
    rooms = [{"code": code, "name": f"Room {code}", "capacity": 400} for code in ("A", "B")]
    officer.put(f"{path}/agenda/setup", {"revision": 0, "rooms": rooms, "slots": slots})
    made = []
    for number, room in enumerate(("A", "B", "B")):
        session = {
            "type": "thematic_workshop",
            "title": {"en": f"Schools online {number}", "ar": "المدارس على الإنترنت"},
            "abstract": "How schools share what they know.",
            "language": "en",
            "organizers": [{"name": f"Organization {number}"}],
            "speakers": [{"name": f"Speaker {number}", "role": "moderator"}],
            "action_lines": ["C2"],
            "sdgs": [4, 9],
            "duration": 60,
        }
        whole = officer.post(f"{path}/sessions", session)
        officer.post(f"{path}/sessions/{whole['id']}/status", {"status": "accepted"})
        place = {"session": whole["id"], "room": room, "start": f"{year}-06-12T{7 + 2 * (number // 2):02}:00:00Z"}
        revision = officer.get(f"{path}/agenda")["revision"]
        officer.put(f"{path}/agenda/placements", {"changes": [place], "revision": revision})
        made.append(whole)
    officer.post(f"{path}/agenda/publications", {"kind": "programme", "reason": REASON})
    first = "/consultations/{edition}/programme/sessions/{code}"  # an address: a secret of another page is a code too
    return {first: first.format(edition=year, code=made[0]["code"]), "session_id": str(made[0]["id"])}


def _publish_document(officer: Person, path: str) -> str:
    built = officer.post(f"{path}/document-versions", {"kind": "outcomes", "languages": ["en", "ar"]})
    officer.put(f"{path}/document-versions/{built['document']}/publication", {})
    return str(built["document"])
