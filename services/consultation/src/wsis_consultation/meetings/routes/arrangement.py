"""What officers arrange and everybody reads: meetings, documents, minutes."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.meetings.schemas import arrangements

MEETINGS = "/v1/consultations/{edition}/meetings"
MEETING = f"{MEETINGS}/{{meeting}}"
UNKNOWN = ("consultation.edition_unknown", "consultation.meeting_unknown")
_CHANGED = ("consultation.meeting_changed", "consultation.phase_changed")
_DOCUMENT = Upload(
    max_bytes=20_000_000,
    media_types=("application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)

ROUTES = (
    Route(
        "GET", MEETINGS, handler="list_meetings", summary="Meetings of a consultation", query=arrangements.ZoneQuery,
        response=arrangements.Meetings, permission=PUBLIC, cache=60, invalidated_by=_CHANGED, error_codes=UNKNOWN[:1],
        description="Each phase that is a physical meeting or the final brief has one; officers open further ones.",
    ),
    Route(
        "GET", MEETING, handler="read_meeting", summary="A meeting", query=arrangements.ZoneQuery,
        response=arrangements.Meeting, permission=PUBLIC, cache=60, invalidated_by=_CHANGED, error_codes=UNKNOWN,
        versioned=True,
        description="Times in UTC, in the zone of the meeting, and with `time_zone` in the reader's.",
    ),
    Route(
        "GET", f"{MEETING}/calendar", handler="read_meeting_calendar", summary="A meeting as iCalendar",
        permission=PUBLIC, media="text/calendar", cache=60, invalidated_by=_CHANGED, error_codes=UNKNOWN,
    ),
    Route(
        "GET", f"{MEETING}/management", handler="read_managed_meeting", summary="A meeting as officers see it",
        response=arrangements.ManagedMeeting, permission="consultation:manage", error_codes=UNKNOWN, versioned=True,
        description="With the link to join remotely, and counts of registrations.",
    ),
    Route(
        "POST", MEETINGS, handler="open_meeting", summary="Open a meeting", body=arrangements.NewMeeting,
        response=arrangements.ManagedMeeting, status=201, permission="consultation:manage",
        location=f"{MEETINGS}/{{id}}",
        error_codes=("consultation.edition_unknown", "consultation.meeting_invalid"),
    ),
    Route(
        "PATCH", MEETING, handler="change_meeting", summary="Change a meeting", body=arrangements.MeetingPatch,
        response=arrangements.ManagedMeeting, permission="consultation:manage", versioned=True, if_match=True,
        error_codes=(*UNKNOWN, "consultation.meeting_follows_phase", "consultation.meeting_invalid"),
        description="Participants get a mail when times or venue change or the meeting is cancelled. The meeting of a "
        "phase moves with the phase. More places go to the waiting list at once.",
    ),
    Route(
        "POST", f"{MEETING}/documents", handler="add_meeting_document", summary="Add a document to a meeting",
        body=arrangements.DocumentBody, upload=_DOCUMENT, response=arrangements.Document, status=201,
        permission="consultation:manage", error_codes=(*UNKNOWN, "consultation.meeting_documents_full"),
    ),
    Route(
        "GET", f"{MEETING}/documents/{{document}}", handler="read_meeting_document", permission=PUBLIC,
        summary="Download a document of a meeting", download=True, media="*/*", limit="heavy",
        error_codes=(*UNKNOWN, "consultation.meeting_document_unknown"),
    ),
    Route(
        "DELETE", f"{MEETING}/documents/{{document}}", handler="remove_meeting_document", status=204,
        summary="Remove a document from a meeting", permission="consultation:manage",
        error_codes=(*UNKNOWN, "consultation.meeting_document_unknown"),
    ),
    Route(
        "GET", f"{MEETING}/minutes", handler="read_minutes", summary="Published minutes of a meeting",
        query=arrangements.MinutesQuery, response=arrangements.Minutes, permission=PUBLIC,
        error_codes=(*UNKNOWN, "consultation.minutes_unknown"),
        description="The last published version, or the one that is asked for: each stays readable.",
    ),
    Route(
        "GET", f"{MEETING}/minutes/versions", handler="list_minutes_versions", summary="All versions of the minutes",
        response=arrangements.MinutesVersions, permission="consultation:read", error_codes=UNKNOWN, versioned=True,
    ),
    Route(
        "POST", f"{MEETING}/minutes", handler="write_minutes", summary="Write a version of the minutes",
        body=arrangements.MinutesBody, response=arrangements.Minutes, status=201, permission="consultation:manage",
        error_codes=UNKNOWN, if_match=True,
        description="On the last version, whose ETag is that of the list of versions.",
    ),
    Route(
        "PUT", f"{MEETING}/minutes/{{version}}/publication", handler="publish_minutes", body=arrangements.Reason,
        summary="Publish a version of the minutes", response=arrangements.Minutes, permission="consultation:manage",
        error_codes=(*UNKNOWN, "consultation.minutes_unknown"), description="A repeat changes nothing.",
    ),
)  # fmt: skip
