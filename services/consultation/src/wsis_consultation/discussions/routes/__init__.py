"""Routes of online discussions: communities, comments, moderation, feeds, followers."""

from __future__ import annotations

from wsis_consultation.discussions.routes import comments, discussions

ROUTES = (*discussions.ROUTES, *comments.ROUTES)
JOBS = comments.JOBS
