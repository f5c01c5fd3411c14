"""Routes of meetings: arrangement, registration, interventions, minutes, questions and shows of hands."""

from __future__ import annotations

from wsis_consultation.meetings.routes import arrangement, audience, floor, registration

ROUTES = (*arrangement.ROUTES, *registration.ROUTES, *floor.ROUTES, *audience.ROUTES)
