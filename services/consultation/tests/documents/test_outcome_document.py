"""The Outcome Document: what it counts, what it shows, and how it is built from what sessions filed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.blobs import store as blob_store
from wsis_shared.rendering.blocks import plain
from wsis_testkit import actor, refused

from wsis_consultation.documents.layouts import lay_out
from wsis_consultation.documents.rules import OUTCOME_DOCUMENT, outcome_document

OPENED, AUGUST = datetime(2017, 6, 13, 7, tzinfo=UTC), datetime(2017, 8, 20, tzinfo=UTC)
LATER = datetime(2017, 9, 1, tzinfo=UTC)
LINKS = [
    {"action_line": "C7.e-health", "sdg": 3, "rationale": "Clinics are connected", "outside_matrix": False},
    {"action_line": "C3", "sdg": 3, "rationale": "Write to ada@ngo.example", "outside_matrix": True},
]


def session(id: str, *, track: str = "forum", end: datetime = OPENED, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "number": 1,
        "code": id.upper(),
        "type": "thematic_workshop" if track == "forum" else "policy_statements",
        "track": track,
        "title": {"en": f"Session {id}"},
        "organizers": ["WHO"],
        "speakers": [{"name": "Ada Umutoni", "organization": "Rwanda"}],
        "action_lines": [],
        "sdgs": [],
        "room": "popov",
        "start": OPENED,
        "end": end,
        "state": "confirmed",
        **more,
    }


def filed(
    text: str, links: list[dict[str, Any]] = LINKS, at: datetime = AUGUST, language: str = "en"
) -> dict[str, Any]:
    return {"text": text, "language": language, "links": links, "filed_at": at}


def person(**more: Any) -> dict[str, Any]:
    known = {
        "mode": "on_site",
        "state": "registered",
        "country": "RW",
        "region": "africa",
        "checked_in": {"at": OPENED},
    }
    return {**known, "stakeholder_type": "government", **more}


PEOPLE = [
    person(rank="minister"),
    person(rank="deputy_minister", country="CH", region="europe"),
    person(rank="minister", checked_in=None),  # did not come
    person(mode="remote", checked_in=None, stakeholder_type="academia"),
    person(mode="remote", checked_in=None, state="cancelled"),
    person(state="waiting", checked_in=None),
]


def model(edition: dict[str, Any], **more: Any) -> Any:
    sessions = [session("s1"), session("s2", track="high_level"), session("s3", end=LATER), session("s4")]
    given: dict[str, Any] = {
        "outcomes": {"s1": filed("Clinics agreed. Call +41 22 730 5111."), "s2": filed("Ministers agreed.")},
        "participants": PEOPLE,
        **more,
    }
    return outcome_document.build(edition, {"number": "1.2", "sessions": sessions}, as_of=AUGUST, **given)


def test_it_counts_sessions_that_ended_and_people_who_came_or_followed(edition: dict[str, Any]) -> None:
    figures = model(edition)["statistics"]
    assert (figures["total"], figures["outcomes"], figures["speakers"]) == (3, 2, 1)
    counted = [figures[name] for name in ("participants", "on_site", "remote", "participant_countries", "ministers")]
    assert counted == [3, 2, 1, 2, 2]
    ranks = {row["codes"][0]: row["count"] for row in figures["participants_by_rank"]}
    assert (ranks["minister"], ranks["deputy_minister"], ranks["delegate"]) == (1, 1, 1)
    by_goal = {row["codes"][0]: row["count"] for row in figures["sessions_by_sdg"]}
    assert (by_goal[3], by_goal[4]) == (2, 0)  # a session that names a goal twice counts once


def test_without_a_meeting_of_the_forum_nobody_is_counted(edition: dict[str, Any]) -> None:
    made = model(edition, participants=None)
    assert "participants" not in made["statistics"]
    titles = {
        plain(block["words"])
        for block in lay_out(OUTCOME_DOCUMENT, made, {}, "en", "1.0")["blocks"]
        if block["block"] == "heading"
    }
    assert not any("Participa" in title for title in titles)


def test_what_was_filed_after_the_moment_is_not_in_it(edition: dict[str, Any]) -> None:
    made = model(edition, outcomes={"s1": filed("Too late", at=LATER)})
    assert (made["statistics"]["outcomes"], made["matrix"]) == (0, [])


def test_texts_have_no_addresses_and_the_matrix_names_the_sessions(edition: dict[str, Any]) -> None:
    made = model(edition)
    assert "730 5111" not in str(made)
    assert "@ngo" not in str(made)
    cells = [(cell["action_line"], cell["sdg"], cell["sessions"]) for cell in made["matrix"]]
    assert cells == [("C3", 3, ["S1", "S2"]), ("C7.e-health", 3, ["S1", "S2"])]


def test_chapters_follow_one_another_and_cells_are_marked(edition: dict[str, Any]) -> None:
    prose = {"high_level_brief": {"en": "Access is a right."}, "conclusions": {"en": "Until next year."}}
    document = lay_out(OUTCOME_DOCUMENT, model(edition, partners=["Telecom"]), prose, "en", "1.0")
    titles = [
        plain(block["words"]) for block in document["blocks"] if block["block"] == "heading" and block["level"] == 1
    ]
    assert titles == [
        "1. Executive summary",
        "2. Participation",
        "3. High-Level Track: outcomes and executive brief",
        "4. Outcomes of the sessions",
        "5. WSIS-SDG Matrix of the Forum",
        "6. Conclusions",
        "7. Partners",
        "Annex 1: Why sessions link Action Lines and Goals",
        "Annex 2: Sessions of the Forum",
        "Annex 3: How the figures were counted",
    ]
    [matrix] = [block for block in document["blocks"] if block["block"] == "table" and len(block["columns"]) == 18]
    rows = {plain(row[0])[:4]: [plain(cell) for cell in row[1:]] for row in matrix["rows"]}
    assert rows["C3. "][2] == "2*"  # two sessions; the WSIS-SDG Matrix does not have it
    assert rows["C4. "][3] == "·"  # it has this link, and no session named it


@pytest.fixture
def programme(database: Any) -> Iterator[Any]:
    db = database("consultation")
    db["agendas"].insert_one({"_id": "2017", "published": "1.0", "rooms": [{"code": "popov", "capacity": 250}]})
    version = {"_id": "2017-1.0", "edition": "2017", "number": "1.0", "rooms": [{"code": "popov", "name": "Popov"}]}
    db["programme_versions"].insert_one({**version, "sessions": [session("s1")]})
    db["sessions"].insert_one(
        {"_id": "s1", "edition": "2017", "number": 1, "outcome": filed("اتفق المشاركون", language="ar")}
    )
    yield db
    for name in ("agendas", "programme_versions", "sessions"):
        db[name].delete_many({})


def test_it_is_built_from_what_sessions_filed_and_who_came(
    consultation: Any, programme: Any, fake_service: Any
) -> None:
    fake_service("accounts", contacts=lambda ids: [], profile=lambda account: {})
    officer, at = consultation.officer, datetime(2017, 6, 1, tzinfo=UTC)
    times = {"start": OPENED, "end": datetime(2017, 6, 16, 16, tzinfo=UTC), "time_zone": "Europe/Zurich"}
    body = {"kind": "forum", "title": {"en": "WSIS Forum 2017"}, **times, "reason": "Registration opens"}

    def call(method: str, who: Any = officer, **arguments: Any) -> Any:
        return consultation.call(method, who, at=at, edition="2017", **arguments)

    meeting = call("open_meeting", body=body)["id"]
    with refused("consultation.forum_meeting_exists"):
        call("open_meeting", body=body)
    guest = {"mode": "remote", "time_zone": "Europe/Zurich", "public_name": False, "locale": "en", "organization": None}
    known = {"full_name": "Ada Umutoni", "email": "ada@gov.example", "country": "RW", "stakeholder_type": "government"}
    ada = call("register_participant", meeting=meeting, body={**guest, **known})
    ranked = call(
        "rank_participant", meeting=meeting, participant=ada["id"], body={"rank": "minister", "reason": "Her card"}
    )
    assert ranked["rank"] == "minister"
    again = call("register_participant", meeting=meeting, body={**guest, **known})
    assert again["rank"] == "minister"  # who registers again keeps it

    wanted = {"kind": OUTCOME_DOCUMENT, "as_of": AUGUST, "version": None, "merge_academia_technical": True}
    built = consultation.run("start_document", at=LATER, edition="2017", body={**wanted, "languages": ["en", "ar"]})
    id = built["document"]
    consultation.call("publish_document", officer, at=LATER, edition="2017", document=id, body={"reason": "Approved"})
    read = consultation.call("read_document", actor(), edition="2017", document=id, context={"locale": "fr"})
    assert (read["title"], read["total"]) == ("Document final", 1)
    assert (read["statistics"]["ministers"], read["statistics"]["participants"]) == (1, 1)
    page = consultation.call("render_document_page", edition="2017", document=id, context={"locale": "ar"})["text"]
    assert "اتفق المشاركون" in page
    assert "Ada Umutoni, Rwanda" in page
    assert "ada@gov.example" not in page
    file = consultation.call("read_document_file", edition="2017", document=id, format="docx", language="en")
    assert b"".join(blob_store.of("consultation").open(file["blob"])).startswith(b"PK")


def test_arabic_and_chinese_set_their_own_comma_and_the_earlier_time_first(edition: dict[str, Any]) -> None:
    held = session("s1", organizers=["WHO", "ITU"], end=datetime(2017, 6, 13, 8, tzinfo=UTC))
    made = outcome_document.build(
        edition, {"number": "1.2", "sessions": [held]}, as_of=AUGUST, outcomes={"s1": filed("Agreed.")}
    )
    for language, organizers in (("en", "WHO, ITU"), ("ar", "WHO، ITU"), ("zh", "WHO、ITU")):
        laid_out = lay_out(OUTCOME_DOCUMENT, made, {}, language, "1.0")["blocks"]
        [entry] = [block for block in laid_out if block["block"] == "entry"]
        assert organizers in plain(entry["about"])
        [span] = [run for run in entry["about"] if "\N{EN DASH}" in run["text"]]
        assert (span["text"], span["direction"]) == ("09:00\N{EN DASH}10:00", "ltr")
