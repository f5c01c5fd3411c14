"""Registration for meetings, badges and check-in."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_consultation.meetings.routes.arrangement import MEETING, UNKNOWN
from wsis_consultation.meetings.schemas import arrangements, participants

_OWN = (*UNKNOWN, "consultation.registration_unknown")
_ENTER = (*UNKNOWN, "consultation.meeting_over", "consultation.meeting_not_remote")

ROUTES = (
    Route(
        "PUT",
        f"{MEETING}/registration",
        handler="register_for_meeting",
        summary="Register for a meeting",
        body=participants.RegistrationBody,
        response=participants.MeetingRegistration,
        permission="consultation:take_part",
        error_codes=(*_ENTER, "consultation.account_erased"),
        description="For the room or remotely; a repeat changes the mode, the time zone or the consent. When the room "
        "is full the registration waits, and is told by mail when a place becomes free.",
    ),
    Route(
        "GET",
        f"{MEETING}/registration",
        handler="read_registration",
        summary="My registration for a meeting",
        response=participants.MeetingRegistration,
        permission="consultation:take_part",
        error_codes=_OWN,
        description="With the link to join, for registered remote participants.",
    ),
    Route(
        "DELETE",
        f"{MEETING}/registration",
        handler="cancel_registration",
        summary="Cancel my registration",
        status=204,
        permission="consultation:take_part",
        error_codes=_OWN,
        description="Who waits longest gets the place.",
    ),
    Route(
        "GET",
        f"{MEETING}/registration/badge",
        handler="read_badge",
        summary="My badge",
        media="image/svg+xml",
        permission="consultation:take_part",
        error_codes=(*_OWN, "consultation.no_badge"),
        description="An SVG with name, number and a QR code for the check-in.",
    ),
    Route(
        "GET",
        f"{MEETING}/participants",
        handler="list_participants",
        summary="Participants of a meeting",
        query=participants.ParticipantsQuery,
        response=participants.ParticipantPage,
        permission="consultation:check_in",
        export="participants",
        export_labels="wsis_consultation.index.exports:PARTICIPANTS",
        error_codes=UNKNOWN,
        personal=True,
        description="In the order of their badge numbers.",
    ),
    Route(
        "POST",
        f"{MEETING}/participants",
        handler="register_participant",
        summary="Register somebody for a meeting",
        body=participants.ParticipantBody,
        response=participants.Participant,
        status=201,
        permission="consultation:check_in",
        error_codes=_ENTER,
        description="No account is needed. One registration per address and meeting.",
    ),
    Route(
        "PUT",
        f"{MEETING}/participants/{{participant}}/cancellation",
        handler="cancel_participant",
        summary="Cancel somebody's registration",
        body=arrangements.Reason,
        response=participants.Participant,
        permission="consultation:manage",
        error_codes=(*UNKNOWN, "consultation.participant_unknown"),
        description="They are told by mail, with the reason; who waits longest gets the place.",
    ),
    Route(
        "PUT",
        f"{MEETING}/participants/{{participant}}/rank",
        handler="rank_participant",
        summary="Say which rank a participant has",
        body=participants.RankBody,
        response=participants.Participant,
        permission="consultation:manage",
        error_codes=(*UNKNOWN, "consultation.participant_unknown"),
        description="Ministers and other ranks are counted in the Outcome Document of the Forum. It stays when they "
        "register again.",
    ),
    Route(
        "POST",
        f"{MEETING}/check-ins",
        handler="check_in",
        summary="Check a participant in",
        body=participants.CheckInBody,
        response=participants.CheckIn,
        permission="consultation:check_in",
        error_codes=(*UNKNOWN, "consultation.badge_invalid"),
        description="With the token of the QR code on the badge. With its number the answer says whose it is, and they "
        "are checked in once `compared` says that the name fits. A repeat changes nothing, and says so.",
    ),
    Route(
        "POST",
        f"{MEETING}/reminders",
        handler="remind_participants",
        summary="Remind the participants of a meeting",
        response=arrangements.Reminded,
        permission="consultation:manage",
        limit="heavy",
        error_codes=(*UNKNOWN, "consultation.meeting_over"),
        description="By mail, now; a reminder also goes out by itself before each meeting.",
    ),
)
