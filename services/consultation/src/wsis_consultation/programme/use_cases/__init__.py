"""The programme: what can be done with themes, sessions, the agenda and its versions."""

from __future__ import annotations

from typing import NamedTuple

from wsis_shared.parts import Parts
from wsis_shared.settings import Suite

from wsis_consultation.editions.store import Editions
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.people.use_cases import Links
from wsis_consultation.programme.store import Programme
from wsis_consultation.programme.use_cases.agendas import AgendaCases
from wsis_consultation.programme.use_cases.notices import Notices
from wsis_consultation.programme.use_cases.organizers import OrganizerCases
from wsis_consultation.programme.use_cases.outcomes import OutcomeCases
from wsis_consultation.programme.use_cases.public import PublicCases
from wsis_consultation.programme.use_cases.sessions import SessionCases
from wsis_consultation.programme.use_cases.themes import ThemeCases
from wsis_consultation.programme.use_cases.versions import VersionCases


class ProgrammeCases(NamedTuple):
    """The use cases by what they are about."""

    themes: ThemeCases
    sessions: SessionCases
    organizers: OrganizerCases
    agenda: AgendaCases
    versions: VersionCases
    public: PublicCases
    outcomes: OutcomeCases
    notices: Notices


def compose(parts: Parts) -> ProgrammeCases:
    """The use cases with their collaborators; called once per process."""
    store, editions, index = Programme(parts.db), Editions(parts.db), SubmissionIndex(parts.db)
    notices = Notices(store, editions)
    agenda = AgendaCases(store, editions)
    public = PublicCases(store, editions, Suite.load().public_url.rstrip("/"))
    organizers = OrganizerCases(store, editions, public, Links(parts.client("accounts")))
    return ProgrammeCases(
        themes=ThemeCases(store, editions, index),
        sessions=SessionCases(store, editions, index, notices),
        organizers=organizers,
        agenda=agenda,
        versions=VersionCases(store, index, agenda, notices),
        public=public,
        outcomes=OutcomeCases(store, editions, public, organizers),
        notices=notices,
    )
