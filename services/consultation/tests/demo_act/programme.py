"""The programme: themes, sessions of binding requests, five days placed by the suggestion, versions, outcomes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import reference

from wsis_demo import phases
from wsis_demo.play import Mismatch, Play

from . import state
from .opening import author_of, change_dates
from .state import Consultation
from .venue import setup
from .writing import secretariat, theme

MERGED_INTO = 5  # sessions: one exhibition a day, and policy statements
SEATS = {"exhibition": 600, "speaking_slot": 400}  # of the merged sessions
DECLINED = "The number of rooms is limited: please join a session on the same Action Line as a speaker"
INTERPRETED = 15  # sessions with interpretation
DETAILS, OUTCOMES = 12, 40  # sessions, at most


def plan_sessions(play: Play) -> str:
    """Themes of submissions; stalls and statements merged; a session of each workshop; the others declined."""
    told = state.of(play)
    themes = _themes(told)
    requests = _requests(told)
    merged = [_merge(told, kind, requests[kind]) for kind in SEATS]
    made = play.officer.post(f"{told.path}/sessions/from-all-requests")["made"]
    sessions = list(play.officer.each(f"{told.path}/sessions"))
    accepted, declined = _decide(told, sessions)
    unplaced = _place(told, accepted)
    return (
        f"{themes} themes; {sum(merged)} sessions of stalls and statements, {made} of workshops; {len(accepted)} "
        f"accepted, {declined} declined with a reason, {unplaced} without a place"
    )


def _themes(told: Consultation) -> int:
    """One for each action line that comes first in some submission."""
    groups: dict[str, list[str]] = defaultdict(list)
    for one in told.contributions:
        groups[one.answers["action_lines"][0]].append(one.id)
    for line, submissions in sorted(groups.items()):
        told.play.officer.post(f"{told.path}/themes", {**theme(line), "submissions": submissions})
    return len(groups)


def _requests(told: Consultation) -> dict[str, list[dict[str, str]]]:
    """The requests by kind, with their ids, as officers read them."""
    asked = [one for one in told.contributions if one.answers.get("requests")]
    read = told.play.all(lambda one: told.play.officer.get(f"{told.path}/submissions/{one.id}"), asked, 8)
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for submission in read:
        for row in submission["answers"]["requests"]:
            found[row["kind"]].append({"submission": submission["id"], "request": row["id"]})
    return found


def _merge(told: Consultation, kind: str, requests: list[dict[str, str]]) -> int:
    """Many requests become a few sessions."""
    parts = [part for number in range(MERGED_INTO) if (part := requests[number::MERGED_INTO])]
    for number, part in enumerate(parts, 1):
        [id] = told.play.officer.post(f"{told.path}/sessions/from-requests", {"requests": part, "merge": True})["made"]
        title = {language: f"{text} {number}" for language, text in secretariat(kind).items()}
        body = {"title": title, "capacity": SEATS[kind]}
        told.play.officer.edit("PATCH", f"{told.path}/sessions/{id}", body)
    return len(parts)


def _decide(told: Consultation, sessions: list[dict[str, Any]]) -> tuple[list[str], int]:
    """As many as the Forum has: the merged ones first."""
    officer = told.play.officer
    first = [row for row in sessions if row["type"] in ("exhibition", "policy_statements")]
    others = [row for row in sessions if row not in first]
    chosen = [row["id"] for row in (*first, *others)[: told.volumes.sessions]]
    refused = [row["id"] for row in (*first, *others)[told.volumes.sessions :]]
    accept, decline = {"status": "accepted"}, {"status": "declined", "reason": DECLINED}
    told.play.all(lambda id: officer.post(f"{told.path}/sessions/{id}/status", accept), chosen, 6)
    told.play.all(lambda id: officer.post(f"{told.path}/sessions/{id}/status", decline), refused, 6)
    interpreted = {"interpretation": ["en", "fr", "es"]}
    for row in others[: min(INTERPRETED, told.volumes.sessions // 4)]:
        officer.edit("PATCH", f"{told.path}/sessions/{row['id']}", interpreted)
    return chosen, len(refused)


def _place(told: Consultation, accepted: list[str]) -> int:
    """By the suggestion, as a job; two sessions in one room at a time are shown as a clash before they are saved."""
    officer, agenda = told.play.officer, f"{told.path}/agenda"
    edition = officer.get(told.path)
    body = setup(edition["forum"], told.volumes.rooms) | {
        "revision": officer.get(agenda)["revision"],
        "organizers_in_parallel": _exhibitors(told),
    }
    officer.put(f"{agenda}/setup", body)
    moment = phases.now().isoformat()
    twice = [{"session": id, "room": body["rooms"][0]["code"], "start": moment} for id in accepted[-2:]]
    shown = {row["kind"] for row in officer.post(f"{agenda}/check", {"changes": twice})["clashes"]}
    if "room" not in shown:
        told.play.misfits.append(f"consultation: two sessions in one room show as {sorted(shown)}")
    result = officer.post(f"{agenda}/automatic-placement", {"keep": "all"})
    left = officer.get(agenda)
    if hard := [row for row in left["clashes"] if row["hard"]]:
        told.play.misfits.append(f"consultation: the suggestion made hard clashes: {hard[:3]}")
    if left["unplaced"]:
        told.play.misfits.append(f"consultation: {len(left['unplaced'])} sessions have no place")
    return int(result["unplaced"])


def _exhibitors(told: Consultation) -> dict[str, int]:
    """Who has a stall all day can hold a session beside it."""
    rows = told.play.officer.each(f"{told.path}/sessions", type="exhibition")
    whole = [told.play.officer.get(f"{told.path}/sessions/{row['id']}") for row in rows]
    return {organizer["key"]: 2 for session in whole for organizer in session["organizers"]}


def publish_programme(play: Play) -> str:
    """The draft agenda, the programme, and a version in which one session has moved."""
    told = state.of(play)
    draft = _publish(told, "draft_agenda")
    programme = _publish(told, "programme")
    _file_details(told)
    reminded = play.officer.post(f"{told.path}/sessions/reminders")
    play.count(mails={"consultation/session_details_due": reminded["mails"]})
    moved = _move_one(told)
    last = _publish(told, "programme")
    difference = play.suite.visitor.get(
        f"{told.path}/programme/versions/{last['number']}/difference", since=programme["number"]
    )
    changed = [
        row["session"] for row in difference["changed"] if {"room", "start"} & {c["field"] for c in row["changes"]}
    ]
    if changed != [moved] or difference["added"] or difference["removed"]:
        play.misfits.append(f"consultation: {moved} has moved, the versions differ in {changed}")
    told_all = sum(row["mails"] for row in (draft, programme, last))
    return (
        f"{draft['sessions']} sessions in versions {draft['number']}, {programme['number']}, {last['number']}; one has "
        f"moved, {told_all} mails to authors, {reminded['mails']} reminders"
    )


def _publish(told: Consultation, kind: str) -> dict[str, Any]:
    published = told.play.officer.post(f"{told.path}/agenda/publications", {"kind": kind})
    told.play.count(mails={"consultation/session_changed": published["mails"]})
    return dict(published)


def _move_one(told: Consultation) -> str:
    """Somebody asks for another time: the first place without a hard clash."""
    officer, agenda = told.play.officer, told.play.officer.get(f"{told.path}/agenda")
    known = {row["id"]: row for row in officer.each(f"{told.path}/sessions", status="accepted")}
    placed = [
        row
        for row in agenda["placements"]
        if known[row["session"]]["track"] == "forum" and known[row["session"]]["type"] != "exhibition"
    ]
    starts = sorted({row["start"] for row in placed})
    for row in placed:
        for start in starts:
            for room in agenda["rooms"]:
                if (room["code"], start) == (row["room"], row["start"]):
                    continue
                change = {"session": row["session"], "room": room["code"], "start": start}
                clashes = officer.post(f"{told.path}/agenda/check", {"changes": [change]})["clashes"]
                if not any(clash["hard"] for clash in clashes):
                    body = {"changes": [change], "revision": agenda["revision"]}
                    officer.put(f"{told.path}/agenda/placements", body)
                    return str(row["session"])
    raise Mismatch("no session can be moved without a clash")


def _file_details(told: Consultation) -> int:
    """Organizers file the final description; after the deadline an officer lets them in."""
    officer, done = told.play.officer, 0
    for one in told.contributions:
        if one.person is None or done == min(DETAILS, told.volumes.sessions // 3):
            continue
        own = one.person.get(f"{told.path}/me/sessions")["items"]
        for row in [row for row in own if row["status"] == "accepted" and len(row["submissions"]) == 1][:1]:
            path = f"{told.path}/sessions/{row['id']}"
            if datetime.fromisoformat(row["details_until"]) <= phases.now():
                officer.post(f"{path}/late-details", {"reason": "The organizers asked for a day more"})
            text = author_of(told, one).description("workshop", 5)
            one.person.put(f"{path}/details", {"abstract": text, "language": one.language})
            done += 1
    return done


def file_outcomes(play: Play) -> str:
    """After the sessions their organizers file outcomes with action lines and goals: the matrix of sessions."""
    told = state.of(play)
    rows = play.suite.visitor.get(f"{told.path}/programme")["sessions"]
    if datetime.fromisoformat(rows[-1]["end"]) > phases.now():
        return "left out: the Forum of this edition is not over"
    places = {row["id"] for row in rows}
    until = {"at": (phases.now() + timedelta(days=1)).isoformat(), "reason": "Outcomes are still missing"}
    change_dates(told, "deadlines/session_outcomes", until)
    links: dict[str, int] = {}  # by session
    for one in told.contributions:
        if one.person is None or len(links) == min(OUTCOMES, told.volumes.sessions // 3):
            continue
        own = one.person.get(f"{told.path}/me/sessions")["items"]
        # Others may have filed that of a session which they share.
        left = [row for row in own if row["id"] in places and row["id"] not in links]
        for row in left[:1]:
            author, line = author_of(told, one), row["action_lines"][0]
            goals = sorted({link.sdg for link in reference.links_of_line(line)})[:2] or [17]
            body = {
                "text": f"{author.description('workshop', 2)} {author.of_line('al_activities')}",
                "language": one.language,
                "links": [
                    {"action_line": line, "sdg": goal, "rationale": author.of_line("al_topics")} for goal in goals
                ],
            }
            outcome = one.person.put(f"{told.path}/sessions/{row['id']}/outcome", body)
            links[row["id"]] = len(outcome["links"])
    matrix = list(play.suite.visitor.each(f"{told.path}/session-matrix"))
    if len(matrix) != sum(links.values()):
        play.misfits.append(f"consultation: {sum(links.values())} links filed, {len(matrix)} in the matrix of sessions")
    return f"{len(links)} outcomes, {len(matrix)} links of action lines and goals in the matrix of sessions"
