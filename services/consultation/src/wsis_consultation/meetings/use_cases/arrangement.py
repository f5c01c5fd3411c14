"""Officers arrange meetings; everybody reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wsis_shared import audit, languages, revisions
from wsis_shared.blobs import store as blob_store
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.pages import page_url
from wsis_shared.parts import Parts
from wsis_shared.revisions import IfMatch
from wsis_shared.settings import Suite

from wsis_consultation.editions.rules import calendars, public_documents
from wsis_consultation.editions.rules.phases import venue_in
from wsis_consultation.editions.rules.public_documents import Document
from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings import errors, events
from wsis_consultation.meetings.rules import local_times, schedule
from wsis_consultation.meetings.rules.schedule import TimedItem
from wsis_consultation.meetings.store import Meetings, Participants
from wsis_consultation.meetings.use_cases.moves import tell_participants
from wsis_consultation.meetings.use_cases.seats import promote_waiting

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

# What the audit log gets of a meeting: the join link is for participants only.
_AUDITED = (
    "title",
    "start",
    "end",
    "time_zone",
    "venue",
    "remote",
    "languages",
    "capacity",
    "speaking_seconds",
    "recordings",
    "captions",
    "state",
)
_OWN_TIMES = (*schedule.OF_PHASE, "state")


class ArrangementCases:
    """Meetings, their documents and calendar."""

    def __init__(
        self, editions: Editions, meetings: Meetings, participants: Participants, blobs: Callable[[], BlobStore]
    ) -> None:
        self._editions, self._meetings, self._participants, self._blobs = editions, meetings, participants, blobs

    # -- read ---------------------------------------------------------------------------------------------------------

    @rpc
    def list_meetings(self, ctx: Context, edition: str, time_zone: str | None = None) -> JsonObject:
        """All meetings of an edition in order."""
        found = self._editions.find(edition)
        meetings = schedule.of_edition(found, self._meetings.of_edition(edition))
        return {"items": [to_response(meeting, ctx.locale, time_zone) for meeting in meetings]}

    @rpc
    def read_meeting(self, ctx: Context, edition: str, meeting: str, time_zone: str | None = None) -> JsonObject:
        """A meeting, with times in the reader's zone too. Raises NotFound."""
        return to_response(self._find(edition, meeting), ctx.locale, time_zone)

    @rpc
    def read_meeting_calendar(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """The meeting as iCalendar. Raises NotFound."""
        whole = self._editions.find(edition)
        found = self._meetings.find(whole, meeting)
        url = meeting_url(found)
        title = languages.in_language(found["title"], ctx.locale)
        entry = calendars.Entry(
            uid=f"{meeting}@consultation.wsis",
            sequence=schedule.sequence(whole, found),
            changed_at=max(filter(None, (found.get("updated_at"), whole.get("updated_at"))), default=ctx.received_at),
            start=found["start"],
            end=found["end"],
            summary=title,
            location=venue_in(found, ctx.locale) or "",
            url=page_url(f"/consultations/{edition}/meetings/{meeting}", ctx.locale),
            cancelled=found["state"] == schedule.CANCELLED,
        )
        return calendars.response(title, [entry], source=f"{url}/calendar", filename=meeting)

    @rpc
    def read_managed_meeting(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """A meeting as officers see it. Raises NotFound."""
        return self._managed(ctx, self._find(edition, meeting))

    # -- change -------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def open_meeting(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Open a meeting beside those of the phases. Raises Conflict for a second one of the Forum."""
        self._editions.find(edition)
        meeting = schedule.new(f"{edition}-{ctx.new_id('meeting')[:12]}", edition, body)
        _check_times(meeting)
        schedule.require_one_forum([meeting, *self._meetings.of_edition(edition)])
        entry = audit.entry(
            "consultation.meeting_opened", f"meeting/{meeting['_id']}", None, _audited(meeting), body["reason"]
        )
        return self._managed(ctx, self._meetings.save("meetings", meeting, _changed(meeting), entry))

    @rpc(writes=True)
    def change_meeting(
        self, ctx: Context, edition: str, meeting: str, body: Input, if_match: IfMatch = None
    ) -> JsonObject:
        """Change what is given; tell the participants of other times or a cancellation. Raises NotFound, Conflict,
        Invalid, PreconditionFailed."""
        former = self._meetings.stored(self._find(edition, meeting))  # else its first change would be no revision
        revisions.require(former, schedule.edited(former), if_match)
        if former["phase"] is not None and any(name in body for name in _OWN_TIMES):
            raise Conflict("consultation.meeting_follows_phase", phase=former["phase"])
        changed = schedule.changed(former, body)
        _check_times(changed)
        others = (one for one in self._meetings.of_edition(edition) if one["_id"] != meeting)
        schedule.require_one_forum([changed, *others])
        entry = audit.entry(
            "consultation.meeting_changed", f"meeting/{meeting}", _audited(former), _audited(changed), body["reason"]
        )
        saved = self._meetings.save("meetings", changed, _changed(changed), entry)
        tell_participants(self._participants, former, saved, body["reason"], ctx.received_at)
        promote_waiting(self._meetings, self._participants, saved, ctx.received_at)
        return self._managed(ctx, self._find(edition, meeting))

    # -- documents ----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def add_meeting_document(self, ctx: Context, edition: str, meeting: str, body: Input, upload: Input) -> JsonObject:
        """Add a file to a meeting. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        schedule.require_space_for_document(found)
        document = public_documents.of_upload(ctx.new_id("document")[:16], body, upload, ctx.received_at)
        self._blobs().keep(upload["id"], owner=f"meeting/{meeting}")
        after = public_documents.facts(document)
        entry = audit.entry("consultation.meeting_document_added", f"meeting/{meeting}", None, after)
        self._meetings.save("meetings", {**found, "documents": [*found["documents"], document]}, _changed(found), entry)
        return {**document, "title": languages.in_language(document["title"], ctx.locale)}

    @rpc(writes=True)
    def remove_meeting_document(self, ctx: Context, edition: str, meeting: str, document: str) -> None:
        """Remove a file. Raises NotFound."""
        found = self._find(edition, meeting)
        removed = _document(found, document)
        self._blobs().delete(removed["blob"])
        rest = [one for one in found["documents"] if one["id"] != document]
        before = public_documents.facts(removed)
        entry = audit.entry("consultation.meeting_document_removed", f"meeting/{meeting}", before, None)
        self._meetings.save("meetings", {**found, "documents": rest}, _changed(found), entry)

    @rpc
    def read_meeting_document(self, ctx: Context, edition: str, meeting: str, document: str) -> JsonObject:
        """The reference to a file. Raises NotFound."""
        return {"blob": _document(self._find(edition, meeting), document)["blob"]}

    # -- within -------------------------------------------------------------------------------------------------------

    def _find(self, edition: str, meeting: str) -> schedule.Meeting:
        return self._meetings.find(self._editions.find(edition), meeting)

    def _managed(self, ctx: Context, meeting: schedule.Meeting) -> JsonObject:
        counts = self._participants.counts(meeting["_id"])
        return {
            **to_response(meeting, ctx.locale, None),
            **counts,
            "join_url": meeting["join_url"],
            "on_site": meeting["on_site"],
            "title": meeting["title"],
            "agenda": meeting["agenda"],
        }


def meeting_url(meeting: schedule.Meeting) -> str:
    """The address of a meeting at the gateway."""
    public = Suite.current().public_url.rstrip("/")
    return f"{public}/v1/consultations/{meeting['edition']}/meetings/{meeting['_id']}"


def to_response(meeting: schedule.Meeting, locale: str, zone: str | None) -> JsonObject:
    """The meeting in the reader's language; `zone` is that of the reader, if known."""
    capacity = meeting["capacity"]

    def titled(item: TimedItem | Document) -> JsonObject:
        return {**item, "title": languages.in_language(item["title"], locale)}

    return {
        **{name: value for name, value in meeting.items() if name != "join_url"},
        "id": meeting["_id"],
        "kind": meeting.get("kind", schedule.CONSULTATION),
        "revision": revisions.of(meeting),
        "title": languages.in_language(meeting["title"], locale),
        "venue": venue_in(meeting, locale),
        "local_start": local_times.wall(meeting["start"], meeting["time_zone"]),
        "local_end": local_times.wall(meeting["end"], meeting["time_zone"]),
        "reader_start": zone and local_times.wall(meeting["start"], zone),
        "reader_end": zone and local_times.wall(meeting["end"], zone),
        "places_left": None if capacity is None else max(0, capacity - meeting["on_site"]),
        "agenda": [titled(item) for item in schedule.agenda_with_times(meeting)],
        "documents": [titled(document) for document in meeting["documents"]],
    }


def _check_times(meeting: schedule.Meeting) -> None:
    start, end = meeting["start"], meeting["end"]
    schedule.require_order(start, end)
    schedule.require_fitting_agenda(meeting["agenda"], start, end)


def _audited(meeting: JsonObject) -> JsonObject:
    return {name: meeting[name] for name in _AUDITED}


def _changed(meeting: schedule.Meeting) -> PendingEvent:
    return new_event(
        events.MEETING_CHANGED,
        meeting["_id"],
        meeting=meeting["_id"],
        edition=meeting["edition"],
        start=meeting["start"],
        end=meeting["end"],
        state=meeting["state"],
    )


def _document(meeting: schedule.Meeting, document: str) -> Document:
    found = public_documents.find(meeting["documents"], document)
    if found is None:
        raise errors.document_unknown()
    return found


def compose(parts: Parts) -> ArrangementCases:
    """The use cases with their collaborators; called once per process."""
    return ArrangementCases(
        Editions(parts.db), Meetings(parts.db), Participants(parts.db), lambda: blob_store.of("consultation")
    )
