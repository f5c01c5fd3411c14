"""What other subjects store, in the shape that the models of documents take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from wsis_shared.json_types import Input

from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.rules.minutes import is_withdrawn


def changed_after(submission: Input, moment: datetime) -> bool:
    """Whether its current version is later than the moment."""
    changed: datetime | None = submission.get("amended_at")
    return changed is not None and changed > moment


def as_of(submissions: Iterable[Input], versions: Iterable[Input], moment: datetime) -> list[Input]:
    """The submissions received until a moment, as they were then; `versions` are needed of those that changed after it.

    What was withdrawn or hidden since is as it is now: it appears in no further document.
    """
    then: dict[str, Input] = {}
    for version in versions:
        known = then.get(version["submission"])
        if version["at"] <= moment and (known is None or version["number"] > known["number"]):
            then[version["submission"]] = version
    received = (row for row in submissions if row["received_at"] <= moment)
    return [_at(row, then.get(row["_id"])) if changed_after(row, moment) else row for row in received]


def _at(submission: Input, version: Input | None) -> Input:
    if version is None:
        return submission
    kept = {name: value for name, value in version.items() if name not in ("_id", "submission", "number", "at", "by")}
    return {**submission, **kept, "version_number": version["number"]}


def questions(form: Input | None) -> dict[str, Mapping[str, str]]:
    """Code -> label of the questions of a form, repeated ones too."""
    sections = (form or {}).get("sections") or ()
    return {question["code"]: question["label"] for section in sections for question in section["questions"]}


def theme(row: Input) -> Input:
    """A theme with its submissions, and those whose requests ("submission/request") it has."""
    of_requests = [str(key).partition("/")[0] for key in row.get("requests") or ()]
    return {**row, "submissions": [*(row.get("submissions") or ()), *of_requests]}


def held(edition: Edition, meetings: Iterable[schedule.Meeting], moment: datetime) -> list[schedule.Meeting]:
    """The meetings that had ended at a moment. That of a phase has the title and the times of the phase."""
    timed = (schedule.effective(edition, one) for one in meetings)
    return [one for one in timed if one.get("state") != schedule.CANCELLED and one["end"] <= moment]


def meeting(
    one: Input,
    minutes: Iterable[Input],
    spoken: Iterable[Input],
    speakers: Mapping[str, Input],
    moment: datetime,
) -> Input:
    """A meeting with its last minutes that were published until a moment, and its interventions in their order."""
    own = [
        row
        for row in minutes
        if row["meeting"] == one["_id"]
        and row["published_at"]
        and row["published_at"] <= moment
        and not is_withdrawn(row.get("correction"))
    ]
    last = max(own, key=lambda row: int(row["number"]), default=None)
    turns = sorted(
        (row for row in spoken if row["meeting"] == one["_id"]), key=lambda row: (row["started_at"], row["number"])
    )
    return {
        "title": one["title"],
        "start": one["start"],
        "end": one["end"],
        "venue": one.get("venue"),
        "venue_names": one.get("venue_names"),
        "agenda": [item["title"] for item in one.get("agenda") or ()],
        "minutes": last["text"] if last else {},
        "interventions": [_intervention(row, speakers.get(row["participant"], {})) for row in turns],
        "recordings": [link["url"] for link in one.get("recordings") or ()],
    }


def _intervention(row: Input, speaker: Input) -> Input:
    named = speaker if speaker.get("public_name") else {}  # as in the meeting itself
    return {
        "organization": named.get("organization"),
        "country": named.get("country"),
        "remote": row.get("mode") == "remote",
    }


def programme(version: Input, agenda: Input) -> Input:
    """A published programme: rooms by name, without what was cancelled; types as they were called in it, if it has
    them."""
    names = {room["code"]: room["name"] for room in version.get("rooms") or ()}
    seats = {room["code"]: room.get("capacity") for room in agenda.get("rooms") or ()}
    sessions: Sequence[Input] = version["sessions"]
    return {
        "number": version["number"],
        "sessions": [
            {**one, "room": names.get(one["room"], one["room"])} for one in sessions if one.get("state") != "cancelled"
        ],
        "rooms": [{"name": name, "capacity": seats.get(code)} for code, name in names.items()],
        "room_names": {room["name"]: room["names"] for room in version.get("rooms") or () if room.get("names")},
        "types": version.get("types"),
    }
