"""Routes of meetings: arrangement, registration, interventions, minutes."""

from __future__ import annotations

from wsis_shared.jobs import JobKind

from wsis_consultation.meetings.routes import arrangement, floor, registration

ROUTES = (*arrangement.ROUTES, *registration.ROUTES, *floor.ROUTES)
JOBS: tuple[JobKind, ...] = ()
