"""Clashes of an agenda, by sweeps over what bookings share. A hard one cannot take place; a soft one should be avoided.

Rules: the workshop life cycle of domain.md section 3 (rooms, speakers in any role, remote panellists) and the running
of the Forum (interpretation, high-level days). Two sessions of one action line at a time divide its audience: soft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wsis_consultation.programme.rules.bookings import Booking, Interval, Venue, room_misfits, shared, time_misfits

SOFT = frozenset({"action_line"})
KINDS = (
    "room", "speaker", "organizer", "interpreters", "action_line", "room_unknown", "capacity", "booths", "remote_room",
    "equipment", "forum_days", "high_level_days", "availability", "remote_hours",
)  # fmt: skip


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
