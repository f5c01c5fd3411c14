"""Routes of High-Level Track Facilitators."""

from __future__ import annotations

from wsis_shared.jobs import JobKind

from wsis_consultation.facilitators.routes import nominations, selection

ROUTES = (*nominations.ROUTES, *selection.ROUTES)
JOBS: tuple[JobKind, ...] = ()
