"""A physical meeting: registration for the room and remotely, interventions from both, minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wsis_demo import phases
from wsis_demo.client import Person
from wsis_demo.play import Mismatch, Play, wait

from . import state
from .contributing import full_name
from .state import Consultation
from .writing import LANGUAGES, Author, secretariat

ZONES = {
    "africa": "Africa/Nairobi",
    "americas": "America/Bogota",
    "arab_states": "Asia/Riyadh",
    "asia_pacific": "Asia/Kolkata",
    "cis": "Asia/Almaty",
    "europe": "Europe/Zurich",
}

SEATS = 0.9  # of those who want to come
VENUE = "ITU Headquarters, Room A"


def meet(play: Play) -> str:
    """The room is smaller than the demand: some wait, and one gets the place of somebody who cancels."""
    told = state.of(play)
    meeting = f"{told.path}/meetings/{_open(told)}"
    members = [one.person for one in told.contributions if one.person is not None]
    on_site, remote = members[: told.volumes.on_site], members[told.volumes.on_site :][: told.volumes.remote]
    for member in on_site:
        member.put(f"{meeting}/registration", {"mode": "on_site", "public_name": True})
    capacity = play.officer.get(f"{meeting}/management")["capacity"]
    for number, member in enumerate(remote):
        zone = list(ZONES.values())[number % len(ZONES)]
        member.put(f"{meeting}/registration", {"mode": "remote", "time_zone": zone, "public_name": number % 2 == 0})
    waiting = len(on_site) - capacity
    mails = {"confirmed": capacity + len(remote), "waitlisted": waiting, "promoted": 1}
    play.count(mails={f"consultation/registration_{name}": count for name, count in mails.items()})
    # Who cancels before the mail is written gets none.
    play.suite.mailbox.wait(on_site[0].email, saying=[VENUE])
    on_site[0].delete(f"{meeting}/registration")
    _check_in(told, meeting, on_site[1])
    _walk_in(told, meeting)
    spoken = _speak(told, meeting, on_site[1:4], remote[:3])
    ended = {"end": phases.now().isoformat(), "reason": "Nobody asks for the floor any more"}
    play.officer.edit("PATCH", meeting, ended)
    play.count(mails={"consultation/meeting_moved": _count(told, meeting)})
    body = {"text": secretariat("minutes"), "publish": True, "reason": "Adopted by the meeting"}
    play.officer.edit("POST", f"{meeting}/minutes", body, read=f"{meeting}/minutes/versions")
    told.meeting = meeting
    shown = play.officer.get(f"{meeting}/management")
    if (shown["on_site"], shown["waiting"]) != (capacity, waiting - 1):
        play.misfits.append(f"consultation: {shown['on_site']} in a room for {capacity}, {shown['waiting']} wait")
    return (
        f"{shown['on_site']} in the room, {shown['remote_participants']} remote, {shown['waiting']} waiting; "
        f"{spoken} interventions in turn; minutes published"
    )


def _count(told: Consultation, meeting: str) -> int:
    """Who is registered or waits."""
    rows = told.play.officer.each(f"{meeting}/participants")
    return sum(row["state"] != "cancelled" for row in rows)


def _open(told: Consultation) -> str:
    now = phases.now()
    body = {
        "title": secretariat("meeting"),
        "start": (now - timedelta(hours=2)).isoformat(),
        "end": (now + timedelta(hours=1)).isoformat(),
        "venue": VENUE,
        "languages": list(LANGUAGES),
        "capacity": int(told.volumes.on_site * SEATS),
        "join_url": "https://meet.example/review",
        "speaking_seconds": 180,
        "agenda": [{"title": secretariat("agenda_item"), "minutes": 60}],
        "reason": "Announced with the phases",
    }
    return str(told.play.officer.post(f"{told.path}/meetings", body)["id"])


def _check_in(told: Consultation, meeting: str, member: Person) -> None:
    """The badge belongs to whoever registered; a made-up one is refused."""
    badge = member.get(f"{meeting}/registration/badge")
    if b"<svg" not in bytes(badge):
        raise Mismatch("a badge is no SVG")
    forged = {"token": "0" * 32 + "." + "0" * 32}
    told.play.refused("consultation.badge_invalid", lambda: told.play.officer.post(f"{meeting}/check-ins", forged))


def _walk_in(told: Consultation, meeting: str) -> None:
    """Somebody without an account comes to the desk and takes part remotely from the next room."""
    form = next(told.play.registry.people(1))
    body = {
        "mode": "remote",
        "full_name": full_name(form),
        "email": form["email"],
        "country": form["country"],
        "stakeholder_type": "academia",
        "locale": form["locale"],
    }
    told.play.officer.post(f"{meeting}/participants", body)
    told.play.count(mails={"consultation/registration_confirmed": 1})


def _speaking(told: Consultation, meeting: str) -> str | None:
    floor = told.play.suite.visitor.get(f"{meeting}/floor")
    return str(floor["speaking"]["id"]) if floor["speaking"] else None


def _speak(told: Consultation, meeting: str, room: list[Person], remote: list[Person]) -> int:
    """Everybody asks for the floor; the suggested order alternates; one speaks at a time."""
    officer = told.play.officer
    for member in (*room, *remote):
        author = Author(told.dice, member.locale or "en", "CH", "C1")
        body = {"language": author.language, "topic": author.answer("structure_programme", 1), "agenda_item": 1}
        member.post(f"{meeting}/interventions", body)
    order = officer.get(f"{meeting}/speakers/suggestion")["order"]
    officer.put(f"{meeting}/speakers/order", {"order": order})
    modes: list[Any] = []
    for id in order:
        modes.append(officer.put(f"{meeting}/interventions/{id}/start", None)["mode"])
        wait(lambda id=id: _speaking(told, meeting) == id, 20, "whom everybody sees speak")  # type: ignore[misc]
    officer.put(f"{meeting}/interventions/{order[-1]}/end", None)
    for id in order:
        text = Author(told.dice, "en", "CH", "C1").answer("hl_interactive", 2)
        officer.patch(f"{meeting}/interventions/{id}", {"summary": text})
    both = min(len(room), len(remote))
    if any(one == other for one, other in zip(modes[: 2 * both], modes[1 : 2 * both], strict=False)):
        told.play.misfits.append(f"consultation: the room and remote speakers do not alternate: {modes}")
    return len(order)
