"""The consultation of an edition as data: phases, deadlines and the Forum that it prepares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions import errors
from wsis_consultation.editions.rules import forum as forums
from wsis_consultation.editions.rules import phases, reference
from wsis_consultation.editions.rules.stored import Stored


class Decision(TypedDict):
    """Who changes dates, when and why."""

    at: datetime
    by: str
    reason: str


class Revision(Decision):
    """What was changed."""

    changes: list[phases.Change]


class Edition(Stored):
    """`_id` is its year, "2017"; deadlines are moments by code, those that officers added have their titles here,
    revisions are the oldest first. Removed phases were
    announced once; a removed edition was opened by mistake."""

    time_zone: str
    forum: forums.Forum
    phases: list[phases.Phase]
    deadlines: dict[str, datetime]
    removed_phases: list[phases.Phase]
    revisions: list[Revision]
    added_deadlines: NotRequired[dict[str, Titles]]
    session_types: NotRequired[list[reference.SessionType]]  # absent until an officer changes them
    removed: NotRequired[bool]


HLTF_NOMINATIONS, SESSION_DETAILS, SESSION_OUTCOMES = "hltf_nominations", "session_details", "session_outcomes"
_OUTCOME_DAYS = 60  # after the Forum, in editions of before, which have no deadline of outcomes


def from_seed(seed: Input) -> Edition:
    """An edition from its announcement (`reference.edition_seed`)."""
    zone = ZoneInfo(seed["time_zone"])
    cutoff = time.fromisoformat(seed["daily_cutoff"])
    deadlines = {
        code: datetime.combine(date.fromisoformat(day), cutoff, zone).astimezone(UTC)
        for code, day in seed["deadlines"].items()
    }
    return {
        "_id": str(seed["edition"]),
        "time_zone": seed["time_zone"],
        "forum": seed["forum"],
        "phases": [phases.from_wall(row, seed["time_zone"]) for row in seed["phases"]],
        "deadlines": deadlines,
        "removed_phases": [],
        "revisions": [],
    }


def copy_of(edition: Edition, year: str, forum: Input) -> Edition:
    """Another edition with its own Forum: phases and deadlines keep their wall dates, years apart, and the types of
    sessions stay. Raises Invalid for days that make no Forum."""
    years, zone = int(year) - int(edition["_id"]), edition["time_zone"]
    copied: Edition = {
        "_id": year,
        "time_zone": zone,
        "forum": forums.with_changes({}, forum),
        "phases": [phases.shifted(phase, years, zone) for phase in edition["phases"]],
        "deadlines": {
            code: clock.years_later(moment, years, ZoneInfo(zone)) for code, moment in deadlines(edition).items()
        },
        "added_deadlines": edition.get("added_deadlines", {}),
        "removed_phases": [],
        "revisions": [],
    }
    if "session_types" in edition:
        copied["session_types"] = edition["session_types"]
    return copied


def session_types(edition: Edition) -> Sequence[reference.SessionType]:
    """The types of sessions that the edition has: its own, else those with which each starts."""
    return edition.get("session_types") or reference.session_types()


def with_phases(edition: Edition, changed: list[phases.Phase], revision: Decision) -> Edition:
    """The edition with other phases. Raises Conflict where no date and no text
    differs."""
    if changed == edition["phases"]:
        raise Conflict("consultation.nothing_to_change")
    codes = {phase["code"] for phase in changed}
    gone = [phase for phase in edition["phases"] if phase["code"] not in codes]
    removed: list[phases.Phase] = [
        *(phase for phase in edition["removed_phases"] if phase["code"] not in codes),
        *(phases.counted(phase) for phase in gone),
    ]
    changes = phases.changes(edition["phases"], changed)
    return _revised({**edition, "phases": changed, "removed_phases": removed}, revision, changes)


def with_deadline(edition: Edition, code: str, moment: datetime, revision: Decision) -> Edition:
    """The edition with a deadline moved. Raises NotFound, Conflict, Invalid where it is not between the opening and
    the end of the Forum, or that of outcomes not after it."""
    former = deadlines(edition).get(code)
    if former is None:
        raise NotFound("consultation.deadline_unknown", deadline=code)
    if former == moment:
        raise Conflict("consultation.nothing_to_change")
    return _with_moment(edition, code, moment, revision)


def with_new_deadline(edition: Edition, code: str, title: Titles, moment: datetime, revision: Decision) -> Edition:
    """The edition with a further deadline. Raises Conflict where there is one of the code, Invalid as for a move."""
    if code in deadlines(edition) or any(phase["code"] == code for phase in edition["phases"]):
        raise Conflict("consultation.deadline_exists", deadline=code)
    added = {**edition.get("added_deadlines", {}), code: title}
    return _with_moment({**edition, "added_deadlines": added}, code, moment, revision)


def _with_moment(edition: Edition, code: str, moment: datetime, revision: Decision) -> Edition:
    ends_at = forum_ends_at(edition)
    if code == SESSION_OUTCOMES:
        if moment <= ends_at:
            raise errors.deadline_before_end()
    elif not opens_at(edition) < moment < ends_at:
        raise errors.deadline_outside()
    change: phases.Change = {
        "what": "deadline",
        "code": code,
        "title": deadline_title(edition, code),
        "start": None,
        "end": moment,
        "former_start": None,
        "former_end": deadlines(edition).get(code),
    }
    return _revised({**edition, "deadlines": {**deadlines(edition), code: moment}}, revision, [change])


def deadline_title(edition: Edition, code: str) -> Titles:
    """The title of a deadline in each language: as an officer wrote it, else as announced."""
    added = edition.get("added_deadlines", {}).get(code)
    return dict(reference.deadline(code)["title"]) if added is None else added


def with_forum(edition: Edition, given: Input, revision: Decision) -> Edition:
    """The edition with other days, venue or theme of its Forum. Raises Invalid, and Conflict where nothing differs."""
    changed = forums.with_changes(edition["forum"], given)
    changes = forums.changes(edition["forum"], changed)
    if not changes:
        raise Conflict("consultation.nothing_to_change")
    return _revised({**edition, "forum": changed}, revision, changes)


def version(edition: Edition) -> int:
    """Grows with each change of its dates and texts."""
    return len(edition["revisions"]) + sum(
        phase["sequence"] for phase in (*edition["phases"], *edition["removed_phases"])
    )


def require_read(edition: Edition, base: int | None) -> None:
    """Raises Conflict where dates or texts were changed after `base` was read."""
    if base is not None and base != version(edition):
        raise Conflict("consultation.version_changed", version=version(edition))


def deadlines(edition: Edition) -> dict[str, datetime]:
    """Code -> moment of all deadlines."""
    return {SESSION_OUTCOMES: forum_ends_at(edition) + timedelta(days=_OUTCOME_DAYS), **edition["deadlines"]}


Conflicting = TypedDict("Conflicting", {"phase": str | None, "with": str, "kind": str, "day": str | None})


def conflicts(edition: Edition) -> list[Conflicting]:
    """What an officer should look at: of phases (`phases.conflicts`), of deadlines on the
    wrong side of the end of the Forum, and of its days on a weekend."""
    ends_at = forum_ends_at(edition)
    after = [(code, moment >= ends_at) for code, moment in deadlines(edition).items()]
    wrong = [
        (code, "after_end" if is_after else "before_end")
        for code, is_after in after
        if is_after != (code == SESSION_OUTCOMES)
    ]
    found: list[Conflicting] = [
        {**row, "day": None} for row in phases.conflicts(edition["phases"], forum_opens_at(edition))
    ]
    found += [{"phase": code, "with": "forum", "kind": kind, "day": None} for code, kind in wrong]
    found += [
        {"phase": None, "with": "forum", "kind": "weekend", "day": day} for day in forums.on_weekends(edition["forum"])
    ]
    return found


def forum_opens_at(edition: Edition) -> datetime:
    """Midnight before the first day of the Forum."""
    return _midnight(edition, edition["forum"]["starts_on"])


def forum_ends_at(edition: Edition) -> datetime:
    """Midnight after the last day of the Forum."""
    last = date.fromisoformat(edition["forum"]["ends_on"]) + timedelta(days=1)
    return _midnight(edition, last.isoformat())


def opens_at(edition: Edition) -> datetime:
    """When the consultation opens."""
    return edition["phases"][0]["start"]


def submissions_close_at(edition: Edition) -> datetime:
    """The deadline of official submissions and binding requests: the end of the phase that is a deadline."""
    return phases.of_kind(edition["phases"], phases.DEADLINE)[-1]["end"]


def reopens(former: Edition, edition: Edition, moment: datetime) -> bool:
    """Would the other dates open submissions again that are closed at `moment`?"""
    return submissions_close_at(former) <= moment < submissions_close_at(edition)


def require_open(edition: Edition, moment: datetime) -> None:
    """Raises Conflict unless submissions are open at `moment`; the very second of the deadline is late."""
    if moment < opens_at(edition):
        raise Conflict("consultation.submissions_not_open", opens_at=clock.iso(opens_at(edition)))
    if moment >= submissions_close_at(edition):
        raise Conflict("consultation.submissions_closed", closed_at=clock.iso(submissions_close_at(edition)))


def _revised(edition: Edition, revision: Decision, changes: list[phases.Change]) -> Edition:
    """With the revision on record, unless only texts have changed."""
    added: list[Revision] = [{**revision, "changes": changes}] if changes else []
    return {**edition, "revisions": [*edition["revisions"], *added]}


def _midnight(edition: Edition, day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(edition["time_zone"])).astimezone(UTC)
