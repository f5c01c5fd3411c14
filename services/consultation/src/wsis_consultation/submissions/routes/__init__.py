"""Routes of the form, drafts and submissions."""

from __future__ import annotations

from wsis_consultation.submissions.routes import drafts, forms, submissions

ROUTES = (*forms.ROUTES, *drafts.ROUTES, *submissions.ROUTES)
