"""Scenario 16: a Forum of 2018 from its opening to its Outcome Document, with the dates that were announced for it: the
six phases, the Forum from 21 to 25 May. Submissions are open while it is played; then the deadline is where it was.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wsis_demo import phases
from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Problem

ACT = act_of("consultation")
GENEVA = ZoneInfo("Europe/Zurich")
PATH = "/v1/consultations/2018"
FORUM = {
    "starts_on": "2018-05-21",
    "ends_on": "2018-05-25",
    "high_level_days": ["2018-05-22", "2018-05-23"],
}
PHASES = {
    "opening": "2017-09-01",
    "first_physical_meeting": "2017-10-12",
    "second_physical_meeting": "2018-02-14",
    "submissions_deadline": "2018-02-20",
    "final_review_meeting": "2018-03-14",
    "final_brief": "2018-05-10",
}
DECLINED = "Please join the workshop on the same Action Line"
BRIEF = {"en": "Access, skills and trust are one task.", "ar": "النفاذ والمهارات والثقة مهمة واحدة."}
FILED = (  # session, action line, goal, language, text
    ("Santé pour tous thematic_workshop", "C7.e-health", 3, "fr", "Les cliniques partagent leurs dossiers."),
    ("Ministry of ICT policy_statements", "C1", 17, "en", "Ministers commit to connect all schools."),
)
RANKS = ("minister", "deputy_minister", "ambassador", None)  # of those who came


@dataclass(frozen=True)
class Entity:
    """Who submits: an organization, and what it asks for."""

    name: str
    kind: str
    country: str
    language: str
    line: str
    requests: tuple[str, ...]

    def answers(self, person: dict[str, Any]) -> dict[str, Any]:
        """The official form, filled in."""
        author = ACT.writing.Author(random.Random(self.name), self.language, self.country, self.line)
        return {
            "full_name": f"{person['given_name']} {person['family_name']}",
            "email": person["email"],
            "organization_name": self.name,
            "organization_country": self.country,
            "telephone": "+41 22 730 6111",
            "stakeholder_type": self.kind,
            "kind": "form",
            "action_lines": [self.line],
            "sdgs": [author.sdg],
            "hl_topics": author.answer("hl_topics"),
            "per_line": [{"action_line": self.line, "al_topics": author.of_line("al_topics")}],
            "requests": [self._request(author, kind) for kind in self.requests],
        }

    def _request(self, author: Any, kind: str) -> dict[str, Any]:
        request = {
            "kind": kind,
            "title": author.title(kind),
            "description": author.description(kind, 4),
            "action_lines": [self.line],
            "sdgs": [author.sdg],
        }
        speaker = {"name": f"Speaker of {self.name}", "organization": self.name, "country": self.country}
        of_kind: dict[str, dict[str, Any]] = {
            "speaking_slot": {"rank": "minister", "speakers": [{**speaker, "remote": False}]},
            "workshop": {"session_type": "thematic_workshop", "speakers": [{**speaker, "remote": True}]},
        }
        return {**request, **of_kind.get(kind, {})}


ENTITIES = (
    Entity("Ministry of ICT", "government", "RW", "en", "C1", ("speaking_slot",)),
    Entity("Santé pour tous", "civil_society", "SN", "fr", "C7.e-health", ("workshop",)),
    Entity("Universidad del Sur", "academia", "AR", "es", "C7.e-learning", ("workshop",)),
    Entity("Fibre for Villages", "private_sector", "KE", "en", "C2", ("exhibition", "workshop")),
)


@pytest.fixture(scope="module")
def edition(officer: Person) -> dict[str, Any]:
    """Opened by copying 2017, with the Forum as announced."""
    body = {
        **FORUM,
        "edition": "2018",
        "from": "2017",
        "venue": ACT.writing.secretariat("venue"),
        "theme": ACT.writing.secretariat("theme"),
        "reason": "The Forum of 2018",
    }
    return dict(officer.post("/v1/consultations", body))


def _move_deadline(officer: Person, end: datetime, reason: str) -> None:
    officer.put(f"{PATH}/phases/submissions_deadline", {"end": end.isoformat(), "reason": reason})


@pytest.fixture(scope="module")
def members(people: Any) -> list[Person]:
    """Of each entity somebody with an account."""
    return [people.member(locale=one.language, country=one.country) for one in ENTITIES]


@pytest.fixture(scope="module")
def receipts(edition: dict[str, Any], officer: Person, members: list[Person]) -> list[dict[str, Any]]:
    """What was submitted, until the deadline that was announced was set again."""
    [announced] = [row["end"] for row in edition["phases"] if row["code"] == "submissions_deadline"]
    _move_deadline(officer, phases.now() + timedelta(hours=6), "Open while it is played")
    sent = []
    for entity, member in zip(ENTITIES, members, strict=True):
        who = {"given_name": "Ada", "family_name": "Mensah", "email": member.email}
        body = {"answers": entity.answers(who), "language": entity.language}
        sent.append(dict(member.post(f"{PATH}/submissions", body)))
    _move_deadline(officer, datetime.fromisoformat(announced), "As announced")
    return sent


@pytest.fixture(scope="module")
def sessions(receipts: list[dict[str, Any]], officer: Person) -> dict[str, str]:
    """Sessions of all requests, by organizer and type: decided, placed, published."""
    assert receipts
    officer.post(f"{PATH}/sessions/from-all-requests")
    rows = list(officer.each(f"{PATH}/sessions"))
    found = {f"{row['organizers'][0]} {row['type']}": row["id"] for row in rows}
    declined = found.pop("Fibre for Villages thematic_workshop")
    officer.post(f"{PATH}/sessions/{declined}/status", {"status": "declined", "reason": DECLINED})
    for session in found.values():
        officer.post(f"{PATH}/sessions/{session}/status", {"status": "accepted"})
    agenda = f"{PATH}/agenda"
    setup = ACT.venue.setup(FORUM, 5) | {"revision": officer.get(agenda)["revision"]}
    officer.put(f"{agenda}/setup", setup)
    officer.post(f"{agenda}/automatic-placement", {"keep": "all"})
    for kind in ("draft_agenda", "programme"):
        officer.post(f"{agenda}/publications", {"kind": kind})
    return found


@pytest.fixture(scope="module")
def outcomes(sessions: dict[str, str], officer: Person, members: list[Person]) -> list[str]:
    """Texts of two sessions that were held: one by its organizers, one by the secretariat."""
    until = {"at": (phases.now() + timedelta(days=1)).isoformat(), "reason": "Outcomes are still missing"}
    officer.put(f"{PATH}/deadlines/session_outcomes", until)
    for who, (session, line, goal, language, text) in zip((members[1], officer), FILED, strict=True):
        links = [{"action_line": line, "sdg": goal, "rationale": "As the session agreed"}]
        body = {"text": f"{text} Contact: ada@who.example.", "language": language, "links": links}
        who.put(f"{PATH}/sessions/{sessions[session]}/outcome", body)
    return [text for *_, text in FILED]


@pytest.fixture(scope="module")
def document(outcomes: list[str], officer: Person) -> dict[str, Any]:
    """The Outcome Document, after those who came were registered: built, given the brief, published."""
    assert outcomes
    body = {
        "kind": "forum",
        "title": {"en": "WSIS Forum 2018"},
        "start": "2018-05-21T07:00:00Z",
        "end": (phases.now() + timedelta(hours=6)).isoformat(),
        "reason": "Registration",
    }
    meeting = officer.post(f"{PATH}/meetings", body)["id"]
    for number, rank in enumerate(RANKS):
        guest = {
            "full_name": f"Guest {number}",
            "email": f"guest{number}@gov.example",
            "stakeholder_type": "government",
            "mode": "remote",
            "country": "RW" if number else "CH",
        }
        officer.post(f"{PATH}/meetings/{meeting}/participants", guest | ({"rank": rank} if rank else {}))
    return _published(officer, "outcome_document", list(BRIEF), {"high_level_brief": BRIEF})


def _published(officer: Person, kind: str, languages: list[str], prose: dict[str, Any]) -> dict[str, Any]:
    built = officer.post(f"{PATH}/document-versions", {"kind": kind, "languages": languages})["document"]
    version = f"{PATH}/document-versions/{built}"
    officer.edit("PUT", f"{version}/prose", prose, read=version)
    officer.post(f"{version}/files", {})
    officer.put(f"{version}/publication", {"reason": "Approved"})
    return dict(officer.suite.visitor.get(f"{PATH}/documents/{built}"))


def test_it_opens_with_the_dates_of_the_source(edition: dict[str, Any]):
    assert edition["conflicts"] == []
    assert {name: edition["forum"][name] for name in FORUM} == FORUM
    days = {row["code"]: datetime.fromisoformat(row["start"]).astimezone(GENEVA) for row in edition["phases"]}
    assert {code: start.date().isoformat() for code, start in days.items()} == PHASES


def test_members_discuss_what_they_would_like_to_see(edition: dict[str, Any], officer: Person, members: list[Person]):
    assert edition
    community = {"code": "forum", "title": {"en": "Themes of the Forum"}, "description": {}, "order": 1}
    officer.post(f"{PATH}/communities", community)
    opening = {"title": "Which themes?", "text": "What would you like to see at the Forum of 2018?"}
    opened = officer.post(f"{PATH}/discussions", {"community": "forum", "language": "en", **opening})["id"]
    discussion = f"{PATH}/discussions/{opened}"
    members[0].post(f"{discussion}/comments", {"text": "Connect **schools** first."})
    members[3].post(f"{discussion}/comments", {"text": "And the villages around them.", "parent": 1})
    read = {row["number"]: row["html"] for row in officer.suite.visitor.get(f"{discussion}/comments")["items"]}
    assert "<strong>schools</strong>" in read[1]
    assert "villages" in read[2]


def test_what_comes_after_the_deadline_is_late(receipts: list[dict[str, Any]], officer: Person, members: list[Person]):
    assert [row["receipt"] for row in receipts] == [f"OCP-2018-000{number}" for number in (1, 2, 3, 4)]
    found = officer.get(PATH)
    closed = datetime.fromisoformat(found["submissions_close_at"]).astimezone(GENEVA)
    assert closed.date().isoformat() == PHASES["submissions_deadline"]
    who = {"given_name": "Ada", "family_name": "Mensah", "email": members[0].email}
    with pytest.raises(Problem, match=r"consultation\.submissions_closed"):
        members[0].post(f"{PATH}/submissions", {"answers": ENTITIES[0].answers(who), "language": "en"})


def test_the_programme_has_no_clash_and_shows_one_that_is_real(
    sessions: dict[str, str], officer: Person, visitor: Person
):
    agenda = officer.get(f"{PATH}/agenda")
    assert (agenda["clashes"], agenda["unplaced"]) == ([], [])
    programme = visitor.get(f"{PATH}/programme")
    assert {row["id"] for row in programme["sessions"]} == set(sessions.values())
    days = {row["type"]: row["start"][:10] for row in programme["sessions"]}
    assert FORUM["starts_on"] <= min(days.values()) <= max(days.values()) <= FORUM["ends_on"]
    assert days["policy_statements"] in FORUM["high_level_days"]
    [taken] = [row for row in agenda["placements"] if row["session"] == sessions["Ministry of ICT policy_statements"]]
    twice = {**taken, "session": sessions["Santé pour tous thematic_workshop"]}
    change = {name: twice[name] for name in ("session", "room", "start")}
    shown = officer.post(f"{PATH}/agenda/check", {"changes": [change]})["clashes"]
    assert "room" in {row["kind"] for row in shown if row["hard"]}
    assert visitor.get(f"{PATH}/programme/versions")["items"][0]["number"] == "1.0"


def test_who_was_declined_reads_why(sessions: dict[str, str], members: list[Person]):
    own = {row["type"]: row for row in members[3].get(f"{PATH}/me/sessions")["items"]}
    assert own["exhibition"]["id"] in sessions.values()
    assert (own["exhibition"]["status"], own["thematic_workshop"]["status"]) == ("accepted", "declined")
    assert own["thematic_workshop"]["reason"] == DECLINED


def test_the_final_brief_has_the_programme(sessions: dict[str, str], officer: Person, visitor: Person):
    brief = _published(officer, "final_brief", ["en"], {"practical_information": {"en": "Badges are at Montbrillant."}})
    assert brief["total"] == len(sessions)
    page = html.unescape(visitor.send("GET", f"{PATH}/documents/{brief['id']}/page").text)
    rows = visitor.get(f"{PATH}/programme")["sessions"]
    titles = [row["titles"]["en"] for row in rows if "en" in row["titles"]]
    assert [text for text in ("Badges are at Montbrillant.", *titles) if text not in page] == []


def test_outcomes_fill_the_matrix_of_the_forum(sessions: dict[str, str], outcomes: list[str], visitor: Person):
    assert outcomes
    links = {(row["session"], row["action_line"], row["sdg"]) for row in visitor.each(f"{PATH}/session-matrix")}
    assert links == {(sessions[session], line, goal) for session, line, goal, *_ in FILED}


def test_it_ends_with_its_outcome_document(document: dict[str, Any], outcomes: list[str], visitor: Person):
    assert document["title"] == "Outcome Document"
    figures = document["statistics"]
    counted = [figures[name] for name in ("outcomes", "participants", "participant_countries", "ministers")]
    assert counted == [2, 4, 2, 2]
    one = f"{PATH}/documents/{document['id']}"
    for language, brief in BRIEF.items():
        page = visitor.send("GET", f"{one}/page", headers={"Accept-Language": language}).text
        assert [text for text in (brief, *outcomes) if text not in page] == []
        assert "who.example" not in page
    for format, signature in (("pdf", b"%PDF-"), ("docx", b"PK")):
        assert visitor.send("GET", f"{one}/file", format=format, language="ar").content.startswith(signature)
