"""When and where a meeting takes place.

A phase that is a physical meeting or the final brief has one meeting, whose title, times and venue are those of the
phase: moving the phase moves the meeting. Officers open further ones with their own times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared import languages
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions.rules import phases
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.rules.public_documents import MAX_DOCUMENTS, Document
from wsis_consultation.editions.rules.stored import Edited, Stored


class AgendaItem(TypedDict):
    """What is on the agenda, and for how long."""

    title: Titles
    minutes: int
    presenter: str | None


class TimedItem(AgendaItem):
    """With its start."""

    start: datetime


class MeetingLink(TypedDict):
    """A recording, or captions, in a language."""

    url: str
    language: str


class Meeting(Edited):
    """`phase` is the code of the phase to which it belongs, if it does; `on_site` counts people registered for the
    room, `last_number` badges; the `queue` are ids of interventions in the order of the chair (floor.queue), `speaking`
    is the id of one, `current_item` the number of the item of the agenda that the chair has called; former versions
    counted interventions in `last_intervention`; `reminded_start` is the start that participants were reminded of.
    Moments are in UTC."""

    edition: str
    kind: NotRequired[str]
    phase: str | None
    title: Titles
    start: datetime
    end: datetime
    time_zone: str
    venue: str | None
    venue_names: NotRequired[dict[str, str]]  # of the phase, in other languages
    remote: bool
    languages: list[str]
    capacity: int | None
    on_site: int
    last_number: int
    last_intervention: NotRequired[int]
    join_url: str | None
    speaking_seconds: int
    agenda: list[AgendaItem]
    documents: list[Document]
    recordings: list[MeetingLink]
    captions: list[MeetingLink]
    state: str
    queue: list[str]
    speaking: str | None
    current_item: NotRequired[int | None]
    reminded_start: datetime | None


class Correction(TypedDict):
    """What became of a published version of the minutes: `mark` is corrected or withdrawn."""

    mark: str
    reason: str
    language: str
    at: datetime
    by: str | None


class Minutes(Stored):
    """A version of the minutes; the text is by language."""

    edition: str
    meeting: str
    number: int
    text: Titles
    languages: list[str]
    at: datetime
    by: str | None
    published_at: datetime | None
    correction: NotRequired[Correction]


KINDS = (phases.MEETING, phases.FINAL_BRIEF)
# A meeting of the consultation, or the Forum itself, whose participants are counted in the Outcome Document.
CONSULTATION, FORUM = OCCASIONS = ("consultation", "forum")
SCHEDULED, CANCELLED = "scheduled", "cancelled"
MOVED = "moved"
REMIND_BEFORE = timedelta(hours=24)  # the start
SPEAKING_SECONDS = 180  # what officers change per meeting
BY_OFFICERS = (
    "title",
    "start",
    "end",
    "time_zone",
    "venue",
    "remote",
    "languages",
    "capacity",
    "join_url",
    "speaking_seconds",
    "agenda",
    "recordings",
    "captions",
    "state",
)
OF_PHASE = ("title", "start", "end", "time_zone", "venue")


def new(id: str, edition: str, given: Input) -> Meeting:
    """A meeting that nobody has registered for yet."""
    return {
        "_id": id,
        "edition": edition,
        "kind": given.get("kind", CONSULTATION),
        "phase": given.get("phase"),
        "title": given["title"],
        "start": given["start"],
        "end": given["end"],
        "time_zone": given["time_zone"],
        "venue": given.get("venue"),
        "remote": given.get("remote", True),
        "languages": given.get("languages", []),
        "capacity": given.get("capacity"),
        "on_site": 0,
        "last_number": 0,
        "join_url": given.get("join_url"),
        "speaking_seconds": given.get("speaking_seconds", SPEAKING_SECONDS),
        "agenda": given.get("agenda", []),
        "documents": [],
        "recordings": given.get("recordings", []),
        "captions": given.get("captions", []),
        "state": SCHEDULED,
        "queue": [],
        "speaking": None,
        "reminded_start": None,
    }


def changed(meeting: Meeting, given: Input) -> Meeting:
    """The meeting with what officers give; of the title the languages that are given."""
    title = meeting["title"]
    return {
        **meeting,
        "title": languages.merge(title, given["title"], required_as="title") if "title" in given else title,
        "start": given.get("start", meeting["start"]),
        "end": given.get("end", meeting["end"]),
        "time_zone": given.get("time_zone", meeting["time_zone"]),
        "venue": given.get("venue", meeting["venue"]),
        "remote": given.get("remote", meeting["remote"]),
        "languages": given.get("languages", meeting["languages"]),
        "capacity": given.get("capacity", meeting["capacity"]),
        "join_url": given.get("join_url", meeting["join_url"]),
        "speaking_seconds": given.get("speaking_seconds", meeting["speaking_seconds"]),
        "agenda": given.get("agenda", meeting["agenda"]),
        "recordings": given.get("recordings", meeting["recordings"]),
        "captions": given.get("captions", meeting["captions"]),
        "state": given.get("state", meeting["state"]),
    }


def edited(meeting: JsonObject) -> JsonObject:
    """What officers edit."""
    return {name: meeting[name] for name in BY_OFFICERS}


def phase_meeting_id(edition: str, phase: str) -> str:
    """The id of the meeting of a phase."""
    return f"{edition}-{phase}"


def of_phases(edition: Edition) -> list[Meeting]:
    """The meetings of the phases, as they are before anybody changed or registered for them."""
    return [
        new(
            phase_meeting_id(edition["_id"], phase["code"]),
            edition["_id"],
            {**phase, "kind": CONSULTATION, "phase": phase["code"], "time_zone": edition["time_zone"]},
        )
        for phase in edition["phases"]
        if phase["kind"] in KINDS
    ]


def effective(edition: Edition, meeting: Meeting) -> Meeting:
    """The meeting with the times of its phase; cancelled where the phase is no longer there."""
    if meeting["phase"] is None:
        return meeting
    phase = next((phase for phase in edition["phases"] if phase["code"] == meeting["phase"]), None)
    if phase is None:
        return {**meeting, "state": CANCELLED}
    return {
        **meeting,
        "title": phase["title"],
        "start": phase["start"],
        "end": phase["end"],
        "venue": phase["venue"],
        "venue_names": phase.get("venue_names", {}),
        "time_zone": edition["time_zone"],
    }


def of_edition(edition: Edition, stored: Iterable[Meeting]) -> list[Meeting]:
    """All meetings of an edition in the order of their start."""
    by_id = {meeting["_id"]: meeting for meeting in [*of_phases(edition), *stored]}
    found = [effective(edition, meeting) for meeting in by_id.values()]
    return sorted(found, key=lambda meeting: (meeting["start"], meeting["_id"]))


def sequence(edition: Edition, meeting: Meeting) -> int:
    """SEQUENCE of the calendar entry: it grows with each change of the meeting or of the phases."""
    return meeting.get("version", 0) + edition.get("version", 0)


def require_order(start: datetime, end: datetime) -> None:
    """Raises Invalid unless the meeting ends after its start."""
    if end <= start:
        raise Invalid("consultation.meeting_invalid", fields={"end": ["It must be after the start."]})


def change_for_participants(former: Meeting, meeting: Meeting) -> str | None:
    """What participants must know of a change: CANCELLED, MOVED (other times, another venue, or held after all), or
    None."""
    if meeting["state"] != former["state"]:
        return CANCELLED if meeting["state"] == CANCELLED else MOVED
    return MOVED if _place(meeting) != _place(former) else None


def _place(meeting: Meeting) -> tuple[datetime, datetime, str | None]:
    return meeting["start"], meeting["end"], meeting["venue"]


def require_one_forum(meetings: Iterable[Meeting]) -> None:
    """Raises Conflict for an edition with a second meeting of kind "forum": participants are counted once."""
    held = (one for one in meetings if one["state"] == SCHEDULED and one.get("kind") == FORUM)
    if len(list(held)) > 1:
        raise Conflict("consultation.forum_meeting_exists")


def require_space_for_document(meeting: Meeting) -> None:
    """Raises Conflict for a meeting that has MAX_DOCUMENTS."""
    if len(meeting["documents"]) >= MAX_DOCUMENTS:
        raise Conflict("consultation.meeting_documents_full")


def is_over(meeting: Meeting, moment: datetime) -> bool:
    """Whether the meeting has ended or is cancelled."""
    return meeting["state"] == CANCELLED or moment >= meeting["end"]


def require_not_over(meeting: Meeting, moment: datetime) -> None:
    """Raises Conflict for a meeting that has ended or is cancelled."""
    if is_over(meeting, moment):
        raise Conflict("consultation.meeting_over")


def reminder_due(meeting: Meeting, moment: datetime) -> bool:
    """Whether the meeting starts soon and nobody was reminded of this start."""
    soon = moment < meeting["start"] <= moment + REMIND_BEFORE
    return soon and meeting["state"] == SCHEDULED and meeting["reminded_start"] != meeting["start"]


def agenda_with_times(meeting: Meeting) -> list[TimedItem]:
    """The agenda items with the start of each: one after the other from the start of the meeting."""
    items: list[TimedItem] = []
    start = meeting["start"]
    for item in meeting["agenda"]:
        items.append({**item, "start": start})
        start += timedelta(minutes=item["minutes"])
    return items


def require_fitting_agenda(agenda: Sequence[AgendaItem], start: datetime, end: datetime) -> None:
    """Raises Invalid for an agenda that lasts longer than the meeting."""
    if timedelta(minutes=sum(item["minutes"] for item in agenda)) > end - start:
        raise Invalid("consultation.meeting_invalid", fields={"agenda": ["The items last longer than the meeting."]})
