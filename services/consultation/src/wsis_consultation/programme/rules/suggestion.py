"""A suggestion for sessions that have no place yet: greedy, the hardest first. What is kept stays where it is.

It never makes a hard clash: a session that finds no room and time remains without, with the reason.
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
from wsis_consultation.programme.rules.clashes import SOFT


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
    starts = sorted({
        start
        for start, end in slots
        if needs.minutes <= end - start and not any(time_misfits(needs, start, venue))
    })  # fmt: skip
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
