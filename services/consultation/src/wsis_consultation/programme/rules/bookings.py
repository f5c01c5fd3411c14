"""What a session needs, what the venue offers, and a session in a room at a time. Times are whole minutes since 1970:
comparing integers keeps the checks of a whole Forum within milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from wsis_consultation.editions.rules.editions import Edition
    from wsis_consultation.programme.rules.agendas import Agenda, Placement
    from wsis_consultation.programme.rules.sessions import Session

HIGH_LEVEL = "high_level"
TURNAROUND = 10  # minutes between two sessions of a room
DAY = 24 * 60
REMOTE_FROM, REMOTE_TO = time(7), time(22)  # local hours of remote speakers

Interval = tuple[int, int]
Use = tuple[tuple[str, str], int, Interval]  # ((kind, name), how many at a time, from when to when)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a session needs wherever it takes place. `zones` are those of its remote speakers, `interpretation` the
    languages beside that of the floor, `availability` the times at which its organizers can (empty: any)."""

    session: str
    minutes: int
    track: str = "forum"
    people: frozenset[str] = frozenset()
    organizers: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    capacity: int = 0
    interpretation: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    remote: bool = False
    equipment: frozenset[str] = frozenset()
    availability: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """A session in a room, from minute to minute."""

    needs: Needs
    room: str
    start: int
    pinned: bool = False

    @property
    def end(self) -> int:
        """The minute at which it ends."""
        return self.start + self.needs.minutes


@dataclass(frozen=True, slots=True)
class Room:
    """A room. `booths` is the number of languages that can be interpreted in it."""

    code: str
    capacity: int
    booths: int = 0
    equipment: frozenset[str] = frozenset()
    remote: bool = True


@dataclass(frozen=True)
class Venue:
    """What the Forum has. `interpreters` is the number of teams by language (empty: as many as needed); `parallel` the
    number of sessions that an organizer can hold at a time (by default one)."""

    rooms: Mapping[str, Room]
    zone: str
    days: tuple[str, str]
    high_level_days: frozenset[str]
    interpreters: Mapping[str, int]
    parallel: Mapping[str, int]
    turnaround: int = TURNAROUND


def minute(moment: datetime) -> int:
    """Whole minutes since 1970."""
    return int(moment.timestamp()) // 60


def moment(minutes: int) -> datetime:
    """The reverse of `minute`, in UTC."""
    return datetime.fromtimestamp(minutes * 60, UTC)


@lru_cache(maxsize=20_000)
def local(minutes: int, zone: str) -> datetime:
    """Wall time in a zone."""
    return moment(minutes).astimezone(ZoneInfo(zone))


def needs_of(session: Session) -> Needs:
    """What a session document needs."""
    remote = [speaker for speaker in session["speakers"] if speaker.get("remote")]
    return Needs(
        session=session["_id"],
        minutes=session["duration"],
        track=session["track"],
        people=frozenset(speaker["key"] for speaker in session["speakers"]),
        organizers=frozenset(organizer["key"] for organizer in session["organizers"]),
        lines=frozenset(session["action_lines"]),
        capacity=session.get("capacity") or 0,
        interpretation=frozenset(session.get("interpretation") or ()) - {session.get("language", "")},
        zones=frozenset(filter(None, (speaker.get("time_zone") for speaker in remote))),
        remote=bool(remote),
        equipment=frozenset(session.get("equipment") or ()),
        availability=tuple((minute(row["start"]), minute(row["end"])) for row in session.get("availability") or ()),
    )


def venue_of(agenda: Agenda, edition: Edition) -> Venue:
    """The venue of an agenda and its edition, documents both."""
    forum = edition["forum"]
    return Venue(
        rooms={
            row["code"]: Room(row["code"], row["capacity"], row["booths"], frozenset(row["equipment"]), row["remote"])
            for row in agenda["rooms"]
        },
        zone=edition["time_zone"],
        days=(forum["starts_on"], forum["ends_on"]),
        high_level_days=frozenset(forum["high_level_days"]),
        interpreters=agenda["interpreters"],
        parallel=agenda["organizers_in_parallel"],
        turnaround=agenda["turnaround"],
    )


def bookings_of(placements: Iterable[Placement], needs: Mapping[str, Needs]) -> list[Booking]:
    """The placements whose sessions are in `needs`; one of a session that is no longer accepted counts for nothing."""
    return [
        Booking(needs[row["session"]], row["room"], minute(row["start"]), row["pinned"])
        for row in placements
        if row["session"] in needs
    ]


def shared(booking: Booking, venue: Venue) -> Iterator[Use]:
    """What the booking shares with others."""
    yield room_use(booking.room, booking.start, booking.needs.minutes, venue)
    yield from uses_at(booking.needs, booking.start, venue)


def room_use(room: str, start: int, minutes: int, venue: Venue) -> Use:
    """The room, until the next session may start in it."""
    return ("room", room), 1, (start, start + minutes + venue.turnaround)


def uses_at(needs: Needs, start: int, venue: Venue) -> Iterator[Use]:
    """What a session uses at a time, whatever its room."""
    whole = (start, start + needs.minutes)
    for person in needs.people:
        yield ("speaker", person), 1, whole
    for organizer in needs.organizers:
        yield ("organizer", organizer), venue.parallel.get(organizer, 1), whole
    if venue.interpreters:
        for language in needs.interpretation:
            yield ("interpreters", language), venue.interpreters.get(language, 0), whole
    for line in needs.lines:
        yield ("action_line", line), 1, whole


def room_misfits(needs: Needs, room: Room | None) -> Iterator[tuple[str, str]]:
    """Why a session does not fit a room: (kind, name)."""
    if room is None:
        yield "room_unknown", ""
        return
    if needs.capacity > room.capacity:
        yield "capacity", room.code
    if len(needs.interpretation) > room.booths:
        yield "booths", room.code
    if needs.remote and not room.remote:
        yield "remote_room", room.code
    for item in sorted(needs.equipment - room.equipment):
        yield "equipment", item


def time_misfits(needs: Needs, start: int, venue: Venue) -> Iterator[tuple[str, str]]:
    """Why a session does not fit a time: (kind, name). A session of several days is compared by its first and its
    last day, and its remote speakers are not."""
    end = start + needs.minutes
    first, last = local(start, venue.zone), local(end - 1, venue.zone)
    if not venue.days[0] <= first.date().isoformat() <= last.date().isoformat() <= venue.days[1]:
        yield "forum_days", first.date().isoformat()
    if needs.track == HIGH_LEVEL and not {first.date().isoformat(), last.date().isoformat()} <= venue.high_level_days:
        yield "high_level_days", first.date().isoformat()
    if needs.availability and not any(since <= start and end <= until for since, until in needs.availability):
        yield "availability", ""
    if needs.minutes < DAY:
        for zone in sorted(needs.zones):
            if not _awake(local(start, zone), local(end, zone)):
                yield "remote_hours", zone


def _awake(start: datetime, end: datetime) -> bool:
    same_day = start.date() == end.date()
    return same_day and start.time() >= REMOTE_FROM and end.time() <= REMOTE_TO
