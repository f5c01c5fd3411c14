"""Routes of the programme: themes, sessions, the agenda, what is published."""

from wsis_shared.jobs import JobKind

from wsis_consultation.programme.routes import agenda, public, sessions

ROUTES = (*sessions.ROUTES, *agenda.ROUTES, *public.ROUTES)
JOBS: tuple[JobKind, ...] = (*sessions.JOBS, *agenda.JOBS)
