"""Minutes of meetings: officers write versions and publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, languages
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.revisions import IfMatch, changed_since_read

from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.events import MINUTES_PUBLISHED
from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.store import Meetings

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


class MinutesCases:
    """Versions of the minutes. None is changed once it is written; a published one stays readable."""

    def __init__(self, editions: Editions, meetings: Meetings) -> None:
        self._editions, self._meetings = editions, meetings

    @rpc(writes=True)
    def write_minutes(
        self, ctx: Context, edition: str, meeting: str, body: Input, if_match: IfMatch = None
    ) -> JsonObject:
        """Add a version; it has the languages of the last one that are not named. Raises NotFound, Invalid,
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
        published = [row["number"] for row in self._meetings.minutes_versions(meeting) if row["published_at"]]
        wanted = version or max(published, default=0)
        if wanted not in published:
            raise NotFound("consultation.minutes_unknown")
        return _to_response(self._meetings.minutes(meeting, wanted), ctx.locale)

    @rpc
    def list_minutes_versions(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """All versions. Raises NotFound."""
        self._find(edition, meeting)
        rows = self._meetings.minutes_versions(meeting)
        last = max((row["number"] for row in rows), default=0)
        items = [{**row, "version": row["number"]} for row in rows]
        return {"items": items, "texts": self._text(meeting, last), "revision": last}

    def _text(self, meeting: str, number: int) -> dict[str, str]:
        """The text of a version; none of that before the first."""
        return dict(self._meetings.minutes(meeting, number)["text"]) if number else {}

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


def _to_response(version: schedule.Minutes, locale: str) -> JsonObject:
    language, text = languages.pick(version["text"], locale)
    return {**version, "version": version["number"], "text": text, "language": language}


def compose(parts: Parts) -> MinutesCases:
    """The use cases with their collaborators; called once per process."""
    return MinutesCases(Editions(parts.db), Meetings(parts.db))
