"""Routes of online discussions: communities, comments, moderation, feeds, followers."""

from __future__ import annotations

from wsis_consultation.discussions.routes import approval, comments, discussions

ROUTES = (*discussions.ROUTES, *comments.ROUTES, *approval.ROUTES)
JOBS = comments.JOBS
