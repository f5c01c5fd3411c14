"""Minutes of meetings: officers write versions, publish and correct them."""

from __future__ import annotations

from wsis_shared import audit, languages
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts
from wsis_shared.revisions import IfMatch, changed_since_read

from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.events import MINUTES_CORRECTED, MINUTES_PUBLISHED
from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.rules.minutes import is_public, is_withdrawn, marked, masked, withdrawn_error
from wsis_consultation.meetings.rules.registration import Participant
from wsis_consultation.meetings.store import Meetings, Participants


class MinutesCases:
    """Versions of the minutes. None is changed once it is written, but for numbers of people that are masked; a
    published one stays readable unless it is withdrawn."""

    def __init__(self, editions: Editions, meetings: Meetings, participants: Participants) -> None:
        self._editions, self._meetings, self._participants = editions, meetings, participants

    @rpc(writes=True)
    def write_minutes(
        self, ctx: Context, edition: str, meeting: str, body: Input, if_match: IfMatch = None
    ) -> JsonObject:
        """Add a version; it has the languages of the one before that are not named. Raises NotFound, Invalid,
        PreconditionFailed unless the last one was read."""
        self._find(edition, meeting)
        number = self._meetings.last_minutes(meeting)
        former = self._text(meeting, number)
        if if_match is not None and number not in if_match:
            read = self._text(meeting, max((named for named in if_match if named < number), default=0))
            changed = {code for code in {*read, *former} if read.get(code) != former.get(code)}
            raise changed_since_read(number, {"text": {code: former.get(code) for code in sorted(changed)}})
        text, number = languages.merge(former, body["text"], required_as="text"), number + 1
        published_at = ctx.received_at if body["publish"] else None
        version: schedule.Minutes = {
            "_id": f"{meeting}.{number}",
            "edition": edition,
            "meeting": meeting,
            "number": number,
            "text": text,
            "languages": sorted(text),
            "at": ctx.received_at,
            "by": ctx.actor.id,
            "published_at": published_at,
        }
        entry = audit.entry(
            "consultation.minutes_written",
            f"minutes/{version['_id']}",
            None,
            {"published": body["publish"]},
            body["reason"],
        )
        published = (_published(version),) if body["publish"] else ()
        return _to_response(self._meetings.save("minutes", version, entry, *published), ctx.locale)

    @rpc(writes=True)
    def publish_minutes(self, ctx: Context, edition: str, meeting: str, version: str, body: Input) -> JsonObject:
        """Publish a version; a repeat changes nothing. Raises NotFound."""
        self._find(edition, meeting)
        found = self._meetings.minutes(meeting, _number(version))
        if found["published_at"] is None:
            entry = audit.entry(
                "consultation.minutes_published",
                f"minutes/{found['_id']}",
                {"published": False},
                {"published": True},
                body["reason"],
            )
            found["published_at"] = ctx.received_at
            found = self._meetings.save("minutes", found, entry, _published(found))
        return _to_response(found, ctx.locale)

    @rpc
    def read_minutes(self, ctx: Context, edition: str, meeting: str, version: int | None = None) -> JsonObject:
        """A published version, by default the last one. Raises NotFound."""
        self._find(edition, meeting)
        published = {row["number"]: row for row in self._meetings.minutes_versions(meeting) if row["published_at"]}
        wanted = version or max((number for number, row in published.items() if is_public(row)), default=0)
        if wanted not in published:
            raise NotFound("consultation.minutes_unknown")
        if not is_public(published[wanted]):
            raise withdrawn_error(published[wanted])
        return _to_response(self._meetings.minutes(meeting, wanted), ctx.locale)

    @rpc
    def list_minutes_corrections(self, edition: str, meeting: str) -> JsonObject:
        """Published versions that were marked or withdrawn, with the reasons, the last one first. Raises NotFound."""
        self._find(edition, meeting)
        rows = [row for row in self._meetings.minutes_versions(meeting) if row.get("correction")]
        return {"items": [_to_version(row) for row in rows]}

    @rpc(writes=True)
    def correct_minutes(self, ctx: Context, edition: str, meeting: str, version: str, body: Input) -> JsonObject:
        """Mark a published version as corrected, or withdraw it, and tell those who have a place in the meeting; a
        repeat changes nothing. Raises NotFound; Conflict for a draft, or one that was withdrawn."""
        held = self._find(edition, meeting)
        found = self._meetings.minutes(meeting, _number(version))
        former = found.get("correction")
        if former is None or (former["mark"], former["reason"]) != (body["mark"], body["reason"]):
            correction: schedule.Correction = {
                "mark": body["mark"],
                "reason": body["reason"],
                "language": body["language"] or ctx.locale,
                "at": ctx.received_at,
                "by": ctx.actor.id,
            }
            found = marked(found, correction)
            entry = audit.entry(
                "consultation.minutes_corrected",
                f"minutes/{found['_id']}",
                {"mark": former["mark"] if former else None},
                {"mark": body["mark"]},
                body["reason"],
            )
            found = self._meetings.save("minutes", found, entry, _published(found))
            self._tell(held, found["number"], body)
        return _to_version(found)

    def _tell(self, meeting: schedule.Meeting, number: int, body: Input) -> None:
        def event(row: Participant) -> PendingEvent:
            return new_event(
                MINUTES_CORRECTED,
                subject=row["_id"],
                edition=meeting["edition"],
                meeting=meeting["_id"],
                participant=row["_id"],
                number=number,
                mark=body["mark"],
                reason=body["reason"],
            )

        self._participants.change_each(self._participants.registered(meeting["_id"]), {}, event)

    @rpc(writes=True)
    def mask_minutes(self, ctx: Context, edition: str, meeting: str, version: str, body: Input) -> JsonObject:
        """Remove telephone, passport and identity numbers from a version, for good; `masked` is how many there were.
        Raises NotFound."""
        self._find(edition, meeting)
        found, count = masked(self._meetings.minutes(meeting, _number(version)))
        if count:
            entry = audit.entry(
                "consultation.minutes_masked", f"minutes/{found['_id']}", None, {"masked": count}, body["reason"]
            )
            read_anew = (_published(found),) if found["published_at"] else ()
            found = self._meetings.save("minutes", found, entry, *read_anew)
        return {**_to_version(found), "masked": count}

    @rpc
    def list_minutes_versions(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """All versions. Raises NotFound."""
        self._find(edition, meeting)
        rows = self._meetings.minutes_versions(meeting)
        last = max((row["number"] for row in rows), default=0)
        return {"items": [_to_version(row) for row in rows], "texts": self._text(meeting, last), "revision": last}

    def _text(self, meeting: str, number: int) -> dict[str, str]:
        """The text of a version, or of the last one before it where it is withdrawn: what nobody may read any more does
        not come back with the next version."""
        for row in self._meetings.minutes_versions(meeting):
            if row["number"] <= number and not is_withdrawn(row.get("correction")):
                return dict(self._meetings.minutes(meeting, row["number"])["text"])
        return {}

    def _find(self, edition: str, meeting: str) -> schedule.Meeting:
        return self._meetings.find(self._editions.find(edition), meeting)


def _published(version: schedule.Minutes) -> PendingEvent:
    named = {"edition": version["edition"], "meeting": version["meeting"], "number": version["number"]}
    return new_event(MINUTES_PUBLISHED, subject=version["_id"], **named)


def _number(version: str) -> int:
    """The number in a path. Raises NotFound."""
    if not (version.isascii() and version.isdecimal() and len(version) < 7):
        raise NotFound("consultation.minutes_unknown")
    return int(version)


def _to_version(version: schedule.Minutes) -> JsonObject:
    return {**version, "version": version["number"]}


def _to_response(version: schedule.Minutes, locale: str) -> JsonObject:
    language, text = languages.pick(version["text"], locale)
    return {**_to_version(version), "text": text, "language": language}


def compose(parts: Parts) -> MinutesCases:
    """The use cases with their collaborators; called once per process."""
    return MinutesCases(Editions(parts.db), Meetings(parts.db), Participants(parts.db))
