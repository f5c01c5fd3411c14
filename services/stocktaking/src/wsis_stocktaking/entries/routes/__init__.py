"""Routes of entries: own drafts, review by officers, public reading, the call for updates."""

from __future__ import annotations

from wsis_stocktaking.entries.routes import invitations, own, public, review

ROUTES = (*own.ROUTES, *review.ROUTES, *public.ROUTES, *invitations.ROUTES)
JOBS = invitations.JOBS
