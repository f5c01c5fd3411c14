"""Interventions: one list of speakers for the room and for remote participants, one of whom speaks at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import takewhile, zip_longest
from typing import Literal, NotRequired

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input, JsonObject

from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.meetings.rules import registration, schedule


class Intervention(Stored):
    """What a participant says; `number` grows in the order in which the floor was requested. `on_list` is
    their `place_on_list` while they wait or speak: a unique index on it decides when they ask twice at once. The clock:
    `used_seconds` until the last pause, and since `running_since`. Former versions had none of what is NotRequired."""

    edition: str
    meeting: str
    number: int
    participant: str
    on_list: NotRequired[str]
    mode: str | None
    kind: str
    language: str | None
    topic: str | None
    agenda_item: int | None
    state: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    used_seconds: NotRequired[int]
    running_since: NotRequired[datetime | None]
    summary: str | None


STATEMENT, QUESTION = "statement", "question"
# Rules of procedure of the UN General Assembly: a point of order interrupts and is decided at once (rule 71); who asks
# for a right of reply gets it after the list of speakers (rule 73).
POINT_OF_ORDER, RIGHT_OF_REPLY = "point_of_order", "right_of_reply"
KINDS = (STATEMENT, QUESTION, POINT_OF_ORDER, RIGHT_OF_REPLY)
WAITING, SPEAKING, DONE, WITHDRAWN = "waiting", "speaking", "done", "withdrawn"
STATES = (WAITING, SPEAKING, DONE, WITHDRAWN)
MAX_WAITING = 300
_ASKED: tuple[Literal["kind", "language", "topic", "agenda_item"], ...] = ("kind", "language", "topic", "agenda_item")


def require_speaker(participant: registration.Participant | None) -> registration.Participant:
    """The participant; raises Conflict unless they are registered for the meeting."""
    if participant is None or participant["state"] != registration.REGISTERED:
        raise Conflict("consultation.not_registered")
    return participant


def require_room(waiting: int) -> None:
    """Raises Conflict where the list of speakers is full. Of those who ask at once a few more may get in."""
    if waiting >= MAX_WAITING:
        raise Conflict("consultation.speakers_list_full")


def place_on_list(participant: str, kind: str) -> str:
    """Where a participant is once: with a point of order beside what they wait to say, since any member may rise to one
    at any time (rule 71)."""
    return f"{participant}|{kind}" if kind == POINT_OF_ORDER else participant


def request_of(waiting: Iterable[Intervention]) -> str | None:
    """The id of what a participant waits to say, else of their point of order."""
    first = min(waiting, key=lambda item: item["kind"] == POINT_OF_ORDER, default=None)
    return first and first["_id"]


def require_repeated(raised: Intervention, asked: Input) -> Intervention:
    """The hand that is up, where the participant raises it once more; raises Conflict where they ask for something
    else, or speak."""
    if raised["state"] != WAITING or any(raised[name] != asked[name] for name in _ASKED):
        raise Conflict("consultation.already_on_list")
    return raised


def require_state(intervention: Intervention, *states: str) -> None:
    """Raises Conflict for an intervention in another state."""
    if intervention["state"] not in states:
        raise Conflict("consultation.intervention_state", state=intervention["state"])


def suggested_order(waiting: Sequence[Intervention], spoken: Collection[str], last_mode: str | None) -> list[str]:
    """The ids in the order that the secretariat suggests.

    Points of order come first and rights of reply last. Of the others those who have not spoken yet (`spoken` has the
    participants who have) come first. Within each group the modes alternate, beginning with the one that did not speak
    last, and within a mode who asked first speaks first.
    """
    order: list[str] = []
    for rank in range(4):
        group = [item for item in waiting if _rank(item, item["participant"] in spoken) == rank]
        group.sort(key=lambda item: item["number"])
        turns = [[item for item in group if item["mode"] == mode] for mode in _turns(group, last_mode)]
        row = [item for turn in zip_longest(*turns) for item in turn if item is not None]
        order += [item["_id"] for item in row]
        last_mode = row[-1]["mode"] if row else last_mode
    return order


def _rank(item: Intervention, repeated: bool) -> int:
    return {POINT_OF_ORDER: 0, RIGHT_OF_REPLY: 3}.get(item["kind"], 2 if repeated else 1)


def queue(order: Sequence[str], waiting: Sequence[Intervention], item: int | None = None) -> list[Intervention]:
    """Those who wait, in the order in which they will speak. `waiting` is in the order of their numbers, `order` are
    the ids as the chair has left them: who asked later follows, but a point of order stands before all except the
    points of order at the head. Each item of the agenda has its list: who speaks to another one than `item`, which the
    chair has called, comes after those who speak to it or to none."""
    by_id = {item["_id"]: item for item in waiting}
    ordered = [by_id.pop(id) for id in order if id in by_id]
    urgent = [item for item in by_id.values() if item["kind"] == POINT_OF_ORDER]
    others = [item for item in by_id.values() if item["kind"] != POINT_OF_ORDER]
    head = [*takewhile(lambda item: item["kind"] == POINT_OF_ORDER, ordered)]
    rows = [*head, *urgent, *ordered[len(head) :], *others]
    return rows if item is None else sorted(rows, key=lambda row: _speaks_later(row, item))


def _speaks_later(intervention: Intervention, item: int) -> bool:
    return intervention["kind"] != POINT_OF_ORDER and intervention["agenda_item"] not in (None, item)


def require_item(meeting: schedule.Meeting, item: int | None) -> None:
    """Raises Invalid for an item that the agenda has not."""
    if item is not None and item > len(meeting["agenda"]):
        raise Invalid("consultation.agenda_item_unknown", fields={"agenda_item": ["Not an item of the agenda."]})


def _turns(group: Sequence[Intervention], last_mode: str | None) -> list[str]:
    """The modes in the order of their turns: the other than the last, else that of who asked first."""
    if not group:
        return list(registration.MODES)
    first = group[0]["mode"]
    if last_mode is not None:
        first = next(mode for mode in registration.MODES if mode != last_mode)
    return sorted(registration.MODES, key=lambda mode: mode != first)


def reordered(queue: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The queue in the wanted order. Raises Conflict unless `wanted` has exactly the ids of the queue."""
    if sorted(queue) != sorted(wanted):
        raise Conflict("consultation.order_outdated")
    return list(wanted)


