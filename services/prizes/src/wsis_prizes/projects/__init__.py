"""Projects: the form, drafts and submissions of submitters."""

from __future__ import annotations
