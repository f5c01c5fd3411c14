"""Entrypoints of the programme."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_consultation.use_cases.programme import compose


class ProgrammeEntrypoints(Service):
    """The programme: themes, sessions, rooms, slots, versions, outcomes."""

    programme = Composed(compose, calls=("accounts.profile",))

    @rpc
    def list_themes(self, edition: str) -> dict[str, Any]:
        """Themes with counts."""
        return self.programme.themes.list_all(edition)

    @rpc
    def read_theme(self, edition: str, theme: str) -> dict[str, Any]:
        """A theme."""
        return self.programme.themes.read(edition, theme)

    @rpc(writes=True)
    def create_theme(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """A new theme."""
        return self.programme.themes.create(context.current(), edition, body)

    @rpc(writes=True)
    def replace_theme(
        self, edition: str, theme: str, body: dict[str, Any], if_match: list[int] | None = None
    ) -> dict[str, Any]:
        """Change a theme."""
        return self.programme.themes.replace(edition, theme, body, if_match)

    # -- sessions

    @rpc
    def list_sessions(self, edition: str, limit: int = 20, after: str | None = None, **filters: Any) -> dict[str, Any]:
        """Sessions by number; `filters` as in the schema SessionQuery."""
        return self.programme.sessions.list_all(edition, limit, after, filters)

    @rpc
    def list_similar_speakers(self, edition: str) -> dict[str, Any]:
        """Speakers who may be one person."""
        return self.programme.sessions.similar_speakers(edition)

    @rpc
    def read_session(self, edition: str, session: str) -> dict[str, Any]:
        """A session with everything."""
        return self.programme.sessions.read(edition, session)

    @rpc(writes=True)
    def create_session(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """A session that nobody requested."""
        return self.programme.sessions.create(context.current(), edition, body)

    @rpc(writes=True)
    def change_session(
        self, edition: str, session: str, body: dict[str, Any], if_match: list[int] | None = None
    ) -> dict[str, Any]:
        """Change fields of a session."""
        return self.programme.sessions.change(edition, session, body, if_match)

    @rpc(writes=True)
    def decide_session(self, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """Accept, decline or cancel."""
        return self.programme.sessions.decide(edition, session, body)

    @rpc(writes=True)
    def let_in_late_details(self, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let organizers file details after the deadline."""
        return self.programme.sessions.let_in_late(context.current(), edition, session, body)

    @rpc(writes=True)
    def make_sessions(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Turn requests into sessions."""
        return self.programme.sessions.from_requests(edition, body)

    @rpc(writes=True)
    def start_making_sessions(self, edition: str) -> dict[str, Any]:
        """Start the job that turns all requests into sessions."""
        return self.job_response(self.programme.sessions.start_from_all(self.bus.jobs, edition))

    @job()
    def make_all_sessions(self, run: Run) -> Finish | Next:
        """Turn the requests of some submissions into sessions."""
        return self.programme.sessions.from_all_requests(run)

    @rpc(writes=True)
    def remind_organizers(self, edition: str) -> dict[str, Any]:
        """Remind organizers without details."""
        return self.programme.sessions.remind(edition)

    # -- organizers

    @rpc
    def list_own_sessions(self, edition: str) -> dict[str, Any]:
        """What the account organizes."""
        return self.programme.organizers.list_own(context.current(), edition)

    @rpc
    def open_session_link(self, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """A session by the mailed link."""
        return self.programme.organizers.open_link(context.current(), edition, session, body)

    @rpc(writes=True)
    def file_session_details(self, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """The final description and the panellists."""
        return self.programme.organizers.file_details(context.current(), edition, session, body)

    @rpc(writes=True)
    def store_session_logo(self, edition: str, session: str, upload: dict[str, Any]) -> dict[str, Any]:
        """The logo of the organizers."""
        return self.programme.organizers.store_logo(context.current(), self.bus.blobs, edition, session, upload)

    @rpc
    def read_session_logo(self, edition: str, session: str) -> dict[str, Any]:
        """The file of the logo."""
        return self.programme.organizers.read_logo(edition, session)

    @rpc(writes=True)
    def file_session_outcome(self, edition: str, session: str, body: dict[str, Any]) -> dict[str, Any]:
        """The outcome of a session."""
        return self.programme.outcomes.file(context.current(), edition, session, body)

    @rpc
    def session_contact(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """Address and variables of a mail to the author of a submission."""
        return self.programme.notices.contact(context.current(), data)

    # -- agenda

    @rpc
    def read_agenda(self, edition: str) -> dict[str, Any]:
        """The agenda with its clashes."""
        return self.programme.agenda.read(edition, context.current().locale)

    @rpc(writes=True)
    def set_up_agenda(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Rooms, slots and interpreters."""
        return self.programme.agenda.set_up(edition, context.current().locale, body)

    @rpc
    def check_agenda(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Clashes that changes would leave."""
        return self.programme.agenda.check(edition, context.current().locale, body)

    @rpc(writes=True)
    def place_sessions(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Place sessions in rooms and times."""
        return self.programme.agenda.place(edition, context.current().locale, body)

    @rpc
    def suggest_agenda(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Suggest places for sessions without one."""
        return self.programme.agenda.suggest(edition, context.current().locale, body["keep"])

    @rpc(writes=True)
    def start_placing_sessions(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Start the job that places all sessions."""
        return self.job_response(self.programme.agenda.start_placing(self.bus.jobs, edition, body["keep"]))

    @job()
    def place_all_sessions(self, run: Run) -> Finish:
        """Place all sessions."""
        return self.programme.agenda.place_all(run)

    # -- versions

    @rpc(writes=True)
    def publish_programme(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Publish the agenda as the next version."""
        return self.job_response(self.programme.versions.publish(context.current(), self.bus.jobs, edition, body))

    @job()
    def announce_programme(self, run: Run) -> Finish | Next:
        """Tell the authors of some sessions."""
        return self.programme.versions.announce(run)

    @rpc
    def list_programme_versions(self, edition: str) -> dict[str, Any]:
        """All versions."""
        return self.programme.versions.list_all(edition, context.current().locale)

    @rpc
    def compare_programme_versions(self, edition: str, number: str, since: str) -> dict[str, Any]:
        """What differs between two versions."""
        return self.programme.versions.difference(edition, number, since)

    # -- what is published

    @rpc
    def read_programme(self, edition: str, **filters: Any) -> dict[str, Any]:
        """The last version, or the sessions of it that fit."""
        return self.programme.public.read(edition, context.current().locale, filters)

    @rpc
    def read_programme_version(self, edition: str, number: str) -> dict[str, Any]:
        """A version."""
        return self.programme.public.read(edition, context.current().locale, {}, number)

    @rpc
    def read_programme_session(self, edition: str, code: str) -> dict[str, Any]:
        """A session in the programme."""
        return self.programme.public.read_session(edition, context.current().locale, code)

    @rpc
    def show_programme_page(self, edition: str, **filters: Any) -> dict[str, Any]:
        """The programme as a page."""
        return self.programme.public.page(edition, context.current().locale, filters)

    @rpc
    def read_programme_calendar(self, edition: str, **filters: Any) -> dict[str, Any]:
        """The programme as a calendar."""
        return self.programme.public.calendar(edition, context.current().locale, filters)

    @rpc
    def read_programme_schedule(self, edition: str) -> dict[str, Any]:
        """The programme for schedule apps."""
        return self.programme.public.schedule(edition, context.current().locale)

    @rpc
    def list_session_matrix(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: Any
    ) -> dict[str, Any]:
        """The matrix of sessions."""
        return self.programme.outcomes.matrix(edition, limit, after, filters)
