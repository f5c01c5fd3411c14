"""Entrypoints of meetings."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, rpc

from wsis_consultation.use_cases.meetings import arrangement, floor, mails, minutes, registration


class MeetingsEntrypoints(Service):
    """Physical meetings: agenda, registration, interventions, minutes."""

    meetings = Composed(arrangement.compose)
    registrations = Composed(registration.compose, calls=("accounts.contacts", "accounts.profile"))
    participant_mails = Composed(mails.compose)
    floor = Composed(floor.compose)
    minutes = Composed(minutes.compose)

    # -- arrangement --------------------------------------------------------------------------------------------------

    @rpc
    def list_meetings(self, edition: str, time_zone: str | None = None) -> dict[str, Any]:
        """All meetings of an edition in order."""
        return self.meetings.list_meetings(context.current(), edition, time_zone)

    @rpc
    def read_meeting(self, edition: str, meeting: str, time_zone: str | None = None) -> dict[str, Any]:
        """A meeting, with times in the reader's zone too."""
        return self.meetings.read_meeting(context.current(), edition, meeting, time_zone)

    @rpc
    def read_meeting_calendar(self, edition: str, meeting: str) -> dict[str, Any]:
        """A meeting as iCalendar."""
        return self.meetings.read_calendar(context.current(), edition, meeting)

    @rpc
    def read_managed_meeting(self, edition: str, meeting: str) -> dict[str, Any]:
        """A meeting as officers see it."""
        return self.meetings.manage(context.current(), edition, meeting)

    @rpc(writes=True)
    def open_meeting(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Open a meeting beside those of the phases."""
        return self.meetings.open_meeting(context.current(), edition, body)

    @rpc(writes=True)
    def change_meeting(
        self, edition: str, meeting: str, body: dict[str, Any], if_match: list[int] | None = None
    ) -> dict[str, Any]:
        """Change a meeting."""
        return self.meetings.change_meeting(context.current(), edition, meeting, body, if_match)

    @rpc(writes=True)
    def add_meeting_document(
        self, edition: str, meeting: str, body: dict[str, Any], upload: dict[str, Any]
    ) -> dict[str, Any]:
        """Add a file to a meeting."""
        return self.meetings.add_document(context.current(), edition, meeting, body, upload)

    @rpc(writes=True)
    def remove_meeting_document(self, edition: str, meeting: str, document: str) -> None:
        """Remove a file from a meeting."""
        return self.meetings.remove_document(context.current(), edition, meeting, document)

    @rpc
    def read_meeting_document(self, edition: str, meeting: str, document: str) -> dict[str, Any]:
        """The reference to a file of a meeting."""
        return self.meetings.read_document(context.current(), edition, meeting, document)

    # -- registration -------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def register_for_meeting(self, edition: str, meeting: str, body: dict[str, Any]) -> dict[str, Any]:
        """Register the account, or change its registration."""
        return self.registrations.register(context.current(), edition, meeting, body)

    @rpc
    def read_registration(self, edition: str, meeting: str) -> dict[str, Any]:
        """The account's registration."""
        return self.registrations.read_registration(context.current(), edition, meeting)

    @rpc(writes=True)
    def cancel_registration(self, edition: str, meeting: str) -> None:
        """Cancel the account's registration."""
        return self.registrations.cancel(context.current(), edition, meeting)

    @rpc
    def read_badge(self, edition: str, meeting: str) -> dict[str, Any]:
        """The account's badge."""
        return self.registrations.read_badge(context.current(), edition, meeting)

    @rpc(writes=True)
    def register_participant(self, edition: str, meeting: str, body: dict[str, Any]) -> dict[str, Any]:
        """Register somebody else."""
        return self.registrations.register_participant(context.current(), edition, meeting, body)

    @rpc(writes=True)
    def cancel_participant(
        self, edition: str, meeting: str, participant: str, body: dict[str, Any]
    ) -> dict[str, Any]:  # fmt: skip
        """Cancel somebody's registration."""
        return self.registrations.cancel_participant(context.current(), edition, meeting, participant, body)

    @rpc
    def list_participants(self, edition: str, meeting: str, **filters: Any) -> dict[str, Any]:
        """Participants of a meeting."""
        return self.registrations.list_participants(context.current(), edition, meeting, **filters)

    @rpc(writes=True)
    def check_in(self, edition: str, meeting: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note that the holder of a badge has come."""
        return self.registrations.check_in(context.current(), edition, meeting, body)

    @rpc(writes=True)
    def remind_participants(self, edition: str, meeting: str) -> dict[str, Any]:
        """Remind all registered participants now."""
        return self.participant_mails.remind(context.current(), edition, meeting)

    @every(600)
    def remind_due_participants(self) -> None:
        """Remind the participants of each meeting that is near."""
        self.participant_mails.remind_due(context.current())

    @rpc
    def participant_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What a mail to a participant says."""
        return self.participant_mails.participant_details(data)

    @rpc
    def cancellation_details(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What a mail to somebody whose registration an officer cancelled says."""
        return self.participant_mails.cancellation_details(data)

    # -- interventions ------------------------------------------------------------------------------------------------

    @rpc
    def read_floor(self, edition: str, meeting: str) -> dict[str, Any]:
        """Who speaks, who follows, and the last interventions."""
        return self.floor.read_floor(context.current(), edition, meeting)

    @rpc
    def list_interventions(
        self, edition: str, meeting: str, limit: int, after: str | None = None, state: str | None = None
    ) -> dict[str, Any]:
        """All interventions in the order in which the floor was requested."""
        return self.floor.list_interventions(context.current(), edition, meeting, after, limit, state)

    @rpc
    def suggest_speaking_order(self, edition: str, meeting: str) -> dict[str, Any]:
        """The order that the secretariat suggests."""
        return self.floor.suggest_order(context.current(), edition, meeting)

    @rpc(writes=True)
    def request_floor(self, edition: str, meeting: str, body: dict[str, Any]) -> dict[str, Any]:
        """The account asks for the floor."""
        return self.floor.request(context.current(), edition, meeting, body)

    @rpc(writes=True)
    def request_floor_for(self, edition: str, meeting: str, body: dict[str, Any]) -> dict[str, Any]:
        """An officer asks for the floor for a participant."""
        return self.floor.request_for(context.current(), edition, meeting, body)

    @rpc(writes=True)
    def withdraw_intervention(self, edition: str, meeting: str, intervention: str) -> None:
        """The account no longer asks for the floor."""
        return self.floor.withdraw(context.current(), edition, meeting, intervention)

    @rpc(writes=True)
    def remove_intervention(
        self, edition: str, meeting: str, intervention: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """An officer takes somebody off the list of speakers."""
        return self.floor.remove(context.current(), edition, meeting, intervention, body)

    @rpc(writes=True)
    def order_speakers(self, edition: str, meeting: str, body: dict[str, Any]) -> dict[str, Any]:
        """Set the order of those who wait."""
        return self.floor.order(context.current(), edition, meeting, body)

    @rpc(writes=True)
    def start_intervention(self, edition: str, meeting: str, intervention: str) -> dict[str, Any]:
        """Give the floor."""
        return self.floor.start(context.current(), edition, meeting, intervention)

    @rpc(writes=True)
    def end_intervention(self, edition: str, meeting: str, intervention: str) -> dict[str, Any]:
        """End an intervention."""
        return self.floor.end(context.current(), edition, meeting, intervention)

    @rpc(writes=True)
    def summarize_intervention(
        self, edition: str, meeting: str, intervention: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """Record what was said."""
        return self.floor.summarize(context.current(), edition, meeting, intervention, body)

    # -- minutes ------------------------------------------------------------------------------------------------------

    @rpc
    def read_minutes(self, edition: str, meeting: str, version: int | None = None) -> dict[str, Any]:
        """Published minutes."""
        return self.minutes.read(context.current(), edition, meeting, version)

    @rpc
    def list_minutes_versions(self, edition: str, meeting: str) -> dict[str, Any]:
        """All versions of the minutes."""
        return self.minutes.list_versions(context.current(), edition, meeting)

    @rpc(writes=True)
    def write_minutes(
        self, edition: str, meeting: str, body: dict[str, Any], if_match: list[int] | None = None
    ) -> dict[str, Any]:
        """Add a version of the minutes."""
        return self.minutes.write(context.current(), edition, meeting, body, if_match)

    @rpc(writes=True)
    def publish_minutes(self, edition: str, meeting: str, version: str, body: dict[str, Any]) -> dict[str, Any]:
        """Publish a version of the minutes."""
        return self.minutes.publish(context.current(), edition, meeting, version, body)