def started(intervention: Intervention, moment: datetime) -> Intervention:
    """The intervention begins, or goes on after it was interrupted."""
    begun = intervention["started_at"] or moment
    return {**resumed(intervention, moment), "state": SPEAKING, "started_at": begun}


def paused(intervention: Intervention, moment: datetime) -> Intervention:
    """The clock stops; a repeat changes nothing."""
    return {**intervention, "used_seconds": used(intervention, moment), "running_since": None}


def resumed(intervention: Intervention, moment: datetime) -> Intervention:
    """The clock goes on; a repeat changes nothing."""
    return {**intervention, "running_since": _running_since(intervention) or moment}


def interrupted(intervention: Intervention, moment: datetime) -> Intervention:
    """A point of order takes the floor: who spoke waits, and goes on with the time that is left."""
    return {**paused(intervention, moment), "state": WAITING}


def ended(intervention: Intervention, moment: datetime) -> Intervention:
    """The intervention is over; `seconds` is the time that was used."""
    over = _off_list(paused(intervention, moment), DONE)
    return {**over, "ended_at": moment, "seconds": used(intervention, moment)}


def withdrawn(intervention: Intervention) -> Intervention:
    """The participant no longer waits. Raises Conflict unless they do."""
    require_state(intervention, WAITING)
    return _off_list(intervention, WITHDRAWN)


def _off_list(intervention: Intervention, state: str) -> Intervention:
    left: Intervention = {**intervention, "state": state}
    left.pop("on_list", None)
    return left


def used(intervention: Intervention, moment: datetime) -> int:
    """The seconds of speaking until now, without pauses."""
    since = _running_since(intervention) or moment
    return intervention.get("used_seconds", 0) + max(0, round((moment - since).total_seconds()))


def _running_since(intervention: Intervention) -> datetime | None:
    return intervention.get("running_since", intervention["started_at"])


def to_public(intervention: Intervention, participant: registration.Participant | None, limit: int) -> JsonObject:
    """What everybody may see: the name and the organization only with consent."""
    named = participant if participant and participant["public_name"] else None
    seconds = intervention["seconds"]
    return {
        "number": intervention["number"],
        "mode": intervention["mode"],
        "kind": intervention["kind"],
        "language": intervention["language"],
        "topic": intervention["topic"],
        "agenda_item": intervention["agenda_item"],
        "state": intervention["state"],
        "started_at": intervention["started_at"],
        "ended_at": intervention["ended_at"],
        "seconds": seconds,
        "used_seconds": intervention.get("used_seconds", 0),
        "running_since": None if seconds is not None else _running_since(intervention),
        "id": intervention["_id"],
        "name": named["contact"]["full_name"] if named else None,
        "organization": named["organization"] if named else None,
        "stakeholder_type": participant["stakeholder_type"] if participant else None,
        "over_limit": None if seconds is None else seconds > limit,
    }
