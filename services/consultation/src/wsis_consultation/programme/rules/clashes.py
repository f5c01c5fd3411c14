"""Clashes of an agenda, by sweeps over what bookings share. A hard one cannot take place; a soft one should be avoided.

Rules: the workshop life cycle of domain.md section 3 (rooms, speakers in any role, remote panellists) and the running
of the Forum (interpretation, high-level days). Two sessions of one action line at a time divide its audience: soft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wsis_consultation.programme.rules.bookings import (
    Booking,
    Interval,
    Needs,
    Use,
    Venue,
    room_misfits,
    room_use,
    shared,
    time_misfits,
    uses_at,
)

SOFT = frozenset({"action_line"})
KINDS = (
    "room",
    "speaker",
    "organizer",
    "interpreters",
    "action_line",
    "room_unknown",
    "capacity",
    "booths",
    "remote_room",
    "equipment",
    "forum_days",
    "high_level_days",
    "availability",
    "remote_hours",
)


@dataclass(frozen=True, slots=True)
class Clash:
    """`sessions` cannot all be as they are: `name` is the room, the key of the person, the language, the line..."""

    kind: str
    sessions: tuple[str, ...]
    name: str
    start: int

    @property
    def hard(self) -> bool:
        """False where it should only be avoided."""
        return self.kind not in SOFT


def check(bookings: Sequence[Booking], venue: Venue) -> list[Clash]:
    """All clashes, hard ones first, then by time."""
    found = [*_alone(bookings, venue), *_together(bookings, venue)]
    return sorted(found, key=lambda clash: (not clash.hard, clash.start, clash.kind, clash.name, clash.sessions))


def hard(clashes: Iterable[Clash]) -> list[Clash]:
    """Those that cannot take place."""
    return [clash for clash in clashes if clash.hard]


def _alone(bookings: Sequence[Booking], venue: Venue) -> list[Clash]:
    """What is wrong with a booking whatever the others are."""
    return [
        Clash(kind, (booking.needs.session,), name, booking.start)
        for booking in bookings
        for kind, name in (
            *room_misfits(booking.needs, venue.rooms.get(booking.room)),
            *time_misfits(booking.needs, booking.start, venue),
        )
    ]


def _together(bookings: Sequence[Booking], venue: Venue) -> list[Clash]:
    """More at a time than there may be of a room, a person, a team... One clash for each booking that is too many."""
    users: dict[tuple[str, str], list[tuple[Interval, str]]] = defaultdict(list)
    most: dict[tuple[str, str], int] = {}
    for booking in bookings:
        for resource, at_a_time, interval in shared(booking, venue):
            users[resource].append((interval, booking.needs.session))
            most[resource] = at_a_time
    found = []
    for (kind, name), rows in users.items():
        if len(rows) <= most[kind, name]:
            continue
        current: list[tuple[int, str]] = []
        for (start, end), session in sorted(rows):
            current = [(until, other) for until, other in current if until > start]
            current.append((end, session))
            if len(current) > most[kind, name]:
                found.append(Clash(kind, tuple(sorted(other for _, other in current)), name, start))
    return found


# A suggestion for sessions that have no place yet: greedy, the hardest first. What is kept stays where it is.
#
# It never makes a hard clash: a session that finds no room and time remains without, with the reason.


@dataclass(frozen=True)
class Suggestion:
    """New bookings, and why the other sessions have none: "room", "time" (none fits), or "occupied" (those that fit are
    taken)."""

    bookings: tuple[Booking, ...]
    unplaced: dict[str, str]


class _Occupancy:
    """Who uses what, and when."""

    def __init__(self, venue: Venue, bookings: Iterable[Booking]) -> None:
        self.venue = venue
        self.users: dict[tuple[str, str], list[Interval]] = defaultdict(list)
        self.load: dict[int, int] = defaultdict(int)
        for booking in bookings:
            self.add(booking)

    def add(self, booking: Booking) -> None:
        """Take what the booking uses."""
        self.load[booking.start] += 1
        for resource, _, interval in shared(booking, self.venue):
            self.users[resource].append(interval)

    def cost(self, needs: Needs, start: int) -> int | None:
        """How many soft clashes the session would make at that time; None where it would make a hard one."""
        soft = 0
        for use in uses_at(needs, start, self.venue):
            overlapping = self._overlapping(use)
            if overlapping < use[1]:
                continue
            if use[0][0] not in SOFT:
                return None
            soft += overlapping
        return soft

    def is_free(self, room: str, start: int, minutes: int) -> bool:
        """Whether nobody is in the room then."""
        return not self._overlapping(room_use(room, start, minutes, self.venue))

    def _overlapping(self, use: Use) -> int:
        # Intervals that overlap this one need not overlap each other: at worst a free place is not seen.
        resource, _, (start, end) = use
        return sum(1 for since, until in self.users.get(resource, ()) if since < end and start < until)


def suggest(needs: Iterable[Needs], kept: Sequence[Booking], slots: Sequence[Interval], venue: Venue) -> Suggestion:
    """Places for the sessions in `needs`, each at the start of a slot that is long enough for it.

    The hardest first: fewest rooms times slots that fit. Each takes the slot with the fewest soft clashes, then the
    least crowded, and in it the smallest room that is free.
    """
    occupancy, placed, unplaced = _Occupancy(venue, kept), [], {}
    options = {each: _options(each, slots, venue) for each in needs}
    for each in sorted(options, key=lambda each: (_count(options[each]), -each.minutes, each.session)):
        rooms, starts = options[each]
        best = _best(each, rooms, starts, occupancy)
        if best is None:
            unplaced[each.session] = "room" if not rooms else "time" if not starts else "occupied"
        else:
            occupancy.add(best)
            placed.append(best)
    return Suggestion(tuple(placed), unplaced)


def _options(needs: Needs, slots: Sequence[Interval], venue: Venue) -> tuple[list[str], list[int]]:
    rooms = [room for room in venue.rooms.values() if not any(room_misfits(needs, room))]
    starts = sorted(
        {start for start, end in slots if needs.minutes <= end - start and not any(time_misfits(needs, start, venue))}
    )
    return [room.code for room in sorted(rooms, key=lambda room: (room.capacity, room.code))], starts


def _count(options: tuple[list[str], list[int]]) -> int:
    return len(options[0]) * len(options[1])


def _best(needs: Needs, rooms: Sequence[str], starts: Sequence[int], occupancy: _Occupancy) -> Booking | None:
    costs = ((occupancy.cost(needs, start), occupancy.load[start], start) for start in starts)
    for _, _, start in sorted((cost, load, start) for cost, load, start in costs if cost is not None):
        for room in rooms:
            if occupancy.is_free(room, start, needs.minutes):
                return Booking(needs, room, start)
    return None
